//! Plays a trace: each request in turn, and the server's own work where the recording is ahead.
//!
//! Which session expires is not recorded. A session that is used later in the trace was alive all the
//! time; any other one ends when its timeout is over, the shortest first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::answer;
use super::body;
use super::compare::{Differences, Mismatch};
use super::lone::{Answer, Lone};
use super::trace::{Exchange, Heard, Trace, TraceError};
use crate::base::{ConnId, SessionId};
use crate::model::session::password;
use crate::model::{Reply, Request, Zxid};
use crate::protocol::wire::{self, op};
use crate::protocol::{ClientPacket, Profile, ServerPacket};
use crate::storage::jute::Reader;
use crate::world::client::{AUTH_XID, PING_XID};

/// How often the server's own timers may fire before a recorded zxid is out of reach: about 20 minutes.
const TIMERS_MAX: u32 = 2_500;

/// What came of a trace.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Requests that were played.
    pub steps: usize,
    /// Differences, in order.
    pub mismatches: Vec<Mismatch>,
}

/// Plays a trace against a server of that release. A step that is no request at all is an error.
pub fn play(trace: &Trace, profile: Profile) -> Result<Outcome, TraceError> {
    let mut player = Player::new(trace, profile);
    let mut steps = 0;
    for (at, exchange) in trace.exchanges() {
        steps += 1;
        player.differences.step = at;
        player
            .exchange(exchange)
            .map_err(|why| TraceError::Step { step: at, why })?;
    }
    Ok(Outcome {
        steps,
        mismatches: player.differences.found,
    })
}

/// A connection of the recorder.
#[derive(Clone, Debug)]
struct Line {
    conn: ConnId,
    /// Its session, as recorded.
    session: i64,
    open: bool,
    /// Events that came and were not compared yet, with their transactions.
    pending: VecDeque<(Heard, Zxid)>,
}

struct Player {
    lone: Lone,
    differences: Differences,
    lines: BTreeMap<String, Line>,
    next_conn: u64,
    next_cxid: i32,
    /// Last step that a recorded session is used in.
    used_until: BTreeMap<i64, usize>,
    /// The recorder asked every client for its events after every step.
    asks_everybody: bool,
}

/// The reply in the shape of the recording, and the connections that the server closed.
type Came = (Map<String, Value>, Vec<ConnId>);

/// What the acting client got.
#[derive(Default)]
struct Got {
    reply: Option<Reply>,
    connected: Option<ServerPacket>,
    /// Connections that the server closed, in order.
    closed: Vec<ConnId>,
}

impl Player {
    fn new(trace: &Trace, profile: Profile) -> Self {
        let asks = |(_, e): (usize, &Exchange)| e.closed.is_some() || e.op == "drop";
        Self {
            lone: Lone::new(profile, trace.enforces_quota()),
            differences: Differences::default(),
            lines: BTreeMap::new(),
            next_conn: 1,
            next_cxid: 1,
            used_until: used_until(trace),
            asks_everybody: trace.exchanges().any(asks),
        }
    }

    fn exchange(&mut self, exchange: &Exchange) -> Result<(), String> {
        let (reply, closed) = match exchange.op.as_str() {
            "connect" => self.connect(exchange)?,
            "drop" => self.drop_line(exchange),
            "expire" => self.expire(exchange),
            "frame" => self.frame(exchange)?,
            _ => self.request(exchange)?,
        };
        self.differences.objects("reply", &exchange.reply, &reply);
        self.compare_events(exchange);
        self.compare_closed(exchange, &reply, &closed);
        Ok(())
    }

    // --- the kinds of steps ---

    fn request(&mut self, exchange: &Exchange) -> Result<Came, String> {
        let Some(line) = self.lines.get(&exchange.client) else {
            return Ok((connection("none"), Vec::new()));
        };
        if self.lone.halted().is_some() || !line.open {
            return Ok((connection("closed"), Vec::new()));
        }
        let conn = line.conn;
        let (op, bytes) = body::request(&exchange.op, &exchange.args)?;
        let request = wire::decode(op, &bytes, self.lone.rules());
        if unanswerable(op, &request) {
            self.lone.close(conn);
            let closed = self.collect(Some((&exchange.client, 0))).closed;
            return Ok((connection("closed"), closed));
        }
        let cxid = match op {
            op::AUTH => AUTH_XID,
            op::PING => PING_XID,
            _ => {
                self.next_cxid += 1;
                self.next_cxid
            }
        };
        self.catch_up(exchange, conn, cxid, &request);
        self.lone.ask(conn, cxid, request.clone());
        let got = self.collect(Some((&exchange.client, cxid)));
        let reply = self.reply_object(exchange, (op, &bytes), &request, &got, conn);
        Ok((reply, got.closed))
    }

