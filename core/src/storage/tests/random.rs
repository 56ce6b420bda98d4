//! Properties that hold for any bytes, any operations and any dice.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::super::snapshot::{self, SnapshotPolicy, SnapshotWriter};
use super::super::{codec, scan};
use super::{Server, apply};
use crate::base::{Dice, SessionId, rng::Subject};
use crate::model::{Acl, Record, Request, Txn, TxnBody, TxnHeader, Zxid, request::CreateMode};
use crate::storage::{
    Disk, FileName, FileOp, LogWriter, ReadFiles, RecoverOptions, SyncTarget, recover,
};
use crate::tree::TreeRules;

fn text() -> impl Strategy<Value = String> {
    "[a-z/é\u{4e2d}]{0,12}"
}

fn data() -> impl Strategy<Value = Option<Arc<[u8]>>> {
    option::of(vec(any::<u8>(), 0..40).prop_map(Arc::from))
}

fn acl() -> impl Strategy<Value = Vec<Acl>> {
    let entry = (any::<i32>(), text(), text());
    vec(
        entry.prop_map(|(perms, scheme, id)| Acl { perms, scheme, id }),
        0..3,
    )
}

/// Every type that may also stand in a multi.
fn simple_body() -> impl Strategy<Value = TxnBody> {
    prop_oneof![
        (
            text(),
            data(),
            acl(),
            any::<bool>(),
            any::<i32>(),
            any::<bool>()
        )
            .prop_map(|(path, data, acl, ephemeral, parent_cversion, create2)| {
                TxnBody::Create {
                    path,
                    data,
                    acl,
                    ephemeral,
                    parent_cversion,
                    create2,
                }
            }),
        (text(), data(), acl(), any::<i32>(), any::<i64>()).prop_map(
            |(path, data, acl, parent_cversion, ttl_ms)| TxnBody::CreateTtl {
                path,
                data,
                acl,
                parent_cversion,
                ttl_ms,
            }
        ),
        (text(), data(), acl(), any::<i32>()).prop_map(|(path, data, acl, parent_cversion)| {
            TxnBody::CreateContainer {
                path,
                data,
                acl,
                parent_cversion,
            }
        }),
        text().prop_map(|path| TxnBody::Delete { path }),
        text().prop_map(|path| TxnBody::DeleteContainer { path }),
        (text(), data(), any::<i32>()).prop_map(|(path, data, version)| TxnBody::SetData {
            path,
            data,
            version,
        }),
        (text(), data(), any::<i32>()).prop_map(|(path, data, version)| TxnBody::Reconfig {
            path,
            data,
            version,
        }),
        (text(), acl(), any::<i32>()).prop_map(|(path, acl, version)| TxnBody::SetAcl {
            path,
            acl,
            version,
        }),
        any::<i32>().prop_map(|code| TxnBody::Error { code }),
    ]
}

fn body() -> impl Strategy<Value = TxnBody> {
    let check = (text(), any::<i32>()).prop_map(|(path, version)| TxnBody::Check { path, version });
    prop_oneof![
        6 => simple_body(),
        1 => any::<i32>().prop_map(|timeout_ms| TxnBody::CreateSession { timeout_ms }),
        1 => vec(text(), 0..4).prop_map(|paths| TxnBody::CloseSession { paths: Some(paths) }),
        2 => vec(prop_oneof![4 => part(), 1 => check], 0..5).prop_map(TxnBody::Multi),
    ]
}

/// What a multi may hold.
fn part() -> impl Strategy<Value = TxnBody> {
    simple_body().prop_map(|body| match body {
        TxnBody::SetAcl { .. } | TxnBody::Reconfig { .. } => TxnBody::Unread {
            code: body.type_code(),
            bytes: Some([1, 2, 3].into()),
        },
        body => body,
    })
}

fn txn() -> impl Strategy<Value = Txn> {
    let header = (any::<i64>(), any::<i32>(), any::<i64>(), any::<i64>());
    (header, body(), option::of(any::<i64>())).prop_map(|(h, body, digest)| Txn {
        header: TxnHeader {
            session: SessionId(h.0),
            cxid: h.1,
            zxid: Zxid(h.2),
            time_ms: h.3,
        },
        // An error carries no digest; ZooKeeper writes none.
        digest: digest.filter(|_| !matches!(body, TxnBody::Error { .. })),
        body,
    })
}

/// Bytes changed here and there, cut, lengthened.
fn damaged(bytes: &[u8], damage: &[(usize, u8)], cut: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, byte) in damage {
        if !bytes.is_empty() {
            let at = at % bytes.len();
            bytes[at] = *byte;
        }
    }
    bytes.truncate(bytes.len().saturating_sub(cut % 40));
    bytes
}

