//! A message on the wire.

use crate::base::{ClientId, ConnId, Instant, ServerId};
use crate::model::Zxid;
use crate::protocol::zab::packet::Packet;
use crate::protocol::{ClientPacket, ServerPacket};

/// One end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// A server.
    Server(ServerId),
    /// A client.
    Client(ClientId),
}

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Between servers.
    Peer(Packet),
    /// Client to server.
    ToServer(ClientPacket),
    /// Server to client.
    ToClient(ServerPacket),
}

impl Payload {
    /// The wire word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Peer(p) => p.word(),
            Self::ToServer(ClientPacket::Connect { .. }) => "connect",
            Self::ToServer(ClientPacket::Request { .. }) => "request",
            Self::ToClient(ServerPacket::Connected { .. }) => "connected",
            Self::ToClient(ServerPacket::Reply { .. }) => "reply",
            Self::ToClient(ServerPacket::Event(_)) => "event",
        }
    }

    /// The zxid it is about, if it is about one.
    pub fn zxid(&self) -> Option<Zxid> {
        match self {
            Self::Peer(p) => p.zxid(),
            Self::ToClient(ServerPacket::Reply { txn, .. }) => *txn,
            Self::ToClient(ServerPacket::Event(event)) => event.zxid,
            _ => None,
        }
    }
}

/// A message, from the moment it is sent; its arrival is fixed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number in the run.
    pub id: u64,
    /// Sender.
    pub from: End,
    /// Receiver.
    pub to: End,
    /// The connection it travels on.
    pub conn: ConnId,
    /// Content.
    pub payload: Payload,
    /// When it left.
    pub sent: Instant,
    /// When it arrives, if nothing happens to it.
    pub due: Instant,
}
