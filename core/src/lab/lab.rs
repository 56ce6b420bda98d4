//! The lab: branches, a place in one of them, and what is shown there.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::action::Action;
use super::bookmarks;
use super::branch::Line;
use super::breaches::{self, Breach};
use super::breakpoints::Breakpoints;
use super::console::Consoles;
use super::disks::Shelves;
use super::drill::Drill;
use super::event_filter::Search;
use super::events::event;
use super::explain::Dossier;
use super::import::Imports;
use super::lamps::lamps;
use super::past::{Past, Scene};
use super::playback::{Pass, Playback};
use super::scenarios::{Beat, SCENARIOS, Scenario};
use super::space_time::SpaceTimes;
use super::transport::{EventLine, Notice, NoticeKind, Transport};
use super::unit::Unit;
use super::work::{Job, ScriptRun, Slice};
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
    /// Its beats, as their author tells them.
    pub(super) beats: BTreeMap<String, Beat>,
    /// Every beat has a caption of its own.
    told: bool,
    pub(super) branches: Vec<Arc<Line>>,
    pub(super) branch: usize,
    /// Steps shown.
    pub(super) at: u64,
    pub(super) speed: super::Speed,
    pub(super) playback: Option<Playback>,
    pub(super) playing: bool,
    pub(super) shelf: Shelf,
    /// The newest column that is shown, when the reader looks at older ones.
    pub(super) until: Option<Zxid>,
    pub(super) frame: Arc<Frame>,
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
    /// A restore that is tried, or was.
    pub(super) drill: Option<Drill>,
    pub(super) past: Past,
    pub(super) consoles: Consoles,
    /// How far one step goes, when the reader chose it.
    pub(super) unit: Option<Unit>,
    pub(super) breakpoints: Breakpoints,
    pub(super) bookmarks: Vec<bookmarks::Mark>,
    /// The branches that are compared, by name.
    pub(super) compared: Option<[String; 2]>,
    pub(super) imports: Imports,
    pub(super) space_times: SpaceTimes,
    /// About what is looked at closely.
    pub(super) dossier: Dossier,
    pub(super) shelves: Shelves,
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
            told: false,
            branches: vec![Arc::new(main)],
            branch: 0,
            at: 0,
            speed: super::Speed::default(),
            playback: None,
            playing: false,
            shelf: Shelf::default(),
            until: None,
            frame: Arc::default(),
            events: VecDeque::new(),
            search: None,
            breaches: breaches::Cache::default(),
            script: script.into(),
            lines: Vec::new(),
            notice,
            job: None,
            drill: None,
            past: Past::default(),
            consoles: Consoles::default(),
            unit: None,
            breakpoints: Breakpoints::default(),
            bookmarks: Vec::new(),
            compared: None,
            imports: Imports::default(),
            space_times: SpaceTimes::default(),
            dossier: Dossier::default(),
            shelves: Shelves::default(),
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
        self.told = scenario.is_some_and(Scenario::tells_its_beats);
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

    /// Is the moment shown one that the transport stops at as notable?
    pub fn is_turning_point(&self) -> bool {
        self.line()
            .chronicle
            .traces
            .previous(Unit::Notable, self.at + 1)
            == Some(self.at)
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
            unit: self.unit(),
            concurrent: self.concurrent_with(),
            breakpoints: u32::try_from(self.breakpoints.set().len()).unwrap_or(u32::MAX),
            differs: self.differs_from(),
            compared: self.compared(),
            marks: self.marks(),
            covers: self.covers(),
            gap: self.cover_gap(),
            branches: self.branch_list(),
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

    /// Does what the user wants. What takes longer than a moment is only begun; see [`Lab::work`].
    pub fn dispatch(&mut self, action: Action) {
        self.version += 1;
        self.notice = None;
        let stays = matches!(
            action,
            Action::Dismiss | Action::SetSpeed(_) | Action::SetUnit(_) | Action::Break(..)
        );
        if !stays {
            // Who goes elsewhere waits no longer for what the head would bring.
            self.job.take_if(|job| matches!(job, Job::Grow { .. }));
        }
        self.consoles.note(&action);
        match action {
            Action::Play => self.play(),
            Action::Pause => self.playing = false,
            Action::Step(by) => self.step(by),
            Action::StepUnit(direction) => self.step_by(self.unit(), direction),
            Action::StepBy(unit, direction) => self.step_by(unit, direction),
            Action::StepHit(direction) => self.step_hit(direction),
            Action::StepBookmark(direction) => self.step_bookmark(direction),
            Action::Go(anchor) => self.go(&anchor),
            Action::Seek(step) => self.jump(step),
            Action::SeekBeat(name) => self.seek_beat(&name),
            Action::SeekTold(client, entry) => self.seek_told(client, entry),
            Action::SetSpeed(speed) => self.speed = speed,
            Action::SetUnit(unit) => self.unit = Some(unit),
            Action::Break(condition, on) => self.set_breakpoint(&condition, on),
            Action::Bookmark => self.toggle_bookmark(),
            Action::NameBookmark(id, name) => self.name_bookmark(id, &name),
            Action::RemoveBookmark(id) => self.remove_bookmark(id),
            Action::Perform(command) => self.perform(vec![command]),
            Action::WhatIf(change) => self.what_if(change),
            Action::Drill(plan) => self.begin_drill(plan),
            Action::KeepTrial(at) => self.keep_trial(at),
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
            Action::Columns(by) => self.turn_columns(by),
            Action::SwitchBranch(to) if to < self.branches.len() => {
                self.branch = to;
                self.edition += 1;
                self.jump(self.at);
            }
            Action::NameBranch(at, name) => self.name_branch(at, &name),
            Action::DeleteBranch(at) => self.delete_branch(at),
            Action::Compare(pair) => self.choose_compared(pair),
            Action::SwitchBranch(_) | Action::Dismiss => {}
        }
        self.hits();
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
                    let hit = self.hit_at(shown);
                    if hit.is_some() || self.breaks_at(shown) {
                        self.playing = false;
                        self.version += 1;
                        self.say_hit(hit);
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
    pub(super) fn show(&mut self, steps: u64) {
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
            behind: &|zxid: Zxid| chronicle.committed_between(zxid, Zxid(i64::MAX), at),
            recall: chronicle.recall(at),
            until: self.until,
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
        self.line().broken().any(|broken| broken == steps)
    }

    /// How far one step goes: as the reader chose, else as suits the run.
    fn unit(&self) -> Unit {
        let usual = if self.told { Unit::Beat } else { Unit::Message };
        self.unit.unwrap_or(usual)
    }

    fn say_hit(&mut self, hit: Option<Text>) {
        if let Some(hit) = hit {
            let text = Text::new(
                format!("Breakpoint: {}.", hit.en),
                format!("断点：{}。", hit.zh),
            );
            self.say(NoticeKind::Done, text);
        }
    }

    // --- wishes ---

    pub(super) fn play(&mut self) {
        if self.playback.is_none() {
            self.plan(None);
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

    pub(super) fn say(&mut self, kind: NoticeKind, text: Text) {
        self.notice = Some(Notice {
            kind,
            text,
            place: None,
        });
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
            bookmarks: None,
        }
    }

    pub(super) fn set_scene(&mut self, scene: Scene) {
        self.set_scenario(scene.scenario);
        self.branches = scene.branches;
        self.branch = scene.branch;
        if let Some(bookmarks) = scene.bookmarks {
            self.bookmarks = bookmarks;
        }
        self.edition += 1;
        self.breakpoints.forget();
        self.events.clear();
        self.jump(scene.at);
    }
}