proptest! {
    #[test]
    fn every_transaction_survives_its_bytes(txn in txn()) {
        let payload = codec::encode_txn(&txn);
        prop_assert_eq!(codec::decode_txn(&payload), Ok(txn));
    }

    #[test]
    fn bad_payloads_are_refused_and_never_panic(
        txn in txn(),
        damage in vec((any::<usize>(), any::<u8>()), 1..6),
        cut in any::<usize>(),
        noise in vec(any::<u8>(), 0..200),
    ) {
        let _ = codec::decode_txn(&damaged(&codec::encode_txn(&txn), &damage, cut));
        let _ = codec::decode_txn(&noise);
    }

    #[test]
    fn bad_files_are_answered_and_never_panic(
        log in vec((any::<usize>(), any::<u8>()), 0..4),
        snap in vec((any::<usize>(), any::<u8>()), 0..4),
        cut in any::<usize>(),
    ) {
        let mut server = Server::new();
        for n in 0..4 {
            server.create(&format!("/n{n}"), "data");
        }
        let file = server.disk.file("log.100000001").expect("there");
        let bytes = file.read(0..file.data_end());
        server.put("log.100000001", &damaged(&bytes, &log, cut));
        let bytes = damaged(&snapshot::whole(&server.db), &snap, 0);
        server.put("snapshot.100000005", &bytes);
        let _ = snapshot::read_stream(&bytes, Zxid(1), TreeRules::zablab());
        for options in [RecoverOptions::V3_8_0, RecoverOptions::V3_9_4, RecoverOptions::ZABLAB] {
            let recovery = recover(&server.disk, &options);
            prop_assert!(!recovery.report.is_empty() || recovery.outcome.is_err());
        }
    }
}

/// What a run does to a disk.
#[derive(Clone, Debug)]
enum Act {
    Append { file: usize, len: usize },
    Replace { from: usize, to: usize },
    Unlink(usize),
    Begin(usize),
    Finish,
    Directory,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..3_usize, 1..50_usize).prop_map(|(file, len)| Act::Append { file, len }),
        1 => (0..3_usize, 0..3_usize).prop_map(|(from, to)| Act::Replace { from, to }),
        1 => (0..3_usize).prop_map(Act::Unlink),
        3 => (0..3_usize).prop_map(Act::Begin),
        3 => Just(Act::Finish),
        1 => Just(Act::Directory),
    ]
}

fn name(n: usize) -> FileName {
    ["a", "b", "c"][n].into()
}

/// Appends bytes that are never zero and tell their position.
fn append(disk: &mut Disk, name: &FileName, len: usize) {
    if disk.file(name).is_none() {
        apply(disk, &FileOp::Create { name: name.clone() });
    }
    let offset = disk.file(name).expect("just made").len();
    let bytes: Vec<u8> = (offset..)
        .take(len)
        .map(|at| (at % 251) as u8 + 1)
        .collect();
    let name = name.clone();
    apply(
        disk,
        &FileOp::Write {
            name,
            offset,
            bytes: bytes.into(),
        },
    );
}

fn contents(disk: &Disk) -> BTreeMap<FileName, Vec<u8>> {
    let names = disk.names().into_iter();
    names
        .map(|name| (name.clone(), disk.content(&name).expect("listed").to_vec()))
        .collect()
}

