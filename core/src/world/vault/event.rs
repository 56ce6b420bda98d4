//! What comes of an operator's order.

use std::sync::Arc;

use super::BackupKind;
use crate::base::{Mix, ServerId};
use crate::model::{Epoch, Zxid};
use crate::storage::FileName;
use crate::storage::backup::{Broken, Fault, Verdict};

/// One thing that happened in the vault, or on a disk by way of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultEvent {
    /// A backup is begun, or goes on.
    Begun {
        /// Its name.
        backup: Arc<str>,
        /// Of which server.
        server: ServerId,
        /// What it holds.
        kind: BackupKind,
        /// What it goes on from.
        parent: Option<Arc<str>>,
        /// It was stopped before.
        again: bool,
    },
    /// Bytes of a file go to the vault.
    Copying {
        /// Which backup.
        backup: Arc<str>,
        /// From which server.
        server: ServerId,
        /// The file.
        file: FileName,
        /// Where they stand in it.
        from: u64,
        /// How many.
        bytes: u64,
        /// Bytes of the backup so far.
        done: u64,
        /// Bytes in all, as far as is known.
        all: u64,
    },
    /// A snapshot of the source is no good, and an older one is taken.
    PassedOver {
        /// Which backup.
        backup: Arc<str>,
        /// From which server.
        server: ServerId,
        /// The snapshot.
        file: FileName,
    },
    /// A backup is whole.
    Taken {
        /// Its name.
        backup: Arc<str>,
        /// Of which server.
        server: ServerId,
        /// What it holds.
        kind: BackupKind,
        /// Number of files.
        files: u32,
        /// Their bytes.
        bytes: u64,
        /// The last transaction in it.
        zxid: Zxid,
    },
    /// The log of the source has nothing new: no increment.
    NothingNew {
        /// The backup that would have been made.
        backup: Arc<str>,
        /// Of which server.
        server: ServerId,
    },
    /// A backup stopped halfway. It can go on.
    Stopped {
        /// Which.
        backup: Arc<str>,
        /// From which server.
        server: ServerId,
        /// Why.
        why: StopReason,
        /// Bytes that are there.
        done: u64,
        /// Bytes in all, as far as is known.
        all: u64,
    },
    /// A backup will never be whole.
    Broken {
        /// Which.
        backup: Arc<str>,
        /// From which server.
        server: ServerId,
        /// Why.
        why: Broken,
    },
    /// A backup was tried.
    Verified {
        /// Which.
        backup: Arc<str>,
        /// What came of it.
        verdict: Arc<Verdict>,
    },
    /// A rule lets backups go.
    Retired {
        /// By which rule.
        backup: Arc<str>,
        /// Those that go.
        gone: Arc<[Arc<str>]>,
        /// Those that would go, and stay as another goes on from them.
        held: Arc<[Held]>,
    },
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

/// A backup that stays because another goes on from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The one that stays.
    pub parent: Arc<str>,
    /// The one that needs it.
    pub child: Arc<str>,
}

/// Why a backup stopped halfway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// An operator said so.
    Operator,
    /// The source lost power.
    SourceDown,
    /// Source or vault failed.
    Fault(Fault),
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
    /// Ephemerals that go with their sessions.
    pub ephemerals: u32,
    /// Whether sessions end.
    pub drop_sessions: bool,
}

impl VaultEvent {
    /// The backup, or the rule, that it is about.
    pub fn backup(&self) -> &Arc<str> {
        match self {
            Self::Declared(declared) | Self::Restored { declared, .. } => &declared.backup,
            Self::Begun { backup, .. }
            | Self::Copying { backup, .. }
            | Self::PassedOver { backup, .. }
            | Self::Taken { backup, .. }
            | Self::NothingNew { backup, .. }
            | Self::Stopped { backup, .. }
            | Self::Broken { backup, .. }
            | Self::Verified { backup, .. }
            | Self::Retired { backup, .. }
            | Self::Staged { backup, .. }
            | Self::GivenUp { backup, .. } => backup,
        }
    }

    /// The one server that it concerns.
    pub const fn server(&self) -> Option<ServerId> {
        match self {
            Self::Begun { server, .. }
            | Self::Copying { server, .. }
            | Self::PassedOver { server, .. }
            | Self::Taken { server, .. }
            | Self::NothingNew { server, .. }
            | Self::Stopped { server, .. }
            | Self::Broken { server, .. }
            | Self::Staged { server, .. }
            | Self::GivenUp { server, .. } => Some(*server),
            Self::Verified { .. }
            | Self::Retired { .. }
            | Self::Declared(_)
            | Self::Restored { .. } => None,
        }
    }

    /// True when it is a part of something longer.
    pub const fn is_progress(&self) -> bool {
        matches!(
            self,
            Self::Copying { .. } | Self::NothingNew { .. } | Self::Staged { .. }
        )
    }

    pub(in crate::world) fn mix(&self, digest: Mix) -> Mix {
        let server = self.server().map_or(0, |server| u64::from(server.0));
        let digest = digest.add(self.number() << 48 | server);
        match self {
            Self::Copying { from, bytes, .. } => digest.add(*from).add(*bytes),
            Self::Taken { bytes, zxid, .. } => digest.add(*bytes).add(zxid.0 as u64),
            Self::Stopped { done, .. } => digest.add(*done),
            Self::Verified { verdict, .. } => {
                let last = verdict.restorable.as_ref().map_or(-1, |range| range.last.0);
                digest.add(last as u64)
            }
            Self::Retired { gone, held, .. } => {
                digest.add((gone.len() as u64) << 32 | held.len() as u64)
            }
            Self::Staged { bytes, .. } => digest.add(*bytes),
            Self::Declared(d) => d.mix(digest),
            Self::Restored { declared, epoch } => declared.mix(digest.add(epoch.0 as u64)),
            Self::Begun { .. }
            | Self::PassedOver { .. }
            | Self::NothingNew { .. }
            | Self::Broken { .. }
            | Self::GivenUp { .. } => digest,
        }
    }

    const fn number(&self) -> u64 {
        match self {
            Self::Declared(_) => 12,
            Self::Staged { .. } => 13,
            Self::Restored { .. } => 14,
            Self::GivenUp { .. } => 15,
            Self::Begun { .. } => 16,
            Self::Copying { .. } => 17,
            Self::PassedOver { .. } => 18,
            Self::Taken { .. } => 19,
            Self::NothingNew { .. } => 20,
            Self::Stopped { .. } => 21,
            Self::Broken { .. } => 22,
            Self::Verified { .. } => 23,
            Self::Retired { .. } => 24,
        }
    }
}

impl Declared {
    fn mix(&self, digest: Mix) -> Mix {
        digest.add(self.zxid.0 as u64).add(self.lost.len() as u64)
    }
}
