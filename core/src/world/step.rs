//! A step: one event of the run and all that came of it.
//!
//! Steps are observations. Captions, animation, the space-time view, the checks and golden text read
//! them; the state of the world never comes from them.

use std::sync::Arc;

use super::command::{Command, CrashKind, CrashPoint};
use super::message::Message;
use super::recipe::{Recipe, Standing};
use super::vault::{BackupKind, VaultEvent};
use crate::base::{ClientId, Instant, Mix, ServerId, StepId, WriteId};
use crate::model::{Record, Zxid};
use crate::protocol::zab::state::Status;
use crate::protocol::{Effect, Timer};
use crate::storage::PowerLoss;

/// Whose event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A server.
    Server(ServerId),
    /// A client.
    Client(ClientId),
    /// The user or the network.
    World,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The user did something.
    Command(Arc<Command>),
    /// A message arrived.
    Delivered(Arc<Message>),
    /// A message reached an end that no longer listens.
    Dropped(Arc<Message>),
    /// A server's timer ran out.
    Timer(Timer),
    /// An fsync finished: these records became durable, in order.
    Synced {
        /// Its number.
        id: WriteId,
        /// Records of the log that became durable.
        records: Vec<Arc<Record>>,
    },
    /// A process starts on its disk.
    Boot,
    /// The election channel to a peer works.
    LinkUp(ServerId),
    /// A quorum connection with a peer opened.
    Opened(ServerId),
    /// A quorum connection with a peer is gone.
    Closed(ServerId),
    /// A write was refused by the disk.
    DiskFailed,
    /// A client's connection to a server opened.
    ClientConnected,
    /// A client's connection is gone, at the actor's end.
    ClientDisconnected(ClientId),
    /// A client wakes up: reconnects, sends a ping, or gives up waiting.
    ClientTimer,
    /// A client's program has waited long enough.
    ProgramWake,
    /// An operator's work goes on.
    Operator,
}

/// What came of it besides the machine's own effects, in the order it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The machine's effect, carried out.
    Effect(Effect),
    /// The machine asked for this and the disk would not: it is full, and the process has not heard
    /// of it yet.
    Refused(Effect),
    /// A message went onto the wire.
    Sent(Arc<Message>),
    /// A message on the wire was lost.
    Lost(Arc<Message>),
    /// A server died; with power its disk lost this.
    Died {
        /// Which.
        server: ServerId,
        /// How.
        kind: CrashKind,
        /// At which point, when a trap was set.
        point: Option<CrashPoint>,
        /// What the disk lost.
        lost: Option<PowerLoss>,
    },
    /// A client was told the outcome of a request: `txn` is the zxid of its write.
    Told {
        /// Who.
        client: ClientId,
        /// Index in the client's history.
        entry: u32,
        /// Zxid of the write, if it was one and succeeded or failed as a transaction.
        txn: Option<Zxid>,
    },
    /// A client lost its connection: these requests have an unknown outcome.
    Unknown {
        /// Who.
        client: ClientId,
        /// Indexes in the client's history.
        entries: Vec<u32>,
    },
    /// A client's session is over: these requests were never sent.
    Expired {
        /// Who.
        client: ClientId,
        /// Indexes in the client's history.
        entries: Vec<u32>,
    },
    /// A client heard an event.
    Notified {
        /// Who.
        client: ClientId,
        /// Index in the client's events.
        entry: u32,
    },
    /// A client's recipe came to stand elsewhere.
    Recipe {
        /// Who.
        client: ClientId,
        /// Which.
        recipe: Recipe,
        /// Where.
        path: Arc<str>,
        /// How it stands now.
        standing: Standing,
    },
    /// A client wrote to the store outside of the ensemble.
    Stored {
        /// Who.
        client: ClientId,
        /// What it showed.
        token: Zxid,
        /// The highest token that the store had seen before.
        highest: Option<Zxid>,
        /// False when the store refused it.
        accepted: bool,
    },
    /// A backup was taken.
    BackedUp {
        /// Its name.
        backup: Arc<str>,
        /// How.
        kind: BackupKind,
        /// Of which server.
        server: ServerId,
        /// Number of files.
        files: u32,
        /// Their bytes, preallocated zeros left out.
        bytes: u64,
        /// The last transaction in it.
        zxid: Zxid,
    },
    /// The files of a backup took the place of those of a server.
    Copied {
        /// Its name.
        backup: Arc<str>,
        /// Whose files.
        server: ServerId,
        /// Number of files.
        files: u32,
        /// Their bytes, preallocated zeros left out.
        bytes: u64,
    },
    /// An operator's work in the vault came so far.
    Vault(VaultEvent),
}

