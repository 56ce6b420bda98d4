//! Records out of bytes that pass, without holding more than one of them.
//!
//! ```text
//!   piece ──► waiting bytes ──► whole records with right checksums ──► copied on
//!                          └──► what is left: more is needed, or here is the end
//! ```
//!
//! The judgement is that of [`crate::storage::log_file`], except that a transaction is not decoded:
//! a record whose body makes no sense is noticed by recovery.

use std::ops::Range;

use crate::model::Zxid;
use crate::storage::codec;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::jute::LENGTH_MAX;
use crate::storage::log::{RECORD_END, RECORD_FRAME};
use crate::storage::log_file::StopWhy;

/// Checksum and length.
const HEAD: usize = 12;
/// Bytes of the longest record.
pub(super) const RECORD_MAX: u64 = LENGTH_MAX as u64 + RECORD_FRAME;

/// A record as its frame and its header show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Framed {
    /// Bytes with the frame.
    pub(super) len: usize,
    pub(super) zxid: Zxid,
    pub(super) time_ms: i64,
    pub(super) checksum: u32,
}

/// What stands at the start of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Record(Framed),
    /// So many bytes are needed, counted from the start.
    Needs(usize),
    /// Taken for the end of the log. Behind a record without its end byte another may start.
    End(StopWhy, Range<usize>),
    Damaged(Corrupt),
}

/// What stands at the start of `bytes`, which is at `at` in its file.
pub(super) fn frame(bytes: &[u8], at: u64) -> Frame {
    let (Some(stored), Some(len)) = (long(bytes, 0), int(bytes, 8)) else {
        return Frame::Needs(HEAD);
    };
    if len == 0 {
        return Frame::End(StopWhy::Padding, 0..0);
    }
    let size = match usize::try_from(len) {
        Ok(size) if len <= LENGTH_MAX => size,
        _ => return Frame::Damaged(Corrupt::at(at + 8, Why::Length(len))),
    };
    let whole = HEAD + size + 1;
    let Some(record) = bytes.get(..whole) else {
        return Frame::Needs(whole);
    };
    if record.last() != Some(&RECORD_END) {
        return Frame::End(StopWhy::NoEndByte, 0..whole);
    }
    let payload = &record[HEAD..whole - 1];
    let computed = simd_adler32::adler32(&payload);
    if stored != i64::from(computed) {
        return Frame::Damaged(Corrupt::at(at, Why::Checksum { stored, computed }));
    }
    match (codec::zxid_of(payload), long(payload, 20)) {
        (Some(zxid), Some(time_ms)) => Frame::Record(Framed {
            len: whole,
            zxid,
            time_ms,
            checksum: computed,
        }),
        _ => Frame::End(StopWhy::Short, 0..whole),
    }
}

fn long(bytes: &[u8], at: usize) -> Option<i64> {
    let bytes = bytes.get(at..)?.first_chunk::<8>()?;
    Some(i64::from_be_bytes(*bytes))
}

fn int(bytes: &[u8], at: usize) -> Option<i32> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    Some(i32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::log;

    fn payload() -> Vec<u8> {
        let mut payload = [0; 40].to_vec();
        payload[12..20].copy_from_slice(&7_i64.to_be_bytes());
        payload[20..28].copy_from_slice(&9_i64.to_be_bytes());
        payload
    }

    #[test]
    fn a_record_is_known_by_its_frame() {
        let bytes = log::frame(&payload());
        let Frame::Record(found) = frame(&bytes, 16) else {
            panic!("it is whole");
        };
        assert_eq!((found.len, found.zxid, found.time_ms), (53, Zxid(7), 9));
        assert_eq!(frame(&bytes[..5], 16), Frame::Needs(12));
        assert_eq!(frame(&bytes[..52], 16), Frame::Needs(53));
    }

    #[test]
    fn ends_and_damage_are_kept_apart() {
        let good = log::frame(&payload());
        let changed = |at: usize, to: u8| {
            let mut bytes = good.to_vec();
            bytes[at] = to;
            frame(&bytes, 100)
        };
        assert_eq!(frame(&[0; 20], 100), Frame::End(StopWhy::Padding, 0..0));
        assert_eq!(changed(52, 0), Frame::End(StopWhy::NoEndByte, 0..53));
        assert!(matches!(changed(30, 1), Frame::Damaged(c) if c.offset == 100));
        assert!(matches!(changed(8, 0x80), Frame::Damaged(c) if c.offset == 108));
    }
}
