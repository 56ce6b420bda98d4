//! What a server does for its clients: connect, order, forward, answer, and keep sessions alive.
//!
//! Reads are answered from what this server has applied. Writes go to the leader. Per connection,
//! answers keep the order of the requests: a read waits for the writes before it, and for nothing
//! of other sessions. Sessions are counted by the leader alone; learners pass on whom they heard.
//!
//! In ZooKeeper: `FollowerRequestProcessor`, `CommitProcessor`, `FinalRequestProcessor`,
//! `SessionTrackerImpl`, `LearnerSessionTracker`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::packet::Packet;
use super::peer::{Cx, Part, Peer};
use crate::base::{ClientId, ConnId, Duration, Instant, Queue, ServerId, SessionId};
use crate::model::request::ReplyBody;
use crate::model::{ErrorCode, Record, Reply, Request, TxnBody, Zxid};
use crate::protocol::decision::Decision;
use crate::protocol::machine::{ClientPacket, Effect, ServerPacket, Timer};
use crate::tree::{Applied, AuthId};

/// A session at the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tracked {
    /// Its timeout in milliseconds.
    pub timeout_ms: i32,
    /// The end of the bucket in which it expires.
    pub expires: Instant,
    /// A closeSession is on its way.
    pub closing: bool,
}

impl Tracked {
    /// Heard of now.
    pub fn new(timeout_ms: i32, now: Instant, tick: Duration) -> Self {
        Self {
            timeout_ms,
            expires: bucket(now, timeout_ms, tick),
            closing: false,
        }
    }
}

/// The next multiple of a tick after the timeout. ZooKeeper: `ExpiryQueue.roundToNextInterval`.
fn bucket(now: Instant, timeout_ms: i32, tick: Duration) -> Instant {
    let due = now + Duration::from_ms(u64::try_from(timeout_ms).unwrap_or(0));
    let tick = tick.0.max(1);
    Instant((due.0 / tick + 1) * tick)
}

/// A request that waits for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The client's request number.
    pub cxid: i32,
    /// What it asks.
    pub request: Arc<Request>,
}

/// A client's connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Which.
    pub conn: ConnId,
    /// Its session.
    pub session: SessionId,
    /// Its timeout in milliseconds.
    pub timeout_ms: i32,
    /// The session is confirmed.
    pub open: bool,
    /// Requests not answered yet, in order.
    pub queue: Queue<Waiting>,
}

/// A server's client connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    conns: BTreeMap<ClientId, Connection>,
    last_session: i64,
}

impl Service {
    /// The open connections.
    pub fn connections(&self) -> impl Iterator<Item = (ClientId, &Connection)> {
        self.conns.iter().map(|(id, c)| (*id, c))
    }

    fn of_session(&self, session: SessionId) -> Option<ClientId> {
        let mut found = self.conns.iter().filter(|(_, c)| c.session == session);
        found.next().map(|(id, _)| *id)
    }
}

impl Peer {
    /// A client said something.
    pub(super) fn on_client(
        &mut self,
        cx: &mut Cx<'_>,
        client: ClientId,
        conn: ConnId,
        packet: ClientPacket,
    ) {
        if !self.serves() {
            cx.out.push(Effect::CloseClient { client, conn });
            return;
        }
        match packet {
            ClientPacket::Connect {
                last_zxid,
                session,
                timeout_ms,
            } => self.on_connect(cx, client, conn, (last_zxid, session, timeout_ms)),
            ClientPacket::Request { cxid, request } => {
                self.on_request(cx, client, conn, Waiting { cxid, request });
            }
        }
    }

    fn on_connect(
        &mut self,
        cx: &mut Cx<'_>,
        client: ClientId,
        conn: ConnId,
        (seen, session, timeout_ms): (Zxid, SessionId, i32),
    ) {
        let have = self.db.last_zxid;
        if seen > have {
            cx.out.decide(Decision::RefusedStaleServer { seen, have });
            cx.out.push(Effect::CloseClient { client, conn });
            return;
        }
        let timeout_ms = self.negotiate(timeout_ms);
        let fresh = session == SessionId(0);
        let session = if fresh {
            self.next_session(cx)
        } else {
            session
        };
        self.service.conns.insert(
            client,
            Connection {
                conn,
                session,
                timeout_ms,
                open: false,
                queue: Queue::new(),
            },
        );
        if fresh {
            self.submit(
                cx,
                session,
                0,
                &Arc::new(Request::CreateSession { timeout_ms }),
            );
        } else {
            self.revalidate(cx, session, timeout_ms);
        }
    }

