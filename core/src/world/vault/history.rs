//! The history that lies in a set of files, up to a point: the tree there, and which transactions led
//! to it.
//!
//! It is found by the rules of a careful recovery, whatever release the ensemble runs: what it refuses
//! is not restored.

use std::collections::{BTreeMap, BTreeSet};

use super::order::Point;
use crate::base::Gather;
use crate::model::Zxid;
use crate::protocol::Config;
use crate::storage::recovery::recover;
use crate::storage::{Content, FileName, Finding, LastLog, RecoverOptions, Refusal, scan};
use crate::tree::Database;

/// A tree, and how it came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    database: Database,
    /// All up to here is in it.
    base: Zxid,
    /// What the log added.
    records: BTreeSet<Zxid>,
}

/// Why files give no history up to a point.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RestoreRefusal {
    /// No server starts on these files.
    NoStart,
    /// The log is damaged or has a gap.
    Damaged,
    /// The files end before the point.
    EndsBefore {
        /// Where.
        last: Zxid,
    },
    /// The oldest state that is whole is of a later time.
    BeginsBehind,
}

impl History {
    /// The history of these files up to a point.
    pub fn of(
        files: &BTreeMap<FileName, Content>,
        until: Option<Point>,
        config: &Config,
    ) -> Result<Self, RestoreRefusal> {
        let strict = RecoverOptions {
            rules: config.recover_options().rules,
            autocreate: false,
            ..RecoverOptions::ZABLAB
        };
        let until = match until {
            None => None,
            Some(Point::Zxid(zxid)) => Some(zxid),
            Some(Point::Before(ms)) => last_before(files, ms)?,
        };
        let options = RecoverOptions { until, ..strict };
        let recovery = recover(files, &options);
        let loaded = |finding: &Finding| match finding {
            Finding::SnapshotLoaded { zxid, .. } => Some(*zxid),
            _ => None,
        };
        let base = recovery.report.iter().rev().find_map(loaded);
        let too_new = |finding: &Finding| matches!(finding, Finding::SnapshotTooNew { .. });
        let database = match recovery.outcome {
            Ok(database) => database,
            Err(
                Refusal::Corrupt(_) | Refusal::Gap(_) | Refusal::Disorder(_) | Refusal::Damaged(_),
            ) => {
                return Err(RestoreRefusal::Damaged);
            }
            Err(_) if recovery.report.iter().any(too_new) => {
                return Err(RestoreRefusal::BeginsBehind);
            }
            Err(_) => return Err(RestoreRefusal::NoStart),
        };
        let base = base.ok_or(RestoreRefusal::NoStart)?;
        let last = last_in(files, base).max(base);
        if until.is_some_and(|until| last < until) {
            return Err(RestoreRefusal::EndsBefore { last });
        }
        let end = database.last_zxid;
        let records = zxids(files, base).filter(|zxid| *zxid <= end);
        Ok(Self {
            records: records.gather(),
            database,
            base,
        })
    }

    /// Its last transaction.
    pub const fn zxid(&self) -> Zxid {
        self.database.last_zxid
    }

    /// The tree.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Is the transaction part of it?
    pub fn has(&self, zxid: Zxid) -> bool {
        zxid <= self.base || self.records.contains(&zxid)
    }

    /// Ends all sessions, and their ephemerals with them; says how many.
    pub fn drop_sessions(&mut self) -> u32 {
        let count = self.database.sessions.size() as u32;
        self.database.drop_sessions();
        count
    }
}

fn zxids(files: &BTreeMap<FileName, Content>, base: Zxid) -> impl Iterator<Item = Zxid> {
    let records = scan::records(files, base.next(), LastLog::MayBeTorn).map_while(Result::ok);
    records.map(|found| found.record.zxid())
}

fn last_in(files: &BTreeMap<FileName, Content>, base: Zxid) -> Zxid {
    zxids(files, base).last().unwrap_or(base)
}

/// The last transaction before the first that bears a time of `ms` or later; `None`: all are earlier.
fn last_before(
    files: &BTreeMap<FileName, Content>,
    ms: i64,
) -> Result<Option<Zxid>, RestoreRefusal> {
    let records = scan::records(files, Zxid(1), LastLog::MayBeTorn).map_while(Result::ok);
    let mut last = None;
    for found in records {
        if found.record.txn.header.time_ms >= ms {
            return last.map(Some).ok_or(RestoreRefusal::BeginsBehind);
        }
        last = Some(found.record.zxid());
    }
    Ok(None)
}
