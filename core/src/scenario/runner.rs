//! A script that runs: line by line, in slices.
//!
//! A runner holds a [`Timeline`] and a place in a program. [`Runner::advance`] goes on for at most so
//! many steps and comes back, so that a page stays alive while a long script runs. What happens on
//! the way is told to a [`Witness`]: the transcript of `zablab run`, a page, or nobody.
//!
//! ```text
//!   line ──► a command: performed now             ──► next line
//!        ──► time (run, step, until, at): a wait  ──► steps until it is over ──► next line
//!        ──► a claim: judged now, the result kept ──► next line
//! ```
//! Expectations behind which nothing happens any more are judged on the run as it ends: what is only
//! checked at the end is checked before them.
//!
//! A claim that fails does not stop the run; a command that the world refuses does, since what
//! follows would be about another run than the one that was meant.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ast::{Action, Claim, Fact, Line, Program};
use super::book::Book;
use super::claim::Scene;
use super::error::{Position, Problem, ScriptError};
use super::parser::STEPS_MAX;
use super::print;
use crate::base::{Duration, Instant};
use crate::check::Property;
use crate::check::liveness::calm;
use crate::check::verdict::LAMPS;
use crate::history::{Keep, Timeline};
use crate::protocol::{Profile, Switches};
use crate::storage::Image;
use crate::world::config::Config;
use crate::world::step::Step;
use crate::world::{Command, World};

/// How to run a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What to keep of the run.
    pub keep: Keep,
    /// Another release than the script's; what the script turns off stays off.
    pub profile: Option<Profile>,
    /// Most steps of the run.
    pub steps_max: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            keep: Keep::NoHistory,
            profile: None,
            steps_max: STEPS_MAX,
        }
    }
}

/// The result of one `expect` or `until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Where it stands.
    pub at: Position,
    /// The claim as script text.
    pub text: String,
    /// True when it holds.
    pub ok: bool,
    /// What is so instead.
    pub saw: Option<String>,
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    More,
    /// The script is at its end.
    Finished,
    /// A line cannot be carried out; the run stays where it is.
    Failed(ScriptError),
}

/// Who is told what happens, in order.
pub trait Witness {
    /// A line begins.
    fn line(&mut self, _at: Instant, _line: &Line) {}
    /// A step happened; `world` is the world after it.
    fn step(&mut self, _step: &Step, _timeline: &Timeline) {}
    /// A claim was judged.
    fn check(&mut self, _at: Instant, _check: &Check) {}
}

/// Nobody.
impl Witness for () {}

/// A running script.
#[derive(Clone, Debug)]
pub struct Runner {
    program: Arc<Program>,
    options: Options,
    timeline: Timeline,
    book: Book,
    next: usize,
    wait: Option<Wait>,
    here: (Instant, u64),
    checks: Vec<Check>,
    calm_since: Option<Instant>,
    /// Length of the run when its end was judged.
    ended_at: Option<u64>,
    end: Option<Progress>,
    images: Images,
}

/// Data directories by the names that scripts call them.
pub type Images = BTreeMap<String, Arc<Image>>;

/// The beat from which on the ensemble is left in peace.
pub const CALM: &str = "calm";

/// Line of the first action in printed scripts; `zablab 1` is the one before.
const FIRST_LINE: u32 = 2;

/// A line that takes time.
#[derive(Clone, Copy, Debug)]
enum Wait {
    /// Until an instant, with all its events.
    To(Instant),
    /// Until so many events of an instant.
    Events(Instant, u64),
    /// So many events.
    Steps(u64),
    /// Until the claim of the line holds.
    Claim(Instant),
}

impl Runner {
    /// A script at its first line.
    pub fn new(program: Arc<Program>, options: Options) -> Self {
        let mut config = program.config();
        if let Some(profile) = options.profile {
            config = Arc::new(under_profile(&config, profile));
        }
        Self {
            program,
            options,
            timeline: Timeline::new(config, options.keep),
            book: Book::default(),
            next: 0,
            wait: None,
            here: (Instant::ZERO, 0),
            checks: Vec::new(),
            calm_since: None,
            ended_at: None,
            end: None,
            images: Images::new(),
        }
    }

