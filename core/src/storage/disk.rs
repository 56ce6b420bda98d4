//! One server's disk: what processes see, what is durable, and what a power loss leaves of the rest.
//!
//! # The fault model
//!
//! A disk is a directory of files, `version-2`. Everything exists twice.
//!
//! ```text
//!   write ──►  page cache (what every read sees)  ──fsync──►  platter (what a power loss leaves)
//!              names, lengths, bytes                          names, lengths, bytes
//! ```
//!
//! - **Operations reach the page cache at once**, in order, and stay there through a crash of the
//!   *process*. Nothing is lost when a process dies; there is no call for it here.
//! - **Each file keeps the list of its changes that are not yet durable.** What is seen is the
//!   durable content with that list played over it. An fsync of the file plays onto the platter what
//!   was written *before the fsync began* ([`Disk::begin_sync`] notes how far), never what came
//!   while it ran.
//! - **The directory keeps such a list too**: creations, renames and removals of names. An fsync of
//!   a file makes its own creation durable (and whatever earlier change of those names it stands
//!   on); renames and removals stay pending until the directory is synced. So a file may be renamed
//!   over another, survive with all its bytes, and come back under its temporary name.
//! - **A power loss** keeps of each list a *prefix* that the dice choose. In a file's list the last
//!   change that is kept may be a write cut at any byte: it is *torn*. Growing by preallocation is a
//!   change like any other, so a file may come back longer than its data or shorter than its
//!   length. A file that was created but never synced may vanish, or be there with no bytes in it
//!   (ZOOKEEPER-2332). What is durable always survives.
//! - **A lying disk** reports an fsync done and leaves everything pending.
//! - **A full disk** refuses to create and to write; it can still cut, rename and remove.
//! - **Bit rot and operators** change the platter and the page cache alike: [`Disk::flip`],
//!   [`Disk::zero`], [`Disk::delete`], [`Disk::wipe`], [`Disk::replace`]. A process whose open file an operator
//!   deleted goes on writing without an error, into nothing.
//!
//! What it is not: there are no blocks, no reordering of writes inside one file, no read errors, no
//! latency (the world times each fsync).
//!
//! Invariant: for every file, `seen == durable` with `pending` played over it; the same for names.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::content::Content;
use super::directory::{Directory, NameChange};
use super::inode::{Inode, Kept};
use super::op::{FileName, FileOp, SyncTarget};
use super::recovery::INITIALIZE;
use crate::base::{Dice, Gather};

/// A file independent of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FileId(pub(super) u64);

/// The place of a change in the order of all changes of one disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Seq(pub(super) u64);

/// Why an operation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiskError {
    /// No space left.
    Full,
    /// There is no such file.
    Missing,
}

/// A disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    files: BTreeMap<FileId, Inode>,
    directory: Directory,
    /// Names an operator removed under a running process, which still holds them open.
    removed: BTreeSet<FileName>,
    changes: u64,
    created: u64,
    full: bool,
    lying: bool,
}

/// An fsync under way: what it will make durable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SyncTicket {
    files: Vec<FileId>,
    directory: bool,
    upto: Seq,
}

/// What a power loss took, for captions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PowerLoss {
    /// Files that had changes pending, in order of their names.
    pub files: Vec<FileLoss>,
    /// Changes of names that did not survive, in order.
    pub names: Vec<NameChange>,
}

/// What a power loss took of one file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileLoss {
    /// The file, by the name it had.
    pub file: FileName,
    /// Bytes written and lost.
    pub lost: u64,
    /// Bytes written, never synced, and there all the same.
    pub kept: u64,
    /// The last write that was kept is not whole.
    pub torn: bool,
    /// The file itself is gone.
    pub vanished: bool,
}

/// A file as a reader sees it.
#[derive(Clone, Copy, Debug)]
pub struct FileView<'a>(&'a Inode);

/// Files that can be listed and read: a disk, a backup, a dropped directory.
pub trait ReadFiles {
    /// Names in alphabetical order.
    fn names(&self) -> Vec<FileName>;
    /// The content of a file.
    fn content(&self, name: &str) -> Option<&Content>;
}

impl ReadFiles for Disk {
    fn names(&self) -> Vec<FileName> {
        self.directory.seen().keys().cloned().collect()
    }

    fn content(&self, name: &str) -> Option<&Content> {
        self.inode(name).map(|file| &file.seen)
    }
}

impl ReadFiles for BTreeMap<FileName, Content> {
    fn names(&self) -> Vec<FileName> {
        self.keys().cloned().collect()
    }

    fn content(&self, name: &str) -> Option<&Content> {
        self.get(name)
    }
}

impl Disk {
    /// A disk that holds these files, all durable.
    pub fn holding(files: impl IntoIterator<Item = (FileName, Content)>) -> Self {
        let mut disk = Self::default();
        for (name, content) in files {
            let id = disk.new_file(Inode::durable(content));
            disk.directory.place(name, id);
        }
        disk
    }

