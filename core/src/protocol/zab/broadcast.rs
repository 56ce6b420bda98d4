//! Broadcast: number, propose, log, acknowledge, commit in order, apply.
//!
//! The leader numbers a write, sends it to every participant and logs it itself; its own ack counts
//! like any other and comes after its own fsync. A quorum of acks commits. Learners log what they
//! are sent and commit only the head of what they have pending.
//!
//! In ZooKeeper: `PrepRequestProcessor`, `ProposalRequestProcessor`, `Leader.processAck`,
//! `Leader.tryToCommit`, `FollowerZooKeeperServer.commit`, `Leader.lead` (the tick loop).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::packet::{Caller, Packet};
use super::peer::{Cx, Part, Peer};
use super::sessions::Tracked;
use super::state::Phase;
use super::synchronization::{LearnerState, REAPER_INTERVAL};
use crate::base::{Duration, Instant, Ordered, ServerId, SessionId};
use crate::model::{Epoch, ErrorCode, Record, Request, Txn, TxnBody, TxnHeader, Zxid};
use crate::protocol::decision::{Decision, LeaveReason};
use crate::protocol::machine::{Effect, HaltReason, Timer};
use crate::protocol::switch::Switch;
use crate::storage::codec;
use crate::tree::{Database, NodeOwner, Prep, PrepContext, TreeRules};

/// A proposal on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// The transaction.
    pub record: Arc<Record>,
    /// Who holds it durably.
    pub acks: BTreeSet<ServerId>,
}

/// A server as leader, from the election on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leading {
    /// How far it is.
    pub phase: Phase,
    /// acceptedEpoch of those heard, itself included.
    pub announced: BTreeMap<ServerId, Epoch>,
    /// The new epoch, once fixed.
    pub epoch: Option<Epoch>,
    /// It is accepted on disk.
    pub epoch_on_disk: bool,
    /// Who accepted it.
    pub epoch_acks: BTreeSet<ServerId>,
    /// A quorum did.
    pub epoch_agreed: bool,
    /// And it is current on disk.
    pub epoch_agreed_on_disk: bool,
    /// Who acknowledged NEWLEADER.
    pub newleader_acks: BTreeSet<ServerId>,
    /// Connected learners.
    pub learners: BTreeMap<ServerId, LearnerState>,
    /// Proposals not committed yet.
    pub outstanding: Ordered<Zxid, Outstanding>,
    /// Last number given.
    pub last_proposed: Zxid,
    /// Last number committed.
    pub last_committed: Zxid,
    /// Requests checked against what is still outstanding.
    pub prep: Prep,
    /// Ticks since the epoch was established.
    pub tick: u64,
    /// The next half tick is a whole one.
    pub odd: bool,
    /// Sessions and when they expire.
    pub sessions: BTreeMap<SessionId, Tracked>,
    /// SYNC requests that wait for a commit.
    pub pending_syncs: BTreeMap<Zxid, Vec<(ServerId, SessionId, i32)>>,
}

impl Leading {
    pub(super) fn new(id: ServerId, accepted: Epoch) -> Self {
        Self {
            phase: Phase::Discovery,
            announced: BTreeMap::from([(id, accepted)]),
            epoch: None,
            epoch_on_disk: false,
            epoch_acks: BTreeSet::new(),
            epoch_agreed: false,
            epoch_agreed_on_disk: false,
            newleader_acks: BTreeSet::new(),
            learners: BTreeMap::new(),
            outstanding: Ordered::new(),
            last_proposed: Zxid::ZERO,
            last_committed: Zxid::ZERO,
            prep: Prep::default(),
            tick: 0,
            odd: false,
            sessions: BTreeMap::new(),
            pending_syncs: BTreeMap::new(),
        }
    }

    /// A learner starts over: it will be sent what is outstanding, and acknowledge it, once more.
    pub(super) fn forget_acks(&mut self, learner: ServerId) {
        for proposal in self.outstanding.values_mut() {
            proposal.acks.remove(&learner);
        }
    }
}