    /// Between 2 and 20 ticks.
    fn negotiate(&self, timeout_ms: i32) -> i32 {
        let tick = i32::try_from(self.config.tick.as_ms()).unwrap_or(i32::MAX / 20);
        timeout_ms.clamp(tick.saturating_mul(2), tick.saturating_mul(20))
    }

    /// Clock in the middle, server id in the top byte, then one by one.
    fn next_session(&mut self, cx: &Cx<'_>) -> SessionId {
        let clock = (((cx.wall_ms << 24) as u64) >> 8) as i64;
        let first = clock | (i64::from(self.id.0) << 56);
        self.service.last_session = if self.service.last_session < first {
            first
        } else {
            self.service.last_session + 1
        };
        SessionId(self.service.last_session)
    }

    fn on_request(&mut self, cx: &mut Cx<'_>, client: ClientId, conn: ConnId, waiting: Waiting) {
        let Some(connection) = self.service.conns.get_mut(&client) else {
            return;
        };
        if connection.conn != conn || !connection.open {
            return;
        }
        let session = connection.session;
        let timeout_ms = connection.timeout_ms;
        self.touch(cx.now, session, timeout_ms);
        let Some(connection) = self.service.conns.get_mut(&client) else {
            return;
        };
        connection.queue.push_back(waiting.clone());
        if waiting.request.is_write() {
            self.submit(cx, session, waiting.cxid, &waiting.request);
        } else if let Request::Sync { .. } = *waiting.request {
            self.request_sync(cx, session, waiting.cxid);
        } else {
            self.answer_reads(cx, client);
        }
    }

    /// Hands a write to the leader, which may be this server.
    fn submit(&mut self, cx: &mut Cx<'_>, session: SessionId, cxid: i32, request: &Arc<Request>) {
        match &self.part {
            Part::Leading(_) => self.propose(cx, session, cxid, request),
            Part::Learning(learning) => {
                cx.out.decide(Decision::ForwardedWrite { session, cxid });
                let request = Arc::clone(request);
                let packet = Packet::Request {
                    session,
                    cxid,
                    request,
                };
                cx.out.send(learning.leader, packet);
            }
            Part::Looking => {}
        }
    }

    /// Answers the reads at the head of a connection's queue.
    fn answer_reads(&mut self, cx: &mut Cx<'_>, client: ClientId) {
        loop {
            let Some(connection) = self.service.conns.get_mut(&client) else {
                return;
            };
            let Some(head) = connection.queue.front() else {
                return;
            };
            if head.request.is_write() || matches!(*head.request, Request::Sync { .. }) {
                return;
            }
            let head = connection.queue.pop_front().expect("the queue has a front");
            let conn = connection.conn;
            let (error, body) = match *head.request {
                Request::Ping => (ErrorCode::Ok, ReplyBody::Empty),
                _ => self.db.read_as(&head.request, &anybody(), self.rules),
            };
            self.reply(cx, (client, conn), head.cxid, (error, body), None);
        }
    }

    fn reply(
        &self,
        cx: &mut Cx<'_>,
        (client, conn): (ClientId, ConnId),
        cxid: i32,
        (error, body): (ErrorCode, ReplyBody),
        txn: Option<Zxid>,
    ) {
        let zxid = self.db.last_zxid;
        cx.out.push(Effect::ToClient {
            client,
            conn,
            packet: ServerPacket::Reply {
                cxid,
                reply: Arc::new(Reply { zxid, error, body }),
                txn,
            },
        });
    }

    /// A transaction was applied: whoever of this server's clients waits for it is answered.
    pub(super) fn on_applied(&mut self, cx: &mut Cx<'_>, record: &Record, applied: Applied) {
        let header = record.txn.header;
        let Some(client) = self.service.of_session(header.session) else {
            return;
        };
        match record.txn.body {
            TxnBody::CreateSession { .. } => self.open_session(cx, client),
            TxnBody::CloseSession { .. } => {
                self.answer_write(cx, client, header.cxid, header.zxid, applied);
                if let Some(connection) = self.service.conns.remove(&client) {
                    let conn = connection.conn;
                    cx.out.push(Effect::CloseClient { client, conn });
                }
            }
            _ => self.answer_write(cx, client, header.cxid, header.zxid, applied),
        }
    }

