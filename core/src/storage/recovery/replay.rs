//! The replay: transactions applied one after another, with an eye on their order and their digests.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{GapRule, RecoverOptions};
use crate::model::{Record, Zxid};
use crate::storage::log_file::{Found, StopWhy};
use crate::storage::op::{FileName, FileOp};
use crate::storage::report::{Finding, Misplaced, Refusal, Report};
use crate::storage::scan::LogScan;
use crate::storage::snapshot::LoadedSnapshot;
use crate::tree::{Database, is_poison};

/// A replay at work.
pub(super) struct Replay {
    pub(super) db: Database,
    pub(super) log: LogScan,
    /// The last records, oldest first.
    pub(super) window: VecDeque<Arc<Record>>,
    /// The last record.
    pub(super) last_logged: Option<Zxid>,
    /// The digest noted at the end of the snapshot, until its transaction was met.
    noted: Option<(Zxid, i64)>,
    /// The transaction of the noted digest was passed over, which was told: the last one before it.
    pub(super) missed: Option<Zxid>,
    /// The last transaction in the order of the log.
    last: Zxid,
    run: Option<Run>,
    replayed: bool,
    /// Ends of files that were told of.
    stops: usize,
}

/// Records of one file, applied one after another.
struct Run {
    file: FileName,
    first: Zxid,
    last: Zxid,
    records: u64,
}

/// Where a replay writes down what it finds.
pub(super) struct Books<'a> {
    pub(super) report: &'a mut Report,
    pub(super) ops: &'a mut Vec<FileOp>,
}

impl Replay {
    pub(super) fn new(loaded: LoadedSnapshot, log: LogScan, report: &mut Report) -> Self {
        let from = loaded.database.last_zxid;
        let mut replay = Self {
            noted: loaded
                .digest
                .filter(|(zxid, _)| *zxid >= from && zxid.0 > 0),
            missed: None,
            db: loaded.database,
            log,
            window: VecDeque::new(),
            last_logged: None,
            last: from,
            run: None,
            replayed: false,
            stops: 0,
        };
        replay.compare_noted(from, report);
        replay
    }

    /// Applies the next transaction. False at the end.
    pub(super) fn step(
        &mut self,
        options: &RecoverOptions,
        books: &mut Books<'_>,
    ) -> Result<bool, Refusal> {
        let found = self.log.next();
        self.note_stops(options, books)?;
        let Some(found) = found else {
            self.end(books.report);
            return Ok(false);
        };
        let found = found.map_err(|corrupt| {
            self.end_run(books.report);
            Refusal::Corrupt(corrupt)
        })?;
        let zxid = found.record.zxid();
        if options.until.is_some_and(|until| zxid > until) {
            self.end(books.report);
            return Ok(false);
        }
        self.check_order(&found, options.gaps, books.report)?;
        let applied = !is_poison(&found.record.txn, options.rules)
            && self.apply(&found, options, books.report);
        if !applied {
            self.end_run(books.report);
            return Err(Refusal::Poison(zxid));
        }
        self.last_logged = Some(zxid);
        self.remember(found.record, options.window);
        Ok(true)
    }

    /// Reports the ends of files that were met since the last call.
    fn note_stops(
        &mut self,
        options: &RecoverOptions,
        books: &mut Books<'_>,
    ) -> Result<(), Refusal> {
        while let Some(stop) = self.log.stops().get(self.stops).cloned() {
            self.stops += 1;
            self.end_run(books.report);
            books.report.push(Finding::LogEnds(stop.clone()));
            if stop.why == StopWhy::Empty {
                books.ops.push(FileOp::Unlink {
                    name: stop.file.clone(),
                });
            }
            let damaged = stop.hides.is_some() || stop.why == StopWhy::Short;
            if damaged && options.gaps == GapRule::Any {
                return Err(Refusal::Damaged(stop));
            }
        }
        Ok(())
    }

    fn check_order(
        &mut self,
        found: &Found,
        rule: GapRule,
        report: &mut Report,
    ) -> Result<(), Refusal> {
        let (after, zxid) = (self.last, found.record.zxid());
        if zxid.follows(after) || zxid == after {
            return Ok(());
        }
        self.end_run(report);
        let misplaced = Misplaced {
            file: found.file.clone(),
            offset: found.offset,
            after,
            found: zxid,
        };
        if zxid < after {
            report.push(Finding::Disorder(misplaced.clone()));
            return match rule {
                GapRule::Any => Err(Refusal::Disorder(misplaced)),
                GapRule::Ignore | GapRule::Inner => Ok(()),
            };
        }
        report.push(Finding::Gap(misplaced.clone()));
        let inner = self.replayed && zxid.epoch() == after.epoch();
        let fatal = match rule {
            GapRule::Ignore => false,
            GapRule::Inner => inner,
            GapRule::Any => true,
        };
        if fatal {
            return Err(Refusal::Gap(misplaced));
        }
        Ok(())
    }

    /// False when the release ends over it.
    fn apply(&mut self, found: &Found, options: &RecoverOptions, report: &mut Report) -> bool {
        let txn = &found.record.txn;
        let zxid = found.record.zxid();
        let applied = self.db.apply(txn, options.rules);
        if applied.list_missing && !options.rules.survives_missing_list {
            return false;
        }
        self.replayed = true;
        match &mut self.run {
            Some(run) if run.file == found.file => {
                run.last = zxid;
                run.records += 1;
            }
            _ => {
                self.end_run(report);
                self.run = Some(Run {
                    file: found.file.clone(),
                    first: zxid,
                    last: zxid,
                    records: 1,
                });
            }
        }
        self.compare_noted(zxid, report);
        self.last = self.last.max(zxid);
        if self.noted.is_some() {
            return true;
        }
        let actual = self.db.tree.digest();
        if let Some(expected) = txn.digest.filter(|digest| *digest != actual) {
            report.push(Finding::DigestMismatch {
                zxid,
                expected,
                actual,
            });
        }
        true
    }

    /// Compares the digest noted at the end of the snapshot when its transaction is reached. While
    /// it is not, the tree may be one that no leader ever had. In ZooKeeper:
    /// `DataTree.compareSnapshotDigests`.
    fn compare_noted(&mut self, zxid: Zxid, report: &mut Report) {
        let Some((noted, expected)) = self.noted.filter(|(noted, _)| zxid >= *noted) else {
            return;
        };
        if zxid > noted {
            if self.missed.is_none() {
                report.push(Finding::SnapshotDigestNeverMet { zxid: noted });
                self.missed = Some(self.last);
            }
            return;
        }
        self.noted = None;
        let actual = self.db.tree.digest();
        report.push(if actual == expected {
            Finding::SnapshotDigestAgrees { zxid }
        } else {
            Finding::SnapshotDigestDiffers {
                zxid,
                expected,
                actual,
            }
        });
    }

    fn remember(&mut self, record: Arc<Record>, window: usize) {
        let newest = self.window.back();
        if newest.is_none_or(|last| last.zxid() < record.zxid()) {
            self.window.push_back(record);
        }
        while self.window.len() > window {
            self.window.pop_front();
        }
    }

    fn end(&mut self, report: &mut Report) {
        self.end_run(report);
        if let Some((zxid, _)) = self.noted.filter(|_| self.missed.is_none()) {
            report.push(Finding::SnapshotDigestNeverMet { zxid });
        }
    }

    fn end_run(&mut self, report: &mut Report) {
        if let Some(run) = self.run.take() {
            report.push(Finding::Replayed {
                file: run.file,
                first: run.first,
                last: run.last,
                records: run.records,
            });
        }
    }
}
