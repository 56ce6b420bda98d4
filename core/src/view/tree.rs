//! The znode tree of one server, as it is in memory.
//!
//! A list of rows in tree order, as far as it is unfolded: a page draws it as it comes. Heavy for a
//! large tree, so it is no part of the frame: a panel pulls it while it is open.
//!
//! ```text
//!   World at a moment, the step that led there ──► TreeView    rows, and what the step removed
//!                                              ──► ZnodeView   one node in full
//! ```
//! At most [`ROWS`] rows are made; what lies beyond is counted. A server that is down has no tree: its
//! memory is gone. What is *not* here: comparing two servers (see [`super::difference`]).
//!
//! In ZooKeeper: `DataTree`; the commands `ls -R` and `stat` of `zkCli`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::frame::Zx;
use super::znode::{self, DataView, NodeKind, ZnodeView};
use crate::base::ServerId;
use crate::model::{TxnBody, Zxid};
use crate::protocol::Effect;
use crate::protocol::zab::Peer;
use crate::tree::{DataTree, Znode, path};
use crate::world::{Actor, Outcome, Step, World};

/// Rows of a view at most.
pub const ROWS: usize = 500;
/// Children with which a node is folded until somebody unfolds it.
const MANY: usize = 100;
/// Bytes of data in a row.
const PREVIEW: usize = 64;

/// The tree of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TreeView {
    /// Whose.
    pub server: ServerId,
    /// The last transaction that it applied.
    pub last: Zx,
    /// It answers clients from this tree.
    pub serves: bool,
    /// Nodes in all.
    pub nodes: u64,
    /// Nodes in tree order, as far as they are unfolded.
    pub rows: Vec<TreeRow>,
    /// Rows that were left out.
    pub more: u64,
    /// Paths that the step shown has removed here.
    pub removed: Vec<String>,
}

/// One node as a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TreeRow {
    /// Its path.
    pub path: String,
    /// Its name; that of the root is `/`.
    pub name: String,
    /// How deep it lies; the root at 1.
    pub level: u32,
    /// Number of children.
    pub children: u64,
    /// Its children follow.
    pub open: bool,
    /// What it is.
    pub kind: NodeKind,
    /// The beginning of its data; null and empty differ.
    pub data: Option<DataView>,
    /// `dataVersion`.
    pub version: i32,
    /// What the step shown did to it here.
    pub touched: Option<Touch>,
}

/// What a step did to a node, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Touch {
    /// It was created.
    Created,
    /// Its data changed.
    Data,
    /// Its access control list changed.
    Acl,
    /// A child came or went.
    Children,
}

impl TreeView {
    /// The tree of `server`; `None` when its memory is gone, or when there is no such server. Nodes are unfolded but
    /// for the server's own and those with many children; `toggled` are the paths that are the other
    /// way round.
    pub fn of(
        world: &World,
        step: Option<&Step>,
        server: ServerId,
        toggled: &BTreeSet<String>,
    ) -> Option<Self> {
        let peer = process(world, server)?;
        let tree = &peer.db().tree;
        let touched = Touched::by(step, server);
        let mut walk = Walk {
            world,
            tree,
            toggled,
            touched: &touched,
            rows: Vec::new(),
            more: 0,
        };
        walk.visit(path::ROOT, path::ROOT, 1);
        Some(Self {
            server,
            last: peer.db().last_zxid.into(),
            serves: peer.serves(),
            nodes: tree.len() as u64,
            rows: walk.rows,
            more: walk.more,
            removed: touched.removed,
        })
    }
}

/// Names of the children of a node in a server's tree; none when either is missing.
pub fn children(world: &World, server: ServerId, path: &str) -> Vec<String> {
    let Some(peer) = process(world, server) else {
        return Vec::new();
    };
    let children = peer.db().tree.iter_children(path);
    children.map(|name| name.to_string()).collect()
}

impl ZnodeView {
    /// One node of a server's tree, if both are there.
    pub fn at(world: &World, server: ServerId, path: &str) -> Option<Self> {
        let tree = &process(world, server)?.db().tree;
        let node = tree.node(path)?;
        Some(Self::of(world, tree, path, node))
    }
}

/// The process of a server, if it runs.
pub(super) fn process(world: &World, server: ServerId) -> Option<&Peer> {
    let host = world.hosts().iter().find(|host| host.id == server)?;
    host.process.as_ref()
}

/// The way through the tree.
struct Walk<'a> {
    world: &'a World,
    tree: &'a DataTree,
    toggled: &'a BTreeSet<String>,
    touched: &'a Touched,
    rows: Vec<TreeRow>,
    more: u64,
}

impl Walk<'_> {
    fn visit(&mut self, path: &str, name: &str, level: u32) {
        // A tree from a fuzzy snapshot may name a child that it does not have.
        let Some(node) = self.tree.node(path) else {
            return;
        };
        let many = node.children.size() > MANY || path == path::ZOOKEEPER;
        let folded = many && path != path::ROOT;
        let open = node.children.size() > 0 && folded == self.toggled.contains(path);
        if self.rows.len() < ROWS {
            let row = self.row(path, name, level, node, open);
            self.rows.push(row);
        } else {
            self.more += 1;
        }
        if open {
            for child in node.children.iter() {
                self.visit(&path::join(path, child), child, level + 1);
            }
        }
    }

    fn row(&self, path: &str, name: &str, level: u32, node: &Znode, open: bool) -> TreeRow {
        TreeRow {
            path: path.to_owned(),
            name: name.to_owned(),
            level,
            children: node.children.size() as u64,
            open,
            kind: znode::kind(self.world, node),
            data: node
                .data
                .as_deref()
                .map(|data| DataView::short(data, PREVIEW)),
            version: node.stat.version,
            touched: self.touched.touch(path, node),
        }
    }
}

/// What the step shown did to one server's tree.
#[derive(Debug, Default)]
struct Touched {
    zxids: BTreeSet<Zxid>,
    acls: BTreeSet<String>,
    removed: Vec<String>,
}

impl Touched {
    fn by(step: Option<&Step>, server: ServerId) -> Self {
        let mut touched = Self::default();
        let here = step.filter(|step| step.actor == Actor::Server(server));
        for outcome in here.into_iter().flat_map(|step| &step.outcomes) {
            if let Outcome::Effect(Effect::Apply(record)) = outcome {
                touched.zxids.insert(record.zxid());
                touched.take(&record.txn.body);
            }
        }
        touched
    }

    fn take(&mut self, body: &TxnBody) {
        match body {
            TxnBody::Delete { path } | TxnBody::DeleteContainer { path } => {
                self.removed.push(path.clone());
            }
            TxnBody::CloseSession { paths: Some(paths) } => {
                self.removed.extend(paths.iter().cloned());
            }
            TxnBody::SetAcl { path, .. } => {
                self.acls.insert(path.clone());
            }
            TxnBody::Multi(bodies) => bodies.iter().for_each(|body| self.take(body)),
            _ => {}
        }
    }

    fn touch(&self, path: &str, node: &Znode) -> Option<Touch> {
        let by = |zxid: Zxid| self.zxids.contains(&zxid);
        let stat = &node.stat;
        if by(stat.czxid) {
            Some(Touch::Created)
        } else if by(stat.mzxid) {
            Some(Touch::Data)
        } else if self.acls.contains(path) {
            Some(Touch::Acl)
        } else {
            by(stat.pzxid).then_some(Touch::Children)
        }
    }
}
