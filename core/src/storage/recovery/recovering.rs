//! A recovery in pieces: the choice of a snapshot, its reading, and the replay of the log.
//!
//! ```text
//!   candidates, newest first ──► Loading ──► Replaying ──► Done
//!        ▲                          │ corrupt    │ does not repair the snapshot
//!        └──────────────────────────┴────────────┘
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::replay::{Books, Replay};
use super::{INITIALIZE, RecoverOptions, Recovery};
use crate::base::Gather;
use crate::model::Zxid;
use crate::storage::content::Content;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::disk::ReadFiles;
use crate::storage::op::{FileName, FileOp};
use crate::storage::purge;
use crate::storage::report::{Finding, Refusal};
use crate::storage::scan;
use crate::storage::snapshot::{self, LoadedSnapshot, SnapshotReader};
use crate::tree::Database;

/// How many snapshots are tried at most.
const CANDIDATES_MAX: usize = 100;

/// How far a recovery is, in bytes of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// Read so far.
    pub done: u64,
    /// Still to be read, as far as is known now.
    pub left: u64,
}

/// A recovery that is under way. It holds the files as they were when it began.
pub struct Recovering {
    files: BTreeMap<FileName, Content>,
    options: RecoverOptions,
    /// Snapshots that are still to be tried, the newest last.
    candidates: Vec<(Zxid, FileName)>,
    /// What was read of the last snapshot that turned out to be corrupt, and of those before it.
    leftover: Option<Database>,
    stage: Stage,
    /// Where the chosen snapshot is, and up to where its state may go.
    chosen: Option<(FileName, Zxid)>,
    /// Bytes of files that were given up.
    given_up: u64,
    recovery: Recovery,
}

enum Stage {
    Choosing,
    Loading(Box<SnapshotReader>),
    Replaying(Box<Replay>),
    Done,
}

impl Recovering {
    /// Begins: looks at the names, and at the ends of snapshots.
    pub fn new(disk: &impl ReadFiles, options: &RecoverOptions) -> Self {
        let names = disk.names().into_iter();
        let files = names
            .filter_map(|name| disk.content(&name).cloned().map(|content| (name, content)))
            .gather();
        let mut work = Self {
            files,
            options: *options,
            candidates: Vec::new(),
            leftover: None,
            stage: Stage::Choosing,
            chosen: None,
            given_up: 0,
            recovery: Recovery {
                report: Vec::new(),
                outcome: Err(Refusal::NoUsableSnapshot),
                last_logged: None,
                window: Default::default(),
                ops: Vec::new(),
                first_snapshot: false,
            },
        };
        work.begin(disk.content(INITIALIZE).is_some());
        work
    }

