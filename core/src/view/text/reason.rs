//! Decisions as the second half of a sentence that begins with a server's name.

use crate::base::ServerId;
use crate::model::Zxid;
use crate::protocol::Decision;
use crate::protocol::decision::LeaveReason;
use crate::protocol::zab::election::Vote;
use crate::protocol::zab::sync_plan::{NoDiskLog, SyncPlan, SyncReason};

/// `proposes epoch 1: a quorum has announced its acceptedEpoch`.
pub fn reason(decision: &Decision) -> String {
    match decision {
        Decision::StartedRound { round, vote } => {
            format!("starts election round {round} and votes {}", named(vote))
        }
        Decision::AdoptedVote { from, vote } => {
            format!("now votes {}: {from} has a better vote", named(vote))
        }
        Decision::KeptVote { from, vote } => {
            format!(
                "keeps its vote: {from} votes {}, which is not better",
                named(vote)
            )
        }
        Decision::JoinedRound { from, round } => {
            format!("joins round {round}: {from} is there already")
        }
        Decision::IgnoredOldRound { from, round } => {
            format!("ignores {from}'s vote: it is of the earlier round {round}")
        }
        Decision::QuorumOfVotes { vote } => {
            format!("waits for a better vote: a quorum votes {}", vote.leader)
        }
        Decision::BetterVoteCame { from } => {
            format!("goes on with the election: {from} came with a better vote")
        }
        Decision::Elected { leader, round } => format!("elects {leader} in round {round}"),
        Decision::JoinedEstablished { leader, round } => {
            format!(
                "joins {leader} of round {round}: a quorum follows it and it says that it leads"
            )
        }
        Decision::RepeatedVote => "repeats its vote: nobody answered".to_owned(),
        Decision::ProposedEpoch { epoch } => {
            format!("proposes epoch {epoch}: a quorum has announced its acceptedEpoch")
        }
        Decision::AcceptedEpoch { epoch } => {
            format!("accepts epoch {epoch}: it is higher than any before")
        }
        Decision::AcceptedEpochAgain { epoch } => {
            format!("follows into epoch {epoch} without counting: it has accepted it before")
        }
        Decision::RefusedEpoch { offered, accepted } => {
            format!("refuses epoch {offered}: it has accepted epoch {accepted}")
        }
        Decision::FollowerAhead {
            follower,
            epoch,
            zxid,
        } => {
            format!("must not lead: {follower} is ahead with epoch {epoch} and {zxid}")
        }
        Decision::EpochAgreed { epoch } => {
            format!("enters epoch {epoch}: a quorum has accepted it")
        }
        Decision::PlannedSync {
            learner,
            peer,
            plan,
        } => {
            format!("syncs {learner}, which ends at {peer}, by {}", sync(plan))
        }
        Decision::Truncated { to } => format!("cuts its log after {to}"),
        Decision::NeedsSnap => {
            "asks for the whole tree: no snapshot is left below the cut".to_owned()
        }
        Decision::LoadedSnap { zxid } => format!("has received the whole tree up to {zxid}"),
        Decision::AckedNewLeader { epoch } => {
            format!("acknowledges NEWLEADER of epoch {epoch}")
        }
        Decision::Established { epoch, history } => format!(
            "is established in epoch {epoch}, with everything up to {history} committed: \
             a quorum has acknowledged NEWLEADER"
        ),
        Decision::Serving => "is up to date and serves".to_owned(),
        Decision::QuorumOfAcks { zxid, acks } => {
            format!("has a quorum for {zxid}: acknowledged by {}", list(acks))
        }
        Decision::LateAck { from, zxid } => {
            format!("needs no more acks for {zxid}, as the one of {from}")
        }
        Decision::FailedRequest { zxid, error } => {
            format!("spends {zxid} on a request that fails: {error}")
        }
        Decision::ForwardedWrite { session, cxid } => {
            format!("forwards write {cxid} of session {session} to the leader")
        }
        Decision::GroupCommit { records } => format!("forces {records} records with one fsync"),
        Decision::CounterUsedUp => {
            "steps down: the counter is used up, a new epoch is needed".to_owned()
        }
        Decision::WentLooking { why } => format!("looks for a leader: {}", leaving(*why)),
        Decision::DroppedLearner { learner, why } => format!("drops {learner}: {}", leaving(*why)),
        Decision::RefusedStaleServer { seen, have } => {
            format!("refuses a client that has seen {seen}: it has only {have} itself")
        }
        Decision::ExpiredSession { session } => {
            format!("ends session {session}: it was silent too long")
        }
        Decision::SessionRevalidated {
            session,
            valid: true,
        } => {
            format!("says that session {session} is alive")
        }
        Decision::SessionRevalidated {
            session,
            valid: false,
        } => {
            format!("says that session {session} is over")
        }
        Decision::Recovered {
            snapshot,
            replayed,
            zxid,
            stops,
        } => recovered(*snapshot, *replayed, *zxid, *stops),
        Decision::FreshDisk { trusted: true } => "starts with an empty disk".to_owned(),
        Decision::FreshDisk { trusted: false } => {
            "starts with an empty disk; its vote will not count".to_owned()
        }
        Decision::SnapshotBegun { zxid, walk: true } => {
            format!("begins snapshot {zxid}, and writes go on")
        }
        Decision::SnapshotBegun { zxid, .. } => format!("writes snapshot {zxid} in one go"),
        Decision::SnapshotDone { zxid, fuzzy_to } if zxid == fuzzy_to => {
            format!("has written snapshot {zxid}")
        }
        Decision::SnapshotDone { zxid, fuzzy_to } => {
            format!("has written snapshot {zxid}, with some effects up to {fuzzy_to} in it")
        }
        Decision::TooBusyToSnap => "skips a snapshot: one is still being written".to_owned(),
        Decision::Purged { files } => format!("has removed {files} old files"),
        Decision::DiskRefused => "cannot go on: the disk refuses a write".to_owned(),
        Decision::Restored {
            zxid,
            at,
            durable: false,
        } => format!("restores the tree of {zxid} in memory only, itself at {at}"),
        Decision::Restored { zxid, at, .. } => {
            format!("restores the tree of {zxid} and writes it down as snapshot {at}")
        }
    }
}

