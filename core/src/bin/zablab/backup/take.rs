//! A backup taken of a real directory, or taken up again.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use zablab_core::storage::backup::{
    BackupId, CannotResume, Heading, Kind, Manifest, Source, State, Step, Stopped, Taking,
};

use super::super::data_dir::version_2;
use super::PIECE;
use super::bar::Bar;
use super::failures::{ends_at, refused, words, words_at};
use super::places::apart;
use super::source_dir::SourceDir;
use super::store_dir::StoreDir;
use super::vault::{Vault, check_name};
use crate::args::TakeOptions;
use crate::output::{self, Failure};

/// After so many bytes the manifest is written down, so that little is copied twice.
const NOTED_EVERY: u64 = 256 << 20;

/// What is printed with `--json`.
#[derive(Serialize)]
struct Answer<'a> {
    whole: bool,
    resumed: bool,
    zxid: String,
    bytes: u64,
    why: Option<String>,
    backup: &'a Manifest,
}

/// True when the backup is whole.
pub fn run(options: &TakeOptions) -> Result<bool, Failure> {
    let snapshots = version_2(&options.from)?;
    let logs = options.log_dir.as_deref();
    let logs = logs.map_or(Ok(snapshots.clone()), version_2)?;
    let source = SourceDir::new(snapshots.clone(), logs.clone());
    let log_dir = options.log_dir.as_deref().unwrap_or(&logs);
    apart(&options.to, &[&options.from, log_dir, &snapshots, &logs])?;
    options.id.as_deref().map_or(Ok(()), check_name)?;
    tell_of_logs(&source, options, &snapshots, &logs)?;
    // The same directory, whichever way it is named.
    let place = fs::canonicalize(&snapshots).map_err(|e| ends_at(&snapshots, &e))?;
    let place = place.display().to_string();
    if options.kind == Kind::Incremental && !options.to.exists() {
        let why = "there is no such vault, and nothing to go on from: take a full one";
        return Err(ends_at(&options.to, &why));
    }
    let mut vault = Vault::change(&options.to)?;
    let (mut work, resumed) = begin(options, &mut vault, &place)?;
    let stopped = work.copy(&source, options)?;
    let manifest = work.taking.manifest(now_ms());
    let whole = stopped.is_none();
    if whole {
        vault.settle(&manifest.id).map_err(|e| words(&e))?;
        tell_of_size(&options.to, &manifest.id)?;
    }
    let why = stopped.map(|why| why.to_string());
    if options.json {
        output::print_json(&Answer {
            whole,
            resumed,
            zxid: format!("{:#x}", manifest.zxid().0),
            bytes: manifest.bytes(),
            why,
            backup: &manifest,
        })?;
    } else {
        output::print(&in_words(&manifest, resumed, why.as_deref()))?;
    }
    Ok(whole)
}

/// A backup at work in its directory.
struct Work {
    taking: Taking,
    store: StoreDir,
}

fn begin(options: &TakeOptions, vault: &mut Vault, source: &str) -> Result<(Work, bool), Failure> {
    let (kind, way, parent_id) = (options.kind, options.way, options.parent.as_deref());
    let known = match &options.id {
        Some(id) => vault.get(id),
        None => vault.interrupted(kind, way, source, parent_id),
    };
    match known.cloned() {
        Some(known) if matches!(known.state, State::Taking { .. }) => {
            let same = known.source == source && known.kind == kind && known.way == way;
            if !same || parent_id.is_some_and(|id| known.parent.as_deref() != Some(id)) {
                return Err(refused(&format!(
                    "{} was begun as another backup, of {}: of another kind, source, order or parent",
                    known.id, known.source
                )));
            }
            vault.tell_busy(&known.id)?;
            let dir = vault.taking_dir(&known.id);
            let mut store = StoreDir::digesting(dir);
            let taking = Taking::resume(known.clone(), &mut store).map_err(|why| match why {
                CannotResume::Whole => refused("it is whole"),
                CannotResume::Broken(why) => refused(&why.to_string()),
                CannotResume::Fault(fault) => words(&fault),
            })?;
            return Ok((Work { taking, store }, true));
        }
        Some(known) if known.is_whole() => {
            return Err(refused(&format!("there is already a backup {}", known.id)));
        }
        // One that was given up makes room for a new one.
        Some(_) | None => {}
    }
    let before = match kind {
        Kind::Full => None,
        Kind::Incremental => Some(parent(options, vault, source)?.clone()),
    };
    vault.clear(source)?;
    let id = options.id.clone();
    let id = id.unwrap_or_else(|| vault.free_name(options.kind));
    let heading = Heading {
        id: id.as_str().into(),
        source: source.to_owned(),
        way,
        started_ms: now_ms(),
    };
    let taking = match &before {
        None => Taking::full(heading),
        Some(parent) => Taking::incremental(heading, parent),
    };
    let dir = vault.begin(&taking.manifest(now_ms()))?;
    vault.tell_busy(&id)?;
    let store = StoreDir::digesting(dir);
    Ok((Work { taking, store }, false))
}

