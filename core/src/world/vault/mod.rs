//! The vault: backups of servers, kept outside of the ensemble.
//!
//! A backup is a set of files as they would lie in `version-2`, with what is known of them: whose they
//! were, how they were taken, when, and up to which transaction they reach. No crash of a server
//! touches it. Contents share their pieces with the disks they came from, so a backup costs next to
//! nothing until the disk goes on.
//!
//! ```text
//!   backup cold   every file as the file system shows it      the server may run or be down
//!   backup hot    one snapshot, streamed by the admin server  the server must serve, from 3.9 on
//!        │
//!        ├── copy           the files replace those on a disk; that server must be down
//!        └── admin-restore  the streamed tree replaces that of a running server
//! ```
//!
//! Nothing is verified here, and an operator is not warned: whoever copies old files onto enough
//! disks loses what was committed since. The checks name such a copy as the assumption that did not
//! hold.
//!
//! It is not on any disk, takes no time, and knows nothing of fsync. In ZooKeeper: `cp -r`,
//! `Commands.SnapshotCommand`, `Commands.RestoreCommand`.

mod event;
mod history;
mod order;
mod restore;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use super::command::{Command, Refusal};
use super::step::{Actor, Cause, Outcome, Step};
use super::world::World;
use crate::base::{Gather, Instant, ServerId};
use crate::model::Zxid;
use crate::protocol::zab::Peer;
use crate::protocol::{Config, Input, Profile};
use crate::storage::{Content, FileName, LastLog, ReadFiles, purge, scan, snapshot};
use crate::tree::Database;

pub use event::{Declared, VaultEvent};
pub use history::{History, RestoreRefusal};
pub use order::{Point, RestoreOrder, VaultOrder};
pub use restore::Restoring;

/// How a backup was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BackupKind {
    /// All files of one server, as they are on its disk.
    Cold,
    /// The stream of the admin command `snapshot`.
    Hot,
}

/// A backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// How it was taken.
    pub kind: BackupKind,
    /// Whose files they were.
    pub source: ServerId,
    /// The last transaction in it, committed or not.
    pub zxid: Zxid,
    /// When it was taken.
    pub taken_at: Instant,
    /// Its files by their names in `version-2`.
    pub files: BTreeMap<FileName, Content>,
}

/// All backups by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vault {
    backups: RedBlackTreeMapSync<Arc<str>, Arc<Backup>>,
    /// Confirmed writes that joint restores have ended.
    ended: Arc<BTreeSet<Zxid>>,
}

impl BackupKind {
    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Hot => "hot",
        }
    }
}

impl Backup {
    /// Bytes of its files, preallocated zeros left out.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(Content::data_end).sum()
    }

    /// Every file of a disk as it is seen now.
    fn of_files(
        disk: &impl ReadFiles,
        source: ServerId,
        taken_at: Instant,
        config: &Config,
    ) -> Self {
        let content = |name: FileName| {
            let content = disk.content(&name)?.clone();
            Some((name, content))
        };
        let files: BTreeMap<_, _> = disk.names().into_iter().filter_map(content).gather();
        Self {
            kind: BackupKind::Cold,
            source,
            zxid: last_in(&files, config),
            taken_at,
            files,
        }
    }

    /// The tree that a server has in memory now, as one snapshot.
    fn of_stream(peer: &Peer, taken_at: Instant) -> Self {
        let mut content = Content::default();
        content.write(0, &snapshot::whole(peer.db()));
        let zxid = peer.db().last_zxid;
        Self {
            kind: BackupKind::Hot,
            source: peer.id(),
            zxid,
            taken_at,
            files: BTreeMap::from([(snapshot::file_name(zxid), content)]),
        }
    }

    /// The tree of a streamed snapshot; `None` for copied files, or when it cannot be read.
    fn streamed(&self, config: &Config) -> Option<Database> {
        if self.kind != BackupKind::Hot {
            return None;
        }
        let (name, content) = self.files.first_key_value()?;
        let rules = config.recover_options().read_rules();
        let read = snapshot::read(content, name, rules);
        read.ok().map(|loaded| loaded.database)
    }
}

/// The last transaction that can be read from these files.
fn last_in(files: &BTreeMap<FileName, Content>, config: &Config) -> Zxid {
    let tmp = config.recover_options().tmp_counts;
    let newest = purge::whole_snapshots(files, tmp).into_iter().next();
    let base = newest.map_or(Zxid::ZERO, |(zxid, _)| zxid);
    let readable = scan::records(files, base.next(), LastLog::MayBeTorn).map_while(Result::ok);
    readable.last().map_or(base, |found| found.record.zxid())
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            backups: RedBlackTreeMapSync::new_sync(),
            ended: Arc::default(),
        }
    }
}

