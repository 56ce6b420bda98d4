//! A timeline: one run that goes on at its head and can be looked at anywhere.

use std::sync::Arc;

use super::checkpoint::{Checkpoint, Checkpoints, Growth};
use super::index::{StepBrief, StepIndex};
use super::recording::{Beat, Recorded, Recording};
use crate::base::{Instant, StepId};
use crate::check::{Monitor, Verdicts};
use crate::protocol::Config;
use crate::world::{Command, Refusal, Step, World};

/// Steps between two checkpoints at most.
pub const INTERVAL: u64 = 1024;
/// Steps between two of the moments that are kept close to where somebody looks.
const CLOSE: u64 = 128;
/// Silence of more ticks than this is folded in the space-time view.
const FOLD_TICKS: u64 = 3;
/// Checkpoints may cost so many bytes.
pub const BUDGET: usize = 32 * 1024 * 1024;

/// What a timeline keeps besides its recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Checkpoints and the step index.
    Everything,
    /// Nothing: only the head and the recording. Looking back replays from the start.
    NoHistory,
}

/// A run with its past.
#[derive(Clone, Debug)]
pub struct Timeline {
    recording: Recording,
    keep: Keep,
    head: Head,
    last: Option<Step>,
    index: StepIndex,
    checkpoints: Checkpoints,
    growth: Growth,
    view: View,
}

/// The state of a run with its checks.
#[derive(Clone, Debug)]
struct Head {
    world: World,
    monitor: Monitor,
}

/// Where somebody looks, and moments close to it.
#[derive(Clone, Debug, Default)]
struct View {
    here: Option<Moment>,
    close: Vec<(u64, World)>,
}

/// A run at one moment of its past, or at its head.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The world.
    pub world: World,
    /// What the checks had found by then.
    pub verdicts: Verdicts,
    /// The last step that had happened; `None` at the start.
    pub step: Option<Step>,
}

impl Timeline {
    /// A run that has not begun.
    pub fn new(config: Arc<Config>, keep: Keep) -> Self {
        let monitor = Monitor::new(&config);
        let mut timeline = Self {
            recording: Recording::new(config.clone()),
            keep,
            head: Head {
                world: World::new(config),
                monitor,
            },
            last: None,
            index: StepIndex::default(),
            checkpoints: Checkpoints::default(),
            growth: Growth::default(),
            view: View::default(),
        };
        timeline.checkpoint();
        timeline
    }

    /// Plays a recording to its end: up to the last command, then up to `steps` steps.
    pub fn replay(recording: &Recording, steps: u64, keep: Keep) -> Self {
        let mut timeline = Self::new(recording.config.clone(), keep);
        for recorded in &recording.commands {
            while timeline.len() < recorded.at_step && timeline.step().is_some() {}
            timeline.advance_to(recorded.at);
            let done = timeline.perform(Command::clone(&recorded.command));
            debug_assert!(done.is_ok(), "a recorded command was possible once");
        }
        while timeline.len() < steps && timeline.step().is_some() {}
        timeline.recording.beats = recording.beats.clone();
        timeline.recording.notes = recording.notes.clone();
        timeline
    }

    /// The world at the head.
    pub fn world(&self) -> &World {
        &self.head.world
    }

    /// The checks at the head.
    pub fn monitor(&self) -> &Monitor {
        &self.head.monitor
    }

    /// The checks at the head, for questions that are asked at the end of a run.
    pub fn monitor_mut(&mut self) -> (&mut Monitor, &World) {
        (&mut self.head.monitor, &self.head.world)
    }

    /// What a user decided so far.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Simulated time at the head.
    pub fn now(&self) -> Instant {
        self.head.world.now()
    }

    /// Number of steps so far.
    pub fn len(&self) -> u64 {
        self.head.world.steps()
    }

