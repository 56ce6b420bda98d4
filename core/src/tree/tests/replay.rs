//! Transactions that meet a tree from their own future, as after a fuzzy snapshot.

use super::*;
use crate::model::acl::perms;
use crate::tree::{DataTree, Znode, path};

/// A snapshot under way: what it has copied, and where it goes next.
pub(super) struct Fuzzy {
    db: Database,
    start: usize,
    nodes: Vec<(String, Znode)>,
    ahead: Vec<String>,
}

impl Fuzzy {
    /// Sessions and access lists are copied at once.
    pub(super) fn begin(leader: &Leader) -> Self {
        let mut db = Database::empty();
        db.sessions = leader.db.sessions.clone();
        db.last_zxid = leader.db.last_zxid;
        for (id, list) in leader.db.tree.acls().iter() {
            db.tree.acls_mut().insert_raw(id, list.clone());
        }
        Self {
            db,
            start: leader.log.len() - leader.waiting.len(),
            nodes: Vec::new(),
            ahead: vec![path::ROOT.to_owned()],
        }
    }

    /// Copies the next node as it is now; a node that is gone is left out.
    pub(super) fn visit(&mut self, tree: &DataTree) -> bool {
        let Some(path) = self.ahead.pop() else {
            return false;
        };
        if let Some(node) = tree.node(&path) {
            let names: Vec<_> = node.children.iter().rev().collect();
            self.ahead
                .extend(names.iter().map(|name| path::join(&path, name)));
            let copy = Znode::new(node.data.clone(), node.acl, node.stat);
            self.nodes.push((path, copy));
        }
        true
    }

    /// Walks to the end, loads the copy and replays the log from where the snapshot began.
    pub(super) fn recover(mut self, leader: &Leader, rules: TreeRules) -> Database {
        while self.visit(&leader.db.tree) {}
        for (path, node) in self.nodes {
            self.db.tree.insert_raw(&path, node);
        }
        self.db.tree.finish_load(rules);
        for txn in &leader.log[self.start..] {
            self.db.apply(txn, rules);
        }
        self.db
    }
}

/// The known hole: `/p` is deleted, made again and given a child while the snapshot is under way.
fn known_hole(rules: TreeRules) -> (Leader, Database) {
    let mut leader = Leader::with_rules(rules);
    leader.run(&create("/p"));
    let snapshot = Fuzzy::begin(&leader);
    for request in [delete("/p"), create("/p"), create("/p/k")] {
        assert_eq!(leader.code(&request), ErrorCode::Ok);
    }
    let recovered = snapshot.recover(&leader, rules);
    (leader, recovered)
}

#[test]
fn a_child_left_over_from_the_future_is_attached_again() {
    let (leader, recovered) = known_hole(TreeRules::zablab());
    assert_eq!(recovered.tree.difference(&leader.db.tree), None);
    assert_books(&recovered);
}

#[test]
fn asking_the_whole_tree_loses_the_child_and_the_digest_does_not_notice() {
    let (leader, recovered) = known_hole(TreeRules::v3_9_4());
    assert_eq!(
        recovered.tree.difference(&leader.db.tree).as_deref(),
        Some("/p")
    );
    assert_eq!(recovered.tree.iter_children("/p").count(), 0);
    assert!(recovered.tree.node("/p/k").is_some());
    assert_eq!(recovered.tree.digest(), leader.db.tree.digest());
}

/// Another list each time.
fn list(user: &str) -> Vec<Acl> {
    vec![Acl {
        perms: perms::ALL,
        scheme: "digest".to_owned(),
        id: format!("{user}:h"),
    }]
}

