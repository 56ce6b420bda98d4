//! What a server does with its clients' requests: order, forward, answer.
//!
//! Reads are answered from what this server has applied. Writes go to the leader. Per connection,
//! answers keep the order of the requests: a read waits for the writes before it, and for nothing
//! of other sessions. What a connection has proved travels with each write: only the leader decides
//! who may do what.
//!
//! In ZooKeeper: `ZooKeeperServer.processPacket`, `FollowerRequestProcessor`, `CommitProcessor`,
//! `FinalRequestProcessor`.

use std::sync::Arc;

use super::packet::{Caller, Packet};
use super::peer::{Cx, Part, Peer};
use crate::base::{ClientId, ConnId, ServerId, SessionId};
use crate::model::request::Taken;
use crate::model::{ErrorCode, Record, Reply, ReplyBody, Request, TxnBody, Zxid};
use crate::protocol::decision::Decision;
use crate::protocol::machine::{Effect, ServerPacket};
use crate::tree::read::Reader;
use crate::tree::{Applied, AuthId, auth};

/// A request that waits for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The client's request number.
    pub cxid: i32,
    /// What it asks.
    pub request: Arc<Request>,
}

impl Peer {
    pub(super) fn on_request(
        &mut self,
        cx: &mut Cx<'_>,
        client: ClientId,
        conn: ConnId,
        waiting: Waiting,
    ) {
        let Some(connection) = self.service.conns.get_mut(&client) else {
            return;
        };
        if connection.conn != conn || !connection.open {
            return;
        }
        let (session, timeout_ms) = (connection.session, connection.timeout_ms);
        match &*waiting.request {
            Request::Auth { scheme, auth } => {
                self.authenticate(cx, client, waiting.cxid, scheme, auth);
                return;
            }
            // A real server since 3.9 does not know a check outside of a multi (ZOOKEEPER-2623).
            Request::Check { .. } if self.rules.refuse_bare_check => {
                self.refuse_type(cx, (client, conn), waiting.cxid);
                return;
            }
            Request::Unknown { .. } => {
                self.refuse_type(cx, (client, conn), waiting.cxid);
                return;
            }
            _ => {}
        }
        if let Request::Malformed { zxid: Taken::Lost } = *waiting.request {
            self.skip_zxid();
        }
        let Some(connection) = self.service.conns.get_mut(&client) else {
            return;
        };
        connection.queue.push_back(waiting.clone());
        self.touch(cx.now, session, timeout_ms);
        if waiting.request.is_write() {
            self.submit(cx, client, waiting.cxid, &waiting.request);
        } else if let Request::Sync { .. } = *waiting.request {
            self.request_sync(cx, session, waiting.cxid);
        } else {
            self.answer_reads(cx, client);
        }
    }

    /// No server knows requests of that type: the connection ends.
    fn refuse_type(&mut self, cx: &mut Cx<'_>, to: (ClientId, ConnId), cxid: i32) {
        let reply = Reply {
            zxid: Zxid::UNTRUSTED,
            error: ErrorCode::Unimplemented,
            body: ReplyBody::Empty,
        };
        self.send_reply(cx, to, cxid, reply, None);
        self.hang_up(cx, to.0);
    }

    /// A number is given out that no transaction will bear.
    fn skip_zxid(&mut self) {
        if let Part::Leading(leading) = &mut self.part {
            leading.last_proposed = leading.last_proposed.next();
        }
    }

    /// Hands a write to the leader, which may be this server.
    pub(super) fn submit(
        &mut self,
        cx: &mut Cx<'_>,
        client: ClientId,
        cxid: i32,
        request: &Arc<Request>,
    ) {
        let Some(connection) = self.service.conns.get(&client) else {
            return;
        };
        let session = connection.session;
        let ids = Arc::clone(&connection.ids);
        let caller = Caller { session, cxid, ids };
        match &self.part {
            Part::Leading(_) => self.propose(cx, Some(self.id), &caller, request),
            Part::Learning(learning) => {
                cx.out.decide(Decision::ForwardedWrite { session, cxid });
                let request = Arc::clone(request);
                cx.out
                    .send(learning.leader, Packet::Request { caller, request });
            }
            Part::Looking => {}
        }
    }

    /// Answered at once, past everything that waits.
    fn authenticate(
        &mut self,
        cx: &mut Cx<'_>,
        client: ClientId,
        cxid: i32,
        scheme: &str,
        auth: &[u8],
    ) {
        let proved = auth::prove(scheme, auth, self.config.super_password.as_deref());
        let Some(connection) = self.service.conns.get_mut(&client) else {
            return;
        };
        let conn = connection.conn;
        let error = match &proved {
            Some(_) => ErrorCode::Ok,
            None => ErrorCode::AuthFailed,
        };
        let mut ids = connection.ids.to_vec();
        for id in proved.into_iter().flatten() {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        connection.ids = auth::in_order(ids).into();
        let reply = Reply {
            zxid: Zxid::ZERO,
            error,
            body: ReplyBody::Empty,
        };
        self.send_reply(cx, (client, conn), cxid, reply, None);
        if error != ErrorCode::Ok {
            self.hang_up(cx, client);
        }
    }

    /// Answers the reads at the head of a connection's queue.
    pub(super) fn answer_reads(&mut self, cx: &mut Cx<'_>, client: ClientId) {
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
            let (conn, session) = (connection.conn, connection.session);
            let ids = Arc::clone(&connection.ids);
            let answer = match self.refusal_of(session) {
                Some(ErrorCode::SessionMoved) => {
                    self.hang_up(cx, client);
                    return;
                }
                Some(error) => (error, ReplyBody::Empty),
                None => self.read(cx, (client, conn), session, &ids, &head.request),
            };
            self.reply(cx, (client, conn), head.cxid, answer, None);
        }
    }

