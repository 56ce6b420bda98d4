//! Synchronisation, the leader's side: every learner gets the leader's history before the epoch
//! begins.
//!
//! DIFF, TRUNC or SNAP ([`super::sync_plan`]), the missing transactions as PROPOSAL and COMMIT,
//! whatever is outstanding, then NEWLEADER; a quorum of its acknowledgements, the leader's own
//! included, establishes the epoch. What a learner does with all that is told in [`super::learner`].
//!
//! In ZooKeeper: `LearnerHandler.syncFollower`, `Leader.waitForNewLeaderAck`.

use std::sync::Arc;

use super::packet::Packet;
use super::peer::{Cx, Part, Peer};
use super::state::Phase;
use super::sync_plan::{self, NoDiskLog, SyncMode};
use crate::base::{Duration, Instant, Queue, ServerId};
use crate::model::{Epoch, Record, Zxid};
use crate::protocol::decision::Decision;
use crate::protocol::machine::{Effect, Timer};
use crate::protocol::switch::{Switch, Switches};
use crate::storage::{Disk, LastLog, ReadFiles};
use crate::storage::{purge, scan, snapshot};

/// What the leader knows of one learner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnerState {
    /// It votes.
    pub participant: bool,
    /// Its last zxid, once it said so.
    pub last_zxid: Option<Zxid>,
    /// Live proposals (or INFORMs) go to it.
    pub forwarding: bool,
    /// It acknowledged NEWLEADER.
    pub synced: bool,
    /// UPTODATE was sent.
    pub serving: bool,
    /// The tick until which it must have been heard.
    pub deadline: u64,
    /// Oldest proposal it was sent and has not acknowledged, and when it was sent.
    pub unacked: Queue<(Zxid, Instant)>,
}

impl LearnerState {
    pub(super) fn new(participant: bool, deadline: u64) -> Self {
        Self {
            participant,
            last_zxid: None,
            forwarding: false,
            synced: false,
            serving: false,
            deadline,
            unacked: Queue::new(),
        }
    }
}

impl Peer {
    /// currentEpoch is on disk: synchronise everybody who has acknowledged the epoch.
    pub(super) fn begin_synchronization(&mut self, cx: &mut Cx<'_>, epoch: Epoch) {
        let id = self.id;
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        leading.phase = Phase::Synchronization;
        leading.epoch_agreed_on_disk = true;
        leading.newleader_acks.insert(id);
        self.vote.peer_epoch = epoch;
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let ready: Vec<ServerId> = leading
            .learners
            .iter()
            .filter(|(_, l)| l.last_zxid.is_some())
            .map(|(id, _)| *id)
            .collect();
        self.arm_init_limit(cx);
        for learner in ready {
            self.sync_learner(cx, learner);
        }
        self.maybe_establish(cx);
    }

    /// Sends one learner all it lacks, then NEWLEADER.
    pub(super) fn sync_learner(&mut self, cx: &mut Cx<'_>, id: ServerId) {
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let Some(learner) = leading.learners.get(&id) else {
            return;
        };
        if !leading.epoch_agreed_on_disk || learner.forwarding {
            return;
        }
        let Some(peer) = learner.last_zxid else {
            return;
        };
        let epoch = leading.epoch.unwrap_or_default();
        let participant = learner.participant;
        let window: Vec<Arc<Record>> = self.committed_log.iter().cloned().collect();
        let planned = sync_plan::plan(peer.max(Zxid::ZERO), &window, self.db.last_zxid, || {
            disk_log(cx, peer, self.disk_log_floor, self.config.switches)
        });
        cx.out.decide(Decision::PlannedSync {
            learner: id,
            peer,
            plan: planned.plan,
        });
        let zxid = planned.plan.zxid;
        cx.out.send(
            id,
            match planned.plan.mode {
                SyncMode::Diff => Packet::Diff { zxid },
                SyncMode::Trunc => Packet::Trunc { zxid },
                SyncMode::Snap => Packet::Snap {
                    zxid,
                    image: snapshot::stream(&self.db).into(),
                },
            },
        );
        let early = !self.config.switches.on(Switch::QueueBeforeNewleader);
        if early {
            cx.out.send(id, Packet::NewLeader { epoch });
        }
        for record in planned.records {
            let zxid = record.zxid();
            cx.out.send(id, Packet::Proposal(record));
            cx.out.send(id, Packet::Commit { zxid });
        }
        self.start_forwarding(cx, id, participant);
        if !early {
            cx.out.send(id, Packet::NewLeader { epoch });
        }
    }

    /// Registers a learner for live traffic; a participant gets everything outstanding first.
    fn start_forwarding(&mut self, cx: &mut Cx<'_>, id: ServerId, participant: bool) {
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        let outstanding: Vec<Arc<Record>> = if participant {
            leading
                .outstanding
                .values()
                .map(|p| Arc::clone(&p.record))
                .collect()
        } else {
            Vec::new()
        };
        let Some(learner) = leading.learners.get_mut(&id) else {
            return;
        };
        learner.forwarding = true;
        for record in outstanding {
            learner.unacked.push_back((record.zxid(), cx.now));
            cx.out.send(id, Packet::Proposal(record));
        }
    }