/// `DIFF 1.7 with 3 transactions: 1.4 is in the committed log 1.1..1.7`.
fn sync(plan: &SyncPlan) -> String {
    let with = match plan.count {
        0 => String::new(),
        1 => " with 1 transaction".to_owned(),
        n => format!(" with {n} transactions"),
    };
    let why = match plan.reason {
        SyncReason::Equal => "it has everything".to_owned(),
        SyncReason::InCommittedLog { min, max } => {
            format!("that is in the committed log {min}..{max}")
        }
        SyncReason::InDiskLog { min } => {
            format!(
                "that is before the committed log, from {min}, but the log on disk has the rest"
            )
        }
        SyncReason::Ahead { max } => format!("that is ahead of the last transaction {max}"),
        SyncReason::UnknownTail { prev } => {
            format!("nobody else has what it has after {prev}")
        }
        SyncReason::OtherEpoch { entry } => {
            format!("the history goes on with {entry} of another epoch")
        }
        SyncReason::UnknownEpoch { max } => {
            format!("that begins an epoch, and the leader ends at {max}")
        }
        SyncReason::TooOld { min, disk } => {
            let disk = match disk {
                NoDiskLog::BeginsLater => "begins later, too",
                NoDiskLog::TooLong => "has more behind it than a third of a snapshot",
                NoDiskLog::Broken => "does not reach up to it",
            };
            format!("the committed log begins at {min}, and the log on disk {disk}")
        }
    };
    format!("{} {}{with}: {why}", plan.mode.word(), plan.zxid)
}

/// `S3 (epoch 1, 1.7)`.
fn named(vote: &Vote) -> String {
    if *vote == Vote::NOBODY {
        return "nobody".to_owned();
    }
    format!("{} (epoch {}, {})", vote.leader, vote.peer_epoch, vote.zxid)
}

fn list(servers: &[ServerId]) -> String {
    servers
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

fn recovered(snapshot: Option<Zxid>, replayed: u64, zxid: Zxid, stops: u32) -> String {
    let from = snapshot.map_or_else(|| "no snapshot".to_owned(), |s| format!("snapshot {s}"));
    let stops = match stops {
        0 => String::new(),
        1 => ", one log stops early".to_owned(),
        n => format!(", {n} logs stop early"),
    };
    let replayed = match replayed {
        1 => "1 transaction".to_owned(),
        n => format!("{n} transactions"),
    };
    format!("recovers to {zxid}: {from} and {replayed} of the log{stops}")
}

const fn leaving(why: LeaveReason) -> &'static str {
    match why {
        LeaveReason::ConnectionLost => "the connection broke",
        LeaveReason::Silence => "nothing was heard for too long",
        LeaveReason::LeaderUnreachable => "the leader cannot be reached",
        LeaveReason::NoQuorum => "no quorum of learners is in time",
        LeaveReason::InitLimit => "initLimit is over",
        LeaveReason::OldEpoch => "the offered epoch is too old",
        LeaveReason::FollowerAhead => "a follower is ahead",
        LeaveReason::CounterUsedUp => "the counter of the epoch is used up",
        LeaveReason::DiskError => "the disk refused a write",
        LeaveReason::NeedsTree => "it needs the whole tree",
        LeaveReason::HigherPromise => "a learner has promised itself to a later epoch",
        LeaveReason::SlowAck => "a proposal was not acknowledged in time",
        LeaveReason::Restored => "a restored tree has to be written down first",
    }
}