// --- leader ---

impl Peer {
    /// Turns a request into a transaction, numbers it and proposes it. It came through the server
    /// `via`, if a client asks.
    pub(super) fn propose(
        &mut self,
        cx: &mut Cx<'_>,
        via: Option<ServerId>,
        caller: &Caller,
        request: &Request,
    ) {
        let guard = self.config.switches.on(Switch::RolloverGuard);
        let counter_max = self.config.counter_max;
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        if leading.phase != Phase::Broadcast {
            return;
        }
        let last = leading.last_proposed;
        let used_up = last.counter() >= counter_max;
        if used_up && guard {
            cx.out.decide(Decision::CounterUsedUp);
            self.leave(cx, LeaveReason::CounterUsedUp);
            return;
        }
        let zxid = if used_up {
            Zxid::new(Epoch(last.epoch().0 + 1), 0)
        } else {
            last.next()
        };
        let header = TxnHeader {
            session: caller.session,
            cxid: caller.cxid,
            zxid,
            time_ms: cx.wall_ms,
        };
        let txn = prepare(
            leading,
            &self.db,
            header,
            (via, caller),
            request,
            (self.rules, self.config.enforce_quota),
        );
        if let TxnBody::Error { code } = txn.body {
            let error = ErrorCode::from_code(code).unwrap_or(ErrorCode::SystemError);
            cx.out.decide(Decision::FailedRequest { zxid, error });
        }
        track(leading, via, &txn, cx.now, self.config.tick);
        let payload = codec::encode_txn(&txn);
        let record = Record::new(txn, payload);
        leading.last_proposed = zxid;
        leading.outstanding.insert(
            zxid,
            Outstanding {
                record: Arc::clone(&record),
                acks: BTreeSet::new(),
            },
        );
        cx.out.push(Effect::Propose(Arc::clone(&record)));
        for (id, learner) in &mut leading.learners {
            if learner.forwarding && learner.participant {
                learner.unacked.push_back((zxid, cx.now));
                cx.out.send(*id, Packet::Proposal(Arc::clone(&record)));
            }
        }
        self.log(cx, record, true);
    }

    /// An ack of a proposal arrived, or this server's own fsync finished.
    pub(super) fn on_ack(&mut self, cx: &mut Cx<'_>, from: ServerId, zxid: Zxid) {
        if zxid.is_epoch_start() && from != self.id {
            self.on_newleader_ack(cx, from, zxid);
            return;
        }
        let count_all = !self.config.switches.on(Switch::ObserversDoNotCount);
        let is_voter = self.config.ensemble.is_voter(from);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        if let Some(learner) = leading.learners.get_mut(&from) {
            while learner.unacked.front().is_some_and(|(z, _)| *z <= zxid) {
                learner.unacked.pop_front();
            }
        }
        if zxid <= leading.last_committed {
            cx.out.decide(Decision::LateAck { from, zxid });
            return;
        }
        if let Some(proposal) = leading.outstanding.get_mut(&zxid)
            && (is_voter || count_all)
        {
            proposal.acks.insert(from);
            self.try_to_commit(cx);
        }
    }

    /// Commits from the oldest outstanding proposal on, as far as quorums reach.
    fn try_to_commit(&mut self, cx: &mut Cx<'_>) {
        loop {
            let Part::Leading(leading) = &self.part else {
                return;
            };
            let Some((zxid, proposal)) = leading.outstanding.first() else {
                return;
            };
            let zxid = *zxid;
            let acks: Vec<ServerId> = proposal.acks.iter().copied().collect();
            if !self.counts_as_quorum(acks.clone()) {
                return;
            }
            cx.out.decide(Decision::QuorumOfAcks { zxid, acks });
            self.commit_as_leader(cx, zxid);
        }
    }

