//! Damage with a meaning: what a person breaks on purpose.
//!
//! [`Disk::flip`] and [`Disk::zero`] know positions only. Here the log is read to find the place
//! that matters.

use super::disk::Disk;
use super::op::FileName;
use super::scan::{self, LastLog};
use crate::base::Dice;
use crate::model::Zxid;

/// A record that was torn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Torn {
    /// The file.
    pub file: FileName,
    /// The record.
    pub zxid: Zxid,
    /// Where the record starts.
    pub offset: u64,
    /// Bytes of it that are left.
    pub kept: u64,
    /// Bytes of it that read as zeros now.
    pub lost: u64,
}

/// Tears the last record of the log, as if the power had failed in the middle of its write: from a
/// byte that the dice choose, it reads as preallocated zeros. `None` without a readable record.
pub fn tear(disk: &mut Disk, dice: &mut Dice) -> Option<Torn> {
    let (newest, _) = scan::log_files(disk).pop()?;
    let last = scan::records(disk, newest, LastLog::MayBeTorn)
        .map_while(Result::ok)
        .last()
        .or_else(|| {
            scan::records(disk, Zxid::ZERO, LastLog::MayBeTorn)
                .map_while(Result::ok)
                .last()
        })?;
    let kept = dice.between(1, last.end - last.offset - 1);
    disk.zero(&last.file, last.offset + kept..last.end);
    Some(Torn {
        zxid: last.record.zxid(),
        offset: last.offset,
        kept,
        lost: last.end - last.offset - kept,
        file: last.file,
    })
}