    fn answer_write(
        &mut self,
        cx: &mut Cx<'_>,
        client: ClientId,
        cxid: i32,
        zxid: Zxid,
        applied: Applied,
    ) {
        let Some(connection) = self.service.conns.get_mut(&client) else {
            return;
        };
        if connection.queue.front().map(|w| w.cxid) != Some(cxid) {
            return;
        }
        connection.queue.pop_front();
        let to = (client, connection.conn);
        self.reply(cx, to, cxid, (applied.error, applied.body), Some(zxid));
        self.answer_reads(cx, client);
    }

    fn open_session(&mut self, cx: &mut Cx<'_>, client: ClientId) {
        if let Some(connection) = self.service.conns.get_mut(&client) {
            connection.open = true;
            cx.out.push(Effect::ToClient {
                client,
                conn: connection.conn,
                packet: ServerPacket::Connected {
                    session: connection.session,
                    timeout_ms: connection.timeout_ms,
                },
            });
        }
    }

    /// A client's connection broke; its requests may still be carried out.
    pub(super) fn on_client_gone(&mut self, client: ClientId, conn: ConnId) {
        if self
            .service
            .conns
            .get(&client)
            .is_some_and(|c| c.conn == conn)
        {
            self.service.conns.remove(&client);
        }
    }

    pub(super) fn close_clients(&mut self, cx: &mut Cx<'_>) {
        for (client, connection) in std::mem::take(&mut self.service.conns) {
            let conn = connection.conn;
            cx.out.push(Effect::CloseClient { client, conn });
        }
    }

    // --- sync ---

    fn request_sync(&mut self, cx: &mut Cx<'_>, session: SessionId, cxid: i32) {
        match &self.part {
            Part::Leading(_) => self.on_sync_request(cx, self.id, session, cxid),
            Part::Learning(learning) => {
                cx.out.send(learning.leader, Packet::Sync { session, cxid });
            }
            Part::Looking => {}
        }
    }

    /// As leader: answered at once, or when the last proposal of now commits. No quorum is asked.
    pub(super) fn on_sync_request(
        &mut self,
        cx: &mut Cx<'_>,
        from: ServerId,
        session: SessionId,
        cxid: i32,
    ) {
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        match leading.outstanding.last().map(|(z, _)| *z) {
            Some(zxid) => {
                let waiting = leading.pending_syncs.entry(zxid).or_default();
                waiting.push((from, session, cxid));
            }
            None => self.answer_sync(cx, from, session, cxid),
        }
    }

    pub(super) fn answer_sync(
        &mut self,
        cx: &mut Cx<'_>,
        server: ServerId,
        session: SessionId,
        cxid: i32,
    ) {
        if server == self.id {
            self.on_sync_answer(cx, session, cxid);
        } else {
            cx.out.send(server, Packet::Sync { session, cxid });
        }
    }

    pub(super) fn on_sync_answer(&mut self, cx: &mut Cx<'_>, session: SessionId, cxid: i32) {
        let Some(client) = self.service.of_session(session) else {
            return;
        };
        let Some(connection) = self.service.conns.get_mut(&client) else {
            return;
        };
        if connection.queue.front().map(|w| w.cxid) == Some(cxid) {
            connection.queue.pop_front();
            let to = (client, connection.conn);
            self.reply(cx, to, cxid, (ErrorCode::Ok, ReplyBody::Empty), None);
            self.answer_reads(cx, client);
        }
    }

    // --- sessions ---

    fn revalidate(&mut self, cx: &mut Cx<'_>, session: SessionId, timeout_ms: i32) {
        match &self.part {
            Part::Leading(_) => {
                let valid = self.session_alive(cx.now, session, timeout_ms);
                self.on_revalidated(cx, session, valid);
            }
            Part::Learning(learning) => cx.out.send(
                learning.leader,
                Packet::Revalidate {
                    session,
                    timeout_ms,
                },
            ),
            Part::Looking => {}
        }
    }

