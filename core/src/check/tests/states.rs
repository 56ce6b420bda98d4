//! S14-S17: trees, sessions, and what clients see.

use super::stage::{S1, S2, S3, Stage, create, create_body, record, z};
use crate::base::SessionId;
use crate::check::{Difference, Property, What};
use crate::model::ReplyBody;
use crate::model::{Acl, Request, Stat, TxnBody, Zxid};
use crate::protocol::Decision;
use crate::tree::TreeRules;

#[test]
fn s14_recovery_makes_another_tree() {
    let mut stage = Stage::broadcasting();
    stage.write(S1, &create(z(1, 1), "/a"));
    let extra = create(z(1, 1), "/ghost");
    stage.power_loss(S2);
    stage.boot(S2);
    stage.is_green();
    stage.power_loss(S2);
    let figure = stage.figure(S2);
    figure.database.apply(&extra.txn, TreeRules::zablab());
    stage.boot_as_it_is(S2);
    stage.breaks(&[Property::S14]);
}

#[test]
fn s14_sees_access_control_lists_that_no_digest_covers() {
    let mut stage = Stage::broadcasting();
    stage.write(S1, &create(z(1, 1), "/a"));
    let set = |perms| {
        let body = TxnBody::SetAcl {
            path: "/a".to_owned(),
            acl: vec![Acl::world(perms)],
            version: 1,
        };
        record(z(1, 2), SessionId(7), body, None)
    };
    let (right, wrong) = (set(1), set(3));
    stage.replicate(S1, &right, &[S1, S2, S3]);
    stage.commit(S1, z(1, 2));
    let figure = stage.figure(S3);
    figure.database.apply(&wrong.txn, TreeRules::zablab());
    stage.apply(S1, &right);
    let digests = [S1, S3].map(|s| stage.figures[&s].database.tree.digest());
    assert_eq!(digests[0], digests[1]);
    stage.deliver_silently(S3, &right);
    stage.finish();
    stage.breaks(&[Property::S5, Property::S14]);
    let verdict = stage.monitor.verdicts().of(Property::S14);
    let violation = verdict.violation().expect("two lists");
    let What::TreeDiffers { path, how, .. } = &violation.what else {
        panic!("{violation:?}");
    };
    assert_eq!((path.as_str(), *how), ("/a", Difference::Acl));
}

#[test]
fn s14_waits_while_a_fuzzy_snapshot_is_ahead_of_its_log() {
    let mut stage = Stage::broadcasting();
    let a = create(z(1, 1), "/a");
    stage.replicate(S1, &a, &[S1, S2]);
    stage.append(S3, &a);
    stage.commit(S1, z(1, 1));
    for server in [S1, S2, S3] {
        stage.apply(server, &a);
    }
    stage.decide(
        S3,
        Decision::SnapshotDone {
            zxid: Zxid::ZERO,
            fuzzy_to: z(1, 1),
        },
    );
    stage.power_loss(S3);
    let figure = stage.figure(S3);
    figure.database.apply(&a.txn, TreeRules::zablab());
    figure.database.last_zxid = Zxid::ZERO;
    stage.boot_as_it_is(S3);
    stage.is_green();
}

#[test]
fn s15_another_digest_than_the_leader_computed() {
    let mut stage = Stage::broadcasting();
    let digest = Some(12_345);
    let a = record(z(1, 1), SessionId(7), create_body("/a", false), digest);
    stage.replicate(S1, &a, &[S1, S2, S3]);
    stage.commit(S1, z(1, 1));
    stage.apply(S1, &a);
    stage.breaks(&[Property::S15]);
}

#[test]
fn s16_an_ephemeral_outlives_its_session() {
    let mut stage = Stage::broadcasting();
    let session = SessionId(9);
    let open = TxnBody::CreateSession { timeout_ms: 4_000 };
    stage.write(S1, &record(z(1, 1), session, open, None));
    let ephemeral = create_body("/e", true);
    stage.write(S1, &record(z(1, 2), session, ephemeral, None));
    let close = TxnBody::CloseSession {
        paths: Some(vec!["/e".to_owned()]),
    };
    let close = record(z(1, 3), session, close, None);
    stage.replicate(S1, &close, &[S1, S2, S3]);
    stage.commit(S1, z(1, 3));
    stage.apply(S1, &close);
    stage.is_green();
    let figure = stage.figure(S2);
    figure.database.sessions.remove_mut(&session);
    figure.database.last_zxid = z(1, 3);
    stage.deliver_silently(S2, &close);
    assert!(stage.broken().contains(&Property::S16));
}

#[test]
fn s17_a_session_reads_backwards() {
    let mut stage = Stage::broadcasting();
    stage.told_read(0, z(1, 5));
    stage.told_read(1, z(1, 5));
    stage.is_green();
    stage.told_read(2, z(1, 4));
    stage.breaks(&[Property::S17]);
}

#[test]
fn s17_answers_come_out_of_order() {
    let mut stage = Stage::broadcasting();
    stage.told_read(1, z(1, 5));
    stage.told_read(0, z(1, 5));
    stage.breaks(&[Property::S17]);
}

#[test]
fn s17_a_session_does_not_see_its_own_write() {
    let mut stage = Stage::broadcasting();
    stage.write(S1, &create(z(1, 1), "/a"));
    let path = || "/a".to_owned();
    let set = TxnBody::SetData {
        path: path(),
        data: None,
        version: 1,
    };
    stage.write(S1, &record(z(1, 2), SessionId(7), set, None));
    let request = Request::SetData {
        path: path(),
        data: None,
        version: -1,
    };
    stage.told(0, request, z(1, 2), Some(z(1, 2)), ReplyBody::Empty);
    let stale = Stat {
        mzxid: z(1, 1),
        ..Stat::default()
    };
    let read = Request::Exists {
        path: path(),
        watch: false,
    };
    stage.told(1, read, z(1, 2), None, ReplyBody::Stat(stale));
    stage.breaks(&[Property::S17]);
}
