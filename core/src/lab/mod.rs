//! Floor 9: the one door of a front end. Wishes go in as [`Action`]s, frames come out.

pub mod action;
pub mod transport;

pub use crate::base::{ClientId, Duration, ServerId};
pub use crate::world::command::{Command, CrashKind, Endpoint};
pub use action::{Action, Direction, Speed};
pub use transport::{Branch, EventLine, Mark, MarkKind, Notice, NoticeKind, Transport};
