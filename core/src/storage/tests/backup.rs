//! Backups of one server, with the ways in which each can fail.

use std::collections::BTreeMap;

use super::{Server, apply, put, zxid};
use crate::model::{Epoch, Request, Zxid};
use crate::storage::backup::{
    Broken, CannotResume, CopyOrder, Fault, FilePart, Heading, Keep, Link, Links, Manifest,
    NotRestorable, NotThere, Point, Restoring, Standing, State, Step, Stopped, Store, Tail, Taking,
    Verdict, Verifying, Warning, Way,
};
use crate::storage::scan::{self, CutRule};
use crate::storage::snapshot::{SnapshotPolicy, SnapshotWriter};
use crate::storage::{Content, Disk, FileName, FileOp, RecoverOptions, recover};

type Files = BTreeMap<FileName, Content>;

fn heading(id: &str, way: Way) -> Heading {
    Heading {
        id: id.into(),
        source: "server 1".to_owned(),
        way,
        started_ms: 5,
    }
}

/// What stands behind the nodes' seal: the digest and the last processed zxid, each with its own seal.
const SECTIONS: u64 = (8 + 4 + 8 + 13) + (8 + 13);

const SNAPSHOT_FIRST: Way = Way::Copy(CopyOrder::SnapshotFirst);

fn finish(mut taking: Taking, disk: &Disk) -> Result<Link<Files>, Stopped> {
    let mut files = Files::new();
    while taking.advance(disk, &mut files, 50)? != Step::Whole {}
    let manifest = taking.manifest(9);
    Ok(Link { manifest, files })
}

fn finish_into(taking: &mut Taking, disk: &Disk, store: &mut impl Store) {
    while taking.advance(disk, store, 100).expect("nothing is wrong") != Step::Whole {}
}

fn full(id: &str, disk: &Disk) -> Link<Files> {
    finish(Taking::full(heading(id, SNAPSHOT_FIRST)), disk).expect("nothing is wrong")
}

fn more(id: &str, parent: &Manifest, disk: &Disk) -> Result<Link<Files>, Stopped> {
    finish(Taking::incremental(heading(id, Way::Shipped), parent), disk)
}

fn verify(links: &[Link<Files>]) -> Verdict {
    let mut work = Verifying::new(links.to_vec());
    while !work.advance(100) {}
    work.verdict().expect("it is done").clone()
}

fn restore(links: &Links<Files>, point: Point, keep: Keep) -> Result<Files, NotThere> {
    let mut work = Restoring::new(links.clone(), point, keep, None);
    let mut files = Files::new();
    while !work.advance(&mut files, 100)? {}
    Ok(files)
}

/// A server with ten nodes, a snapshot in the middle of them.
fn server() -> Server {
    let mut server = Server::new();
    for n in 0..5 {
        server.create(&format!("/a{n}"), "x");
    }
    snapshot_during(&mut server, |server| {
        server.create("/while", "x");
    });
    for n in 0..4 {
        server.create(&format!("/b{n}"), "x");
    }
    server
}

/// A fuzzy snapshot: something happens in the middle of it.
fn snapshot_during(server: &mut Server, happens: impl FnOnce(&mut Server)) {
    server.log.roll();
    let (mut walk, mut ops) = SnapshotWriter::begin(&server.db, SnapshotPolicy::IN_PLACE);
    ops.extend(walk.step(&server.db, 3).0);
    happens(server);
    ops.extend(walk.step(&server.db, usize::MAX).0);
    ops.iter().for_each(|op| apply(&mut server.disk, op));
}

#[test]
fn a_full_backup_holds_the_snapshot_and_the_log_that_repairs_it() {
    let server = server();
    let link = full("b1", &server.disk);
    let manifest = &link.manifest;
    let names: Vec<&str> = manifest.files.iter().map(|part| &*part.name).collect();
    assert_eq!(
        names,
        ["snapshot.100000006", "log.100000001", "log.100000007"]
    );
    let base = manifest.snapshot.as_ref().expect("a full backup has one");
    assert_eq!((base.zxid, base.fuzzy_to), (zxid(6), Some(zxid(7))));
    assert_eq!(
        (manifest.zxid(), manifest.tail),
        (zxid(11), Tail::MayBeUncommitted)
    );
    assert_eq!((manifest.started_ms, manifest.taken_ms), (5, 9));
    // No preallocated zero gets in.
    assert!(manifest.bytes() < 3_000, "{}", manifest.bytes());
    let range = verify(&[link]).restorable.expect("nothing is wrong");
    assert_eq!((range.first, range.last), (zxid(7), zxid(11)));
}

