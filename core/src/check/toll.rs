//! What a disaster cost: confirmed writes that are gone, and the time without any.
//!
//! ```text
//!      kept ✓   ✓ ✗ ✗ ✗                            ✓ first after
//!   ────────────┴─┴─┴─┴────────────────────────────┴──────► time
//!               │◄─ RPO ─►│◄────────── RTO ─────────►│
//! ```
//! The recovery point is the last confirmed write that is still there; how far it lies back from the last
//! one that is not is the data lost, in time. Downtime is from the last write that was confirmed before
//! the recovery to the first after it. Both are measured, not promised: an objective is what an operator
//! promises, and this is what came of it.

use super::monitor::Monitor;
use crate::base::{Duration, Instant, StepId};
use crate::model::Zxid;

/// What a disaster cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toll {
    /// Confirmed writes that are gone, oldest first.
    pub lost: Vec<Zxid>,
    /// How many of them no restore declared.
    pub undeclared: usize,
    /// The last confirmed write before them that is there.
    pub kept: Option<Zxid>,
    /// When that was confirmed, and when the last of the lost was.
    pub gap: Option<(Instant, Instant)>,
    /// When the last write before the recovery was confirmed.
    pub last_before: Option<Instant>,
    /// When the first write after it was.
    pub first_after: Option<Instant>,
}

impl Toll {
    /// The time from the last kept write to the last lost one.
    pub fn rpo(&self) -> Option<Duration> {
        self.gap.map(|(kept, lost)| lost.since(kept))
    }

    /// From the last confirmed write before the recovery to the first after it.
    pub fn rto(&self) -> Option<Duration> {
        Some(self.first_after?.since(self.last_before?))
    }
}

impl Monitor {
    /// What the loss of confirmed writes cost, or a joint restore, even if it lost nothing; `None` when
    /// neither happened. Walks the whole ledger.
    pub fn toll(&self) -> Option<Toll> {
        self.toll_at(u64::MAX, &self.lost(), None)
    }

    /// What it had cost after so many steps, when `gone` (in order) were the writes that nothing would
    /// have brought back then, and an operator's files had brought all back at `by_hand`. The checks
    /// themselves know only where things are now.
    pub fn toll_at(&self, steps: u64, gone: &[Zxid], by_hand: Option<Instant>) -> Option<Toll> {
        let by_then = |step: Option<StepId>| step.is_some_and(|step| step.0 < steps);
        let jointly = self.restored_at.filter(|(step, _)| by_then(Some(*step)));
        let restored = jointly.map(|(_, at)| at).max(by_hand);
        let mut confirmed = Vec::new();
        for (zxid, entry) in &self.ghost.ledger {
            if let Some(at) = entry.confirmed_at.filter(|_| by_then(entry.confirmed)) {
                let lost = by_then(entry.declared) || gone.binary_search(zxid).is_ok();
                confirmed.push((*zxid, at, lost));
            }
        }
        let lost: Vec<_> = confirmed.iter().filter(|(.., lost)| *lost).collect();
        if lost.is_empty() && restored.is_none() {
            return None;
        }
        let first_lost = lost.first().map(|(zxid, ..)| *zxid);
        let last_lost = lost.iter().map(|(_, at, _)| *at).max();
        let before = |zxid: &Zxid| first_lost.is_none_or(|first| *zxid < first);
        let kept = confirmed
            .iter()
            .rev()
            .find(|(z, _, lost)| !lost && before(z));
        let turn = restored.or(last_lost).unwrap_or_default();
        let times = || confirmed.iter().map(|(_, at, _)| *at);
        Some(Toll {
            undeclared: lost
                .iter()
                .filter(|(zxid, ..)| !by_then(self.ghost.ledger[zxid].declared))
                .count(),
            lost: lost.iter().map(|(zxid, ..)| *zxid).collect(),
            kept: kept.map(|(zxid, ..)| *zxid),
            gap: kept.zip(last_lost).map(|((_, at, _), lost)| (*at, lost)),
            last_before: times().filter(|at| *at <= turn).max(),
            first_after: times().filter(|at| *at > turn).min(),
        })
    }
}
