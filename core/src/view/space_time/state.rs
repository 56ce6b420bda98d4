//! What every line is between two columns: the state that a tile takes over and leaves behind.
//!
//! It can be read off any world, so that a tile can be made without those before it. Small talk never
//! changes it.

use std::collections::BTreeMap;

use super::super::frame::{EndView, Phase, Role};
use super::{Era, Standing};
use crate::base::ServerId;
use crate::history::{StepIndex, loud};
use crate::model::Zxid;
use crate::world::{Actor, End, Host, Message, World};

/// What every line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) servers: BTreeMap<ServerId, Server>,
    pub(super) era: Era,
    /// Messages on the wire and the column they left from, by number.
    pub(super) wire: BTreeMap<u64, Flying>,
}

/// What one server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) life: Standing,
    /// Written and not forced: first and last.
    pub(super) written: Option<(Zxid, Zxid)>,
    /// The snapshot it is writing.
    pub(super) snapshot: Option<Zxid>,
}

/// A message on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flying {
    pub(super) message: std::sync::Arc<Message>,
    pub(super) leaves: u64,
}

impl State {
    pub(super) fn of(world: &World, index: &StepIndex) -> Self {
        let mut state = Self {
            servers: BTreeMap::new(),
            era: era(world),
            wire: BTreeMap::new(),
        };
        for host in world.hosts() {
            state.servers.insert(host.id, server(host, world));
        }
        for message in world.in_flight() {
            if !loud::is_small_talk(message) {
                let leaves = leaves(message, index, world.steps());
                let flying = Flying {
                    message: message.clone(),
                    leaves,
                };
                state.wire.insert(message.id, flying);
            }
        }
        state
    }
}

pub(super) fn server(host: &Host, world: &World) -> Server {
    Server {
        life: standing(host, world),
        written: world.unforced(host.id),
        snapshot: host.process.as_ref().and_then(|p| Some(p.walk()?.zxid)),
    }
}

fn standing(host: &Host, world: &World) -> Standing {
    let Some(process) = &host.process else {
        return Standing::Down;
    };
    if host.paused {
        return Standing::Paused;
    }
    let status = process.status();
    match status.role {
        Role::Looking => Standing::Looking,
        Role::Following => Standing::Following,
        Role::Observing => Standing::Observing,
        Role::Leading => {
            let newer = world.hosts().iter().filter_map(|h| h.process.as_ref());
            let overtaken = newer.map(|p| p.status()).any(|other| {
                other.role == Role::Leading
                    && other.phase == Phase::Broadcast
                    && other.current > status.current
            });
            if overtaken {
                Standing::Claims
            } else {
                Standing::Leading
            }
        }
    }
}

/// Who leads, or is about to: the established leader of the newest epoch, else who has come furthest.
pub(super) fn era(world: &World) -> Era {
    let running = world.hosts().iter().filter(|host| !host.paused);
    let leading = running.filter_map(|host| {
        let status = host.process.as_ref()?.status();
        (status.role == Role::Leading).then_some((status.phase, status.current, host.id))
    });
    match leading.max_by_key(|(phase, current, _)| (*phase, *current)) {
        None => Era {
            phase: Phase::Election,
            leader: None,
            epoch: None,
        },
        Some((phase, current, leader)) => Era {
            phase,
            leader: Some(leader),
            epoch: (phase == Phase::Broadcast).then_some(current.0),
        },
    }
}

/// The column from which a message on the wire left.
fn leaves(message: &Message, index: &StepIndex, steps: u64) -> u64 {
    let sender = match message.from {
        End::Server(id) => Actor::Server(id),
        End::Client(id) => Actor::Client(id),
    };
    let first = index.first_at(message.sent);
    let then = (first..steps).map_while(|step| {
        let brief = index.get(step)?;
        (brief.at == message.sent).then_some((step, brief))
    });
    let loud = then.filter(|(_, brief)| brief.loud);
    let best = loud.max_by_key(|(_, brief)| brief.actor == sender);
    let cell = best.and_then(|(step, _)| index.cell(step));
    cell.map_or(index.cells_before(first) * 2, |cell| cell * 2 + 1)
}

/// An end without its name.
pub(super) const fn end(actor: Actor) -> Option<EndView> {
    match actor {
        Actor::Server(id) => Some(EndView::Server(id)),
        Actor::Client(id) => Some(EndView::Client(id)),
        Actor::World => None,
    }
}
