//! `zablab replay`: a recorded client trace, request by request.

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Serialize;
use zablab_core::replay::{Mismatch, Trace, play};

use super::args::ReplayOptions;
use super::output::{self, Failure};

/// Largest trace, in bytes.
const TRACE_MAX: u64 = 256 << 20;

#[derive(Serialize)]
struct Replayed {
    steps: usize,
    mismatches: Vec<Mismatch>,
}

/// True when nothing differs.
pub fn run(options: &ReplayOptions) -> Result<bool, Failure> {
    let name = options.path.display();
    let text = read(&options.path)?;
    let trace = Trace::parse(&text).map_err(|e| Failure::Input(format!("{name}:{e}")))?;
    let outcome = play(&trace, options.profile);
    let outcome = outcome.map_err(|e| Failure::Input(format!("{name}:{e}")))?;
    let same = outcome.mismatches.is_empty();
    let replayed = Replayed {
        steps: outcome.steps,
        mismatches: outcome.mismatches,
    };
    if options.json {
        output::print_json(&replayed)?;
    } else {
        output::print(&in_words(&replayed))?;
    }
    Ok(same)
}

fn in_words(replayed: &Replayed) -> String {
    let mut text = String::new();
    for m in &replayed.mismatches {
        let Mismatch {
            step,
            field,
            expected,
            actual,
        } = m;
        writeln!(
            text,
            "step {step} {field}: expected {expected}, got {actual}"
        )
        .expect("writing to a string cannot fail");
    }
    let (steps, mismatches) = (replayed.steps, replayed.mismatches.len());
    text.push_str(&format!("{steps} steps, {mismatches} mismatches\n"));
    text
}

fn read(path: &Path) -> Result<String, Failure> {
    let bad = |e: &dyn std::fmt::Display| Failure::Input(format!("{}: {e}", path.display()));
    let file = File::open(path).map_err(|e| bad(&e))?;
    let mut bytes = Vec::new();
    let mut limited = file.take(TRACE_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(|e| bad(&e))?;
    if bytes.len() as u64 > TRACE_MAX {
        return Err(bad(&format!(
            "limit reached: at most {TRACE_MAX} bytes in a trace"
        )));
    }
    String::from_utf8(bytes).map_err(|e| bad(&format!("1:1: {e}")))
}
