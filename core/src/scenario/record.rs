//! A run as a script: what a user did, each at its place.
//!
//! ```text
//!   at 1.256s+2      all events before that instant, and two of its own
//!   crash 2 power    then this
//! ```
//! The place is exact: a command that came between two events of one instant comes between the same
//! two again. Waiting is gone from such a script: `until leader` has become the instant at which the
//! leader stood.

use std::sync::Arc;

use super::ast::{Action, Program};
use crate::base::{Instant, Order};
use crate::history::{Beat, Keep, StepKind, Timeline};
use crate::world::Command;

/// The run so far as a script.
pub fn recorded(timeline: &Timeline) -> Program {
    if timeline.briefs().len() == timeline.len() {
        return Page::written(timeline);
    }
    // Without history nobody knows how many events an instant had: play it again.
    let (recording, steps) = (timeline.recording(), timeline.len());
    Page::written(&Timeline::replay(recording, steps, Keep::Everything))
}

/// A script being written: what stands in it, and where its last line leads.
struct Page<'a> {
    timeline: &'a Timeline,
    actions: Vec<Action>,
    here: Option<Action>,
}

impl<'a> Page<'a> {
    fn written(timeline: &'a Timeline) -> Program {
        let recording = timeline.recording();
        let mut page = Page {
            timeline,
            actions: vec![Action::Ensemble(Arc::clone(&recording.config))],
            here: None,
        };
        let beat = |b: &Beat| (b.at_step, Action::Beat(b.name.clone()));
        let note = |n: &Beat| (n.at_step, Action::Note(n.name.clone()));
        let beats = recording.beats.iter().map(beat);
        let mut names: Vec<(u64, Action)> = beats.chain(recording.notes.iter().map(note)).collect();
        names.order_by_key(|(steps, _)| *steps);
        let mut names = names.into_iter().peekable();
        for recorded in &recording.commands {
            while let Some((steps, name)) = names.next_if(|(s, _)| *s <= recorded.at_step) {
                page.write(steps, None, name);
            }
            let action = match &*recorded.command {
                Command::Load { server, image } => Action::Load {
                    dir: image.name.clone(),
                    server: *server,
                    sha256: Some(image.sha256.clone()),
                },
                _ => Action::Perform(Arc::clone(&recorded.command)),
            };
            page.write(recorded.at_step, Some(recorded.at), action);
        }
        for (steps, name) in names {
            page.write(steps, None, name);
        }
        page.go_to(place(timeline, timeline.len(), None));
        Program::of(page.actions)
    }

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
