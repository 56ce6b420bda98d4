//! Quotas: limits that a client sets, and counts that the server keeps beside them.
//!
//! The limits of `/a` are the data of `/zookeeper/quota/a/zookeeper_limits`, the counts those of
//! `/zookeeper/quota/a/zookeeper_stats`, both as `count=5,bytes=100`. A path counts for the nearest
//! quota above it, and for no other. The counts are changed outside of transactions: no version, no
//! event, no digest. Each server keeps its own, so they are left out when trees are compared.
//!
//! Soft limits (`count`, `bytes`) are only logged. Hard ones (`countHardLimit`, `byteHardLimit`) refuse
//! a write, when the server is told to enforce them.
//!
//! In ZooKeeper: `Quotas`, `StatsTrack`, `DataTree.updateQuotaStat`, `ZooKeeperServer.checkQuota`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::data_tree::DataTree;
use super::path;
use crate::model::ErrorCode;

const LIMITS: &str = "zookeeper_limits";
const STATS: &str = "zookeeper_stats";

/// True for a node that each server writes for itself, outside of transactions: counts, and what the
/// ensemble looks like, which a real server puts into its tree at each start.
pub fn is_local(path: &str) -> bool {
    path == path::CONFIG || is_stats(path)
}

/// True for a node that holds counts.
fn is_stats(path: &str) -> bool {
    path.starts_with(path::QUOTA) && path.ends_with(STATS)
}

/// The limits of the whole tree: a real server fails over them.
pub(super) fn is_limit_of_root(path: &str) -> bool {
    matches!(path::split(path), Some((path::QUOTA, LIMITS)))
}

/// Counts every limited subtree anew, as a server does when it has read a snapshot. In ZooKeeper:
/// `DataTree.setupQuota`.
pub(super) fn recount_all(tree: &mut DataTree) {
    if !is_used(tree) {
        return;
    }
    let limits = tree.paths_below(path::QUOTA);
    let limited: Vec<String> = limits
        .filter_map(|path| subject(path, LIMITS))
        .map(str::to_owned)
        .collect();
    for path in limited {
        recount(tree, &path);
    }
}

/// A node was created.
pub(super) fn created(tree: &mut DataTree, path: &str, bytes: usize) {
    if !is_used(tree) {
        return;
    }
    if let Some(limited) = subject(path, STATS) {
        let limited = limited.to_owned();
        recount(tree, &limited);
    }
    add(tree, path, 1, bytes as i64);
}

/// A node was deleted.
pub(super) fn deleted(tree: &mut DataTree, path: &str, bytes: usize) {
    add(tree, path, -1, -(bytes as i64));
}

/// A node's data changed its length.
pub(super) fn changed(tree: &mut DataTree, path: &str, bytes: i64) {
    add(tree, path, 0, bytes);
}

/// Whether hard limits leave room for so many nodes and bytes more. Limits that cannot be read fail the
/// request.
pub(super) fn check(tree: &DataTree, path: &str, nodes: i64, bytes: i64) -> Result<(), ErrorCode> {
    let Some(limited) = limited_by(tree, path) else {
        return Ok(());
    };
    let of = |name: &str| {
        let node = tree.node(&format!("{}{limited}/{name}", path::QUOTA));
        node.map(|node| Numbers::parse(node.data.as_deref()))
    };
    let Some(limits) = of(LIMITS) else {
        return Ok(());
    };
    let limits = limits.ok_or(ErrorCode::MarshallingError)?;
    let limited_count =
        nodes != 0 && (limits.get("count") > -1 || limits.get("countHardLimit") > -1);
    let limited_bytes =
        bytes != 0 && (limits.get("bytes") > -1 || limits.get("byteHardLimit") > -1);
    if !limited_count && !limited_bytes {
        return Ok(());
    }
    let Some(now) = of(STATS) else {
        return Ok(());
    };
    let now = now.ok_or(ErrorCode::MarshallingError)?;
    let over = |applies: bool, hard: i64, after: i64| applies && hard > -1 && after > hard;
    let count = over(
        limited_count,
        limits.get("countHardLimit"),
        now.get("count") + nodes,
    );
    let size = over(
        limited_bytes,
        limits.get("byteHardLimit"),
        now.get("bytes") + bytes,
    );
    match count || size {
        true => Err(ErrorCode::QuotaExceeded),
        false => Ok(()),
    }
}

