//! Archives: what is written is read again, damage is told with its place, nothing is collected.

use std::collections::BTreeMap;

use super::super::archive::{Archiving, BadArchive, Fault, Piece, Unpacking};
use super::super::content::Content;

type Files = BTreeMap<String, Content>;

fn files() -> Files {
    let mut sparse = Content::default();
    sparse.set_len(300_000);
    sparse.write(0, b"ZKLG");
    let long = format!("disks/{}log.1", "deep/".repeat(40));
    [
        ("myid".to_owned(), Content::from(&b"2\n"[..])),
        ("version-2/empty".to_owned(), Content::default()),
        ("version-2/log.1".to_owned(), sparse),
        ("version-2/block".to_owned(), Content::from(&[7; 1_024][..])),
        (long, Content::from(&b"x"[..])),
    ]
    .into()
}

/// All its bytes.
fn written(files: &Files, piece: u64) -> Vec<u8> {
    let mut archiving = Archiving::new(files.clone().into_iter().collect(), 1_767_225_600);
    let mut bytes = Vec::new();
    while let Some(piece) = archiving.next(piece) {
        bytes.extend(piece);
    }
    bytes
}

/// Reads an archive whose bytes come `piece` at a time.
fn read(bytes: &[u8], piece: usize) -> Result<Files, BadArchive> {
    let mut unpacking = Unpacking::new();
    let mut files = Files::new();
    let mut open = String::new();
    for bytes in bytes.chunks(piece) {
        unpacking.push(bytes, &mut |piece| match piece {
            Piece::File { path, len } => {
                assert!(len < 1 << 40, "a length that nobody wrote");
                open = path.to_owned();
                files.insert(open.clone(), Content::default());
            }
            Piece::Bytes { offset, bytes } => {
                let file = files.get_mut(&open).expect("a file began before its bytes");
                assert_eq!(file.len(), offset);
                file.write(offset, bytes);
            }
        })?;
    }
    unpacking.finish().map(|()| files)
}

#[test]
fn what_is_written_is_read_again_however_its_bytes_come() {
    let files = files();
    let bytes = written(&files, 1_000);
    assert_eq!(bytes, written(&files, 1 << 20));
    assert_eq!(bytes.len() % 512, 0);
    for piece in [1, 511, 512, 513, 100_000] {
        assert_eq!(read(&bytes, piece), Ok(files.clone()), "{piece} at a time");
    }
}

#[test]
fn damage_is_told_with_its_place() {
    let bytes = written(&files(), 1 << 20);
    let bad = |bytes: &[u8]| read(bytes, 4_096).expect_err("it is damaged");
    let png = b"\x89PNG\r\n\x1a\n".repeat(100);
    assert_eq!((bad(&png).offset, bad(&png).why), (0, Fault::NoHeader));
    assert_eq!(bad(&[0; 2_048]).why, Fault::NoHeader);
    assert_eq!(bad(b"").why, Fault::NoHeader);
    let cut = bad(&bytes[..bytes.len() - 100_000]);
    assert_eq!(
        (cut.offset, cut.why),
        (bytes.len() as u64 - 100_000, Fault::Cut)
    );
    let mut flipped = bytes.clone();
    let second = flipped[512..]
        .windows(4)
        .position(|w| w == b"myid")
        .expect("it is there")
        + 512;
    flipped[second] ^= 1;
    assert_eq!(bad(&flipped).why, Fault::NoHeader);
    assert_eq!(bad(&flipped).offset, second as u64);
    assert!(
        bad(&flipped)
            .to_string()
            .ends_with(&format!("at byte {second}"))
    );
}

#[test]
fn an_archive_without_its_end_mark_is_whole() {
    let bytes = written(&files(), 1 << 20);
    assert_eq!(read(&bytes[..bytes.len() - 1_024], 4_096), Ok(files()));
}

#[test]
fn what_cannot_be_read_is_refused_and_never_collected() {
    let one = written(&[("a".to_owned(), Content::from(&b"1"[..]))].into(), 9);
    let with = |change: &dyn Fn(&mut [u8])| {
        let mut bytes = one.clone();
        change(&mut bytes);
        let sum: u64 = (0..512)
            .map(|i| {
                if (148..156).contains(&i) {
                    32
                } else {
                    u64::from(bytes[i])
                }
            })
            .sum();
        bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        read(&bytes, 512)
            .map(|files| files.len())
            .map_err(|bad| bad.why)
    };
    assert_eq!(with(&|_| {}), Ok(1));
    assert_eq!(with(&|b| b[156] = b'S'), Err(Fault::Sparse));
    assert_eq!(with(&|b| b[124] = b'9'), Err(Fault::Size));
    assert_eq!(with(&|b| b[124..136].fill(0xff)), Err(Fault::Size));
    let huge = |kind: u8| {
        move |b: &mut [u8]| {
            b[156] = kind;
            b[124..136].copy_from_slice(b"77777777777\0");
        }
    };
    assert_eq!(with(&huge(b'L')), Err(Fault::LongName));
    assert_eq!(with(&huge(b'x')), Err(Fault::LongName));
    assert_eq!(with(&huge(b'0')), Err(Fault::Cut));
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_files_come_back(
            files in btree_map("[a-z/.]{1,120}", vec(any::<u8>(), 0..2_000), 1..8),
            piece in 1_usize..3_000,
        ) {
            let files: Files = files.into_iter().map(|(p, b)| (p, Content::from(&b[..]))).collect();
            prop_assert_eq!(read(&written(&files, piece as u64), piece), Ok(files));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..4_000), piece in 1_usize..900) {
            let _ = read(&bytes, piece);
        }

        #[test]
        fn any_damage_is_survived(places in vec((any::<u16>(), any::<u8>()), 1..9), cut in any::<u16>()) {
            let mut bytes = written(&files(), 4_096);
            bytes.drain(8_192..bytes.len() - 8_192);
            let len = bytes.len();
            for (place, byte) in places {
                bytes[usize::from(place) % len] = byte;
            }
            let _ = read(&bytes[..usize::from(cut) % len], 700);
        }
    }
}
