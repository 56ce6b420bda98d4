//! The monitor: all checks over one run, with what they remember.
//!
//! It is fed each step with the world after it, and clones as cheaply as the world does, so a
//! checkpoint of a run keeps both. What a step means to the checks is told in `dissect.rs`.

use std::sync::Arc;

use super::assumption::Assumptions;
use super::client::ClientOrder;
use super::findings::Findings;
use super::ghost::Ghost;
use super::leadership::Leadership;
use super::liveness::Liveness;
use super::replay::Replay;
use super::restore::Restores;
use super::scene::Scene;
use super::verdict::{Lamp, Verdict, Verdicts};
use super::{durability, tree};
use crate::base::{Instant, ServerId, SessionId, StepId};
use crate::model::{Epoch, Record, Zxid};
use crate::protocol::Config;
use crate::tree::Database;
use crate::world::World;
use crate::world::step::Step;

/// Runs every check over a run. Feed it each step with the world after that step.
#[derive(Clone, Debug)]
pub struct Monitor {
    pub(super) ghost: Ghost,
    pub(super) replay: Replay,
    pub(super) leadership: Leadership,
    pub(super) clients: ClientOrder,
    pub(super) liveness: Liveness,
    pub(super) restores: Restores,
    pub(super) findings: Findings,
    /// The last joint restore.
    pub(super) restored_at: Option<(StepId, Instant)>,
}

/// What is known of a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The transaction.
    pub record: &'a Arc<Record>,
    /// The step that showed it first.
    pub seen: StepId,
    /// The step that committed it.
    pub committed: Option<StepId>,
    /// The step in which a client was told of it.
    pub confirmed: Option<StepId>,
    /// The step in which a joint restore declared its loss.
    pub declared: Option<StepId>,
}

impl Monitor {
    /// A monitor for a run that has not begun.
    pub fn new(config: &Config) -> Self {
        let servers = config.ensemble.servers().count();
        Self {
            ghost: Ghost::new(&config.ensemble),
            replay: Replay::new(),
            leadership: Leadership::new(servers),
            clients: ClientOrder::new(),
            liveness: Liveness::new(servers),
            restores: Restores::default(),
            findings: Findings::new(Assumptions::new(config)),
            restored_at: None,
        }
    }

    /// Takes in one step; `world` is the world after it.
    pub fn observe(&mut self, step: &Step, world: &World) {
        self.watch(step, world);
    }

    /// Checks what is only checked at the end of a run: every disk is recovered and every database
    /// compared in full. The run may go on afterwards.
    pub fn finish(&mut self, world: &World) {
        self.close(world);
    }

    /// From now on the ensemble is left in peace: liveness is judged from here.
    pub fn begin_calm(&mut self, world: &World) {
        self.liveness.begin(world);
    }

    /// Judges L1-L6 over the calm time so far; it should have lasted at least
    /// [`super::liveness::calm`].
    pub fn judge_liveness(&mut self, world: &World) {
        self.liveness.judge(&self.ghost, &mut self.findings, world);
    }

    /// The six lamps.
    pub fn lamps(&self) -> [Lamp; 6] {
        self.verdicts().lamps()
    }

    /// Every property by name.
    pub fn properties(&self) -> Vec<(&'static str, Verdict)> {
        self.verdicts().properties()
    }

    /// All verdicts.
    pub fn verdicts(&self) -> &Verdicts {
        &self.findings.verdicts
    }

    /// True when nothing but faults of class A has happened so far: crashes, cuts, pauses and the
    /// like, with every correction in force.
    pub fn assumptions_hold(&self) -> bool {
        self.findings.assumptions.all_hold()
    }

    /// The last zxid that is committed, in the eyes of somebody who sees everything.
    pub fn committed(&self) -> Zxid {
        self.ghost.end_of(self.ghost.committed.len())
    }

    /// True when that transaction is committed: in this run, or before it on disks that were loaded.
    pub fn is_committed(&self, zxid: Zxid) -> bool {
        let inherited = zxid <= self.ghost.origin;
        let entry = self.ghost.entry(zxid);
        entry.is_some_and(|entry| inherited || entry.place.is_some())
    }

    /// The end of the history that the first leader found on a loaded disk, all of it committed; zero
    /// without one.
    pub fn origin(&self) -> Zxid {
        self.ghost.origin
    }

    /// The committed transactions, oldest first, each with the step that committed it and the step
    /// in which a client was told of it.
    pub fn ledger(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&Arc<Record>, StepId, Option<StepId>)> {
        self.ghost.committed.iter().map(|record| {
            let entry = self.ghost.entry(record.zxid());
            let entry = entry.expect("what is committed is in the ledger");
            (record, entry.committed, entry.confirmed)
        })
    }

