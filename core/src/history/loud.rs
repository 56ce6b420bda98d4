//! Which steps are worth a column of the space-time view, and which are small talk.
//!
//! Small talk is what happens while nothing happens: pings and their answers, timers that end in
//! another ping, the pieces of a running snapshot. Everything that changes what a server is, holds or
//! says to a client is loud, and so is every message that is none of these. It never depends on the
//! language or on the screen, so that the index can keep one bit for it.

use crate::protocol::zab::packet::Packet;
use crate::protocol::zab::state::Status;
use crate::protocol::{ClientPacket, Effect, ServerPacket};
use crate::world::client::PING_XID;
use crate::world::{Cause, Message, Outcome, Payload, Step};

/// True for a message by which somebody only says that it is alive.
pub fn is_small_talk(message: &Message) -> bool {
    match &message.payload {
        Payload::Peer(packet) => {
            matches!(packet, Packet::Ping { .. } | Packet::PingReply { .. })
        }
        Payload::ToServer(ClientPacket::Request { cxid, .. })
        | Payload::ToClient(ServerPacket::Reply { cxid, .. }) => *cxid == PING_XID,
        Payload::ToServer(_) | Payload::ToClient(_) => false,
    }
}

/// True for a step that is worth a column.
pub fn is_loud(step: &Step) -> bool {
    let by_cause = match &step.cause {
        Cause::Command(_)
        | Cause::Operator
        | Cause::Boot
        | Cause::DiskFailed
        | Cause::Closed(_)
        | Cause::ClientDisconnected(_) => true,
        Cause::Delivered(message) | Cause::Dropped(message) => !is_small_talk(message),
        Cause::Synced { records, .. } => !records.is_empty(),
        Cause::Timer(_)
        | Cause::LinkUp(_)
        | Cause::Opened(_)
        | Cause::ClientConnected
        | Cause::ClientTimer
        | Cause::ProgramWake => false,
    };
    let part = |status: Option<Status>| status.map(|s| (s.role, s.phase, s.leader, s.current));
    by_cause || part(step.before) != part(step.after) || step.outcomes.iter().any(is_loud_outcome)
}

fn is_loud_outcome(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Sent(message) | Outcome::Lost(message) => !is_small_talk(message),
        Outcome::Effect(effect) => matches!(
            effect,
            Effect::Append { .. }
                | Effect::Propose(_)
                | Effect::Commit(_)
                | Effect::Apply(_)
                | Effect::Decide(_)
                | Effect::Halt(_)
        ),
        Outcome::Unknown { entries, .. } | Outcome::Expired { entries, .. } => !entries.is_empty(),
        Outcome::Refused(_)
        | Outcome::Died { .. }
        | Outcome::Told { .. }
        | Outcome::Notified { .. }
        | Outcome::Recipe { .. }
        | Outcome::Stored { .. }
        | Outcome::BackedUp { .. }
        | Outcome::Copied { .. }
        | Outcome::Vault(_) => true,
    }
}