#[test]
fn a_chain_is_restored_to_any_point_with_a_higher_epoch() {
    let mut server = server();
    put(&mut server.disk, "acceptedEpoch", b"4");
    let mut links = vec![full("b1", &server.disk)];
    for n in 0..3 {
        server.set("/a0", &n.to_string());
        server.log.roll();
        server.set("/a1", &n.to_string());
        let parent = &links.last().expect("one at least").manifest;
        links.push(more(&format!("i{n}"), parent, &server.disk).expect("it goes on"));
    }
    assert!(links[1].manifest.files[0].from > 0);
    let files = restore(&links, Point::Zxid(zxid(13)), Keep::Sessions).expect("in the range");
    let names: Vec<&str> = files.keys().map(|name| &**name).collect();
    assert_eq!(
        names,
        ["acceptedEpoch", "currentEpoch", "snapshot.10000000d"]
    );
    assert_eq!(files["acceptedEpoch"].to_vec(), b"5");
    let db = recover(&files, &RecoverOptions::V3_8_0)
        .outcome
        .expect("it starts");
    assert_eq!((db.last_zxid, db.sessions.size()), (zxid(13), 1));
    let files = restore(&links, Point::End, Keep::NoSessions).expect("it covers its end");
    let db = recover(&files, &RecoverOptions::V3_9_4)
        .outcome
        .expect("it starts");
    assert_eq!(db.tree.difference(&server.db.tree), None);
    assert_eq!((db.last_zxid, db.sessions.size()), (zxid(17), 0));
    let before = restore(&links, Point::Zxid(zxid(6)), Keep::Sessions);
    assert_eq!(
        before.expect_err("the backup begins later"),
        NotThere::Before { first: zxid(7) }
    );
    let behind = restore(&links, Point::Zxid(zxid(18)), Keep::Sessions);
    assert_eq!(
        behind.expect_err("the backup ends earlier"),
        NotThere::Behind { last: zxid(17) }
    );
}

#[test]
fn logs_before_the_snapshot_are_noticed() {
    let mut server = server();
    let mut taking = Taking::full(heading("b1", Way::Copy(CopyOrder::LogsFirst)));
    let mut files = Files::new();
    while !files.contains_key("log.100000007") {
        taking
            .advance(&server.disk, &mut files, 5_000)
            .expect("nothing is wrong");
    }
    snapshot_during(&mut server, |server| {
        server.create("/late", "x");
    });
    finish_into(&mut taking, &server.disk, &mut files);
    let manifest = taking.manifest(9);
    let wrong = Link { manifest, files };
    let why = verify(std::slice::from_ref(&wrong)).restorable;
    assert!(
        matches!(&why, Err(NotRestorable::SnapshotUnrepaired { seen, log_ends, .. })
            if (*seen, *log_ends) == (zxid(12), zxid(11))),
        "{why:?}"
    );
    // What is missing can still come as an increment.
    let rest = more("i1", &wrong.manifest, &server.disk).expect("it goes on");
    let range = verify(&[wrong, rest])
        .restorable
        .expect("the log repairs it now");
    assert_eq!((range.first, range.last), (zxid(12), zxid(12)));
}

#[test]
fn an_increment_needs_the_very_record_of_its_parent() {
    let mut server = server();
    let parent = full("b1", &server.disk).manifest;
    let broken = |disk: &Disk| match more("i1", &parent, disk) {
        Err(Stopped::Broken(Broken::ChainBroken { found, .. })) => found,
        other => panic!("{other:?}"),
    };
    let mut purged = server.disk.clone();
    purged.delete("log.100000007");
    assert_eq!(broken(&purged), Standing::NoFile);
    let ops = scan::truncate_ops(&server.disk, zxid(10), CutRule::NothingBeyond);
    for op in ops.expect("it can be cut") {
        apply(&mut server.disk, &op);
    }
    assert_eq!(broken(&server.disk), Standing::NoRecord);
    // Another history, of the same length and at the same place.
    let other = super::create_txn(99, "/b3");
    let frame = crate::storage::log::frame(&other.payload);
    let at = parent.end().expect("it has a log").offset;
    super::write(&mut server.disk, "log.100000007", at, &frame);
    assert_eq!(broken(&server.disk), Standing::Other(zxid(99)));
}

