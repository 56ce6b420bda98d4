//! The space-time view on the page: a window that slides over a picture of any length.
//!
//! ```text
//!   scroll box ─ as long as the picture, one empty element         native scrolling
//!     └ port ─ stays where the box is                               clips
//!        └ slab ─ the tiles of the window, moved by a transform     a few hundred elements
//!           ├ band     who leads, above        ├ plot   lines, arrows, marks
//!           └ columns  a button per event      └ now    the cursor and the veil over what comes
//! ```
//! A scroll moves the slab; only when it leaves its tiles are others pulled. A step moves the cursor and
//! draws those tiles anew that have a message on the wire.

mod axis;
mod bands;
mod columns;
mod focus;
mod life_bar;
mod marks;
mod picture;
mod plot;
mod run;
mod space_time_words;
mod view;

pub(crate) use marks::small_marks;
pub(crate) use run::Run;
pub(crate) use view::SpaceTimeView;
