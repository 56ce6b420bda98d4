//! Files in an archive: `tar`, read as its bytes come and written piece by piece.
//!
//! ```text
//!   header (512) │ bytes, filled up to 512 │ header │ bytes │ … │ 1024 zeros
//!     name, size, kind, checksum             └ kind L, x: the long name of the file that follows
//! ```
//! The bytes of a file are handed on as they come and never collected, so a large archive costs no
//! memory here. Names are: those longer than a header holds, as GNU tar and POSIX pax write them, up to
//! [`NAME_MAX`]. Directories, links and devices are passed over.
//!
//! It is not a packer: an archive that is packed with gzip is unpacked before it comes here. Files
//! that `tar --sparse` wrote are refused, since their holes are not where they seem.

use std::collections::VecDeque;
use std::fmt;

use super::content::Content;

/// Everything in an archive is a multiple of this.
const BLOCK: usize = 512;
/// Longest extended name or list of properties.
pub const NAME_MAX: u64 = 64 << 10;
/// Bytes of a name in a header.
const SHORT_NAME: usize = 100;

/// What comes out of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A file begins.
    File {
        /// Its path in the archive.
        path: &'a str,
        /// Its length.
        len: u64,
    },
    /// Bytes of the file that began last.
    Bytes {
        /// Where they stand in it.
        offset: u64,
        /// The bytes.
        bytes: &'a [u8],
    },
}

/// Bytes that are no archive: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadArchive {
    /// Where reading failed.
    pub offset: u64,
    /// What is wrong there.
    pub why: Fault,
}

/// What can be wrong with an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A header with a wrong checksum: this is no archive, or it is damaged.
    NoHeader,
    /// A size that is no number.
    Size,
    /// A name longer than any that is read.
    LongName,
    /// A file that was stored without its holes.
    Sparse,
    /// The archive ends inside a file.
    Cut,
}

impl fmt::Display for BadArchive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Fault::NoHeader => "this is no tar header",
            Fault::Size => "a size that is no number",
            Fault::LongName => "a name that is too long",
            Fault::Sparse => "a file that tar stored without its holes",
            Fault::Cut => "the archive ends inside a file",
        };
        write!(f, "{why} at byte {}", self.offset)
    }
}

/// An archive that is being read.
#[derive(Clone, Debug, Default)]
pub struct Unpacking {
    /// Bytes that have come.
    at: u64,
    /// What is collected: a header, or an extended name.
    held: Vec<u8>,
    now: Now,
    /// The name of the next file, when its header cannot hold it.
    name: Option<String>,
    /// The size of the next file, when its header cannot hold it.
    size: Option<u64>,
    seen_one: bool,
}

/// What the next bytes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Now {
    #[default]
    Header,
    /// Bytes of a file: where in it, and how many are left.
    File(u64, u64),
    /// An extended name or properties: how many are left, and of which kind.
    Extension(u64, u8),
    /// Bytes that mean nothing: so many, and what comes then.
    Skip(u64),
    /// Behind the end.
    End,
}

