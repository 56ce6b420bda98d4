//! What is broken, with the steps that show it.

use std::sync::Arc;

use serde::Serialize;

use super::events::event;
use super::lamps::meaning;
use super::transport::EventLine;
use crate::base::{Order, StepId};
use crate::check::verdict::LAMPS;
use crate::check::{Property, Verdicts, Violation};
use crate::history::Timeline;
use crate::view::{Text, breach};

/// Witnesses that are listed; the last ones say most.
const WITNESSES: usize = 12;

/// A broken property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// `S9`.
    pub property: String,
    /// The lamp that shows it, if one does: `I1`.
    pub lamp: Option<String>,
    /// What should hold.
    pub title: Text,
    /// What is wrong.
    pub what: Text,
    /// The assumption that did not hold; none means that the engine itself is wrong.
    pub why: Option<Text>,
    /// The step that broke it is the last of `at` steps.
    pub at: u64,
    /// Steps to look at, in order.
    pub witness: Vec<EventLine>,
}

/// The breaches of the moment that is shown, those with a lamp first. Witnesses are found by replay, so they are looked up only
/// when another property breaks.
#[derive(Clone, Debug, Default)]
pub(super) struct Cache {
    key: Vec<(Property, StepId)>,
    shown: Arc<[Breach]>,
}

impl Cache {
    pub(super) fn shown(&self) -> Arc<[Breach]> {
        Arc::clone(&self.shown)
    }

    /// Looks at the verdicts of another moment.
    pub(super) fn look(&mut self, verdicts: &Verdicts, timeline: &Timeline) {
        let key: Vec<_> = verdicts.violations().map(|v| (v.property, v.at)).collect();
        if key != self.key {
            let mut found: Vec<Breach> = verdicts.violations().map(|v| of(v, timeline)).collect();
            found.order_by_key(|breach| breach.lamp.is_none());
            self.shown = found.into();
            self.key = key;
        }
    }
}

fn of(violation: &Violation, timeline: &Timeline) -> Breach {
    let world = timeline.world();
    let lamp = LAMPS.iter().find(|(_, p)| *p == violation.property);
    let skipped = violation.witness.len().saturating_sub(WITNESSES);
    let steps = violation.witness[skipped..].iter();
    let witness = steps.flat_map(|step| timeline.steps(step.0..step.0 + 1));
    Breach {
        property: violation.property.name().to_owned(),
        lamp: lamp.map(|(name, _)| (*name).to_owned()),
        title: lamp.map_or_else(
            || Text::same(violation.property.title()),
            |(name, _)| meaning(name),
        ),
        what: breach::what(&violation.what, world, breach::on_page),
        why: violation.assumption.as_ref().map(breach::assumption),
        at: violation.at.0 + 1,
        witness: witness.map(|step| event(&step, world)).collect(),
    }
}
