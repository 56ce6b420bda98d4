//! A server: its memory, its dispatch, and the only place that changes its role.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::boot::settle_steps;
use super::broadcast::Leading;
use super::connections::Service;
use super::election::{Election, Heard, Vote};
use super::jobs::{Jobs, Then};
use super::learner::{LearnStage, Learning};
use super::packet::Packet;
use super::pipeline::Pipeline;
use super::snapshots::Walk;
use super::state::{Phase, Role, Status};
use crate::base::{Duration, Instant, Queue, ServerId, WriteId};
use crate::model::{Epoch, Record, Zxid};
use crate::protocol::config::Config;
use crate::protocol::decision::{Decision, LeaveReason};
use crate::protocol::machine::{Effect, HaltReason, Input, Outbox, Timer};
use crate::protocol::switch::Switch;
use crate::storage::Disk;
use crate::storage::report::Report;
use crate::tree::{Database, TreeRules, is_poison};

/// How long a learner waits between attempts to reach the leader, and how often it tries.
const RECONNECT_AFTER: Duration = Duration::from_ms(100);
const RECONNECT_TRIES: u32 = 5;

/// What a machine sees while it handles one input.
pub struct Cx<'a> {
    /// Simulated time.
    pub now: Instant,
    /// This server's wall clock, milliseconds since 1970.
    pub wall_ms: i64,
    /// This server's disk as its file system shows it.
    pub disk: &'a Disk,
    /// Where the effects go.
    pub out: &'a mut Outbox,
}

/// The part a server plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Looks for a leader, or gets ready to.
    Looking,
    /// Leads.
    Leading(Box<Leading>),
    /// Follows or observes.
    Learning(Box<Learning>),
}

/// A server's whole memory. A crash drops it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    pub(super) id: ServerId,
    pub(super) config: Arc<Config>,
    pub(super) accepted: Epoch,
    pub(super) current: Epoch,
    pub(super) db: Database,
    pub(super) trusted: bool,
    pub(super) rules: TreeRules,
    pub(super) committed_log: Queue<Arc<Record>>,
    pub(super) disk_log_floor: Zxid,
    pub(super) pipeline: Pipeline,
    pub(super) jobs: Jobs,
    pub(super) walk: Option<Walk>,
    pub(super) round: u64,
    pub(super) vote: Vote,
    pub(super) election: Option<Election>,
    /// Newest notifications heard while its own writes settled, before the election begins.
    pub(super) early_votes: BTreeMap<ServerId, Heard>,
    pub(super) settling: bool,
    /// A cut would have left its disk without a snapshot: it asks for the whole tree.
    pub(super) needs_snap: bool,
    /// What memory holds is to be forgotten: the disk is read again once its writes have settled.
    reload: bool,
    /// A disk error made it load the disk again, and it has not found a leader since.
    reloaded: bool,
    pub(super) part: Part,
    pub(super) service: Service,
    pub(super) recovery: Option<Arc<Report>>,
}

impl Peer {
    /// A process that has not booted yet.
    pub fn new(id: ServerId, config: Arc<Config>) -> Self {
        Self {
            id,
            accepted: Epoch::default(),
            current: Epoch::default(),
            db: Database::new(),
            trusted: true,
            rules: config.tree_rules(),
            committed_log: Queue::new(),
            disk_log_floor: Zxid::ZERO,
            pipeline: Pipeline::new(config.pre_alloc, Zxid::ZERO),
            jobs: Jobs::default(),
            walk: None,
            round: 0,
            vote: Vote::NOBODY,
            election: None,
            early_votes: BTreeMap::new(),
            settling: false,
            needs_snap: false,
            reload: false,
            reloaded: false,
            part: Part::Looking,
            service: Service::default(),
            recovery: None,
            config,
        }
    }

    /// Its id.
    pub fn id(&self) -> ServerId {
        self.id
    }

    /// Its configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its database.
    pub fn db(&self) -> &Database {
        &self.db
    }

