//! A step taken apart into the events that the properties are about.
//!
//! ```text
//!   Step ──► cause, outcomes, status before and after ──► ghost state ──► properties ──► findings
//!                                                              ▲
//!   World ──(only where bytes or a tree must be looked at)─────┘
//! ```
//!
//! Order within a step: the cause, then the outcomes as they happened, then what the step did to
//! the state as a whole (loads, surveys of disks, digests). A step that concerns none of this, a
//! PING or a timer, costs a look at each of its outcomes.

use std::sync::Arc;

use super::aftermath::Aftermath;
use super::client;
use super::leadership::Leadership;
use super::monitor::Monitor;
use super::replay::Replay;
use super::scene::Scene;
use super::{durability, order, tree};
use crate::base::ServerId;
use crate::model::{Epoch, Record, Zxid};
use crate::protocol::zab::packet::Packet;
use crate::protocol::zab::state::{Phase, Role, Status};
use crate::protocol::{Decision, Effect};
use crate::storage::FileOp;
use crate::world::command::{Command, CrashKind};
use crate::world::message::{End, Message, Payload};
use crate::world::step::{Actor, Cause, Outcome, Step};

/// The epoch of a server that was never elected; the first leader of an ensemble opens epoch 1.
const STANDALONE: Epoch = Epoch(0);

impl Monitor {
    pub(super) fn watch<S: Scene>(&mut self, step: &Step, scene: &S) {
        self.findings.step = step.id;
        let mut aftermath = Aftermath::default();
        self.cause(step, &mut aftermath);
        for outcome in &step.outcomes {
            self.outcome(step, outcome, scene, &mut aftermath);
        }
        // What the files say at a start comes before what the process makes of it.
        if aftermath.booted
            && let Actor::Server(server) = step.actor
        {
            self.read_epochs(server, scene, true);
        }
        if step.before != step.after {
            self.status(step, scene, &mut aftermath);
        }
        self.aftermath(step, scene, &aftermath);
    }

    fn cause(&mut self, step: &Step, aftermath: &mut Aftermath) {
        match (&step.cause, step.actor) {
            (Cause::Command(command), _) => self.commanded(command, step, aftermath),
            (Cause::Boot, Actor::Server(server)) => {
                aftermath.disks.insert(server);
                aftermath.booted = true;
                aftermath.loaded.insert(server);
                self.ghost.seat_mut(server).serving = false;
            }
            (Cause::Synced { records, .. }, Actor::Server(server)) => {
                self.findings.assumptions.swallowed(server, step.id);
                self.synced(server, records, aftermath);
            }
            (Cause::Delivered(message), _) => self.delivered(message),
            (Cause::DiskFailed, Actor::Server(server)) => {
                aftermath.disks.insert(server);
                aftermath.losses = true;
            }
            _ => {}
        }
    }

    /// Damage by a command: the disk holds something else than before. What an admin restore does to a
    /// disk comes later, and is seen then.
    fn commanded(&mut self, command: &Command, step: &Step, aftermath: &mut Aftermath) {
        let Some(server) = self.findings.assumptions.note(step) else {
            return;
        };
        self.restores.forget(server);
        match command {
            Command::AdminRestore { .. } => return,
            Command::Copy { .. } => self.ghost.replace_disk(server),
            _ => {}
        }
        aftermath.disks.insert(server);
        aftermath.losses = true;
    }

    /// An fsync that names no records may have forced anything: what was found at a start, a
    /// snapshot, an epoch file, the directory. The disk is read again if that can matter.
    fn synced(&mut self, server: ServerId, records: &[Arc<Record>], aftermath: &mut Aftermath) {
        let step = self.findings.step;
        if records.is_empty() {
            let seat = self.ghost.seat(server);
            let can_matter = !seat.pending.is_empty() || seat.base_durable < seat.base;
            if can_matter && !self.findings.assumptions.lies(server) {
                aftermath.disks.insert(server);
            }
        } else if let Err(clash) = self.ghost.harden(server, records, step) {
            order::conflict(&mut self.findings, server, records[0].zxid(), clash);
        }
    }

    fn delivered(&mut self, message: &Message) {
        if let (End::Server(from), Payload::Peer(Packet::Ack { zxid })) =
            (message.from, &message.payload)
            && let Some(entry) = self.ghost.ledger.get_mut(zxid)
        {
            entry.acked.insert(from);
        }
    }

