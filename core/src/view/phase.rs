//! Election, discovery, synchronisation: who believes what, who counts, and what is still missing.
//!
//! While a server looks for a leader, or a leader prepares its epoch, the bench shows how far that
//! is: one slot for each voter with what it says, a tick where a quorum begins, one fact, one reason.
//!
//! ```text
//!   election         S1▸S3  S2▸S3  S3▸S3     S2 changes to S3: its log is longer, e1·7 over e1·6
//!   discovery        S1 e1  S2 e1  S3 –      e2 is one above the highest that S2 heard
//!   synchronisation  S1 DIFF  S2 =  S3 –     S1 is 2 behind: DIFF e1·6–e1·7
//! ```
//!
//! All of it is the state of the machines and their own decisions. Nothing is shown in broadcast:
//! there the line under the lens says who holds what.

use serde::Serialize;

use super::frame::{Phase, Role, ServerRow, SyncMode, Zx};
use super::lang::Text;
use super::memory::{Plan, Recall};
use super::turn;
use crate::base::ServerId;
use crate::model::Zxid;
use crate::protocol::zab::Peer;
use crate::protocol::zab::broadcast::Leading;
use crate::protocol::zab::peer::Part;
use crate::protocol::zab::sync_plan::{NoDiskLog, SyncReason};
use crate::world::World;

/// How far an election, a discovery or a synchronisation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhaseView {
    /// Which of them.
    pub phase: Phase,
    /// One per voter, in id order.
    pub slots: Vec<Say>,
    /// Slots that make a majority.
    pub majority: u8,
    /// One bold fact.
    pub fact: Text,
    /// One reason.
    pub reason: Text,
}

/// What one voter says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Say {
    /// Which.
    pub server: ServerId,
    /// `S3`, `e1`, `DIFF`; empty when it says nothing.
    pub says: String,
    /// It counts for what is to come about.
    pub counts: bool,
    /// It does not run.
    pub down: bool,
}

/// What a looking server has heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ballot {
    /// For each voter, whom it votes for as far as this server knows.
    pub heard: Vec<(ServerId, Option<ServerId>)>,
    /// Votes that are the same as its own.
    pub agree: u8,
    /// They are a quorum; it waits a little for a better vote.
    pub decided: bool,
    /// Why its vote is what it is.
    pub why: Text,
}

/// How a learner is being brought up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyncView {
    /// DIFF, TRUNC or SNAP.
    pub mode: SyncMode,
    /// `DIFF e1·6–e1·7`.
    pub what: String,
    /// `2 behind`.
    pub why: Text,
    /// Both, and the reason in full.
    pub told: Text,
}

/// The phase of the ensemble, if it is one of those that are shown.
pub(super) fn phase(world: &World, rows: &[ServerRow], recall: Recall<'_>) -> Option<PhaseView> {
    let leaders = world.hosts().iter().filter_map(|host| {
        let peer = host.process.as_ref()?;
        // Who has lost its quorum only claims to lead: the others go on without it.
        let claims = |row: &ServerRow| row.id == host.id && row.claims;
        match peer.part() {
            Part::Leading(_) if rows.iter().any(claims) => None,
            Part::Leading(leading) => Some((host.id, peer, leading)),
            _ => None,
        }
    });
    let newest = leaders.max_by_key(|(_, peer, leading)| (peer.status().accepted, leading.phase));
    let scene = Scene {
        world,
        rows,
        recall,
    };
    match newest {
        Some((id, _, leading)) if leading.phase == Phase::Discovery => {
            Some(scene.discovery(id, leading))
        }
        Some((id, _, leading)) if leading.phase == Phase::Synchronization => {
            Some(scene.synchronization(id, leading))
        }
        Some((id, _, leading)) => scene
            .election(Some(id))
            .or_else(|| scene.joining(id, leading)),
        None => scene.election(None),
    }
}

/// What a looking server has heard and why it votes as it does.
pub(super) fn ballot(world: &World, peer: &Peer, recall: Recall<'_>) -> Option<Ballot> {
    let election = peer.election()?;
    let voters = &world.config().ensemble.voters;
    let heard = |voter: &ServerId| {
        let said = election.received.get(voter).or(election.settled.get(voter));
        (*voter, said.map(|h| h.vote.leader))
    };
    let heard: Vec<_> = voters.iter().map(heard).collect();
    let agree = heard
        .iter()
        .filter(|(_, says)| *says == Some(election.vote.leader));
    Some(Ballot {
        agree: small(agree.count()),
        decided: election.finalizing,
        why: turn::of(peer.id(), recall).unwrap_or_default(),
        heard,
    })
}

/// How a learner is brought up to date at this moment.
pub(super) fn syncing(peer: &Peer, recall: Recall<'_>) -> Option<SyncView> {
    let status = peer.status();
    let learns = matches!(status.role, Role::Following | Role::Observing);
    let leader = status
        .leader
        .filter(|_| learns && status.phase == Phase::Synchronization)?;
    recall.plan(leader, peer.id()).map(sync_view)
}

