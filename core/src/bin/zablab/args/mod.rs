//! What the command line asks for.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value};
use zablab_core::protocol::Profile;
use zablab_core::scenario::Show;
use zablab_core::scenario::error::nearest;
use zablab_core::scenario::generate::Class;
use zablab_core::view::text::{Filter, Kind};

use crate::output::Failure;

mod backup;
mod disks;

pub use backup::{BackupVerb, ListOptions, RestoreOptions, TakeOptions, VerifyOptions};
pub use disks::{BootOptions, DiffOptions, ExportOptions, InspectOptions, RecoverOptions};

/// What `--help` prints.
pub const HELP: &str = "\
zablab: a ZooKeeper ensemble that can be run, crashed and read

usage: zablab VERB [options]

  run FILE.zab|DIR     run a script, or every script below DIR, and print what happens;
                       a first comment `# show: KIND, ...` chooses the kinds of lines
      --as PROFILE       under another release: zablab, 3.8.0, 3.9.4
      --verbose          every message, every disk write, every small choice
      --show KIND,...    these kinds of lines besides the notable ones:
                         vote message disk apply choice request link detail
  recover DIR          recover one real version-2 directory, or its parent, without changing it
      --as PROFILE       the judgement of 3.8.0 (default), 3.9.4, zablab
      --log-dir D        where the log is, when it is not in DIR too
      --trust-empty      logs without a snapshot are good (snapshot.trust.empty)
      --no-autocreate    an empty directory is not good (db.autocreate)
      --no-extended-types  nodes with a time to live are not known, as in a server's default
      --no-tree          without the tree
  boot DIR DIR DIR     start an ensemble whose server N has the files of the Nth directory
      --order 2,1,3      one after the other; otherwise all at once
      --as PROFILE       the release: 3.8.0 (default), 3.9.4, zablab
      --no-extended-types  as for recover
  replay TRACE.json    replay a recorded client trace of a real server and compare
      --as PROFILE       the release that was recorded: 3.8.0 (default), 3.9.4, zablab
  export FILE.zab      run a script and write a server's disk as a real directory
      --server N         whose disk
      --out DIR          where to: DIR/myid, DIR/version-2/...
      --durable          only what would survive a power loss
  inspect FILE...      a log or a snapshot as text, one record or node a line
      --from Z --to Z    only these zxids: 1.7 or 0x100000007
      --path P           only this path and what is below it
      --session S        only what this session did
  diff DIR DIR         recover two directories and compare their trees
      --as PROFILE       the judgement of 3.8.0 (default), 3.9.4, zablab
  backup full          back up a data directory, of a running server too, into a vault
      --from DIR         the directory, or its parent; it is never written to
      --log-dir D        where the log is, when it is not in DIR too
      --to VAULT         a directory for backups, made when it is not there
      --as ID            the name of the backup; one that was interrupted is taken up again
      --rate N           at most N bytes a second: 640, 64K, 10M
      --order O          snapshot-first (default), or the mistake: log-first
  backup incremental   what came since the newest backup of DIR; options as above
      --parent ID        since that one instead
  backup verify [ID]   can it be restored, and to which zxids? It is tried; all without ID;
                       the files of a chain are in memory meanwhile: 4 GiB at most
      --vault VAULT      where it is
      --until Z          to this zxid?
  backup restore [ID]  make a data directory for a server, of the newest backup without ID;
                       a log directory of its own must be empty then; 4 GiB at most, as above
      --vault VAULT      where it is
      --to DIR           DIR/version-2 must not be there yet
      --until Z          up to this zxid; --before TIME: up to the last one before that time
      --drop-sessions    without sessions and their ephemerals
      --epoch N          for the epoch files: above that of every member, and the same for all
  backup list VAULT    what is in a vault
      --progress         a bar even where standard error is no terminal
  swarm --seeds A..B   random scenarios with checks
      --class A|B        A: faults that ZooKeeper must survive (default); B: any fault
      --save DIR         write failing scenarios here as scripts
  shrink FILE.zab      the smallest script that still fails
  lesson check [ID]    check the lessons                               (not yet)
  bench                figures of the engine beside their budgets
      --runs N           runs that a speed is the median of (5)
      --backup DIR       backups of a gigabyte that is made in DIR, beside cp and sync, instead

  --json               JSON alone on standard output
  --help, --version

exit: 0 reached its result, 1 an expectation, check or comparison failed, 2 bad input
";

/// Verbs of the contract that later versions bring.
const LATER: [&str; 1] = ["lesson"];

