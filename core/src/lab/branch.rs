//! One branch: a timeline, what is worth finding in it, and where its script comes from.

use std::sync::Arc;

use super::chronicle::Chronicle;
use crate::history::Timeline;
use crate::scenario::{print, recorded};
use crate::view::Text;
use crate::world::{Command, Refusal, Step};

/// A future of the run.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// `main`, `b2`, `b3`.
    pub(super) name: String,
    /// What was done to start it.
    pub(super) title: Text,
    /// Where it left another one.
    pub(super) from: u64,
    /// Which one it left, by name.
    pub(super) parent: Option<String>,
    /// The run.
    pub(super) timeline: Timeline,
    /// The notes.
    pub(super) chronicle: Chronicle,
    /// The text it was loaded from, as long as nothing was added to it by hand.
    pub(super) source: Option<Arc<str>>,
}

impl Line {
    /// Lets the next event happen at the head.
    pub(super) fn step(&mut self) -> bool {
        let Some(step) = self.timeline.step().cloned() else {
            return false;
        };
        self.chronicle.note(&step, &self.timeline);
        true
    }

    /// Does what the user asks, at the head.
    pub(super) fn perform(&mut self, command: Command) -> Result<Step, Refusal> {
        let step = self.timeline.perform(command)?.clone();
        self.chronicle.note(&step, &self.timeline);
        self.source = None;
        Ok(step)
    }

    /// A line that leaves this one behind `steps` steps.
    pub(super) fn fork(&self, steps: u64, name: String) -> Self {
        Self {
            name,
            title: Text::default(),
            from: steps,
            parent: Some(self.name.clone()),
            timeline: self.timeline.fork_at(steps),
            chronicle: self.chronicle.before(steps),
            source: None,
        }
    }

    /// The run as a script: its own text, or the recording.
    pub(super) fn script(&self) -> String {
        match &self.source {
            Some(source) => source.to_string(),
            None => print::program(&recorded(&self.timeline)),
        }
    }
}
