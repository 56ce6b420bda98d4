//! Reading a snapshot, a piece at a time.
//!
//! ```text
//!   head ► sessions ► access lists ► nodes ► seal ► digest ► seal ► last processed zxid ► seal
//! ```
//!
//! A large file takes long, and a page must not freeze meanwhile: [`SnapshotReader::advance`] reads
//! some and comes back. What is missing behind the first seal is from an older release and is
//! accepted; what is there must be right. The seals are compared, the `/` in them is not.
//!
//! In ZooKeeper: `FileSnap.deserialize`, `SerializeUtils.deserializeSnapshot`,
//! `DataTree.deserialize`, `DataTree.deserializeZxidDigest`.

use std::sync::Arc;

use super::source::{Packing, Source};
use super::{DIGEST_VERSION, LoadedSnapshot, MAGIC, zxid_of};
use crate::base::SessionId;
use crate::model::{Acl, Zxid};
use crate::storage::content::Content;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::jute::Reader;
use crate::storage::op::FileName;
use crate::tree::{AclId, Database, NodeStat, TreeRules, Znode};

/// How a snapshot is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadRules {
    /// How the tree treats what it finds.
    pub tree: TreeRules,
    /// The section of 3.9 is read; if not, what is behind the digest does not matter.
    pub last_processed: bool,
}

/// A snapshot that is being read.
pub struct SnapshotReader {
    name: FileName,
    len: u64,
    source: Source,
    rules: ReadRules,
    stage: Stage,
    database: Database,
    digest: Option<(Zxid, i64)>,
    last_processed: Option<Zxid>,
}

#[derive(Clone, Copy)]
enum Stage {
    Head,
    Sessions(i32),
    Lists(i32),
    Nodes,
    Tail,
    Done,
}

impl SnapshotReader {
    /// Begins to read a file. Its name tells its zxid, and how it is packed.
    pub fn open(name: FileName, content: Content, rules: ReadRules) -> Result<Self, Corrupt> {
        let len = content.len();
        let source = Source::open(Packing::of_name(&name), content)
            .map_err(|corrupt| corrupt.within(&name, 0))?;
        let mut database = Database::empty();
        database.last_zxid = zxid_of(&name);
        Ok(Self {
            name,
            len,
            source,
            rules,
            stage: Stage::Head,
            database,
            digest: None,
            last_processed: None,
        })
    }

    /// The file.
    pub const fn name(&self) -> &FileName {
        &self.name
    }

    /// Bytes of the file that were read, of how many.
    pub fn progress(&self) -> (u64, u64) {
        (self.source.file_bytes_done().min(self.len), self.len)
    }

    /// Sessions and nodes that were read so far; whoever gives a file up may still have taken them.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Reads on until about `bytes` more bytes are taken. True when the snapshot is whole.
    pub fn advance(&mut self, bytes: u64) -> Result<bool, Corrupt> {
        let until = self.source.position().saturating_add(bytes);
        while !matches!(self.stage, Stage::Done) && self.source.position() <= until {
            let next = match self.stage {
                Stage::Head => self.head(),
                Stage::Sessions(left) => self.session(left),
                Stage::Lists(left) => self.list(left),
                Stage::Nodes => self.node(),
                Stage::Tail | Stage::Done => self.tail(),
            };
            self.stage = next.map_err(|corrupt| corrupt.within(&self.name, 0))?;
        }
        Ok(matches!(self.stage, Stage::Done))
    }

    /// What was read.
    pub fn finish(self) -> LoadedSnapshot {
        LoadedSnapshot {
            database: self.database,
            digest: self.digest,
            last_processed: self.last_processed,
        }
    }

    fn head(&mut self) -> Result<Stage, Corrupt> {
        let magic = self.source.value(|r| {
            let magic = *r.take(4)?.first_chunk().ok_or(Corrupt::at(0, Why::End))?;
            r.take(12)?;
            Ok(magic)
        })?;
        if magic != MAGIC {
            return Err(Corrupt::at(0, Why::Magic(magic)));
        }
        Ok(Stage::Sessions(self.source.value(|r| r.int())?))
    }

    fn session(&mut self, left: i32) -> Result<Stage, Corrupt> {
        if left <= 0 {
            return Ok(Stage::Lists(self.source.value(|r| r.int())?));
        }
        let (session, timeout_ms) = self.source.value(session)?;
        self.database.sessions.insert_mut(session, timeout_ms);
        Ok(Stage::Sessions(left - 1))
    }

    fn list(&mut self, left: i32) -> Result<Stage, Corrupt> {
        if left <= 0 {
            return Ok(Stage::Nodes);
        }
        let (id, list) = self.source.value(list)?;
        self.database.tree.acls_mut().insert_raw(id, list.into());
        Ok(Stage::Lists(left - 1))
    }

    fn node(&mut self) -> Result<Stage, Corrupt> {
        let at = self.source.position();
        let Some((path, node)) = self.source.value(node)? else {
            if self.database.tree.is_empty() {
                return Err(Corrupt::at(at, Why::Path(String::new())));
            }
            self.database.tree.finish_load(self.rules.tree);
            self.check_seal()?;
            return Ok(Stage::Tail);
        };
        place(&mut self.database, path, node).map_err(|why| Corrupt::at(at, why))?;
        Ok(Stage::Nodes)
    }

