//! A server as learner: the history it is sent, and what it does before it acknowledges it.
//!
//! Packets pile up until NEWLEADER; then, *in this order*, the history is written, forced,
//! currentEpoch is written, and only then NEWLEADER is acknowledged. Four of ZooKeeper's worst bugs
//! are another order of these verbs, so the order is data: [`new_leader_plan`].
//!
//! ```text
//!   DIFF ────────────────────────────► PROPOSAL, COMMIT … ─► NEWLEADER ─► plan ─► ack ─► UPTODATE
//!   TRUNC ─► cut the log, load it ───►        │ dirty: applied at once, a snapshot comes first
//!   SNAP ──► take over the tree ─────►        ┘
//! ```
//! While the main thread waits for the disk it is *busy*, and packets are stalled in order. A learner
//! that leaves while memory holds what no file holds (*dirty*) forgets it and reads its disk again.
//!
//! In ZooKeeper: `Learner.syncWithLeader`.

use std::collections::VecDeque;
use std::sync::Arc;

use super::jobs::Then;
use super::packet::Packet;
use super::peer::{Cx, Part, Peer};
use super::state::Phase;
use super::sync_plan::SyncMode;
use crate::base::{Queue, ServerId, SessionId};
use crate::model::{Epoch, Record, Zxid};
use crate::protocol::decision::{Decision, LeaveReason};
use crate::protocol::machine::{Effect, HaltReason, Timer};
use crate::protocol::switch::{Switch, Switches};
use crate::storage::epochs::EpochFile;
use crate::storage::{CutRefusal, CutRule, DiskStep, FileName, FileOp, SyncTarget};
use crate::storage::{purge, scan, snapshot};

/// How far a learner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LearnStage {
    /// The connection is not open yet.
    Connecting,
    /// Waits for the epoch.
    Discovery,
    /// Receives the history.
    Syncing,
    /// NEWLEADER is acknowledged; waits for UPTODATE.
    Synced,
    /// Serves.
    Serving,
}

/// One verb of the learner's reaction to NEWLEADER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Durably {
    /// Write the received tree as a snapshot, forced and renamed.
    Snapshot,
    /// Append the committed history.
    WriteHistory,
    /// Hand the committed history to the log queue, which gets to it later.
    QueueHistory,
    /// Force the log.
    Fsync,
    /// Write currentEpoch.
    CurrentEpoch,
    /// Acknowledge NEWLEADER.
    Ack,
}

/// The order of the verbs. The default arm is right; each defect is another order or a missing verb.
/// A history that is only queued comes last: nobody waits for it, so nothing can be said to follow.
pub fn new_leader_plan(switches: Switches, snapshot_needed: bool) -> Vec<Durably> {
    let mut history = Vec::new();
    if switches.on(Switch::LogBeforeNewleaderAck) {
        if switches.on(Switch::WriteBeforeNewleaderAck) {
            history.push(Durably::WriteHistory);
            if switches.on(Switch::FsyncBeforeNewleaderAck) {
                history.push(Durably::Fsync);
            }
        } else {
            history.push(Durably::QueueHistory);
        }
    }
    let mut plan = Vec::new();
    if snapshot_needed {
        plan.push(Durably::Snapshot);
    }
    let queued = history == [Durably::QueueHistory];
    if switches.on(Switch::EpochAfterLog) && !queued {
        plan.extend(history);
        plan.push(Durably::CurrentEpoch);
    } else {
        plan.push(Durably::CurrentEpoch);
        plan.extend(history);
    }
    plan.push(Durably::Ack);
    plan
}

