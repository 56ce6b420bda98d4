//! The space-time view: a line per server and client, a column per event, an arrow per message.
//!
//! Plain data in integers. Along the time axis everything is counted in *halves*: cell `c` of the run
//! reaches from `2c` to `2c + 2`, and its event stands at `2c + 1`. Across it heights are thousandths of
//! a percent. So a picture is the same at any width, and no float is needed.
//!
//! ```text
//!   index of the steps ──► cells ──► tiles of 16 cells, made by replay, once each      tile
//!   the run            ──► lanes, from top to bottom                                   lanes
//!   a window           ──► SpaceTime: lanes, now, the tiles in it, what is on the wire beyond them
//!   a step             ──► Cone: what led to it, what came of it
//!   a transaction      ──► Life: its way from the client to a backup                   life
//! ```
//! Left out are small talk ([`crate::history::loud`]) and the columns it would have; silence of more
//! than three ticks is one cell, with its length. What the reader selects, and where the picture is
//! scrolled to, belongs to the page.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::frame::{EndView, Glyph, Phase, Zx};
use super::lang::Text;
use crate::base::ServerId;

mod captions;
pub mod lanes;
pub mod life;
mod place;
mod state;
pub mod tile;

pub use life::{Life, Station, StationKind};
pub use tile::Weaver;

/// Cells of a tile.
pub const TILE: u64 = 16;

/// Everything a window of the picture shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpaceTime {
    /// Cells of the whole run.
    pub cells: u64,
    /// The lines, from top to bottom.
    pub lanes: Vec<Lane>,
    /// The moment that is shown.
    pub now: Now,
    /// The tiles of the window that are known, ascending, without a gap.
    pub tiles: Vec<Arc<Tile>>,
    /// What is on the wire at the end of the last of them.
    pub open: Vec<Arrow>,
    /// False while a tile of the window has still to be made: ask again.
    pub complete: bool,
    /// Where this branch leaves the one it is compared with, in halves.
    pub parts_at: Option<u64>,
}

/// The moment that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Where, in halves.
    pub at: u64,
    /// When, in microseconds.
    pub us: u64,
    /// The step of the last column that has happened.
    pub step: Option<u64>,
    /// The moment is the last one of the run: what comes is not known.
    pub open: bool,
}

/// A line of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Whose; for the line that several clients share, the first of them.
    pub who: EndView,
    /// `S1`, `a`.
    pub name: String,
    /// Further clients on this line.
    pub others: Vec<EndView>,
    /// Height of the line.
    pub at: u32,
    /// Height of its disk, for a server.
    pub disk: Option<u32>,
}

/// Sixteen cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tile {
    /// Its number: it begins at cell `16 × index`.
    pub index: u64,
    /// Its events.
    pub columns: Vec<Column>,
    /// Folded silence.
    pub folds: Vec<Fold>,
    /// What the ensemble is about.
    pub bands: Vec<Band>,
    /// What each server is.
    pub spans: Vec<Span>,
    /// What its disk does.
    pub disks: Vec<DiskSpan>,
    /// Messages that end here, in the order of their ends.
    pub arrows: Vec<Arrow>,
    /// What is on the wire at its end.
    pub open: Vec<Arrow>,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where, in halves.
    pub at: u64,
    /// Its number; shown after `step + 1` steps.
    pub step: u64,
    /// When, in microseconds.
    pub at_us: u64,
    /// Whose line it is on; none for the world's.
    pub who: Option<EndView>,
    /// What stands there.
    pub mark: Mark,
    /// What happened.
    pub text: Text,
    /// A few words beside the mark, for turning points.
    pub label: Option<Text>,
}

/// What stands at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Nothing special.
    Dot,
    /// A server died.
    Death,
    /// A process started.
    Start,
    /// It looks for a leader.
    Looking,
    /// Its epoch is established.
    Leads,
    /// A quorum holds a transaction: it is committed.
    Quorum,
    /// A client was told that its request is done.
    Told,
    /// A client was told of an error.
    Denied,
    /// A client lost its connection and does not know.
    Unknown,
    /// A log was cut.
    Cut,
    /// A snapshot began or is done, or a backup was taken.
    Snapshot,
    /// A process was frozen.
    Paused,
    /// It goes on.
    Resumed,
    /// A disk refused a write.
    Trouble,
    /// Something came between the ends: it stands across all lines.
    Fence,
}