    /// With the data directories that the script may load, by their names.
    #[must_use]
    pub fn with_images(mut self, images: Images) -> Self {
        self.images = images;
        self
    }

    fn image(&self, name: &str, sha256: Option<&str>) -> Result<Arc<Image>, Problem> {
        let image = self.images.get(name);
        let image = image.ok_or_else(|| Problem::NoImage(name.to_owned()))?;
        if sha256.is_some_and(|digest| digest != image.sha256) {
            return Err(Problem::OtherImage(name.to_owned()));
        }
        Ok(Arc::clone(image))
    }

    /// Goes on for at most `budget` steps.
    pub fn advance(&mut self, budget: u64) -> Progress {
        self.advance_with(budget, &mut ())
    }

    /// Goes on for at most `budget` steps and tells `witness`.
    pub fn advance_with(&mut self, budget: u64, witness: &mut impl Witness) -> Progress {
        let last = self.timeline.len().saturating_add(budget);
        while self.end.is_none() {
            if self.timeline.len() >= last {
                return Progress::More;
            }
            let went = match self.wait {
                Some(wait) => self.go_on(wait, witness),
                None => self.begin_line(witness),
            };
            if let Err(error) = went {
                self.end = Some(Progress::Failed(error));
            }
        }
        self.end.clone().unwrap_or(Progress::Finished)
    }

    /// Runs to the end.
    pub fn finish_with(&mut self, witness: &mut impl Witness) -> Progress {
        self.advance_with(u64::MAX, witness)
    }

    /// Adds a line at the end and runs it: how a generator plays, and how a page turns a click into
    /// a line of script. The run must be at its end, and stays open.
    pub fn play(&mut self, action: Action, witness: &mut impl Witness) -> Result<(), ScriptError> {
        let line = self.program.lines.len() as u32 + FIRST_LINE;
        let at = Position { line, column: 1 };
        Arc::make_mut(&mut self.program)
            .lines
            .push(Line { at, action });
        while self.next < self.program.lines.len() {
            match self.wait {
                Some(wait) => self.go_on(wait, witness)?,
                None => self.begin_line(witness)?,
            }
        }
        Ok(())
    }

    /// Closes the run: what is only checked at the end is checked now.
    pub fn close(&mut self) {
        if self.end.is_none() {
            self.judge_liveness();
            self.judge_the_end();
            self.end = Some(Progress::Finished);
        }
    }

    /// True when nothing happens any more: only expectations follow.
    fn is_at_the_end(&self) -> bool {
        let mut rest = self.program.lines[self.next..].iter();
        rest.all(|line| matches!(line.action, Action::Expect(_)))
    }

    /// Checks what is only checked at the end of a run, once.
    fn judge_the_end(&mut self) {
        let steps = self.timeline.len();
        if self.ended_at != Some(steps) {
            self.ended_at = Some(steps);
            let (monitor, world) = self.timeline.monitor_mut();
            monitor.finish(world);
        }
    }

    /// The run so far.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The run, to be taken over: the script ends here.
    pub fn into_timeline(self) -> Timeline {
        self.timeline
    }

