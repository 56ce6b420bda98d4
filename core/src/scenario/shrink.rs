//! The smallest script that still fails.
//!
//! Delta debugging over lines: leave out as many as possible, in large pieces first, as long as the
//! script still shows the same failure. Leaving a line out may make later ones senseless (a restart
//! of a server that never died); such lines go too. What "the same failure" is, the caller says.
//!
//! In the literature: Zeller and Hildebrandt, *ddmin*.

use std::sync::Arc;

use super::ast::{Action, Line, Program};
use super::error::Problem;
use super::parser;
use super::print;
use super::runner::{Options, Progress, Runner};

/// Runs at most so many scripts; each may take a second.
pub const TRIES_MAX: u32 = 2_000;

/// The smallest program found for which `fails` is true of its finished run. The program itself must
/// fail; else it comes back as it is.
pub fn shrink(program: &Program, fails: &dyn Fn(&Runner) -> bool) -> Program {
    let mut search = Search { fails, tries: 0 };
    let Some(mut best) = search.attempt(program.lines.clone()) else {
        return program.clone();
    };
    let mut pieces = 2;
    while best.len() > 1 && search.tries < TRIES_MAX {
        match search.without_one_piece(&best, pieces) {
            Some(smaller) => {
                best = smaller;
                pieces = 2.max(pieces - 1);
            }
            None if pieces >= best.len() => break,
            None => pieces = (pieces * 2).min(best.len()),
        }
    }
    Program::of(best.into_iter().map(|l| l.action))
}

struct Search<'a> {
    fails: &'a dyn Fn(&Runner) -> bool,
    tries: u32,
}

impl Search<'_> {
    /// The lines without one of so many pieces, if they still fail.
    fn without_one_piece(&mut self, lines: &[Line], pieces: usize) -> Option<Vec<Line>> {
        let size = lines.len().div_ceil(pieces);
        for start in (0..lines.len()).step_by(size).rev() {
            if self.tries >= TRIES_MAX {
                return None;
            }
            let end = (start + size).min(lines.len());
            let rest = lines[..start].iter().chain(&lines[end..]);
            let rest: Vec<Line> = rest.cloned().collect();
            if let Some(failing) = self.attempt(rest) {
                return Some(failing);
            }
        }
        None
    }

    /// The lines that make sense and still fail; `None` when they do not fail.
    fn attempt(&mut self, lines: Vec<Line>) -> Option<Vec<Line>> {
        let mut lines = sensible(lines)?;
        loop {
            self.tries += 1;
            let program = Program::of(lines.iter().map(|l| l.action.clone()));
            let mut runner = Runner::new(Arc::new(program), Options::default());
            match runner.finish_with(&mut ()) {
                Progress::Failed(error) => {
                    let refused =
                        matches!(error.problem, Problem::Refused(_) | Problem::Misplaced(_));
                    let place = runner.program().lines.iter().position(|l| l.at == error.at);
                    let place = place.filter(|_| refused && self.tries < TRIES_MAX)?;
                    lines.remove(place);
                }
                _ => return (self.fails)(&runner).then_some(lines),
            }
        }
    }
}

/// The lines that can still be read: those that name a client which is no longer declared go.
fn sensible(mut lines: Vec<Line>) -> Option<Vec<Line>> {
    loop {
        let program = Program::of(lines.iter().map(|l| l.action.clone()));
        let Err(error) = parser::parse(&print::program(&program)) else {
            return Some(lines);
        };
        let place = place_of(&program, error.at.line)?;
        lines.remove(place);
    }
}

/// The line of a program that stands at a line of its printed text; a multi takes several.
fn place_of(program: &Program, line: u32) -> Option<usize> {
    let mut first = 2;
    for (i, action) in program.actions().enumerate() {
        let height = height(action);
        if (first..first + height).contains(&line) {
            return Some(i);
        }
        first += height;
    }
    None
}

fn height(action: &Action) -> u32 {
    print::action(action).lines().count() as u32
}
