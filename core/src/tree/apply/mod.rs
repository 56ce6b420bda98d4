//! What a committed transaction does to the database.
//!
//! A transaction may meet a tree that has seen it already, or later ones: replay after a fuzzy
//! snapshot does that. So the failures below are ordinary: a create of a node that is there, a
//! delete of one that is not. They change as much as the first run had to change, and no more.
//!
//! | transaction | node is there | node is missing | parent is missing |
//! | --- | --- | --- | --- |
//! | create | renews its access list; type 1 raises the parent's cversion | creates | nothing |
//! | delete | deletes | raises the parent's pzxid | nothing |
//! | setData, setACL | absolute values | nothing | nothing |
//!
//! In ZooKeeper: `DataTree.processTxn`.

mod nodes;

use std::sync::Arc;

use self::nodes::Run;
use super::database::Database;
use super::quota;
use super::rules::TreeRules;
use crate::base::SessionId;
use crate::model::ReplyBody;
use crate::model::{Acl, ErrorCode, EventKind, Txn, TxnBody, TxnHeader};

/// What a transaction did to one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The node is new.
    Created,
    /// The node is gone.
    Deleted,
    /// It has other data.
    Data,
    /// It has another access control list.
    Acl,
    /// A child came or went.
    Children,
}

impl Change {
    /// What a watch tells of it; a change of an access control list is told to nobody.
    pub const fn event(self) -> Option<EventKind> {
        match self {
            Self::Created => Some(EventKind::Created),
            Self::Deleted => Some(EventKind::Deleted),
            Self::Data => Some(EventKind::DataChanged),
            Self::Children => Some(EventKind::ChildrenChanged),
            Self::Acl => None,
        }
    }
}

/// One change of one node, and who may hear of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeChange {
    /// The node.
    pub path: Arc<str>,
    /// What happened to it.
    pub change: Change,
    /// Its access control list, of a deleted node the last one; `None` when the table lacked it.
    pub acl: Option<Arc<[Acl]>>,
}

/// The outcome of a transaction on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The code for the reply. A failed multi says `Ok` here; its body has the codes.
    pub error: ErrorCode,
    /// The content of the reply.
    pub body: ReplyBody,
    /// What changed, in order: the node first, its parent after it.
    pub changes: Vec<NodeChange>,
    /// The table lacks the access control list of a node that changed. A release that asks for the list,
    /// to know who may hear of the change, ends over it.
    pub list_missing: bool,
}

/// True for a transaction that no server can apply: it ends over it, and again at each start. Releases
/// let two kinds of them into their logs; a path without a slash comes from elsewhere.
pub fn is_poison(txn: &Txn, rules: TreeRules) -> bool {
    let nowhere = |path: &str| !path.contains('/');
    let one = |body: &TxnBody| match body {
        TxnBody::CreateTtl { path, ttl_ms, .. } => *ttl_ms <= 0 || nowhere(path),
        TxnBody::Create { path, .. } | TxnBody::CreateContainer { path, .. } => {
            quota::is_limit_of_root(path) || nowhere(path)
        }
        TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => nowhere(path),
        TxnBody::CloseSession { paths } => paths.iter().flatten().any(|path| nowhere(path)),
        _ => false,
    };
    match &txn.body {
        TxnBody::Multi(all) if has_failed(all) => false,
        TxnBody::Multi(all) => {
            let readable = readable(all, rules);
            let unread = all.get(readable.len());
            let null = matches!(unread, Some(TxnBody::Unread { bytes: None, .. }));
            readable.iter().any(one) || null || (rules.multi_is_whole && unread.is_some())
        }
        body => one(body),
    }
}

/// The parts of a multi up to the first that this release cannot read.
fn readable(operations: &[TxnBody], rules: TreeRules) -> &[TxnBody] {
    let unread = operations.iter().position(|body| match body {
        TxnBody::Unread { .. } => true,
        TxnBody::Create { create2: true, .. } => !rules.multi_keeps_create2,
        _ => false,
    });
    &operations[..unread.unwrap_or(operations.len())]
}

impl Database {
    /// Applies a transaction. Applying one again is harmless.
    pub fn apply(&mut self, txn: &Txn, rules: TreeRules) -> Applied {
        let mut changes = Vec::new();
        let (error, body) = match &txn.body {
            TxnBody::Multi(operations) => self.multi(&txn.header, operations, rules, &mut changes),
            body => self.operation(&txn.header, body, rules, &mut changes),
        };
        self.last_zxid = self.last_zxid.max(txn.header.zxid);
        Applied {
            error,
            body,
            list_missing: changes.iter().any(|change| change.acl.is_none()),
            changes,
        }
    }

