//! `zablab run`: a script, or every script of a directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use zablab_core::history::Keep;
use zablab_core::scenario::runner::Options;
use zablab_core::scenario::transcript::tell as tell_all;
use zablab_core::scenario::{Progress, Runner};

use super::args::RunOptions;
use super::boot;
use super::output::{self, Failure};
use super::report::Report;

#[derive(Serialize)]
struct Reports {
    runs: Vec<Report>,
}

/// Runs what the options name. True when everything held.
pub fn run(options: &RunOptions) -> Result<bool, Failure> {
    if !options.path.is_dir() {
        let (held, report) = run_file(&options.path, options)?;
        if options.json {
            output::print_json(&report)?;
        }
        return Ok(held);
    }
    let own = options.path.join("run.zab");
    if own.is_file() {
        let (held, report) = run_file(&own, options)?;
        if options.json {
            output::print_json(&report)?;
        }
        return Ok(held);
    }
    run_all(&options.path, options)
}

/// Every script below a directory, in order of names.
fn run_all(dir: &Path, options: &RunOptions) -> Result<bool, Failure> {
    let mut scripts = Vec::new();
    collect(dir, &mut scripts).map_err(|e| Failure::Input(format!("{}: {e}", dir.display())))?;
    scripts.sort();
    if scripts.is_empty() {
        return Err(Failure::Input(format!(
            "{}: no .zab file here",
            dir.display()
        )));
    }
    let mut all_held = true;
    let mut runs = Vec::new();
    let mut unread = 0;
    for path in scripts {
        if !options.json {
            output::print(&format!("== {}\n", path.display()))?;
        }
        match run_file(&path, options) {
            Ok((held, mut report)) => {
                all_held &= held;
                report.file = Some(path.display().to_string());
                runs.push(report);
            }
            Err(Failure::Input(why)) => {
                eprintln!("{why}");
                unread += 1;
            }
            Err(other) => return Err(other),
        }
    }
    if options.json {
        output::print_json(&Reports { runs })?;
    }
    match unread {
        0 => Ok(all_held),
        1 => Err(Failure::Input("one script could not be run".to_owned())),
        n => Err(Failure::Input(format!("{n} scripts could not be run"))),
    }
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "zab") {
            found.push(path);
        }
    }
    Ok(())
}

fn run_file(path: &Path, options: &RunOptions) -> Result<(bool, Report), Failure> {
    let script = output::read_script(path)?;
    let run_options = Options {
        keep: Keep::NoHistory,
        profile: options.profile,
        ..Options::default()
    };
    let show = options.show.clone().unwrap_or(script.show);
    let tell = |text: &str| match options.json {
        true => Ok(()),
        false => output::print(text),
    };
    let images = boot::images_of(path, &script.program)?;
    let runner = Runner::new(Arc::new(script.program), run_options).with_images(images);
    let (runner, progress) = tell_all(runner, show, tell)?;
    if let Progress::Failed(error) = progress {
        return Err(output::bad_script(path, &error));
    }
    blame(path, &runner);
    Ok((runner.passed(), Report::of(&runner)))
}

/// Says on standard error what is not as it should be.
fn blame(path: &Path, runner: &Runner) {
    for check in runner.checks().iter().filter(|c| !c.ok) {
        let saw = check.saw.as_deref().unwrap_or("it is not so");
        let (line, column) = (check.at.line, check.at.column);
        eprintln!(
            "{}:{line}:{column}: {} failed: {saw}",
            path.display(),
            check.text
        );
    }
    for property in runner.unforeseen() {
        let (name, title) = (property.name(), property.title());
        eprintln!(
            "{}: {name} {title} is broken, and no line expects it",
            path.display()
        );
    }
}
