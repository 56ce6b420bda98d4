//! What lies in a source: its snapshots, its logs, one record.

use super::frames::{Frame, RECORD_MAX, frame};
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

/// The newest snapshot that looks whole, and its length.
pub(super) fn newest_snapshot(
    source: &impl Source,
    counts: impl Fn(&FileName) -> bool,
) -> Result<Option<(FileName, u64)>, Fault> {
    let names = source.names()?.into_iter();
    let mut found: Vec<(Zxid, FileName)> = names
        .map(|name| (snapshot::zxid_of(&name), name))
        .filter(|(zxid, name)| *zxid >= Zxid::ZERO && !name.ends_with(".tmp") && counts(name))
        .collect();
    found.order();
    for (_, name) in found.into_iter().rev() {
        match whole_length(source, &name) {
            Ok(Some(len)) => return Ok(Some((name, len))),
            Ok(None) | Err(Fault::Gone(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(None)
}

/// The length of a snapshot that looks whole.
fn whole_length(source: &impl Source, name: &FileName) -> Result<Option<u64>, Fault> {
    let len = source.len(name)?;
    let packing = Packing::of_name(name);
    let from = match packing {
        Packing::Plain => len.saturating_sub(END),
        Packing::Gzip | Packing::Snappy => 0,
    };
    let looked_at = Content::from(&source.read(name, from, END)?[..]);
    Ok(packing.looks_whole(&looked_at).then_some(len))
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
