//! Effects carried out: what a machine asked for, done to its timers, its disk and its wires.
//!
//! ```text
//!   Input ─► machine ─► Effect, Effect, … ─► carried out in order
//!                          ▲ a trap between two of them kills the process there
//! ```
//! The machine has decided everything; here are only the dice of timers, disk and network, the
//! refusals of a disk, and the crash points. What a dead process asked for after its last breath is
//! not carried out.

use std::sync::Arc;

use super::agenda::{Event, Signal, SyncDone};
use super::command::CrashPoint;
use super::host::DownReason;
use super::message::{End, Message, Payload};
use super::network::Channel;
use super::step::{Cause, Outcome};
use super::traps::Sprung;
use super::world::World;
use crate::base::{ConnId, Duration, Instant, Queue, ServerId, WriteId};
use crate::model::Record;
use crate::protocol::config::Range;
use crate::protocol::zab::Packet;
use crate::protocol::zab::peer::Cx;
use crate::protocol::{Effect, Input, Outbox, Timer};
use crate::storage::{FileName, FileOp, SyncTarget};

impl World {
    /// Runs the machine. False when it died on the way.
    pub(super) fn run(
        &mut self,
        id: ServerId,
        cause: &Cause,
        input: Input,
        outcomes: &mut Vec<Outcome>,
    ) -> bool {
        let now = self.now;
        let clock_ms = self.config.clock_ms;
        let host = self.host_mut(id);
        let Some(mut process) = host.process.take() else {
            return false;
        };
        let wall_ms = clock_ms + now.0 as i64 / 1_000 + host.clock_offset_ms;
        let mut out = Outbox::default();
        let mut cx = Cx {
            now,
            wall_ms,
            disk: &host.disk,
            out: &mut out,
        };
        process.on(&mut cx, input);
        if let Some(report) = process.recovery() {
            host.recovery = Some(Arc::clone(report));
        }
        host.process = Some(process);
        for effect in out.drain() {
            if let Some(trap) = self.traps.before_effect(id, &effect) {
                self.spring(trap, outcomes);
                return false;
            }
            let point = self.traps.after_effect(id, cause, &effect);
            if !self.carry_out(id, effect, outcomes) {
                return false;
            }
            if let Some(trap) = point {
                self.spring(trap, outcomes);
                return false;
            }
        }
        true
    }

    fn carry_out(&mut self, id: ServerId, effect: Effect, outcomes: &mut Vec<Outcome>) -> bool {
        match &effect {
            Effect::Arm {
                timer,
                at_least,
                at_most,
            } => {
                self.arm(id, *timer, *at_least, *at_most);
                return true;
            }
            Effect::Disarm(timer) => {
                self.disarm(id, *timer);
                return true;
            }
            Effect::Send { .. } => {
                let Effect::Send { to, packet } = effect else {
                    unreachable!("just matched")
                };
                self.send(id, to, packet, outcomes);
                return true;
            }
            Effect::Connect(to) => self.connect(id, *to),
            Effect::Close(peer) => self.close_conn(id, *peer, outcomes),
            Effect::Append { .. } | Effect::Write(_) | Effect::Sync { .. } => {
                self.use_disk(id, &effect);
                outcomes.push(if self.host(id).disk_failed {
                    Outcome::Refused(effect)
                } else {
                    Outcome::Effect(effect)
                });
                return true;
            }
            Effect::ToClient {
                client,
                conn,
                packet,
            } => {
                self.send_to_client(id, *client, *conn, packet.clone(), outcomes);
                return true;
            }
            Effect::CloseClient { client, conn } => {
                self.server_closes_client(id, *client, *conn, outcomes);
            }
            Effect::Halt(reason) => {
                let down = DownReason::Halted(reason.clone());
                outcomes.push(Outcome::Effect(effect));
                self.stop_process(id, down, outcomes);
                return false;
            }
            Effect::Propose(_) | Effect::Commit(_) | Effect::Apply(_) | Effect::Decide(_) => {}
        }
        outcomes.push(Outcome::Effect(effect));
        true
    }

    // --- timers ---

    fn arm(&mut self, id: ServerId, timer: Timer, at_least: Duration, at_most: Duration) {
        self.disarm(id, timer);
        let after = if at_least == at_most {
            at_least
        } else {
            self.timer_dice.duration(at_least, at_most)
        };
        let slot = self.agenda.plan(self.now + after, Event::Timer(id, timer));
        self.host_mut(id).timers[timer as usize] = Some(slot);
    }

    fn disarm(&mut self, id: ServerId, timer: Timer) {
        if let Some(slot) = self.host_mut(id).timers[timer as usize].take() {
            self.agenda.cancel(slot);
        }
    }

    // --- disk ---

