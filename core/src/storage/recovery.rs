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
//! | the log ends before it repairs the snapshot | loads | loads | takes an older snapshot |
//!
//! In all of them a wrong digest is reported and never stops a server.
//!
//! In ZooKeeper: `FileTxnSnapLog.restore`, `FileSnap.deserialize`, `ZKDatabase.loadDataBase`.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::corrupt::Corrupt;
use super::disk::ReadFiles;
use super::op::{FileName, FileOp};
use super::purge;
use super::report::{Finding, Misplaced, Refusal, Report};
use super::scan::{self, Found, LastLog, LogScan, StopWhy};
use super::snapshot::{self, LoadedSnapshot};
use crate::model::{Record, Zxid};
use crate::tree::{Database, TreeRules, is_poison};

/// How many snapshots are tried at most.
const CANDIDATES_MAX: usize = 100;

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
        rules: TreeRules::v3_8_0(),
        window: 500,
        until: None,
    };

    /// Release 3.9.4.
    pub const V3_9_4: Self = Self {
        gaps: GapRule::Inner,
        last_log: LastLog::MayBeEmpty,
        rules: TreeRules::v3_9_4(),
        ..Self::V3_8_0
    };

    /// Everything noticed.
    pub const ZABLAB: Self = Self {
        gaps: GapRule::Any,
        last_log: LastLog::MayBeTorn,
        snapshot_must_be_repaired: true,
        rules: TreeRules::zablab(),
        ..Self::V3_9_4
    };
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
pub fn recover<D: ReadFiles>(disk: &D, options: &RecoverOptions) -> Recovery {
    let mut recovery = Recovery {
        report: Report::new(),
        outcome: Err(Refusal::NoUsableSnapshot),
        last_logged: None,
        window: VecDeque::new(),
        ops: Vec::new(),
        first_snapshot: false,
    };
    let marker = disk.content(INITIALIZE).is_some();
    if marker {
        recovery.ops.push(FileOp::Unlink {
            name: INITIALIZE.into(),
        });
    }
    let candidates = recovery.candidates(disk);
    recovery.outcome = match candidates {
        Some(files) => recovery.with_snapshots(disk, files, options),
        None => recovery.without_snapshot(disk, marker, options),
    };
    recovery
}

/// The state of a replay.
struct Replay {
    db: Database,
    /// The digest noted at the end of the snapshot, until it was compared.
    noted: Option<(Zxid, i64)>,
    /// The last transaction in the order of the log.
    last: Zxid,
    run: Option<Run>,
    replayed: bool,
}

/// Records of one file, applied one after another.
struct Run {
    file: FileName,
    first: Zxid,
    last: Zxid,
    records: u64,
}

impl Recovery {
    /// Finished snapshots, newest first; none when no file even has the name of one.
    fn candidates(&mut self, disk: &impl ReadFiles) -> Option<Vec<(Zxid, FileName)>> {
        let whole = purge::whole_snapshots(disk);
        let finished: BTreeSet<&FileName> = whole.iter().map(|(_, name)| name).collect();
        let mut any = !whole.is_empty();
        for file in disk.names() {
            let is_one = snapshot::zxid_of(&file) >= Zxid::ZERO;
            if is_one && !finished.contains(&file) {
                self.report.push(Finding::SnapshotUnfinished { file });
                any = true;
            }
        }
        any.then(|| whole.into_iter().take(CANDIDATES_MAX).collect())
    }

    fn with_snapshots<D: ReadFiles>(
        &mut self,
        disk: &D,
        files: Vec<(Zxid, FileName)>,
        options: &RecoverOptions,
    ) -> Result<Database, Refusal> {
        for (zxid, file) in files {
            let too_new = |zxid| options.until.is_some_and(|until| zxid > until);
            if too_new(zxid) {
                self.report.push(Finding::SnapshotTooNew { file });
                continue;
            }
            let bytes = disk.content(&file).map(|c| c.to_vec()).unwrap_or_default();
            let loaded = match snapshot::read(&bytes, &file, options.rules) {
                Ok(loaded) => loaded,
                Err(corrupt) => {
                    self.report.push(Finding::SnapshotCorrupt(corrupt));
                    continue;
                }
            };
            self.report.push(Finding::SnapshotLoaded {
                file: file.clone(),
                zxid,
                nodes: loaded.database.tree.len(),
                sessions: loaded.database.sessions.size(),
            });
            let seen = loaded.digest.map_or(zxid, |(seen, _)| seen.max(zxid));
            let db = self.replay(disk, loaded, options)?;
            let unrepaired = seen > db.last_zxid && !seen.is_epoch_start();
            let refused = options.snapshot_must_be_repaired || too_new(seen);
            if !(unrepaired && refused) {
                return Ok(db);
            }
            self.report.push(Finding::SnapshotUnrepaired {
                file,
                seen,
                log_ends: db.last_zxid,
            });
            self.window.clear();
            self.last_logged = None;
        }
        Err(Refusal::NoUsableSnapshot)
    }

    fn without_snapshot<D: ReadFiles>(
        &mut self,
        disk: &D,
        marker: bool,
        options: &RecoverOptions,
    ) -> Result<Database, Refusal> {
        let fresh = LoadedSnapshot {
            database: Database::new(),
            digest: None,
            last_processed: None,
        };
        if !scan::log_files(disk).is_empty() {
            if !options.trust_empty {
                return Err(Refusal::NoSnapshot);
            }
            self.report.push(Finding::LogsWithoutSnapshot);
            return self.replay(disk, fresh, options);
        }
        let mut db = fresh.database;
        if marker || options.autocreate {
            self.report.push(Finding::TrustedEmpty);
            self.first_snapshot = true;
        } else {
            self.report.push(Finding::UntrustedEmpty);
            db.last_zxid = Zxid::UNTRUSTED;
        }
        Ok(db)
    }