/// One event of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 0.
    pub id: StepId,
    /// When.
    pub at: Instant,
    /// Whose.
    pub actor: Actor,
    /// What happened.
    pub cause: Cause,
    /// What came of it.
    pub outcomes: Vec<Outcome>,
    /// The acting server's state before, `None` when it was down.
    pub before: Option<Status>,
    /// The acting server's state after, `None` when it is down.
    pub after: Option<Status>,
}

/// Adds a step to the running digest of a run: what happened, to whom, when, and what came of it.
pub(super) fn mix(digest: Mix, step: &Step) -> Mix {
    let (kind, subject) = match &step.cause {
        Cause::Command(_) => (0, 0),
        Cause::Delivered(m) => (1, m.id),
        Cause::Dropped(m) => (2, m.id),
        Cause::Timer(t) => (3, *t as u64),
        Cause::Synced { id, records } => (4, id.0 << 16 | records.len() as u64),
        Cause::Boot => (5, 0),
        Cause::LinkUp(s) => (6, u64::from(s.0)),
        Cause::Opened(s) => (7, u64::from(s.0)),
        Cause::Closed(s) => (8, u64::from(s.0)),
        Cause::DiskFailed => (9, 0),
        Cause::ClientConnected => (10, 0),
        Cause::ClientDisconnected(c) => (11, u64::from(c.0)),
        Cause::ClientTimer => (12, 0),
        Cause::ProgramWake => (13, 0),
        Cause::Operator => (14, 0),
    };
    let actor = match step.actor {
        Actor::Server(s) => u64::from(s.0),
        Actor::Client(c) => 1 << 16 | u64::from(c.0),
        Actor::World => 1 << 17,
    };
    let digest = digest.add(step.at.0).add(kind << 32 | actor).add(subject);
    let digest = step.outcomes.iter().fold(digest, mix_outcome);
    match step.after {
        Some(s) => digest
            .add((s.role as u64) << 8 | s.phase as u64)
            .add(s.logged.0 as u64)
            .add(s.committed.0 as u64)
            .add(s.applied.0 as u64),
        None => digest,
    }
}

fn mix_outcome(digest: Mix, outcome: &Outcome) -> Mix {
    match outcome {
        Outcome::Sent(m) => digest.add(m.id).add(m.due.0),
        Outcome::Lost(m) => digest.add(!m.id),
        Outcome::Effect(Effect::Append { record, .. }) => digest.add(record.hash),
        Outcome::Effect(Effect::Apply(record)) => digest.add(!record.hash),
        Outcome::Effect(Effect::Commit(zxid)) => digest.add(zxid.0 as u64),
        Outcome::Effect(_) => digest.add(1),
        Outcome::Refused(_) => digest.add(5 << 48),
        Outcome::Died { server, kind, .. } => {
            digest.add(2 << 32 | u64::from(server.0) << 8 | *kind as u64)
        }
        Outcome::Told { client, entry, txn } => digest
            .add(3 << 48 | u64::from(client.0) << 32 | u64::from(*entry))
            .add(txn.map_or(0, |z| z.0 as u64)),
        Outcome::Unknown { client, entries } => {
            digest.add(4 << 48 | u64::from(client.0) << 32 | entries.len() as u64)
        }
        Outcome::Expired { client, entries } => {
            digest.add(6 << 48 | u64::from(client.0) << 32 | entries.len() as u64)
        }
        Outcome::Notified { client, entry } => {
            digest.add(7 << 48 | u64::from(client.0) << 32 | u64::from(*entry))
        }
        Outcome::Recipe {
            client, standing, ..
        } => digest
            .add(8 << 48 | u64::from(client.0) << 32 | standing.state as u64)
            .add(u64::from(standing.count))
            .add(standing.token.map_or(0, |z| z.0 as u64)),
        Outcome::Stored {
            client,
            token,
            accepted,
            ..
        } => digest
            .add(9 << 48 | u64::from(client.0) << 32 | u64::from(*accepted))
            .add(token.0 as u64),
        Outcome::BackedUp {
            server,
            bytes,
            zxid,
            ..
        } => digest
            .add(10 << 48 | u64::from(server.0) << 32)
            .add(*bytes)
            .add(zxid.0 as u64),
        Outcome::Copied { server, bytes, .. } => {
            digest.add(11 << 48 | u64::from(server.0) << 32).add(*bytes)
        }
        Outcome::Vault(event) => event.mix(digest),
    }
}
