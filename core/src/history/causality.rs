//! What led to a step, and what came of it.
//!
//! Happens-before, after Lamport: two steps of one server (or client) are in order, and a message is
//! sent before it arrives. Both cones of a step are found in one pass over the step index, and are
//! given per line of time: since a line is in order, the past of a step is a prefix of every line,
//! its future a suffix.
//!
//! Not in it: what passes through the user's mind. Two commands are not related by being given one
//! after the other, unless they concern the same server.

use std::collections::BTreeMap;

use super::index::StepIndex;
use crate::world::Actor;

/// The past or the future of a step: per line, the step that is nearest to it. Lines that are not
/// named have no part in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cone {
    /// The step it is about.
    pub of: u64,
    /// Per line the last step of the past, or the first of the future.
    pub edge: BTreeMap<Actor, u64>,
}

impl Cone {
    /// True when a step of that line lies in this cone of the past.
    pub fn has_before(&self, actor: Actor, step: u64) -> bool {
        self.edge.get(&actor).is_some_and(|last| step <= *last)
    }

    /// True when a step of that line lies in this cone of the future.
    pub fn has_after(&self, actor: Actor, step: u64) -> bool {
        self.edge.get(&actor).is_some_and(|first| step >= *first)
    }
}

/// Everything that led to `step`, looking back no further than `since`.
pub fn past(index: &StepIndex, step: u64, since: u64) -> Cone {
    let mut edge = BTreeMap::new();
    if let Some(brief) = index.get(step) {
        edge.insert(brief.actor, step);
    }
    for at in (since..=step).rev() {
        let Some(brief) = index.get(at) else {
            continue;
        };
        if edge.get(&brief.actor).is_none_or(|last| at > *last) {
            continue;
        }
        if let Some(sender) = brief.sender.filter(|s| *s >= since)
            && let Some(from) = index.get(sender)
        {
            let last = edge.entry(from.actor).or_insert(sender);
            *last = (*last).max(sender);
        }
    }
    Cone { of: step, edge }
}

/// Everything that came of `step`, looking no further than before `until`.
pub fn future(index: &StepIndex, step: u64, until: u64) -> Cone {
    let mut edge = BTreeMap::new();
    if let Some(brief) = index.get(step) {
        edge.insert(brief.actor, step);
    }
    for at in step + 1..until.min(index.len()) {
        let Some(brief) = index.get(at) else {
            continue;
        };
        let caused = brief
            .sender
            .and_then(|sender| Some((sender, index.get(sender)?.actor)))
            .is_some_and(|(sender, actor)| edge.get(&actor).is_some_and(|first| sender >= *first));
        if caused {
            edge.entry(brief.actor).or_insert(at);
        }
    }
    Cone { of: step, edge }
}