impl Vault {
    /// The backup of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<Backup>> {
        self.backups.get(name)
    }

    /// All backups in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Backup>)> {
        self.backups.iter()
    }

    fn found(&self, name: &str) -> Result<Arc<Backup>, Refusal> {
        let found = self.get(name).cloned();
        found.ok_or_else(|| Refusal::NoBackup(name.to_owned()))
    }
}

// --- what operators do with it ---

impl World {
    /// Carries out a command that is about backups, as one step.
    pub(super) fn use_vault(&mut self, command: &Arc<Command>) -> Result<Step, Refusal> {
        let cause = Cause::Command(Arc::clone(command));
        let mut outcomes = Vec::new();
        match &**command {
            Command::Backup { kind, from, name } => match kind {
                BackupKind::Cold => self.back_up_files(*from, name, &mut outcomes)?,
                BackupKind::Hot => return self.back_up_stream(*from, name, cause),
            },
            Command::Copy { name, to } => self.copy_backup(name, *to, &mut outcomes)?,
            Command::AdminRestore { name, to } => return self.admin_restore(name, *to, cause),
            Command::Vault(VaultOrder::Restore(order)) => return self.begin_restore(order, cause),
            _ => unreachable!("the caller hands over what is about backups"),
        }
        Ok(self.finish_step(Actor::World, cause, outcomes, None))
    }

    /// Takes a backup of a server's files, whatever state they are in.
    fn back_up_files(
        &mut self,
        from: ServerId,
        name: &str,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        self.server_exists(from)?;
        self.name_is_free(name)?;
        let disk = &self.host(from).disk;
        let backup = Backup::of_files(disk, from, self.now, &self.config);
        outcomes.push(self.keep(name, backup));
        Ok(())
    }

    /// Lets a serving server stream a snapshot of its tree. It leaves the snapshot on its own disk,
    /// too.
    fn back_up_stream(
        &mut self,
        from: ServerId,
        name: &str,
        cause: Cause,
    ) -> Result<Step, Refusal> {
        let backup = Backup::of_stream(self.admin_server(from)?, self.now);
        self.name_is_free(name)?;
        let kept = self.keep(name, backup);
        Ok(self.server_step_after(vec![kept], from, cause, Input::StreamSnapshot))
    }

    /// Replaces the files of a server that is down by those of a backup. The files of the server
    /// are gone, its epochs included; those of the backup are durable.
    fn copy_backup(
        &mut self,
        name: &str,
        to: ServerId,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        let backup = self.vault.found(name)?;
        self.needs_down(to)?;
        let disk = &mut self.host_mut(to).disk;
        if disk.is_full() {
            return Err(Refusal::DiskFull(to));
        }
        disk.replace(&backup.files);
        outcomes.push(Outcome::Copied {
            backup: name.into(),
            server: to,
            files: backup.files.len() as u32,
            bytes: backup.bytes(),
        });
        Ok(())
    }

    /// Hands a streamed snapshot to a serving server, which takes it for its tree.
    fn admin_restore(&mut self, name: &str, to: ServerId, cause: Cause) -> Result<Step, Refusal> {
        let backup = self.vault.found(name)?;
        self.admin_server(to)?;
        let tree = backup.streamed(&self.config);
        let tree = tree.ok_or_else(|| Refusal::NoStream(name.to_owned()))?;
        let input = Input::Restore(Arc::new(tree));
        Ok(self.server_step(to, cause, input))
    }

    /// The server whose admin commands answer: of a release that has them, and serving.
    fn admin_server(&self, id: ServerId) -> Result<&Peer, Refusal> {
        self.needs_up(id)?;
        if self.config.profile == Profile::V3_8_0 {
            return Err(Refusal::NoAdminCommand);
        }
        let host = self.host(id);
        let awake = host.process.as_ref().filter(|_| !host.paused);
        let serving = awake.filter(|peer| peer.serves());
        serving.ok_or(Refusal::NotServing(id))
    }

    /// The files of a backup, as they would lie in `version-2`.
    fn files_of(&self, name: &str) -> Result<BTreeMap<FileName, Content>, Refusal> {
        Ok(self.vault.found(name)?.files.clone())
    }

    fn name_is_free(&self, name: &str) -> Result<(), Refusal> {
        match self.vault.get(name) {
            None => Ok(()),
            Some(_) => Err(Refusal::BackupExists(name.to_owned())),
        }
    }

    fn keep(&mut self, name: &str, backup: Backup) -> Outcome {
        let name: Arc<str> = name.into();
        let outcome = Outcome::BackedUp {
            backup: Arc::clone(&name),
            kind: backup.kind,
            server: backup.source,
            files: backup.files.len() as u32,
            bytes: backup.bytes(),
            zxid: backup.zxid,
        };
        self.vault.backups.insert_mut(name, Arc::new(backup));
        outcome
    }
}
