//! Where messages are between their two ends, while the run plays.
//!
//! On the screen a message moves along a straight line of presentation time:
//!
//! ```text
//!   place  1 ┤          ╭──── the step in which it arrives (planned, or assumed after 600 ms)
//!            │      ╭───╯
//!          0 ┼──────╯ the step that sent it
//! ```
//! When the plan moves the arrival of a message that flies already, the line is bent at the present
//! moment: the message goes on from where it is, only at another speed. So nobody who draws marks has
//! to ask more often than the plan changes.
//!
//! Not here: when steps are shown. That is [`super::playback`], which tells this about each message.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Lab;
use super::playback::{FLIGHT_US, Playback};
use crate::view::Frame;
use crate::view::cargo::Pace;

/// A message on its way: so much time is behind it, of so much for all the way, at one speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Time since it left; never more than all of it.
    pub gone_us: u64,
    /// Time for all the way, at least one microsecond.
    pub whole_us: u64,
}

impl Flight {
    fn new(gone_us: u64, whole_us: u64) -> Self {
        let whole_us = whole_us.max(1);
        Self {
            gone_us: gone_us.min(whole_us),
            whole_us,
        }
    }

    /// A message of a moment that does not play flies in simulated time.
    fn resting(journey: Journey, frame: &Frame) -> Self {
        let since_us = |us: u64| us.saturating_sub(journey.sent_us);
        Self::new(since_us(frame.now_us), since_us(journey.due_us))
    }

    /// How far it is, in thousandths of its way.
    #[must_use]
    pub const fn progress(self) -> u32 {
        (self.gone_us * 1_000 / self.whole_us) as u32
    }

    /// The same in wall time, at a speed in thousandths.
    fn at_speed(self, per_mille: u64) -> Self {
        let wall = |us: u64| us.saturating_mul(1_000) / per_mille.max(1);
        Self::new(wall(self.gone_us), wall(self.whole_us))
    }
}

/// From when to when something is on its way: a message, or what is carried between a disk and the
/// vault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Journey {
    pub(super) id: u64,
    sent_us: u64,
    due_us: u64,
}

/// All that is on its way, or was lost there.
pub(super) fn journeys(frame: &Frame) -> impl Iterator<Item = Journey> {
    let messages = frame.messages.iter().chain(&frame.lost);
    let messages = messages.map(|m| (m.id, m.sent_us, m.due_us));
    let cargo = frame.cargo.iter().map(|c| match c.pace() {
        Pace::Stands => (c.id, frame.now_us, frame.now_us),
        Pace::AtOnce | Pace::Moves => (c.id, c.sent_us, c.due_us),
    });
    let all = messages.chain(cargo);
    all.map(|(id, sent_us, due_us)| Journey {
        id,
        sent_us,
        due_us,
    })
}

/// The line of one message. It may leave before time begins, when it was bent late.
#[derive(Clone, Copy, Debug)]
struct Line {
    sent_us: u64,
    leaves_us: i64,
    arrives_us: i64,
    /// When it is no longer on its way.
    ends_us: Option<u64>,
}

/// The lines of all messages, by their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights {
    lines: BTreeMap<u64, Line>,
}

impl Flights {
    /// A message leaves; its arrival is not planned yet.
    pub(super) fn leave(&mut self, message: u64, at_us: u64) {
        let leaves_us = signed(at_us);
        let line = Line {
            sent_us: at_us,
            leaves_us,
            arrives_us: leaves_us + signed(FLIGHT_US),
            ends_us: None,
        };
        self.lines.insert(message, line);
    }

    /// The arrival of a message is planned; it has been seen to move until `seen_us`.
    pub(super) fn arrive(&mut self, message: u64, at_us: u64, seen_us: u64) {
        if let Some(line) = self.lines.get_mut(&message) {
            line.bend(signed(at_us), signed(seen_us));
            line.ends_us = Some(at_us);
        }
    }

    /// A message will be lost on its way.
    pub(super) fn lose(&mut self, message: u64, at_us: u64) {
        if let Some(line) = self.lines.get_mut(&message) {
            line.ends_us = Some(at_us);
        }
    }

    /// Forgets what has arrived or was lost.
    pub(super) fn pass(&mut self, now_us: u64) {
        let flies = |line: &Line| line.ends_us.is_none_or(|ends_us| ends_us > now_us);
        self.lines.retain(|_, line| flies(line));
    }

    /// When a message left.
    pub(super) fn left(&self, message: u64) -> Option<u64> {
        self.lines.get(&message).map(|line| line.sent_us)
    }

    /// How many messages are on their way, or will be.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Where a message is.
    pub(super) fn of(&self, message: u64, now_us: u64) -> Option<Flight> {
        let line = self.lines.get(&message)?;
        let since = |us: i64| u64::try_from(us - line.leaves_us).unwrap_or(0);
        Some(Flight::new(since(signed(now_us)), since(line.arrives_us)))
    }
}