    /// The world now.
    pub fn world(&self) -> &World {
        self.timeline.world()
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The line that comes next, or that waits.
    pub fn line(&self) -> Option<&Line> {
        self.program.lines.get(self.next)
    }

    /// The results so far.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// True when every claim so far held.
    pub fn all_held(&self) -> bool {
        self.checks.iter().all(|c| c.ok)
    }

    /// Properties that are broken although no line says that they must be: neither its name, nor its
    /// lamp, nor, for S9, that a write is lost.
    pub fn unforeseen(&self) -> Vec<Property> {
        let verdicts = self.timeline.monitor().verdicts();
        let broken = verdicts.violations().map(|v| v.property);
        broken.filter(|p| !self.is_foreseen(*p)).collect()
    }

    fn is_foreseen(&self, property: Property) -> bool {
        self.program.actions().any(|action| match action {
            Action::Expect(claim) | Action::Until { claim, .. } => says_broken(claim, property),
            _ => false,
        })
    }

    /// True when every claim held and nothing else is broken.
    pub fn passed(&self) -> bool {
        self.all_held() && self.unforeseen().is_empty()
    }

    fn begin_line(&mut self, witness: &mut impl Witness) -> Result<(), ScriptError> {
        let program = Arc::clone(&self.program);
        let Some(line) = program.lines.get(self.next) else {
            self.close();
            return Ok(());
        };
        let now = self.timeline.now();
        witness.line(now, line);
        let fail = |problem| Err(ScriptError::new(line.at, problem));
        match &line.action {
            Action::Ensemble(_) => {}
            Action::Note(text) => self.timeline.note(text),
            Action::Beat(name) => self.beat(name),
            Action::Perform(command) => {
                self.make_room(line.at)?;
                match self.timeline.perform(Command::clone(command)) {
                    Ok(step) => self.book.note(step),
                    Err(refusal) => return fail(Problem::Refused(refusal)),
                }
                self.tell(witness);
            }
            Action::Run(d) => self.wait = Some(Wait::To(now + *d)),
            Action::Step(n) => self.wait = Some(Wait::Steps(*n)),
            Action::At { instant, .. } if *instant < now => {
                return fail(Problem::Misplaced("this instant has passed already"));
            }
            Action::At {
                instant,
                after: None,
            } => self.wait = Some(Wait::To(*instant)),
            Action::At {
                instant,
                after: Some(n),
            } => self.wait = Some(Wait::Events(*instant, *n)),
            Action::Until { within, .. } => self.wait = Some(Wait::Claim(now + *within)),
            Action::Expect(claim) => {
                if asks_for_liveness(claim) {
                    self.judge_liveness();
                }
                if self.is_at_the_end() {
                    self.judge_the_end();
                }
                let ok = self.scene().holds(claim);
                self.judged(line.at, claim, ok, None, witness);
            }
            Action::Load {
                dir,
                server,
                sha256,
            } => {
                self.make_room(line.at)?;
                let image = self.image(dir, sha256.as_deref());
                let image = image.map_err(|problem| ScriptError::new(line.at, problem))?;
                let command = Command::Load {
                    server: *server,
                    image,
                };
                match self.timeline.perform(command) {
                    Ok(step) => self.book.note(step),
                    Err(refusal) => return fail(Problem::Refused(refusal)),
                }
                self.tell(witness);
            }
        }
        if self.wait.is_none() {
            self.next += 1;
        }
        Ok(())
    }

    /// A named moment. From the one named `calm` on the ensemble is left in peace, so liveness can be
    /// asked for.
    fn beat(&mut self, name: &str) {
        self.timeline.beat(name);
        if name == CALM {
            let (monitor, world) = self.timeline.monitor_mut();
            monitor.begin_calm(world);
            self.calm_since = Some(world.now());
        }
    }

    /// Judges the calm time, if it was long enough.
    fn judge_liveness(&mut self) {
        let long_enough = |since: Instant| {
            let (now, config) = (self.timeline.now(), self.timeline.world().config());
            now >= since + calm(config)
        };
        if self.calm_since.is_some_and(long_enough) {
            let (monitor, world) = self.timeline.monitor_mut();
            monitor.judge_liveness(world);
        }
    }

    /// One step of a line that takes time, or its end.
    fn go_on(&mut self, wait: Wait, witness: &mut impl Witness) -> Result<(), ScriptError> {
        let program = Arc::clone(&self.program);
        let line = &program.lines[self.next];
        match wait {
            Wait::To(instant) => {
                if !self.step_before(instant, true, line.at, witness)? {
                    self.timeline.advance_to(instant);
                    self.line_done();
                }
            }
            Wait::Events(instant, wanted) => self.go_to_event(instant, wanted, line.at, witness)?,
            Wait::Steps(left) => {
                self.step_before(Instant(u64::MAX), true, line.at, witness)?;
                match left {
                    0 | 1 => self.line_done(),
                    _ => self.wait = Some(Wait::Steps(left - 1)),
                }
            }
            Wait::Claim(deadline) => {
                let Action::Until { claim, within } = &line.action else {
                    unreachable!("only until waits for a claim")
                };
                if self.scene().holds(claim) {
                    self.judged(line.at, claim, true, Some(*within), witness);
                    self.line_done();
                } else if !self.step_before(deadline, true, line.at, witness)? {
                    self.timeline.advance_to(deadline);
                    let ok = self.scene().holds(claim);
                    self.judged(line.at, claim, ok, Some(*within), witness);
                    self.line_done();
                }
            }
        }
        Ok(())
    }

    /// `at 1.256s+2`: everything before the instant, then two of its events.
    fn go_to_event(
        &mut self,
        instant: Instant,
        wanted: u64,
        at: Position,
        witness: &mut impl Witness,
    ) -> Result<(), ScriptError> {
        if self.step_before(instant, false, at, witness)? {
            return Ok(());
        }
        self.timeline.advance_to(instant);
        let done = if self.here.0 == instant {
            self.here.1
        } else {
            0
        };
        if done == wanted {
            self.line_done();
            return Ok(());
        }
        let more = done < wanted && self.step_before(instant, true, at, witness)?;
        let problem = Problem::Misplaced("there is no such event at this instant");
        if more {
            Ok(())
        } else {
            Err(ScriptError::new(at, problem))
        }
    }

    /// Lets the next event happen if it is due before (or also at) an instant.
    fn step_before(
        &mut self,
        instant: Instant,
        inclusive: bool,
        at: Position,
        witness: &mut impl Witness,
    ) -> Result<bool, ScriptError> {
        let Some(limit) = instant.0.checked_sub(u64::from(!inclusive)) else {
            return Ok(false);
        };
        if self.timeline.next_at().is_none_or(|next| next.0 > limit) {
            return Ok(false);
        }
        self.make_room(at)?;
        let Some(step) = self.timeline.step_until(Instant(limit)) else {
            return Ok(false);
        };
        self.book.note(step);
        let count = if self.here.0 == step.at {
            self.here.1
        } else {
            0
        };
        self.here = (step.at, count + 1);
        self.tell(witness);
        Ok(true)
    }

    fn make_room(&self, at: Position) -> Result<(), ScriptError> {
        let max = self.options.steps_max;
        if self.timeline.len() < max {
            return Ok(());
        }
        let what = "steps in a run";
        Err(ScriptError::new(at, Problem::Limit { what, max }))
    }

    fn line_done(&mut self) {
        self.wait = None;
        self.next += 1;
    }

    fn tell(&self, witness: &mut impl Witness) {
        if let Some(step) = self.timeline.last() {
            witness.step(step, &self.timeline);
        }
    }

    fn scene(&self) -> Scene<'_> {
        Scene {
            world: self.timeline.world(),
            monitor: self.timeline.monitor(),
            book: &self.book,
        }
    }

