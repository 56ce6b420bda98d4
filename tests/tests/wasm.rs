//! The same recordings give the same bytes on every machine: native digest = wasm digest.
//!
//! Both sides compare with `tests/digests.txt`. The native side writes it:
//! `ZABLAB_ACCEPT=1 cargo test -p zablab-tests --test wasm`. `cargo xtask test wasm` runs this file
//! in a browser, where integers of the machine are half as wide.
//!
//! A line of the file is a run: its name, steps, digest, and the properties that are broken in it. Runs
//! are all scripts of the project, and random scenarios of both classes.

use std::fmt::Write;
use std::sync::Arc;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};
use zablab_core::history::{Keep, Timeline};
use zablab_core::scenario::generate::{self, Class};
use zablab_core::scenario::{Options, Progress, Runner, parse};
use zablab_tests::compiled::SCRIPTS;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// What both sides compare with.
const DIGESTS: &str = include_str!("../digests.txt");
/// Random scenarios of each class.
const SEEDS: u64 = 12;

#[test]
fn every_script_has_the_same_digest_everywhere() {
    compare("script ", &scripts());
}

#[test]
fn random_scenarios_have_the_same_digest_everywhere() {
    compare("seed ", &seeds());
}

/// A run that is looked back at, here and there, is the run that was recorded.
#[test]
fn looking_back_gives_the_same_digest_everywhere() {
    let (runner, _) = generate::play(1, Class::A);
    let end = runner.timeline();
    let (steps, digest) = (end.len(), end.world().digest());
    let mut again = Timeline::replay(end.recording(), steps, Keep::Everything);
    assert_eq!(again.world().digest(), digest, "the whole run");
    for part in 1..8 {
        again.seek(steps * part / 8);
    }
    assert_eq!(
        again.seek(steps).world.digest(),
        digest,
        "after looking back"
    );
    let early = again.seek(steps / 3).world.digest();
    let fork = again.fork_at(steps / 3);
    assert_eq!(fork.world().digest(), early, "a branch");
}

fn scripts() -> String {
    let mut lines = String::new();
    for (name, text) in SCRIPTS {
        let program = parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut runner = Runner::new(Arc::new(program), Options::default());
        if let Progress::Failed(error) = runner.finish_with(&mut ()) {
            panic!("{name}: {error}");
        }
        add(&mut lines, &format!("script {name}"), &runner);
    }
    lines
}

fn seeds() -> String {
    let mut lines = String::new();
    for class in [Class::A, Class::B] {
        for seed in 1..=SEEDS {
            let (runner, _) = generate::play(seed, class);
            add(
                &mut lines,
                &format!("seed {}{seed}", class.letter()),
                &runner,
            );
        }
    }
    lines
}

fn add(lines: &mut String, name: &str, runner: &Runner) {
    let timeline = runner.timeline();
    let (steps, digest) = (timeline.len(), timeline.world().digest());
    let broken = timeline.monitor().verdicts().violations();
    let broken: Vec<&str> = broken.map(|v| v.property.name()).collect();
    let broken = broken.join(" ");
    let line = format!("{name}: {steps} steps, {digest:#018x}, broken: {broken}");
    writeln!(lines, "{}", line.trim_end()).expect("writing to a string cannot fail");
}

/// The lines of that kind must be those of the file.
fn compare(kind: &str, found: &str) {
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("ZABLAB_ACCEPT").is_some() {
        accept::write(&scripts(), &seeds());
        return;
    }
    let expected: Vec<&str> = DIGESTS.lines().filter(|l| l.starts_with(kind)).collect();
    let found: Vec<&str> = found.lines().collect();
    let missing = expected.iter().filter(|l| !found.contains(l));
    let new = found.iter().filter(|l| !expected.contains(l));
    let differences: Vec<String> = missing
        .map(|l| format!("- {l}"))
        .chain(new.map(|l| format!("+ {l}")))
        .collect();
    assert!(
        expected == found,
        "tests/digests.txt (-) and this machine (+) differ:\n{}\n\
         When the engine was changed on purpose: ZABLAB_ACCEPT=1 cargo test -p zablab-tests --test wasm",
        differences.join("\n"),
    );
}

#[cfg(not(target_arch = "wasm32"))]
mod accept {
    use std::path::Path;

    /// Writes the file anew, whole, so that the order of tests does not matter.
    pub(super) fn write(scripts: &str, seeds: &str) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("digests.txt");
        std::fs::write(&file, format!("{scripts}{seeds}")).expect("the file can be written");
    }
}
