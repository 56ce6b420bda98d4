//! A backup restored: a data directory that a server starts from.
//!
//! Everything is written beside its place, and gets its name when it is on the disk. One restore at a time
//! writes into a directory, and never into one that holds the files of a server.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use serde::Serialize;
use zablab_core::storage::backup::{BackupId, NotThere, Restored, Restoring};

use super::PIECE;
use super::bar::Bar;
use super::failures::{ends_at, refused, words, words_at};
use super::places::{is_inside, is_there, make_dirs, remove_made};
use super::source_dir::listed;
use super::store_dir::{StoreDir, sync_dir};
use super::vault::Vault;
use crate::args::RestoreOptions;
use crate::output::{self, Failure};

#[derive(Serialize)]
struct Answer {
    restored: bool,
    why: Option<String>,
    backup: BackupId,
    dir: String,
    zxid: Option<String>,
    digest: Option<String>,
    nodes: Option<usize>,
    sessions: Option<usize>,
    ephemerals_dropped: Option<usize>,
    epoch: Option<i64>,
}

/// True when the directory is there.
pub fn restore(options: &RestoreOptions) -> Result<bool, Failure> {
    let vault = Vault::read(&options.vault)?;
    let id = match &options.id {
        Some(id) => vault.known(id)?.id.clone(),
        None => newest(&vault)?,
    };
    fits(&vault, &id)?;
    is_free(&options.to, &options.vault)?;
    let made = make_dirs(&options.to)?;
    let done = place(options, &vault, &id);
    if !matches!(done, Ok(Ok(_))) {
        remove_made(&made);
    }
    let done = done?;
    tell(options, id, &done)?;
    Ok(done.is_ok())
}

/// The newest backup, when all are of one source.
fn newest(vault: &Vault) -> Result<BackupId, Failure> {
    let sources = vault.sources();
    let all = sources.iter().filter_map(|source| vault.newest(source));
    let all: Vec<(&BackupId, &str)> = all.map(|backup| (&backup.id, &*backup.source)).collect();
    match &all[..] {
        [] => Err(refused("this vault has no whole backup")),
        [(id, _)] => Ok(BackupId::clone(id)),
        more => {
            let each = more.iter().map(|(id, source)| format!("{id} of {source}"));
            let each = each.collect::<Vec<_>>().join(", ");
            Err(refused(&format!("which backup? The newest are {each}")))
        }
    }
}

/// A server must not find what it had beside what is restored.
fn is_free(to: &Path, vault: &Path) -> Result<(), Failure> {
    if is_inside(to, vault)? {
        return Err(refused("a vault is no place to restore to"));
    }
    let is_file = |name: &str| name.starts_with("log.") || name.starts_with("snapshot.");
    let holds = to.is_dir() && !listed(to, is_file).map_err(|e| words(&e))?.is_empty();
    if holds || to.ends_with("version-2") {
        let dir = to.display();
        return Err(refused(&format!(
            "{dir} is where a server has its files: name the directory that version-2 is to be made in"
        )));
    }
    Ok(())
}

/// Makes `version-2`, or leaves nothing behind.
fn place(
    options: &RestoreOptions,
    vault: &Vault,
    id: &BackupId,
) -> Result<Result<Restored, NotThere>, Failure> {
    let held = hold(&options.to)?;
    let target = options.to.join("version-2");
    if is_there(&target) {
        let dir = target.display();
        return Err(refused(&format!(
            "{dir} is there already, and is not replaced"
        )));
    }
    let staging = options.to.join("version-2.restoring");
    let done = write(options, vault, id, &staging);
    if matches!(done, Ok(Ok(_))) {
        fs::rename(&staging, &target).map_err(|e| ends_at(&target, &e))?;
        sync_dir(&options.to).map_err(|e| words(&e))?;
    } else {
        // What cannot be removed now is removed by the next command.
        let _ = fs::remove_dir_all(&staging);
    }
    drop(held);
    done
}

/// Holds a directory, so that nobody else restores into it. Where directories cannot be locked nobody is
/// kept out.
fn hold(dir: &Path) -> Result<Option<File>, Failure> {
    let Ok(held) = File::open(dir) else {
        return Ok(None);
    };
    match held.try_lock() {
        Ok(()) => Ok(Some(held)),
        Err(TryLockError::Error(_)) => Ok(None),
        Err(TryLockError::WouldBlock) => {
            let dir = dir.display();
            Err(refused(&format!("somebody else restores into {dir}")))
        }
    }
}

/// Writes everything beside its place.
fn write(
    options: &RestoreOptions,
    vault: &Vault,
    id: &BackupId,
    staging: &Path,
) -> Result<Result<Restored, NotThere>, Failure> {
    if staging.exists() {
        fs::remove_dir_all(staging).map_err(|e| ends_at(staging, &e))?;
    }
    make_dirs(staging)?;
    let mut store = StoreDir::new(staging.to_path_buf());
    let links = match vault.links(id) {
        Ok(links) => links,
        Err(why) => return Ok(Err(NotThere::Backup(why))),
    };
    let mut work = Restoring::new(links, options.point, options.keep, options.epoch);
    let mut bar = Bar::new(options.progress);
    loop {
        match work.advance(&mut store, PIECE) {
            Ok(false) => bar.tell(work.progress(), id),
            Ok(true) => break,
            Err(NotThere::Fault(fault)) => return Err(words_at(&options.to, &fault)),
            Err(why) => return Ok(Err(why)),
        }
    }
    bar.end(work.progress(), id);
    let settled = store.settle();
    settled.map_err(|e| words_at(&options.to, &e))?;
    Ok(Ok(work.restored().expect("it has said so")))
}

fn tell(
    options: &RestoreOptions,
    backup: BackupId,
    done: &Result<Restored, NotThere>,
) -> Result<(), Failure> {
    let dir = options.to.display().to_string();
    let restored = done.as_ref().ok();
    if let Some(r) = restored.filter(|r| r.epoch <= r.verdict.epoch) {
        eprintln!(
            "epoch {} is not above {}, which the backup knows: a member that has seen a higher one is not let in",
            r.epoch, r.verdict.epoch
        );
    }
    if options.json {
        return output::print_json(&Answer {
            restored: restored.is_some(),
            why: done.as_ref().err().map(ToString::to_string),
            backup,
            dir,
            zxid: restored.map(|r| format!("{:#x}", r.zxid.0)),
            digest: restored.map(|r| r.digest.to_string()),
            nodes: restored.map(|r| r.nodes),
            sessions: restored.map(|r| r.sessions),
            ephemerals_dropped: restored.map(|r| r.dropped),
            epoch: restored.map(|r| r.epoch.0),
        });
    }
    output::print(&match done {
        Ok(r) => format!(
            "{dir} is at {:#x}, from {backup}: {} nodes, {} sessions; epoch {} for every member\n",
            r.zxid.0, r.nodes, r.sessions, r.epoch
        ),
        Err(why) => format!("{backup} was not restored: {why}\n"),
    })
}

/// The files of a chain are in memory while it is tried.
fn fits(vault: &Vault, id: &BackupId) -> Result<(), Failure> {
    vault.too_long(id).map_or(Ok(()), |why| Err(refused(&why)))
}
