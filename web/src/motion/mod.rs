//! What moves: marks of messages.
//!
//! ```text
//!   lab.flight(id) ──► Marks::follow ──► one animation for each mark; the browser moves it
//!   lab.wait_us()  ──► Clock ──► a frame when the next step is due, and none before
//! ```
//! The lab says where a mark is. While the run plays a mark moves at one speed until the next step is
//! shown, so this page hands the whole rest of its way to the browser, as an animation of `transform`
//! that began at the lab's moment. The browser's compositor moves it without this page: between two
//! steps no code of ours runs and nothing is laid out or painted. An animation is changed only when the
//! lab's word about its mark has changed: an arrival planned anew, another speed, a seek.
//!
//! Paused, the same animation stands still at the lab's place: there is no timer, no frame, and never a
//! style attribute. The page rests like this also while nobody can see it. Who asked for less motion
//! never gets an animation: Yew draws each mark where it rests (see `bench/glyph.rs`).

mod clock;
mod mark;
mod sight;
mod size;
mod way;

pub(crate) use clock::{Clock, Next};
pub(crate) use mark::{Marks, Shift};
pub(crate) use sight::Sight;
pub(crate) use size::Size;
pub(crate) use way::{Thousandths, Way};

/// The reader asked for less motion.
pub(crate) fn is_still() -> bool {
    crate::place::matches("(prefers-reduced-motion: reduce)")
}
