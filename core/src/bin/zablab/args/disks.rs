//! Verbs about real data directories.

use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value};
use zablab_core::base::ServerId;
use zablab_core::protocol::Profile;

use super::{Verb, bad, profile, text};
use crate::output::Failure;

/// How one data directory is recovered.
#[derive(Debug)]
pub struct RecoverOptions {
    /// The directory, or its parent.
    pub dir: PathBuf,
    /// Where the log is, when it is not there too.
    pub log_dir: Option<PathBuf>,
    /// JSON instead of text.
    pub json: bool,
    /// The judgement of which release.
    pub profile: Profile,
    /// Logs without a snapshot are good.
    pub trust_empty: bool,
    /// An empty directory is good.
    pub autocreate: bool,
    /// Without the tree.
    pub no_tree: bool,
    /// The server knows nodes with a time to live.
    pub extended_types: bool,
}

/// Options of `boot`.
#[derive(Debug)]
pub struct BootOptions {
    /// The directory of server 1, 2, and so on.
    pub dirs: Vec<PathBuf>,
    /// The servers in the order in which they start.
    pub order: Option<Vec<ServerId>>,
    /// JSON instead of text.
    pub json: bool,
    /// Their release.
    pub profile: Profile,
    /// The servers know nodes with a time to live.
    pub extended_types: bool,
}

/// Options of `export`.
#[derive(Debug)]
pub struct ExportOptions {
    /// The script.
    pub path: PathBuf,
    /// Whose disk.
    pub server: ServerId,
    /// Where it goes.
    pub out: PathBuf,
    /// Only what survives a power loss.
    pub durable: bool,
    /// JSON instead of text.
    pub json: bool,
}

/// Options of `inspect`.
#[derive(Debug)]
pub struct InspectOptions {
    /// Logs and snapshots.
    pub files: Vec<PathBuf>,
    /// Records from here on.
    pub from: Option<String>,
    /// Records up to here.
    pub to: Option<String>,
    /// Records and nodes of this path and below.
    pub path: Option<String>,
    /// Records of this session.
    pub session: Option<String>,
    /// JSON instead of text.
    pub json: bool,
}

/// Options of `diff`.
#[derive(Debug)]
pub struct DiffOptions {
    /// The two directories.
    pub dirs: [PathBuf; 2],
    /// JSON instead of text.
    pub json: bool,
    /// The judgement of which release.
    pub profile: Profile,
}

pub(super) fn recover(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut dir = None;
    let mut options = RecoverOptions {
        dir: PathBuf::new(),
        log_dir: None,
        json: false,
        profile: Profile::V3_8_0,
        trust_empty: false,
        autocreate: true,
        no_tree: false,
        extended_types: true,
    };
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => options.json = true,
            Long("as") => options.profile = profile(&text(&mut parser)?)?,
            Long("log-dir") => options.log_dir = Some(value(&mut parser)?),
            Long("trust-empty") => options.trust_empty = true,
            Long("no-autocreate") => options.autocreate = false,
            Long("no-tree") => options.no_tree = true,
            Long("no-extended-types") => options.extended_types = false,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) if dir.is_none() => dir = Some(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    options.dir = dir.ok_or_else(|| missing("recover: which DIR?"))?;
    Ok(Verb::Recover(options))
}

pub(super) fn boot(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut options = BootOptions {
        dirs: Vec::new(),
        order: None,
        json: false,
        profile: Profile::V3_8_0,
        extended_types: true,
    };
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => options.json = true,
            Long("as") => options.profile = profile(&text(&mut parser)?)?,
            Long("order") => options.order = Some(order(&text(&mut parser)?)?),
            Long("no-extended-types") => options.extended_types = false,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) => options.dirs.push(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    if !(2..=SERVERS_MAX).contains(&options.dirs.len()) {
        return Err(missing(
            "boot: an ensemble has 2 to 9 directories, one for each server",
        ));
    }
    check_order(&options)?;
    Ok(Verb::Boot(options))
}

/// Servers that vote.
const SERVERS_MAX: usize = 9;

fn check_order(options: &BootOptions) -> Result<(), Failure> {
    let Some(order) = &options.order else {
        return Ok(());
    };
    let mut sorted: Vec<usize> = order.iter().map(|id| usize::from(id.0)).collect();
    sorted.sort_unstable();
    let all: Vec<usize> = (1..=options.dirs.len()).collect();
    let each_once = sorted == all;
    each_once.then_some(()).ok_or_else(|| {
        missing("boot: --order names every server once, like 2,1,3 for three directories")
    })
}

fn order(list: &str) -> Result<Vec<ServerId>, Failure> {
    let ids: Option<Vec<ServerId>> = list
        .split(',')
        .map(|id| id.parse().ok().map(ServerId))
        .collect();
    ids.ok_or_else(|| {
        Failure::Input(format!(
            "zablab boot: expected servers like 2,1,3, found {list:?}"
        ))
    })
}

pub(super) fn export(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let (mut path, mut server, mut out) = (None, None, None);
    let (mut durable, mut json) = (false, false);
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => json = true,
            Long("durable") => durable = true,
            Long("server") => server = Some(server_id(&text(&mut parser)?)?),
            Long("out") => out = Some(value(&mut parser)?),
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    Ok(Verb::Export(ExportOptions {
        path: path.ok_or_else(|| missing("export: which FILE.zab?"))?,
        server: server.ok_or_else(|| missing("export: which --server N?"))?,
        out: out.ok_or_else(|| missing("export: which --out DIR?"))?,
        durable,
        json,
    }))
}

fn server_id(word: &str) -> Result<ServerId, Failure> {
    let id = word.parse().ok().filter(|id| *id > 0).map(ServerId);
    id.ok_or_else(|| {
        Failure::Input(format!(
            "zablab export: expected the number of a server, found {word:?}"
        ))
    })
}

pub(super) fn inspect(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut options = InspectOptions {
        files: Vec::new(),
        from: None,
        to: None,
        path: None,
        session: None,
        json: false,
    };
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => options.json = true,
            Long("from") => options.from = Some(text(&mut parser)?),
            Long("to") => options.to = Some(text(&mut parser)?),
            Long("path") => options.path = Some(text(&mut parser)?),
            Long("session") => options.session = Some(text(&mut parser)?),
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) => options.files.push(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    if options.files.is_empty() {
        return Err(missing("inspect: which FILE?"));
    }
    Ok(Verb::Inspect(options))
}

pub(super) fn diff(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut dirs = Vec::new();
    let (mut json, mut release) = (false, Profile::V3_8_0);
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => json = true,
            Long("as") => release = profile(&text(&mut parser)?)?,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) if dirs.len() < 2 => dirs.push(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    let dirs = <[PathBuf; 2]>::try_from(dirs);
    Ok(Verb::Diff(DiffOptions {
        dirs: dirs.map_err(|_| missing("diff: which two directories?"))?,
        json,
        profile: release,
    }))
}

fn value(parser: &mut lexopt::Parser) -> Result<PathBuf, Failure> {
    Ok(PathBuf::from(parser.value().map_err(bad)?))
}

fn missing(what: &str) -> Failure {
    Failure::Input(format!("zablab {what}"))
}
