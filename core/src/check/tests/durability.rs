//! S9-S11 and S13: promises and disks.

use super::stage::{S1, S2, S3, Stage, create, z};
use crate::base::ServerId;
use crate::check::{BrokenAssumption, DamageKind, Property, What};
use crate::model::Zxid;
use crate::protocol::Decision;
use crate::world::command::{Command, DiskFault};

#[test]
fn s9_a_new_leader_lacks_a_confirmed_write() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.replicate(S1, &a, &[S1, S2]);
    stage.commit(S1, z(1, 1));
    stage.apply(S1, &a);
    stage.told_write(0, z(1, 1));
    stage.establish(S3, 2);
    stage.breaks(&[Property::S9]);
    let verdict = stage.monitor.verdicts().of(Property::S9);
    let violation = verdict.violation().expect("lost");
    let What::LostAtElection {
        zxid, confirmed, ..
    } = violation.what
    else {
        panic!("{violation:?}");
    };
    assert_eq!((zxid, confirmed), (z(1, 1), true));
    assert!(violation.witness.len() >= 3, "proposed, told, lost");
    assert_eq!(stage.monitor.lost(), [z(1, 1)]);
}

#[test]
fn s9_what_a_new_leader_has_beyond_is_committed_with_it() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.replicate(S1, &a, &[S1, S2, S3]);
    assert!(!stage.monitor.is_committed(z(1, 1)));
    for server in [S1, S2, S3] {
        stage.look(server);
        stage.figure(server).database = replayed(&stage, server);
    }
    stage.reign(S2, 2);
    stage.is_green();
    assert!(stage.monitor.is_committed(z(1, 1)));
}

#[test]
fn s9_a_majority_loses_what_was_never_forced() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.propose(S1, &a);
    for server in [S1, S2, S3] {
        stage.append(server, &a);
    }
    stage.ack(S2, S1, z(1, 1));
    stage.commit(S1, z(1, 1));
    assert_eq!(stage.broken(), [Property::S10, Property::S12]);
    stage.power_loss(S1);
    assert!(!stage.broken().contains(&Property::S9), "two disks hold it");
    stage.power_loss(S2);
    assert!(stage.broken().contains(&Property::S9));
}

#[test]
fn s9_power_losses_take_nothing_that_was_forced() {
    let mut stage = Stage::broadcasting();
    stage.write(S1, &create(z(1, 1), "/a"));
    for server in [S1, S2, S3] {
        stage.power_loss(server);
    }
    for server in [S1, S2, S3] {
        stage.boot(server);
    }
    stage.reign(S3, 2);
    stage.finish();
    stage.is_green();
}

#[test]
fn s9_a_minority_may_lose_its_disk() {
    let mut stage = Stage::broadcasting();
    stage.write(S1, &create(z(1, 1), "/a"));
    wipe(&mut stage, S2);
    assert!(!stage.broken().contains(&Property::S9));
    wipe(&mut stage, S3);
    let verdict = stage.monitor.verdicts().of(Property::S9);
    let violation = verdict.violation().expect("two of three are empty");
    let Some(BrokenAssumption::Damaged(damage)) = &violation.assumption else {
        panic!("{violation:?}");
    };
    assert_eq!(damage.kind, DamageKind::Wiped);
}

#[test]
fn s10_an_ack_before_the_fsync() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.propose(S1, &a);
    stage.append(S2, &a);
    stage.ack(S2, S1, z(1, 1));
    stage.breaks(&[Property::S10]);
}

#[test]
fn s10_an_ack_while_an_earlier_record_is_pending() {
    let mut stage = Stage::broadcasting();
    let (a, b) = (create(z(1, 1), "/a"), create(z(1, 2), "/b"));
    stage.propose(S1, &a);
    stage.propose(S1, &b);
    stage.append(S2, &a);
    stage.append(S2, &b);
    stage.synced(S2, std::slice::from_ref(&b));
    stage.ack(S2, S1, z(1, 2));
    let verdict = stage.monitor.verdicts().of(Property::S10);
    let violation = verdict.violation().expect("the first is pending");
    let What::AckBeforeDurable { pending, .. } = violation.what else {
        panic!("{violation:?}");
    };
    assert_eq!(pending, z(1, 1));
}

