//! The scripts beside the tests, and how they are run here.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zablab_core::history::Timeline;
use zablab_core::protocol::{Decision, Effect};
use zablab_core::scenario::runner::Options;
use zablab_core::scenario::{Program, Progress, Runner, Witness, parse};
use zablab_core::world::step::{Outcome, Step};

/// Every script below `tests/scripts` and `static/scenarios`, in order.
pub fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root(), &mut found);
    collect(&root().join("../../static/scenarios"), &mut found);
    found.sort();
    assert!(!found.is_empty(), "there are no scripts");
    found
}

/// A script by its place below `tests/scripts`, without `.zab`.
pub fn named(name: &str) -> Program {
    read(&root().join(format!("{name}.zab")))
}

/// Reads a script that must be valid.
pub fn read(path: &Path) -> Program {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    parse(&text).unwrap_or_else(|e| panic!("{}:{e}", path.display()))
}

/// Runs a script to its end and shows every step to `watch`.
pub fn run(program: Program, watch: impl FnMut(&Step, &Timeline)) -> Runner {
    let mut runner = Runner::new(Arc::new(program), Options::default());
    let progress = runner.finish_with(&mut Watch(watch));
    assert_eq!(progress, Progress::Finished);
    runner
}

/// What a step said about its reasons.
pub fn decisions(step: &Step) -> impl Iterator<Item = &Decision> {
    step.outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Effect(Effect::Decide(decision)) => Some(decision),
        _ => None,
    })
}

struct Watch<F>(F);

impl<F: FnMut(&Step, &Timeline)> Witness for Watch<F> {
    fn step(&mut self, step: &Step, timeline: &Timeline) {
        (self.0)(step, timeline);
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "zab") {
            found.push(path);
        }
    }
}
