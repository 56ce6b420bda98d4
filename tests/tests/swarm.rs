//! Random scenarios by fixed seeds, judged.
//!
//! - **Class A**, faults that ZooKeeper promises to survive: every safety property holds at every
//!   step; then all is mended, a fresh client's write must commit, all servers must become equal, and
//!   liveness is judged. Every tenth scenario is run a second time from its own script.
//! - **Class B**, any fault: the run ends without a panic, a second run from its script is the same,
//!   and each breach names the steps to look at and the assumption that was broken.
//!
//! A failure tells the command that shows it alone, and `--save` there writes its script, which
//! `zablab shrink` makes small.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use zablab_core::scenario::generate::Class;
use zablab_core::scenario::swarm::{Failure, Tally, judge};

/// Seeds of class A: 1 up to here.
const SEEDS_A: u64 = 2_000;
/// Seeds of class B: 1 up to here.
const SEEDS_B: u64 = 500;
/// Threads of each of the two tests.
const THREADS: usize = 2;
/// Failures told in full.
const TOLD: usize = 12;

#[test]
fn every_safety_property_survives_what_zookeeper_promises_to_survive() {
    let swarm = Swarm::play(Class::A, SEEDS_A);
    swarm.must_be_clean();
    assert!(
        swarm.tally.violations == 0,
        "class A allows no breach, and lets none pass"
    );
    assert!(
        swarm.tally.steps > SEEDS_A * 1_000,
        "only {} steps: scenarios end before they begin",
        swarm.tally.steps
    );
}

#[test]
fn whatever_happens_is_repeatable_and_explained() {
    let swarm = Swarm::play(Class::B, SEEDS_B);
    swarm.must_be_clean();
    assert!(
        u64::from(swarm.tally.violations) > SEEDS_B / 10,
        "only {} breaches: the faults do no harm, or nobody sees it",
        swarm.tally.violations
    );
}

/// What came of all seeds of a class.
#[derive(Default)]
struct Swarm {
    tally: Tally,
    failures: BTreeMap<u64, Failure>,
}

impl Swarm {
    fn play(class: Class, seeds: u64) -> Self {
        let next = AtomicU64::new(1);
        let swarm = Mutex::new(Self::default());
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let mut seed = next.fetch_add(1, Ordering::Relaxed);
                    while seed <= seeds {
                        let judged = caught(seed, class);
                        swarm.lock().expect("panics are caught").take(judged);
                        seed = next.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        swarm.into_inner().expect("every thread has ended")
    }

    fn take(&mut self, judged: Result<Tally, Box<Failure>>) {
        match judged {
            Ok(tally) => {
                self.tally.steps += tally.steps;
                self.tally.violations += tally.violations;
            }
            Err(failure) => {
                self.failures.insert(failure.seed, *failure);
            }
        }
    }

    fn must_be_clean(&self) {
        let told: Vec<String> = self.failures.values().take(TOLD).map(tell).collect();
        let more = self.failures.len() - told.len();
        assert!(
            self.failures.is_empty(),
            "{} seeds fail\n{}\n{more} more",
            self.failures.len(),
            told.join("\n"),
        );
    }
}

/// Judges a seed; a panic is a failure like others, so that its seed is told.
fn caught(seed: u64, class: Class) -> Result<Tally, Box<Failure>> {
    let twice = class == Class::B || seed.is_multiple_of(10);
    std::panic::catch_unwind(|| judge(seed, class, twice)).unwrap_or_else(|_| {
        Err(Box::new(Failure {
            seed,
            class,
            script: String::new(),
            reasons: vec!["it panics; see above".to_owned()],
        }))
    })
}

/// Seed, reasons (with property and witness), and how to see it again.
fn tell(failure: &Failure) -> String {
    let (seed, class) = (failure.seed, failure.class.letter());
    let reasons: Vec<String> = failure.reasons.iter().map(|r| format!("    {r}")).collect();
    format!(
        "seed {seed}\n{}\n    zablab swarm --class {class} --seeds {seed}..{} --save .",
        reasons.join("\n"),
        seed + 1
    )
}