    fn reply_object(
        &self,
        exchange: &Exchange,
        (op, bytes): (i32, &[u8]),
        request: &Request,
        got: &Got,
        conn: ConnId,
    ) -> Map<String, Value> {
        let Some(reply) = &got.reply else {
            if self.lone.halted().is_some() || got.closed.contains(&conn) {
                return connection("closed");
            }
            return match &got.connected {
                Some(packet) => object(json!({ "strange": connected_len(packet) })),
                None => connection("silent"),
            };
        };
        let mut object = Map::new();
        object.insert("zxid".to_owned(), reply.zxid.0.into());
        object.insert("err".to_owned(), reply.error.code().into());
        let encoded = answer::encode(op, bytes, request, reply, self.lone.rules());
        let err = reply.error.code();
        if err == 0 && exchange.op == "whoAmI" && exchange.reply.contains_key("clientInfo") {
            let ids = answer::identities(&encoded).unwrap_or(Value::Null);
            object.insert("clientInfo".to_owned(), ids);
        } else if err == 0 || exchange.op == "multi" {
            object.extend(answer::read(&exchange.op, &encoded));
        } else if !encoded.is_empty() {
            object.insert("raw".to_owned(), encoded.len().into());
        }
        object
    }

    fn connect(&mut self, exchange: &Exchange) -> Result<Came, String> {
        if self.lone.halted().is_some() {
            return Ok((connection("refused"), Vec::new()));
        }
        let conn = ConnId(self.next_conn);
        self.next_conn += 1;
        let recorded = recorded_session(&exchange.reply);
        let packet = self.introduction(exchange, recorded)?;
        let line = Line {
            conn,
            session: recorded.unwrap_or(0),
            open: true,
            pending: VecDeque::new(),
        };
        self.lines.insert(exchange.client.clone(), line);
        self.lone.connect(conn, packet);
        let got = self.collect(Some((&exchange.client, 0)));
        let Some(ServerPacket::Connected {
            session,
            password: shown,
            timeout_ms,
        }) = got.connected
        else {
            return Ok((connection("closed"), got.closed));
        };
        if let Some(recorded) = recorded
            && recorded != 0
        {
            self.differences
                .names
                .sessions
                .entry(recorded)
                .or_insert(session.0);
        }
        let names = &self.differences.names.sessions;
        let known = names.iter().find(|(_, ours)| **ours == session.0);
        let id = known.map_or(session.0, |(recorded, _)| *recorded);
        let passwd = match session.0 {
            0 => hex(&shown),
            _ => hex(&password(SessionId(id))),
        };
        let reply = json!({
            "session": format!("{:#x}", id),
            "timeout": timeout_ms,
            "passwd": passwd,
        });
        Ok((object(reply), got.closed))
    }

    /// The recorder leaves passwords out of older traces: there a refusal of a session that is alive means
    /// that a wrong one was shown.
    fn introduction(
        &self,
        exchange: &Exchange,
        recorded: Option<i64>,
    ) -> Result<ClientPacket, String> {
        let args = &exchange.args;
        let asked = body::number(args, "session", 0)?;
        let names = &self.differences.names.sessions;
        let session = SessionId(names.get(&asked).copied().unwrap_or(asked));
        let right = match args.get("passwd").and_then(Value::as_str) {
            Some(shown) => shown == hex(&password(SessionId(asked))),
            None => recorded != Some(0),
        };
        Ok(ClientPacket::Connect {
            last_zxid: Zxid(body::number(args, "last", 0)?),
            session,
            password: match right {
                true => password(session),
                false => [b'x'; 16],
            },
            timeout_ms: body::number(args, "timeout", 30_000)? as i32,
        })
    }

    fn drop_line(&mut self, exchange: &Exchange) -> Came {
        if let Some(line) = self.lines.get_mut(&exchange.client) {
            line.open = false;
            self.lone.hang_up(line.conn);
        }
        let got = self.collect(None);
        (exchange.reply.clone(), got.closed)
    }