    fn read(
        &mut self,
        cx: &mut Cx<'_>,
        (client, conn): (ClientId, ConnId),
        session: SessionId,
        ids: &[AuthId],
        request: &Request,
    ) -> (ErrorCode, ReplyBody) {
        let rules = self.rules;
        let watches = &mut self.service.watches;
        let done = (ErrorCode::Ok, ReplyBody::Empty);
        let set = |set: bool| match set {
            true => (ErrorCode::Ok, ReplyBody::Empty),
            false => (ErrorCode::MarshallingError, ReplyBody::Empty),
        };
        let check = |found: bool| match found {
            true => (ErrorCode::Ok, ReplyBody::Empty),
            false => (ErrorCode::NoWatcher, ReplyBody::Empty),
        };
        match request {
            Request::Ping => done,
            Request::AddWatch { path, mode } => set(watches.add(path, conn, *mode, rules)),
            // Until 3.9 the path is taken apart for that, unless it is empty.
            Request::CheckWatches { path, .. }
                if !rules.watch_modes_are_independent && !path.contains('/') =>
            {
                match path.is_empty() {
                    true => (ErrorCode::NoWatcher, ReplyBody::Empty),
                    false => (ErrorCode::MarshallingError, ReplyBody::Empty),
                }
            }
            Request::CheckWatches { path, kind } => check(watches.has(path, conn, *kind, rules)),
            Request::RemoveWatches { path, kind } => {
                check(watches.remove(path, conn, *kind, rules))
            }
            Request::SetWatches { seen, watches } => {
                set(self.set_watches(cx, (client, conn), *seen, watches))
            }
            _ => {
                let reader = Reader {
                    conn,
                    session,
                    ids,
                    rules,
                };
                self.db.read_as(request, reader, watches)
            }
        }
    }

    fn reply(
        &self,
        cx: &mut Cx<'_>,
        to: (ClientId, ConnId),
        cxid: i32,
        (error, body): (ErrorCode, ReplyBody),
        txn: Option<Zxid>,
    ) {
        let zxid = self.db.last_zxid;
        self.send_reply(cx, to, cxid, Reply { zxid, error, body }, txn);
    }

    fn send_reply(
        &self,
        cx: &mut Cx<'_>,
        (client, conn): (ClientId, ConnId),
        cxid: i32,
        reply: Reply,
        txn: Option<Zxid>,
    ) {
        let reply = Arc::new(reply);
        cx.out.push(Effect::ToClient {
            client,
            conn,
            packet: ServerPacket::Reply { cxid, reply, txn },
        });
    }

    /// A transaction was applied: who watches is told, and whoever of this server's clients waits for
    /// it is answered.
    pub(super) fn on_applied(&mut self, cx: &mut Cx<'_>, record: &Record, applied: Applied) {
        let header = record.txn.header;
        self.tell_watchers(cx, header.zxid, &applied.changes);
        let Some(client) = self.service.of_session(header.session) else {
            return;
        };
        match record.txn.body {
            TxnBody::CreateSession { .. } => self.open_created(cx, client, header.cxid),
            TxnBody::CloseSession { .. } => {
                self.answer_write(cx, client, header.cxid, header.zxid, applied);
                self.hang_up(cx, client);
            }
            _ => self.answer_write(cx, client, header.cxid, header.zxid, applied),
        }
    }

    /// The session is known everywhere now. A client that asked for it by a request of its own gets the
    /// answer of a new connection, and no other.
    fn open_created(&mut self, cx: &mut Cx<'_>, client: ClientId, cxid: i32) {
        if let Some(connection) = self.service.conns.get_mut(&client)
            && connection.queue.front().map(|w| w.cxid) == Some(cxid)
        {
            connection.queue.pop_front();
        }
        self.open_session(cx, client);
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
        let asked = connection.queue.pop_front();
        let to = (client, connection.conn);
        let bare_check = asked.is_some_and(|a| matches!(*a.request, Request::Check { .. }));
        if bare_check && applied.error == ErrorCode::Ok {
            // The server fails inside while it writes the answer: there is none.
            self.answer_reads(cx, client);
            return;
        }
        if applied.error == ErrorCode::SessionMoved {
            self.hang_up(cx, client);
            return;
        }
        self.reply(cx, to, cxid, (applied.error, applied.body), Some(zxid));
        self.answer_reads(cx, client);
    }
}

// --- sync ---

impl Peer {
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
}