    /// Its current vote; when it is not looking, the leader it answers with.
    pub fn vote(&self) -> Vote {
        self.vote
    }

    /// Its election round.
    pub fn round(&self) -> u64 {
        self.round
    }

    /// The running election.
    pub fn election(&self) -> Option<&Election> {
        self.election.as_ref()
    }

    /// The part it plays.
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// Its client connections.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Its log queue.
    pub fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The running snapshot.
    pub fn walk(&self) -> Option<&Walk> {
        self.walk.as_ref()
    }

    /// The last committed transactions in memory, oldest first.
    pub fn committed_log(&self) -> impl DoubleEndedIterator<Item = &Arc<Record>> {
        self.committed_log.iter()
    }

    /// What the last recovery of this process found.
    pub fn recovery(&self) -> Option<&Arc<Report>> {
        self.recovery.as_ref()
    }

    /// ZooKeeper's server state.
    pub fn role(&self) -> Role {
        match &self.part {
            Part::Looking => Role::Looking,
            Part::Leading(_) => Role::Leading,
            Part::Learning(l) if l.observer => Role::Observing,
            Part::Learning(_) => Role::Following,
        }
    }

    /// Its state in short.
    pub fn status(&self) -> Status {
        let (phase, leader, committed) = match &self.part {
            Part::Looking => (Phase::Election, None, self.db.last_zxid),
            Part::Leading(l) => (l.phase, Some(self.id), l.last_committed),
            Part::Learning(l) => (l.phase, Some(l.leader), l.last_committed),
        };
        Status {
            role: self.role(),
            phase,
            leader,
            accepted: self.accepted,
            current: self.current,
            logged: self.pipeline.logged,
            committed,
            applied: self.db.last_zxid,
        }
    }

    /// True when it answers clients.
    pub fn serves(&self) -> bool {
        match &self.part {
            Part::Looking => false,
            Part::Leading(l) => l.phase == Phase::Broadcast,
            Part::Learning(l) => l.stage == LearnStage::Serving,
        }
    }

    /// The last zxid its vote names: applied, which after an election covers all that is logged.
    pub(super) fn last_zxid(&self) -> Zxid {
        if self.trusted {
            self.db.last_zxid
        } else {
            Zxid::UNTRUSTED
        }
    }

    pub(super) fn init_limit(&self) -> Duration {
        self.config.tick.times(u64::from(self.config.init_limit))
    }

    pub(super) fn sync_limit(&self) -> Duration {
        self.config.tick.times(u64::from(self.config.sync_limit))
    }

    pub(super) fn sync_directory(&self) -> bool {
        self.config.switches.on(Switch::SyncDirectory)
    }

    /// Handles one input.
    pub fn on(&mut self, cx: &mut Cx<'_>, input: Input) {
        match input {
            Input::Boot => self.boot(cx),
            Input::LinkUp(peer) => self.on_link_up(cx, peer),
            Input::Opened { peer, accepted } => self.on_opened(cx, peer, accepted),
            Input::Closed(peer) => self.on_closed(cx, peer),
            Input::Receive { from, packet } => self.on_packet(cx, from, packet),
            Input::Fired(timer) => self.on_timer(cx, timer),
            Input::Synced(id) => self.on_synced(cx, id),
            Input::DiskFailed => self.on_disk_failed(cx),
            Input::Client {
                client,
                conn,
                packet,
            } => self.on_client(cx, client, conn, packet),
            Input::ClientGone { client, conn } => self.on_client_gone(client, conn),
            Input::TakeSnapshot => self.begin_walk(cx),
            Input::Purge { retain } => self.purge(cx, retain),
            Input::StreamSnapshot => self.leave_streamed_snapshot(cx),
            Input::Restore(tree) => self.restore(cx, &tree),
        }
    }

    // --- dispatch ---