    fn outcome<S: Scene>(
        &mut self,
        step: &Step,
        outcome: &Outcome,
        scene: &S,
        aftermath: &mut Aftermath,
    ) {
        match outcome {
            Outcome::Effect(effect) => {
                if let Actor::Server(server) = step.actor {
                    self.effect(step, server, effect, scene, aftermath);
                }
            }
            Outcome::Sent(message) => self.sent(message),
            Outcome::Refused(_)
            | Outcome::Lost(_)
            | Outcome::Unknown { .. }
            | Outcome::Expired { .. }
            | Outcome::Notified { .. }
            | Outcome::Recipe { .. }
            | Outcome::Stored { .. }
            | Outcome::BackedUp { .. }
            | Outcome::Copied { .. } => {}
            Outcome::Vault(event) => self.vault_event((event, step.at), scene, aftermath),
            Outcome::Died { server, kind, .. } => {
                self.ghost.seat_mut(*server).serving = false;
                if *kind == CrashKind::Power {
                    aftermath.disks.insert(*server);
                    aftermath.losses = true;
                }
            }
            Outcome::Told { client, entry, .. } => {
                if let Some(told) = scene.told(*client, *entry) {
                    self.clients
                        .told(&mut self.findings, *client, *entry, &told);
                    if let Some(zxid) = client::confirm(&mut self.ghost, (step.id, step.at), &told)
                    {
                        durability::on_enough_disks(&self.ghost, &mut self.findings, zxid);
                    }
                }
            }
        }
    }

    fn effect<S: Scene>(
        &mut self,
        step: &Step,
        server: ServerId,
        effect: &Effect,
        scene: &S,
        aftermath: &mut Aftermath,
    ) {
        match effect {
            Effect::Append { record, .. } => self.appended(server, record),
            Effect::Propose(record) => {
                order::proposed(&mut self.ghost, &mut self.findings, server, record);
            }
            Effect::Commit(zxid) => self.commits(step, server, *zxid),
            Effect::Apply(record) => self.applied(server, record, aftermath),
            Effect::Write(op) => self.written(server, op, scene, aftermath),
            Effect::Decide(decision) => self.decided(step, server, decision, scene, aftermath),
            _ => {}
        }
    }

    fn appended(&mut self, server: ServerId, record: &Arc<Record>) {
        durability::appended(&self.ghost, &mut self.findings, server, record.zxid());
        if let Err(clash) = self.ghost.log(server, record, self.findings.step) {
            order::conflict(&mut self.findings, server, record.zxid(), clash);
        }
    }

    /// Only a leader's commit decides; a learner's says that it heard.
    fn commits(&mut self, step: &Step, server: ServerId, zxid: Zxid) {
        let leading = |s: &Option<Status>| s.filter(|s| s.role == Role::Leading);
        let Some(status) = leading(&step.after).or(leading(&step.before)) else {
            return;
        };
        if self.ghost.seat(server).serving {
            let (ghost, findings) = (&mut self.ghost, &mut self.findings);
            order::committed(ghost, findings, server, status.current, zxid);
            durability::on_enough_disks(ghost, findings, zxid);
            self.replay.keep_up(&self.ghost.committed);
        }
    }

    fn applied(&mut self, server: ServerId, record: &Arc<Record>, aftermath: &mut Aftermath) {
        if self.ghost.seat(server).serving {
            order::delivered(&mut self.ghost, &mut self.findings, server, record);
        } else {
            self.ghost.seat_mut(server).applied = record.zxid();
        }
        aftermath
            .sessions
            .extend(tree::closes(record).or(tree::binds(record)));
        aftermath.applied = Some(record.clone());
    }

    fn decided<S: Scene>(
        &mut self,
        step: &Step,
        server: ServerId,
        decision: &Decision,
        scene: &S,
        aftermath: &mut Aftermath,
    ) {
        match decision {
            Decision::Restored { zxid, at, durable } => {
                self.restored(server, (*zxid, *at), *durable, scene);
            }
            Decision::Truncated { to } => {
                self.restores.forget(server);
                aftermath.cut_to = Some(*to);
                aftermath.disks.insert(server);
                aftermath.loaded.insert(server);
            }
            Decision::LoadedSnap { zxid } => {
                self.restores.forget(server);
                let leader = step.after.or(step.before).and_then(|s| s.leader);
                self.ghost.replace_history(server, leader, *zxid);
                self.ghost.seat_mut(server).applied = *zxid;
                self.ghost.seat_mut(server).unproven = true;
            }
            Decision::SnapshotDone { zxid, fuzzy_to } => {
                let seat = self.ghost.seat_mut(server);
                seat.fuzzy_to = seat.fuzzy_to.max(*fuzzy_to);
                if seat.base < *zxid {
                    self.survey(server, scene, true);
                }
            }
            Decision::Established { epoch, .. } => {
                self.established(server, *epoch, scene, aftermath);
            }
            Decision::Serving => self.serves(server, aftermath),
            _ => {}
        }
    }

