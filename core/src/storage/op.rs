//! What a server asks its disk to do: the vocabulary between machine and disk.
//!
//! A machine never touches a disk. It emits operations (they reach the page cache at once) and
//! syncs (they take time, and only then are things durable). A sequence whose order matters is a
//! plan of [`DiskStep`]s: a step starts when the one before is done.

use std::sync::Arc;

/// Name of a file relative to `version-2`: `log.100000001`, `snapshot.0`, `currentEpoch`.
pub type FileName = Arc<str>;

/// A change of a file or of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FileOp {
    /// Opens a file for writing: makes it, or empties the one that is there.
    Create {
        /// Its name.
        name: FileName,
    },
    /// Puts bytes at a position.
    Write {
        /// The file.
        name: FileName,
        /// Where the first byte goes.
        offset: u64,
        /// The bytes.
        bytes: Arc<[u8]>,
    },
    /// Cuts or lengthens a file.
    SetLen {
        /// The file.
        name: FileName,
        /// Its new length.
        len: u64,
    },
    /// Gives a file another name; a file that had it before is gone.
    Rename {
        /// The name now.
        from: FileName,
        /// The name then.
        to: FileName,
    },
    /// Removes a name.
    Unlink {
        /// The name.
        name: FileName,
    },
}

impl FileOp {
    /// The file it is about; for a rename the one it starts from.
    pub fn name(&self) -> &FileName {
        match self {
            Self::Create { name }
            | Self::Write { name, .. }
            | Self::SetLen { name, .. }
            | Self::Unlink { name } => name,
            Self::Rename { from, .. } => from,
        }
    }
}

/// What an fsync is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SyncTarget {
    /// Bytes, length and creation of these files.
    Files(Vec<FileName>),
    /// Creations, renames and removals in `version-2`.
    Directory,
}

/// One step of a plan whose order matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DiskStep {
    /// Do this; it is done at once.
    Op(FileOp),
    /// Wait until this is durable.
    Sync(SyncTarget),
}
