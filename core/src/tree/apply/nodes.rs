//! One operation at work on the nodes.

use std::sync::Arc;

use super::{Change, NodeChange, error_code};
use crate::base::SessionId;
use crate::model::ReplyBody;
use crate::model::txn::Data;
use crate::model::{Acl, ErrorCode, TxnBody, TxnHeader, Zxid};
use crate::tree::znode::{NodeOwner, NodeStat, Znode};
use crate::tree::{DataTree, TreeRules};
use crate::tree::{path, quota};

/// A transaction at work on the tree.
pub(super) struct Run<'a> {
    pub(super) tree: &'a mut DataTree,
    pub(super) header: &'a TxnHeader,
    pub(super) rules: TreeRules,
    pub(super) changes: &'a mut Vec<NodeChange>,
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
    pub(super) fn node_operation(&mut self, body: &TxnBody) -> Result<ReplyBody, ErrorCode> {
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
            | TxnBody::Unread { .. }
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
        let bytes = node.data.as_ref().map_or(0, |data| data.len());
        let key = self.tree.put(birth.path, node);
        quota::created(self.tree, &key, bytes);
        self.note(&key, Change::Created);
        self.note(&parent_key, Change::Children);
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
        let acl = self.acl_at(path);
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
        let (key, node) = taken.ok_or(ErrorCode::NoNode)?;
        let bytes = node.data.as_ref().map_or(0, |data| data.len());
        quota::deleted(self.tree, &key, bytes);
        self.changes.push(NodeChange {
            path: key,
            change: Change::Deleted,
            acl,
        });
        self.note(&parent_key, Change::Children);
        Ok(())
    }

    fn set_data(
        &mut self,
        path: &str,
        data: &Option<Data>,
        version: i32,
    ) -> Result<ReplyBody, ErrorCode> {
        let (zxid, time_ms) = (self.header.zxid, self.header.time_ms);
        let changed = self.tree.change(path, |node| {
            let before = node.data_length();
            node.data.clone_from(data);
            node.stat.mzxid = zxid;
            node.stat.mtime = time_ms;
            node.stat.version = version;
            let grown = node.data_length() as i64 - before as i64;
            (node.client_stat(), grown)
        });
        let (stat, grown) = changed.ok_or(ErrorCode::NoNode)?;
        quota::changed(self.tree, path, grown);
        self.note(path, Change::Data);
        Ok(ReplyBody::Stat(stat))
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
        if let Some((key, node)) = self.tree.entry(path) {
            let (path, acl) = (key.clone(), self.tree.acl_of(node).cloned());
            self.changes.push(NodeChange { path, change, acl });
        }
    }

    fn acl_at(&self, path: &str) -> Option<Arc<[Acl]>> {
        let node = self.tree.node(path)?;
        self.tree.acl_of(node).cloned()
    }

    /// Deletes what the transaction lists, then whatever else the session still owns here. Without
    /// a list, as in logs before 3.6, only the second.
    pub(super) fn close(&mut self, session: SessionId, listed: Option<&[String]>) {
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
        self.tree.forget_owner(session);
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