/// A server as learner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learning {
    /// Whom it follows.
    pub leader: ServerId,
    /// It does not vote.
    pub observer: bool,
    /// How far it is.
    pub stage: LearnStage,
    /// For display.
    pub phase: Phase,
    /// The epoch that was offered.
    pub epoch: Epoch,
    /// Attempts to connect.
    pub tries: u32,
    /// The main thread waits for a disk; packets are stalled.
    pub busy: bool,
    /// Packets that wait.
    pub stalled: Queue<Packet>,
    /// The mode that was chosen for it.
    pub mode: Option<SyncMode>,
    /// Received and not logged yet.
    pub not_logged: Queue<Arc<Record>>,
    /// Committed, as far as told during synchronisation.
    pub committed: Queue<Zxid>,
    /// Verbs left after NEWLEADER.
    pub plan: VecDeque<Durably>,
    /// Memory holds what no file holds: after SNAP or TRUNC, until the snapshot is written.
    pub dirty: bool,
    /// Logged or being logged, not committed yet, oldest first.
    pub pending: Queue<Arc<Record>>,
    /// Last zxid it was told to be committed.
    pub last_committed: Zxid,
    /// Sessions heard of since the last answer to a PING.
    pub touched: Vec<(SessionId, i32)>,
}

impl Learning {
    pub(super) fn new(leader: ServerId, observer: bool, last: Zxid) -> Self {
        Self {
            leader,
            observer,
            stage: LearnStage::Connecting,
            phase: Phase::Discovery,
            epoch: Epoch::default(),
            tries: 0,
            busy: false,
            stalled: Queue::new(),
            mode: None,
            not_logged: Queue::new(),
            committed: Queue::new(),
            plan: VecDeque::new(),
            dirty: false,
            pending: Queue::new(),
            last_committed: last,
            touched: Vec::new(),
        }
    }
}

/// Whatever goes, goes from the newest on, and is gone for good before the file that stays is cut:
/// a crash on the way leaves a longer log, never one with a hole or a snapshot without its log.
fn truncation_steps(newer: Vec<FileOp>, cut: Vec<FileOp>, sync_directory: bool) -> Vec<DiskStep> {
    let (lens, unlinks): (Vec<FileOp>, Vec<FileOp>) = cut
        .into_iter()
        .partition(|op| matches!(op, FileOp::SetLen { .. }));
    let shortened = lens.iter().map(|op| op.name().clone()).collect();
    let gone = newer.into_iter().chain(unlinks.into_iter().rev());
    let mut steps: Vec<DiskStep> = gone.map(DiskStep::Op).collect();
    if sync_directory {
        steps.push(DiskStep::Sync(SyncTarget::Directory));
    }
    steps.extend(lens.into_iter().map(DiskStep::Op));
    steps.push(DiskStep::Sync(SyncTarget::Files(shortened)));
    steps
}

impl Peer {
    /// A packet of the synchronisation stream.
    pub(super) fn on_sync_packet(&mut self, cx: &mut Cx<'_>, packet: Packet) {
        match packet {
            Packet::Diff { .. } => self.set_mode(SyncMode::Diff),
            Packet::Trunc { zxid } => {
                self.set_mode(SyncMode::Trunc);
                self.truncate(cx, zxid);
            }
            Packet::Snap { zxid, image } => {
                self.set_mode(SyncMode::Snap);
                self.load_image(cx, zxid, &image);
            }
            Packet::Proposal(record) => self.queue_synced(record, false),
            Packet::Inform(record) => self.queue_synced(record, true),
            Packet::Commit { zxid } => self.commit_synced(zxid),
            Packet::NewLeader { epoch } => self.on_new_leader(cx, epoch),
            Packet::UpToDate => self.on_up_to_date(cx),
            _ => {}
        }
    }

    fn set_mode(&mut self, mode: SyncMode) {
        if let Part::Learning(learning) = &mut self.part {
            learning.mode = Some(mode);
            learning.dirty = mode != SyncMode::Diff;
        }
    }

