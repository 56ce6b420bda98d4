//! The walk of a snapshot over a living tree: depth first, one node at a time.
//!
//! A node is copied together with the names of its children at the moment it is visited. Names that
//! come later are not seen; a name whose node is gone when its turn comes is passed over.
//!
//! In ZooKeeper: `DataTree.serializeNode`.

use std::ops::Bound;
use std::sync::Arc;

use rpds::RedBlackTreeSetSync;

use crate::tree::{DataTree, Znode};

/// Where a walk stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Walk {
    started: bool,
    open: Vec<Family>,
    visited: u64,
}

/// A node whose children are being visited.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Family {
    /// Its path; empty for the root.
    path: String,
    /// The names it had when it was visited.
    children: RedBlackTreeSetSync<Arc<str>>,
    /// The child visited last.
    last: Option<Arc<str>>,
}

impl Family {
    fn next(&mut self) -> Option<String> {
        let after = self
            .last
            .as_deref()
            .map_or(Bound::Unbounded, Bound::Excluded);
        let name = self
            .children
            .range::<str, _>((after, Bound::Unbounded))
            .next()?;
        let path = format!("{}/{name}", self.path);
        self.last = Some(name.clone());
        Some(path)
    }
}

impl Walk {
    pub(super) fn new() -> Self {
        Self {
            started: false,
            open: Vec::new(),
            visited: 0,
        }
    }

    pub(super) fn visited(&self) -> u64 {
        self.visited
    }

    /// Hands up to `nodes` nodes to `see`, the root as the empty path. False when none is left.
    pub(super) fn visit(
        &mut self,
        tree: &DataTree,
        nodes: usize,
        mut see: impl FnMut(&str, &Znode),
    ) -> bool {
        for _ in 0..nodes {
            let Some((path, node)) = self.next(tree) else {
                return false;
            };
            see(&path, node);
            self.visited += 1;
            self.open.push(Family {
                path,
                children: node.children.clone(),
                last: None,
            });
        }
        true
    }

    fn next<'t>(&mut self, tree: &'t DataTree) -> Option<(String, &'t Znode)> {
        if !self.started {
            self.started = true;
            return tree.node("").map(|root| (String::new(), root));
        }
        while let Some(family) = self.open.last_mut() {
            match family.next() {
                None => {
                    self.open.pop();
                }
                Some(path) => {
                    if let Some(node) = tree.node(&path) {
                        return Some((path, node));
                    }
                }
            }
        }
        None
    }
}
