//! Snapshots, at rest and fuzzy.

use super::super::snapshot::{self, SnapshotPolicy, SnapshotWriter};
use super::{Server, apply, execute, zxid};
use crate::base::{Dice, rng::Subject};
use crate::model::{Acl, Request, acl::perms, request::CreateMode};
use crate::storage::jute::Writer;
use crate::storage::snapshot::items::{self, Items};
use crate::storage::snapshot::{Packing, ReadRules};
use crate::storage::{
    Content, Corrupt, Disk, FileName, Finding, LoadedSnapshot, ReadFiles, RecoverOptions, Refusal,
    Why, recover,
};
use crate::tree::{Database, TreeRules};

const RULES: ReadRules = ReadRules {
    tree: TreeRules::zablab(),
    last_processed: true,
};

fn read(bytes: &[u8], name: &FileName) -> Result<LoadedSnapshot, Corrupt> {
    snapshot::read(&Content::from(bytes), name, RULES)
}

fn load(disk: &Disk, name: &str) -> LoadedSnapshot {
    let content = disk.content(name).expect("there");
    snapshot::read(content, &name.into(), RULES).expect("whole")
}

/// A tree with every kind of node.
fn furnished() -> Server {
    let mut server = Server::new();
    let modes = [
        CreateMode::Ephemeral,
        CreateMode::Container,
        CreateMode::Ttl(60_000),
        CreateMode::PersistentSequential,
    ];
    for (n, mode) in modes.into_iter().enumerate() {
        server.run(&Request::Create {
            path: format!("/n{n}-é"),
            data: None,
            acl: vec![Acl::world(perms::ALL), Acl::world(perms::READ)],
            mode,
            op: mode.op(),
        });
    }
    server.create("/d", "");
    server.create("/d/e", "deep");
    server
}

fn differs(a: &Database, b: &Database) -> bool {
    a.tree.difference(&b.tree).is_some()
        || a.sessions != b.sessions
        || a.tree.digest() != b.tree.digest()
}

#[test]
fn a_snapshot_at_rest_is_the_database() {
    let server = furnished();
    let bytes = snapshot::whole(&server.db);
    let name = snapshot::file_name(server.db.last_zxid);
    let loaded = read(&bytes, &name).expect("whole");
    assert!(!differs(&loaded.database, &server.db));
    assert_eq!(loaded.database.last_zxid, zxid(7));
    assert_eq!(loaded.digest, Some((zxid(7), server.db.tree.digest())));
    assert_eq!(loaded.last_processed, Some(zxid(7)));
}

#[test]
fn a_stream_is_the_database_without_the_frame() {
    let server = furnished();
    let bytes = snapshot::stream(&server.db);
    let db = snapshot::read_stream(&bytes, zxid(7), RULES.tree).expect("whole");
    assert!(!differs(&db, &server.db));
    assert_eq!(db.last_zxid, zxid(7));
    assert!(snapshot::read_stream(&bytes[..bytes.len() - 1], zxid(7), RULES.tree).is_err());
}

#[test]
fn any_flipped_bit_and_any_cut_is_noticed() {
    let server = furnished();
    let bytes = snapshot::whole(&server.db);
    let name = snapshot::file_name(zxid(7));
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1 << (at % 8);
        // The text in a seal does not count. A longer one swallows the seal behind it, and with it
        // the section that only the last seal covers; the tree is what it was.
        let in_text = at == bytes.len() - 23;
        let whole = read(&bad, &name).is_ok_and(|s| !differs(&s.database, &server.db));
        assert_eq!(whole, in_text, "byte {at} of {}", bytes.len());
        let cut = read(&bytes[..at], &name);
        let sections = [bytes.len() - 21, bytes.len() - 54];
        assert_eq!(cut.is_ok(), sections.contains(&at), "cut at {at}");
    }
}

#[test]
fn sections_of_later_releases_are_optional() {
    let server = furnished();
    let bytes = snapshot::whole(&server.db);
    let name = snapshot::file_name(zxid(7));
    let sections = |len| {
        let s = read(&bytes[..len], &name).expect("whole");
        (s.digest.is_some(), s.last_processed.is_some())
    };
    assert_eq!(sections(bytes.len()), (true, true));
    assert_eq!(sections(bytes.len() - 21), (true, false));
    assert_eq!(sections(bytes.len() - 54), (false, false));
}

