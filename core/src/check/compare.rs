//! Two databases, compared in full: sessions, and of every node data, statistics, the names of its
//! children and its access control list.
//!
//! Digests are not enough here: they cover neither children nor access control lists. Ids of access
//! control lists may differ, as each server numbers them on its own; the lists may not. The last
//! zxid is not compared: a leader moves it to the start of its epoch. Nor are nodes that each server
//! writes for itself.

use super::what::Difference;
use crate::tree::{DataTree, Database, Znode, is_local};

/// The first difference by path; `None` when both are equal.
pub(super) fn difference(actual: &Database, right: &Database) -> Option<(String, Difference)> {
    if actual.sessions != right.sessions {
        return Some(("/".to_owned(), Difference::Sessions));
    }
    let mut ours = actual.tree.iter().peekable();
    let mut theirs = right.tree.iter().peekable();
    loop {
        let (path, how) = match (ours.peek(), theirs.peek()) {
            (None, None) => return None,
            (Some((path, _)), None) => (path, Difference::Extra),
            (None, Some((path, _))) => (path, Difference::Missing),
            (Some((a, _)), Some((b, _))) if a < b => (a, Difference::Extra),
            (Some((a, _)), Some((b, _))) if a > b => (b, Difference::Missing),
            (Some((path, a)), Some((_, b))) => {
                match node_difference(&actual.tree, a, &right.tree, b) {
                    Some(how) if !is_local(path) => (path, how),
                    _ => {
                        ours.next();
                        theirs.next();
                        continue;
                    }
                }
            }
        };
        return Some((path.to_string(), how));
    }
}

fn node_difference(
    our_tree: &DataTree,
    ours: &Znode,
    right_tree: &DataTree,
    right: &Znode,
) -> Option<Difference> {
    if ours.data != right.data {
        Some(Difference::Data)
    } else if ours.stat != right.stat {
        Some(Difference::Stat)
    } else if ours.children != right.children {
        Some(Difference::Children)
    } else if our_tree.acl_of(ours) != right_tree.acl_of(right) {
        Some(Difference::Acl)
    } else {
        None
    }
}
