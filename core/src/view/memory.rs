//! What the bench remembers of earlier steps.
//!
//! Most of a frame is the world at one moment. A little of it is what led there: which records a
//! server has just cut away, why a vote changed, how a learner is being brought up to date, how far a
//! finished snapshot is fuzzy. Those are noted while the run happens, a line for each decision worth
//! it, and read for any moment; so the frame of a moment is the same however it was reached.
//!
//! Nothing here is a picture: `phase` and `rows` make words and cells of it.

use std::collections::BTreeMap;

use crate::base::{Duration, Instant, ServerId};
use crate::model::Zxid;
use crate::protocol::zab::Peer;
use crate::protocol::zab::election::Vote;
use crate::protocol::zab::state::{Phase, Role};
use crate::protocol::zab::sync_plan::SyncPlan;
use crate::protocol::{Decision, Effect};
use crate::world::{Actor, Outcome, Step, World};

/// Records of one cut that are drawn as ghosts.
const GHOSTS: usize = 24;

/// How long a ghost stays when nothing else happens.
const LINGERS: Duration = Duration::from_s(1);

/// The notes of a run.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    cuts: Vec<Cut>,
    turns: Vec<Turn>,
    plans: Vec<Plan>,
    snapshots: Vec<Fuzzy>,
}

/// Records that a server has cut away.
#[derive(Clone, Debug)]
struct Cut {
    server: ServerId,
    zxids: Vec<Zxid>,
    since: u64,
    /// When that was.
    when: Instant,
    /// Their ghosts are gone.
    until: Option<u64>,
}

/// A turn of an election.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    at: u64,
    /// Whose.
    pub(super) server: ServerId,
    /// What it decided.
    pub(super) decision: Decision,
    /// What it votes since.
    pub(super) vote: Vote,
}

/// How a learner is brought up to date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    at: u64,
    /// Who planned it.
    pub(super) leader: ServerId,
    /// For whom.
    pub(super) learner: ServerId,
    /// The learner's last zxid.
    pub(super) peer: Zxid,
    /// The plan with its reason.
    pub(super) plan: SyncPlan,
}

#[derive(Clone, Copy, Debug)]
struct Fuzzy {
    at: u64,
    server: ServerId,
    zxid: Zxid,
    to: Zxid,
}

/// The notes up to a moment.
#[derive(Clone, Copy, Debug)]
pub struct Recall<'a> {
    memory: &'a Memory,
    at: u64,
}

impl Memory {
    /// Takes a step in; `world` is behind it.
    pub fn note(&mut self, step: &Step, world: &World, notable: bool) {
        let at = step.id.0 + 1;
        self.fade(at, step, world, notable);
        let Actor::Server(server) = step.actor else {
            return;
        };
        for outcome in &step.outcomes {
            if let Outcome::Effect(Effect::Decide(decision)) = outcome {
                self.decided(at, server, decision, step, world);
            }
        }
    }

    fn decided(
        &mut self,
        at: u64,
        server: ServerId,
        decision: &Decision,
        step: &Step,
        world: &World,
    ) {
        match decision {
            Decision::Truncated { to } => self.cuts.push(Cut {
                server,
                zxids: step
                    .before
                    .map_or_else(Vec::new, |b| cut_away(b.logged, *to)),
                since: at,
                when: step.at,
                until: None,
            }),
            Decision::PlannedSync {
                learner,
                peer,
                plan,
            } => self.plans.push(Plan {
                at,
                leader: server,
                learner: *learner,
                peer: *peer,
                plan: *plan,
            }),
            Decision::SnapshotDone { zxid, fuzzy_to } => self.snapshots.push(Fuzzy {
                at,
                server,
                zxid: *zxid,
                to: *fuzzy_to,
            }),
            Decision::StartedRound { .. }
            | Decision::AdoptedVote { .. }
            | Decision::KeptVote { .. }
            | Decision::JoinedRound { .. }
            | Decision::IgnoredOldRound { .. }
            | Decision::QuorumOfVotes { .. }
            | Decision::BetterVoteCame { .. } => {
                let peer = world.host(server).process.as_ref();
                let election = peer.and_then(Peer::election);
                self.turns.push(Turn {
                    at,
                    server,
                    decision: decision.clone(),
                    vote: election.map_or(Vote::NOBODY, |e| e.vote),
                });
            }
            _ => {}
        }
    }