    fn truncate(&mut self, cx: &mut Cx<'_>, zxid: Zxid) {
        let drop_snapshots = self.config.switches.on(Switch::TruncDropsSnapshots);
        let newer = if drop_snapshots {
            purge::newer_snapshots(cx.disk, zxid)
        } else {
            Vec::new()
        };
        let tmp_counts = self.config.recover_options().tmp_counts;
        let goes = |name: &FileName| newer.iter().any(|op| op.name() == name);
        if drop_snapshots
            && purge::whole_snapshots(cx.disk, tmp_counts)
                .iter()
                .all(|(_, name)| goes(name))
        {
            self.ask_for_snap(cx);
            return;
        }
        self.pipeline.writer.roll();
        let rule = if drop_snapshots {
            CutRule::NothingBeyond
        } else {
            CutRule::AfterStop
        };
        let cut = match scan::truncate_ops(cx.disk, zxid, rule) {
            Ok(ops) => ops,
            Err(CutRefusal::NothingToCut) => Vec::new(),
            Err(CutRefusal::Corrupt(_)) => {
                cx.out.push(Effect::Halt(HaltReason::TruncFailed(zxid)));
                return;
            }
        };
        if drop_snapshots {
            self.drop_snapshots(cx);
        }
        let steps = truncation_steps(newer, cut, self.sync_directory());
        if let Part::Learning(learning) = &mut self.part {
            learning.busy = true;
        }
        self.start_job(cx, steps, Then::Truncated(zxid));
    }

    /// The cut would leave no snapshot to load. What the disk holds may be one of a quorum's copies,
    /// so nothing is removed before the whole tree from the leader is safe: the server comes back and
    /// says that it has nothing, which only a SNAP can follow.
    fn ask_for_snap(&mut self, cx: &mut Cx<'_>) {
        cx.out.decide(Decision::NeedsSnap);
        self.needs_snap = true;
        if let Part::Learning(learning) = &mut self.part {
            learning.dirty = false;
        }
        self.leave(cx, LeaveReason::NeedsTree);
    }

    /// The log is cut: load the database again.
    pub(super) fn reload_truncated(&mut self, cx: &mut Cx<'_>, zxid: Zxid) {
        cx.out.decide(Decision::Truncated { to: zxid });
        if self.load(cx) {
            self.db.last_zxid = zxid;
            self.reset_log();
        }
    }

    fn load_image(&mut self, cx: &mut Cx<'_>, zxid: Zxid, image: &[u8]) {
        let db = snapshot::read_stream(image, zxid, self.rules)
            .expect("links corrupt nothing, and a leader sends what it has just written");
        cx.out.decide(Decision::LoadedSnap { zxid });
        self.drop_snapshots(cx);
        self.adopt_image(db, zxid);
    }

    fn queue_synced(&mut self, record: Arc<Record>, committed: bool) {
        let zxid = record.zxid();
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.not_logged.push_back(record);
        if committed {
            self.commit_synced(zxid);
        }
    }

    /// After SNAP or TRUNC memory is brought forward at once, the files follow with the snapshot.
    fn commit_synced(&mut self, zxid: Zxid) {
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.last_committed = learning.last_committed.max(zxid);
        if learning.dirty && learning.stage < LearnStage::Synced {
            if let Some(record) = learning.not_logged.pop_front_if(|r| r.zxid() == zxid) {
                self.apply_quietly(&record);
            }
        } else {
            learning.committed.push_back(zxid);
        }
    }

    fn on_new_leader(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        let switches = self.config.switches;
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.epoch = epoch;
        learning.plan = new_leader_plan(switches, learning.dirty).into();
        self.run_new_leader_plan(cx);
    }

