//! What kind of line it is, and which kinds a reader wants.

use crate::model::Request;
use crate::protocol::Decision;
use crate::protocol::zab::packet::Packet;
use crate::protocol::{ClientPacket, ServerPacket};
use crate::world::message::Payload;

/// Kinds of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A line of the script: a command, an expectation, a beat.
    Script,
    /// A server changed its role or phase.
    State,
    /// A turning point, with its reason.
    Reason,
    /// The leader numbered a transaction.
    Propose,
    /// The leader committed.
    Commit,
    /// What a client was told.
    Client,
    /// A server died, and what it lost.
    Crash,
    /// A connection broke.
    Link,
    /// A lamp or a property turned red.
    Violation,
    /// An election message.
    Vote,
    /// A message between servers.
    Message,
    /// A file changed, or became durable.
    Disk,
    /// A server applied a transaction, or was told that it is committed.
    Apply,
    /// A smaller choice: votes kept, late acks, group commits.
    Choice,
    /// A message between a client and its server.
    Request,
    /// Everything else, but for noise.
    Detail,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Script,
        Self::State,
        Self::Reason,
        Self::Propose,
        Self::Commit,
        Self::Client,
        Self::Crash,
        Self::Link,
        Self::Violation,
        Self::Vote,
        Self::Message,
        Self::Disk,
        Self::Apply,
        Self::Choice,
        Self::Request,
        Self::Detail,
    ];

    /// Its name on a command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::State => "state",
            Self::Reason => "reason",
            Self::Propose => "propose",
            Self::Commit => "commit",
            Self::Client => "client",
            Self::Crash => "crash",
            Self::Link => "link",
            Self::Violation => "violation",
            Self::Vote => "vote",
            Self::Message => "message",
            Self::Disk => "disk",
            Self::Apply => "apply",
            Self::Choice => "choice",
            Self::Request => "request",
            Self::Detail => "detail",
        }
    }

    /// The kind of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter(u32);

impl Filter {
    /// The story: what a reader needs to follow a run.
    pub fn notable() -> Self {
        let kinds = [
            Kind::Script,
            Kind::State,
            Kind::Reason,
            Kind::Propose,
            Kind::Commit,
            Kind::Client,
            Kind::Crash,
            Kind::Violation,
        ];
        kinds.into_iter().fold(Self(0), Self::with)
    }

    /// What no reader may miss: lines of the script, and broken properties.
    pub fn always() -> Self {
        Self(0).with(Kind::Script).with(Kind::Violation)
    }

    /// Every kind.
    pub fn everything() -> Self {
        Kind::ALL.into_iter().fold(Self(0), Self::with)
    }

    /// These kinds too.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u32)
    }

    /// All but this kind.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Self {
        Self(self.0 & !(1 << kind as u32))
    }

    /// True when lines of this kind are wanted.
    pub const fn wants(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }
}

/// The kind of the line that says a message is sent.
pub fn of_message(payload: &Payload) -> Kind {
    match payload {
        p if is_noise(p) => Kind::Detail,
        Payload::Peer(Packet::Notification { .. }) => Kind::Vote,
        Payload::Peer(_) => Kind::Message,
        _ => Kind::Request,
    }
}

/// The kind of the line that says a message is lost.
pub fn of_lost(payload: &Payload) -> Kind {
    match payload {
        p if is_noise(p) => Kind::Detail,
        _ => Kind::Link,
    }
}

/// True for messages that only say "I am here".
pub fn is_noise(payload: &Payload) -> bool {
    match payload {
        Payload::Peer(Packet::Ping { .. } | Packet::PingReply { .. }) => true,
        Payload::ToServer(ClientPacket::Request { request, .. }) => **request == Request::Ping,
        // The answer to a ping has the ping's number, which ZooKeeper fixes at -2.
        Payload::ToClient(ServerPacket::Reply { cxid, .. }) => *cxid == -2,
        _ => false,
    }
}

/// The kind of the line that gives a reason.
pub const fn of_decision(decision: &Decision) -> Kind {
    match decision {
        Decision::StartedRound { .. }
        | Decision::AdoptedVote { .. }
        | Decision::KeptVote { .. }
        | Decision::JoinedRound { .. }
        | Decision::IgnoredOldRound { .. }
        | Decision::QuorumOfVotes { .. }
        | Decision::BetterVoteCame { .. }
        | Decision::RepeatedVote
        | Decision::AcceptedEpoch { .. }
        | Decision::AckedNewLeader { .. }
        | Decision::Serving
        | Decision::LateAck { .. }
        | Decision::ForwardedWrite { .. }
        | Decision::GroupCommit { .. }
        | Decision::TooBusyToSnap
        | Decision::SessionRevalidated { valid: true, .. } => Kind::Choice,
        Decision::QuorumOfAcks { .. } => Kind::Commit,
        _ => Kind::Reason,
    }
}
