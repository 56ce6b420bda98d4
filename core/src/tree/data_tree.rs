//! The tree itself: nodes by path, kept in step with access lists, ephemerals and digest.
//!
//! It knows single nodes, not transactions: `apply` does those. Every change of a node goes
//! through `change`, `put` or `take`, which keep the books:
//!
//! - the digest is the wrapping sum of the digests of all nodes;
//! - a session's ephemerals are exactly the nodes that it owns.
//!
//! A node and its parent's set of names are two facts. In a tree read from a fuzzy snapshot, and
//! replayed with [`super::TreeRules::reattach_child`] off, they may contradict each other.
//!
//! In ZooKeeper: `DataTree`, `NodeHashMapImpl`.

use std::ops::Bound;
use std::sync::Arc;

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::acl::{AclId, AclTable};
use super::path;
use super::quota;
use super::rules::TreeRules;
use super::znode::{NodeOwner, NodeStat, Znode};
use crate::base::SessionId;
use crate::model::acl::perms;
use crate::model::txn::Data;
use crate::model::{Acl, Stat};

type Paths = RedBlackTreeSetSync<Arc<str>>;

/// All nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataTree {
    nodes: RedBlackTreeMapSync<Arc<str>, Arc<Znode>>,
    acls: AclTable,
    ephemerals: RedBlackTreeMapSync<SessionId, Paths>,
    /// Containers and nodes with a time to live: what the reaper looks at.
    reapable: Paths,
    digest: i64,
    /// Nodes below the one that holds quotas.
    quotas: usize,
}

impl Default for DataTree {
    fn default() -> Self {
        Self::new()
    }
}

impl DataTree {
    /// The tree of a new server: the root and the three nodes that every server has.
    pub fn new() -> Self {
        let mut tree = Self::bare();
        let plain = || Znode::new(Some(Arc::from([])), AclId::OPEN, NodeStat::default());
        tree.insert_raw(path::ROOT, plain());
        tree.insert_raw(path::ZOOKEEPER, plain());
        tree.insert_raw(path::QUOTA, plain());
        let mut config = plain();
        config.acl = tree.acls.take(&[Acl::world(perms::READ)]);
        config.stat.aversion = -1;
        tree.put(path::CONFIG, config);
        tree.attach(path::CONFIG);
        tree
    }

    /// A tree without any node, to be filled from a snapshot. Number 1 is given out already: to the list
    /// of `/zookeeper/config`, which every server makes before it reads anything.
    pub fn empty() -> Self {
        let mut tree = Self::bare();
        tree.acls.reserve(AclId(1));
        tree
    }

    fn bare() -> Self {
        Self {
            nodes: RedBlackTreeMapSync::new_sync(),
            acls: AclTable::new(),
            ephemerals: RedBlackTreeMapSync::new_sync(),
            reapable: RedBlackTreeSetSync::new_sync(),
            digest: 0,
            quotas: 0,
        }
    }

    /// The node at `path`; the root answers to `/` and to the empty path.
    pub fn node(&self, path: &str) -> Option<&Znode> {
        self.nodes.get(path::normal(path)).map(|node| &**node)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.size()
    }

