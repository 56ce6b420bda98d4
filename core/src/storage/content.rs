//! The bytes of one file, kept sparsely and shared between copies.
//!
//! A run clones its world, disks included, at every checkpoint, so a file is a persistent map of
//! chunks: a clone costs nothing, and a write copies the one chunk it touches. Chunks of zeros are
//! not stored: a log preallocated to 64 MiB costs as much as its records.
//!
//! This is not a disk: nothing here knows what is durable. See [`super::disk`].
//!
//! Invariants (they make `==` mean "the same bytes"):
//! - a stored chunk holds at least one byte that is not zero;
//! - bytes at or beyond `len` are zero.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

/// Bytes per chunk: small enough that an append copies little, large enough to keep maps short.
const CHUNK: usize = 1024;

type Chunk = Arc<[u8; CHUNK]>;

/// The content of a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    len: u64,
    chunks: RedBlackTreeMapSync<u64, Chunk>,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            len: 0,
            chunks: RedBlackTreeMapSync::new_sync(),
        }
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        let mut content = Self::default();
        content.write(0, bytes);
        content
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes, {} chunks)", self.len, self.stored())
    }
}

impl Content {
    /// Length in bytes, holes included.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True when the length is 0.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The position after the last byte that is not zero: the length without a preallocated tail.
    pub fn data_end(&self) -> u64 {
        self.chunks.last().map_or(0, |(index, chunk)| {
            let last = chunk.iter().rposition(|b| *b != 0).unwrap_or(0);
            index * CHUNK as u64 + last as u64 + 1
        })
    }

    /// Number of chunks that take memory.
    pub fn stored(&self) -> usize {
        self.chunks.size()
    }

    /// Bytes that take memory.
    pub fn stored_bytes(&self) -> u64 {
        self.chunks.size() as u64 * CHUNK as u64
    }

    /// The bytes of `range`, cut at the end of the file.
    pub fn read(&self, range: Range<u64>) -> Vec<u8> {
        let end = range.end.min(self.len);
        let start = range.start.min(end);
        let mut bytes = vec![0; usize_of(end - start)];
        for (offset, index, within, size) in pieces(start, end - start) {
            if let Some(chunk) = self.chunks.get(&index) {
                bytes[offset..offset + size].copy_from_slice(&chunk[within..within + size]);
            }
        }
        bytes
    }

    /// All bytes.
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(0..self.len)
    }

    /// How many bytes at the start of both are the same. What one was made from by appending is not
    /// compared again.
    pub fn same_until(&self, other: &Self) -> u64 {
        let least = self.len.min(other.len);
        let (mut mine, mut theirs) = (
            self.chunks.iter().peekable(),
            other.chunks.iter().peekable(),
        );
        loop {
            let (index, one, two) = match (mine.peek(), theirs.peek()) {
                (None, None) => return least,
                (Some((i, a)), Some((j, b))) if i == j && Arc::ptr_eq(a, b) => {
                    mine.next();
                    theirs.next();
                    continue;
                }
                (Some((i, a)), Some((j, b))) if i == j => (**i, &a[..], &b[..]),
                (Some((i, a)), other) if other.is_none_or(|(j, _)| i < j) => {
                    (**i, &a[..], &[0; CHUNK][..])
                }
                (_, Some((j, b))) => (**j, &[0; CHUNK][..], &b[..]),
                (Some(_), None) => return least,
            };
            if let Some(within) = (0..CHUNK).find(|at| one[*at] != two[*at]) {
                return least.min(index * CHUNK as u64 + within as u64);
            }
            mine.next();
            theirs.next();
        }
    }

    /// Puts `bytes` at `offset`; a gap before it reads as zeros.
    pub fn write(&mut self, offset: u64, bytes: &[u8]) {
        for (start, index, within, size) in pieces(offset, bytes.len() as u64) {
            self.write_chunk(index, within, &bytes[start..start + size]);
        }
        if !bytes.is_empty() {
            self.len = self.len.max(offset.saturating_add(bytes.len() as u64));
        }
    }

    /// Cuts the file or lengthens it with zeros.
    pub fn set_len(&mut self, len: u64) {
        let stored_end = self.data_end();
        self.len = len;
        if stored_end <= len {
            return;
        }
        let first_gone = len.div_ceil(CHUNK as u64);
        let gone: Vec<u64> = self
            .chunks
            .range(first_gone..)
            .map(|(index, _)| *index)
            .collect();
        for index in gone {
            self.chunks.remove_mut(&index);
        }
        let within = usize_of(len % CHUNK as u64);
        if within > 0 {
            self.write_chunk(len / CHUNK as u64, within, &[0; CHUNK][within..]);
        }
    }

    fn write_chunk(&mut self, index: u64, within: usize, bytes: &[u8]) {
        let zeros = bytes.iter().all(|b| *b == 0);
        match self.chunks.get_mut(&index) {
            Some(chunk) => {
                Arc::make_mut(chunk)[within..within + bytes.len()].copy_from_slice(bytes);
                if zeros && chunk.iter().all(|b| *b == 0) {
                    self.chunks.remove_mut(&index);
                }
            }
            None if zeros => {}
            None => {
                let mut chunk = [0; CHUNK];
                chunk[within..within + bytes.len()].copy_from_slice(bytes);
                self.chunks.insert_mut(index, Arc::new(chunk));
            }
        }
    }
}

