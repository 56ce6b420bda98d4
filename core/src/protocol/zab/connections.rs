//! Clients' connections: who may have one, and what belongs to it.
//!
//! A connection begins with an introduction: a new session, or one to take up again with its password. A
//! server that is behind what the client has seen refuses it, so that a session never reads backwards.
//! Whoever takes up a session ends the connection that it had on the same server.
//!
//! What a connection has proved (its address, digests) stays with it. So do its watches: they are in this
//! server's memory, and gone with the connection.
//!
//! In ZooKeeper: `ZooKeeperServer.processConnectRequest`, `ServerCnxn`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::peer::{Cx, Peer};
use super::service::Waiting;
use crate::base::{ClientId, ConnId, Queue, SessionId};
use crate::model::session::{Password, password};
use crate::model::{Request, Zxid};
use crate::protocol::decision::Decision;
use crate::protocol::machine::{ClientPacket, Effect, ServerPacket};
use crate::tree::{AuthId, Watches};

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
    /// What it has proved.
    pub ids: Arc<[AuthId]>,
    /// Requests not answered yet, in order.
    pub queue: Queue<Waiting>,
}

/// A server's client connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    pub(super) conns: BTreeMap<ClientId, Connection>,
    pub(super) watches: Watches,
    last_session: i64,
}

impl Service {
    /// The open connections.
    pub fn connections(&self) -> impl Iterator<Item = (ClientId, &Connection)> {
        self.conns.iter().map(|(id, c)| (*id, c))
    }

    /// The watches of those connections.
    pub const fn watches(&self) -> &Watches {
        &self.watches
    }

    pub(super) fn of_session(&self, session: SessionId) -> Option<ClientId> {
        let mut found = self.conns.iter().filter(|(_, c)| c.session == session);
        found.next().map(|(id, _)| *id)
    }

    /// The tree that was watched is gone, and nobody is told.
    pub(super) fn forget_watches(&mut self) {
        self.watches = Watches::default();
    }

    fn remove(&mut self, client: ClientId) -> Option<Connection> {
        let connection = self.conns.remove(&client)?;
        self.watches.forget(connection.conn);
        Some(connection)
    }
}

/// What a client shows when it connects.
struct Introduction {
    last_zxid: Zxid,
    session: SessionId,
    password: Password,
    timeout_ms: i32,
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
                password,
                timeout_ms,
            } => {
                let introduction = Introduction {
                    last_zxid,
                    session,
                    password,
                    timeout_ms,
                };
                self.on_connect(cx, client, conn, &introduction);
            }
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
        shown: &Introduction,
    ) {
        let have = self.db.last_zxid;
        if shown.last_zxid > have {
            let seen = shown.last_zxid;
            cx.out.decide(Decision::RefusedStaleServer { seen, have });
            cx.out.push(Effect::CloseClient { client, conn });
            return;
        }
        let timeout_ms = self.negotiate(shown.timeout_ms);
        let fresh = shown.session == SessionId(0);
        self.service.remove(client);
        if !fresh {
            self.close_older(cx, shown.session);
        }
        let session = match fresh {
            true => self.next_session(cx),
            false => shown.session,
        };
        let connection = Connection {
            conn,
            session,
            timeout_ms,
            open: false,
            ids: [AuthId::address()].into(),
            queue: Queue::new(),
        };
        self.service.conns.insert(client, connection);
        if fresh {
            let request = Arc::new(Request::CreateSession { timeout_ms });
            self.submit(cx, client, 0, &request);
        } else if shown.password == password(session) {
            self.revalidate(cx, session, timeout_ms);
        } else {
            let valid = false;
            cx.out
                .decide(Decision::SessionRevalidated { session, valid });
            self.refuse_session(cx, client);
        }
    }

    /// Whoever takes a session up again ends the connection that it had on this server.
    fn close_older(&mut self, cx: &mut Cx<'_>, session: SessionId) {
        if let Some(client) = self.service.of_session(session) {
            self.hang_up(cx, client);
        }
    }

    pub(super) fn hang_up(&mut self, cx: &mut Cx<'_>, client: ClientId) {
        if let Some(connection) = self.service.remove(client) {
            let conn = connection.conn;
            cx.out.push(Effect::CloseClient { client, conn });
        }
    }

    /// Between the bounds of the configuration: 2 and 20 ticks, if it has none.
    fn negotiate(&self, timeout_ms: i32) -> i32 {
        let (least, most) = self.config.session_timeouts();
        timeout_ms.clamp(least, most)
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

    pub(super) fn open_session(&mut self, cx: &mut Cx<'_>, client: ClientId) {
        if let Some(connection) = self.service.conns.get_mut(&client) {
            connection.open = true;
            cx.out.push(Effect::ToClient {
                client,
                conn: connection.conn,
                packet: ServerPacket::Connected {
                    session: connection.session,
                    password: password(connection.session),
                    timeout_ms: connection.timeout_ms,
                },
            });
        }
    }

    /// Session 0 says that it is over.
    pub(super) fn refuse_session(&mut self, cx: &mut Cx<'_>, client: ClientId) {
        if let Some(connection) = self.service.remove(client) {
            let conn = connection.conn;
            let packet = ServerPacket::Connected {
                session: SessionId(0),
                password: Password::default(),
                timeout_ms: 0,
            };
            cx.out.push(Effect::ToClient {
                client,
                conn,
                packet,
            });
            cx.out.push(Effect::CloseClient { client, conn });
        }
    }

    /// A client's connection broke; its requests may still be carried out.
    pub(super) fn on_client_gone(&mut self, client: ClientId, conn: ConnId) {
        let known = self.service.conns.get(&client);
        if known.is_some_and(|c| c.conn == conn) {
            self.service.remove(client);
        }
    }

    pub(super) fn close_clients(&mut self, cx: &mut Cx<'_>) {
        self.service.watches = Watches::default();
        for (client, connection) in std::mem::take(&mut self.service.conns) {
            let conn = connection.conn;
            cx.out.push(Effect::CloseClient { client, conn });
        }
    }
}
