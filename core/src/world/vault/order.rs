//! What an operator asks of the vault.

use std::sync::Arc;

use crate::base::{Duration, ServerId};
use crate::model::Epoch;
use crate::storage::backup::{CopyOrder, Point};

/// One thing that an operator asks of the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultOrder {
    /// A backup is taken of a server that may be running, piece after piece.
    Take(TakeOrder),
    /// The log of a server is shipped all the time, an increment each period.
    Ship(ShipOrder),
    /// A backup that was stopped goes on.
    Resume(Arc<str>),
    /// A backup, or the shipping of a log, is stopped.
    Stop(Arc<str>),
    /// Can it be restored, and to where?
    Verify(Arc<str>),
    /// Backups are taken by this rule from now on; `None`: by none.
    Policy(Option<PolicyOrder>),
    /// A backup becomes the history of all servers at once.
    Restore(RestoreOrder),
    /// Something happens to the vault itself.
    Fault(VaultFault),
}

/// A backup to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeOrder {
    /// Of which server.
    pub from: ServerId,
    /// Its name from now on.
    pub name: Arc<str>,
    /// What it goes on from; `None`: a full backup.
    pub parent: Option<Arc<str>>,
    /// What a full backup copies first.
    pub order: CopyOrder,
    /// Bytes a second.
    pub rate: u64,
}

/// A log to be shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShipOrder {
    /// Of which server.
    pub from: ServerId,
    /// Its name; its increments are called after it, with a number.
    pub name: Arc<str>,
    /// The backup that the first increment goes on from.
    pub parent: Arc<str>,
    /// How often.
    pub every: Duration,
    /// Bytes a second.
    pub rate: u64,
}

/// A rule by which backups are taken and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyOrder {
    /// Of which server.
    pub from: ServerId,
    /// Its backups are called after this, with a number.
    pub name: Arc<str>,
    /// A full backup, how often.
    pub full: Duration,
    /// An increment, how often.
    pub incremental: Option<Duration>,
    /// Full backups to keep, with what goes on from them.
    pub keep: Option<u32>,
    /// Backups go when they are older.
    pub age: Option<Duration>,
    /// Bytes a second.
    pub rate: u64,
}

/// A joint restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreOrder {
    /// Which backup.
    pub name: String,
    /// Every server of the ensemble, but for those that are down with an empty disk.
    pub to: Vec<ServerId>,
    /// Where history ends from now on; `None`: where the backup ends.
    pub until: Option<Point>,
    /// The sessions of the backup end, and their ephemerals with them.
    pub drop_sessions: bool,
    /// The new epoch is at least this one: an operator may know more than the disks.
    pub epoch: Option<Epoch>,
}

/// Something that happens to the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultFault {
    /// It has room for so many bytes; `None`: for all.
    Capacity(Option<u64>),
    /// No server reaches it, or all do again.
    Cut(bool),
    /// One bit of a file in it changes.
    Flip {
        /// Which backup.
        backup: Arc<str>,
        /// File name in the backup.
        file: String,
        /// Byte offset.
        offset: u64,
        /// Bit 0 (lowest) to 7.
        bit: u8,
    },
    /// A backup is deleted, whatever goes on from it.
    Delete(Arc<str>),
}

/// Bytes a second when nobody says otherwise.
pub const RATE: u64 = 64 << 10;

impl RestoreOrder {
    /// Everything of a backup, to these servers, with its sessions.
    pub fn whole(name: &str, to: Vec<ServerId>) -> Self {
        Self {
            name: name.to_owned(),
            to,
            until: None,
            drop_sessions: false,
            epoch: None,
        }
    }
}

impl VaultOrder {
    /// The backup that it is about.
    pub fn backup(&self) -> Option<&str> {
        match self {
            Self::Take(order) => Some(&order.name),
            Self::Ship(order) => Some(&order.name),
            Self::Resume(name) | Self::Stop(name) | Self::Verify(name) => Some(name),
            Self::Restore(order) => Some(&order.name),
            Self::Fault(VaultFault::Flip { backup, .. } | VaultFault::Delete(backup)) => {
                Some(backup)
            }
            Self::Policy(_) | Self::Fault(_) => None,
        }
    }

    /// The one server that it is done to, if it is done to one.
    pub const fn server(&self) -> Option<ServerId> {
        match self {
            Self::Take(order) => Some(order.from),
            Self::Ship(order) => Some(order.from),
            Self::Policy(Some(order)) => Some(order.from),
            _ => None,
        }
    }
}
