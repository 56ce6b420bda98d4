//! Every way in which a property can break, with typed reasons.
//!
//! One variant is one sentence of the catalogue of captions.

use crate::base::{ClientId, ServerId, SessionId};
use crate::model::{Epoch, Zxid};
use crate::storage::epochs::EpochFile;

/// How two databases differ at the first place where they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// The node should be there.
    Missing,
    /// The node should not be there.
    Extra,
    /// Its content is wrong.
    Data,
    /// A statistic is wrong.
    Stat,
    /// The list of its children is wrong.
    Children,
    /// Its access control list is wrong.
    Acl,
    /// The table of sessions is wrong; the path is the root.
    Sessions,
}

/// The breach itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// S1: two servers lead one epoch, or one leads it twice.
    TwoLeaders {
        /// The epoch.
        epoch: Epoch,
        /// Who was established first.
        first: ServerId,
        /// Who came after.
        second: ServerId,
    },
    /// S2: an epoch file holds a smaller number than before.
    EpochFell {
        /// Whose.
        server: ServerId,
        /// Which file.
        file: EpochFile,
        /// What it held.
        from: Epoch,
        /// What it holds.
        to: Epoch,
    },
    /// S2: acceptedEpoch is below currentEpoch.
    AcceptedBelowCurrent {
        /// Whose.
        server: ServerId,
        /// acceptedEpoch.
        accepted: Epoch,
        /// currentEpoch.
        current: Epoch,
    },
    /// S2: a server serves with a history of a later epoch than its currentEpoch.
    HistoryAheadOfEpoch {
        /// Whose.
        server: ServerId,
        /// Last zxid of its log.
        zxid: Zxid,
        /// currentEpoch.
        current: Epoch,
    },
    /// S3: two different transactions bear one zxid.
    TwoTransactions {
        /// The zxid.
        zxid: Zxid,
        /// Where the second one was seen.
        server: ServerId,
    },
    /// S4: delivered, but no leader proposed it.
    NeverProposed {
        /// By whom.
        server: ServerId,
        /// Which.
        zxid: Zxid,
    },
    /// S5: delivered something else than another server at the same place.
    Diverged {
        /// By whom.
        server: ServerId,
        /// What it delivered.
        zxid: Zxid,
        /// What was delivered there first; `None`: nothing may stand there.
        instead_of: Option<Zxid>,
    },
    /// S5: serves a state that is not the committed one at its zxid.
    ServesOtherState {
        /// Who.
        server: ServerId,
        /// At which zxid.
        zxid: Zxid,
    },
    /// S6: delivered without the proposal before it.
    SkippedProposal {
        /// By whom.
        server: ServerId,
        /// What it delivered.
        zxid: Zxid,
        /// What is missing.
        missing: Zxid,
    },
    /// S7: delivered after something of a later epoch.
    EpochsReversed {
        /// By whom.
        server: ServerId,
        /// What it delivered.
        zxid: Zxid,
        /// What it had delivered before.
        after: Zxid,
    },
    /// S8: a leader proposes without holding what an earlier epoch delivered.
    LeaderLacks {
        /// The leader.
        leader: ServerId,
        /// Its epoch.
        epoch: Epoch,
        /// What it lacks.
        zxid: Zxid,
    },
    /// S8: something of an earlier epoch is delivered after a later leader has begun.
    LateDelivery {
        /// What.
        zxid: Zxid,
        /// The epoch that has begun without it.
        epoch: Epoch,
    },
    /// S9: a new leader's history lacks what was committed.
    LostAtElection {
        /// The leader.
        leader: ServerId,
        /// Its epoch.
        epoch: Epoch,
        /// The first that it lacks.
        zxid: Zxid,
        /// How many are lost.
        count: u32,
        /// True when a client had been told that one of them succeeded.
        confirmed: bool,
    },
    /// S9: the disks that still hold it do not reach every quorum.
    OnTooFewDisks {
        /// The first such transaction.
        zxid: Zxid,
        /// Who holds it.
        holders: Vec<ServerId>,
        /// True when a client had been told that it succeeded.
        confirmed: bool,
    },
    /// S10: acknowledged before it was durable.
    AckBeforeDurable {
        /// By whom.
        server: ServerId,
        /// What it acknowledged.
        zxid: Zxid,
        /// The first transaction that is not durable there.
        pending: Zxid,
    },
    /// S11: acknowledged NEWLEADER without a part of the leader's history.
    NewLeaderLacks {
        /// By whom.
        server: ServerId,
        /// The new epoch.
        epoch: Epoch,
        /// The first that is missing.
        missing: Zxid,
    },
    /// S11: acknowledged NEWLEADER with something that the leader does not have.
    NewLeaderExtra {
        /// By whom.
        server: ServerId,
        /// The new epoch.
        epoch: Epoch,
        /// The first that is too much.
        extra: Zxid,
    },
    /// S11: acknowledged NEWLEADER while currentEpoch held another epoch.
    NewLeaderEpoch {
        /// By whom.
        server: ServerId,
        /// The new epoch.
        epoch: Epoch,
        /// What the file holds.
        file: Option<Epoch>,
    },
    /// S12: committed out of turn.
    CommitOutOfOrder {
        /// The leader.
        leader: ServerId,
        /// What it committed.
        zxid: Zxid,
        /// What was due.
        expected: Zxid,
    },
    /// S12: committed without a quorum of durable acknowledgements.
    CommitWithoutQuorum {
        /// The leader.
        leader: ServerId,
        /// What it committed.
        zxid: Zxid,
        /// Who holds it durably and has acknowledged it.
        durable: Vec<ServerId>,
    },
    /// S13: the log jumps.
    Hole {
        /// Whose.
        server: ServerId,
        /// The last before the hole.
        after: Zxid,
        /// The next that is there.
        next: Zxid,
    },
    /// S14: the database in memory or on disk is not what its history gives.
    TreeDiffers {
        /// Whose.
        server: ServerId,
        /// At which zxid.
        zxid: Zxid,
        /// The first path that differs.
        path: String,
        /// How.
        how: Difference,
    },
    /// S15: the digest of a tree is not the one in the transaction.
    DigestDiffers {
        /// Whose.
        server: ServerId,
        /// After which transaction.
        zxid: Zxid,
        /// What the leader computed.
        expected: i64,
        /// What it is.
        actual: i64,
    },
    /// S16: an ephemeral node is there and its session is closed.
    EphemeralOutlives {
        /// Whose tree.
        server: ServerId,
        /// The session.
        session: SessionId,
        /// The node.
        path: String,
    },
    /// S17: an answer came before the answer to an earlier request.
    RepliesReordered {
        /// The client.
        client: ClientId,
        /// The request that was answered, as an index in the client's history.
        entry: u32,
        /// The later one that was answered before it.
        before: u32,
    },
    /// S17: a session saw an older state than before.
    WentBack {
        /// The client.
        client: ClientId,
        /// What it had seen.
        seen: Zxid,
        /// What it sees now.
        now: Zxid,
    },
    /// S17: a session does not see its own write.
    OwnWriteUnseen {
        /// The client.
        client: ClientId,
        /// Its write.
        write: Zxid,
        /// The state it sees.
        now: Zxid,
    },
    /// S20: a tree that an operator restored did not outlive the process.
    RestoreUndone {
        /// Whose.
        server: ServerId,
        /// The last transaction in the restored tree.
        restored: Zxid,
        /// Where the server is now.
        now: Zxid,
    },
    /// S20: a joint restore gave a server an epoch that is not new, or another one than it said.
    RestoreEpoch {
        /// Whose.
        server: ServerId,
        /// As it said.
        epoch: Epoch,
        /// The highest that was used before.
        used: Epoch,
    },
    /// L1: no leader in time.
    NoLeader,
    /// L2: a request is not answered.
    Unanswered {
        /// The client.
        client: ClientId,
        /// Index in its history.
        entry: u32,
    },
    /// L3: a connected server lags behind.
    Behind {
        /// Which.
        server: ServerId,
        /// What it has delivered.
        has: Zxid,
        /// What is committed.
        committed: Zxid,
    },
    /// L4: a server went looking again and again.
    Flaps {
        /// Which.
        server: ServerId,
        /// How often.
        times: u32,
    },
    /// L5: a session without a client is still open.
    SessionLingers {
        /// Which.
        session: SessionId,
    },
    /// L6: a server with an intact disk is not back.
    NotBack {
        /// Which.
        server: ServerId,
    },
}