/// Silence that is folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The middle of its cell, in halves.
    pub at: u64,
    /// `1.97 s`.
    pub lasts: String,
    /// Steps of small talk in it.
    pub quiet: u64,
}

/// What the ensemble is about, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// From, in halves.
    pub from: u64,
    /// To.
    pub to: u64,
    /// What.
    pub era: Era,
}

/// What the ensemble is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Era {
    /// Its phase: of who leads or is about to.
    pub phase: Phase,
    /// Who leads or is about to; nobody in an election.
    pub leader: Option<ServerId>,
    /// Its epoch, once it is established.
    pub epoch: Option<i64>,
}

/// What a server is, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which.
    pub server: ServerId,
    /// From, in halves.
    pub from: u64,
    /// To.
    pub to: u64,
    /// What.
    pub life: Standing,
}

/// What a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It leads.
    Leading,
    /// It believes to lead, and another one is established in a later epoch.
    Claims,
    /// It follows and votes.
    Following,
    /// It follows.
    Observing,
    /// It is in an election.
    Looking,
    /// Its process is frozen.
    Paused,
    /// It does not run.
    Down,
}

/// What a disk does, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpan {
    /// Whose.
    pub server: ServerId,
    /// From, in halves.
    pub from: u64,
    /// To.
    pub to: u64,
    /// What.
    pub work: DiskWork,
}

/// What a disk does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskWork {
    /// Bytes are written and not forced.
    Written {
        /// The first transaction.
        first: Zx,
        /// The last one.
        last: Zx,
        /// How it ends here.
        ends: Written,
    },
    /// A snapshot is being written.
    Snapshot(Zx),
}

/// How written bytes end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// They go on, beyond the tile.
    GoesOn,
    /// They are durable, up to this transaction.
    Forced(Zx),
    /// They are gone, or nobody waits for them any more.
    Gone,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Its number in the run.
    pub id: u64,
    /// Sender.
    pub from: EndView,
    /// Receiver.
    pub to: EndView,
    /// Its mark.
    pub glyph: Glyph,
    /// Its zxid, if it is about one.
    pub zxid: Option<Zx>,
    /// Where it leaves, in halves.
    pub leaves: u64,
    /// Where it ends, in halves; for one on the wire at the head, where the run ends.
    pub ends: u64,
    /// How.
    pub end: ArrowEnd,
    /// Where on its way the mark stands, in thousandths.
    pub mark_at: u32,
}

/// How a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowEnd {
    /// It arrives.
    Arrived,
    /// It reaches nobody.
    Dropped,
    /// It is lost after so many thousandths of its way.
    Lost(u32),
    /// It is on its way.
    Flying,
}

/// What led to an event and what came of it: per line the last event of its past and the first of its
/// future, in halves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConeView {
    /// The step.
    pub of: u64,
    /// Ends of the past.
    pub past: BTreeMap<EndView, u64>,
    /// Begins of the future.
    pub future: BTreeMap<EndView, u64>,
}

impl ConeView {
    /// True for an event that led to it or came of it.
    pub fn has(&self, who: EndView, at: u64) -> bool {
        self.led(who, at) || self.came(who, at)
    }

    /// True for a message by which it is connected to its past or future.
    pub fn has_arrow(&self, arrow: &Arrow) -> bool {
        if arrow.end != ArrowEnd::Arrived {
            return self.came(arrow.from, arrow.leaves);
        }
        self.led(arrow.to, arrow.ends) || self.came(arrow.from, arrow.leaves)
    }

    fn led(&self, who: EndView, at: u64) -> bool {
        self.past.get(&who).is_some_and(|last| at <= *last)
    }

    fn came(&self, who: EndView, at: u64) -> bool {
        self.future.get(&who).is_some_and(|first| at >= *first)
    }
}

impl Arrow {
    /// True when it is on its way at a moment.
    pub const fn crosses(&self, now: u64) -> bool {
        self.leaves <= now && now < self.ends
    }
}

impl Tile {
    /// The first half that belongs to it.
    pub const fn starts(&self) -> u64 {
        self.index * TILE * 2
    }
}
