//! Each correction that can be turned off has a script that needs it.
//!
//! As written, the script turns a correction off and a property breaks; every expectation in it says
//! which, and nothing else may break. With the correction on again, the very same script, down to the
//! seed, breaks nothing. So the property is not broken by the script but by the defect.

use std::sync::Arc;

use zablab_core::check::{BrokenAssumption, Property};
use zablab_core::protocol::{Switch, Switches};
use zablab_core::scenario::{Action, Program, Runner};
use zablab_tests::scripts;

/// A script of `defects/`, what it turns off, and the property that breaks.
struct Pair(&'static str, &'static [Switch], Property);

const PAIRS: &[Pair] = &[
    Pair(
        "3911-newleader-is-acked-before-its-history-is-logged",
        &[Switch::LogBeforeNewleaderAck],
        Property::S10,
    ),
    Pair(
        "4643-the-new-epoch-is-on-disk-before-the-history",
        &[Switch::EpochAfterLog],
        Property::S9,
    ),
    Pair(
        "4646-newleader-is-acked-before-its-history-is-forced",
        &[Switch::FsyncBeforeNewleaderAck],
        Property::S10,
    ),
    Pair(
        "4785-newleader-is-acked-before-its-history-is-written",
        &[Switch::WriteBeforeNewleaderAck],
        Property::S10,
    ),
    Pair(
        "an-ack-before-the-fsync-loses-a-confirmed-write",
        &[Switch::FsyncBeforeAck],
        Property::S10,
    ),
    Pair(
        "a-snapshot-of-the-cut-off-tail-survives-the-cut",
        &[Switch::TruncDropsSnapshots],
        Property::S5,
    ),
    Pair(
        "a-failed-append-leaves-a-hole-in-the-log",
        &[Switch::ReloadAfterDiskError],
        Property::S13,
    ),
    Pair(
        "a-diff-from-a-log-with-a-hole-passes-the-hole-on",
        &[Switch::CheckDiskLog],
        Property::S13,
    ),
    Pair(
        "a-tail-that-the-vote-forgot-lives-on-in-the-log",
        &[Switch::FastForward],
        Property::S5,
    ),
    Pair(
        "newleader-overtakes-the-history-that-it-should-follow",
        &[Switch::QueueBeforeNewleader],
        Property::S11,
    ),
    Pair(
        "a-half-received-tree-is-kept-in-memory-only",
        &[Switch::DiscardPartialSnap],
        Property::S14,
    ),
    Pair(
        "a-counter-that-overflows-reuses-the-next-epoch",
        &[Switch::RolloverGuard],
        Property::S3,
    ),
    Pair(
        "two-servers-lead-the-epoch-that-a-third-forgot",
        &[Switch::SyncDirectory],
        Property::S2,
    ),
    Pair(
        "the-room-forgets-a-snapshot-that-purge-relied-on",
        &[Switch::FsyncSnapshot],
        Property::S9,
    ),
    Pair(
        "recovered-bytes-that-were-never-forced-are-acknowledged",
        &[Switch::FsyncRecovered],
        Property::S9,
    ),
    Pair(
        "a-follower-between-history-and-epoch-cannot-start",
        &[Switch::ResumeSync],
        Property::L6,
    ),
    Pair(
        "a-log-with-a-missing-file-is-loaded-anyway",
        &[Switch::RefuseGap],
        Property::S13,
    ),
    Pair(
        "a-child-that-replay-found-already-there-is-an-orphan",
        &[Switch::ReattachChild],
        Property::S14,
    ),
    Pair(
        "a-restored-tree-goes-with-the-memory",
        &[Switch::RestoreIsDurable],
        Property::S20,
    ),
    Pair(
        "a-voter-with-a-higher-promise-is-locked-out",
        &[Switch::YieldToPromise],
        Property::L6,
    ),
    Pair(
        "a-leader-counts-the-ack-of-a-write-it-had-cut-off",
        &[Switch::ForgetAcks],
        Property::S12,
    ),
    Pair(
        "an-old-epoch-wins-by-a-longer-log",
        &[Switch::AckEpochCheck, Switch::VoteByEpoch],
        Property::S9,
    ),
    Pair(
        "half-of-the-voters-elect-two-leaders-at-once",
        &[Switch::StrictQuorum],
        Property::S1,
    ),
    Pair(
        "observers-make-a-leader-of-a-server-without-voters",
        &[Switch::ObserversDoNotCount],
        Property::S9,
    ),
];

