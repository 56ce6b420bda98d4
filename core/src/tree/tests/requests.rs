//! Single requests: which check decides, what the stat says, who may do what.

use super::*;
use crate::base::{ConnId, SessionId};
use crate::model::acl::perms;
use crate::tree::read::Reader;
use crate::tree::{Watches, path};

#[test]
fn the_first_failing_check_of_a_create_decides() {
    let mut leader = Leader::new();
    leader.run(&create_as("/e", CreateMode::Ephemeral));
    let cases = [
        ("", ErrorCode::BadArguments),
        ("a", ErrorCode::BadArguments),
        ("/n\0ul", ErrorCode::BadArguments),
        ("/a//b", ErrorCode::NoNode),
        ("/a/./b", ErrorCode::NoNode),
        ("//", ErrorCode::BadArguments),
        ("/a/", ErrorCode::NoNode),
        ("/.", ErrorCode::BadArguments),
        ("/", ErrorCode::NodeExists),
        ("/zookeeper", ErrorCode::NodeExists),
        ("/no/parent", ErrorCode::NoNode),
        ("/e/child", ErrorCode::NoChildrenForEphemerals),
        ("/zookeeper/x", ErrorCode::Ok),
    ];
    for (path, code) in cases {
        assert_eq!(leader.code(&create(path)), code, "{path:?}");
    }
    // The access list is looked at before the parent, the time to live before all.
    assert_eq!(
        leader.code(&create_acl("/no/parent", Vec::new())),
        ErrorCode::InvalidAcl
    );
    assert_eq!(
        leader.code(&create_as("", CreateMode::Ttl(0))),
        ErrorCode::BadArguments
    );
    let longest = CreateMode::Ttl(NodeOwner::TTL_MAX_MS);
    assert_eq!(leader.code(&create_as("/ttl", longest)), ErrorCode::Ok);
    let longer = CreateMode::Ttl(NodeOwner::TTL_MAX_MS + 1);
    assert_eq!(
        leader.code(&create_as("/ttl2", longer)),
        ErrorCode::BadArguments
    );
    assert_books(&leader.db);
}

#[test]
fn a_delete_asks_version_before_children_and_spares_special_nodes() {
    let mut leader = Leader::new();
    leader.run(&create("/p"));
    leader.run(&create("/p/k"));
    let stale = Request::Delete {
        path: "/p".to_owned(),
        version: 9,
    };
    assert_eq!(leader.code(&stale), ErrorCode::BadVersion);
    assert_eq!(leader.code(&delete("/p")), ErrorCode::NotEmpty);
    assert_eq!(leader.code(&delete("/none")), ErrorCode::NoNode);
    for special in [path::ROOT, path::ZOOKEEPER, path::QUOTA, path::CONFIG, "p"] {
        assert_eq!(leader.code(&delete(special)), ErrorCode::BadArguments);
    }
    assert_eq!(leader.code(&delete("/p/k")), ErrorCode::Ok);
    assert_eq!(leader.code(&delete("/p")), ErrorCode::Ok);
}

#[test]
fn the_visible_cversion_moves_with_every_child_and_the_stored_one_with_creates() {
    let mut leader = Leader::new();
    leader.run(&create("/p"));
    let mut seen = Vec::new();
    for request in [
        create("/p/a"),
        create("/p/b"),
        delete("/p/a"),
        create("/p/c"),
    ] {
        let changed = leader.run(&request);
        assert_eq!(changed.error, ErrorCode::Ok);
        let node = leader.db.tree.node("/p").expect("it was created");
        assert_eq!(node.stat.pzxid, leader.db.last_zxid);
        seen.push((node.client_stat().cversion, node.stat.cversion));
    }
    assert_eq!(seen, [(1, 1), (2, 2), (3, 2), (4, 3)]);
}

#[test]
fn set_data_and_set_acl_touch_what_they_should() {
    let mut leader = Leader::new();
    leader.run(&create("/p"));
    let before = leader.db.tree.stat("/p").expect("it was created");
    leader.run(&set_acl("/p", vec![Acl::world(perms::READ | perms::ADMIN)]));
    let after = leader.db.tree.stat("/p").expect("it is there");
    assert_eq!((after.aversion, after.mzxid), (1, before.mzxid));
    assert_eq!(leader.code(&set_data("/p", "x", -1)), ErrorCode::NoAuth);
    leader.run(&set_acl("/p", Acl::open()));
    assert_eq!(leader.code(&set_data("/p", "x", 7)), ErrorCode::BadVersion);
    assert_eq!(leader.code(&set_data("/p", "x", -2)), ErrorCode::BadVersion);
    assert_eq!(leader.code(&set_data("/p", "x", 0)), ErrorCode::Ok);
    let after = leader.db.tree.stat("/p").expect("it is there");
    assert_eq!((after.version, after.data_length), (1, 1));
    assert_eq!(after.mzxid, leader.db.last_zxid);
    assert_books(&leader.db);
}

