//! The files of a server at rest, at any point that a backup covers.
//!
//! ```text
//!   verify the chain ► which transaction? ► replay up to it ► sealed snapshot ► epoch files
//! ```
//! What is written is one snapshot, named by the point, and the two epoch files: no log, so nothing
//! behind the point can come back. The epoch is higher than every one the backup knows; whoever
//! restores several servers must give all of them the same, above that of every member. It is put
//! into a [`Store`], which should be a place beside the real one until [`Restoring::advance`] has said
//! that everything is there.

use std::fmt;

use super::chain::Links;
use super::source::{Fault, Source, Store};
use super::trial;
use super::verify::{NotRestorable, Verdict, Verifying};
use crate::model::{Epoch, Zxid};
use crate::storage::epochs::EpochFile;
use crate::storage::op::{FileName, FileOp};
use crate::storage::recovery::Recovering;
use crate::storage::scan::{self, LastLog, LogScan};
use crate::storage::snapshot::{SnapshotPolicy, SnapshotWriter};
use crate::tree::Database;

/// Nodes that are written for each kilobyte of a piece.
const NODES_PER_KB: u64 = 4;

/// A moment in the history of a server. The order is that of zxids; clocks are labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// The end of the backup.
    End,
    /// After this transaction; when it is not there, after the last one before it.
    Zxid(Zxid),
    /// Before the first transaction whose time is that or later: milliseconds since 1970.
    BeforeTime(i64),
}

/// What happens to sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// They are revived, and their ephemerals with them.
    Sessions,
    /// They are gone, and their ephemerals with them.
    NoSessions,
}

/// Why a point cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotThere {
    /// The backup cannot be restored at all.
    Backup(NotRestorable),
    /// It is before the first point.
    Before {
        /// That first one.
        first: Zxid,
    },
    /// It is behind the end.
    Behind {
        /// The last point.
        last: Zxid,
    },
    /// No transaction in it has a time.
    NoTime,
    /// The epoch is lower than that of the point.
    Epoch {
        /// The lowest that is possible.
        least: Epoch,
    },
    /// There is no epoch above the one that the backup knows.
    LastEpoch {
        /// That one.
        known: Epoch,
    },
    /// The files could not be written.
    Fault(Fault),
}

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The last transaction.
    pub zxid: Zxid,
    /// The digest of the tree.
    pub digest: i64,
    /// Its nodes.
    pub nodes: usize,
    /// Sessions that are known.
    pub sessions: usize,
    /// Ephemerals that went with their sessions.
    pub dropped: usize,
    /// What both epoch files say.
    pub epoch: Epoch,
    /// What verifying said.
    pub verdict: Verdict,
}

/// A restore that is under way.
pub struct Restoring<S> {
    verifying: Verifying<S>,
    point: Point,
    keep: Keep,
    epoch: Option<Epoch>,
    dropped: usize,
    stage: Stage,
}

enum Stage {
    Verifying,
    Seeking(Box<Seeking>),
    Replaying(Zxid, Box<Recovering>),
    Writing(Box<Writing>),
    Epochs(Box<Database>),
    Done(Box<Database>),
}

/// The search for the last transaction before a time.
struct Seeking {
    log: LogScan,
    last: Zxid,
}

struct Writing {
    db: Database,
    writer: SnapshotWriter,
    /// What is to be written next.
    ops: Vec<FileOp>,
    whole: bool,
}

impl<S: Source> Restoring<S> {
    /// Begins. Without an `epoch` the next one above all that the backup knows is taken.
    pub fn new(links: Links<S>, point: Point, keep: Keep, epoch: Option<Epoch>) -> Self {
        Self {
            verifying: Verifying::new(links),
            point,
            keep,
            epoch,
            dropped: 0,
            stage: Stage::Verifying,
        }
    }

