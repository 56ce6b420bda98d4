//! In what two servers' trees differ, as clients of the two would see it.
//!
//! ```text
//!   S1  /a "1"   /b "2"            /a  differs   data "1" | "3", dataVersion 0 | 1
//!   S3  /a "3"            /c  ──►  /b  only on S1
//!                                  /c  only on S3
//! ```
//! Trees of servers that have applied the same transactions are equal. So the first thing to look at
//! is how far each has come: a difference is mostly a delay. Numbers of access control lists do not
//! count, the lists do; sessions are no part of a tree.
//!
//! In ZooKeeper: `DataTree`, compared the way two `zkCli` at two servers would.

use std::cmp::Ordering;

use serde::Serialize;

use super::frame::Zx;
use super::tree::process;
use super::znode::{self, DataView};
use crate::base::ServerId;
use crate::model::{Acl, Zxid};
use crate::tree::{DataTree, Znode};
use crate::world::World;

/// Rows of a view at most.
pub const ROWS: usize = 500;
/// Bytes of data that are shown of a value.
const PREVIEW: usize = 64;

/// Two trees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TreeDifference {
    /// One server and the other, with the last transaction that each has applied.
    pub sides: [Side; 2],
    /// The one that is behind, and by how many committed transactions.
    pub behind: Option<Behind>,
    /// The one that is behind has applied what is not in the history of the other: a tail that nobody
    /// has committed, and that it read from its own log.
    pub forked: bool,
    /// Paths in which they differ, ascending.
    pub rows: Vec<DifferenceRow>,
    /// Rows that were left out.
    pub more: u64,
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Which.
    pub server: ServerId,
    /// The last transaction that it has applied.
    pub last: Zx,
    /// Nodes in all.
    pub nodes: u64,
}

/// How far one is behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Behind {
    /// Index of the one that is behind.
    pub side: usize,
    /// So many committed transactions.
    pub by: u64,
}

/// A path in which two trees differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DifferenceRow {
    /// The path.
    pub path: String,
    /// In what.
    pub what: Differs,
}

/// In what two trees differ at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Differs {
    /// Only one side has the node.
    Only {
        /// Index of that side.
        side: usize,
        /// The beginning of its data there.
        data: Option<DataView>,
    },
    /// Both have it, with other values.
    Values(Vec<ValuePair>),
}

/// One value of a node on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValuePair {
    /// `data`, `acl`, or the name of a statistic in `zkCli`.
    pub name: &'static str,
    /// The values; `None` is null data.
    pub values: [Option<String>; 2],
}

impl TreeDifference {
    /// Compares two servers; `None` when the memory of either is gone. `between` counts the
    /// committed transactions after the first zxid, up to and including the second; `leads_to` says
    /// whether the first is part of the history that ends at the second.
    pub fn of(
        world: &World,
        servers: [ServerId; 2],
        between: impl Fn(Zxid, Zxid) -> u64,
        leads_to: impl Fn(Zxid, Zxid) -> bool,
    ) -> Option<Self> {
        let databases = [
            process(world, servers[0])?.db(),
            process(world, servers[1])?.db(),
        ];
        let side = |at: usize| Side {
            server: servers[at],
            last: databases[at].last_zxid.into(),
            nodes: databases[at].tree.len() as u64,
        };
        let last = [databases[0].last_zxid, databases[1].last_zxid];
        let late = usize::from(last[1] < last[0]);
        let (late_at, early_at) = (last[late], last[1 - late]);
        let by = between(late_at, early_at);
        let mut found = Found {
            world,
            trees: [&databases[0].tree, &databases[1].tree],
            rows: Vec::new(),
            more: 0,
        };
        found.search();
        Some(Self {
            sides: [side(0), side(1)],
            behind: (by > 0).then_some(Behind { side: late, by }),
            forked: !leads_to(late_at, early_at),
            rows: found.rows,
            more: found.more,
        })
    }

    /// Compares the tree of one moment with that of another one, in the words of the later `world`: the
    /// rows, and how many were left out.
    pub fn rows_between(world: &World, trees: [&DataTree; 2]) -> (Vec<DifferenceRow>, u64) {
        let mut found = Found {
            world,
            trees,
            rows: Vec::new(),
            more: 0,
        };
        found.search();
        (found.rows, found.more)
    }

    /// The trees are the same.
    pub fn is_equal(&self) -> bool {
        self.rows.is_empty()
    }
}

/// The search for differences.
struct Found<'a> {
    world: &'a World,
    trees: [&'a DataTree; 2],
    rows: Vec<DifferenceRow>,
    more: u64,
}

impl Found<'_> {
    /// Goes through both trees at once: both are in order of their paths.
    fn search(&mut self) {
        let (mut left, mut right) = (
            self.trees[0].iter().peekable(),
            self.trees[1].iter().peekable(),
        );
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((l, _)), Some((r, _))) => l.cmp(r),
            };
            let here = left.next_if(|_| order.is_le());
            let there = right.next_if(|_| order.is_ge());
            match (here, there) {
                (Some((path, ours)), Some((_, theirs))) => self.compare(path, [ours, theirs]),
                (Some((path, node)), None) => self.only(0, path, node),
                (None, Some((path, node))) => self.only(1, path, node),
                (None, None) => return,
            }
        }
    }

    fn only(&mut self, side: usize, path: &str, node: &Znode) {
        self.put(path, || Differs::Only {
            side,
            data: node
                .data
                .as_deref()
                .map(|data| DataView::short(data, PREVIEW)),
        });
    }

    fn compare(&mut self, path: &str, nodes: [&Znode; 2]) {
        let lists = [
            self.trees[0].acl_of(nodes[0]),
            self.trees[1].acl_of(nodes[1]),
        ];
        let same_stat =
            nodes[0].stat == nodes[1].stat && nodes[0].children.size() == nodes[1].children.size();
        let same_data = nodes[0].data == nodes[1].data;
        if same_stat && same_data && lists[0] == lists[1] {
            return;
        }
        let world = self.world;
        self.put(path, || {
            let data = (!same_data).then(|| ValuePair {
                name: "data",
                values: nodes.map(quoted),
            });
            let acl = (lists[0] != lists[1]).then(|| ValuePair {
                name: "acl",
                values: lists.map(|list| list.map(|list| entries(list))),
            });
            let stats = differing_stats(world, nodes);
            Differs::Values(data.into_iter().chain(stats).chain(acl).collect())
        });
    }

    fn put(&mut self, path: &str, what: impl FnOnce() -> Differs) {
        if self.rows.len() == ROWS {
            self.more += 1;
            return;
        }
        self.rows.push(DifferenceRow {
            path: path.to_owned(),
            what: what(),
        });
    }
}

fn differing_stats(world: &World, nodes: [&Znode; 2]) -> Vec<ValuePair> {
    let [ours, theirs] = nodes.map(|node| znode::stat(world, node));
    let pairs = ours.into_iter().zip(theirs);
    let other = pairs.filter(|(our, their)| our.value != their.value);
    other
        .map(|(our, their)| ValuePair {
            name: our.name,
            values: [our, their].map(|line| Some(line.also.unwrap_or(line.value))),
        })
        .collect()
}

/// The beginning of a node's data.
fn quoted(node: &Znode) -> Option<String> {
    let data = node.data.as_deref()?;
    Some(DataView::short(data, PREVIEW).quoted())
}

fn entries(list: &[Acl]) -> String {
    let entries: Vec<String> = list.iter().map(Acl::to_string).collect();
    entries.join(", ")
}