    /// A ghost stays until its server has come to rest, and then until something else worth a stop
    /// happened, or for a while.
    fn fade(&mut self, at: u64, step: &Step, world: &World, notable: bool) {
        let newest = self.cuts.iter_mut().rev();
        for cut in newest.take_while(|cut| cut.until.is_none()) {
            if !notable && step.at.0 - cut.when.0 < LINGERS.as_us() {
                continue;
            }
            let peer = world.host(cut.server).process.as_ref();
            let rests = peer.map(Peer::status).is_none_or(|status| {
                status.phase == Phase::Broadcast || status.role == Role::Looking
            });
            if rests {
                cut.until = Some(at);
            }
        }
    }

    /// The part that a fork behind `steps` steps keeps.
    #[must_use]
    pub fn before(&self, steps: u64) -> Self {
        let mut kept = self.clone();
        kept.cuts.retain(|cut| cut.since <= steps);
        for cut in &mut kept.cuts {
            cut.until.take_if(|until| *until > steps);
        }
        kept.turns.retain(|turn| turn.at <= steps);
        kept.plans.retain(|plan| plan.at <= steps);
        kept.snapshots.retain(|snapshot| snapshot.at <= steps);
        kept
    }

    /// What was known when `steps` steps were shown.
    pub const fn at(&self, steps: u64) -> Recall<'_> {
        Recall {
            memory: self,
            at: steps,
        }
    }
}

impl<'a> Recall<'a> {
    /// Records that a server cut away lately.
    pub(super) fn ghosts(&self, server: ServerId) -> Vec<Zxid> {
        let cuts = self.memory.cuts.iter().rev();
        let shown = cuts.filter(|cut| {
            cut.server == server
                && cut.since <= self.at
                && cut.until.is_none_or(|until| self.at < until)
        });
        shown.flat_map(|cut| cut.zxids.iter().copied()).collect()
    }

    /// The turns of elections, the newest first.
    pub(super) fn turns(&self) -> impl Iterator<Item = &'a Turn> + use<'a> {
        let turns = &self.memory.turns;
        let known = turns.partition_point(|turn| turn.at <= self.at);
        turns[..known].iter().rev()
    }

    /// The last plan of a leader for a learner.
    pub(super) fn plan(&self, leader: ServerId, learner: ServerId) -> Option<&'a Plan> {
        let plans = &self.memory.plans;
        let known = plans.partition_point(|plan| plan.at <= self.at);
        let mut newest = plans[..known].iter().rev();
        newest.find(|plan| plan.leader == leader && plan.learner == learner)
    }

    /// Up to where the snapshots of a server may hold effects, by the zxid in their names.
    pub(super) fn fuzzy(&self, server: ServerId) -> BTreeMap<Zxid, Zxid> {
        let done = self.memory.snapshots.iter();
        let known = done.filter(|s| s.at <= self.at && s.server == server && s.to > s.zxid);
        known.map(|s| (s.zxid, s.to)).collect()
    }
}

/// What lay behind `to`, as far as its numbers can be known.
fn cut_away(had: Zxid, to: Zxid) -> Vec<Zxid> {
    if had.epoch() != to.epoch() {
        return if had > to { vec![had] } else { Vec::new() };
    }
    let counters = to.counter().saturating_add(1)..=had.counter();
    let zxids = counters.map(|counter| Zxid::new(had.epoch(), counter));
    zxids.take(GHOSTS).collect()
}