    fn sent(&mut self, message: &Message) {
        let (End::Server(from), Payload::Peer(Packet::Ack { zxid })) =
            (message.from, &message.payload)
        else {
            return;
        };
        if !self.ghost.ensemble.is_voter(from) {
            return;
        }
        match message.to {
            End::Server(leader) if zxid.is_epoch_start() => {
                let file = self.leadership.current(from);
                durability::acked_new_leader(
                    &mut self.ghost,
                    &mut self.findings,
                    from,
                    leader,
                    zxid.epoch(),
                    file,
                );
            }
            _ => durability::acked(&self.ghost, &mut self.findings, from, *zxid),
        }
    }

    fn established<S: Scene>(
        &mut self,
        server: ServerId,
        epoch: Epoch,
        scene: &S,
        aftermath: &mut Aftermath,
    ) {
        if aftermath.served.contains(server) {
            return;
        }
        if self.ghost.reigns.is_empty() {
            self.inherit(server, scene);
        }
        if epoch == STANDALONE {
            self.serves_alone(server, aftermath);
            return;
        }
        let (ghost, findings) = (&mut self.ghost, &mut self.findings);
        Leadership::established(ghost, findings, server, epoch);
        durability::established(ghost, findings, server, epoch);
        let start = Zxid::new(epoch, 0);
        let places = ghost.committed_upto(start);
        ghost.seat_mut(server).leads_from(start, places);
        aftermath.served.insert(server);
        self.leadership
            .serves(&self.ghost, &mut self.findings, server);
    }

    /// A server without an ensemble starts to serve, perhaps again: what its disk gives is committed,
    /// and it numbers on from there.
    fn serves_alone(&mut self, server: ServerId, aftermath: &mut Aftermath) {
        let (ghost, findings) = (&mut self.ghost, &mut self.findings);
        if !ghost.reigns.contains_key(&STANDALONE) {
            Leadership::established(ghost, findings, server, STANDALONE);
        }
        let logged = ghost.seat(server).logged;
        for zxid in ghost.tail(server, logged.next()) {
            order::join(ghost, findings, zxid);
        }
        let places = ghost.committed.len();
        ghost.seat_mut(server).leads_from(logged, places);
        aftermath.served.insert(server);
    }

    fn serves(&mut self, server: ServerId, aftermath: &mut Aftermath) {
        if aftermath.served.contains(server) {
            return;
        }
        order::serves(&mut self.ghost, &mut self.findings, server);
        aftermath.served.insert(server);
        self.leadership
            .serves(&self.ghost, &mut self.findings, server);
    }

    /// What a server is has changed. Being established and beginning to serve are derived here, for
    /// a server that did not say so; leaving broadcast ends its deliveries.
    fn status<S: Scene>(&mut self, step: &Step, scene: &S, aftermath: &mut Aftermath) {
        let Actor::Server(server) = step.actor else {
            return;
        };
        let serves = |s: &Option<Status>| {
            s.is_some_and(|s| s.phase == Phase::Broadcast && s.role != Role::Looking)
        };
        self.liveness.status(server, step);
        if let Some(after) = step.after {
            let epochs = [after.accepted, after.current];
            self.leadership.acts_on(&mut self.findings, server, epochs);
        }
        let Some(after) = step.after.filter(|_| serves(&step.after)) else {
            self.ghost.seat_mut(server).serving = false;
            if let Some(after) = step.after {
                self.ghost.seat_mut(server).applied = after.applied;
            }
            return;
        };
        let serving = self.ghost.seat(server).serving;
        if after.role == Role::Leading {
            let reign = self.ghost.reigns.get(&after.current);
            if !serving || reign.is_none_or(|r| r.leader != server) {
                self.established(server, after.current, scene, aftermath);
            }
        } else if !serving {
            self.serves(server, aftermath);
        }
    }

    /// The first leader of a run may have found a history on a loaded disk. The run takes it as it
    /// is: the committed sequence begins behind it.
    fn inherit<S: Scene>(&mut self, server: ServerId, scene: &S) {
        let origin = self.ghost.seat(server).logged;
        if let Some(database) = scene.database(server)
            && origin > Zxid::ZERO
        {
            self.ghost.begin_at(origin);
            let mut base = database.clone();
            base.last_zxid = origin;
            self.replay = Replay::starting_from(base);
        }
    }

    /// A change of a file that is not a record of the log. What is renamed into place counts at
    /// once: an acknowledgement may follow in the same step.
    fn written<S: Scene>(
        &mut self,
        server: ServerId,
        op: &FileOp,
        scene: &S,
        aftermath: &mut Aftermath,
    ) {
        match op {
            FileOp::Rename { to, .. } if to.ends_with("Epoch") => {
                self.read_epochs(server, scene, false);
            }
            FileOp::Rename { to, .. } if to.starts_with("snapshot.") => {
                self.survey(server, scene, true);
            }
            FileOp::SetLen { name, .. } | FileOp::Unlink { name }
                if name.starts_with("log.") || name.starts_with("snapshot.") =>
            {
                aftermath.disks.insert(server);
                aftermath.losses = true;
            }
            _ => {}
        }
    }
}