/// Verbs that this version has.
const BUILT: [&str; 11] = [
    "run", "recover", "boot", "export", "inspect", "diff", "replay", "swarm", "shrink", "bench",
    "backup",
];

/// A verb with its options.
#[derive(Debug)]
pub enum Verb {
    /// `--help`.
    Help,
    /// `--version`.
    Version,
    /// `run`.
    Run(RunOptions),
    /// `replay`.
    Replay(ReplayOptions),
    /// `recover`.
    Recover(RecoverOptions),
    /// `boot`.
    Boot(BootOptions),
    /// `export`.
    Export(ExportOptions),
    /// `inspect`.
    Inspect(InspectOptions),
    /// `diff`.
    Diff(DiffOptions),
    /// `swarm`.
    Swarm(SwarmOptions),
    /// `shrink`.
    Shrink(ShrinkOptions),
    /// `bench`.
    Bench(BenchOptions),
    /// `backup`.
    Backup(BackupVerb),
    /// A verb of a later version.
    Later(&'static str),
}

/// Options of `run`.
#[derive(Debug)]
pub struct RunOptions {
    /// A script, or a directory of scripts.
    pub path: PathBuf,
    /// JSON instead of text.
    pub json: bool,
    /// Another release than the script's.
    pub profile: Option<Profile>,
    /// What to show, instead of what the script chooses.
    pub show: Option<Show>,
}

/// Options of `replay`.
#[derive(Debug)]
pub struct ReplayOptions {
    /// The trace.
    pub path: PathBuf,
    /// JSON instead of text.
    pub json: bool,
    /// The release that was recorded.
    pub profile: Profile,
}

/// Options of `swarm`.
#[derive(Debug)]
pub struct SwarmOptions {
    /// First seed.
    pub first: u64,
    /// The seed behind the last.
    pub end: u64,
    /// What may happen.
    pub class: Class,
    /// JSON instead of text.
    pub json: bool,
    /// Where failing scripts go.
    pub save: Option<PathBuf>,
}

/// Options of `shrink`.
#[derive(Debug)]
pub struct ShrinkOptions {
    /// The script.
    pub path: PathBuf,
    /// JSON instead of text.
    pub json: bool,
}

/// Options of `bench`.
#[derive(Debug)]
pub struct BenchOptions {
    /// Runs that a speed is the median of.
    pub runs: usize,
    /// Where backups are measured, instead of everything else.
    pub backup: Option<PathBuf>,
    /// JSON instead of text.
    pub json: bool,
}

/// Reads the command line; the first argument is the program's name.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Verb, Failure> {
    let mut parser = lexopt::Parser::from_iter(args);
    let verb = match parser.next().map_err(bad)? {
        None | Some(Short('h') | Long("help")) => return Ok(Verb::Help),
        Some(Short('V') | Long("version")) => return Ok(Verb::Version),
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(other) => return Err(bad(other.unexpected())),
    };
    match verb.as_str() {
        "help" => Ok(Verb::Help),
        "run" => run(parser),
        "replay" => replay(parser),
        "recover" => disks::recover(parser),
        "boot" => disks::boot(parser),
        "export" => disks::export(parser),
        "inspect" => disks::inspect(parser),
        "diff" => disks::diff(parser),
        "swarm" => swarm(parser),
        "shrink" => shrink(parser),
        "bench" => bench(parser),
        "backup" => backup::parse(parser),
        word => match LATER.into_iter().find(|later| *later == word) {
            Some(later) => Ok(Verb::Later(later)),
            None => Err(unknown(word)),
        },
    }
}

fn run(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut path = None;
    let mut options = RunOptions {
        path: PathBuf::new(),
        json: false,
        profile: None,
        show: None,
    };
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => options.json = true,
            Long("verbose") => options.show = Some(Show::new(Filter::everything())),
            Long("as") => options.profile = Some(profile(&text(&mut parser)?)?),
            Long("show") => options.show = Some(kinds(&text(&mut parser)?)?),
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    options.path = path.ok_or_else(|| Failure::Input("zablab run: which FILE.zab?".to_owned()))?;
    Ok(Verb::Run(options))
}

fn replay(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let (mut path, mut json, mut release) = (None, false, Profile::V3_8_0);
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => json = true,
            Long("as") => release = profile(&text(&mut parser)?)?,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    let missing = || Failure::Input("zablab replay: which TRACE.json?".to_owned());
    let path = path.ok_or_else(missing)?;
    Ok(Verb::Replay(ReplayOptions {
        path,
        json,
        profile: release,
    }))
}

