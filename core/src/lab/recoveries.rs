//! Recoveries of servers, side by side: what the leader sent by itself, and what an operator put there.
//!
//! A recovery begins when a process starts and ends when it serves. Those that only caught up by a few
//! transactions are told, too: bytes and time are what there is to compare. Files that were put there while
//! nobody served end an outage when they serve, be it that nothing was lost.

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
    by_hand: BTreeMap<ServerId, ByHand>,
    /// When servers served again that had files put there while nobody served, each behind its step.
    outages: Vec<(u64, Instant)>,
    /// Servers that died and did not start since: whoever starts first in a run does not come back.
    dead: BTreeSet<ServerId>,
}

/// What an operator put on a disk.
#[derive(Clone, Debug)]
struct ByHand {
    means: Means,
    bytes: u64,
    /// Nobody served then.
    outage: bool,
}

/// A server that has started and does not serve yet.
#[derive(Clone, Debug)]
struct Open {
    since: Instant,
    /// What an operator put there.
    by_hand: Option<Means>,
    /// Nobody served when that was put there.
    outage: bool,
    /// What the leader did.
    sync: Option<Means>,
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
            let open = Open {
                since: step.at,
                outage: by_hand.as_ref().is_some_and(|put| put.outage),
                bytes: by_hand.as_ref().map_or(0, |put| put.bytes),
                by_hand: by_hand.map(|put| put.means),
                sync: None,
            };
            self.open.insert(server, open);
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
            ) => self.put(*server, Means::Copy(backup.to_string()), *bytes, world),
            (
                Outcome::Vault(VaultEvent::Staged {
                    backup,
                    server,
                    bytes,
                }),
                _,
            ) => {
                self.put(*server, Means::Restore(backup.to_string()), *bytes, world);
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

    fn put(&mut self, server: ServerId, means: Means, bytes: u64, world: &World) {
        let mut processes = world
            .hosts()
            .iter()
            .filter_map(|host| host.process.as_ref());
        let outage = !processes.any(Peer::serves);
        let put = ByHand {
            means,
            bytes,
            outage,
        };
        self.by_hand.insert(server, put);
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
                    // What was put there was all that there is: the leader had nothing to add.
                    let nothing = plan.mode == SyncMode::Diff && plan.count == 0;
                    if !nothing || open.by_hand.is_none() {
                        open.sync = Some(by_leader);
                    }
                }
            }
            Decision::LoadedSnap { .. } => {
                let peer = world.host(server).process.as_ref().map(Peer::db);
                if let (Some(open), Some(database)) = (self.open.get_mut(&server), peer) {
                    open.bytes += snapshot::stream(database).len() as u64;
                }
            }
            Decision::Serving | Decision::Established { .. } => {
                let Some(open) = self.open.remove(&server) else {
                    return;
                };
                if open.outage {
                    self.outages.push((step.id.0 + 1, step.at));
                }
                let (means, then) = match open.by_hand {
                    Some(by_hand) => (Some(by_hand), open.sync),
                    None => (open.sync, None),
                };
                if let Some(means) = means {
                    let recovery = RecoveryView {
                        server,
                        means,
                        then,
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

    /// When the last server served, by then, that had got files while nobody served.
    pub(super) fn after_outage(&self, steps: u64) -> Option<Instant> {
        let known = self.outages.partition_point(|(at, _)| *at <= steps);
        self.outages[..known].last().map(|(_, at)| *at)
    }

    /// The part of the first `steps` steps.
    #[must_use]
    pub(super) fn before(&self, steps: u64) -> Self {
        let known = self.done.partition_point(|(at, _)| *at <= steps);
        let outages = self.outages.partition_point(|(at, _)| *at <= steps);
        Self {
            done: self.done[..known].to_vec(),
            outages: self.outages[..outages].to_vec(),
            ..Self::default()
        }
    }
}
