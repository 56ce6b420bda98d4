//! Everything a front end can ask of the lab.

use super::Shared;
use super::drill::Plan;
use super::event_filter::EventFilter;
use super::unit::Unit;
use crate::base::{ClientId, ServerId};
use crate::protocol::Profile;
use crate::view::inspect::Change;
use crate::world::command::Command;

/// One wish of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Starts playback.
    Play,
    /// Stops playback.
    Pause,
    /// Goes so many steps forward, or back.
    Step(i64),
    /// Goes one step in the unit that is set.
    StepUnit(Direction),
    /// Goes one step in a unit.
    StepBy(Unit, Direction),
    /// Goes to the next place that a breakpoint names, or the previous one.
    StepHit(Direction),
    /// Goes to the next bookmark, or the previous one, round about.
    StepBookmark(Direction),
    /// Goes to the moment of that name, see [`super::Anchor`].
    Go(String),
    /// Shows the run as it was after so many steps.
    Seek(u64),
    /// Shows a named moment, if there is one of that name.
    SeekBeat(String),
    /// Shows the step in which a client was told of a request, given by its index in the client's
    /// history, or in which it lost the connection on which it had asked.
    SeekTold(ClientId, u32),
    /// Changes the speed of playback.
    SetSpeed(Speed),
    /// Changes how far one step goes.
    SetUnit(Unit),
    /// Sets a breakpoint, see [`super::Condition`], or takes it away.
    Break(String, bool),
    /// Sets a bookmark at the moment that is shown, or takes the one there away.
    Bookmark,
    /// Gives a bookmark a name.
    NameBookmark(usize, String),
    /// Takes a bookmark away.
    RemoveBookmark(usize),
    /// Does something to the world, now. In the past this starts a branch; the old one stays.
    Perform(Command),
    /// One thing of the past goes otherwise; what the user did later is done again. It starts a
    /// branch; the old one stays.
    WhatIf(Change),
    /// Tries a restore on copies of the run, see [`super::DrillView`].
    Drill(Plan),
    /// Makes a trial of the drill a branch, by its place in the list.
    KeepTrial(usize),
    /// A client of that server writes; one is made when the server has none.
    Write(ServerId),
    /// Cuts a server off from every other end.
    Isolate(ServerId),
    /// A client appears and connects to that server first; its console is shown.
    Connect(ServerId),
    /// Shows the console of a client.
    Console(ClientId),
    /// Enters a line in the console of a client. The run plays until it is answered.
    Enter(ClientId, String),
    /// The console of a client waits no longer. What was asked stays asked.
    Interrupt(ClientId),
    /// Begins to run a built-in scenario, to be shown in place of the run.
    Open(String),
    /// Begins to run a script, to be shown in place of the run. A bad script changes nothing.
    Load(String),
    /// Begins to run the script of a link, to be shown in place of the run at its moment.
    Follow(Shared),
    /// Begins to run again what [`super::Lab::saved`] gave.
    Restore(String),
    /// Judges the disks that were brought in as another release would.
    Judge(Profile),
    /// Begins to run an ensemble with the disks that were brought in: for each server the place of its
    /// disk in their list, or none.
    UseDisks(Vec<Option<usize>>),
    /// Shows the disks that were brought in no longer.
    CloseImport,
    /// Gives up the job under way.
    Stop,
    /// Shows only some events in their list.
    FilterEvents(EventFilter),
    /// Takes the last edit back.
    Undo,
    /// Does again what was undone last.
    Redo,
    /// Shows another branch.
    SwitchBranch(usize),
    /// Gives a branch a name.
    NameBranch(usize, String),
    /// Takes a branch away, unless it is the last.
    DeleteBranch(usize),
    /// Compares two branches, or none any more.
    Compare(Option<(usize, usize)>),
    /// Shows older (negative) or newer columns of the log; `None` follows the newest again.
    Columns(Option<i32>),
    /// Takes the notice away.
    Dismiss,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards the start.
    Back,
    /// Towards the end.
    Forward,
}

/// Speed of playback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speed {
    /// A quarter.
    Quarter,
    /// Half.
    Half,
    /// As designed: a message flies for 600 ms.
    #[default]
    Normal,
    /// Double.
    Double,
    /// Four times.
    Quadruple,
}

impl Speed {
    /// Every speed, slowest first.
    pub const ALL: [Self; 5] = [
        Self::Quarter,
        Self::Half,
        Self::Normal,
        Self::Double,
        Self::Quadruple,
    ];

    /// In thousandths of the normal one.
    pub const fn per_mille(self) -> u64 {
        match self {
            Self::Quarter => 250,
            Self::Half => 500,
            Self::Normal => 1_000,
            Self::Double => 2_000,
            Self::Quadruple => 4_000,
        }
    }

    /// `0.25×` to `4×`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarter => "0.25×",
            Self::Half => "0.5×",
            Self::Normal => "1×",
            Self::Double => "2×",
            Self::Quadruple => "4×",
        }
    }

    /// The neighbour in `direction`, or itself at the end.
    #[must_use]
    pub fn toward(self, direction: Direction) -> Self {
        let at = Self::ALL.iter().position(|s| *s == self).unwrap_or(2);
        let to = match direction {
            Direction::Back => at.saturating_sub(1),
            Direction::Forward => (at + 1).min(Self::ALL.len() - 1),
        };
        Self::ALL[to]
    }
}