#[test]
fn a_suffix_counts_every_create_and_is_never_used_again() {
    let mut leader = Leader::new();
    leader.run(&create("/q"));
    let next = |leader: &mut Leader, path: &str| {
        let applied = leader.run(&create_as(path, CreateMode::PersistentSequential));
        created(&applied).to_owned()
    };
    assert_eq!(next(&mut leader, "/q/n-"), "/q/n-0000000000");
    assert_eq!(next(&mut leader, "/q/n-"), "/q/n-0000000001");
    leader.run(&create("/q/plain"));
    assert_eq!(next(&mut leader, "/q/n-"), "/q/n-0000000003");
    leader.run(&delete("/q/n-0000000003"));
    assert_eq!(next(&mut leader, "/q/"), "/q/0000000004");
}

#[test]
fn a_suffix_past_the_largest_number_is_negative() {
    let mut leader = Leader::new();
    leader.run(&create("/q"));
    let mut parent = leader.db.tree.node("/q").expect("it was created").clone();
    parent.stat.cversion = -5;
    leader.db.tree.insert_raw("/q", parent);
    let applied = leader.run(&create_as("/q/n", CreateMode::PersistentSequential));
    assert_eq!(created(&applied), "/q/n-000000005");
}

#[test]
fn sequential_creates_under_way_get_different_suffixes() {
    let mut leader = Leader::new();
    let paths: Vec<String> = (0..3)
        .map(|_| {
            let request = create_as("/s", CreateMode::EphemeralSequential);
            let txn = leader.prepare(BOB, &request);
            txn.body.path().expect("a create has a path").to_owned()
        })
        .collect();
    assert_eq!(paths, ["/s0000000000", "/s0000000001", "/s0000000002"]);
    leader.apply_all();
    assert_eq!(leader.db.tree.ephemerals_of(BOB).count(), 3);
}

#[test]
fn a_closed_session_takes_applied_and_pending_ephemerals_along() {
    let mut leader = Leader::new();
    leader.run(&create("/p"));
    leader.run(&create_as("/p/old", CreateMode::Ephemeral));
    leader.run(&create_as("/gone", CreateMode::Ephemeral));
    leader.prepare(ALICE, &delete("/gone"));
    leader.prepare(ALICE, &create_as("/p/new", CreateMode::Ephemeral));
    let close = leader.prepare(ALICE, &Request::CloseSession);
    let paths = Some(vec!["/p/new".to_owned(), "/p/old".to_owned()]);
    assert_eq!(close.body, TxnBody::CloseSession { paths });
    let late = leader.prepare(ALICE, &create("/late"));
    let expired = ErrorCode::SessionExpired.code();
    assert_eq!(late.body, TxnBody::Error { code: expired });
    leader.apply_all();
    assert_eq!(leader.db.tree.iter_children("/p").count(), 0);
    assert!(!leader.db.sessions.contains_key(&ALICE));
    assert_books(&leader.db);
}

#[test]
fn what_the_session_tracker_refuses_fails() {
    let mut leader = Leader::new();
    let db = leader.db.clone();
    let ctx = PrepContext {
        session: ALICE,
        cxid: 1,
        zxid: db.last_zxid.next(),
        time_ms: 0,
        ids: &[],
        ttl_allowed: false,
        enforce_quota: false,
        refused: Some(ErrorCode::SessionMoved),
        rules: TreeRules::zablab(),
    };
    let code = |txn: Txn| match txn.body {
        TxnBody::Error { code } => ErrorCode::from_code(code),
        _ => None,
    };
    let moved = leader.prep.prepare(&db, ctx, &create("/a"));
    assert_eq!(moved.digest, None);
    assert_eq!(code(moved), Some(ErrorCode::SessionMoved));
    let ttl = create_as("/a", CreateMode::Ttl(1));
    let ttl = leader.prep.prepare(&db, ctx, &ttl);
    assert_eq!(code(ttl), Some(ErrorCode::Unimplemented));
}

