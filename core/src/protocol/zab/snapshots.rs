//! Snapshots: a slow walk over a tree that keeps changing.
//!
//! A routine snapshot is named by the last zxid applied when it *began*; nodes are copied a few at a
//! time while writes go on, so the file holds every effect up to its name and an arbitrary part of
//! later ones. Replay of the log that straddles it makes it exact again.
//!
//! ```text
//!   begin (name = applied) ─► some nodes ─► some nodes ─► ... ─► wait until the log is durable up to
//!                                 ▲ writes are applied meanwhile    what the walk may contain ─► seal
//! ```
//! The wait before the seal, and the fsync after it, belong to the switch `fsync-snapshot`; shipped
//! releases do neither. In ZooKeeper: `SyncRequestProcessor` (the thread it starts), `FileSnap`,
//! `ZooKeeperServer.takeSnapshot`, `PurgeTxnLog`.

use super::jobs::Then;
use super::peer::{Cx, Part, Peer};
use super::sync_plan::SyncMode;
use crate::base::Duration;
use crate::model::Zxid;
use crate::protocol::config::Config;
use crate::protocol::decision::Decision;
use crate::protocol::machine::{Effect, Timer};
use crate::protocol::switch::Profile;
use crate::protocol::switch::Switch;
use crate::storage::purge::{self, Trust};
use crate::storage::{
    DiskStep, FileName, FileOp, ReadFiles, SnapshotPolicy, SnapshotWriter, SyncTarget,
};

/// Time between two pieces of a walk.
const PIECE_AFTER: Duration = Duration::from_ms(1);
/// A walk has about so many pieces, each of at least [`NODES_MIN`] nodes.
const PIECES: usize = 64;
const NODES_MIN: usize = 4;

/// A snapshot that is being taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    writer: SnapshotWriter,
    /// Its name.
    pub zxid: Zxid,
    /// All nodes are copied; last zxid that may be in it.
    pub walked_to: Option<Zxid>,
}

impl Walk {
    /// Nodes copied so far.
    pub fn nodes_done(&self) -> u64 {
        self.writer.nodes_done()
    }
}

impl Peer {
    /// Starts a routine snapshot, unless one runs.
    pub(super) fn begin_walk(&mut self, cx: &mut Cx<'_>) {
        let zxid = self.db.last_zxid;
        if self.walk.is_some() || self.jobs.is_sealing(zxid) {
            cx.out.decide(Decision::TooBusyToSnap);
            return;
        }
        cx.out.decide(Decision::SnapshotBegun { zxid, walk: true });
        let (writer, ops) = SnapshotWriter::begin(&self.db, policy(&self.config));
        write_all(cx, ops);
        self.walk = Some(Walk {
            writer,
            zxid,
            walked_to: None,
        });
        cx.out.arm(Timer::SnapshotWalk, PIECE_AFTER);
    }

    /// Stops a running snapshot. On the way to an election the uncommitted tail is applied; a walk
    /// that went on would copy it into a snapshot whose name lies before a later TRUNC.
    pub(super) fn abandon_walk(&mut self, cx: &mut Cx<'_>) {
        self.walk = None;
        cx.out.push(Effect::Disarm(Timer::SnapshotWalk));
    }

    /// Stops whatever snapshot is on its way to the disk: it may hold what the leader takes back.
    pub(super) fn drop_snapshots(&mut self, cx: &mut Cx<'_>) {
        self.abandon_walk(cx);
        self.jobs.drop_snapshots();
    }

    /// Copies the next few nodes.
    pub(super) fn on_walk_timer(&mut self, cx: &mut Cx<'_>) {
        let nodes = (self.db.tree.len() / PIECES).max(NODES_MIN);
        let Some(walk) = &mut self.walk else {
            return;
        };
        if walk.walked_to.is_none() {
            let (ops, done) = walk.writer.step(&self.db, nodes);
            write_all(cx, ops);
            if !done {
                cx.out.arm(Timer::SnapshotWalk, PIECE_AFTER);
                return;
            }
            walk.walked_to = Some(self.db.last_zxid);
        }
        self.seal_if_covered(cx);
    }

    /// Seals a finished walk once the log holds durably whatever the walk may contain.
    pub(super) fn seal_if_covered(&mut self, cx: &mut Cx<'_>) {
        let careful = self.config.switches.on(Switch::FsyncSnapshot);
        let Some(fuzzy_to) = self.walk.as_ref().and_then(|w| w.walked_to) else {
            return;
        };
        if careful && !self.is_durable_to(fuzzy_to) && self.config.force_sync {
            return;
        }
        if let Some(walk) = self.walk.take() {
            let zxid = walk.zxid;
            let steps = walk.writer.finish();
            self.start_job(cx, steps, Then::SnapshotDone { zxid, fuzzy_to });
        }
    }

    /// True when the log holds everything up to `zxid` durably. An epoch start is in no log, so a log
    /// without anything to force covers it too.
    fn is_durable_to(&self, zxid: Zxid) -> bool {
        let settled = self.pipeline.is_idle() && self.pipeline.durable == self.pipeline.logged;
        settled || self.pipeline.durable >= zxid
    }

