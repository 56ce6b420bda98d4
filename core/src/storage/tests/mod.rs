//! Tests of the floor as a whole: bytes that real servers wrote, and disks that fail.

mod anatomy;
mod archive;
mod backup;
mod disk;
mod epochs;
mod log;
mod purge;
mod recovery;
mod snapshot;
mod vectors;

#[cfg(not(target_arch = "wasm32"))]
mod backup_random;
#[cfg(not(target_arch = "wasm32"))]
mod random;

use std::sync::Arc;

use super::{Disk, DiskStep, FileOp, LogWriter, SyncTarget, codec};
use crate::base::SessionId;
use crate::model::{Acl, Epoch, Record, Request, TxnBody, Zxid, request::CreateMode};
use crate::tree::{Database, Prep, PrepContext, TreeRules};

const SESSION: SessionId = SessionId(0x0100_0000_0000_0001);

/// One server alone: it prepares, logs, syncs and applies.
struct Server {
    db: Database,
    prep: Prep,
    log: LogWriter,
    disk: Disk,
    records: Vec<Arc<Record>>,
}

impl Server {
    /// A server whose session is open: that was 1.1.
    fn new() -> Self {
        let mut server = Self {
            db: Database::new(),
            prep: Prep::new(),
            log: LogWriter::new(64 << 10),
            disk: Disk::default(),
            records: Vec::new(),
        };
        server.put("snapshot.0", &super::snapshot::whole(&server.db));
        server.run(&Request::CreateSession { timeout_ms: 4_000 });
        server
    }

    fn run(&mut self, request: &Request) -> Arc<Record> {
        self.run_at(zxid(self.records.len() as u32 + 1), request)
    }

    fn run_at(&mut self, zxid: Zxid, request: &Request) -> Arc<Record> {
        let ctx = PrepContext {
            session: SESSION,
            cxid: 0,
            zxid,
            time_ms: 1_767_225_600_000 + zxid.0,
            ids: &[],
            ttl_allowed: true,
            enforce_quota: false,
            refused: None,
            rules: TreeRules::zablab(),
        };
        let record = codec::record(self.prep.prepare(&self.db, ctx, request));
        for op in self.log.append(&record) {
            self.disk.apply(&op).expect("the disk has space");
        }
        let target = self.log.sync_target().expect("something was appended");
        sync(&mut self.disk, &target);
        self.db.apply(&record.txn, TreeRules::zablab());
        self.prep.prune(zxid);
        self.records.push(record.clone());
        record
    }

    fn create(&mut self, path: &str, data: &str) -> Arc<Record> {
        self.run(&Request::Create {
            path: path.into(),
            data: Some(data.as_bytes().into()),
            acl: Acl::open(),
            mode: CreateMode::Persistent,
            op: CreateMode::Persistent.op(),
        })
    }

    fn set(&mut self, path: &str, data: &str) -> Arc<Record> {
        self.run(&Request::SetData {
            path: path.into(),
            data: Some(data.as_bytes().into()),
            version: -1,
        })
    }

    fn delete(&mut self, path: &str) -> Arc<Record> {
        self.run(&Request::Delete {
            path: path.into(),
            version: -1,
        })
    }

    /// A durable file from outside.
    fn put(&mut self, name: &str, bytes: &[u8]) {
        put(&mut self.disk, name, bytes);
    }
}

fn zxid(counter: u32) -> Zxid {
    Zxid::new(Epoch(1), counter)
}

fn put(disk: &mut Disk, name: &str, bytes: &[u8]) {
    apply(disk, &FileOp::Create { name: name.into() });
    write(disk, name, 0, bytes);
    sync(disk, &SyncTarget::Files(vec![name.into()]));
}

fn write(disk: &mut Disk, name: &str, offset: u64, bytes: &[u8]) {
    let write = FileOp::Write {
        name: name.into(),
        offset,
        bytes: bytes.into(),
    };
    apply(disk, &write);
}

fn apply(disk: &mut Disk, op: &FileOp) {
    disk.apply(op).expect("the operation is possible");
}

fn sync(disk: &mut Disk, target: &SyncTarget) {
    let ticket = disk.begin_sync(target);
    disk.finish_sync(&ticket);
}

fn execute(disk: &mut Disk, plan: &[DiskStep]) {
    for step in plan {
        match step {
            DiskStep::Op(op) => apply(disk, op),
            DiskStep::Sync(target) => sync(disk, target),
        }
    }
}

fn read(disk: &Disk, name: &str) -> Option<Vec<u8>> {
    disk.file(name).map(|file| file.content().to_vec())
}

fn create_txn(counter: u32, path: &str) -> Arc<Record> {
    codec::record(crate::model::Txn {
        header: crate::model::TxnHeader {
            session: SESSION,
            cxid: 1,
            zxid: zxid(counter),
            time_ms: 7,
        },
        body: TxnBody::Create {
            path: path.into(),
            data: None,
            acl: Acl::open(),
            ephemeral: false,
            parent_cversion: 1,
            create2: true,
        },
        digest: Some(i64::from(counter)),
    })
}
