//! Turns of a run that are worth a breakpoint, told from its steps.

use crate::base::ServerId;
use crate::history::Timeline;
use crate::protocol::zab::state::{Phase, Role};
use crate::protocol::{Decision, Effect};
use crate::world::{Cause, Outcome, Step, VaultEvent, World};

/// Something that happened in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// A leader is established.
    Leader,
    /// A quorum agreed on a new epoch.
    Epoch,
    /// No quorum serves any more.
    QuorumLost,
    /// A quorum serves under one leader.
    QuorumBack,
    /// A server cut its log.
    Truncated,
    /// The leader gave up a session.
    Expired,
    /// A snapshot began.
    SnapshotBegun,
    /// A snapshot is complete.
    SnapshotDone,
    /// Another tree, or the files of a backup, took the place of a server's own.
    Restored,
}

/// The turns so far, with the number of steps after which they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    found: Vec<(u64, Turn)>,
    serves: bool,
}

impl Turns {
    /// Takes a step in; `timeline` is behind it.
    pub(super) fn note(&mut self, step: &Step, timeline: &Timeline) {
        let shown = step.id.0 + 1;
        let turns = step.outcomes.iter().filter_map(turn);
        self.found.extend(turns.map(|turn| (shown, turn)));
        if stands_elsewhere(step) {
            let serves = serves(timeline.world());
            if serves != self.serves {
                self.serves = serves;
                let turn = if serves {
                    Turn::QuorumBack
                } else {
                    Turn::QuorumLost
                };
                self.found.push((shown, turn));
            }
        }
    }

    /// The turns of the first `steps` steps.
    #[must_use]
    pub(super) fn before(&self, steps: u64) -> Self {
        let count = self.found.partition_point(|(at, _)| *at <= steps);
        let found = self.found[..count].to_vec();
        let last = found.iter().rev();
        let quorum = last.map(|(_, turn)| *turn);
        let mut quorum = quorum.filter(|t| matches!(t, Turn::QuorumLost | Turn::QuorumBack));
        Self {
            serves: quorum.next() == Some(Turn::QuorumBack),
            found,
        }
    }

    /// Places of one kind, behind `after` steps.
    pub(super) fn of(&self, turn: Turn, after: u64) -> impl Iterator<Item = u64> {
        let start = self.found.partition_point(|(at, _)| *at <= after);
        let rest = self.found[start..].iter();
        rest.filter(move |(_, t)| *t == turn).map(|(at, _)| *at)
    }
}

fn turn(outcome: &Outcome) -> Option<Turn> {
    match outcome {
        Outcome::Copied { .. } | Outcome::Vault(VaultEvent::Restored { .. }) => {
            Some(Turn::Restored)
        }
        Outcome::Effect(Effect::Decide(decision)) => Some(match decision {
            Decision::Established { .. } => Turn::Leader,
            Decision::EpochAgreed { .. } => Turn::Epoch,
            Decision::Truncated { .. } => Turn::Truncated,
            Decision::ExpiredSession { .. } => Turn::Expired,
            Decision::SnapshotBegun { .. } => Turn::SnapshotBegun,
            Decision::SnapshotDone { .. } => Turn::SnapshotDone,
            Decision::Restored { .. } => Turn::Restored,
            _ => return None,
        }),
        _ => None,
    }
}

fn stands_elsewhere(step: &Step) -> bool {
    let place =
        |status: &crate::protocol::zab::state::Status| (status.role, status.phase, status.leader);
    let moved = step.before.as_ref().map(place) != step.after.as_ref().map(place);
    let died = |o: &Outcome| matches!(o, Outcome::Died { .. });
    moved || matches!(step.cause, Cause::Command(_)) || step.outcomes.iter().any(died)
}

/// Does a quorum stand behind one leader, and serve?
fn serves(world: &World) -> bool {
    let status = |id: ServerId| {
        let process = world.host(id).process.as_ref()?;
        Some(process.status())
    };
    let ensemble = &world.config().ensemble;
    ensemble.servers().any(|leader| {
        let leads =
            status(leader).is_some_and(|s| s.role == Role::Leading && s.phase == Phase::Broadcast);
        let behind = |id: &ServerId| {
            status(*id).is_some_and(|s| s.phase == Phase::Broadcast && s.leader == Some(leader))
        };
        leads && ensemble.is_quorum(ensemble.servers().filter(behind))
    })
}
