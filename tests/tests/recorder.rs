//! A run printed as a script is the same run: script → recording → script → the same digest.

use std::sync::Arc;

use zablab_core::history::{Keep, Timeline};
use zablab_core::scenario::generate::{self, Class};
use zablab_core::scenario::{Options, Progress, Runner, parse, print, recorded};

/// Seeds of each class.
const SEEDS: u64 = 100;

#[test]
fn random_runs_printed_from_their_recording_run_the_same_way_again() {
    let mut between = 0;
    for (class, seed) in [Class::A, Class::B].into_iter().flat_map(seeds) {
        let (runner, _) = generate::play(seed, class);
        let first = runner.timeline();
        let script = print::program(&recorded(first));
        between += script
            .lines()
            .filter(|line| is_between_events(line))
            .count();
        let second = run(&script, Keep::Everything);
        let name = format!("seed {seed} class {}", class.letter());
        assert_same(first, &second, &format!("{name}\n{script}"));
        let again = print::program(&recorded(&second));
        assert_eq!(script, again, "{name}: a script of a script");
    }
    assert!(
        between > 1_000,
        "only {between} commands between two events of one instant: nothing was shown"
    );
}

#[test]
fn a_command_between_two_events_of_one_instant_stays_there() {
    let quiet = "zablab 1\nensemble servers=3 seed=7 latency=1ms fsync=1ms\n";
    let run_to = |steps: u64| run(&format!("{quiet}step {steps}\n"), Keep::Everything);
    let crowded = run_to(400);
    let at = |step: u64| crowded.index(step).expect("400 steps happened").at;
    let inside = (1..400).find(|s| at(*s) == at(s - 1) && at(*s).0 > 0 && at(*s) == at(s + 1));
    let step = inside.expect("links come up at once, so instants are crowded");
    let first = run(
        &format!("{quiet}step {step}\ncrash 2 power\nstep 50\n"),
        Keep::NoHistory,
    );
    let script = print::program(&recorded(&first));
    assert!(script.contains("s+"), "{script}");
    assert!(!script.contains("s+0\ncrash"), "{script}");
    assert_same(&first, &run(&script, Keep::NoHistory), &script);
}

/// The pieces of a backup and the parts of a restore are events of the run: a command between two of them
/// stays there.
#[test]
fn a_run_with_backups_that_take_their_time_is_recorded_as_it_was() {
    let script = "zablab 1\nensemble servers=3 seed=7 pre-alloc=4K\nuntil leader within=10s\nclient a server=3\n\
        a create /p \"1\"\nuntil reply a OK within=5s\nbackup full from=1 as=b1 rate=1K\n\
        backup full from=2 as=b2 rate=1K\nrun 1s\na set /p \"2\"\nuntil backup b1 whole within=10s\n\
        backup ship from=1 parent=b1 as=s every=1s\nbackup policy from=2 full=2s incremental=500ms keep=1\n\
        a set /p \"3\"\nrun 3s\nbackup verify s-1\nrestore s-1 to=1,2,3\nrun 30ms\na create /q\nrun 5s\n";
    let first = run(script, Keep::Everything);
    let script = print::program(&recorded(&first));
    let second = run(&script, Keep::Everything);
    assert_same(&first, &second, &script);
    assert_eq!(
        first.world().vault().iter().count(),
        second.world().vault().iter().count()
    );
    assert!(first.world().vault().get("s-1").is_some(), "{script}");
}

fn seeds(class: Class) -> impl Iterator<Item = (Class, u64)> {
    (1..=SEEDS).map(move |seed| (class, seed))
}

/// `at 1.256s+2`, with something after the plus.
fn is_between_events(line: &str) -> bool {
    let count = line.strip_prefix("at ").and_then(|at| at.split_once('+'));
    count.is_some_and(|(_, events)| events != "0")
}

fn run(script: &str, keep: Keep) -> Timeline {
    let program = parse(script).unwrap_or_else(|error| panic!("{error}\n{script}"));
    let options = Options {
        keep,
        ..Options::default()
    };
    let mut runner = Runner::new(Arc::new(program), options);
    if let Progress::Failed(error) = runner.finish_with(&mut ()) {
        panic!("{error}\n{script}");
    }
    runner.into_timeline()
}

fn assert_same(first: &Timeline, second: &Timeline, what: &str) {
    assert_eq!(first.len(), second.len(), "steps: {what}");
    let digests = (first.world().digest(), second.world().digest());
    assert_eq!(digests.0, digests.1, "digest: {what}");
    let commands = |t: &Timeline| t.recording().commands.clone();
    assert_eq!(commands(first), commands(second), "commands: {what}");
}
