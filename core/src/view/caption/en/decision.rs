//! What a server decided, and why, in English.

use super::{ballot, z};
use crate::base::ServerId;
use crate::protocol::Decision;
use crate::protocol::decision::LeaveReason;
use crate::protocol::zab::sync_plan::{SyncMode, SyncPlan, SyncReason};

/// The sentence of a decision.
pub(super) fn sentence(s: ServerId, decision: &Decision) -> String {
    match decision {
        Decision::StartedRound { round, vote } if vote.leader == ServerId(0) => {
            format!("{s} looks for a leader in round {round}; it has no vote.")
        }
        Decision::StartedRound { round, vote } => {
            format!(
                "{s} looks for a leader in round {round} and votes {}.",
                ballot(vote)
            )
        }
        Decision::AdoptedVote { from, vote } => {
            format!("{from}'s vote is better: {s} now votes {}.", ballot(vote))
        }
        Decision::KeptVote { from, vote } => {
            format!(
                "{from} votes {}; that is not better, so {s} keeps its vote.",
                ballot(vote)
            )
        }
        Decision::JoinedRound { from, round } => {
            format!("{from} is in round {round} already: {s} joins it.")
        }
        Decision::IgnoredOldRound { from, round } => {
            format!("{s} ignores the vote of {from}: round {round} is over.")
        }
        Decision::QuorumOfVotes { vote } => {
            format!(
                "A quorum votes {}; {s} waits a little for a better vote.",
                vote.leader
            )
        }
        Decision::BetterVoteCame { from } => {
            format!("A better vote came from {from}: {s} goes on looking.")
        }
        Decision::Elected { leader, round } if *leader == s => {
            format!("{s} is elected in round {round}.")
        }
        Decision::Elected { leader, .. } => {
            format!("The election is over for {s}: it follows {leader}.")
        }
        Decision::JoinedEstablished { leader, .. } => {
            format!("A quorum already follows {leader}: {s} joins.")
        }
        Decision::RepeatedVote => format!("Nobody answered: {s} says its vote again."),
        Decision::ProposedEpoch { epoch } => {
            format!("A quorum has reported to {s}, so the new epoch is fixed: e{epoch}.")
        }
        Decision::AcceptedEpoch { epoch } => {
            format!("{s} accepts e{epoch} and writes acceptedEpoch.")
        }
        Decision::AcceptedEpochAgain { epoch } => {
            format!("{s} had accepted e{epoch} before: it follows, but its answer does not count.")
        }
        Decision::RefusedEpoch { offered, accepted } => {
            format!("{s} refuses e{offered}: it has promised e{accepted}.")
        }
        Decision::FollowerAhead { follower, zxid, .. } => {
            format!(
                "{follower} has a longer history, up to {}: {s} must not lead.",
                z(*zxid)
            )
        }
        Decision::EpochAgreed { epoch } => {
            format!("A quorum has accepted e{epoch}: now histories are made equal.")
        }
        Decision::PlannedSync {
            learner,
            peer,
            plan,
        } => planned(s, *learner, z(*peer).to_string(), plan),
        Decision::Truncated { to } => format!("{s} cuts its log back to {}.", z(*to)),
        Decision::NeedsSnap => {
            format!("The cut would leave {s} no snapshot to start from: it asks for a full copy.")
        }
        Decision::LoadedSnap { zxid } => {
            format!("{s} has taken over the whole tree as of {}.", z(*zxid))
        }
        Decision::AckedNewLeader { epoch } => {
            format!("{s} joins e{epoch} and acknowledges NEWLEADER.")
        }
        Decision::Established { epoch, history } => format!(
            "A quorum has acknowledged NEWLEADER: e{epoch} is established, all up to {} is committed.",
            z(*history)
        ),
        Decision::Serving => format!("{s} is up to date and serves clients."),
        Decision::QuorumOfAcks { zxid, acks } => {
            format!(
                "{} voters have acknowledged {}: quorum.",
                acks.len(),
                z(*zxid)
            )
        }
        Decision::LateAck { from, zxid } => format!(
            "The ACK of {from} for {} comes late: it is committed.",
            z(*zxid)
        ),
        Decision::FailedRequest { zxid, error } => {
            format!(
                "The request fails with {error}; it still takes a number, {}.",
                z(*zxid)
            )
        }
        Decision::ForwardedWrite { .. } => format!("{s} forwards the write to its leader."),
        Decision::GroupCommit { records } => format!("{records} records share one fsync on {s}."),
        Decision::CounterUsedUp => {
            format!("{s} has used up the counter of its epoch: a new one is needed.")
        }
        Decision::WentLooking { why } => went_looking(s, *why),
        Decision::DroppedLearner { learner, why } => {
            format!("{s} drops {learner}: {}.", because(*why))
        }
        Decision::RefusedStaleServer { seen, have } => format!(
            "{s} refuses the client: the client has seen {}, {s} has only {}.",
            z(*seen),
            z(*have)
        ),
        Decision::ExpiredSession { session } => format!(
            "{s} expires session {session}; deleting its ephemeral znodes is itself a proposal."
        ),
        Decision::SessionRevalidated {
            session,
            valid: true,
        } => format!("Session {session} is alive at {s}."),
        Decision::SessionRevalidated {
            session,
            valid: false,
        } => format!("Session {session} is over: {s} says so."),
        Decision::Recovered {
            snapshot,
            replayed,
            zxid,
            stops,
        } => {
            let from = snapshot.map_or("no snapshot".to_owned(), |s| format!("snapshot.{s:x}"));
            let torn = if *stops > 1 {
                ", past places where a log stopped early"
            } else {
                ""
            };
            format!(
                "{s} loads {from} and replays {replayed} transactions, up to {}{torn}.",
                z(*zxid)
            )
        }
        Decision::FreshDisk { trusted: true } => format!("The disk of {s} is empty: a new server."),
        Decision::FreshDisk { trusted: false } => {
            format!("The disk of {s} is empty: it may follow, but its vote does not count.")
        }
        Decision::SnapshotBegun { zxid, walk: true } => {
            format!("{s} starts snapshot.{zxid:x} while writes continue.")
        }
        Decision::SnapshotBegun { zxid, .. } => {
            format!("{s} writes snapshot.{zxid:x} in one go.")
        }
        Decision::SnapshotDone { zxid, fuzzy_to } if zxid == fuzzy_to => {
            format!("snapshot.{zxid:x} of {s} is complete.")
        }
        Decision::SnapshotDone { zxid, fuzzy_to } => format!(
            "snapshot.{zxid:x} of {s} is complete; it is fuzzy from {} to {}.",
            z(*zxid),
            z(*fuzzy_to)
        ),
        Decision::TooBusyToSnap => format!("A snapshot is due, but {s} is still writing one."),
        Decision::Purged { files } => format!("{s} removes {files} old files."),
        Decision::DiskRefused => format!("{s}'s disk refuses a write."),
        Decision::Restored {
            zxid,
            durable: false,
            ..
        } => format!(
            "{s} takes the restored tree of {} into memory; its disk and its counter stay as they are.",
            z(*zxid)
        ),
        Decision::Restored { zxid, at, .. } => format!(
            "{s} takes the restored tree of {} and first writes it down as snapshot.{at:x}.",
            z(*zxid)
        ),
    }
}

