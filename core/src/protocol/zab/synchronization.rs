//! Synchronisation: every learner gets the leader's history on its disk before the epoch begins.
//!
//! Leader: DIFF, TRUNC or SNAP ([`super::sync_plan`]), the missing transactions as PROPOSAL and
//! COMMIT, whatever is outstanding, then NEWLEADER; a quorum of its acknowledgements, the leader's
//! own included, establishes the epoch.
//!
//! Learner: packets pile up until NEWLEADER; then, *in this order*, the history is written, forced,
//! currentEpoch is written, and only then NEWLEADER is acknowledged. Four of ZooKeeper's worst bugs
//! are another order of these verbs, so the order is data: [`new_leader_plan`].
//!
//! In ZooKeeper: `LearnerHandler.syncFollower`, `Learner.syncWithLeader`.

use std::collections::VecDeque;
use std::sync::Arc;

use super::jobs::Then;
use super::packet::Packet;
use super::peer::{Cx, Part, Peer};
use super::state::Phase;
use super::sync_plan::{self, SyncMode};
use crate::base::{Duration, Instant, Queue, ServerId, SessionId};
use crate::model::{Epoch, Record, Zxid};
use crate::protocol::decision::{Decision, LeaveReason};
use crate::protocol::machine::{Effect, HaltReason, Timer};
use crate::protocol::switch::{Switch, Switches};
use crate::storage::epochs::EpochFile;
use crate::storage::{CutRefusal, CutRule, Disk, DiskStep, FileOp, LastLog, ReadFiles, SyncTarget};
use crate::storage::{purge, scan, snapshot};

/// What the leader knows of one learner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnerState {
    /// It votes.
    pub participant: bool,
    /// Its last zxid, once it said so.
    pub last_zxid: Option<Zxid>,
    /// Live proposals (or INFORMs) go to it.
    pub forwarding: bool,
    /// It acknowledged NEWLEADER.
    pub synced: bool,
    /// UPTODATE was sent.
    pub serving: bool,
    /// The tick until which it must have been heard.
    pub deadline: u64,
    /// Oldest proposal it was sent and has not acknowledged, and when it was sent.
    pub unacked: Queue<(Zxid, Instant)>,
}

impl LearnerState {
    pub(super) fn new(participant: bool, deadline: u64) -> Self {
        Self {
            participant,
            last_zxid: None,
            forwarding: false,
            synced: false,
            serving: false,
            deadline,
            unacked: Queue::new(),
        }
    }
}

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
    /// Last zxid received, for the contiguity check.
    pub last_queued: Option<Zxid>,
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
            last_queued: None,
            pending: Queue::new(),
            last_committed: last,
            touched: Vec::new(),
        }
    }
}

// --- leader ---

impl Peer {
    /// currentEpoch is on disk: synchronise everybody who has acknowledged the epoch.
    pub(super) fn begin_synchronization(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        let id = self.id;
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        leading.phase = Phase::Synchronization;
        leading.epoch_agreed_on_disk = true;
        leading.newleader_acks.insert(id);
        self.vote.peer_epoch = epoch;
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let ready: Vec<ServerId> = leading
            .learners
            .iter()
            .filter(|(_, l)| l.last_zxid.is_some())
            .map(|(id, _)| *id)
            .collect();
        self.arm_init_limit(cx);
        for learner in ready {
            self.sync_learner(cx, learner);
        }
        self.maybe_establish(cx);
    }

