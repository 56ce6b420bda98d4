//! Reading the transaction log: every record from a zxid on, file after file.
//!
//! A reader meets three kinds of end, and keeps them apart:
//! - **the end of a file** ([`StopWhy`]): padding, a torn record, a record without its end byte.
//!   ZooKeeper takes each for the place where a crash cut the log, and goes on with the next file.
//!   Nothing here decides whether the next file continues it: see [`super::recovery`];
//! - **damage** ([`Corrupt`]): a wrong checksum, an impossible length, a file with another magic.
//!   The scan ends there;
//! - **no more files**.
//!
//! In ZooKeeper: `FileTxnLog.FileTxnIterator`.

use std::sync::Arc;

use super::codec;
use super::content::Content;
use super::corrupt::{Corrupt, Why};
use super::disk::ReadFiles;
use super::jute::LENGTH_MAX;
use super::log::{HEADER_LEN, MAGIC, RECORD_END, RECORD_FRAME};
use super::op::{FileName, FileOp};
use crate::model::{Record, Zxid};

/// A record and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub file: FileName,
    /// Where its frame starts.
    pub offset: u64,
    /// Where the next frame starts.
    pub end: u64,
    /// The record.
    pub record: Arc<Record>,
}

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

/// What is taken for the end of a log file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopWhy {
    /// The file ends after a record.
    Complete,
    /// Preallocated zeros: a record of length 0.
    Padding,
    /// The file ends inside a record.
    Torn,
    /// A record is not followed by its end byte.
    NoEndByte,
    /// The file has no bytes at all: it was created, and never written.
    Empty,
}

/// The zxid in a name such as `log.1f`; -1 when there is none, as ZooKeeper has it.
pub fn zxid_in_name(name: &str, prefix: &str) -> Zxid {
    let suffix = name
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('.'));
    let zxid = suffix
        .filter(|hex| !hex.contains('.'))
        .and_then(|hex| i64::from_str_radix(hex, 16).ok());
    zxid.map_or(Zxid(-1), Zxid)
}

/// Log files in order of their first zxid; files with other names are left out.
pub fn log_files(disk: &impl ReadFiles) -> Vec<(Zxid, FileName)> {
    let names = disk.names().into_iter();
    let mut files: Vec<(Zxid, FileName)> = names
        .map(|name| (zxid_in_name(&name, "log"), name))
        .filter(|(zxid, _)| *zxid >= Zxid::ZERO)
        .collect();
    files.sort();
    files
}

/// An iterator over the records of a log.
#[derive(Clone, Debug)]
pub struct LogScan<'a, D> {
    disk: &'a D,
    from: Zxid,
    empty_last_is_fine: bool,
    waiting: std::vec::IntoIter<FileName>,
    open: Option<OpenFile<'a>>,
    stops: Vec<Stop>,
    started: bool,
}

#[derive(Clone, Debug)]
struct OpenFile<'a> {
    name: FileName,
    content: &'a Content,
    offset: u64,
}

/// The records with a zxid of at least `from`, beginning with the newest file whose name is not
/// beyond it. Only leading records are skipped; a smaller zxid later on is handed out.
///
/// `empty_last_is_fine`: a last file of 0 bytes counts as absent (ZOOKEEPER-2332); otherwise it is
/// damage, as before 3.9.3.
pub fn records<D: ReadFiles>(disk: &D, from: Zxid, empty_last_is_fine: bool) -> LogScan<'_, D> {
    let files = log_files(disk);
    let first = files.iter().rposition(|(zxid, _)| *zxid <= from);
    let waiting: Vec<FileName> = files
        .into_iter()
        .skip(first.unwrap_or(0))
        .map(|(_, name)| name)
        .collect();
    LogScan {
        disk,
        from,
        empty_last_is_fine,
        waiting: waiting.into_iter(),
        open: None,
        stops: Vec::new(),
        started: false,
    }
}

/// The zxid of the last record; that in the newest file's name when it holds none; -1 without any
/// file. In ZooKeeper: `FileTxnLog.getLastLoggedZxid`.
pub fn last_zxid(disk: &impl ReadFiles) -> Result<Zxid, Corrupt> {
    let Some((newest, _)) = log_files(disk).pop() else {
        return Ok(Zxid(-1));
    };
    let mut last = newest;
    for found in records(disk, newest, true) {
        last = found?.record.zxid();
    }
    Ok(last)
}

