//! The election of a leader among clients: whoever is first in line leads.
//!
//! It is the lock under another name, with two differences: it is meant to last, and those who do not
//! lead have something to do. A leader that has lost its connection steps down until it knows more; it
//! must not act on a belief.
//!
//! It has nothing to do with the election among the servers.

use super::place::Place;
use super::{Heard, RecipeState, Standing, Wish};

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct Election {
    place: Place,
    led: bool,
    over: bool,
}

impl Election {
    pub(super) fn new(path: String, mark: String) -> Self {
        Self {
            place: Place::new(path, mark),
            led: false,
            over: false,
        }
    }

    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Vec<Wish> {
        if self.over {
            return Vec::new();
        }
        if matches!(heard, Heard::SessionOver) {
            self.over = true;
            return Vec::new();
        }
        let wish = self.place.hear(heard);
        let first = self.place.first().is_some();
        self.led = first || self.led && self.place.was_first();
        wish.into_iter().collect()
    }

    pub(super) fn behind(&self) -> Option<&str> {
        self.place.before()
    }

    pub(super) fn standing(&self) -> Standing {
        let place = &self.place;
        let state = match () {
            () if place.has_failed() => RecipeState::Failed,
            () if self.over && !place.is_leaving() => RecipeState::Lost,
            () if self.over || place.has_left() => RecipeState::Done,
            () if place.is_leaving() => RecipeState::Leaving,
            () if place.first().is_some() => RecipeState::Leading,
            () if self.led => RecipeState::Doubting,
            () if place.is_in_line() => RecipeState::Following,
            () => RecipeState::Starting,
        };
        let token = place.first().filter(|_| state == RecipeState::Leading);
        Standing {
            token,
            ..Standing::at(state)
        }
    }
}
