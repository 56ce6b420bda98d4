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

use std::sync::Arc;

use super::data_tree::DataTree;
use super::database::Database;
use super::path;
use super::rules::TreeRules;
use super::znode::{NodeOwner, NodeStat, Znode};
use crate::base::SessionId;
use crate::model::request::ReplyBody;
use crate::model::txn::Data;
use crate::model::{Acl, ErrorCode, Txn, TxnBody, TxnHeader, Zxid};

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

/// The outcome of a transaction on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The code for the reply. A failed multi says `Ok` here; its body has the codes.
    pub error: ErrorCode,
    /// The content of the reply.
    pub body: ReplyBody,
    /// What changed, in order: the node first, its parent after it.
    pub changes: Vec<(Arc<str>, Change)>,
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
        run.close(session, None);
    }

    /// All or nothing: one error among the operations and none is applied.
    fn multi(
        &mut self,
        header: &TxnHeader,
        operations: &[TxnBody],
        rules: TreeRules,
        changes: &mut Vec<(Arc<str>, Change)>,
    ) -> (ErrorCode, ReplyBody) {
        let results = if has_failed(operations) {
            failed_results(operations)
        } else {
            operations
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
        changes: &mut Vec<(Arc<str>, Change)>,
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
            TxnBody::Multi(_) => Err(ErrorCode::RuntimeInconsistency),
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

/// A transaction at work on the tree.
struct Run<'a> {
    tree: &'a mut DataTree,
    header: &'a TxnHeader,
    rules: TreeRules,
    changes: &'a mut Vec<(Arc<str>, Change)>,
}

/// What all kinds of create have in common.
struct Birth<'a> {
    path: &'a str,
    data: &'a Option<Data>,
    acl: &'a [Acl],
    owner: NodeOwner,
    parent_cversion: i32,
}