impl<D: ReadFiles> LogScan<'_, D> {
    /// The ends of files met so far, in order.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// Opens the next file. Answers false when there is none.
    fn open_next(&mut self) -> Result<bool, Corrupt> {
        let Some(name) = self.waiting.next() else {
            return Ok(false);
        };
        let content = self.disk.content(&name).expect("a listed file is there");
        let header = content.read(0..HEADER_LEN);
        if header.is_empty() && self.waiting.len() == 0 && self.empty_last_is_fine {
            self.stops.push(Stop {
                file: name,
                offset: 0,
                why: StopWhy::Empty,
                hides: None,
            });
            return Ok(false);
        }
        if (header.len() as u64) < HEADER_LEN {
            return Err(Corrupt::at(header.len() as u64, Why::End).within(&name, 0));
        }
        if header[..4] != MAGIC {
            let magic = [header[0], header[1], header[2], header[3]];
            return Err(Corrupt::at(0, Why::Magic(magic)).within(&name, 0));
        }
        self.open = Some(OpenFile {
            name,
            content,
            offset: HEADER_LEN,
        });
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
                        file: file.name.clone(),
                        offset: file.offset,
                        why,
                        hides: file.hidden_record(why),
                    });
                    self.open = None;
                }
            }
        }
    }
}

impl<D: ReadFiles> Iterator for LogScan<'_, D> {
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

/// The frame of a record: where its payload and its end byte are.
enum Frame {
    Whole {
        stored: i64,
        payload: Vec<u8>,
        ended: bool,
    },
    None(StopWhy),
}

impl OpenFile<'_> {
    /// The record at the offset, which moves behind it, or the reason to stop.
    fn next_record(&mut self) -> Result<Result<Found, StopWhy>, Corrupt> {
        let (stored, payload) = match self.frame(self.offset)? {
            Frame::None(why) => return Ok(Err(why)),
            Frame::Whole { ended: false, .. } => return Ok(Err(StopWhy::NoEndByte)),
            Frame::Whole {
                stored, payload, ..
            } => (stored, payload),
        };
        let offset = self.offset;
        let computed = adler2::adler32_slice(&payload);
        if stored != i64::from(computed) {
            let why = Why::Checksum { stored, computed };
            return Err(Corrupt::at(offset, why).within(&self.name, 0));
        }
        let txn = codec::decode_txn(&payload).map_err(|c| c.within(&self.name, offset + 12))?;
        self.offset = offset + RECORD_FRAME + payload.len() as u64;
        Ok(Ok(Found {
            file: self.name.clone(),
            offset,
            end: self.offset,
            record: Record::new(txn, payload.into()),
        }))
    }

    fn frame(&self, at: u64) -> Result<Frame, Corrupt> {
        let head = self.content.read(at..at + 12);
        let Some((stored, len)) = split_head(&head) else {
            let whole = head.is_empty();
            return Ok(Frame::None(if whole {
                StopWhy::Complete
            } else {
                StopWhy::Torn
            }));
        };
        if len == 0 {
            return Ok(Frame::None(StopWhy::Padding));
        }
        let size = match u64::try_from(len) {
            Ok(size) if len <= LENGTH_MAX => size,
            _ => return Err(Corrupt::at(at + 8, Why::Length(len)).within(&self.name, 0)),
        };
        let end = at + RECORD_FRAME + size;
        if self.content.len() < end {
            return Ok(Frame::None(StopWhy::Torn));
        }
        let mut payload = self.content.read(at + 12..end);
        let ended = payload.pop() == Some(RECORD_END);
        Ok(Frame::Whole {
            stored,
            payload,
            ended,
        })
    }

    /// A good record right behind one that has only lost its end byte.
    fn hidden_record(&self, why: StopWhy) -> Option<Zxid> {
        let (StopWhy::NoEndByte, Ok(Frame::Whole { payload, .. })) = (why, self.frame(self.offset))
        else {
            return None;
        };
        let mut behind = self.clone();
        behind.offset = self.offset + RECORD_FRAME + payload.len() as u64;
        let found = behind.next_record().ok()?.ok()?;
        Some(found.record.zxid())
    }
}

fn split_head(head: &[u8]) -> Option<(i64, i32)> {
    let stored = head.first_chunk::<8>()?;
    let len = head.get(8..)?.first_chunk::<4>()?;
    Some((i64::from_be_bytes(*stored), i32::from_be_bytes(*len)))
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
    let mut scan = records(disk, zxid, true);
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
    ops.extend(scan.waiting.map(|name| FileOp::Unlink { name }));
    Ok(ops)
}
