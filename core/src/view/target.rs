//! What a reader points at: a name for everything on the page that has a state and a story.
//!
//! A target is only a name. It stays what it is when the moment changes: the thing behind it may not
//! exist yet, or no more. What there is to say of it is made elsewhere, for the moment that is shown.

use serde::Serialize;

use super::frame::Zx;
use crate::base::{ClientId, ServerId};

/// Something that can be looked at closely.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Target {
    /// A server.
    Server(ServerId),
    /// A client and its session.
    Client(ClientId),
    /// A message, by its number in the run.
    Message(u64),
    /// A transaction in the log of one server.
    Entry(ServerId, Zx),
    /// A transaction on all servers: its column, its quorum.
    Transaction(Zx),
    /// A file on the disk of a server, by its name.
    File(ServerId, String),
    /// An invariant, `I1` to `I6`.
    Lamp(String),
    /// A step of the run: shown after `step + 1` steps.
    Step(u64),
    /// The link between two servers, the lower id first.
    Link(ServerId, ServerId),
    /// A backup in the vault, by its name.
    Backup(String),
}

impl Target {
    /// The server it belongs to, if it belongs to one.
    pub const fn server(&self) -> Option<ServerId> {
        match self {
            Self::Server(server) | Self::Entry(server, _) | Self::File(server, _) => Some(*server),
            Self::Client(_)
            | Self::Message(_)
            | Self::Transaction(_)
            | Self::Lamp(_)
            | Self::Step(_)
            | Self::Link(..)
            | Self::Backup(_) => None,
        }
    }
}