#[test]
fn a_node_without_a_parent_is_refused() {
    let mut server = Server::new();
    server.create("/a", "");
    server.create("/a/b", "");
    let mut bytes = snapshot::stream(&server.db);
    let at = bytes
        .windows(6)
        .position(|w| w == b"\0\0\0\x02/a")
        .expect("there");
    bytes[at + 5] = b'c';
    let refused = snapshot::read_stream(&bytes, zxid(2), RULES.tree);
    assert_eq!(refused.map_err(|c| c.why), Err(Why::Path("/a/b".into())));
}

/// The whole point of snapshots that nobody waits for: the file holds a state that never was, and
/// the log makes it right.
#[test]
fn a_fuzzy_snapshot_of_no_state_that_ever_was_recovers_exactly() {
    let mut server = Server::new();
    server.create("/a", "old");
    server.create("/z", "old");
    server.create("/z/gone", "");
    let before = server.db.clone();
    let (mut writer, ops) = SnapshotWriter::begin(&server.db, SnapshotPolicy::IN_PLACE);
    ops.iter().for_each(|op| apply(&mut server.disk, op));
    // The root and /a are visited, /z and what is below it are not.
    let (ops, done) = writer.step(&server.db, 2);
    ops.iter().for_each(|op| apply(&mut server.disk, op));
    assert!(!done);
    let mut states = vec![before];
    server.set("/a", "new");
    states.push(server.db.clone());
    server.set("/z", "new");
    states.push(server.db.clone());
    server.delete("/z/gone");
    states.push(server.db.clone());
    server.create("/late", "");
    states.push(server.db.clone());
    let (ops, done) = writer.step(&server.db, 100);
    ops.iter().for_each(|op| apply(&mut server.disk, op));
    assert!(done);
    execute(&mut server.disk, &writer.finish());

    let loaded = load(&server.disk, "snapshot.100000004");
    let text = |path: &str| loaded.database.tree.node(path).and_then(|n| n.data.clone());
    assert_eq!(text("/a").as_deref(), Some(&b"old"[..]));
    assert_eq!(text("/z").as_deref(), Some(&b"new"[..]));
    for state in &states {
        assert!(differs(&loaded.database, state));
    }
    assert_eq!(loaded.digest, Some((zxid(8), server.db.tree.digest())));

    let recovery = recover(&server.disk, &RecoverOptions::ZABLAB);
    let noted = Finding::SnapshotDigestAgrees { zxid: zxid(8) };
    assert!(recovery.report.contains(&noted), "{:?}", recovery.report);
    let db = recovery.outcome.expect("recovers");
    assert!(!differs(&db, &server.db));
    assert_eq!(db.last_zxid, zxid(8));
}

/// The walk comes to /p after it was deleted and made again, and finds /p/k in it. Replay deletes
/// /p, makes it, and finds /p/k still there: whoever asks the whole tree never puts it back into
/// its parent's list, and no digest tells.
#[test]
fn a_child_that_outlived_its_parent_is_attached_again() {
    let mut server = Server::new();
    server.create("/p", "");
    // It keeps the access control list in use, so that its number stays.
    server.create("/other", "");
    let (mut writer, mut ops) = SnapshotWriter::begin(&server.db, SnapshotPolicy::IN_PLACE);
    server.delete("/p");
    server.create("/p", "");
    server.create("/p/k", "");
    ops.extend(writer.step(&server.db, usize::MAX).0);
    ops.iter().for_each(|op| apply(&mut server.disk, op));
    let children = |options| {
        let recovery = recover(&server.disk, options);
        let db = recovery.outcome.expect("recovers");
        assert_eq!(db.tree.digest(), server.db.tree.digest());
        db.tree.iter_children("/p").count()
    };
    assert_eq!(children(&RecoverOptions::ZABLAB), 1);
    assert_eq!(children(&RecoverOptions::V3_8_0), 1);
    assert_eq!(children(&RecoverOptions::V3_9_4), 0);
}

