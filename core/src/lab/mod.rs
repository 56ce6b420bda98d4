//! Floor 9: the one door of a front end. Wishes go in as [`Action`]s, frames come out.
//!
//! ```text
//!   dispatch(Action) ──► branches of timelines, a place in one of them ──► frame(), transport(), events()
//!   advance(time)    ──► playback: which step is shown now, how far each message is, when to come back
//!   explain, offers  ──► what is looked at closely, and what can be done about it
//!   risks, drill      ──► what a restore endangers, and a restore tried on copies of the run
//!   tree, ledger, …  ──► what a panel pulls while it is open
//!   space_time       ──► a window of the picture of the run, with its causes and effects
//!   disk, file, outlook ─► the bytes of a server, field by field, and what recovery makes of them
//!   console, complete ─► the prompt of a client; `Enter` makes its commands part of the run
//!   work(steps)      ──► the next slice of a job: a script that runs, a search, what was kept
//!   import_…, disk   ──► real disks come in and go out, some bytes at a time
//! ```
//! The lab knows nothing of browsers: it is driven and tested natively. It never fails: what cannot be
//! done becomes a [`Notice`] and changes nothing.

pub mod action;
pub mod anchor;
mod bookmarks;
mod branch;
mod branches;
mod breaches;
pub mod breakpoints;
mod chronicle;
mod columns;
pub mod compare;
mod console;
mod coverage;
mod disks;
pub mod drill;
mod event_filter;
mod events;
mod expected;
mod explain;
mod export;
pub mod flights;
mod gallery;
mod import;
#[allow(clippy::module_inception)]
mod lab;
mod lamps;
mod marks;
mod memory;
mod notices;
mod past;
pub mod playback;
mod recoveries;
pub mod risk;
pub mod scenarios;
mod service;
pub mod shared;
mod space_time;
mod stops;
mod story;
mod terminal;
#[cfg(test)]
mod tests;
mod trace;
pub mod transport;
mod turns;
pub mod unit;
mod what_if;
mod wishes;
mod work;

pub use crate::base::{ClientId, Duration, Order, ServerId};
pub use crate::protocol::Profile;
pub use crate::world::command::{Command, CrashKind, Endpoint};
pub use action::{Action, Direction, Speed};
pub use anchor::{Anchor, Offer};
pub use bookmarks::Bookmark;
pub use breaches::Breach;
pub use breakpoints::{Breakpoint, Condition};
pub use compare::Comparison;
pub use console::{Completed, ConsoleView};
pub use coverage::{Cover, CoverGap};
pub use drill::DrillView;
pub use event_filter::{EventFilter, EventKind, EventPage};
pub use export::{DiskFile, Download};
pub use flights::Flight;
pub use gallery::{Badge, Card, Group, Still, sandbox};
pub use import::{ImportId, ImportView, Unread};
pub use lab::Lab;
pub use service::Shown;
pub use shared::{LINK_MAX, Shared};
pub use story::Story;
pub use terminal::{ConsoleLine, LineKind};
pub use transport::{Branch, EventLine, Mark, MarkKind, Notice, NoticeKind, Transport};
pub use unit::Unit;
pub use work::{Work, WorkKind};
