//! Snapshots: `snapshot.<zxid>` files, written while transactions go on.
//!
//! ```text
//!   "ZKSN" version dbid │ sessions │ access lists │ node node node ... "/" │ seal
//!          │ zxid, digest version, digest │ seal │ last processed zxid │ seal
//! ```
//!
//! # Fuzzy
//!
//! The file is named by the last zxid applied when the walk *starts*. The walk copies one node at a
//! time, with the names of its children, and the tree changes meanwhile. So `snapshot.X` holds every
//! effect of the transactions up to X and any part of the effects of later ones: a state that may
//! never have existed. Replaying the log from X+1 on repairs it, because transactions hold absolute
//! values. The digest section names the last zxid applied when the walk *ended*: a log that ends
//! before it does not repair the snapshot.
//!
//! A seal is the Adler-32 of everything before it, earlier seals included. A file without its last
//! seal was never finished and counts for nothing.
//!
//! In ZooKeeper: `FileSnap`, `SerializeUtils`, `DataTree.serialize`.

pub mod items;
mod reader;
mod source;
mod unpack;

use simd_adler32::Adler32;

use super::codec::DIGEST_VERSION;
use super::jute::Writer;
use super::op::{DiskStep, FileName, FileOp, SyncTarget};
use super::scan::zxid_in_name;
use super::walk::Walk;
use crate::model::Zxid;
use crate::tree::Database;

pub use reader::{ReadRules, SnapshotReader, reach, read, read_stream};
pub use source::{Packing, VALUE_MAX};
pub(in crate::storage) use unpack::unpack;

/// `"ZKSN"`.
const MAGIC: [u8; 4] = *b"ZKSN";
/// How every finished file ends: the text `"/"`.
const LAST: [u8; 5] = [0, 0, 0, 1, b'/'];

/// How a snapshot is put on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SnapshotPolicy {
    /// Written under a temporary name and renamed when it is whole.
    pub tmp: bool,
    /// Synced when it is whole, before the rename if there is one.
    pub fsync: bool,
    /// The directory is synced after the rename.
    pub sync_directory: bool,
    /// With the third section, as from 3.9 on.
    pub last_processed: bool,
}

impl SnapshotPolicy {
    /// ZooKeeper's routine snapshot: in place, and nobody waits for it.
    pub const IN_PLACE: Self = Self {
        tmp: false,
        fsync: false,
        sync_directory: false,
        last_processed: true,
    };

    /// ZooKeeper's snapshot of a learner that synchronizes: whole and durable before the rename.
    pub const SYNCED: Self = Self {
        tmp: true,
        fsync: true,
        ..Self::IN_PLACE
    };

    /// A snapshot that a purge may trust: durable, its name included.
    pub const DURABLE: Self = Self {
        sync_directory: true,
        ..Self::SYNCED
    };
}

/// A snapshot being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotWriter {
    name: FileName,
    /// Where it is written until it is whole.
    file: FileName,
    zxid: Zxid,
    policy: SnapshotPolicy,
    walk: Walk,
    offset: u64,
    checksum: u32,
    done: bool,
}

/// What a snapshot file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedSnapshot {
    /// Tree and sessions; its last zxid is the one in the file's name.
    pub database: Database,
    /// The digest section: last zxid applied when the walk ended, and the tree's digest then.
    pub digest: Option<(Zxid, i64)>,
    /// The section of 3.9; nothing is decided by it.
    pub last_processed: Option<Zxid>,
}

/// The name of the snapshot of that zxid.
pub fn file_name(zxid: Zxid) -> FileName {
    format!("snapshot.{zxid:x}").into()
}

/// The zxid in the name of a snapshot; negative when it is none.
pub fn zxid_of(name: &str) -> Zxid {
    zxid_in_name(name, "snapshot")
}

impl SnapshotWriter {
    /// Starts a snapshot of the database as it is now: its name, its sessions, its table of access
    /// control lists.
    pub fn begin(db: &Database, policy: SnapshotPolicy) -> (Self, Vec<FileOp>) {
        let name = file_name(db.last_zxid);
        let file = if policy.tmp {
            format!("{name}.tmp").into()
        } else {
            name.clone()
        };
        let mut writer = Self {
            name,
            file,
            zxid: db.last_zxid,
            policy,
            walk: Walk::new(),
            offset: 0,
            checksum: Adler32::new().finish(),
            done: false,
        };
        let mut w = Writer::new();
        w.raw(&MAGIC).int(2).long(-1);
        write_tables(&mut w, db);
        let create = FileOp::Create {
            name: writer.file.clone(),
        };
        let head = writer.put(&w.into_bytes());
        (writer, vec![create, head])
    }