    pub(super) fn on_revalidate(
        &mut self,
        cx: &mut Cx<'_>,
        from: ServerId,
        session: SessionId,
        timeout_ms: i32,
    ) {
        let valid = self.session_alive(cx.now, session, timeout_ms);
        cx.out.send(from, Packet::Revalidated { session, valid });
    }

    fn session_alive(&mut self, now: Instant, session: SessionId, timeout_ms: i32) -> bool {
        self.touch_sessions(now, &[(session, timeout_ms)]);
        let Part::Leading(leading) = &self.part else {
            return false;
        };
        leading.sessions.get(&session).is_some_and(|t| !t.closing)
    }

    /// The leader's answer about a session that came back.
    pub(super) fn on_revalidated(&mut self, cx: &mut Cx<'_>, session: SessionId, valid: bool) {
        cx.out
            .decide(Decision::SessionRevalidated { session, valid });
        let Some(client) = self.service.of_session(session) else {
            return;
        };
        if valid {
            self.open_session(cx, client);
        } else if let Some(connection) = self.service.conns.remove(&client) {
            let conn = connection.conn;
            cx.out.push(Effect::ToClient {
                client,
                conn,
                packet: ServerPacket::Connected {
                    session: SessionId(0),
                    timeout_ms: 0,
                },
            });
            cx.out.push(Effect::CloseClient { client, conn });
        }
    }

    /// A session of this server was heard of.
    fn touch(&mut self, now: Instant, session: SessionId, timeout_ms: i32) {
        match &mut self.part {
            Part::Leading(_) => self.touch_sessions(now, &[(session, timeout_ms)]),
            Part::Learning(learning) => {
                if !learning.touched.iter().any(|(s, _)| *s == session) {
                    learning.touched.push((session, timeout_ms));
                }
            }
            Part::Looking => {}
        }
    }

    /// As leader: these sessions were heard of.
    pub(super) fn touch_sessions(&mut self, now: Instant, touched: &[(SessionId, i32)]) {
        let tick = self.config.tick;
        let Part::Leading(leading) = &mut self.part else {
            return;
        };
        for (session, timeout_ms) in touched {
            if let Some(tracked) = leading.sessions.get_mut(session) {
                tracked.timeout_ms = *timeout_ms;
                tracked.expires = tracked.expires.max(bucket(now, *timeout_ms, tick));
            }
        }
    }

    /// As learner: answers a PING with the sessions heard of since the last one.
    pub(super) fn answer_ping(&mut self, cx: &mut Cx<'_>) {
        if let Part::Learning(learning) = &mut self.part {
            let touched = std::mem::take(&mut learning.touched);
            cx.out.send(learning.leader, Packet::PingReply { touched });
        }
    }

    /// After a change of leader every session gets its full timeout again.
    pub(super) fn tracked_sessions(&self, now: Instant) -> BTreeMap<SessionId, Tracked> {
        let tick = self.config.tick;
        let all = self.db.sessions.iter();
        all.map(|(id, timeout_ms)| (*id, Tracked::new(*timeout_ms, now, tick)))
            .collect()
    }

    /// Waits for the end of the bucket that is running.
    pub(super) fn await_bucket(&self, cx: &mut Cx<'_>) {
        let end = bucket(cx.now, 0, self.config.tick);
        cx.out.arm(Timer::SessionBucket, end.since(cx.now));
    }

    /// As leader: closes the sessions whose bucket is over. A close is a transaction like any other.
    pub(super) fn on_session_bucket(&mut self, cx: &mut Cx<'_>) {
        let Part::Leading(leading) = &self.part else {
            return;
        };
        let over: Vec<SessionId> = leading
            .sessions
            .iter()
            .filter(|(_, t)| !t.closing && t.expires <= cx.now)
            .map(|(id, _)| *id)
            .collect();
        self.await_bucket(cx);
        for session in over {
            cx.out.decide(Decision::ExpiredSession { session });
            self.propose(cx, session, 0, &Request::CloseSession);
        }
    }
}

/// Identities of a connection that has proved nothing.
pub(super) fn anybody() -> [AuthId; 1] {
    [AuthId::new("ip", "127.0.0.1")]
}