/// The table of access control lists is written before the nodes. A list that gets another number
/// meanwhile is missing from it, and a release ends over the first node that it cannot tell of.
#[test]
fn a_list_that_the_table_lacks_ends_a_release_and_not_us() {
    let mut server = Server::new();
    server.create("/p", "");
    let (mut writer, mut ops) = SnapshotWriter::begin(&server.db, SnapshotPolicy::IN_PLACE);
    server.delete("/p");
    server.create("/p", "");
    ops.extend(writer.step(&server.db, usize::MAX).0);
    server.delete("/p");
    ops.iter().for_each(|op| apply(&mut server.disk, op));
    for options in [RecoverOptions::V3_8_0, RecoverOptions::V3_9_4] {
        let refused = recover(&server.disk, &options).outcome;
        assert_eq!(refused.err(), Some(Refusal::Poison(zxid(3))));
    }
    let ours = recover(&server.disk, &RecoverOptions::ZABLAB).outcome;
    assert!(!differs(&ours.expect("recovers"), &server.db));
}

#[test]
fn a_snapshot_takes_its_name_only_when_it_is_whole_and_durable() {
    let server = furnished();
    let mut disk = Disk::default();
    let (mut writer, ops) = SnapshotWriter::begin(&server.db, SnapshotPolicy::DURABLE);
    ops.iter().for_each(|op| apply(&mut disk, op));
    loop {
        let (ops, done) = writer.step(&server.db, 3);
        ops.iter().for_each(|op| apply(&mut disk, op));
        if done {
            break;
        }
    }
    let plan = writer.finish();
    for (steps, seed) in (0..=plan.len()).flat_map(|n| (0..30).map(move |s| (n, s))) {
        let mut disk = disk.clone();
        execute(&mut disk, &plan[..steps]);
        disk.crash_power(&mut Dice::new(seed, Subject::Disk));
        let there = disk.content(writer.name()).is_some();
        if there {
            assert!(!differs(&load(&disk, writer.name()).database, &server.db));
        }
        assert!(there || steps < plan.len());
    }
    assert_eq!(writer.nodes_done(), server.db.tree.len() as u64);
}

/// What `SnappyOutputStream` of snappy-java writes: a header, then blocks with their lengths.
fn packed_by_snappy(bytes: &[u8]) -> Vec<u8> {
    let mut packed = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
    for block in bytes.chunks(300) {
        let block = snap::raw::Encoder::new()
            .compress_vec(block)
            .expect("packs");
        packed.extend((block.len() as u32).to_be_bytes());
        packed.extend(block);
    }
    packed
}

fn packed_by_gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).expect("packs");
    gzip.finish().expect("packs")
}

#[test]
fn items_are_written_as_they_were_read() {
    let bytes = snapshot::whole(&furnished().db);
    let mut items = Items::open(Packing::Plain, bytes[..].into(), true).expect("opens");
    let mut w = Writer::new();
    while let Some(item) = items.next_item().expect("whole") {
        items::write(&mut w, &item);
    }
    assert_eq!(w.bytes(), bytes);
}

#[test]
fn packed_snapshots_are_read_and_what_lies_behind_is_not_asked_for() {
    let server = furnished();
    let bytes = snapshot::whole(&server.db);
    let without_last_section = &bytes[..bytes.len() - 21];
    let content = |bytes: &[u8], broken: bool, pack: fn(&[u8]) -> Vec<u8>| {
        let mut packed = pack(bytes);
        if broken {
            // The checksum of gzip, or bytes that are no block of snappy.
            let end = packed.len();
            packed[end - 8..].fill(0xFF);
            packed.extend([0xFF; 100]);
        }
        packed
    };
    for (pack, ending) in [
        (packed_by_gzip as fn(&[u8]) -> Vec<u8>, "gz"),
        (packed_by_snappy, "snappy"),
    ] {
        let name: FileName = format!("snapshot.100000007.{ending}").into();
        let loaded = read(&content(&bytes, false, pack), &name).expect("whole");
        assert!(!differs(&loaded.database, &server.db));
        assert_eq!(loaded.last_processed, Some(zxid(7)));
        assert_eq!(snapshot::zxid_of(&name), zxid(7));
    }
    let name: FileName = "snapshot.100000007.gz".into();
    let broken = content(without_last_section, true, packed_by_gzip);
    assert_eq!(read(&broken, &name).map_err(|c| c.why), Err(Why::Packing));
    let older = ReadRules {
        last_processed: false,
        ..RULES
    };
    assert!(snapshot::read(&Content::from(&broken[..]), &name, older).is_ok());
}
