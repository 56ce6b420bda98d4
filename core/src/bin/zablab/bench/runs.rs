//! The runs that are measured, and the stopwatch.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant as Clock;

use zablab_core::base::{Dice, Duration, ServerId, rng::Subject};
use zablab_core::history::{Keep, Timeline};
use zablab_core::lab::{Action, Lab};
use zablab_core::model::acl::Acl;
use zablab_core::model::request::CreateMode;
use zablab_core::model::{Ensemble, Request};
use zablab_core::protocol::Config;
use zablab_core::protocol::zab::state::{Phase, Role};
use zablab_core::world::{Command, CrashKind};

/// The client that writes.
const CLIENT: &str = "a";
/// Events between two writes of a steady writer: each has time to commit.
const PACE: u64 = 60;
/// Bytes in a written node.
const DATA: usize = 32;

/// Five servers with an established leader and a client, checks and history on.
pub fn standing() -> Timeline {
    standing_with(Keep::Everything)
}

/// The same, with history or without.
pub fn standing_with(keep: Keep) -> Timeline {
    let config = Config {
        ensemble: Ensemble::majority(5, 0),
        ..Config::default()
    };
    let mut run = Timeline::new(Arc::new(config), keep);
    while !has_leader(&run) {
        run.step();
    }
    perform(
        &mut run,
        Command::Client {
            name: CLIENT.to_owned(),
            server: ServerId(2),
            servers: Vec::new(),
            timeout: Duration::from_s(10),
        },
    );
    go_on(&mut run, 2_000);
    run
}

/// The same with so many nodes written, each in its own time.
pub fn holding(writes: u64) -> Timeline {
    let mut run = standing();
    write_steadily(&mut run, writes * PACE, PACE);
    go_on(&mut run, 2_000);
    run
}

/// Lets `events` events happen.
pub fn go_on(run: &mut Timeline, events: u64) {
    let end = run.len() + events;
    while run.len() < end && run.step().is_some() {}
}

/// Lets `events` events happen, with a write every `pace` events.
pub fn write_steadily(run: &mut Timeline, events: u64, pace: u64) {
    let end = run.len() + events;
    while run.len() < end {
        write(run);
        go_on(run, (pace - 1).min(end - run.len()));
    }
}

/// Asks for so many writes at one instant.
pub fn write_at_once(run: &mut Timeline, writes: u64) {
    for _ in 0..writes {
        write(run);
    }
}

fn write(run: &mut Timeline) {
    let number = run.len();
    let request = Request::Create {
        path: format!("/n{number:07}"),
        data: Some(vec![1; DATA].into()),
        acl: Acl::open(),
        mode: CreateMode::Persistent,
        op: CreateMode::Persistent.op(),
    };
    let command = Command::Invoke {
        client: CLIENT.to_owned(),
        request: Arc::new(request),
    };
    perform(run, command);
}

fn perform(run: &mut Timeline, command: Command) {
    let done = run.perform(command);
    assert!(done.is_ok(), "the client is there and open: {done:?}");
}

fn has_leader(run: &Timeline) -> bool {
    let statuses = run
        .world()
        .hosts()
        .iter()
        .filter_map(|h| h.process.as_ref());
    statuses
        .map(|p| p.status())
        .any(|s| s.role == Role::Leading && s.phase == Phase::Broadcast)
}

/// Events a second while `run` does what `work` says; it says how many events.
pub fn rate(events: u64, work: impl FnOnce()) -> f64 {
    events as f64 * 1_000.0 / milliseconds(work)
}

/// How long it takes.
pub fn milliseconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Clock::now();
    let done = work();
    let spent = start.elapsed().as_secs_f64() * 1_000.0;
    drop(done);
    spent
}

/// Milliseconds for looks at steps anywhere in a run.
pub fn seeks(run: &mut Timeline, looks: usize) -> Vec<f64> {
    let mut dice = Dice::new(1, Subject::Generator);
    let mut look = || {
        let step = dice.below(run.len() + 1);
        milliseconds(|| run.seek(step).world.steps())
    };
    (0..looks).map(|_| look()).collect()
}

/// Milliseconds for steps back from the middle, one by one.
pub fn steps_back(run: &mut Timeline, steps: u64) -> Vec<f64> {
    let middle = run.len() / 2;
    run.seek(middle);
    let mut look = |back: u64| milliseconds(|| run.seek(middle - back).world.steps());
    (1..=steps).map(&mut look).collect()
}

/// A lab with a run of about `events` events, of the largest script that is allowed.
pub fn lab(events: u64) -> Lab {
    let writes = 900;
    let mut script = format!(
        "zablab 1\nensemble servers=5\nuntil leader within=60s\nclient {CLIENT} server=2\nrun 1s\n"
    );
    for number in 0..writes {
        let pace = events / writes;
        writeln!(script, "{CLIENT} create /n{number} \"x\"\nstep {pace}")
            .expect("writing to a string cannot fail");
    }
    Lab::new(&script).expect("the script is correct")
}

/// Milliseconds from an edit at steps anywhere in the past to the first frame of the new branch.
/// The branch that was left stays.
pub fn edits(lab: &Lab, edits: usize) -> Vec<f64> {
    let mut dice = Dice::new(1, Subject::Generator);
    let total = lab.transport().total;
    let mut edit = || {
        let mut lab = lab.clone();
        lab.dispatch(Action::Seek(dice.below(total)));
        let crash = Command::Crash {
            server: ServerId(1),
            kind: CrashKind::Power,
        };
        let spent = milliseconds(|| {
            lab.dispatch(Action::Perform(crash));
            lab.frame()
        });
        assert!(
            lab.transport().branches.len() == 2,
            "a new branch, and the old one kept"
        );
        spent
    };
    (0..edits).map(|_| edit()).collect()
}

/// Bytes by which this process grows while `run` does its work, where the system tells.
pub fn grown(run: &mut Timeline, work: impl FnOnce(&mut Timeline)) -> Option<u64> {
    let before = resident();
    work(run);
    Some(resident()?.saturating_sub(before?))
}

fn resident() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4_096)
}