    /// Everybody but one client keeps its session alive until that one's is over.
    fn expire(&mut self, exchange: &Exchange) -> Came {
        let recorded = self
            .lines
            .get(&exchange.client)
            .map_or(0, |line| line.session);
        let ours = self.ours(recorded);
        for _ in 0..TIMERS_MAX {
            if !self.lone.peer().db().sessions.contains_key(&ours) {
                break;
            }
            let all = self.lone.peer().db().sessions.clone();
            let others = all.keys().filter(|session| **session != ours);
            self.lone.keep(others.copied());
            self.lone.pass();
        }
        let got = self.collect(None);
        let mut reply = exchange.reply.clone();
        reply.insert("zxid".to_owned(), self.lone.zxid().0.into());
        (reply, got.closed)
    }

    /// Bytes as they are, and a ping behind them. What is no frame closes the connection.
    fn frame(&mut self, exchange: &Exchange) -> Result<Came, String> {
        let Some(line) = self.lines.get(&exchange.client) else {
            return Ok((connection("closed"), Vec::new()));
        };
        let conn = line.conn;
        let mut stream = body::bytes(&exchange.args, "bytes")?.unwrap_or_default();
        stream.extend(PING_FRAME);
        let mut reader = Reader::new(&stream);
        while let Ok(len) = reader.int() {
            let len = usize::try_from(len).ok();
            let frame = len.filter(|len| (1..=wire::FRAME_MAX).contains(len));
            let header = frame.and_then(|len| reader.take(len).ok()).and_then(header);
            let Some((cxid, op, body)) = header else {
                self.lone.close(conn);
                break;
            };
            let request = wire::decode(op, body, self.lone.rules());
            self.lone.ask(conn, cxid, request);
            if reader.remaining() == 0 {
                break;
            }
        }
        let got = self.collect(Some((&exchange.client, PING_XID)));
        let reply = match &got.reply {
            Some(reply) => object(json!({ "zxid": reply.zxid.0, "err": 0 })),
            None => connection("closed"),
        };
        Ok((reply, got.closed))
    }

    // --- the server's own work ---

    /// Lets time pass while the answer would come too early.
    fn catch_up(&mut self, exchange: &Exchange, conn: ConnId, cxid: i32, request: &Request) {
        let Some(recorded) = exchange.reply.get("zxid").and_then(Value::as_i64) else {
            return;
        };
        for _ in 0..TIMERS_MAX {
            let mut trial = self.lone.clone();
            trial.ask(conn, cxid, request.clone());
            let answers = trial.answers();
            let reply = answers.iter().find_map(|(_, answer)| match answer {
                Answer::Reply(to, reply) if *to == cxid => Some(reply.zxid.0),
                _ => None,
            });
            if reply.is_none_or(|zxid| zxid <= 0 || zxid >= recorded) {
                return;
            }
            let alive = self.used_later();
            self.lone.keep(alive);
            if !self.lone.pass() {
                return;
            }
        }
    }

    /// Our names of the sessions that a later step uses.
    fn used_later(&self) -> Vec<SessionId> {
        let now = self.differences.step;
        let later = self.used_until.iter().filter(|(_, until)| **until >= now);
        later.map(|(recorded, _)| self.ours(*recorded)).collect()
    }

    fn ours(&self, recorded: i64) -> SessionId {
        let names = &self.differences.names.sessions;
        SessionId(names.get(&recorded).copied().unwrap_or(recorded))
    }

    // --- what came ---

    /// Sorts what the server did; `acting` is the client of the step, and the number of its request.
    fn collect(&mut self, acting: Option<(&str, i32)>) -> Got {
        let mut got = Got::default();
        for (conn, answer) in self.lone.answers() {
            let found = self.lines.iter_mut().find(|(_, line)| line.conn == conn);
            let Some((name, line)) = found else {
                continue;
            };
            let mine = acting.filter(|(client, _)| client == name);
            match answer {
                Answer::Event(event, cause) => {
                    let heard = Heard {
                        to: name.clone(),
                        kind: event.kind.name().to_owned(),
                        path: answer::on_the_wire(&event.path),
                        zxid: event.zxid.map_or(-1, |zxid| zxid.0),
                    };
                    line.pending.push_back((heard, cause));
                }
                Answer::Reply(cxid, reply) => {
                    if mine.is_some_and(|(_, mine)| mine == cxid) {
                        got.reply = Some(Reply::clone(&reply));
                    }
                }
                Answer::Connected(packet) => {
                    if mine.is_some() {
                        got.connected = Some(packet);
                    }
                }
                Answer::Closed => {
                    line.open = false;
                    got.closed.push(conn);
                }
            }
        }
        got
    }

