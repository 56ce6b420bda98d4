//! Reading back what was appended, whole, cut, and damaged.

use super::super::log::HEADER_LEN;
use super::super::scan::{self, CutRefusal, CutRule, LastLog, records};
use super::{Server, apply, put, write, zxid};
use crate::model::Zxid;
use crate::storage::{Corrupt, Disk, FileOp, ReadFiles, StopWhy, Why};

const LOG: &str = "log.100000001";

/// 1.1 opens the session, 1.2 to 1.4 are creates.
fn three_creates() -> Server {
    let mut server = Server::new();
    for path in ["/a", "/b", "/c"] {
        server.create(path, "x");
    }
    server
}

fn zxids(disk: &Disk, from: Zxid) -> Result<Vec<Zxid>, Corrupt> {
    records(disk, from, LastLog::MayBeEmpty)
        .map(|found| found.map(|f| f.record.zxid()))
        .collect()
}

#[test]
fn what_was_appended_is_read_in_order_from_any_zxid() {
    let mut server = three_creates();
    server.log.roll();
    server.create("/d", "x");
    assert_eq!(
        zxids(&server.disk, Zxid::ZERO),
        Ok((1..=5).map(zxid).collect())
    );
    assert_eq!(zxids(&server.disk, zxid(4)), Ok(vec![zxid(4), zxid(5)]));
    assert_eq!(zxids(&server.disk, zxid(5)), Ok(vec![zxid(5)]));
    assert_eq!(zxids(&server.disk, zxid(6)), Ok(vec![]));
    assert_eq!(scan::last_zxid(&server.disk), Ok(zxid(5)));
    assert_eq!(server.disk.names().len(), 3);
}

#[test]
fn payloads_travel_unchanged() {
    let server = three_creates();
    for (found, written) in
        records(&server.disk, Zxid::ZERO, LastLog::MayBeEmpty).zip(&server.records)
    {
        assert_eq!(found.expect("good").record.payload, written.payload);
    }
}

#[test]
fn a_sync_covers_the_file_that_was_rolled_away() {
    let mut server = three_creates();
    server.log.append(&super::create_txn(5, "/d"));
    server.log.roll();
    server.log.append(&super::create_txn(6, "/e"));
    let target = server.log.sync_target();
    let both = vec![LOG.into(), "log.100000006".into()];
    assert_eq!(target, Some(crate::storage::SyncTarget::Files(both)));
    assert_eq!(server.log.sync_target(), None);
}

#[test]
fn a_log_cut_anywhere_gives_the_records_before_the_cut() {
    let server = three_creates();
    let end = server.disk.file(LOG).expect("there").data_end();
    let ends: Vec<u64> = records(&server.disk, Zxid::ZERO, LastLog::MayBeEmpty)
        .map(|found| found.expect("good").end)
        .collect();
    for cut in HEADER_LEN..=end {
        let whole = ends.iter().filter(|end| **end <= cut).count();
        let name = || LOG.into();
        for padded in [false, true] {
            let mut disk = server.disk.clone();
            apply(
                &mut disk,
                &FileOp::SetLen {
                    name: name(),
                    len: cut,
                },
            );
            if padded {
                apply(
                    &mut disk,
                    &FileOp::SetLen {
                        name: name(),
                        len: 65_552,
                    },
                );
            }
            assert_eq!(
                zxids(&disk, Zxid::ZERO).map(|z| z.len()),
                Ok(whole),
                "at {cut}"
            );
        }
    }
}

#[test]
fn reasons_to_stop_are_kept_apart() {
    let server = three_creates();
    let end = server.log.bytes_in_file();
    let why = |disk: &Disk| {
        let mut log = records(disk, Zxid::ZERO, LastLog::MayBeEmpty);
        assert!(log.by_ref().all(|found| found.is_ok()));
        log.stops()[0].clone()
    };
    assert_eq!(why(&server.disk).why, StopWhy::Padding);
    assert_eq!(why(&server.disk).offset, end);
    let mut disk = server.disk.clone();
    apply(
        &mut disk,
        &FileOp::SetLen {
            name: LOG.into(),
            len: end,
        },
    );
    assert_eq!(why(&disk).why, StopWhy::Complete);
    apply(
        &mut disk,
        &FileOp::SetLen {
            name: LOG.into(),
            len: end - 9,
        },
    );
    assert_eq!(why(&disk).why, StopWhy::Torn);
    let mut disk = server.disk.clone();
    disk.zero(LOG, end - 1..end);
    assert_eq!(
        (why(&disk).why, why(&disk).hides),
        (StopWhy::NoEndByte, None)
    );
    let third = records(&server.disk, zxid(3), LastLog::MayBeEmpty).next();
    let third = third.expect("there").expect("good");
    disk.zero(LOG, third.end - 1..third.end);
    assert_eq!(why(&disk).hides, None, "1.4 has lost its end byte too");
    let mut disk = server.disk.clone();
    disk.zero(LOG, third.end - 1..third.end);
    assert_eq!(why(&disk).hides, Some(zxid(4)));
}

