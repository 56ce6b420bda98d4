//! L1-L6: in a calm time, things get done. Bounded, in simulated time, and judged on demand.
//!
//! Safety is checked at every step; liveness needs peace. So a test first does its damage, then heals
//! everything, says [`begin_calm`](super::Monitor::begin_calm), lets [`calm`] pass, and asks for the
//! verdicts. Only servers that can take part are judged: up, not frozen, with no cut link. If they
//! are no quorum of voters, nothing can be promised, and all six stay without an answer.

use std::collections::BTreeSet;

use super::findings::Findings;
use super::ghost::Ghost;
use super::verdict::Property;
use super::what::What;
use crate::base::{Duration, Gather, ServerId, SessionId, StepId};
use crate::model::{TxnBody, Zxid};
use crate::protocol::Config;
use crate::protocol::zab::state::{Phase, Role, Status};
use crate::world::message::End;
use crate::world::step::Step;
use crate::world::{DownReason, Host, RequestOutcome, World};

/// How often a server may leave an established leader in a calm time.
const FLAPS_MAX: u32 = 3;

/// The calm time after which everything must have happened: an election whose back-off had grown to
/// its maximum, then discovery, synchronisation and the start of broadcast within initLimit each, a
/// write, and the expiry of the longest session with its rounding and one failover.
pub fn calm(config: &Config) -> Duration {
    let election = Duration::from_s(61);
    let phases = config.tick.times(u64::from(config.init_limit) * 3);
    let writes = config.tick.times(u64::from(config.sync_limit));
    let sessions = config.tick.times(22);
    election + phases + writes + sessions
}

/// The calm time so far.
#[derive(Clone, Debug)]
pub(super) struct Liveness {
    /// The first step of the calm time.
    began: Option<StepId>,
    flaps: Vec<u32>,
}

impl Liveness {
    pub(super) fn new(servers: usize) -> Self {
        Self {
            began: None,
            flaps: vec![0; servers],
        }
    }

    pub(super) fn begin(&mut self, world: &World) {
        self.began = Some(StepId(world.steps()));
        self.flaps.fill(0);
    }

    /// A server's state changed: did it leave an established leader?
    pub(super) fn status(&mut self, server: ServerId, step: &Step) {
        let follows = |s: &Status| {
            s.phase == Phase::Broadcast && matches!(s.role, Role::Following | Role::Observing)
        };
        let looks = |s: &Status| s.role == Role::Looking;
        if step.before.as_ref().is_some_and(follows) && step.after.as_ref().is_some_and(looks) {
            self.flaps[usize::from(server.0) - 1] += 1;
        }
    }

    pub(super) fn judge(&self, ghost: &Ghost, findings: &mut Findings, world: &World) {
        let Some(began) = self.began else {
            return;
        };
        let able: Vec<&Host> = world.hosts().iter().filter(|h| is_able(h, world)).collect();
        if !ghost.ensemble.is_quorum(able.iter().map(|h| h.id)) {
            return;
        }
        let all = Property::ALL.iter().filter(|p| !p.is_safety());
        all.for_each(|p| findings.apply_to(*p));
        findings.step = StepId(world.steps().saturating_sub(1));
        let mut case = Case {
            began,
            ghost,
            findings,
            world,
        };
        case.leader(&able);
        case.answers();
        case.deliveries(&able);
        case.flaps(&self.flaps);
        case.sessions(&able);
        case.returns(&able);
    }
}

/// What is judged, and where to report.
struct Case<'a> {
    began: StepId,
    ghost: &'a Ghost,
    findings: &'a mut Findings,
    world: &'a World,
}

