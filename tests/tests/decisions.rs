//! Coverage by reasons: every decision of the protocol is taken in some script.
//!
//! A reason that no script reaches is a branch that nobody has seen. The list is made from one match,
//! so a new decision does not compile until it is named here, and does not pass until a script shows it.

use std::collections::BTreeSet;

use zablab_core::protocol::Decision;
use zablab_core::protocol::decision::LeaveReason;
use zablab_core::protocol::zab::sync_plan::{NoDiskLog, SyncReason};
use zablab_tests::scripts;

/// The name of every variant, and the name of the variant of a value.
macro_rules! names {
    ($all:ident, $of:ident, $type:ident: $($variant:ident)*) => {
        const $all: &[&str] = &[$(stringify!($variant)),*];

        fn $of(value: &$type) -> &'static str {
            match value {
                $($type::$variant { .. } => stringify!($variant),)*
            }
        }
    };
}

names! {
    DECISIONS, decision, Decision:
    StartedRound AdoptedVote KeptVote JoinedRound IgnoredOldRound QuorumOfVotes BetterVoteCame Elected
    JoinedEstablished RepeatedVote
    ProposedEpoch AcceptedEpoch AcceptedEpochAgain RefusedEpoch FollowerAhead EpochAgreed
    PlannedSync Truncated NeedsSnap LoadedSnap AckedNewLeader Established Serving
    QuorumOfAcks LateAck FailedRequest ForwardedWrite GroupCommit CounterUsedUp
    WentLooking DroppedLearner
    RefusedStaleServer ExpiredSession SessionRevalidated
    Recovered FreshDisk SnapshotBegun SnapshotDone TooBusyToSnap Purged DiskRefused Restored
}

names! {
    LEAVE_REASONS, leave_reason, LeaveReason:
    ConnectionLost Silence LeaderUnreachable NoQuorum InitLimit HigherPromise OldEpoch FollowerAhead
    CounterUsedUp DiskError NeedsTree SlowAck Restored
}

names! {
    SYNC_REASONS, sync_reason, SyncReason:
    Equal InCommittedLog InDiskLog Ahead UnknownTail OtherEpoch UnknownEpoch TooOld
}

names! {
    NO_DISK_LOGS, no_disk_log, NoDiskLog: BeginsLater TooLong Broken
}

#[test]
fn every_decision_is_taken_in_some_script() {
    let mut taken = BTreeSet::new();
    let mut left = BTreeSet::new();
    let mut synced = BTreeSet::new();
    let mut no_log = BTreeSet::new();
    for path in scripts::all() {
        scripts::run(scripts::read(&path), |step, _| {
            for found in scripts::decisions(step) {
                taken.insert(decision(found));
                if let Decision::WentLooking { why } | Decision::DroppedLearner { why, .. } = found
                {
                    left.insert(leave_reason(why));
                }
                if let Decision::PlannedSync { plan, .. } = found {
                    synced.insert(sync_reason(&plan.reason));
                }
                if let Decision::PlannedSync { plan, .. } = found
                    && let SyncReason::TooOld { disk, .. } = &plan.reason
                {
                    no_log.insert(no_disk_log(disk));
                }
            }
        });
    }
    let missing = |all: &[&'static str], seen: &BTreeSet<&str>| {
        let unseen = all.iter().copied().filter(|name| !seen.contains(name));
        unseen.collect::<Vec<_>>()
    };
    assert_eq!(
        missing(DECISIONS, &taken),
        [""; 0],
        "decisions that no script takes"
    );
    assert_eq!(
        missing(LEAVE_REASONS, &left),
        [""; 0],
        "reasons to leave that no script has"
    );
    assert_eq!(
        missing(SYNC_REASONS, &synced),
        [""; 0],
        "reasons for a way to synchronise that no script has"
    );
    assert_eq!(
        missing(NO_DISK_LOGS, &no_log),
        [""; 0],
        "reasons against the log on disk that no script has"
    );
}
