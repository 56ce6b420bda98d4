//! What takes longer than a moment, in slices.
//!
//! ```text
//!   dispatch(Load, Restore, StepBy, Step far) ──► Job ──► work(steps) … work(steps) ──► done
//! ```
//! While a job is under way the run that is shown stays as it is and can be used; a script that turns
//! out to be wrong changes nothing. The caller chooses the slice: some hundred steps, again and again,
//! for as long as its frame has time.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Serialize;

use super::Lab;
use super::branch::Line;
use super::chronicle::Chronicle;
use super::console::Consoles;
use super::memory::{Saved, SavedLine};
use super::notices::script_notice;
use super::scenarios::Scenario;
use super::transport::{Notice, NoticeKind};
use super::unit::Unit;
use super::what_if::Replay;
use crate::history::Keep;
use crate::scenario::{Images, Options, Problem, Progress, Runner, ScriptError, parse};
use crate::view::Text;

/// Steps that a search for a stop may take.
pub(super) const SEARCH_MAX: u64 = 10_000;

/// A job under way, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Work {
    /// What is done.
    pub kind: WorkKind,
    /// Line of the script that runs, from 1; 0 without a script. KiB of files that were looked at.
    pub line: u32,
    /// Lines of the script; KiB of all files.
    pub lines: u32,
    /// Steps so far.
    pub steps: u64,
    /// Simulated time so far, in microseconds.
    pub now_us: u64,
}

/// Kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum WorkKind {
    /// A script runs.
    Script,
    /// What was kept from last time runs again.
    Restore,
    /// The run goes on until something happens.
    Search,
    /// A branch is made: `line` of `lines` later commands are done again.
    Branch,
    /// Files are read.
    Read,
    /// Disks that were brought in are judged.
    Recover,
}

/// A job.
#[derive(Clone, Debug)]
pub(super) enum Job {
    /// A script that will replace the run.
    Load {
        run: Box<ScriptRun>,
        scenario: Option<&'static Scenario>,
        /// A link names the step to show, and its digest.
        link: Option<(u64, u32)>,
    },
    /// Branches that were kept.
    Restore {
        run: Box<ScriptRun>,
        now: Box<SavedLine>,
        left: VecDeque<SavedLine>,
        done: Vec<Arc<Line>>,
        saved: Saved,
    },
    /// A branch in which one thing goes otherwise.
    WhatIf(Box<Replay>),
    /// The head goes on to a number of steps, or to what is searched before that.
    Grow { to: u64, search: Option<Search> },
}

/// What the head goes on for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// A stop of a unit behind a place, or what a breakpoint names.
    Stop { unit: Unit, since: u64 },
    /// What a breakpoint names.
    Hit { since: u64 },
}

impl Job {
    pub(super) const fn grow(to: u64) -> Self {
        Self::Grow { to, search: None }
    }

    pub(super) const fn search(search: Search, len: u64) -> Self {
        Self::Grow {
            to: len + SEARCH_MAX,
            search: Some(search),
        }
    }
}

/// A script that runs in slices.
#[derive(Clone, Debug)]
pub(super) struct ScriptRun {
    runner: Runner,
    chronicle: Chronicle,
    script: Arc<str>,
}

/// What came of a slice.
pub(super) enum Slice {
    /// There is more to do.
    More(ScriptRun),
    /// The script is at its end; a claim that does not hold is told.
    Done(Line, Option<Notice>),
    /// A line cannot be carried out.
    Failed(ScriptError),
}

impl ScriptRun {
    /// A script at its first line, with the disks that it may load.
    pub(super) fn start(script: &str, images: Images) -> Result<Self, ScriptError> {
        let program = Arc::new(parse(script)?);
        let options = Options {
            keep: Keep::Everything,
            ..Options::default()
        };
        Ok(Self {
            runner: Runner::new(program, options).with_images(images),
            chronicle: Chronicle::default(),
            script: script.into(),
        })
    }

