//! Sessions at the leader: who is alive, who owns whom, and when a session ends.
//!
//! Sessions are counted by the leader alone; learners pass on whom they heard, with their answers to
//! PING. A session expires at the end of a bucket of one tick, all of a bucket together; its end is a
//! transaction. A new leader gives every session its full timeout again.
//!
//! A session has an owner: the server that its client was last heard through. A write that comes
//! through another one was overtaken by a reconnect, and fails with SESSIONMOVED.
//!
//! In ZooKeeper: `SessionTrackerImpl`, `LearnerSessionTracker`, `ExpiryQueue`.

use std::collections::BTreeMap;

use super::packet::{Caller, Packet};
use super::peer::{Cx, Part, Peer};
use crate::base::{Duration, Gather, Instant, ServerId, SessionId};
use crate::model::{ErrorCode, Request};
use crate::protocol::decision::Decision;
use crate::protocol::machine::Timer;

/// A session at the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tracked {
    /// Its timeout in milliseconds.
    pub timeout_ms: i32,
    /// The end of the bucket in which it expires.
    pub expires: Instant,
    /// A closeSession is on its way.
    pub closing: bool,
    /// The server that its client is connected to; not known after a change of leader.
    pub owner: Option<ServerId>,
}

impl Tracked {
    /// Heard of now.
    pub fn new(timeout_ms: i32, now: Instant, tick: Duration) -> Self {
        Self {
            timeout_ms,
            expires: bucket(now, timeout_ms, tick),
            closing: false,
            owner: None,
        }
    }
}

impl Tracked {
    /// What stands against a request through `via`. ZooKeeper: `SessionTrackerImpl.checkSession`.
    pub(super) fn refusal(&self, via: Option<ServerId>) -> Option<ErrorCode> {
        if self.closing {
            return Some(ErrorCode::SessionExpired);
        }
        let moved = self.owner.is_some() && via.is_some() && self.owner != via;
        moved.then_some(ErrorCode::SessionMoved)
    }
}

/// The next multiple of a tick after the timeout. ZooKeeper: `ExpiryQueue.roundToNextInterval`.
fn bucket(now: Instant, timeout_ms: i32, tick: Duration) -> Instant {
    let due = now + Duration::from_ms(u64::try_from(timeout_ms).unwrap_or(0));
    let tick = tick.0.max(1);
    Instant((due.0 / tick + 1) * tick)
}

impl Peer {
    pub(super) fn revalidate(&mut self, cx: &mut Cx<'_>, session: SessionId, timeout_ms: i32) {
        match &self.part {
            Part::Leading(_) => {
                let valid = self.take_over(cx.now, self.id, session, timeout_ms);
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
        let valid = self.take_over(cx.now, from, session, timeout_ms);
        cx.out.send(from, Packet::Revalidated { session, valid });
    }

    /// As leader: a client came back with its session, through `via`. False when it is over.
    fn take_over(
        &mut self,
        now: Instant,
        via: ServerId,
        session: SessionId,
        timeout_ms: i32,
    ) -> bool {
        self.touch_sessions(now, &[(session, timeout_ms)]);
        let Part::Leading(leading) = &mut self.part else {
            return false;
        };
        match leading.sessions.get_mut(&session) {
            Some(tracked) if !tracked.closing => {
                tracked.owner = Some(via);
                true
            }
            _ => false,
        }
    }

    /// As leader: what stands against a read in this session. Learners ask nobody.
    pub(super) fn refusal_of(&self, session: SessionId) -> Option<ErrorCode> {
        let Part::Leading(leading) = &self.part else {
            return None;
        };
        let tracked = leading.sessions.get(&session);
        tracked.map_or(Some(ErrorCode::SessionExpired), |t| {
            t.refusal(Some(self.id))
        })
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
        } else {
            self.refuse_session(cx, client);
        }
    }

    /// A session of this server was heard of.
    pub(super) fn touch(&mut self, now: Instant, session: SessionId, timeout_ms: i32) {
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
            .gather()
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
            self.propose(cx, None, &Caller::server(session), &Request::CloseSession);
        }
    }
}
