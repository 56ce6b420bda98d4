//! What a client is told.

use super::acl::Acl;
use super::error::ErrorCode;
use super::txn::Data;
use super::zxid::Zxid;

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
    /// Access control list and stat.
    Acl {
        /// The list; to a caller without ADMIN, digests are masked.
        list: Vec<Acl>,
        /// The node's stat.
        stat: Stat,
    },
    /// Paths of ephemerals, sorted.
    Paths(Vec<String>),
    /// A number of nodes.
    Number(i32),
    /// Identities of the connection: scheme and name without secrets.
    Identities(Vec<(String, String)>),
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
    /// and none in its header; several reads at once succeed or fail one by one.
    pub fn outcome(&self) -> ErrorCode {
        let ReplyBody::Multi(results) = &self.body else {
            return self.error;
        };
        if results.iter().any(|(_, body)| *body != ReplyBody::Empty) {
            return self.error;
        }
        let failed =
            |code: &ErrorCode| !matches!(code, ErrorCode::Ok | ErrorCode::RuntimeInconsistency);
        let mut codes = results.iter().map(|(code, _)| *code);
        codes.find(failed).unwrap_or(self.error)
    }
}
