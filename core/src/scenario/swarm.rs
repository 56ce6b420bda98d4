//! Judging random scenarios: what a seed's run must fulfil.
//!
//! - Class A: every safety property holds, every claim of the ending is reached, liveness holds.
//! - Class B: the run ends without a panic, a second run of its script is the same, and every breach
//!   names the steps to look at and the assumption that was broken.

use std::sync::Arc;

use super::ast::Program;
use super::generate::{self, Class};
use super::parser;
use super::print;
use super::runner::{Options, Progress, Runner};
use crate::check::{Property, Violation};
use crate::view::text::violation;
use crate::world::World;

/// A seed whose run is not as it must be.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The class.
    pub class: Class,
    /// The script that shows it.
    pub script: String,
    /// What is wrong.
    pub reasons: Vec<String>,
}

/// What a good run was like, for statistics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Steps.
    pub steps: u64,
    /// Properties that broke; class B only.
    pub violations: u32,
}

/// Plays the scenario of a seed and judges it. `twice` also runs its script again and compares.
pub fn judge(seed: u64, class: Class, twice: bool) -> Result<Tally, Box<Failure>> {
    let (runner, error) = generate::play(seed, class);
    let mut reasons: Vec<String> = error.iter().map(ToString::to_string).collect();
    reasons.extend(complaints(&runner, class));
    let script = print::program(runner.program());
    if twice && error.is_none() {
        reasons.extend(second_run(&script, &runner));
    }
    if reasons.is_empty() {
        let violations = runner.timeline().monitor().verdicts().violations();
        return Ok(Tally {
            steps: runner.timeline().len(),
            violations: violations.count() as u32,
        });
    }
    Err(Box::new(Failure {
        seed,
        class,
        script,
        reasons,
    }))
}

/// What is wrong with a finished run of that class.
pub fn complaints(runner: &Runner, class: Class) -> Vec<String> {
    let world = runner.world();
    let violations = runner.timeline().monitor().verdicts().violations();
    match class {
        Class::A => {
            let failed = runner.checks().iter().filter(|c| !c.ok).map(|c| {
                let saw = c.saw.as_deref().unwrap_or_default();
                format!("{}: {}: {saw}", c.at.line, c.text)
            });
            failed.chain(violations.map(|v| told(v, world))).collect()
        }
        Class::B => violations.filter_map(|v| unexplained(v, world)).collect(),
    }
}

/// A breach with the steps to look at.
fn told(v: &Violation, world: &World) -> String {
    let witness: Vec<String> = v.witness.iter().map(|s| s.0.to_string()).collect();
    let assumption = match &v.assumption {
        Some(broken) => format!("{broken:?}"),
        None => "none".to_owned(),
    };
    format!(
        "{}; witness: steps {}; broken assumption: {assumption}",
        violation(v, world),
        witness.join(", ")
    )
}

/// A breach without a witness or without a broken assumption.
fn unexplained(v: &Violation, world: &World) -> Option<String> {
    if v.witness.is_empty() {
        return Some(format!("no witness: {}", told(v, world)));
    }
    let liveness = !Property::is_safety(v.property);
    if v.assumption.is_none() && !liveness {
        return Some(format!("no broken assumption: {}", told(v, world)));
    }
    None
}

/// Runs the printed script and compares it with the run it came from.
fn second_run(script: &str, first: &Runner) -> Option<String> {
    let program: Program = match parser::parse(script) {
        Ok(program) => program,
        Err(error) => return Some(format!("the script cannot be read again: {error}")),
    };
    let mut second = Runner::new(Arc::new(program), Options::default());
    if let Progress::Failed(error) = second.finish_with(&mut ()) {
        return Some(format!("the script does not run again: {error}"));
    }
    let (a, b) = (first.world(), second.world());
    let same = a.digest() == b.digest() && a.steps() == b.steps();
    let verdicts = first.timeline().monitor().verdicts() == second.timeline().monitor().verdicts();
    (!same || !verdicts).then(|| {
        let (a, b) = (a.steps(), b.steps());
        format!("the second run is another one: {a} and {b} steps, equal checks: {verdicts}")
    })
}
