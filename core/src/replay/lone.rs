//! A server that stands alone, driven by hand: input by input, answer by answer.
//!
//! It is the machine of a world with everything around it made trivial: each fsync is done at once, the
//! disk takes everything and is never read again, connections are numbers. Time stands still but for
//! [`Lone::pass`].

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{ClientId, ConnId, Duration, Instant, ServerId, SessionId};
use crate::model::{Ensemble, Reply, Request, WatchEvent, Zxid};
use crate::protocol::zab::Peer;
use crate::protocol::zab::packet::Packet;
use crate::protocol::zab::peer::{Cx, Part};
use crate::protocol::{
    ClientPacket, Config, Effect, HaltReason, Input, Outbox, Profile, ServerPacket, Timer,
};
use crate::storage::Disk;
use crate::tree::TreeRules;

/// What the server did on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The session is confirmed, or refused with session 0.
    Connected(ServerPacket),
    /// A reply, by the number of the request.
    Reply(i32, Arc<Reply>),
    /// An event, and the transaction that was applied last before it.
    Event(Arc<WatchEvent>, Zxid),
    /// The connection is closed.
    Closed,
}

/// A server that stands alone.
#[derive(Clone, Debug)]
pub struct Lone {
    peer: Peer,
    disk: Disk,
    now: Instant,
    clock_ms: i64,
    timers: BTreeMap<Timer, Instant>,
    applied: Zxid,
    halted: Option<HaltReason>,
    answers: Vec<(ConnId, Answer)>,
}

impl Lone {
    /// A server with an empty disk, as the recorder starts it.
    pub fn new(profile: Profile, enforce_quota: bool) -> Self {
        let config = Config {
            ensemble: Ensemble::majority(1, 0),
            profile,
            switches: profile.switches(),
            tick: Duration::from_ms(500),
            snap_count: u32::MAX,
            session_timeout: [Some(1_000), Some(600_000)],
            super_password: Some("oracle".to_owned()),
            enforce_quota,
            standalone: true,
            ..Config::default()
        };
        let clock_ms = config.clock_ms;
        let mut lone = Self {
            peer: Peer::new(ServerId(1), Arc::new(config)),
            disk: Disk::default(),
            now: Instant::ZERO,
            clock_ms,
            timers: BTreeMap::new(),
            applied: Zxid::ZERO,
            halted: None,
            answers: Vec::new(),
        };
        lone.input(Input::Boot);
        lone
    }

    /// The last transaction that it has applied.
    pub fn zxid(&self) -> Zxid {
        self.peer.db().last_zxid
    }

    /// Choices of its release.
    pub fn rules(&self) -> TreeRules {
        self.peer.config().tree_rules()
    }

    /// Why it has ended, if it has.
    pub fn halted(&self) -> Option<&HaltReason> {
        self.halted.as_ref()
    }

    /// The machine.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// A client connects.
    pub fn connect(&mut self, conn: ConnId, packet: ClientPacket) {
        self.client(conn, packet);
    }

    /// A client asks.
    pub fn ask(&mut self, conn: ConnId, cxid: i32, request: Request) {
        let request = Arc::new(request);
        self.client(conn, ClientPacket::Request { cxid, request });
    }

    /// A client's connection breaks.
    pub fn hang_up(&mut self, conn: ConnId) {
        let client = client_of(conn);
        self.input(Input::ClientGone { client, conn });
    }

    /// The connection goes at once, by the server's own will.
    pub fn close(&mut self, conn: ConnId) {
        self.hang_up(conn);
        self.answers.push((conn, Answer::Closed));
    }

    /// Lets time pass to its next timer, and lets that fire. False when no timer runs.
    pub fn pass(&mut self) -> bool {
        let next = self.timers.iter().min_by_key(|(_, at)| **at);
        let Some((timer, at)) = next.map(|(timer, at)| (*timer, *at)) else {
            return false;
        };
        self.timers.remove(&timer);
        self.now = self.now.max(at);
        self.input(Input::Fired(timer));
        true
    }

    /// These sessions were heard of, from somewhere.
    pub fn keep(&mut self, sessions: impl IntoIterator<Item = SessionId>) {
        let Part::Leading(leading) = self.peer.part() else {
            return;
        };
        let timeout = |session: SessionId| {
            let tracked = leading.sessions.get(&session)?;
            Some((session, tracked.timeout_ms))
        };
        let touched = sessions.into_iter().filter_map(timeout).collect();
        let packet = Packet::PingReply { touched };
        let from = ServerId(2);
        self.input(Input::Receive { from, packet });
    }

    /// What it did since the last call, in order.
    pub fn answers(&mut self) -> Vec<(ConnId, Answer)> {
        std::mem::take(&mut self.answers)
    }

    fn client(&mut self, conn: ConnId, packet: ClientPacket) {
        let client = client_of(conn);
        self.input(Input::Client {
            client,
            conn,
            packet,
        });
    }

    /// One input, and all that follows of it. Each takes a millisecond of the wall clock, so that each
    /// transaction has a time of its own.
    fn input(&mut self, input: Input) {
        self.clock_ms += 1;
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            if self.halted.is_some() {
                return;
            }
            let mut out = Outbox::default();
            let mut cx = Cx {
                now: self.now,
                wall_ms: self.clock_ms + self.now.0.cast_signed() / 1_000,
                disk: &self.disk,
                out: &mut out,
            };
            self.peer.on(&mut cx, input);
            let effects: Vec<Effect> = out.drain().collect();
            for effect in effects {
                inputs.extend(self.carry_out(effect));
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Sync { id, .. } => return Some(Input::Synced(id)),
            Effect::Apply(record) => self.applied = record.zxid(),
            Effect::Arm {
                timer, at_least, ..
            } => {
                self.timers.insert(timer, self.now + at_least);
            }
            Effect::Disarm(timer) => {
                self.timers.remove(&timer);
            }
            Effect::ToClient { conn, packet, .. } => {
                let answer = match packet {
                    ServerPacket::Reply { cxid, reply, .. } => Answer::Reply(cxid, reply),
                    ServerPacket::Event(event) => Answer::Event(event, self.applied),
                    packet @ ServerPacket::Connected { .. } => Answer::Connected(packet),
                };
                self.answers.push((conn, answer));
            }
            Effect::CloseClient { conn, .. } => self.answers.push((conn, Answer::Closed)),
            Effect::Halt(why) => self.halted = Some(why),
            _ => {}
        }
        None
    }
}

/// Every connection is a client of its own.
const fn client_of(conn: ConnId) -> ClientId {
    ClientId(conn.0 as u16)
}
