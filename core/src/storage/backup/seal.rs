//! The seals of a snapshot, checked while its bytes pass.
//!
//! ```text
//!   … nodes "/" │ seal 1 │ zxid version digest │ seal 2 │ zxid │ seal 3
//!                 13       20                    13       8      13
//! ```
//! Each seal is the sum of everything before it, so the last bytes of a file tell which sections it
//! has: a place is a seal when the sum that stands there is the right one. The digest names the last
//! transaction whose effects may be in the file.
//!
//! It reads no node: a file with right seals may still hold nonsense, and recovery notices that.

use simd_adler32::Adler32;

use crate::model::Zxid;

/// Sum and `"/"`.
const SEAL: usize = 13;
/// The section of the digest.
const DIGEST: usize = 20;
/// The section of 3.9.
const LAST_PROCESSED: usize = 8;
/// From the first seal to the end, at most.
const TAIL: usize = SEAL + DIGEST + SEAL + LAST_PROCESSED + SEAL;
/// The text `"/"`.
const SLASH: [u8; 5] = [0, 0, 0, 1, b'/'];

/// The sums of a snapshot that passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seals {
    /// Of everything before the tail.
    sum: u32,
    tail: Vec<u8>,
}

impl Default for Seals {
    fn default() -> Self {
        Self {
            sum: Adler32::new().finish(),
            tail: Vec::new(),
        }
    }
}

impl Seals {
    /// The next bytes of the file.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let (front, back) = bytes.split_at(bytes.len().saturating_sub(TAIL));
        let mut sum = Adler32::from_checksum(self.sum);
        if front.is_empty() {
            self.tail.extend_from_slice(back);
            let gone = self.tail.len().saturating_sub(TAIL);
            sum.write(&self.tail[..gone]);
            self.tail.drain(..gone);
        } else {
            sum.write(&self.tail);
            sum.write(front);
            self.tail.clear();
            self.tail.extend_from_slice(back);
        }
        self.sum = sum.finish();
    }

    /// The zxid of the digest, if there is one; an error when the last seal is wrong.
    pub(super) fn finish(&self) -> Result<Option<Zxid>, ()> {
        if !self.is_seal(SEAL) {
            return Err(());
        }
        let third = SEAL + LAST_PROCESSED + SEAL;
        let digest_ends = match self.is_seal(third) {
            true => third,
            false => SEAL,
        };
        let digest = digest_ends + DIGEST;
        Ok(match self.is_seal(digest + SEAL) {
            true => self.long(digest).map(Zxid),
            false => None,
        })
    }

    /// A seal with the right sum starts so many bytes before the end.
    fn is_seal(&self, before_end: usize) -> bool {
        let Some(at) = self.tail.len().checked_sub(before_end) else {
            return false;
        };
        let mut sum = Adler32::from_checksum(self.sum);
        sum.write(&self.tail[..at]);
        self.long(before_end) == Some(i64::from(sum.finish()))
            && self.tail[at + 8..].starts_with(&SLASH)
    }

    fn long(&self, before_end: usize) -> Option<i64> {
        let at = self.tail.len().checked_sub(before_end)?;
        let bytes = self.tail[at..].first_chunk::<8>()?;
        Some(i64::from_be_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Epoch;
    use crate::storage::snapshot;
    use crate::tree::Database;

    fn seals(bytes: &[u8], piece: usize) -> Result<Option<Zxid>, ()> {
        let mut seals = Seals::default();
        bytes.chunks(piece).for_each(|piece| seals.pass(piece));
        seals.finish()
    }

    #[test]
    fn the_digest_is_found_however_the_bytes_come() {
        let mut db = Database::new();
        db.last_zxid = Zxid::new(Epoch(1), 9);
        let whole = snapshot::whole(&db);
        let without_third = &whole[..whole.len() - SEAL - LAST_PROCESSED];
        let without_digest = &without_third[..without_third.len() - SEAL - DIGEST];
        for piece in [1, 7, TAIL, 1_000] {
            assert_eq!(seals(&whole, piece), Ok(Some(db.last_zxid)));
            assert_eq!(seals(without_third, piece), Ok(Some(db.last_zxid)));
            assert_eq!(seals(without_digest, piece), Ok(None));
            assert_eq!(seals(&whole[..whole.len() - 1], piece), Err(()));
        }
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 4;
            assert_eq!(seals(&flipped, 100), Err(()), "byte {at}");
        }
    }
}