    /// Goes on for at most `steps` steps.
    pub(super) fn advance(mut self, steps: u64) -> Slice {
        match self.runner.advance_with(steps, &mut self.chronicle) {
            Progress::More => Slice::More(self),
            Progress::Failed(error) => Slice::Failed(error),
            Progress::Finished => {
                let notice = self.failed_claim();
                let timeline = self.runner.into_timeline();
                self.chronicle.close(&timeline);
                let line = Line {
                    name: "main".to_owned(),
                    title: Text::default(),
                    from: 0,
                    parent: None,
                    timeline,
                    chronicle: self.chronicle,
                    source: Some(self.script),
                };
                Slice::Done(line, notice)
            }
        }
    }

    fn failed_claim(&self) -> Option<Notice> {
        let check = self.runner.checks().iter().find(|check| !check.ok)?;
        Some(Notice {
            kind: NoticeKind::Script,
            text: Text::new(
                format!("this does not hold: {}", check.text),
                format!("这一条不成立：{}", check.text),
            ),
            place: Some((check.at.line, check.at.column)),
        })
    }

    fn work(&self, kind: WorkKind) -> Work {
        let lines = u32::try_from(self.script.lines().count()).unwrap_or(u32::MAX);
        Work {
            kind,
            line: self.runner.line().map_or(lines, |line| line.at.line),
            lines,
            steps: self.runner.timeline().len(),
            now_us: self.runner.timeline().now().0,
        }
    }
}

impl Lab {
    /// The job under way.
    pub fn working(&self) -> Option<Work> {
        let Some(job) = &self.job else {
            return self.importing();
        };
        match job {
            Job::Load { run, .. } => Some(run.work(WorkKind::Script)),
            Job::Restore { run, .. } => Some(run.work(WorkKind::Restore)),
            Job::WhatIf(replay) => Some(replay.work()),
            Job::Grow { .. } => Some(Work {
                kind: WorkKind::Search,
                line: 0,
                lines: 0,
                steps: self.line().timeline.len(),
                now_us: self.line().timeline.now().0,
            }),
        }
    }

    /// Goes on with the job under way for at most `steps` steps. True while there is more to do.
    pub fn work(&mut self, steps: u64) -> bool {
        let Some(job) = self.job.take() else {
            return self.work_on_import(steps)
                || self.work_on_search()
                || self.work_on_drill(steps);
        };
        self.touch();
        match job {
            Job::Load {
                run,
                scenario,
                link,
            } => match run.advance(steps) {
                Slice::More(run) => {
                    let run = Box::new(run);
                    self.job = Some(Job::Load {
                        run,
                        scenario,
                        link,
                    });
                }
                Slice::Done(line, notice) => {
                    self.put(line, notice, scenario);
                    if let Some((at, digest)) = link {
                        self.arrive(at, digest);
                    }
                }
                Slice::Failed(error) => self.notice = Some(script_notice(&error)),
            },
            Job::Restore {
                run,
                now,
                left,
                done,
                saved,
            } => match run.advance(steps) {
                Slice::More(run) => {
                    self.job = Some(Job::Restore {
                        run: Box::new(run),
                        now,
                        left,
                        done,
                        saved,
                    });
                }
                Slice::Done(line, _) => self.restored(now.name(line), left, done, saved),
                Slice::Failed(error) if matches!(error.problem, Problem::NoImage(_)) => {
                    self.say_without_disks();
                }
                Slice::Failed(_) => self.say_unreadable(),
            },
            Job::WhatIf(replay) => self.work_on_what_if(replay, steps),
            Job::Grow { to, search } => self.grow(to, search, steps),
        }
        self.hear();
        if self.job.is_none() {
            self.hits();
            self.note_script();
        }
        self.job.is_some() || self.is_importing()
    }

    /// Runs a script in place of what is shown. A bad one changes nothing.
    pub(super) fn load(
        &mut self,
        script: &str,
        scenario: Option<&'static Scenario>,
        link: Option<(u64, u32)>,
    ) {
        match ScriptRun::start(script, self.images()) {
            Ok(run) => {
                let run = Box::new(run);
                self.job = Some(Job::Load {
                    run,
                    scenario,
                    link,
                });
            }
            Err(error) => self.notice = Some(script_notice(&error)),
        }
    }

