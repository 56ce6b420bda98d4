//! The lock: whoever is first in line holds it.
//!
//! ```text
//!   Starting ─► Waiting ─► Holding ─► Leaving ─► Done
//!                             │ ▲ │
//!        connection lost      ▼ │ └─ session over, or refused by the store ─► Lost
//!                         Doubting
//! ```
//! While it believes to hold the lock it writes to a store outside of the ensemble, once a second, and
//! shows its token: the czxid of its node, which grows from holder to holder. The lock itself cannot
//! keep two clients from writing: a client that was paused goes on where it stopped, before it has
//! heard that its session is over. A store that refuses old tokens can.

use super::place::Place;
use super::{Heard, RecipeState, Standing, Wish};
use crate::base::Duration;

/// Between two writes to the store.
const PERIOD: Duration = Duration::from_s(1);

/// A client that wants a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct Lock {
    place: Place,
    hold: Option<Duration>,
    /// It has held the lock since it last became first.
    held: bool,
    /// What is left of the time to hold it.
    left: Option<Duration>,
    /// The time it sleeps for.
    asleep: Duration,
    refused: bool,
    over: bool,
}

impl Lock {
    pub(super) fn new(path: String, mark: String, hold: Option<Duration>) -> Self {
        Self {
            place: Place::new(path, mark),
            hold,
            held: false,
            left: hold,
            asleep: Duration::ZERO,
            refused: false,
            over: false,
        }
    }

    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Vec<Wish> {
        if self.over {
            return Vec::new();
        }
        match heard {
            Heard::SessionOver => {
                self.over = true;
                return Vec::new();
            }
            Heard::Woken => return self.woken(),
            Heard::Stored { accepted: false } => {
                self.refused = true;
                return self.leave();
            }
            _ => {}
        }
        let mut wishes: Vec<Wish> = self.place.hear(heard).into_iter().collect();
        if !self.place.was_first() {
            self.held = false;
        }
        if self.place.first().is_some() && !self.held {
            self.held = true;
            self.left = self.hold;
            wishes.extend(self.use_it());
        }
        wishes
    }

    pub(super) fn behind(&self) -> Option<&str> {
        self.place.before()
    }

    pub(super) fn standing(&self) -> Standing {
        let state = self.state();
        let token = self.place.first();
        Standing {
            token: token.filter(|_| state == RecipeState::Holding),
            ..Standing::at(state)
        }
    }

    fn state(&self) -> RecipeState {
        let place = &self.place;
        match () {
            () if place.has_failed() => RecipeState::Failed,
            () if self.refused || self.over && !place.is_leaving() => RecipeState::Lost,
            () if self.over || place.has_left() => RecipeState::Done,
            () if place.is_leaving() => RecipeState::Leaving,
            () if place.first().is_some() => RecipeState::Holding,
            () if self.held => RecipeState::Doubting,
            () if place.is_in_line() => RecipeState::Waiting,
            () => RecipeState::Starting,
        }
    }

    /// Writes to the store, and sleeps until the next time.
    fn use_it(&mut self) -> Vec<Wish> {
        let token = self.place.first();
        let write = token.map(|token| Wish::Store { token });
        self.asleep = self.left.map_or(PERIOD, |left| left.min(PERIOD));
        write.into_iter().chain([Wish::Wake(self.asleep)]).collect()
    }

    fn woken(&mut self) -> Vec<Wish> {
        if !self.held || self.place.is_leaving() {
            return Vec::new();
        }
        if let Some(left) = &mut self.left {
            *left = *left - self.asleep;
            if *left == Duration::ZERO {
                return self.leave();
            }
        }
        self.use_it()
    }

    fn leave(&mut self) -> Vec<Wish> {
        self.place.hear(Heard::Stop).into_iter().collect()
    }
}
