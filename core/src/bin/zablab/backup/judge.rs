//! Backups verified, restored and listed.

use std::fs;
use std::path::Path;

use serde::Serialize;
use zablab_core::storage::backup::{
    BackupId, Manifest, NotThere, Restored, Restoring, State, Verdict, Verifying,
};

use super::super::data_dir::CONTENT_MAX;
use super::PIECE;
use super::bar::Bar;
use super::source_dir::failed;
use super::store_dir::{StoreDir, sync_dir};
use super::take::{refused, words};
use super::vault::Vault;
use crate::args::{ListOptions, RestoreOptions, VerifyOptions};
use crate::output::{self, Failure};

#[derive(Serialize)]
struct Judged {
    id: BackupId,
    restorable: bool,
    first: Option<String>,
    last: Option<String>,
    digest: Option<String>,
    nodes: Option<usize>,
    txns: u64,
    why: Option<String>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct JudgedAll {
    backups: Vec<Judged>,
}

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

#[derive(Serialize)]
struct Listed<'a> {
    backups: &'a [Manifest],
}

/// True when all can be restored, and to the point that was asked for.
pub fn verify(options: &VerifyOptions) -> Result<bool, Failure> {
    let vault = Vault::read(&options.vault)?;
    let ids: Vec<BackupId> = match &options.id {
        Some(id) => vec![known(&vault, id)?.id.clone()],
        None => vault.backups().iter().map(|b| b.id.clone()).collect(),
    };
    if ids.is_empty() {
        return Err(refused("this vault is empty"));
    }
    for id in &ids {
        fits(&vault, id)?;
    }
    let mut all = JudgedAll {
        backups: Vec::new(),
    };
    for id in ids {
        let mut bar = Bar::new(options.progress);
        let verdict = match vault.links(&id) {
            Ok(links) => {
                let mut work = Verifying::new(links);
                while !work.advance(PIECE) {
                    bar.tell(work.progress(), &id);
                }
                let verdict = work.verdict().expect("it has said so").clone();
                if verdict.restorable.is_ok() {
                    bar.end(work.progress(), &id);
                }
                verdict
            }
            Err(why) => Verdict {
                restorable: Err(why),
                warnings: Vec::new(),
                txns: 0,
                epoch: zablab_core::model::Epoch(0),
            },
        };
        let judged = judged(id, &verdict, options.until);
        if !options.json {
            output::print(&in_words(&judged))?;
        }
        all.backups.push(judged);
    }
    if options.json {
        output::print_json(&all)?;
    }
    Ok(all.backups.iter().all(|judged| judged.restorable))
}

fn judged(id: BackupId, verdict: &Verdict, until: Option<zablab_core::model::Zxid>) -> Judged {
    let range = verdict.restorable.as_ref().ok();
    let outside = range.zip(until).and_then(|(range, until)| {
        let outside = until < range.first || until > range.last;
        outside.then(|| format!("{:#x} is not among its points", until.0))
    });
    let why = verdict.restorable.as_ref().err().map(ToString::to_string);
    let why = why.or(outside);
    Judged {
        id,
        restorable: why.is_none(),
        first: range.map(|range| format!("{:#x}", range.first.0)),
        last: range.map(|range| format!("{:#x}", range.last.0)),
        digest: range.map(|range| range.digest.to_string()),
        nodes: range.map(|range| range.nodes),
        txns: verdict.txns,
        why,
        warnings: verdict.warnings.iter().map(ToString::to_string).collect(),
    }
}

fn in_words(judged: &Judged) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut words = match &judged.why {
        Some(why) => format!("{}: cannot be restored: {why}\n", judged.id),
        None => format!(
            "{}: can be restored to {}..{}, {} nodes\n",
            judged.id,
            text(&judged.first),
            text(&judged.last),
            judged.nodes.unwrap_or_default()
        ),
    };
    for warning in &judged.warnings {
        words.push_str(&format!("  warning: {warning}\n"));
    }
    words
}

