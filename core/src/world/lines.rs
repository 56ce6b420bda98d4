//! The lines between clients and servers, and what clients do when something happens to them.

use std::sync::Arc;

use super::agenda::{Event, Slot};
use super::client::{
    AUTH_XID, Client, ClientState, Invocation, Line, Notice, PING_XID, RequestOutcome,
    SET_WATCHES_XID,
};
use super::command::Refusal;
use super::message::{End, Payload};
use super::recipe::Heard;
use super::step::{Actor, Cause, Outcome, Step};
use super::world::World;
use crate::base::{ClientId, ConnId, Duration, Instant, ServerId, SessionId};
use crate::model::session::Password;
use crate::model::{Reply, Request, WatchEvent, Zxid};
use crate::protocol::{ClientPacket, ServerPacket};

impl World {
    pub(super) fn client(&self, id: ClientId) -> &Client {
        &self.clients[usize::from(id.0)]
    }

    pub(super) fn client_mut(&mut self, id: ClientId) -> &mut Client {
        &mut self.clients[usize::from(id.0)]
    }

    pub(super) fn add_client(&mut self, name: &str, servers: Vec<ServerId>, timeout: Duration) {
        let id = ClientId(self.clients.len() as u16);
        self.clients
            .push(Client::new(id, name.to_owned(), servers, timeout));
        self.wake_client(id, Duration::ZERO);
    }

    /// Plans the client's next wake-up, in place of the one before.
    fn wake_client(&mut self, id: ClientId, after: Duration) {
        if let Some(slot) = self.client_mut(id).wake.take() {
            self.agenda.cancel(slot);
        }
        let slot: Slot = self.agenda.plan(self.now + after, Event::ClientWake(id));
        self.client_mut(id).wake = Some(slot);
    }

    // --- what a user makes a client do ---

    pub(super) fn invoke(
        &mut self,
        id: ClientId,
        request: Arc<Request>,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let client = self.client_mut(id);
        let expired = client.state == ClientState::Expired;
        if !client.takes_requests() && !expired {
            return Err(Refusal::ClientClosed(client.name.clone()));
        }
        let entry = client.history.len() as u32;
        client.history.push_back_mut(Arc::new(Invocation {
            request,
            cxid: 0,
            session: SessionId(0),
            server: None,
            invoked: now,
            outcome: match expired {
                true => RequestOutcome::Expired { at: now },
                false => RequestOutcome::Pending,
            },
        }));
        if expired {
            let entries = vec![entry];
            outcomes.push(Outcome::Expired {
                client: id,
                entries,
            });
            return Ok(());
        }
        client.unsent.push_back(entry);
        self.send_unsent(id, outcomes);
        Ok(())
    }

    pub(super) fn close_session(
        &mut self,
        id: ClientId,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        self.invoke(id, Arc::new(Request::CloseSession), outcomes)?;
        self.client_mut(id).closing = true;
        if self.client(id).line.is_none() {
            self.lose_line(id, outcomes);
        }
        Ok(())
    }

    pub(super) fn drop_line(&mut self, id: ClientId, outcomes: &mut Vec<Outcome>) {
        let Some(line) = self.client(id).line else {
            return;
        };
        if self.client(id).paused {
            // The process cannot hang up; its socket is gone all the same.
            if !line.dead {
                self.break_line(id, line, outcomes);
            }
        } else {
            self.hang_up(id, line, outcomes);
            self.lose_line(id, outcomes);
        }
    }

    // --- events ---

    pub(super) fn client_wake(&mut self, id: ClientId) -> Step {
        let mut outcomes = Vec::new();
        let now = self.now;
        let client = self.client_mut(id);
        client.wake = None;
        let third = client.third();
        let deadline = client.last_heard + third.times(2);
        let silent = now >= deadline;
        match (client.state, client.line) {
            (ClientState::Closed | ClientState::Expired, _) => {}
            (ClientState::Connecting, None) => self.dial(id, &mut outcomes),
            (ClientState::Connected, Some(_)) if !silent => {
                self.send_ping(id, &mut outcomes);
                self.wake_client(id, third.min(deadline.since(now)));
            }
            (_, line) => {
                if let Some(line) = line {
                    self.hang_up(id, line, &mut outcomes);
                }
                self.lose_line(id, &mut outcomes);
            }
        }
        self.finish_step(Actor::Client(id), Cause::ClientTimer, outcomes, None)
    }

    /// Whether that is the connection the client uses now.
    pub(super) fn has_line(&self, id: ClientId, conn: ConnId) -> bool {
        self.client(id).line.map(|l| l.conn) == Some(conn)
    }