#[test]
fn s10_bytes_that_only_survived_a_process_crash_are_not_durable() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.propose(S1, &a);
    stage.append(S2, &a);
    stage.boot(S2);
    stage.ack(S2, S1, z(1, 1));
    stage.breaks(&[Property::S10]);
}

#[test]
fn s10_a_lying_disk_is_named() {
    let mut stage = Stage::broadcasting();
    stage.command(Command::Disk {
        server: S2,
        fault: DiskFault::Lying,
    });
    let a = create(z(1, 1), "/a");
    stage.propose(S1, &a);
    stage.append(S2, &a);
    stage.synced(S2, &[]);
    stage.ack(S2, S1, z(1, 1));
    let verdict = stage.monitor.verdicts().of(Property::S10);
    let violation = verdict.violation().expect("nothing was forced");
    let Some(BrokenAssumption::Damaged(damage)) = &violation.assumption else {
        panic!("{violation:?}");
    };
    assert_eq!((damage.server, damage.kind), (S2, DamageKind::Lying));
}

#[test]
fn s11_newleader_acknowledged_without_the_history() {
    let mut stage = Stage::broadcasting();
    stage.replicate(S1, &create(z(1, 1), "/a"), &[S1]);
    stage.write_epochs(S2, 2, 2);
    stage.ack(S2, S1, z(2, 0));
    stage.breaks(&[Property::S10, Property::S11]);
}

#[test]
fn s11_newleader_acknowledged_with_too_much() {
    let mut stage = Stage::broadcasting();
    stage.replicate(S1, &create(z(1, 1), "/a"), &[S1]);
    stage.look(S1);
    stage.write_epochs(S1, 2, 2);
    stage.ack(S1, S2, z(2, 0));
    stage.breaks(&[Property::S11]);
}

#[test]
fn s11_newleader_acknowledged_before_the_epoch_file() {
    let mut stage = Stage::broadcasting();
    stage.ack(S2, S1, z(2, 0));
    stage.breaks(&[Property::S11]);
}

#[test]
fn s13_a_log_that_jumps() {
    let mut stage = Stage::broadcasting();
    stage.replicate(S1, &create(z(1, 1), "/a"), &[S1, S2]);
    stage.append(S2, &create(z(1, 3), "/c"));
    stage.breaks(&[Property::S13]);
}

#[test]
fn s13_a_new_epoch_on_top_of_an_incomplete_old_one() {
    let mut stage = Stage::broadcasting();
    stage.write(S1, &create(z(1, 1), "/a"));
    stage.figure(S3).log.clear();
    stage.figure(S3).database = replayed(&stage, S3);
    stage.boot(S3);
    stage.establish(S1, 2);
    stage.append(S3, &create(z(2, 1), "/b"));
    assert!(stage.broken().contains(&Property::S13));
}

#[test]
fn s13_nothing_is_missing_behind_a_snapshot_that_came_by_snap() {
    let mut stage = Stage::broadcasting();
    stage.write(S1, &create(z(1, 1), "/a"));
    stage.write(S1, &create(z(1, 2), "/b"));
    stage.decide(S3, Decision::LoadedSnap { zxid: z(1, 2) });
    let c = create(z(1, 3), "/c");
    stage.replicate(S1, &c, &[S1, S3]);
    stage.is_green();
}

fn wipe(stage: &mut Stage, server: ServerId) {
    let figure = stage.figure(server);
    figure.log.clear();
    figure.base = Zxid::ZERO;
    stage.command(Command::Wipe(server));
}

/// What recovery makes of a server's log.
fn replayed(stage: &Stage, server: ServerId) -> crate::tree::Database {
    let mut database = crate::tree::Database::new();
    for (record, _) in &stage.figures[&server].log {
        database.apply(&record.txn, crate::tree::TreeRules::zablab());
    }
    database
}
