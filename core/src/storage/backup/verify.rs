//! Can this backup be restored, and to which transactions? It is tried.
//!
//! ```text
//!   chain whole? ► every byte digested ► trial recovery, strictest rules ► the promised end reached?
//! ```
//! The tree of a fuzzy snapshot never existed. The first point that can be restored is where the log
//! has repaired it: the digest's zxid, and one further when the digest was noted while the next
//! transaction was at work (the leader's own digest of that transaction tells).
//!
//! A wrong digest of a snapshot is a warning, since false alarms are possible; a wrong digest of a
//! transaction is none: then the tree is not the leader's. Of a snapshot without a digest nobody knows
//! how far its effects reach (a crash may have cut it right behind its nodes): its last point alone can
//! be restored, and digests on the way to it count from the first on that none contradicts.

use std::collections::BTreeMap;
use std::fmt;

use super::chain::{Assembling, Links};
use super::manifest::{BackupId, State, Tail};
use super::source::{Fault, Source};
use super::trial;
use crate::model::{Epoch, Zxid};
use crate::storage::content::Content;
use crate::storage::corrupt::Corrupt;
use crate::storage::op::FileName;
use crate::storage::recovery::{Recovering, Recovery};
use crate::storage::report::Misplaced;
use crate::tree::Database;

/// What a trial recovery comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The points it can be restored to, or why there are none.
    pub restorable: Result<Range, NotRestorable>,
    /// What is odd, and stops nothing.
    pub warnings: Vec<Warning>,
    /// Transactions replayed in the trial.
    pub txns: u64,
    /// The highest epoch that is named in it, by a transaction or a file.
    pub epoch: Epoch,
}

/// The points that a backup can be restored to, and the tree at the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub first: Zxid,
    /// The last.
    pub last: Zxid,
    /// The digest of the tree at the last.
    pub digest: i64,
    /// Its nodes.
    pub nodes: usize,
}

/// Why a backup cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRestorable {
    /// It is not whole.
    Incomplete {
        /// Which backup of the chain.
        backup: BackupId,
        /// How far it is.
        state: State,
    },
    /// A backup that it goes on from is not there.
    ParentLost {
        /// The child.
        backup: BackupId,
        /// The parent.
        parent: BackupId,
    },
    /// A file is not there, or has another length.
    PartMissing {
        /// Which backup of the chain.
        backup: BackupId,
        /// The file.
        file: FileName,
    },
    /// The bytes of a file are not those that were copied.
    ChecksumWrong {
        /// Which backup of the chain.
        backup: BackupId,
        /// The file.
        file: FileName,
    },
    /// A part does not begin where its parent ended.
    ChainBroken {
        /// Which backup of the chain.
        backup: BackupId,
        /// The file.
        file: FileName,
    },
    /// There is no snapshot to start from.
    NoSnapshot,
    /// The logs do not repair the snapshot, since they end before or go on with another history: its state
    /// never existed.
    SnapshotUnrepaired {
        /// The snapshot.
        file: FileName,
        /// The last transaction whose effects may be in it.
        seen: Zxid,
        /// The last transaction of that history in the logs.
        log_ends: Zxid,
    },
    /// Transactions are missing, or stand in the wrong order.
    Gap(Misplaced),
    /// The logs end before the last transaction that was promised.
    Torn {
        /// Where they end.
        ends: Zxid,
        /// The transaction that was promised.
        promised: Zxid,
    },
    /// A file cannot be read.
    Damaged(Corrupt),
    /// A transaction that no server can apply.
    Poison(Zxid),
    /// The tree is not the one that the leader had after this transaction.
    TxnDigest {
        /// The transaction.
        zxid: Zxid,
    },
    /// The files of the backup cannot be read now.
    Fault(Fault),
}

