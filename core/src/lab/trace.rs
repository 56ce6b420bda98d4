//! What is noted of every step of a run: eight bytes, enough to find stops, to count messages of one
//! kind, and to tell where two branches part.
//!
//! The digest of a step is that of the whole run up to it, so two runs have the same digest at a step
//! only when they were the same in every step before.

use super::unit::{Unit, grain};
use crate::base::Mix;
use crate::protocol::zab::packet::Packet;
use crate::scenario::print;
use crate::world::{Cause, Step, World};

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Trace {
    digest: u32,
    grain: Unit,
    /// The message that arrived: its place in [`words`], plus one.
    word: u8,
}

/// Words of messages between clients and servers; those between servers are [`Packet::WORDS`].
const CLIENT_WORDS: [&str; 4] = ["connect", "connected", "reply", "event"];

/// Every word that a message can be called by.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    Packet::WORDS.into_iter().chain(CLIENT_WORDS)
}

fn word(step: &Step) -> u8 {
    let Cause::Delivered(message) = &step.cause else {
        return 0;
    };
    let word = message.payload.word();
    let at = words().position(|known| known == word);
    at.map_or(0, |at| at as u8 + 1)
}

/// The notes of a branch, a step each.
#[derive(Clone, Debug, Default)]
pub(super) struct Traces {
    steps: Vec<Trace>,
}

impl Traces {
    /// Notes a step; `world` is the world after it.
    pub(super) fn push(&mut self, step: &Step, world: &World) {
        let before = self.steps.last().map_or(0, |last| u64::from(last.digest));
        let mut digest = Mix::new().add(before).add(world.digest());
        if let Cause::Command(command) = &step.cause {
            // The digest of the world knows of a command only what came of it.
            digest = digest.bytes(print::command(command).as_bytes());
        }
        self.steps.push(Trace {
            digest: (digest.value() >> 32) as u32,
            grain: grain(step),
            word: word(step),
        });
    }

    /// The notes of the first `steps` steps.
    #[must_use]
    pub(super) fn before(&self, steps: u64) -> Self {
        let count = (steps as usize).min(self.steps.len());
        Self {
            steps: self.steps[..count].to_vec(),
        }
    }

    /// The next stop of a unit behind `at` steps.
    pub(super) fn next(&self, unit: Unit, at: u64) -> Option<u64> {
        let rest = self.steps.get(at as usize..)?;
        let found = rest.iter().position(|trace| trace.grain >= unit)?;
        Some(at + found as u64 + 1)
    }

    /// The last stop of a unit before `at` steps.
    pub(super) fn previous(&self, unit: Unit, at: u64) -> Option<u64> {
        let before = self.steps.get(..(at as usize).checked_sub(1)?)?;
        let found = before.iter().rposition(|trace| trace.grain >= unit)?;
        Some(found as u64 + 1)
    }

    /// Is a step more than small talk?
    pub(super) fn is_message(&self, step: u64) -> bool {
        let trace = self.steps.get(step as usize);
        trace.is_some_and(|trace| trace.grain >= Unit::Message)
    }

    /// Steps of a range in which a message of that word arrived.
    pub(super) fn arrivals(&self, word: &str, range: std::ops::Range<u64>) -> Vec<u64> {
        let Some(code) = words().position(|known| known == word) else {
            return Vec::new();
        };
        let (from, to) = (
            range.start as usize,
            (range.end as usize).min(self.steps.len()),
        );
        let part = self.steps.get(from..to).unwrap_or_default().iter();
        let found = part
            .enumerate()
            .filter(|(_, t)| usize::from(t.word) == code + 1);
        found.map(|(at, _)| range.start + at as u64 + 1).collect()
    }

    /// The first step in which two runs differ, if they do: both were the same in every step before.
    /// A run that is the beginning of the other one differs at its end.
    pub(super) fn first_difference(&self, other: &Self) -> Option<u64> {
        let shared = self.steps.len().min(other.steps.len());
        let same = |at: usize| self.steps[at].digest == other.steps[at].digest;
        let (mut low, mut high) = (0, shared);
        while low < high {
            let middle = low + (high - low) / 2;
            if same(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < self.steps.len().max(other.steps.len())).then_some(low as u64)
    }
}