fn swarm(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut seeds = None;
    let (mut class, mut json, mut save) = (Class::A, false, None);
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("seeds") => seeds = Some(range(&text(&mut parser)?)?),
            Long("class") => class = letter(&text(&mut parser)?)?,
            Long("save") => save = Some(PathBuf::from(parser.value().map_err(bad)?)),
            Long("json") => json = true,
            Short('h') | Long("help") => return Ok(Verb::Help),
            other => return Err(bad(other.unexpected())),
        }
    }
    let missing = || Failure::Input("zablab swarm: which --seeds A..B?".to_owned());
    let (first, end) = seeds.ok_or_else(missing)?;
    Ok(Verb::Swarm(SwarmOptions {
        first,
        end,
        class,
        json,
        save,
    }))
}

fn shrink(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let (mut path, mut json) = (None, false);
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => json = true,
            Short('h') | Long("help") => return Ok(Verb::Help),
            Value(value) if path.is_none() => path = Some(PathBuf::from(value)),
            other => return Err(bad(other.unexpected())),
        }
    }
    let missing = || Failure::Input("zablab shrink: which FILE.zab?".to_owned());
    let path = path.ok_or_else(missing)?;
    Ok(Verb::Shrink(ShrinkOptions { path, json }))
}

fn bench(mut parser: lexopt::Parser) -> Result<Verb, Failure> {
    let mut options = BenchOptions {
        runs: 5,
        backup: None,
        json: false,
    };
    while let Some(arg) = parser.next().map_err(bad)? {
        match arg {
            Long("json") => options.json = true,
            Long("runs") => options.runs = runs(&text(&mut parser)?)?,
            Long("backup") => {
                options.backup = Some(PathBuf::from(parser.value().map_err(bad)?));
            }
            Short('h') | Long("help") => return Ok(Verb::Help),
            other => return Err(bad(other.unexpected())),
        }
    }
    Ok(Verb::Bench(options))
}

fn runs(text: &str) -> Result<usize, Failure> {
    let runs = text.parse().ok().filter(|runs| (1..=100).contains(runs));
    runs.ok_or_else(|| {
        Failure::Input(format!(
            "zablab bench: expected a number of runs from 1 to 100, found {text:?}"
        ))
    })
}

/// `1..2001`: from the first up to, but not with, the second.
fn range(text: &str) -> Result<(u64, u64), Failure> {
    let ends = text.split_once("..");
    let ends = ends.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    match ends {
        Some((first, end)) if first < end => Ok((first, end)),
        _ => Err(Failure::Input(format!(
            "zablab swarm: expected seeds like 1..2001, found {text:?}"
        ))),
    }
}

fn letter(text: &str) -> Result<Class, Failure> {
    match text {
        "A" | "a" => Ok(Class::A),
        "B" | "b" => Ok(Class::B),
        _ => Err(expected("a class", text, &["A", "B"])),
    }
}

/// The text value of the option that was just read.
fn text(parser: &mut lexopt::Parser) -> Result<String, Failure> {
    let value = parser.value().map_err(bad)?;
    Ok(value.to_string_lossy().into_owned())
}

fn profile(name: &str) -> Result<Profile, Failure> {
    let names = Profile::ALL.map(Profile::name);
    Profile::from_name(name).ok_or_else(|| expected("a profile", name, &names))
}

/// The notable kinds and those of a list like `disk,vote`.
fn kinds(list: &str) -> Result<Show, Failure> {
    let names = Kind::ALL.map(Kind::word);
    let all = list.split(',').try_fold(Filter::notable(), |filter, word| {
        let kind = Kind::from_word(word).ok_or_else(|| expected("a kind of line", word, &names))?;
        Ok(filter.with(kind))
    });
    all.map(Show::new)
}

fn unknown(word: &str) -> Failure {
    let verbs: Vec<&str> = BUILT.into_iter().chain(LATER).collect();
    expected("a verb", word, &verbs)
}

fn expected(what: &str, found: &str, words: &[&str]) -> Failure {
    let hint = match nearest(found, words.iter().copied()) {
        Some(word) => format!("did you mean {word:?}?"),
        None => format!("one of: {}", words.join(" ")),
    };
    Failure::Input(format!("zablab: expected {what}, found {found:?}; {hint}"))
}

fn bad(error: lexopt::Error) -> Failure {
    Failure::Input(format!("zablab: {error}; try zablab --help"))
}
