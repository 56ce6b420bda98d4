//! Where a reason is written down: the class and method of ZooKeeper, the part of the paper.
//!
//! A typed catalogue, one exhaustive `match` over [`Decision`]: a decision cannot be added without its
//! source. Names are those of release 3.9. The paper is *Zab: High-performance broadcast for
//! primary-backup systems* (Junqueira, Reed, Serafini; DSN 2011).

use serde::Serialize;

use crate::protocol::Decision;
use crate::protocol::decision::LeaveReason;
use crate::view::lang::Text;

/// A reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// `Leader.tryToCommit`.
    pub code: &'static str,
    /// The part of the paper.
    pub paper: Option<Paper>,
}

/// A part of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Paper {
    /// Who is prospective leader; the paper leaves it open.
    Oracle,
    /// Phase 1.
    Discovery,
    /// Phase 2.
    Synchronization,
    /// Phase 3.
    Broadcast,
}

impl Paper {
    /// As a reader looks it up.
    pub fn text(self) -> Text {
        let (en, zh) = match self {
            Self::Oracle => ("leader oracle", "领导者预言机"),
            Self::Discovery => ("phase 1, discovery", "阶段 1：发现"),
            Self::Synchronization => ("phase 2, synchronization", "阶段 2：同步"),
            Self::Broadcast => ("phase 3, broadcast", "阶段 3：广播"),
        };
        Text::new(
            format!("Zab (DSN 2011), {en}"),
            format!("Zab（DSN 2011），{zh}"),
        )
    }
}

impl Source {
    /// A method of which the paper says nothing.
    pub(super) const fn code(code: &'static str) -> Self {
        Self { code, paper: None }
    }

    pub(super) const fn of_phase(code: &'static str, paper: Paper) -> Self {
        Self {
            code,
            paper: Some(paper),
        }
    }
}

/// Where a decision is written down.
pub const fn of(decision: &Decision) -> Source {
    use Paper::{Broadcast, Discovery, Oracle, Synchronization};
    let (code, paper) = match decision {
        Decision::StartedRound { .. }
        | Decision::JoinedRound { .. }
        | Decision::IgnoredOldRound { .. }
        | Decision::QuorumOfVotes { .. }
        | Decision::BetterVoteCame { .. }
        | Decision::Elected { .. } => ("FastLeaderElection.lookForLeader", Oracle),
        Decision::AdoptedVote { .. } | Decision::KeptVote { .. } => {
            ("FastLeaderElection.totalOrderPredicate", Oracle)
        }
        Decision::JoinedEstablished { .. } => {
            ("FastLeaderElection.receivedFollowingNotification", Oracle)
        }
        Decision::RepeatedVote => ("FastLeaderElection.sendNotifications", Oracle),
        Decision::ProposedEpoch { .. } => ("Leader.getEpochToPropose", Discovery),
        Decision::AcceptedEpoch { .. }
        | Decision::AcceptedEpochAgain { .. }
        | Decision::RefusedEpoch { .. } => ("Learner.registerWithLeader", Discovery),
        Decision::FollowerAhead { .. } | Decision::EpochAgreed { .. } => {
            ("Leader.waitForEpochAck", Discovery)
        }
        Decision::PlannedSync { .. } => ("LearnerHandler.syncFollower", Synchronization),
        Decision::Truncated { .. }
        | Decision::NeedsSnap
        | Decision::LoadedSnap { .. }
        | Decision::AckedNewLeader { .. }
        | Decision::Serving => ("Learner.syncWithLeader", Synchronization),
        Decision::Established { .. } => ("Leader.waitForNewLeaderAck", Synchronization),
        Decision::QuorumOfAcks { .. } => ("Leader.tryToCommit", Broadcast),
        Decision::LateAck { .. } => ("Leader.processAck", Broadcast),
        Decision::CounterUsedUp => ("Leader.propose", Broadcast),
        other => return Source::code(beside_the_paper(other)),
    };
    Source::of_phase(code, paper)
}

/// What the paper leaves to the implementation.
const fn beside_the_paper(decision: &Decision) -> &'static str {
    match decision {
        Decision::FailedRequest { .. } => "PrepRequestProcessor.pRequest",
        Decision::ForwardedWrite { .. } => "FollowerRequestProcessor.run",
        Decision::GroupCommit { .. } => "SyncRequestProcessor.flush",
        Decision::WentLooking { why } => left(*why),
        Decision::DroppedLearner { .. } => "LearnerHandler.run",
        Decision::RefusedStaleServer { .. } => "ZooKeeperServer.processConnectRequest",
        Decision::ExpiredSession { .. } => "SessionTrackerImpl.run",
        Decision::SessionRevalidated { .. } => "Leader.revalidateSession",
        Decision::Recovered { .. } | Decision::FreshDisk { .. } => "FileTxnSnapLog.restore",
        Decision::SnapshotBegun { .. } | Decision::SnapshotDone { .. } => {
            "ZooKeeperServer.takeSnapshot"
        }
        Decision::TooBusyToSnap | Decision::DiskRefused => "SyncRequestProcessor.run",
        Decision::Purged { .. } => "PurgeTxnLog.purge",
        _ => "ZooKeeperServer.restoreFromSnapshot",
    }
}

const fn left(why: LeaveReason) -> &'static str {
    match why {
        LeaveReason::NoQuorum
        | LeaveReason::HigherPromise
        | LeaveReason::FollowerAhead
        | LeaveReason::InitLimit
        | LeaveReason::CounterUsedUp => "Leader.lead",
        LeaveReason::ConnectionLost
        | LeaveReason::Silence
        | LeaveReason::LeaderUnreachable
        | LeaveReason::OldEpoch
        | LeaveReason::NeedsTree => "Follower.followLeader",
        LeaveReason::SlowAck => "LearnerHandler.ping",
        LeaveReason::DiskError => "SyncRequestProcessor.run",
        LeaveReason::Restored => "ZooKeeperServer.restoreFromSnapshot",
    }
}
