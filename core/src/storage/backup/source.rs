//! Where the bytes of a backup come from, and where they go.
//!
//! Simulated disks and backups in memory are sources already; whoever reads real directories writes
//! one more. A source may change between two calls: files grow, and files vanish.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::manifest::FilePart;
use crate::storage::content::Content;
use crate::storage::disk::ReadFiles;
use crate::storage::op::FileName;

/// Why a source or a store did not do what it was asked. Nothing is lost: it can be asked again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fault {
    /// There is no file of that name, or no longer.
    Gone(FileName),
    /// The store has no space left.
    Full,
    /// The source or the store cannot be reached.
    Cut,
    /// Something else, in the words of whoever was asked.
    Failed(Arc<str>),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(file) => write!(f, "{file} is not there"),
            Self::Full => f.write_str("no space left for the backup"),
            Self::Cut => f.write_str("the connection is cut"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Files that a backup is taken of, or that it consists of.
pub trait Source {
    /// The names that are there now.
    fn names(&self) -> Result<Vec<FileName>, Fault>;

    /// The length of a file now.
    fn len(&self, name: &FileName) -> Result<u64, Fault>;

    /// Appends up to `len` bytes from `at` on to `to`; fewer only at the end of the file. After a
    /// fault `to` is as before.
    fn append(&self, name: &FileName, at: u64, len: u64, to: &mut Vec<u8>) -> Result<(), Fault>;

    /// The same bytes alone.
    fn read(&self, name: &FileName, at: u64, len: u64) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        self.append(name, at, len, &mut bytes)?;
        Ok(bytes)
    }

    /// About how many bytes of a file are not preallocated zeros. Only progress is told by it.
    fn used(&self, name: &FileName) -> Result<u64, Fault> {
        self.len(name)
    }

    /// The whole content of a file, when it is in memory and costs nothing.
    fn shared(&self, _name: &FileName) -> Option<Content> {
        None
    }
}

impl<R: ReadFiles> Source for R {
    fn names(&self) -> Result<Vec<FileName>, Fault> {
        Ok(ReadFiles::names(self))
    }

    fn len(&self, name: &FileName) -> Result<u64, Fault> {
        there(self, name).map(Content::len)
    }

    fn append(&self, name: &FileName, at: u64, len: u64, to: &mut Vec<u8>) -> Result<(), Fault> {
        let content = there(self, name)?;
        to.extend_from_slice(&content.read(at..at.saturating_add(len)));
        Ok(())
    }

    fn used(&self, name: &FileName) -> Result<u64, Fault> {
        there(self, name).map(Content::data_end)
    }

    fn shared(&self, name: &FileName) -> Option<Content> {
        self.content(name).cloned()
    }
}

fn there<'a>(files: &'a impl ReadFiles, name: &FileName) -> Result<&'a Content, Fault> {
    files.content(name).ok_or_else(|| Fault::Gone(name.clone()))
}

/// Where a backup, or a restored directory, is put. A part of a file keeps the name of the file and
/// starts at 0.
pub trait Store {
    /// Begins a file, empty; one of that name is gone.
    fn create(&mut self, name: &FileName) -> Result<(), Fault>;

    /// Appends bytes; `at` is where they begin.
    fn write(&mut self, name: &FileName, at: u64, bytes: &[u8]) -> Result<(), Fault>;

    /// All bytes of the file are written: makes it durable.
    fn finish(&mut self, name: &FileName) -> Result<(), Fault>;

    /// The file was begun in vain.
    fn discard(&mut self, name: &FileName) -> Result<(), Fault>;

    /// Removes every file that is none of these: an interrupted backup may have left one.
    fn keep_only(&mut self, parts: &[FilePart]) -> Result<(), Fault>;

    /// What digests the bytes on their way, if the store has that; otherwise whoever writes them does.
    fn digester(&mut self) -> Option<&mut dyn Digester> {
        None
    }
}

/// A store that digests what it is given by itself, beside other work.
pub trait Digester {
    /// The SHA-256 of all bytes written since the last file was created, in hexadecimal digits.
    fn digest(&mut self) -> Result<String, Fault>;
}

impl Store for BTreeMap<FileName, Content> {
    fn create(&mut self, name: &FileName) -> Result<(), Fault> {
        self.insert(name.clone(), Content::default());
        Ok(())
    }

    fn write(&mut self, name: &FileName, at: u64, bytes: &[u8]) -> Result<(), Fault> {
        let file = self.get_mut(name);
        let file = file.ok_or_else(|| Fault::Gone(name.clone()))?;
        file.write(at, bytes);
        Ok(())
    }

    fn finish(&mut self, _name: &FileName) -> Result<(), Fault> {
        Ok(())
    }

    fn discard(&mut self, name: &FileName) -> Result<(), Fault> {
        self.remove(name);
        Ok(())
    }

    fn keep_only(&mut self, parts: &[FilePart]) -> Result<(), Fault> {
        self.retain(|name, _| parts.iter().any(|part| part.name == *name));
        Ok(())
    }
}
