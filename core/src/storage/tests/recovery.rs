//! Which snapshot, which records, and when to refuse.

use super::super::recovery::INITIALIZE;
use super::super::{damage, snapshot};
use super::{Server, put, zxid};
use crate::base::{Dice, rng::Subject};
use crate::model::{Epoch, Request, Zxid};
use crate::storage::{
    Disk, FileOp, Finding, GapRule, RecoverOptions, Recovery, Refusal, Why, recover,
};

const LOG: &str = "log.100000001";
const ZABLAB: RecoverOptions = RecoverOptions::ZABLAB;
const V3_8_0: RecoverOptions = RecoverOptions::V3_8_0;
const V3_9_4: RecoverOptions = RecoverOptions::V3_9_4;

/// 1.1 session, 1.2 /a, 1.3 /b, a roll, 1.4 /c, 1.5 /d, a roll, 1.6 /e.
fn three_logs() -> Server {
    let mut server = Server::new();
    for path in ["/a", "/b", "/c", "/d", "/e"] {
        server.create(path, "x");
        if ["/b", "/d"].contains(&path) {
            server.log.roll();
        }
    }
    server
}

fn zxid_of(recovery: &Recovery) -> Option<Zxid> {
    recovery.outcome.as_ref().ok().map(|db| db.last_zxid)
}

fn mismatches(recovery: &Recovery) -> usize {
    let found = recovery.report.iter();
    found
        .filter(|f| matches!(f, Finding::DigestMismatch { .. }))
        .count()
}

#[test]
fn the_story_of_an_ordinary_start() {
    let server = three_logs();
    let recovery = recover(&server.disk, &ZABLAB);
    let told: Vec<String> = recovery.report.iter().map(|f| format!("{f:?}")).collect();
    assert!(told[0].starts_with("SnapshotLoaded"), "{told:?}");
    let replayed = recovery.report.iter().filter_map(|f| match f {
        Finding::Replayed {
            first,
            last,
            records,
            ..
        } => Some((*first, *last, *records)),
        _ => None,
    });
    let replayed: Vec<_> = replayed.collect();
    assert_eq!(
        replayed,
        [
            (zxid(1), zxid(3), 3),
            (zxid(4), zxid(5), 2),
            (zxid(6), zxid(6), 1)
        ]
    );
    assert_eq!(recovery.outcome, Ok(server.db));
    assert_eq!(recovery.last_logged, Some(zxid(6)));
    assert_eq!(recovery.window.len(), 6);
    assert!(recovery.ops.is_empty());
}

#[test]
fn the_window_holds_the_last_records() {
    let options = RecoverOptions {
        window: 2,
        ..ZABLAB
    };
    let window = recover(&three_logs().disk, &options).window;
    let zxids: Vec<Zxid> = window.iter().map(|r| r.zxid()).collect();
    assert_eq!(zxids, [zxid(5), zxid(6)]);
}

#[test]
fn a_restore_stops_at_the_zxid_and_takes_no_later_snapshot() {
    let mut server = three_logs();
    let bytes = snapshot::whole(&server.db);
    server.put("snapshot.100000006", &bytes);
    let options = RecoverOptions {
        until: Some(zxid(4)),
        ..ZABLAB
    };
    let recovery = recover(&server.disk, &options);
    assert_eq!(zxid_of(&recovery), Some(zxid(4)));
    let skipped = Finding::SnapshotTooNew {
        file: "snapshot.100000006".into(),
    };
    assert!(recovery.report.contains(&skipped));
}

#[test]
fn a_missing_inner_log_is_a_gap() {
    let mut server = three_logs();
    server.disk.delete("log.100000004");
    let as_before = recover(&server.disk, &V3_8_0);
    assert_eq!(zxid_of(&as_before), Some(zxid(6)));
    assert_eq!(mismatches(&as_before), 1);
    for options in [V3_9_4, ZABLAB] {
        let refused = recover(&server.disk, &options).outcome;
        assert!(
            matches!(&refused, Err(Refusal::Gap(g)) if (g.after, g.found) == (zxid(3), zxid(6))),
            "{refused:?}"
        );
    }
}