    /// Reads about `bytes` more bytes. True when the recovery is done.
    pub fn advance(&mut self, bytes: u64) -> bool {
        let until = self.progress().done.saturating_add(bytes);
        loop {
            self.stage = match std::mem::replace(&mut self.stage, Stage::Done) {
                Stage::Choosing => self.choose(),
                Stage::Loading(reader) => self.load(reader, bytes),
                Stage::Replaying(replay) => self.replay(replay, until),
                Stage::Done => return true,
            };
            if self.progress().done >= until {
                return matches!(self.stage, Stage::Done);
            }
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let (done, left) = match &self.stage {
            Stage::Choosing | Stage::Done => (0, 0),
            Stage::Loading(reader) => {
                let (done, all) = reader.progress();
                let log = scan::records(&self.files, self.next_zxid(reader), self.options.last_log);
                (done, all - done + log.bytes_left())
            }
            Stage::Replaying(replay) => (replay.log.bytes_done(), replay.log.bytes_left()),
        };
        Progress {
            done: self.given_up + done,
            left,
        }
    }

    /// The result, when [`Self::advance`] has said that it is done.
    pub fn finish(self) -> Recovery {
        self.recovery
    }

    fn next_zxid(&self, reader: &SnapshotReader) -> Zxid {
        snapshot::zxid_of(reader.name()).next()
    }

    fn begin(&mut self, marker: bool) {
        if marker {
            self.recovery.ops.push(FileOp::Unlink {
                name: INITIALIZE.into(),
            });
        }
        let whole = purge::whole_snapshots(&self.files, self.options.tmp_counts);
        let finished: BTreeSet<&FileName> = whole.iter().map(|(_, name)| name).gather();
        let mut unfinished = false;
        for file in self.files.keys() {
            let is_one = snapshot::zxid_of(file) >= Zxid::ZERO;
            let counts = self.options.tmp_counts || !file.ends_with(".tmp");
            if is_one && counts && !finished.contains(file) {
                let file = file.clone();
                unfinished = true;
                self.recovery
                    .report
                    .push(Finding::SnapshotUnfinished { file });
            }
        }
        let nothing = whole.is_empty() && (self.options.unfinished_is_none || !unfinished);
        self.candidates = whole.into_iter().take(CANDIDATES_MAX).collect();
        self.candidates.reverse();
        if nothing {
            self.stage = self.without_snapshot(marker);
        }
    }

    /// Opens the next snapshot.
    fn choose(&mut self) -> Stage {
        let Some((zxid, file)) = self.candidates.pop() else {
            return self.refuse(Refusal::NoUsableSnapshot);
        };
        if self.options.until.is_some_and(|until| zxid > until) {
            self.recovery.report.push(Finding::SnapshotTooNew { file });
            return Stage::Choosing;
        }
        let content = self.files[&file].clone();
        match SnapshotReader::open(file, content, self.options.read_rules()) {
            Ok(reader) => Stage::Loading(Box::new(reader)),
            Err(corrupt) => self.pass_over(corrupt),
        }
    }

    fn load(&mut self, mut reader: Box<SnapshotReader>, bytes: u64) -> Stage {
        match reader.advance(bytes) {
            Ok(false) => Stage::Loading(reader),
            Ok(true) => self.start_replay(*reader),
            Err(corrupt) => {
                self.given_up += reader.progress().0;
                let survives = self.options.corrupt_snapshot_leaves_traces;
                if survives && matches!(corrupt.why, Why::Null | Why::Number(_) | Why::Owner(_)) {
                    return self.refuse(Refusal::Corrupt(corrupt));
                }
                if survives {
                    let mut read = reader.database().clone();
                    self.add_leftovers(&mut read);
                    self.leftover = Some(read);
                }
                self.pass_over(corrupt)
            }
        }
    }

    fn pass_over(&mut self, corrupt: Corrupt) -> Stage {
        let finding = Finding::SnapshotCorrupt(corrupt);
        self.recovery.report.push(finding);
        Stage::Choosing
    }

    fn start_replay(&mut self, reader: SnapshotReader) -> Stage {
        let (file, zxid) = (reader.name().clone(), reader.database().last_zxid);
        self.given_up += reader.progress().0;
        let mut loaded = reader.finish();
        self.add_leftovers(&mut loaded.database);
        self.recovery.report.push(Finding::SnapshotLoaded {
            file: file.clone(),
            zxid,
            nodes: loaded.database.tree.len(),
            sessions: loaded.database.sessions.size(),
        });
        let seen = loaded.digest.map_or(zxid, |(seen, _)| seen.max(zxid));
        self.chosen = Some((file, seen));
        self.replay_from(loaded)
    }

    /// A release does not forget everything of a snapshot that it gives up.
    fn add_leftovers(&self, db: &mut Database) {
        let Some(leftover) = &self.leftover else {
            return;
        };
        for (session, timeout_ms) in &leftover.sessions {
            if !db.sessions.contains_key(session) {
                db.sessions.insert_mut(*session, *timeout_ms);
            }
        }
        db.tree.keep_leftovers_of(&leftover.tree);
    }

    fn replay_from(&mut self, loaded: LoadedSnapshot) -> Stage {
        let from = loaded.database.last_zxid.next();
        let log = scan::records(&self.files, from, self.options.last_log);
        let replay = Replay::new(loaded, log, &mut self.recovery.report);
        Stage::Replaying(Box::new(replay))
    }

    fn without_snapshot(&mut self, marker: bool) -> Stage {
        let fresh = LoadedSnapshot {
            database: Database::new(),
            digest: None,
            last_processed: None,
        };
        if !scan::log_files(&self.files).is_empty() {
            if !self.options.trust_empty {
                return self.refuse(Refusal::NoSnapshot);
            }
            self.recovery.report.push(Finding::LogsWithoutSnapshot);
            return self.replay_from(fresh);
        }
        let mut db = fresh.database;
        if marker || self.options.autocreate {
            self.recovery.report.push(Finding::TrustedEmpty);
            self.recovery.first_snapshot = true;
        } else {
            self.recovery.report.push(Finding::UntrustedEmpty);
            db.last_zxid = Zxid::UNTRUSTED;
        }
        self.recovery.outcome = Ok(db);
        Stage::Done
    }

    fn replay(&mut self, mut replay: Box<Replay>, until: u64) -> Stage {
        let mut books = Books {
            report: &mut self.recovery.report,
            ops: &mut self.recovery.ops,
        };
        while self.given_up + replay.log.bytes_done() < until {
            match replay.step(&self.options, &mut books) {
                Ok(true) => {}
                Ok(false) => return self.end_replay(*replay),
                Err(refusal) => {
                    self.recovery.last_logged = replay.last_logged;
                    self.recovery.window = replay.window;
                    return self.refuse(refusal);
                }
            }
        }
        Stage::Replaying(replay)
    }

    /// Takes the result, unless the log does not repair the snapshot: it ends before, or goes on with
    /// another history where the snapshot's was cut off.
    fn end_replay(&mut self, replay: Replay) -> Stage {
        let log_ends = replay.missed.unwrap_or(replay.db.last_zxid);
        let options = &self.options;
        if let Some((file, seen)) = self.chosen.take() {
            let unrepaired = seen > log_ends && !seen.is_epoch_start();
            let too_new = options.until.is_some_and(|until| seen > until);
            if unrepaired && (options.snapshot_must_be_repaired || too_new) {
                self.given_up += replay.log.bytes_done();
                self.recovery.report.push(Finding::SnapshotUnrepaired {
                    file,
                    seen,
                    log_ends,
                });
                return Stage::Choosing;
            }
        }
        self.recovery.last_logged = replay.last_logged;
        self.recovery.window = replay.window;
        self.recovery.outcome = Ok(replay.db);
        Stage::Done
    }

    fn refuse(&mut self, refusal: Refusal) -> Stage {
        self.recovery.outcome = Err(refusal);
        Stage::Done
    }
}