    fn on_packet(&mut self, cx: &mut Cx<'_>, from: ServerId, packet: Packet) {
        if let Packet::Notification { vote, round, state } = packet {
            self.on_notification(cx, from, Heard { vote, round, state });
            return;
        }
        match &mut self.part {
            Part::Looking => {}
            Part::Leading(_) => {
                self.heard_from(from);
                self.on_learner_packet(cx, from, packet);
            }
            Part::Learning(learning) if learning.leader == from => {
                let limit = if learning.stage < LearnStage::Synced {
                    self.init_limit()
                } else {
                    self.sync_limit()
                };
                cx.out.arm(Timer::ReadTimeout, limit);
                let Part::Learning(learning) = &mut self.part else {
                    return;
                };
                if learning.busy {
                    learning.stalled.push_back(packet);
                } else {
                    self.on_leader_packet(cx, packet);
                }
            }
            Part::Learning(_) => {}
        }
    }

    /// Hands a learner the packets that came while its main thread waited for the disk.
    pub(super) fn drain_stalled(&mut self, cx: &mut Cx<'_>) {
        loop {
            let Part::Learning(learning) = &mut self.part else {
                return;
            };
            if learning.busy {
                return;
            }
            let Some(packet) = learning.stalled.pop_front() else {
                return;
            };
            self.on_leader_packet(cx, packet);
        }
    }

    fn on_learner_packet(&mut self, cx: &mut Cx<'_>, from: ServerId, packet: Packet) {
        match packet {
            Packet::FollowerInfo { accepted } => self.on_learner_info(cx, from, accepted, true),
            Packet::ObserverInfo { accepted } => self.on_learner_info(cx, from, accepted, false),
            Packet::AckEpoch { current, last_zxid } => {
                self.on_ack_epoch(cx, from, current, last_zxid);
            }
            Packet::Ack { zxid } => self.on_ack(cx, from, zxid),
            Packet::PingReply { touched } => self.touch_sessions(cx.now, &touched),
            Packet::Request { caller, request } => {
                self.propose(cx, Some(from), &caller, &request);
            }
            Packet::Revalidate {
                session,
                timeout_ms,
            } => self.on_revalidate(cx, from, session, timeout_ms),
            Packet::Sync { session, cxid } => self.on_sync_request(cx, from, session, cxid),
            _ => {}
        }
    }

