//! Verbs of `zablab backup`.

use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value};
use zablab_core::model::{Epoch, Zxid};
use zablab_core::scenario::parser::value::{parse_date, parse_zxid};
use zablab_core::storage::backup::{CopyOrder, Keep, Kind, Point, Way};

use super::{Verb, bad, expected, text};
use crate::output::Failure;

/// What `backup` can do.
const VERBS: [&str; 5] = ["full", "incremental", "verify", "restore", "list"];

/// A verb of `backup` with its options.
#[derive(Debug)]
pub enum BackupVerb {
    /// `full`, `incremental`.
    Take(TakeOptions),
    /// `verify`.
    Verify(VerifyOptions),
    /// `restore`.
    Restore(RestoreOptions),
    /// `list`.
    List(ListOptions),
}

/// Options of `full` and `incremental`.
#[derive(Debug)]
pub struct TakeOptions {
    /// Which of the two.
    pub kind: Kind,
    /// The data directory.
    pub from: PathBuf,
    /// Where the log is, when it is not there too.
    pub log_dir: Option<PathBuf>,
    /// The vault.
    pub to: PathBuf,
    /// The name of the backup.
    pub id: Option<String>,
    /// What an increment goes on from.
    pub parent: Option<String>,
    /// How it is copied.
    pub way: Way,
    /// At most so many bytes a second.
    pub rate: Option<u64>,
    /// A bar even where standard error is no terminal.
    pub progress: bool,
    /// JSON instead of text.
    pub json: bool,
}

/// Options of `verify`.
#[derive(Debug)]
pub struct VerifyOptions {
    /// The vault.
    pub vault: PathBuf,
    /// One backup; all without it.
    pub id: Option<String>,
    /// Can it be restored to this?
    pub until: Option<Zxid>,
    /// A bar even where standard error is no terminal.
    pub progress: bool,
    /// JSON instead of text.
    pub json: bool,
}

/// Options of `restore`.
#[derive(Debug)]
pub struct RestoreOptions {
    /// The vault.
    pub vault: PathBuf,
    /// The data directory that is made.
    pub to: PathBuf,
    /// Which backup; the newest without it.
    pub id: Option<String>,
    /// To which point.
    pub point: Point,
    /// What happens to sessions.
    pub keep: Keep,
    /// What both epoch files say.
    pub epoch: Option<Epoch>,
    /// A bar even where standard error is no terminal.
    pub progress: bool,
    /// JSON instead of text.
    pub json: bool,
}

/// Options of `list`.
#[derive(Debug)]
pub struct ListOptions {
    /// The vault.
    pub vault: PathBuf,
    /// JSON instead of text.
    pub json: bool,
}

pub(super) fn parse(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let verb = match parser.next().map_err(bad)? {
        Some(Short('h') | Long("help")) => return Ok(Verb::Help),
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(other) => return Err(bad(other.unexpected())),
        None => return Err(expected("what to do", "", &VERBS)),
    };
    match verb.as_str() {
        "full" => take(parser, Kind::Full),
        "incremental" => take(parser, Kind::Incremental),
        "verify" => verify(parser),
        "restore" => restore(parser),
        "list" => list(parser),
        word => Err(expected("what to do", word, &VERBS)),
    }
}

fn take(mut parser: lexopt::Parser, kind: Kind) -> Result<Verb, Failure> {
    let (mut from, mut to) = (None, None);
    let mut options = TakeOptions {
        kind,
        from: PathBuf::new(),
        log_dir: None,
        to: PathBuf::new(),
        id: None,
        parent: None,
        way: Way::Copy(CopyOrder::SnapshotFirst),
        rate: None,
        progress: false,
        json: false,
    };
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("from") => from = Some(path(&mut parser)?),
            Long("log-dir") => options.log_dir = Some(path(&mut parser)?),
            Long("to" | "vault") => to = Some(path(&mut parser)?),
            Long("as" | "id") => options.id = Some(text(&mut parser)?),
            Long("parent") if kind == Kind::Incremental => {
                options.parent = Some(text(&mut parser)?);
            }
            Long("order") if kind == Kind::Full => options.way = order(&text(&mut parser)?)?,
            Long("rate") => options.rate = Some(rate(&text(&mut parser)?)?),
            Long("progress") => options.progress = true,
            Long("json") => options.json = true,
            Short('h') | Long("help") => return Ok(Verb::Help),
            other => return Err(bad(other.unexpected())),
        }
    }
    options.from = from.ok_or_else(|| missing("of which --from DIR?"))?;
    options.to = to.ok_or_else(|| missing("--to which VAULT?"))?;
    Ok(Verb::Backup(BackupVerb::Take(options)))
}

