//! Messages as marks: which shape, which words.

use super::frame::{EndView, Fate, Glyph, MessageView};
use super::lang::Text;
use crate::model::Zxid;
use crate::protocol::zab::packet::Packet;
use crate::protocol::zab::state::Role;
use crate::protocol::{ClientPacket, ServerPacket};
use crate::world::client::PING_XID;
use crate::world::{Client, End, Message, Payload, World};

/// A message on the wire as the bench shows it.
pub(super) fn view(message: &Message, clients: &[Client], fate: Fate) -> MessageView {
    let name = |end: End| match end {
        End::Server(id) => id.to_string(),
        End::Client(id) => clients
            .get(usize::from(id.0))
            .map(|c| c.name.clone())
            .unwrap_or_default(),
    };
    let (from, to) = (name(message.from), name(message.to));
    let zxid = zxid(&message.payload);
    let word = match &message.payload {
        Payload::ToServer(ClientPacket::Request { request, .. }) => request.word().to_owned(),
        payload => payload.word().to_ascii_uppercase(),
    };
    let word = match zxid {
        Some(zxid) => format!("{word} {}", super::frame::Zx::from(zxid)),
        None => word,
    };
    MessageView {
        id: message.id,
        from: end(message.from),
        to: end(message.to),
        glyph: glyph(&message.payload),
        label: label(&message.payload),
        title: Text::new(
            format!("{word}, {from} to {to}"),
            format!("{from} 发给 {to}：{word}"),
        ),
        zxid: zxid.map(Into::into),
        sent_us: message.sent.0,
        due_us: message.due.0,
        fate,
    }
}

/// Does it take much longer than a message may?
pub(super) fn pace(message: &Message, world: &World) -> Fate {
    let usual = world.config().latency.hi.0 * 4;
    if message.due.0 - message.sent.0 > usual {
        Fate::Late
    } else {
        Fate::Flies
    }
}

/// The transaction that a message is about.
pub(super) fn zxid(payload: &Payload) -> Option<Zxid> {
    payload.zxid().filter(|z| z.0 > 0 && !z.is_epoch_start())
}

/// An end without its name.
pub(super) fn end(end: End) -> EndView {
    match end {
        End::Server(id) => EndView::Server(id),
        End::Client(id) => EndView::Client(id),
    }
}

/// The mark of a message.
pub(super) fn glyph(payload: &Payload) -> Glyph {
    match payload {
        Payload::Peer(packet) => match packet {
            Packet::Notification { .. } => Glyph::Vote,
            Packet::FollowerInfo { .. }
            | Packet::ObserverInfo { .. }
            | Packet::LeaderInfo { .. }
            | Packet::AckEpoch { .. } => Glyph::Epoch,
            Packet::Diff { .. } => Glyph::Diff,
            Packet::Trunc { .. } => Glyph::Trunc,
            Packet::Snap { .. } => Glyph::Snap,
            Packet::NewLeader { .. } => Glyph::NewLeader,
            Packet::UpToDate => Glyph::UpToDate,
            Packet::Proposal(_) => Glyph::Proposal,
            Packet::Ack { .. } => Glyph::Ack,
            Packet::Commit { .. } => Glyph::Commit,
            Packet::Inform(_) => Glyph::Inform,
            Packet::Request { .. } => Glyph::Request,
            Packet::Ping { .. }
            | Packet::PingReply { .. }
            | Packet::Revalidate { .. }
            | Packet::Revalidated { .. }
            | Packet::Sync { .. } => Glyph::Ping,
        },
        Payload::ToServer(ClientPacket::Request { cxid, .. })
        | Payload::ToClient(ServerPacket::Reply { cxid, .. })
            if *cxid == PING_XID =>
        {
            Glyph::Ping
        }
        Payload::ToServer(_) => Glyph::Request,
        Payload::ToClient(_) => Glyph::Reply,
    }
}

/// A word or two beside the mark; the zxid is written below it.
fn label(payload: &Payload) -> Text {
    let Payload::Peer(packet) = payload else {
        return Text::default();
    };
    match packet {
        Packet::Notification {
            vote,
            state: Role::Looking,
            ..
        } if vote.leader.0 > 0 => Text::new(
            format!("for {}", vote.leader),
            format!("投 {}", vote.leader),
        ),
        Packet::Notification {
            state: Role::Looking,
            ..
        } => Text::new("no vote", "无投票权"),
        Packet::Notification { vote, .. } => Text::new(
            format!("{} leads", vote.leader),
            format!("{} 领导", vote.leader),
        ),
        Packet::FollowerInfo { accepted } | Packet::ObserverInfo { accepted } => {
            Text::new(format!("knows e{accepted}"), format!("已知 e{accepted}"))
        }
        Packet::LeaderInfo { epoch } => Text::new(format!("e{epoch}?"), format!("e{epoch}？")),
        Packet::AckEpoch { .. } => Text::new("has", "持有"),
        Packet::NewLeader { epoch } => Text::same(format!("e{epoch}")),
        Packet::Request { request, .. } => Text::same(request.word()),
        Packet::Ack { zxid } if zxid.is_epoch_start() => Text::same(format!("e{}", zxid.epoch())),
        _ => Text::default(),
    }
}
