//! Bytes that ZooKeeper 3.8.0 wrote.

use super::super::{codec, log, snapshot};
use super::{Server, put};
use crate::base::SessionId;
use crate::model::{Acl, Record, TxnBody, Zxid, acl::perms};
use crate::storage::{Disk, RecoverOptions, recover, scan};
use crate::tree::Database;

/// Records of one log, whole frames: the first six of a fresh server.
const FIRST: [&str; 6] = [
    "00000000b50f0a24000000300100001d11ab0000000000000000000000000001000001a1f85b115bfffffff6000075\
     30000000020000000051c6d66042",
    "00000000c67f0c83000000590100001d11ab0000000000050000000000000002000001a1f85b116e0000000f000000\
     022f61000000036f6e65000000010000001f00000005776f726c6400000006616e796f6e6500000000010000000200\
     000000d2f7821c42",
    "00000000b5a606570000003d0100001d11ab0000000000070000000000000003000001a1f85b117500000005000000\
     022f610000000374776f0000000100000002000000010f137b6242",
    "00000000946206450000003a0100001d11ab0000000000080000000000000004000001a1f85b117600000005000000\
     022f6100000000000000020000000200000001029bffaa42",
    "00000000dc0108b60000003a0100001d11ab0000000000090000000000000005000001a1f85b117700000005000000\
     022f61ffffffff0000000300000002000000005b02203b42",
    "0000000065870fcf000000580100001d11ab00000000000b0000000000000006000001a1f85b11780000000f000000\
     042f612f78ffffffff000000010000001f00000005776f726c6400000006616e796f6e650000000001000000020000\
     0001c55f49d142",
];

/// Payloads of other types.
const OTHERS: [(&str, &str); 7] = [
    (
        "delete",
        "0100001d11ab0000000000100000000000000008000001a1f85b117b00000002000000042f612f780000000200\
         000001754d0da9",
    ),
    (
        "setACL",
        "0100001d11ab000000000018000000000000000b000001a1f85b117f00000007000000022f6100000002000000\
         1100000005776f726c6400000006616e796f6e650000001f0000000664696765737400000003753a6800000001\
         000000020000000123af2d41",
    ),
    (
        "error",
        "0100001d11ab00000000002c0000000000000018000001a1f85b118cfffffffffffffff8",
    ),
    (
        "createContainer",
        "0100001d11ab00000000007a000000000000005b000001a1f85b11bd00000013000000042f626f780000000000\
         0000010000001f00000005776f726c6400000006616e796f6e650000000f000000020000000fb0fdc007",
    ),
    (
        "createTTL",
        "0100001d11ab00000000007b000000000000005c000001a1f85b11bf00000015000000042f74746c0000000000\
         0000010000001f00000005776f726c6400000006616e796f6e6500000010000000000000ea6000000002000000\
         10a8179ef8",
    ),
    (
        "multi",
        "0100001d11ab0000000000890000000000000065000001a1f85b11c90000000e00000004000000050000000f00\
         0000022f6d000000013200000002000000010000002c000000042f6d2f6b00000000000000010000001f000000\
         05776f726c6400000006616e796f6e650000000002ffffffff00000004ffffff99ffffffff00000004fffffffe\
         00000002000000120ff1e720",
    ),
    (
        "closeSession",
        "0100001d11ab0004000000040000000000000088000001a1f85b11fefffffff500000002000000102f712f6542\
         2d30303030303030303039000000032f654200000002000000178adfcfaa",
    ),
];

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|two| {
            let text = std::str::from_utf8(two).expect("digits");
            u8::from_str_radix(text, 16).expect("digits")
        })
        .collect()
}

fn first_log() -> Disk {
    let mut file = log::header().to_vec();
    for record in FIRST {
        file.extend(bytes(record));
    }
    file.resize(65_552, 0);
    let mut disk = Disk::default();
    put(&mut disk, "snapshot.0", &snapshot::whole(&Database::new()));
    put(&mut disk, "log.1", &file);
    disk
}

#[test]
fn the_header_of_a_log() {
    assert_eq!(*log::header(), *bytes("5a4b4c47000000020000000000000000"));
}