/// Most trees have no quota, and pay nothing for it.
fn is_used(tree: &DataTree) -> bool {
    tree.has_quotas()
}

/// True for a node that belongs to a quota.
pub(super) fn is_below(path: &str) -> bool {
    let rest = path.strip_prefix(path::QUOTA);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// The path that a node of that name below the quotas is about.
fn subject<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let (parent, last) = path::split(path)?;
    let limited = parent.strip_prefix(path::QUOTA)?;
    (last == name).then_some(limited)
}

/// The nearest path above `path`, or itself, that has limits.
fn limited_by<'a>(tree: &DataTree, path: &'a str) -> Option<&'a str> {
    if !is_used(tree) {
        return None;
    }
    let has_limits = |path: &&str| {
        let limits = format!("{}{path}/{LIMITS}", path::QUOTA);
        *path != path::ROOT && tree.node(&limits).is_some()
    };
    std::iter::once(path)
        .chain(path::ancestors(path))
        .find(has_limits)
}

fn add(tree: &mut DataTree, path: &str, nodes: i64, bytes: i64) {
    let Some(limited) = limited_by(tree, path) else {
        return;
    };
    let stats = format!("{}{limited}/{STATS}", path::QUOTA);
    let Some(node) = tree.node(&stats) else {
        return;
    };
    if let Some(mut numbers) = Numbers::parse(node.data.as_deref()) {
        numbers.set("count", numbers.get("count") + nodes);
        numbers.set("bytes", numbers.get("bytes") + bytes);
        tree.put_data_quietly(&stats, numbers.text().into_bytes().into());
    }
}

/// Counts a subtree anew, its root included.
fn recount(tree: &mut DataTree, limited: &str) {
    let (mut count, mut bytes) = (0, 0);
    for node in tree.subtree(limited) {
        count += 1;
        bytes += node.data.as_ref().map_or(0, |data| data.len()) as i64;
    }
    let mut numbers = Numbers::default();
    numbers.set("count", count);
    numbers.set("bytes", bytes);
    let stats = format!("{}{limited}/{STATS}", path::QUOTA);
    tree.put_data_quietly(&stats, numbers.text().into_bytes().into());
}

/// `count=5,bytes=10`, and what else there may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Numbers(BTreeMap<String, i64>);

impl Numbers {
    /// `None` when it cannot be read; a node without data has none of them.
    fn parse(data: Option<&[u8]>) -> Option<Self> {
        let text = String::from_utf8_lossy(data?);
        let mut numbers = BTreeMap::new();
        for pair in text.split([',', ';']).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=')?;
            // Old readers were tricked by another = at the end of what they know.
            let value = value.split('=').next()?;
            numbers.insert(key.to_owned(), value.parse().ok()?);
        }
        Some(Self(numbers))
    }

    fn get(&self, key: &str) -> i64 {
        self.0.get(key).copied().unwrap_or(-1)
    }

    fn set(&mut self, key: &str, value: i64) {
        self.0.insert(key.to_owned(), value);
    }

    fn text(&self) -> String {
        let mut text = format!("count={},bytes={}", self.get("count"), self.get("bytes"));
        let others = self
            .0
            .iter()
            .filter(|(key, _)| *key != "count" && *key != "bytes");
        for (at, (key, value)) in others.enumerate() {
            let trick = if at == 0 { "=" } else { "" };
            write!(text, "{trick};{key}={value}").expect("writing to a string cannot fail");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_written_as_a_server_does() {
        let numbers = |text: &str| Numbers::parse(Some(text.as_bytes()));
        let soft = numbers("count=5,bytes=10").expect("it is well-formed");
        assert_eq!((soft.get("count"), soft.get("bytes")), (5, 10));
        assert_eq!(soft.text(), "count=5,bytes=10");
        let hard = numbers("count=-1,bytes=-1=;byteHardLimit=7;countHardLimit=3");
        let hard = hard.expect("it is well-formed");
        assert_eq!(hard.get("countHardLimit"), 3);
        assert_eq!(
            hard.text(),
            "count=-1,bytes=-1=;byteHardLimit=7;countHardLimit=3"
        );
        assert_eq!(numbers("").map(|n| n.get("count")), Some(-1));
        assert_eq!(numbers("x"), None);
        assert_eq!(numbers("count=,bytes="), None);
        assert_eq!(Numbers::parse(None), None);
    }
}