    /// Sends one learner all it lacks, then NEWLEADER.
    pub(super) fn sync_learner(&mut self, cx: &mut Cx<'_>, id: ServerId) {
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let Some(learner) = leading.learners.get(&id) else {
            return;
        };
        if !leading.epoch_agreed_on_disk || learner.forwarding {
            return;
        }
        let Some(peer) = learner.last_zxid else {
            return;
        };
        let epoch = leading.epoch.unwrap_or_default();
        let participant = learner.participant;
        let forgot = self.config.switches.on(Switch::TruncDropsSnapshots);
        let planned = if peer == Zxid::UNTRUSTED && forgot {
            sync_plan::whole_tree(self.db.last_zxid)
        } else {
            let window: Vec<Arc<Record>> = self.committed_log.iter().cloned().collect();
            sync_plan::plan(peer.max(Zxid::ZERO), &window, self.db.last_zxid, || {
                disk_log(cx, peer, self.disk_log_floor, self.config.switches)
            })
        };
        cx.out.decide(Decision::PlannedSync {
            learner: id,
            peer,
            plan: planned.plan,
        });
        let zxid = planned.plan.zxid;
        cx.out.send(
            id,
            match planned.plan.mode {
                SyncMode::Diff => Packet::Diff { zxid },
                SyncMode::Trunc => Packet::Trunc { zxid },
                SyncMode::Snap => Packet::Snap {
                    zxid,
                    image: snapshot::stream(&self.db).into(),
                },
            },
        );
        let early = !self.config.switches.on(Switch::QueueBeforeNewleader);
        if early {
            cx.out.send(id, Packet::NewLeader { epoch });
        }
        for record in planned.records {
            let zxid = record.zxid();
            cx.out.send(id, Packet::Proposal(record));
            cx.out.send(id, Packet::Commit { zxid });
        }
        self.start_forwarding(cx, id, participant);
        if !early {
            cx.out.send(id, Packet::NewLeader { epoch });
        }
    }

    /// Registers a learner for live traffic; a participant gets everything outstanding first.
    fn start_forwarding(&mut self, cx: &mut Cx<'_>, id: ServerId, participant: bool) {
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        let outstanding: Vec<Arc<Record>> = if participant {
            leading
                .outstanding
                .values()
                .map(|p| Arc::clone(&p.record))
                .collect()
        } else {
            Vec::new()
        };
        let Some(learner) = leading.learners.get_mut(&id) else {
            return;
        };
        learner.forwarding = true;
        for record in outstanding {
            learner.unacked.push_back((record.zxid(), cx.now));
            cx.out.send(id, Packet::Proposal(record));
        }
    }

    /// A learner acknowledged NEWLEADER.
    pub(super) fn on_newleader_ack(&mut self, cx: &mut Cx<'_>, from: ServerId, zxid: Zxid) {
        let count_all = !self.config.switches.on(Switch::ObserversDoNotCount);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        if leading.epoch != Some(zxid.epoch()) {
            return;
        }
        let Some(learner) = leading.learners.get_mut(&from) else {
            return;
        };
        if learner.serving {
            return;
        }
        learner.synced = true;
        if learner.participant || count_all {
            leading.newleader_acks.insert(from);
        }
        if leading.phase == Phase::Broadcast {
            self.welcome(cx, from);
        } else {
            self.maybe_establish(cx);
        }
    }

    fn maybe_establish(&mut self, cx: &mut Cx<'_>) {
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let Some(epoch) = leading.epoch else {
            return;
        };
        let acks: Vec<ServerId> = leading.newleader_acks.iter().copied().collect();
        if leading.phase != Phase::Synchronization || !self.counts_as_quorum(acks) {
            return;
        }
        let history = self.db.last_zxid;
        cx.out.decide(Decision::Established { epoch, history });
        self.db.last_zxid = Zxid::new(epoch, 0);
        let sessions = self.tracked_sessions(cx.now);
        let half_tick = self.config.tick.divided_by(2);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        leading.phase = Phase::Broadcast;
        leading.last_committed = Zxid::new(epoch, 0);
        leading.sessions = sessions;
        let ready: Vec<ServerId> = leading
            .learners
            .iter()
            .filter(|(_, l)| l.synced)
            .map(|(id, _)| *id)
            .collect();
        cx.out.push(Effect::Disarm(Timer::InitLimit));
        cx.out.arm(Timer::HalfTick, half_tick);
        cx.out.arm(Timer::Reaper, REAPER_INTERVAL);
        for id in ready {
            self.welcome(cx, id);
        }
    }

    fn welcome(&mut self, cx: &mut Cx<'_>, id: ServerId) {
        let sync_limit = u64::from(self.config.sync_limit);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        let tick = leading.tick;
        if let Some(learner) = leading.learners.get_mut(&id) {
            learner.serving = true;
            learner.deadline = tick + sync_limit;
            cx.out.send(id, Packet::UpToDate);
        }
    }

