//! Lines about real directories, backups and restores.

use std::sync::Arc;

use super::super::ast::Action;
use super::super::error::ScriptError;
use super::args::{Args, Piece};
use super::{Scope, fresh_name, value};
use crate::base::{Duration, ServerId};
use crate::world::Command;
use crate::world::vault::{
    BackupKind, CopyOrder, Point, PolicyOrder, RATE, RestoreOrder, ShipOrder, TakeOrder,
    VaultFault, VaultOrder,
};

const ORDERS: [(&str, CopyOrder); 2] = [
    ("snapshot-first", CopyOrder::SnapshotFirst),
    ("log-first", CopyOrder::LogsFirst),
];
/// Bounds of a rate, and of the room in a vault.
const BYTES_MAX: u64 = 1 << 40;
/// What a rule calls its backups when nobody says otherwise.
const POLICY: &str = "policy";

/// The action of a line that begins with `verb`.
pub fn action(verb: &str, args: &mut Args, scope: &mut Scope) -> Result<Action, ScriptError> {
    let command = match verb {
        "backup" => backup(args, scope)?,
        "vault" => Command::Vault(VaultOrder::Fault(fault(args, scope)?)),
        _ => {
            let name = scope.backup(&args.word("the name of a backup")?)?;
            let to = args.required("to")?;
            match verb {
                "restore" => {
                    let to = scope.servers(&to)?;
                    let order = restore(name, to, args, scope.clock_ms)?;
                    Command::Vault(VaultOrder::Restore(order))
                }
                "copy" => Command::Copy {
                    name,
                    to: scope.server(&to)?,
                },
                _ => Command::AdminRestore {
                    name,
                    to: scope.server(&to)?,
                },
            }
        }
    };
    Ok(Action::Perform(Arc::new(command)))
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
        (Some(zxid), None) => Some(Point::Zxid(zxid)),
        (None, Some(piece)) => Some(Point::BeforeTime(time(piece, clock_ms)?)),
        (None, None) => None,
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

/// `backup full from=2 as=b1 order=snapshot-first`, `backup verify b1`, `backup policy from=2 …`.
fn backup(args: &mut Args, scope: &mut Scope) -> Result<Command, ScriptError> {
    let what = "full, incremental, cold, hot, ship, resume, stop, verify or policy";
    let word = args.word(what)?;
    let named = |args: &mut Args, scope: &Scope| -> Result<Arc<str>, ScriptError> {
        let piece = args.word("the name of a backup")?;
        Ok(scope.backup(&piece)?.into())
    };
    let order = match word.text.as_str() {
        "verify" => VaultOrder::Verify(named(args, scope)?),
        "resume" => VaultOrder::Resume(named(args, scope)?),
        "stop" => VaultOrder::Stop(named(args, scope)?),
        "ship" => VaultOrder::Ship(ship(args, scope)?),
        "policy" => VaultOrder::Policy(policy(args, scope)?),
        text => {
            let kind = BackupKind::ALL.into_iter().find(|k| k.word() == text);
            let Some(kind) = kind else {
                let words = BackupKind::ALL.map(BackupKind::word).into_iter();
                let words = words.chain(["ship", "resume", "stop", "verify", "policy"]);
                return Err(word.expected_word(what, words));
            };
            return taken(kind, args, scope);
        }
    };
    Ok(Command::Vault(order))
}

fn taken(kind: BackupKind, args: &mut Args, scope: &mut Scope) -> Result<Command, ScriptError> {
    let from = scope.server(&args.required("from")?)?;
    let parent = match kind {
        BackupKind::Incremental => Some(scope.backup(&args.required("parent")?)?),
        _ => None,
    };
    let name = new_name(args, scope)?;
    if matches!(kind, BackupKind::Cold | BackupKind::Hot) {
        return Ok(Command::Backup { kind, from, name });
    }
    let order = args.option("order").filter(|_| parent.is_none());
    let order = order.map(|p| value::choice(&p, "snapshot-first or log-first", &ORDERS));
    Ok(Command::Vault(VaultOrder::Take(TakeOrder {
        from,
        name: name.into(),
        parent: parent.map(Arc::from),
        order: order.transpose()?.unwrap_or(CopyOrder::SnapshotFirst),
        rate: rate(args)?,
    })))
}

fn new_name(args: &mut Args, scope: &mut Scope) -> Result<String, ScriptError> {
    let name = args.required("as")?;
    let name = fresh_name(&name, "a name for the backup")?;
    scope.backups.insert(name.clone());
    Ok(name)
}

/// `backup ship from=2 parent=b1 as=b every=5s`.
fn ship(args: &mut Args, scope: &mut Scope) -> Result<ShipOrder, ScriptError> {
    let from = scope.server(&args.required("from")?)?;
    let parent = scope.backup(&args.required("parent")?)?.into();
    let name = new_name(args, scope)?;
    scope.rules.insert(name.clone());
    Ok(ShipOrder {
        from,
        name: name.into(),
        parent,
        every: value::positive_duration(&args.required("every")?)?,
        rate: rate(args)?,
    })
}

/// `backup policy from=2 full=1h incremental=5m keep=3 age=24h`, `backup policy off`.
fn policy(args: &mut Args, scope: &mut Scope) -> Result<Option<PolicyOrder>, ScriptError> {
    if args.take("off") {
        return Ok(None);
    }
    let period = |args: &mut Args, key: &'static str| -> Result<Option<Duration>, ScriptError> {
        let found = args.option(key).map(|p| value::positive_duration(&p));
        found.transpose()
    };
    let from = scope.server(&args.required("from")?)?;
    let full = value::positive_duration(&args.required("full")?)?;
    let incremental = period(args, "incremental")?;
    let keep = args
        .option("keep")
        .map(|p| value::number(&p, "how many", 1, 1_000));
    let age = period(args, "age")?;
    let name = match args.option("as") {
        Some(piece) => fresh_name(&piece, "a name for the backup")?,
        None => POLICY.to_owned(),
    };
    scope.rules.insert(name.clone());
    Ok(Some(PolicyOrder {
        from,
        name: name.into(),
        full,
        incremental,
        keep: keep.transpose()?.map(|keep| keep as u32),
        age,
        rate: rate(args)?,
    }))
}