/// What is odd about a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The tree at the snapshot's digest is not the one that was noted; later it is.
    SnapshotDigest {
        /// Where they were compared.
        zxid: Zxid,
    },
    /// The transaction of the snapshot's digest never came.
    SnapshotDigestNeverMet {
        /// That transaction.
        zxid: Zxid,
    },
    /// The snapshot does not say how fuzzy it is: only the end is promised.
    NoDigest {
        /// The file.
        file: FileName,
    },
    /// A snapshot was no good, and an older one was taken.
    SnapshotCorrupt(Corrupt),
    /// The last transactions may be undone by the ensemble.
    MayBeUncommitted,
}

/// A backup that is being verified.
pub struct Verifying<S> {
    stage: Stage<S>,
    promised: Zxid,
    tail: Tail,
    /// The files of the chain.
    files: BTreeMap<FileName, Content>,
    database: Option<Database>,
}

enum Stage<S> {
    Assembling(Box<Assembling<S>>),
    Recovering(Box<Recovering>),
    Done(Box<Verdict>),
}

impl<S: Source> Verifying<S> {
    /// Begins to verify the last backup of a chain.
    pub fn new(links: Links<S>) -> Self {
        let last = links.last().map(|link| &link.manifest);
        let promised = last.map_or(Zxid::ZERO, |manifest| manifest.zxid());
        let tail = last.map_or(Tail::Applied, |manifest| manifest.tail);
        let stage = match Assembling::new(links) {
            Ok(assembling) => Stage::Assembling(Box::new(assembling)),
            Err(why) => Stage::Done(Box::new(Verdict::no(why))),
        };
        Self {
            stage,
            promised,
            tail,
            files: BTreeMap::new(),
            database: None,
        }
    }

    /// Reads about `bytes` more bytes. True when the verdict is there.
    pub fn advance(&mut self, bytes: u64) -> bool {
        let next = match &mut self.stage {
            Stage::Assembling(assembling) => match assembling.advance(bytes) {
                Ok(false) => return false,
                Ok(true) => {
                    self.files = assembling.take_files();
                    let work = Recovering::new(&self.files, &trial::rules(None));
                    Stage::Recovering(Box::new(work))
                }
                Err(why) => Stage::Done(Box::new(Verdict::no(why))),
            },
            Stage::Recovering(work) => {
                if !work.advance(bytes) {
                    return false;
                }
                let nothing = Recovering::new(&BTreeMap::new(), &trial::rules(None));
                let recovery = std::mem::replace(&mut **work, nothing).finish();
                Stage::Done(Box::new(self.judge(recovery)))
            }
            Stage::Done(_) => return true,
        };
        self.stage = next;
        matches!(self.stage, Stage::Done(_))
    }

    /// Bytes done, of how many: all are read once, and replayed once.
    pub fn progress(&self) -> (u64, u64) {
        match &self.stage {
            Stage::Assembling(assembling) => {
                let (done, all) = assembling.progress();
                (done, 2 * all)
            }
            Stage::Recovering(work) => {
                let all = self.all();
                (all + work.progress().done.min(all), 2 * all)
            }
            Stage::Done(_) => (2 * self.all(), 2 * self.all()),
        }
    }