    /// The sections behind the first seal. A file that ends before one is of an older release.
    fn tail(&mut self) -> Result<Stage, Corrupt> {
        let Some(digest) = self.section(digest)? else {
            return Ok(Stage::Done);
        };
        self.digest = digest;
        self.check_seal()?;
        if self.rules.last_processed
            && let Some(zxid) = self.section(|r| r.long())?
        {
            self.last_processed = Some(Zxid(zxid));
            self.check_seal()?;
        }
        Ok(Stage::Done)
    }

    fn section<T>(
        &mut self,
        read: impl Fn(&mut Reader<'_>) -> Result<T, Corrupt>,
    ) -> Result<Option<T>, Corrupt> {
        match self.source.value(read) {
            Err(end) if end.why == Why::End => Ok(None),
            read => read.map(Some),
        }
    }

    fn check_seal(&mut self) -> Result<(), Corrupt> {
        let (computed, at) = (self.source.checksum(), self.source.position());
        let stored = self.source.value(|r| {
            let stored = r.long()?;
            r.buffer()?;
            Ok(stored)
        })?;
        if stored == i64::from(computed) {
            Ok(())
        } else {
            Err(Corrupt::at(at, Why::Checksum { stored, computed }))
        }
    }
}

/// Reads a whole snapshot file, which must look finished.
pub fn read(
    content: &Content,
    name: &FileName,
    rules: ReadRules,
) -> Result<LoadedSnapshot, Corrupt> {
    if !Packing::of_name(name).looks_whole(content) {
        return Err(Corrupt::at(content.len(), Why::Unfinished).within(name, 0));
    }
    let mut reader = SnapshotReader::open(name.clone(), content.clone(), rules)?;
    reader.advance(u64::MAX)?;
    Ok(reader.finish())
}

/// The database of a SNAP stream; its last zxid is that of the packet.
pub fn read_stream(bytes: &[u8], zxid: Zxid, rules: TreeRules) -> Result<Database, Corrupt> {
    let mut r = Reader::new(bytes);
    let mut db = Database::empty();
    db.last_zxid = zxid;
    for _ in 0..r.int()? {
        let (session, timeout_ms) = session(&mut r)?;
        db.sessions.insert_mut(session, timeout_ms);
    }
    for _ in 0..r.int()? {
        let (id, list) = list(&mut r)?;
        db.tree.acls_mut().insert_raw(id, list.into());
    }
    while let Some((path, node)) = node(&mut r)? {
        place(&mut db, path, node).map_err(|why| r.refuse(why))?;
    }
    if db.tree.is_empty() {
        return Err(r.refuse(Why::Path(String::new())));
    }
    db.tree.finish_load(rules);
    Ok(db)
}

fn session(r: &mut Reader<'_>) -> Result<(SessionId, i32), Corrupt> {
    Ok((SessionId(r.long()?), r.int()?))
}

fn list(r: &mut Reader<'_>) -> Result<(AclId, Vec<Acl>), Corrupt> {
    let id = AclId(r.long()?);
    if r.clone().int()? == -1 {
        return Err(r.refuse(Why::Null));
    }
    Ok((id, r.acl()?))
}

/// A node under its path; none where the nodes end.
fn node(r: &mut Reader<'_>) -> Result<Option<(String, Znode)>, Corrupt> {
    let path = r.string()?;
    if path == "/" {
        return Ok(None);
    }
    let data = r.buffer()?.map(Arc::from);
    let acl = AclId(r.long()?);
    Ok(Some((path, Znode::new(data, acl, stat(r)?))))
}

/// Puts a node below its parent, which must be there.
fn place(db: &mut Database, path: String, node: Znode) -> Result<(), Why> {
    let parent = path.rfind('/').map(|slash| &path[..slash]);
    let has_place = match parent {
        Some(parent) => db.tree.node(parent).is_some(),
        None => path.is_empty(),
    };
    if !has_place {
        return Err(Why::Path(path));
    }
    db.tree.insert_raw(&path, node);
    Ok(())
}

/// The zxid and the digest behind the first seal; none of a version that is not computed here.
fn digest(r: &mut Reader<'_>) -> Result<Option<(Zxid, i64)>, Corrupt> {
    let (zxid, version) = (Zxid(r.long()?), r.int()?);
    if version < DIGEST_VERSION {
        let start = r.clone();
        let hex = r.string()?;
        return match i64::from_str_radix(&hex, 16) {
            Ok(_) => Ok(None),
            Err(_) => Err(start.refuse(Why::Number(hex))),
        };
    }
    let digest = r.long()?;
    Ok((version == DIGEST_VERSION).then_some((zxid, digest)))
}

fn stat(r: &mut Reader<'_>) -> Result<NodeStat, Corrupt> {
    Ok(NodeStat {
        czxid: Zxid(r.long()?),
        mzxid: Zxid(r.long()?),
        ctime: r.long()?,
        mtime: r.long()?,
        version: r.int()?,
        cversion: r.int()?,
        aversion: r.int()?,
        ephemeral_owner: r.long()?,
        pzxid: Zxid(r.long()?),
    })
}
