//! The vault's events in a few words.

use crate::base::ServerId;
use crate::model::Zxid;
use crate::storage::backup::Verdict;
use crate::world::vault::{Declared, Held, StopReason, VaultEvent};

pub(super) fn event(event: &VaultEvent) -> String {
    match event {
        VaultEvent::Begun {
            backup,
            server,
            kind,
            parent,
            again,
        } => {
            let goes = if *again { "goes on" } else { "begins" };
            let behind = parent.as_ref();
            let behind = behind.map_or_else(String::new, |parent| format!(" behind {parent}"));
            format!(
                "the {} backup {backup} of {server}{behind} {goes}",
                kind.word()
            )
        }
        VaultEvent::Copying {
            backup,
            server,
            file,
            from,
            bytes,
            done,
            all,
        } => {
            let all = all.max(done);
            format!("{server} → {backup} {file} {from}+{bytes} B, {done} of {all} B")
        }
        VaultEvent::PassedOver { backup, file, .. } => {
            format!("{backup} passes over {file}, which is no good")
        }
        VaultEvent::Taken {
            backup,
            server,
            kind,
            files,
            bytes,
            zxid,
        } => {
            let (kind, files) = (kind.word(), super::counted(*files));
            format!("{server} is backed up as {backup}, {kind}: {files}, {bytes} B, up to {zxid}")
        }
        VaultEvent::NothingNew { backup, server } => {
            format!("{server} has nothing new for {backup}")
        }
        VaultEvent::Stopped {
            backup,
            why,
            done,
            all,
            ..
        } => format!(
            "{backup} stops at {done} of {} B: {}",
            all.max(done),
            stopped(why)
        ),
        VaultEvent::Broken { backup, why, .. } => format!("{backup} is broken: {why}"),
        VaultEvent::Verified { backup, verdict } => verified(backup, verdict),
        VaultEvent::Retired { backup, gone, held } => retired(backup, gone, held),
        VaultEvent::Declared(d) => format!(
            "restoring {} will end history at {}: {}",
            d.backup,
            d.zxid,
            price(d)
        ),
        VaultEvent::Staged {
            backup,
            server,
            bytes,
        } => format!("the files of {backup} lie beside those of {server}: {bytes} B, checked"),
        VaultEvent::Restored { declared: d, epoch } => format!(
            "{} are restored to {}, epoch {epoch}: {}",
            servers(&d.servers),
            d.zxid,
            price(d)
        ),
        VaultEvent::GivenUp { backup, server } => format!(
            "the restore of {backup} is given up, {server} is in the way: nothing has changed"
        ),
    }
}

fn stopped(why: &StopReason) -> String {
    match why {
        StopReason::Operator => "an operator said so".to_owned(),
        StopReason::SourceDown => "the source has no power".to_owned(),
        StopReason::Fault(fault) => fault.to_string(),
    }
}

fn verified(backup: &str, verdict: &Verdict) -> String {
    let mut said = match &verdict.restorable {
        Ok(range) if range.first == range.last => {
            format!("{backup} is restorable to {}", range.last)
        }
        Ok(range) => format!(
            "{backup} is restorable from {} to {}",
            range.first, range.last
        ),
        Err(why) => format!("{backup} is not restorable: {why}"),
    };
    for warning in &verdict.warnings {
        said.push_str("; ");
        said.push_str(&warning.to_string());
    }
    said
}

fn retired(rule: &str, gone: &[std::sync::Arc<str>], held: &[Held]) -> String {
    let mut said = match gone.is_empty() {
        true => format!("{rule} lets nothing go"),
        false => format!("{rule} lets {} go", gone.join(", ")),
    };
    for Held { parent, child } in held {
        said.push_str(&format!("; {parent} stays, {child} goes on from it"));
    }
    said
}

fn price(d: &Declared) -> String {
    let lost: Vec<String> = d.lost.iter().map(Zxid::to_string).collect();
    let mut said = match lost.is_empty() {
        true => "no confirmed write is lost".to_owned(),
        false => format!("declared loss {}", lost.join(", ")),
    };
    if d.drop_sessions {
        said.push_str("; all sessions end");
    }
    said
}

fn servers(servers: &[ServerId]) -> String {
    let names: Vec<String> = servers.iter().map(ToString::to_string).collect();
    names.join(",")
}
