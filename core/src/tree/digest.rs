//! The digest of a node: CRC-32 over path, data and statistics.
//!
//! The access control list and the names of children are not covered. Nodes below `/zookeeper/`
//! count 0, because servers change some of them locally; `/zookeeper` itself counts.
//!
//! In ZooKeeper: `DigestCalculator`, version 2.

use super::path;
use super::znode::NodeStat;

/// The digest of one node. A tree's digest is the wrapping sum of those of its nodes.
pub(super) fn of_node(path: &str, data: Option<&[u8]>, stat: &NodeStat) -> u32 {
    if is_exempt(path) {
        return 0;
    }
    let mut crc = crc32fast::Hasher::new();
    if path != path::ROOT {
        crc.update(path.as_bytes());
    }
    crc.update(data.unwrap_or_default());
    crc.update(&stat_bytes(stat));
    crc.finalize()
}

fn is_exempt(path: &str) -> bool {
    path.strip_prefix(path::ZOOKEEPER)
        .is_some_and(|tail| tail.starts_with('/'))
}

/// The order is not that of a snapshot: pzxid comes third.
fn stat_bytes(stat: &NodeStat) -> [u8; 60] {
    let mut bytes = [0; 60];
    let longs = [
        stat.czxid.0,
        stat.mzxid.0,
        stat.pzxid.0,
        stat.ctime,
        stat.mtime,
    ];
    for (i, long) in longs.iter().enumerate() {
        bytes[i * 8..][..8].copy_from_slice(&long.to_be_bytes());
    }
    let ints = [stat.version, stat.cversion, stat.aversion];
    for (i, int) in ints.iter().enumerate() {
        bytes[40 + i * 4..][..4].copy_from_slice(&int.to_be_bytes());
    }
    bytes[52..].copy_from_slice(&stat.ephemeral_owner.to_be_bytes());
    bytes
}
