//! Script text → [`Program`].
//!
//! The reader knows what has been declared so far: a server or a client that does not exist is an
//! error of the text, with its place, not a surprise of the run. It never panics, whatever it is fed.
//!
//! ```text
//!  text ──► token::tokens ──► Args ──► setup | client | fault | fact | vault ──► Action
//!             one line        taken one by one; what is left over is an error
//! ```

mod args;
mod client;
mod fact;
mod fault;
mod recipe;
mod setup;
pub mod value;
mod vault;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::args::{Args, Piece};
use super::ast::{Action, Line, Program};
use super::error::{Position, Problem, ScriptError};
use super::token::{self, Kind, Token};
use crate::base::{Duration, Gather, Instant, ServerId};
use crate::model::Ensemble;
use crate::world::command::Endpoint;
use crate::world::config::Config;

pub use self::value::{parse_zxid, print_date};

/// Largest script, in bytes.
pub const SCRIPT_BYTES_MAX: usize = 64 * 1024;
/// Largest number of commands in a script.
pub const COMMANDS_MAX: usize = 2_000;
/// Largest number of steps of a run.
pub const STEPS_MAX: u64 = 1_000_000;
/// The rules version this reader knows.
pub const RULES_VERSION: u64 = 1;

/// Every verb that begins a line; no client and no backup may bear such a name.
pub const VERBS: [&str; 32] = [
    "zablab",
    "ensemble",
    "load",
    "client",
    "crash",
    "restart",
    "pause",
    "resume",
    "cut",
    "partition",
    "heal",
    "slow",
    "lose",
    "late",
    "disk",
    "clock",
    "snapshot",
    "purge",
    "wipe",
    "store",
    "backup",
    "vault",
    "restore",
    "copy",
    "admin-restore",
    "run",
    "step",
    "until",
    "at",
    "expect",
    "beat",
    "note",
];

/// Reads a script.
pub fn parse(text: &str) -> Result<Program, ScriptError> {
    let start = Position { line: 1, column: 1 };
    if text.len() > SCRIPT_BYTES_MAX {
        let problem = Problem::Limit {
            what: "bytes in a script",
            max: SCRIPT_BYTES_MAX as u64,
        };
        return Err(ScriptError::new(start, problem));
    }
    let mut parser = Parser::new(text);
    while let Some(source) = parser.next_line()? {
        parser.line(source)?;
    }
    Ok(Program {
        lines: parser.found,
    })
}

/// Reads a script that may not even be text.
pub fn parse_bytes(bytes: &[u8]) -> Result<Program, ScriptError> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = String::from_utf8_lossy(&bytes[..e.valid_up_to()]);
        let last = before.rsplit('\n').next().unwrap_or_default();
        let at = Position {
            line: 1 + before.matches('\n').count() as u32,
            column: 1 + last.chars().count() as u32,
        };
        ScriptError::new(at, Problem::expected("UTF-8 text", Some("other bytes")))
    })?;
    parse(text)
}

/// What the lines so far have declared.
struct Scope {
    ensemble: Ensemble,
    /// The clocks at the start of the run.
    clock_ms: i64,
    clients: BTreeSet<String>,
    backups: BTreeSet<String>,
    /// Rules, whose backups are called after them, with a number.
    rules: BTreeSet<String>,
}

/// The tokens of a line and where it ends.
struct Source {
    line: u32,
    end: u32,
    tokens: Vec<Token>,
}

