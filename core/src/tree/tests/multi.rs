//! All or nothing.

use super::*;

fn errors(codes: &[ErrorCode]) -> Vec<(ErrorCode, ReplyBody)> {
    codes.iter().map(|c| (*c, ReplyBody::Empty)).collect()
}

#[test]
fn a_failed_multi_keeps_its_shape_and_changes_nothing() {
    let mut leader = Leader::new();
    leader.run(&create("/m"));
    let before = leader.db.tree.clone();
    let operations = vec![
        set_data("/m", "2", -1),
        create("/m/k"),
        check("/m", 99),
        delete("/m/k"),
    ];
    let txn = leader.prepare(ALICE, &Request::Multi(operations));
    assert_eq!(txn.digest, Some(before.digest()));
    let TxnBody::Multi(bodies) = &txn.body else {
        panic!("a multi stays a multi");
    };
    let types: Vec<i32> = bodies.iter().map(TxnBody::type_code).collect();
    assert_eq!(types, [5, 1, -1, -1]);
    let applied = leader.apply_one().expect("it waits");
    assert_eq!(applied.error, ErrorCode::Ok);
    let codes = [
        ErrorCode::Ok,
        ErrorCode::Ok,
        ErrorCode::BadVersion,
        ErrorCode::RuntimeInconsistency,
    ];
    assert_eq!(applied.body, ReplyBody::Multi(errors(&codes)));
    assert!(applied.changes.is_empty());
    assert_eq!(leader.db.tree, before);
    assert!(leader.prep.is_empty());
}

#[test]
fn operations_of_a_multi_see_each_other() {
    let mut leader = Leader::new();
    let multi = Request::Multi(vec![
        create("/m"),
        create_as("/m/s-", CreateMode::PersistentSequential),
        create_as("/m/s-", CreateMode::EphemeralSequential),
        set_data("/m", "1", 0),
        check("/m", 1),
        delete("/m/s-0000000000"),
    ]);
    let applied = leader.run(&multi);
    let ReplyBody::Multi(results) = applied.body else {
        panic!("a multi answers with a multi");
    };
    assert!(results.iter().all(|(code, _)| *code == ErrorCode::Ok));
    let names: Vec<&str> = leader.db.tree.iter_children("/m").map(|n| &**n).collect();
    assert_eq!(names, ["s-0000000001"]);
    assert_books(&leader.db);
}

#[test]
fn a_failed_multi_gives_its_sequence_numbers_back_and_restores_older_plans() {
    let mut leader = Leader::new();
    leader.prepare(ALICE, &create("/q"));
    leader.prepare(ALICE, &create("/q/a"));
    leader.prepare(ALICE, &delete("/q/a"));
    leader.prepare(
        ALICE,
        &Request::Multi(vec![
            create_as("/q/s-", CreateMode::PersistentSequential),
            create("/q/a"),
            create("/q/a"),
        ]),
    );
    let txn = leader.prepare(BOB, &create_as("/q/s-", CreateMode::PersistentSequential));
    assert_eq!(txn.body.path(), Some("/q/s-0000000001"));
    let txn = leader.prepare(BOB, &delete("/q/a"));
    assert_eq!(
        txn.body,
        TxnBody::Error {
            code: ErrorCode::NoNode.code()
        }
    );
    leader.apply_all();
    assert_books(&leader.db);
}

#[test]
fn only_some_operations_may_stand_in_a_multi() {
    let mut leader = Leader::new();
    for odd in [
        Request::CloseSession,
        Request::Multi(Vec::new()),
        set_acl("/zookeeper", Acl::open()),
        Request::Exists {
            path: "/".to_owned(),
            watch: false,
        },
    ] {
        let multi = Request::Multi(vec![create("/m"), odd]);
        assert_eq!(leader.code(&multi), ErrorCode::MarshallingError);
    }
    let empty = leader.run(&Request::Multi(Vec::new()));
    assert_eq!(empty.body, ReplyBody::Multi(Vec::new()));
    assert_eq!(leader.db.tree.stat("/m"), None);
}

#[test]
fn a_half_applied_multi_moves_the_last_zxid_only_under_the_old_rule() {
    let mut leader = Leader::new();
    let txn = leader.prepare(ALICE, &Request::Multi(vec![create("/a"), create("/b")]));
    let half = |rules| {
        let mut db = leader.db.clone();
        db.apply_prefix(&txn, 1, rules);
        assert!(db.tree.stat("/a").is_some() && db.tree.stat("/b").is_none());
        db.last_zxid == txn.header.zxid
    };
    assert!(!half(TreeRules::zablab()));
    let old = TreeRules {
        multi_moves_zxid_last: false,
        ..TreeRules::zablab()
    };
    assert!(half(old));
}
