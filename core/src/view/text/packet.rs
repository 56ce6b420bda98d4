//! Messages, transactions and replies in a few words.

use crate::model::{Acl, ErrorCode, Record, Reply, ReplyBody, Request, TxnBody, WatchEvent};
use crate::protocol::zab::election::Vote;
use crate::protocol::zab::packet::Packet;
use crate::protocol::zab::state::Role;
use crate::protocol::{ClientPacket, ServerPacket};
use crate::storage::{FileLoss, NameChange, PowerLoss};
use crate::world::client::{Invocation, RequestOutcome};
use crate::world::message::{End, Message, Payload};

/// What a message carries: the wire word in capitals, then what matters of it.
pub fn payload(payload: &Payload) -> String {
    let word = payload.word().to_ascii_uppercase();
    let rest = match payload {
        Payload::Peer(p) => peer(p),
        Payload::ToServer(ClientPacket::Connect {
            session, last_zxid, ..
        }) => match session.0 {
            0 => "for a new session".to_owned(),
            _ => format!("with session {session}, has seen {last_zxid}"),
        },
        Payload::ToServer(ClientPacket::Request { request: r, .. }) => request(r),
        Payload::ToClient(ServerPacket::Connected { session, .. }) => match session.0 {
            0 => "the session is over".to_owned(),
            _ => format!("session {session}"),
        },
        Payload::ToClient(ServerPacket::Reply { reply, txn, .. }) => match txn {
            Some(zxid) => format!("{} for {zxid}", reply.error),
            None => reply.error.to_string(),
        },
        Payload::ToClient(ServerPacket::Event(e)) => event(e),
    };
    format!("{word} {rest}").trim_end().to_owned()
}

/// `NodeDeleted /a`, with the zxid where the release tells it.
pub fn event(event: &WatchEvent) -> String {
    let zxid = event.zxid.map_or_else(String::new, |z| format!(" by {z}"));
    format!("{} {}{zxid}", event.kind.name(), event.path)
}

fn peer(packet: &Packet) -> String {
    match packet {
        Packet::Notification { vote, round, state } => {
            let state = match state {
                Role::Looking => String::new(),
                _ => format!(", {}", state.word()),
            };
            if *vote == Vote::NOBODY {
                return format!("votes nobody round {round}{state}");
            }
            format!(
                "votes {} ({}, {}) round {round}{state}",
                vote.leader, vote.peer_epoch, vote.zxid
            )
        }
        Packet::FollowerInfo { accepted } | Packet::ObserverInfo { accepted } => {
            format!("acceptedEpoch={accepted}")
        }
        Packet::LeaderInfo { epoch } | Packet::NewLeader { epoch } => format!("epoch {epoch}"),
        Packet::AckEpoch {
            current: Some(epoch),
            last_zxid,
        } => {
            format!("currentEpoch={epoch} last={last_zxid}")
        }
        Packet::AckEpoch {
            current: None,
            last_zxid,
        } => {
            format!("does not count, last={last_zxid}")
        }
        Packet::Diff { zxid }
        | Packet::Trunc { zxid }
        | Packet::Commit { zxid }
        | Packet::Ping { zxid } => zxid.to_string(),
        Packet::Ack { zxid } if zxid.is_epoch_start() => {
            format!("of NEWLEADER, epoch {}", zxid.epoch())
        }
        Packet::Ack { zxid } => zxid.to_string(),
        Packet::Snap { zxid, image } => format!("{zxid}, {} B", image.len()),
        Packet::Proposal(record) | Packet::Inform(record) => txn(record),
        Packet::UpToDate | Packet::PingReply { .. } => String::new(),
        Packet::Request { request: r, .. } => request(r),
        Packet::Revalidate { session, .. } => session.to_string(),
        Packet::Revalidated { session, valid } => {
            format!("{session} {}", if *valid { "is alive" } else { "is over" })
        }
        Packet::Sync { .. } => String::new(),
    }
}

/// `1.7 create /a`.
pub fn txn(record: &Record) -> String {
    let TxnBody::Error { code } = record.txn.body else {
        let body = body(&record.txn.body);
        return format!("{} {body}", record.zxid());
    };
    let name = ErrorCode::from_code(code).map_or_else(|| code.to_string(), |c| c.to_string());
    format!("{} error {name}", record.zxid())
}

fn body(body: &TxnBody) -> String {
    match (body, body.path()) {
        (TxnBody::Multi(operations), _) => {
            let inner = operations.iter().map(self::body);
            format!("multi [{}]", inner.collect::<Vec<_>>().join(", "))
        }
        (_, Some(path)) => format!("{} {path}", body.word()),
        (_, None) => body.word().to_owned(),
    }
}

