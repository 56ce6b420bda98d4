//! Recoveries of servers, side by side: what the leader sent by itself, and what an operator put there.
//!
//! A recovery begins when a process starts and ends when it serves. Those that only caught up by a few
//! transactions are told, too: bytes and time are what there is to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::{Instant, ServerId};
use crate::protocol::zab::Peer;
use crate::protocol::zab::sync_plan::SyncMode;
use crate::protocol::{Decision, Effect};
use crate::storage::{FileOp, snapshot};
use crate::view::vault::{Means, RecoveryView};
use crate::world::{Actor, Cause, Outcome, Step, VaultEvent, World};

/// Recoveries that are told, the newest.
const TOLD: usize = 12;

/// All recoveries of a branch.
#[derive(Clone, Debug, Default)]
pub(super) struct Recoveries {
    done: Vec<(u64, RecoveryView)>,
    open: BTreeMap<ServerId, Open>,
    /// What an operator put on a disk since the server died.
    by_hand: BTreeMap<ServerId, (Means, u64)>,
    /// Servers that died and did not start since: whoever starts first in a run does not come back.
    dead: BTreeSet<ServerId>,
}

/// A server that has started and does not serve yet.
#[derive(Clone, Debug)]
struct Open {
    since: Instant,
    means: Option<Means>,
    bytes: u64,
}

impl Recoveries {
    /// Takes a step in; `world` is behind it.
    pub(super) fn note(&mut self, step: &Step, world: &World) {
        if let (Cause::Boot, Actor::Server(server)) = (&step.cause, step.actor) {
            let by_hand = self.by_hand.remove(&server);
            if !self.dead.remove(&server) && by_hand.is_none() {
                return;
            }
            let (means, bytes) = by_hand.map_or((None, 0), |(means, bytes)| (Some(means), bytes));
            let since = step.at;
            self.open.insert(
                server,
                Open {
                    since,
                    means,
                    bytes,
                },
            );
        }
        for outcome in &step.outcomes {
            self.outcome(step, outcome, world);
        }
    }

    fn outcome(&mut self, step: &Step, outcome: &Outcome, world: &World) {
        match (outcome, step.actor) {
            (
                Outcome::Copied {
                    backup,
                    server,
                    bytes,
                    ..
                },
                _,
            ) => self.put(*server, Means::Copy(backup.to_string()), *bytes),
            (
                Outcome::Vault(VaultEvent::Staged {
                    backup,
                    server,
                    bytes,
                }),
                _,
            ) => {
                self.put(*server, Means::Restore(backup.to_string()), *bytes);
            }
            (Outcome::Died { server, .. }, _) => {
                self.open.remove(server);
                self.dead.insert(*server);
            }
            (Outcome::Effect(Effect::Decide(decision)), Actor::Server(server)) => {
                self.decided(step, server, decision, world);
            }
            (Outcome::Effect(Effect::Append { ops, .. }), Actor::Server(server)) => {
                if let Some(open) = self.open.get_mut(&server) {
                    let written = ops.iter().map(|op| match op {
                        FileOp::Write { bytes, .. } => bytes.len() as u64,
                        _ => 0,
                    });
                    open.bytes += written.sum::<u64>();
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, server: ServerId, means: Means, bytes: u64) {
        self.by_hand.insert(server, (means, bytes));
    }

    fn decided(&mut self, step: &Step, server: ServerId, decision: &Decision, world: &World) {
        match decision {
            Decision::PlannedSync { learner, plan, .. } => {
                if let Some(open) = self.open.get_mut(learner) {
                    let by_leader = match plan.mode {
                        SyncMode::Diff => Means::Diff,
                        SyncMode::Trunc => Means::Trunc,
                        SyncMode::Snap => Means::Snap,
                    };
                    open.means.get_or_insert(by_leader);
                }
            }
            Decision::LoadedSnap { .. } => {
                let peer = world.host(server).process.as_ref().map(Peer::db);
                if let (Some(open), Some(database)) = (self.open.get_mut(&server), peer) {
                    open.bytes += snapshot::stream(database).len() as u64;
                }
            }
            Decision::Serving | Decision::Established { .. } => {
                let open = self.open.remove(&server);
                if let Some((open, means)) = open.and_then(|o| Some((o.clone(), o.means?))) {
                    let recovery = RecoveryView {
                        server,
                        means,
                        at_us: step.at.0,
                        took_us: step.at.since(open.since).as_us(),
                        bytes: open.bytes,
                    };
                    self.done.push((step.id.0 + 1, recovery));
                }
            }
            _ => {}
        }
    }

    /// The newest recoveries of the first `steps` steps, oldest first.
    pub(super) fn by(&self, steps: u64) -> Arc<[RecoveryView]> {
        let known = self.done.partition_point(|(at, _)| *at <= steps);
        let told = &self.done[known.saturating_sub(TOLD)..known];
        told.iter().map(|(_, recovery)| recovery.clone()).collect()
    }

    /// The part of the first `steps` steps.
    #[must_use]
    pub(super) fn before(&self, steps: u64) -> Self {
        let known = self.done.partition_point(|(at, _)| *at <= steps);
        Self {
            done: self.done[..known].to_vec(),
            ..Self::default()
        }
    }
}
