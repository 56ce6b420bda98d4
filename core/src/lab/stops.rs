//! Where a step in some unit ends, on the branch that is shown and beyond its head.
//!
//! Inside of what is recorded a stop is found from notes; behind the head the run goes on, slice by
//! slice, until there is one. A breakpoint that is hit on the way is a stop of every unit.

use super::Lab;
use super::action::Direction;
use super::branch::Line;
use super::transport::{EventLine, NoticeKind};
use super::unit::Unit;
use super::work::{Job, SEARCH_MAX, Search};
use crate::view::Text;

/// Steps that are made at once for a near stop, before they are work.
const AT_ONCE: u64 = 64;

impl Line {
    /// The next stop of a unit behind `at` steps, as far as the run is recorded.
    pub(super) fn next_stop(&self, unit: Unit, at: u64) -> Option<u64> {
        let beats = || self.timeline.recording().beats.iter().map(|b| b.at_step);
        match unit {
            Unit::Micro => self.next_instant(at),
            Unit::Beat => beats().filter(|beat| *beat > at).min(),
            Unit::Notable => {
                let broken = self.broken().filter(|broken| *broken > at).min();
                self.chronicle
                    .traces
                    .next(unit, at)
                    .into_iter()
                    .chain(broken)
                    .min()
            }
            Unit::Message | Unit::Phase => self.chronicle.traces.next(unit, at),
        }
    }

    /// The last stop of a unit before `at` steps; the start is one of every unit.
    pub(super) fn previous_stop(&self, unit: Unit, at: u64) -> u64 {
        let beats = || self.timeline.recording().beats.iter().map(|b| b.at_step);
        let found = match unit {
            Unit::Micro => Some(self.previous_instant(at)),
            Unit::Beat => beats().filter(|beat| *beat < at).max(),
            Unit::Notable => {
                let broken = self.broken().filter(|broken| *broken < at).max();
                self.chronicle
                    .traces
                    .previous(unit, at)
                    .into_iter()
                    .chain(broken)
                    .max()
            }
            Unit::Message | Unit::Phase => self.chronicle.traces.previous(unit, at),
        };
        found.unwrap_or(0)
    }

    /// Places at which a lamp turned red.
    pub(super) fn broken(&self) -> impl Iterator<Item = u64> {
        let lamps = self.timeline.monitor().lamps();
        let broken = lamps
            .into_iter()
            .filter_map(|l| Some(l.verdict.violation()?.at.0 + 1));
        broken.collect::<Vec<_>>().into_iter()
    }

    /// Behind the last step of the instant of the step after `at`.
    fn next_instant(&self, at: u64) -> Option<u64> {
        let now = self.timeline.index(at)?.at;
        let mut end = at + 1;
        while self.timeline.index(end).is_some_and(|next| next.at == now) {
            end += 1;
        }
        // The last instant may not be over.
        let goes_on = end == self.timeline.len() && self.timeline.next_at() == Some(now);
        (!goes_on).then_some(end)
    }

    /// Before the first step of the instant of the step before `at`.
    fn previous_instant(&self, at: u64) -> u64 {
        let Some(now) = at.checked_sub(1).and_then(|last| self.timeline.index(last)) else {
            return 0;
        };
        let mut start = at - 1;
        while start > 0
            && self
                .timeline
                .index(start - 1)
                .is_some_and(|b| b.at == now.at)
        {
            start -= 1;
        }
        start
    }

    /// The steps of the instant that `at` steps end in.
    fn instant(&self, at: u64) -> std::ops::Range<u64> {
        let start = self.previous_instant(at);
        let now = self.timeline.index(start).map(|first| first.at);
        let mut end = at;
        while now.is_some() && self.timeline.index(end).map(|next| next.at) == now {
            end += 1;
        }
        start..end
    }
}

impl Lab {
    /// One step in a unit. Where nothing more is recorded the run goes on until there is a stop.
    pub(super) fn step_by(&mut self, unit: Unit, direction: Direction) {
        self.playing = false;
        let at = self.at;
        if direction == Direction::Back {
            return self.jump(self.line().previous_stop(unit, at));
        }
        if unit == Unit::Beat && self.line().next_stop(unit, at).is_none() {
            // No beat will come behind the last one: the end is where the script led.
            let hit = self.next_hit(at);
            return self.jump(hit.unwrap_or(u64::MAX));
        }
        self.search(Search::Stop { unit, since: at });
    }

    /// To the next place that a breakpoint names, or the previous one.
    pub(super) fn step_hit(&mut self, direction: Direction) {
        self.playing = false;
        match direction {
            Direction::Forward => self.search(Search::Hit { since: self.at }),
            Direction::Back => {
                if let Some(hit) = self.previous_hit(self.at) {
                    self.jump(hit);
                }
            }
        }
    }

    /// Where a search would end, as far as the run is recorded.
    pub(super) fn found(&mut self, search: Search) -> Option<u64> {
        match search {
            Search::Stop { unit, since } => {
                let stop = self.line().next_stop(unit, since);
                stop.into_iter().chain(self.next_hit(since)).min()
            }
            Search::Hit { since } => self.next_hit(since),
        }
    }

    fn search(&mut self, search: Search) {
        let near = matches!(search, Search::Stop { unit, .. } if unit < Unit::Notable);
        let at_once = if near { AT_ONCE } else { 0 };
        for _ in 0..=at_once {
            if let Some(place) = self.found(search) {
                return self.jump(place);
            }
            let len = self.line().timeline.len();
            if near && !self.grow_to(len + 1) {
                return self.jump(len);
            }
        }
        self.job = Some(Job::search(search, self.line().timeline.len()));
    }

    /// A search came to its end without a stop.
    pub(super) fn say_not_found(&mut self) {
        self.say(
            NoticeKind::Limit,
            Text::new(
                format!("Nothing to stop at in {SEARCH_MAX} steps."),
                format!("{SEARCH_MAX} 步之内没有可停的地方。"),
            ),
        );
    }

    /// The events of the instant that is shown, when there are several.
    pub fn concurrent(&self) -> Vec<EventLine> {
        let line = self.line();
        let instant = line.instant(self.at);
        if instant.end <= instant.start + 1 {
            return Vec::new();
        }
        let steps = line.timeline.steps(instant);
        let world = line.timeline.world();
        steps
            .iter()
            .map(|step| super::events::event(step, world))
            .collect()
    }

    /// How many events happened at the instant of the one that is shown, beside it.
    pub(super) fn concurrent_with(&self) -> u32 {
        let instant = self.line().instant(self.at);
        u32::try_from((instant.end - instant.start).saturating_sub(1)).unwrap_or(u32::MAX)
    }
}
