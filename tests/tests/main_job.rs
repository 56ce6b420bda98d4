//! The main job: five servers, two dead leaders, and followers that were away for long and for a
//! moment. What the script expects must hold; here the run is looked at once more from outside.

use std::collections::BTreeMap;

use zablab_core::base::ServerId;
use zablab_core::model::Zxid;
use zablab_core::protocol::Decision;
use zablab_core::protocol::zab::sync_plan::{SyncMode, SyncPlan, SyncReason};
use zablab_core::scenario::{Runner, parse};
use zablab_tests::scripts;

/// The script; the same text is run in a browser's engine.
const SCRIPT: &str =
    include_str!("../scripts/scenario/two-leaders-fall-and-everybody-catches-up.zab");

/// Every plan by which a learner was synchronised, in order.
type Plans = BTreeMap<ServerId, Vec<(Zxid, SyncPlan)>>;

fn run() -> (Runner, Plans) {
    let mut plans = Plans::new();
    let runner = scripts::run(parse(SCRIPT).expect("the script is valid"), |step, _| {
        for decision in scripts::decisions(step) {
            if let Decision::PlannedSync {
                learner,
                peer,
                plan,
            } = decision
            {
                plans.entry(*learner).or_default().push((*peer, *plan));
            }
        }
    });
    (runner, plans)
}

#[test]
fn everything_that_the_script_expects_holds_and_nothing_breaks() {
    let (runner, _) = run();
    let failed: Vec<_> = runner.checks().iter().filter(|c| !c.ok).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    let monitor = runner.timeline().monitor();
    assert_eq!(monitor.verdicts().violations().count(), 0);
    for lamp in monitor.lamps() {
        assert_eq!(lamp.verdict.as_bool(), Some(true), "{}", lamp.name);
    }
    assert!(monitor.lost().is_empty());
}

#[test]
fn each_return_is_synchronised_by_the_right_plan() {
    let (_, plans) = run();
    let last = |server: u8| {
        let of = &plans[&ServerId(server)];
        *of.last().expect("it was synchronised")
    };
    // S5 lost power with everything that was committed: it gets what came after.
    let extended = plans[&ServerId(5)].iter().map(|(_, plan)| plan.mode);
    assert!(extended.eq([SyncMode::Diff]), "{:?}", plans[&ServerId(5)]);
    // S4 had one transaction that nobody else has.
    let (peer, plan) = last(4);
    assert_eq!((plan.mode, plan.count), (SyncMode::Trunc, 0));
    assert_eq!(plan.reason, SyncReason::Ahead { max: plan.zxid });
    assert_eq!(peer, plan.zxid.next());
    // S2 lacks the last ten, and the leader has them in memory.
    let (peer, plan) = last(2);
    assert_eq!((plan.mode, plan.count), (SyncMode::Diff, 10));
    assert!(matches!(plan.reason, SyncReason::InCommittedLog { min, .. } if min <= peer));
    // S1 lacks 600, the leader remembers 500.
    let (peer, plan) = last(1);
    assert_eq!((plan.mode, plan.count), (SyncMode::Snap, 0));
    assert_eq!(plan.zxid.counter(), 600);
    assert!(peer.epoch() < plan.zxid.epoch());
    assert!(matches!(plan.reason, SyncReason::TooOld { min, .. } if min.counter() == 101));
}

#[test]
fn two_runs_are_the_same_run() {
    let ((first, _), (second, _)) = (run(), run());
    assert_eq!(first.world().steps(), second.world().steps());
    assert_eq!(first.world().digest(), second.world().digest());
}
