//! Recovery: from the files of a disk to a database, with the reasons for every step.
//!
//! ```text
//!   snapshots, newest first ──► first one that can be used ──► replay of the log from there
//!        │ unfinished, corrupt: the next older one                │ torn tail: the end
//!        └ none: empty, or refuse                                 └ damage, gap: refuse
//! ```
//!
//! It reads bytes and nothing else, and it never changes the disk: what should be done there is
//! handed back. Releases differ in what they notice:
//!
//! | | 3.8.0 | 3.9.4 | zablab |
//! |---|---|---|---|
//! | transactions missing right after the snapshot | loads | loads | refuses |
//! | transactions missing between others | loads | refuses | refuses |
//! | a record lost its end byte, good ones behind it | drops them | drops them | refuses |
//! | the newest log has 0 bytes | refuses | removes it | removes it |
//! | a record is too short for its transaction | drops the rest of its file | the same | refuses |
//! | the log ends before it repairs the snapshot | loads | loads | takes an older snapshot |
//! | no snapshot is finished, and there is no log | starts empty | starts empty | refuses |
//! | a finished snapshot has a temporary name | takes it | takes it | passes over it |
//!
//! In all of them a wrong digest is reported and never stops a server. While the digest of a fuzzy
//! snapshot waits for its transaction no other is compared, so one whose transaction never comes
//! hides every later difference.
//!
//! A large disk takes long: [`Recovering`] does the work in pieces, [`recover`] all of it.
//!
//! ```text
//!   recovering  which snapshot, its reading, the replay, in pieces
//!   replay      order, digests and the books of the transactions that are applied
//! ```
//!
//! In ZooKeeper: `FileTxnSnapLog.restore`, `FileSnap.deserialize`, `ZKDatabase.loadDataBase`.

mod recovering;
mod replay;

use std::collections::VecDeque;
use std::sync::Arc;

use super::disk::ReadFiles;
use super::op::FileOp;
use super::report::{Refusal, Report};
use super::scan::LastLog;
use super::snapshot::ReadRules;
use crate::model::{Record, Zxid};
use crate::tree::{Database, TreeRules};

pub use recovering::{Progress, Recovering};

/// The marker by which an operator says that an empty disk is meant to be empty. It lies beside
/// `version-2`, not in it.
pub const INITIALIZE: &str = "../initialize";

/// Which missing transactions stop a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapRule {
    /// None: 3.8.0.
    Ignore,
    /// Those between two transactions of one epoch: 3.9.4.
    Inner,
    /// All that can be noticed.
    Any,
}

/// The choices of a recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecoverOptions {
    /// Logs without a snapshot are good: `snapshot.trust.empty`.
    pub trust_empty: bool,
    /// An empty disk is good: `zookeeper.db.autocreate`.
    pub autocreate: bool,
    /// What stops the server.
    pub gaps: GapRule,
    /// What a newest log without a whole header is taken for.
    pub last_log: LastLog,
    /// A fuzzy snapshot that the log does not repair is not used.
    pub snapshot_must_be_repaired: bool,
    /// A snapshot under a temporary name counts when it is whole: a name counts up to its second dot.
    pub tmp_counts: bool,
    /// When no snapshot looks whole, that is as if there were none: the server may start empty.
    pub unfinished_is_none: bool,
    /// Sessions and ephemerals of a snapshot that turned out to be corrupt are still known; and a null or
    /// a number that is none ends the server instead of leading to an older snapshot.
    pub corrupt_snapshot_leaves_traces: bool,
    /// The last section of a snapshot is read (3.9).
    pub last_processed: bool,
    /// How transactions are applied.
    pub rules: TreeRules,
    /// How many of the last transactions are handed back: `commitLogCount`.
    pub window: usize,
    /// Stop after this transaction, for a restore to a point in time.
    pub until: Option<Zxid>,
}

impl RecoverOptions {
    /// Release 3.8.0.
    pub const V3_8_0: Self = Self {
        trust_empty: false,
        autocreate: true,
        gaps: GapRule::Ignore,
        last_log: LastLog::MustBeWhole,
        snapshot_must_be_repaired: false,
        tmp_counts: true,
        unfinished_is_none: true,
        corrupt_snapshot_leaves_traces: true,
        last_processed: false,
        rules: TreeRules::v3_8_0(),
        window: 500,
        until: None,
    };

    /// Release 3.9.4.
    pub const V3_9_4: Self = Self {
        gaps: GapRule::Inner,
        last_log: LastLog::MayBeEmpty,
        last_processed: true,
        rules: TreeRules::v3_9_4(),
        ..Self::V3_8_0
    };

    /// Everything noticed.
    pub const ZABLAB: Self = Self {
        gaps: GapRule::Any,
        last_log: LastLog::MayBeTorn,
        snapshot_must_be_repaired: true,
        tmp_counts: false,
        unfinished_is_none: false,
        corrupt_snapshot_leaves_traces: false,
        rules: TreeRules::zablab(),
        ..Self::V3_9_4
    };

    /// How snapshots are read.
    pub const fn read_rules(&self) -> ReadRules {
        ReadRules {
            tree: self.rules,
            last_processed: self.last_processed,
        }
    }
}

/// The result of a recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// What happened, in order.
    pub report: Report,
    /// The database, or why there is none.
    pub outcome: Result<Database, Refusal>,
    /// Zxid of the last record that was replayed.
    pub last_logged: Option<Zxid>,
    /// The last records that were replayed, oldest first: the start of the committed log.
    pub window: VecDeque<Arc<Record>>,
    /// What the server does to its disk now: removes an empty log, the `initialize` marker.
    pub ops: Vec<FileOp>,
    /// The server starts from nothing and writes its first snapshot at once.
    pub first_snapshot: bool,
}

/// Rebuilds the database of a disk.
pub fn recover(disk: &impl ReadFiles, options: &RecoverOptions) -> Recovery {
    let mut work = Recovering::new(disk, options);
    while !work.advance(u64::MAX) {}
    work.finish()
}
