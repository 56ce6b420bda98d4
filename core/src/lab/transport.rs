//! What the controls of a run show: where it is, how long it is, what is marked, which branches exist.

use serde::Serialize;

use super::action::Speed;
use super::coverage::{Cover, CoverGap};
use super::unit::Unit;
use crate::view::Text;

/// The state of the controls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transport {
    /// Steps shown.
    pub step: u64,
    /// Steps recorded on this branch.
    pub total: u64,
    /// Simulated time in microseconds.
    pub now_us: u64,
    /// Does it run?
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    /// How far one step goes.
    pub unit: Unit,
    /// Events at the same instant as the one that is shown, beside it.
    pub concurrent: u32,
    /// Breakpoints that are set.
    pub breakpoints: u32,
    /// The first step of this branch that differs from the one it is compared with; shown after
    /// `differs + 1` steps.
    pub differs: Option<u64>,
    /// The branches that are compared.
    pub compared: Option<(usize, usize)>,
    /// Places worth a look, ascending.
    pub marks: Vec<Mark>,
    /// Backups, and when they were copied.
    pub covers: Vec<Cover>,
    /// What none of them reaches at the moment shown.
    pub gap: Option<CoverGap>,
    /// Every branch; the first is the main one.
    pub branches: Vec<Branch>,
    /// Index of the branch that is shown.
    pub branch: usize,
    /// The edit that can be undone.
    pub undo: Option<Text>,
    /// The edit that can be done again.
    pub redo: Option<Text>,
}

/// A place on the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Shown after so many steps.
    pub step: u64,
    /// What it is.
    pub kind: MarkKind,
    /// Its name.
    pub name: Text,
    /// What a link to it says, when it has a meaning of its own.
    pub anchor: Option<String>,
}

/// Kind of mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum MarkKind {
    /// A named moment of the script.
    Beat,
    /// A server dies.
    Crash,
    /// An invariant broke.
    Broken,
    /// The reader marked it.
    Bookmark,
    /// A breakpoint names it.
    Flag,
}

/// One future of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// `main`, `b2`, `b3`.
    pub name: String,
    /// What was done to start it.
    pub title: Text,
    /// The step at which it leaves the branch it comes from.
    pub from: u64,
    /// That branch, by its place in the list; none for one that begins at the start.
    pub parent: Option<usize>,
    /// Steps recorded.
    pub total: u64,
}

/// Something to tell the user beside the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Good news or bad.
    pub kind: NoticeKind,
    /// What.
    pub text: Text,
    /// Place in the script, when a script is at fault: line and column, from 1.
    pub place: Option<(u32, u32)>,
}

/// Kind of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum NoticeKind {
    /// Something was done.
    Done,
    /// A branch was begun: undo takes it back.
    Branched,
    /// A command could not be performed.
    Refused,
    /// A script is wrong.
    Script,
    /// A limit was reached.
    Limit,
}

/// One line of the list of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventLine {
    /// Its number; shown after `step + 1` steps.
    pub step: u64,
    /// When, in microseconds.
    pub at_us: u64,
    /// Whose event it is: `S2`, `a`, or empty for the world.
    pub who: String,
    /// What happened.
    pub text: Text,
    /// Further sentences.
    pub more: u32,
    /// What changed at the acting server: `following → looking`.
    pub change: Text,
}
