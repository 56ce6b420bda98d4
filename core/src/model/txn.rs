//! Transactions: what is proposed, logged and applied.
//!
//! A request becomes a transaction at the leader (`tree::prepare`); from there on only absolute
//! values travel, so applying one twice gives the state of applying it once. The bytes of a
//! transaction are those of ZooKeeper's log record payload; `storage::codec` makes them.

use std::sync::Arc;

use super::acl::Acl;
use super::zxid::Zxid;
use crate::base::{Mix, SessionId};

/// Bytes of a znode; shared, never changed.
pub type Data = Arc<[u8]>;

/// The header of every transaction. ZooKeeper: `TxnHeader`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TxnHeader {
    /// Session that asked for it.
    pub session: SessionId,
    /// The client's request number.
    pub cxid: i32,
    /// Its place in the order.
    pub zxid: Zxid,
    /// The leader's wall clock in milliseconds since 1970 when it was prepared.
    pub time_ms: i64,
}

/// What a transaction does. ZooKeeper: the `*Txn` records.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TxnBody {
    /// Types 1 and 15.
    Create {
        /// Full path, sequence suffix included.
        path: String,
        /// Content; null and empty differ.
        data: Option<Data>,
        /// Access control list.
        acl: Vec<Acl>,
        /// Owned by the session of the header.
        ephemeral: bool,
        /// Stored cversion of the parent afterwards; -1 in logs of very old servers: one more.
        parent_cversion: i32,
        /// Type 15 (`create2`, the reply carries a stat) instead of 1. Same bytes but for the type.
        create2: bool,
    },
    /// Type 21.
    CreateTtl {
        /// Full path.
        path: String,
        /// Content.
        data: Option<Data>,
        /// Access control list.
        acl: Vec<Acl>,
        /// Stored cversion of the parent afterwards.
        parent_cversion: i32,
        /// Time to live in milliseconds.
        ttl_ms: i64,
    },
    /// Type 19.
    CreateContainer {
        /// Full path.
        path: String,
        /// Content.
        data: Option<Data>,
        /// Access control list.
        acl: Vec<Acl>,
        /// Stored cversion of the parent afterwards.
        parent_cversion: i32,
    },
    /// Type 2.
    Delete {
        /// Full path.
        path: String,
    },
    /// Type 20: the reaper's delete.
    DeleteContainer {
        /// Full path.
        path: String,
    },
    /// Type 5.
    SetData {
        /// Full path.
        path: String,
        /// New content.
        data: Option<Data>,
        /// The version afterwards.
        version: i32,
    },
    /// Type 16: a new configuration, stored like data.
    Reconfig {
        /// Full path, always `/zookeeper/config`.
        path: String,
        /// New content.
        data: Option<Data>,
        /// The version afterwards.
        version: i32,
    },
    /// Type 7.
    SetAcl {
        /// Full path.
        path: String,
        /// New list.
        acl: Vec<Acl>,
        /// The aversion afterwards.
        version: i32,
    },
    /// Type -10.
    CreateSession {
        /// Negotiated timeout in milliseconds.
        timeout_ms: i32,
    },
    /// Type -11: explicit close and expiry alike.
    CloseSession {
        /// The ephemerals that go with it; `None` in logs before 3.6.
        paths: Option<Vec<String>>,
    },
    /// Type 13. Alone it is legal only on servers before the fix of ZOOKEEPER-2623.
    Check {
        /// Full path.
        path: String,
        /// Version that was expected.
        version: i32,
    },
    /// Type 14.
    Multi(Vec<TxnBody>),
    /// A part of a multi that cannot be read: of a type that no multi has, or with other bytes than its
    /// type needs. Servers notice when they apply it, and leave out this part and all behind it.
    Unread {
        /// Its type.
        code: i32,
        /// Its bytes; null ends a server that comes to it.
        bytes: Option<Arc<[u8]>>,
    },
    /// Type -1: a write that failed; it still takes a zxid.
    Error {
        /// The code, see [`super::ErrorCode`].
        code: i32,
    },
}

impl TxnBody {
    /// The type number in the header.
    pub const fn type_code(&self) -> i32 {
        match self {
            Self::Create { create2: false, .. } => 1,
            Self::Create { create2: true, .. } => 15,
            Self::CreateTtl { .. } => 21,
            Self::CreateContainer { .. } => 19,
            Self::Delete { .. } => 2,
            Self::DeleteContainer { .. } => 20,
            Self::SetData { .. } => 5,
            Self::Reconfig { .. } => 16,
            Self::SetAcl { .. } => 7,
            Self::CreateSession { .. } => -10,
            Self::CloseSession { .. } => -11,
            Self::Check { .. } => 13,
            Self::Multi(_) => 14,
            Self::Unread { code, .. } => *code,
            Self::Error { .. } => -1,
        }
    }

    /// The path it is about, if it is about one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Create { path, .. }
            | Self::CreateTtl { path, .. }
            | Self::CreateContainer { path, .. }
            | Self::Delete { path }
            | Self::DeleteContainer { path }
            | Self::SetData { path, .. }
            | Self::Reconfig { path, .. }
            | Self::SetAcl { path, .. }
            | Self::Check { path, .. } => Some(path),
            Self::CreateSession { .. }
            | Self::CloseSession { .. }
            | Self::Multi(_)
            | Self::Unread { .. }
            | Self::Error { .. } => None,
        }
    }

    /// All paths it is about: those of its parts, or those that go with a session.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::Multi(parts) => parts.iter().flat_map(Self::paths).collect(),
            Self::CloseSession { paths } => paths.iter().flatten().map(String::as_str).collect(),
            body => body.path().into_iter().collect(),
        }
    }

    /// The wire word for people: `create`, `setData`, ...
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::CreateTtl { .. } => "createTTL",
            Self::CreateContainer { .. } => "createContainer",
            Self::Delete { .. } => "delete",
            Self::DeleteContainer { .. } => "deleteContainer",
            Self::SetData { .. } => "setData",
            Self::Reconfig { .. } => "reconfig",
            Self::SetAcl { .. } => "setACL",
            Self::CreateSession { .. } => "createSession",
            Self::CloseSession { .. } => "closeSession",
            Self::Check { .. } => "check",
            Self::Multi(_) => "multi",
            Self::Unread { .. } => "unread",
            Self::Error { .. } => "error",
        }
    }
}

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Txn {
    /// Who, when and where in the order.
    pub header: TxnHeader,
    /// What.
    pub body: TxnBody,
    /// The leader's tree digest after it (version 2); absent on error transactions.
    pub digest: Option<i64>,
}

/// A transaction together with the payload bytes of its log record.
///
/// The bytes are made once, by the leader or by the reader of a log, and travel unchanged: a
/// PROPOSAL carries exactly what the log holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// The decoded transaction.
    pub txn: Txn,
    /// Header, body and digest as in the log.
    pub payload: Arc<[u8]>,
    /// A hash of the payload, for the checks.
    pub hash: u64,
}

impl Record {
    /// A record of `txn`, whose encoding is `payload`.
    pub fn new(txn: Txn, payload: Arc<[u8]>) -> Arc<Self> {
        let hash = Mix::new().bytes(&payload).value();
        Arc::new(Self { txn, payload, hash })
    }

    /// Its zxid.
    pub fn zxid(&self) -> Zxid {
        self.txn.header.zxid
    }
}
