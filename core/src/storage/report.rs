//! What recovery found and decided, as plain data: the words are made elsewhere.

use super::corrupt::Corrupt;
use super::op::FileName;
use super::scan::Stop;
use crate::model::Zxid;

/// The story of one recovery, in order.
pub type Report = Vec<Finding>;

/// One fact or decision of a recovery.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// A snapshot that does not end with a seal: it was never finished, or it was cut.
    SnapshotUnfinished {
        /// The file.
        file: FileName,
    },
    /// A snapshot that looked whole and is not; the next older one is tried.
    SnapshotCorrupt(Corrupt),
    /// A snapshot whose state goes beyond the time that was asked for.
    SnapshotTooNew {
        /// The file.
        file: FileName,
    },
    /// The log does not repair this fuzzy snapshot, since it ends before or goes on with another history:
    /// its state never existed.
    SnapshotUnrepaired {
        /// The file.
        file: FileName,
        /// The last transaction whose effects may be in it.
        seen: Zxid,
        /// The last transaction of that history in the log.
        log_ends: Zxid,
    },
    /// A snapshot was taken as the start.
    SnapshotLoaded {
        /// The file.
        file: FileName,
        /// The zxid in its name.
        zxid: Zxid,
        /// Number of nodes.
        nodes: usize,
        /// Number of sessions.
        sessions: usize,
    },
    /// There is neither snapshot nor log: the server starts empty and counts as a full voter.
    TrustedEmpty,
    /// There is neither snapshot nor log: the server may follow, but its vote does not count.
    UntrustedEmpty,
    /// There is no snapshot, but the operator said to trust the logs.
    LogsWithoutSnapshot,
    /// A run of records of one file was applied.
    Replayed {
        /// The file.
        file: FileName,
        /// Zxid of the first.
        first: Zxid,
        /// Zxid of the last.
        last: Zxid,
        /// How many.
        records: u64,
    },
    /// The readable part of a log file ends.
    LogEnds(Stop),
    /// A transaction does not follow the one before it: some are missing between.
    Gap(Misplaced),
    /// A transaction comes at or before the one before it.
    Disorder(Misplaced),
    /// The tree is not the one that the leader had after this transaction.
    DigestMismatch {
        /// The transaction.
        zxid: Zxid,
        /// The leader's digest.
        expected: i64,
        /// Ours.
        actual: i64,
    },
    /// The tree is the one that was noted at the end of the snapshot.
    SnapshotDigestAgrees {
        /// Where they were compared.
        zxid: Zxid,
    },
    /// The tree is not the one that was noted at the end of the snapshot. A false alarm is
    /// possible: ZooKeeper notes the digest when the next transaction has touched the tree.
    SnapshotDigestDiffers {
        /// Where they were compared.
        zxid: Zxid,
        /// As noted.
        expected: i64,
        /// Ours.
        actual: i64,
    },
    /// The transaction after which the snapshot's digest holds never came.
    SnapshotDigestNeverMet {
        /// That transaction.
        zxid: Zxid,
    },
}

/// A transaction that is not the next one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Misplaced {
    /// The file.
    pub file: FileName,
    /// Where it stands.
    pub offset: u64,
    /// The last transaction before it.
    pub after: Zxid,
    /// Its zxid.
    pub found: Zxid,
}

/// Why a server does not start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There are snapshots, and none can be used.
    NoUsableSnapshot,
    /// There are logs, and no snapshot.
    NoSnapshot,
    /// A log cannot be read.
    Corrupt(Corrupt),
    /// Transactions are missing.
    Gap(Misplaced),
    /// Transactions stand in the wrong order.
    Disorder(Misplaced),
    /// Readable transactions stand behind a damaged one.
    Damaged(Stop),
    /// A transaction that no server can apply.
    Poison(Zxid),
}