    pub(super) fn replace(&mut self, scenario: Option<&'static Scenario>) {
        if let Some(scenario) = scenario {
            self.load(scenario.script, Some(scenario), None);
        }
    }

    /// Shows a finished run: a scenario at its opening, a script at its end.
    fn put(&mut self, line: Line, notice: Option<Notice>, scenario: Option<&'static Scenario>) {
        let name = scenario.map_or_else(
            || Text::new("another script", "另一个脚本"),
            Scenario::title,
        );
        let mut before = self.scene(name.clone());
        before.bookmarks = Some(self.bookmarks.clone());
        let end = line.timeline.len();
        self.past.edit(before);
        self.consoles = Consoles::default();
        self.playing = false;
        self.set_scene(super::past::Scene {
            name,
            scenario,
            branches: vec![Arc::new(line)],
            branch: 0,
            at: end,
            bookmarks: Some(Vec::new()),
        });
        self.unit = None;
        self.compared = None;
        self.go_to_opening();
        self.notice = notice;
    }

    /// Begins to run again what was kept.
    pub(super) fn restore(&mut self, saved: &str) {
        match Saved::read(saved) {
            Some((saved, lines)) => self.next_saved(lines.into(), Vec::new(), saved),
            None => self.say_unreadable(),
        }
    }

    fn restored(
        &mut self,
        line: Line,
        left: VecDeque<SavedLine>,
        mut done: Vec<Arc<Line>>,
        saved: Saved,
    ) {
        done.push(Arc::new(line));
        self.next_saved(left, done, saved);
    }

    fn next_saved(&mut self, mut left: VecDeque<SavedLine>, done: Vec<Arc<Line>>, saved: Saved) {
        if let Some(now) = left.pop_front() {
            match ScriptRun::start(&now.script, self.images()) {
                Ok(run) => {
                    self.job = Some(Job::Restore {
                        run: Box::new(run),
                        now: Box::new(now),
                        left,
                        done,
                        saved,
                    });
                }
                Err(_) => self.say_unreadable(),
            }
            return;
        }
        let branch = saved.branch.min(done.len().saturating_sub(1));
        let len = done.get(branch).map_or(0, |line| line.timeline.len());
        self.breakpoints.replace(saved.breakpoints);
        self.set_scene(super::past::Scene {
            name: Text::default(),
            scenario: saved.scenario,
            branches: done,
            branch,
            at: saved.at.min(len),
            bookmarks: Some(saved.bookmarks),
        });
        if saved.at > len {
            // The head had gone on by itself.
            self.job = Some(Job::grow(saved.at));
        }
    }

    fn say_without_disks(&mut self) {
        self.say(
            NoticeKind::Refused,
            Text::new(
                "The last run used disks that were brought to the page, and they are not kept. \
                 Bring them again, or open the run file if you downloaded it.",
                "上次的运行使用了拖入页面的磁盘，而磁盘没有保留。请重新拖入，或打开已下载的运行文件。",
            ),
        );
    }

    fn say_unreadable(&mut self) {
        self.say(
            NoticeKind::Refused,
            Text::new(
                "What was kept from last time cannot be read.",
                "上次保留的内容无法读取。",
            ),
        );
    }

    /// Lets the head go on; shows the place when it is reached.
    fn grow(&mut self, to: u64, search: Option<Search>, steps: u64) {
        let mut left = steps;
        loop {
            let len = self.line().timeline.len();
            if let Some(place) = search.and_then(|search| self.found(search)) {
                return self.jump(place);
            }
            if len >= to {
                self.jump(to);
                if search.is_some() {
                    self.say_not_found();
                }
                return;
            }
            if left == 0 {
                self.job = Some(Job::Grow { to, search });
                return;
            }
            left -= 1;
            if !self.grow_to(len + 1) {
                return self.jump(len);
            }
        }
    }
}