    fn on_leader_packet(&mut self, cx: &mut Cx<'_>, packet: Packet) {
        let serving = self.serves();
        match packet {
            Packet::LeaderInfo { epoch } => self.on_leader_info(cx, epoch),
            Packet::Ping { .. } => self.answer_ping(cx),
            Packet::Revalidated { session, valid } => self.on_revalidated(cx, session, valid),
            Packet::Sync { session, cxid } => self.on_sync_answer(cx, session, cxid),
            Packet::Proposal(record) if serving => self.on_proposal(cx, record),
            Packet::Commit { zxid } if serving => self.on_commit(cx, zxid),
            Packet::Inform(record) if serving => self.on_inform(cx, record),
            packet => self.on_sync_packet(cx, packet),
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_>, timer: Timer) {
        match timer {
            Timer::Notify => self.on_notify_timer(cx),
            Timer::Finalize => self.on_finalize_timer(cx),
            Timer::Reconnect => self.connect_to_leader(cx),
            Timer::ReadTimeout => self.leave(cx, LeaveReason::Silence),
            Timer::HalfTick => self.on_half_tick(cx),
            Timer::InitLimit => self.leave(cx, LeaveReason::InitLimit),
            Timer::SnapshotWalk => self.on_walk_timer(cx),
            Timer::Reaper => self.on_reaper(cx),
            Timer::SessionBucket => self.on_session_bucket(cx),
        }
    }

    fn on_synced(&mut self, cx: &mut Cx<'_>, id: WriteId) {
        if !self.on_log_synced(cx, id) {
            self.on_job_synced(cx, id);
        }
        self.seal_if_covered(cx);
        self.vote_when_settled(cx);
    }

    /// A quorum connection is open. A learner that calls again has lost the one before, even when
    /// nobody told this server yet: nothing that was meant for the old one may go on the new one.
    fn on_opened(&mut self, cx: &mut Cx<'_>, peer: ServerId, accepted: bool) {
        match &mut self.part {
            Part::Leading(leading) if accepted => {
                if leading.learners.remove(&peer).is_some() {
                    cx.out.decide(Decision::DroppedLearner {
                        learner: peer,
                        why: LeaveReason::ConnectionLost,
                    });
                }
            }
            Part::Learning(l) if !accepted && l.leader == peer => self.register_with_leader(cx),
            _ => cx.out.push(Effect::Close(peer)),
        }
    }

    /// A quorum connection is gone, or was refused: a server that has been elected but does not know
    /// it yet takes no calls, so the learner tries again.
    fn on_closed(&mut self, cx: &mut Cx<'_>, peer: ServerId) {
        match &mut self.part {
            Part::Leading(leading) if leading.learners.contains_key(&peer) => {
                leading.learners.remove(&peer);
                cx.out.decide(Decision::DroppedLearner {
                    learner: peer,
                    why: LeaveReason::ConnectionLost,
                });
            }
            Part::Learning(l) if l.leader == peer => match l.stage {
                LearnStage::Connecting if l.tries < RECONNECT_TRIES => {
                    cx.out.arm(Timer::Reconnect, RECONNECT_AFTER);
                }
                LearnStage::Connecting => self.leave(cx, LeaveReason::LeaderUnreachable),
                _ => self.leave(cx, LeaveReason::ConnectionLost),
            },
            _ => {}
        }
    }

    /// The disk refused a write. Memory may be ahead of it, so it is loaded again; when the disk does
    /// not even take what that writes, the process ends.
    fn on_disk_failed(&mut self, cx: &mut Cx<'_>) {
        cx.out.decide(Decision::DiskRefused);
        if self.reloaded {
            cx.out.push(Effect::Halt(HaltReason::DiskRefuses));
            return;
        }
        self.jobs.clear();
        self.walk = None;
        self.reload = false;
        if let Part::Learning(learning) = &mut self.part {
            learning.busy = false;
        }
        let reload = self.config.switches.on(Switch::ReloadAfterDiskError);
        if reload && self.load(cx) {
            let steps = settle_steps(cx.disk);
            self.reloaded = true;
            self.drop_part(cx, LeaveReason::DiskError);
            self.settling = true;
            self.start_job(cx, steps, Then::Booted);
            self.vote_when_settled(cx);
        } else if !reload {
            self.reset_log();
            self.leave(cx, LeaveReason::DiskError);
        }
    }

    // --- roles ---

    /// The election is over: play the part it gave.
    pub(super) fn take_role(&mut self, cx: &mut Cx<'_>, vote: Vote) {
        self.vote = vote;
        self.election = None;
        self.early_votes.clear();
        self.reloaded = false;
        cx.out.push(Effect::Disarm(Timer::Notify));
        cx.out.push(Effect::Disarm(Timer::Finalize));
        if vote.leader == self.id {
            self.lead(cx);
        } else {
            let observer = !self.config.ensemble.is_voter(self.id);
            let last = self.db.last_zxid;
            self.part = Part::Learning(Box::new(Learning::new(vote.leader, observer, last)));
            self.connect_to_leader(cx);
        }
    }

    /// A server that begins to serve clients by itself forgets nodes that live with unknown sessions.
    pub(super) fn drop_orphans(&mut self) {
        if self.config.extended_types {
            self.db.drop_orphan_ephemerals();
        } else {
            self.db.drop_extended_types();
        }
    }

    fn lead(&mut self, cx: &mut Cx<'_>) {
        self.needs_snap = false;
        self.drop_orphans();
        self.part = Part::Leading(Box::new(Leading::new(self.id, self.accepted)));
        self.write_startup_snapshot(cx);
        self.arm_init_limit(cx);
        self.maybe_fix_epoch(cx);
    }

    /// Gives up the part it plays and looks for a leader, once its own writes have settled.
    pub(super) fn leave(&mut self, cx: &mut Cx<'_>, why: LeaveReason) {
        if matches!(self.part, Part::Looking) {
            return;
        }
        let discard = self.holds_partial_sync();
        let tail = self.drop_part(cx, why);
        if discard && self.config.switches.on(Switch::DiscardPartialSnap) {
            self.reload = true;
        } else if self.config.switches.on(Switch::FastForward) {
            for record in tail {
                self.apply_quietly(&record);
            }
        }
        self.settling = true;
        self.vote_when_settled(cx);
    }

    /// True while memory holds a received tree that no file holds.
    fn holds_partial_sync(&self) -> bool {
        matches!(&self.part, Part::Learning(l) if l.dirty)
    }

    /// Closes all connections and timers of the part; returns the logged, uncommitted tail.
    pub(super) fn drop_part(&mut self, cx: &mut Cx<'_>, why: LeaveReason) -> Vec<Arc<Record>> {
        cx.out.decide(Decision::WentLooking { why });
        let timers = [
            Timer::Reconnect,
            Timer::ReadTimeout,
            Timer::HalfTick,
            Timer::InitLimit,
            Timer::Reaper,
            Timer::SessionBucket,
        ];
        for timer in timers {
            cx.out.push(Effect::Disarm(timer));
        }
        if self.config.switches.on(Switch::TruncDropsSnapshots) {
            self.abandon_walk(cx);
        }
        self.close_clients(cx);
        match std::mem::replace(&mut self.part, Part::Looking) {
            Part::Looking => Vec::new(),
            Part::Leading(leading) => {
                for id in leading.learners.keys() {
                    cx.out.push(Effect::Close(*id));
                }
                let proposals = leading.outstanding.values();
                proposals.map(|p| Arc::clone(&p.record)).collect()
            }
            Part::Learning(learning) => {
                cx.out.push(Effect::Close(learning.leader));
                learning.pending.iter().cloned().collect()
            }
        }
    }

    /// Starts the election as soon as the log queue and the jobs are idle.
    pub(super) fn vote_when_settled(&mut self, cx: &mut Cx<'_>) {
        if !self.settling || !self.pipeline.is_idle() || !self.jobs.is_idle() {
            return;
        }
        if std::mem::take(&mut self.reload) && !self.load(cx) {
            return;
        }
        self.settling = false;
        match self.config.standalone {
            true => self.serve_alone(cx),
            false => self.start_election(cx),
        }
    }

    // --- state machine ---

    /// Applies a committed transaction, remembers it, answers whoever waits for it.
    pub(super) fn apply_committed(&mut self, cx: &mut Cx<'_>, record: &Arc<Record>) {
        if is_poison(&record.txn, self.rules) {
            cx.out.push(Effect::Halt(HaltReason::Poison(record.zxid())));
            return;
        }
        cx.out.push(Effect::Apply(Arc::clone(record)));
        let applied = self.db.apply(&record.txn, self.rules);
        if applied.list_missing && !self.rules.survives_missing_list {
            cx.out.push(Effect::Halt(HaltReason::Poison(record.zxid())));
            return;
        }
        self.remember(record);
        self.on_applied(cx, record, applied);
    }

    /// Applies a transaction without telling anybody: history that is brought up or caught up.
    pub(super) fn apply_quietly(&mut self, record: &Arc<Record>) {
        self.db.apply(&record.txn, self.rules);
        self.remember(record);
    }

    fn remember(&mut self, record: &Arc<Record>) {
        self.committed_log.push_back(Arc::clone(record));
        while self.committed_log.len() > self.config.commit_log as usize {
            self.committed_log.pop_front();
        }
    }
}
