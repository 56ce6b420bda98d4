//! One server as one row.

use std::collections::BTreeSet;

use super::frame::{Cell, CellState, DiskRow, InLog, Power, ServerRow, SnapshotView, VoteView};
use super::memory::Recall;
use super::shelf::{Damage, Tail};
use super::{cover, phase};
use crate::base::{Gather, ServerId};
use crate::model::Zxid;
use crate::protocol::zab::Peer;
use crate::protocol::zab::peer::Part;
use crate::protocol::zab::state::{Phase, Role};
use crate::storage::epochs;
use crate::world::host::DownReason;
use crate::world::{End, Host, Outcome, Step, World};

/// A server and what its row is made of.
pub(super) struct Source<'a> {
    pub(super) host: &'a Host,
    /// The newest part of its log.
    pub(super) tail: Tail,
    /// Zxids it has in memory and not in its log.
    pub(super) memory: BTreeSet<Zxid>,
    /// Zxids it cut away lately.
    pub(super) cut: Vec<Zxid>,
    /// Zxids of which it told a client.
    pub(super) told: BTreeSet<Zxid>,
    /// What was noted before.
    recall: Recall<'a>,
}

impl<'a> Source<'a> {
    pub(super) fn of(host: &'a Host, tail: Tail, recall: Recall<'a>) -> Self {
        let memory = host.process.as_ref().map(in_memory).unwrap_or_default();
        Self {
            host,
            tail,
            memory,
            cut: recall.ghosts(host.id),
            told: BTreeSet::new(),
            recall,
        }
    }

    /// Every zxid this server gives a column to.
    pub(super) fn zxids(&self) -> impl Iterator<Item = Zxid> + '_ {
        let logged = self.tail.records.iter().map(|r| r.zxid);
        logged
            .chain(self.memory.iter().copied())
            .chain(self.cut.iter().copied())
            .chain(self.tail.damaged.iter().map(|(zxid, _)| *zxid))
    }

    /// What it holds of one transaction.
    pub(super) fn cell(&self, zxid: Zxid, committed: bool) -> Cell {
        Cell {
            state: self.state(zxid, committed),
            durable: self.is_durable(zxid),
            told: committed && self.told.contains(&zxid),
            record: self.record(zxid),
        }
    }

    fn damage(&self, zxid: Zxid) -> Option<Damage> {
        let damaged = &self.tail.damaged;
        let found = damaged.binary_search_by_key(&zxid, |(zxid, _)| *zxid);
        found.ok().map(|at| damaged[at].1)
    }

    fn record(&self, zxid: Zxid) -> InLog {
        let records = &self.tail.records;
        match (self.damage(zxid), self.tail.snapshot()) {
            (Some(damage), _) => InLog::Damaged(damage),
            _ if records.binary_search_by_key(&zxid, |r| r.zxid).is_ok() => InLog::Whole,
            (None, Some(snapshot)) if zxid <= snapshot => InLog::Purged,
            (None, _) => InLog::No,
        }
    }

    /// A power loss would leave it here.
    fn is_durable(&self, zxid: Zxid) -> bool {
        let records = &self.tail.records;
        let logged = records.binary_search_by_key(&zxid, |r| r.zxid);
        logged.is_ok_and(|at| records[at].durable) || self.tail.durable_snapshot() >= Some(zxid)
    }

    fn state(&self, zxid: Zxid, committed: bool) -> CellState {
        let log = match self.tail.records.binary_search_by_key(&zxid, |r| r.zxid) {
            Ok(at) if self.tail.records[at].durable => CellState::Durable,
            Ok(_) => CellState::Proposed,
            Err(_) if self.memory.contains(&zxid) => CellState::Proposed,
            Err(_) if self.cut.contains(&zxid) => CellState::Truncated,
            Err(_) => CellState::Missing,
        };
        if !committed {
            return log;
        }
        let in_snapshot = self
            .tail
            .snapshot()
            .is_some_and(|snapshot| zxid <= snapshot);
        let here = log > CellState::Truncated || in_snapshot;
        match &self.host.process {
            Some(peer) => {
                let status = peer.status();
                let here = here || remembers(peer, zxid);
                match here {
                    true if zxid <= status.applied => CellState::Applied,
                    true if zxid <= status.committed => CellState::Committed,
                    _ => log,
                }
            }
            None if in_snapshot || log == CellState::Durable => CellState::Committed,
            None => log,
        }
    }

    /// The row, without its cells.
    pub(super) fn row(&self, world: &World, step: Option<&Step>) -> ServerRow {
        let host = self.host;
        let peer = host.process.as_ref();
        let status = peer.map(Peer::status);
        let (accepted, current) = match status {
            Some(status) => (status.accepted.0, status.current.0),
            None => epochs::read(&host.disk, Zxid::ZERO, true)
                .map_or((0, 0), |e| (e.accepted.0, e.current.0)),
        };
        let in_step = status
            .filter(|s| s.role == Role::Leading && s.phase == Phase::Broadcast)
            .map(|_| followers(world, host.id));
        ServerRow {
            id: host.id,
            observer: !world.config().ensemble.is_voter(host.id),
            power: power(host),
            role: status.map(|s| s.role),
            phase: status.map(|s| s.phase),
            leader: status.and_then(|s| s.leader),
            claims: in_step
                .as_ref()
                .is_some_and(|set| !world.config().ensemble.is_quorum(set.iter().copied())),
            accepted,
            current,
            vote: peer.filter(|p| p.role() == Role::Looking).and_then(vote),
            ballot: peer
                .filter(|p| p.role() == Role::Looking)
                .and_then(|p| phase::ballot(world, p, self.recall)),
            sync: peer.and_then(|p| phase::syncing(p, self.recall)),
            quorum: in_step.map(|set| u8::try_from(set.len()).unwrap_or(u8::MAX)),
            snapshot: peer.and_then(|p| {
                let walk = p.walk()?;
                Some(SnapshotView {
                    zxid: walk.zxid.into(),
                    done: walk.nodes_done(),
                    total: p.db().tree.len() as u64,
                })
            }),
            spans: cover::spans(host, &self.tail.snapshots, self.recall),
            cells: Vec::new(),
            fold: Cell::default(),
            reaches: self.reaches().map(Into::into),
            disk: self.disk(step),
        }
    }

    /// A power loss would leave what it holds of everything before `first`.
    pub(super) fn is_durable_before(&self, first: Zxid) -> bool {
        let mut older = self.tail.records.iter().rev().filter(|r| r.zxid < first);
        older.next().is_some_and(|r| r.durable)
            || self.is_durable(first)
            || self.tail.durable_snapshot().is_some()
    }

    /// The newest transaction on this disk, forced or not.
    fn reaches(&self) -> Option<Zxid> {
        let last = self.tail.newest.max(self.tail.snapshot());
        last.filter(|z| z.counter() > 0)
    }

    fn disk(&self, step: Option<&Step>) -> DiskRow {
        let (host, tail) = (self.host, &self.tail);
        let pending = tail.written - tail.durable;
        let busy = host
            .process
            .as_ref()
            .is_some_and(|p| !p.pipeline().is_idle());
        DiskRow {
            file: tail.file.as_ref().map(ToString::to_string),
            durable: tail.durable,
            pending,
            lost: step.map_or(0, |step| lost_bytes(host.id, step)),
            ends: tail.ends.clone(),
            syncing: pending > 0 && busy,
            full: host.disk.is_full(),
            lying: host.disk.is_lying(),
            files: u32::try_from(crate::storage::ReadFiles::names(&host.disk).len())
                .unwrap_or(u32::MAX),
        }
    }
}

