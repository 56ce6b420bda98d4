//! The lab: branches, a place in one of them, and what is shown there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::action::{Action, Direction};
use super::branch::Line;
use super::breaches::{self, Breach};
use super::console::Consoles;
use super::event_filter::Search;
use super::events::event;
use super::explain::Dossier;
use super::import::Imports;
use super::lamps::lamps;
use super::past::{Past, Scene};
use super::playback::{Pass, Playback};
use super::scenarios::{SCENARIOS, Scenario};
use super::transport::{Branch, EventLine, Mark, MarkKind, Notice, NoticeKind, Transport};
use super::work::{Job, ScriptRun, Slice};
use crate::base::Order;
use crate::model::Zxid;
use crate::scenario::{Images, ScriptError};
use crate::view::{Frame, Shelf, Sight, Text};

/// Steps of a run, see the product contract.
const STEPS_MAX: u64 = 1_000_000;
/// Lines of the list of events.
const EVENTS: usize = 40;
/// Steps that are made at once; more of them are work.
const AT_ONCE: u64 = 64;
/// Steps that are shown for one call of `advance`, so that a slow page stays alive.
const SHOWN_AT_ONCE: usize = 64;

/// A run in the hands of a user.
#[derive(Clone, Debug)]
pub struct Lab {
    pub(super) scenario: Option<&'static Scenario>,
    /// The names of its beats.
    beats: BTreeMap<String, Text>,
    pub(super) branches: Vec<Arc<Line>>,
    pub(super) branch: usize,
    /// Steps shown.
    pub(super) at: u64,
    speed: super::Speed,
    pub(super) playback: Option<Playback>,
    pub(super) playing: bool,
    pub(super) shelf: Shelf,
    frame: Arc<Frame>,
    /// The last steps, oldest first.
    events: VecDeque<EventLine>,
    /// The events that the reader asked for.
    pub(super) search: Option<Search>,
    breaches: breaches::Cache,
    /// The run as a script, as of the last action.
    script: Arc<str>,
    /// From which step on its lines have been carried out.
    lines: Vec<(u64, u32)>,
    pub(super) notice: Option<Notice>,
    /// What takes longer than a moment.
    pub(super) job: Option<Job>,
    pub(super) past: Past,
    pub(super) consoles: Consoles,
    pub(super) imports: Imports,
    /// About what is looked at closely.
    pub(super) dossier: Dossier,
    version: u64,
    pub(super) edition: u64,
}

impl Lab {
    /// The built-in scenarios: ids and titles.
    pub fn scenarios() -> Vec<(String, Text)> {
        let all = SCENARIOS.iter();
        all.map(|s| (s.id.to_owned(), s.title())).collect()
    }

    /// A built-in scenario at its opening moment; the first one when there is none of that id.
    pub fn open(id: Option<&str>) -> Self {
        let found = id.and_then(Scenario::find);
        let scenario = found.unwrap_or(&SCENARIOS[0]);
        let mut lab = Self::new(scenario.script).expect("built-in scenarios are tested");
        lab.set_scenario(Some(scenario));
        lab.go_to_opening();
        lab
    }

    /// A script, run to its end and shown from its start. It runs at once: meant for scripts that are
    /// known to be short; any other is for [`Action::Load`].
    pub fn new(script: &str) -> Result<Self, ScriptError> {
        let mut run = ScriptRun::start(script, Images::new())?;
        let (main, notice) = loop {
            match run.advance(u64::MAX) {
                Slice::More(more) => run = more,
                Slice::Done(line, notice) => break (line, notice),
                Slice::Failed(error) => return Err(error),
            }
        };
        let mut lab = Self {
            scenario: None,
            beats: BTreeMap::new(),
            branches: vec![Arc::new(main)],
            branch: 0,
            at: 0,
            speed: super::Speed::default(),
            playback: None,
            playing: false,
            shelf: Shelf::default(),
            frame: Arc::default(),
            events: VecDeque::new(),
            search: None,
            breaches: breaches::Cache::default(),
            script: script.into(),
            lines: Vec::new(),
            notice,
            job: None,
            past: Past::default(),
            consoles: Consoles::default(),
            imports: Imports::default(),
            dossier: Dossier::default(),
            version: 0,
            edition: 0,
        };
        lab.show(0);
        lab.note_script();
        Ok(lab)
    }

