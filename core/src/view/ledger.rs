//! The confirmed-write ledger: what clients were told of their writes, and where each write is now.
//!
//! ```text
//!   histories of the clients ──► who was told what, by whom, when; who never will be
//!   disks and processes      ──► which servers hold it, durably or not, and which have applied it
//!   the checks               ──► is it committed, and did a later leader go on without it?
//! ```
//! A promise is kept as long as a majority of disks would bring the write back. It is broken when no
//! disk holds it, or when the newest established leader began without it: then no server that follows
//! this leader will ever have it.
//!
//! A write of *unknown* outcome is listed too. It is found again by its session and request number in
//! what leaders have proposed. It may have happened, may still happen, or may be gone.
//!
//! Heavy for a long run, so it is no part of the frame: a panel pulls it while it is open. At most
//! [`ROWS`] rows are made, newest first; all are counted.
//!
//! In ZooKeeper: nothing. Its client sees the reply, or `CONNECTIONLOSS`, and no more.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::caption;
use super::frame::{CellState, Slot, Zx};
use super::shelf::{Shelf, Tail};
use crate::base::{ClientId, Gather, Instant, Order, ServerId, SessionId};
use crate::check::Monitor;

use crate::model::{ErrorCode, ReplyBody, Zxid};
use crate::world::{Client, Host, Invocation, RequestOutcome, World};

/// Rows of a view at most.
pub const ROWS: usize = 200;

/// The ledger at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LedgerView {
    /// Writes that a client was told of, or never will be; newest first.
    pub rows: Vec<LedgerRow>,
    /// Older ones that were left out.
    pub more: u64,
    /// Writes that a client was told succeeded.
    pub confirmed: u64,
    /// Those of them that are lost.
    pub lost: u64,
    /// Writes of unknown outcome.
    pub unknown: u64,
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    /// Whose.
    pub client: ClientId,
    /// Index in the client's history.
    pub entry: u32,
    /// The client's name.
    pub name: String,
    /// `create /orders/2`.
    pub request: String,
    /// Its zxid, when it has one.
    pub zxid: Option<Zx>,
    /// The server that told the client; `None` when the connection broke first.
    pub told: Option<ServerId>,
    /// When the client was told, or lost its connection.
    pub at_us: u64,
    /// What became of it.
    pub fate: Fate,
    /// Where it is: one per server, in id order.
    pub slots: Vec<Slot>,
    /// Voters whose disks hold it for good.
    pub durable: u8,
    /// Voters in all.
    pub voters: u8,
    /// Servers that have it in their tree.
    pub applied: Vec<ServerId>,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Fate {
    /// It is committed, and a majority of disks holds it for good.
    Kept,
    /// It is committed, and too few disks hold it for good: a power loss may take it.
    AtRisk,
    /// Not committed; some disk holds it, so a leader may still bring it back.
    Open,
    /// It was committed and is gone.
    Lost(Gone),
    /// It was never committed and is gone. Nobody was told that it happened.
    Dropped(Gone),
    /// No leader has proposed it.
    NeverProposed,
}

/// Why a write is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Gone {
    /// No disk holds it.
    NoDisk,
    /// A joint restore ended it, and said so before.
    Declared,
    /// Another transaction got its zxid later.
    Replaced,
    /// The newest leader began without it.
    Overruled {
        /// The leader.
        leader: ServerId,
        /// Its epoch.
        epoch: i64,
    },
}

/// What the ledger is made from.
pub struct Books<'a> {
    /// The world at the moment shown.
    pub world: &'a World,
    /// The checks, at that moment or later.
    pub monitor: &'a Monitor,
    /// Says whether the ensemble has committed a transaction by then.
    pub is_committed: Box<dyn Fn(Zxid) -> bool + 'a>,
}