    /// What is known of a transaction.
    pub fn transaction(&self, zxid: Zxid) -> Option<Known<'_>> {
        let entry = self.ghost.entry(zxid)?;
        Some(Known {
            record: &entry.record,
            seen: entry.seen,
            committed: entry.place.map(|_| entry.committed),
            confirmed: entry.confirmed,
            declared: entry.declared,
        })
    }

    /// Every transaction that was seen so far, committed or not, oldest first, each with the step
    /// that showed it first.
    pub fn seen(&self) -> impl Iterator<Item = (&Arc<Record>, StepId)> {
        let entries = self.ghost.ledger.values();
        entries.map(|entry| (&entry.record, entry.seen))
    }

    /// The step that showed a transaction first, if anything is known of it.
    pub fn first_seen(&self, zxid: Zxid) -> Option<StepId> {
        self.ghost.entry(zxid).map(|entry| entry.seen)
    }

    /// True when the transaction is part of the history that ends at `end`.
    pub fn leads_to(&self, zxid: Zxid, end: Zxid) -> bool {
        self.ghost.leads_to(zxid, end)
    }

    /// True when by then that zxid belongs to another request than this one, of the session with that number.
    pub fn is_taken(&self, zxid: Zxid, request: (SessionId, i32), steps: u64) -> bool {
        let rivals = self.ghost.entry(zxid).map(|entry| entry.rivals.iter());
        let mut rivals = rivals.into_iter().flatten().rev();
        let newest = rivals.find(|rival| rival.seen.0 < steps);
        newest.is_some_and(|rival| (rival.session, rival.cxid) != request)
    }

    /// True when by then a joint restore had ended that transaction, and said so.
    pub fn is_declared(&self, zxid: Zxid, steps: u64) -> bool {
        let declared = self.ghost.entry(zxid).and_then(|entry| entry.declared);
        declared.is_some_and(|step| step.0 < steps)
    }

    /// The newest leader that was established in the first `steps` steps, if it began without that
    /// transaction of an earlier epoch.
    pub fn overruled(&self, zxid: Zxid, steps: u64) -> Option<(Epoch, ServerId)> {
        let reigns = self.ghost.reigns.iter().rev();
        let mut past = reigns.filter(|(_, reign)| reign.at.0 < steps);
        let (epoch, reign) = past.next()?;
        let gone = zxid.epoch() < *epoch && !self.ghost.began_with(reign, zxid);
        gone.then_some((*epoch, reign.leader))
    }

    /// Committed transactions that no disk would bring back, or that the newest established leader
    /// went on without. Walks the whole ledger.
    pub fn lost(&self) -> Vec<Zxid> {
        let newest = self.ghost.reigns.last();
        let gone = |zxid: Zxid| {
            let overruled = newest.is_some_and(|(epoch, reign)| {
                reign.lacks.is_some()
                    && zxid < Zxid::new(*epoch, 0)
                    && !self.ghost.holds(reign.leader, zxid)
            });
            overruled || self.ghost.holders(zxid).is_empty()
        };
        let committed = self.ghost.committed.iter().map(|r| r.zxid());
        committed.filter(|zxid| gone(*zxid)).collect()
    }

    /// Confirmed writes that joint restores ended, oldest first. Walks the whole ledger.
    pub fn declared(&self) -> Vec<Zxid> {
        let entries = self.ghost.ledger.iter();
        let ended = entries.filter(|(_, e)| e.declared.is_some() && e.confirmed.is_some());
        ended.map(|(zxid, _)| *zxid).collect()
    }

    pub(super) fn close<S: Scene>(&mut self, scene: &S) {
        let servers: Vec<ServerId> = self.ghost.ensemble.servers().collect();
        for server in servers {
            if !self.ghost.seat(server).started {
                continue;
            }
            self.survey(server, scene, true);
            if let Some(database) = scene.database(server)
                && self.ghost.seat(server).serving
            {
                tree::owners_are_open(&mut self.findings, server, database);
                self.compare_serving(server, database);
            }
        }
        durability::still_on_enough_disks(&mut self.ghost, &mut self.findings);
    }

    pub(super) fn compare_recovered(&mut self, server: ServerId, database: &Database) {
        let (ghost, replay) = (&mut self.ghost, &mut self.replay);
        tree::recovered(ghost, replay, &mut self.findings, server, database);
    }

    pub(super) fn compare_serving(&mut self, server: ServerId, database: &Database) {
        let (ghost, replay) = (&self.ghost, &mut self.replay);
        tree::serving(ghost, replay, &mut self.findings, server, database);
    }
}
