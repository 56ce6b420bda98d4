//! Backups verified and listed.

use serde::Serialize;
use zablab_core::model::{Epoch, Zxid};
use zablab_core::storage::backup::{BackupId, Manifest, State, Verdict, Verifying};

use super::PIECE;
use super::bar::Bar;
use super::failures::refused;
use super::vault::{Unreadable, Vault};
use crate::args::{ListOptions, VerifyOptions};
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
    /// Backups that are being taken at this moment: it is too early to ask.
    taking: Vec<BackupId>,
}

#[derive(Serialize)]
struct Listed<'a> {
    backups: Vec<&'a Manifest>,
    unreadable: &'a [Unreadable],
}

/// True when all can be restored, and to the point that was asked for.
pub fn verify(options: &VerifyOptions) -> Result<bool, Failure> {
    let vault = Vault::read(&options.vault)?;
    let mut all = JudgedAll {
        backups: Vec::new(),
        taking: Vec::new(),
    };
    let mut tell = |judged: Judged| {
        if !options.json {
            output::print(&in_words(&judged))?;
        }
        all.backups.push(judged);
        Ok::<(), Failure>(())
    };
    if let Some(id) = &options.id {
        let id = vault.known(id)?.id.clone();
        if let Some(why) = vault.too_long(&id) {
            return Err(refused(&why));
        }
        tell(judged(&vault, id, options))?;
    } else {
        if vault.backups().next().is_none() && vault.unreadable().is_empty() {
            return Err(refused("this vault is empty"));
        }
        for backup in vault.backups().filter(|backup| !vault.is_busy(backup)) {
            tell(judged(&vault, backup.id.clone(), options))?;
        }
        for Unreadable { name, why } in vault.unreadable() {
            tell(Judged::refused(
                name.as_str().into(),
                format!("it cannot be read: {why}"),
            ))?;
        }
        for backup in vault.backups().filter(|backup| vault.is_busy(backup)) {
            all.taking.push(backup.id.clone());
        }
    }
    if options.json {
        output::print_json(&all)?;
    } else {
        let taking = all.taking.iter().map(|id| format!("{id}: being taken\n"));
        output::print(&taking.collect::<String>())?;
    }
    Ok(all.backups.iter().all(|judged| judged.restorable))
}

fn judged(vault: &Vault, id: BackupId, options: &VerifyOptions) -> Judged {
    if let Some(why) = vault.too_long(&id) {
        return Judged::refused(id, why);
    }
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
            epoch: Epoch(0),
        },
    };
    Judged::of(id, &verdict, options.until)
}

impl Judged {
    /// It was not tried, or in vain.
    fn refused(id: BackupId, why: String) -> Self {
        Self {
            id,
            restorable: false,
            first: None,
            last: None,
            digest: None,
            nodes: None,
            txns: 0,
            why: Some(why),
            warnings: Vec::new(),
        }
    }

    fn of(id: BackupId, verdict: &Verdict, until: Option<Zxid>) -> Self {
        let range = verdict.restorable.as_ref().ok();
        let outside = range.zip(until).and_then(|(range, until)| {
            let outside = until < range.first || until > range.last;
            outside.then(|| format!("{:#x} is not among its points", until.0))
        });
        let why = verdict.restorable.as_ref().err().map(ToString::to_string);
        let why = why.or(outside);
        Self {
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

/// Always true.
pub fn list(options: &ListOptions) -> Result<bool, Failure> {
    let vault = Vault::read(&options.vault)?;
    if options.json {
        output::print_json(&Listed {
            backups: vault.backups().collect(),
            unreadable: vault.unreadable(),
        })?;
        return Ok(true);
    }
    let mut words = String::new();
    for backup in vault.backups() {
        let parent = backup.parent.as_ref();
        let kind = parent.map_or("full".to_owned(), |parent| format!("after {parent}"));
        let state = match &backup.state {
            State::Whole => "whole".to_owned(),
            State::Taking { .. } if vault.is_busy(backup) => "being taken".to_owned(),
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
    for Unreadable { name, why } in vault.unreadable() {
        words.push_str(&format!("{name:<12} not readable: {why}\n"));
    }
    output::print(&words)?;
    Ok(true)
}
