//! A database from a snapshot, a piece at a time.
//!
//! A large file takes long, and a page must not freeze meanwhile: [`SnapshotReader::advance`] reads
//! some and comes back. The order of the file, and what may be missing, is known to [`super::items`].

use super::items::{self, Digest, Item, Items};
use super::source::Packing;
use super::{DIGEST_VERSION, LoadedSnapshot, zxid_of};
use crate::model::Zxid;
use crate::storage::content::Content;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::fields::{Name, Named};
use crate::storage::op::FileName;
use crate::tree::{Database, NodeOwner, TreeRules, Znode};

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
    items: Items,
    rules: TreeRules,
    done: bool,
    loaded: LoadedSnapshot,
}

impl SnapshotReader {
    /// Begins to read a file. Its name tells its zxid, and how it is packed.
    pub fn open(name: FileName, content: Content, rules: ReadRules) -> Result<Self, Corrupt> {
        let len = content.len();
        let items = Items::open(Packing::of_name(&name), content, rules.last_processed);
        let mut database = Database::empty();
        database.last_zxid = zxid_of(&name);
        Ok(Self {
            items: items.map_err(|corrupt| corrupt.within(&name, 0))?,
            name,
            len,
            rules: rules.tree,
            done: false,
            loaded: LoadedSnapshot {
                database,
                digest: None,
                last_processed: None,
            },
        })
    }

    /// The file.
    pub const fn name(&self) -> &FileName {
        &self.name
    }

    /// Bytes of the file that were read, of how many.
    pub fn progress(&self) -> (u64, u64) {
        (self.items.file_bytes_done().min(self.len), self.len)
    }

    /// Sessions and nodes that were read so far; whoever gives a file up may still have taken them.
    pub const fn database(&self) -> &Database {
        &self.loaded.database
    }

    /// Reads on until about `bytes` more bytes are taken. True when the snapshot is whole.
    pub fn advance(&mut self, bytes: u64) -> Result<bool, Corrupt> {
        let until = self.items.position().saturating_add(bytes);
        while !self.done && self.items.position() <= until {
            let at = self.items.position();
            let read = self.items.next_item();
            let taken = read.and_then(|item| match item {
                Some(item) => self.take(item).map_err(|why| Corrupt::at(at, why)),
                None => {
                    self.done = true;
                    Ok(())
                }
            });
            taken.map_err(|corrupt| corrupt.within(&self.name, 0))?;
        }
        Ok(self.done)
    }

    /// What was read.
    pub fn finish(self) -> LoadedSnapshot {
        self.loaded
    }

    fn take(&mut self, item: Item) -> Result<(), Why> {
        let loaded = &mut self.loaded;
        match item {
            Item::End => finish(&mut loaded.database, self.rules)?,
            Item::Digest {
                zxid,
                version: DIGEST_VERSION,
                digest: Digest::Number(digest),
            } => loaded.digest = Some((zxid, digest)),
            Item::LastProcessed(zxid) => loaded.last_processed = Some(zxid),
            item => put(&mut loaded.database, item)?,
        }
        Ok(())
    }
}

/// The last transaction whose effects a snapshot may hold, as far as it tells: its walk begins at the
/// zxid of its name, and goes on while transactions are applied, up to the zxid of its digest. A file
/// that cannot be read, or has no digest, reaches its name.
pub fn reach(content: &Content, name: &str) -> Zxid {
    let named = zxid_of(name);
    let Ok(mut items) = Items::open(Packing::of_name(name), content.clone(), false) else {
        return named;
    };
    loop {
        match items.next_item() {
            Ok(Some(Item::Digest { zxid, .. })) => return named.max(zxid),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return named,
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
    let mut r = Named::new(bytes);
    let mut db = Database::empty();
    db.last_zxid = zxid;
    let put =
        |db: &mut Database, r: &Named<'_, '_>, item| put(db, item).map_err(|why| r.refuse(why));
    for _ in 0..r.int(Name::Sessions)? {
        let item = items::session(&mut r)?;
        put(&mut db, &r, item)?;
    }
    for _ in 0..r.int(Name::Lists)? {
        let item = items::list(&mut r)?;
        put(&mut db, &r, item)?;
    }
    loop {
        match items::node(&mut r)? {
            Item::End => break,
            item => put(&mut db, &r, item)?,
        }
    }
    finish(&mut db, rules).map_err(|why| r.refuse(why))?;
    Ok(db)
}

/// Puts a session, a list or a node where it belongs.
fn put(db: &mut Database, item: Item) -> Result<(), Why> {
    match item {
        Item::Session(session, timeout_ms) => db.sessions.insert_mut(session, timeout_ms),
        Item::List(id, list) => db.tree.acls_mut().insert_raw(id, list.into()),
        Item::Node(path, node) => place(db, path, node)?,
        _ => {}
    }
    Ok(())
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
    let owner = node.stat.ephemeral_owner;
    if !path.is_empty() && NodeOwner::is_unknown(owner) {
        return Err(Why::Owner(owner));
    }
    db.tree.insert_raw(&path, node);
    Ok(())
}

/// All nodes are there; the root must be among them.
fn finish(db: &mut Database, rules: TreeRules) -> Result<(), Why> {
    if db.tree.is_empty() {
        return Err(Why::Path(String::new()));
    }
    db.tree.finish_load(rules);
    Ok(())
}
