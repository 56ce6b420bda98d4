//! Links, connections and what is on them.
//!
//! Between two servers there is an election channel while both processes run and nothing is cut, and
//! at most one quorum connection per (learner, leader). Arrival is fixed when a message is sent:
//! `max(now + latency, last arrival in that direction)`, so a channel is FIFO.

use std::collections::{BTreeMap, BTreeSet};

use super::message::End;
use crate::base::{ConnId, Duration, Instant, ServerId};

/// A quorum connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Conn {
    /// Its number.
    pub id: ConnId,
    /// The end that called.
    pub learner: ServerId,
    /// The end that was called.
    pub leader: ServerId,
    /// The learner's end is open.
    pub learner_open: bool,
    /// The leader's end is open.
    pub leader_open: bool,
    /// Nothing passes any more, but nobody was told.
    pub dead: bool,
}

impl Conn {
    /// The end that is not `me`.
    pub fn other(&self, me: ServerId) -> ServerId {
        if self.learner == me {
            self.leader
        } else {
            self.learner
        }
    }

    /// Whether the end of `me` is open.
    pub fn is_open_at(&self, me: ServerId) -> bool {
        if self.learner == me {
            self.learner_open
        } else {
            self.leader_open
        }
    }

    /// Closes the end of `me`.
    pub fn close_at(&mut self, me: ServerId) {
        if self.learner == me {
            self.learner_open = false;
        } else {
            self.leader_open = false;
        }
    }
}

/// The two channels between servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Notifications.
    Election,
    /// Everything between learner and leader.
    Quorum,
}

/// The state of all links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    cuts: BTreeSet<(End, End)>,
    slow: BTreeMap<(End, End), Duration>,
    arrivals: BTreeMap<(u8, u8, bool), Instant>,
    /// Quorum connections by (learner, leader).
    pub conns: BTreeMap<(ServerId, ServerId), Conn>,
    last_conn: u64,
}

fn pair(a: End, b: End) -> (End, End) {
    if a < b { (a, b) } else { (b, a) }
}

impl Network {
    /// A number for a new connection.
    pub fn next_conn(&mut self) -> ConnId {
        self.last_conn += 1;
        ConnId(self.last_conn)
    }

    /// Cuts a link. False when it was cut already.
    pub fn cut(&mut self, a: End, b: End) -> bool {
        self.cuts.insert(pair(a, b))
    }

    /// Mends a link. False when it was whole.
    pub fn heal(&mut self, a: End, b: End) -> bool {
        self.cuts.remove(&pair(a, b))
    }

    /// All cut links.
    pub fn cuts(&self) -> impl Iterator<Item = (End, End)> + '_ {
        self.cuts.iter().copied()
    }

    /// Whether nothing passes between two ends.
    pub fn is_cut(&self, a: End, b: End) -> bool {
        !self.cuts.is_empty() && self.cuts.contains(&pair(a, b))
    }

    /// Adds to the latency of a link; zero ends it.
    pub fn set_slow(&mut self, a: End, b: End, by: Duration) {
        if by == Duration::ZERO {
            self.slow.remove(&pair(a, b));
        } else {
            self.slow.insert(pair(a, b), by);
        }
    }

    /// What is added to the latency of a link.
    pub fn slowness(&self, a: End, b: End) -> Duration {
        if self.slow.is_empty() {
            return Duration::ZERO;
        }
        self.slow.get(&pair(a, b)).copied().unwrap_or_default()
    }

    /// Fixes an arrival: not before what was sent earlier on that channel.
    pub fn arrive(
        &mut self,
        from: ServerId,
        to: ServerId,
        channel: Channel,
        at: Instant,
    ) -> Instant {
        let key = (from.0, to.0, channel == Channel::Quorum);
        let last = self.arrivals.entry(key).or_default();
        *last = at.max(*last);
        *last
    }

    /// The end of `me` is open from now on. False when that connection is no longer known, or dead.
    pub fn open_end(&mut self, me: ServerId, peer: ServerId, id: ConnId) -> bool {
        for key in [(me, peer), (peer, me)] {
            if let Some(conn) = self.conns.get_mut(&key).filter(|c| c.id == id && !c.dead) {
                conn.leader_open |= conn.leader == me;
                return true;
            }
        }
        false
    }

    /// Whether `me` could open its end of that connection.
    pub fn is_alive(&self, me: ServerId, peer: ServerId, id: ConnId) -> bool {
        let both = [(me, peer), (peer, me)];
        let mut known = both.iter().filter_map(|key| self.conns.get(key));
        known.any(|conn| conn.id == id && !conn.dead)
    }

    /// Whether `me` still listens on that connection with `peer`.
    pub fn listens(&self, me: ServerId, peer: ServerId, id: ConnId) -> bool {
        let both = [(me, peer), (peer, me)];
        let mut known = both.iter().filter_map(|key| self.conns.get(key));
        known.any(|conn| conn.id == id && conn.is_open_at(me))
    }

    /// Whether nothing passes on the connection of that learner with that leader.
    pub fn is_dead(&self, learner: ServerId, leader: ServerId) -> bool {
        let conn = self.conns.get(&(learner, leader));
        conn.is_some_and(|conn| conn.dead)
    }

    /// The quorum connection on which `from` may send to `to`.
    pub fn open_conn(&self, from: ServerId, to: ServerId) -> Option<&Conn> {
        let open = |c: &&Conn| c.is_open_at(from);
        self.conns
            .get(&(from, to))
            .filter(open)
            .or_else(|| self.conns.get(&(to, from)).filter(open))
    }
}