proptest! {
    #[test]
    fn synced_bytes_survive_any_power_loss_and_the_rest_as_a_prefix(
        acts in vec(prop_oneof![
            5 => (0..3_usize, 1..50_usize).prop_map(|(file, len)| Act::Append { file, len }),
            2 => (0..3_usize).prop_map(Act::Begin),
            2 => Just(Act::Finish),
        ], 1..60),
        seed in any::<u64>(),
    ) {
        let mut disk = Disk::default();
        let mut tickets = Vec::new();
        let mut synced = BTreeMap::new();
        for act in acts {
            match act {
                Act::Append { file, len } => append(&mut disk, &name(file), len),
                Act::Begin(file) => {
                    let target = SyncTarget::Files(vec![name(file)]);
                    let len = disk.file(&name(file)).map(|f| f.len());
                    tickets.push((disk.begin_sync(&target), name(file), len));
                }
                _ => {
                    for (ticket, name, len) in tickets.drain(..) {
                        disk.finish_sync(&ticket);
                        synced.extend(len.map(|len| (name, len)));
                    }
                }
            }
        }
        for (name, len) in &synced {
            prop_assert_eq!(disk.file(name).map(|f| f.durable_len()), Some(*len));
        }
        let before = contents(&disk);
        disk.crash_power(&mut Dice::new(seed, Subject::Disk));
        let after = contents(&disk);
        for (name, len) in synced {
            prop_assert!(after[&name].len() as u64 >= len);
        }
        for (name, bytes) in after {
            prop_assert!(before[&name].starts_with(&bytes));
        }
    }

    #[test]
    fn a_disk_that_syncs_everything_loses_nothing(
        acts in vec(act(), 1..80),
        seed in any::<u64>(),
    ) {
        let mut disk = Disk::default();
        let mut tickets = Vec::new();
        for act in acts {
            match act {
                Act::Append { file, len } => append(&mut disk, &name(file), len),
                Act::Replace { from, to } => {
                    let (from, to) = (name(from), name(to));
                    let there = disk.file(&from).is_some();
                    let done = disk.apply(&FileOp::Rename { from, to });
                    prop_assert_eq!(done.is_ok(), there);
                }
                Act::Unlink(file) => {
                    let _ = disk.apply(&FileOp::Unlink { name: name(file) });
                }
                Act::Begin(file) => {
                    tickets.push(disk.begin_sync(&SyncTarget::Files(vec![name(file)])));
                }
                Act::Finish => tickets.drain(..).for_each(|ticket| disk.finish_sync(&ticket)),
                Act::Directory => tickets.push(disk.begin_sync(&SyncTarget::Directory)),
            }
            let mut crashed = disk.clone();
            crashed.crash_power(&mut Dice::new(seed, Subject::Disk));
            prop_assert_eq!(contents(&crashed), contents(&crashed.durable_view()));
        }
        for target in [SyncTarget::Files((0..3).map(name).collect()), SyncTarget::Directory] {
            let ticket = disk.begin_sync(&target);
            disk.finish_sync(&ticket);
        }
        let before = contents(&disk);
        prop_assert_eq!(contents(&disk.durable_view()), before.clone());
        let loss = disk.crash_power(&mut Dice::new(seed, Subject::Disk));
        prop_assert_eq!(loss, crate::storage::PowerLoss::default());
        prop_assert_eq!(contents(&disk), before);
    }

    #[test]
    fn a_log_after_a_power_loss_holds_a_prefix_with_all_that_was_synced(
        lens in vec((1..3_000_usize, any::<bool>(), prop::bool::weighted(0.1)), 1..30),
        seed in any::<u64>(),
    ) {
        let mut disk = Disk::default();
        let mut log = LogWriter::new(16 << 10);
        let mut records: Vec<Arc<Record>> = Vec::new();
        let mut synced = 0;
        for (len, sync, roll) in lens {
            let counter = records.len() as u32 + 1;
            let record = super::create_txn(counter, &"x".repeat(len));
            for op in log.append(&record) {
                apply(&mut disk, &op);
            }
            records.push(record);
            if sync {
                let ticket = disk.begin_sync(&log.sync_target().expect("appended"));
                disk.finish_sync(&ticket);
                synced = records.len();
            }
            // A roll keeps the order of the files only if the old one was synced first.
            if roll && sync {
                log.roll();
            }
        }
        disk.crash_power(&mut Dice::new(seed, Subject::Disk));
        let read: Vec<_> = scan::records(&disk, Zxid::ZERO, scan::LastLog::MayBeEmpty)
            .map_while(Result::ok)
            .map(|found| found.record)
            .collect();
        prop_assert!(read.len() >= synced, "{} of {synced}", read.len());
        prop_assert_eq!(&read[..], &records[..read.len()]);
    }
}

/// A request on a handful of paths, so that creates and deletes meet.
pub(super) fn request() -> impl Strategy<Value = Request> {
    let path = || {
        prop_oneof![
            4 => Just("/p"),
            4 => Just("/p/k"),
            1 => Just("/q"),
            1 => Just("/p/k/x"),
        ]
        .prop_map(String::from)
    };
    let mode = prop_oneof![
        3 => Just(CreateMode::Persistent),
        1 => Just(CreateMode::PersistentSequential),
        1 => Just(CreateMode::Ephemeral),
    ];
    let list = prop_oneof![Just(31), Just(15), Just(7)].prop_map(|perms| vec![Acl::world(perms)]);
    prop_oneof![
        4 => (path(), data(), list.clone(), mode).prop_map(|(path, data, acl, mode)| {
            Request::create(path, data, acl, mode)
        }),
        3 => path().prop_map(|path| Request::Delete { path, version: -1 }),
        2 => (path(), data()).prop_map(|(path, data)| {
            Request::SetData { path, data, version: -1 }
        }),
        1 => (path(), list).prop_map(|(path, mut acl)| {
            acl[0].perms |= 16;
            Request::SetAcl { path, acl, version: -1 }
        }),
    ]
}

proptest! {
    #[test]
    fn any_fuzzy_snapshot_and_its_log_give_the_state_of_the_server(
        before in vec(request(), 0..8),
        during in vec((request(), prop_oneof![3 => Just(0_usize), 1 => 1..3_usize]), 0..16),
        after in vec(request(), 0..4),
    ) {
        let mut server = Server::new();
        for request in &before {
            server.run(request);
        }
        let (mut writer, ops) = SnapshotWriter::begin(&server.db, SnapshotPolicy::IN_PLACE);
        let mut written = ops;
        for (request, nodes) in &during {
            server.run(request);
            written.extend(writer.step(&server.db, *nodes).0);
        }
        written.extend(writer.step(&server.db, usize::MAX).0);
        for op in &written {
            apply(&mut server.disk, op);
        }
        for request in &after {
            server.run(request);
        }
        let recovery = recover(&server.disk, &RecoverOptions::ZABLAB);
        let db = recovery.outcome.expect("everything is on disk");
        prop_assert_eq!(db.tree.difference(&server.db.tree), None);
        prop_assert_eq!(db.tree.digest(), server.db.tree.digest());
        prop_assert_eq!(db.sessions, server.db.sessions);
        prop_assert_eq!(db.last_zxid, server.db.last_zxid);
    }
}
