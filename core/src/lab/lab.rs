//! The lab: branches, a place in one of them, and what is shown there.

use std::collections::VecDeque;
use std::sync::Arc;

use super::action::{Action, Direction};
use super::branch::Line;
use super::chronicle::Chronicle;
use super::events::event;
use super::lamps::lamps;
use super::notices::{refused, script_notice};
use super::playback::{Pass, Playback};
use super::scenarios::{SCENARIOS, Scenario};
use super::transport::{Branch, EventLine, Mark, MarkKind, Notice, NoticeKind, Transport};
use crate::base::{Duration, ServerId};
use crate::history::Keep;
use crate::model::acl::Acl;
use crate::model::request::CreateMode;
use crate::model::{Request, Zxid};
use crate::scenario::{Options, Progress, Runner, ScriptError, parse};
use crate::view::{Frame, Shelf, Sight, Text, caption};
use crate::world::{ClientState, Command, Endpoint, Step, World};

/// Steps of a run, see the product contract.
const STEPS_MAX: u64 = 1_000_000;
/// Branches that are kept.
const BRANCHES_MAX: usize = 32;
/// Lines of the list of events.
const EVENTS: usize = 40;
/// Steps that are shown for one call of `advance`, so that a slow page stays alive.
const SHOWN_AT_ONCE: usize = 64;

