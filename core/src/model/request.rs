//! What a client asks for and what it is told.

use super::acl::Acl;
use super::error::ErrorCode;
use super::txn::Data;
use super::zxid::Zxid;

/// Kind of node a create asks for. ZooKeeper: `CreateMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreateMode {
    /// Flags 0.
    Persistent,
    /// Flags 1.
    Ephemeral,
    /// Flags 2.
    PersistentSequential,
    /// Flags 3.
    EphemeralSequential,
    /// Flags 4.
    Container,
    /// Flags 5, with a time to live in milliseconds.
    Ttl(i64),
    /// Flags 6, with a time to live in milliseconds.
    TtlSequential(i64),
}

impl CreateMode {
    /// True for the two ephemeral kinds.
    pub const fn is_ephemeral(self) -> bool {
        matches!(self, Self::Ephemeral | Self::EphemeralSequential)
    }

    /// True for the three sequential kinds.
    pub const fn is_sequential(self) -> bool {
        matches!(
            self,
            Self::PersistentSequential | Self::EphemeralSequential | Self::TtlSequential(_)
        )
    }
}

/// A client's request, before it becomes a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    /// Creates a node.
    Create {
        /// Path, or prefix for the sequential kinds.
        path: String,
        /// Content; null and empty differ.
        data: Option<Data>,
        /// Access control list.
        acl: Vec<Acl>,
        /// Kind of node.
        mode: CreateMode,
    },
    /// Deletes a node without children.
    Delete {
        /// Path.
        path: String,
        /// Expected version; -1 for any.
        version: i32,
    },
    /// Replaces a node's data.
    SetData {
        /// Path.
        path: String,
        /// New content.
        data: Option<Data>,
        /// Expected version; -1 for any.
        version: i32,
    },
    /// Replaces a node's access control list.
    SetAcl {
        /// Path.
        path: String,
        /// New list.
        acl: Vec<Acl>,
        /// Expected aversion; -1 for any.
        version: i32,
    },
    /// Passes if the node has that version; legal inside a multi only.
    Check {
        /// Path.
        path: String,
        /// Expected version; -1 for any.
        version: i32,
    },
    /// All or nothing.
    Multi(Vec<Request>),
    /// Starts a session.
    CreateSession {
        /// Negotiated timeout in milliseconds.
        timeout_ms: i32,
    },
    /// Ends a session, by the client or by the leader.
    CloseSession,
    /// The reaper's delete of an unused container or an outlived TTL node.
    DeleteContainer {
        /// Path.
        path: String,
    },
    /// Reads data and stat.
    GetData {
        /// Path.
        path: String,
    },
    /// Reads the stat.
    Exists {
        /// Path.
        path: String,
    },
    /// Reads the names of the children and the stat.
    GetChildren {
        /// Path.
        path: String,
    },
    /// Waits until the server has applied what the leader had committed.
    Sync {
        /// Path; carried, but of no effect.
        path: String,
    },
    /// Keeps the session alive.
    Ping,
}

impl Request {
    /// True when it changes state and so must go to the leader and take a zxid.
    pub const fn is_write(&self) -> bool {
        !matches!(
            self,
            Self::GetData { .. }
                | Self::Exists { .. }
                | Self::GetChildren { .. }
                | Self::Sync { .. }
                | Self::Ping
        )
    }

    /// The wire word for people.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Delete { .. } => "delete",
            Self::SetData { .. } => "setData",
            Self::SetAcl { .. } => "setACL",
            Self::Check { .. } => "check",
            Self::Multi(_) => "multi",
            Self::CreateSession { .. } => "createSession",
            Self::CloseSession => "closeSession",
            Self::DeleteContainer { .. } => "deleteContainer",
            Self::GetData { .. } => "getData",
            Self::Exists { .. } => "exists",
            Self::GetChildren { .. } => "getChildren",
            Self::Sync { .. } => "sync",
            Self::Ping => "ping",
        }
    }

    /// The path it is about, if it is about one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Create { path, .. }
            | Self::Delete { path, .. }
            | Self::SetData { path, .. }
            | Self::SetAcl { path, .. }
            | Self::Check { path, .. }
            | Self::DeleteContainer { path }
            | Self::GetData { path }
            | Self::Exists { path }
            | Self::GetChildren { path }
            | Self::Sync { path } => Some(path),
            Self::Multi(_) | Self::CreateSession { .. } | Self::CloseSession | Self::Ping => None,
        }
    }
}

/// A node's statistics as a client sees them. ZooKeeper: `Stat`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stat {
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
    /// Changes of children, as clients see it: `2 * stored - children`.
    pub cversion: i32,
    /// Changes of the access control list.
    pub aversion: i32,
    /// Owning session, or 0.
    pub ephemeral_owner: i64,
    /// Bytes of data.
    pub data_length: i32,
    /// Number of children.
    pub num_children: i32,
    /// Zxid of the last create or delete of a child.
    pub pzxid: Zxid,
}

/// The content of a successful reply, or of a multi.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ReplyBody {
    /// Nothing but the header.
    Empty,
    /// The path that was created, with its stat for `create2`.
    Created {
        /// Full path, sequence suffix included.
        path: String,
        /// Its stat.
        stat: Stat,
    },
    /// A stat alone.
    Stat(Stat),
    /// Data and stat.
    Data {
        /// Content.
        data: Option<Data>,
        /// Its stat.
        stat: Stat,
    },
    /// Names of children in order, and the stat.
    Children {
        /// Names, sorted.
        names: Vec<String>,
        /// The parent's stat.
        stat: Stat,
    },
    /// One result per operation: its code and, on success, its body.
    Multi(Vec<(ErrorCode, ReplyBody)>),
    /// The session that was created.
    Session {
        /// Its timeout in milliseconds.
        timeout_ms: i32,
    },
}

/// A reply on the wire. ZooKeeper: `ReplyHeader` and the response record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    /// The last zxid that server had applied.
    pub zxid: Zxid,
    /// Outcome.
    pub error: ErrorCode,
    /// Content.
    pub body: ReplyBody,
}

impl Reply {
    /// Whether the request was done, and why not. A failed multi has its error in the list of results,
    /// and none in its header.
    pub fn outcome(&self) -> ErrorCode {
        let ReplyBody::Multi(results) = &self.body else {
            return self.error;
        };
        let failed =
            |code: &ErrorCode| !matches!(code, ErrorCode::Ok | ErrorCode::RuntimeInconsistency);
        let mut codes = results.iter().map(|(code, _)| *code);
        codes.find(failed).unwrap_or(self.error)
    }
}
