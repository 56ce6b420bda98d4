//! Real directories as what a backup is taken of, or as what it consists of.
//!
//! A directory is opened for reading and nothing else. It may be that of a running server: files grow
//! and vanish meanwhile.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use zablab_core::storage::FileName;
use zablab_core::storage::backup::{Fault, Source};

use super::failures::failed;

/// The files of a server, or of a backup.
pub struct SourceDir {
    snapshots: PathBuf,
    logs: PathBuf,
    /// The file that was read last.
    open: RefCell<Option<(FileName, File)>>,
}

impl SourceDir {
    /// Snapshots and epochs here, logs there.
    pub fn new(snapshots: PathBuf, logs: PathBuf) -> Self {
        let open = RefCell::new(None);
        Self {
            snapshots,
            logs,
            open,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        match name.starts_with("log.") {
            true => self.logs.join(name),
            false => self.snapshots.join(name),
        }
    }

    fn metadata(&self, name: &FileName) -> Result<fs::Metadata, Fault> {
        let path = self.path(name);
        let found = fs::metadata(&path).map_err(|e| fault(name, &path, &e))?;
        match found.is_file() {
            true => Ok(found),
            false => Err(failed(&path, &"not a file")),
        }
    }
}

impl Source for SourceDir {
    fn names(&self) -> Result<Vec<FileName>, Fault> {
        let mut names = listed(&self.snapshots, |name| {
            name.starts_with("snapshot.") || name.ends_with("Epoch")
        })?;
        // A server passes over a snapshot that is no file, and stops at such a log.
        names.retain(|name| self.path(name).is_file());
        names.extend(listed(&self.logs, |name| name.starts_with("log."))?);
        names.sort();
        Ok(names)
    }

    fn len(&self, name: &FileName) -> Result<u64, Fault> {
        self.metadata(name).map(|found| found.len())
    }

    fn append(&self, name: &FileName, at: u64, len: u64, to: &mut Vec<u8>) -> Result<(), Fault> {
        let mut open = self.open.borrow_mut();
        let path = self.path(name);
        let bad = |e: io::Error| fault(name, &path, &e);
        let file = match &mut *open {
            Some((held, file)) if held == name => file,
            other => {
                let file = File::open(&path).map_err(bad)?;
                &mut other.insert((name.clone(), file)).1
            }
        };
        file.seek(SeekFrom::Start(at)).map_err(bad)?;
        let held = to.len();
        to.reserve(usize::try_from(len).unwrap_or(usize::MAX));
        let read = file.take(len).read_to_end(to);
        read.map(drop).map_err(|e| {
            to.truncate(held);
            bad(e)
        })
    }

    fn used(&self, name: &FileName) -> Result<u64, Fault> {
        let found = self.metadata(name)?;
        Ok(found.len().min(on_disk(&found)))
    }
}

/// Bytes that a file takes: the zeros of a sparse one take none.
#[cfg(unix)]
fn on_disk(found: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    found.blocks() * 512
}

#[cfg(not(unix))]
fn on_disk(found: &fs::Metadata) -> u64 {
    found.len()
}

/// Names in a directory; what they lead to may be anything.
pub fn listed(dir: &Path, belongs: impl Fn(&str) -> bool) -> Result<Vec<FileName>, Fault> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| failed(dir, &e))? {
        let entry = entry.map_err(|e| failed(dir, &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if belongs(&name) {
            names.push(name.into());
        }
    }
    Ok(names)
}

fn fault(name: &FileName, path: &Path, error: &io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound => Fault::Gone(name.clone()),
        _ => failed(path, error),
    }
}
