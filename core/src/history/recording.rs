//! A recording: the only truth about a run.
//!
//! Configuration (with the seed) and commands, each with its place: it is performed as that very step
//! of the run, at that instant. Beats and notes are names for places; they change nothing.

use std::sync::Arc;

use crate::base::Instant;
use crate::protocol::Config;
use crate::world::Command;

/// A run, as far as a user decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Everything that was fixed before the first event.
    pub config: Arc<Config>,
    /// What the user did, in order.
    pub commands: Vec<Recorded>,
    /// Named moments, in order.
    pub beats: Vec<Beat>,
    /// Remarks, in order; `name` is the text.
    pub notes: Vec<Beat>,
}

/// A command and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// It is this step of the run.
    pub at_step: u64,
    /// When it was given.
    pub at: Instant,
    /// The command.
    pub command: Arc<Command>,
}

/// A name for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// So many steps had happened.
    pub at_step: u64,
    /// The name.
    pub name: String,
}

impl Recording {
    /// A run in which nobody has done anything.
    pub fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            commands: Vec::new(),
            beats: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The part before step `steps`: what has been decided once so many steps have happened.
    #[must_use]
    pub fn before(&self, steps: u64) -> Self {
        let beats = |all: &[Beat]| {
            let early = all.iter().filter(|b| b.at_step <= steps);
            early.cloned().collect()
        };
        Self {
            config: self.config.clone(),
            commands: self.commands[..self.commands_before(steps)].to_vec(),
            beats: beats(&self.beats),
            notes: beats(&self.notes),
        }
    }

    /// Number of commands among the first `steps` steps.
    pub fn commands_before(&self, steps: u64) -> usize {
        self.commands.partition_point(|c| c.at_step < steps)
    }
}