impl Unpacking {
    /// Before the first byte.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes, and hands on what is in them.
    pub fn push(
        &mut self,
        bytes: &[u8],
        see: &mut impl FnMut(Piece<'_>),
    ) -> Result<(), BadArchive> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = self.take(rest, see)?;
            self.at += taken as u64;
            rest = &rest[taken..];
        }
        Ok(())
    }

    /// Nothing more comes. An archive without its end mark is taken for whole, as tar does.
    pub fn finish(&self) -> Result<(), BadArchive> {
        let whole = match self.now {
            Now::End => true,
            Now::Header => self.held.is_empty() && self.seen_one,
            Now::Skip(_) => self.seen_one,
            Now::File(..) | Now::Extension(..) => false,
        };
        let why = match (whole, self.seen_one) {
            (true, _) => return Ok(()),
            (false, true) => Fault::Cut,
            (false, false) => Fault::NoHeader,
        };
        Err(self.bad(why))
    }

    fn bad(&self, why: Fault) -> BadArchive {
        let offset = self.at;
        BadArchive { offset, why }
    }

    /// Takes some of the bytes; answers how many.
    fn take(&mut self, bytes: &[u8], see: &mut impl FnMut(Piece<'_>)) -> Result<usize, BadArchive> {
        match self.now {
            Now::Header => {
                let taken = self.hold(bytes, BLOCK);
                if self.held.len() == BLOCK {
                    let header = std::mem::take(&mut self.held);
                    self.header(&header, see)?;
                }
                Ok(taken)
            }
            Now::File(offset, left) => {
                let taken = at_most(bytes, left);
                let (bytes, end) = (&bytes[..taken], offset + taken as u64);
                see(Piece::Bytes { offset, bytes });
                self.now = match left - taken as u64 {
                    0 => skip(padding(end)),
                    left => Now::File(end, left),
                };
                Ok(taken)
            }
            Now::Extension(left, kind) => {
                let taken = at_most(bytes, left);
                self.held.extend_from_slice(&bytes[..taken]);
                self.now = match left - taken as u64 {
                    0 => {
                        let held = std::mem::take(&mut self.held);
                        self.extension(kind, &held)?;
                        skip(padding(held.len() as u64))
                    }
                    left => Now::Extension(left, kind),
                };
                Ok(taken)
            }
            Now::Skip(left) => {
                let taken = at_most(bytes, left);
                self.now = skip(left - taken as u64);
                Ok(taken)
            }
            Now::End => Ok(bytes.len()),
        }
    }

    fn hold(&mut self, bytes: &[u8], upto: usize) -> usize {
        let taken = bytes.len().min(upto - self.held.len());
        self.held.extend_from_slice(&bytes[..taken]);
        taken
    }

    fn header(&mut self, header: &[u8], see: &mut impl FnMut(Piece<'_>)) -> Result<(), BadArchive> {
        let here = BadArchive {
            offset: self.at.saturating_sub(self.at % BLOCK as u64),
            why: Fault::NoHeader,
        };
        let bad = |why| BadArchive {
            why,
            ..here.clone()
        };
        if header.iter().all(|byte| *byte == 0) {
            self.now = if self.seen_one { Now::End } else { Now::Header };
            return if self.seen_one { Ok(()) } else { Err(here) };
        }
        if number(&header[148..156]) != Some(checksum(header)) {
            return Err(here);
        }
        self.seen_one = true;
        let size = number(&header[124..136]).ok_or(bad(Fault::Size))?;
        match header[156] {
            b'L' | b'x' if size > NAME_MAX || size == 0 => Err(bad(Fault::LongName)),
            kind @ (b'L' | b'x') => {
                self.now = Now::Extension(size, kind);
                Ok(())
            }
            0 | b'0' | b'7' => {
                let path = self.name.take().unwrap_or_else(|| path_of(header));
                let len = self.size.take().unwrap_or(size);
                see(Piece::File { path: &path, len });
                self.now = match len {
                    0 => Now::Header,
                    len => Now::File(0, len),
                };
                Ok(())
            }
            b'S' => Err(bad(Fault::Sparse)),
            kind => {
                // The size of a link or a directory says nothing of bytes that follow.
                let bytes = if (b'1'..=b'6').contains(&kind) {
                    0
                } else {
                    size
                };
                self.now = skip(bytes.saturating_add(padding(bytes)));
                if kind != b'K' && kind != b'g' {
                    (self.name, self.size) = (None, None);
                }
                Ok(())
            }
        }
    }

    /// `30 path=some/where\n`, again and again; or, of kind L, a name.
    fn extension(&mut self, kind: u8, bytes: &[u8]) -> Result<(), BadArchive> {
        if kind == b'L' {
            self.name = Some(text(bytes));
            return Ok(());
        }
        let mut rest = bytes;
        while let Some((len, record)) = pax_record(rest) {
            match record.split_once('=') {
                Some(("path", path)) => self.name = Some(path.to_owned()),
                Some(("size", size)) => {
                    let size = size.parse().map_err(|_| self.bad(Fault::Size))?;
                    self.size = Some(size);
                }
                Some((key, _)) if key.starts_with("GNU.sparse.") => {
                    return Err(self.bad(Fault::Sparse));
                }
                _ => {}
            }
            rest = &rest[len..];
        }
        Ok(())
    }
}

/// The first record of a list of properties: its length in bytes, and what it says.
fn pax_record(bytes: &[u8]) -> Option<(usize, String)> {
    let space = bytes.iter().take(8).position(|byte| *byte == b' ')?;
    let len: usize = std::str::from_utf8(&bytes[..space]).ok()?.parse().ok()?;
    let record = bytes.get(space + 1..len)?;
    let record = record.strip_suffix(b"\n")?;
    Some((len, String::from_utf8_lossy(record).into_owned()))
}

const fn skip(bytes: u64) -> Now {
    match bytes {
        0 => Now::Header,
        bytes => Now::Skip(bytes),
    }
}

/// Zeros behind so many bytes.
const fn padding(len: u64) -> u64 {
    (BLOCK as u64 - len % BLOCK as u64) % BLOCK as u64
}

fn at_most(bytes: &[u8], most: u64) -> usize {
    usize::try_from(most).map_or(bytes.len(), |most| bytes.len().min(most))
}

/// Text up to the first zero.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
}

