//! What a server is at a moment, in ZooKeeper's words.

use serde::Serialize;

use crate::base::ServerId;
use crate::model::{Epoch, Zxid};

/// ZooKeeper: `QuorumPeer.ServerState`; the order is that of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// In an election.
    Looking,
    /// Follows a leader and votes.
    Following,
    /// Leads, or tries to.
    Leading,
    /// Follows a leader and does not vote.
    Observing,
}

/// ZooKeeper: `QuorumPeer.ZabState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Votes are exchanged.
    Election,
    /// The new epoch is agreed.
    Discovery,
    /// Histories are made equal.
    Synchronization,
    /// Writes are served.
    Broadcast,
}

impl Role {
    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::Following => "following",
            Self::Leading => "leading",
            Self::Observing => "observing",
        }
    }
}

impl Phase {
    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Election => "election",
            Self::Discovery => "discovery",
            Self::Synchronization => "synchronization",
            Self::Broadcast => "broadcast",
        }
    }
}

/// A server's state in short; compared before and after each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status {
    /// What it is.
    pub role: Role,
    /// Where it is.
    pub phase: Phase,
    /// Whom it follows, or itself when it leads.
    pub leader: Option<ServerId>,
    /// Memory copy of acceptedEpoch.
    pub accepted: Epoch,
    /// Memory copy of currentEpoch.
    pub current: Epoch,
    /// Last zxid appended to the log, durable or not.
    pub logged: Zxid,
    /// Last zxid it knows to be committed.
    pub committed: Zxid,
    /// Last zxid applied to the tree.
    pub applied: Zxid,
}
