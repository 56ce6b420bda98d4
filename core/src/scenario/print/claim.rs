//! Claims as `until` and `expect` say them.

use super::super::ast::{Claim, Fact, On, ReplyOutcome, Target};
use super::{Options, bytes, quote, size, word, yes_no};
use crate::base::ServerId;

/// A claim, with its `not`.
pub fn claim(claim: &Claim) -> String {
    let not = if claim.not { "not " } else { "" };
    format!("{not}{}", fact(&claim.fact))
}

fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Leader(None) => "leader".to_owned(),
        Fact::Leader(Some(None)) => "leader none".to_owned(),
        Fact::Leader(Some(Some(s))) => format!("leader {}", s.0),
        Fact::Role(s, role) => format!("role {} {}", s.0, role.map_or("down", |r| r.word())),
        Fact::Data { path, data, on: o } => {
            let data = data.as_ref().map_or("null".to_owned(), |d| bytes(d));
            format!("data {} {data}{}", word(path), on(o))
        }
        Fact::Absent { path, on: o } => format!("absent {}{}", word(path), on(o)),
        Fact::Committed(t) => format!("committed {}", target(t)),
        Fact::Applied { target: t, on: o } => format!("applied {}{}", target(t), on(o)),
        Fact::Lost(None) => "lost none".to_owned(),
        Fact::Lost(Some(t)) => format!("lost {}", target(t)),
        Fact::Lamp { name, green } => {
            format!("lamp {name} {}", if *green { "green" } else { "red" })
        }
        Fact::Property { name, holds } => format!("property {name} {holds}"),
        Fact::Sync(s, mode) => format!("sync {} {}", s.0, mode.word()),
        Fact::File {
            server,
            name,
            durable,
            pending,
        } => {
            let mut line = Options(format!("file {} {}", server.0, word(name)));
            line.add_some("durable", durable.map(size));
            line.add_some("pending", pending.map(size));
            line.0
        }
        Fact::Backup(name, state) => format!("backup {name} {}", state.word()),
        Fact::Verified(name, None) => format!("verified {name}"),
        Fact::Verified(name, Some(to)) => format!("verified {name} {to}"),
        Fact::Declared(None) => "declared none".to_owned(),
        Fact::Declared(Some(zxid)) => format!("declared {zxid}"),
        Fact::Rpo(count) => format!("rpo {count}"),
        Fact::Rto(most) => format!("rto {most}"),
        Fact::Equal(list) => format!("equal {}", servers(list)),
        Fact::Event {
            client,
            kind,
            path,
            times,
        } => {
            let mut line = Options(format!("event {client} {} {}", kind.name(), word(path)));
            line.add_some("times", *times);
            line.0
        }
        Fact::Session { client, state, on } => {
            let mut line = Options(format!("session {client} {}", state.word()));
            line.add_some("on", on.map(|server| server.0));
            line.0
        }
        Fact::Reply {
            client,
            outcome,
            path,
            data,
            czxid,
        } => {
            let mut line = Options(format!("reply {client}"));
            match outcome {
                None => {}
                Some(ReplyOutcome::Told(code)) => line.0.push_str(&format!(" {code}")),
                Some(ReplyOutcome::Unknown) => line.0.push_str(" unknown"),
                Some(ReplyOutcome::Pending) => line.0.push_str(" pending"),
            }
            line.add_some("path", path.as_deref().map(word));
            line.add_some("data", data.as_deref().map(bytes));
            line.add_some("czxid", *czxid);
            line.0
        }
        Fact::Recipe {
            client,
            state,
            count,
            data,
        } => {
            let mut line = Options(format!("recipe {client}"));
            if let Some(state) = state {
                line.0.push_str(&format!(" {}", state.word()));
            }
            line.add_some("count", *count);
            line.add_some("data", data.as_deref().map(bytes));
            line.0
        }
        Fact::Store {
            by,
            accepted,
            refused,
        } => {
            let mut line = Options("store".to_owned());
            line.add_some("by", by.as_ref());
            line.add_some("accepted", *accepted);
            line.add_some("refused", *refused);
            line.0
        }
        Fact::StoreInOrder(yes) => format!("store in-order {}", yes_no(*yes)),
        Fact::Epoch {
            server,
            accepted,
            current,
        } => {
            let mut line = Options(format!("epoch {}", server.0));
            line.add_some("accepted", *accepted);
            line.add_some("current", *current);
            line.0
        }
        Fact::Started(s, yes) => format!("started {} {}", s.0, yes_no(*yes)),
        Fact::Crash(s) => format!("crash {}", s.0),
        Fact::Synced(s) => format!("synced {}", s.0),
        Fact::Quiet => "quiet".to_owned(),
    }
}

pub(super) fn servers(list: &[ServerId]) -> String {
    list.iter()
        .map(|s| s.0.to_string())
        .collect::<Vec<_>>()
        .join(",")
}

fn on(on: &On) -> String {
    match on {
        On::All => String::new(),
        On::Servers(list) => format!(" on={}", servers(list)),
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::Zxid(zxid) => zxid.to_string(),
        Target::Path(path) if path.starts_with('/') => word(path),
        Target::Path(path) => quote(path),
    }
}
