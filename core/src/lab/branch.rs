//! One branch: a timeline, what is worth finding in it, and where its script comes from.

use std::sync::Arc;

use super::chronicle::Chronicle;
use crate::base::Instant;
use crate::history::Timeline;
use crate::scenario::{Action, print, recorded};
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
        self.step_until(Instant(u64::MAX))
    }

    /// Lets the next event happen at the head if it is due by then.
    pub(super) fn step_until(&mut self, limit: Instant) -> bool {
        let Some(step) = self.timeline.step_until(limit).cloned() else {
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
        self.script_with_places().0
    }

    /// The script, and for its lines the number of steps from which on they have been carried out,
    /// both ascending.
    pub(super) fn script_with_places(&self) -> (String, Vec<(u64, u32)>) {
        match &self.source {
            Some(source) => (source.to_string(), self.chronicle.lines().to_vec()),
            None => self.recorded(),
        }
    }

    fn recorded(&self) -> (String, Vec<(u64, u32)>) {
        let program = recorded(&self.timeline);
        let recording = self.timeline.recording();
        let mut commands = recording.commands.iter().map(|c| c.at_step + 1);
        let mut beats = recording.beats.iter().map(|beat| beat.at_step);
        let mut notes = recording.notes.iter().map(|note| note.at_step);
        let mut places = Vec::new();
        // The first line is `zablab 1`.
        let mut line = 2;
        for action in program.actions() {
            let done = match action {
                Action::Perform(_) | Action::Load { .. } => commands.next(),
                Action::Beat(_) => beats.next(),
                Action::Note(_) => notes.next(),
                _ => None,
            };
            places.extend(done.map(|done| (done, line)));
            line += u32::try_from(print::action(action).lines().count()).unwrap_or(1);
        }
        (print::program(&program), places)
    }
}