    /// Does the work of about `bytes` more bytes. True when all files are there.
    pub fn advance(&mut self, store: &mut impl Store, bytes: u64) -> Result<bool, NotThere> {
        let stage = std::mem::replace(&mut self.stage, Stage::Verifying);
        self.stage = match stage {
            Stage::Verifying => match self.verifying.advance(bytes) {
                true => self.verified()?,
                false => Stage::Verifying,
            },
            Stage::Seeking(seeking) => self.seek(seeking, bytes)?,
            Stage::Replaying(until, work) => self.replay(until, work, bytes)?,
            Stage::Writing(work) => write(work, store, bytes)?,
            Stage::Epochs(db) => {
                let epoch = self.epoch();
                for file in [EpochFile::Accepted, EpochFile::Current] {
                    let name = FileName::from(file.name());
                    store.create(&name)?;
                    store.write(&name, 0, epoch.to_string().as_bytes())?;
                    store.finish(&name)?;
                }
                Stage::Done(db)
            }
            Stage::Done(db) => Stage::Done(db),
        };
        Ok(matches!(self.stage, Stage::Done(_)))
    }

    /// Bytes done, of how many, as far as is known.
    pub fn progress(&self) -> (u64, u64) {
        let (done, all) = self.verifying.progress();
        let again = match &self.stage {
            Stage::Verifying => 0,
            Stage::Seeking(seeking) => seeking.log.bytes_done(),
            Stage::Replaying(_, work) => work.progress().done,
            Stage::Writing(_) | Stage::Epochs(_) | Stage::Done(_) => all / 2,
        };
        (done + again.min(all / 2), all + all / 2)
    }

    /// What verifying said, as soon as it did.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verifying.verdict()
    }

    /// The database that was restored, when [`Self::advance`] has said that all files are there.
    pub fn database(&self) -> Option<&Database> {
        match &self.stage {
            Stage::Done(db) => Some(db),
            _ => None,
        }
    }

    /// What was restored, when [`Self::advance`] has said that all files are there.
    pub fn restored(&self) -> Option<Restored> {
        let db = self.database()?;
        Some(Restored {
            zxid: db.last_zxid,
            digest: db.tree.digest(),
            nodes: db.tree.len(),
            sessions: db.sessions.size(),
            dropped: self.dropped,
            epoch: self.epoch(),
            verdict: self.verdict()?.clone(),
        })
    }

    /// The epoch for the files.
    fn epoch(&self) -> Epoch {
        let known = self.verdict().map_or(Epoch(0), |verdict| verdict.epoch);
        self.epoch.unwrap_or(Epoch(known.0.saturating_add(1)))
    }

    fn verified(&mut self) -> Result<Stage, NotThere> {
        let Some(verdict) = self.verifying.verdict() else {
            return Ok(Stage::Verifying);
        };
        let range = verdict.restorable.clone().map_err(NotThere::Backup)?;
        match self.point {
            Point::End => self.go_to(range.last),
            Point::Zxid(zxid) if zxid > range.last => Err(NotThere::Behind { last: range.last }),
            Point::Zxid(zxid) => self.go_to(zxid),
            Point::BeforeTime(_) => Ok(Stage::Seeking(Box::new(Seeking {
                log: scan::records(self.verifying.files(), Zxid::ZERO, LastLog::MayBeTorn),
                last: Zxid(-1),
            }))),
        }
    }

    fn seek(&mut self, mut seeking: Box<Seeking>, bytes: u64) -> Result<Stage, NotThere> {
        let Point::BeforeTime(time_ms) = self.point else {
            unreachable!("only a time is looked for");
        };
        let until = seeking.log.bytes_done().saturating_add(bytes.max(1));
        while seeking.log.bytes_done() < until {
            match seeking.log.next() {
                Some(Ok(found)) if found.record.txn.header.time_ms < time_ms => {
                    seeking.last = found.record.zxid();
                }
                Some(Ok(_)) => return self.go_to(seeking.last),
                Some(Err(corrupt)) => {
                    return Err(NotThere::Backup(NotRestorable::Damaged(corrupt)));
                }
                None if seeking.log.bytes_done() == 0 => return Err(NotThere::NoTime),
                None => return self.go_to(self.range()?.1),
            }
        }
        Ok(Stage::Seeking(seeking))
    }

    fn go_to(&mut self, zxid: Zxid) -> Result<Stage, NotThere> {
        let (first, last) = self.range()?;
        if zxid < first {
            return Err(NotThere::Before { first });
        }
        let least = zxid.epoch().min(last.epoch());
        if self.epoch.is_some_and(|epoch| epoch < least) {
            return Err(NotThere::Epoch { least });
        }
        if self.epoch() >= Epoch::LAST {
            let known = Epoch(self.epoch().0 - 1);
            return Err(NotThere::LastEpoch { known });
        }
        if zxid == last
            && let Some(db) = self.verifying.database()
        {
            let db = db.clone();
            return Ok(self.begin_writing(db));
        }
        let work = Recovering::new(self.verifying.files(), &trial::rules(Some(zxid)));
        Ok(Stage::Replaying(zxid, Box::new(work)))
    }

    fn replay(
        &mut self,
        until: Zxid,
        mut work: Box<Recovering>,
        bytes: u64,
    ) -> Result<Stage, NotThere> {
        if !work.advance(bytes) {
            return Ok(Stage::Replaying(until, work));
        }
        let recovery = work.finish();
        let db = trial::reached(&recovery).map_err(NotThere::Backup)?.clone();
        let (first, _) = self.range()?;
        if db.last_zxid < first {
            return Err(NotThere::Before { first });
        }
        Ok(self.begin_writing(db))
    }

    fn range(&self) -> Result<(Zxid, Zxid), NotThere> {
        let verdict = self.verifying.verdict();
        let range = verdict.and_then(|verdict| verdict.restorable.as_ref().ok());
        let nothing = NotThere::Backup(NotRestorable::NoSnapshot);
        range.map(|range| (range.first, range.last)).ok_or(nothing)
    }

    fn begin_writing(&mut self, mut db: Database) -> Stage {
        if self.keep == Keep::NoSessions {
            let before = db.tree.len();
            db.sessions = Default::default();
            db.drop_orphan_ephemerals();
            self.dropped = before - db.tree.len();
        }
        let (writer, ops) = SnapshotWriter::begin(&db, SnapshotPolicy::IN_PLACE);
        Stage::Writing(Box::new(Writing {
            db,
            writer,
            ops,
            whole: false,
        }))
    }
}

