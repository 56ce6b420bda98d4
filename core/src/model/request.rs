//! What a client asks for.

use std::sync::Arc;

use super::acl::Acl;
use super::txn::Data;
use super::watch::{WatchKind, WatchList, WatchMode};
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
    /// Other flags: refused as bad arguments.
    Other(i32),
}

/// The request that carries a create. Clients send the one that fits the mode; a server takes what
/// comes. ZooKeeper: `ZooDefs.OpCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreateOp {
    /// Type 1: the reply has the path alone.
    Create,
    /// Type 15: the reply has the stat, too.
    Create2,
    /// Type 19.
    Container,
    /// Type 21, with a time to live in milliseconds, whatever the mode.
    Ttl(i64),
}

impl CreateMode {
    /// The mode with these flags on the wire; `ttl_ms` is used by the kinds that have one.
    pub const fn from_flags(flags: i32, ttl_ms: i64) -> Self {
        match flags {
            0 => Self::Persistent,
            1 => Self::Ephemeral,
            2 => Self::PersistentSequential,
            3 => Self::EphemeralSequential,
            4 => Self::Container,
            5 => Self::Ttl(ttl_ms),
            6 => Self::TtlSequential(ttl_ms),
            other => Self::Other(other),
        }
    }

    /// The request that clients send for it.
    pub const fn op(self) -> CreateOp {
        match self {
            Self::Container => CreateOp::Container,
            Self::Ttl(ms) | Self::TtlSequential(ms) => CreateOp::Ttl(ms),
            _ => CreateOp::Create,
        }
    }

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

/// What becomes of a zxid when a request cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taken {
    /// The leader looks inside first.
    Nothing,
    /// The leader numbers it first: it becomes an error transaction.
    Logged,
    /// The number is given out, and nothing bears it.
    Lost,
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
        /// The request that carries it; the same as [`CreateMode::op`] from a well-behaved client.
        op: CreateOp,
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
    /// Another membership of the ensemble; refused, as by default (`reconfigEnabled=false`).
    Reconfig,
    /// Reads data and stat.
    GetData {
        /// Path.
        path: String,
        /// Leave a one-shot watch, if the node exists.
        watch: bool,
    },
    /// Reads the stat.
    Exists {
        /// Path.
        path: String,
        /// Leave a one-shot watch, whether or not the node exists.
        watch: bool,
    },
    /// Reads the names of the children and the stat.
    GetChildren {
        /// Path.
        path: String,
        /// Leave a one-shot watch, if the node exists.
        watch: bool,
    },
    /// Reads the access control list and the stat.
    GetAcl {
        /// Path.
        path: String,
    },
    /// Counts all nodes below a path.
    GetAllChildrenNumber {
        /// Path.
        path: String,
    },
    /// Lists the ephemerals of the own session.
    GetEphemerals {
        /// Only paths that begin with it; all of them when blank or `/`.
        prefix: String,
    },
    /// Several reads at one instant: of data or of children.
    MultiRead(Vec<Request>),
    /// Sets a watch that stays.
    AddWatch {
        /// Path; the node may be missing.
        path: String,
        /// How far it sees.
        mode: WatchMode,
    },
    /// Asks whether a watch of that kind is set.
    CheckWatches {
        /// Path.
        path: String,
        /// Which.
        kind: WatchKind,
    },
    /// Removes the watches of that kind.
    RemoveWatches {
        /// Path.
        path: String,
        /// Which.
        kind: WatchKind,
    },
    /// Sets watches again on a new connection: what has changed since is told at once.
    SetWatches {
        /// The last zxid that the client has seen.
        seen: Zxid,
        /// Which.
        watches: Arc<WatchList>,
    },
    /// Proves an identity for the rest of the connection.
    Auth {
        /// `digest`, ...
        scheme: String,
        /// The proof in the words of the scheme; `user:password` for `digest`.
        auth: Vec<u8>,
    },
    /// Lists the identities of the connection.
    WhoAmI,
    /// A request whose body cannot be decoded, or lacks what its type needs.
    Malformed {
        /// What became of the zxid that it might have taken.
        zxid: Taken,
    },
    /// A request of a type that no server knows.
    Unknown {
        /// The type.
        op: i32,
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
        matches!(
            self,
            Self::Create { .. }
                | Self::Delete { .. }
                | Self::SetData { .. }
                | Self::SetAcl { .. }
                | Self::Check { .. }
                | Self::Multi(_)
                | Self::CreateSession { .. }
                | Self::CloseSession
                | Self::DeleteContainer { .. }
                | Self::Reconfig
                | Self::Malformed {
                    zxid: Taken::Logged,
                }
        )
    }

    /// A create of that kind, in the request that clients send for it.
    pub fn create(path: String, data: Option<Data>, acl: Vec<Acl>, mode: CreateMode) -> Self {
        Self::Create {
            path,
            data,
            acl,
            mode,
            op: mode.op(),
        }
    }

    /// The wire word for people.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Create { op, .. } => match op {
                CreateOp::Create => "create",
                CreateOp::Create2 => "create2",
                CreateOp::Container => "createContainer",
                CreateOp::Ttl(_) => "createTTL",
            },
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
            Self::GetAcl { .. } => "getACL",
            Self::GetAllChildrenNumber { .. } => "getAllChildrenNumber",
            Self::GetEphemerals { .. } => "getEphemerals",
            Self::MultiRead(_) => "multiRead",
            Self::AddWatch { .. } => "addWatch",
            Self::CheckWatches { .. } => "checkWatches",
            Self::RemoveWatches { .. } => "removeWatches",
            Self::SetWatches { .. } => "setWatches",
            Self::Auth { .. } => "auth",
            Self::WhoAmI => "whoAmI",
            Self::Reconfig => "reconfig",
            Self::Malformed { .. } => "malformed",
            Self::Unknown { .. } => "unknown",
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
            | Self::GetData { path, .. }
            | Self::Exists { path, .. }
            | Self::GetChildren { path, .. }
            | Self::GetAcl { path }
            | Self::GetAllChildrenNumber { path }
            | Self::AddWatch { path, .. }
            | Self::CheckWatches { path, .. }
            | Self::RemoveWatches { path, .. }
            | Self::Sync { path } => Some(path),
            Self::Multi(_)
            | Self::CreateSession { .. }
            | Self::CloseSession
            | Self::Reconfig
            | Self::GetEphemerals { .. }
            | Self::MultiRead(_)
            | Self::SetWatches { .. }
            | Self::Auth { .. }
            | Self::WhoAmI
            | Self::Malformed { .. }
            | Self::Unknown { .. }
            | Self::Ping => None,
        }
    }
}
