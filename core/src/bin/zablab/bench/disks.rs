//! How fast the log of a data directory is replayed.

use std::collections::BTreeMap;
use std::time::Instant;

use zablab_core::base::SessionId;
use zablab_core::model::{Acl, Txn, TxnBody, TxnHeader, Zxid};
use zablab_core::storage::{Content, FileName, RecoverOptions, encode_txn, log, recover, snapshot};
use zablab_core::tree::Database;

/// Bytes of log.
const LOG: u64 = 64 << 20;
/// Nodes that the log writes to, again and again.
const NODES: i64 = 10_000;

/// Megabytes of log content a second: snapshot and log are in memory, as they are once they were read.
/// Each record writes `data` bytes to one of 10,000 nodes.
pub fn replay(data: usize) -> f64 {
    let files = directory(data);
    let content = files.values().map(Content::data_end).sum::<u64>();
    let start = Instant::now();
    let recovery = recover(&files, &RecoverOptions::V3_9_4);
    let seconds = start.elapsed().as_secs_f64();
    assert!(recovery.outcome.is_ok(), "a server starts from it");
    content as f64 / 1e6 / seconds
}

fn directory(data: usize) -> BTreeMap<FileName, Content> {
    let mut log = log::header().to_vec();
    let mut zxid = 0;
    let mut append = |body: TxnBody, log: &mut Vec<u8>| {
        zxid += 1;
        let header = TxnHeader {
            session: SessionId(1),
            cxid: 1,
            zxid: Zxid(zxid),
            time_ms: zxid,
        };
        let txn = Txn {
            header,
            body,
            digest: None,
        };
        log.extend_from_slice(&log::frame(&encode_txn(&txn)));
    };
    let path = |n: i64| format!("/node-{n:08}");
    for n in 0..NODES {
        let create = TxnBody::Create {
            path: path(n),
            data: None,
            acl: Acl::open(),
            ephemeral: false,
            parent_cversion: n as i32,
            create2: false,
        };
        append(create, &mut log);
    }
    let mut round = 0;
    while (log.len() as u64) < LOG {
        let set = TxnBody::SetData {
            path: path(round % NODES),
            data: Some(vec![b'x'; data].into()),
            version: (round / NODES) as i32,
        };
        append(set, &mut log);
        round += 1;
    }
    let fresh = snapshot::whole(&Database::new());
    BTreeMap::from([
        (log::file_name(Zxid(1)), Content::from(&log[..])),
        (snapshot::file_name(Zxid::ZERO), Content::from(&fresh[..])),
    ])
}
