//! What a purge keeps.

use super::super::{purge, purge::Trust, snapshot};
use super::{Server, apply, put, write, zxid};
use crate::storage::{FileOp, ReadFiles};

/// Snapshots and rolled logs at 1.2, 1.4, ...: the log of each starts before its snapshot.
fn with_snapshots(count: u32) -> Server {
    let mut server = Server::new();
    for n in 0..count {
        server.create(&format!("/n{n}"), "");
        let bytes = snapshot::whole(&server.db);
        let name = snapshot::file_name(server.db.last_zxid);
        server.put(&name, &bytes);
        server.create(&format!("/m{n}"), "");
        server.log.roll();
    }
    server
}

fn left(server: &mut Server, ops: &[FileOp]) -> Vec<String> {
    for op in ops {
        apply(&mut server.disk, op);
    }
    server.disk.names().iter().map(|n| n.to_string()).collect()
}

#[test]
fn the_log_that_straddles_the_oldest_snapshot_stays() {
    let mut server = with_snapshots(4);
    let ops = purge::ops(&server.disk, 3, Trust::Whole);
    assert_eq!(
        left(&mut server, &ops),
        [
            "log.100000004",
            "log.100000006",
            "log.100000008",
            "snapshot.100000004",
            "snapshot.100000006",
            "snapshot.100000008",
        ]
    );
    let recovery = crate::storage::recover(&server.disk, &crate::storage::RecoverOptions::ZABLAB);
    assert_eq!(recovery.outcome, Ok(server.db));
}

#[test]
fn fewer_than_three_are_never_kept() {
    let server = with_snapshots(4);
    let (one, three) = (
        purge::ops(&server.disk, 1, Trust::Whole),
        purge::ops(&server.disk, 3, Trust::Whole),
    );
    assert_eq!(one, three);
    assert_eq!(purge::ops(&server.disk, 9, Trust::Whole), []);
}

#[test]
fn only_whole_snapshots_count_and_only_durable_ones_when_asked() {
    let mut server = with_snapshots(4);
    put(&mut server.disk, "snapshot.200000000", b"ZKSN, and no seal");
    let whole = purge::whole_snapshots(&server.disk, true);
    assert_eq!(whole.len(), 5);
    assert_eq!(whole[0].0, zxid(8));
    let bytes = snapshot::whole(&server.db);
    let name = "snapshot.200000001";
    apply(&mut server.disk, &FileOp::Create { name: name.into() });
    write(&mut server.disk, name, 0, &bytes);
    let oldest_kept = |trust| {
        let mut server = Server {
            disk: server.disk.clone(),
            ..Server::new()
        };
        let ops = purge::ops(&server.disk, 3, trust);
        left(&mut server, &ops)[0].clone()
    };
    assert_eq!(oldest_kept(Trust::Whole), "log.100000006");
    assert_eq!(oldest_kept(Trust::Durable), "log.100000004");
}

#[test]
fn newer_snapshots_are_found_for_a_truncation() {
    let mut server = with_snapshots(3);
    let ops = purge::newer_snapshots(&server.disk, zxid(4));
    assert!(left(&mut server, &ops).ends_with(&[
        "snapshot.0".into(),
        "snapshot.100000002".into(),
        "snapshot.100000004".into()
    ]));
}

/// A walk that began below the cut and went on beyond it caught what the cut takes back.
#[test]
fn a_fuzzy_snapshot_that_reaches_beyond_the_cut_goes_too() {
    let mut server = with_snapshots(2);
    server.create("/before", "");
    let (mut writer, ops) =
        snapshot::SnapshotWriter::begin(&server.db, snapshot::SnapshotPolicy::IN_PLACE);
    let (name, begun) = (writer.name().clone(), server.db.last_zxid);
    server.create("/during", "");
    let (more, done) = writer.step(&server.db, usize::MAX);
    assert!(done);
    let write = ops.iter().chain(&more);
    write.for_each(|op| apply(&mut server.disk, op));
    assert_eq!(
        snapshot::reach(server.disk.content(&name).expect("it was written"), &name),
        begun.next()
    );
    let goes = |zxid| {
        purge::newer_snapshots(&server.disk, zxid)
            .iter()
            .any(|op| *op.name() == name)
    };
    assert!(goes(begun), "its name lies at the cut, its effects beyond");
    assert!(!goes(begun.next()));
}
