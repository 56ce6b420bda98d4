//! Lines about clients: `client a server=2` and `a create /p "data"`.

use std::sync::Arc;

use super::super::ast::Action;
use super::super::error::ScriptError;
use super::super::print;
use super::args::Args;
use super::{Scope, fresh_name, recipe, value};
use crate::base::{Duration, ServerId};
use crate::model::request::{CreateMode, CreateOp};
use crate::model::watch::{WatchKind, WatchMode};
use crate::model::{Acl, Request};
use crate::tree::path as tree_path;
use crate::world::command::Command;

/// Every word that may follow a client's name.
pub const VERBS: [&str; 24] = [
    "create",
    "set",
    "delete",
    "get",
    "ls",
    "exists",
    "sync",
    "check",
    "multi",
    "multi-read",
    "acl",
    "getacl",
    "watch",
    "watches",
    "unwatch",
    "ephemerals",
    "count",
    "auth",
    "whoami",
    "reconfig",
    "close",
    "drop",
    "recipe",
    "stop",
];

/// The words of a multi's lines.
const OPERATIONS: [&str; 5] = ["create", "set", "delete", "check", "acl"];

/// The words of the lines of a multi-read.
const READS: [&str; 2] = ["get", "ls"];

const TIMEOUT: Duration = Duration::from_s(10);

/// `client a server=2 timeout=10s`.
pub fn declaration(args: &mut Args, scope: &mut Scope) -> Result<Action, ScriptError> {
    let piece = args.word("a name for the client")?;
    let name = fresh_name(&piece, "a name for the client")?;
    if scope.clients.contains(&name) {
        return Err(piece.expected("a name that no other client has"));
    }
    let server = args
        .option("server")
        .map(|p| scope.server(&p))
        .transpose()?;
    let servers = args.option("servers").map(|p| scope.servers(&p));
    let servers = servers.transpose()?.unwrap_or_default();
    let first = servers.first().copied().unwrap_or(ServerId(1));
    let server = server.unwrap_or(first);
    if !servers.is_empty() && !servers.contains(&server) {
        return Err(args.missing("servers=... that include the server to begin with"));
    }
    let timeout = args
        .option("timeout")
        .map(|p| value::timeout(&p))
        .transpose()?;
    scope.clients.insert(name.clone());
    Ok(perform(Command::Client {
        name,
        server,
        servers,
        timeout: timeout.unwrap_or(TIMEOUT),
    }))
}

/// What a client does, but for a multi.
pub fn action(client: String, args: &mut Args) -> Result<Action, ScriptError> {
    let verb = args.word("what the client does")?;
    let request = match verb.text.as_str() {
        "close" => return Ok(perform(Command::Close { client })),
        "drop" => return Ok(perform(Command::Drop { client })),
        "recipe" => return recipe::begin(client, args).map(perform),
        "stop" => return Ok(perform(Command::Stop { client })),
        "auth" => auth(args)?,
        "whoami" => Request::WhoAmI,
        "reconfig" => Request::Reconfig,
        "ephemerals" => ephemerals(args)?,
        word => match read(word, args)? {
            Some(request) => request,
            None => match write(word, args)? {
                Some(request) => request,
                None => return Err(verb.expected_word("what the client does", VERBS)),
            },
        },
    };
    Ok(invoke(client, request))
}

fn auth(args: &mut Args) -> Result<Request, ScriptError> {
    let scheme = args.next("a scheme, like digest")?.text;
    let auth = value::data(&args.next("user:password in double quotes")?)?;
    Ok(Request::Auth { scheme, auth })
}

fn ephemerals(args: &mut Args) -> Result<Request, ScriptError> {
    let prefix = match args.next_if_any() {
        Some(piece) => value::path(piece)?,
        None => tree_path::ROOT.to_owned(),
    };
    Ok(Request::GetEphemerals { prefix })
}

/// A read, or something about watches.
fn read(word: &str, args: &mut Args) -> Result<Option<Request>, ScriptError> {
    Ok(Some(match word {
        "get" => Request::GetData {
            path: path(args)?,
            watch: args.take("watch"),
        },
        "ls" => Request::GetChildren {
            path: path(args)?,
            watch: args.take("watch"),
        },
        "exists" => Request::Exists {
            path: path(args)?,
            watch: args.take("watch"),
        },
        "sync" => Request::Sync { path: path(args)? },
        "getacl" => Request::GetAcl { path: path(args)? },
        "count" => Request::GetAllChildrenNumber { path: path(args)? },
        "watch" => Request::AddWatch {
            path: path(args)?,
            mode: match args.take("recursive") {
                true => WatchMode::Recursive,
                false => WatchMode::Persistent,
            },
        },
        "watches" => Request::CheckWatches {
            path: path(args)?,
            kind: watch_kind(args)?,
        },
        "unwatch" => Request::RemoveWatches {
            path: path(args)?,
            kind: watch_kind(args)?,
        },
        _ => return Ok(None),
    }))
}

