//! Values that real servers wrote.

use super::*;
use crate::model::TxnHeader;
use crate::tree::{AclId, path};

const SESSION: SessionId = SessionId(0x0100_001d_11ab_0000);

fn txn(zxid: i64, time_ms: i64, body: TxnBody) -> Txn {
    let header = TxnHeader {
        session: SESSION,
        cxid: 0,
        zxid: Zxid(zxid),
        time_ms,
    };
    Txn {
        header,
        body,
        digest: None,
    }
}

#[test]
fn a_fresh_tree_has_the_known_digest_and_four_nodes() {
    let tree = Database::new().tree;
    assert_eq!(tree.digest(), 1_371_985_504);
    let digest = |path| tree.node(path).map(|node| node.digest());
    assert_eq!(digest(path::ROOT), Some(68_323_592));
    assert_eq!(digest(path::ZOOKEEPER), Some(1_303_661_912));
    assert_eq!(digest(path::QUOTA), Some(0));
    assert_eq!(digest(path::CONFIG), Some(0));
    assert_eq!(tree.len(), 4);
    let cversion = |path| tree.stat(path).map(|stat| stat.cversion);
    assert_eq!(cversion("/"), Some(-1));
    assert_eq!(cversion("/zookeeper"), Some(-2));
    assert_eq!(tree.stat(path::CONFIG).map(|stat| stat.aversion), Some(-1));
    let config = tree.node(path::CONFIG).expect("a fresh tree has it");
    assert_eq!(config.acl, AclId(1));
}

#[test]
fn the_digests_of_a_recorded_run_come_out() {
    let steps = [
        (
            1,
            1_795_168_080_219,
            TxnBody::CreateSession { timeout_ms: 30_000 },
            0x51c6_d660,
        ),
        (
            2,
            1_795_168_080_238,
            create_txn("/a", Some("one"), 1),
            0xd2f7_821c,
        ),
        (
            3,
            1_795_168_080_245,
            set_txn("/a", Some("two"), 1),
            0x1_0f13_7b62,
        ),
        (
            4,
            1_795_168_080_246,
            set_txn("/a", Some(""), 2),
            RECORDED[0],
        ),
        (5, 1_795_168_080_247, set_txn("/a", None, 3), RECORDED[1]),
        (
            6,
            1_795_168_080_248,
            create_txn("/a/x", None, 1),
            RECORDED[2],
        ),
    ];
    let mut db = Database::new();
    for (zxid, time_ms, body, digest) in steps {
        let applied = db.apply(&txn(zxid, time_ms, body), TreeRules::zablab());
        assert_eq!(applied.error, ErrorCode::Ok);
        assert_eq!(db.tree.digest(), digest, "after {zxid}");
    }
}

const RECORDED: [i64; 3] = [4_338_745_258, 1_526_865_979, 7_606_323_665];

fn create_txn(path: &str, text: Option<&str>, parent_cversion: i32) -> TxnBody {
    TxnBody::Create {
        path: path.to_owned(),
        data: text.and_then(data),
        acl: Acl::open(),
        ephemeral: false,
        parent_cversion,
        create2: true,
    }
}

fn set_txn(path: &str, text: Option<&str>, version: i32) -> TxnBody {
    TxnBody::SetData {
        path: path.to_owned(),
        data: text.and_then(data),
        version,
    }
}

#[test]
fn owners_are_encoded_as_zookeeper_does() {
    let ttl = NodeOwner::Ttl(60_000);
    assert_eq!(NodeOwner::Container.encode(), i64::MIN);
    assert_eq!(ttl.encode() as u64, 0xFF00_0000_0000_EA60);
    for owner in [
        NodeOwner::Nobody,
        NodeOwner::Container,
        ttl,
        NodeOwner::Session(SESSION),
    ] {
        assert_eq!(NodeOwner::decode(owner.encode()), owner);
    }
}
