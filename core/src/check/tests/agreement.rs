//! S1-S8 and S12: leadership and order.

use super::stage::{S1, S2, S3, Stage, create, z};
use crate::base::StepId;
use crate::check::{BrokenAssumption, Monitor, Property, Verdict, What};
use crate::model::Epoch;
use crate::protocol::{Config, Profile, Switch};

#[test]
fn a_run_in_which_all_is_well_stays_green() {
    let mut stage = Stage::broadcasting();
    for counter in 1..=5 {
        stage.write(S1, &create(z(1, counter), &format!("/n{counter}")));
        stage.told_write(counter - 1, z(1, counter));
    }
    stage.reign(S2, 2);
    stage.write(S2, &create(z(2, 1), "/later"));
    stage.finish();
    stage.is_green();
    assert_eq!(stage.monitor.committed(), z(2, 1));
    assert!(stage.monitor.lost().is_empty());
    assert!(
        stage
            .monitor
            .lamps()
            .iter()
            .all(|l| l.verdict == Verdict::Holds)
    );
}

#[test]
fn s18_to_s20_and_liveness_do_not_apply_yet() {
    let stage = Stage::new();
    let without: Vec<&str> = stage
        .monitor
        .properties()
        .into_iter()
        .filter(|(_, v)| *v == Verdict::NotApplicable)
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        without,
        ["S18", "S19", "S20", "L1", "L2", "L3", "L4", "L5", "L6"]
    );
}

#[test]
fn s1_two_leaders_of_one_epoch() {
    let mut stage = Stage::broadcasting();
    stage.look(S2);
    let second = stage.steps;
    stage.establish(S2, 1);
    stage.breaks(&[Property::S1]);
    let violation = stage.monitor.verdicts().violations().next();
    let violation = violation.expect("just seen");
    assert_eq!(violation.at, StepId(second));
    assert_eq!(violation.witness.len(), 2, "both establishments");
    assert_eq!(violation.assumption, None);
}

#[test]
fn s1_two_leaders_of_two_epochs_are_fine() {
    let mut stage = Stage::broadcasting();
    stage.reign(S3, 2);
    stage.is_green();
}

#[test]
fn s2_an_epoch_that_a_server_acted_on_is_gone_after_a_restart() {
    let mut stage = Stage::broadcasting();
    stage.figure(S2).epochs = [Some(Epoch(1)), Some(Epoch(0))];
    stage.power_loss(S2);
    stage.boot(S2);
    stage.breaks(&[Property::S2]);
}

#[test]
fn s2_accepted_below_current() {
    let mut stage = Stage::new();
    stage.write_epochs(S1, 1, 2);
    stage.breaks(&[Property::S2]);
}

#[test]
fn s3_two_transactions_with_one_zxid() {
    let mut stage = Stage::broadcasting();
    stage.propose(S1, &create(z(1, 1), "/a"));
    stage.append(S2, &create(z(1, 1), "/b"));
    stage.breaks(&[Property::S3]);
}

#[test]
fn s4_delivered_but_never_proposed() {
    let mut stage = Stage::broadcasting();
    let stray = create(z(1, 1), "/a");
    stage.append(S2, &stray);
    stage.apply(S2, &stray);
    stage.breaks(&[Property::S4]);
}

#[test]
fn s5_two_servers_deliver_different_transactions_at_one_place() {
    let mut stage = Stage::broadcasting();
    let (a, b) = (create(z(1, 1), "/a"), create(z(1, 2), "/b"));
    stage.write(S1, &a);
    stage.write(S1, &b);
    stage.reign(S1, 2);
    let (c, d) = (create(z(2, 1), "/c"), create(z(2, 2), "/d"));
    stage.replicate(S1, &c, &[S1, S2, S3]);
    stage.replicate(S1, &d, &[S1, S2, S3]);
    stage.commit(S1, z(2, 1));
    stage.apply(S1, &c);
    stage.is_green();
    stage.apply(S2, &d);
    assert_eq!(stage.broken(), [Property::S5, Property::S6]);
}

#[test]
fn s6_delivered_without_the_proposal_before() {
    let mut stage = Stage::broadcasting();
    let (a, b) = (create(z(1, 1), "/a"), create(z(1, 2), "/b"));
    stage.replicate(S1, &a, &[S1, S2, S3]);
    stage.replicate(S1, &b, &[S1, S2, S3]);
    stage.apply(S2, &b);
    assert!(stage.broken().contains(&Property::S6));
}

#[test]
fn s7_delivered_after_a_later_epoch() {
    let mut stage = Stage::broadcasting();
    let (a, b) = (create(z(1, 1), "/a"), create(z(2, 1), "/b"));
    stage.propose(S1, &a);
    stage.reign(S2, 2);
    stage.write(S2, &b);
    stage.apply(S3, &a);
    assert!(stage.broken().contains(&Property::S7));
}

#[test]
fn s8_a_leader_that_lacks_something_proposes() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.replicate(S1, &a, &[S1, S2]);
    stage.commit(S1, z(1, 1));
    stage.look(S3);
    stage.establish(S3, 2);
    stage.breaks(&[Property::S9]);
    stage.propose(S3, &create(z(2, 1), "/b"));
    stage.breaks(&[Property::S8, Property::S9]);
}

#[test]
fn s12_a_commit_out_of_turn() {
    let mut stage = Stage::broadcasting();
    let (a, b) = (create(z(1, 1), "/a"), create(z(1, 2), "/b"));
    stage.replicate(S1, &a, &[S1, S2]);
    stage.replicate(S1, &b, &[S1, S2]);
    stage.commit(S1, z(1, 2));
    stage.breaks(&[Property::S12]);
}

#[test]
fn s12_a_commit_without_a_quorum() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.replicate(S1, &a, &[S1, S2]);
    let b = create(z(1, 2), "/b");
    stage.replicate(S1, &b, &[S1]);
    stage.append(S2, &b);
    stage.commit(S1, z(1, 1));
    stage.is_green();
    stage.commit(S1, z(1, 2));
    stage.breaks(&[Property::S12]);
}

#[test]
fn a_breach_names_the_correction_that_guards_the_property() {
    let mut switches = Profile::Zablab.switches();
    for off in [Switch::RefuseGap, Switch::StrictQuorum] {
        switches = switches.with(off, false);
    }
    let mut stage = Stage::with(Config {
        switches,
        ..Config::default()
    });
    assert!(!stage.monitor.assumptions_hold());
    stage.establish(S1, 1);
    stage.establish(S2, 1);
    let verdict = stage.monitor.verdicts().of(Property::S1);
    let violation = verdict.violation().expect("two leaders");
    let named = BrokenAssumption::SwitchOff(Switch::StrictQuorum);
    assert_eq!(violation.assumption, Some(named));
    assert!(matches!(violation.what, What::TwoLeaders { .. }));
}

#[test]
fn verdicts_of_an_earlier_moment_lack_later_breaches() {
    let mut stage = Stage::broadcasting();
    stage.look(S2);
    let step = stage.steps;
    stage.establish(S2, 1);
    let all = stage.monitor.verdicts();
    assert_eq!(all.before(StepId(step)).of(Property::S1), Verdict::Holds);
    assert_eq!(&all.before(StepId(step + 1)), all);
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut stage = Stage::broadcasting();
    let fork: Monitor = stage.monitor.clone();
    stage.look(S2);
    stage.establish(S2, 1);
    assert_eq!(fork.verdicts().violations().count(), 0);
    stage.breaks(&[Property::S1]);
}
