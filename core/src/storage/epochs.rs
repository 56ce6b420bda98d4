//! `acceptedEpoch` and `currentEpoch`: what a server promised and what it joined.
//!
//! Each file holds one decimal number. A new value is written to `<name>.tmp`, synced, and renamed
//! over the old one, so that a crash leaves the one or the other, never a half. The rename itself
//! is durable only once the directory is synced.
//!
//! At start-up the files must agree with the log: a log ahead of `currentEpoch` means that the
//! server took part in an epoch it does not remember joining. Then a `currentEpoch.tmp` that a
//! crash left behind is adopted; without one the server refuses to start.
//!
//! In ZooKeeper: `QuorumPeer.loadDataBase`, `AtomicFileOutputStream`.

use super::content::Content;
use super::corrupt::{Corrupt, Why};
use super::disk::ReadFiles;
use super::op::{DiskStep, FileName, FileOp, SyncTarget};
use crate::model::{Epoch, Zxid};

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EpochFile {
    /// The newest epoch that the server promised to follow.
    Accepted,
    /// The newest epoch whose leader the server synchronized with.
    Current,
}

/// What the files say, or what is to be assumed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Epochs {
    /// Promised.
    pub accepted: Epoch,
    /// Joined.
    pub current: Epoch,
    /// Values that were not on disk and must be written before the server goes on, in order.
    pub write: Vec<(EpochFile, Epoch)>,
    /// The current epoch was found in the temporary file of an interrupted write.
    pub from_tmp: bool,
}

/// Why a server must not start with these epochs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EpochRefusal {
    /// The log is ahead of the current epoch.
    CurrentBehindLog {
        /// In the file.
        current: Epoch,
        /// Of the last transaction.
        log: Epoch,
    },
    /// The promise is older than what was joined.
    AcceptedBehindCurrent {
        /// Promised.
        accepted: Epoch,
        /// Joined.
        current: Epoch,
    },
    /// A file that holds no number.
    Corrupt(Corrupt),
}

impl EpochFile {
    /// The name of the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "acceptedEpoch",
            Self::Current => "currentEpoch",
        }
    }

    fn tmp(self) -> String {
        format!("{}.tmp", self.name())
    }
}

/// Reads both files of a server whose last transaction is `last`.
///
/// A learner forces the history of a new epoch before it writes currentEpoch; a crash in between
/// leaves a log ahead of currentEpoch. With `resume` that is accepted as long as the epoch was
/// promised: such a server has acknowledged nothing of it, and its vote names the old epoch.
pub fn read(disk: &impl ReadFiles, last: Zxid, resume: bool) -> Result<Epochs, EpochRefusal> {
    let of_log = last.epoch();
    let mut write = Vec::new();
    let mut from_tmp = false;
    let mut current = match number(disk, EpochFile::Current.name())? {
        Some(epoch) => epoch,
        None => {
            write.push((EpochFile::Current, of_log));
            of_log
        }
    };
    if of_log > current {
        let refusal = EpochRefusal::CurrentBehindLog {
            current,
            log: of_log,
        };
        let promised = number(disk, EpochFile::Accepted.name())?;
        if !resume || promised.is_none_or(|accepted| accepted < of_log) {
            current = number(disk, &EpochFile::Current.tmp())?.ok_or(refusal)?;
            write.push((EpochFile::Current, current));
            from_tmp = true;
        }
    }
    let accepted = match number(disk, EpochFile::Accepted.name())? {
        Some(epoch) => epoch,
        None => {
            write.push((EpochFile::Accepted, of_log));
            of_log
        }
    };
    if accepted < current {
        return Err(EpochRefusal::AcceptedBehindCurrent { accepted, current });
    }
    Ok(Epochs {
        accepted,
        current,
        write,
        from_tmp,
    })
}

/// The steps that put a new value in place.
pub fn write_plan(file: EpochFile, epoch: Epoch, sync_directory: bool) -> Vec<DiskStep> {
    let tmp: FileName = file.tmp().into();
    let mut plan = vec![
        DiskStep::Op(FileOp::Create { name: tmp.clone() }),
        DiskStep::Op(FileOp::Write {
            name: tmp.clone(),
            offset: 0,
            bytes: epoch.to_string().as_bytes().into(),
        }),
        DiskStep::Sync(SyncTarget::Files(vec![tmp.clone()])),
        DiskStep::Op(FileOp::Rename {
            from: tmp,
            to: file.name().into(),
        }),
    ];
    if sync_directory {
        plan.push(DiskStep::Sync(SyncTarget::Directory));
    }
    plan
}

/// The number on the first line of a file, when there is such a file.
fn number(disk: &impl ReadFiles, name: &str) -> Result<Option<Epoch>, EpochRefusal> {
    let Some(content) = disk.content(name) else {
        return Ok(None);
    };
    match epoch_in(content) {
        Ok(epoch) => Ok(Some(epoch)),
        Err(corrupt) => Err(EpochRefusal::Corrupt(corrupt.within(&name.into(), 0))),
    }
}

/// The number on the first line of a file.
pub fn epoch_in(content: &Content) -> Result<Epoch, Corrupt> {
    let bytes = content.read(0..64);
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().next().unwrap_or_default();
    let number = line.parse().map(Epoch);
    number.map_err(|_| Corrupt::at(0, Why::Number(line.to_owned())))
}