/// Voters that follow `leader` in broadcast and can be reached, itself included.
fn followers(world: &World, leader: ServerId) -> BTreeSet<ServerId> {
    let follows = |host: &&Host| {
        let status = host.process.as_ref().map(Peer::status);
        let near = !world.is_cut(End::Server(leader), End::Server(host.id));
        host.id == leader
            || near
                && !host.paused
                && status.is_some_and(|s| s.leader == Some(leader) && s.role == Role::Following)
    };
    let voters = world
        .hosts()
        .iter()
        .filter(|h| world.config().ensemble.is_voter(h.id));
    voters.filter(follows).map(|host| host.id).gather()
}

fn power(host: &Host) -> Power {
    match &host.down {
        None if host.paused => Power::Paused,
        None => Power::Up,
        Some(DownReason::Power) => Power::PowerLost,
        Some(DownReason::Process) => Power::Killed,
        Some(DownReason::Halted(reason)) => Power::Halted(super::caption::halted(reason)),
    }
}

fn vote(peer: &Peer) -> Option<VoteView> {
    let election = peer.election()?;
    Some(VoteView {
        leader: Some(election.vote.leader).filter(|id| id.0 > 0)?,
        zxid: election.vote.zxid.into(),
        round: peer.round(),
    })
}

/// Transactions that a process knows and has not appended.
fn in_memory(peer: &Peer) -> BTreeSet<Zxid> {
    let queued = peer.pipeline().queued().map(|q| q.record.zxid());
    let mut zxids: BTreeSet<Zxid> = queued.gather();
    match peer.part() {
        Part::Looking => {}
        Part::Leading(leading) => zxids.extend(leading.outstanding.keys()),
        Part::Learning(learning) => {
            zxids.extend(learning.pending.iter().map(|r| r.zxid()));
            zxids.extend(learning.not_logged.iter().map(|r| r.zxid()));
        }
    }
    zxids
}

/// Is it among the last committed transactions in memory?
fn remembers(peer: &Peer, zxid: Zxid) -> bool {
    let newest = peer.committed_log().rev();
    newest
        .take_while(|r| r.zxid() >= zxid)
        .any(|r| r.zxid() == zxid)
}

fn lost_bytes(server: ServerId, step: &Step) -> u64 {
    let of_log = |name: &str| name.starts_with("log.");
    step.outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Died {
                server: died,
                lost: Some(lost),
                ..
            } if *died == server => Some(lost),
            _ => None,
        })
        .flat_map(|lost| &lost.files)
        .filter(|file| of_log(&file.file))
        .map(|file| file.lost)
        .sum()
}
