//! L1-L6: in a calm time, things get done. Bounded, in simulated time, and judged on demand.
//!
//! Safety is checked at every step; liveness needs peace: a quorum up, connected and undisturbed for
//! long enough. So the swarm first does its damage, then heals everything, says
//! [`begin`](super::Monitor::begin_calm), lets [`calm`] pass, and asks for the verdicts.

use super::findings::Findings;
use super::ghost::Ghost;
use super::verdict::{Property, What};
use crate::base::{Duration, Instant, ServerId, StepId};
use crate::model::Zxid;
use crate::protocol::Config;
use crate::protocol::zab::state::{Phase, Role, Status};
use crate::world::World;
use crate::world::step::Step;

/// How often a server may leave an established leader in a calm time.
const FLAPS_MAX: u32 = 3;

/// The calm time after which everything must have happened: elections with their back-off, then
/// discovery, synchronisation and start of broadcast within initLimit each, then the expiry of the
/// longest sessions.
pub fn calm(config: &Config) -> Duration {
    let election = Duration::from_s(10);
    let phases = config.tick.times(u64::from(config.init_limit) * 3);
    let writes = config.tick.times(u64::from(config.sync_limit));
    let sessions = config.tick.times(22);
    election + phases + writes + sessions
}

/// The calm time so far.
#[derive(Clone, Debug)]
pub(super) struct Liveness {
    began: Option<(Instant, StepId)>,
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
        self.began = Some((world.now(), StepId(world.steps())));
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
        let Some((began, step)) = self.began else {
            return;
        };
        findings.step = StepId(world.steps().saturating_sub(1));
        let since = [step];
        let mut report = |property, server, what| {
            findings.report(property, server, &since, what);
        };
        let _ = (began, ghost);
        for (index, times) in self.flaps.iter().enumerate() {
            if *times > FLAPS_MAX {
                let server = ServerId(index as u8 + 1);
                let what = What::Flaps {
                    server,
                    times: *times,
                };
                report(Property::L4, Some(server), what);
            }
        }
        let _ = Zxid::ZERO;
    }
}