/// A run in the hands of a user.
#[derive(Clone, Debug)]
pub struct Lab {
    scenario: Option<&'static Scenario>,
    branches: Vec<Line>,
    branch: usize,
    /// Steps shown.
    at: u64,
    speed: super::Speed,
    playback: Option<Playback>,
    playing: bool,
    shelf: Shelf,
    frame: Arc<Frame>,
    /// The last steps, oldest first.
    events: VecDeque<EventLine>,
    /// The run as a script, as of the last action.
    script: Arc<str>,
    notice: Option<Notice>,
    version: u64,
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
        lab.settle_in(scenario);
        lab
    }

    /// A script, run to its end and shown from its start.
    pub fn new(script: &str) -> Result<Self, ScriptError> {
        let (main, notice) = run(script)?;
        let mut lab = Self {
            scenario: None,
            branches: vec![main],
            branch: 0,
            at: 0,
            speed: super::Speed::default(),
            playback: None,
            playing: false,
            shelf: Shelf::default(),
            frame: Arc::default(),
            events: VecDeque::new(),
            script: script.into(),
            notice,
            version: 0,
        };
        lab.show(0);
        Ok(lab)
    }

    fn settle_in(&mut self, scenario: &'static Scenario) {
        self.scenario = Some(scenario);
        if let Some(start) = scenario.start() {
            self.seek_beat(start.trim_start_matches("beat:"));
        }
    }

    /// The id of the scenario that is shown; none for a script of one's own.
    pub fn scenario(&self) -> Option<String> {
        self.scenario.map(|s| s.id.to_owned())
    }

    /// Changes whenever something else is to be shown.
    pub fn version(&self) -> u64 {
        self.version
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

    /// The state of the controls.
    pub fn transport(&self) -> Transport {
        Transport {
            step: self.at,
            total: self.line().timeline.len(),
            now_us: self.frame.now_us,
            playing: self.playing,
            speed: self.speed,
            marks: self.marks(),
            branches: self.branches.iter().map(branch).collect(),
            branch: self.branch,
        }
    }

    /// The last steps up to the one that is shown, oldest first.
    pub fn events(&self) -> Vec<EventLine> {
        self.events.iter().cloned().collect()
    }

    /// How far a message is on its way, in thousandths.
    pub fn progress(&self, message: u64) -> Option<u32> {
        match &self.playback {
            Some(playback) => playback.progress(message),
            None => {
                let found = self.frame.messages.iter().find(|m| m.id == message)?;
                Some(found.progress(self.frame.now_us))
            }
        }
    }

    /// Does what the user wants.
    pub fn dispatch(&mut self, action: Action) {
        self.version += 1;
        self.notice = None;
        match action {
            Action::Play => self.play(),
            Action::Pause => self.playing = false,
            Action::Step(by) => self.step(by),
            Action::StepNotable(direction) => self.step_notable(direction),
            Action::Seek(step) => self.jump(step),
            Action::SetSpeed(speed) => self.speed = speed,
            Action::Perform(command) => self.perform(vec![command]),
            Action::Write(server) => self.write(server),
            Action::Isolate(server) => self.isolate(server),
            Action::Open(id) => self.replace(Scenario::find(&id)),
            Action::Load(script) => self.load(&script),
            Action::SwitchBranch(to) if to < self.branches.len() => {
                self.branch = to;
                self.jump(self.at);
            }
            Action::SwitchBranch(_) | Action::Dismiss => {}
        }
        if !self.playing {
            self.script = self.line().script().into();
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
        }
        self.playing
    }

    /// Shows a named moment, if there is one of that name.
    pub fn seek_beat(&mut self, name: &str) {
        let beats = &self.line().timeline.recording().beats;
        if let Some(at) = beats.iter().find(|b| b.name == name).map(|b| b.at_step) {
            self.jump(at);
        }
    }

    // --- where we are ---

    fn line(&self) -> &Line {
        &self.branches[self.branch]
    }

    fn line_mut(&mut self) -> &mut Line {
        &mut self.branches[self.branch]
    }

    /// Makes the frame of the moment after `steps` steps.
    fn show(&mut self, steps: u64) {
        let line = &mut self.branches[self.branch];
        let moment = line.timeline.seek(steps);
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
        let (at, chronicle) = (self.at, &line.chronicle);
        let sight = Sight {
            world: &moment.world,
            step: moment.step.as_ref(),
            is_committed: &|zxid: Zxid| chronicle.is_committed(zxid, at),
            committed: chronicle.committed(at),
            lamps: lamps(&moment.verdicts),
        };
        self.frame = Arc::new(Frame::of(sight, &mut self.shelf));
        if self.events.is_empty() {
            let steps = line.timeline.steps(at.saturating_sub(EVENTS as u64)..at);
            let world = line.timeline.world();
            self.events = steps.iter().map(|step| event(step, world)).collect();
        }
    }

    /// Goes to a place and stays there.
    fn jump(&mut self, steps: u64) {
        let steps = steps.min(self.line().timeline.len());
        self.playback = None;
        self.show(steps);
        if self.playing {
            self.play();
        }
    }

    /// Makes the run at least so long. False when nothing can happen any more.
    fn grow_to(&mut self, steps: u64) -> bool {
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
        let verdicts = self.line().timeline.monitor().verdicts();
        verdicts.violations().any(|v| v.at.0 + 1 == steps)
    }

    // --- wishes ---

    fn play(&mut self) {
        let line = &mut self.branches[self.branch];
        let moment = line.timeline.seek(self.at);
        if self.playback.is_none() {
            self.playback = Some(Playback::start(&moment.world, &self.frame));
        }
        self.playing = true;
    }

    fn step(&mut self, by: i64) {
        self.playing = false;
        let to = self.at.saturating_add_signed(by);
        self.grow_to(to);
        self.jump(to);
    }

    fn step_notable(&mut self, direction: Direction) {
        self.playing = false;
        let chronicle = &self.line().chronicle;
        let to = match direction {
            Direction::Back => chronicle.previous(self.at).unwrap_or(0),
            Direction::Forward => match chronicle.next(self.at) {
                Some(to) => to,
                None => self.find_notable(),
            },
        };
        self.jump(to);
    }

    /// Lets the head run on until something notable happens, within reason.
    fn find_notable(&mut self) -> u64 {
        for _ in 0..10_000 {
            let next = self.line().timeline.len() + 1;
            if !self.grow_to(next) {
                break;
            }
            if let Some(found) = self.line().chronicle.next(self.at) {
                return found;
            }
        }
        self.line().timeline.len()
    }

    /// Carries commands out at the moment that is shown. In the past that starts a branch.
    fn perform(&mut self, commands: Vec<Command>) {
        let at_head = self.at == self.line().timeline.len();
        let mut line = if at_head {
            self.line().clone()
        } else {
            self.line()
                .fork(self.at, format!("b{}", self.branches.len() + 1))
        };
        for command in commands {
            match line.perform(command) {
                Ok(step) if line.title.is_empty() && !at_head => line.title = title(&step, &line),
                Ok(_) => {}
                Err(refusal) => {
                    self.say(NoticeKind::Refused, refused(&refusal));
                    return;
                }
            }
        }
        let shown = line.timeline.len();
        if at_head {
            self.branches[self.branch] = line;
        } else if self.branches.len() == BRANCHES_MAX {
            self.say(
                NoticeKind::Limit,
                Text::new(
                    format!("At most {BRANCHES_MAX} branches are kept."),
                    format!("最多保留 {BRANCHES_MAX} 个分支。"),
                ),
            );
            return;
        } else {
            let (name, old) = (line.name.clone(), self.line().name.clone());
            let from = line.from;
            self.branches.push(line);
            self.branch = self.branches.len() - 1;
            self.say(
                NoticeKind::Done,
                Text::new(
                    format!("New branch {name} from step {from}. {old} is kept."),
                    format!("从第 {from} 步新建分支 {name}，{old} 已保留。"),
                ),
            );
        }
        self.jump(shown);
    }

    /// A client connected to `server` creates a node; a client is made when there is none.
    fn write(&mut self, server: ServerId) {
        let world = &self.branches[self.branch].timeline.seek(self.at).world;
        let ready = |c: &&crate::world::Client| {
            c.server == Some(server) && c.state == ClientState::Connected
        };
        let mut commands = Vec::new();
        let name = match world.clients().iter().find(ready) {
            Some(client) => client.name.clone(),
            None => {
                let name = free_name(world);
                commands.push(Command::Client {
                    name: name.clone(),
                    server,
                    timeout: Duration::from_s(10),
                });
                name
            }
        };
        commands.push(Command::Invoke {
            client: name,
            request: Arc::new(Request::Create {
                path: "/w".to_owned(),
                data: None,
                acl: Acl::open(),
                mode: CreateMode::PersistentSequential,
            }),
        });
        self.perform(commands);
    }

    fn isolate(&mut self, server: ServerId) {
        let me = Endpoint::Server(server);
        let world = &self.branches[self.branch].timeline.seek(self.at).world;
        let servers = world.hosts().iter().map(|h| Endpoint::Server(h.id));
        let clients = world
            .clients()
            .iter()
            .map(|c| Endpoint::Client(c.name.clone()));
        let others: Vec<Endpoint> = servers.chain(clients).filter(|end| *end != me).collect();
        self.perform(vec![Command::Partition(vec![others, vec![me]])]);
    }

    fn replace(&mut self, scenario: Option<&'static Scenario>) {
        if let Some(scenario) = scenario {
            self.load(scenario.script);
            self.settle_in(scenario);
        }
    }

    /// Runs a script in place of what is shown. A bad one changes nothing.
    fn load(&mut self, script: &str) {
        match Self::new(script) {
            Ok(new) => {
                let (version, speed) = (self.version + 1, self.speed);
                *self = new;
                self.version = version;
                self.speed = speed;
                let len = self.line().timeline.len();
                self.jump(len);
            }
            Err(error) => self.notice = Some(script_notice(&error)),
        }
    }

    fn say(&mut self, kind: NoticeKind, text: Text) {
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
                .scenario
                .and_then(|s| s.beat(&beat.name))
                .unwrap_or_else(|| Text::same(&*beat.name)),
        });
        let deaths = line.chronicle.deaths().iter().map(|(step, name)| Mark {
            step: *step,
            kind: MarkKind::Crash,
            name: name.clone(),
        });
        let broken = line
            .timeline
            .monitor()
            .verdicts()
            .violations()
            .map(|v| Mark {
                step: v.at.0 + 1,
                kind: MarkKind::Broken,
                name: Text::same(v.property.name()),
            });
        let mut marks: Vec<Mark> = beats.chain(deaths).chain(broken).collect();
        marks.sort_by_key(|mark| mark.step);
        marks
    }
}

