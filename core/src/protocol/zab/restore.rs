//! The admin command `restore`: an operator hands a running server another tree.
//!
//! As 3.9 does it, the tree takes the place of the one in memory and that is all. Nothing is written;
//! the numbers that the leader gives out do not move; clients keep their connections, though their
//! sessions may be unknown now, and their watches are gone. A restart brings the old files back, and
//! on top of them whatever was logged since: transactions that were made for another tree.
//!
//! ```text
//!   shipped    memory := tree                     ──► serves on; the next zxid as if nothing had happened
//!   corrected  leave ─► epochs ─► snapshot at the ──► election: a new epoch, beyond every number
//!              (memory := tree)   last number, forced
//! ```
//! With the switch `restore-is-durable` the server stops serving, as it does for a tree that a leader
//! sends. The restored tree stands at the highest number that this server or the tree has seen, so
//! that no log on the disk reaches beyond its snapshot, and the epoch files are never behind it. A
//! crash on the way leaves the old history or the new one, whole.
//!
//! One thing is gentler here: a real 3.9 leaves the old session tracker running, which ends the sessions
//! it knew although their clients are there, and never starts the new one, which ends none.
//!
//! Either way the command acts on one server. In an ensemble the others know nothing of it, and no
//! switch makes that safe. In ZooKeeper: `ZooKeeperServer.restoreFromSnapshot`.

use super::jobs::Then;
use super::peer::{Cx, Part, Peer};
use crate::model::{Epoch, Zxid};
use crate::protocol::decision::{Decision, LeaveReason};
use crate::protocol::switch::Switch;
use crate::storage::epochs::{EpochFile, write_plan};
use crate::storage::{DiskStep, SnapshotPolicy};
use crate::tree::Database;

impl Peer {
    /// Takes `tree` for its own.
    pub(super) fn restore(&mut self, cx: &mut Cx<'_>, tree: &Database) {
        if self.config.switches.on(Switch::RestoreIsDurable) {
            self.restore_durably(cx, tree);
        } else {
            self.restore_in_memory(cx, tree);
        }
    }

    fn restore_in_memory(&mut self, cx: &mut Cx<'_>, tree: &Database) {
        cx.out.decide(Decision::Restored {
            zxid: tree.last_zxid,
            at: self.db.last_zxid,
            durable: false,
        });
        self.abandon_walk(cx);
        self.db = tree.clone();
        self.committed_log.clear();
        self.service.forget_watches();
        let sessions = self.tracked_sessions(cx.now);
        if let Part::Leading(leading) = &mut self.part {
            leading.sessions = sessions;
        }
    }

    fn restore_durably(&mut self, cx: &mut Cx<'_>, tree: &Database) {
        let at = self.last_number().max(tree.last_zxid);
        cx.out.decide(Decision::Restored {
            zxid: tree.last_zxid,
            at,
            durable: true,
        });
        self.drop_snapshots(cx);
        self.drop_part(cx, LeaveReason::Restored);
        self.adopt_image(tree.clone(), at);
        self.trusted = true;
        let mut steps = self.epoch_steps(at.epoch());
        steps.extend(self.whole_snapshot(SnapshotPolicy::DURABLE).1);
        self.settling = true;
        self.start_job(cx, steps, Then::Restored(at.epoch()));
        self.vote_when_settled(cx);
    }

    /// The highest number that this server knows to be given out.
    fn last_number(&self) -> Zxid {
        let proposed = match &self.part {
            Part::Leading(leading) => leading.last_proposed,
            _ => Zxid::ZERO,
        };
        let queued = self.pipeline.queued().map(|q| q.record.zxid());
        let queued = queued.max().unwrap_or(Zxid::ZERO);
        let own = self.db.last_zxid.max(self.pipeline.logged);
        own.max(proposed).max(queued)
    }

    /// What lifts the epoch files to `epoch`, when they are behind it: acceptedEpoch first, for it is
    /// never below currentEpoch.
    fn epoch_steps(&self, epoch: Epoch) -> Vec<DiskStep> {
        let behind = [
            (EpochFile::Accepted, self.accepted),
            (EpochFile::Current, self.current),
        ];
        let behind = behind.into_iter().filter(|(_, known)| *known < epoch);
        let plans = behind.map(|(file, _)| write_plan(file, epoch, self.sync_directory()));
        plans.flatten().collect()
    }

    /// The epoch files hold at least `epoch` now.
    pub(super) fn epochs_reach(&mut self, epoch: Epoch) {
        self.accepted = self.accepted.max(epoch);
        self.current = self.current.max(epoch);
    }
}
