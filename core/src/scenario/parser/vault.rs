//! Lines about real directories, backups and restores.

use std::sync::Arc;

use super::super::ast::{Action, BackupKind, CopyOrder, Later};
use super::super::error::ScriptError;
use super::args::{Args, Piece};
use super::{Scope, fresh_name, value};
use crate::base::ServerId;
use crate::world::Command;
use crate::world::vault::{BackupKind as Taken, Point, RestoreOrder, VaultOrder};

/// The action of a line that begins with `verb`.
pub fn action(verb: &str, args: &mut Args, scope: &mut Scope) -> Result<Action, ScriptError> {
    if verb == "backup" {
        return backup(args, scope);
    }
    let name = scope.backup(&args.word("the name of a backup")?)?;
    let to = args.required("to")?;
    Ok(match verb {
        "restore" => {
            let to = scope.servers(&to)?;
            let order = restore(name, to, args, scope.clock_ms)?;
            Action::Perform(Arc::new(Command::Vault(VaultOrder::Restore(order))))
        }
        "copy" => {
            let to = scope.server(&to)?;
            Action::Perform(Arc::new(Command::Copy { name, to }))
        }
        _ => {
            let to = scope.server(&to)?;
            Action::Perform(Arc::new(Command::AdminRestore { name, to }))
        }
    })
}

/// `restore b1 to=1,2,3 until=1.60`, `before=2026-01-01T00:00:09Z sessions=drop epoch=7`.
fn restore(
    name: String,
    to: Vec<ServerId>,
    args: &mut Args,
    clock_ms: i64,
) -> Result<RestoreOrder, ScriptError> {
    let until = args.option("until").map(|p| value::zxid(&p)).transpose()?;
    let before = args.option("before");
    let until = match (until, &before) {
        (Some(_), Some(piece)) => return Err(piece.expected("until=… or before=…, not both")),
        (until, None) => until.map(Point::Zxid),
        (None, Some(piece)) => Some(Point::Before(time(piece, clock_ms)?)),
    };
    let sessions = [("keep", false), ("drop", true)];
    let drop_sessions = args.option("sessions");
    let drop_sessions = drop_sessions.map(|p| value::choice(&p, "keep or drop", &sessions));
    let epoch = args.option("epoch").map(|p| value::epoch(&p)).transpose()?;
    Ok(RestoreOrder {
        name,
        to,
        until,
        drop_sessions: drop_sessions.transpose()?.unwrap_or(false),
        epoch,
    })
}

/// A date, or a time of the run: `9s` is nine seconds after its start, by clocks that never jumped.
fn time(piece: &Piece, clock_ms: i64) -> Result<i64, ScriptError> {
    match value::duration(piece) {
        Ok(since) => Ok(clock_ms + since.as_ms() as i64),
        Err(_) => value::date(piece),
    }
}

/// `load DIR server=2`.
pub fn load(args: &mut Args, scope: &Scope) -> Result<Action, ScriptError> {
    Ok(Action::Load {
        dir: args.next("a directory")?.text,
        server: scope.server(&args.required("server")?)?,
        sha256: args.option("sha256").map(|p| digest(&p)).transpose()?,
    })
}

fn digest(piece: &Piece) -> Result<String, ScriptError> {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if piece.text.len() == 64 && piece.text.bytes().all(hex) {
        return Ok(piece.text.clone());
    }
    Err(piece.expected("64 hexadecimal digits"))
}

/// `backup full from=2 as=b1 order=snapshot-first`, `backup verify b1`, `backup policy every=…`.
fn backup(args: &mut Args, scope: &mut Scope) -> Result<Action, ScriptError> {
    let what = "full, incremental, cold, hot, verify or policy";
    let word = args.word(what)?;
    let kind = match word.text.as_str() {
        "verify" => {
            let name = scope.backup(&args.word("the name of a backup")?)?;
            return Ok(Action::Later(Later::BackupVerify(name)));
        }
        "policy" => return Ok(Action::Later(Later::BackupPolicy(args.rest_of_pairs()))),
        text => BackupKind::ALL.into_iter().find(|k| k.word() == text),
    };
    let Some(kind) = kind else {
        let words = BackupKind::ALL.map(BackupKind::word);
        let words = words.into_iter().chain(["verify", "policy"]);
        return Err(word.expected_word(what, words));
    };
    let from = scope.server(&args.required("from")?)?;
    let name = args.required("as")?;
    let name = fresh_name(&name, "a name for the backup")?;
    let orders = CopyOrder::ALL.map(|o| (o.word(), o));
    let order = args.option("order");
    let order = order.map(|p| value::choice(&p, "snapshot-first or log-first", &orders));
    scope.backups.insert(name.clone());
    Ok(taken(kind, from, name, order.transpose()?))
}

/// What is built, and what is not: all files at one moment, or a stream. A copy that takes time has an
/// order.
fn taken(kind: BackupKind, from: ServerId, name: String, order: Option<CopyOrder>) -> Action {
    let kind_now = match kind {
        BackupKind::Cold => Some(Taken::Cold),
        BackupKind::Hot => Some(Taken::Hot),
        BackupKind::Full | BackupKind::Incremental => None,
    };
    match kind_now.filter(|_| order.is_none()) {
        Some(kind) => Action::Perform(Arc::new(Command::Backup { kind, from, name })),
        None => Action::Later(Later::Backup {
            kind,
            from,
            name,
            order,
        }),
    }
}
