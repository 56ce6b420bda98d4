//! A server's database: the tree, the sessions, and the last transaction it has seen.
//!
//! In ZooKeeper: `ZKDatabase`.

use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use super::data_tree::DataTree;
use super::znode::NodeOwner;
use crate::base::SessionId;
use crate::model::Zxid;

/// Everything that transactions change. A clone costs a few pointers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// The nodes.
    pub tree: DataTree,
    /// Global sessions and their timeouts in milliseconds.
    pub sessions: RedBlackTreeMapSync<SessionId, i32>,
    /// The last transaction that was applied.
    pub last_zxid: Zxid,
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Database {
    /// The database of a new server.
    pub fn new() -> Self {
        Self::with_tree(DataTree::new())
    }

    /// A database without any node, to be filled from a snapshot.
    pub fn empty() -> Self {
        Self::with_tree(DataTree::empty())
    }

    /// Deletes the ephemerals of sessions that are not known, as a server does after loading,
    /// without a transaction. Their parents keep their statistics but for the pzxid.
    pub fn drop_orphan_ephemerals(&mut self) {
        let dead: Vec<SessionId> = self
            .tree
            .owners()
            .filter(|session| !self.sessions.contains_key(session))
            .collect();
        for session in dead {
            self.kill(session);
        }
    }

    /// Ends all sessions without a transaction, and their ephemerals with them.
    pub fn drop_sessions(&mut self) {
        self.sessions = RedBlackTreeMapSync::new_sync();
        self.drop_orphan_ephemerals();
    }

    /// Deletes the nodes that live with a session unless that session is known, and with them every
    /// node with a time to live: to a server without extended types they look like such nodes.
    /// `zookeeper.extendedTypesEnabled=false` is what releases start with.
    pub fn drop_extended_types(&mut self) {
        let is_ttl = |path: &&Arc<str>| {
            let node = self.tree.node(path);
            node.is_some_and(|node| matches!(node.stat.owner(), NodeOwner::Ttl(_)))
        };
        let lost: Vec<Arc<str>> = self.tree.reapable().filter(is_ttl).cloned().collect();
        self.remove(&lost);
        self.drop_orphan_ephemerals();
    }

    fn with_tree(tree: DataTree) -> Self {
        Self {
            tree,
            sessions: RedBlackTreeMapSync::new_sync(),
            last_zxid: Zxid::ZERO,
        }
    }
}
