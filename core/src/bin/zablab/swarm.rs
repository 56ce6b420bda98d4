//! `zablab swarm`: random scenarios by seed, judged.

use std::path::Path;

use serde::Serialize;
use zablab_core::scenario::swarm::{self, Failure as Bad};

use super::args::SwarmOptions;
use super::output::{self, Failure};

#[derive(Serialize)]
struct Summary {
    seeds: u64,
    class: String,
    steps: u64,
    violations: u64,
    failures: Vec<Failed>,
}

#[derive(Serialize)]
struct Failed {
    seed: u64,
    reasons: Vec<String>,
    script: String,
}

/// Every tenth class A script is run a second time; of class B every one.
const SECOND_RUN: u64 = 10;

/// True when no seed failed.
pub fn run(options: &SwarmOptions) -> Result<bool, Failure> {
    let mut summary = Summary {
        seeds: options.end - options.first,
        class: options.class.letter().to_string(),
        steps: 0,
        violations: 0,
        failures: Vec::new(),
    };
    for seed in options.first..options.end {
        let twice = options.class.letter() == 'B' || seed % SECOND_RUN == 0;
        match swarm::judge(seed, options.class, twice) {
            Ok(tally) => {
                summary.steps += tally.steps;
                summary.violations += u64::from(tally.violations);
            }
            Err(bad) => {
                if !options.json {
                    tell(&bad)?;
                }
                if let Some(dir) = &options.save {
                    save(dir, &bad)?;
                }
                summary.failures.push(Failed {
                    seed,
                    reasons: bad.reasons,
                    script: bad.script,
                });
            }
        }
    }
    let failed = summary.failures.len();
    if options.json {
        output::print_json(&summary)?;
    } else {
        output::print(&format!(
            "class {}: {} scenarios, {} steps, {} breaches that class {} allows, {failed} failed\n",
            summary.class, summary.seeds, summary.steps, summary.violations, summary.class,
        ))?;
    }
    Ok(failed == 0)
}

fn tell(bad: &Bad) -> Result<(), Failure> {
    let mut text = format!("seed {} class {}\n", bad.seed, bad.class.letter());
    for reason in &bad.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    output::print(&text)
}

fn save(dir: &Path, bad: &Bad) -> Result<(), Failure> {
    let path = dir.join(format!("seed_{}_{}.zab", bad.class.letter(), bad.seed));
    let written = std::fs::create_dir_all(dir).and_then(|()| std::fs::write(&path, &bad.script));
    written.map_err(|e| Failure::Input(format!("{}: {e}", path.display())))
}