fn write(mut work: Box<Writing>, store: &mut impl Store, bytes: u64) -> Result<Stage, NotThere> {
    for op in std::mem::take(&mut work.ops) {
        match op {
            FileOp::Create { name } => store.create(&name)?,
            FileOp::Write {
                name,
                offset,
                bytes,
            } => store.write(&name, offset, &bytes)?,
            FileOp::SetLen { .. } | FileOp::Rename { .. } | FileOp::Unlink { .. } => {}
        }
    }
    if work.whole {
        store.finish(work.writer.name())?;
        return Ok(Stage::Epochs(Box::new(work.db)));
    }
    let nodes = usize::try_from(bytes / 1024 * NODES_PER_KB).unwrap_or(usize::MAX);
    let (ops, whole) = work.writer.step(&work.db, nodes.max(1));
    (work.ops, work.whole) = (ops, whole);
    Ok(Stage::Writing(work))
}

impl From<Fault> for NotThere {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl fmt::Display for NotThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backup(why) => why.fmt(f),
            Self::Before { first } => write!(f, "the first point is {first:#x}"),
            Self::Behind { last } => write!(f, "the last point is {last:#x}"),
            Self::NoTime => f.write_str(
                "no transaction in it has a time, so nothing is known of that time: name a zxid",
            ),
            Self::LastEpoch { known } => {
                write!(f, "it knows epoch {known}, and there is none above that")
            }
            Self::Epoch { least } => write!(f, "the epoch must be at least {least}"),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}
