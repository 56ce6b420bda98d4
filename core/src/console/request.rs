//! Commands as requests to a server: the only file here that knows how the engine words them.

use super::command::ConsoleCommand;
use crate::model::request::CreateMode;
use crate::model::watch::WatchMode;
use crate::model::{Acl, Request};
use crate::tree::path;

/// The request of a command that takes exactly one. The others take several, or none: the front end
/// or the console itself does them.
pub fn request(command: &ConsoleCommand) -> Option<Request> {
    Some(match command {
        ConsoleCommand::AddAuth { scheme, auth } => Request::Auth {
            scheme: match (scheme.as_str(), auth) {
                // A proof that is null fails; an empty one would be accepted.
                ("digest", None) => String::new(),
                _ => scheme.clone(),
            },
            auth: auth.clone().unwrap_or_default().into_bytes(),
        },
        ConsoleCommand::AddWatch { path, mode } => add_watch(path, *mode),
        ConsoleCommand::Config { watch, .. } => get_data(path::CONFIG, *watch),
        ConsoleCommand::Create {
            path,
            data,
            acl,
            mode,
        } => create(path, data.as_deref(), acl, *mode),
        ConsoleCommand::Delete { path, version } => delete(path, *version),
        ConsoleCommand::Get { path, watch, .. } => get_data(path, *watch),
        ConsoleCommand::GetAcl { path, .. } => Request::GetAcl { path: path.clone() },
        ConsoleCommand::GetAllChildrenNumber { path } => {
            Request::GetAllChildrenNumber { path: path.clone() }
        }
        ConsoleCommand::GetEphemerals { prefix } => Request::GetEphemerals {
            prefix: prefix.clone(),
        },
        ConsoleCommand::Ls {
            recursive: false,
            path,
            watch,
            ..
        } => get_children(path, *watch),
        ConsoleCommand::Reconfig(_) => Request::Reconfig,
        ConsoleCommand::RemoveWatches { path, kind, .. } => Request::RemoveWatches {
            path: path.clone(),
            kind: *kind,
        },
        ConsoleCommand::Set {
            path,
            data,
            version,
            ..
        } => set_data(path, data, *version),
        ConsoleCommand::SetAcl {
            recursive: false,
            path,
            acl,
            version,
            ..
        } => set_acl(path, acl, *version),
        ConsoleCommand::Stat { path, watch } => exists(path, *watch),
        ConsoleCommand::Sync { path } => Request::Sync { path: path.clone() },
        ConsoleCommand::WhoAmI => Request::WhoAmI,
        _ => return None,
    })
}

/// Reads data.
pub fn get_data(path: &str, watch: bool) -> Request {
    let path = path.to_owned();
    Request::GetData { path, watch }
}

/// Reads statistics.
pub fn exists(path: &str, watch: bool) -> Request {
    let path = path.to_owned();
    Request::Exists { path, watch }
}

/// Lists children.
pub fn get_children(path: &str, watch: bool) -> Request {
    let path = path.to_owned();
    Request::GetChildren { path, watch }
}

/// Creates a node.
pub fn create(path: &str, data: Option<&str>, acl: &[Acl], mode: CreateMode) -> Request {
    let data = data.map(|text| text.as_bytes().into());
    Request::create(path.to_owned(), data, acl.to_vec(), mode)
}

/// Deletes a node.
pub fn delete(path: &str, version: i32) -> Request {
    let path = path.to_owned();
    Request::Delete { path, version }
}

/// Replaces data.
pub fn set_data(path: &str, data: &str, version: i32) -> Request {
    Request::SetData {
        path: path.to_owned(),
        data: Some(data.as_bytes().into()),
        version,
    }
}

/// Replaces an access control list.
pub fn set_acl(path: &str, acl: &[Acl], version: i32) -> Request {
    Request::SetAcl {
        path: path.to_owned(),
        acl: acl.to_vec(),
        version,
    }
}

fn add_watch(path: &str, mode: WatchMode) -> Request {
    let path = path.to_owned();
    Request::AddWatch { path, mode }
}