struct Parser<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    scope: Scope,
    found: Vec<Line>,
    seen_any: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            lines: text.trim_start_matches('\u{feff}').lines().enumerate(),
            scope: Scope {
                ensemble: Config::default().ensemble,
                clock_ms: Config::default().clock_ms,
                clients: BTreeSet::new(),
                backups: BTreeSet::new(),
                rules: BTreeSet::new(),
            },
            found: Vec::new(),
            seen_any: false,
        }
    }

    /// The next line that is not empty.
    fn next_line(&mut self) -> Result<Option<Source>, ScriptError> {
        for (i, text) in self.lines.by_ref() {
            let line = i as u32 + 1;
            let tokens = token::tokens(text, line)?;
            if !tokens.is_empty() {
                let end = text.trim_end().chars().count() as u32 + 1;
                return Ok(Some(Source { line, end, tokens }));
            }
        }
        Ok(None)
    }

    fn line(&mut self, source: Source) -> Result<(), ScriptError> {
        let first = Piece {
            at: Position {
                line: source.line,
                column: source.tokens[0].column,
            },
            text: source.tokens[0].shown().to_owned(),
            quoted: !matches!(source.tokens[0].kind, Kind::Word(_)),
        };
        if first.quoted {
            return Err(first.expected("a verb or a client"));
        }
        if self.found.len() >= COMMANDS_MAX {
            let problem = Problem::Limit {
                what: "commands in a script",
                max: COMMANDS_MAX as u64,
            };
            return Err(ScriptError::new(first.at, problem));
        }
        let is_first = !std::mem::replace(&mut self.seen_any, true);
        let mut args = Args::new(source.line, source.tokens, 1, source.end)?;
        let action = match first.text.as_str() {
            "zablab" => {
                version(&first, args, is_first)?;
                return Ok(());
            }
            "ensemble" => self.ensemble(&first, &mut args)?,
            name if self.scope.clients.contains(name) => {
                let name = name.to_owned();
                self.client_line(name, &mut args)?
            }
            _ => verb(&first, &mut args, &mut self.scope)?,
        };
        args.finish()?;
        self.found.push(Line {
            at: first.at,
            action,
        });
        Ok(())
    }

    fn ensemble(&mut self, first: &Piece, args: &mut Args) -> Result<Action, ScriptError> {
        if !self.found.is_empty() {
            let problem = Problem::Misplaced("ensemble must be the first command");
            return Err(ScriptError::new(first.at, problem));
        }
        let config = setup::ensemble(args)?;
        self.scope.ensemble = config.ensemble.clone();
        self.scope.clock_ms = config.clock_ms;
        Ok(Action::Ensemble(Arc::new(config)))
    }

    /// A line that begins with a client's name; a multi goes on over the next lines.
    fn client_line(&mut self, name: String, args: &mut Args) -> Result<Action, ScriptError> {
        let reads = args.take("multi-read");
        if !reads && !args.take("multi") {
            return client::action(name, args);
        }
        let open = args.word("{")?;
        if open.text != "{" {
            return Err(open.expected("{"));
        }
        let mut operations = Vec::new();
        loop {
            let Some(source) = self.next_line()? else {
                return Err(args.missing("a line with } that ends this multi"));
            };
            let mut inner = Args::new(source.line, source.tokens, 0, source.end)?;
            if inner.take("}") {
                inner.finish()?;
                return Ok(match reads {
                    true => client::multi_read(name, operations),
                    false => client::multi(name, operations),
                });
            }
            operations.push(match reads {
                true => client::reading(&mut inner)?,
                false => client::operation(&mut inner)?,
            });
            inner.finish()?;
        }
    }
}

fn version(first: &Piece, mut args: Args, is_first: bool) -> Result<(), ScriptError> {
    if !is_first {
        let problem = Problem::Misplaced("zablab 1 must be the first line");
        return Err(ScriptError::new(first.at, problem));
    }
    let version = args.word("the rules version, 1")?;
    value::number(&version, "the rules version", 1, RULES_VERSION)?;
    args.finish()
}

/// A line that begins with a verb.
fn verb(first: &Piece, args: &mut Args, scope: &mut Scope) -> Result<Action, ScriptError> {
    Ok(match first.text.as_str() {
        "client" => client::declaration(args, scope)?,
        "run" => Action::Run(value::duration(&args.word("a duration like 500ms")?)?),
        "step" => Action::Step(step_count(args)?),
        "at" => at(&args.word("an instant like 1.256s")?)?,
        "until" => fact::until(args, scope)?,
        "expect" => Action::Expect(fact::claim(args, scope)?),
        "beat" => Action::Beat(beat(args)?),
        "note" => Action::Note(text(args)?),
        "crash" | "restart" | "pause" | "resume" | "cut" | "partition" | "heal" | "slow"
        | "lose" | "late" | "disk" | "clock" | "snapshot" | "purge" | "wipe" | "store" => {
            Action::Perform(Arc::new(fault::command(&first.text, args, scope)?))
        }
        "load" => vault::load(args, scope)?,
        "backup" | "vault" | "restore" | "copy" | "admin-restore" => {
            vault::action(&first.text, args, scope)?
        }
        _ => return Err(unknown(first, args, scope)),
    })
}