    /// Applies every logged transaction that comes after the snapshot.
    fn replay<D: ReadFiles>(
        &mut self,
        disk: &D,
        loaded: LoadedSnapshot,
        options: &RecoverOptions,
    ) -> Result<Database, Refusal> {
        let from = loaded.database.last_zxid;
        let mut replay = Replay {
            noted: loaded
                .digest
                .filter(|(zxid, _)| *zxid >= from && zxid.0 > 0),
            db: loaded.database,
            last: from,
            run: None,
            replayed: false,
        };
        replay.compare_noted(from, &mut self.report);
        let mut log = scan::records(disk, from.next(), options.last_log);
        let mut stops = 0;
        while let Some(found) = log.next() {
            stops = self.note_stops(&log, stops, &mut replay, options)?;
            let found = found.map_err(|corrupt| self.refuse(&mut replay, corrupt))?;
            if options
                .until
                .is_some_and(|until| found.record.zxid() > until)
            {
                break;
            }
            self.check_order(&mut replay, &found, options.gaps)?;
            if is_poison(&found.record.txn) {
                replay.end_run(&mut self.report);
                return Err(Refusal::Poison(found.record.zxid()));
            }
            replay.apply(&found, options.rules, &mut self.report);
            self.last_logged = Some(found.record.zxid());
            self.remember(found.record, options.window);
        }
        self.note_stops(&log, stops, &mut replay, options)?;
        replay.end_run(&mut self.report);
        if let Some((zxid, _)) = replay.noted {
            self.report.push(Finding::SnapshotDigestNeverMet { zxid });
        }
        Ok(replay.db)
    }

    fn refuse(&mut self, replay: &mut Replay, corrupt: Corrupt) -> Refusal {
        replay.end_run(&mut self.report);
        Refusal::Corrupt(corrupt)
    }

    /// Reports the ends of files that were met since the last call.
    fn note_stops<D: ReadFiles>(
        &mut self,
        log: &LogScan<'_, D>,
        known: usize,
        replay: &mut Replay,
        options: &RecoverOptions,
    ) -> Result<usize, Refusal> {
        for stop in &log.stops()[known..] {
            replay.end_run(&mut self.report);
            self.report.push(Finding::LogEnds(stop.clone()));
            if stop.why == StopWhy::Empty {
                self.ops.push(FileOp::Unlink {
                    name: stop.file.clone(),
                });
            }
            if stop.hides.is_some() && options.gaps == GapRule::Any {
                return Err(Refusal::Damaged(stop.clone()));
            }
        }
        Ok(log.stops().len())
    }

    fn check_order(
        &mut self,
        replay: &mut Replay,
        found: &Found,
        rule: GapRule,
    ) -> Result<(), Refusal> {
        let (after, zxid) = (replay.last, found.record.zxid());
        if zxid.follows(after) || zxid == after {
            return Ok(());
        }
        replay.end_run(&mut self.report);
        let misplaced = Misplaced {
            file: found.file.clone(),
            offset: found.offset,
            after,
            found: zxid,
        };
        if zxid < after {
            self.report.push(Finding::Disorder(misplaced.clone()));
            return match rule {
                GapRule::Any => Err(Refusal::Disorder(misplaced)),
                GapRule::Ignore | GapRule::Inner => Ok(()),
            };
        }
        self.report.push(Finding::Gap(misplaced.clone()));
        let inner = replay.replayed && zxid.epoch() == after.epoch();
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

    fn remember(&mut self, record: Arc<Record>, window: usize) {
        if self
            .window
            .back()
            .is_none_or(|last| last.zxid() < record.zxid())
        {
            self.window.push_back(record);
        }
        while self.window.len() > window {
            self.window.pop_front();
        }
    }
}

impl Replay {
    fn apply(&mut self, found: &Found, rules: TreeRules, report: &mut Report) {
        let txn = &found.record.txn;
        let zxid = found.record.zxid();
        self.db.apply(txn, rules);
        self.last = self.last.max(zxid);
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
        if self.noted.is_some() {
            self.compare_noted(zxid, report);
            return;
        }
        let actual = self.db.tree.digest();
        if let Some(expected) = txn.digest.filter(|digest| *digest != actual) {
            report.push(Finding::DigestMismatch {
                zxid,
                expected,
                actual,
            });
        }
    }

    /// Compares the digest noted at the end of the snapshot when its transaction is reached. While
    /// it is not, the tree may be one that no leader ever had.
    fn compare_noted(&mut self, zxid: Zxid, report: &mut Report) {
        let Some((noted, expected)) = self.noted.filter(|(noted, _)| zxid >= *noted) else {
            return;
        };
        self.noted = None;
        let actual = self.db.tree.digest();
        report.push(if zxid > noted {
            Finding::SnapshotDigestNeverMet { zxid: noted }
        } else if actual == expected {
            Finding::SnapshotDigestAgrees { zxid }
        } else {
            Finding::SnapshotDigestDiffers {
                zxid,
                expected,
                actual,
            }
        });
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