    /// The verdict, when [`Self::advance`] has said that it is there.
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.stage {
            Stage::Done(verdict) => Some(verdict),
            Stage::Assembling(_) | Stage::Recovering(_) => None,
        }
    }

    /// The files of the chain as they lie in `version-2`.
    pub fn files(&self) -> &BTreeMap<FileName, Content> {
        &self.files
    }

    /// The database at the last point.
    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    fn all(&self) -> u64 {
        self.files.values().map(Content::len).sum()
    }

    fn judge(&mut self, recovery: Recovery) -> Verdict {
        let report = &recovery.report;
        let mut verdict = Verdict {
            restorable: self.range(&recovery),
            warnings: trial::warnings(report),
            txns: trial::replayed(report),
            epoch: self
                .promised
                .epoch()
                .max(trial::epoch_in_files(&self.files)),
        };
        if self.tail == Tail::MayBeUncommitted {
            verdict.warnings.push(Warning::MayBeUncommitted);
        }
        if verdict.restorable.is_ok() {
            self.database = recovery.outcome.ok();
        }
        verdict
    }

    fn range(&self, recovery: &Recovery) -> Result<Range, NotRestorable> {
        let ends = recovery.outcome.as_ref().ok().map(|db| db.last_zxid);
        if let Some(ends) = ends.filter(|ends| *ends != self.promised) {
            let promised = self.promised;
            return Err(NotRestorable::Torn { ends, promised });
        }
        let first = ends.map(|ends| trial::first_point(recovery, ends, &self.files));
        let first = first.transpose()?;
        let db = trial::reached(recovery)?;
        Ok(Range {
            first: first.unwrap_or(db.last_zxid),
            last: db.last_zxid,
            digest: db.tree.digest(),
            nodes: db.tree.len(),
        })
    }
}

impl Verdict {
    fn no(why: NotRestorable) -> Self {
        Self {
            restorable: Err(why),
            warnings: Vec::new(),
            txns: 0,
            epoch: Epoch(0),
        }
    }
}

impl fmt::Display for NotRestorable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { backup, state } => match state {
                State::Broken(why) => write!(f, "backup {backup} was given up: {why}"),
                State::Taking { .. } | State::Whole => {
                    write!(f, "backup {backup} was interrupted, and can be resumed")
                }
            },
            Self::ParentLost { backup, parent } if backup == parent || parent.is_empty() => {
                write!(f, "there is no full backup below {backup}")
            }
            Self::ParentLost { backup, parent } => {
                write!(
                    f,
                    "backup {backup} goes on from {parent}, which is not there"
                )
            }
            Self::PartMissing { backup, file } => {
                write!(
                    f,
                    "backup {backup}: {file} is missing, or not as long as it was"
                )
            }
            Self::ChecksumWrong { backup, file } => {
                write!(
                    f,
                    "backup {backup}: the bytes of {file} are not those that were copied"
                )
            }
            Self::ChainBroken { backup, file } => {
                write!(
                    f,
                    "backup {backup}: {file} does not go on where its parent ended"
                )
            }
            Self::NoSnapshot => f.write_str("there is no snapshot to start from"),
            Self::SnapshotUnrepaired {
                file,
                seen,
                log_ends,
            } => write!(
                f,
                "{file} may hold effects up to {seen:#x}, but the logs have them only up to {log_ends:#x}: \
                 its state never existed"
            ),
            Self::Gap(place) => write!(
                f,
                "transactions are missing: {:#x} is followed by {:#x} in {}",
                place.after, place.found, place.file
            ),
            Self::Torn { ends, promised } => {
                write!(f, "it ends at {ends:#x}, and {promised:#x} was promised")
            }
            Self::Damaged(corrupt) => corrupt.fmt(f),
            Self::Poison(zxid) => write!(f, "no server can apply {zxid:#x}"),
            Self::TxnDigest { zxid } => {
                write!(
                    f,
                    "the tree after {zxid:#x} is not the one that the leader had"
                )
            }
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SnapshotDigest { zxid } => {
                write!(
                    f,
                    "the tree at {zxid:#x} is not the one that the snapshot noted"
                )
            }
            Self::SnapshotDigestNeverMet { zxid } => {
                write!(
                    f,
                    "{zxid:#x}, for which the snapshot noted a digest, never came"
                )
            }
            Self::NoDigest { file } => {
                write!(
                    f,
                    "{file} does not say how fuzzy it is: only the end is promised"
                )
            }
            Self::SnapshotCorrupt(corrupt) => write!(f, "a snapshot was passed over: {corrupt}"),
            Self::MayBeUncommitted => {
                f.write_str("the last transactions may never have been committed")
            }
        }
    }
}
