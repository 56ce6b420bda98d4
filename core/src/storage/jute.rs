//! Jute, ZooKeeper's serialization: big-endian numbers, counted bytes, fields in order.
//!
//! | type | bytes |
//! |---|---|
//! | bool | 1 |
//! | int, long | 4, 8, big-endian |
//! | buffer, string | int length, then bytes; length -1 is null |
//! | vector | int count, then elements; count -1 is null |
//! | record | its fields, nothing around them |
//!
//! Strings are written as ZooKeeper's Java code does: every UTF-16 unit by itself, so a character
//! beyond the basic plane becomes six bytes, which a reader of plain UTF-8 turns into six U+FFFD.
//! Paths cannot hold such characters; names in access control lists can.
//!
//! A reader trusts no length: each is checked against what remains before anything is copied.
//!
//! In ZooKeeper: `BinaryInputArchive`, `BinaryOutputArchive`.

use super::corrupt::{Corrupt, Why};
use crate::model::Acl;

/// Largest buffer that a reader accepts: `jute.maxbuffer` and as much again.
pub const LENGTH_MAX: i32 = 2 * 1_048_575;

/// Takes values off a byte string.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Bytes taken so far.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Bytes left.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// What was taken so far.
    pub fn taken(&self) -> &'a [u8] {
        &self.bytes[..self.position]
    }

    /// The refusal of what stands here.
    pub fn refuse(&self, why: Why) -> Corrupt {
        Corrupt::at(self.position as u64, why)
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Corrupt> {
        let rest = &self.bytes[self.position..];
        let taken = rest.get(..len).ok_or_else(|| self.refuse(Why::End))?;
        self.position += len;
        Ok(taken)
    }

    /// A byte.
    pub fn byte(&mut self) -> Result<u8, Corrupt> {
        Ok(self.take(1)?[0])
    }

    /// A bool: any byte but 0 is true.
    pub fn bool(&mut self) -> Result<bool, Corrupt> {
        Ok(self.byte()? != 0)
    }

    /// An int.
    pub fn int(&mut self) -> Result<i32, Corrupt> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4)?);
        Ok(i32::from_be_bytes(bytes))
    }

    /// A long.
    pub fn long(&mut self) -> Result<i64, Corrupt> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8)?);
        Ok(i64::from_be_bytes(bytes))
    }

    /// A buffer, or null.
    pub fn buffer(&mut self) -> Result<Option<&'a [u8]>, Corrupt> {
        let start = self.clone();
        let len = self.int()?;
        if len == -1 {
            return Ok(None);
        }
        match usize::try_from(len) {
            Ok(size) if len <= LENGTH_MAX => self.take(size).map(Some),
            _ => Err(start.refuse(Why::Length(len))),
        }
    }

    /// A string that must not be null.
    pub fn string(&mut self) -> Result<String, Corrupt> {
        let start = self.clone();
        let bytes = self.buffer()?.ok_or_else(|| start.refuse(Why::Null))?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    /// A vector; null reads as empty. The count is not believed: `element` must take at least one byte,
    /// so the elements are no more than the bytes.
    pub fn vector<T>(
        &mut self,
        element: impl Fn(&mut Self) -> Result<T, Corrupt>,
    ) -> Result<Vec<T>, Corrupt> {
        let count = self.int()?.max(0);
        (0..count).map(|_| element(self)).collect()
    }

    /// An access control list.
    pub fn acl(&mut self) -> Result<Vec<Acl>, Corrupt> {
        self.vector(|r| {
            Ok(Acl {
                perms: r.int()?,
                scheme: r.string()?,
                id: r.string()?,
            })
        })
    }
}

/// Puts values into a byte string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// What was written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A bool.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.raw(&[u8::from(value)])
    }

    /// An int.
    pub fn int(&mut self, value: i32) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// A long.
    pub fn long(&mut self, value: i64) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// A count or a length.
    pub fn count(&mut self, count: usize) -> &mut Self {
        self.int(i32::try_from(count).expect("the engine holds no vector of 2 billion elements"))
    }

    /// A buffer, or null.
    pub fn buffer(&mut self, bytes: Option<&[u8]>) -> &mut Self {
        match bytes {
            Some(bytes) => self.count(bytes.len()).raw(bytes),
            None => self.int(-1),
        }
    }

    /// A string.
    pub fn string(&mut self, text: &str) -> &mut Self {
        if text.chars().all(|c| c.len_utf16() == 1) {
            return self.buffer(Some(text.as_bytes()));
        }
        let units: Vec<u8> = text.encode_utf16().flat_map(utf8_of_unit).collect();
        self.buffer(Some(&units))
    }

    /// A vector.
    pub fn vector<T>(&mut self, items: &[T], element: impl Fn(&mut Self, &T)) -> &mut Self {
        self.count(items.len());
        for item in items {
            element(self, item);
        }
        self
    }

    /// An access control list.
    pub fn acl(&mut self, acl: &[Acl]) -> &mut Self {
        self.vector(acl, |w, entry| {
            w.int(entry.perms).string(&entry.scheme).string(&entry.id);
        })
    }
}

/// One UTF-16 unit in the manner of UTF-8, halves of surrogate pairs included.
fn utf8_of_unit(unit: u16) -> Vec<u8> {
    let low = |shift: u16| 0x80 | ((unit >> shift) & 0x3F) as u8;
    match unit {
        0..=0x7F => vec![unit as u8],
        0x80..=0x7FF => vec![0xC0 | (unit >> 6) as u8, low(0)],
        _ => vec![0xE0 | (unit >> 12) as u8, low(6), low(0)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_written_as_two_halves_and_read_as_six_marks() {
        let mut w = Writer::new();
        w.string("é😀");
        assert_eq!(
            w.bytes(),
            [0, 0, 0, 8, 0xC3, 0xA9, 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]
        );
        let text = Reader::new(w.bytes()).string().expect("readable");
        assert_eq!(text, "é\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn lengths_are_checked_before_anything_is_taken() {
        for (bytes, why) in [
            ([0x7F, 0xFF, 0xFF, 0xFF], Why::Length(i32::MAX)),
            ([0xFF, 0xFF, 0xFF, 0xFE], Why::Length(-2)),
            ([0x00, 0x10, 0x00, 0x00], Why::End),
        ] {
            let refused = Reader::new(&bytes).buffer();
            assert_eq!(refused.map_err(|c| c.why), Err(why));
        }
        let many = [0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1];
        let refused = Reader::new(&many).vector(Reader::int);
        assert_eq!(refused, Err(Corrupt::at(8, Why::End)));
    }

    #[test]
    fn null_and_empty_differ() {
        let mut w = Writer::new();
        w.buffer(None).buffer(Some(b""));
        let mut r = Reader::new(w.bytes());
        assert_eq!(r.buffer(), Ok(None));
        assert_eq!(r.buffer(), Ok(Some(&b""[..])));
        assert_eq!(r.remaining(), 0);
    }
}
