//! What comes of an operator's order.

use std::sync::Arc;

use crate::base::{Mix, ServerId};
use crate::model::{Epoch, Zxid};

/// One thing that happened in the vault, or on a disk by way of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultEvent {
    /// A joint restore is decided: this is what it will give, and what it will lose.
    Declared(Declared),
    /// The files that a restore will give to a server lie beside its own.
    Staged {
        /// Which backup.
        backup: Arc<str>,
        /// Where.
        server: ServerId,
        /// Their bytes.
        bytes: u64,
    },
    /// The joint restore is done: every server has the new files, and starts.
    Restored {
        /// What was declared, with what clients heard since.
        declared: Declared,
        /// The epoch in the epoch files.
        epoch: Epoch,
    },
    /// The joint restore is given up; no server has lost a file.
    GivenUp {
        /// Which backup.
        backup: Arc<str>,
        /// The server that was in the way.
        server: ServerId,
    },
}

/// What a joint restore does to history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Which backup.
    pub backup: Arc<str>,
    /// Where.
    pub servers: Arc<[ServerId]>,
    /// The last transaction that stays.
    pub zxid: Zxid,
    /// Confirmed writes that end with it, oldest first.
    pub lost: Arc<[Zxid]>,
    /// Sessions that end with it, and their ephemerals.
    pub sessions: u32,
    /// Whether sessions end.
    pub drop_sessions: bool,
}

impl VaultEvent {
    /// The backup that it is about.
    pub fn backup(&self) -> &Arc<str> {
        match self {
            Self::Declared(declared) | Self::Restored { declared, .. } => &declared.backup,
            Self::Staged { backup, .. } | Self::GivenUp { backup, .. } => backup,
        }
    }

    /// True when it is a part of something longer.
    pub const fn is_progress(&self) -> bool {
        matches!(self, Self::Staged { .. })
    }

    pub(in crate::world) fn mix(&self, digest: Mix) -> Mix {
        match self {
            Self::Declared(d) => d.mix(digest.add(12 << 48)),
            Self::Staged { server, bytes, .. } => {
                digest.add(13 << 48 | u64::from(server.0)).add(*bytes)
            }
            Self::Restored { declared, epoch } => {
                declared.mix(digest.add(14 << 48).add(epoch.0 as u64))
            }
            Self::GivenUp { server, .. } => digest.add(15 << 48 | u64::from(server.0)),
        }
    }
}

impl Declared {
    fn mix(&self, digest: Mix) -> Mix {
        digest.add(self.zxid.0 as u64).add(self.lost.len() as u64)
    }
}