fn rate(args: &mut Args) -> Result<u64, ScriptError> {
    let found = args.option("rate");
    let found = found.map(|p| value::size(&p, "bytes a second", 1, BYTES_MAX));
    Ok(found.transpose()?.unwrap_or(RATE))
}

/// `vault cut`, `vault heal`, `vault capacity=64K`, `vault flip b1 file=… offset=40 bit=0`,
/// `vault delete b1`.
fn fault(args: &mut Args, scope: &Scope) -> Result<VaultFault, ScriptError> {
    if let Some(room) = args.option("capacity") {
        if room.text == "ok" {
            return Ok(VaultFault::Capacity(None));
        }
        let room = value::size(&room, "bytes in the vault", 0, BYTES_MAX)?;
        return Ok(VaultFault::Capacity(Some(room)));
    }
    let what = "cut, heal, capacity=64K, flip or delete";
    let word = args.word(what)?;
    Ok(match word.text.as_str() {
        "cut" => VaultFault::Cut(true),
        "heal" => VaultFault::Cut(false),
        "flip" => VaultFault::Flip {
            backup: scope.backup(&args.word("the name of a backup")?)?.into(),
            file: args.required("file")?.text,
            offset: value::number(&args.required("offset")?, "a byte offset", 0, BYTES_MAX)?,
            bit: value::number(&args.required("bit")?, "a bit", 0, 7)? as u8,
        },
        "delete" => VaultFault::Delete(scope.backup(&args.word("the name of a backup")?)?.into()),
        _ => return Err(word.expected_word(what, ["cut", "heal", "flip", "delete"])),
    })
}
