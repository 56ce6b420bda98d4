//! Reading the transaction log: every record from a zxid on, file after file.
//!
//! A reader meets three kinds of end, and keeps them apart:
//! - **the end of a file** ([`StopWhy`]): padding, a torn record, a record without its end byte or
//!   with too few bytes. ZooKeeper takes each for the place where a crash cut the log, and goes on
//!   with the next file. Nothing here decides whether the next file continues it: see
//!   [`super::recovery`];
//! - **damage** ([`Corrupt`]): a wrong checksum, an impossible length, a file with another magic.
//!   The scan ends there;
//! - **no more files**.
//!
//! In ZooKeeper: `FileTxnLog.FileTxnIterator`.

use super::content::Content;
use super::corrupt::Corrupt;
use super::disk::ReadFiles;
use super::log::HEADER_LEN;
use super::log_file::{Found, LogFile, StopWhy};
use super::op::{FileName, FileOp};
use crate::base::Order;
use crate::model::Zxid;

/// Where and why reading a file ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stop {
    /// The file.
    pub file: FileName,
    /// Where the next record would have started.
    pub offset: u64,
    /// Why it is taken for the end.
    pub why: StopWhy,
    /// A readable record stands behind that place: then it was damage, not the end of the log.
    pub hides: Option<Zxid>,
}

/// What a last log file without a whole header is taken for. A server may die right after it has
/// created the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LastLog {
    /// Damage: before 3.9.3.
    MustBeWhole,
    /// A file of 0 bytes counts as absent (ZOOKEEPER-2332).
    MayBeEmpty,
    /// A header that was only half written counts as absent too: no record can be behind it.
    MayBeTorn,
}

/// The zxid in a name such as `log.1f`; -1 when there is none. What follows a second dot does not
/// count: `log.1f.bak` is a log to ZooKeeper. In ZooKeeper: `Util.getZxidFromName`.
pub fn zxid_in_name(name: &str, prefix: &str) -> Zxid {
    let suffix = name
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('.'));
    let hex = suffix.and_then(|suffix| suffix.split('.').next());
    let zxid = hex.and_then(|hex| i64::from_str_radix(hex, 16).ok());
    zxid.map_or(Zxid(-1), Zxid)
}

/// Log files in order of their first zxid; files with other names are left out.
pub fn log_files(disk: &impl ReadFiles) -> Vec<(Zxid, FileName)> {
    let names = disk.names().into_iter();
    let mut files: Vec<(Zxid, FileName)> = names
        .map(|name| (zxid_in_name(&name, "log"), name))
        .filter(|(zxid, _)| *zxid >= Zxid::ZERO)
        .collect();
    files.order();
    files
}

/// An iterator over the records of a log. It holds the contents as they were when it was made.
#[derive(Clone, Debug)]
pub struct LogScan {
    from: Zxid,
    last_log: LastLog,
    waiting: std::vec::IntoIter<(FileName, Content)>,
    open: Option<LogFile>,
    stops: Vec<Stop>,
    started: bool,
    /// Bytes of files that are done with.
    passed: u64,
}

/// The records with a zxid of at least `from`, beginning with the newest file whose name is below
/// it. Only leading records are skipped; a smaller zxid later on is handed out.
pub fn records(disk: &impl ReadFiles, from: Zxid, last_log: LastLog) -> LogScan {
    let files = log_files(disk);
    let first = files.iter().rposition(|(zxid, _)| *zxid < from);
    let waiting: Vec<(FileName, Content)> = files
        .into_iter()
        .skip(first.unwrap_or(0))
        .filter_map(|(_, name)| {
            let content = disk.content(&name)?.clone();
            Some((name, content))
        })
        .collect();
    LogScan {
        from,
        last_log,
        waiting: waiting.into_iter(),
        open: None,
        stops: Vec::new(),
        started: false,
        passed: 0,
    }
}

