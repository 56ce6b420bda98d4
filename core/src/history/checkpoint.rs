//! Checkpoints: whole worlds kept along a run, and what they cost.
//!
//! # The cost of a checkpoint
//!
//! A clone shares almost everything: trees, file contents, histories and ghost state are persistent,
//! messages and records are behind `Arc`. What a checkpoint keeps to itself is (a) the plain part of
//! world and monitor, and (b) the nodes of persistent structures that later steps replaced. Neither
//! can be read off the types, so both are *estimated* from what happened between two checkpoints.
//! The unit costs were measured by growing runs of 100,000 steps and reading the memory of the
//! process, with history and without: five idle servers took 24 bytes a step for checkpoints where
//! the estimate says 30, a client that writes all the time 66 where it says 88. An agenda with
//! thousands of messages on the wire costs more than anything else, so it is counted by message.

use std::sync::Arc;

use crate::base::Ordered;
use crate::check::Monitor;
use crate::protocol::Effect;
use crate::world::{Outcome, Step, World};

/// A whole run at one step.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    /// So many steps have happened.
    pub steps: u64,
    pub world: World,
    pub monitor: Monitor,
    /// Senders of messages on the wire, for the index of a fork.
    pub senders: Ordered<u64, u32>,
    /// Estimate of what it keeps to itself.
    pub bytes: usize,
}

/// Plain part per server: process, timers, file table, queues.
const PER_SERVER: usize = 6_000;
/// Plain part per client.
const PER_CLIENT: usize = 400;
/// A message on the wire with its place on the agenda; those that were there before are shared.
const PER_MESSAGE: usize = 100;
/// Replaced nodes per record applied on a server.
const PER_APPLY: usize = 400;
/// Replaced chunks and ghost nodes per record appended on a server.
const PER_APPEND: usize = 250;
/// Replaced nodes per answer that reached a client.
const PER_TOLD: usize = 300;

/// A checkpoint is due after so many outcomes at the latest. One fsync of a busy log can have
/// thousands, and such a step takes as long as thousands of others.
const OUTCOMES: usize = 4_096;

/// Counts what will make the next checkpoint cost something.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Growth {
    bytes: usize,
    sent: usize,
    outcomes: usize,
}

impl Growth {
    pub(super) fn count(&mut self, step: &Step) {
        self.outcomes += step.outcomes.len();
        for outcome in &step.outcomes {
            self.sent += usize::from(matches!(outcome, Outcome::Sent(_)));
            self.bytes += match outcome {
                Outcome::Effect(Effect::Apply(_)) => PER_APPLY,
                Outcome::Effect(Effect::Append { .. }) => PER_APPEND,
                Outcome::Told { .. } => PER_TOLD,
                _ => 0,
            };
        }
    }

    /// True when so much has happened that doing it again would be slow.
    pub(super) const fn is_much(&self) -> bool {
        self.outcomes >= OUTCOMES
    }

    /// The estimate for a checkpoint taken now; starts counting anew.
    pub(super) fn settle(&mut self, world: &World) -> usize {
        let servers = world.hosts().len() * PER_SERVER;
        let clients = world.clients().len() * PER_CLIENT;
        let since = std::mem::take(self);
        let wires = world.in_flight().count().min(since.sent) * PER_MESSAGE;
        since.bytes + servers + clients + wires
    }
}

/// Checkpoints in order, within a budget.
#[derive(Clone, Debug, Default)]
pub(super) struct Checkpoints {
    all: Vec<Arc<Checkpoint>>,
    bytes: usize,
}

impl Checkpoints {
    pub(super) fn push(&mut self, checkpoint: Checkpoint, budget: usize) {
        self.bytes += checkpoint.bytes;
        self.all.push(Arc::new(checkpoint));
        while self.bytes > budget && self.all.len() > KEPT_MIN {
            self.thin();
        }
    }

    /// The last one at or before `steps`.
    pub(super) fn nearest(&self, steps: u64) -> Option<&Arc<Checkpoint>> {
        let after = self.all.partition_point(|c| c.steps <= steps);
        after.checked_sub(1).map(|i| &self.all[i])
    }

    /// The last one at which message `number` had not been sent.
    pub(super) fn before_message(&self, number: u64) -> Option<&Arc<Checkpoint>> {
        let after = self
            .all
            .partition_point(|c| c.world.messages_sent() < number);
        after.checked_sub(1).map(|i| &self.all[i])
    }

    /// Those at or before `steps`; shared.
    pub(super) fn before(&self, steps: u64) -> Self {
        let count = self.all.partition_point(|c| c.steps <= steps);
        let all = self.all[..count].to_vec();
        let bytes = all.iter().map(|c| c.bytes).sum();
        Self { all, bytes }
    }

    pub(super) fn last(&self) -> Option<&Arc<Checkpoint>> {
        self.all.last()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Drops the one whose absence costs a reader least: that with the smallest gap around it, the
    /// oldest of several. So the density halves from the old end on, and no gap is ever more than
    /// twice another, but for the newest. What a dropped one kept to itself is gone; what it shared
    /// with its neighbours was never counted.
    fn thin(&mut self) {
        let inner = 1..self.all.len() - NEWEST_KEPT;
        let gap = |i: &usize| self.all[i + 1].steps - self.all[i - 1].steps;
        if let Some(least) = inner.min_by_key(gap) {
            let gone = self.all.remove(least);
            self.bytes -= gone.bytes;
        }
    }
}

/// Thinning stops here: with fewer, looking back would be slow.
const KEPT_MIN: usize = 16;
/// The newest ones are never thinned out.
const NEWEST_KEPT: usize = 4;