/// Which watches are meant; any, when it is not said.
fn watch_kind(args: &mut Args) -> Result<WatchKind, ScriptError> {
    const KINDS: [WatchKind; 5] = [
        WatchKind::Any,
        WatchKind::Data,
        WatchKind::Children,
        WatchKind::Persistent,
        WatchKind::Recursive,
    ];
    let words = KINDS.map(|kind| (print::watch_kind(kind), kind));
    match args.next_if_any() {
        Some(piece) => value::choice(
            &piece,
            "any, data, children, persistent or recursive",
            &words,
        ),
        None => Ok(WatchKind::Any),
    }
}

/// One line inside a multi-read.
pub fn reading(args: &mut Args) -> Result<Request, ScriptError> {
    let verb = args.word("get or ls, or }")?;
    match verb.text.as_str() {
        "get" | "ls" => Ok(read(&verb.text, args)?.expect("both words are reads")),
        _ => Err(verb.expected_word("get or ls, or }", READS)),
    }
}

/// Reads at one instant.
pub fn multi_read(client: String, reads: Vec<Request>) -> Action {
    invoke(client, Request::MultiRead(reads))
}

/// One line inside a multi.
pub fn operation(args: &mut Args) -> Result<Request, ScriptError> {
    let verb = args.word("an operation of the multi, or }")?;
    match write(&verb.text, args)? {
        Some(request) => Ok(request),
        None => Err(verb.expected_word("an operation of the multi, or }", OPERATIONS)),
    }
}

/// A multi of these operations.
pub fn multi(client: String, operations: Vec<Request>) -> Action {
    invoke(client, Request::Multi(operations))
}

fn perform(command: Command) -> Action {
    Action::Perform(Arc::new(command))
}

fn invoke(client: String, request: Request) -> Action {
    let request = Arc::new(request);
    perform(Command::Invoke { client, request })
}

fn write(word: &str, args: &mut Args) -> Result<Option<Request>, ScriptError> {
    Ok(Some(match word {
        "create" => create(args)?,
        "set" => Request::SetData {
            path: path(args)?,
            data: data(args)?,
            version: version(args)?,
        },
        "delete" => Request::Delete {
            path: path(args)?,
            version: version(args)?,
        },
        "check" => Request::Check {
            path: path(args)?,
            version: version(args)?,
        },
        "acl" => Request::SetAcl {
            path: path(args)?,
            acl: value::acl(&args.next("an access control list like world:anyone:r")?)?,
            version: version(args)?,
        },
        _ => return Ok(None),
    }))
}

/// `create /p "data" ephemeral sequential container ttl=60s acl=… stat`.
fn create(args: &mut Args) -> Result<Request, ScriptError> {
    let path = path(args)?;
    let data = data(args)?;
    let acl = match args.option("acl") {
        Some(piece) => value::acl(&piece)?,
        None => Acl::open(),
    };
    let (mode, stat) = mode(args)?;
    let op = match mode.op() {
        CreateOp::Create if stat => CreateOp::Create2,
        op => op,
    };
    Ok(Request::Create {
        path,
        data,
        acl,
        mode,
        op,
    })
}

/// The kind of node, and whether the answer is to have its stat.
fn mode(args: &mut Args) -> Result<(CreateMode, bool), ScriptError> {
    let ttl = args.option("ttl");
    let ttl_ms = ttl.as_ref().map(value::timeout).transpose()?;
    let ttl_ms = ttl_ms.map(|d| d.as_ms() as i64);
    let (mut ephemeral, mut sequential, mut container) = (false, false, false);
    let mut stat = false;
    while let Some(word) = args.next_if_any() {
        let flag = match word.text.as_str() {
            "ephemeral" if !word.quoted => &mut ephemeral,
            "sequential" if !word.quoted => &mut sequential,
            "container" if !word.quoted => &mut container,
            "stat" if !word.quoted => &mut stat,
            _ => {
                let flags = ["ephemeral", "sequential", "container", "stat"];
                return Err(word.expected_word("data in double quotes, or a flag", flags));
            }
        };
        if std::mem::replace(flag, true) {
            return Err(word.expected("each flag once"));
        }
    }
    let mode = match (ephemeral, sequential, container, ttl_ms) {
        (false, false, false, None) => CreateMode::Persistent,
        (false, true, false, None) => CreateMode::PersistentSequential,
        (true, false, false, None) => CreateMode::Ephemeral,
        (true, true, false, None) => CreateMode::EphemeralSequential,
        (false, false, true, None) => CreateMode::Container,
        (false, false, false, Some(ms)) => CreateMode::Ttl(ms),
        (false, true, false, Some(ms)) => CreateMode::TtlSequential(ms),
        _ => {
            return Err(args.missing(
                "flags that go together: ephemeral and sequential, or container, or ttl and sequential",
            ));
        }
    };
    Ok((mode, stat))
}

fn path(args: &mut Args) -> Result<String, ScriptError> {
    value::path(args.next("a path like /p")?)
}

/// The data, if the next word is data.
fn data(args: &mut Args) -> Result<Option<Arc<[u8]>>, ScriptError> {
    if !args.data_is_next() {
        return Ok(None);
    }
    let piece = args.next("data in double quotes")?;
    Ok(Some(value::data(&piece)?.into()))
}

/// `version=3`, or any version.
fn version(args: &mut Args) -> Result<i32, ScriptError> {
    let found = args.option("version").map(|p| value::version(&p));
    Ok(found.transpose()?.unwrap_or(-1))
}