    fn judged(
        &mut self,
        at: Position,
        claim: &Claim,
        ok: bool,
        within: Option<Duration>,
        witness: &mut impl Witness,
    ) {
        let saw = (!ok).then(|| self.scene().saw(claim));
        let text = match within {
            Some(within) => format!("until {} within={within}", print::claim(claim)),
            None => format!("expect {}", print::claim(claim)),
        };
        let check = Check { at, text, ok, saw };
        witness.check(self.timeline.now(), &check);
        self.checks.push(check);
    }
}

/// True when a claim says that a property is broken.
fn says_broken(claim: &Claim, property: Property) -> bool {
    match &claim.fact {
        Fact::Lamp { name, green } => {
            *green == claim.not && LAMPS.iter().any(|l| l.0 == name && l.1 == property)
        }
        Fact::Property { name, holds } => *holds == claim.not && name == property.name(),
        Fact::Lost(target) => target.is_some() != claim.not && property == Property::S9,
        _ => false,
    }
}

fn asks_for_liveness(claim: &Claim) -> bool {
    matches!(&claim.fact, Fact::Property { name, .. } if name.starts_with('L'))
}

/// The same run under another release; what was turned off by name stays off.
fn under_profile(config: &Config, profile: Profile) -> Config {
    let own = config.profile.switches();
    let named = config.switches.off().filter(|s| own.on(*s));
    let switches = named.fold(profile.switches(), |s: Switches, w| s.with(w, false));
    Config {
        profile,
        switches,
        ..config.clone()
    }
}
