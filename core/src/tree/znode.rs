//! One node of the tree: data, statistics, names of children.
//!
//! In ZooKeeper: `DataNode`, `StatPersisted`, `EphemeralType`.

use std::sync::Arc;

use rpds::RedBlackTreeSetSync;

use super::acl::AclId;
use super::digest;
use crate::base::SessionId;
use crate::model::txn::Data;
use crate::model::{Stat, Zxid};

/// The stored statistics of a node. ZooKeeper: `StatPersisted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NodeStat {
    /// Zxid of its create.
    pub czxid: Zxid,
    /// Zxid of its last change of data.
    pub mzxid: Zxid,
    /// Milliseconds since 1970 of its create, by the leader's clock.
    pub ctime: i64,
    /// Milliseconds since 1970 of its last change of data.
    pub mtime: i64,
    /// Changes of data.
    pub version: i32,
    /// Creates of children; what clients see is twice this, less the number of children.
    pub cversion: i32,
    /// Changes of the access control list.
    pub aversion: i32,
    /// Who it lives with, encoded; see [`NodeOwner`].
    pub ephemeral_owner: i64,
    /// Zxid of the last create or delete of a child.
    pub pzxid: Zxid,
}

impl NodeStat {
    /// The statistics of a node that is created now.
    pub fn created(zxid: Zxid, time_ms: i64, owner: NodeOwner) -> Self {
        Self {
            czxid: zxid,
            mzxid: zxid,
            ctime: time_ms,
            mtime: time_ms,
            version: 0,
            cversion: 0,
            aversion: 0,
            ephemeral_owner: owner.encode(),
            pzxid: zxid,
        }
    }

    /// Who it lives with.
    pub fn owner(&self) -> NodeOwner {
        NodeOwner::decode(self.ephemeral_owner)
    }
}

/// Who a node lives with. ZooKeeper stores it in `ephemeralOwner`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeOwner {
    /// Nobody: it stays until it is deleted.
    Nobody,
    /// It goes with the session.
    Session(SessionId),
    /// It may be reaped once it had children and has none.
    Container,
    /// It may be reaped when it has no children and was not changed for so many milliseconds.
    Ttl(i64),
}

const CONTAINER: i64 = i64::MIN;
const EXTENDED: i64 = 0xFF << 56;
/// The extended mark and the feature number, of which 0 is a time to live.
const TTL_MASK: i64 = !NodeOwner::TTL_MAX_MS;

impl NodeOwner {
    /// The longest time to live in milliseconds.
    pub const TTL_MAX_MS: i64 = (1 << 40) - 1;

    /// From the stored number.
    pub const fn decode(owner: i64) -> Self {
        match owner {
            0 => Self::Nobody,
            CONTAINER => Self::Container,
            _ if owner & TTL_MASK == EXTENDED => Self::Ttl(owner & Self::TTL_MAX_MS),
            _ => Self::Session(SessionId(owner)),
        }
    }

    /// True for a number of an extended type that is no time to live. In ZooKeeper: `EphemeralType.get`.
    pub const fn is_unknown(owner: i64) -> bool {
        owner & EXTENDED == EXTENDED && owner & TTL_MASK != EXTENDED
    }

    /// The stored number.
    pub const fn encode(self) -> i64 {
        match self {
            Self::Nobody => 0,
            Self::Session(session) => session.0,
            Self::Container => CONTAINER,
            Self::Ttl(ms) => EXTENDED | ms,
        }
    }
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Znode {
    /// Content; null and empty differ.
    pub data: Option<Data>,
    /// Its access control list in the table of the tree.
    pub acl: AclId,
    /// Statistics.
    pub stat: NodeStat,
    /// Names of children, sorted.
    pub children: RedBlackTreeSetSync<Arc<str>>,
    /// Its share of the tree's digest, kept by the tree.
    pub(super) digest: u32,
}

impl Znode {
    /// A node without children.
    pub fn new(data: Option<Data>, acl: AclId, stat: NodeStat) -> Self {
        Self {
            data,
            acl,
            stat,
            children: RedBlackTreeSetSync::new_sync(),
            digest: 0,
        }
    }

    /// Its share of the tree's digest.
    pub const fn digest(&self) -> u32 {
        self.digest
    }

    /// The statistics as a client sees them.
    pub fn client_stat(&self) -> Stat {
        let (length, children) = (self.data_length(), self.children.size());
        client_stat(&self.stat, length, children)
    }

    /// Bytes of data; null has none.
    pub fn data_length(&self) -> usize {
        self.data.as_ref().map_or(0, |data| data.len())
    }

    /// Equal but for the access control list.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        self.stat == other.stat && self.data == other.data && self.children == other.children
    }

    /// Recomputes the share of the digest under `path`.
    pub(super) fn refresh_digest(&mut self, path: &str) {
        self.digest = digest::of_node(path, self.data.as_deref(), &self.stat);
    }
}

/// What a client sees of stored statistics.
pub(super) fn client_stat(stat: &NodeStat, data_length: usize, children: usize) -> Stat {
    let session = match stat.owner() {
        NodeOwner::Session(session) => session.0,
        NodeOwner::Nobody | NodeOwner::Container | NodeOwner::Ttl(_) => 0,
    };
    let num_children = children as i32;
    Stat {
        czxid: stat.czxid,
        mzxid: stat.mzxid,
        ctime: stat.ctime,
        mtime: stat.mtime,
        version: stat.version,
        cversion: stat.cversion.wrapping_mul(2).wrapping_sub(num_children),
        aversion: stat.aversion,
        ephemeral_owner: session,
        data_length: data_length as i32,
        num_children,
        pzxid: stat.pzxid,
    }
}
