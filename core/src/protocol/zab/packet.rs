//! What servers say to each other. ZooKeeper: `QuorumPacket`, `Notification`.
//!
//! Two channels: notifications travel by the election channel, where only the newest matters and
//! loss is normal; everything else by the quorum connection from a learner to its leader, which is
//! FIFO and breaks as a whole.

use std::sync::Arc;

use super::election::Vote;
use super::state::Role;
use crate::base::SessionId;
use crate::model::{Epoch, Record, Request, Zxid};
use crate::tree::AuthId;

/// Who asks for a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its session.
    pub session: SessionId,
    /// The client's request number; 0 when a server asks by itself.
    pub cxid: i32,
    /// What its connection has proved. ZooKeeper: `authinfo`.
    pub ids: Arc<[AuthId]>,
}

impl Caller {
    /// A server that asks by itself, about a session.
    pub fn server(session: SessionId) -> Self {
        Self {
            session,
            cxid: 0,
            ids: Arc::from([]),
        }
    }
}

/// A packet between servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// A vote, and the state of who sends it.
    Notification {
        /// What it votes for, or whom it follows.
        vote: Vote,
        /// Its election round (ZooKeeper: `electionEpoch`).
        round: u64,
        /// Its state.
        state: Role,
    },
    /// Follower to leader, first packet.
    FollowerInfo {
        /// Its acceptedEpoch.
        accepted: Epoch,
    },
    /// Observer to leader, first packet.
    ObserverInfo {
        /// Its acceptedEpoch.
        accepted: Epoch,
    },
    /// Leader to learner: the new epoch.
    LeaderInfo {
        /// The number.
        epoch: Epoch,
    },
    /// Learner to leader: the epoch is accepted.
    AckEpoch {
        /// Its currentEpoch; `None` when it had accepted that epoch before and so does not count.
        current: Option<Epoch>,
        /// Its last logged zxid.
        last_zxid: Zxid,
    },
    /// The learner's log is a prefix: the rest follows.
    Diff {
        /// The leader's last committed zxid.
        zxid: Zxid,
    },
    /// The learner must cut its log.
    Trunc {
        /// Last zxid to keep.
        zxid: Zxid,
    },
    /// The learner must take the whole tree.
    Snap {
        /// Last zxid in the tree.
        zxid: Zxid,
        /// The serialised sessions and tree.
        image: Arc<[u8]>,
    },
    /// End of the history.
    NewLeader {
        /// The new epoch.
        epoch: Epoch,
    },
    /// The learner may serve.
    UpToDate,
    /// A transaction to log.
    Proposal(Arc<Record>),
    /// It is durable here. With counter 0 it answers NEWLEADER.
    Ack {
        /// Which.
        zxid: Zxid,
    },
    /// A quorum holds it.
    Commit {
        /// Which.
        zxid: Zxid,
    },
    /// Proposal and commit in one, for observers.
    Inform(Arc<Record>),
    /// Leader to learner: are you there?
    Ping {
        /// The last zxid proposed.
        zxid: Zxid,
    },
    /// Learner to leader: yes, and these sessions were heard of.
    PingReply {
        /// Sessions touched since the last reply, with their timeouts in milliseconds.
        touched: Vec<(SessionId, i32)>,
    },
    /// Learner to leader: a client's write.
    Request {
        /// Who asks.
        caller: Caller,
        /// What it asks.
        request: Arc<Request>,
    },
    /// Learner to leader: a client came back with this session.
    Revalidate {
        /// The session.
        session: SessionId,
        /// Its timeout in milliseconds.
        timeout_ms: i32,
    },
    /// Leader to learner: whether the session is alive.
    Revalidated {
        /// The session.
        session: SessionId,
        /// Alive or not.
        valid: bool,
    },
    /// Learner to leader, and back when all that was pending is committed.
    Sync {
        /// The session that asked.
        session: SessionId,
        /// The client's request number.
        cxid: i32,
    },
}

impl Packet {
    /// True for the election channel.
    pub const fn is_election(&self) -> bool {
        matches!(self, Self::Notification { .. })
    }

    /// The wire word, as scripts and captions write it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Notification { .. } => "notification",
            Self::FollowerInfo { .. } => "followerinfo",
            Self::ObserverInfo { .. } => "observerinfo",
            Self::LeaderInfo { .. } => "leaderinfo",
            Self::AckEpoch { .. } => "ackepoch",
            Self::Diff { .. } => "diff",
            Self::Trunc { .. } => "trunc",
            Self::Snap { .. } => "snap",
            Self::NewLeader { .. } => "newleader",
            Self::UpToDate => "uptodate",
            Self::Proposal(_) => "proposal",
            Self::Ack { .. } => "ack",
            Self::Commit { .. } => "commit",
            Self::Inform(_) => "inform",
            Self::Ping { .. } => "ping",
            Self::PingReply { .. } => "pingreply",
            Self::Request { .. } => "request",
            Self::Revalidate { .. } => "revalidate",
            Self::Revalidated { .. } => "revalidated",
            Self::Sync { .. } => "sync",
        }
    }

    /// Every wire word, for scripts.
    pub const WORDS: [&'static str; 20] = [
        "notification",
        "followerinfo",
        "observerinfo",
        "leaderinfo",
        "ackepoch",
        "diff",
        "trunc",
        "snap",
        "newleader",
        "uptodate",
        "proposal",
        "ack",
        "commit",
        "inform",
        "ping",
        "pingreply",
        "request",
        "revalidate",
        "revalidated",
        "sync",
    ];

    /// The zxid it is about, if it is about one.
    pub fn zxid(&self) -> Option<Zxid> {
        match self {
            Self::Diff { zxid }
            | Self::Trunc { zxid }
            | Self::Snap { zxid, .. }
            | Self::Ack { zxid }
            | Self::Commit { zxid } => Some(*zxid),
            Self::Proposal(r) | Self::Inform(r) => Some(r.zxid()),
            Self::NewLeader { epoch } | Self::LeaderInfo { epoch } => Some(Zxid::new(*epoch, 0)),
            Self::AckEpoch { last_zxid, .. } => Some(*last_zxid),
            Self::Notification { vote, .. } => Some(vote.zxid),
            _ => None,
        }
    }
}
