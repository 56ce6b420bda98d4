//! Which steps concern a target, and which decisions explain it.
//!
//! The history of a target is a walk over steps with these two questions. Small talk (pings, timers
//! with nothing to tell) concerns nobody.

use std::sync::Arc;

use super::entry::zxid;
use crate::base::{ServerId, SessionId};
use crate::model::{Record, Zxid};
use crate::protocol::zab::packet::Packet;
use crate::protocol::{Decision, Effect};
use crate::storage::{FileOp, SyncTarget};
use crate::view::caption::{self, Caption};
use crate::view::target::Target;
use crate::world::{Actor, Cause, Command, End, Endpoint, Message, Outcome, Payload, Step, World};

/// Does the step concern it?
pub fn concerns(step: &Step, target: &Target, world: &World) -> bool {
    match target {
        Target::Server(id) => of_server(step, *id) && matters(step, world),
        Target::Client(id) => {
            let name = world.clients().get(usize::from(id.0)).map(|c| &*c.name);
            let theirs = step.actor == Actor::Client(*id) || commanded(step, name);
            theirs && (matters(step, world) || matches!(step.cause, Cause::Command(_)))
        }
        Target::Entry(server, zx) => {
            step.actor == Actor::Server(*server) && of_zxid(step, zxid(*zx))
        }
        Target::Transaction(zx) => of_zxid(step, zxid(*zx)) || told(step, zxid(*zx)),
        Target::File(server, name) => {
            step.actor == Actor::Server(*server) && step.outcomes.iter().any(|o| of_file(o, name))
        }
        Target::Link(a, b) => of_link(step, *a, *b),
        Target::Backup(name) => step.outcomes.iter().any(|o| match o {
            Outcome::BackedUp { backup, .. } | Outcome::Copied { backup, .. } => **backup == **name,
            Outcome::Vault(event) => **event.backup() == **name,
            _ => false,
        }),
        Target::Vault => step.outcomes.iter().any(|o| {
            matches!(
                o,
                Outcome::BackedUp { .. } | Outcome::Copied { .. } | Outcome::Vault(_)
            )
        }),
        // Their steps are known by number.
        Target::Message(_) | Target::Lamp(_) | Target::Step(_) => false,
    }
}

/// Does the decision explain it?
pub fn explains(server: ServerId, decision: &Decision, target: &Target, world: &World) -> bool {
    match target {
        Target::Server(id) => server == *id && is_of_role(decision),
        Target::Client(id) => {
            let client = world.clients().get(usize::from(id.0));
            client.is_some_and(|c| of_session(decision, c.session))
        }
        Target::Entry(on, zx) => {
            of_txn(decision, zxid(*zx))
                && (server == *on || !matches!(decision, Decision::Truncated { .. }))
        }
        Target::Transaction(zx) => of_txn(decision, zxid(*zx)),
        Target::Step(_) => true,
        _ => false,
    }
}

/// Turning points of a server: how it came to be what it is.
pub const fn is_of_role(decision: &Decision) -> bool {
    matches!(
        decision,
        Decision::Elected { .. }
            | Decision::JoinedEstablished { .. }
            | Decision::AcceptedEpoch { .. }
            | Decision::RefusedEpoch { .. }
            | Decision::FollowerAhead { .. }
            | Decision::EpochAgreed { .. }
            | Decision::PlannedSync { .. }
            | Decision::Truncated { .. }
            | Decision::LoadedSnap { .. }
            | Decision::NeedsSnap
            | Decision::AckedNewLeader { .. }
            | Decision::Established { .. }
            | Decision::Serving
            | Decision::WentLooking { .. }
            | Decision::DroppedLearner { .. }
            | Decision::Recovered { .. }
            | Decision::FreshDisk { .. }
            | Decision::SnapshotDone { .. }
            | Decision::DiskRefused
            | Decision::Restored { .. }
    )
}

fn of_session(decision: &Decision, of: SessionId) -> bool {
    match decision {
        Decision::ForwardedWrite { session, .. }
        | Decision::ExpiredSession { session }
        | Decision::SessionRevalidated { session, .. } => *session == of,
        Decision::RefusedStaleServer { .. } => true,
        _ => false,
    }
}

fn of_txn(decision: &Decision, of: Zxid) -> bool {
    match decision {
        Decision::QuorumOfAcks { zxid, .. }
        | Decision::LateAck { zxid, .. }
        | Decision::FailedRequest { zxid, .. } => *zxid == of,
        Decision::Truncated { to } => *to < of,
        Decision::Established { history, .. } => of <= *history,
        Decision::GroupCommit { .. } => true,
        _ => false,
    }
}