#[test]
fn a_gap_right_after_the_snapshot_is_refused_by_us_alone() {
    let mut server = three_logs();
    server.disk.delete(LOG);
    for options in [V3_8_0, V3_9_4] {
        assert_eq!(zxid_of(&recover(&server.disk, &options)), Some(zxid(6)));
    }
    let refused = recover(&server.disk, &ZABLAB).outcome;
    assert!(matches!(&refused, Err(Refusal::Gap(g)) if g.after == Zxid::ZERO));
    let anyway = RecoverOptions {
        gaps: GapRule::Ignore,
        ..ZABLAB
    };
    let recovery = recover(&server.disk, &anyway);
    assert!(recovery.report.iter().any(|f| matches!(f, Finding::Gap(_))));
    assert_eq!(zxid_of(&recovery), Some(zxid(6)));
}

#[test]
fn a_torn_tail_is_dropped_by_all() {
    for seed in 0..200 {
        let mut server = three_logs();
        let torn = damage::tear(&mut server.disk, &mut Dice::new(seed, Subject::Disk));
        assert_eq!(torn.expect("a record").zxid, zxid(6));
        for options in [V3_8_0, V3_9_4, ZABLAB] {
            assert_eq!(zxid_of(&recover(&server.disk, &options)), Some(zxid(5)));
        }
    }
}

#[test]
fn a_lost_end_byte_in_the_middle_hides_good_records() {
    let mut server = three_logs();
    let first =
        crate::storage::scan::records(&server.disk, zxid(2), crate::storage::LastLog::MayBeEmpty)
            .next();
    let end = first.expect("there").expect("good").end;
    server.disk.zero(LOG, end - 1..end);
    server.disk.delete("log.100000004");
    server.disk.delete("log.100000006");
    assert_eq!(zxid_of(&recover(&server.disk, &V3_8_0)), Some(zxid(1)));
    let refused = recover(&server.disk, &ZABLAB).outcome;
    assert!(matches!(refused, Err(Refusal::Damaged(stop)) if stop.hides == Some(zxid(3))));
}

#[test]
fn a_flipped_bit_in_the_log_stops_every_release() {
    let mut server = three_logs();
    server.disk.flip(LOG, 60, 3);
    for options in [V3_8_0, V3_9_4, ZABLAB] {
        let refused = recover(&server.disk, &options).outcome;
        let Err(Refusal::Corrupt(corrupt)) = refused else {
            panic!("{refused:?}");
        };
        assert!(matches!(corrupt.why, Why::Checksum { .. }));
    }
}

#[test]
fn bad_snapshots_fall_back_to_older_ones() {
    let mut server = three_logs();
    let bytes = snapshot::whole(&server.db);
    server.put("snapshot.100000006", &bytes);
    server.put("snapshot.100000007", &bytes[..bytes.len() / 2]);
    server.disk.flip("snapshot.100000006", 100, 0);
    let recovery = recover(&server.disk, &ZABLAB);
    assert_eq!(
        recovery.report[0],
        Finding::SnapshotUnfinished {
            file: "snapshot.100000007".into()
        }
    );
    assert!(matches!(&recovery.report[1], Finding::SnapshotCorrupt(_)));
    assert_eq!(recovery.outcome, Ok(server.db));
    server.disk.flip("snapshot.0", 100, 0);
    let refused = recover(&server.disk, &V3_8_0).outcome;
    assert_eq!(refused, Err(Refusal::NoUsableSnapshot));
}

#[test]
fn logs_without_a_snapshot_need_trust() {
    let mut server = three_logs();
    server.disk.delete("snapshot.0");
    assert_eq!(
        recover(&server.disk, &ZABLAB).outcome,
        Err(Refusal::NoSnapshot)
    );
    let options = RecoverOptions {
        trust_empty: true,
        ..ZABLAB
    };
    assert_eq!(recover(&server.disk, &options).outcome, Ok(server.db));
}

