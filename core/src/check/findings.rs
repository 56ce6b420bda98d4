//! Where the checks report: the first breach of each property, with its explanation.

use super::assumption::{Assumptions, BrokenAssumption};
use super::verdict::{Property, Verdicts, Violation};
use super::what::{Difference, What};
use crate::base::{Order, ServerId, StepId};
use crate::protocol::Switch;

/// All findings of a run so far.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    pub verdicts: Verdicts,
    pub assumptions: Assumptions,
    /// The step under examination.
    pub step: StepId,
}

impl Findings {
    pub(super) fn new(assumptions: Assumptions) -> Self {
        let mut verdicts = Verdicts::default();
        let early = |p: &&Property| **p <= Property::S17;
        Property::ALL
            .iter()
            .filter(early)
            .for_each(|p| verdicts.apply_to(*p));
        Self {
            verdicts,
            assumptions,
            step: StepId(0),
        }
    }

    /// True when nothing more can be learnt about a property.
    pub(super) fn is_broken(&self, property: Property) -> bool {
        self.verdicts.is_broken(property)
    }

    /// Says that a property is evaluated in this run.
    pub(super) fn apply_to(&mut self, property: Property) {
        self.verdicts.apply_to(property);
    }

    /// Reports a breach in this step; `since` are earlier steps that belong to it.
    pub(super) fn report(
        &mut self,
        property: Property,
        concerned: Option<ServerId>,
        since: &[StepId],
        what: What,
    ) {
        if self.is_broken(property) {
            return;
        }
        let mut witness = since.to_vec();
        witness.push(self.step);
        witness.order();
        witness.dedup();
        let assumption = self.told_by_the_tree(&what);
        let assumption =
            assumption.or_else(|| self.assumptions.explain(property, concerned, hints(&what)));
        let violation = Violation {
            property,
            at: self.step,
            witness,
            what,
            assumption,
        };
        self.verdicts.keep(violation);
    }

    /// A state that differs is explained by the tree that differs, when that is known.
    fn told_by_the_tree(&self, what: &What) -> Option<BrokenAssumption> {
        let What::ServesOtherState { server, .. } = what else {
            return None;
        };
        let trees = self.verdicts.of(Property::S14);
        let found = trees.violation()?;
        let same = matches!(&found.what, What::TreeDiffers { server: s, .. } if s == server);
        found.assumption.clone().filter(|_| same)
    }
}

/// Corrections that the breach itself points to.
const fn hints(what: &What) -> &'static [Switch] {
    match what {
        What::TreeDiffers {
            how: Difference::Children,
            ..
        } => &[Switch::ReattachChild],
        What::NewLeaderExtra { .. } => &[Switch::TruncDropsSnapshots],
        _ => &[],
    }
}
