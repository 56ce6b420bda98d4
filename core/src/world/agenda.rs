//! What is due: a total order of events by instant, then by the order in which they were planned.

use std::sync::Arc;

use super::message::Message;
use crate::base::{ClientId, ConnId, Instant, Ordered, ServerId, WriteId};
use crate::model::Record;
use crate::protocol::Timer;
use crate::storage::SyncTicket;

/// The place of an event in the order.
pub type Slot = (Instant, u64);

/// Something that will happen unless it is cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A message arrives.
    Deliver(Arc<Message>),
    /// A timer of a server runs out.
    Timer(ServerId, Timer),
    /// A disk finishes an fsync.
    Synced(Arc<SyncDone>),
    /// Something small reaches a process.
    Signal(ServerId, Signal),
    /// A client wakes up.
    ClientWake(ClientId),
    /// A client's program wakes up.
    ProgramWake(ClientId),
    /// A client learns that its connection is gone.
    ClientClosed(ClientId, ConnId),
    /// A server learns that a client's connection is gone.
    ClientGone(ServerId, ClientId, ConnId),
    /// An operator's work in the vault goes on.
    Vault(VaultTask),
}

/// An operator's work that takes time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultTask {
    /// A joint restore.
    Restore,
    /// The next piece of a backup, by a job of that number.
    Piece(Arc<str>, u64),
    /// The next increment of a log that is shipped.
    Ship(Arc<str>, u64),
    /// The next backup by a rule.
    Policy(u64),
}

/// An fsync under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncDone {
    /// Whose disk.
    pub server: ServerId,
    /// The process that asked; a later one must not hear of it.
    pub incarnation: u64,
    /// Its number.
    pub id: WriteId,
    /// What it covers.
    pub ticket: SyncTicket,
    /// Log records it makes durable.
    pub records: Vec<Arc<Record>>,
}

/// Small inputs that the world itself plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// The process starts.
    Boot,
    /// The election channel to a peer works.
    LinkUp(ServerId),
    /// A quorum connection opened; true at the leader's side.
    Opened(ServerId, ConnId, bool),
    /// A quorum connection is gone.
    Closed(ServerId, ConnId),
    /// The disk refused a write.
    DiskFailed,
    /// An fsync finished while the process was paused.
    Synced(WriteId),
}

/// All that is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    events: Ordered<Slot, Event>,
    planned: u64,
}

impl Agenda {
    /// Plans an event.
    pub fn plan(&mut self, at: Instant, event: Event) -> Slot {
        self.planned += 1;
        let slot = (at, self.planned);
        self.events.insert(slot, event);
        slot
    }

    /// Cancels an event.
    pub fn cancel(&mut self, slot: Slot) {
        self.events.remove(&slot);
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<Instant> {
        self.events.first().map(|((at, _), _)| *at)
    }

    /// The next event, and when it is due.
    pub fn first(&self) -> Option<(Instant, &Event)> {
        self.events.first().map(|((at, _), event)| (*at, event))
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(Instant, Event)> {
        self.events.pop_first().map(|((at, _), event)| (at, event))
    }

    /// Takes out the events of one instant that `wanted` names, in order.
    pub fn take_due(&mut self, at: Instant, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        let due = self.events.iter().take_while(|((due, _), _)| *due <= at);
        let wanted = due.filter(|((due, _), e)| *due == at && wanted(e));
        let slots: Vec<Slot> = wanted.map(|(slot, _)| *slot).collect();
        let taken = slots.into_iter().filter_map(|s| self.events.remove(&s));
        taken.collect()
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        self.events.values()
    }

    /// Takes the messages out that `lost` says are lost.
    pub fn take_messages(&mut self, lost: impl Fn(&Message) -> bool) -> Vec<Arc<Message>> {
        let slots: Vec<Slot> = self
            .events
            .iter()
            .filter(|(_, e)| matches!(e, Event::Deliver(m) if lost(m)))
            .map(|(slot, _)| *slot)
            .collect();
        let taken = slots.into_iter().filter_map(|s| self.events.remove(&s));
        taken
            .filter_map(|e| match e {
                Event::Deliver(m) => Some(m),
                _ => None,
            })
            .collect()
    }

    /// Drops events that `gone` says can no longer happen.
    pub fn drop_events(&mut self, gone: impl Fn(&Event) -> bool) {
        self.events.retain(|_, e| !gone(e));
    }
}
