//! Clients: machines of their own that connect, ask, wait, give up and come back.
//!
//! A client keeps one connection, to one server at a time. Requests are sent at once while it is
//! connected and wait while it is not. When the connection breaks, the outcome of everything sent
//! and not answered is *unknown*: it may or may not happen. The client then tries the next server of
//! its list, with the same session.
//!
//! A session that is over ends everything: what was sent is unknown, what was not sent has failed for
//! sure.
//!
//! After `close` it takes no more requests, and a connection that breaks is the last one: it does not
//! connect again just to close, so the session ends by its timeout.
//!
//! In ZooKeeper: `ClientCnxn`.

use std::sync::Arc;

use rpds::VectorSync;
use serde::Serialize;

use super::agenda::{Event, Slot};
use super::programs::Running;
use super::watching::ClientWatches;
use crate::base::{ClientId, ConnId, Duration, Instant, Ordered, Queue, ServerId, SessionId};
use crate::model::session::Password;
use crate::model::{ErrorCode, Reply, Request, WatchEvent, Zxid};

/// Pause before the next server is tried, while not all have been.
const RECONNECT_AFTER: Duration = Duration::from_ms(100);
/// The longest pause. ZooKeeper: the `spinDelay` of `ClientCnxn`.
const RECONNECT_AFTER_MAX: Duration = Duration::from_s(1);
/// Request number of an auth, as in ZooKeeper.
pub const AUTH_XID: i32 = -4;
/// Request number under which watches are set again, as in ZooKeeper.
pub const SET_WATCHES_XID: i32 = -8;
/// Request number of a client's pings, as in ZooKeeper.
pub const PING_XID: i32 = -2;
/// Largest number of clients of a run.
pub const CLIENTS_MAX: usize = 64;

/// How a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ClientState {
    /// Looks for a server.
    Connecting,
    /// Its session is confirmed.
    Connected,
    /// It ended its session.
    Closed,
    /// The ensemble ended its session.
    Expired,
}

impl ClientState {
    /// Every state.
    pub const ALL: [Self; 4] = [
        Self::Connecting,
        Self::Connected,
        Self::Closed,
        Self::Expired,
    ];

    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Closed => "closed",
            Self::Expired => "expired",
        }
    }
}

/// What a client knows of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestOutcome {
    /// Not sent, or not answered yet.
    Pending,
    /// Answered.
    Told {
        /// The answer.
        reply: Arc<Reply>,
        /// Zxid of the transaction, if it was a write.
        txn: Option<Zxid>,
        /// When.
        at: Instant,
        /// By which server.
        server: ServerId,
    },
    /// The connection broke first.
    Unknown {
        /// When.
        at: Instant,
    },
    /// It was never sent: the session was over. ZooKeeper: `SESSIONEXPIRED`.
    Expired {
        /// When.
        at: Instant,
    },
}

/// An event as a client heard it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub event: Arc<WatchEvent>,
    /// When.
    pub at: Instant,
    /// From which server.
    pub server: ServerId,
}

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// What was asked.
    pub request: Arc<Request>,
    /// The client's request number, once sent.
    pub cxid: i32,
    /// The session it was sent in.
    pub session: SessionId,
    /// The server it was sent to.
    pub server: Option<ServerId>,
    /// When it was asked.
    pub invoked: Instant,
    /// What became of it.
    pub outcome: RequestOutcome,
}

/// A connection as the client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// Its number.
    pub conn: ConnId,
    /// The other end.
    pub server: ServerId,
    /// Nothing passes any more, but nobody was told.
    pub dead: bool,
    /// Last arrival at the server and at the client: lines are FIFO.
    pub last_arrival: [Instant; 2],
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its number.
    pub id: ClientId,
    /// Its name in scripts.
    pub name: String,
    /// The server it is connected to, or tries to be.
    pub server: Option<ServerId>,
    /// How it stands.
    pub state: ClientState,
    /// Its session; 0 before the first.
    pub session: SessionId,
    /// Negotiated timeout in milliseconds; before that, the one it asks for.
    pub timeout_ms: i32,
    /// Highest zxid it has seen.
    pub last_zxid: Zxid,
    /// All it asked and was told.
    pub history: VectorSync<Arc<Invocation>>,
    /// All events that it heard.
    pub events: VectorSync<Arc<Notice>>,
    /// Its watches.
    pub watches: ClientWatches,
    /// Its process is frozen.
    pub paused: bool,
    /// What reached it while it was frozen.
    pub(super) held: Queue<Event>,
    pub(super) running: Option<Box<Running>>,
    /// Recipes that it has begun so far.
    pub(super) runs: u32,
    /// What it has proved, and proves again on each connection: scheme and proof.
    pub(super) auth: Vec<(String, Vec<u8>)>,
    pub(super) password: Password,
    /// Servers of its connect string, in order.
    pub(super) servers: Vec<ServerId>,
    /// Servers tried since the last session was confirmed.
    pub(super) tried: u32,
    /// It was told to close: no more requests, no more connections.
    pub(super) closing: bool,
    pub(super) line: Option<Line>,
    pub(super) unsent: Queue<u32>,
    pub(super) in_flight: Ordered<i32, u32>,
    pub(super) next_server: usize,
    pub(super) next_cxid: i32,
    pub(super) last_heard: Instant,
    pub(super) wake: Option<Slot>,
}