impl Case<'_> {
    fn report(&mut self, property: Property, concerned: Option<ServerId>, what: What) {
        let since = [self.began];
        self.findings.report(property, concerned, &since, what);
    }

    /// L1: a quorum serves under one leader.
    fn leader(&mut self, able: &[&Host]) {
        let serving = able.iter().filter(|h| serves(h));
        let leads = |leader: ServerId| {
            let with = serving.clone().filter(|h| leader_of(h) == Some(leader));
            self.ghost.ensemble.is_quorum(with.map(|h| h.id))
        };
        if !able.iter().any(|h| leads(h.id)) {
            self.report(Property::L1, None, What::NoLeader);
        }
    }

    /// L2: no request of the calm time is still open, unless its client is.
    fn answers(&mut self) {
        for client in self.world.clients().iter().filter(|c| c.is_active()) {
            let open = client
                .history
                .iter()
                .position(|i| matches!(i.outcome, RequestOutcome::Pending) && i.request.is_write());
            if let Some(entry) = open {
                let what = What::Unanswered {
                    client: client.id,
                    entry: entry as u32,
                };
                self.report(Property::L2, None, what);
            }
        }
    }

    /// L3: nobody lags behind without anything on its way to it.
    fn deliveries(&mut self, able: &[&Host]) {
        let committed = self.ghost.end_of(self.ghost.committed.len());
        for host in able {
            let has = host
                .process
                .as_ref()
                .map_or(Zxid::ZERO, |p| p.db().last_zxid);
            let to = End::Server(host.id);
            let on_its_way = || self.world.in_flight().any(|m| m.to == to);
            if has < committed && !on_its_way() {
                let server = host.id;
                let what = What::Behind {
                    server,
                    has,
                    committed,
                };
                self.report(Property::L3, Some(server), what);
            }
        }
    }

    /// L4.
    fn flaps(&mut self, flaps: &[u32]) {
        for (index, times) in flaps.iter().copied().enumerate() {
            if times > FLAPS_MAX {
                let server = ServerId(index as u8 + 1);
                let what = What::Flaps { server, times };
                self.report(Property::L4, Some(server), what);
            }
        }
    }

    /// L5: every session that was there before the calm time has a client that wants it.
    fn sessions(&mut self, able: &[&Host]) {
        let leader = able
            .iter()
            .find(|h| leader_of(h) == Some(h.id) && serves(h));
        let Some(database) = leader.and_then(|h| h.process.as_ref()).map(|p| p.db()) else {
            return;
        };
        let clients = self.world.clients().iter().filter(|c| c.is_active());
        let wanted: BTreeSet<SessionId> = clients.map(|c| c.session).gather();
        let young = self.young_sessions();
        let lingers = |s: &&SessionId| !wanted.contains(s) && !young.contains(s);
        if let Some(session) = database.sessions.keys().find(lingers).copied() {
            self.report(Property::L5, None, What::SessionLingers { session });
        }
    }

    /// Sessions that were created in the calm time.
    fn young_sessions(&self) -> BTreeSet<SessionId> {
        let ledger = self.ghost.ledger.values();
        ledger
            .filter(|e| e.seen >= self.began)
            .filter(|e| matches!(e.record.txn.body, TxnBody::CreateSession { .. }))
            .map(|e| e.record.txn.header.session)
            .gather()
    }

    /// L6: who is able serves, and nobody with an intact disk ended itself.
    fn returns(&mut self, able: &[&Host]) {
        let gave_up = |h: &&Host| matches!(h.down, Some(DownReason::Halted(_)));
        let halted = self.world.hosts().iter().filter(gave_up);
        let idle = able.iter().copied().filter(|h| !serves(h));
        let away: Vec<ServerId> = halted.chain(idle).map(|h| h.id).collect();
        for server in away {
            if self.findings.assumptions.disk_is_intact(server) {
                self.report(Property::L6, Some(server), What::NotBack { server });
            }
        }
    }
}

/// It runs, and nothing keeps it from the others.
fn is_able(host: &Host, world: &World) -> bool {
    let me = End::Server(host.id);
    let cut = || world.cuts().any(|(a, b)| a == me || b == me);
    host.is_up() && !host.paused && !cut()
}

fn status(host: &Host) -> Option<Status> {
    host.process.as_ref().map(|p| p.status())
}

fn serves(host: &Host) -> bool {
    status(host).is_some_and(|s| s.phase == Phase::Broadcast && s.role != Role::Looking)
}

fn leader_of(host: &Host) -> Option<ServerId> {
    status(host).and_then(|s| s.leader)
}