    fn commit_as_leader(&mut self, cx: &mut Cx<'_>, zxid: Zxid) {
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        let Some(proposal) = leading.outstanding.remove(&zxid) else {
            return;
        };
        let record = proposal.record;
        leading.last_committed = zxid;
        cx.out.push(Effect::Commit(zxid));
        for (id, learner) in leading.learners.iter().filter(|(_, l)| l.forwarding) {
            let packet = if learner.participant {
                Packet::Commit { zxid }
            } else {
                Packet::Inform(Arc::clone(&record))
            };
            cx.out.send(*id, packet);
        }
        self.apply_committed(cx, &record);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        leading.prep.prune(zxid);
        if let TxnBody::CloseSession { .. } = record.txn.body {
            leading.sessions.remove(&record.txn.header.session);
        }
        for (server, session, cxid) in leading.pending_syncs.remove(&zxid).unwrap_or_default() {
            self.answer_sync(cx, server, session, cxid);
        }
    }

    /// Half a tick passed: ping, and every second time see who is still there.
    pub(super) fn on_half_tick(&mut self, cx: &mut Cx<'_>) {
        let half_tick = self.config.tick.divided_by(2);
        let slow_limit = self.sync_limit();
        let id = self.id;
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        cx.out.arm(Timer::HalfTick, half_tick);
        leading.odd = !leading.odd;
        let zxid = leading.last_proposed;
        let mut gone = Vec::new();
        for (learner_id, learner) in &leading.learners {
            let late = learner
                .unacked
                .front()
                .is_some_and(|(_, sent)| cx.now.since(*sent) > slow_limit);
            if leading.tick > learner.deadline {
                gone.push((*learner_id, LeaveReason::Silence));
            } else if late && learner.serving {
                gone.push((*learner_id, LeaveReason::SlowAck));
            } else if learner.synced {
                cx.out.send(*learner_id, Packet::Ping { zxid });
            }
        }
        for (learner, why) in gone {
            leading.learners.remove(&learner);
            cx.out.decide(Decision::DroppedLearner { learner, why });
            cx.out.push(Effect::Close(learner));
        }
        if leading.odd {
            return;
        }
        leading.tick += 1;
        let tick = leading.tick;
        let mut present = vec![id];
        present.extend(
            leading
                .learners
                .iter()
                .filter(|(_, l)| l.participant && l.synced && tick <= l.deadline)
                .map(|(id, _)| *id),
        );
        if !self.is_quorum(present) {
            self.leave(cx, LeaveReason::NoQuorum);
        }
    }

    /// Any packet of a learner proves that it is there.
    pub(super) fn heard_from(&mut self, from: ServerId) {
        let sync_limit = u64::from(self.config.sync_limit);
        if let Part::Leading(leading) = &mut self.part {
            let tick = leading.tick;
            if leading.phase == Phase::Broadcast
                && let Some(learner) = leading.learners.get_mut(&from)
                && learner.synced
            {
                learner.deadline = tick + sync_limit;
            }
        }
    }

    /// Looks for containers and TTL nodes that may go.
    pub(super) fn on_reaper(&mut self, cx: &mut Cx<'_>) {
        if !matches!(self.part, Part::Leading(_)) {
            return;
        }
        cx.out.arm(Timer::Reaper, REAPER_INTERVAL);
        for path in reapable(&self.db, cx.wall_ms) {
            let request = Request::DeleteContainer { path };
            self.propose(cx, None, &Caller::server(SessionId(0)), &request);
        }
    }
}

