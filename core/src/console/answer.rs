//! What a finished request looks like in the console.
//!
//! In ZooKeeper: the second half of the `exec` methods of the classes in `cli`.

use super::command::ConsoleCommand;
use super::wording::{keeper_error, refused};
use super::{acl, config, stat};
use crate::base::Order;
use crate::model::{ErrorCode, Reply, ReplyBody, Stat};
use crate::tree::path::CONFIG;

/// The lines that answer a command of one request. A connection that broke, or a session that is
/// over, is a reply with that error.
pub fn answer(command: &ConsoleCommand, reply: &Reply) -> Vec<String> {
    match reply.error {
        ErrorCode::Ok => success(command, &reply.body),
        error => failure(command, error),
    }
}

fn success(command: &ConsoleCommand, body: &ReplyBody) -> Vec<String> {
    let block = |shown: &bool, stat: &Stat| match shown {
        true => stat::lines(stat),
        false => Vec::new(),
    };
    let with = |mut lines: Vec<String>, shown: &bool, stat: &Stat| {
        lines.extend(block(shown, stat));
        lines
    };
    match (command, body) {
        (ConsoleCommand::Create { .. }, ReplyBody::Created { path, .. }) => {
            vec![format!("Created {path}")]
        }
        (ConsoleCommand::Get { stat, .. }, ReplyBody::Data { data, stat: found }) => {
            with(text_lines(&text(data.as_deref())), stat, found)
        }
        (ConsoleCommand::Config { client, stat, .. }, ReplyBody::Data { data, stat: found }) => {
            let text = text(data.as_deref());
            let text = match client {
                true => config::for_clients(&text),
                false => text,
            };
            with(text_lines(&text), stat, found)
        }
        (ConsoleCommand::Reconfig(asked), ReplyBody::Data { data, stat: found }) => {
            let text = text(data.as_deref());
            let lines = text_lines(&format!("Committed new configuration:\n{text}"));
            with(lines, &asked.stat, found)
        }
        (ConsoleCommand::Ls { stat, .. }, ReplyBody::Children { names, stat: found }) => {
            let mut names = names.clone();
            names.order();
            with(vec![list(&names)], stat, found)
        }
        (ConsoleCommand::GetAcl { stat, .. }, ReplyBody::Acl { list, stat: found }) => {
            with(acl::lines(list), stat, found)
        }
        (ConsoleCommand::Set { stat, .. } | ConsoleCommand::SetAcl { stat, .. }, body) => {
            match body {
                ReplyBody::Stat(found) => block(stat, found),
                _ => Vec::new(),
            }
        }
        (ConsoleCommand::Stat { .. }, ReplyBody::Stat(found)) => stat::lines(found),
        (ConsoleCommand::GetAllChildrenNumber { .. }, ReplyBody::Number(number)) => {
            vec![number.to_string()]
        }
        (ConsoleCommand::GetEphemerals { .. }, ReplyBody::Paths(paths)) => vec![list(paths)],
        (ConsoleCommand::Sync { .. }, _) => vec!["Sync is OK".to_owned()],
        (ConsoleCommand::WhoAmI, body) => identities(body),
        _ => Vec::new(),
    }
}

fn failure(command: &ConsoleCommand, error: ErrorCode) -> Vec<String> {
    match command {
        // A proof that fails ends the session; it is the watcher who says so.
        ConsoleCommand::AddAuth { .. } => Vec::new(),
        ConsoleCommand::Sync { .. } => vec![format!("Sync has failed. rc={}", error.code())],
        ConsoleCommand::WhoAmI => identities(&ReplyBody::Empty),
        ConsoleCommand::Create { path, .. } => {
            let first = match error {
                ErrorCode::InvalidAcl => Some(keeper_error(error, Some(path))),
                ErrorCode::EphemeralOnLocalSession => {
                    Some("Unable to create ephemeral node on a local session".to_owned())
                }
                _ => None,
            };
            first
                .into_iter()
                .chain([refused(error, Some(path))])
                .collect()
        }
        other => vec![refused(error, path_of(other))],
    }
}

/// The path that an error names.
fn path_of(command: &ConsoleCommand) -> Option<&str> {
    match command {
        ConsoleCommand::AddWatch { path, .. }
        | ConsoleCommand::Create { path, .. }
        | ConsoleCommand::Delete { path, .. }
        | ConsoleCommand::Get { path, .. }
        | ConsoleCommand::GetAcl { path, .. }
        | ConsoleCommand::GetAllChildrenNumber { path }
        | ConsoleCommand::Ls { path, .. }
        | ConsoleCommand::RemoveWatches { path, .. }
        | ConsoleCommand::Set { path, .. }
        | ConsoleCommand::SetAcl { path, .. }
        | ConsoleCommand::Stat { path, .. } => Some(path),
        ConsoleCommand::Config { .. } => Some(CONFIG),
        _ => None,
    }
}

/// The table of `whoami`; without a row when nobody answered.
fn identities(body: &ReplyBody) -> Vec<String> {
    let mut lines = vec!["Auth scheme: User".to_owned()];
    if let ReplyBody::Identities(found) = body {
        lines.extend(
            found
                .iter()
                .map(|(scheme, user)| format!("{scheme}: {user}")),
        );
    }
    lines
}

/// Data as text; missing data is the word null.
fn text(data: Option<&[u8]>) -> String {
    data.map_or("null".into(), String::from_utf8_lossy)
        .into_owned()
}

fn text_lines(text: &str) -> Vec<String> {
    text.split('\n').map(str::to_owned).collect()
}

/// `[a, b]`.
fn list(words: &[String]) -> String {
    format!("[{}]", words.join(", "))
}
