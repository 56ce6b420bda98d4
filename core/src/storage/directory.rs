//! The names of a disk, durable and seen, with the changes between them.
//!
//! The fault model is told in [`super::disk`]. Changes of names form one list per disk, as in a
//! journal; a power loss keeps a prefix of it. A file's own creation can leave the list early, when
//! the file is synced: then the earlier changes of the names it stands on go with it, so that what
//! stays in the list touches other names only and its order still makes sense.

use std::collections::{BTreeMap, BTreeSet};

use super::disk::{FileId, Seq};
use super::op::FileName;
use crate::base::{Dice, Gather};

/// A change of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NameChange {
    /// A new file.
    Create {
        /// Its name.
        name: FileName,
    },
    /// A file moved, perhaps over another one.
    Rename {
        /// From here.
        from: FileName,
        /// To here.
        to: FileName,
    },
    /// A file removed.
    Unlink {
        /// Its name.
        name: FileName,
    },
}

type Names = BTreeMap<FileName, FileId>;

/// The directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Directory {
    seen: Names,
    durable: Names,
    pending: Vec<Pending>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    seq: Seq,
    change: NameChange,
    file: FileId,
}

impl NameChange {
    fn names(&self) -> [&FileName; 2] {
        match self {
            Self::Create { name } | Self::Unlink { name } => [name, name],
            Self::Rename { from, to } => [from, to],
        }
    }

    /// Changes `names`. True when some file may have lost its last name there.
    fn apply(&self, names: &mut Names, file: FileId) -> bool {
        match self {
            Self::Create { name } => names.insert(name.clone(), file).is_some(),
            Self::Rename { from, to } => {
                names.remove(from);
                names.insert(to.clone(), file).is_some()
            }
            Self::Unlink { name } => names.remove(name).is_some(),
        }
    }
}

impl Directory {
    pub(super) fn seen(&self) -> &Names {
        &self.seen
    }

    pub(super) fn durable(&self) -> &Names {
        &self.durable
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = &NameChange> {
        self.pending.iter().map(|p| &p.change)
    }

    /// Files that some name leads to, now or after a power loss.
    pub(super) fn named(&self) -> BTreeSet<FileId> {
        let pending = self.pending.iter().map(|p| p.file);
        let names = self.seen.values().chain(self.durable.values()).copied();
        names.chain(pending).gather()
    }

    /// A durable file from nowhere.
    pub(super) fn place(&mut self, name: FileName, file: FileId) {
        self.seen.insert(name.clone(), file);
        self.durable.insert(name, file);
    }

    /// A removal that is durable at once.
    pub(super) fn erase(&mut self, seq: Seq, name: &FileName) {
        if let Some(file) = self.seen.get(name).copied() {
            self.change(seq, NameChange::Unlink { name: name.clone() }, file);
            self.settle(self.pending.len() - 1);
        }
    }

    pub(super) fn change(&mut self, seq: Seq, change: NameChange, file: FileId) {
        change.apply(&mut self.seen, file);
        self.pending.push(Pending { seq, change, file });
    }

    /// Every change up to `upto` becomes durable. True when some file may have lost its last name.
    pub(super) fn sync(&mut self, upto: Seq) -> bool {
        let waiting = self.pending.partition_point(|p| p.seq <= upto);
        let mut unnamed = false;
        for p in self.pending.drain(..waiting) {
            // What was removed before it was durable had a name in the list alone.
            unnamed |= matches!(p.change, NameChange::Unlink { .. });
            unnamed |= p.change.apply(&mut self.durable, p.file);
        }
        unnamed
    }

    /// The creation of `file` becomes durable, with the earlier changes of the names it stands on.
    /// True when some file may have lost its last name.
    pub(super) fn sync_creation(&mut self, file: FileId, upto: Seq) -> bool {
        let is_creation = |p: &Pending| {
            p.file == file && p.seq <= upto && matches!(p.change, NameChange::Create { .. })
        };
        let creation = self.pending.iter().rposition(is_creation);
        creation.is_some_and(|at| self.settle(at))
    }

    /// A prefix of the pending changes survives; answers with those that do not.
    pub(super) fn crash(&mut self, dice: &mut Dice) -> Vec<NameChange> {
        let kept = if self.pending.is_empty() {
            0
        } else {
            dice.between(0, self.pending.len() as u64)
        };
        let mut undone = Vec::new();
        for (i, p) in (0..).zip(std::mem::take(&mut self.pending)) {
            if i < kept {
                p.change.apply(&mut self.durable, p.file);
            } else {
                undone.push(p.change);
            }
        }
        self.seen = self.durable.clone();
        undone
    }

    /// One change becomes durable ahead of the others, with the earlier ones it stands on.
    /// True when some file may have lost its last name.
    fn settle(&mut self, at: usize) -> bool {
        let mut touched: BTreeSet<FileName> = BTreeSet::new();
        touched.extend(self.pending[at].change.names().map(Clone::clone));
        let mut goes = vec![false; self.pending.len()];
        for i in (0..=at).rev() {
            let names = self.pending[i].change.names();
            if names.iter().any(|name| touched.contains(*name)) {
                goes[i] = true;
                touched.extend(names.map(Clone::clone));
            }
        }
        let mut stays = Vec::new();
        let mut unnamed = false;
        for (p, goes) in std::mem::take(&mut self.pending).into_iter().zip(goes) {
            if goes {
                unnamed |= matches!(p.change, NameChange::Unlink { .. });
                unnamed |= p.change.apply(&mut self.durable, p.file);
            } else {
                stays.push(p);
            }
        }
        self.pending = stays;
        unnamed
    }
}
