//! What holds transactions besides the logs: snapshots on the disks, and backups in the vault.
//!
//! Each reaches from the beginning of history to one transaction, so each is a bracket under the
//! columns. A snapshot that was written while writes went on is *fuzzy*: effects of later
//! transactions may be in it, and only the log behind it makes it right. What no backup reaches would
//! be lost if all disks were: the gap.

use serde::Serialize;

use super::frame::Zx;
use super::memory::Recall;
use crate::base::{Order, ServerId};
use crate::model::Zxid;
use crate::protocol::zab::Peer;
use crate::storage::backup::State;
use crate::world::vault::{Backup, BackupKind, Work};
use crate::world::{End, Host, World};

/// Snapshots of a server that are shown, newest first.
const SNAPSHOTS: usize = 3;
/// Backups that are shown, newest first.
const BACKUPS: usize = 3;

/// A snapshot on a disk, written or being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SpanView {
    /// The transaction in its name: all up to there is in it.
    pub zxid: Zx,
    /// Effects up to there may be in it as well.
    pub fuzzy_to: Option<Zx>,
    /// It is being written.
    pub writing: bool,
    /// A power loss leaves it whole.
    pub durable: bool,
}

/// A backup in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupView {
    /// Its name.
    pub name: String,
    /// Whose files they were.
    pub source: ServerId,
    /// A stream of the tree, not a copy of the files.
    pub hot: bool,
    /// The last transaction in it.
    pub zxid: Zx,
    /// The first that it holds itself, when it goes on from another backup.
    pub from: Option<Zx>,
    /// The backup that it goes on from.
    pub parent: Option<String>,
    /// Effects of its snapshot may go up to here: no point before it can be restored.
    pub fuzzy_to: Option<Zx>,
    /// Everything is there.
    pub whole: bool,
    /// It is being copied.
    pub runs: bool,
    /// How much of it was copied, in hundredths, while it is not whole.
    pub percent: Option<u8>,
}

/// Committed transactions that no backup reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GapView {
    /// The last transaction that a backup holds.
    pub after: Zx,
    /// The newest committed transaction.
    pub to: Zx,
    /// How many.
    pub count: u64,
}

/// The snapshots of a server, newest first.
pub(super) fn spans(host: &Host, found: &[(Zxid, bool)], recall: Recall<'_>) -> Vec<SpanView> {
    let fuzzy = recall.fuzzy(host.id);
    let walk = host.process.as_ref().and_then(Peer::walk);
    let writing = walk.map(|walk| walk.zxid);
    let newest = found.iter().rev().filter(|(zxid, _)| zxid.0 > 0);
    let mut spans: Vec<SpanView> = newest
        .filter(|(zxid, _)| Some(*zxid) != writing)
        .take(SNAPSHOTS)
        .map(|(zxid, durable)| SpanView {
            zxid: (*zxid).into(),
            fuzzy_to: fuzzy.get(zxid).map(|to| Zx::from(*to)),
            writing: false,
            durable: *durable,
        })
        .collect();
    if let (Some(walk), Some(peer)) = (walk, &host.process) {
        let applied = peer.status().applied;
        let being_written = SpanView {
            zxid: walk.zxid.into(),
            fuzzy_to: (applied > walk.zxid).then(|| applied.into()),
            writing: true,
            durable: false,
        };
        spans.insert(0, being_written);
    }
    spans
}

/// The newest backups, oldest first.
pub(super) fn backups(world: &World) -> Vec<BackupView> {
    let mut all: Vec<_> = world.vault().iter().collect();
    all.order_by_key(|(name, backup)| (backup.taken_at, (*name).clone()));
    let skip = all.len().saturating_sub(BACKUPS);
    let newest = all.into_iter().skip(skip);
    newest
        .map(|(name, backup)| BackupView {
            name: name.to_string(),
            source: backup.source,
            hot: backup.kind == BackupKind::Hot,
            zxid: backup.zxid.into(),
            from: own_start(backup),
            parent: backup.manifest.parent.as_ref().map(ToString::to_string),
            runs: matches!(backup.work, Work::Running(_)),
            fuzzy_to: fuzzy_to(backup),
            whole: backup.manifest.is_whole(),
            percent: percent(backup),
        })
        .collect()
}

fn percent(backup: &Backup) -> Option<u8> {
    match backup.manifest.state {
        State::Taking { done, all } => {
            let part = (done * 100).checked_div(all.max(done)).unwrap_or(0);
            Some(u8::try_from(part).unwrap_or(100))
        }
        State::Whole | State::Broken(_) => None,
    }
}

fn own_start(backup: &Backup) -> Option<Zx> {
    let log = backup.manifest.log()?;
    (!backup.stands_alone()).then(|| log.first.into())
}

fn fuzzy_to(backup: &Backup) -> Option<Zx> {
    let base = backup.manifest.snapshot.as_ref()?;
    let seen = base.fuzzy_to.filter(|seen| *seen > base.zxid);
    seen.map(Zx::from)
}

/// What would be lost if only the vault were left.
pub(super) fn gap(world: &World, committed: Zxid, behind: &dyn Fn(Zxid) -> u64) -> Option<GapView> {
    let mut all = world.vault().iter().peekable();
    all.peek()?;
    let good = all.filter(|(_, backup)| backup.counts());
    let reached = good.map(|(_, backup)| backup.zxid).max();
    let reached = reached.unwrap_or(Zxid::ZERO);
    let count = behind(reached);
    (count > 0).then(|| GapView {
        after: reached.into(),
        to: committed.into(),
        count,
    })
}

/// Servers that can reach each other, over others or directly; one group when nothing is cut.
pub(super) fn groups(world: &World) -> Vec<Vec<ServerId>> {
    let mut left: Vec<ServerId> = world.hosts().iter().map(|host| host.id).collect();
    let mut groups = Vec::new();
    while !left.is_empty() {
        let mut group = vec![left.remove(0)];
        let mut at = 0;
        while let Some(from) = group.get(at).copied() {
            let cut = |to: &ServerId| world.is_cut(End::Server(from), End::Server(*to));
            let (stay, near): (Vec<_>, Vec<_>) = left.iter().copied().partition(cut);
            left = stay;
            group.extend(near);
            at += 1;
        }
        group.order();
        groups.push(group);
    }
    groups
}
