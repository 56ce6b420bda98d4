//! The files of a real data directory, brought into a run.
//!
//! An image is part of the recording, as a command is: its bytes decide what happens. A script names
//! it by the name that its user gave it, and a run file by its digest too, so that a run with other
//! bytes is noticed.
//!
//! It is not a disk: nothing is pending, nothing is written. See [`super::disk`].

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::content::Content;
use super::disk::ReadFiles;
use super::op::FileName;

/// Bytes that are digested at once.
const PIECE: u64 = 256 << 10;

/// A data directory.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// What scripts call it.
    pub name: String,
    /// The digest of its files, 64 hexadecimal digits.
    pub sha256: String,
    files: BTreeMap<FileName, Content>,
}

/// Work on the digest of an image: for each file in order its name, a zero byte, its length in 8
/// bytes, and its bytes up to the last that is not zero.
pub struct Digesting {
    name: String,
    files: BTreeMap<FileName, Content>,
    hash: Sha256,
    /// Files whose name and bytes are in the hash.
    passed: usize,
    /// The place in the file that comes next; none before its name is in.
    at: Option<u64>,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({:?}, {} files)", self.name, self.files.len())
    }
}

impl ReadFiles for Image {
    fn names(&self) -> Vec<FileName> {
        self.files.names()
    }

    fn content(&self, name: &str) -> Option<&Content> {
        self.files.content(name)
    }
}

impl Image {
    /// An image of these files.
    pub fn new(name: &str, files: BTreeMap<FileName, Content>) -> Self {
        let mut work = Digesting::new(name, files);
        while !work.advance(u64::MAX) {}
        work.finish()
    }

    /// Its files.
    pub const fn files(&self) -> &BTreeMap<FileName, Content> {
        &self.files
    }
}

impl Digesting {
    /// Begins.
    pub fn new(name: &str, files: BTreeMap<FileName, Content>) -> Self {
        Self {
            name: name.to_owned(),
            files,
            hash: Sha256::new(),
            passed: 0,
            at: None,
        }
    }

    /// Digests about `bytes` more bytes. True when all are in.
    pub fn advance(&mut self, bytes: u64) -> bool {
        let mut left = bytes;
        while let Some((name, content)) = self.files.iter().nth(self.passed) {
            let at = *self.at.get_or_insert_with(|| {
                self.hash.update(name.as_bytes());
                self.hash.update([0]);
                self.hash.update(content.len().to_be_bytes());
                0
            });
            if at >= content.data_end() {
                (self.at, self.passed) = (None, self.passed + 1);
                continue;
            }
            if left == 0 {
                return false;
            }
            let end = content.data_end().min(at + PIECE.min(left));
            self.hash.update(content.read(at..end));
            left -= end - at;
            self.at = Some(end);
        }
        true
    }

    /// The image, when [`Self::advance`] has said that all is in.
    pub fn finish(self) -> Image {
        let mut sha256 = String::new();
        for byte in self.hash.finalize() {
            write!(sha256, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Image {
            name: self.name,
            sha256,
            files: self.files,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_knows_names_lengths_and_bytes_and_not_how_it_was_made() {
        let files = |name: &str, bytes: &[u8], len| {
            let mut content = Content::from(bytes);
            content.set_len(len);
            BTreeMap::from([(FileName::from(name), content)])
        };
        let digest = |files| Image::new("a", files).sha256;
        let one = digest(files("log.1", b"abc", 100));
        assert_ne!(one, digest(files("log.2", b"abc", 100)));
        assert_ne!(one, digest(files("log.1", b"abd", 100)));
        assert_ne!(one, digest(files("log.1", b"abc", 101)));
        let mut slow = Digesting::new("b", files("log.1", b"abc", 100));
        while !slow.advance(1) {}
        assert_eq!(one, slow.finish().sha256);
    }
}