#[test]
fn every_correction_has_a_script_that_needs_it() {
    for switch in Switch::ALL {
        let name = switch.card().name;
        let script = PAIRS.iter().find(|p| p.1.contains(switch));
        assert!(script.is_some(), "{name} has no script");
    }
}

#[test]
fn cards_name_what_breaks() {
    for Pair(script, off, property) in PAIRS {
        for switch in *off {
            let card = switch.card();
            assert_eq!(card.property, property.name(), "{}: {script}", card.name);
        }
    }
}

#[test]
fn without_the_correction_the_property_breaks() {
    for Pair(script, off, property) in PAIRS {
        let program = scripts::named(&format!("defects/{script}"));
        let expected = off
            .iter()
            .fold(Switches::all_on(), |s, w| s.with(*w, false));
        assert_eq!(program.config().switches, expected, "{script}");
        let runner = scripts::run(program, |_, _| {});
        let failed = runner.checks().iter().filter(|c| !c.ok);
        let failed: Vec<&str> = failed.map(|c| c.text.as_str()).collect();
        assert_eq!(failed, [""; 0], "{script}");
        assert_eq!(runner.unforeseen(), [], "{script}");
        assert!(
            broken(&runner).contains(property),
            "{script}: {property:?} holds"
        );
        every_violation_is_explained(script, &runner);
    }
}

/// Fault class B: nothing is lost silently.
fn every_violation_is_explained(script: &str, runner: &Runner) {
    for violation in runner.timeline().monitor().verdicts().violations() {
        let property = violation.property;
        assert!(!violation.witness.is_empty(), "{script}: {property:?}");
        let assumption = violation.assumption.as_ref();
        assert!(
            assumption.is_some(),
            "{script}: {property:?} blames nothing"
        );
    }
}

#[test]
fn with_the_correction_the_same_script_breaks_nothing() {
    for Pair(script, _, _) in PAIRS {
        let runner = with_switches(script, Switches::all_on());
        assert_eq!(broken(&runner), [], "{script}");
    }
}

/// Where a script turns off two corrections, each of them alone is enough to prevent the harm.
#[test]
fn two_locks_on_one_door_are_each_enough() {
    for Pair(script, off, _) in PAIRS.iter().filter(|p| p.1.len() > 1) {
        for switch in *off {
            let runner = with_switches(script, Switches::all_on().with(*switch, false));
            let name = switch.card().name;
            assert_eq!(broken(&runner), [], "{script} without {name} alone");
        }
    }
}

/// A script that lost a confirmed write blames the correction that was turned off.
#[test]
fn a_lost_write_blames_what_was_turned_off() {
    let program = scripts::named("defects/an-ack-before-the-fsync-loses-a-confirmed-write");
    let runner = scripts::run(program, |_, _| {});
    let monitor = runner.timeline().monitor();
    let lost = monitor
        .verdicts()
        .violations()
        .find(|v| v.property == Property::S9);
    let assumption = lost.and_then(|v| v.assumption.clone());
    assert_eq!(
        assumption,
        Some(BrokenAssumption::SwitchOff(Switch::FsyncBeforeAck))
    );
}

fn with_switches(script: &str, switches: Switches) -> Runner {
    let mut program = scripts::named(&format!("defects/{script}"));
    set_switches(&mut program, switches);
    scripts::run(program, |_, _| {})
}

fn set_switches(program: &mut Program, switches: Switches) {
    for line in &mut program.lines {
        if let Action::Ensemble(config) = &mut line.action {
            Arc::make_mut(config).switches = switches;
        }
    }
}

fn broken(runner: &Runner) -> Vec<Property> {
    let verdicts = runner.timeline().monitor().verdicts();
    verdicts.violations().map(|v| v.property).collect()
}
