//! A backup being taken, a piece at a time.
//!
//! ```text
//!   full, snapshot first   Choose ► Snapshot ► List ► Log, Log, … ► Epochs ► Done
//!   full, logs first       List ► Log, Log, … ► Choose ► Snapshot ► Epochs ► Done
//!   incremental            Standing ► List ► Log (its rest), Log, … ► Epochs ► Done
//!   resumed                the same, without what is there already
//! ```
//!
//! Between two pieces the source may go on, and everything can happen to it. A [`Fault`] of source or
//! store changes nothing: the same piece can be asked for again. [`Broken`] is final.
//!
//! Memory: one piece, and one record that is not whole yet.

use std::collections::VecDeque;

use super::copying::{LogCopy, SnapshotCopy, Sum, Waiting};
use super::frames::Frame;
use super::look;
use super::manifest::{Broken, CopyOrder, FilePart, Heading, Kind, Manifest, Standing, State, Way};
use super::source::{Fault, Source, Store};
use crate::model::Zxid;
use crate::storage::epochs::EpochFile;
use crate::storage::op::FileName;
use crate::storage::scan::zxid_in_name;
use crate::storage::snapshot;

/// Bytes of an epoch file that are copied: more than any number needs.
const EPOCH_MAX: u64 = 4 << 10;

/// What one piece came to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Bytes were copied.
    Copied {
        /// The file.
        file: FileName,
        /// Where they stand in it.
        at: u64,
        /// How many.
        bytes: u64,
        /// The file is done with.
        finished: bool,
    },
    /// A snapshot turned out to be no good; the next older one is taken instead.
    PassedOver {
        /// The file.
        file: FileName,
    },
    /// The backup is whole.
    Whole,
}

/// Why a piece was not copied.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stopped {
    /// Source or store failed; the piece can be tried again.
    Fault(Fault),
    /// The backup will never be whole.
    Broken(Broken),
}

/// Why an interrupted backup cannot be taken up again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CannotResume {
    /// Everything is there already.
    Whole,
    /// It will never be whole.
    Broken(Broken),
    /// What was begun cannot be removed from the store.
    Fault(Fault),
}

/// A backup that is being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    manifest: Manifest,
    stage: Stage,
    /// Logs that are still to be copied, oldest first.
    waiting: VecDeque<Waiting>,
    /// Snapshots that are no good.
    passed_over: Vec<FileName>,
    /// Bytes that come behind what is listed, as the source looked when that was begun.
    ahead: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The parent's last record is looked for.
    Standing,
    /// The newest finished snapshot is looked for.
    Choose,
    Snapshot(SnapshotCopy),
    /// The logs are listed.
    List,
    /// The next log is opened.
    Next,
    Log(LogCopy),
    Epochs,
    Done,
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        match Broken::of_fault(&fault) {
            Some(broken) => Self::Broken(broken),
            None => Self::Fault(fault),
        }
    }
}

impl From<Broken> for Stopped {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl Taking {
    /// Begins a full backup. Only [`Way::Copy`] with [`CopyOrder::LogsFirst`] copies the logs first.
    pub fn full(heading: Heading) -> Self {
        Self::of(heading.manifest(Kind::Full, None))
    }

    /// Begins to copy what came after the last record of `parent`.
    pub fn incremental(heading: Heading, parent: &Manifest) -> Self {
        Self::of(heading.manifest(Kind::Incremental, Some(parent)))
    }

    /// Takes up a backup that was interrupted. The log that was copied last is copied again, since it
    /// may have grown.
    pub fn resume(mut manifest: Manifest, store: &mut impl Store) -> Result<Self, CannotResume> {
        match &manifest.state {
            State::Taking { .. } => {}
            State::Whole => return Err(CannotResume::Whole),
            State::Broken(broken) => return Err(CannotResume::Broken(broken.clone())),
        }
        manifest.files.retain(|part| !is_epoch(&part.name));
        let last_log = manifest.files.iter().rposition(|p| p.records.is_some());
        if let Some(last) = last_log {
            manifest.files.remove(last);
        }
        let kept = store.keep_only(&manifest.files);
        kept.map_err(CannotResume::Fault)?;
        Ok(Self::of(manifest))
    }

    fn of(manifest: Manifest) -> Self {
        let logs_first = manifest.way == Way::Copy(CopyOrder::LogsFirst);
        let chosen = manifest.snapshot.is_some();
        let stage = match manifest.kind {
            Kind::Full if !chosen && !logs_first => Stage::Choose,
            Kind::Full | Kind::Incremental => Stage::Standing,
        };
        Self {
            manifest,
            stage,
            waiting: VecDeque::new(),
            passed_over: Vec::new(),
            ahead: 0,
        }
    }