fn parent<'a>(
    options: &TakeOptions,
    vault: &'a Vault,
    source: &str,
) -> Result<&'a Manifest, Failure> {
    let found = match &options.parent {
        Some(id) => vault.get(id).filter(|backup| backup.is_whole()),
        None => vault.newest(source),
    };
    found.ok_or_else(|| match &options.parent {
        Some(id) => refused(&format!("there is no whole backup {id} to go on from")),
        None => nothing_before(source),
    })
}

fn nothing_before(source: &str) -> Failure {
    refused(&format!(
        "there is no whole backup of {source} to go on from: take a full one"
    ))
}

impl Work {
    /// Copies until everything is there; otherwise why it ended.
    fn copy(
        &mut self,
        source: &SourceDir,
        options: &TakeOptions,
    ) -> Result<Option<Box<dyn std::fmt::Display>>, Failure> {
        let (before, _) = self.taking.progress();
        let mut bar = Bar::new(options.progress).from(before);
        let started = Instant::now();
        let (mut copied, mut noted) = (0, 0);
        let piece = options
            .rate
            .map_or(PIECE, |rate| (rate / 20).clamp(1, PIECE));
        loop {
            match self.taking.advance(source, &mut self.store, piece) {
                Ok(Step::Copied {
                    file,
                    bytes,
                    finished,
                    ..
                }) => {
                    copied += bytes;
                    bar.tell(self.taking.progress(), &file);
                    if finished && (copied - noted >= NOTED_EVERY || options.rate.is_some()) {
                        self.note()?;
                        noted = copied;
                    }
                    if let Some(rate) = options.rate {
                        let due = Duration::from_secs_f64(copied as f64 / rate as f64);
                        std::thread::sleep(due.saturating_sub(started.elapsed()));
                    }
                }
                Ok(Step::PassedOver { file }) => {
                    bar.close();
                    eprintln!("{file} is no good snapshot; the next older one is taken");
                }
                Ok(Step::Whole) => {
                    bar.end(self.taking.progress(), "whole");
                    self.end()?;
                    return Ok(None);
                }
                Err(Stopped::Broken(broken)) => {
                    self.end()?;
                    return Ok(Some(Box::new(broken)));
                }
                Err(Stopped::Fault(fault)) => {
                    return Err(words_at(&options.to, &fault));
                }
            }
        }
    }

    /// How far it is will be written down.
    fn note(&self) -> Result<(), Failure> {
        let noted = self.store.note(self.taking.manifest(now_ms()));
        noted.map_err(|fault| words(&fault))
    }

    /// Waits until everything is on the disk, and written down.
    fn end(&self) -> Result<(), Failure> {
        self.note()?;
        self.store.settle().map_err(|fault| words(&fault))
    }
}

/// Logs that lie elsewhere make a backup that ends early: said, since it cannot be known.
fn tell_of_logs(
    source: &SourceDir,
    options: &TakeOptions,
    snapshots: &Path,
    logs: &Path,
) -> Result<(), Failure> {
    let names = source.names().map_err(|e| words(&e))?;
    if !names.iter().any(|name| name.starts_with("log.")) {
        let dir = logs.display();
        eprintln!(
            "no log lies in {dir}: if the server keeps it elsewhere, name that with --log-dir"
        );
    }
    let left_out = |found: &fs::DirEntry| found.file_name().to_string_lossy().starts_with("log.");
    if options.log_dir.is_some()
        && snapshots != logs
        && let Ok(mut found) = fs::read_dir(snapshots)
        && found.any(|found| found.is_ok_and(|found| left_out(&found)))
    {
        let dir = snapshots.display();
        eprintln!("the logs in {dir} are left out: with --log-dir they lie there alone");
    }
    Ok(())
}

/// A chain that is too long to be tried is better known now than when it is needed.
fn tell_of_size(vault: &Path, id: &BackupId) -> Result<(), Failure> {
    if let Some(why) = Vault::read(vault)?.too_long(id) {
        eprintln!("{why}");
    }
    Ok(())
}

fn in_words(manifest: &Manifest, resumed: bool, why: Option<&str>) -> String {
    let id = &manifest.id;
    let again = if resumed { ", resumed" } else { "" };
    match why {
        Some(why) => format!("{id}{again}: given up: {why}\n"),
        None => {
            let log = manifest
                .log()
                .map_or("no new transaction".to_owned(), |log| {
                    format!("transactions {:#x}..{:#x}", log.first.0, log.last.0)
                });
            let (files, bytes) = (manifest.files.len(), manifest.bytes());
            format!("{id}{again}: {files} files, {bytes} bytes, {log}\n")
        }
    }
}

pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
