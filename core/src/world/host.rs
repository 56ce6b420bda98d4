//! A machine room's worth of one server: its disk, and the process while it runs.

use std::sync::Arc;

use super::agenda::{Event, Slot};
use crate::base::{Instant, Queue, ServerId};
use crate::model::Record;
use crate::protocol::zab::Peer;
use crate::protocol::{HaltReason, Timer};
use crate::storage::{Disk, FileName, Report};

/// Why a server is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownReason {
    /// It lost power.
    Power,
    /// Its process was killed.
    Process,
    /// Its process ended itself.
    Halted(HaltReason),
}

/// One server's place in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Which.
    pub id: ServerId,
    /// Its disk.
    pub disk: Disk,
    /// Its memory; `None` when it is down, so that nothing volatile can survive.
    pub process: Option<Peer>,
    /// Frozen by SIGSTOP.
    pub paused: bool,
    /// Why it is down, if it is.
    pub down: Option<DownReason>,
    /// What its last recovery found.
    pub recovery: Option<Arc<Report>>,
    /// Its wall clock against the common one, in milliseconds.
    pub clock_offset_ms: i64,
    /// fsync takes so many times longer.
    pub slow: u32,
    pub(super) incarnation: u64,
    pub(super) disk_free_at: Instant,
    pub(super) disk_failed: bool,
    pub(super) epoch_renamed: bool,
    pub(super) timers: [Option<Slot>; Timer::ALL.len()],
    pub(super) held: Queue<Event>,
    pub(super) unsynced: Queue<(FileName, Arc<Record>)>,
}

impl Host {
    pub(super) fn new(id: ServerId) -> Self {
        Self {
            id,
            disk: Disk::default(),
            process: None,
            paused: false,
            down: None,
            recovery: None,
            clock_offset_ms: 0,
            slow: 1,
            incarnation: 0,
            disk_free_at: Instant::ZERO,
            disk_failed: false,
            epoch_renamed: false,
            timers: [None; Timer::ALL.len()],
            held: Queue::new(),
            unsynced: Queue::new(),
        }
    }

    /// When that timer of the process runs out, if it is set.
    pub fn timer(&self, timer: Timer) -> Option<Instant> {
        self.timers[timer as usize].map(|(at, _)| at)
    }

    /// True when a process runs, paused or not.
    pub fn is_up(&self) -> bool {
        self.process.is_some()
    }

    /// True when the machine has power, so that its kernel can refuse connections.
    pub fn has_power(&self) -> bool {
        self.down != Some(DownReason::Power)
    }
}
