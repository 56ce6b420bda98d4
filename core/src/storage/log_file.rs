//! One log file, read record after record.
//!
//! ```text
//!   header │ checksum len payload 0x42 │ checksum len payload 0x42 │ 0 0 0 0 ...
//!            └ offset ──────────────► next
//! ```
//!
//! A record is read, or the file ends ([`StopWhy`]), or the bytes are damaged ([`Corrupt`]). The
//! three are ZooKeeper's own: whatever makes its reader run out of bytes is an end, a payload that is
//! shorter than its transaction included; every other failure stops the server.
//!
//! It is not the log: which files belong to it, and what follows an end, is the matter of
//! [`super::scan`]. In ZooKeeper: `FileTxnLog.FileTxnIterator.next`, `Util.readTxnBytes`.

use std::ops::Range;
use std::sync::Arc;

use super::codec;
use super::content::Content;
use super::corrupt::{Corrupt, Why};
use super::jute::LENGTH_MAX;
use super::log::{HEADER_LEN, MAGIC, RECORD_END, RECORD_FRAME};
use super::op::FileName;
use crate::model::{Record, Zxid};

/// Bytes that are taken from a file at once.
const WINDOW: u64 = 64 << 10;

/// A record and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub file: FileName,
    /// Where its frame starts.
    pub offset: u64,
    /// Where the next frame starts.
    pub end: u64,
    /// Its checksum, which is right.
    pub checksum: u32,
    /// The record.
    pub record: Arc<Record>,
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
    /// The checksum of a record is right, but its transaction goes on behind its last byte.
    Short,
    /// The file has no bytes at all: it was created, and never written.
    Empty,
}

impl StopWhy {
    /// A log that is still written, or that was closed, ends like this.
    pub const fn is_ordinary(self) -> bool {
        matches!(self, Self::Complete | Self::Padding)
    }
}

/// A log file that is being read.
#[derive(Clone, Debug)]
pub struct LogFile {
    name: FileName,
    content: Content,
    offset: u64,
    window: Window,
}

/// Some bytes of the file, so that not every small value is looked up in its chunks.
#[derive(Clone, Debug, Default)]
struct Window {
    at: u64,
    bytes: Vec<u8>,
}

/// The frame of a record: where its payload and its end byte are.
enum Frame {
    Whole {
        stored: i64,
        payload: Range<u64>,
        ended: bool,
    },
    None(StopWhy),
}

impl LogFile {
    /// Checks the header. Its version and its database number are not looked at, as in ZooKeeper.
    pub fn open(name: FileName, content: Content) -> Result<Self, Corrupt> {
        let header = content.read(0..HEADER_LEN);
        if (header.len() as u64) < HEADER_LEN {
            return Err(Corrupt::at(header.len() as u64, Why::End).within(&name, 0));
        }
        if header[..4] != MAGIC {
            let magic = [header[0], header[1], header[2], header[3]];
            return Err(Corrupt::at(0, Why::Magic(magic)).within(&name, 0));
        }
        Ok(Self {
            name,
            content,
            offset: HEADER_LEN,
            window: Window::default(),
        })
    }

    /// The file's name.
    pub const fn name(&self) -> &FileName {
        &self.name
    }

    /// Where the next record starts.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The length of the file without a preallocated tail.
    pub fn data_end(&self) -> u64 {
        self.content.data_end()
    }

    /// The record at the offset, which moves behind it, or the reason to stop.
    pub fn next_record(&mut self) -> Result<Result<Found, StopWhy>, Corrupt> {
        let (stored, payload) = match self.frame(self.offset)? {
            Frame::None(why) => return Ok(Err(why)),
            Frame::Whole { ended: false, .. } => return Ok(Err(StopWhy::NoEndByte)),
            Frame::Whole {
                stored, payload, ..
            } => (stored, payload),
        };
        let offset = self.offset;
        let bytes = self.window.bytes(&self.content, payload.clone());
        let computed = adler2::adler32_slice(bytes);
        if stored != i64::from(computed) {
            let why = Why::Checksum { stored, computed };
            return Err(Corrupt::at(offset, why).within(&self.name, 0));
        }
        let txn = match codec::decode_txn(bytes) {
            Ok(txn) => txn,
            Err(short) if short.why == Why::End => return Ok(Err(StopWhy::Short)),
            Err(corrupt) => return Err(corrupt.within(&self.name, payload.start)),
        };
        let record = Record::new(txn, bytes.into());
        self.offset = payload.end + 1;
        Ok(Ok(Found {
            file: self.name.clone(),
            offset,
            end: self.offset,
            checksum: computed,
            record,
        }))
    }

    /// A good record right behind the one at the offset, which stopped the reading for `why`.
    pub fn hidden_record(&self, why: StopWhy) -> Option<Zxid> {
        let mut behind = self.clone();
        let stopped = matches!(why, StopWhy::NoEndByte | StopWhy::Short);
        let (true, Ok(Frame::Whole { payload, .. })) = (stopped, behind.frame(self.offset)) else {
            return None;
        };
        behind.offset = payload.end + 1;
        let found = behind.next_record().ok()?.ok()?;
        Some(found.record.zxid())
    }

    fn frame(&mut self, at: u64) -> Result<Frame, Corrupt> {
        let head = self.window.bytes(&self.content, at..at + 12);
        let Some((stored, len)) = split_head(head) else {
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
        let last = self.window.bytes(&self.content, at + 12..end).last();
        Ok(Frame::Whole {
            stored,
            ended: last == Some(&RECORD_END),
            payload: at + 12..end - 1,
        })
    }
}

impl Window {
    /// The bytes of `range`, cut at the end of the file.
    fn bytes(&mut self, content: &Content, range: Range<u64>) -> &[u8] {
        let end = range.end.min(content.len());
        let start = range.start.min(end);
        let held = self.at..self.at + self.bytes.len() as u64;
        if start < held.start || end > held.end {
            self.at = start;
            self.bytes = content.read(start..end.max(start + WINDOW));
        }
        let from = usize::try_from(start - self.at).unwrap_or(usize::MAX);
        let size = usize::try_from(end - start).unwrap_or(usize::MAX);
        &self.bytes[from..from + size]
    }
}

fn split_head(head: &[u8]) -> Option<(i64, i32)> {
    let stored = head.first_chunk::<8>()?;
    let len = head.get(8..)?.first_chunk::<4>()?;
    Some((i64::from_be_bytes(*stored), i32::from_be_bytes(*len)))
}
