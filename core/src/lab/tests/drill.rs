//! Drills: a restore tried on copies of the run.

use super::*;
use crate::lab::drill::{Plan, Twist};

/// L14 of the lessons: S1 and S2 hold what clients were told, S3 lags, and the backup is old.
const OLD_BACKUP: &str = "zablab 1
ensemble servers=3 seed=7
until leader 3 within=10s
client a server=3 timeout=10s
a create /p \"1\"
until reply a OK within=5s
until quiet within=5s
backup cold from=2 as=b1
crash 1 process
a create /q \"2\"
until reply a OK within=5s
a create /r \"3\"
until reply a OK within=5s
run 200ms
";

fn drilled(lab: &mut Lab, plan: Plan) -> DrillView {
    lab.dispatch(Action::Drill(plan));
    finish(lab);
    lab.drill().expect("the moment is the same")
}

fn files(to: &[u8], all_stop: bool) -> Plan {
    Plan::Files {
        to: to
            .iter()
            .map(|id| (ServerId(*id), "b1".to_owned()))
            .collect(),
        all_stop,
    }
}

#[test]
fn one_restored_server_is_harmless_until_one_more_dies() {
    let mut lab = at_end(&format!(
        "{OLD_BACKUP}restart 1\nuntil synced 1 within=20s\n"
    ));
    let digest = lab.frame().digest.clone();
    let view = drilled(&mut lab, files(&[2], false));
    assert_eq!(view.refused, None);
    assert_eq!(view.done.len(), 3, "planned, S1 dies, S3 dies");
    for outcome in &view.done {
        assert_eq!(outcome.lost, 0, "{outcome:?}");
        assert!(outcome.serves_after_us.is_some(), "{outcome:?}");
    }
    assert_eq!(lab.frame().digest, digest, "the run itself stays as it was");
    assert_eq!(lab.transport().branches.len(), 1);
}

#[test]
fn the_worst_trial_loses_what_clients_were_told_and_can_be_kept() {
    let mut lab = at_end(&format!("{OLD_BACKUP}restart 1\n"));
    let view = drilled(&mut lab, files(&[2], false));
    let lost: Vec<_> = view.done.iter().map(|o| (o.twist, o.lost)).collect();
    // S1 lags, so even as planned the two that know less are a quorum before S3 can teach S1.
    assert_eq!(lost[0], (Twist::None, 2), "{lost:?}");
    let at = view
        .done
        .iter()
        .position(|o| o.twist == Twist::Dies(ServerId(3)));
    let at = at.expect("S3 dies in one of them");
    let worst = &view.done[at];
    assert_eq!(worst.lost, 2, "{worst:?}");
    assert_eq!(worst.named.len(), 2);
    assert!(worst.named[0].request.contains("/q"), "{worst:?}");
    assert!(worst.red.contains(&"I1".to_owned()), "{worst:?}");
    let tree = worst
        .tree
        .as_ref()
        .expect("somebody serves before and after");
    let paths: Vec<&str> = tree.rows.iter().map(|row| row.path.as_str()).collect();
    assert!(paths.contains(&"/q") && paths.contains(&"/r"), "{paths:?}");
    lab.dispatch(Action::KeepTrial(at));
    assert_eq!(lab.transport().branches.len(), 2);
    assert_eq!(lab.drill(), None, "another branch is shown");
    lab.dispatch(Action::Seek(u64::MAX));
    assert_eq!(lab.ledger().lost, 2);
    let again = at_end(&lab.script());
    assert_eq!(again.frame().digest, lab.frame().digest);
}

#[test]
fn the_same_backup_everywhere_with_everybody_stopped_loses_the_same_in_each_trial() {
    let mut lab = at_end(OLD_BACKUP);
    let view = drilled(&mut lab, files(&[1, 2, 3], true));
    let lost: Vec<u64> = view.done.iter().map(|o| o.lost).collect();
    assert_eq!(lost, [2, 2, 2, 2]);
}

#[test]
fn of_different_backups_the_first_majority_decides_and_every_order_is_tried() {
    let mut lab = at_end(&format!("{OLD_BACKUP}backup cold from=3 as=b2\n"));
    let to = [(1, "b1"), (2, "b1"), (3, "b2")].map(|(id, b)| (ServerId(id), b.to_owned()));
    let view = drilled(
        &mut lab,
        Plan::Files {
            to: to.into(),
            all_stop: true,
        },
    );
    assert_eq!(view.refused, None);
    assert!(
        view.lines.contains(&"copy b2 to=3".to_owned()),
        "{:?}",
        view.lines
    );
    let tried: Vec<_> = view.done.iter().map(|o| (o.twist, o.lost)).collect();
    // With S3 among the first nothing is lost; without it, what only b2 has.
    let late = |id| Twist::Late(ServerId(id));
    assert_eq!(
        tried,
        [(Twist::None, 0), (late(1), 0), (late(2), 0), (late(3), 2)]
    );
}

#[test]
fn a_drill_after_a_disaster_tells_what_comes_back_and_what_does_not() {
    let script = OLD_BACKUP.split("crash 1").next().expect("a beginning");
    let mut lab = at_end(&format!(
        "{script}crash 1 power\ncrash 2 power\ncrash 3 power\nwipe 1\nwipe 2\nwipe 3\n"
    ));
    let view = drilled(&mut lab, files(&[1], true));
    let told: Vec<_> = view
        .done
        .iter()
        .map(|o| (o.twist, o.lost, o.back, o.still))
        .collect();
    // Without S1 the two empty ones elect an empty tree, and S1 follows them.
    let late = |id| Twist::Late(ServerId(id));
    assert_eq!(
        told,
        [
            (Twist::None, 0, 1, 0),
            (late(1), 0, 0, 1),
            (late(2), 0, 1, 0),
            (late(3), 0, 1, 0)
        ]
    );
}

#[test]
fn a_drill_of_another_moment_is_not_shown_and_not_kept() {
    let mut lab = at_end(OLD_BACKUP);
    let _ = drilled(&mut lab, files(&[2], false));
    lab.dispatch(Action::Step(-1));
    assert_eq!(lab.drill(), None);
    lab.dispatch(Action::KeepTrial(0));
    assert!(lab.notice().is_some());
    assert_eq!(lab.transport().branches.len(), 1);
}

#[test]
fn an_impossible_plan_says_why() {
    let mut lab = at_end(OLD_BACKUP);
    let plan = Plan::Files {
        to: [(ServerId(2), "b9".to_owned())].into(),
        all_stop: false,
    };
    let view = drilled(&mut lab, plan);
    assert!(
        view.refused
            .expect("there is no such backup")
            .en
            .contains("b9")
    );
    let view = drilled(&mut lab, Plan::Resync(ServerId(2)));
    assert_eq!(view.done[0].lost, 0);
}

#[test]
fn the_joint_restore_loses_what_it_declares_and_no_lamp_reddens() {
    let mut lab = at_end(OLD_BACKUP);
    let view = drilled(
        &mut lab,
        Plan::Joint {
            backup: "b1".to_owned(),
            until: None,
        },
    );
    assert_eq!(view.refused, None);
    assert_eq!(view.declared, Some(2));
    let [outcome] = &view.done[..] else {
        panic!("{:?}", view.done);
    };
    assert_eq!((outcome.lost, outcome.red.len()), (2, 0), "{outcome:?}");
    assert!(outcome.serves_after_us.is_some());
    lab.dispatch(Action::KeepTrial(0));
    lab.dispatch(Action::Seek(u64::MAX));
    assert!(
        lab.frame()
            .lamps
            .iter()
            .all(|lamp| lamp.holds != Some(false))
    );
}
