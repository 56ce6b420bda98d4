//! Work that waits for disks: the steps left, and what to do then.
//!
//! Every fsync a server asks for has a number. It belongs either to the log queue or to a job here.
//! A job's continuation always brings memory in line with the disk (file first, memory after:
//! ZOOKEEPER-2307); whether the conversation goes on depends on whether the server still has the
//! role in which it began.

use std::collections::{BTreeMap, VecDeque};

use super::peer::{Cx, Part, Peer};
use crate::base::WriteId;
use crate::model::{Epoch, Zxid};
use crate::protocol::machine::Effect;
use crate::storage::epochs::EpochFile;
use crate::storage::{DiskStep, SyncTarget};

/// What follows a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// Recovered bytes are durable: look for a leader.
    Booted,
    /// As leader: the new epoch is accepted on disk.
    LeaderAccepted(Epoch),
    /// As leader: the new epoch is current on disk.
    LeaderCurrent(Epoch),
    /// As learner: the offered epoch is accepted on disk. Also of a leader that yields to a promise.
    LearnerAccepted(Epoch),
    /// As learner: the log is cut.
    Truncated(Zxid),
    /// As learner: the history is durable up to here, and the plan goes on.
    HistorySynced(Zxid),
    /// As learner: one step of the NEWLEADER plan is done.
    NewLeaderStep,
    /// As learner: the new epoch is current on disk, and the plan goes on.
    LearnerCurrent(Epoch),
    /// A snapshot is complete and durable as far as the profile asks.
    SnapshotDone {
        /// Its name.
        zxid: Zxid,
        /// Last zxid applied when its walk ended.
        fuzzy_to: Zxid,
    },
    /// A restored tree is on disk, as history of this epoch.
    Restored(Epoch),
    /// Nothing more to do.
    Nothing,
}

/// Steps on a disk and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    steps: VecDeque<DiskStep>,
    then: Then,
}

/// Jobs that wait, by the fsync they wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jobs {
    waiting: BTreeMap<WriteId, Job>,
    last_id: u64,
}

impl Jobs {
    /// True when no job waits that an election must wait for.
    pub fn is_idle(&self) -> bool {
        let background = |job: &Job| matches!(job.then, Then::SnapshotDone { .. } | Then::Nothing);
        self.waiting.values().all(background)
    }

    /// True while the snapshot of that name is being made durable.
    pub(super) fn is_sealing(&self, name: Zxid) -> bool {
        let seals = |job: &Job| match job.then {
            Then::SnapshotDone { zxid, .. } => zxid == name,
            Then::NewLeaderStep => true,
            _ => false,
        };
        self.waiting.values().any(seals)
    }

    /// Gives up every routine snapshot that is being made durable: it shows a history that is about
    /// to be replaced.
    pub(super) fn drop_snapshots(&mut self) {
        let routine = |job: &Job| matches!(job.then, Then::SnapshotDone { .. });
        self.waiting.retain(|_, job| !routine(job));
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }
}

impl Peer {
    /// True while an fsync it asked for has not finished, or records wait for one.
    pub fn waits_for_disk(&self) -> bool {
        !self.pipeline.is_idle() || !self.jobs.waiting.is_empty()
    }

    /// Asks for an fsync.
    pub(super) fn sync(&mut self, cx: &mut Cx<'_>, target: SyncTarget) -> WriteId {
        self.jobs.last_id += 1;
        let id = WriteId(self.jobs.last_id);
        cx.out.push(Effect::Sync { id, target });
        id
    }

    /// Carries out `steps`, waiting at each fsync, then `then`.
    pub(super) fn start_job(&mut self, cx: &mut Cx<'_>, steps: Vec<DiskStep>, then: Then) {
        let job = Job {
            steps: steps.into(),
            then,
        };
        self.run_job(cx, job);
    }

    fn run_job(&mut self, cx: &mut Cx<'_>, mut job: Job) {
        while let Some(step) = job.steps.pop_front() {
            match step {
                DiskStep::Op(op) => cx.out.push(Effect::Write(op)),
                DiskStep::Sync(target) => {
                    let id = self.sync(cx, target);
                    self.jobs.waiting.insert(id, job);
                    return;
                }
            }
        }
        self.finish_job(cx, job.then);
    }

    /// An fsync that is not the log queue's finished.
    pub(super) fn on_job_synced(&mut self, cx: &mut Cx<'_>, id: WriteId) {
        if let Some(job) = self.jobs.waiting.remove(&id) {
            self.run_job(cx, job);
        }
    }

    fn finish_job(&mut self, cx: &mut Cx<'_>, then: Then) {
        match then {
            Then::Booted | Then::Nothing => {}
            Then::LeaderAccepted(epoch) => {
                self.accepted = epoch;
                self.offer_epoch(cx, epoch);
            }
            Then::LeaderCurrent(epoch) => {
                self.current = epoch;
                self.begin_synchronization(cx, epoch);
            }
            Then::LearnerAccepted(epoch) => {
                self.accepted = epoch;
                self.unblock(cx, |peer, cx| peer.ack_epoch(cx, true));
            }
            Then::Truncated(zxid) => self.unblock(cx, |peer, cx| peer.reload_truncated(cx, zxid)),
            Then::HistorySynced(zxid) => {
                self.pipeline.durable = zxid;
                self.unblock(cx, Self::run_new_leader_plan);
            }
            Then::NewLeaderStep => self.unblock(cx, Self::run_new_leader_plan),
            Then::LearnerCurrent(epoch) => {
                self.current = epoch;
                self.unblock(cx, Self::run_new_leader_plan);
            }
            Then::Restored(epoch) => self.epochs_reach(epoch),
            Then::SnapshotDone { zxid, fuzzy_to } => self.snapshot_done(cx, zxid, fuzzy_to),
        }
    }

    /// Lets a learner's main thread go on after a disk wait, then hands it the packets it missed.
    fn unblock(&mut self, cx: &mut Cx<'_>, go_on: impl FnOnce(&mut Self, &mut Cx<'_>)) {
        if let Part::Learning(learning) = &mut self.part {
            learning.busy = false;
            go_on(self, cx);
            self.drain_stalled(cx);
        }
    }

    /// Writes an epoch file, then `then`.
    pub(super) fn write_epoch(
        &mut self,
        cx: &mut Cx<'_>,
        file: EpochFile,
        epoch: Epoch,
        then: Then,
    ) {
        let steps = crate::storage::epochs::write_plan(file, epoch, self.sync_directory());
        self.start_job(cx, steps, then);
    }
}