/// Runs a script to its end.
fn run(script: &str) -> Result<(Line, Option<Notice>), ScriptError> {
    let program = Arc::new(parse(script)?);
    let options = Options {
        keep: Keep::Everything,
        ..Options::default()
    };
    let mut runner = Runner::new(program, options);
    let mut chronicle = Chronicle::default();
    if let Progress::Failed(error) = runner.finish_with(&mut chronicle) {
        return Err(error);
    }
    let failed = runner
        .checks()
        .iter()
        .find(|check| !check.ok)
        .map(|check| Notice {
            kind: NoticeKind::Script,
            text: Text::new(
                format!("this does not hold: {}", check.text),
                format!("这一条不成立：{}", check.text),
            ),
            place: Some((check.at.line, check.at.column)),
        });
    let line = Line {
        name: "main".to_owned(),
        title: Text::default(),
        from: 0,
        timeline: runner.into_timeline(),
        chronicle,
        source: Some(script.into()),
    };
    Ok((line, failed))
}

fn branch(line: &Line) -> Branch {
    Branch {
        name: line.name.clone(),
        title: line.title.clone(),
        from: line.from,
        total: line.timeline.len(),
    }
}

fn title(step: &Step, line: &Line) -> Text {
    let said = caption::captions(step, line.timeline.world());
    said.first()
        .map(caption::Caption::short)
        .unwrap_or_default()
}

/// A client name that no client and no verb has: a, b, c, then w1, w2.
fn free_name(world: &World) -> String {
    let letters = ('a'..='z').map(String::from);
    let numbers = (1..).map(|n| format!("w{n}"));
    letters
        .chain(numbers)
        .find(|name| world.client_named(name).is_none())
        .expect("there are more names than clients")
}