    /// True before the first step.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The last step.
    pub fn last(&self) -> Option<&Step> {
        self.last.as_ref()
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<Instant> {
        self.head.world.next_at()
    }

    /// Moves the clock of the head without a step.
    pub fn advance_to(&mut self, at: Instant) {
        self.head.world.advance_to(at);
    }

    /// Lets the next event happen.
    pub fn step(&mut self) -> Option<&Step> {
        self.step_until(Instant(u64::MAX))
    }

    /// Lets the next event happen if it is due at `limit` or before.
    pub fn step_until(&mut self, limit: Instant) -> Option<&Step> {
        let step = self.head.world.step_until(limit)?;
        Some(self.take(step))
    }

    /// Does what a user asks, at the head, and records it.
    pub fn perform(&mut self, command: Command) -> Result<&Step, Refusal> {
        let command = Arc::new(command);
        let step = self.head.world.perform(&command)?;
        self.recording.commands.push(Recorded {
            at_step: step.id.0,
            at: step.at,
            command,
        });
        Ok(self.take(step))
    }

    /// Gives the present moment a name.
    pub fn beat(&mut self, name: &str) {
        let beat = self.named(name);
        self.recording.beats.push(beat);
    }

    /// Writes a remark at the present moment.
    pub fn note(&mut self, text: &str) {
        let note = self.named(text);
        self.recording.notes.push(note);
    }

    /// A step in short.
    pub fn index(&self, step: u64) -> Option<StepBrief> {
        self.index.get(step)
    }

    /// All steps in short.
    pub fn briefs(&self) -> &StepIndex {
        &self.index
    }

    /// The run after its first `steps` steps; beyond the head, the head. The last moment is kept,
    /// so going on by one step costs one step.
    pub fn seek(&mut self, steps: u64) -> &Moment {
        let steps = steps.min(self.len());
        let mut moment = self.start_for(steps);
        let close = steps.saturating_sub(INTERVAL);
        while moment.world.steps() < steps {
            let done = moment.world.steps();
            if done >= close && done.is_multiple_of(CLOSE) {
                self.view.keep(&moment.world);
            }
            moment.step = self.rerun(&mut moment.world);
        }
        moment.verdicts = self.monitor().verdicts().before(StepId(steps));
        self.view.here.insert(moment)
    }

    /// The moment that was sought last.
    pub fn here(&self) -> Option<&Moment> {
        self.view.here.as_ref()
    }

    /// A new line that shares the first `steps` steps with this one and is open behind them: later
    /// commands are not in it. This line stays as it is.
    #[must_use]
    pub fn fork_at(&self, steps: u64) -> Self {
        let steps = steps.min(self.len());
        let start = self.checkpoints.nearest(steps);
        let start = start.expect("a timeline keeps its start");
        let mut fork = Self {
            recording: self.recording.before(steps),
            keep: self.keep,
            head: Head {
                world: start.world.clone(),
                monitor: start.monitor.clone(),
            },
            last: None,
            index: self.index_before(start),
            checkpoints: self.checkpoints.before(steps),
            growth: Growth::default(),
            view: View::default(),
        };
        while fork.len() < steps {
            let step = self.rerun(&mut fork.head.world);
            let step = step.expect("what happened once happens again");
            fork.take(step);
        }
        fork.last = fork
            .last
            .or_else(|| self.steps(steps.checked_sub(1)?..steps).pop());
        fork
    }

    /// Steps of the past, by replay. An empty range gives nothing.
    pub fn steps(&self, range: std::ops::Range<u64>) -> Vec<Step> {
        let end = range.end.min(self.len());
        let Some(start) = self.checkpoints.nearest(range.start) else {
            return Vec::new();
        };
        let mut world = start.world.clone();
        let mut steps = Vec::new();
        while world.steps() < end {
            let Some(step) = self.rerun(&mut world) else {
                break;
            };
            if step.id.0 >= range.start {
                steps.push(step);
            }
        }
        steps
    }

    /// Steps from `from` on by replay, one by one, as long as `more` wants another.
    pub fn replay_from(&self, from: u64, more: &mut dyn FnMut(&Step) -> bool) {
        let Some(start) = self.checkpoints.nearest(from) else {
            return;
        };
        let close = self.view.nearest(from);
        let close = close.filter(|world| world.steps() > start.steps);
        let mut world = close.unwrap_or(&start.world).clone();
        while world.steps() < self.len() {
            let Some(step) = self.rerun(&mut world) else {
                return;
            };
            if step.id.0 >= from && !more(&step) {
                return;
            }
        }
    }

    /// The world after its first `steps` steps, by replay; the place that is looked at stays.
    pub fn world_at(&self, steps: u64) -> World {
        let steps = steps.min(self.len());
        let start = self.checkpoints.nearest(steps);
        let start = start.expect("a timeline keeps its start");
        let mut world = start.world.clone();
        while world.steps() < steps && self.rerun(&mut world).is_some() {}
        world
    }

    /// A number of steps after which that message had not been sent yet, close to its sender; `None`
    /// when nothing was sent under that number so far.
    pub(super) fn steps_before_message(&self, number: u64) -> Option<u64> {
        let sent = (1..=self.world().messages_sent()).contains(&number);
        let before = self.checkpoints.before_message(number).filter(|_| sent)?;
        Some(before.steps)
    }

    /// Bytes that this timeline keeps beyond its head: checkpoints (an estimate, see
    /// [`super::checkpoint`]), step index and recording. Forks share some of them.
    pub fn bytes_retained(&self) -> usize {
        let commands = self.recording.commands.len() * size_of::<Recorded>();
        self.checkpoints.bytes() + self.index.bytes() + commands
    }

    /// Number of checkpoints.
    pub fn checkpoints(&self) -> usize {
        self.checkpoints.len()
    }

    fn take(&mut self, step: Step) -> &Step {
        let Head { world, monitor } = &mut self.head;
        monitor.observe(&step, world);
        if self.keep == Keep::Everything {
            let fold = self.recording.config.tick.times(FOLD_TICKS);
            self.index.push(&step, fold);
            self.growth.count(&step);
            let since = self.checkpoints.last().map_or(0, |c| c.steps);
            if self.len() - since >= INTERVAL || self.growth.is_much() {
                self.checkpoint();
            }
        }
        self.last.insert(step)
    }

    fn checkpoint(&mut self) {
        let bytes = self.growth.settle(&self.head.world);
        let checkpoint = Checkpoint {
            steps: self.len(),
            world: self.head.world.clone(),
            monitor: self.head.monitor.clone(),
            senders: self.index.senders().clone(),
            bytes,
        };
        self.checkpoints.push(checkpoint, BUDGET);
    }

    /// The index up to a checkpoint, of which nothing is known without history.
    fn index_before(&self, start: &Checkpoint) -> StepIndex {
        match self.keep {
            Keep::Everything => self.index.before(start.steps, start.senders.clone()),
            Keep::NoHistory => StepIndex::default(),
        }
    }

    /// The best place to start from for a look at `steps`: the place itself if it is at hand, else
    /// the nearest one before it, so that its last step is seen.
    fn start_for(&mut self, steps: u64) -> Moment {
        if steps == self.len() {
            return Moment::new(self.head.world.clone(), self.last.clone());
        }
        let here = self.view.here.take().filter(|h| h.world.steps() <= steps);
        let before = steps.saturating_sub(1);
        let checkpoint = self.checkpoints.nearest(before);
        let checkpoint = &checkpoint.expect("a timeline keeps its start").world;
        let close = self.view.nearest(before).unwrap_or(checkpoint);
        let kept = if close.steps() > checkpoint.steps() {
            close
        } else {
            checkpoint
        };
        match here {
            Some(here) if here.world.steps() >= kept.steps() => here,
            _ => Moment::new(kept.clone(), None),
        }
    }

    /// The world at the last checkpoint at or before `step`.
    pub(super) fn checkpoint_before(&self, step: u64) -> Option<&World> {
        self.checkpoints.nearest(step).map(|c| &c.world)
    }

    /// Runs one step of the past again.
    pub(super) fn rerun(&self, world: &mut World) -> Option<Step> {
        let next = self.recording.commands_before(world.steps());
        match self.recording.commands.get(next) {
            Some(recorded) if recorded.at_step == world.steps() => {
                world.advance_to(recorded.at);
                let done = world.perform(&recorded.command);
                Some(done.expect("a recorded command was possible once"))
            }
            _ => world.step(),
        }
    }

    fn named(&self, name: &str) -> Beat {
        Beat {
            at_step: self.len(),
            name: name.to_owned(),
        }
    }
}

impl View {
    /// Keeps a moment; those far from it go.
    fn keep(&mut self, world: &World) {
        let steps = world.steps();
        self.close
            .retain(|(s, _)| s.abs_diff(steps) <= 2 * INTERVAL);
        if let Err(place) = self.close.binary_search_by_key(&steps, |(s, _)| *s) {
            self.close.insert(place, (steps, world.clone()));
        }
    }

    fn nearest(&self, steps: u64) -> Option<&World> {
        let after = self.close.partition_point(|(s, _)| *s <= steps);
        after.checked_sub(1).map(|i| &self.close[i].1)
    }
}

impl Moment {
    fn new(world: World, step: Option<Step>) -> Self {
        Self {
            world,
            verdicts: Verdicts::default(),
            step,
        }
    }
}