    /// Carries out the verbs until one has to wait for the disk.
    pub(super) fn run_new_leader_plan(&mut self, cx: &mut Cx<'_>) {
        loop {
            let Part::Learning(learning) = &mut self.part else {
                return;
            };
            let Some(verb) = learning.plan.pop_front() else {
                return;
            };
            let epoch = learning.epoch;
            match verb {
                Durably::Snapshot => {
                    learning.busy = true;
                    learning.dirty = false;
                    self.write_synced_snapshot(cx);
                    return;
                }
                Durably::WriteHistory => {
                    for record in self.take_committed_history() {
                        self.append_now(cx, &record);
                        self.apply_quietly(&record);
                    }
                }
                Durably::QueueHistory => {
                    let records = self.take_committed_history();
                    for record in &records {
                        self.apply_quietly(record);
                    }
                    if !records.is_empty() {
                        self.log_later(cx, records);
                    }
                }
                Durably::Fsync if self.pipeline.durable == self.pipeline.logged => {}
                Durably::Fsync => {
                    learning.busy = true;
                    let steps = vec![DiskStep::Sync(self.log_target())];
                    let then = Then::HistorySynced(self.pipeline.logged);
                    self.start_job(cx, steps, then);
                    return;
                }
                Durably::CurrentEpoch => {
                    learning.busy = true;
                    let then = Then::LearnerCurrent(epoch);
                    self.write_epoch(cx, EpochFile::Current, epoch, then);
                    return;
                }
                Durably::Ack => self.ack_new_leader(cx, epoch),
            }
        }
    }

    /// The part of the received history that is committed, in order.
    fn take_committed_history(&mut self) -> Vec<Arc<Record>> {
        let Part::Learning(learning) = &mut self.part else {
            return Vec::new();
        };
        let mut history = Vec::new();
        while let (Some(record), Some(zxid)) =
            (learning.not_logged.front(), learning.committed.front())
        {
            if record.zxid() != *zxid {
                break;
            }
            learning.committed.pop_front();
            history.extend(learning.not_logged.pop_front());
        }
        history
    }

    fn ack_new_leader(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        let limit = self.sync_limit();
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.stage = LearnStage::Synced;
        cx.out.decide(Decision::AckedNewLeader { epoch });
        let zxid = Zxid::new(epoch, 0);
        cx.out.send(learning.leader, Packet::Ack { zxid });
        cx.out.arm(Timer::ReadTimeout, limit);
    }

    fn on_up_to_date(&mut self, cx: &mut Cx<'_>) {
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        learning.stage = LearnStage::Serving;
        learning.phase = Phase::Broadcast;
        let epoch = learning.epoch;
        let observer = learning.observer;
        let not_logged: Vec<Arc<Record>> = learning.not_logged.drain_all().collect();
        let committed: Vec<Zxid> = learning.committed.drain_all().collect();
        self.vote.peer_epoch = epoch;
        cx.out.decide(Decision::Serving);
        for record in not_logged {
            if !observer {
                self.pend(&record);
            }
            self.log(cx, Arc::clone(&record), !observer);
            if observer {
                self.commit_record(cx, &record);
            }
        }
        if !observer {
            for zxid in committed {
                self.on_commit(cx, zxid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Profile;

    #[test]
    fn the_right_order_is_history_fsync_epoch_ack() {
        use Durably::*;
        let on = Switches::all_on();
        assert_eq!(
            new_leader_plan(on, false),
            [WriteHistory, Fsync, CurrentEpoch, Ack]
        );
        assert_eq!(
            new_leader_plan(on, true),
            [Snapshot, WriteHistory, Fsync, CurrentEpoch, Ack]
        );
    }

    #[test]
    fn each_defect_is_another_order() {
        use Durably::*;
        let off = |s| new_leader_plan(Switches::all_on().with(s, false), false);
        assert_eq!(off(Switch::LogBeforeNewleaderAck), [CurrentEpoch, Ack]);
        assert_eq!(
            off(Switch::EpochAfterLog),
            [CurrentEpoch, WriteHistory, Fsync, Ack]
        );
        assert_eq!(
            off(Switch::FsyncBeforeNewleaderAck),
            [WriteHistory, CurrentEpoch, Ack]
        );
        assert_eq!(
            off(Switch::WriteBeforeNewleaderAck),
            [CurrentEpoch, QueueHistory, Ack]
        );
        assert_eq!(
            new_leader_plan(Profile::V3_8_0.switches(), false),
            [CurrentEpoch, QueueHistory, Ack]
        );
    }
}