    pub(super) fn snapshot_done(&mut self, cx: &mut Cx<'_>, zxid: Zxid, fuzzy_to: Zxid) {
        cx.out.decide(Decision::SnapshotDone { zxid, fuzzy_to });
    }

    /// A leader's snapshot before it serves: in one go, while nothing is applied.
    pub(super) fn write_startup_snapshot(&mut self, cx: &mut Cx<'_>) {
        let zxid = self.db.last_zxid;
        if self.jobs.is_sealing(zxid) {
            return;
        }
        self.abandon_walk(cx);
        cx.out.decide(Decision::SnapshotBegun { zxid, walk: false });
        let (_, steps) = self.whole_snapshot(policy(&self.config));
        self.start_job(
            cx,
            steps,
            Then::SnapshotDone {
                zxid,
                fuzzy_to: zxid,
            },
        );
    }

    /// The file that the admin command `snapshot` reads its stream from; it stays on the disk.
    pub(super) fn leave_streamed_snapshot(&mut self, cx: &mut Cx<'_>) {
        let zxid = self.db.last_zxid;
        let there = purge::whole_snapshots(cx.disk, false)
            .iter()
            .any(|(found, _)| *found == zxid);
        let coming = self.walk.as_ref().is_some_and(|walk| walk.zxid == zxid);
        if there || coming || self.jobs.is_sealing(zxid) {
            return;
        }
        cx.out.decide(Decision::SnapshotBegun { zxid, walk: false });
        let (_, steps) = self.whole_snapshot(policy(&self.config));
        let fuzzy_to = zxid;
        self.start_job(cx, steps, Then::SnapshotDone { zxid, fuzzy_to });
    }

    /// A learner's snapshot of the tree it received: temporary name, fsync, rename. Logs from before
    /// it would leave a hole in front of the next one, so they go, once it is safe.
    pub(super) fn write_synced_snapshot(&mut self, cx: &mut Cx<'_>) {
        let policy = SnapshotPolicy {
            tmp: true,
            fsync: true,
            ..policy(&self.config)
        };
        let (name, mut steps) = self.whole_snapshot(policy);
        if self.config.switches.on(Switch::CheckDiskLog) && !self.log_reaches_the_tree() {
            let old = cx
                .disk
                .names()
                .into_iter()
                .filter(|n| *n != name && is_history(n));
            steps.extend(old.map(|name| DiskStep::Op(FileOp::Unlink { name })));
            steps.push(DiskStep::Sync(SyncTarget::Directory));
        }
        self.start_job(cx, steps, Then::NewLeaderStep);
    }

    /// True after a TRUNC that nothing followed: the log that was cut ends where the tree is.
    fn log_reaches_the_tree(&self) -> bool {
        let cut = matches!(&self.part, Part::Learning(l) if l.mode == Some(SyncMode::Trunc));
        cut && self.pipeline.logged == self.db.last_zxid
    }

    /// The name and the steps of a snapshot written in one go.
    pub(super) fn whole_snapshot(&self, policy: SnapshotPolicy) -> (FileName, Vec<DiskStep>) {
        let (mut writer, mut ops) = SnapshotWriter::begin(&self.db, policy);
        ops.extend(writer.step(&self.db, usize::MAX).0);
        let mut steps: Vec<DiskStep> = ops.into_iter().map(DiskStep::Op).collect();
        steps.extend(writer.finish());
        (writer.name().clone(), steps)
    }

    /// Removes files that the newest `retain` snapshots do not need.
    pub(super) fn purge(&mut self, cx: &mut Cx<'_>, retain: u32) {
        let trust = if self.config.switches.on(Switch::FsyncSnapshot) {
            Trust::Durable
        } else {
            Trust::Whole
        };
        let ops = purge::ops(cx.disk, retain as usize, trust);
        cx.out.decide(Decision::Purged {
            files: ops.len() as u32,
        });
        let mut steps: Vec<DiskStep> = ops.into_iter().map(DiskStep::Op).collect();
        if self.sync_directory() {
            steps.push(DiskStep::Sync(SyncTarget::Directory));
        }
        self.start_job(cx, steps, Then::Nothing);
    }
}

/// How this server puts routine snapshots on its disk.
fn policy(config: &Config) -> SnapshotPolicy {
    let policy = if config.switches.on(Switch::FsyncSnapshot) {
        SnapshotPolicy::DURABLE
    } else {
        SnapshotPolicy::IN_PLACE
    };
    SnapshotPolicy {
        last_processed: config.profile != Profile::V3_8_0,
        ..policy
    }
}

/// Logs and snapshots, finished or not.
fn is_history(name: &str) -> bool {
    name.starts_with("log.") || name.starts_with("snapshot.")
}

fn write_all(cx: &mut Cx<'_>, ops: Vec<FileOp>) {
    for op in ops {
        cx.out.push(Effect::Write(op));
    }
}