    /// A file by its name.
    pub fn file(&self, name: &str) -> Option<FileView<'_>> {
        self.inode(name).map(FileView)
    }

    /// The content that a name would lead to after a power loss.
    pub fn durable_content(&self, name: &str) -> Option<&Content> {
        let id = self.directory.durable().get(name)?;
        self.files.get(id).map(|file| &file.durable)
    }

    /// The disk as it would be if everything pending were lost.
    pub fn durable_view(&self) -> Self {
        let kept = self.directory.durable().iter();
        Self::holding(kept.map(|(name, id)| (name.clone(), self.files[id].durable.clone())))
    }

    /// True when the name itself would survive a power loss.
    pub fn name_is_durable(&self, name: &str) -> bool {
        let seen = self.directory.seen().get(name);
        seen.is_some() && seen == self.directory.durable().get(name)
    }

    /// Changes of names that wait for a sync of the directory, oldest first.
    pub fn pending_names(&self) -> impl Iterator<Item = &NameChange> {
        self.directory.pending()
    }

    /// Carries out an operation in the page cache.
    pub fn apply(&mut self, op: &FileOp) -> Result<(), DiskError> {
        match op {
            FileOp::Create { name } => self.create(name),
            FileOp::Write { bytes, .. } if bytes.is_empty() => Ok(()),
            FileOp::Write {
                name,
                offset,
                bytes,
            } => {
                self.check_space(true)?;
                self.change(name, |file, seq| {
                    file.write(seq, *offset, Arc::clone(bytes));
                })
            }
            FileOp::SetLen { name, len } => {
                let grows = self.content(name).is_some_and(|c| c.len() < *len);
                self.check_space(grows)?;
                self.change(name, |file, seq| file.set_len(seq, *len))
            }
            FileOp::Rename { from, to } => {
                let change = NameChange::Rename {
                    from: from.clone(),
                    to: to.clone(),
                };
                self.change_name(from, change)
            }
            FileOp::Unlink { name } => {
                let change = NameChange::Unlink { name: name.clone() };
                self.change_name(name, change)
            }
        }
    }

    /// Notes what an fsync that starts now will make durable.
    pub fn begin_sync(&self, target: &SyncTarget) -> SyncTicket {
        let upto = Seq(self.changes);
        match target {
            SyncTarget::Files(names) => SyncTicket {
                files: names
                    .iter()
                    .filter_map(|name| self.directory.seen().get(name).copied())
                    .collect(),
                directory: false,
                upto,
            },
            SyncTarget::Directory => SyncTicket {
                files: Vec::new(),
                directory: true,
                upto,
            },
        }
    }

    /// Makes durable what the ticket noted. A disk that lies does nothing.
    pub fn finish_sync(&mut self, ticket: &SyncTicket) {
        if self.lying {
            return;
        }
        let mut unnamed = false;
        for id in &ticket.files {
            if let Some(file) = self.files.get_mut(id) {
                file.sync(ticket.upto);
            }
            unnamed |= self.directory.sync_creation(*id, ticket.upto);
        }
        if ticket.directory {
            unnamed |= self.directory.sync(ticket.upto);
        }
        if unnamed {
            self.forget_unnamed();
        }
    }

    /// The power fails: what is durable stays, and of what is pending a prefix.
    pub fn crash_power(&mut self, dice: &mut Dice) -> PowerLoss {
        let before = self.directory.seen().clone();
        let names = self.directory.crash(dice);
        let survivors: BTreeSet<FileId> = self.directory.seen().values().copied().gather();
        let mut loss = PowerLoss {
            files: Vec::new(),
            names,
        };
        for (name, id) in before {
            let file = self.files.get_mut(&id).expect("a seen name has a file");
            if !survivors.contains(&id) {
                loss.files.push(FileLoss {
                    file: name,
                    lost: file.seen.data_end(),
                    kept: 0,
                    torn: false,
                    vanished: true,
                });
            } else if file.has_pending() {
                let Kept { kept, lost, torn } = file.crash(dice);
                loss.files.push(FileLoss {
                    file: name,
                    lost,
                    kept,
                    torn,
                    vanished: false,
                });
            }
        }
        // A file that only the platter still names: its removal or its replacement was undone.
        for file in self.files.values_mut().filter(|file| file.has_pending()) {
            file.crash(dice);
        }
        self.removed.clear();
        self.forget_unnamed();
        loss
    }

    /// From now on the disk has no space left, or has some again.
    pub fn set_full(&mut self, full: bool) {
        self.full = full;
    }

    /// From now on an fsync reports success and does nothing, or works again.
    pub fn set_lying(&mut self, lying: bool) {
        self.lying = lying;
    }

    /// True while the disk has no space left.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// True while the disk lies about fsync.
    pub fn is_lying(&self) -> bool {
        self.lying
    }

    /// Bit rot: turns one bit over, on the platter and in the page cache. False when the file is
    /// not that long.
    pub fn flip(&mut self, name: &str, offset: u64, bit: u8) -> bool {
        let inside = self.content(name).is_some_and(|c| offset < c.len());
        if inside && let Some(file) = self.inode_mut(name) {
            file.alter(offset..offset + 1, |byte| byte ^ (1 << (bit & 7)));
        }
        inside
    }

    /// Sectors that read as zeros: clears a range, on the platter and in the page cache.
    pub fn zero(&mut self, name: &str, range: Range<u64>) {
        if let Some(file) = self.inode_mut(name) {
            file.alter(range, |_| 0);
        }
    }

    /// An operator removes a file for good. False when there is none.
    pub fn delete(&mut self, name: &str) -> bool {
        let Some((name, _)) = self.directory.seen().get_key_value(name) else {
            return false;
        };
        let name = name.clone();
        let seq = self.next_seq();
        self.directory.erase(seq, &name);
        self.removed.insert(name);
        self.forget_unnamed();
        true
    }

    /// An operator empties the directory for good.
    pub fn wipe(&mut self) {
        self.removed.extend(self.directory.seen().keys().cloned());
        self.files.clear();
        self.directory = Directory::default();
    }

    /// An operator leaves the marker that an empty directory is meant to be empty.
    pub fn announce_empty(&mut self) {
        let id = self.new_file(Inode::durable(Content::default()));
        self.directory.place(INITIALIZE.into(), id);
    }

    /// An operator replaces the whole directory by these files; they are durable.
    pub fn replace(&mut self, files: &BTreeMap<FileName, Content>) {
        self.wipe();
        for (name, content) in files {
            let id = self.new_file(Inode::durable(content.clone()));
            self.directory.place(name.clone(), id);
            self.removed.remove(name);
        }
    }

    fn inode(&self, name: &str) -> Option<&Inode> {
        self.files.get(self.directory.seen().get(name)?)
    }

    fn inode_mut(&mut self, name: &str) -> Option<&mut Inode> {
        self.files.get_mut(self.directory.seen().get(name)?)
    }

    fn check_space(&self, needs_space: bool) -> Result<(), DiskError> {
        if needs_space && self.full {
            return Err(DiskError::Full);
        }
        Ok(())
    }

    fn create(&mut self, name: &FileName) -> Result<(), DiskError> {
        self.check_space(true)?;
        self.removed.remove(name);
        let seq = self.next_seq();
        if let Some(file) = self.inode_mut(name) {
            file.set_len(seq, 0);
        } else {
            let id = self.new_file(Inode::default());
            let name = name.clone();
            self.directory.change(seq, NameChange::Create { name }, id);
        }
        Ok(())
    }

    fn change(
        &mut self,
        name: &FileName,
        change: impl FnOnce(&mut Inode, Seq),
    ) -> Result<(), DiskError> {
        let seq = self.next_seq();
        if let Some(file) = self.inode_mut(name) {
            change(file, seq);
        } else if !self.removed.contains(name) {
            return Err(DiskError::Missing);
        }
        Ok(())
    }

    fn change_name(&mut self, name: &FileName, change: NameChange) -> Result<(), DiskError> {
        let Some(id) = self.directory.seen().get(name).copied() else {
            return Err(DiskError::Missing);
        };
        let seq = self.next_seq();
        self.directory.change(seq, change, id);
        Ok(())
    }

    fn next_seq(&mut self) -> Seq {
        self.changes += 1;
        Seq(self.changes)
    }

    fn new_file(&mut self, file: Inode) -> FileId {
        self.created += 1;
        let id = FileId(self.created);
        self.files.insert(id, file);
        id
    }

    fn forget_unnamed(&mut self) {
        let named = self.directory.named();
        self.files.retain(|id, _| named.contains(id));
    }
}