    pub(super) fn set_scenario(&mut self, scenario: Option<&'static Scenario>) {
        self.scenario = scenario;
        self.beats = scenario.map(Scenario::beats).unwrap_or_default();
    }

    /// Shows the moment at which the scenario opens.
    pub(super) fn go_to_opening(&mut self) {
        if let Some(start) = self.scenario.and_then(Scenario::start) {
            self.seek_beat(start.trim_start_matches("beat:"));
        }
    }

    /// The id of the scenario that is shown; none for a script of one's own.
    pub fn scenario(&self) -> Option<String> {
        self.scenario.map(|s| s.id.to_owned())
    }

    /// Does the run play?
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Changes whenever something else is to be shown.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Changes with every edit: then [`Lab::saved`] says something else.
    pub fn edition(&self) -> u64 {
        self.edition
    }

    /// What the bench shows.
    pub fn frame(&self) -> Arc<Frame> {
        Arc::clone(&self.frame)
    }

    /// What is to be told beside the run.
    pub fn notice(&self) -> Option<Notice> {
        self.notice.clone()
    }

    /// The run as a script, as it was after the last action.
    pub fn script(&self) -> Arc<str> {
        Arc::clone(&self.script)
    }

    /// The last line of the script that has been carried out at the moment shown, or is under way;
    /// from 1.
    pub fn script_line(&self) -> Option<u32> {
        let done = self.lines.partition_point(|(from, _)| *from <= self.at);
        done.checked_sub(1).map(|last| self.lines[last].1)
    }

    /// The state of the controls.
    pub fn transport(&self) -> Transport {
        Transport {
            step: self.at,
            total: self.line().timeline.len(),
            now_us: self.frame.now_us,
            playing: self.playing,
            speed: self.speed,
            marks: self.marks(),
            branches: self.branches.iter().map(|line| branch(line)).collect(),
            branch: self.branch,
            undo: self.past.undo_name(),
            redo: self.past.redo_name(),
        }
    }

    /// What is broken at the moment that is shown, with the steps that show it.
    pub fn breaches(&self) -> Arc<[Breach]> {
        self.breaches.shown()
    }

    /// The named moments of the branch that is shown.
    pub fn beats(&self) -> Vec<String> {
        let beats = &self.line().timeline.recording().beats;
        beats.iter().map(|beat| beat.name.clone()).collect()
    }

    /// The last steps up to the one that is shown, oldest first.
    pub fn events(&self) -> Vec<EventLine> {
        self.events.iter().cloned().collect()
    }

    /// How far a message is on its way, in thousandths.
    pub fn progress(&self, message: u64) -> Option<u32> {
        let played = self.playback.as_ref().and_then(|p| p.progress(message));
        played.or_else(|| {
            let found = self.frame.messages.iter().find(|m| m.id == message)?;
            Some(found.progress(self.frame.now_us))
        })
    }

    /// Does what the user wants. What takes longer than a moment is only begun; see [`Lab::work`].
    pub fn dispatch(&mut self, action: Action) {
        self.version += 1;
        self.notice = None;
        if !matches!(action, Action::Dismiss | Action::SetSpeed(_)) {
            // Who goes elsewhere waits no longer for what the head would bring.
            self.job.take_if(|job| matches!(job, Job::Grow { .. }));
        }
        self.consoles.note(&action);
        match action {
            Action::Play => self.play(),
            Action::Pause => self.playing = false,
            Action::Step(by) => self.step(by),
            Action::StepNotable(direction) => self.step_notable(direction),
            Action::Seek(step) => self.jump(step),
            Action::SeekBeat(name) => self.seek_beat(&name),
            Action::SeekTold(client, entry) => self.seek_told(client, entry),
            Action::SetSpeed(speed) => self.speed = speed,
            Action::Perform(command) => self.perform(vec![command]),
            Action::WhatIf(change) => self.what_if(change),
            Action::Write(server) => self.write(server),
            Action::Isolate(server) => self.isolate(server),
            Action::Connect(server) => self.connect(server),
            Action::Console(client) => self.consoles.choose(client),
            Action::Enter(client, line) => self.enter(client, line),
            Action::Interrupt(client) => self.interrupt(client),
            Action::Open(id) => self.replace(Scenario::find(&id)),
            Action::Load(script) => self.load(&script, None, None),
            Action::Follow(shared) => {
                let scenario = shared.scenario.as_deref().and_then(Scenario::find);
                self.load(&shared.script, scenario, Some((shared.at, shared.digest)));
            }
            Action::Restore(saved) => self.restore(&saved),
            Action::Stop if self.job.is_some() => self.job = None,
            Action::Stop => self.stop_import(),
            Action::Judge(profile) => self.judge(profile),
            Action::UseDisks(plan) => self.use_disks(&plan),
            Action::CloseImport => self.close_import(),
            Action::FilterEvents(filter) => self.filter_events(filter),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::SwitchBranch(to) if to < self.branches.len() => {
                self.branch = to;
                self.edition += 1;
                self.jump(self.at);
            }
            Action::SwitchBranch(_) | Action::Dismiss => {}
        }
        self.hear();
        self.note_script();
    }