#[test]
fn an_empty_disk_is_trusted_by_default_or_by_its_marker() {
    let mut disk = Disk::default();
    let fresh = recover(&disk, &ZABLAB);
    assert_eq!(zxid_of(&fresh), Some(Zxid::ZERO));
    assert!(fresh.first_snapshot && fresh.ops.is_empty());
    let careful = RecoverOptions {
        autocreate: false,
        ..ZABLAB
    };
    let empty = recover(&disk, &careful);
    assert_eq!(zxid_of(&empty), Some(Zxid::UNTRUSTED));
    assert_eq!(empty.report, [Finding::UntrustedEmpty]);
    put(&mut disk, INITIALIZE, b"");
    let meant = recover(&disk, &careful);
    assert_eq!(zxid_of(&meant), Some(Zxid::ZERO));
    assert_eq!(
        meant.ops,
        [FileOp::Unlink {
            name: INITIALIZE.into()
        }]
    );
}

#[test]
fn an_empty_newest_log_is_removed_since_3_9_3() {
    let mut server = three_logs();
    put(&mut server.disk, "log.100000007", b"");
    assert!(matches!(
        recover(&server.disk, &V3_8_0).outcome,
        Err(Refusal::Corrupt(_))
    ));
    let recovery = recover(&server.disk, &V3_9_4);
    assert_eq!(zxid_of(&recovery), Some(zxid(6)));
    assert_eq!(
        recovery.ops,
        [FileOp::Unlink {
            name: "log.100000007".into()
        }]
    );
}

/// A hot copy that took the logs before the snapshot: the log ends inside the fuzz.
#[test]
fn a_snapshot_that_the_log_does_not_repair_is_not_used() {
    let mut server = three_logs();
    let (mut writer, ops) =
        snapshot::SnapshotWriter::begin(&server.db, snapshot::SnapshotPolicy::IN_PLACE);
    ops.iter().for_each(|op| super::apply(&mut server.disk, op));
    let db_at_copy = server.db.clone();
    let mut copy = server.disk.clone();
    server.create("/during", "");
    let (more, _) = writer.step(&server.db, usize::MAX);
    ops.iter()
        .chain(&more)
        .for_each(|op| super::apply(&mut copy, op));
    let shipped = recover(&copy, &V3_9_4);
    let db = shipped.outcome.expect("loads");
    assert!(db.tree.node("/during").is_some() && db.last_zxid == zxid(6));
    let never_met = Finding::SnapshotDigestNeverMet { zxid: zxid(7) };
    assert_eq!(shipped.report.last(), Some(&never_met));
    let ours = recover(&copy, &ZABLAB);
    assert_eq!(ours.outcome.as_ref(), Ok(&db_at_copy));
    assert_eq!(ours.window.len(), 6);
    let unrepaired = |f: &&Finding| matches!(f, Finding::SnapshotUnrepaired { .. });
    assert_eq!(ours.report.iter().filter(unrepaired).count(), 1);

    // The history that goes on there is another leader's: the transaction never comes.
    let mut later = Server {
        db: db_at_copy,
        disk: copy,
        ..server
    };
    later.log.roll();
    later.run_at(Zxid::new(Epoch(2), 1), &Request::CloseSession);
    let theirs = recover(&later.disk, &V3_9_4).outcome.expect("loads");
    assert!(theirs.tree.node("/during").is_some());
    let ours = recover(&later.disk, &ZABLAB);
    assert_eq!(ours.report.iter().filter(unrepaired).count(), 1);
    assert_eq!(ours.outcome.as_ref(), Ok(&later.db));
}

#[test]
fn records_twice_or_turned_round() {
    let server = three_logs();
    let frames: Vec<_> = server
        .records
        .iter()
        .map(|r| crate::storage::log::frame(&r.payload))
        .collect();
    let disk_of = |order: &[usize]| {
        let mut bytes = crate::storage::log::header().to_vec();
        order
            .iter()
            .for_each(|n| bytes.extend_from_slice(&frames[*n]));
        let mut disk = Disk::default();
        put(
            &mut disk,
            "snapshot.0",
            &snapshot::whole(&crate::tree::Database::new()),
        );
        put(&mut disk, LOG, &bytes);
        disk
    };
    let twice = disk_of(&[0, 1, 2, 2, 3]);
    let turned = disk_of(&[0, 2, 1, 3]);
    for options in [V3_8_0, V3_9_4, ZABLAB] {
        assert_eq!(zxid_of(&recover(&twice, &options)), Some(zxid(4)));
        let refuses = recover(&turned, &options).outcome.is_err();
        assert_eq!(refuses, options.gaps != GapRule::Ignore);
    }
}