/// True when the directory is there.
pub fn restore(options: &RestoreOptions) -> Result<bool, Failure> {
    let vault = Vault::read(&options.vault)?;
    let id = match &options.id {
        Some(id) => known(&vault, id)?.id.clone(),
        None => vault
            .newest(None)
            .ok_or_else(|| refused("this vault has no whole backup"))?
            .id
            .clone(),
    };
    fits(&vault, &id)?;
    let target = options.to.join("version-2");
    if target.exists() {
        let dir = target.display();
        return Err(refused(&format!(
            "{dir} is there already, and is not replaced"
        )));
    }
    let staging = options.to.join("version-2.restoring");
    let new = !options.to.exists();
    let done = write(options, &vault, &id, &staging);
    if !matches!(done, Ok(Ok(_))) {
        // What cannot be removed now is removed by the next command.
        let _ = fs::remove_dir_all(&staging);
        if new {
            let _ = fs::remove_dir(&options.to);
        }
    }
    let done = done?;
    if done.is_ok() {
        fs::rename(&staging, &target).map_err(|e| words(&failed(&target, &e)))?;
        sync_dir(&options.to).map_err(|e| words(&e))?;
    }
    tell(options, id, &done)?;
    Ok(done.is_ok())
}

/// Writes everything beside its place.
fn write(
    options: &RestoreOptions,
    vault: &Vault,
    id: &BackupId,
    staging: &Path,
) -> Result<Result<Restored, NotThere>, Failure> {
    if staging.exists() {
        fs::remove_dir_all(staging).map_err(|e| words(&failed(staging, &e)))?;
    }
    fs::create_dir_all(staging).map_err(|e| words(&failed(staging, &e)))?;
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
            Err(NotThere::Fault(fault)) => return Err(words(&fault)),
            Err(why) => return Ok(Err(why)),
        }
    }
    bar.end(work.progress(), id);
    store.settle().map_err(|e| words(&e))?;
    Ok(Ok(work.restored().expect("it has said so")))
}

fn tell(
    options: &RestoreOptions,
    backup: BackupId,
    done: &Result<Restored, NotThere>,
) -> Result<(), Failure> {
    let dir = options.to.display().to_string();
    let restored = done.as_ref().ok();
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
            "{dir} is at {:#x}: {} nodes, {} sessions; epoch {} for every member\n",
            r.zxid.0, r.nodes, r.sessions, r.epoch
        ),
        Err(why) => format!("{backup} was not restored: {why}\n"),
    })
}

/// The files of a chain are in memory while it is tried.
fn fits(vault: &Vault, id: &BackupId) -> Result<(), Failure> {
    match vault.chain_bytes(id) {
        bytes if bytes <= CONTENT_MAX => Ok(()),
        bytes => Err(refused(&format!(
            "limit reached: {id} and what it goes on from are {bytes} bytes, and at most \
             {CONTENT_MAX} are verified or restored, as they are kept in memory"
        ))),
    }
}

/// Always true.
pub fn list(options: &ListOptions) -> Result<bool, Failure> {
    let vault = Vault::read(&options.vault)?;
    if options.json {
        let backups = vault.backups();
        output::print_json(&Listed { backups })?;
        return Ok(true);
    }
    let mut words = String::new();
    for backup in vault.backups() {
        let parent = backup.parent.as_ref();
        let kind = parent.map_or("full".to_owned(), |parent| format!("after {parent}"));
        let state = match &backup.state {
            State::Whole => "whole".to_owned(),
            State::Taking { done, all } => format!("interrupted at {done} of {all} bytes"),
            State::Broken(why) => format!("given up: {why}"),
        };
        let log = backup.log().map_or("-".to_owned(), |log| {
            format!("{:#x}..{:#x}", log.first.0, log.last.0)
        });
        words.push_str(&format!(
            "{:<12} {kind:<20} {log:<28} {:>12} bytes  {state}\n",
            backup.id,
            backup.bytes()
        ));
    }
    output::print(&words)?;
    Ok(true)
}

fn known<'a>(vault: &'a Vault, id: &str) -> Result<&'a Manifest, Failure> {
    let known = vault.get(id);
    known.ok_or_else(|| refused(&format!("there is no backup {id} in this vault")))
}
