//! What became of one message: the step that sent it, and the step in which it came to its end.
//!
//! ```text
//!   number ──► the checkpoint before it was sent ──► its step, by replay
//!          ──► the steps behind that one ──► it arrives, is dropped, or is lost
//! ```
//! Messages are numbered in the order in which they are sent, and every checkpoint knows how many
//! there were, so the sender is found without any index of messages. It costs a replay of some
//! hundred steps; who asks often keeps the answer.

use std::sync::Arc;

use super::timeline::Timeline;
use crate::world::{Cause, Message, Outcome, Step};

/// Steps in which a message usually comes to its end. Behind them the index is asked.
const NEAR: u64 = 2_048;

/// A message and its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The message.
    pub message: Arc<Message>,
    /// The step that sent it.
    pub sent: u64,
    /// Which one of those that this step sent with the same ends, word and zxid, from 1.
    pub nth: u32,
    /// Its end; `None` while it is on its way, or waits at a frozen process.
    pub end: Option<(u64, Arrival)>,
}

/// How a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It arrived.
    Delivered,
    /// It arrived where nobody listens any more.
    Dropped,
    /// It was lost on the way.
    Lost,
}

impl Timeline {
    /// What became of the message of that number; `None` when none was sent under it.
    pub fn passage(&self, message: u64) -> Option<Passage> {
        let mut passage = self.sending(message)?;
        if passage.end.is_none() {
            passage.end = self.ending(message, &passage);
        }
        Some(passage)
    }

    fn sending(&self, number: u64) -> Option<Passage> {
        let mut found = None;
        self.replay_from(self.steps_before_message(number)?, &mut |step| {
            let mut alike = 0;
            for outcome in &step.outcomes {
                let (Outcome::Sent(message) | Outcome::Lost(message)) = outcome else {
                    continue;
                };
                if message.id != number || message.sent != step.at {
                    continue;
                }
                for outcome in &step.outcomes {
                    if let Outcome::Sent(other) | Outcome::Lost(other) = outcome
                        && other.id <= number
                        && other.sent == step.at
                        && is_alike(other, message)
                    {
                        alike += 1;
                    }
                }
                found = Some(Passage {
                    message: Arc::clone(message),
                    sent: step.id.0,
                    nth: alike,
                    end: matches!(outcome, Outcome::Lost(_)).then_some((step.id.0, Arrival::Lost)),
                });
            }
            found.is_none() && !is_beyond(step, number)
        });
        found
    }

    fn ending(&self, number: u64, passage: &Passage) -> Option<(u64, Arrival)> {
        let mut found = None;
        let last = passage.sent + NEAR;
        self.replay_from(passage.sent, &mut |step| {
            found = ends(step, number).map(|arrival| (step.id.0, arrival));
            found.is_none() && step.id.0 < last
        });
        found.or_else(|| self.late_ending(number, passage))
    }

    /// A message that waited long, at a frozen process: the index knows who sent what arrives.
    fn late_ending(&self, number: u64, passage: &Passage) -> Option<(u64, Arrival)> {
        let sender = Some(passage.sent);
        let arrives = |step: &u64| {
            self.index(*step)
                .is_some_and(|brief| brief.sender == sender)
        };
        let candidates = (passage.sent + NEAR..self.len()).filter(arrives);
        candidates.into_iter().find_map(|at| {
            let step = self.steps(at..at + 1).pop()?;
            Some((at, ends(&step, number)?))
        })
    }
}

/// Later messages have higher numbers: behind the first of those nothing is to be found.
fn is_beyond(step: &Step, number: u64) -> bool {
    let later = |o: &Outcome| matches!(o, Outcome::Sent(m) if m.id > number);
    step.outcomes.iter().any(later)
}

fn is_alike(a: &Message, b: &Message) -> bool {
    let of = |m: &Message| (m.from, m.to, m.payload.word());
    of(a) == of(b) && (b.payload.zxid().is_none() || a.payload.zxid() == b.payload.zxid())
}

fn ends(step: &Step, number: u64) -> Option<Arrival> {
    match &step.cause {
        Cause::Delivered(m) if m.id == number => return Some(Arrival::Delivered),
        Cause::Dropped(m) if m.id == number => return Some(Arrival::Dropped),
        _ => {}
    }
    let lost = |o: &Outcome| matches!(o, Outcome::Lost(m) if m.id == number);
    step.outcomes.iter().any(lost).then_some(Arrival::Lost)
}