#[test]
fn records_of_a_real_log_read_and_write_the_same() {
    let disk = first_log();
    let found: Vec<_> = scan::records(&disk, Zxid::ZERO, scan::LastLog::MustBeWhole)
        .collect::<Result<_, _>>()
        .expect("the log is good");
    assert_eq!(found.len(), FIRST.len());
    for (found, hex) in found.iter().zip(FIRST) {
        let payload = codec::encode_txn(&found.record.txn);
        assert_eq!(payload, found.record.payload);
        assert_eq!(*log::frame(&payload), *bytes(hex));
    }
    let first = &found[0].record.txn;
    assert_eq!(first.header.session, SessionId(0x0100_001d_11ab_0000));
    assert_eq!(first.body, TxnBody::CreateSession { timeout_ms: 30_000 });
    assert_eq!(first.digest, Some(1_371_985_504));
}

#[test]
fn every_digest_of_a_real_log_is_met_in_replay() {
    let recovery = recover(&first_log(), &RecoverOptions::V3_8_0);
    let db = recovery.outcome.expect("the log is good");
    assert_eq!(db.last_zxid, Zxid(6));
    assert_eq!(db.tree.digest(), 0x0001_c55f_49d1);
    let complaints = recovery
        .report
        .iter()
        .filter(|finding| matches!(finding, crate::storage::Finding::DigestMismatch { .. }));
    assert_eq!(complaints.count(), 0);
}

#[test]
fn payloads_of_every_type_read_and_write_the_same() {
    for (word, hex) in OTHERS {
        let payload = bytes(hex);
        let txn = codec::decode_txn(&payload).expect(word);
        assert_eq!(txn.body.word(), word);
        assert_eq!(*codec::encode_txn(&txn), *payload, "{word}");
        assert_eq!(txn.digest.is_none(), word == "error");
    }
}

#[test]
fn a_create_from_before_3_4_has_no_parent_cversion() {
    let payload = bytes(OTHERS[0].1);
    let mut old = payload[..28].to_vec();
    old.extend(bytes("00000001000000022f61ffffffff0000000001"));
    let txn = codec::decode_txn(&old).expect("readable");
    assert_eq!(
        txn.body,
        TxnBody::Create {
            path: "/a".into(),
            data: None,
            acl: Vec::new(),
            ephemeral: true,
            parent_cversion: -1,
            create2: false,
        }
    );
}

#[test]
fn a_bare_check_can_be_written_but_never_read() {
    let mut txn = codec::decode_txn(&bytes(OTHERS[0].1)).expect("readable");
    txn.body = TxnBody::Check {
        path: "/a".into(),
        version: 3,
    };
    let refused = codec::decode_txn(&codec::encode_txn(&txn));
    assert_eq!(
        refused.map_err(|c| c.why),
        Err(crate::storage::Why::TxnType(13))
    );
    txn.body = TxnBody::Multi(vec![txn.body]);
    assert_eq!(codec::decode_txn(&codec::encode_txn(&txn)), Ok(txn));
}

#[test]
fn what_is_applied_is_what_the_bytes_say() {
    let mut txn = codec::decode_txn(&bytes(OTHERS[0].1)).expect("readable");
    txn.body = TxnBody::SetAcl {
        path: "/a".into(),
        acl: vec![Acl {
            perms: perms::ALL,
            scheme: "digest".into(),
            id: "😀".into(),
        }],
        version: 1,
    };
    let record: &Record = &codec::record(txn);
    assert_eq!(codec::decode_txn(&record.payload).as_ref(), Ok(&record.txn));
}

#[test]
fn the_first_snapshot_of_a_server() {
    let whole = snapshot::whole(&Database::new());
    assert_eq!(whole.len(), 478, "three sections, as 3.9 writes them");
    assert_eq!(whole[406..419], bytes("000000012f00000000b8a23b49"));
    let section = "0000000000000000000000020000000000000000";
    assert_eq!(whole[424..444], bytes(section), "no transaction, no digest");
    assert_eq!(whole[444..452], bytes("0000000095b93d59"));
    let policy = snapshot::SnapshotPolicy {
        last_processed: false,
        ..snapshot::SnapshotPolicy::IN_PLACE
    };
    let db = Database::new();
    let (mut writer, _) = snapshot::SnapshotWriter::begin(&db, policy);
    writer.step(&db, usize::MAX);
    assert_eq!(writer.bytes_done(), 457, "two sections, as 3.8 writes them");
    assert_eq!(&**writer.name(), "snapshot.0");
}

#[test]
fn a_log_is_named_by_its_first_zxid_in_hex() {
    let server = Server::new();
    assert_eq!(&**server.log.current().expect("open"), "log.100000001");
    let file = server.disk.file("log.100000001").expect("there");
    assert_eq!((file.len(), file.pending_bytes()), (65_552, 0));
    assert_eq!(file.data_end(), server.log.bytes_in_file());
    assert_eq!(file.durable_end(), file.data_end());
}