#[test]
fn damage_ends_a_scan() {
    let server = three_creates();
    let reason = |offset: u64, bytes: &[u8]| {
        let mut disk = server.disk.clone();
        write(&mut disk, LOG, offset, bytes);
        zxids(&disk, Zxid::ZERO).map_err(|corrupt| (corrupt.offset, corrupt.why))
    };
    assert_eq!(reason(0, b"XXXX"), Err((0, Why::Magic(*b"XXXX"))));
    assert_eq!(reason(24, &[0xFF; 4]), Err((24, Why::Length(-1))));
    assert_eq!(reason(24, &[0x7F; 4]), Err((24, Why::Length(0x7F7F_7F7F))));
    assert!(matches!(reason(40, b"?"), Err((16, Why::Checksum { .. }))));
    assert!(
        matches!(reason(4, b"????"), Ok(z) if z.len() == 4),
        "the version is not read"
    );
}

#[test]
fn an_empty_last_log_is_absent_or_damage() {
    let mut server = three_creates();
    put(&mut server.disk, "log.100000009", b"");
    assert_eq!(zxids(&server.disk, Zxid::ZERO).map(|z| z.len()), Ok(4));
    let strict = records(&server.disk, Zxid::ZERO, LastLog::MustBeWhole).last();
    assert_eq!(
        strict,
        Some(Err(Corrupt {
            file: Some("log.100000009".into()),
            offset: 0,
            why: Why::End,
        }))
    );
    put(
        &mut server.disk,
        "log.10000000a",
        &crate::storage::log::header(),
    );
    assert!(
        zxids(&server.disk, Zxid::ZERO).is_err(),
        "it is not the last now"
    );
}

#[test]
fn truncation_keeps_the_zxid_and_nothing_behind_it() {
    let mut server = three_creates();
    server.log.roll();
    server.create("/d", "x");
    let ops = scan::truncate_ops(&server.disk, zxid(2), CutRule::AfterStop).expect("cuts");
    for op in &ops {
        apply(&mut server.disk, op);
    }
    assert_eq!(zxids(&server.disk, Zxid::ZERO), Ok(vec![zxid(1), zxid(2)]));
    assert_eq!(server.disk.file("log.100000005").map(|f| f.len()), None);
    let file = server.disk.file(LOG).expect("there");
    assert_eq!(
        file.len(),
        file.data_end(),
        "the preallocated tail goes too"
    );
}

#[test]
fn a_truncation_that_misses_its_zxid_may_keep_one_record_too_many() {
    let mut server = three_creates();
    server.log.roll();
    server.create("/d", "x");
    assert!(server.disk.delete(LOG));
    let cut = |rule| {
        let mut disk = server.disk.clone();
        for op in &scan::truncate_ops(&disk, zxid(3), rule).expect("cuts") {
            apply(&mut disk, op);
        }
        zxids(&disk, Zxid::ZERO)
    };
    assert_eq!(cut(CutRule::AfterStop), Ok(vec![zxid(5)]));
    assert_eq!(cut(CutRule::NothingBeyond), Ok(vec![]));
    let nothing = scan::truncate_ops(&server.disk, zxid(9), CutRule::AfterStop);
    assert_eq!(nothing, Err(CutRefusal::NothingToCut));
}

#[test]
fn names_that_are_no_logs_are_left_out() {
    let mut server = three_creates();
    for name in ["log.notes", "log.notes.1", "log", "logs.5", "snapshot.zzzz"] {
        put(&mut server.disk, name, b"hello");
    }
    assert_eq!(zxids(&server.disk, Zxid::ZERO).map(|z| z.len()), Ok(4));
    assert_eq!(scan::zxid_in_name("log.notes", "log"), Zxid(-1));
    // What stands behind a second dot does not make it another file to ZooKeeper.
    assert_eq!(scan::zxid_in_name("log.1f.bak", "log"), Zxid(0x1F));
    assert_eq!(scan::zxid_in_name("snapshot.1F.gz", "snapshot"), Zxid(0x1F));
}

#[test]
fn a_torn_header_of_the_last_log_is_absent_only_when_allowed() {
    let mut server = three_creates();
    put(&mut server.disk, "log.100000009", b"ZKLG\0\0");
    let whole = |last| records(&server.disk, Zxid::ZERO, last).all(|found| found.is_ok());
    assert!(whole(LastLog::MayBeTorn));
    assert!(!whole(LastLog::MayBeEmpty) && !whole(LastLog::MustBeWhole));
}
