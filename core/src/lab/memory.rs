//! A run in the hands of a user as text, to be kept over a reload.
//!
//! Only what cannot be derived is kept: the script of every branch and the place that is shown. All
//! the rest comes back by running the scripts again.
//!
//! ```text
//! zablab-run 1
//! scenario leader-power-loss        absent for a script of one's own
//! shown 1 235                       branch and step
//! break commit                      a breakpoint, see [`super::Condition`]
//! bookmark main 44 the vote         branch, step, and name if it has one
//! branch b2 199 2 main              name, where it left another one, lines of its script, which one
//! S3 loses power                    what started it, in English
//! S3 断电                           and in Chinese
//! …the script
//! ```

use std::fmt::Write;
use std::sync::Arc;

use super::Lab;
use super::bookmarks::Mark;
use super::branch::Line;
use super::breakpoints::Condition;
use super::scenarios::Scenario;
use crate::view::Text;

/// Beyond so many bytes only the branch that is shown is kept.
const BYTES_MAX: usize = 1024 * 1024;
const HEAD: &str = "zablab-run 1";

/// What was kept, besides the branches.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    pub(super) scenario: Option<&'static Scenario>,
    pub(super) branch: usize,
    pub(super) at: u64,
    pub(super) breakpoints: Vec<Condition>,
    pub(super) bookmarks: Vec<Mark>,
}

/// A branch that was kept.
#[derive(Clone, Debug)]
pub(super) struct SavedLine {
    name: String,
    title: Text,
    from: u64,
    parent: Option<String>,
    pub(super) script: String,
}

impl SavedLine {
    /// The line that its script gave, under its own name.
    pub(super) fn name(self, line: Line) -> Line {
        Line {
            name: self.name,
            title: self.title,
            from: self.from,
            parent: self.parent,
            ..line
        }
    }
}

impl Lab {
    /// The run as text for [`super::Action::Restore`]; `None` while it is a built-in scenario as it
    /// comes.
    pub fn saved(&self) -> Option<String> {
        let untouched = |s: &Scenario| self.line().source.as_deref() == Some(s.script);
        let unmarked = self.bookmarks.is_empty() && self.breakpoints.set().is_empty();
        if self.branches.len() == 1 && unmarked && self.scenario.is_some_and(untouched) {
            return None;
        }
        let all = self.written(&self.branches, self.branch);
        if all.len() <= BYTES_MAX {
            return Some(all);
        }
        let shown = Arc::clone(&self.branches[self.branch]);
        Some(self.written(&[shown], 0))
    }

    fn written(&self, branches: &[Arc<Line>], shown: usize) -> String {
        let mut text = format!("{HEAD}\n");
        let mut say = |line: std::fmt::Arguments<'_>| {
            writeln!(text, "{line}").expect("writing to a string cannot fail");
        };
        if let Some(scenario) = self.scenario {
            say(format_args!("scenario {}", scenario.id));
        }
        say(format_args!("shown {shown} {}", self.at));
        for condition in self.breakpoints.set() {
            say(format_args!("break {condition}"));
        }
        for mark in &self.bookmarks {
            let Mark { branch, step, name } = mark;
            say(format_args!("bookmark {branch} {step} {name}"));
        }
        for line in branches {
            let script = line.script();
            let lines = script.split('\n').count();
            let parent = line.parent.as_deref().unwrap_or("-");
            let (name, from) = (&line.name, line.from);
            say(format_args!("branch {name} {from} {lines} {parent}"));
            let flat = |text: &str| text.replace('\n', " ");
            say(format_args!("{}", flat(&line.title.en)));
            say(format_args!("{}", flat(&line.title.zh)));
            say(format_args!("{script}"));
        }
        text
    }
}

impl Saved {
    /// Reads what [`Lab::saved`] wrote; `None` when it is something else.
    pub(super) fn read(text: &str) -> Option<(Self, Vec<SavedLine>)> {
        let mut lines = text.split('\n').peekable();
        if lines.next()? != HEAD {
            return None;
        }
        let id = lines.next_if(|line| line.starts_with("scenario "));
        let scenario = id.and_then(|line| Scenario::find(&line["scenario ".len()..]));
        let (branch, at) = lines.next()?.strip_prefix("shown ")?.split_once(' ')?;
        let (branch, at) = (branch.parse().ok()?, at.parse().ok()?);
        let mut breakpoints = Vec::new();
        let mut bookmarks = Vec::new();
        while let Some(line) =
            lines.next_if(|l| l.starts_with("break ") || l.starts_with("bookmark "))
        {
            match line.split_once(' ')? {
                ("break", condition) => breakpoints.push(Condition::parse(condition)?),
                (_, mark) => bookmarks.push(read_mark(mark)?),
            }
        }
        let saved = Self {
            scenario,
            branch,
            at,
            breakpoints,
            bookmarks,
        };
        let mut branches = Vec::new();
        while let Some(head) = lines.next().filter(|line| !line.is_empty()) {
            let mut words = head.strip_prefix("branch ")?.split(' ');
            let (name, from) = (words.next()?.to_owned(), words.next()?.parse().ok()?);
            let count: usize = words.next()?.parse().ok()?;
            let parent = words.next().filter(|parent| *parent != "-");
            let parent = parent.map(str::to_owned);
            let title = Text::new(lines.next()?, lines.next()?);
            let script: Vec<&str> = lines.by_ref().take(count).collect();
            branches.push(SavedLine {
                name,
                title,
                from,
                parent,
                script: script.join("\n"),
            });
        }
        (!branches.is_empty()).then_some((saved, branches))
    }
}

fn read_mark(text: &str) -> Option<Mark> {
    let mut words = text.splitn(3, ' ');
    Some(Mark {
        branch: words.next()?.to_owned(),
        step: words.next()?.parse().ok()?,
        name: words.next()?.to_owned(),
    })
}
