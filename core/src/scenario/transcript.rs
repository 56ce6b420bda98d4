//! A run as text: the lines of the script, what came of them, and how it ended.
//!
//! ```text
//!     0.000  > client a server=1 timeout=10s
//!     0.412  S3 looking ⇨ leading discovery
//!     2.000  ✗ expect leader 2: S3 leads
//! ```
//! It is the form of golden files. It holds no digest and no step numbers, so that a new kind of
//! event does not change every file.

use std::fmt::Write;

use super::ast::{Action, Line};
use super::print;
use super::runner::{Check, Progress, Runner, Witness};
use super::show::Show;
use crate::base::Instant;
use crate::check::Verdicts;
use crate::history::Timeline;
use crate::view::text::{Filter, Kind, TextLine, step_lines, violation};
use crate::world::step::Step;

/// The text of a run so far.
#[derive(Clone, Debug)]
pub struct Transcript {
    show: Show,
    filter: Filter,
    text: String,
    seen: Verdicts,
    alike: Option<Alike>,
}

/// Lines of the script that follow each other at one instant and differ in their data only.
#[derive(Clone, Debug)]
struct Alike {
    at: Instant,
    /// What they have in common: all before the data.
    start: String,
    count: usize,
}

/// So many lines of a kind are shown; hundreds of writes are told by their number.
const ALIKE_MAX: usize = 20;

impl Transcript {
    /// A transcript that shows so much.
    pub fn new(show: Show) -> Self {
        let filter = match show.from {
            None => show.kinds,
            Some(_) => Filter::always(),
        };
        Self {
            show,
            filter,
            text: String::new(),
            seen: Verdicts::default(),
            alike: None,
        }
    }

    /// The text so far; nothing of it is said again.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// How it ended: the lamps, and every property that is broken.
    pub fn ending(&mut self, timeline: &Timeline) {
        self.violations(timeline);
        let lamps = timeline.monitor().lamps();
        let colour = |holds: Option<bool>| match holds {
            Some(true) => "green",
            Some(false) => "red",
            None => "off",
        };
        let lamps = lamps.map(|l| format!("{} {}", l.name, colour(l.verdict.as_bool())));
        self.say(
            timeline.now(),
            Kind::Script,
            format!("= {}", lamps.join(", ")),
        );
    }

    fn say(&mut self, at: Instant, kind: Kind, text: String) {
        self.end_alike();
        self.write(at, kind, text);
    }

    /// True when a line of the script is one of too many of its kind.
    fn is_one_more(&mut self, at: Instant, shown: &str) -> bool {
        let start = shown.split('"').next().unwrap_or_default();
        if let Some(alike) = &mut self.alike
            && (alike.at, alike.start.as_str()) == (at, start)
        {
            alike.count += 1;
            return alike.count > ALIKE_MAX;
        }
        self.end_alike();
        self.alike = Some(Alike {
            at,
            start: start.to_owned(),
            count: 1,
        });
        false
    }

    fn end_alike(&mut self) {
        if let Some(Alike { at, start, count }) = self.alike.take()
            && count > ALIKE_MAX
        {
            let more = count - ALIKE_MAX;
            self.write(at, Kind::Script, format!("> {start}… {more} times more"));
        }
    }

    fn write(&mut self, at: Instant, kind: Kind, text: String) {
        if self.filter.wants(kind) {
            let line = TextLine { at, kind, text };
            writeln!(self.text, "{line}").expect("writing to a string cannot fail");
        }
    }

    fn violations(&mut self, timeline: &Timeline) {
        let verdicts = timeline.monitor().verdicts();
        if *verdicts == self.seen {
            return;
        }
        let fresh: Vec<String> = verdicts
            .violations()
            .filter(|v| self.seen.of(v.property).violation().is_none())
            .map(|v| violation(v, timeline.world()))
            .collect();
        self.seen = verdicts.clone();
        for text in fresh {
            self.say(timeline.now(), Kind::Violation, text);
        }
    }
}

/// How many steps are told at a time.
const SLICE: u64 = 10_000;

/// Characters that are shown of a line of the script.
const COLUMNS: usize = 100;

/// Runs a script to its end and tells it piece by piece: the text of `zablab run`, and of a golden
/// file. Stops where a line cannot be carried out, or where the teller gives up.
pub fn tell<E>(
    mut runner: Runner,
    show: Show,
    mut teller: impl FnMut(&str) -> Result<(), E>,
) -> Result<(Runner, Progress), E> {
    let mut transcript = Transcript::new(show);
    loop {
        let progress = runner.advance_with(SLICE, &mut transcript);
        if progress == Progress::Finished {
            transcript.ending(runner.timeline());
        }
        teller(&transcript.take())?;
        if progress != Progress::More {
            return Ok((runner, progress));
        }
    }
}

/// A line of the script is cut to what is read at a glance; its whole text is in the script.
fn cut(line: &str) -> String {
    match line.char_indices().nth(COLUMNS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

impl Witness for Transcript {
    fn line(&mut self, at: Instant, line: &Line) {
        if matches!(&line.action, Action::Beat(name) if Some(name) == self.show.from.as_ref()) {
            self.filter = self.show.kinds;
        }
        let shown = match &line.action {
            Action::Ensemble(_) | Action::Expect(_) | Action::Until { .. } => return,
            Action::Run(_) | Action::Step(_) | Action::At { .. } => return,
            action => print::action(action),
        };
        let lines: Vec<String> = shown.lines().map(cut).collect();
        let shown = lines.join("\n             ");
        if !self.is_one_more(at, &shown) {
            self.write(at, Kind::Script, format!("> {shown}"));
        }
    }

    fn step(&mut self, step: &Step, timeline: &Timeline) {
        let lines = step_lines(step, timeline.world(), self.filter);
        if !lines.is_empty() {
            self.end_alike();
        }
        for line in lines {
            writeln!(self.text, "{line}").expect("writing to a string cannot fail");
        }
        self.violations(timeline);
    }

    fn check(&mut self, at: Instant, check: &Check) {
        let text = match &check.saw {
            None => format!("✓ {}", check.text),
            Some(saw) => format!("✗ {}: {saw}", check.text),
        };
        self.say(at, Kind::Script, text);
    }
}