    /// True before the first node is loaded.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All nodes in order of their paths, those without a parent's knowledge included.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Znode)> {
        self.nodes.iter().map(|(path, node)| (path, &**node))
    }

    /// Names of the children of `path` in order; none for a missing node.
    pub fn iter_children(&self, path: &str) -> impl Iterator<Item = &Arc<str>> {
        self.node(path)
            .into_iter()
            .flat_map(|node| node.children.iter())
    }

    /// The sum of the digests of all nodes.
    pub const fn digest(&self) -> i64 {
        self.digest
    }

    /// The statistics that a client sees.
    pub fn stat(&self, path: &str) -> Option<Stat> {
        self.node(path).map(Znode::client_stat)
    }

    /// The access control list of a node; `None` when the table lacks it, which happens between a
    /// fuzzy snapshot and the end of its replay.
    pub fn acl_of(&self, node: &Znode) -> Option<&Arc<[Acl]>> {
        self.acls.get(node.acl)
    }

    /// The table of access control lists.
    pub const fn acls(&self) -> &AclTable {
        &self.acls
    }

    /// The table of access control lists, to be filled from a snapshot before its nodes.
    pub const fn acls_mut(&mut self) -> &mut AclTable {
        &mut self.acls
    }

    /// Paths of the ephemerals of a session, in order.
    pub fn ephemerals_of(&self, session: SessionId) -> impl Iterator<Item = &Arc<str>> {
        self.ephemerals
            .get(&session)
            .into_iter()
            .flat_map(Paths::iter)
    }

    /// Sessions that own ephemerals, in order.
    pub fn owners(&self) -> impl Iterator<Item = SessionId> {
        self.ephemerals.keys().copied()
    }

    /// Paths of containers and of nodes with a time to live, in order.
    pub fn reapable(&self) -> impl Iterator<Item = &Arc<str>> {
        self.reapable.iter()
    }

    /// Stores a node of a snapshot and names it in its parent, which comes first. Names of
    /// children that `node` brings along are kept. An id of an access control list that the table
    /// lacks is not counted. Whom the root lives with does not matter. After the last one comes [`Self::finish_load`].
    pub fn insert_raw(&mut self, path: &str, node: Znode) {
        self.acls.add_use(node.acl);
        let (path, owner) = (path::normal(path), node.stat.owner());
        self.put(path, node);
        self.attach(path);
        if path == path::ROOT {
            self.delist(path, owner);
        }
    }

    /// What a server still knows of a snapshot that it began to load and gave up: which paths live with
    /// which session, and up to where numbers of access control lists were given out.
    pub fn keep_leftovers_of(&mut self, given_up: &Self) {
        self.acls.reserve(given_up.acls.highest());
        for (session, paths) in &given_up.ephemerals {
            for path in paths {
                self.enlist(path, NodeOwner::Session(*session));
            }
        }
    }

    /// No path lives with that session any more.
    pub(super) fn forget_owner(&mut self, session: SessionId) {
        self.ephemerals.remove_mut(&session);
    }

    /// Ends the loading of a snapshot: lists that no node holds leave the table, and what quotas limit
    /// is counted anew.
    pub fn finish_load(&mut self, rules: TreeRules) {
        if rules.reserve_acl_ids {
            let highest = self.nodes.values().map(|node| node.acl).max();
            self.acls.reserve(highest.unwrap_or_default());
        }
        self.acls.purge_unused();
        quota::recount_all(self);
    }

    /// Paths below `path` in order, the children of its children included.
    pub(super) fn paths_below(&self, path: &str) -> impl Iterator<Item = &Arc<str>> {
        self.below(path).map(|(path, _)| path)
    }

    /// The node at `path` and all below it.
    pub(super) fn subtree(&self, path: &str) -> impl Iterator<Item = &Znode> {
        let below = self.below(path).map(|(_, node)| &**node);
        self.node(path).into_iter().chain(below)
    }

    /// `/` sorts right before `0`: what lies between the two is below `path`.
    fn below(&self, path: &str) -> impl Iterator<Item = (&Arc<str>, &Arc<Znode>)> {
        let first: Arc<str> = format!("{path}/").into();
        let behind: Arc<str> = format!("{path}0").into();
        let range = (Bound::Excluded(first), Bound::Excluded(behind));
        self.nodes.range::<Arc<str>, _>(range)
    }

    /// The first path at which two trees differ as clients could see it, or `None` when they
    /// agree. Numbers of access control lists do not count, the lists do; neither do nodes that each
    /// server writes for itself.
    pub fn difference(&self, other: &Self) -> Option<Arc<str>> {
        let (mut ours, mut theirs) = (self.nodes.iter(), other.nodes.iter());
        loop {
            let (our, their) = match (ours.next(), theirs.next()) {
                (None, None) => return None,
                (Some((path, _)), None) | (None, Some((path, _))) => return Some(path.clone()),
                (Some(our), Some(their)) => (our, their),
            };
            if our.0 != their.0 {
                return Some(our.0.min(their.0).clone());
            }
            let same_list = self.acl_of(our.1) == other.acl_of(their.1);
            let same = our.1.agrees_with(their.1) || quota::is_local(our.0);
            if !same_list || !same {
                return Some(our.0.clone());
            }
        }
    }

    /// The node at `path` under the key that the tree shares.
    pub(super) fn entry(&self, path: &str) -> Option<(&Arc<str>, &Znode)> {
        let found = self.nodes.get_key_value(path);
        found.map(|(key, node)| (key, &**node))
    }

    /// True when there are nodes below the one that holds quotas.
    pub(super) const fn has_quotas(&self) -> bool {
        self.quotas > 0
    }

    pub(super) fn key(&self, path: &str) -> Option<&Arc<str>> {
        self.nodes.get_key_value(path).map(|(key, _)| key)
    }

    /// Changes the node at `path` in place and brings the digest up to date. `None` when missing.
    pub(super) fn change<T>(
        &mut self,
        path: &str,
        edit: impl FnOnce(&mut Znode) -> T,
    ) -> Option<T> {
        let node = Arc::make_mut(self.nodes.get_mut(path)?);
        let before = node.digest;
        let result = edit(node);
        node.refresh_digest(path);
        let after = node.digest;
        self.count(before, after);
        Some(result)
    }

    /// Changes a node's data and nothing else: the digest stays as it was.
    pub(super) fn put_data_quietly(&mut self, path: &str, data: Data) {
        if let Some(node) = self.nodes.get_mut(path) {
            Arc::make_mut(node).data = Some(data);
        }
    }

    /// Stores a node, in the place of an older one if need be.
    pub(super) fn put(&mut self, path: &str, mut node: Znode) -> Arc<str> {
        node.refresh_digest(path);
        let key: Arc<str> = match self.take(path) {
            Some((key, _)) => key,
            None => path.into(),
        };
        self.count(0, node.digest);
        self.quotas += usize::from(quota::is_below(&key));
        self.enlist(&key, node.stat.owner());
        self.nodes.insert_mut(key.clone(), Arc::new(node));
        key
    }

    /// Removes a node, but not its name in its parent, nor its children.
    pub(super) fn take(&mut self, path: &str) -> Option<(Arc<str>, Arc<Znode>)> {
        let (key, node) = self.nodes.get_key_value(path)?;
        let (key, node) = (key.clone(), node.clone());
        self.nodes.remove_mut(path);
        self.count(node.digest, 0);
        self.quotas -= usize::from(quota::is_below(&key));
        self.acls.drop_use(node.acl);
        self.delist(&key, node.stat.owner());
        Some((key, node))
    }

    /// Names of children are no part of the digest.
    fn attach(&mut self, path: &str) {
        if let Some((parent, name)) = path::split(path)
            && !name.is_empty()
            && let Some(parent) = self.nodes.get_mut(parent)
        {
            Arc::make_mut(parent).children.insert_mut(name.into());
        }
    }

    fn count(&mut self, before: u32, after: u32) {
        self.digest = self
            .digest
            .wrapping_sub(i64::from(before))
            .wrapping_add(i64::from(after));
    }

    fn enlist(&mut self, path: &Arc<str>, owner: NodeOwner) {
        match owner {
            NodeOwner::Nobody => {}
            NodeOwner::Container | NodeOwner::Ttl(_) => self.reapable.insert_mut(path.clone()),
            NodeOwner::Session(session) => {
                if let Some(paths) = self.ephemerals.get_mut(&session) {
                    paths.insert_mut(path.clone());
                } else {
                    let paths = Paths::new_sync().insert(path.clone());
                    self.ephemerals.insert_mut(session, paths);
                }
            }
        }
    }

    fn delist(&mut self, path: &str, owner: NodeOwner) {
        match owner {
            NodeOwner::Nobody => {}
            NodeOwner::Container | NodeOwner::Ttl(_) => {
                self.reapable.remove_mut(path);
            }
            NodeOwner::Session(session) => {
                if let Some(paths) = self.ephemerals.get_mut(&session) {
                    paths.remove_mut(path);
                    if paths.is_empty() {
                        self.ephemerals.remove_mut(&session);
                    }
                }
            }
        }
    }

    /// The number of the list, with one more use.
    pub(super) fn take_acl(&mut self, list: &[Acl]) -> AclId {
        self.acls.take(list)
    }

    /// Gives the node at `path` another access control list. The old one is given back first, so
    /// that its number is not used again even for the same list.
    pub(super) fn give_acl(&mut self, path: &str, list: &[Acl]) {
        if let Some(node) = self.nodes.get_mut(path) {
            let node = Arc::make_mut(node);
            self.acls.drop_use(node.acl);
            node.acl = self.acls.take(list);
        }
    }
}