/// The zxid of the last record; that in the newest file's name when it holds none; -1 without any
/// file. In ZooKeeper: `FileTxnLog.getLastLoggedZxid`.
pub fn last_zxid(disk: &impl ReadFiles) -> Result<Zxid, Corrupt> {
    let Some((newest, _)) = log_files(disk).pop() else {
        return Ok(Zxid(-1));
    };
    let mut last = newest;
    for found in records(disk, newest, LastLog::MayBeTorn) {
        last = found?.record.zxid();
    }
    Ok(last)
}

impl LogScan {
    /// The ends of files met so far, in order.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// Bytes read so far.
    pub fn bytes_done(&self) -> u64 {
        self.passed + self.open.as_ref().map_or(0, LogFile::offset)
    }

    /// Bytes of all its files that are not read yet, without preallocated tails.
    pub fn bytes_left(&self) -> u64 {
        let waiting = self.waiting.as_slice().iter();
        let open = self.open.as_ref();
        waiting.map(|(_, content)| content.data_end()).sum::<u64>()
            + open.map_or(0, |file| file.data_end().saturating_sub(file.offset()))
    }

    /// Opens the next file. Answers false when there is none.
    fn open_next(&mut self) -> Result<bool, Corrupt> {
        let Some((name, content)) = self.waiting.next() else {
            return Ok(false);
        };
        let unfinished = match self.last_log {
            LastLog::MustBeWhole => false,
            LastLog::MayBeEmpty => content.is_empty(),
            LastLog::MayBeTorn => content.len() < HEADER_LEN,
        };
        if unfinished && self.waiting.len() == 0 {
            self.stops.push(Stop {
                file: name,
                offset: 0,
                why: StopWhy::Empty,
                hides: None,
            });
            return Ok(false);
        }
        self.open = Some(LogFile::open(name, content)?);
        Ok(true)
    }

    fn step(&mut self) -> Result<Option<Found>, Corrupt> {
        loop {
            let Some(file) = &mut self.open else {
                if self.open_next()? {
                    continue;
                }
                return Ok(None);
            };
            match file.next_record()? {
                Ok(found) if !self.started && found.record.zxid() < self.from => {}
                Ok(found) => {
                    self.started = true;
                    return Ok(Some(found));
                }
                Err(why) => {
                    self.stops.push(Stop {
                        file: file.name().clone(),
                        offset: file.offset(),
                        why,
                        hides: file.hidden_record(why),
                    });
                    self.passed += file.offset();
                    self.open = None;
                }
            }
        }
    }
}

impl Iterator for LogScan {
    type Item = Result<Found, Corrupt>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        if step.is_err() {
            self.open = None;
            self.waiting = Vec::new().into_iter();
        }
        step.transpose()
    }
}

/// What a truncation does with the record at which it stops, when the zxid it looks for is not in
/// the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CutRule {
    /// Keeps it, though its zxid is larger: what ZooKeeper does.
    AfterStop,
    /// Cuts before it: nothing beyond the zxid stays.
    NothingBeyond,
}

/// Why a log cannot be truncated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CutRefusal {
    /// No record has that zxid or a larger one: there is nothing to cut.
    NothingToCut,
    /// The log cannot be read up to there.
    Corrupt(Corrupt),
}

/// Cuts the log behind `zxid`: the file that holds it is shortened, later files are removed. Newer
/// snapshots are not touched, see [`super::purge::newer_snapshots`].
///
/// In ZooKeeper: `FileTxnLog.truncate`.
pub fn truncate_ops(
    disk: &impl ReadFiles,
    zxid: Zxid,
    rule: CutRule,
) -> Result<Vec<FileOp>, CutRefusal> {
    let mut scan = records(disk, zxid, LastLog::MayBeTorn);
    let stop = match scan.next() {
        Some(found) => found.map_err(CutRefusal::Corrupt)?,
        None => return Err(CutRefusal::NothingToCut),
    };
    let beyond = stop.record.zxid() > zxid && rule == CutRule::NothingBeyond;
    let len = if beyond { stop.offset } else { stop.end };
    let mut ops = vec![FileOp::SetLen {
        name: stop.file,
        len,
    }];
    ops.extend(scan.waiting.map(|(name, _)| FileOp::Unlink { name }));
    Ok(ops)
}
