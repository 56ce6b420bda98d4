//! The vault: backups of servers, kept outside of the ensemble.
//!
//! A backup is a set of files as they would lie in `version-2`, with what is known of them: whose they
//! were, how they were taken, when, and which transactions they hold. No crash of a server touches it.
//!
//! ```text
//!   backup cold         every file as the file system shows it       at once
//!   backup hot          one snapshot, streamed by the admin server   at once, and the server must serve
//!   backup full         snapshot, then log, or in the wrong order    piece after piece   (job)
//!   backup incremental  the log behind the parent's last record      piece after piece   (job)
//!   backup ship, policy increments and full backups by a rule, and which of them may go  (rule)
//!        │
//!        ├── verify         is it restorable, and to where? a trial recovery says
//!        ├── copy           the files replace those on a disk; that server must be down
//!        ├── admin-restore  a streamed tree replaces that of a running server
//!        └── restore        one history for all servers, its loss declared               (restore)
//! ```
//!
//! Only `verify` and `restore` look at what they are given. Whoever copies old files onto enough disks
//! loses what was committed since; the checks name such a copy as the assumption that did not hold.
//!
//! What a backup consists of and what it is worth is decided in [`crate::storage::backup`], which also
//! works on real directories. In ZooKeeper: `cp -r`, `Commands.SnapshotCommand`,
//! `Commands.RestoreCommand`.

mod event;
mod history;
mod job;
mod order;
mod restore;
mod rule;

use std::collections::BTreeMap;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use super::agenda::VaultTask;
use super::command::{Command, Refusal};
use super::step::{Actor, Cause, Outcome, Step};
use super::world::World;
use crate::base::{Gather, Instant, ServerId};
use crate::model::{Epoch, Zxid};
use crate::protocol::zab::Peer;
use crate::protocol::{Config, Input, Profile};
use crate::storage::backup::{
    Assembling, Heading, Kind, Link, Links, Manifest, NotRestorable, NotThere, State, Stopped,
    Taking, Verdict, Verifying, Way, chain_of,
};
use crate::storage::{Content, FileName, LastLog, ReadFiles, purge, scan, snapshot};
use crate::tree::Database;

pub use crate::storage::backup::{CopyOrder, Point};
pub use event::{Declared, Held, StopReason, VaultEvent};
pub use history::{History, Turns};
pub use job::{Job, Parcel, Shipping, Work};
pub use order::{PolicyOrder, RATE, RestoreOrder, ShipOrder, TakeOrder, VaultFault, VaultOrder};
pub use restore::Restoring;
pub use rule::Rule;

/// What a backup holds, and how it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BackupKind {
    /// All files of one server, as they are on its disk.
    Cold,
    /// The stream of the admin command `snapshot`.
    Hot,
    /// A snapshot and the log from there on, copied piece after piece.
    Full,
    /// The log behind another backup.
    Incremental,
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
    /// When it was begun.
    pub begun_at: Instant,
    /// When it was whole, or worked on last.
    pub taken_at: Instant,
    /// Its files by their names in `version-2`.
    pub files: BTreeMap<FileName, Content>,
    /// What the engine knows of it.
    pub manifest: Manifest,
    /// What the manifest speaks of, when that is less than all files.
    parts: Option<BTreeMap<FileName, Content>>,
    /// Whether it is under way.
    pub work: Work,
    /// What the last verification said, and when.
    pub judged: Option<(Arc<Verdict>, Instant)>,
    /// Bytes a second, when it is taken piece after piece.
    rate: u64,
}

/// All backups by name, and the rules by which they come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vault {
    backups: RedBlackTreeMapSync<Arc<str>, Arc<Backup>>,
    /// The rule in force.
    pub policy: Option<Arc<Rule>>,
    /// Logs that are shipped, by name.
    pub ships: Arc<BTreeMap<Arc<str>, Shipping>>,
    /// Backups that the rule would let go, if others did not go on from them.
    pub held: Arc<[Held]>,
    /// It has room for so many bytes.
    pub capacity: Option<u64>,
    /// No server reaches it.
    pub cut: bool,
    /// Where joint restores turned history.
    turns: Turns,
    runs: u64,
}