impl Run<'_> {
    fn node_operation(&mut self, body: &TxnBody) -> Result<ReplyBody, ErrorCode> {
        match body {
            TxnBody::Create {
                path,
                data,
                acl,
                ephemeral,
                parent_cversion,
                create2,
            } => {
                let owner = if *ephemeral {
                    NodeOwner::Session(self.header.session)
                } else {
                    NodeOwner::Nobody
                };
                let birth = Birth {
                    path,
                    data,
                    acl,
                    owner,
                    parent_cversion: *parent_cversion,
                };
                let outcome = self.create(&birth);
                if outcome == Err(ErrorCode::NodeExists) && !create2 {
                    self.raise_parent(path, *parent_cversion);
                }
                outcome
            }
            TxnBody::CreateTtl {
                path,
                data,
                acl,
                parent_cversion,
                ttl_ms,
            } => self.create(&Birth {
                path,
                data,
                acl,
                owner: NodeOwner::Ttl(*ttl_ms),
                parent_cversion: *parent_cversion,
            }),
            TxnBody::CreateContainer {
                path,
                data,
                acl,
                parent_cversion,
            } => self.create(&Birth {
                path,
                data,
                acl,
                owner: NodeOwner::Container,
                parent_cversion: *parent_cversion,
            }),
            TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => {
                self.delete(path).map(|()| ReplyBody::Empty)
            }
            TxnBody::SetData {
                path,
                data,
                version,
            }
            | TxnBody::Reconfig {
                path,
                data,
                version,
            } => self.set_data(path, data, *version),
            TxnBody::SetAcl { path, acl, version } => self.set_acl(path, acl, *version),
            TxnBody::Error { code } => Err(error_code(*code)),
            TxnBody::Check { .. }
            | TxnBody::CreateSession { .. }
            | TxnBody::CloseSession { .. }
            | TxnBody::Multi(_) => Ok(ReplyBody::Empty),
        }
    }

    fn create(&mut self, birth: &Birth<'_>) -> Result<ReplyBody, ErrorCode> {
        let (parent, name) = path::split(birth.path).ok_or(ErrorCode::NoNode)?;
        let parent_key = self.tree.key(parent).ok_or(ErrorCode::NoNode)?.clone();
        if self.is_there(birth.path, parent, name) {
            if self.rules.renew_acl {
                self.tree.give_acl(birth.path, birth.acl);
            } else {
                // The list gets into the table for a node that may hold its number already; the
                // use is counted twice and the list may stay for ever.
                self.tree.take_acl(birth.acl);
            }
            return Err(ErrorCode::NodeExists);
        }
        let zxid = self.header.zxid;
        self.tree.change(parent, |parent| {
            raise(&mut parent.stat, birth.parent_cversion, zxid);
            parent.children.insert_mut(name.into());
        });
        let stat = NodeStat::created(zxid, self.header.time_ms, birth.owner);
        let acl = self.tree.take_acl(birth.acl);
        let node = Znode::new(birth.data.clone(), acl, stat);
        let body = ReplyBody::Created {
            path: birth.path.to_owned(),
            stat: node.client_stat(),
        };
        let key = self.tree.put(birth.path, node);
        self.changes.push((key, Change::Created));
        self.changes.push((parent_key, Change::Children));
        Ok(body)
    }

    fn is_there(&self, path: &str, parent: &str, name: &str) -> bool {
        if self.rules.reattach_child {
            self.tree
                .node(parent)
                .is_some_and(|parent| name.is_empty() || parent.children.contains(name))
        } else {
            self.tree.node(path).is_some()
        }
    }

    fn raise_parent(&mut self, path: &str, cversion: i32) {
        let zxid = self.header.zxid;
        if let Some((parent, _)) = path::split(path) {
            self.tree
                .change(parent, |node| raise(&mut node.stat, cversion, zxid));
        }
    }

    fn delete(&mut self, path: &str) -> Result<(), ErrorCode> {
        let (parent, name) = path::split(path).ok_or(ErrorCode::NoNode)?;
        let parent_key = self.tree.key(parent).ok_or(ErrorCode::NoNode)?.clone();
        let taken = if name.is_empty() {
            None
        } else {
            self.tree.take(path)
        };
        if taken.is_some() || self.rules.raise_parent_pzxid {
            let zxid = self.header.zxid;
            self.tree.change(parent, |parent| {
                parent.children.remove_mut(name);
                parent.stat.pzxid = parent.stat.pzxid.max(zxid);
            });
        }
        let (key, _) = taken.ok_or(ErrorCode::NoNode)?;
        self.changes.push((key, Change::Deleted));
        self.changes.push((parent_key, Change::Children));
        Ok(())
    }

    fn set_data(
        &mut self,
        path: &str,
        data: &Option<Data>,
        version: i32,
    ) -> Result<ReplyBody, ErrorCode> {
        let (zxid, time_ms) = (self.header.zxid, self.header.time_ms);
        let stat = self.tree.change(path, |node| {
            node.data.clone_from(data);
            node.stat.mzxid = zxid;
            node.stat.mtime = time_ms;
            node.stat.version = version;
            node.client_stat()
        });
        self.note(path, Change::Data);
        stat.map(ReplyBody::Stat).ok_or(ErrorCode::NoNode)
    }

    fn set_acl(&mut self, path: &str, acl: &[Acl], version: i32) -> Result<ReplyBody, ErrorCode> {
        self.tree.give_acl(path, acl);
        let stat = self.tree.change(path, |node| {
            node.stat.aversion = version;
            node.client_stat()
        });
        self.note(path, Change::Acl);
        stat.map(ReplyBody::Stat).ok_or(ErrorCode::NoNode)
    }

    fn note(&mut self, path: &str, change: Change) {
        if let Some(key) = self.tree.key(path) {
            self.changes.push((key.clone(), change));
        }
    }

    /// Deletes what the transaction lists, then whatever else the session still owns here. Without
    /// a list, as in logs before 3.6, only the second.
    fn close(&mut self, session: SessionId, listed: Option<&[String]>) {
        if self.rules.close_lists_paths {
            for path in listed.unwrap_or_default() {
                // Missing already: the tree has seen this before.
                let _ = self.delete(path);
            }
        }
        let left: Vec<Arc<str>> = self.tree.ephemerals_of(session).cloned().collect();
        for path in left {
            let _ = self.delete(&path);
        }
    }
}

/// A create raises its parent's stored cversion and pzxid, and never lowers them.
fn raise(stat: &mut NodeStat, cversion: i32, zxid: Zxid) {
    let cversion = if cversion == -1 {
        stat.cversion.wrapping_add(1)
    } else {
        cversion
    };
    if cversion > stat.cversion {
        stat.cversion = cversion;
        stat.pzxid = zxid;
    }
}