    /// Copies about `bytes` more bytes.
    pub fn advance(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
        bytes: u64,
    ) -> Result<Step, Stopped> {
        loop {
            let step = match &self.stage {
                Stage::Standing => self.standing(source),
                Stage::Choose => self.choose(source),
                Stage::Snapshot(_) => self.copy_snapshot(source, store, bytes.max(1)).map(Some),
                Stage::List => self.list(source),
                Stage::Next => {
                    self.open_next();
                    Ok(None)
                }
                Stage::Log(_) => self.copy_log(source, store, bytes.max(1)).map(Some),
                Stage::Epochs => self.copy_epochs(source, store),
                Stage::Done => match &self.manifest.state {
                    State::Broken(broken) => Err(broken.clone().into()),
                    State::Taking { .. } | State::Whole => Ok(Some(Step::Whole)),
                },
            };
            match step {
                Ok(None) => {}
                Ok(Some(step)) => return Ok(step),
                Err(stopped) => {
                    if let Stopped::Broken(broken) = &stopped {
                        self.manifest.state = State::Broken(broken.clone());
                        self.stage = Stage::Done;
                    }
                    return Err(stopped);
                }
            }
        }
    }

    /// Bytes copied, and bytes in all as far as is known.
    pub fn progress(&self) -> (u64, u64) {
        let copied = self.manifest.bytes();
        let (done, left) = match &self.stage {
            Stage::Snapshot(copy) => (copy.at, copy.len - copy.at),
            Stage::Log(copy) => {
                let read = copy.read_to();
                (read - copy.log.from, copy.log.used.saturating_sub(read))
            }
            _ => (0, 0),
        };
        let waiting = self.waiting.iter();
        let waiting: u64 = waiting.map(|log| log.used.saturating_sub(log.from)).sum();
        (copied + done, copied + done + left + waiting + self.ahead)
    }

    /// The manifest as it is now, at that time by the clock of the source.
    pub fn manifest(&self, now_ms: i64) -> Manifest {
        let mut manifest = self.manifest.clone();
        manifest.taken_ms = now_ms;
        if let State::Taking { done, all } = &mut manifest.state {
            (*done, *all) = self.progress();
        }
        manifest.judge_tail();
        manifest
    }

    /// True when nothing is left to do, be it whole or broken.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    // --- what has no bytes ---

    fn standing(&mut self, source: &impl Source) -> Result<Option<Step>, Stopped> {
        if let Some(last) = self.manifest.end() {
            let found = match look::record_at(source, &last.file, last.offset) {
                Ok(Frame::Record(found))
                    if found.zxid == last.zxid && found.checksum == last.checksum =>
                {
                    None
                }
                Ok(Frame::Record(found)) => Some(Standing::Other(found.zxid)),
                Ok(_) => Some(Standing::NoRecord),
                Err(Fault::Gone(_)) => Some(Standing::NoFile),
                Err(fault) => return Err(fault.into()),
            };
            if let Some(found) = found {
                let (file, offset) = (last.file.clone(), last.offset);
                return Err(Stopped::Broken(Broken::ChainBroken {
                    file,
                    offset,
                    found,
                }));
            }
        }
        self.stage = Stage::List;
        Ok(None)
    }

    fn choose(&mut self, source: &impl Source) -> Result<Option<Step>, Stopped> {
        let passed_over = &self.passed_over;
        let found = look::newest_snapshot(source, |name| !passed_over.contains(name))?;
        let Some(chosen) = found else {
            return Err(Broken::NoSnapshot.into());
        };
        let zxid = snapshot::zxid_of(&chosen.name);
        let log = look::log_of(source, zxid)?;
        self.covered(zxid, log.as_ref())?;
        let logs_come = self.manifest.files.iter().all(|p| p.records.is_none());
        self.ahead = match &log {
            Some(log) if logs_come => look::used_from(source, log)?,
            _ => 0,
        };
        self.stage = Stage::Snapshot(SnapshotCopy::new(chosen, log));
        Ok(None)
    }

    /// Logs that were copied before the snapshot was chosen must not begin behind it.
    fn covered(&self, zxid: Zxid, log: Option<&FileName>) -> Result<(), Broken> {
        let mut copied = self.manifest.files.iter();
        let first = copied.find(|part| part.records.is_some());
        let begins = first.map(|part| zxid_in_name(&part.name, "log"));
        let needed = log.map(|name| zxid_in_name(name, "log"));
        match (begins, needed) {
            (Some(begins), Some(needed)) if needed < begins => Err(Broken::Uncovered(zxid)),
            _ => Ok(()),
        }
    }