/// `create /a`.
pub fn request(request: &Request) -> String {
    match (request, request.path()) {
        (Request::Multi(operations) | Request::MultiRead(operations), _) => {
            let inner = operations.iter().map(self::request);
            let inner = inner.collect::<Vec<_>>().join(", ");
            format!("{} [{inner}]", request.word())
        }
        (
            Request::GetData { path, watch: true }
            | Request::Exists { path, watch: true }
            | Request::GetChildren { path, watch: true },
            _,
        ) => format!("{} {path} watch", request.word()),
        (Request::SetWatches { watches, .. }, _) => format!("setWatches of {}", watches.len()),
        (_, Some(path)) => format!("{} {path}", request.word()),
        (_, None) => request.word().to_owned(),
    }
}

/// The end of a request, as a client learns it.
pub fn told(client: &str, asked: &Invocation) -> String {
    let what = request(&asked.request);
    let RequestOutcome::Told {
        reply, txn, server, ..
    } = &asked.outcome
    else {
        return format!("{client} waits: {what}");
    };
    let zxid = txn.map_or_else(String::new, |z| format!(" is {z}"));
    let answer = match (&*asked.request, &reply.body) {
        (Request::Exists { .. }, ReplyBody::Stat(stat)) => {
            format!(" → czxid {} version {}", stat.czxid, stat.version)
        }
        _ => answer(reply),
    };
    let result = reply.outcome();
    format!("{client} is told {result} by {server}: {what}{zxid}{answer}")
}

/// What the reply says beyond its code.
fn answer(reply: &Reply) -> String {
    match &reply.body {
        ReplyBody::Empty | ReplyBody::Stat(_) | ReplyBody::Session { .. } => String::new(),
        ReplyBody::Created { path, .. } => format!(" → {path}"),
        ReplyBody::Data { data, stat } => {
            format!(" → {} version {}", content(data.as_deref()), stat.version)
        }
        ReplyBody::Children { names, .. } => format!(" → [{}]", names.join(", ")),
        ReplyBody::Acl { list, .. } => {
            let entries: Vec<String> = list.iter().map(Acl::to_string).collect();
            format!(" → {}", entries.join(","))
        }
        ReplyBody::Paths(paths) => format!(" → [{}]", paths.join(", ")),
        ReplyBody::Number(number) => format!(" → {number}"),
        ReplyBody::Identities(ids) => {
            let words: Vec<String> = ids.iter().map(|(s, id)| format!("{s}:{id}")).collect();
            format!(" → [{}]", words.join(", "))
        }
        ReplyBody::Multi(results) => {
            let codes: Vec<&str> = results.iter().map(|(code, _)| code.name()).collect();
            format!(" → [{}]", codes.join(", "))
        }
    }
}

/// Node data in a few words.
pub(super) fn content(data: Option<&[u8]>) -> String {
    match data.map(std::str::from_utf8) {
        None => "null".to_owned(),
        Some(Ok(text)) if text.chars().count() <= 40 => format!("{text:?}"),
        _ => format!("{} B", data.map_or(0, <[u8]>::len)),
    }
}

/// What a server's first answer on a connection tells a client.
pub fn session(message: &Message) -> Option<String> {
    let End::Server(server) = message.from else {
        return None;
    };
    match &message.payload {
        Payload::ToClient(ServerPacket::Connected {
            session,
            timeout_ms,
            ..
        }) => Some(match session.0 {
            0 => "learns that its session is over".to_owned(),
            _ => format!("has session {session} at {server}, timeout {timeout_ms} ms"),
        }),
        _ => None,
    }
}

/// What a disk lost and what it kept, one item a line.
pub fn power_loss(lost: &PowerLoss) -> Vec<String> {
    let files = lost.files.iter().map(file_loss);
    files.chain(lost.names.iter().map(name_loss)).collect()
}

fn file_loss(loss: &FileLoss) -> String {
    let FileLoss {
        file,
        lost,
        kept,
        torn,
        vanished,
    } = loss;
    let torn = if *torn { ", torn in a record" } else { "" };
    match (vanished, lost, kept) {
        (true, ..) => format!("{file}: the file itself is lost"),
        (_, 0, 0) => format!("{file}: only its length is lost"),
        (_, lost, 0) => format!("{file}: {lost} B are lost{torn}"),
        (_, 0, kept) => format!("{file}: {kept} B survive by luck{torn}"),
        (_, lost, kept) => format!("{file}: {lost} B are lost, {kept} B survive by luck{torn}"),
    }
}

fn name_loss(change: &NameChange) -> String {
    match change {
        NameChange::Create { name } => format!("{name}: its creation is lost"),
        NameChange::Rename { from, to } => format!("{to}: it has its old name {from} again"),
        NameChange::Unlink { name } => format!("{name}: it is there again"),
    }
}