fn planned(s: ServerId, learner: ServerId, peer: String, plan: &SyncPlan) -> String {
    let SyncPlan {
        mode,
        zxid,
        count,
        reason,
    } = plan;
    match (mode, count) {
        (SyncMode::Diff, 0) => format!("{learner} has everything: {s} sends an empty DIFF."),
        (SyncMode::Diff, 1) => format!("{learner} is 1 behind: {s} sends it (DIFF)."),
        (SyncMode::Diff, n) => format!("{learner} is {n} behind: {s} sends those {n} (DIFF)."),
        (SyncMode::Trunc, 0) => format!(
            "{learner} has {peer}, which {s} lacks: cut back to {} (TRUNC).",
            z(*zxid)
        ),
        (SyncMode::Trunc, n) => format!(
            "{learner} has {peer}, which {s} lacks: cut back to {} (TRUNC), then {n} are sent.",
            z(*zxid)
        ),
        (SyncMode::Snap, _) => match reason {
            SyncReason::OtherEpoch { .. } => {
                format!("{learner}'s log went another way in an older epoch: full copy (SNAP).")
            }
            _ => format!("{learner} is too far behind: full copy (SNAP)."),
        },
    }
}

fn went_looking(s: ServerId, why: LeaveReason) -> String {
    match why {
        LeaveReason::ConnectionLost => format!("{s} has lost its leader and looks for another."),
        LeaveReason::Silence => {
            format!("{s} has heard nothing for too long and looks for a leader.")
        }
        LeaveReason::LeaderUnreachable => format!("{s} cannot reach the leader and looks again."),
        LeaveReason::NoQuorum => format!("{s} no longer has a quorum of followers and steps down."),
        _ => format!("{s} leaves and looks for a leader: {}.", because(why)),
    }
}

fn because(why: LeaveReason) -> &'static str {
    match why {
        LeaveReason::ConnectionLost => "the connection broke",
        LeaveReason::Silence => "it was silent for too long",
        LeaveReason::LeaderUnreachable => "the leader cannot be reached",
        LeaveReason::NoQuorum => "no quorum of followers is in time",
        LeaveReason::InitLimit => "initLimit is over",
        LeaveReason::HigherPromise => "a voter has promised a higher epoch",
        LeaveReason::OldEpoch => "the offered epoch is too old",
        LeaveReason::FollowerAhead => "a follower has a longer history",
        LeaveReason::CounterUsedUp => "the counter of the epoch is used up",
        LeaveReason::DiskError => "the disk refused a write",
        LeaveReason::NeedsTree => "it needs a full copy of the tree",
        LeaveReason::SlowAck => "it did not acknowledge a proposal in time",
        LeaveReason::Restored => "it writes down a restored tree",
    }
}
