//! `until` and `expect`: claims about the run.

use super::super::ast::{Action, BackupState, Claim, Fact, On, ReplyOutcome, Target};
use super::super::error::ScriptError;
use super::args::{Args, Piece};
use super::{Scope, WITHIN, recipe, value};
use crate::model::{ErrorCode, EventKind};
use crate::protocol::zab::state::Role;
use crate::protocol::zab::sync_plan::SyncMode;
use crate::world::client::ClientState;

/// Every word a claim can begin with.
pub const FACTS: [&str; 27] = [
    "leader",
    "role",
    "data",
    "absent",
    "committed",
    "applied",
    "lost",
    "lamp",
    "property",
    "sync",
    "file",
    "equal",
    "reply",
    "event",
    "session",
    "recipe",
    "store",
    "backup",
    "verified",
    "declared",
    "rpo",
    "rto",
    "epoch",
    "started",
    "crash",
    "synced",
    "quiet",
];

/// Names of the lamps.
pub const LAMPS: [&str; 6] = ["I1", "I2", "I3", "I4", "I5", "I6"];

/// `until leader within=60s`.
pub fn until(args: &mut Args, scope: &Scope) -> Result<Action, ScriptError> {
    let within = args.option("within").map(|p| value::positive_duration(&p));
    let within = within.transpose()?.unwrap_or(WITHIN);
    let claim = claim(args, scope)?;
    Ok(Action::Until { claim, within })
}

/// A fact, perhaps after `not`.
pub fn claim(args: &mut Args, scope: &Scope) -> Result<Claim, ScriptError> {
    let not = args.take("not");
    let word = args.word("a fact, like leader")?;
    let fact = fact(&word, args, scope)?;
    Ok(Claim { not, fact })
}

fn fact(word: &Piece, args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    Ok(match word.text.as_str() {
        "leader" => leader(args, scope)?,
        "role" => role(args, scope)?,
        "data" => Fact::Data {
            path: path(args)?,
            data: data(&args.next("data in double quotes, or null")?)?,
            on: on(args, scope)?,
        },
        "absent" => Fact::Absent {
            path: path(args)?,
            on: on(args, scope)?,
        },
        "committed" => Fact::Committed(target(&args.next(TARGET)?)?),
        "applied" => Fact::Applied {
            target: target(&args.next(TARGET)?)?,
            on: on(args, scope)?,
        },
        "lost" => Fact::Lost(lost(args)?),
        "lamp" => lamp(args)?,
        "property" => property(args)?,
        "sync" => {
            let server = scope.server(&args.word("a server id")?)?;
            let modes = [SyncMode::Diff, SyncMode::Trunc, SyncMode::Snap].map(|m| (m.word(), m));
            let what = "DIFF, TRUNC or SNAP";
            Fact::Sync(server, value::choice(&args.word(what)?, what, &modes)?)
        }
        "file" => file(args, scope)?,
        "equal" => {
            let piece = args.word("servers like 1,2,3")?;
            let servers = scope.servers(&piece)?;
            if servers.len() < 2 {
                return Err(piece.expected("at least two servers, like 1,2"));
            }
            Fact::Equal(servers)
        }
        "reply" => reply(args, scope)?,
        "event" => event(args, scope)?,
        "session" => session(args, scope)?,
        "recipe" => recipe::standing(args, scope)?,
        "store" => recipe::store(args, scope)?,
        "backup" => backup(args, scope)?,
        "verified" => {
            let name = scope.backup(&args.word("the name of a backup")?)?;
            let to = args.next_if_any().map(|p| value::zxid(&p)).transpose()?;
            Fact::Verified(name, to)
        }
        "declared" => match args.take("none") {
            true => Fact::Declared(None),
            false => Fact::Declared(Some(value::zxid(&args.word("none or a zxid")?)?)),
        },
        "rpo" => Fact::Rpo(value::number(
            &args.word("how many")?,
            "how many",
            0,
            1_000_000,
        )?),
        "rto" => Fact::Rto(value::duration(&args.word("a duration like 500ms")?)?),
        "epoch" => epoch(args, scope)?,
        "started" => {
            let server = scope.server(&args.word("a server id")?)?;
            Fact::Started(server, value::yes_no(&args.word("yes or no")?)?)
        }
        "crash" => Fact::Crash(scope.server(&args.word("a server id")?)?),
        "synced" => Fact::Synced(scope.server(&args.word("a server id")?)?),
        "quiet" => Fact::Quiet,
        _ => return Err(word.expected_word("a fact", FACTS)),
    })
}

const TARGET: &str = "a zxid like 1.7 or a path like /p";

fn leader(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    if args.take("none") {
        return Ok(Fact::Leader(Some(None)));
    }
    let server = args.next_if_any().map(|p| scope.server(&p)).transpose()?;
    Ok(Fact::Leader(server.map(Some)))
}

fn role(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let server = scope.server(&args.word("a server id")?)?;
    let what = "looking, following, leading, observing or down";
    let words = [
        ("looking", Some(Role::Looking)),
        ("following", Some(Role::Following)),
        ("leading", Some(Role::Leading)),
        ("observing", Some(Role::Observing)),
        ("down", None),
    ];
    Ok(Fact::Role(
        server,
        value::choice(&args.word(what)?, what, &words)?,
    ))
}

fn lost(args: &mut Args) -> Result<Option<Target>, ScriptError> {
    let piece = args.next("none, a zxid or a path")?;
    if piece.text == "none" && !piece.quoted {
        return Ok(None);
    }
    target(&piece).map(Some)
}

