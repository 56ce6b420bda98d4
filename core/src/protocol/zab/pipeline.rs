//! The log queue: append, one fsync for as many records as came meanwhile, then the acks.
//!
//! ```text
//!   log(record) ─► waiting ──(no fsync running)──► append all ─► fsync ─► acks in order ─┐
//!                     ▲                                                                  │
//!                     └────────────── what came meanwhile: one group ◄───────────────────┘
//! ```
//! An ack is sent only after the record is durable. `forceSync=no` and the switch
//! `fsync-before-ack` break that rule on purpose. In ZooKeeper: `SyncRequestProcessor`,
//! `SendAckRequestProcessor`, `AckRequestProcessor`.

use std::sync::Arc;

use super::peer::{Cx, Part, Peer};
use crate::base::{Mix, Queue, WriteId};
use crate::model::{Record, Zxid};
use crate::protocol::decision::Decision;
use crate::protocol::machine::Effect;
use crate::protocol::switch::Switch;
use crate::storage::{LogWriter, SyncTarget};

/// A record on its way to the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The transaction.
    pub record: Arc<Record>,
    /// Acknowledge it when it is durable.
    pub ack: bool,
}

/// The state of the log queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    pub(super) writer: LogWriter,
    waiting: Queue<Queued>,
    in_flight: Option<(WriteId, Arc<[Queued]>)>,
    /// Last zxid appended, durable or not.
    pub(super) logged: Zxid,
    /// Last zxid known to be durable.
    pub(super) durable: Zxid,
    since_roll: u32,
    roll_at: u32,
}

impl Pipeline {
    pub(super) fn new(pre_alloc: u64, last: Zxid) -> Self {
        Self {
            writer: LogWriter::new(pre_alloc),
            waiting: Queue::new(),
            in_flight: None,
            logged: last,
            durable: last,
            since_roll: 0,
            roll_at: 0,
        }
    }

    /// True when nothing waits and no fsync runs.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.in_flight.is_none()
    }

    /// Records that wait for their fsync or for their turn.
    pub fn queued(&self) -> impl Iterator<Item = &Queued> {
        let flying = self.in_flight.iter().flat_map(|(_, batch)| batch.iter());
        flying.chain(self.waiting.iter())
    }
}

impl Peer {
    /// Takes a record into the log queue.
    pub(super) fn log(&mut self, cx: &mut Cx<'_>, record: Arc<Record>, ack: bool) {
        self.pipeline.waiting.push_back(Queued { record, ack });
        self.pump_log(cx);
    }

    /// Takes records into the queue of a log thread that is busy: they are not even written before
    /// its next turn (ZOOKEEPER-4785).
    pub(super) fn log_later(&mut self, cx: &mut Cx<'_>, records: Vec<Arc<Record>>) {
        let entries = records
            .into_iter()
            .map(|record| Queued { record, ack: false });
        self.pipeline.waiting.extend(entries);
        if self.pipeline.in_flight.is_none() {
            let id = self.sync(cx, SyncTarget::Directory);
            self.pipeline.in_flight = Some((id, Arc::default()));
        }
    }

    /// Appends a record at once, without fsync and without ack.
    pub(super) fn append_now(&mut self, cx: &mut Cx<'_>, record: &Arc<Record>) {
        let ops = self.pipeline.writer.append(record);
        self.pipeline.logged = record.zxid();
        cx.out.push(Effect::Append {
            record: Arc::clone(record),
            ops,
        });
        self.pipeline.since_roll += 1;
    }

    /// What an fsync of the log must cover.
    pub(super) fn log_target(&self) -> SyncTarget {
        match self.pipeline.writer.current() {
            Some(name) => SyncTarget::Files(vec![name.clone()]),
            None => SyncTarget::Directory,
        }
    }

    fn pump_log(&mut self, cx: &mut Cx<'_>) {
        if self.pipeline.in_flight.is_some() || self.pipeline.waiting.is_empty() {
            return;
        }
        let mut batch = Vec::new();
        let mut rolled = false;
        while !rolled && let Some(entry) = self.pipeline.waiting.pop_front() {
            self.append_now(cx, &entry.record);
            batch.push(entry);
            rolled = self.is_roll_due();
        }
        if batch.len() > 1 {
            let records = batch.len() as u32;
            cx.out.decide(Decision::GroupCommit { records });
        }
        let batch: Arc<[Queued]> = batch.into();
        let target = self.log_target();
        if rolled {
            self.roll(cx);
        }
        let early = !self.config.force_sync || !self.config.switches.on(Switch::FsyncBeforeAck);
        if self.config.force_sync {
            let id = self.sync(cx, target);
            self.pipeline.in_flight = Some((id, batch.clone()));
        }
        if early {
            self.ack_batch(cx, &batch);
        }
    }

    /// An fsync of the log queue finished. Returns false when `id` is not one of its own.
    pub(super) fn on_log_synced(&mut self, cx: &mut Cx<'_>, id: WriteId) -> bool {
        match self.pipeline.in_flight.take() {
            Some((expected, batch)) if expected == id => {
                if let Some(last) = batch.last() {
                    self.pipeline.durable = last.record.zxid();
                }
                if self.config.switches.on(Switch::FsyncBeforeAck) {
                    self.ack_batch(cx, &batch);
                }
                self.pump_log(cx);
                true
            }
            other => {
                self.pipeline.in_flight = other;
                false
            }
        }
    }

    fn ack_batch(&mut self, cx: &mut Cx<'_>, batch: &[Queued]) {
        for entry in batch.iter().filter(|e| e.ack) {
            let zxid = entry.record.zxid();
            match &self.part {
                Part::Leading(_) => self.on_ack(cx, self.id, zxid),
                Part::Learning(_) => self.send_ack(cx, zxid),
                Part::Looking => {}
            }
        }
    }

    /// Whether enough was appended for a new log file. The jitter that keeps servers from
    /// snapshotting together is derived from id and zxid, not drawn.
    fn is_roll_due(&mut self) -> bool {
        let half = self.config.snap_count.max(2) / 2;
        if self.pipeline.roll_at == 0 {
            let jitter = Mix::new()
                .add(u64::from(self.id.0))
                .add(self.pipeline.logged.0 as u64)
                .value();
            self.pipeline.roll_at = half + (jitter % u64::from(half)) as u32;
        }
        self.pipeline.since_roll > self.pipeline.roll_at
    }

    /// Closes the log file and starts a snapshot. The next file begins only after this one is
    /// forced: two files with pending bytes could lose the end of the first and keep the second.
    fn roll(&mut self, cx: &mut Cx<'_>) {
        self.pipeline.since_roll = 0;
        self.pipeline.roll_at = 0;
        self.pipeline.writer.roll();
        self.begin_walk(cx);
    }

    /// Forgets the queue after a disk error: what was in it is not on disk, or not known to be.
    pub(super) fn reset_log(&mut self) {
        self.pipeline = Pipeline::new(self.config.pre_alloc, self.db.last_zxid);
    }
}