    /// A learner acknowledged NEWLEADER.
    pub(super) fn on_newleader_ack(&mut self, cx: &mut Cx<'_>, from: ServerId, zxid: Zxid) {
        let count_all = !self.config.switches.on(Switch::ObserversDoNotCount);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        if leading.epoch != Some(zxid.epoch()) {
            return;
        }
        let Some(learner) = leading.learners.get_mut(&from) else {
            return;
        };
        if learner.serving {
            return;
        }
        learner.synced = true;
        if learner.participant || count_all {
            leading.newleader_acks.insert(from);
        }
        if leading.phase == Phase::Broadcast {
            self.welcome(cx, from);
        } else {
            self.maybe_establish(cx);
        }
    }

    fn maybe_establish(&mut self, cx: &mut Cx<'_>) {
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let Some(epoch) = leading.epoch else {
            return;
        };
        let acks: Vec<ServerId> = leading.newleader_acks.iter().copied().collect();
        if leading.phase != Phase::Synchronization || !self.counts_as_quorum(acks) {
            return;
        }
        let history = self.db.last_zxid;
        cx.out.decide(Decision::Established { epoch, history });
        self.db.last_zxid = Zxid::new(epoch, 0);
        let sessions = self.tracked_sessions(cx.now);
        let half_tick = self.config.tick.divided_by(2);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        leading.phase = Phase::Broadcast;
        leading.last_committed = Zxid::new(epoch, 0);
        leading.sessions = sessions;
        let ready: Vec<ServerId> = leading
            .learners
            .iter()
            .filter(|(_, l)| l.synced)
            .map(|(id, _)| *id)
            .collect();
        cx.out.push(Effect::Disarm(Timer::InitLimit));
        cx.out.arm(Timer::HalfTick, half_tick);
        cx.out.arm(Timer::Reaper, REAPER_INTERVAL);
        self.await_bucket(cx);
        for id in ready {
            self.welcome(cx, id);
        }
    }

    fn welcome(&mut self, cx: &mut Cx<'_>, id: ServerId) {
        let sync_limit = u64::from(self.config.sync_limit);
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        let tick = leading.tick;
        if let Some(learner) = leading.learners.get_mut(&id) {
            learner.serving = true;
            learner.deadline = tick + sync_limit;
            cx.out.send(id, Packet::UpToDate);
        }
    }

    pub(super) fn arm_init_limit(&self, cx: &mut Cx<'_>) {
        cx.out.arm(Timer::InitLimit, self.init_limit());
    }

    /// Last zxid of the history this leader brings.
    pub(super) fn history_end(&self) -> Zxid {
        self.db.last_zxid
    }
}

/// How often unused containers and outlived TTL nodes are looked for.
pub(super) const REAPER_INTERVAL: Duration = Duration::from_s(60);

/// The records on disk after `peer`, or why the log there may not be used.
fn disk_log(
    cx: &Cx<'_>,
    peer: Zxid,
    floor: Zxid,
    switches: Switches,
) -> Result<Vec<Arc<Record>>, NoDiskLog> {
    if switches.on(Switch::CheckDiskLog) && peer < floor {
        return Err(NoDiskLog::BeginsLater);
    }
    let snapshot = newest_snapshot_size(cx.disk).ok_or(NoDiskLog::TooLong)?;
    if bytes_behind(cx.disk, peer) > snapshot * 33 / 100 {
        return Err(NoDiskLog::TooLong);
    }
    let mut records: Vec<Arc<Record>> = Vec::new();
    for found in scan::records(cx.disk, peer, LastLog::MayBeTorn) {
        let found = found.map_err(|_| NoDiskLog::Broken)?;
        if records.is_empty() && found.record.zxid() > peer {
            return Err(NoDiskLog::BeginsLater);
        }
        records.push(found.record);
    }
    Ok(records)
}

/// Length, preallocation included, of the log files behind the one that `peer` stands in. The size
/// factor looks at these: the first file is read in any case. ZooKeeper:
/// `FileTxnIterator.getStorageSize`, `ZKDatabase.calculateTxnLogSizeLimit`.
fn bytes_behind(disk: &Disk, peer: Zxid) -> u64 {
    let files = scan::log_files(disk);
    let first = files.iter().rposition(|(zxid, _)| *zxid < peer);
    let behind = files.iter().skip(first.unwrap_or(0) + 1);
    behind
        .filter_map(|(_, name)| disk.content(name))
        .map(|content| content.len())
        .sum()
}

fn newest_snapshot_size(disk: &Disk) -> Option<u64> {
    let newest = purge::whole_snapshots(disk, true).into_iter().next()?;
    disk.content(&newest.1).map(|content| content.len())
}