/// Cuts `size` bytes at file position `from` along chunk borders: where each piece starts among the
/// bytes, its chunk, its place in the chunk, its size.
fn pieces(from: u64, size: u64) -> impl Iterator<Item = (usize, u64, usize, usize)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let at = from.saturating_add(done);
        let within = at % CHUNK as u64;
        let take = (CHUNK as u64 - within).min(size - done);
        let piece = (
            usize_of(done),
            at / CHUNK as u64,
            usize_of(within),
            usize_of(take),
        );
        done += take;
        (take > 0).then_some(piece)
    })
}

/// Sizes of bytes in memory fit `usize`; a length that does not is cut.
fn usize_of(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_take_no_memory() {
        let mut c = Content::default();
        c.write(67_108_879, &[0]);
        assert_eq!((c.len(), c.stored(), c.data_end()), (67_108_880, 0, 0));
        c.write(5_000, b"abc");
        assert_eq!((c.len(), c.stored(), c.data_end()), (67_108_880, 1, 5_003));
        c.write(5_000, &[0, 0, 0]);
        assert_eq!(c.stored(), 0);
    }

    #[test]
    fn a_shortened_file_grows_back_as_zeros() {
        let mut c = Content::from(&[7; 3_000][..]);
        c.set_len(1_500);
        c.set_len(3_000);
        let bytes = c.to_vec();
        assert!(bytes[..1_500].iter().all(|b| *b == 7));
        assert!(bytes[1_500..].iter().all(|b| *b == 0));
        assert_eq!(c.data_end(), 1_500);
    }

    #[test]
    fn reads_stop_at_the_end() {
        let c = Content::from(&b"hello"[..]);
        assert_eq!(c.read(3..99), b"lo");
        assert_eq!(c.read(9..12), b"");
    }

    #[test]
    fn what_is_the_same_ends_at_the_first_byte_that_differs() {
        let mut a = Content::from(&[7; 5_000][..]);
        assert_eq!(a.same_until(&a.clone()), 5_000);
        let mut b = a.clone();
        b.write(5_000, b"more");
        assert_eq!((a.same_until(&b), b.same_until(&a)), (5_000, 5_000));
        b.write(3_001, b"x");
        assert_eq!(a.same_until(&b), 3_001);
        b.write(1_024, &[0; 1_024]);
        assert_eq!((a.same_until(&b), b.same_until(&a)), (1_024, 1_024));
        a.write(9_000, b"x");
        let longer = Content::from(&[7; 5_000][..]);
        assert_eq!(
            (a.same_until(&longer), longer.same_until(&a)),
            (5_000, 5_000)
        );
    }

    #[test]
    fn equal_bytes_are_equal_however_they_came() {
        let mut a = Content::default();
        a.write(2_000, b"x");
        a.write(0, &[1; 100]);
        a.write(0, &[0; 100]);
        let mut b = Content::default();
        b.set_len(2_001);
        b.write(2_000, b"x");
        assert_eq!(a, b);
    }
}
