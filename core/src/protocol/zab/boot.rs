//! Boot: a server's memory comes from its disk, and from nothing else.
//!
//! Recovery reads snapshot and log, the epoch files are read beside it, what was never forced is
//! forced, and only then the server votes. The same load runs again when memory must be forgotten:
//! after TRUNC, after a disk error, after a tree that was received halfway.
//!
//! In ZooKeeper: `QuorumPeer.loadDataBase`, `ZKDatabase.loadDataBase`.

use std::sync::Arc;

use super::jobs::Then;
use super::peer::{Cx, Peer};
use crate::model::Zxid;
use crate::protocol::decision::Decision;
use crate::protocol::machine::{Effect, HaltReason};
use crate::protocol::switch::Switch;
use crate::storage::recovery;
use crate::storage::report::{Finding, Report};
use crate::storage::{Disk, DiskStep, ReadFiles, StopWhy, SyncTarget, epochs};
use crate::tree::Database;

impl Peer {
    /// The process starts.
    pub(super) fn boot(&mut self, cx: &mut Cx<'_>) {
        if !self.load(cx) {
            return;
        }
        if self.config.standalone {
            self.serve_alone(cx);
            return;
        }
        let resume = self.config.switches.on(Switch::ResumeSync);
        match epochs::read(cx.disk, self.db.last_zxid, resume) {
            Ok(read) => {
                self.accepted = read.accepted;
                self.current = read.current;
                let mut steps = Vec::new();
                for (file, epoch) in read.write {
                    steps.extend(epochs::write_plan(file, epoch, self.sync_directory()));
                }
                if self.config.switches.on(Switch::FsyncRecovered) {
                    steps.extend(settle_steps(cx.disk));
                }
                self.settling = true;
                self.start_job(cx, steps, Then::Booted);
                self.vote_when_settled(cx);
            }
            Err(refusal) => cx.out.push(Effect::Halt(HaltReason::Epochs(refusal))),
        }
    }

    /// Loads the database from disk. False when the disk is refused; then the process ends.
    pub(super) fn load(&mut self, cx: &mut Cx<'_>) -> bool {
        let recovered = recovery::recover(cx.disk, &self.config.recover_options());
        for op in &recovered.ops {
            cx.out.push(Effect::Write(op.clone()));
        }
        let summary = Summary::of(&recovered.report);
        self.recovery = Some(Arc::new(recovered.report));
        match recovered.outcome {
            Ok(db) => {
                cx.out.decide(summary.decision(db.last_zxid));
                self.trusted = summary.trusted;
                self.disk_log_floor = summary.snapshot.unwrap_or(Zxid::ZERO);
                self.db = db;
                self.committed_log = recovered.window.into_iter().collect();
                self.reset_log();
                if recovered.first_snapshot {
                    self.write_startup_snapshot(cx);
                }
                true
            }
            Err(refusal) => {
                cx.out.push(Effect::Halt(HaltReason::Refused(refusal)));
                false
            }
        }
    }

    /// Takes over a tree that the leader sent.
    pub(super) fn adopt_image(&mut self, db: Database, zxid: Zxid) {
        self.db = db;
        self.db.last_zxid = zxid;
        self.needs_snap = false;
        self.committed_log.clear();
        self.disk_log_floor = zxid;
        self.reset_log();
    }
}

/// fsyncs for everything on a disk that is not durable yet.
pub(super) fn settle_steps(disk: &Disk) -> Vec<DiskStep> {
    let dirty: Vec<_> = disk
        .names()
        .into_iter()
        .filter(|name| {
            let pending = disk.file(name).is_some_and(|f| f.pending_bytes() > 0);
            pending || !disk.name_is_durable(name)
        })
        .collect();
    if dirty.is_empty() {
        return Vec::new();
    }
    vec![
        DiskStep::Sync(SyncTarget::Files(dirty)),
        DiskStep::Sync(SyncTarget::Directory),
    ]
}

/// A recovery in short.
struct Summary {
    snapshot: Option<Zxid>,
    replayed: u64,
    stops: u32,
    fresh: bool,
    trusted: bool,
}

impl Summary {
    fn of(report: &Report) -> Self {
        let mut summary = Self {
            snapshot: None,
            replayed: 0,
            stops: 0,
            fresh: false,
            trusted: true,
        };
        for finding in report {
            match finding {
                Finding::SnapshotLoaded { zxid, .. } => summary.snapshot = Some(*zxid),
                Finding::Replayed { records, .. } => summary.replayed += records,
                Finding::LogEnds(stop)
                    if matches!(stop.why, StopWhy::Torn | StopWhy::NoEndByte) =>
                {
                    summary.stops += 1
                }
                Finding::TrustedEmpty => summary.fresh = true,
                Finding::UntrustedEmpty => {
                    summary.fresh = true;
                    summary.trusted = false;
                }
                _ => {}
            }
        }
        summary
    }

    fn decision(&self, zxid: Zxid) -> Decision {
        if self.fresh {
            return Decision::FreshDisk {
                trusted: self.trusted,
            };
        }
        Decision::Recovered {
            snapshot: self.snapshot,
            replayed: self.replayed,
            zxid,
            stops: self.stops,
        }
    }
}