    /// Something else is to be shown.
    pub(super) fn touch(&mut self) {
        self.version += 1;
    }

    /// Writes the run down as a script, when it stands still.
    pub(super) fn note_script(&mut self) {
        if !self.playing {
            let (script, lines) = self.line().script_with_places();
            self.script = script.into();
            self.lines = lines;
        }
    }

    /// Lets wall time pass. True while the run plays.
    pub fn advance(&mut self, wall_us: u64) -> bool {
        if !self.playing {
            return false;
        }
        let mut time_us = wall_us * self.speed.per_mille() / 1_000;
        let mut shown = self.at;
        for _ in 0..SHOWN_AT_ONCE {
            let line = &self.branches[self.branch];
            let Some(playback) = &mut self.playback else {
                return self.playing;
            };
            match playback.pass(time_us, line.timeline.recording()) {
                Pass::Waiting => break,
                Pass::Show { left_us } if self.grow_to(shown + 1) => {
                    shown += 1;
                    time_us = left_us;
                    if self.breaks_at(shown) {
                        self.playing = false;
                        break;
                    }
                }
                Pass::Show { .. } | Pass::Nothing => {
                    self.playing = false;
                    self.version += 1;
                    break;
                }
            }
        }
        if shown != self.at {
            self.version += 1;
            self.show(shown);
            self.hear();
        }
        self.playing
    }

    /// Shows a named moment, if there is one of that name.
    pub(super) fn seek_beat(&mut self, name: &str) {
        let beats = &self.line().timeline.recording().beats;
        if let Some(at) = beats.iter().find(|b| b.name == name).map(|b| b.at_step) {
            self.jump(at);
        }
    }

    // --- where we are ---

    pub(super) fn line(&self) -> &Line {
        &self.branches[self.branch]
    }

    pub(super) fn line_mut(&mut self) -> &mut Line {
        Arc::make_mut(&mut self.branches[self.branch])
    }

    /// Makes the frame of the moment after `steps` steps.
    fn show(&mut self, steps: u64) {
        let line = Arc::make_mut(&mut self.branches[self.branch]);
        line.timeline.seek(steps);
        let moment = line.timeline.here().expect("it was sought just now");
        let goes_on = self.at + 1 == moment.world.steps();
        self.at = moment.world.steps();
        match &moment.step {
            Some(step) if goes_on && !self.events.is_empty() => {
                self.events.push_back(event(step, &moment.world));
                if self.events.len() > EVENTS {
                    self.events.pop_front();
                }
            }
            _ => self.events.clear(),
        }
        if let Some(search) = &mut self.search {
            let step = moment.step.as_ref().filter(|_| goes_on);
            search.follow(self.at, step, self.edition, &moment.world);
        }
        let (at, chronicle) = (self.at, &line.chronicle);
        let monitor = line.timeline.monitor();
        let sight = Sight {
            world: &moment.world,
            step: moment.step.as_ref(),
            is_committed: &|zxid: Zxid| chronicle.is_committed(zxid, at),
            overruled: &|zxid: Zxid| monitor.overruled(zxid, at),
            committed: chronicle.committed(at),
            lamps: lamps(&moment.verdicts, chronicle.lamps_at(at), &moment.world),
        };
        self.frame = Arc::new(Frame::of(sight, &mut self.shelf));
        let verdicts = moment.verdicts.clone();
        self.breaches.look(&verdicts, &line.timeline);
        if self.events.is_empty() {
            let steps = line.timeline.steps(at.saturating_sub(EVENTS as u64)..at);
            let world = line.timeline.world();
            self.events = steps.iter().map(|step| event(step, world)).collect();
        }
    }