#[test]
fn a_file_that_vanishes_breaks_a_backup_and_a_full_vault_only_stops_it() {
    /// A store with room for so many bytes.
    struct Small(Files, u64);
    impl Store for Small {
        fn create(&mut self, name: &FileName) -> Result<(), Fault> {
            self.0.create(name)
        }
        fn write(&mut self, name: &FileName, at: u64, bytes: &[u8]) -> Result<(), Fault> {
            let held: u64 = self.0.values().map(Content::len).sum();
            if held + bytes.len() as u64 > self.1 {
                return Err(Fault::Full);
            }
            self.0.write(name, at, bytes)
        }
        fn finish(&mut self, name: &FileName) -> Result<(), Fault> {
            self.0.finish(name)
        }
        fn discard(&mut self, name: &FileName) -> Result<(), Fault> {
            self.0.discard(name)
        }
        fn keep_only(&mut self, parts: &[FilePart]) -> Result<(), Fault> {
            self.0.keep_only(parts)
        }
    }
    let mut server = server();
    let mut store = Small(Files::new(), 1_700);
    let mut taking = Taking::full(heading("b1", SNAPSHOT_FIRST));
    let stopped = loop {
        match taking.advance(&server.disk, &mut store, 100) {
            Ok(_) => {}
            Err(stopped) => break stopped,
        }
    };
    assert_eq!(stopped, Stopped::Fault(Fault::Full));
    let state = taking.manifest(9).state;
    assert!(matches!(state, State::Taking { done, all } if done < all));
    let links = vec![Link {
        manifest: taking.manifest(9),
        files: store.0.clone(),
    }];
    assert!(matches!(
        verify(&links).restorable,
        Err(NotRestorable::Incomplete { .. })
    ));
    // There is room again: it goes on where it stopped, or is taken up from what is written down.
    store.1 = 9_000;
    let mut other = Small(store.0.clone(), store.1);
    let mut again = Taking::resume(taking.manifest(9), &mut other).expect("it can be resumed");
    finish_into(&mut taking, &server.disk, &mut store);
    finish_into(&mut again, &server.disk, &mut other);
    assert_eq!(again.manifest(9).files, taking.manifest(9).files);
    assert_eq!(store.0, other.0);
    assert_eq!(
        Taking::resume(again.manifest(9), &mut store),
        Err(CannotResume::Whole)
    );

    let mut racing = Taking::full(heading("b2", SNAPSHOT_FIRST));
    racing
        .advance(&server.disk, &mut store, 10)
        .expect("nothing is wrong");
    server.disk.delete("log.100000001");
    let why = loop {
        match racing.advance(&server.disk, &mut store, 100) {
            Ok(_) => {}
            Err(stopped) => break stopped,
        }
    };
    assert_eq!(
        why,
        Stopped::Broken(Broken::Vanished("log.100000001".into()))
    );
    assert!(matches!(racing.manifest(9).state, State::Broken(_)));
}

#[test]
fn damage_in_the_source_is_no_end_of_the_log() {
    let server = server();
    let mut disk = server.disk.clone();
    assert!(disk.flip("log.100000007", 40, 3));
    let taken = finish(Taking::full(heading("b1", SNAPSHOT_FIRST)), &disk);
    assert!(matches!(
        taken.map(|link| link.manifest),
        Err(Stopped::Broken(Broken::Damaged { offset: 16, .. }))
    ));
    // A record that is only half there is the end.
    let mut torn = server.disk.clone();
    let end = torn.file("log.100000007").expect("there").data_end();
    torn.zero("log.100000007", end - 20..end);
    let link = full("b2", &torn);
    assert_eq!(link.manifest.zxid(), zxid(10));
    assert_eq!(
        verify(&[link]).restorable.map(|range| range.last),
        Ok(zxid(10))
    );
    // A snapshot whose seal is wrong is passed over.
    let mut spoiled = server.disk.clone();
    assert!(spoiled.flip("snapshot.100000006", 60, 1));
    let link = full("b3", &spoiled);
    assert_eq!(
        link.manifest.snapshot.map(|base| base.zxid),
        Some(Zxid::ZERO)
    );
}

#[test]
fn a_snapshot_without_its_digest_is_good_from_where_the_leader_says_so() {
    let mut server = Server::new();
    for n in 0..5 {
        server.create(&format!("/a{n}"), "x");
    }
    snapshot_during(&mut server, |server| {
        server.set("/a3", "caught");
        server.set("/a4", "caught");
    });
    server.create("/b", "x");
    // A crash cut it right behind its nodes: as a file of an old release it is whole.
    let file = "snapshot.100000006";
    let end = server.disk.file(file).expect("there").data_end();
    let ops = FileOp::SetLen {
        name: file.into(),
        len: end - SECTIONS,
    };
    apply(&mut server.disk, &ops);
    // Without the second change the tree of 1.7 is none of the leader's; behind that one it is.
    let link = full("b1", &server.disk);
    let verdict = verify(std::slice::from_ref(&link));
    let range = verdict.restorable.expect("its last digest agrees");
    assert_eq!((range.first, range.last), (zxid(9), zxid(9)));
    let name = file.into();
    assert!(verdict.warnings.contains(&Warning::NoDigest { file: name }));
    let files = restore(&vec![link], Point::End, Keep::Sessions).expect("it covers its end");
    let db = recover(&files, &RecoverOptions::V3_8_0).outcome;
    let db = db.expect("it starts");
    assert_eq!(db.tree.difference(&server.db.tree), None);
    // Nobody is left who could say that it is right again.
    let ops = scan::truncate_ops(&server.disk, zxid(7), CutRule::NothingBeyond);
    for op in ops.expect("it can be cut") {
        apply(&mut server.disk, &op);
    }
    let why = verify(&[full("b2", &server.disk)]).restorable;
    assert_eq!(why, Err(NotRestorable::TxnDigest { zxid: zxid(7) }));
}