struct Scene<'a> {
    world: &'a World,
    rows: &'a [ServerRow],
    recall: Recall<'a>,
}

impl Scene<'_> {
    fn slots(&self, say: impl Fn(&ServerRow) -> (String, bool)) -> Vec<Say> {
        let voters = self.rows.iter().filter(|row| !row.observer);
        let slot = |row: &ServerRow| {
            let (says, counts) = say(row);
            Say {
                server: row.id,
                says,
                counts,
                down: !row.power.has_memory(),
            }
        };
        voters.map(slot).collect()
    }

    fn view(&self, phase: Phase, slots: Vec<Say>, fact: Text, reason: Text) -> PhaseView {
        PhaseView {
            phase,
            slots,
            majority: small(self.world.config().ensemble.majority_size()),
            fact,
            reason,
        }
    }

    /// Somebody looks; `leader` is one that is in broadcast already.
    fn election(&self, leader: Option<ServerId>) -> Option<PhaseView> {
        let looking = self
            .rows
            .iter()
            .filter(|row| row.role == Some(Role::Looking));
        let voting = looking.clone().filter(|row| !row.observer);
        looking.clone().next()?;
        let vote_of = |row: &ServerRow| row.vote.map(|vote| vote.leader).or(row.leader);
        let mut candidates: Vec<(usize, ServerId)> = Vec::new();
        for id in self
            .rows
            .iter()
            .filter(|row| !row.observer)
            .filter_map(vote_of)
        {
            match candidates
                .iter_mut()
                .find(|(_, candidate)| *candidate == id)
            {
                Some((votes, _)) => *votes += 1,
                None => candidates.push((1, id)),
            }
        }
        let favourite = candidates.into_iter().max()?;
        let slots = self.slots(|row| {
            let vote = vote_of(row);
            let says = vote.map_or_else(String::new, |id| id.to_string());
            (says, vote == Some(favourite.1))
        });
        let majority = self.world.config().ensemble.majority_size();
        let decided = voting
            .clone()
            .find(|row| row.ballot.as_ref().is_some_and(|b| b.decided));
        let fact = match (decided, leader) {
            (Some(row), _) => turn::decided(row.id, favourite.1, majority),
            (None, Some(leader)) => turn::finds(looking.clone().map(|row| row.id).next(), leader),
            (None, None) => turn::votes(favourite, slots.len(), majority),
        };
        let reason = turn::newest(self.recall).unwrap_or_default();
        Some(self.view(Phase::Election, slots, fact, reason))
    }

    fn discovery(&self, id: ServerId, leading: &Leading) -> PhaseView {
        let slots = self.slots(|row| {
            let announced = leading.announced.get(&row.id);
            let says = announced.map_or_else(String::new, |epoch| format!("e{epoch}"));
            let counts = match leading.epoch {
                Some(_) => leading.epoch_acks.contains(&row.id),
                None => announced.is_some(),
            };
            (says, counts)
        });
        let count = slots.iter().filter(|slot| slot.counts).count();
        let all = slots.len();
        let highest = leading
            .announced
            .values()
            .max()
            .copied()
            .unwrap_or_default();
        let (fact, reason) = match leading.epoch {
            None => (
                Text::new(
                    format!("{id} has heard acceptedEpoch of {count} of {all} voters"),
                    format!("{id} 已收到 {all} 个投票者中 {count} 个的 acceptedEpoch"),
                ),
                Text::new(
                    "a quorum fixes the new epoch: one above the highest",
                    "达到法定人数即定下新纪元：最高者加一",
                ),
            ),
            Some(epoch) => (
                Text::new(
                    format!("e{epoch} is offered; {count} of {all} voters have accepted it"),
                    format!("提议纪元 e{epoch}；{all} 个投票者中 {count} 个已接受"),
                ),
                Text::new(
                    format!("one above the highest epoch that {id} heard, e{highest}"),
                    format!("比 {id} 听到的最高纪元 e{highest} 大一"),
                ),
            ),
        };
        self.view(Phase::Discovery, slots, fact, reason)
    }

    fn synchronization(&self, id: ServerId, leading: &Leading) -> PhaseView {
        let slots = self.sync_slots(id, leading, |row| leading.newleader_acks.contains(row));
        let count = slots.iter().filter(|slot| slot.counts).count();
        let (all, epoch) = (slots.len(), leading.epoch.unwrap_or_default());
        let fact = Text::new(
            format!("e{epoch}: {count} of {all} voters have acknowledged NEWLEADER"),
            format!("e{epoch}：{all} 个投票者中 {count} 个已确认 NEWLEADER"),
        );
        let reason = self.newest_plan(id, leading).map(|view| view.told);
        self.view(
            Phase::Synchronization,
            slots,
            fact,
            reason.unwrap_or_default(),
        )
    }

    /// A learner comes to an ensemble that is in broadcast.
    fn joining(&self, id: ServerId, leading: &Leading) -> Option<PhaseView> {
        let comes = |row: &&ServerRow| {
            let early = matches!(row.phase, Some(Phase::Discovery | Phase::Synchronization));
            row.leader == Some(id) && early
        };
        let row = self.rows.iter().find(comes)?;
        let serving = |id: &ServerId| leading.learners.get(id).is_some_and(|l| l.serving);
        let slots = self.sync_slots(id, leading, |row| *row == id || serving(row));
        let (learner, epoch) = (row.id, leading.epoch.unwrap_or_default());
        let fact = Text::new(
            format!("{learner} joins e{epoch}, led by {id}"),
            format!("{learner} 加入 e{epoch}，领导者 {id}"),
        );
        let plan = row.sync.as_ref().map(|sync| sync.told.clone());
        Some(self.view(
            Phase::Synchronization,
            slots,
            fact,
            plan.unwrap_or_default(),
        ))
    }

    fn sync_slots(
        &self,
        id: ServerId,
        leading: &Leading,
        counts: impl Fn(&ServerId) -> bool,
    ) -> Vec<Say> {
        self.slots(|row| {
            let known = leading.learners.get(&row.id);
            let planned = known.filter(|l| l.forwarding && !l.serving);
            let plan = planned.and_then(|_| self.recall.plan(id, row.id));
            let level = row.id == id || known.is_some_and(|l| l.serving);
            let says = match (level, plan) {
                (true, _) => "=",
                (_, Some(plan)) => plan.plan.mode.word(),
                (_, None) => "",
            };
            (says.to_owned(), counts(&row.id))
        })
    }

    fn newest_plan(&self, id: ServerId, leading: &Leading) -> Option<SyncView> {
        let learners = leading
            .learners
            .iter()
            .filter(|(_, l)| l.forwarding && !l.synced);
        let any = leading.learners.iter().filter(|(_, l)| l.forwarding);
        let mut plans = learners
            .chain(any)
            .filter_map(|(learner, _)| self.recall.plan(id, *learner));
        plans.next().map(sync_view)
    }
}