/// The error for a line whose first word is neither a verb nor a client.
fn unknown(first: &Piece, args: &mut Args, scope: &Scope) -> ScriptError {
    let second = args.next_if_any().map(|p| p.text).unwrap_or_default();
    if is_name(&first.text) && client::VERBS.contains(&second.as_str()) {
        let known = scope.clients.iter().map(String::as_str);
        return first.expected_word("a client; declare it with client NAME server=1", known);
    }
    let words = VERBS
        .into_iter()
        .chain(scope.clients.iter().map(String::as_str));
    first.expected_word("a verb or a client", words)
}

fn step_count(args: &mut Args) -> Result<u64, ScriptError> {
    match args.next_if_any() {
        Some(piece) => value::number(&piece, "the number of steps", 1, STEPS_MAX),
        None => Ok(1),
    }
}

fn at(piece: &Piece) -> Result<Action, ScriptError> {
    let (instant, after) = match piece.text.split_once('+') {
        Some((instant, after)) => (instant, Some(after)),
        None => (piece.text.as_str(), None),
    };
    let offset = instant.chars().count() + 1;
    let instant = value::duration(&piece.part(0, instant))?;
    let after = after
        .map(|n| value::number(&piece.part(offset, n), "the number of events", 0, STEPS_MAX))
        .transpose()?;
    Ok(Action::At {
        instant: Instant::ZERO + instant,
        after,
    })
}

fn beat(args: &mut Args) -> Result<String, ScriptError> {
    let name = args.word("the name of a beat")?;
    if is_name(&name.text) {
        return Ok(name.text);
    }
    Err(name.expected("a name of letters, digits, - and _"))
}

fn text(args: &mut Args) -> Result<String, ScriptError> {
    let piece = args.next("text in double quotes")?;
    if piece.quoted {
        return Ok(piece.text);
    }
    Err(piece.expected("text in double quotes"))
}

/// True for a word that may name a client, a backup or a beat.
pub fn is_name(word: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    word.starts_with(char::is_alphabetic) && word.chars().all(good) && word.chars().count() <= 40
}

/// A name that is not taken by a verb.
fn fresh_name(piece: &Piece, what: &str) -> Result<String, ScriptError> {
    if VERBS.contains(&piece.text.as_str()) {
        return Err(piece.expected(&format!("{what} that is not a verb")));
    }
    if piece.quoted || !is_name(&piece.text) {
        return Err(piece.expected(&format!("{what} of letters, digits, - and _")));
    }
    Ok(piece.text.clone())
}

impl Scope {
    fn server(&self, piece: &Piece) -> Result<ServerId, ScriptError> {
        let last = self.ensemble.servers().last().map_or(1, |s| s.0);
        let n = value::number(piece, "a server id", 1, u64::from(last))?;
        Ok(ServerId(n as u8))
    }

    fn servers(&self, piece: &Piece) -> Result<Vec<ServerId>, ScriptError> {
        let ids: Result<Vec<_>, _> = piece.split(',').iter().map(|p| self.server(p)).collect();
        let ids = ids?;
        let distinct: BTreeSet<ServerId> = ids.iter().copied().gather();
        if distinct.len() < ids.len() {
            return Err(piece.expected("each server once"));
        }
        Ok(ids)
    }

    fn client(&self, piece: &Piece) -> Result<String, ScriptError> {
        if self.clients.contains(&piece.text) {
            return Ok(piece.text.clone());
        }
        let known = self.clients.iter().map(String::as_str);
        Err(piece.expected_word("a client", known))
    }

    fn endpoint(&self, piece: &Piece) -> Result<Endpoint, ScriptError> {
        if piece.text.starts_with(|c: char| c.is_ascii_digit()) {
            return self.server(piece).map(Endpoint::Server);
        }
        if self.clients.contains(&piece.text) {
            return Ok(Endpoint::Client(piece.text.clone()));
        }
        let known = self.clients.iter().map(String::as_str);
        Err(piece.expected_word("a server id or a client", known))
    }

    fn backup(&self, piece: &Piece) -> Result<String, ScriptError> {
        let by_rule = || {
            let (rule, number) = piece.text.rsplit_once('-')?;
            let number = number.parse::<u32>().ok()?;
            (number > 0 && self.rules.contains(rule)).then_some(())
        };
        if self.backups.contains(&piece.text) || by_rule().is_some() {
            return Ok(piece.text.clone());
        }
        let known = self.backups.iter().map(String::as_str);
        Err(piece.expected_word("a backup", known))
    }
}

/// The default of `until … within=`.
const WITHIN: Duration = Duration::from_s(60);