fn lamp(args: &mut Args) -> Result<Fact, ScriptError> {
    let names = LAMPS.map(|l| (l, l));
    let name = value::choice(&args.word("a lamp, I1 to I6")?, "a lamp", &names)?;
    let colours = [("green", true), ("red", false)];
    let green = value::choice(&args.word("green or red")?, "green or red", &colours)?;
    Ok(Fact::Lamp {
        name: name.to_owned(),
        green,
    })
}

/// `property S9 true`; also the liveness properties `L1` to `L6`.
fn property(args: &mut Args) -> Result<Fact, ScriptError> {
    let piece = args.word("a property, like S9")?;
    let numbered = |letter: char, last: u32| {
        let digits = piece.text.strip_prefix(letter)?;
        digits.parse().ok().filter(|n| (1..=last).contains(n))
    };
    let known = numbered('S', 20).or_else(|| numbered('L', 6)).is_some();
    if !known || piece.text[1..].starts_with(['0', '+']) {
        return Err(piece.expected("a property, S1 to S20 or L1 to L6"));
    }
    let words = [("true", true), ("false", false)];
    let holds = value::choice(&args.word("true or false")?, "true or false", &words)?;
    Ok(Fact::Property {
        name: piece.text,
        holds,
    })
}

fn file(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let server = scope.server(&args.word("a server id")?)?;
    let name = args.next("a file name like log.100000001")?.text;
    let mut bytes = |key| -> Result<Option<u64>, ScriptError> {
        let found = args.option(key);
        found
            .map(|p| value::size(&p, "a size", 0, 1 << 40))
            .transpose()
    };
    Ok(Fact::File {
        server,
        name,
        durable: bytes("durable")?,
        pending: bytes("pending")?,
    })
}

/// `reply a NODEEXISTS path=… data=… czxid=…`.
fn reply(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let client = scope.client(&args.word("a client")?)?;
    let outcome = args.next_if_any().map(|p| outcome(&p)).transpose()?;
    let path = args.option("path").map(value::path).transpose()?;
    let data = args.option("data").map(|p| value::data(&p)).transpose()?;
    let czxid = args.option("czxid").map(|p| value::zxid(&p)).transpose()?;
    Ok(Fact::Reply {
        client,
        outcome,
        path,
        data,
        czxid,
    })
}

/// `event a NodeDeleted /p times=1`.
fn event(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let client = scope.client(&args.word("a client")?)?;
    let what = "an event, like NodeDeleted";
    let piece = args.word(what)?;
    let names = EventKind::ALL.map(EventKind::name);
    let kind = EventKind::from_name(&piece.text).ok_or_else(|| piece.expected_word(what, names))?;
    let times = args
        .option("times")
        .map(|p| value::number(&p, "how often", 0, 1_000_000));
    Ok(Fact::Event {
        client,
        kind,
        path: path(args)?,
        times: times.transpose()?,
    })
}

/// `session a connected on=3`.
fn session(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let client = scope.client(&args.word("a client")?)?;
    let what = "connecting, connected, closed or expired";
    let words = ClientState::ALL.map(|state| (state.word(), state));
    let state = value::choice(&args.word(what)?, what, &words)?;
    let on = args.option("on").map(|p| scope.server(&p)).transpose()?;
    Ok(Fact::Session { client, state, on })
}

fn outcome(piece: &Piece) -> Result<ReplyOutcome, ScriptError> {
    match piece.text.as_str() {
        "unknown" => return Ok(ReplyOutcome::Unknown),
        "pending" => return Ok(ReplyOutcome::Pending),
        _ => {}
    }
    let code = ErrorCode::from_name(&piece.text).map(ReplyOutcome::Told);
    code.ok_or_else(|| {
        let names = ErrorCode::ALL.iter().map(|c| c.name());
        piece.expected_word(
            "a reply code, unknown or pending",
            names.chain(["unknown", "pending"]),
        )
    })
}

/// `backup b1 whole`.
fn backup(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let name = scope.backup(&args.word("the name of a backup")?)?;
    let what = "taking, incomplete, whole, broken or gone";
    let words = BackupState::ALL.map(|state| (state.word(), state));
    let state = value::choice(&args.word(what)?, what, &words)?;
    Ok(Fact::Backup(name, state))
}

fn epoch(args: &mut Args, scope: &Scope) -> Result<Fact, ScriptError> {
    let server = scope.server(&args.word("a server id")?)?;
    let accepted = args
        .option("accepted")
        .map(|p| value::epoch(&p))
        .transpose()?;
    let current = args
        .option("current")
        .map(|p| value::epoch(&p))
        .transpose()?;
    if accepted.is_none() && current.is_none() {
        return Err(args.missing("accepted=... or current=..."));
    }
    Ok(Fact::Epoch {
        server,
        accepted,
        current,
    })
}

fn on(args: &mut Args, scope: &Scope) -> Result<On, ScriptError> {
    match args.option("on") {
        None => Ok(On::All),
        Some(piece) if piece.text == "all" => Ok(On::All),
        Some(piece) => scope.servers(&piece).map(On::Servers),
    }
}

fn target(piece: &Piece) -> Result<Target, ScriptError> {
    if piece.quoted || piece.text.starts_with('/') {
        return Ok(Target::Path(piece.text.clone()));
    }
    match value::parse_zxid(&piece.text) {
        Some(zxid) => Ok(Target::Zxid(zxid)),
        None => Err(piece.expected(TARGET)),
    }
}

fn path(args: &mut Args) -> Result<String, ScriptError> {
    value::path(args.next("a path like /p")?)
}

/// Data, or the word `null`.
fn data(piece: &Piece) -> Result<Option<Vec<u8>>, ScriptError> {
    if piece.text == "null" && !piece.quoted {
        return Ok(None);
    }
    value::data(piece).map(Some)
}