    pub(super) fn arm_init_limit(&self, cx: &mut Cx<'_>) {
        cx.out.arm(Timer::InitLimit, self.init_limit());
    }

    /// Last zxid of the history this leader brings.
    pub(super) fn history_end(&self) -> Zxid {
        self.db.last_zxid
    }
}

/// How often unused containers and outlived TTL nodes are looked for.
pub(super) const REAPER_INTERVAL: Duration = Duration::from_s(60);

/// The records on disk after `peer`, if the log there may be used.
fn disk_log(cx: &Cx<'_>, peer: Zxid, floor: Zxid, switches: Switches) -> Option<Vec<Arc<Record>>> {
    if switches.on(Switch::CheckDiskLog) && peer < floor {
        return None;
    }
    let limit = newest_snapshot_size(cx.disk)? * 33 / 100;
    if bytes_behind(cx.disk, peer) > limit {
        return None;
    }
    let mut records: Vec<Arc<Record>> = Vec::new();
    for found in scan::records(cx.disk, peer, LastLog::MayBeTorn) {
        let found = found.ok()?;
        if records.is_empty() && found.record.zxid() > peer {
            return None;
        }
        records.push(found.record);
    }
    Some(records)
}

/// Length, preallocation included, of the log files behind the one that `peer` stands in. The size
/// factor looks at these: the first file is read in any case. ZooKeeper:
/// `FileTxnIterator.getStorageSize`, `ZKDatabase.calculateTxnLogSizeLimit`.
fn bytes_behind(disk: &Disk, peer: Zxid) -> u64 {
    let files = scan::log_files(disk);
    let first = files.iter().rposition(|(zxid, _)| *zxid < peer);
    let behind = files.iter().skip(first.unwrap_or(0) + 1);
    behind
        .filter_map(|(_, name)| disk.content(name))
        .map(|content| content.len())
        .sum()
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

fn newest_snapshot_size(disk: &Disk) -> Option<u64> {
    let newest = purge::whole_snapshots(disk).into_iter().next()?;
    disk.content(&newest.1).map(|content| content.len())
}

// --- learner ---

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
            Packet::Proposal(record) => self.queue_synced(cx, record, false),
            Packet::Inform(record) => self.queue_synced(cx, record, true),
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
        if drop_snapshots
            && !purge::whole_snapshots(cx.disk)
                .iter()
                .any(|(z, _)| *z <= zxid)
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
        let newer = if drop_snapshots {
            self.drop_snapshots(cx);
            purge::newer_snapshots(cx.disk, zxid)
        } else {
            Vec::new()
        };
        let steps = truncation_steps(newer, cut, self.sync_directory());
        if let Part::Learning(learning) = &mut self.part {
            learning.busy = true;
        }
        self.start_job(cx, steps, Then::Truncated(zxid));
    }

    /// The cut would leave no snapshot to load. What the disk holds may be one of a quorum's copies,
    /// so nothing is removed before the whole tree from the leader is safe: only memory forgets.
    fn ask_for_snap(&mut self, cx: &mut Cx<'_>) {
        cx.out.decide(Decision::NeedsSnap);
        self.drop_snapshots(cx);
        self.forget_database();
        if let Part::Learning(learning) = &mut self.part {
            learning.dirty = false;
        }
        self.leave(cx, LeaveReason::ProtocolError);
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
        match snapshot::read_stream(image, zxid, self.rules) {
            Ok(db) => {
                cx.out.decide(Decision::LoadedSnap { zxid });
                self.drop_snapshots(cx);
                self.adopt_image(db, zxid);
            }
            Err(_) => self.leave(cx, LeaveReason::ProtocolError),
        }
    }

    fn queue_synced(&mut self, cx: &mut Cx<'_>, record: Arc<Record>, committed: bool) {
        let zxid = record.zxid();
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        if learning.last_queued.is_some_and(|last| !zxid.follows(last)) {
            self.leave(cx, LeaveReason::ProtocolError);
            return;
        }
        learning.last_queued = Some(zxid);
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
            if let Some(record) = learning.not_logged.pop_front() {
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
