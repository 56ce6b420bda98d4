//! Tests of the floor as a whole: a leader that prepares ahead of what it applies.

mod multi;
mod replay;
mod requests;
mod vectors;

#[cfg(not(target_arch = "wasm32"))]
mod random;

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Applied, AuthId, Database, NodeOwner, Prep, PrepContext, TreeRules};
use crate::base::SessionId;
use crate::model::ReplyBody;
use crate::model::request::CreateMode;
use crate::model::txn::Data;
use crate::model::{Acl, Epoch, ErrorCode, Request, Txn, TxnBody, Zxid};

/// A leader of one: it prepares requests and applies its transactions later.
#[derive(Clone)]
struct Leader {
    db: Database,
    prep: Prep,
    rules: TreeRules,
    ids: Vec<AuthId>,
    waiting: VecDeque<Txn>,
    log: Vec<Txn>,
}

const ALICE: SessionId = SessionId(0x0100_0000_0000_0001);
const BOB: SessionId = SessionId(0x0100_0000_0000_0002);

impl Leader {
    /// Sessions `ALICE` and `BOB` are open.
    fn new() -> Self {
        Self::with_rules(TreeRules::zablab())
    }

    fn with_rules(rules: TreeRules) -> Self {
        let mut leader = Self {
            db: Database::new(),
            prep: Prep::new(),
            rules,
            ids: Vec::new(),
            waiting: VecDeque::new(),
            log: Vec::new(),
        };
        for session in [ALICE, BOB] {
            leader.prepare(session, &Request::CreateSession { timeout_ms: 4_000 });
        }
        leader.apply_all();
        leader
    }

    fn prepare(&mut self, session: SessionId, request: &Request) -> Txn {
        let next = self.log.len() as u32 + 1;
        let ctx = PrepContext {
            session,
            cxid: next as i32,
            zxid: Zxid::new(Epoch(1), next),
            time_ms: 1_000_000 + i64::from(next),
            ids: &self.ids,
            ttl_allowed: true,
            enforce_quota: false,
            refused: None,
            rules: self.rules,
        };
        let txn = self.prep.prepare(&self.db, ctx, request);
        self.log.push(txn.clone());
        self.waiting.push_back(txn.clone());
        txn
    }

    fn apply_one(&mut self) -> Option<Applied> {
        let txn = self.waiting.pop_front()?;
        let applied = self.db.apply(&txn, self.rules);
        self.prep.prune(self.db.last_zxid);
        if let Some(digest) = txn.digest {
            assert_eq!(digest, self.db.tree.digest(), "digest of {txn:?}");
        }
        Some(applied)
    }

    fn apply_all(&mut self) {
        while self.apply_one().is_some() {}
    }

    /// Prepares and applies at once.
    fn run(&mut self, request: &Request) -> Applied {
        self.prepare(ALICE, request);
        self.apply_all_but_one();
        self.apply_one().expect("a transaction waits")
    }

    fn apply_all_but_one(&mut self) {
        while self.waiting.len() > 1 {
            self.apply_one();
        }
    }

    fn code(&mut self, request: &Request) -> ErrorCode {
        self.run(request).error
    }
}

fn data(text: &str) -> Option<Data> {
    Some(Arc::from(text.as_bytes()))
}

fn create(path: &str) -> Request {
    create_as(path, CreateMode::Persistent)
}

fn create_as(path: &str, mode: CreateMode) -> Request {
    Request::Create {
        path: path.to_owned(),
        data: data(""),
        acl: Acl::open(),
        mode,
        op: mode.op(),
    }
}

fn create_acl(path: &str, acl: Vec<Acl>) -> Request {
    Request::Create {
        path: path.to_owned(),
        data: None,
        acl,
        mode: CreateMode::Persistent,
        op: CreateMode::Persistent.op(),
    }
}

fn delete(path: &str) -> Request {
    Request::Delete {
        path: path.to_owned(),
        version: -1,
    }
}

fn set_data(path: &str, text: &str, version: i32) -> Request {
    Request::SetData {
        path: path.to_owned(),
        data: data(text),
        version,
    }
}

fn set_acl(path: &str, acl: Vec<Acl>) -> Request {
    Request::SetAcl {
        path: path.to_owned(),
        acl,
        version: -1,
    }
}

fn check(path: &str, version: i32) -> Request {
    Request::Check {
        path: path.to_owned(),
        version,
    }
}

fn created(applied: &Applied) -> &str {
    match &applied.body {
        ReplyBody::Created { path, .. } => path,
        other => panic!("not a create: {other:?}"),
    }
}

/// The books of a database that saw its transactions once and in order.
fn assert_books(db: &Database) {
    let tree = &db.tree;
    let sum = tree
        .iter()
        .map(|(_, node)| i64::from(node.digest()))
        .sum::<i64>();
    assert_eq!(tree.digest(), sum, "the digest is the sum over all nodes");
    for (path, node) in tree.iter() {
        let (parent, name) = super::path::split(path).expect("paths have a slash");
        let known = tree.iter_children(parent).any(|child| **child == *name);
        assert!(known || &**path == "/", "{path} is known to its parent");
        for name in &node.children {
            let child = super::path::join(path, name);
            assert!(tree.node(&child).is_some(), "{child} exists");
        }
        assert!(tree.acl_of(node).is_some(), "{path} has an access list");
        let mut fresh = node.clone();
        fresh.refresh_digest(path);
        assert_eq!(fresh.digest(), node.digest(), "digest of {path}");
        if let NodeOwner::Session(session) = node.stat.owner() {
            assert!(tree.ephemerals_of(session).any(|owned| owned == path));
            assert!(db.sessions.contains_key(&session), "{path} has an owner");
        }
    }
    for session in tree.owners() {
        for path in tree.ephemerals_of(session) {
            let owner = tree.node(path).map(|node| node.stat.owner());
            assert_eq!(owner, Some(NodeOwner::Session(session)), "{path}");
        }
    }
    for (id, _) in tree.acls().iter() {
        let users = tree.iter().filter(|(_, node)| node.acl == id).count();
        assert_eq!(tree.acls().uses(id) as usize, users, "uses of {id:?}");
    }
}
