//! Lines about real directories, backups and restores.

use std::sync::Arc;

use super::super::ast::{Action, BackupKind, CopyOrder, Later};
use super::super::error::ScriptError;
use super::args::{Args, Piece};
use super::{Scope, fresh_name, value};
use crate::base::ServerId;
use crate::world::Command;
use crate::world::vault::BackupKind as Taken;

/// The action of a line that begins with `verb`.
pub fn action(verb: &str, args: &mut Args, scope: &mut Scope) -> Result<Action, ScriptError> {
    if verb == "backup" {
        return backup(args, scope);
    }
    let name = scope.backup(&args.word("the name of a backup")?)?;
    let to = args.required("to")?;
    Ok(match verb {
        "restore" => Action::Later(Later::Restore {
            name,
            to: scope.servers(&to)?,
            until: args.option("until").map(|p| value::zxid(&p)).transpose()?,
        }),
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