impl Client {
    /// The server that it tried first.
    pub fn first_server(&self) -> Option<ServerId> {
        self.servers.first().copied()
    }

    /// `servers` has at least one.
    pub(super) fn new(
        id: ClientId,
        name: String,
        servers: Vec<ServerId>,
        timeout: Duration,
    ) -> Self {
        Self {
            id,
            name,
            server: None,
            state: ClientState::Connecting,
            session: SessionId(0),
            timeout_ms: i32::try_from(timeout.as_ms()).unwrap_or(i32::MAX),
            last_zxid: Zxid::ZERO,
            history: VectorSync::new_sync(),
            events: VectorSync::new_sync(),
            watches: ClientWatches::default(),
            paused: false,
            held: Queue::new(),
            running: None,
            runs: 0,
            auth: Vec::new(),
            password: Password::default(),
            servers,
            tried: 0,
            closing: false,
            line: None,
            unsent: Queue::new(),
            in_flight: Ordered::new(),
            next_server: 0,
            next_cxid: 1,
            last_heard: Instant::ZERO,
            wake: None,
        }
    }

    /// True while it has or seeks a session.
    pub fn is_active(&self) -> bool {
        matches!(self.state, ClientState::Connecting | ClientState::Connected)
    }

    /// True while it takes requests.
    pub fn takes_requests(&self) -> bool {
        self.is_active() && !self.closing
    }

    /// Requests that were not answered yet.
    pub fn pending(&self) -> usize {
        self.unsent.len() + self.in_flight.len()
    }

    /// The server it will try next.
    pub fn next_server(&self) -> ServerId {
        self.servers[self.next_server]
    }

    /// Servers of its connect string, in order.
    pub fn servers(&self) -> &[ServerId] {
        &self.servers
    }

    /// When it last heard anything from its server.
    pub const fn last_heard(&self) -> Instant {
        self.last_heard
    }

    /// Its last request.
    pub fn last(&self) -> Option<&Arc<Invocation>> {
        self.history.last()
    }

    /// How long it waits for a server to confirm its session: its timeout, shared by its servers.
    pub(super) fn connect_timeout(&self) -> Duration {
        let timeout = Duration::from_ms(u64::try_from(self.timeout_ms).unwrap_or(0));
        timeout.divided_by(self.servers.len() as u64)
    }

    /// The pause before the next server is tried: it doubles each time that all of them were tried in
    /// vain.
    pub(super) fn pause(&self) -> Duration {
        let rounds = self.tried / self.servers.len() as u32;
        let pause = RECONNECT_AFTER.times(1 << rounds.min(8));
        pause.min(RECONNECT_AFTER_MAX)
    }

    /// A third of the session timeout: how long it stays silent.
    pub(super) fn third(&self) -> Duration {
        Duration::from_ms(u64::try_from(self.timeout_ms).unwrap_or(0) / 3)
    }

    /// A request was answered: what it asked for beyond the answer is in force now.
    pub(super) fn learn(&mut self, request: &Request, outcome: ErrorCode) {
        self.watches.answered(request, outcome);
        if let Request::Auth { scheme, auth } = request
            && outcome == ErrorCode::Ok
        {
            let proof = (scheme.clone(), auth.clone());
            if !self.auth.contains(&proof) {
                self.auth.push(proof);
            }
        }
    }

    pub(super) fn update(&mut self, entry: u32, change: impl FnOnce(&mut Invocation)) {
        if let Some(invocation) = self.history.get(entry as usize) {
            let mut invocation = Invocation::clone(invocation);
            change(&mut invocation);
            self.history.set_mut(entry as usize, Arc::new(invocation));
        }
    }
}
