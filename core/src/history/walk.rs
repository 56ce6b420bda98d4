//! Going through the past step by step, and stopping anywhere.
//!
//! [`Timeline::steps`] replays a range in one go. A walk does the same in as many slices as a caller
//! likes, and leaps over what lies between two checkpoints when nobody asks for it.

use super::timeline::Timeline;
use crate::world::{Step, World};

/// A place in the past that moves on.
#[derive(Clone, Debug)]
pub struct Walk {
    world: World,
}

impl Walk {
    /// The world before the next step.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Steps behind it.
    pub fn at(&self) -> u64 {
        self.world.steps()
    }

    /// Leaps to the last checkpoint at or before `step`, if that lies ahead.
    pub fn leap(&mut self, timeline: &Timeline, step: u64) {
        if let Some(world) = timeline.checkpoint_before(step)
            && world.steps() > self.at()
        {
            self.world = world.clone();
        }
    }

    /// Lets the next step of the past happen again; nothing beyond the head.
    pub fn next(&mut self, timeline: &Timeline) -> Option<Step> {
        if self.at() >= timeline.len() {
            return None;
        }
        timeline.rerun(&mut self.world)
    }
}

impl Timeline {
    /// A walk that begins at the last checkpoint at or before `step`.
    pub fn walk(&self, step: u64) -> Walk {
        let world = self.checkpoint_before(step);
        let world = world.expect("a timeline keeps its start").clone();
        Walk { world }
    }
}