    fn use_disk(&mut self, id: ServerId, effect: &Effect) {
        match effect {
            Effect::Append { record, ops } => self.append(id, record, ops),
            Effect::Write(op) => self.write(id, op),
            Effect::Sync { id: write, target } => self.sync(id, *write, target),
            _ => {}
        }
    }

    fn append(&mut self, id: ServerId, record: &Arc<Record>, ops: &[FileOp]) {
        for op in ops {
            self.write(id, op);
        }
        let host = self.host_mut(id);
        if let Some(op) = ops.last()
            && !host.disk_failed
        {
            let entry = (op.name().clone(), Arc::clone(record));
            host.unsynced.push_back(entry);
        }
    }

    /// Carries out a file operation. After a refusal nothing more is written until the process has
    /// heard of it.
    fn write(&mut self, id: ServerId, op: &FileOp) {
        let now = self.now;
        let host = self.host_mut(id);
        if host.disk_failed {
            return;
        }
        if host.disk.apply(op).is_err() {
            host.disk_failed = true;
            self.agenda.plan(now, Event::Signal(id, Signal::DiskFailed));
        } else if let FileOp::Rename { to, .. } = op
            && to.ends_with("Epoch")
        {
            host.epoch_renamed = true;
        }
    }

    fn sync(&mut self, id: ServerId, write: WriteId, target: &SyncTarget) {
        let Range { lo, hi } = self.config.fsync;
        let latency = self.disk_dice.duration(lo, hi);
        let now = self.now;
        let host = self.host_mut(id);
        if host.disk_failed {
            return;
        }
        let due = host.disk_free_at.max(now) + latency.times(u64::from(host.slow));
        host.disk_free_at = due;
        let ticket = host.disk.begin_sync(target);
        let done = SyncDone {
            server: id,
            incarnation: host.incarnation,
            id: write,
            ticket,
            records: take_covered(&mut host.unsynced, target),
        };
        self.agenda.plan(due, Event::Synced(Arc::new(done)));
    }

    // --- network ---

    pub(super) fn latency(&mut self, a: End, b: End) -> Duration {
        let Range { lo, hi } = self.config.latency;
        self.network_dice.duration(lo, hi) + self.network.slowness(a, b)
    }

    fn send(&mut self, from: ServerId, to: ServerId, packet: Packet, outcomes: &mut Vec<Outcome>) {
        let (a, b) = (End::Server(from), End::Server(to));
        let channel = if packet.is_election() {
            Channel::Election
        } else {
            Channel::Quorum
        };
        let conn = match channel {
            Channel::Election if !self.host(to).is_up() => return,
            Channel::Election => ConnId::default(),
            Channel::Quorum => match self.network.open_conn(from, to) {
                Some(conn) => conn.id,
                None => return,
            },
        };
        let silent = self.is_cut(a, b)
            || channel == Channel::Quorum
                && self.network.open_conn(from, to).is_some_and(|c| c.dead);
        let payload = Payload::Peer(packet);
        let trap = self.traps.packet(a, b, &payload);
        let latency = self.latency(a, b) + trap.delay();
        let due = self.network.arrive(from, to, channel, self.now + latency);
        let message = self.message(a, b, conn, payload, due);
        if silent || trap.is_loss() {
            outcomes.push(Outcome::Lost(message));
            if trap.is_loss() && !silent {
                self.break_link(from, to, channel, outcomes);
            }
            return;
        }
        self.agenda.plan(due, Event::Deliver(Arc::clone(&message)));
        outcomes.push(Outcome::Sent(message));
    }

    pub(super) fn message(
        &mut self,
        from: End,
        to: End,
        conn: ConnId,
        payload: Payload,
        due: Instant,
    ) -> Arc<Message> {
        self.messages += 1;
        Arc::new(Message {
            id: self.messages,
            from,
            to,
            conn,
            payload,
            sent: self.now,
            due,
        })
    }

    /// A process dies at a point where a trap was set.
    pub(super) fn spring(&mut self, trap: Sprung, outcomes: &mut Vec<Outcome>) {
        let point: Option<CrashPoint> = Some(trap.point);
        self.die(trap.server, trap.kind, point, outcomes);
    }
}

/// Takes the records out of `unsynced` whose file `target` covers.
fn take_covered(
    unsynced: &mut Queue<(FileName, Arc<Record>)>,
    target: &SyncTarget,
) -> Vec<Arc<Record>> {
    let SyncTarget::Files(names) = target else {
        return Vec::new();
    };
    let mut covered = Vec::new();
    unsynced.retain(|(name, record)| {
        let hit = names.contains(name);
        if hit {
            covered.push(Arc::clone(record));
        }
        !hit
    });
    covered
}