#[test]
fn a_history_that_lost_the_end_of_an_epoch_is_refused_where_the_next_one_tells() {
    let mut server = server();
    server.log.roll();
    let next = Zxid::new(Epoch(2), 1);
    server.run_at(next, &Request::CreateSession { timeout_ms: 4_000 });
    let end = server.disk.file("log.100000007").expect("there").data_end();
    server.disk.zero("log.100000007", end - 20..end);
    // No number is missing between two epochs, and the server comes up.
    let recovery = recover(&server.disk, &RecoverOptions::ZABLAB);
    let db = recovery.outcome.expect("it is not noticed");
    assert_eq!(db.last_zxid, next);
    assert!(db.tree.difference(&server.db.tree).is_some());
    let link = full("b1", &server.disk);
    assert_eq!(link.manifest.zxid(), next);
    let why = verify(std::slice::from_ref(&link)).restorable;
    assert_eq!(why, Err(NotRestorable::TxnDigest { zxid: next }));
    assert!(restore(&vec![link], Point::End, Keep::Sessions).is_err());
}

#[test]
fn an_increment_does_not_jump_over_what_came_as_a_snapshot() {
    let mut server = server();
    let parent = full("b1", &server.disk).manifest;
    // The leader sent a snapshot that holds 1.12 to 1.19, and the log goes on behind it.
    server.log.roll();
    let held = crate::storage::snapshot::whole(&server.db);
    server.put("snapshot.100000013", &held);
    let request = Request::CreateSession { timeout_ms: 4_000 };
    server.run_at(zxid(20), &request);
    let file = "log.100000014".into();
    let (after, found) = (zxid(11), zxid(20));
    assert_eq!(
        more("i1", &parent, &server.disk).map(drop),
        Err(Stopped::Broken(Broken::Gap { file, after, found }))
    );
    // In the middle of a file it is the same, and a full backup holds it all: verifying tells.
    server.run_at(zxid(30), &request);
    let parent = full("b2", &server.disk);
    let why = verify(std::slice::from_ref(&parent)).restorable;
    assert!(matches!(why, Err(NotRestorable::Gap(_))), "{why:?}");
    server.run_at(zxid(40), &request);
    let gap = more("i2", &parent.manifest, &server.disk).map(drop);
    let (after, found) = (zxid(30), zxid(40));
    assert!(
        matches!(&gap, Err(Stopped::Broken(Broken::Gap { after: a, found: f, .. })) if (*a, *f) == (after, found)),
        "{gap:?}"
    );
}

#[test]
fn without_a_record_nothing_is_known_of_a_time_and_no_epoch_is_above_the_last() {
    let mut server = Server::new();
    server.disk.delete("log.100000001");
    put(&mut server.disk, "acceptedEpoch", b"2147483646");
    let links = vec![full("b1", &server.disk)];
    let early = restore(&links, Point::BeforeTime(1), Keep::Sessions);
    assert_eq!(
        early.map_err(|why| why.to_string()).err().as_deref(),
        Some("no transaction in it has a time, so nothing is known of that time: name a zxid")
    );
    let known = Epoch(2_147_483_646);
    let refused = NotThere::LastEpoch { known };
    assert_eq!(restore(&links, Point::End, Keep::Sessions), Err(refused));
}

#[test]
fn files_copied_as_they_are_have_a_manifest_too() {
    let server = server();
    let files: Files = crate::storage::ReadFiles::names(&server.disk)
        .into_iter()
        .map(|name| {
            let content = crate::storage::ReadFiles::content(&server.disk, &name);
            (name.clone(), content.expect("listed").clone())
        })
        .collect();
    let manifest = Manifest::of_files(heading("b1", Way::Cold), &files);
    assert_eq!(manifest.zxid(), zxid(11));
    let link = Link { manifest, files };
    let rest = more("i1", &link.manifest, &server.disk).expect("its record stands there");
    assert_eq!((rest.manifest.bytes(), rest.manifest.zxid()), (0, zxid(11)));
    let range = verify(&[link, rest]).restorable.expect("nothing is wrong");
    assert_eq!((range.last, range.last.epoch()), (zxid(11), Epoch(1)));
}
