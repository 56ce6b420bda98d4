//! One branch: a timeline, what is worth finding in it, and where its script comes from.

use std::sync::Arc;

use super::chronicle::Chronicle;
use crate::base::Instant;
use crate::history::{StepKind, Timeline};
use crate::scenario::{Action, Program, print};
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
            timeline: self.timeline.fork_at(steps),
            chronicle: self.chronicle.before(steps),
            source: None,
        }
    }

    /// The run as a script: its own text, or the recording.
    pub(super) fn script(&self) -> String {
        match &self.source {
            Some(source) => source.to_string(),
            None => recorded(&self.timeline),
        }
    }
}

/// A recording as a script: each command at its instant, after so many of that instant's events.
fn recorded(timeline: &Timeline) -> String {
    let recording = timeline.recording();
    let mut page = Page {
        timeline,
        actions: vec![Action::Ensemble(Arc::clone(&recording.config))],
        here: None,
    };
    let mut beats = recording.beats.iter().peekable();
    for recorded in &recording.commands {
        while let Some(beat) = beats.next_if(|b| b.at_step <= recorded.at_step) {
            page.write(beat.at_step, None, Action::Beat(beat.name.clone()));
        }
        let action = Action::Perform(Arc::clone(&recorded.command));
        page.write(recorded.at_step, Some(recorded.at), action);
    }
    for beat in beats {
        page.write(beat.at_step, None, Action::Beat(beat.name.clone()));
    }
    page.go_to(place(timeline, timeline.len(), None));
    print::program(&Program::of(page.actions))
}

/// A script being written: what stands in it, and where its last line leads.
struct Page<'a> {
    timeline: &'a Timeline,
    actions: Vec<Action>,
    here: Option<Action>,
}

impl Page<'_> {
    fn write(&mut self, steps: u64, instant: Option<Instant>, action: Action) {
        self.go_to(place(self.timeline, steps, instant));
        self.actions.push(action);
    }

    fn go_to(&mut self, place: Action) {
        if self.here.as_ref() != Some(&place) {
            self.actions.push(place.clone());
            self.here = Some(place);
        }
    }
}

/// `at`: the place behind the first `steps` steps, at `instant` or at that of the last of them.
/// Commands are no events of an instant, so they are not counted.
fn place(timeline: &Timeline, steps: u64, instant: Option<Instant>) -> Action {
    let last = steps.checked_sub(1).and_then(|last| timeline.index(last));
    let instant = instant.or(last.map(|last| last.at)).unwrap_or_default();
    let since = timeline.briefs().first_at(instant);
    let brief = |step: &u64| timeline.index(*step);
    let events = (since..steps).filter(|s| brief(s).is_some_and(|b| b.kind != StepKind::Command));
    Action::At {
        instant,
        after: Some(events.count() as u64),
    }
}
