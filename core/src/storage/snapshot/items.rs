//! A snapshot file as a sequence of items, in the order of the file.
//!
//! ```text
//!   Head  Sessions n  Session …  Lists n  List …  Node …  End
//!   Seal  [Digest  Seal  [LastProcessed  Seal]]
//! ```
//!
//! What is read can be written again with [`write()`], byte for byte. What is missing behind the first
//! seal is from an older release. Nothing is built here: see [`super::SnapshotReader`].
//!
//! In ZooKeeper: `FileSnap.deserialize`, `SerializeUtils.deserializeSnapshot`, `DataTree.deserialize`,
//! `DataTree.deserializeZxidDigest`.

use std::sync::Arc;

use super::source::{Packing, Source};
use super::{DIGEST_VERSION, MAGIC};
use crate::base::SessionId;
use crate::model::{Acl, Zxid};
use crate::storage::content::Content;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::fields::{Field, Name, Named};
use crate::storage::jute::Writer;
use crate::tree::{AclId, NodeStat, Znode};

/// One item of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The file header behind its magic: nobody looks at it.
    Head {
        /// The version of the format.
        version: i32,
        /// The number of the database.
        dbid: i64,
    },
    /// So many sessions follow.
    Sessions(i32),
    /// A session and its timeout in milliseconds.
    Session(SessionId, i32),
    /// So many access control lists follow.
    Lists(i32),
    /// An access control list under its number.
    List(AclId, Vec<Acl>),
    /// A node under its path.
    Node(String, Znode),
    /// There are no more nodes.
    End,
    /// The sum of everything before it; it is the right one.
    Seal(u32),
    /// The last zxid applied when the walk ended, and the tree's digest then.
    Digest {
        /// The zxid.
        zxid: Zxid,
        /// The version of the digest.
        version: i32,
        /// The digest; of version 2 on a number, before it a text.
        digest: Digest,
    },
    /// The last zxid of the server: the section of 3.9.
    LastProcessed(Zxid),
}

/// A digest of some version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digest {
    /// A number.
    Number(i64),
    /// A text of hexadecimal digits.
    Text(Vec<u8>),
}

/// The items of a file, one after another.
pub struct Items {
    source: Source,
    last_processed: bool,
    next: Next,
}

/// A place between two items, from which reading can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    at: u64,
    sum: u32,
    next: Next,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Head,
    Sessions,
    Session(i32),
    Lists,
    List(i32),
    Node,
    Seal(Behind),
    Digest,
    LastProcessed,
    Nothing,
}

/// What comes behind a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    Digest,
    LastProcessed,
    Nothing,
}

impl Place {
    /// Where the item starts.
    pub const fn at(self) -> u64 {
        self.at
    }
}

impl Items {
    /// Begins to read a file; without `last_processed` what is behind the digest does not matter.
    pub fn open(packing: Packing, content: Content, last_processed: bool) -> Result<Self, Corrupt> {
        Ok(Self {
            source: Source::open(packing, content)?,
            last_processed,
            next: Next::Head,
        })
    }

    /// Goes on at a place of a file that is not packed. The fields of what is read are noted.
    pub fn resume(content: Content, place: Place) -> Self {
        Self {
            source: Source::resume(content, place.at, place.sum),
            last_processed: true,
            next: place.next,
        }
    }

    /// The place where reading stands.
    pub fn place(&mut self) -> Place {
        Place {
            at: self.source.position(),
            sum: self.source.checksum(),
            next: self.next,
        }
    }

    /// The fields of the item that was read last, or of as much of it as could be read.
    pub fn into_fields(self) -> Vec<Field> {
        self.source.into_fields()
    }

    /// Where the next item starts among the unpacked bytes.
    pub fn position(&self) -> u64 {
        self.source.position()
    }

    /// Bytes of the file that were read, packed or not.
    pub fn file_bytes_done(&self) -> u64 {
        self.source.file_bytes_done()
    }

    /// The next item; none behind the last.
    pub fn next_item(&mut self) -> Result<Option<Item>, Corrupt> {
        let (item, next) = match self.next {
            Next::Head => (self.source.value(head)?, Next::Sessions),
            Next::Sessions => {
                let count = self.source.value(|r| r.int(Name::Sessions))?;
                (Item::Sessions(count), after_sessions(count))
            }
            Next::Session(left) => (self.source.value(session)?, after_sessions(left - 1)),
            Next::Lists => {
                let count = self.source.value(|r| r.int(Name::Lists))?;
                (Item::Lists(count), after_lists(count))
            }
            Next::List(left) => (self.source.value(list)?, after_lists(left - 1)),
            Next::Node => match self.source.value(node)? {
                Item::End => (Item::End, Next::Seal(Behind::Digest)),
                node => (node, Next::Node),
            },
            Next::Seal(behind) => (self.seal()?, after_seal(behind, self.last_processed)),
            Next::Digest => match self.section(digest)? {
                Some(digest) => (digest, Next::Seal(Behind::LastProcessed)),
                None => return Ok(None),
            },
            Next::LastProcessed => match self.section(|r| r.long(Name::Zxid))? {
                Some(zxid) => {
                    let item = Item::LastProcessed(Zxid(zxid));
                    (item, Next::Seal(Behind::Nothing))
                }
                None => return Ok(None),
            },
            Next::Nothing => return Ok(None),
        };
        self.next = next;
        Ok(Some(item))
    }