    /// Applies only the first operations of a multi: the state that a snapshot may meet while the
    /// transaction is being applied. The caller does this to a clone.
    pub fn apply_prefix(&mut self, txn: &Txn, operations: usize, rules: TreeRules) {
        let TxnBody::Multi(all) = &txn.body else {
            return;
        };
        let some = &all[..operations.min(all.len())];
        if !has_failed(all) && !some.is_empty() {
            self.multi(&txn.header, some, rules, &mut Vec::new());
            if !rules.multi_moves_zxid_last {
                self.last_zxid = self.last_zxid.max(txn.header.zxid);
            }
        }
    }

    /// Deletes a session's ephemerals under the last zxid, without a transaction.
    pub(super) fn kill(&mut self, session: SessionId) {
        self.close_without_txn(session, None);
    }

    /// Deletes these nodes under the last zxid, without a transaction.
    pub(super) fn remove(&mut self, paths: &[Arc<str>]) {
        let paths: Vec<String> = paths.iter().map(|path| path.to_string()).collect();
        self.close_without_txn(SessionId(0), Some(&paths));
    }

    fn close_without_txn(&mut self, session: SessionId, paths: Option<&[String]>) {
        let header = TxnHeader {
            session,
            cxid: 0,
            zxid: self.last_zxid,
            time_ms: 0,
        };
        let mut run = Run {
            tree: &mut self.tree,
            header: &header,
            rules: TreeRules::zablab(),
            changes: &mut Vec::new(),
        };
        run.close(session, paths);
    }

    /// All or nothing: one error among the operations and none is applied.
    fn multi(
        &mut self,
        header: &TxnHeader,
        operations: &[TxnBody],
        rules: TreeRules,
        changes: &mut Vec<NodeChange>,
    ) -> (ErrorCode, ReplyBody) {
        let results = if has_failed(operations) {
            failed_results(operations)
        } else {
            readable(operations, rules)
                .iter()
                .map(|body| self.operation(header, body, rules, changes))
                .collect()
        };
        (ErrorCode::Ok, ReplyBody::Multi(results))
    }

    fn operation(
        &mut self,
        header: &TxnHeader,
        body: &TxnBody,
        rules: TreeRules,
        changes: &mut Vec<NodeChange>,
    ) -> (ErrorCode, ReplyBody) {
        let mut run = Run {
            tree: &mut self.tree,
            header,
            rules,
            changes,
        };
        let outcome = match body {
            TxnBody::CreateSession { timeout_ms } => {
                let timeout_ms = *timeout_ms;
                self.sessions.insert_mut(header.session, timeout_ms);
                Ok(ReplyBody::Session { timeout_ms })
            }
            TxnBody::CloseSession { paths } => {
                run.close(header.session, paths.as_deref());
                self.sessions.remove_mut(&header.session);
                Ok(ReplyBody::Empty)
            }
            // A multi does not nest.
            TxnBody::Multi(_) | TxnBody::Unread { .. } => Err(ErrorCode::RuntimeInconsistency),
            body => run.node_operation(body),
        };
        match outcome {
            Ok(body) => (ErrorCode::Ok, body),
            Err(error) => (error, ReplyBody::Empty),
        }
    }
}

fn has_failed(operations: &[TxnBody]) -> bool {
    operations
        .iter()
        .any(|body| matches!(body, TxnBody::Error { .. }))
}

/// Codes of a failed multi. Real operations beside an error were not executed: those before it
/// have code `Ok`, those after it `RuntimeInconsistency`.
fn failed_results(operations: &[TxnBody]) -> Vec<(ErrorCode, ReplyBody)> {
    let mut rest = ErrorCode::Ok;
    let mut code = |body: &TxnBody| match body {
        TxnBody::Error { code } => {
            if *code != 0 {
                rest = ErrorCode::RuntimeInconsistency;
            }
            error_code(*code)
        }
        _ => rest,
    };
    operations
        .iter()
        .map(|body| (code(body), ReplyBody::Empty))
        .collect()
}

fn error_code(code: i32) -> ErrorCode {
    ErrorCode::from_code(code).unwrap_or(ErrorCode::SystemError)
}
