//! What lies in a source: its snapshots, its logs, one record.

use std::io::{self, Read};
use std::ops::Range;

use super::copying::Sum;
use super::frames::{Frame, RECORD_MAX, frame};
use super::seal::Seals;
use super::source::{Fault, Source};
use crate::base::Order;
use crate::model::Zxid;
use crate::storage::content::Content;
use crate::storage::log_file::StopWhy;
use crate::storage::op::FileName;
use crate::storage::scan::zxid_in_name;
use crate::storage::snapshot::{self, Packing};

/// Bytes at the end of a file by which a finished snapshot is known.
const END: u64 = 16;
/// Bytes of a record that are read at first: most are shorter.
const FIRST: u64 = 4 << 10;

/// A snapshot that can be the base of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) name: FileName,
    pub(super) len: u64,
    /// Of one that is packed.
    pub(super) packed: Option<Packed>,
}

/// What was found in a packed snapshot. Its end tells nothing, so all of it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packed {
    /// Of the file as it lies there.
    pub(super) sum: Sum,
    /// The zxid of the digest.
    pub(super) fuzzy_to: Option<Zxid>,
}

/// The newest snapshot that looks whole.
pub(super) fn newest_snapshot(
    source: &impl Source,
    counts: impl Fn(&FileName) -> bool,
) -> Result<Option<Candidate>, Fault> {
    let names = source.names()?.into_iter();
    let mut found: Vec<(Zxid, FileName)> = names
        .map(|name| (snapshot::zxid_of(&name), name))
        .filter(|(zxid, name)| *zxid >= Zxid::ZERO && !name.ends_with(".tmp") && counts(name))
        .collect();
    found.order();
    for (_, name) in found.into_iter().rev() {
        match candidate(source, name) {
            Ok(None) | Err(Fault::Gone(_)) => {}
            found => return found,
        }
    }
    Ok(None)
}

/// None when it does not look whole.
fn candidate(source: &impl Source, name: FileName) -> Result<Option<Candidate>, Fault> {
    let len = source.len(&name)?;
    let packing = Packing::of_name(&name);
    let from = match packing {
        Packing::Plain => len.saturating_sub(END),
        Packing::Gzip | Packing::Snappy => 0,
    };
    let looked_at = Content::from(&source.read(&name, from, END)?[..]);
    if !packing.looks_whole(&looked_at) {
        return Ok(None);
    }
    let packed = match packing {
        Packing::Plain => None,
        Packing::Gzip | Packing::Snappy => match unpacked(source, &name, len)? {
            Some(packed) => Some(packed),
            None => return Ok(None),
        },
    };
    Ok(Some(Candidate { name, len, packed }))
}

/// None when it is not whole: a server may be in the middle of writing it.
fn unpacked(source: &impl Source, name: &FileName, len: u64) -> Result<Option<Packed>, Fault> {
    let mut reading = Reading {
        source,
        name,
        left: 0..len,
        sum: Sum::default(),
        fault: None,
    };
    let mut seals = Seals::default();
    let packing = Packing::of_name(name);
    let whole = snapshot::unpack(packing, &mut reading, |piece| seals.pass(piece));
    // Bytes behind the end of a stream are copied too.
    let rest = whole.and_then(|whole| io::copy(&mut reading, &mut io::sink()).map(|_| whole));
    match (reading.fault, rest, seals.finish()) {
        (Some(fault), ..) => Err(fault),
        (None, Ok(true), Ok(fuzzy_to)) => {
            let sum = reading.sum;
            Ok(Some(Packed { sum, fuzzy_to }))
        }
        _ => Ok(None),
    }
}

/// Bytes of a source that are digested while they are read.
struct Reading<'a, S> {
    source: &'a S,
    name: &'a FileName,
    left: Range<u64>,
    sum: Sum,
    fault: Option<Fault>,
}

impl<S: Source> Read for Reading<'_, S> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let want = (self.left.end - self.left.start).min(buf.len() as u64);
        let piece = self.source.read(self.name, self.left.start, want);
        let piece = piece.map_err(|fault| {
            let words = io::Error::other(fault.to_string());
            self.fault = Some(fault);
            words
        })?;
        self.left.start += piece.len() as u64;
        self.sum.add(&piece);
        buf[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

/// The logs in order of their first zxid.
pub(super) fn logs(source: &impl Source) -> Result<Vec<(Zxid, FileName)>, Fault> {
    let names = source.names()?.into_iter();
    let mut logs: Vec<(Zxid, FileName)> = names
        .map(|name| (zxid_in_name(&name, "log"), name))
        .filter(|(zxid, _)| *zxid >= Zxid::ZERO)
        .collect();
    logs.order();
    Ok(logs)
}

/// The log from which on a snapshot is repaired: the newest that starts at or before it, else the oldest.
pub(super) fn log_of(source: &impl Source, zxid: Zxid) -> Result<Option<FileName>, Fault> {
    let logs = logs(source)?;
    let before = logs.iter().rposition(|(first, _)| *first <= zxid);
    let found = logs.into_iter().nth(before.unwrap_or(0));
    Ok(found.map(|(_, name)| name))
}

/// Bytes of a log and those behind it. One that goes meanwhile counts for nothing.
pub(super) fn used_from(source: &impl Source, log: &FileName) -> Result<u64, Fault> {
    let logs = logs(source)?.into_iter();
    let from = logs.skip_while(|(_, name)| name != log);
    Ok(from.map(|(_, name)| source.used(&name).unwrap_or(0)).sum())
}

/// What stands at a place of a log, which is read anew.
pub(super) fn record_at(source: &impl Source, name: &FileName, at: u64) -> Result<Frame, Fault> {
    let mut want = FIRST;
    loop {
        let bytes = source.read(name, at, want)?;
        match frame(&bytes, at) {
            Frame::Needs(more) if want < RECORD_MAX && bytes.len() as u64 == want => {
                want = (more as u64).max(want + 1).min(RECORD_MAX);
            }
            found => return Ok(found),
        }
    }
}

/// True when a record stands behind one that stopped the reading: then that was damage, and not the
/// end of the log.
pub(super) fn hides(
    source: &impl Source,
    name: &FileName,
    why: StopWhy,
    behind: u64,
) -> Result<bool, Fault> {
    Ok(match why {
        StopWhy::Short => true,
        StopWhy::NoEndByte => matches!(record_at(source, name, behind)?, Frame::Record(_)),
        StopWhy::Complete | StopWhy::Padding | StopWhy::Torn | StopWhy::Empty => false,
    })
}