impl LedgerView {
    /// The ledger of a moment. `shelf` only saves work.
    pub fn of(books: &Books<'_>, shelf: &mut Shelf) -> Self {
        let mut writes = writes(books.world);
        writes.order_by_key(|write| std::cmp::Reverse((write.at, write.client.id, write.entry)));
        find_unknown(books, &mut writes);
        let places = Places::of(books, shelf);
        let mut view = Self::default();
        for write in &writes {
            let row = places.row(write);
            match row.told {
                Some(_) => view.confirmed += 1,
                None => view.unknown += 1,
            }
            let lost = matches!(row.fate, Fate::Lost(_));
            view.lost += u64::from(lost && row.told.is_some());
            if view.rows.len() < ROWS {
                view.rows.push(row);
            } else {
                view.more += 1;
            }
        }
        view
    }

    /// The writes that a client was told of and that are lost, in order: all of them, without a row for
    /// each.
    pub fn lost(books: &Books<'_>, shelf: &mut Shelf) -> Vec<Zxid> {
        let places = Places::of(books, shelf);
        let promised = writes(books.world).into_iter().filter(|w| w.told.is_some());
        let gone = promised.filter(|write| places.gone(write).is_some());
        let zxids: BTreeSet<Zxid> = gone.filter_map(|write| write.zxid).gather();
        zxids.into_iter().collect()
    }
}

/// A write that a client was told of, or never will be.
struct Write<'a> {
    client: &'a Client,
    entry: u32,
    asked: &'a Invocation,
    at: Instant,
    told: Option<ServerId>,
    zxid: Option<Zxid>,
}

fn writes(world: &World) -> Vec<Write<'_>> {
    let mut found = Vec::new();
    for client in world.clients() {
        for (entry, asked) in client.history.iter().enumerate() {
            let (at, told, zxid) = match &asked.outcome {
                RequestOutcome::Told {
                    reply,
                    txn: Some(zxid),
                    at,
                    server,
                } if reply.outcome() == ErrorCode::Ok => (*at, Some(*server), Some(*zxid)),
                RequestOutcome::Unknown { at } => (*at, None, None),
                _ => continue,
            };
            if asked.request.is_write() {
                found.push(Write {
                    client,
                    entry: u32::try_from(entry).unwrap_or(u32::MAX),
                    asked,
                    at,
                    told,
                    zxid,
                });
            }
        }
    }
    found
}

/// Looks for the transactions of writes whose clients know nothing.
fn find_unknown(books: &Books<'_>, writes: &mut [Write<'_>]) {
    let mut open: BTreeMap<(SessionId, i32), &mut Write<'_>> = writes
        .iter_mut()
        .filter(|write| write.told.is_none())
        .map(|write| ((write.asked.session, write.asked.cxid), write))
        .gather();
    if open.is_empty() {
        return;
    }
    for (record, seen) in books.monitor.seen() {
        let header = &record.txn.header;
        if seen.0 < books.world.steps()
            && let Some(write) = open.get_mut(&(header.session, header.cxid))
        {
            write.zxid = Some(record.zxid());
        }
    }
}

/// Where transactions are.
struct Places<'a> {
    books: &'a Books<'a>,
    /// One per server, in id order.
    tails: Vec<Tail>,
}

impl<'a> Places<'a> {
    fn of(books: &'a Books<'a>, shelf: &mut Shelf) -> Self {
        let hosts = books.world.hosts().iter();
        let tail = |host: &Host| shelf.tail(host.id, &host.disk, usize::MAX, Zxid(i64::MAX));
        let tails = hosts.map(tail).collect();
        Self { books, tails }
    }

    fn row(&self, write: &Write<'_>) -> LedgerRow {
        let world = self.books.world;
        let ensemble = &world.config().ensemble;
        let promised = write.told.is_some();
        let committed = |zxid| promised || (self.books.is_committed)(zxid);
        let committed = write.zxid.is_some_and(committed);
        let own = write.zxid.filter(|zxid| !self.is_taken(write, *zxid));
        let slots: Vec<Slot> = world
            .hosts()
            .iter()
            .zip(&self.tails)
            .map(|(host, tail)| self.slot(host, tail, own, committed))
            .collect();
        let voter = |slot: &&Slot| slot.durable && ensemble.is_voter(slot.server);
        let durable = slots.iter().filter(voter).map(|slot| slot.server);
        let durable: Vec<ServerId> = durable.collect();
        let on_quorum = ensemble.is_quorum(durable.iter().copied());
        let applied = slots.iter().filter(|s| s.state == CellState::Applied);
        LedgerRow {
            client: write.client.id,
            entry: write.entry,
            name: write.client.name.clone(),
            request: request(write.asked),
            zxid: write.zxid.map(Into::into),
            told: write.told,
            at_us: write.at.0,
            fate: self.fate(write, committed, on_quorum),
            applied: applied.map(|slot| slot.server).collect(),
            durable: u8::try_from(durable.len()).unwrap_or(u8::MAX),
            voters: u8::try_from(ensemble.voters.len()).unwrap_or(u8::MAX),
            slots,
        }
    }

