//! The seam between a server and the world: everything that goes in and everything that comes out.

use std::sync::Arc;

use super::decision::Decision;
use super::zab::packet::Packet;
use crate::base::{ClientId, ConnId, Duration, ServerId, SessionId, WriteId};
use crate::model::session::Password;
use crate::model::{Record, Reply, Request, WatchEvent, Zxid};
use crate::storage::epochs::EpochRefusal;
use crate::storage::{FileOp, Refusal, SyncTarget};
use crate::tree::Database;

/// What happens to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The process starts; memory is empty, the disk is what it is.
    Boot,
    /// The election channel to a peer works from now on.
    LinkUp(ServerId),
    /// A quorum connection is open; `accepted` tells the side that was called.
    Opened {
        /// The other end.
        peer: ServerId,
        /// True at the leader's side.
        accepted: bool,
    },
    /// A quorum connection could not be opened, or broke, or was closed by the other end.
    Closed(ServerId),
    /// A packet arrived from a peer.
    Receive {
        /// Sender.
        from: ServerId,
        /// Content.
        packet: Packet,
    },
    /// A timer ran out.
    Fired(Timer),
    /// An fsync finished.
    Synced(WriteId),
    /// A write was refused by the disk: no space left.
    DiskFailed,
    /// A client opened a connection and introduced itself, or sent a request on it.
    Client {
        /// Who.
        client: ClientId,
        /// On which connection.
        conn: ConnId,
        /// What.
        packet: ClientPacket,
    },
    /// A client's connection broke.
    ClientGone {
        /// Who.
        client: ClientId,
        /// The connection that broke.
        conn: ConnId,
    },
    /// An operator asks for a snapshot now.
    TakeSnapshot,
    /// An operator asks for old files to be removed.
    Purge {
        /// Snapshots to keep, at least 3.
        retain: u32,
    },
    /// An operator asks the admin server for the stream of a snapshot; it leaves one on the disk.
    StreamSnapshot,
    /// An operator hands the tree of such a stream to the admin server.
    Restore(Arc<Database>),
}

/// Client to server. ZooKeeper: `ConnectRequest`, `RequestHeader` and a request record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientPacket {
    /// First packet on a connection.
    Connect {
        /// Highest zxid the client has seen; a server behind it refuses.
        last_zxid: Zxid,
        /// Session to resume, or `SessionId(0)` for a new one.
        session: SessionId,
        /// Its password; of no effect for a new one.
        password: Password,
        /// Timeout asked for, in milliseconds.
        timeout_ms: i32,
    },
    /// A request.
    Request {
        /// The client's request number.
        cxid: i32,
        /// What it asks.
        request: Arc<Request>,
    },
}

/// Server to client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerPacket {
    /// Answer to `Connect`; session 0 means the session is over.
    Connected {
        /// The session.
        session: SessionId,
        /// What to show when it is taken up again.
        password: Password,
        /// Negotiated timeout in milliseconds.
        timeout_ms: i32,
    },
    /// A watch fired.
    Event(Arc<WatchEvent>),
    /// Answer to a request.
    Reply {
        /// The client's request number.
        cxid: i32,
        /// The answer.
        reply: Arc<Reply>,
        /// Zxid of the transaction, when the request was a write.
        txn: Option<Zxid>,
    },
}

/// What a server does. The world carries the effects of one input out in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Opens a quorum connection to the elected leader.
    Connect(ServerId),
    /// Closes the quorum connection with a peer; it hears of it.
    Close(ServerId),
    /// Sends a packet: notifications by the election channel, the rest by the quorum connection.
    Send {
        /// Receiver.
        to: ServerId,
        /// Content.
        packet: Packet,
    },
    /// Starts a timer, or starts it anew; the world chooses a length within the bounds.
    Arm {
        /// Which.
        timer: Timer,
        /// Shortest time.
        at_least: Duration,
        /// Longest time.
        at_most: Duration,
    },
    /// Stops a timer.
    Disarm(Timer),
    /// Appends a transaction to the log: the bytes are in `ops`.
    Append {
        /// The transaction.
        record: Arc<Record>,
        /// What it does to the files.
        ops: Vec<FileOp>,
    },
    /// Any other change of a file.
    Write(FileOp),
    /// Asks for an fsync; [`Input::Synced`] answers.
    Sync {
        /// Its number.
        id: WriteId,
        /// What must become durable.
        target: SyncTarget,
    },
    /// Answers a client.
    ToClient {
        /// Who.
        client: ClientId,
        /// On which connection.
        conn: ConnId,
        /// What.
        packet: ServerPacket,
    },
    /// Closes a client's connection.
    CloseClient {
        /// Who.
        client: ClientId,
        /// Which connection.
        conn: ConnId,
    },
    /// As leader: numbered a transaction and proposes it.
    Propose(Arc<Record>),
    /// As leader: a quorum holds it, so it is committed. As learner: was told so.
    Commit(Zxid),
    /// A committed transaction is applied to the tree in memory.
    Apply(Arc<Record>),
    /// A reason worth telling.
    Decide(Decision),
    /// The process ends itself.
    Halt(HaltReason),
}

/// A server's timers. At most one of each runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Election: nothing heard, say it again.
    Notify,
    /// Election: no better vote came, decide.
    Finalize,
    /// Learner: try to reach the leader again.
    Reconnect,
    /// Learner: the leader has been silent too long.
    ReadTimeout,
    /// Leader: half a tick.
    HalfTick,
    /// Leader: discovery or synchronisation took too long.
    InitLimit,
    /// The next piece of a running snapshot.
    SnapshotWalk,
    /// Leader: look for unused containers and outlived TTL nodes.
    Reaper,
    /// Leader: a bucket of sessions ends.
    SessionBucket,
}

impl Timer {
    /// Every timer.
    pub const ALL: [Self; 9] = [
        Self::Notify,
        Self::Finalize,
        Self::Reconnect,
        Self::ReadTimeout,
        Self::HalfTick,
        Self::InitLimit,
        Self::SnapshotWalk,
        Self::Reaper,
        Self::SessionBucket,
    ];
}

/// Why a process ended itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HaltReason {
    /// Recovery refused the disk.
    Refused(Refusal),
    /// The epoch files contradict the log or each other.
    Epochs(EpochRefusal),
    /// A COMMIT that is not the head of the pending proposals. ZooKeeper: exit code 12.
    UnmatchedCommit {
        /// What was committed.
        commit: Zxid,
        /// What was expected.
        pending: Option<Zxid>,
    },
    /// The log could not be truncated. ZooKeeper: exit code 13.
    TruncFailed(Zxid),
    /// A transaction that cannot be applied. ZooKeeper: an exception that nobody catches.
    Poison(Zxid),
    /// The disk refuses even what a start has to write. ZooKeeper: exit code 10.
    DiskRefuses,
}

/// Where a machine puts its effects.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    effects: Vec<Effect>,
}

impl Outbox {
    /// Adds an effect.
    pub fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Sends `packet` to `to`.
    pub fn send(&mut self, to: ServerId, packet: Packet) {
        self.push(Effect::Send { to, packet });
    }

    /// Starts `timer` with an exact length.
    pub fn arm(&mut self, timer: Timer, after: Duration) {
        self.push(Effect::Arm {
            timer,
            at_least: after,
            at_most: after,
        });
    }

    /// Tells a reason.
    pub fn decide(&mut self, decision: Decision) {
        self.push(Effect::Decide(decision));
    }

    /// The effects so far, in order; leaves the outbox empty.
    pub fn drain(&mut self) -> std::vec::Drain<'_, Effect> {
        self.effects.drain(..)
    }

    /// The effects so far.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }
}