    pub(super) fn client_closed(&mut self, id: ClientId, conn: ConnId) -> Option<Step> {
        if !self.has_line(id, conn) {
            return None;
        }
        let mut outcomes = Vec::new();
        self.lose_line(id, &mut outcomes);
        let cause = Cause::ClientDisconnected(id);
        Some(self.finish_step(Actor::Client(id), cause, outcomes, None))
    }

    pub(super) fn client_receives(
        &mut self,
        id: ClientId,
        conn: ConnId,
        packet: ServerPacket,
        outcomes: &mut Vec<Outcome>,
    ) {
        if !self.has_line(id, conn) {
            return;
        }
        let now = self.now;
        self.client_mut(id).last_heard = now;
        match packet {
            ServerPacket::Connected {
                session,
                password,
                timeout_ms,
            } => self.session_confirmed(id, (session, password), timeout_ms, outcomes),
            ServerPacket::Event(event) => self.event_received(id, event, outcomes),
            ServerPacket::Reply { cxid, reply, txn } => {
                self.reply_received(id, cxid, reply, txn, outcomes);
            }
        }
    }

    fn session_confirmed(
        &mut self,
        id: ClientId,
        (session, password): (SessionId, Password),
        timeout_ms: i32,
        outcomes: &mut Vec<Outcome>,
    ) {
        if session == SessionId(0) {
            self.client_mut(id).state = ClientState::Expired;
            self.lose_line(id, outcomes);
            return;
        }
        let client = self.client_mut(id);
        client.session = session;
        client.password = password;
        client.timeout_ms = timeout_ms;
        client.state = ClientState::Connected;
        client.tried = 0;
        let third = client.third();
        self.wake_client(id, third);
        self.prime(id, outcomes);
        self.send_unsent(id, outcomes);
        self.hear(id, Heard::Connected, outcomes);
    }

    /// Brings a new connection to where the last one was: identities first, then watches.
    fn prime(&mut self, id: ClientId, outcomes: &mut Vec<Outcome>) {
        let client = self.client(id);
        let mut first: Vec<(i32, Request)> = Vec::new();
        for (scheme, auth) in &client.auth {
            let (scheme, auth) = (scheme.clone(), auth.clone());
            first.push((AUTH_XID, Request::Auth { scheme, auth }));
        }
        if !client.watches.is_empty() {
            let watches = Arc::new(client.watches.list());
            let seen = client.last_zxid;
            first.push((SET_WATCHES_XID, Request::SetWatches { seen, watches }));
        }
        for (cxid, request) in first {
            let request = Arc::new(request);
            self.send_to_server(id, ClientPacket::Request { cxid, request }, outcomes);
        }
    }

    fn event_received(
        &mut self,
        id: ClientId,
        event: Arc<WatchEvent>,
        outcomes: &mut Vec<Outcome>,
    ) {
        let at = self.now;
        let client = self.client_mut(id);
        let server = client.server.unwrap_or(ServerId(0));
        client.watches.fired(&event);
        let entry = client.events.len() as u32;
        client.events.push_back_mut(Arc::new(Notice {
            event: Arc::clone(&event),
            at,
            server,
        }));
        outcomes.push(Outcome::Notified { client: id, entry });
        self.hear_event(id, &event, outcomes);
    }

    fn reply_received(
        &mut self,
        id: ClientId,
        cxid: i32,
        reply: Arc<Reply>,
        txn: Option<Zxid>,
        outcomes: &mut Vec<Outcome>,
    ) {
        let now = self.now;
        let client = self.client_mut(id);
        client.last_zxid = client.last_zxid.max(reply.zxid);
        let Some(entry) = client.in_flight.remove(&cxid) else {
            return;
        };
        let server = client.server.unwrap_or(ServerId(0));
        let asked = client.history.get(entry as usize).cloned();
        let request = asked.as_ref().map(|asked| &*asked.request);
        let closing = matches!(request, Some(Request::CloseSession));
        if let Some(request) = request {
            client.learn(request, reply.outcome());
        }
        client.update(entry, |i| {
            i.outcome = RequestOutcome::Told {
                reply: Arc::clone(&reply),
                txn,
                at: now,
                server,
            };
        });
        outcomes.push(Outcome::Told {
            client: id,
            entry,
            txn,
        });
        self.hear_reply(id, entry, &reply, outcomes);
        if closing {
            self.client_mut(id).state = ClientState::Closed;
            self.forget_line(id);
            self.hear(id, Heard::SessionOver, outcomes);
        }
    }

    // --- sending ---

