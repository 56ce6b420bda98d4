//! The bytes of a snapshot file as its reader wants them: unpacked, and a few at a time.
//!
//! ```text
//!   file ──► plain │ gzip │ snappy ──► window ──► one value after another, each summed when taken
//! ```
//!
//! A file may be packed, which its name tells: `snapshot.5.gz`, `snapshot.5.snappy`. Checksums are
//! over the unpacked bytes. A window holds the value that is being read and little more, so that a
//! file of any size needs little memory beside the tree that it becomes.
//!
//! In ZooKeeper: `SnapStream`.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use simd_adler32::Adler32;

use super::unpack::{SNAPPY_HEADER, unpack_block};
use crate::storage::content::Content;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::fields::{Field, Named, Notes};

/// Bytes that are unpacked at once, at least.
const PIECE: usize = 64 << 10;
/// The most that one value, or one block of snappy, may need. ZooKeeper's own limit for a buffer is
/// 2 MiB, and a node has two; a list of access rights may be longer.
pub const VALUE_MAX: usize = 64 << 20;
/// How a file of snappy-java starts.
const SNAPPY: [u8; 8] = *b"\x82SNAPPY\0";
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// How a snapshot file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// As one gzip stream. Bytes behind its end do not matter.
    Gzip,
    /// As blocks of snappy, in the manner of snappy-java.
    Snappy,
}

impl Packing {
    /// What the name says. In ZooKeeper: `SnapStream.getStreamMode`.
    pub fn of_name(name: &str) -> Self {
        match name.rsplit_once('.') {
            Some((_, "gz")) => Self::Gzip,
            Some((_, "snappy")) => Self::Snappy,
            _ => Self::Plain,
        }
    }

    /// The cheap test of a candidate. A plain file must end as finished files do; of a packed one
    /// only the first bytes are looked at. In ZooKeeper: `SnapStream.isValidSnapshot`.
    pub fn looks_whole(self, content: &Content) -> bool {
        let len = content.len();
        match self {
            Self::Plain => len >= 10 && content.read(len - 5..len) == super::LAST,
            Self::Gzip => content.read(0..2) == GZIP,
            Self::Snappy => content.read(0..8) == SNAPPY,
        }
    }
}

/// Unpacked bytes, value after value.
pub(super) struct Source {
    bytes: Bytes,
    /// Unpacked bytes that are not taken yet, behind some that are.
    window: Vec<u8>,
    taken: usize,
    /// Where the window starts among all unpacked bytes.
    base: u64,
    /// Everything is unpacked.
    ended: bool,
    /// Why no more can be unpacked. It does not matter before more is needed.
    failed: Option<Corrupt>,
    sum: Adler32,
    /// How much of the window the sum knows.
    summed: usize,
    /// The fields of the last value, when somebody wants to know them.
    notes: Option<Notes>,
}

enum Bytes {
    Plain(Cursor),
    Gzip(Box<GzDecoder<Cursor>>),
    Snappy(Cursor),
}

/// A place in a file.
struct Cursor {
    content: Content,
    at: u64,
}

