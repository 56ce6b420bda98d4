//! Presentation time: when each step is shown, while the run plays.
//!
//! Simulated time is proportional and belongs to the engine; a millisecond of network and two seconds
//! of silence cannot be watched at the same rate. Presentation time gives each cause its length:
//!
//! ```text
//!   a message       600 ms from the step that sent it to the step in which it arrives
//!   an fsync        400 ms from the step that asked for it
//!   a piece         300 ms until the next of that backup; what is copied at once, 600 ms
//!   anything else   80 ms after the step before, small talk 20 ms, a crowd of messages less
//!   silence         what it lasted, at most 600 ms
//! ```
//! Groups that are concurrent overlap: a step waits for its own cause and for the step before it,
//! nothing else. So two steps are never more than 600 ms apart, and a message always flies its 600 ms.
//!
//! To know when a message will arrive, playback runs a copy of the world ahead of what is shown. The
//! copy is thrown away when the user does something. Where messages are meanwhile: [`super::flights`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::flights::{Flight, Flights, Journey, journeys};
use crate::base::{Instant, ServerId, WriteId};
use crate::history::Recording;
use crate::protocol::zab::packet::Packet;
use crate::protocol::{Effect, Timer};
use crate::view::Frame;
use crate::view::cargo::{self, Pace};
use crate::world::vault::VaultEvent;
use crate::world::{Actor, Cause, Outcome, Payload, Step, World};

/// Flight of a message, and the longest silence.
pub const FLIGHT_US: u64 = 600_000;
/// From the write to the end of its fsync.
const FSYNC_US: u64 = 400_000;
/// Between two steps that have nothing to do with each other; less when much is on the wire, so that
/// a group of many is not slower than a group of few.
const STAGGER_US: u64 = 80_000;
/// A group of messages arrives within so much time, from the first to the last.
const GROUP_US: u64 = 600_000;
/// The same, for small talk.
const MURMUR_US: u64 = 20_000;
/// A piece of a backup on its way.
const PIECE_US: u64 = 300_000;
/// What the user did is given a moment.
const COMMAND_US: u64 = 300_000;
/// Steps planned ahead; more are planned when these are shown.
const AHEAD: usize = 48;

/// The plan of what is shown when.
#[derive(Clone, Debug)]
pub struct Playback {
    ahead: World,
    /// When the next steps will be shown.
    plan: VecDeque<u64>,
    /// When messages were, or will be, seen to leave, and where they are since.
    flights: Flights,
    /// When fsyncs were asked for.
    syncs: BTreeMap<(ServerId, WriteId), u64>,
    /// What is on its way to or from a backup.
    cargo: BTreeMap<Arc<str>, u64>,
    /// The next step waits until then.
    rests_us: u64,
    now_us: u64,
    last_us: u64,
    last_at: Instant,
}

impl Playback {
    /// Starts at the world that is shown; messages on the wire stay where they are `seen`: at so many
    /// thousandths of their way.
    pub(super) fn start(world: &World, frame: &Frame, seen: impl Fn(Journey) -> u32) -> Self {
        // Some presentation time has passed already, so that what is under way can lie behind.
        let now_us = FLIGHT_US;
        let mut flights = Flights::default();
        for journey in journeys(frame) {
            let gone_us = FLIGHT_US * u64::from(seen(journey).min(1_000)) / 1_000;
            flights.leave(journey.id, now_us - gone_us);
        }
        for message in &frame.lost {
            flights.lose(message.id, now_us);
        }
        let (mut cargo, mut rests_us) = (BTreeMap::new(), 0);
        for carried in &frame.cargo {
            match carried.pace() {
                Pace::Stands => flights.lose(carried.id, now_us),
                Pace::AtOnce => {
                    rests_us = now_us + FLIGHT_US;
                    flights.lose(carried.id, rests_us);
                }
                Pace::Moves => {
                    cargo.insert(Arc::from(carried.backup.as_str()), carried.id);
                }
            }
        }
        flights.pass(now_us);
        Self {
            ahead: world.clone(),
            plan: VecDeque::new(),
            flights,
            syncs: BTreeMap::new(),
            cargo,
            rests_us,
            now_us,
            last_us: now_us,
            last_at: world.now(),
        }
    }

    /// Lets presentation time pass, up to the next step at most. True when that step is to be shown
    /// now: show it and call again with what is left of the time, which is handed back.
    pub fn pass(&mut self, time_us: u64, recording: &Recording) -> Pass {
        // Whoever draws marks has moved them up to here.
        self.look_ahead(recording, self.now_us + time_us);
        let Some(next_us) = self.plan.front().copied() else {
            return Pass::Nothing;
        };
        let wait_us = next_us.saturating_sub(self.now_us);
        if wait_us > time_us {
            self.now_us += time_us;
            return Pass::Waiting;
        }
        self.now_us = self.now_us.max(next_us);
        self.plan.pop_front();
        self.flights.pass(self.now_us);
        Pass::Show {
            left_us: time_us - wait_us,
        }
    }

    /// How long until the next step is due; none when nothing is planned.
    pub fn wait_us(&self) -> Option<u64> {
        let next_us = self.plan.front()?;
        Some(next_us.saturating_sub(self.now_us))
    }

    /// Where a message is.
    pub fn flight(&self, message: u64) -> Option<Flight> {
        self.flights.of(message, self.now_us)
    }