    fn fate(&self, write: &Write<'_>, committed: bool, on_quorum: bool) -> Fate {
        match self.gone(write) {
            _ if write.zxid.is_none() => Fate::NeverProposed,
            Some(gone) if committed => Fate::Lost(gone),
            Some(gone) => Fate::Dropped(gone),
            None if !committed => Fate::Open,
            None if on_quorum => Fate::Kept,
            None => Fate::AtRisk,
        }
    }

    /// Another transaction bears the zxid of this one.
    fn is_taken(&self, write: &Write<'_>, zxid: Zxid) -> bool {
        let request = (write.asked.session, write.asked.cxid);
        let Books { world, monitor, .. } = self.books;
        monitor.is_taken(zxid, request, world.steps())
    }

    fn gone(&self, write: &Write<'_>) -> Option<Gone> {
        let zxid = write.zxid?;
        if self.is_taken(write, zxid) {
            return Some(Gone::Replaced);
        }
        let Books { world, monitor, .. } = self.books;
        let declared = monitor.is_declared(zxid, world.steps());
        if let Some((epoch, leader)) = monitor.overruled(zxid, world.steps()) {
            if declared {
                return Some(Gone::Declared);
            }
            let epoch = epoch.0;
            return Some(Gone::Overruled { leader, epoch });
        }
        let anywhere = self
            .tails
            .iter()
            .any(|tail| self.held(tail, zxid).is_some());
        let why = match declared {
            true => Gone::Declared,
            false => Gone::NoDisk,
        };
        (!anywhere).then_some(why)
    }

    fn slot(&self, host: &Host, tail: &Tail, zxid: Option<Zxid>, committed: bool) -> Slot {
        let held = zxid.and_then(|zxid| self.held(tail, zxid));
        let state = match held {
            None => CellState::Missing,
            Some(true) => CellState::Durable,
            Some(false) => CellState::Proposed,
        };
        let status = host.process.as_ref().map(|peer| peer.status());
        let knows = |to: Zxid| zxid.is_some_and(|zxid| self.books.monitor.leads_to(zxid, to));
        let state = match status {
            Some(status) if committed && knows(status.applied) => CellState::Applied,
            Some(status) if committed && held.is_some() && knows(status.committed) => {
                CellState::Committed
            }
            None if committed && held == Some(true) => CellState::Committed,
            _ => state,
        };
        Slot {
            server: host.id,
            state,
            durable: held == Some(true),
            down: host.process.is_none(),
        }
    }

    /// Recovery from that disk would bring the transaction back; true when a power loss before would
    /// change nothing.
    fn held(&self, tail: &Tail, zxid: Zxid) -> Option<bool> {
        let logged = tail.records.binary_search_by_key(&zxid, |r| r.zxid).ok();
        let covers = |snapshot: Option<Zxid>| {
            snapshot.is_some_and(|end| self.books.monitor.leads_to(zxid, end))
        };
        let durable = logged.is_some_and(|at| tail.records[at].durable);
        let held = logged.is_some() || covers(tail.snapshot());
        held.then(|| durable || covers(tail.durable_snapshot()))
    }
}

/// The request, with the path that a sequential create was given.
fn request(asked: &Invocation) -> String {
    let path = match &asked.outcome {
        RequestOutcome::Told { reply, .. } => match &reply.body {
            ReplyBody::Created { path, .. } => Some(path),
            _ => None,
        },
        _ => None,
    };
    match path {
        Some(path) => format!("{} {path}", asked.request.word()),
        None => caption::request(&asked.request),
    }
}