impl Read for Cursor {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let bytes = self.read_up_to(buf.len());
        buf[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

impl Cursor {
    fn read_up_to(&mut self, size: usize) -> Vec<u8> {
        let bytes = self.content.read(self.at..self.at + size as u64);
        self.at += bytes.len() as u64;
        bytes
    }
}

impl Source {
    pub(super) fn open(packing: Packing, content: Content) -> Result<Self, Corrupt> {
        let mut cursor = Cursor { content, at: 0 };
        let bytes = match packing {
            Packing::Plain => Bytes::Plain(cursor),
            Packing::Gzip => Bytes::Gzip(Box::new(GzDecoder::new(cursor))),
            Packing::Snappy => {
                if cursor.read_up_to(SNAPPY_HEADER).len() < SNAPPY_HEADER {
                    return Err(Corrupt::at(cursor.at, Why::End));
                }
                Bytes::Snappy(cursor)
            }
        };
        Ok(Self {
            bytes,
            window: Vec::new(),
            taken: 0,
            base: 0,
            ended: false,
            failed: None,
            sum: Adler32::new(),
            summed: 0,
            notes: None,
        })
    }

    /// A file that is not packed, from the middle: behind bytes that add up to `sum`.
    pub(super) fn resume(content: Content, at: u64, sum: u32) -> Self {
        Self {
            bytes: Bytes::Plain(Cursor { content, at }),
            window: Vec::new(),
            taken: 0,
            base: at,
            ended: false,
            failed: None,
            sum: Adler32::from_checksum(sum),
            summed: 0,
            notes: Some(Notes::default()),
        }
    }

    /// The fields of the value that was taken last, or of as much of it as could be.
    pub(super) fn into_fields(self) -> Vec<Field> {
        self.notes.map(Notes::into_fields).unwrap_or_default()
    }

    /// Bytes of the file that were read so far, as they lie there.
    pub(super) fn file_bytes_done(&self) -> u64 {
        match &self.bytes {
            Bytes::Plain(cursor) | Bytes::Snappy(cursor) => cursor.at,
            Bytes::Gzip(gzip) => gzip.get_ref().at,
        }
    }

    /// Where the next value starts.
    pub(super) fn position(&self) -> u64 {
        self.base + self.taken as u64
    }

    /// The sum of everything taken so far.
    pub(super) fn checksum(&mut self) -> u32 {
        self.sum.write(&self.window[self.summed..self.taken]);
        self.summed = self.taken;
        self.sum.finish()
    }

    /// Takes one value. When the bytes end inside it, nothing is taken and the refusal says so.
    pub(super) fn value<T>(
        &mut self,
        read: impl Fn(&mut Named<'_, '_>) -> Result<T, Corrupt>,
    ) -> Result<T, Corrupt> {
        loop {
            let base = self.position();
            if let Some(notes) = &mut self.notes {
                *notes = Notes::from(base);
            }
            let window = &self.window[self.taken..];
            let mut reader = Named::noting(window, base, self.notes.as_mut());
            match read(&mut reader) {
                Ok(value) => {
                    self.taken += reader.position();
                    return Ok(value);
                }
                Err(corrupt) if corrupt.why != Why::End || self.ended => {
                    let offset = self.position() + corrupt.offset;
                    return Err(Corrupt { offset, ..corrupt });
                }
                Err(_) => self.fill()?,
            }
        }
    }

    /// Unpacks more: as much again as is waiting, and at least a piece.
    fn fill(&mut self) -> Result<(), Corrupt> {
        self.checksum();
        self.window.drain(..self.taken);
        self.base += self.taken as u64;
        (self.taken, self.summed) = (0, 0);
        let want = self.window.len().max(PIECE);
        if self.window.len() > VALUE_MAX {
            return Err(Corrupt::at(self.base, Why::TooLong));
        }
        let before = self.window.len();
        if let Some(corrupt) = self.failed.clone() {
            return Err(corrupt);
        }
        match &mut self.bytes {
            Bytes::Plain(cursor) => self.window.extend(cursor.read_up_to(want)),
            Bytes::Gzip(gzip) => {
                let read = gzip.take(want as u64).read_to_end(&mut self.window);
                if read.is_err() {
                    self.failed = Some(Corrupt::at(gzip.get_ref().at, Why::Packing));
                }
            }
            Bytes::Snappy(cursor) => {
                while self.window.len() < before + want {
                    match unpack_block(cursor, cursor.at, &mut self.window) {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(corrupt) => {
                            self.failed = Some(corrupt);
                            break;
                        }
                    }
                }
            }
        }
        self.ended = self.window.len() == before;
        match self.failed.take_if(|_| self.ended) {
            Some(corrupt) => Err(corrupt),
            None => Ok(()),
        }
    }
}
