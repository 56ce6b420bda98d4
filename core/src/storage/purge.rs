//! Retention: which snapshots and logs may go.
//!
//! Let S be the zxid of the n-th newest valid snapshot. Snapshots below S go. Logs below S go too,
//! except the newest that starts at or before S: a snapshot is fuzzy, and the transactions that
//! repair it may start in that file.
//!
//! In ZooKeeper: `PurgeTxnLog`.

use super::disk::{Disk, ReadFiles};
use super::op::{FileName, FileOp};
use super::scan::{log_files, zxid_in_name};
use super::snapshot::{self, Packing};
use crate::base::Order;
use crate::model::Zxid;

/// The smallest number of snapshots that a purge keeps.
pub const RETAIN_MIN: usize = 3;

/// Which snapshots a purge relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Every one that looks whole: what ZooKeeper does.
    Whole,
    /// Only those that a power loss would leave whole.
    Durable,
}

/// Snapshots that look whole, newest first; with `tmp` those under a temporary name too, as
/// ZooKeeper has it.
pub fn whole_snapshots(disk: &impl ReadFiles, tmp: bool) -> Vec<(Zxid, FileName)> {
    let names = disk.names().into_iter();
    let mut found: Vec<(Zxid, FileName)> = names
        .map(|name| (snapshot::zxid_of(&name), name))
        .filter(|(zxid, name)| *zxid >= Zxid::ZERO && (tmp || !name.ends_with(".tmp")))
        .filter(|(_, name)| looks_whole(disk, name))
        .collect();
    found.order();
    found.reverse();
    found
}

/// Removes what `retain` snapshots (at least three) make superfluous. ZooKeeper counts files with
/// impossible names as old; with [`Trust::Durable`] a snapshot under its temporary name is spared.
pub fn ops(disk: &Disk, retain: usize, trust: Trust) -> Vec<FileOp> {
    let trusted = match trust {
        Trust::Whole => whole_snapshots(disk, true),
        Trust::Durable => whole_snapshots(&disk.durable_view(), false),
    };
    let Some((oldest, _)) = trusted.iter().take(retain.max(RETAIN_MIN)).next_back() else {
        return Vec::new();
    };
    let logs = log_files(disk);
    let straddling = logs.iter().rev().find(|(zxid, _)| zxid <= oldest);
    let goes = |name: &FileName, prefix: &str| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with('.'))
            && zxid_in_name(name, prefix) < *oldest
            && (trust == Trust::Whole || !name.ends_with(".tmp"))
    };
    let names = disk.names().into_iter();
    names
        .filter(|name| goes(name, "log") || goes(name, "snapshot"))
        .filter(|name| straddling.is_none_or(|(_, kept)| kept != name))
        .map(|name| FileOp::Unlink { name })
        .collect()
}

/// Removes the snapshots that hold more than `zxid`. A server that was told to cut its log must do this
/// too: such a snapshot may hold transactions that no quorum ever agreed on (ZOOKEEPER-1549). A fuzzy one
/// holds more than its name says. When none is left the server needs a whole SNAP.
pub fn newer_snapshots(disk: &impl ReadFiles, zxid: Zxid) -> Vec<FileOp> {
    let names = disk.names().into_iter();
    names
        .filter(|name| snapshot::zxid_of(name) >= Zxid::ZERO)
        .filter(|name| {
            let content = disk.content(name);
            content.is_some_and(|content| snapshot::reach(content, name) > zxid)
        })
        .map(|name| FileOp::Unlink { name })
        .collect()
}

fn looks_whole(disk: &impl ReadFiles, name: &str) -> bool {
    let content = disk.content(name);
    content.is_some_and(|content| Packing::of_name(name).looks_whole(content))
}