/// `/y` is copied with a number that the snapshot's table lacks and that replay gives to `/w`.
fn dangling_list(rules: TreeRules) -> (Leader, Database) {
    let mut leader = Leader::with_rules(rules);
    leader.ids = vec![AuthId::superuser()];
    for path in ["/w", "/x", "/y"] {
        leader.run(&create(path));
    }
    leader.run(&create_acl("/t", list("t")));
    leader.run(&delete("/t"));
    let snapshot = Fuzzy::begin(&leader);
    leader.run(&set_acl("/x", list("a")));
    leader.run(&set_acl("/w", list("b")));
    leader.run(&set_acl("/y", list("a")));
    let recovered = snapshot.recover(&leader, rules);
    (leader, recovered)
}

#[test]
fn numbers_that_nodes_hold_are_not_given_to_other_lists() {
    let (leader, recovered) = dangling_list(TreeRules::zablab());
    assert_eq!(recovered.tree.difference(&leader.db.tree), None);
    assert_books(&recovered);
}

#[test]
fn numbers_given_out_twice_lose_a_list() {
    let (leader, recovered) = dangling_list(TreeRules::v3_9_4());
    assert_eq!(
        recovered.tree.difference(&leader.db.tree).as_deref(),
        Some("/w")
    );
    let read = Request::GetData {
        path: "/w".to_owned(),
        watch: false,
    };
    assert_eq!(recovered.read(&read).0, ErrorCode::MarshallingError);
}

#[test]
fn a_create_gives_an_existing_node_the_list_that_the_table_lacks() {
    let lists = [TreeRules::zablab(), TreeRules::v3_8_0()].map(|rules| {
        let mut leader = Leader::with_rules(rules);
        leader.run(&create_acl("/t", list("t")));
        leader.run(&delete("/t"));
        let snapshot = Fuzzy::begin(&leader);
        leader.run(&create_acl("/n", list("a")));
        let recovered = snapshot.recover(&leader, rules);
        let node = recovered.tree.node("/n").expect("it was copied").clone();
        recovered.tree.acl_of(&node).map(|list| list.to_vec())
    });
    assert_eq!(lists, [Some(list("a")), None]);
}

#[test]
fn deleting_a_missing_node_raises_the_pzxid_of_its_parent() {
    let mut leader = Leader::new();
    leader.run(&create("/p"));
    leader.run(&create("/p/k"));
    leader.run(&delete("/p/k"));
    let log = leader.log.clone();
    let pzxid = |raise_parent_pzxid| {
        let rules = TreeRules {
            raise_parent_pzxid,
            ..TreeRules::zablab()
        };
        let mut db = Database::new();
        let (gone, before) = log.split_last().expect("something was logged");
        let without_child = |txn: &&Txn| txn.body.path() != Some("/p/k");
        for txn in before.iter().filter(without_child) {
            db.apply(txn, rules);
        }
        let applied = db.apply(gone, rules);
        assert_eq!(applied.error, ErrorCode::NoNode);
        let pzxid = db.tree.stat("/p").map(|stat| stat.pzxid);
        pzxid == Some(gone.header.zxid)
    };
    assert!(pzxid(true));
    assert!(!pzxid(false));
}

#[test]
fn ephemerals_of_unknown_sessions_go_after_loading() {
    let mut leader = Leader::new();
    leader.run(&create_as("/e", CreateMode::Ephemeral));
    leader.run(&create_as("/box", CreateMode::Container));
    leader.db.drop_orphan_ephemerals();
    assert!(leader.db.tree.stat("/e").is_some());
    leader.db.sessions.remove_mut(&ALICE);
    leader.db.drop_orphan_ephemerals();
    assert!(leader.db.tree.stat("/e").is_none());
    assert!(leader.db.tree.stat("/box").is_some());
    assert_books(&leader.db);
}

#[test]
fn a_close_without_a_list_deletes_what_the_session_owns_here() {
    let mut leader = Leader::with_rules(TreeRules {
        close_lists_paths: false,
        ..TreeRules::zablab()
    });
    leader.run(&create_as("/e", CreateMode::Ephemeral));
    let close = leader.prepare(ALICE, &Request::CloseSession);
    assert_eq!(close.body, TxnBody::CloseSession { paths: None });
    leader.apply_all();
    assert!(leader.db.tree.stat("/e").is_none());
}
