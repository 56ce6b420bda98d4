//! What the author of a scenario says at a named moment, and where he asks to look.
//!
//! The engine's sentences say what happened in a step; they are always true and always there. An
//! authored caption says what the moment means. It is shown beside them, only at its beat, and only
//! while the run is the author's: what an edit made of the run is not what the caption was written for.

use super::lab::Lab;
use crate::view::{Target, Text};

/// A named moment, told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// The name of the chapter.
    pub name: Text,
    /// What is to be seen there.
    pub caption: Text,
    /// What to look at, with the author's word for each.
    pub spotlight: Vec<(String, Target)>,
    /// Its number among the beats, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

impl Lab {
    /// What the author says here; nothing between the beats.
    pub fn story(&self) -> Option<Story> {
        let beats = &self.line().timeline.recording().beats;
        let at = beats.iter().rposition(|beat| beat.at_step == self.at)?;
        let told = self.beats.get(&beats[at].name)?;
        if self.branch != 0 || told.caption.is_empty() {
            return None;
        }
        let frame = self.frame();
        let words = told.spotlight.split_whitespace();
        let look = |word: &str| Some((word.to_owned(), Target::named(word, &frame)?));
        Some(Story {
            name: told.name.clone(),
            caption: told.caption.clone(),
            spotlight: words.filter_map(look).collect(),
            number: at + 1,
            of: beats.len(),
        })
    }
}