fn sync_view(planned: &Plan) -> SyncView {
    let Plan {
        leader,
        learner,
        peer,
        plan,
        ..
    } = planned;
    let (count, last) = (plan.count, Zx::from(plan.zxid));
    let sent = range(*peer, plan.zxid, count);
    let has = Zx::from(*peer);
    let (what, why) = match plan.mode {
        SyncMode::Diff if count == 0 => {
            ("DIFF".to_owned(), Text::new("has everything", "已是最新"))
        }
        SyncMode::Diff => (
            format!("DIFF {sent}"),
            Text::new(format!("{count} behind"), format!("落后 {count} 条")),
        ),
        SyncMode::Trunc => (
            format!("TRUNC → {last}"),
            Text::new(
                format!("has {has}, {leader} lacks it"),
                format!("有 {has}，{leader} 没有"),
            ),
        ),
        SyncMode::Snap => (format!("SNAP {last}"), turn::why_snap(plan.reason, last)),
    };
    let from_disk = match plan.reason {
        SyncReason::InDiskLog { .. } => (", from the log on disk", "（取自磁盘日志）"),
        SyncReason::TooOld {
            disk: NoDiskLog::TooLong,
            ..
        } => (
            "; the log would be longer than the tree",
            "；日志比整棵树还长",
        ),
        SyncReason::TooOld {
            disk: NoDiskLog::BeginsLater,
            ..
        } => ("; the log on disk begins later", "；磁盘日志起点更晚"),
        _ => ("", ""),
    };
    let also = if plan.mode == SyncMode::Trunc && count > 0 {
        (
            format!(", then {count} are sent"),
            format!("，再补发 {count} 条"),
        )
    } else {
        (String::new(), String::new())
    };
    SyncView {
        mode: plan.mode,
        told: Text::new(
            format!(
                "{learner} {}: {what}{}{}",
                why_en(plan.mode, &why.en),
                also.0,
                from_disk.0
            ),
            format!("{learner} {}：{what}{}{}", why.zh, also.1, from_disk.1),
        ),
        what,
        why,
    }
}

/// `2 behind` needs a verb, the others have one.
fn why_en(mode: SyncMode, why: &str) -> String {
    match mode {
        SyncMode::Diff if why.ends_with("behind") => format!("is {why}"),
        _ => why.to_owned(),
    }
}

/// `e1·6–e1·7`, when the numbers say so themselves; else how many and up to where.
fn range(peer: Zxid, last: Zxid, count: u32) -> String {
    let end = Zx::from(last);
    let plain = peer.epoch() == last.epoch() && last.0 - peer.0 == i64::from(count);
    match (plain, count) {
        (true, 1) => end.to_string(),
        (true, _) => format!("{}–{end}", Zx::from(peer.next())),
        (false, _) => format!("…{end}"),
    }
}

fn small(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}