    /// A section that older releases do not write. When the file ends inside it there is none.
    fn section<T>(
        &mut self,
        read: impl Fn(&mut Named<'_, '_>) -> Result<T, Corrupt>,
    ) -> Result<Option<T>, Corrupt> {
        match self.source.value(read) {
            Err(end) if end.why == Why::End => {
                self.next = Next::Nothing;
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// The sum is compared, the `/` behind it is not.
    fn seal(&mut self) -> Result<Item, Corrupt> {
        let (computed, at) = (self.source.checksum(), self.source.position());
        let stored = self.source.value(|r| {
            let stored = r.sum(Name::Seal, computed)?;
            r.buffer(Name::Slash)?;
            Ok(stored)
        })?;
        if stored == i64::from(computed) {
            Ok(Item::Seal(computed))
        } else {
            Err(Corrupt::at(at, Why::Checksum { stored, computed }))
        }
    }
}

/// Writes an item as it stands in a file.
pub fn write(w: &mut Writer, item: &Item) {
    match item {
        Item::Head { version, dbid } => {
            w.raw(&MAGIC).int(*version).long(*dbid);
        }
        Item::Sessions(count) | Item::Lists(count) => {
            w.int(*count);
        }
        Item::Session(session, timeout_ms) => {
            w.long(session.0).int(*timeout_ms);
        }
        Item::List(id, list) => {
            w.long(id.0).acl(list);
        }
        Item::Node(path, node) => write_node(w, path, node),
        Item::End => {
            w.string("/");
        }
        Item::Seal(sum) => {
            w.long(i64::from(*sum)).string("/");
        }
        Item::Digest {
            zxid,
            version,
            digest,
        } => {
            w.long(zxid.0).int(*version);
            match digest {
                Digest::Number(digest) => w.long(*digest),
                Digest::Text(text) => w.buffer(Some(text)),
            };
        }
        Item::LastProcessed(zxid) => {
            w.long(zxid.0);
        }
    }
}

/// A node as a snapshot stores it.
pub(super) fn write_node(w: &mut Writer, path: &str, node: &Znode) {
    let s = &node.stat;
    w.string(path).buffer(node.data.as_deref()).long(node.acl.0);
    w.long(s.czxid.0)
        .long(s.mzxid.0)
        .long(s.ctime)
        .long(s.mtime);
    w.int(s.version).int(s.cversion).int(s.aversion);
    w.long(s.ephemeral_owner).long(s.pzxid.0);
}

const fn after_sessions(left: i32) -> Next {
    if left > 0 {
        Next::Session(left)
    } else {
        Next::Lists
    }
}

const fn after_lists(left: i32) -> Next {
    if left > 0 {
        Next::List(left)
    } else {
        Next::Node
    }
}

const fn after_seal(behind: Behind, last_processed: bool) -> Next {
    match behind {
        Behind::Digest => Next::Digest,
        Behind::LastProcessed if last_processed => Next::LastProcessed,
        Behind::LastProcessed | Behind::Nothing => Next::Nothing,
    }
}

fn head(r: &mut Named<'_, '_>) -> Result<Item, Corrupt> {
    let magic = *r
        .take(Name::Magic, 4)?
        .first_chunk()
        .ok_or(Corrupt::at(0, Why::End))?;
    if magic != MAGIC {
        return Err(Corrupt::at(0, Why::Magic(magic)));
    }
    Ok(Item::Head {
        version: r.int(Name::Format)?,
        dbid: r.long(Name::DbId)?,
    })
}

pub(super) fn session(r: &mut Named<'_, '_>) -> Result<Item, Corrupt> {
    let session = SessionId(r.long(Name::Session)?);
    Ok(Item::Session(session, r.int(Name::Timeout)?))
}

/// A list; no release survives one that is null.
pub(super) fn list(r: &mut Named<'_, '_>) -> Result<Item, Corrupt> {
    let id = AclId(r.long(Name::AclId)?);
    if r.here().int()? == -1 {
        return Err(r.refuse(Why::Null));
    }
    Ok(Item::List(id, r.acl(Name::Acl)?))
}

/// A node, or the end of the nodes.
pub(super) fn node(r: &mut Named<'_, '_>) -> Result<Item, Corrupt> {
    let path = r.string(Name::Path)?;
    if path == "/" {
        return Ok(Item::End);
    }
    let data = r.buffer(Name::Data)?.map(Arc::from);
    let acl = AclId(r.long(Name::AclId)?);
    Ok(Item::Node(path, Znode::new(data, acl, stat(r)?)))
}

fn digest(r: &mut Named<'_, '_>) -> Result<Item, Corrupt> {
    let (zxid, version) = (Zxid(r.long(Name::Zxid)?), r.int(Name::Format)?);
    let digest = if version < DIGEST_VERSION {
        let start = r.here();
        let text = r.buffer(Name::Digest)?.unwrap_or_default();
        let hex = String::from_utf8_lossy(text);
        if !hex.is_empty() && i64::from_str_radix(&hex, 16).is_err() {
            return Err(start.refuse(Why::Number(hex.into_owned())));
        }
        Digest::Text(text.to_vec())
    } else {
        Digest::Number(r.long(Name::Digest)?)
    };
    Ok(Item::Digest {
        zxid,
        version,
        digest,
    })
}

fn stat(r: &mut Named<'_, '_>) -> Result<NodeStat, Corrupt> {
    Ok(NodeStat {
        czxid: Zxid(r.long(Name::Czxid)?),
        mzxid: Zxid(r.long(Name::Mzxid)?),
        ctime: r.long(Name::Ctime)?,
        mtime: r.long(Name::Mtime)?,
        version: r.int(Name::Version)?,
        cversion: r.int(Name::Cversion)?,
        aversion: r.int(Name::Aversion)?,
        ephemeral_owner: r.long(Name::Owner)?,
        pzxid: Zxid(r.long(Name::Pzxid)?),
    })
}
