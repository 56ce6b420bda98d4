//! Packed bytes, unpacked as they pass.
//!
//! A stream of snappy-java is a header of 16 bytes, then blocks: a length, and so many packed bytes.
//!
//! In ZooKeeper: `SnapStream`; `SnappyInputStream` of snappy-java.

use std::io::{self, Read};

use flate2::read::GzDecoder;

use super::source::{Packing, VALUE_MAX};
use crate::storage::corrupt::{Corrupt, Why};

/// The start of a stream of snappy-java: its magic, its version and the oldest compatible one.
pub(super) const SNAPPY_HEADER: usize = 16;
/// Bytes that are unpacked at once.
const PIECE: usize = 64 << 10;

/// Unpacks a whole file piece by piece. False when it cannot be, for it is torn or damaged; an error
/// only when it cannot be read. A stream of snappy that is torn between two blocks looks whole here.
pub fn unpack(packing: Packing, mut file: impl Read, each: impl FnMut(&[u8])) -> io::Result<bool> {
    let mut failed = Failing {
        from: &mut file,
        failed: None,
    };
    let whole = match packing {
        Packing::Plain => pieces(&mut failed, each).is_ok(),
        Packing::Gzip => pieces(&mut GzDecoder::new(&mut failed), each).is_ok(),
        Packing::Snappy => blocks(&mut failed, each).is_ok(),
    };
    match failed.failed {
        Some(why) => Err(why),
        None => Ok(whole),
    }
}

/// Keeps why the file could not be read apart from what is wrong with its bytes.
struct Failing<'a, R> {
    from: &'a mut R,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Failing<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.from.read(buf).map_err(|why| {
            let kind = why.kind();
            self.failed = Some(why);
            kind.into()
        })
    }
}

fn pieces(from: &mut impl Read, mut each: impl FnMut(&[u8])) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(()),
            size => each(&piece[..size]),
        }
    }
}

fn blocks(from: &mut impl Read, mut each: impl FnMut(&[u8])) -> Result<(), Corrupt> {
    let mut at = bytes(from, SNAPPY_HEADER).len() as u64;
    if at < SNAPPY_HEADER as u64 {
        return Err(Corrupt::at(at, Why::End));
    }
    let mut block = Vec::new();
    while let Some(read) = unpack_block(from, at, &mut block)? {
        each(&block);
        block.clear();
        at += read;
    }
    Ok(())
}

/// Unpacks the block that starts at `at`, and tells how many packed bytes it was; none at the end.
pub(super) fn unpack_block(
    from: &mut impl Read,
    at: u64,
    into: &mut Vec<u8>,
) -> Result<Option<u64>, Corrupt> {
    let bad = |why| Corrupt::at(at, why);
    let head = bytes(from, 4);
    let Some(len) = head.first_chunk::<4>() else {
        return if head.is_empty() {
            Ok(None)
        } else {
            Err(bad(Why::End))
        };
    };
    let len = i32::from_be_bytes(*len);
    let size = usize::try_from(len).ok().filter(|size| *size <= VALUE_MAX);
    let packed = bytes(from, size.ok_or(bad(Why::Length(len)))?);
    if Some(packed.len()) != size {
        return Err(bad(Why::End));
    }
    let unpacked = snap::raw::decompress_len(&packed).map_err(|_| bad(Why::Packing))?;
    // Snappy makes at most 64 bytes out of 3.
    if unpacked > packed.len().saturating_mul(22).min(VALUE_MAX) {
        return Err(bad(Why::Packing));
    }
    let start = into.len();
    into.resize(start + unpacked, 0);
    let done = snap::raw::Decoder::new().decompress(&packed, &mut into[start..]);
    if done.is_err() {
        into.truncate(start);
        return Err(bad(Why::Packing));
    }
    Ok(Some((head.len() + packed.len()) as u64))
}

/// Up to so many bytes: fewer where they end, or cannot be read.
pub(super) fn bytes(from: &mut impl Read, size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Who reads from a file has kept why it failed.
    let _ = from.take(size as u64).read_to_end(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn unpacked(packing: Packing, file: &[u8]) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        let whole = unpack(packing, file, |piece| all.extend_from_slice(piece));
        whole.expect("bytes in memory can be read").then_some(all)
    }

    /// The same bytes packed in both ways.
    fn packed(plain: &[u8]) -> [(Packing, Vec<u8>); 2] {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(plain).expect("in memory");
        let mut snappy = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
        for block in plain.chunks(30_000) {
            let block = snap::raw::Encoder::new().compress_vec(block);
            let block = block.expect("a short block");
            snappy.extend((block.len() as i32).to_be_bytes());
            snappy.extend(block);
        }
        let gzip = gzip.finish().expect("in memory");
        [(Packing::Gzip, gzip), (Packing::Snappy, snappy)]
    }

    #[test]
    fn a_file_is_unpacked_whole_or_found_torn() {
        let plain: Vec<u8> = (0..100_000_u32)
            .flat_map(|n| (n / 7).to_be_bytes())
            .collect();
        for (packing, file) in packed(&plain) {
            assert_eq!(unpacked(packing, &file).as_deref(), Some(&plain[..]));
            for cut in [1, file.len() / 3, file.len() / 2, file.len() - 1] {
                assert_eq!(unpacked(packing, &file[..cut]), None, "{packing:?} {cut}");
            }
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_called_torn() {
        struct Cut(usize);
        impl Read for Cut {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                let left = self.0.min(buf.len());
                self.0 -= left;
                match left {
                    0 => Err(io::Error::other("cut")),
                    left => Ok(left),
                }
            }
        }
        for (packing, file) in packed(&[7; 5_000]) {
            let first = io::Cursor::new(&file[..20]);
            let read = unpack(packing, first.chain(Cut(0)), |_| {});
            assert_eq!(read.map_err(|why| why.to_string()), Err("cut".to_owned()));
        }
    }
}
