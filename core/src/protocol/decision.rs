//! Every branch worth explaining, as data.
//!
//! The protocol says *why* with one line, `out.decide(..)`. The same value becomes the caption a
//! reader sees, a line of golden text, and a coverage mark: a test asks that every variant is
//! reached by some script. What *happened* is never said here; that is derived from the effects.

use crate::base::{ServerId, SessionId};
use crate::model::{Epoch, ErrorCode, Zxid};
use crate::protocol::zab::election::Vote;
use crate::protocol::zab::sync_plan::SyncPlan;

/// A reason.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    // --- election ---
    /// Looks for a leader in a new round and votes for itself.
    StartedRound {
        /// The round.
        round: u64,
        /// Its first vote.
        vote: Vote,
    },
    /// A better vote came: it changes its own.
    AdoptedVote {
        /// From whom.
        from: ServerId,
        /// The vote.
        vote: Vote,
    },
    /// The vote that came is not better.
    KeptVote {
        /// From whom.
        from: ServerId,
        /// The weaker vote.
        vote: Vote,
    },
    /// Another server is in a later round: it joins that round.
    JoinedRound {
        /// From whom.
        from: ServerId,
        /// The later round.
        round: u64,
    },
    /// A vote of an earlier round is ignored.
    IgnoredOldRound {
        /// From whom.
        from: ServerId,
        /// The earlier round.
        round: u64,
    },
    /// A quorum votes the same; it waits a little for a better vote.
    QuorumOfVotes {
        /// The vote.
        vote: Vote,
    },
    /// A better vote came while it waited.
    BetterVoteCame {
        /// From whom.
        from: ServerId,
    },
    /// The election is over for it.
    Elected {
        /// The leader.
        leader: ServerId,
        /// The round.
        round: u64,
    },
    /// It joins an ensemble that already has a leader.
    JoinedEstablished {
        /// The leader.
        leader: ServerId,
        /// The round of the others.
        round: u64,
    },
    /// Nobody answered: it says its vote again.
    RepeatedVote,
    // --- discovery ---
    /// As leader: a quorum has announced its acceptedEpoch, so the new epoch is fixed.
    ProposedEpoch {
        /// The number.
        epoch: Epoch,
    },
    /// As learner: the new epoch is higher than any it accepted.
    AcceptedEpoch {
        /// The number.
        epoch: Epoch,
    },
    /// As learner: that epoch was accepted before; it follows but does not count.
    AcceptedEpochAgain {
        /// The number.
        epoch: Epoch,
    },
    /// As learner: the leader's epoch is lower than one it accepted, so it leaves.
    RefusedEpoch {
        /// The leader's.
        offered: Epoch,
        /// Its own.
        accepted: Epoch,
    },
    /// As leader: a follower has a longer history, so this server must not lead.
    FollowerAhead {
        /// The follower.
        follower: ServerId,
        /// Its currentEpoch.
        epoch: Epoch,
        /// Its last zxid.
        zxid: Zxid,
    },
    /// As leader: a quorum accepted the epoch.
    EpochAgreed {
        /// The number.
        epoch: Epoch,
    },
    // --- synchronisation ---
    /// As leader: how a learner is brought up to date, and why.
    PlannedSync {
        /// The learner.
        learner: ServerId,
        /// Its last zxid.
        peer: Zxid,
        /// The plan with its reason.
        plan: SyncPlan,
    },
    /// As learner: cuts its log.
    Truncated {
        /// Last zxid kept.
        to: Zxid,
    },
    /// As learner: TRUNC left no snapshot to load, so it asks again with an empty disk.
    NeedsSnap,
    /// As learner: the whole tree was received.
    LoadedSnap {
        /// Last zxid in it.
        zxid: Zxid,
    },
    /// As learner: the history is durable and the epoch written; NEWLEADER is acknowledged.
    AckedNewLeader {
        /// The epoch.
        epoch: Epoch,
    },
    /// As leader: a quorum acknowledged NEWLEADER; all of its history is now committed.
    Established {
        /// The epoch.
        epoch: Epoch,
        /// Last zxid of the history.
        history: Zxid,
    },
    /// As learner: up to date, serves clients.
    Serving,
    // --- broadcast ---
    /// As leader: the acks, its own included, form a quorum.
    QuorumOfAcks {
        /// Which.
        zxid: Zxid,
        /// Who acked so far.
        acks: Vec<ServerId>,
    },
    /// As leader: the ack comes too late to matter.
    LateAck {
        /// From whom.
        from: ServerId,
        /// Which.
        zxid: Zxid,
    },
    /// A request that fails still becomes a transaction.
    FailedRequest {
        /// Its zxid.
        zxid: Zxid,
        /// Why it fails.
        error: ErrorCode,
    },
    /// As learner: a write goes to the leader.
    ForwardedWrite {
        /// The session.
        session: SessionId,
        /// The client's request number.
        cxid: i32,
    },
    /// Several records share one fsync.
    GroupCommit {
        /// How many.
        records: u32,
    },
    /// As leader: the counter is used up, a new epoch is needed.
    CounterUsedUp,
    // --- leaving ---
    /// It gives up its role and looks for a leader.
    WentLooking {
        /// Why.
        why: LeaveReason,
    },
    /// As leader: a learner did not answer and is dropped.
    DroppedLearner {
        /// Which.
        learner: ServerId,
        /// Why.
        why: LeaveReason,
    },
    // --- sessions ---
    /// A client knows a later zxid than this server: it is refused.
    RefusedStaleServer {
        /// What the client has seen.
        seen: Zxid,
        /// What this server has.
        have: Zxid,
    },
    /// As leader: a session was silent too long; closing it is a transaction.
    ExpiredSession {
        /// Which.
        session: SessionId,
    },
    /// A session that came back is alive.
    SessionRevalidated {
        /// Which.
        session: SessionId,
        /// Alive or not.
        valid: bool,
    },
    // --- storage ---
    /// What recovery found, in short; the full report is at the host.
    Recovered {
        /// Snapshot it started from.
        snapshot: Option<Zxid>,
        /// Transactions replayed.
        replayed: u64,
        /// Last zxid.
        zxid: Zxid,
        /// Places where a log stopped early; preallocated zeros are its ordinary end.
        stops: u32,
    },
    /// The disk is empty.
    FreshDisk {
        /// It counts as a new server's; else its vote does not count.
        trusted: bool,
    },
    /// A snapshot begins.
    SnapshotBegun {
        /// Its name.
        zxid: Zxid,
        /// It is a walk over the tree while writes go on; else it is written in one go.
        walk: bool,
    },
    /// A snapshot is complete; effects up to `fuzzy_to` may be in it.
    SnapshotDone {
        /// Its name.
        zxid: Zxid,
        /// Last zxid applied when it ended.
        fuzzy_to: Zxid,
    },
    /// A snapshot is due, but one is already running.
    TooBusyToSnap,
    /// Old files are removed.
    Purged {
        /// How many.
        files: u32,
    },
    /// The disk refused a write.
    DiskRefused,
    /// A tree that an operator handed in takes the place of its own.
    Restored {
        /// Last zxid in that tree.
        zxid: Zxid,
        /// The zxid at which it stands in this server's history: the last one that is not undone by it.
        at: Zxid,
        /// It is written to disk before the server serves again; else it is in memory only.
        durable: bool,
    },
}

/// Why a server left its leader, its followers, or was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeaveReason {
    /// The connection broke.
    ConnectionLost,
    /// Nothing was heard for syncLimit (or initLimit) ticks.
    Silence,
    /// The leader could not be reached.
    LeaderUnreachable,
    /// As leader: no quorum of learners is in time.
    NoQuorum,
    /// Discovery or synchronisation exceeded initLimit.
    InitLimit,
    /// As leader: a voter has promised a higher epoch than this leader's.
    HigherPromise,
    /// The offered epoch is too old.
    OldEpoch,
    /// A follower is ahead.
    FollowerAhead,
    /// The counter of the epoch is used up.
    CounterUsedUp,
    /// The disk refused a write.
    DiskError,
    /// A cut would leave no snapshot: it comes back and asks for the whole tree.
    NeedsTree,
    /// A proposal was not acknowledged in time.
    SlowAck,
    /// An operator gave it another tree, which it has to write down first.
    Restored,
}
