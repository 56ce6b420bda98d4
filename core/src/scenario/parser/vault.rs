//! Lines about real directories, backups and restores.

use super::super::ast::{Action, BackupKind, CopyOrder, Later};
use super::super::error::ScriptError;
use super::args::{Args, Piece};
use super::{Scope, fresh_name, value};

/// The action of a line that begins with `verb`.
pub fn action(verb: &str, args: &mut Args, scope: &mut Scope) -> Result<Later, ScriptError> {
    if verb == "backup" {
        return backup(args, scope);
    }
    let name = scope.backup(&args.word("the name of a backup")?)?;
    let to = args.required("to")?;
    Ok(match verb {
        "restore" => Later::Restore {
            name,
            to: scope.servers(&to)?,
            until: args.option("until").map(|p| value::zxid(&p)).transpose()?,
        },
        "copy" => Later::Copy {
            name,
            to: scope.server(&to)?,
        },
        _ => Later::AdminRestore {
            name,
            to: scope.server(&to)?,
        },
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
fn backup(args: &mut Args, scope: &mut Scope) -> Result<Later, ScriptError> {
    let what = "full, incremental, cold, hot, verify or policy";
    let word = args.word(what)?;
    let kind = match word.text.as_str() {
        "verify" => {
            let name = scope.backup(&args.word("the name of a backup")?)?;
            return Ok(Later::BackupVerify(name));
        }
        "policy" => return Ok(Later::BackupPolicy(args.rest_of_pairs())),
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
    Ok(Later::Backup {
        kind,
        from,
        name,
        order: order.transpose()?,
    })
}