    /// Visits up to `nodes` more nodes of the tree as it is now. The answer says whether the
    /// snapshot is whole; then follow the steps of [`Self::finish`].
    pub fn step(&mut self, db: &Database, nodes: usize) -> (Vec<FileOp>, bool) {
        if self.done {
            return (Vec::new(), true);
        }
        let mut w = Writer::new();
        let more = self.walk.visit(&db.tree, nodes, |path, node| {
            items::write_node(&mut w, path, node);
        });
        let mut ops = Vec::new();
        if !w.bytes().is_empty() {
            ops.push(self.put(&w.into_bytes()));
        }
        if !more {
            let tail = self.tail(db);
            ops.push(self.put(&tail));
            self.done = true;
        }
        (ops, self.done)
    }

    /// What makes a whole snapshot take its place, in this order.
    pub fn finish(&self) -> Vec<DiskStep> {
        let mut plan = Vec::new();
        if self.policy.fsync {
            let file = vec![self.file.clone()];
            plan.push(DiskStep::Sync(SyncTarget::Files(file)));
        }
        if self.policy.tmp {
            plan.push(DiskStep::Op(FileOp::Rename {
                from: self.file.clone(),
                to: self.name.clone(),
            }));
        }
        if self.policy.sync_directory {
            plan.push(DiskStep::Sync(SyncTarget::Directory));
        }
        plan
    }

    /// The name it has when it is whole.
    pub fn name(&self) -> &FileName {
        &self.name
    }

    /// The last zxid applied when it was started.
    pub fn zxid(&self) -> Zxid {
        self.zxid
    }

    /// Nodes written so far.
    pub fn nodes_done(&self) -> u64 {
        self.walk.visited()
    }

    /// Bytes written so far.
    pub fn bytes_done(&self) -> u64 {
        self.offset
    }

    /// The end of the nodes, the sections behind them, and their seals.
    fn tail(&self, db: &Database) -> Vec<u8> {
        let mut sum = Adler32::from_checksum(self.checksum);
        let mut w = Writer::new();
        w.string("/");
        seal(&mut w, &mut sum, 0);
        let start = w.bytes().len();
        let (zxid, digest) = match db.last_zxid {
            Zxid::ZERO => (Zxid::ZERO, 0),
            last => (last, db.tree.digest()),
        };
        w.long(zxid.0).int(DIGEST_VERSION).long(digest);
        seal(&mut w, &mut sum, start);
        if self.policy.last_processed {
            let start = w.bytes().len();
            w.long(db.last_zxid.0);
            seal(&mut w, &mut sum, start);
        }
        w.into_bytes()
    }

    fn put(&mut self, bytes: &[u8]) -> FileOp {
        let mut sum = Adler32::from_checksum(self.checksum);
        sum.write(bytes);
        self.checksum = sum.finish();
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        FileOp::Write {
            name: self.file.clone(),
            offset,
            bytes: bytes.into(),
        }
    }
}

/// Seals what was written; `sum` does not know the bytes from `start` on yet.
fn seal(w: &mut Writer, sum: &mut Adler32, start: usize) {
    sum.write(&w.bytes()[start..]);
    let sealed = w.bytes().len();
    w.long(i64::from(sum.finish())).string("/");
    sum.write(&w.bytes()[sealed..]);
}

/// A whole snapshot at rest, as bytes of a file.
pub fn whole(db: &Database) -> Vec<u8> {
    let (mut writer, mut ops) = SnapshotWriter::begin(db, SnapshotPolicy::IN_PLACE);
    ops.extend(writer.step(db, usize::MAX).0);
    let mut bytes = Vec::new();
    for op in ops {
        if let FileOp::Write { bytes: more, .. } = op {
            bytes.extend_from_slice(&more);
        }
    }
    bytes
}

/// The stream of a SNAP synchronization: sessions and tree, without header, seals and sections.
pub fn stream(db: &Database) -> Vec<u8> {
    let mut w = Writer::new();
    write_tables(&mut w, db);
    Walk::new().visit(&db.tree, usize::MAX, |path, node| {
        items::write_node(&mut w, path, node);
    });
    w.string("/");
    w.into_bytes()
}

fn write_tables(w: &mut Writer, db: &Database) {
    w.count(db.sessions.size());
    for (session, timeout_ms) in &db.sessions {
        w.long(session.0).int(*timeout_ms);
    }
    w.count(db.tree.acls().len());
    for (id, list) in db.tree.acls().iter() {
        w.long(id.0).acl(list);
    }
}