    fn look_ahead(&mut self, recording: &Recording, seen_us: u64) {
        if self.plan.len() >= AHEAD / 2 {
            return;
        }
        while self.plan.len() < AHEAD {
            let Some(step) = next_step(&mut self.ahead, recording) else {
                return;
            };
            self.schedule(&step, seen_us);
        }
    }

    fn schedule(&mut self, step: &Step, seen_us: u64) {
        let at_us = self.moment(step);
        match (&step.cause, step.actor) {
            (Cause::Delivered(m) | Cause::Dropped(m), _) => {
                self.flights.arrive(m.id, at_us, seen_us);
            }
            (Cause::Synced { id, .. }, Actor::Server(server)) => {
                self.syncs.remove(&(server, *id));
            }
            _ => {}
        }
        for outcome in &step.outcomes {
            match (outcome, step.actor) {
                (Outcome::Sent(m), _) => {
                    self.flights.leave(m.id, at_us);
                }
                (Outcome::Lost(m), _) => {
                    self.flights.lose(m.id, at_us);
                }
                (Outcome::Effect(Effect::Sync { id, .. }), Actor::Server(server)) => {
                    self.syncs.insert((server, *id), at_us);
                }
                (Outcome::Vault(event), _) => self.carry(event, step, at_us, seen_us),
                (Outcome::BackedUp { .. } | Outcome::Copied { .. }, _) => {
                    self.carry_at_once(step, at_us);
                }
                _ => {}
            }
        }
        if cargo::handed(step).is_some() {
            self.carry_at_once(step, at_us);
        }
        self.plan.push_back(at_us);
        self.last_us = at_us;
        self.last_at = step.at;
    }

    /// Bytes that are there in the step in which they leave.
    fn carry_at_once(&mut self, step: &Step, at_us: u64) {
        let id = cargo::id(step.id.0);
        self.rests_us = at_us + FLIGHT_US;
        self.flights.leave(id, at_us);
        self.flights.lose(id, self.rests_us);
    }

    /// What was carried for a backup is there when its next piece leaves.
    fn carry(&mut self, event: &VaultEvent, step: &Step, at_us: u64, seen_us: u64) {
        let leaves = match event {
            VaultEvent::Copying { .. } | VaultEvent::Declared(_) | VaultEvent::Staged { .. } => {
                true
            }
            VaultEvent::Verified { .. } | VaultEvent::Retired { .. } => return,
            _ => false,
        };
        if let Some(before) = self.cargo.remove(event.backup()) {
            self.flights.arrive(before, at_us, seen_us);
        }
        if leaves {
            let id = cargo::id(step.id.0);
            self.flights.leave(id, at_us);
            self.cargo.insert(Arc::clone(event.backup()), id);
        }
    }

    /// When the piece is there that the work of a step waited for.
    fn carried(&self, step: &Step) -> Option<u64> {
        let mut outcomes = step.outcomes.iter();
        outcomes.find_map(|outcome| match outcome {
            Outcome::Vault(event) => {
                let left_us = self.flights.left(*self.cargo.get(event.backup())?)?;
                Some(left_us + PIECE_US)
            }
            _ => None,
        })
    }

    fn moment(&self, step: &Step) -> u64 {
        let crowd = GROUP_US / (self.flights.len() as u64 + 1);
        let stagger = if is_murmur(step) {
            MURMUR_US
        } else {
            STAGGER_US
        };
        let after_last = self.last_us + stagger.min(crowd);
        let after_cause = match &step.cause {
            Cause::Delivered(m) | Cause::Dropped(m) => {
                self.flights.left(m.id).map(|at| at + FLIGHT_US)
            }
            Cause::Synced { id, .. } => match step.actor {
                Actor::Server(server) => self.syncs.get(&(server, *id)).map(|at| at + FSYNC_US),
                Actor::Client(_) | Actor::World => None,
            },
            Cause::Command(_) => Some(self.last_us + COMMAND_US),
            Cause::Operator if self.carried(step).is_some() => self.carried(step),
            _ if self.flights.len() == 0 => {
                let silence = step.at.since(self.last_at).as_us();
                Some(self.last_us + silence.min(FLIGHT_US))
            }
            _ => None,
        };
        after_last.max(after_cause.unwrap_or(0)).max(self.rests_us)
    }
}

/// What came of some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// The next step is not due yet.
    Waiting,
    /// The next step is to be shown; so much time is left.
    Show {
        /// The rest.
        left_us: u64,
    },
    /// Nothing will ever happen again by itself.
    Nothing,
}

/// The next step of a world that follows a recording, and goes on by itself behind its end.
fn next_step(world: &mut World, recording: &Recording) -> Option<Step> {
    let next = recording.commands_before(world.steps());
    match recording.commands.get(next) {
        Some(recorded) if recorded.at_step == world.steps() => {
            world.advance_to(recorded.at);
            world.perform(&recorded.command).ok()
        }
        _ => world.step(),
    }
}

/// Small talk: pings and bookkeeping, which may go by quickly.
pub(super) fn is_murmur(step: &Step) -> bool {
    match &step.cause {
        Cause::Delivered(m) => matches!(
            &m.payload,
            Payload::Peer(Packet::Ping { .. } | Packet::PingReply { .. })
        ),
        Cause::Timer(timer) => {
            matches!(
                timer,
                Timer::HalfTick | Timer::SnapshotWalk | Timer::Reaper | Timer::SessionBucket
            )
        }
        Cause::LinkUp(_) | Cause::Opened(_) | Cause::ClientTimer => true,
        Cause::Synced { records, .. } => records.is_empty(),
        _ => false,
    }
}
