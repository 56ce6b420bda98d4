//! `zablab shrink`: the smallest script that still fails in the same way.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use zablab_core::scenario::runner::Options;
use zablab_core::scenario::shrink::shrink;
use zablab_core::scenario::{Check, Progress, Runner, print};

use super::args::ShrinkOptions;
use super::output::{self, Failure};

#[derive(Serialize)]
struct Shrunk {
    fails: Vec<String>,
    script: String,
    lines: usize,
    was: usize,
}

/// False when the script fails, so that there was something to shrink; true when it does not.
pub fn run(options: &ShrinkOptions) -> Result<bool, Failure> {
    let program = output::read_script(&options.path)?.program;
    let mut first = Runner::new(Arc::new(program.clone()), Options::default());
    if let Progress::Failed(error) = first.finish_with(&mut ()) {
        return Err(output::bad_script(&options.path, &error));
    }
    let failures = failures(&first);
    if failures.is_empty() {
        eprintln!("{}: nothing fails", options.path.display());
        if options.json {
            output::print_json(&Shrunk {
                fails: Vec::new(),
                script: print::program(&program),
                lines: program.lines.len(),
                was: program.lines.len(),
            })?;
        }
        return Ok(true);
    }
    let smallest = shrink(&program, &|runner| {
        failures.is_subset(&self::failures(runner))
    });
    let script = print::program(&smallest);
    if options.json {
        output::print_json(&Shrunk {
            fails: failures.into_iter().collect(),
            script,
            lines: smallest.lines.len(),
            was: program.lines.len(),
        })?;
    } else {
        output::print(&script)?;
    }
    Ok(false)
}

/// What fails: claims by their text, properties by their name. What is so instead may be another
/// thing in a smaller script.
fn failures(runner: &Runner) -> BTreeSet<String> {
    let claims = runner.checks().iter().filter(|c| !c.ok);
    let violations = runner.timeline().monitor().verdicts().violations();
    let properties = violations.map(|v| v.property.name().to_owned());
    let text = |c: &Check| c.text.clone();
    claims.map(text).chain(properties).collect()
}