fn verify(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut vault = None;
    let (mut id, mut until) = (None, None);
    let (mut progress, mut json) = (false, false);
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("vault") => vault = Some(path(&mut parser)?),
            Long("id") => id = Some(text(&mut parser)?),
            Long("until") => until = Some(zxid(&text(&mut parser)?)?),
            Long("progress") => progress = true,
            Long("json") => json = true,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(word) if id.is_none() => id = Some(word.to_string_lossy().into_owned()),
            other => return Err(bad(other.unexpected())),
        }
    }
    Ok(Verb::Backup(BackupVerb::Verify(VerifyOptions {
        vault: vault.ok_or_else(|| missing("which --vault VAULT?"))?,
        id,
        until,
        progress,
        json,
    })))
}

fn restore(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let (mut vault, mut to, mut until, mut before) = (None, None, None, None);
    let mut options = RestoreOptions {
        vault: PathBuf::new(),
        to: PathBuf::new(),
        id: None,
        point: Point::End,
        keep: Keep::Sessions,
        epoch: None,
        progress: false,
        json: false,
    };
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("vault") => vault = Some(path(&mut parser)?),
            Long("to") => to = Some(path(&mut parser)?),
            Long("id") => options.id = Some(text(&mut parser)?),
            Long("until") => until = Some(zxid(&text(&mut parser)?)?),
            Long("before") => before = Some(time(&text(&mut parser)?)?),
            Long("drop-sessions") => options.keep = Keep::NoSessions,
            Long("epoch") => options.epoch = Some(epoch(&text(&mut parser)?)?),
            Long("progress") => options.progress = true,
            Long("json") => options.json = true,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(word) if options.id.is_none() => {
                options.id = Some(word.to_string_lossy().into_owned());
            }
            other => return Err(bad(other.unexpected())),
        }
    }
    options.vault = vault.ok_or_else(|| missing("from which --vault VAULT?"))?;
    options.to = to.ok_or_else(|| missing("--to which DIR?"))?;
    options.point = match (until, before) {
        (None, None) => Point::End,
        (Some(zxid), None) => Point::Zxid(zxid),
        (None, Some(time)) => Point::BeforeTime(time),
        (Some(_), Some(_)) => return Err(missing("--until or --before? Not both")),
    };
    Ok(Verb::Backup(BackupVerb::Restore(options)))
}

fn list(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let (mut vault, mut json) = (None, false);
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("vault") => vault = Some(path(&mut parser)?),
            Long("json") => json = true,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(word) if vault.is_none() => vault = Some(PathBuf::from(word)),
            other => return Err(bad(other.unexpected())),
        }
    }
    let vault = vault.ok_or_else(|| missing("which --vault VAULT?"))?;
    Ok(Verb::Backup(BackupVerb::List(ListOptions { vault, json })))
}

fn order(word: &str) -> Result<Way, Failure> {
    match word {
        "snapshot-first" => Ok(Way::Copy(CopyOrder::SnapshotFirst)),
        "log-first" => Ok(Way::Copy(CopyOrder::LogsFirst)),
        _ => Err(expected("an order", word, &["snapshot-first", "log-first"])),
    }
}

/// `640`, `64K`, `10M`, `1G`.
fn rate(word: &str) -> Result<u64, Failure> {
    let (digits, unit) = match word.as_bytes().last() {
        Some(b'K') => (&word[..word.len() - 1], 1 << 10),
        Some(b'M') => (&word[..word.len() - 1], 1 << 20),
        Some(b'G') => (&word[..word.len() - 1], 1 << 30),
        _ => (word, 1),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| odd("bytes a second like 640, 64K, 10M", word))
}

fn zxid(word: &str) -> Result<Zxid, Failure> {
    parse_zxid(word).ok_or_else(|| odd("a zxid like 1.7 or 0x100000007", word))
}

/// A date, or milliseconds since 1970.
fn time(word: &str) -> Result<i64, Failure> {
    let time = parse_date(word).or_else(|| word.parse().ok());
    time.ok_or_else(|| odd("a time like 2026-01-01T00:00:00Z, or milliseconds", word))
}

fn epoch(word: &str) -> Result<Epoch, Failure> {
    let number = word.parse().ok().map(Epoch);
    let number = number.filter(|epoch| (Epoch(0)..Epoch::LAST).contains(epoch));
    number.ok_or_else(|| odd("an epoch, a number from 0 to 2147483646", word))
}

fn path(parser: &mut lexopt::Parser) -> Result<PathBuf, Failure> {
    Ok(PathBuf::from(parser.value().map_err(bad)?))
}

fn odd(what: &str, word: &str) -> Failure {
    Failure::Input(format!("zablab backup: expected {what}, found {word:?}"))
}

fn missing(what: &str) -> Failure {
    Failure::Input(format!("zablab backup: {what}"))
}