    /// Goes to a place and stays there.
    pub(super) fn jump(&mut self, steps: u64) {
        let steps = steps.min(self.line().timeline.len());
        self.playback = None;
        self.show(steps);
        if self.playing {
            self.play();
        }
    }

    /// Makes the run at least so long. False when nothing can happen any more.
    pub(super) fn grow_to(&mut self, steps: u64) -> bool {
        if steps > STEPS_MAX {
            self.say(
                NoticeKind::Limit,
                Text::new(
                    "A run has at most 1,000,000 steps.",
                    "一次运行最多 1,000,000 步。",
                ),
            );
            return false;
        }
        while self.line().timeline.len() < steps {
            if !self.line_mut().step() {
                return false;
            }
        }
        true
    }

    /// Did a lamp turn red with the last of so many steps?
    fn breaks_at(&self, steps: u64) -> bool {
        let lamps = self.line().timeline.monitor().lamps();
        let mut broken = lamps.iter().filter_map(|lamp| lamp.verdict.violation());
        broken.any(|violation| violation.at.0 + 1 == steps)
    }

    // --- wishes ---

    pub(super) fn play(&mut self) {
        if self.playback.is_none() {
            let line = Arc::make_mut(&mut self.branches[self.branch]);
            let moment = line.timeline.seek(self.at);
            self.playback = Some(Playback::start(&moment.world, &self.frame));
        }
        self.playing = true;
    }

    fn step(&mut self, by: i64) {
        self.playing = false;
        let to = self.at.saturating_add_signed(by);
        if to > self.line().timeline.len() + AT_ONCE {
            self.job = Some(Job::grow(to));
            return;
        }
        self.grow_to(to);
        self.jump(to);
    }

    fn step_notable(&mut self, direction: Direction) {
        self.playing = false;
        let chronicle = &self.line().chronicle;
        let found = match direction {
            Direction::Back => Some(chronicle.previous(self.at).unwrap_or(0)),
            Direction::Forward => chronicle.next(self.at),
        };
        match found {
            Some(to) => self.jump(to),
            None => self.job = Some(Job::find_notable(self.at, self.line().timeline.len())),
        }
    }

    pub(super) fn say(&mut self, kind: NoticeKind, text: Text) {
        self.notice = Some(Notice {
            kind,
            text,
            place: None,
        });
    }

    // --- views ---

    fn marks(&self) -> Vec<Mark> {
        let line = self.line();
        let beats = line.timeline.recording().beats.iter().map(|beat| Mark {
            step: beat.at_step,
            kind: MarkKind::Beat,
            name: self
                .beats
                .get(&beat.name)
                .cloned()
                .unwrap_or_else(|| Text::same(&*beat.name)),
        });
        let deaths = line.chronicle.deaths().iter().map(|(step, name)| Mark {
            step: *step,
            kind: MarkKind::Crash,
            name: name.clone(),
        });
        let lamps = line.timeline.monitor().lamps();
        let broken = lamps.iter().filter_map(|lamp| {
            Some(Mark {
                step: lamp.verdict.violation()?.at.0 + 1,
                kind: MarkKind::Broken,
                name: Text::same(lamp.name),
            })
        });
        let mut marks: Vec<Mark> = beats.chain(deaths).chain(broken).collect();
        marks.order_by_key(|mark| mark.step);
        marks
    }
}

fn branch(line: &Line) -> Branch {
    Branch {
        name: line.name.clone(),
        title: line.title.clone(),
        from: line.from,
        total: line.timeline.len(),
    }
}

impl Lab {
    /// Everything that an undo brings back.
    pub(super) fn scene(&self, name: Text) -> Scene {
        Scene {
            name,
            scenario: self.scenario,
            branches: self.branches.clone(),
            branch: self.branch,
            at: self.at,
        }
    }

    pub(super) fn set_scene(&mut self, scene: Scene) {
        self.set_scenario(scene.scenario);
        self.branches = scene.branches;
        self.branch = scene.branch;
        self.edition += 1;
        self.events.clear();
        self.jump(scene.at);
    }
}