#[test]
fn permissions_are_those_of_the_node_or_of_its_parent() {
    let mut leader = Leader::new();
    let digest = |perms| Acl {
        perms,
        scheme: "digest".to_owned(),
        id: "u:hash".to_owned(),
    };
    let list = vec![Acl::world(perms::READ), digest(perms::ALL)];
    leader.run(&create_acl("/p", list));
    assert_eq!(leader.code(&create("/p/k")), ErrorCode::NoAuth);
    leader.ids = vec![AuthId::new("digest", "u:hash")];
    assert_eq!(leader.code(&create("/p/k")), ErrorCode::Ok);
    assert_eq!(
        leader.code(&create_acl(
            "/p/auth",
            vec![Acl {
                perms: perms::ALL,
                scheme: "auth".to_owned(),
                id: String::new(),
            }]
        )),
        ErrorCode::Ok
    );
    let node = leader.db.tree.node("/p/auth").expect("it was created");
    let list = leader.db.tree.acl_of(node).expect("it is in the table");
    assert_eq!(**list, [digest(perms::ALL)]);
    leader.ids.clear();
    assert_eq!(leader.code(&delete("/p/k")), ErrorCode::NoAuth);
    let read = Request::GetData {
        path: "/p/auth".to_owned(),
        watch: false,
    };
    let rules = TreeRules::zablab();
    assert_eq!(read_by_anybody(&leader.db, &read, rules), ErrorCode::NoAuth);
    assert_eq!(leader.db.read(&read).0, ErrorCode::Ok);
    let exists = Request::Exists {
        path: "/p/auth".to_owned(),
        watch: false,
    };
    assert_eq!(
        read_by_anybody(&leader.db, &exists, rules),
        ErrorCode::NoAuth
    );
    let old = TreeRules::v3_8_0();
    assert_eq!(read_by_anybody(&leader.db, &exists, old), ErrorCode::Ok);
    leader.ids = vec![AuthId::superuser()];
    assert_eq!(leader.code(&delete("/p/k")), ErrorCode::Ok);
    assert_eq!(leader.code(&set_data(path::CONFIG, "x", -1)), ErrorCode::Ok);
}

#[test]
fn a_prepared_access_list_counts_at_once() {
    let codes = [TreeRules::zablab(), TreeRules::v3_9_4()].map(|rules| {
        let mut leader = Leader::with_rules(rules);
        leader.run(&create("/p"));
        leader.prepare(ALICE, &set_acl("/p", vec![Acl::world(perms::READ)]));
        leader.code(&set_data("/p", "x", -1))
    });
    assert_eq!(codes, [ErrorCode::NoAuth, ErrorCode::Ok]);
}

#[test]
fn a_version_never_becomes_the_wildcard() {
    let versions = [TreeRules::zablab(), TreeRules::v3_9_4()].map(|rules| {
        let mut leader = Leader::with_rules(rules);
        leader.run(&create("/p"));
        let mut node = leader.db.tree.node("/p").expect("it was created").clone();
        node.stat.version = -2;
        leader.db.tree.insert_raw("/p", node);
        leader.run(&set_data("/p", "x", -2));
        leader.db.tree.stat("/p").map(|stat| stat.version)
    });
    assert_eq!(versions, [Some(0), Some(-1)]);
}

#[test]
fn a_bare_check_is_refused_unless_the_release_logs_it() {
    let mut leader = Leader::new();
    assert_eq!(
        leader.code(&check("/zookeeper", 0)),
        ErrorCode::Unimplemented
    );
    let mut old = Leader::with_rules(TreeRules::v3_8_0());
    let txn = old.prepare(ALICE, &check("/zookeeper", 0));
    assert_eq!(txn.body.type_code(), 13);
}

#[test]
fn a_container_is_reaped_only_without_children() {
    let mut leader = Leader::new();
    leader.run(&create_as("/box", CreateMode::Container));
    leader.run(&create("/box/k"));
    leader.run(&create_as("/e", CreateMode::Ephemeral));
    let reap = |path: &str| Request::DeleteContainer {
        path: path.to_owned(),
    };
    assert_eq!(leader.db.tree.reapable().count(), 1);
    assert_eq!(leader.code(&reap("/box")), ErrorCode::NotEmpty);
    assert_eq!(leader.code(&reap("/e")), ErrorCode::BadVersion);
    leader.run(&delete("/box/k"));
    assert_eq!(leader.code(&reap("/box")), ErrorCode::Ok);
    assert_eq!(leader.db.tree.reapable().count(), 0);
    assert_eq!(leader.db.tree.stat("/box"), None);
}

#[test]
fn a_client_sees_no_owner_of_containers_and_nodes_with_a_time_to_live() {
    let mut leader = Leader::new();
    for (path, mode) in [("/c", CreateMode::Container), ("/t", CreateMode::Ttl(5))] {
        leader.run(&create_as(path, mode));
        let owner = leader.db.tree.stat(path).map(|stat| stat.ephemeral_owner);
        assert_eq!(owner, Some(0));
    }
    leader.run(&create_as("/e", CreateMode::Ephemeral));
    let owner = leader.db.tree.stat("/e").map(|stat| stat.ephemeral_owner);
    assert_eq!(owner, Some(ALICE.0));
}

fn read_by_anybody(db: &Database, read: &Request, rules: TreeRules) -> ErrorCode {
    let reader = Reader {
        conn: ConnId(1),
        session: SessionId(0),
        ids: &[],
        rules,
    };
    db.read_as(read, reader, &mut Watches::default()).0
}
