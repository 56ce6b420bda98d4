//! Requests as lines of a client, or as lines of a multi.

use std::fmt::Write;

use super::{Options, acl, bytes, data, word};
use crate::base::Duration;
use crate::model::request::{CreateMode, CreateOp};
use crate::model::watch::{WatchKind, WatchMode};
use crate::model::{Acl, Request};

/// A request as a client's line says it, or as a line of a multi.
pub fn request(request: &Request) -> String {
    match request {
        Request::Create {
            path,
            data: d,
            acl: list,
            mode,
            op,
        } => {
            let mut line = Options(format!("create {}{}{}", word(path), data(d), flags(*mode)));
            match mode {
                CreateMode::Ttl(ms) | CreateMode::TtlSequential(ms) => {
                    line.add("ttl", Duration::from_ms(ms.unsigned_abs()));
                }
                _ => {}
            }
            line.add_if(*list != Acl::open(), "acl", acl(list));
            match op {
                CreateOp::Create2 => format!("{} stat", line.0),
                _ => line.0,
            }
        }
        Request::SetData {
            path,
            data: d,
            version,
        } => with_version(format!("set {}{}", word(path), data(d)), *version),
        Request::Delete { path, version } => {
            with_version(format!("delete {}", word(path)), *version)
        }
        Request::Check { path, version } => with_version(format!("check {}", word(path)), *version),
        Request::SetAcl {
            path,
            acl: list,
            version,
        } => with_version(format!("acl {} {}", word(path), acl(list)), *version),
        Request::Multi(operations) => {
            let lines = operations
                .iter()
                .map(|r| format!("  {}\n", self::request(r)));
            format!("multi {{\n{}}}", lines.collect::<String>())
        }
        Request::MultiRead(reads) => {
            let lines = reads.iter().map(|r| format!("  {}\n", self::request(r)));
            format!("multi-read {{\n{}}}", lines.collect::<String>())
        }
        Request::GetData { path, watch } => with_watch("get", path, *watch),
        Request::Exists { path, watch } => with_watch("exists", path, *watch),
        Request::GetChildren { path, watch } => with_watch("ls", path, *watch),
        Request::GetAcl { path } => format!("getacl {}", word(path)),
        Request::GetAllChildrenNumber { path } => format!("count {}", word(path)),
        Request::GetEphemerals { prefix } => format!("ephemerals {}", word(prefix)),
        Request::AddWatch { path, mode } => match mode {
            WatchMode::Persistent => format!("watch {}", word(path)),
            WatchMode::Recursive => format!("watch {} recursive", word(path)),
        },
        Request::CheckWatches { path, kind } => {
            format!("watches {} {}", word(path), watch_kind(*kind))
        }
        Request::RemoveWatches { path, kind } => {
            format!("unwatch {} {}", word(path), watch_kind(*kind))
        }
        Request::Auth { scheme, auth } => format!("auth {} {}", word(scheme), bytes(auth)),
        Request::WhoAmI => "whoami".to_owned(),
        Request::Reconfig => "reconfig".to_owned(),
        Request::Sync { path } => format!("sync {}", word(path)),
        // These never come from a script: sessions, reapers and raw clients make them.
        Request::SetWatches { watches, .. } => format!("setWatches {}", watches.len()),
        Request::Malformed { .. } => "malformed".to_owned(),
        Request::Unknown { op } => format!("unknown {op}"),
        Request::CreateSession { .. } => "createSession".to_owned(),
        Request::CloseSession => "close".to_owned(),
        Request::DeleteContainer { path } => format!("deleteContainer {}", word(path)),
        Request::Ping => "ping".to_owned(),
    }
}

fn with_version(mut line: String, version: i32) -> String {
    if version != -1 {
        write!(line, " version={version}").expect("writing to a string cannot fail");
    }
    line
}

fn with_watch(verb: &str, path: &str, watch: bool) -> String {
    let watch = if watch { " watch" } else { "" };
    format!("{verb} {}{watch}", word(path))
}

/// Which watches are meant, as a script says it.
pub const fn watch_kind(kind: WatchKind) -> &'static str {
    match kind {
        WatchKind::Children => "children",
        WatchKind::Data => "data",
        WatchKind::Any => "any",
        WatchKind::Persistent => "persistent",
        WatchKind::Recursive => "recursive",
    }
}

const fn flags(mode: CreateMode) -> &'static str {
    match mode {
        CreateMode::Persistent | CreateMode::Ttl(_) | CreateMode::Other(_) => "",
        CreateMode::Ephemeral => " ephemeral",
        CreateMode::PersistentSequential | CreateMode::TtlSequential(_) => " sequential",
        CreateMode::EphemeralSequential => " ephemeral sequential",
        CreateMode::Container => " container",
    }
}