impl Line {
    /// Arrives at another time, from where it is now. At its end it waits.
    fn bend(&mut self, arrives_us: i64, now_us: i64) {
        let left_us = self.arrives_us - now_us;
        if now_us <= self.leaves_us {
            self.arrives_us = arrives_us.max(self.leaves_us + 1);
        } else if left_us > 0 {
            let (whole_us, rest_us) = (self.arrives_us - self.leaves_us, arrives_us - now_us);
            let whole_us = rest_us.max(1).saturating_mul(whole_us) / left_us;
            self.arrives_us = arrives_us.max(now_us + 1);
            self.leaves_us = self.arrives_us - whole_us;
        }
    }
}

/// Presentation time fits: it is less than 292,000 years.
fn signed(us: u64) -> i64 {
    i64::try_from(us).unwrap_or(i64::MAX / 4)
}

/// What moves on the screen between two steps.
impl Lab {
    /// Where a message is on its way, in wall time at the present speed. It stays true while the run
    /// plays and the message moves on with time: until another step is shown or something is dispatched.
    pub fn flight(&self, message: u64) -> Option<Flight> {
        let played = self.playback.as_ref().and_then(|p| p.flight(message));
        let flight = played.or_else(|| {
            let found = journeys(&self.frame).find(|journey| journey.id == message)?;
            Some(Flight::resting(found, &self.frame))
        })?;
        Some(flight.at_speed(self.speed.per_mille()))
    }

    /// How far a message is on its way, in thousandths.
    pub fn progress(&self, message: u64) -> Option<u32> {
        self.flight(message).map(Flight::progress)
    }

    /// Wall time until [`Lab::advance`] shows something else; none while nothing plays.
    pub fn wait_us(&self) -> Option<u64> {
        let playback = self.playback.as_ref().filter(|_| self.playing)?;
        let wait_us = playback.wait_us().unwrap_or(0);
        Some((wait_us * 1_000).div_ceil(self.speed.per_mille()))
    }

    /// Shows the moment after an edit: what is still on the wire stays where it is seen.
    pub(super) fn go_on(&mut self, steps: u64) {
        let Some(seen) = self.playback.take() else {
            return self.jump(steps);
        };
        self.show(steps);
        self.plan(Some(&seen));
    }

    /// Plans playback from the moment that is shown. Messages start where an older plan has them, or
    /// where they are in simulated time.
    pub(super) fn plan(&mut self, older: Option<&Playback>) {
        let line = Arc::make_mut(&mut self.branches[self.branch]);
        let moment = line.timeline.seek(self.at);
        let frame = &self.frame;
        let seen = |journey: Journey| {
            let flight = older.and_then(|older| older.flight(journey.id));
            let flight = flight.unwrap_or_else(|| Flight::resting(journey, frame));
            flight.progress()
        };
        self.playback = Some(Playback::start(&moment.world, frame, seen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flying() -> Flights {
        let mut flights = Flights::default();
        flights.leave(7, 1_000_000);
        flights
    }

    fn progress(flights: &Flights, now_us: u64) -> Option<u32> {
        flights.of(7, now_us).map(Flight::progress)
    }

    #[test]
    fn without_a_plan_it_flies_for_600_ms_and_waits_at_its_end() {
        let flights = flying();
        let seen = [900_000, 1_000_000, 1_300_000, 1_600_000, 9_000_000];
        let seen = seen.map(|now_us| progress(&flights, now_us));
        assert_eq!(seen, [0, 0, 500, 1_000, 1_000].map(Some));
    }

    #[test]
    fn a_later_arrival_bends_the_line_where_the_message_is() {
        let mut flights = flying();
        flights.arrive(7, 2_200_000, 1_300_000);
        let seen = [1_300_000, 1_750_000, 2_199_999].map(|now_us| progress(&flights, now_us));
        assert_eq!(seen, [500, 750, 999].map(Some));
        assert_eq!(flights.left(7), Some(1_000_000));
        flights.pass(2_200_000);
        assert_eq!(progress(&flights, 2_200_000), None);
    }

    #[test]
    fn at_its_end_it_stays_there_whatever_is_planned() {
        let mut flights = flying();
        flights.arrive(7, 2_200_000, 1_600_000);
        assert_eq!(progress(&flights, 1_700_000), Some(1_000));
    }

    #[test]
    fn what_will_be_lost_flies_on_until_then() {
        let mut flights = flying();
        flights.lose(7, 1_400_000);
        flights.pass(1_300_000);
        assert_eq!(progress(&flights, 1_300_000), Some(500));
        flights.pass(1_400_000);
        assert_eq!(progress(&flights, 1_400_000), None);
    }

    #[test]
    fn speed_changes_times_and_no_place() {
        let flight = Flight::new(150_000, 600_000);
        let slow = flight.at_speed(250);
        assert_eq!((slow.gone_us, slow.whole_us), (600_000, 2_400_000));
        assert_eq!(slow.progress(), flight.progress());
    }
}