/// The best of its sentences is no small talk.
fn matters(step: &Step, world: &World) -> bool {
    let said = caption::captions(step, world);
    said.iter().map(Caption::weight).max().unwrap_or(0) > 0
}

fn of_server(step: &Step, id: ServerId) -> bool {
    if step.actor == Actor::Server(id) {
        return true;
    }
    let dies = |o: &Outcome| matches!(o, Outcome::Died { server, .. } if *server == id);
    if step.outcomes.iter().any(dies) {
        return true;
    }
    let Cause::Command(command) = &step.cause else {
        return false;
    };
    if let Some(server) = command.server() {
        return server == id;
    }
    match &**command {
        Command::Cut(a, b) | Command::Heal(Some((a, b))) | Command::Slow { a, b, .. } => {
            [a, b].contains(&&Endpoint::Server(id))
        }
        Command::Partition(_) | Command::Heal(None) => true,
        _ => false,
    }
}

fn commanded(step: &Step, name: Option<&str>) -> bool {
    let Cause::Command(command) = &step.cause else {
        return false;
    };
    command.client().is_some_and(|of| Some(of) == name)
}

fn of_zxid(step: &Step, zxid: Zxid) -> bool {
    let is = |record: &Arc<Record>| record.zxid() == zxid;
    match &step.cause {
        Cause::Synced { records, .. } if records.iter().any(is) => return true,
        Cause::Delivered(m) if is_about(m, zxid) => return true,
        _ => {}
    }
    step.outcomes.iter().any(|outcome| match outcome {
        Outcome::Effect(
            Effect::Append { record, .. } | Effect::Propose(record) | Effect::Apply(record),
        ) => is(record),
        Outcome::Effect(Effect::Commit(z)) => *z == zxid,
        Outcome::Effect(Effect::Decide(Decision::Truncated { to })) => step
            .before
            .is_some_and(|before| *to < zxid && zxid <= before.logged),
        Outcome::Sent(m) | Outcome::Lost(m) => is_about(m, zxid),
        _ => false,
    })
}

/// A message that carries a transaction, acknowledges or commits it.
fn is_about(message: &Message, zxid: Zxid) -> bool {
    let of_log = matches!(
        &message.payload,
        Payload::Peer(
            Packet::Proposal(_) | Packet::Ack { .. } | Packet::Commit { .. } | Packet::Inform(_)
        )
    );
    of_log && message.payload.zxid() == Some(zxid)
}

fn told(step: &Step, zxid: Zxid) -> bool {
    let told = |o: &Outcome| matches!(o, Outcome::Told { txn: Some(z), .. } if *z == zxid);
    step.outcomes.iter().any(told)
}

fn of_file(outcome: &Outcome, name: &str) -> bool {
    let op = |op: &FileOp| match op {
        FileOp::Rename { from, to } => &**from == name || &**to == name,
        op => &**op.name() == name,
    };
    match outcome {
        Outcome::Effect(effect) | Outcome::Refused(effect) => match effect {
            Effect::Append { ops, .. } => ops.iter().any(op),
            Effect::Write(one) => op(one),
            Effect::Sync {
                target: SyncTarget::Files(names),
                ..
            } => names.iter().any(|n| &**n == name),
            _ => false,
        },
        _ => false,
    }
}

fn of_link(step: &Step, a: ServerId, b: ServerId) -> bool {
    let ends = [End::Server(a), End::Server(b)];
    let on = |m: &Message| ends.contains(&m.from) && ends.contains(&m.to);
    let small = |m: &Message| {
        matches!(
            &m.payload,
            Payload::Peer(Packet::Ping { .. } | Packet::PingReply { .. })
        )
    };
    match &step.cause {
        Cause::Delivered(m) | Cause::Dropped(m) if on(m) => return !small(m),
        Cause::Opened(peer) | Cause::Closed(peer) | Cause::LinkUp(peer) => {
            let me = step.actor;
            return (me == Actor::Server(a) && *peer == b)
                || (me == Actor::Server(b) && *peer == a);
        }
        Cause::Command(command) => {
            let both = |x: &Endpoint, y: &Endpoint| {
                let is = |e: &Endpoint| [Endpoint::Server(a), Endpoint::Server(b)].contains(e);
                is(x) && is(y)
            };
            match &**command {
                Command::Cut(x, y)
                | Command::Heal(Some((x, y)))
                | Command::Slow { a: x, b: y, .. } => {
                    return both(x, y);
                }
                Command::Lose(p) | Command::Late { packet: p, .. } => return both(&p.from, &p.to),
                Command::Partition(_) | Command::Heal(None) => return true,
                _ => {}
            }
        }
        _ => {}
    }
    let lost = |o: &Outcome| matches!(o, Outcome::Lost(m) if on(m));
    step.outcomes.iter().any(lost)
}
