//! The turns of an election in words: what a server did with a vote, and why.

use super::frame::Zx;
use super::lang::Text;
use super::memory::{Recall, Turn};
use crate::base::ServerId;
use crate::protocol::Decision;
use crate::protocol::zab::election::Vote;
use crate::protocol::zab::sync_plan::SyncReason;

/// Turns that are looked back on for the vote before.
const BACK: usize = 256;

/// The newest turn of a server that says why its vote is what it is.
pub(super) fn of(server: ServerId, recall: Recall<'_>) -> Option<Text> {
    let mut own = recall
        .turns()
        .take(BACK)
        .filter(|turn| turn.server == server);
    own.next().map(|turn| said(turn, recall))
}

/// The newest turn of anybody; a vote that changed goes before what changed nothing.
pub(super) fn newest(recall: Recall<'_>) -> Option<Text> {
    recall.turns().next().map(|turn| said(turn, recall))
}

fn said(turn: &Turn, recall: Recall<'_>) -> Text {
    let (s, to) = (turn.server, turn.vote.leader);
    match &turn.decision {
        Decision::StartedRound { round, vote } if vote.leader == ServerId(0) => Text::new(
            format!("{s} looks in round {round}; it has no vote"),
            format!("{s} 在第 {round} 轮寻找领导者，它无投票权"),
        ),
        Decision::StartedRound { round, vote } => Text::new(
            format!(
                "{s} begins round {round} and votes for itself, {}",
                Zx::from(vote.zxid)
            ),
            format!("{s} 开始第 {round} 轮，投给自己（{}）", Zx::from(vote.zxid)),
        ),
        Decision::AdoptedVote { vote, .. } => {
            let why = better(*vote, before(turn, recall));
            Text::new(
                format!("{s} changes its vote to {}: {}", vote.leader, why.en),
                format!("{s} 改投 {}：{}", vote.leader, why.zh),
            )
        }
        Decision::KeptVote { from, vote } => {
            let why = better(turn.vote, Some(*vote));
            Text::new(
                format!(
                    "{s} keeps {to} against {from}'s {}: {}",
                    vote.leader, why.en
                ),
                format!("{from} 投 {}，{s} 仍投 {to}：{}", vote.leader, why.zh),
            )
        }
        Decision::JoinedRound { from, round } => Text::new(
            format!("{s} joins round {round} of {from} and votes {to}"),
            format!("{s} 加入 {from} 的第 {round} 轮，投给 {to}"),
        ),
        Decision::IgnoredOldRound { from, round } => Text::new(
            format!("{s} ignores {from}: round {round} is over"),
            format!("{s} 忽略 {from}：第 {round} 轮已过"),
        ),
        Decision::QuorumOfVotes { .. } => Text::new(
            format!("{s} counts a quorum for {to} and waits 200 ms for a better vote"),
            format!("{s} 计得 {to} 已过半数，再等 200 ms 看有无更好的票"),
        ),
        Decision::BetterVoteCame { from } => Text::new(
            format!("a better vote came from {from}: {s} goes on looking"),
            format!("{from} 送来更好的票：{s} 继续选举"),
        ),
        _ => Text::default(),
    }
}

/// What the server of a turn voted before it.
fn before(turn: &Turn, recall: Recall<'_>) -> Option<Vote> {
    let mut own = recall.turns().filter(|other| other.server == turn.server);
    own.find(|other| std::ptr::eq(*other, turn));
    own.next().map(|turn| turn.vote)
}

/// Why one vote is better than another: epoch, then log, then id.
fn better(vote: Vote, than: Option<Vote>) -> Text {
    let Some(than) = than.filter(|than| than.leader.0 > 0) else {
        return Text::new("it had none", "此前没有投票");
    };
    let (zx, other) = (Zx::from(vote.zxid), Zx::from(than.zxid));
    if vote.peer_epoch != than.peer_epoch {
        let (new, old) = (vote.peer_epoch, than.peer_epoch);
        Text::new(
            format!("a later epoch, e{new} over e{old}"),
            format!("纪元更新，e{new} 高于 e{old}"),
        )
    } else if vote.zxid != than.zxid {
        Text::new(
            format!("a longer log, {zx} over {other}"),
            format!("日志更长，{zx} 超过 {other}"),
        )
    } else {
        Text::new("equal logs, the higher id wins", "日志相同，编号大者优先")
    }
}

/// `2 of 3 vote for S3; a quorum is 2`.
pub(super) fn votes((count, whom): (usize, ServerId), all: usize, majority: usize) -> Text {
    Text::new(
        format!("{count} of {all} vote for {whom}; {majority} are a quorum"),
        format!("{all} 票中 {count} 票投给 {whom}；法定人数 {majority}"),
    )
}

/// A server has counted a quorum.
pub(super) fn decided(who: ServerId, whom: ServerId, majority: usize) -> Text {
    Text::new(
        format!("{who} has counted {majority} votes for {whom}: a quorum"),
        format!("{who} 已计得 {majority} 票投给 {whom}：达到法定人数"),
    )
}

/// A server looks while the others have a leader.
pub(super) fn finds(who: Option<ServerId>, leader: ServerId) -> Text {
    let who = who.map_or_else(String::new, |id| id.to_string());
    Text::new(
        format!("{who} looks for a leader; {leader} leads already"),
        format!("{who} 寻找领导者；{leader} 已在领导"),
    )
}

/// Why a learner gets the whole tree.
pub(super) fn why_snap(reason: SyncReason, last: Zx) -> Text {
    match reason {
        SyncReason::OtherEpoch { entry } => Text::new(
            format!("went another way before {}", Zx::from(entry)),
            format!("在 {} 之前走了另一条路", Zx::from(entry)),
        ),
        SyncReason::UnknownEpoch { .. } => Text::new("begins an unknown epoch", "处于未知纪元"),
        SyncReason::TooOld { min, .. } => Text::new(
            format!("ends before {}", Zx::from(min)),
            format!("落后于 {} 之前", Zx::from(min)),
        ),
        _ => Text::new(
            format!("needs all up to {last}"),
            format!("需要到 {last} 的全部"),
        ),
    }
}