    /// Events of one transaction at one client are a multiset; otherwise the order counts.
    fn compare_events(&mut self, exchange: &Exchange) {
        let mut expected: BTreeMap<&str, Vec<&Heard>> = BTreeMap::new();
        for heard in &exchange.events {
            expected.entry(&heard.to).or_default().push(heard);
        }
        for (name, line) in &mut self.lines {
            let wanted = expected.remove(name.as_str()).unwrap_or_default();
            let polled = self.asks_everybody || *name == exchange.client;
            let ours: Vec<Value> = line.pending.iter().map(|(heard, _)| event(heard)).collect();
            let agree = take_events(&mut line.pending, &wanted);
            let connects = exchange.op == "connect" && !self.asks_everybody;
            if !agree || (polled && !connects && !line.pending.is_empty()) {
                line.pending.clear();
                let wanted = wanted.iter().map(|heard| event(heard)).collect();
                let field = format!("events.{name}");
                self.differences.add(&field, wanted, ours.into());
            }
        }
        for (name, wanted) in expected {
            let wanted = wanted.iter().map(|heard| event(heard)).collect();
            let field = format!("events.{name}");
            self.differences.add(&field, wanted, json!([]));
        }
    }

    fn compare_closed(
        &mut self,
        exchange: &Exchange,
        reply: &Map<String, Value>,
        closed: &[ConnId],
    ) {
        if !self.asks_everybody {
            return;
        }
        let without_acting = reply.contains_key("connection");
        let names = self.lines.iter().filter(|(name, line)| {
            let acting = **name == exchange.client && without_acting;
            closed.contains(&line.conn) && !acting
        });
        let ours: BTreeSet<String> = names.map(|(name, _)| name.clone()).collect();
        let theirs = exchange.closed.clone().unwrap_or_default();
        let theirs: BTreeSet<String> = theirs.into_iter().collect();
        if ours != theirs {
            self.differences.add("closed", json!(theirs), json!(ours));
        }
    }
}

/// Takes the wanted events off the front; false when they are not there.
fn take_events(pending: &mut VecDeque<(Heard, Zxid)>, wanted: &[&Heard]) -> bool {
    let same = |a: &Heard, b: &Heard| (&a.kind, &a.path, a.zxid) == (&b.kind, &b.path, b.zxid);
    for heard in wanted {
        let Some((_, cause)) = pending.front() else {
            return false;
        };
        let cause = *cause;
        let group = pending.iter().take_while(|(_, zxid)| *zxid == cause);
        let found = group.into_iter().position(|(ours, _)| same(ours, heard));
        match found {
            Some(at) => pending.remove(at),
            None => return false,
        };
    }
    true
}

/// The last step at which each recorded session is used.
fn used_until(trace: &Trace) -> BTreeMap<i64, usize> {
    let mut sessions: BTreeMap<&str, i64> = BTreeMap::new();
    let mut until = BTreeMap::new();
    for (at, exchange) in trace.exchanges() {
        if exchange.op == "connect" {
            let session = recorded_session(&exchange.reply).unwrap_or(0);
            sessions.insert(&exchange.client, session);
        }
        let heard = exchange.events.iter().map(|heard| heard.to.as_str());
        for name in heard.chain([exchange.client.as_str()]) {
            if let Some(session) = sessions.get(name) {
                until.insert(*session, at);
            }
        }
    }
    until
}

fn recorded_session(reply: &Map<String, Value>) -> Option<i64> {
    let text = reply.get("session")?.as_str()?.strip_prefix("0x")?;
    u64::from_str_radix(text, 16).ok().map(u64::cast_signed)
}

/// Requests that a server cannot even answer with an error.
fn unanswerable(op: i32, request: &Request) -> bool {
    const SASL: i32 = 102;
    op == SASL || (op == op::AUTH && matches!(request, Request::Malformed { .. }))
}

/// A ping, with its length.
const PING_FRAME: [u8; 12] = [0, 0, 0, 8, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 11];

/// Number, type and body of a request in a frame.
fn header(frame: &[u8]) -> Option<(i32, i32, &[u8])> {
    let mut reader = Reader::new(frame);
    let (cxid, op) = (reader.int().ok()?, reader.int().ok()?);
    Some((cxid, op, &frame[8..]))
}

/// Bytes of the answer to a connect: version, timeout, session, password, read-only.
const fn connected_len(_: &ServerPacket) -> usize {
    4 + 4 + 8 + 4 + 16 + 1
}

fn event(heard: &Heard) -> Value {
    json!({ "type": heard.kind, "path": heard.path, "zxid": heard.zxid })
}

fn connection(word: &str) -> Map<String, Value> {
    object(json!({ "connection": word }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