    /// Calls the next server of the list and introduces itself.
    fn dial(&mut self, id: ClientId, outcomes: &mut Vec<Outcome>) {
        let now = self.now;
        let conn = self.network.next_conn();
        let client = self.client_mut(id);
        let server = client.next_server();
        client.next_server = (client.next_server + 1) % client.servers.len();
        client.tried += 1;
        client.server = Some(server);
        client.last_heard = now;
        client.line = Some(Line {
            conn,
            server,
            dead: false,
            last_arrival: [Instant::ZERO; 2],
        });
        let packet = ClientPacket::Connect {
            last_zxid: client.last_zxid,
            session: client.session,
            password: client.password,
            timeout_ms: client.timeout_ms,
        };
        let patience = client.connect_timeout();
        self.wake_client(id, patience);
        let (a, b) = (End::Client(id), End::Server(server));
        if self.is_cut(a, b) || !self.host(server).has_power() {
            self.kill_line(id, server);
        } else if !self.host(server).is_up() {
            let at = self.now + self.latency(a, b) + self.latency(a, b);
            self.agenda.plan(at, Event::ClientClosed(id, conn));
        } else {
            self.send_to_server(id, packet, outcomes);
        }
    }

    fn send_unsent(&mut self, id: ClientId, outcomes: &mut Vec<Outcome>) {
        while self.client(id).state == ClientState::Connected {
            let client = self.client_mut(id);
            let Some(entry) = client.unsent.pop_front() else {
                return;
            };
            let cxid = client.next_cxid;
            client.next_cxid += 1;
            client.in_flight.insert(cxid, entry);
            let (session, server) = (client.session, client.server);
            client.update(entry, |i| {
                i.cxid = cxid;
                i.session = session;
                i.server = server;
            });
            let Some(invocation) = client.history.get(entry as usize) else {
                return;
            };
            let request = Arc::clone(&invocation.request);
            self.send_to_server(id, ClientPacket::Request { cxid, request }, outcomes);
        }
    }

    fn send_ping(&mut self, id: ClientId, outcomes: &mut Vec<Outcome>) {
        let packet = ClientPacket::Request {
            cxid: PING_XID,
            request: Arc::new(Request::Ping),
        };
        self.send_to_server(id, packet, outcomes);
    }

    fn send_to_server(&mut self, id: ClientId, packet: ClientPacket, outcomes: &mut Vec<Outcome>) {
        let Some(line) = self.client(id).line else {
            return;
        };
        let (from, to) = (End::Client(id), End::Server(line.server));
        self.put_on_line(id, line, (from, to), Payload::ToServer(packet), outcomes);
    }

    pub(super) fn send_to_client(
        &mut self,
        server: ServerId,
        id: ClientId,
        conn: ConnId,
        packet: ServerPacket,
        outcomes: &mut Vec<Outcome>,
    ) {
        let Some(line) = self.client(id).line.filter(|l| l.conn == conn) else {
            return;
        };
        let ends = (End::Server(server), End::Client(id));
        self.put_on_line(id, line, ends, Payload::ToClient(packet), outcomes);
    }

    fn put_on_line(
        &mut self,
        id: ClientId,
        line: Line,
        (from, to): (End, End),
        payload: Payload,
        outcomes: &mut Vec<Outcome>,
    ) {
        let fate = self.traps.packet(from, to, &payload);
        let latency = self.latency(from, to) + fate.delay();
        let due = self.line_arrival(id, to, latency);
        let message = self.message(from, to, line.conn, payload, due);
        if line.dead || fate.is_loss() {
            outcomes.push(Outcome::Lost(message));
            if fate.is_loss() && !line.dead {
                self.break_line(id, line, outcomes);
            }
            return;
        }
        self.agenda.plan(due, Event::Deliver(Arc::clone(&message)));
        outcomes.push(Outcome::Sent(message));
    }

    /// Lines are FIFO in each direction.
    fn line_arrival(&mut self, id: ClientId, to: End, latency: Duration) -> Instant {
        let at = self.now + latency;
        let Some(line) = &mut self.client_mut(id).line else {
            return at;
        };
        let last = &mut line.last_arrival[usize::from(matches!(to, End::Client(_)))];
        *last = at.max(*last);
        *last
    }

    // --- ends ---

    /// The server's end closes.
    pub(super) fn server_closes_client(
        &mut self,
        server: ServerId,
        id: ClientId,
        conn: ConnId,
        outcomes: &mut Vec<Outcome>,
    ) {
        let Some(line) = self.client(id).line.filter(|l| l.conn == conn) else {
            return;
        };
        self.lose(|m| m.conn == conn && m.to == End::Server(server), outcomes);
        if !line.dead {
            let latency = self.latency(End::Server(server), End::Client(id));
            let at = self.line_arrival(id, End::Client(id), latency);
            self.agenda.plan(at, Event::ClientClosed(id, conn));
        }
    }