    /// The logs from the end of the chain on, or from the newest that begins at or before the base.
    fn list(&mut self, source: &impl Source) -> Result<Option<Step>, Stopped> {
        let mut logs = look::logs(source)?;
        let mut rest = None;
        self.ahead = 0;
        if let Some(last) = self.manifest.end() {
            let own = zxid_in_name(&last.file, "log");
            logs.retain(|(zxid, _)| *zxid > own);
            rest = Some((last.file.clone(), last.end));
        } else {
            let base = self.base(source)?;
            let known = self.manifest.snapshot.as_ref();
            if let Some(log) = known.and_then(|base| base.log.clone())
                && !logs.iter().any(|(_, name)| *name == log)
            {
                return Err(Broken::Vanished(log).into());
            }
            let first = logs.iter().rposition(|(zxid, _)| *zxid <= base);
            logs.drain(..first.unwrap_or(0));
            let first = logs.first().map(|(zxid, _)| *zxid);
            if first.is_some_and(|first| first > base && !first.follows(base)) {
                return Err(Broken::Uncovered(base).into());
            }
        }
        let names = logs.into_iter().map(|(_, name)| (name, 0));
        let mut waiting = VecDeque::new();
        for (name, from) in rest.into_iter().chain(names) {
            waiting.push_back(Waiting {
                used: source.used(&name)?,
                name,
                from,
                newest: false,
            });
        }
        if let Some(newest) = waiting.back_mut() {
            newest.newest = true;
        }
        self.waiting = waiting;
        self.stage = Stage::Next;
        Ok(None)
    }

    /// The zxid that the logs must go on from, when no record was copied before. A snapshot that is to be
    /// copied after them is what is ahead.
    fn base(&mut self, source: &impl Source) -> Result<Zxid, Stopped> {
        if let Some(base) = &self.manifest.snapshot {
            return Ok(base.zxid);
        }
        if let Some(parent) = self.manifest.follows_zxid {
            // Nothing but its snapshot is known of the parent, so that must still be there.
            let mut names = source.names()?.into_iter();
            if names.any(|name| snapshot::zxid_of(&name) == parent) {
                return Ok(parent);
            }
            return Err(Stopped::Broken(Broken::ChainBroken {
                file: snapshot::file_name(parent),
                offset: 0,
                found: Standing::NoFile,
            }));
        }
        let Some(newest) = look::newest_snapshot(source, |_| true)? else {
            return Ok(Zxid::ZERO);
        };
        if self.manifest.kind == Kind::Full {
            self.ahead = newest.len;
        }
        Ok(snapshot::zxid_of(&newest.name))
    }

    fn open_next(&mut self) {
        self.stage = match self.waiting.pop_front() {
            Some(log) => Stage::Log(LogCopy::new(log, self.manifest.reaches())),
            None if self.manifest.kind == Kind::Full && self.manifest.snapshot.is_none() => {
                Stage::Choose
            }
            None => Stage::Epochs,
        };
    }

    // --- what has bytes ---

    fn copy_snapshot(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
        bytes: u64,
    ) -> Result<Step, Stopped> {
        let Stage::Snapshot(copy) = &mut self.stage else {
            unreachable!("the stage was looked at");
        };
        let (file, at) = (copy.name.clone(), copy.at);
        let bytes = copy.piece(source, store, bytes)?;
        let finished = copy.at == copy.len;
        if !finished && bytes > 0 {
            return Ok(Step::Copied {
                file,
                at,
                bytes,
                finished,
            });
        }
        let Some((part, base)) = copy.finish(store)? else {
            self.passed_over.push(file.clone());
            self.stage = Stage::Choose;
            return Ok(Step::PassedOver { file });
        };
        self.manifest.files.push(part);
        self.manifest.snapshot = Some(base);
        self.stage = match self.manifest.way {
            Way::Copy(CopyOrder::LogsFirst) => Stage::Epochs,
            _ => Stage::List,
        };
        Ok(Step::Copied {
            file,
            at,
            bytes,
            finished,
        })
    }

    fn copy_log(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
        bytes: u64,
    ) -> Result<Step, Stopped> {
        let Stage::Log(copy) = &mut self.stage else {
            unreachable!("the stage was looked at");
        };
        let (file, at) = (copy.log.name.clone(), copy.read_to());
        let finished = copy.piece(source, store, bytes)?;
        let bytes = copy.read_to().saturating_sub(at);
        if finished {
            if let Some(part) = copy.finish(store)? {
                self.manifest.files.push(part);
            }
            self.stage = Stage::Next;
        }
        Ok(Step::Copied {
            file,
            at,
            bytes,
            finished,
        })
    }

    /// They are a few bytes each, and copied at once.
    fn copy_epochs(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
    ) -> Result<Option<Step>, Stopped> {
        let there = source.names()?;
        for file in [EpochFile::Accepted, EpochFile::Current] {
            let name = FileName::from(file.name());
            let done = self.manifest.files.iter().any(|part| part.name == name);
            if done || !there.contains(&name) {
                continue;
            }
            let bytes = match source.read(&name, 0, EPOCH_MAX) {
                // A server puts a new one in its place by a rename.
                Err(Fault::Gone(_)) => continue,
                read => read?,
            };
            store.create(&name)?;
            store.write(&name, 0, &bytes)?;
            store.finish(&name)?;
            self.manifest.files.push(FilePart {
                name,
                from: 0,
                len: bytes.len() as u64,
                sha256: Sum::of(&bytes).text(),
                records: None,
            });
        }
        self.manifest.state = State::Whole;
        self.stage = Stage::Done;
        Ok(None)
    }
}

fn is_epoch(name: &str) -> bool {
    [EpochFile::Accepted, EpochFile::Current]
        .iter()
        .any(|file| file.name() == name)
}