/// The path of a header: its name, behind the prefix that POSIX headers have.
fn path_of(header: &[u8]) -> String {
    let name = text(&header[..SHORT_NAME]);
    let posix = &header[257..263] == b"ustar\0";
    let prefix = if posix {
        text(&header[345..500])
    } else {
        String::new()
    };
    if prefix.is_empty() {
        name
    } else {
        format!("{prefix}/{name}")
    }
}

/// Octal digits, or for large numbers a sign bit and bytes.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let first = u64::from(field[0] & 0x3f);
        let wide = field[1..].iter().try_fold(first, |n, byte| {
            n.checked_mul(256).map(|n| n | u64::from(*byte))
        });
        return wide.filter(|n| *n <= i64::MAX as u64);
    }
    let digits = text(field);
    let digits = digits.trim_matches(' ');
    if digits.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(digits, 8).ok()
}

/// The sum of a header's bytes, those of the sum itself taken for spaces.
fn checksum(header: &[u8]) -> u64 {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    sum(&header[..148]) + 8 * u64::from(b' ') + sum(&header[156..])
}

/// An archive that is being written.
#[derive(Clone, Debug)]
pub struct Archiving {
    left: VecDeque<(String, Content)>,
    /// Where in the first file.
    at: Option<u64>,
    /// Seconds since 1970, for every file.
    mtime_s: u64,
    ended: bool,
}

impl Archiving {
    /// An archive of these files, by their paths.
    pub fn new(files: Vec<(String, Content)>, mtime_s: u64) -> Self {
        Self {
            left: files.into(),
            at: None,
            mtime_s,
            ended: false,
        }
    }

    /// Its next bytes, about so many; none behind its end.
    pub fn next(&mut self, bytes: u64) -> Option<Vec<u8>> {
        let Some((path, content)) = self.left.front() else {
            let end = vec![0; 2 * BLOCK];
            return (!std::mem::replace(&mut self.ended, true)).then_some(end);
        };
        let Some(at) = self.at else {
            let headers = headers(path, content.len(), self.mtime_s);
            self.at = Some(0);
            return Some(headers);
        };
        let end = content.len().min(at.saturating_add(bytes.max(1)));
        let mut piece = content.read(at..end);
        self.at = Some(end);
        if end == content.len() {
            let full = piece.len() + at_most(&[0; BLOCK], padding(end));
            piece.resize(full, 0);
            self.left.pop_front();
            self.at = None;
        }
        Some(piece)
    }
}

/// The header of a file, behind one that holds its name when that is long.
fn headers(path: &str, len: u64, mtime_s: u64) -> Vec<u8> {
    let name = path.as_bytes();
    let mut all = Vec::new();
    if name.len() > SHORT_NAME {
        let long = name.len() as u64 + 1;
        all.extend(header(b"././@LongLink", b'L', long, mtime_s));
        all.extend(name);
        all.resize(all.len() + 1 + at_most(&[0; BLOCK], padding(long)), 0);
    }
    all.extend(header(
        &name[..name.len().min(SHORT_NAME)],
        b'0',
        len,
        mtime_s,
    ));
    all
}

fn header(name: &[u8], kind: u8, len: u64, mtime_s: u64) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    header[..name.len()].copy_from_slice(name);
    octal(&mut header[100..107], 0o644);
    octal(&mut header[108..115], 0);
    octal(&mut header[116..123], 0);
    octal(&mut header[124..135], len);
    octal(&mut header[136..147], mtime_s);
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum = checksum(&header);
    octal(&mut header[148..154], sum);
    header[155] = b' ';
    header
}

/// Digits that fill the field; the byte behind it stays zero.
fn octal(field: &mut [u8], number: u64) {
    let mut left = number;
    for digit in field.iter_mut().rev() {
        *digit = b'0' + (left & 7) as u8;
        left >>= 3;
    }
}
