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
use super::fields::{Field, Name, Named, Notes, Value};
use super::jute::LENGTH_MAX;
use super::log::{HEADER_LEN, MAGIC, RECORD_END, RECORD_FRAME};
use super::op::FileName;
use crate::model::{Record, Zxid};

/// Bytes of the header of a transaction.
const TXN_HEADER: u64 = 28;
/// Bytes that are looked at where a record is not whole.
const REMAINS: u64 = 4 << 10;
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

/// A record that was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Where the next one starts.
    pub end: u64,
    /// Its zxid; none when it is too short for one.
    pub zxid: Option<Zxid>,
    /// Its end byte is there.
    pub ended: bool,
}

/// What reading a record comes to: the record, the end of the log, or damage.
pub type Read = Result<Result<Found, StopWhy>, Corrupt>;

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
        let magic = match read_header(&mut Named::new(&header)) {
            Ok(magic) => magic,
            Err(_) => return Err(Corrupt::at(header.len() as u64, Why::End).within(&name, 0)),
        };
        if magic != MAGIC {
            return Err(Corrupt::at(0, Why::Magic(magic)).within(&name, 0));
        }
        Ok(Self {
            name,
            content,
            offset: HEADER_LEN,
            window: Window::default(),
        })
    }

    /// Goes on at a place that was found before, as the start of a record.
    pub fn resume(name: FileName, content: Content, offset: u64) -> Self {
        Self {
            name,
            content,
            offset,
            window: Window::default(),
        }
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
    pub fn next_record(&mut self) -> Read {
        let (stored, payload) = match self.frame(self.offset)? {
            Frame::None(why) => return Ok(Err(why)),
            Frame::Whole { ended: false, .. } => return Ok(Err(StopWhy::NoEndByte)),
            Frame::Whole {
                stored, payload, ..
            } => (stored, payload),
        };
        let offset = self.offset;
        let bytes = self.window.bytes(&self.content, payload.clone());
        let computed = simd_adler32::adler32(&bytes);
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

    /// Goes to where a record starts.
    pub const fn go_to(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// Passes over the record at the offset by its frame alone.
    pub fn pass(&mut self) -> Result<Result<Passed, StopWhy>, Corrupt> {
        let (payload, ended) = match self.frame(self.offset)? {
            Frame::None(why) => return Ok(Err(why)),
            Frame::Whole { payload, ended, .. } => (payload, ended),
        };
        let head = payload.start..payload.end.min(payload.start + TXN_HEADER);
        let zxid = codec::zxid_of(self.window.bytes(&self.content, head));
        self.offset = payload.end + 1;
        Ok(Ok(Passed {
            end: self.offset,
            zxid,
            ended,
        }))
    }

    /// The record at a place field by field, good or not, and what reading it comes to.
    pub fn dissect(&mut self, offset: u64) -> (Vec<Field>, Read) {
        self.offset = offset;
        let mut notes = Notes::from(offset);
        if let Ok(Frame::Whole {
            stored,
            payload,
            ended,
        }) = self.frame(offset)
        {
            let bytes = self.window.bytes(&self.content, payload.clone());
            let (sum, length) = (simd_adler32::adler32(&bytes), bytes.len() as i64);
            notes.add(Name::Checksum, offset + 8, Value::Sum(stored, sum));
            notes.add(Name::Length, payload.start, Value::Number(length));
            // What it comes to is told below.
            let _ = codec::read_txn(&mut Named::noting(bytes, payload.start, Some(&mut notes)));
            notes.cover(Name::Rest, payload.end);
            notes.add(Name::End, payload.end + 1, Value::Flag(ended));
        }
        (notes.into_fields(), self.next_record())
    }

    /// What is left of a record that is not whole, field by field.
    pub fn remains(content: &Content, range: Range<u64>) -> Vec<Field> {
        let mut notes = Notes::from(range.start);
        let bytes = content.read(range.start..range.end.min(range.start + REMAINS));
        let mut named = Named::noting(&bytes, range.start, Some(&mut notes));
        let head = named.long(Name::Checksum).and(named.int(Name::Length));
        if head.is_ok() {
            let _ = codec::read_txn(&mut named);
        }
        notes.cover(Name::Rest, range.end);
        notes.into_fields()
    }

    /// The header of a file field by field, as far as it goes.
    pub fn header_fields(content: &Content) -> Vec<Field> {
        let bytes = content.read(0..HEADER_LEN);
        let mut notes = Notes::default();
        let _ = read_header(&mut Named::noting(&bytes, 0, Some(&mut notes)));
        notes.cover(Name::Rest, bytes.len() as u64);
        notes.into_fields()
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

/// The magic of a file whose header is whole.
fn read_header(r: &mut Named<'_, '_>) -> Result<[u8; 4], Corrupt> {
    let magic = r.take(Name::Magic, 4)?.first_chunk().copied();
    r.int(Name::Format)?;
    r.long(Name::DbId)?;
    magic.ok_or(Corrupt::at(0, Why::End))
}

fn split_head(head: &[u8]) -> Option<(i64, i32)> {
    let stored = head.first_chunk::<8>()?;
    let len = head.get(8..)?.first_chunk::<4>()?;
    Some((i64::from_be_bytes(*stored), i32::from_be_bytes(*len)))
}