    /// The client's end closes; the server is told.
    fn hang_up(&mut self, id: ClientId, line: Line, outcomes: &mut Vec<Outcome>) {
        let conn = line.conn;
        self.lose(|m| m.conn == conn && m.to == End::Client(id), outcomes);
        if !line.dead {
            let latency = self.latency(End::Client(id), End::Server(line.server));
            let at = self.line_arrival(id, End::Server(line.server), latency);
            self.agenda
                .plan(at, Event::ClientGone(line.server, id, conn));
        }
    }

    /// A packet was lost: the line breaks there, and both ends find out.
    fn break_line(&mut self, id: ClientId, line: Line, outcomes: &mut Vec<Outcome>) {
        let conn = line.conn;
        self.lose(|m| m.conn == conn, outcomes);
        let (client, server) = (End::Client(id), End::Server(line.server));
        let at = self.now + self.latency(client, server);
        self.agenda.plan(at, Event::ClientClosed(id, conn));
        let at = self.now + self.latency(client, server);
        self.agenda
            .plan(at, Event::ClientGone(line.server, id, conn));
        self.kill_line(id, line.server);
    }

    /// The client has no line any more: what it sent and was not answered is unknown. It tries the
    /// next server after a pause; when it is closing it gives up, and what it never sent fails too.
    fn lose_line(&mut self, id: ClientId, outcomes: &mut Vec<Outcome>) {
        let now = self.now;
        let client = self.client_mut(id);
        let mut entries: Vec<u32> = std::mem::take(&mut client.in_flight)
            .values()
            .copied()
            .collect();
        let over = client.state == ClientState::Expired;
        if client.closing && !over {
            entries.extend(client.unsent.drain_all());
        }
        for entry in &entries {
            client.update(*entry, |i| i.outcome = RequestOutcome::Unknown { at: now });
        }
        if !entries.is_empty() {
            outcomes.push(Outcome::Unknown {
                client: id,
                entries: entries.clone(),
            });
        }
        self.forget_line(id);
        let client = self.client_mut(id);
        if over {
            self.expire_unsent(id, outcomes);
            self.hear(id, Heard::SessionOver, outcomes);
            return;
        }
        if !client.is_active() {
            return;
        }
        if client.closing {
            client.state = ClientState::Closed;
            self.hear(id, Heard::SessionOver, outcomes);
            return;
        }
        let was_connected = client.state == ClientState::Connected;
        client.state = ClientState::Connecting;
        let pause = client.pause();
        self.wake_client(id, pause);
        self.hear_unknown(id, &entries, outcomes);
        if was_connected {
            self.hear(id, Heard::Disconnected, outcomes);
        }
    }

    /// What was never sent has failed for sure.
    fn expire_unsent(&mut self, id: ClientId, outcomes: &mut Vec<Outcome>) {
        let at = self.now;
        let client = self.client_mut(id);
        let entries: Vec<u32> = client.unsent.drain_all().collect();
        for entry in &entries {
            client.update(*entry, |i| i.outcome = RequestOutcome::Expired { at });
        }
        if !entries.is_empty() {
            outcomes.push(Outcome::Expired {
                client: id,
                entries,
            });
        }
    }

    fn forget_line(&mut self, id: ClientId) {
        let client = self.client_mut(id);
        client.line = None;
        client.server = None;
        if let Some(slot) = client.wake.take() {
            self.agenda.cancel(slot);
        }
    }

    /// Nothing passes on a line any more, and nobody is told.
    pub(super) fn kill_line(&mut self, id: ClientId, server: ServerId) {
        if let Some(line) = &mut self.client_mut(id).line
            && line.server == server
        {
            line.dead = true;
        }
    }

    /// A cut healed: the client finds its old line dead.
    pub(super) fn reset_line(&mut self, id: ClientId, server: ServerId) {
        if let Some(line) = self.client(id).line
            && line.server == server
            && line.dead
        {
            let at = self.now + self.latency(End::Client(id), End::Server(server));
            self.agenda.plan(at, Event::ClientClosed(id, line.conn));
            self.agenda
                .plan(at, Event::ClientGone(server, id, line.conn));
        }
    }

    /// A server stopped: its clients are told, unless its power went.
    pub(super) fn drop_lines_to(&mut self, server: ServerId, power: bool) {
        for index in 0..self.clients.len() {
            let id = ClientId(index as u16);
            let Some(line) = self.client(id).line.filter(|l| l.server == server) else {
                continue;
            };
            if !power && !line.dead {
                let latency = self.latency(End::Server(server), End::Client(id));
                let at = self.line_arrival(id, End::Client(id), latency);
                self.agenda.plan(at, Event::ClientClosed(id, line.conn));
            }
            self.kill_line(id, server);
        }
    }

    /// Power is back at a server: clients with an old line to it are told.
    pub(super) fn reset_lines_to(&mut self, server: ServerId) {
        for index in 0..self.clients.len() {
            self.reset_line(ClientId(index as u16), server);
        }
    }
}