fn prepare(
    leading: &mut Leading,
    db: &Database,
    header: TxnHeader,
    (via, caller): (Option<ServerId>, &Caller),
    request: &Request,
    (rules, enforce_quota): (TreeRules, bool),
) -> Txn {
    let refused = match request {
        Request::CreateSession { .. } | Request::DeleteContainer { .. } => None,
        _ => match leading.sessions.get_mut(&header.session) {
            None => Some(ErrorCode::SessionExpired),
            Some(tracked) => {
                tracked.owner = tracked.owner.or(via);
                tracked.refusal(via)
            }
        },
    };
    let context = PrepContext {
        session: header.session,
        cxid: header.cxid,
        zxid: header.zxid,
        time_ms: header.time_ms,
        ids: &caller.ids,
        ttl_allowed: true,
        enforce_quota,
        refused,
        rules,
    };
    leading.prep.prepare(db, context, request)
}

/// Unused containers and TTL nodes that outlived their time. ZooKeeper: `ContainerManager`.
fn reapable(db: &Database, wall_ms: i64) -> Vec<String> {
    let over = |path: &str| {
        db.tree
            .node(path)
            .is_some_and(|node| match node.stat.owner() {
                NodeOwner::Container => node.stat.cversion > 0 && node.children.is_empty(),
                NodeOwner::Ttl(ttl_ms) => {
                    node.children.is_empty() && wall_ms - node.stat.mtime > ttl_ms
                }
                _ => false,
            })
    };
    let candidates = db.tree.reapable().filter(|path| over(path));
    candidates.map(|path| path.to_string()).collect()
}

/// Keeps the leader's session table in step with what it proposes.
fn track(leading: &mut Leading, via: Option<ServerId>, txn: &Txn, now: Instant, tick: Duration) {
    let session = txn.header.session;
    match txn.body {
        TxnBody::CreateSession { timeout_ms } => {
            let tracked = Tracked {
                owner: via,
                ..Tracked::new(timeout_ms, now, tick)
            };
            leading.sessions.insert(session, tracked);
        }
        TxnBody::CloseSession { .. } => {
            if let Some(tracked) = leading.sessions.get_mut(&session) {
                tracked.closing = true;
            }
        }
        _ => {}
    }
}

// --- learner ---

impl Peer {
    /// A live PROPOSAL: remember it, log it. ZooKeeper only warns of one that does not follow the last.
    pub(super) fn on_proposal(&mut self, cx: &mut Cx<'_>, record: Arc<Record>) {
        self.pend(&record);
        self.log(cx, record, true);
    }

    pub(super) fn pend(&mut self, record: &Arc<Record>) {
        if let Part::Learning(learning) = &mut self.part {
            learning.pending.push_back(Arc::clone(record));
        }
    }

    /// The record is durable here.
    pub(super) fn send_ack(&mut self, cx: &mut Cx<'_>, zxid: Zxid) {
        if let Part::Learning(learning) = &self.part {
            cx.out.send(learning.leader, Packet::Ack { zxid });
        }
    }

    /// COMMIT: must be the head of what is pending.
    pub(super) fn on_commit(&mut self, cx: &mut Cx<'_>, zxid: Zxid) {
        let Part::Learning(learning) = &mut self.part else {
            return;
        };
        let head = learning.pending.front().map(|r| r.zxid());
        if head != Some(zxid) {
            cx.out.push(Effect::Halt(HaltReason::UnmatchedCommit {
                commit: zxid,
                pending: head,
            }));
            return;
        }
        if let Some(record) = learning.pending.pop_front() {
            self.commit_record(cx, &record);
        }
    }

    /// INFORM: an observer commits and logs, and never acknowledges.
    pub(super) fn on_inform(&mut self, cx: &mut Cx<'_>, record: Arc<Record>) {
        self.log(cx, Arc::clone(&record), false);
        self.commit_record(cx, &record);
    }

    /// Commits a record as a learner.
    pub(super) fn commit_record(&mut self, cx: &mut Cx<'_>, record: &Arc<Record>) {
        let zxid = record.zxid();
        if let Part::Learning(learning) = &mut self.part {
            learning.last_committed = zxid;
        }
        cx.out.push(Effect::Commit(zxid));
        self.apply_committed(cx, record);
    }
}