impl<'a> FileView<'a> {
    /// Length in bytes, preallocated zeros included.
    pub fn len(self) -> u64 {
        self.0.seen.len()
    }

    /// True when the length is 0.
    pub fn is_empty(self) -> bool {
        self.0.seen.is_empty()
    }

    /// Length that would survive a power loss, preallocated zeros included.
    pub fn durable_len(self) -> u64 {
        self.0.durable.len()
    }

    /// Where the data ends and only preallocated zeros follow.
    pub fn data_end(self) -> u64 {
        self.0.seen.data_end()
    }

    /// Where the durable data ends.
    pub fn durable_end(self) -> u64 {
        self.0.durable.data_end()
    }

    /// Bytes written and not yet durable; the zero byte of a preallocation does not count.
    pub fn pending_bytes(self) -> u64 {
        self.0.pending_bytes()
    }

    /// The bytes of `range` that were written and are not durable, in order, without overlap.
    pub fn pending_within(self, range: &Range<u64>) -> Vec<Range<u64>> {
        self.0.pending_within(range)
    }

    /// Bytes as a process reads them.
    pub fn read(self, range: Range<u64>) -> Vec<u8> {
        self.0.seen.read(range)
    }

    /// What a process reads.
    pub fn content(self) -> &'a Content {
        &self.0.seen
    }

    /// What would survive.
    pub fn durable(self) -> &'a Content {
        &self.0.durable
    }
}