impl BackupKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Full, Self::Incremental, Self::Cold, Self::Hot];

    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Hot => "hot",
            Self::Full => "full",
            Self::Incremental => "incremental",
        }
    }

    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Full => Self::Full,
            Kind::Incremental => Self::Incremental,
        }
    }
}

impl Backup {
    /// It can be relied on: it is whole, and no verification has said that it cannot be restored.
    pub fn counts(&self) -> bool {
        let refused = |(verdict, _): &(Arc<Verdict>, Instant)| verdict.restorable.is_err();
        self.manifest.is_whole() && !self.judged.as_ref().is_some_and(refused)
    }

    /// Bytes of its files, preallocated zeros left out.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(Content::data_end).sum()
    }

    /// True when it will never be whole.
    pub const fn is_broken(&self) -> bool {
        matches!(self.manifest.state, State::Broken(_))
    }

    /// True when it needs no other one.
    pub fn stands_alone(&self) -> bool {
        self.manifest.parent.is_none()
    }

    /// Every file of a disk as it is seen now.
    fn of_files(world: &World, source: ServerId, name: &str) -> Self {
        let disk = &world.host(source).disk;
        let content = |name: FileName| {
            let content = disk.content(&name)?.clone();
            Some((name, content))
        };
        let files: BTreeMap<_, _> = disk.names().into_iter().filter_map(content).gather();
        let zxid = last_in(&files, &world.config);
        Self::at_once(world, BackupKind::Cold, source, name, zxid, files)
    }

    /// The tree that a server has in memory now, as one snapshot.
    fn of_stream(world: &World, peer: &Peer, name: &str) -> Self {
        let mut content = Content::default();
        content.write(0, &snapshot::whole(peer.db()));
        let zxid = peer.db().last_zxid;
        let files = BTreeMap::from([(snapshot::file_name(zxid), content)]);
        Self::at_once(world, BackupKind::Hot, peer.id(), name, zxid, files)
    }

    /// Files that were taken at one moment. What the engine makes of them says what they are worth.
    fn at_once(
        world: &World,
        kind: BackupKind,
        source: ServerId,
        name: &str,
        zxid: Zxid,
        files: BTreeMap<FileName, Content>,
    ) -> Self {
        let now_ms = world.wall_ms(source);
        let mut taking = Taking::full(Heading {
            id: name.into(),
            source: format!("server {}", source.0),
            way: match kind {
                BackupKind::Hot => Way::Stream,
                _ => Way::Cold,
            },
            started_ms: now_ms,
        });
        let mut parts = BTreeMap::new();
        while !taking.is_done() {
            match taking.advance(&files, &mut parts, u64::MAX) {
                Ok(_) => {}
                Err(Stopped::Broken(_) | Stopped::Fault(_)) => break,
            }
        }
        Self {
            kind,
            source,
            zxid,
            begun_at: world.now,
            taken_at: world.now,
            files,
            manifest: taking.manifest(now_ms),
            parts: Some(parts),
            work: Work::Idle,
            judged: None,
            rate: RATE,
        }
    }

    fn parts(&self) -> &BTreeMap<FileName, Content> {
        self.parts.as_ref().unwrap_or(&self.files)
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
            policy: None,
            ships: Arc::default(),
            held: Arc::from([]),
            capacity: None,
            cut: false,
            turns: Turns::default(),
            runs: 0,
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

    /// Bytes of all backups.
    pub fn bytes(&self) -> u64 {
        self.iter().map(|(_, backup)| backup.bytes()).sum()
    }

    /// The chain of a backup, the full one first.
    pub fn chain(&self, name: &str) -> Result<Vec<Manifest>, NotRestorable> {
        let manifest = |id: &Arc<str>| self.get(id).map(|backup| backup.manifest.clone());
        chain_of(&name.into(), manifest)
    }

    /// The chain of a backup with its files.
    fn links(&self, name: &str) -> Result<Links<BTreeMap<FileName, Content>>, NotRestorable> {
        let manifests = self.chain(name)?.into_iter();
        let link = |manifest: Manifest| {
            let backup = self.get(&manifest.id);
            let files = backup
                .map(|backup| backup.parts().clone())
                .unwrap_or_default();
            Link { manifest, files }
        };
        Ok(manifests.map(link).collect())
    }

    fn found(&self, name: &str) -> Result<Arc<Backup>, Refusal> {
        let found = self.get(name).cloned();
        found.ok_or_else(|| Refusal::NoBackup(name.to_owned()))
    }

    fn put(&mut self, name: &Arc<str>, backup: Backup) {
        self.backups.insert_mut(Arc::clone(name), Arc::new(backup));
    }

    fn remove(&mut self, name: &Arc<str>) {
        self.backups.remove_mut(name);
    }

    /// Bytes that are free.
    fn room(&self) -> Option<u64> {
        let capacity = self.capacity?;
        Some(capacity.saturating_sub(self.bytes()))
    }

    fn stop_shipping(&mut self, name: &str) -> bool {
        let ships = self.ships.contains_key(name);
        if ships {
            Arc::make_mut(&mut self.ships).remove(name);
        }
        ships
    }

    const fn next_run(&mut self) -> u64 {
        self.runs += 1;
        self.runs
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
                BackupKind::Hot => return self.back_up_stream(*from, name, cause),
                _ => self.back_up_files(*from, name, &mut outcomes)?,
            },
            Command::Copy { name, to } => self.copy_backup(name, *to, &mut outcomes)?,
            Command::AdminRestore { name, to } => return self.admin_restore(name, *to, cause),
            Command::Vault(order) => return self.obey(order, cause),
            _ => unreachable!("the caller hands over what is about backups"),
        }
        Ok(self.finish_step(Actor::World, cause, outcomes, None))
    }

    fn obey(&mut self, order: &VaultOrder, cause: Cause) -> Result<Step, Refusal> {
        match order {
            VaultOrder::Take(order) => self.take(order, cause),
            VaultOrder::Ship(order) => self.ship(order, cause),
            VaultOrder::Resume(name) => self.resume_taking(name, cause),
            VaultOrder::Stop(name) => self.stop_taking(name, cause),
            VaultOrder::Verify(name) => self.verify(name, cause),
            VaultOrder::Policy(order) => self.set_policy(order.as_ref(), cause),
            VaultOrder::Restore(order) => self.begin_restore(order, cause),
            VaultOrder::Fault(fault) => self.vault_fault(fault, cause),
        }
    }

    /// Does anybody still wait for that part of an operator's work?
    pub(super) fn waits_for(&self, task: &VaultTask) -> bool {
        match task {
            VaultTask::Restore => self.restoring.is_some(),
            VaultTask::Piece(name, run) => self.waits_for_piece(name, *run),
            VaultTask::Ship(name, run) => self.waits_for_ship(name, *run),
            VaultTask::Policy(run) => self.waits_for_policy(*run),
        }
    }

    /// An operator's work goes on. Nothing comes of what nobody waits for any more: a rule that was replaced, a
    /// backup that was stopped and taken up again.
    pub(super) fn vault_goes_on(&mut self, task: &VaultTask) -> Option<Step> {
        if !self.waits_for(task) {
            return None;
        }
        match task {
            VaultTask::Restore => self.restore_goes_on(),
            VaultTask::Piece(name, _) => self.piece(name),
            VaultTask::Ship(name, _) => self.ship_is_due(name),
            VaultTask::Policy(_) => self.policy_is_due(),
        }
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
        let backup = Backup::of_files(self, from, name);
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
        let backup = Backup::of_stream(self, self.admin_server(from)?, name);
        self.name_is_free(name)?;
        let kept = self.keep(name, backup);
        Ok(self.server_step_after(vec![kept], from, cause, Input::StreamSnapshot))
    }

    /// Replaces the files of a server that is down by those of a backup, with all that it goes on from.
    /// The files of the server are gone, its epochs included; those of the backup are durable.
    fn copy_backup(
        &mut self,
        name: &str,
        to: ServerId,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        let backup = self.vault.found(name)?;
        self.needs_down(to)?;
        if self.host(to).disk.is_full() {
            return Err(Refusal::DiskFull(to));
        }
        let files = match &backup.parts {
            Some(_) => backup.files.clone(),
            None => self.put_together(name)?,
        };
        self.host_mut(to).disk.replace(&files);
        outcomes.push(Outcome::Copied {
            backup: name.into(),
            server: to,
            files: files.len() as u32,
            bytes: files.values().map(Content::data_end).sum(),
        });
        Ok(())
    }

    /// The files of a chain, as they lay in `version-2`.
    fn put_together(&self, name: &str) -> Result<BTreeMap<FileName, Content>, Refusal> {
        let refused = |why| Refusal::NotRestorable {
            name: name.to_owned(),
            why: NotThere::Backup(why),
        };
        let links = self.vault.links(name).map_err(refused)?;
        let mut work = Assembling::new(links).map_err(refused)?;
        while !work.advance(u64::MAX).map_err(refused)? {}
        Ok(work.finish())
    }

    /// Tries whether a backup can be restored.
    fn verify(&mut self, name: &Arc<str>, cause: Cause) -> Result<Step, Refusal> {
        let mut backup = Arc::unwrap_or_clone(self.vault.found(name)?);
        let verdict = match self.vault.links(name) {
            Ok(links) => {
                let mut work = Verifying::new(links);
                while !work.advance(u64::MAX) {}
                work.verdict().expect("it was said to be there").clone()
            }
            Err(why) => Verdict {
                restorable: Err(why),
                warnings: Vec::new(),
                txns: 0,
                epoch: Epoch::default(),
            },
        };
        let verdict = Arc::new(verdict);
        backup.judged = Some((Arc::clone(&verdict), self.now));
        self.vault.put(name, backup);
        let backup = Arc::clone(name);
        let outcome = Outcome::Vault(VaultEvent::Verified { backup, verdict });
        Ok(self.vault_step(cause, vec![outcome]))
    }

    /// Something happens to the vault, or to a file in it.
    fn vault_fault(&mut self, fault: &VaultFault, cause: Cause) -> Result<Step, Refusal> {
        match fault {
            VaultFault::Capacity(capacity) => self.vault.capacity = *capacity,
            VaultFault::Cut(cut) => self.vault.cut = *cut,
            VaultFault::Flip {
                backup: name,
                file,
                offset,
                bit,
            } => {
                let mut backup = Arc::unwrap_or_clone(self.vault.found(name)?);
                backup.flip(file, *offset, *bit)?;
                self.vault.put(name, backup);
            }
            VaultFault::Delete(name) => {
                self.vault.found(name)?;
                self.vault.remove(name);
            }
        }
        Ok(self.vault_step(cause, Vec::new()))
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
        self.vault.put(&name, backup);
        outcome
    }
}

impl Backup {
    /// Bit rot in the vault.
    fn flip(&mut self, file: &str, offset: u64, bit: u8) -> Result<(), Refusal> {
        let len = self.files.get(file).map(Content::data_end);
        let len = len.ok_or_else(|| Refusal::NoFileInBackup(file.to_owned()))?;
        if offset >= len {
            let file = file.to_owned();
            return Err(Refusal::BeyondEnd { file, len });
        }
        for files in [Some(&mut self.files), self.parts.as_mut()] {
            if let Some(content) = files.and_then(|files| files.get_mut(file)) {
                let byte = content.read(offset..offset + 1);
                let flipped: Vec<u8> = byte.iter().map(|byte| byte ^ (1 << (bit & 7))).collect();
                content.write(offset, &flipped);
            }
        }
        Ok(())
    }
}
