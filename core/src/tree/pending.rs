//! What the leader has prepared but not applied: the future of single nodes.
//!
//! A queue of change records, and for each path the newest of them. A look at a node asks the
//! newest record first and the applied tree after that.
//!
//! In ZooKeeper: `ZooKeeperServer.outstandingChanges`, `ChangeRecord`.

use std::sync::Arc;

use super::data_tree::DataTree;
use super::digest;
use super::path;
use super::znode::NodeStat;
use crate::base::{Ordered, Queue};
use crate::model::txn::Data;
use crate::model::{Acl, Zxid};

/// A node as it will be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FutureNode {
    pub(super) stat: NodeStat,
    pub(super) data: Option<Data>,
    /// `None` when the table of the tree lacks the list.
    pub(super) acl: Option<Arc<[Acl]>>,
    pub(super) children: i32,
}

/// One prepared change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ChangeRecord {
    zxid: Zxid,
    path: Arc<str>,
    /// `None` when the node will be gone.
    node: Option<FutureNode>,
    node_digest: u32,
    /// The digest of the tree after this change.
    tree_digest: i64,
}

/// All prepared changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Pending {
    queue: Queue<Arc<ChangeRecord>>,
    newest: Ordered<Arc<str>, Arc<ChangeRecord>>,
}

/// How to take back what was added since: for each record the one that it replaced, oldest first.
#[derive(Debug, Default)]
pub(super) struct Undo(Vec<(Arc<str>, Option<Arc<ChangeRecord>>)>);

impl Pending {
    /// The node as it will be when everything prepared is applied.
    pub(super) fn node(&self, tree: &DataTree, path: &str) -> Option<FutureNode> {
        if let Some(record) = self.newest.get(path::normal(path)) {
            return record.node.clone();
        }
        tree.node(path).map(|node| FutureNode {
            stat: node.stat,
            data: node.data.clone(),
            acl: tree.acl_of(node).cloned(),
            children: node.children.size() as i32,
        })
    }

    /// The digest of the tree when everything prepared is applied.
    pub(super) fn digest(&self, tree: &DataTree) -> i64 {
        match self.queue.back() {
            Some(record) => record.tree_digest,
            None => tree.digest(),
        }
    }

    /// Prepares one change.
    pub(super) fn add(
        &mut self,
        tree: &DataTree,
        zxid: Zxid,
        path: &str,
        node: Option<FutureNode>,
        undo: &mut Undo,
    ) {
        let path = path::normal(path);
        let before = match self.newest.get(path) {
            Some(record) => record.node_digest,
            None => tree.node(path).map_or(0, |node| node.digest()),
        };
        let node_digest = node.as_ref().map_or(0, |node| {
            digest::of_node(path, node.data.as_deref(), &node.stat)
        });
        let tree_digest = self
            .digest(tree)
            .wrapping_add(i64::from(node_digest) - i64::from(before));
        let record = Arc::new(ChangeRecord {
            zxid,
            path: path.into(),
            node,
            node_digest,
            tree_digest,
        });
        let replaced = self.newest.insert(record.path.clone(), record.clone());
        undo.0.push((record.path.clone(), replaced));
        self.queue.push_back(record);
    }

    /// Takes back changes, which must be the last ones that were added.
    pub(super) fn roll_back(&mut self, undo: Undo) {
        for (path, replaced) in undo.0.into_iter().rev() {
            self.queue.pop_back();
            match replaced {
                Some(record) => self.newest.insert(path, record),
                None => self.newest.remove(&path),
            };
        }
    }

    /// Forgets what has been applied.
    pub(super) fn prune(&mut self, applied: Zxid) {
        while let Some(record) = self.queue.pop_front_if(|record| record.zxid <= applied) {
            if let Some(newest) = self.newest.get(&record.path)
                && Arc::ptr_eq(newest, &record)
            {
                self.newest.remove(&record.path);
            }
        }
    }

    /// Paths that will be created or deleted, in order of preparation, with their owners.
    pub(super) fn owners(&self) -> impl Iterator<Item = (&Arc<str>, Option<i64>)> {
        self.queue.iter().map(|record| {
            let owner = record.node.as_ref().map(|node| node.stat.ephemeral_owner);
            (&record.path, owner)
        })
    }

    /// Number of records.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }
}
