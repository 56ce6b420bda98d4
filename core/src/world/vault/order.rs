//! What an operator asks of the vault.

use crate::base::ServerId;
use crate::model::{Epoch, Zxid};

/// One thing that an operator asks of the vault and that takes its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultOrder {
    /// A backup becomes the history of all servers at once.
    Restore(RestoreOrder),
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

/// A place in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// Behind this transaction.
    Zxid(Zxid),
    /// Before the first transaction that bears this time or a later one, in milliseconds since 1970.
    /// The order is that of the zxids; times are what leaders believed.
    Before(i64),
}

impl VaultOrder {
    /// The backup that it is about.
    pub fn backup(&self) -> Option<&str> {
        match self {
            Self::Restore(order) => Some(&order.name),
        }
    }

    /// The word in scripts.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Restore(_) => "restore",
        }
    }
}
