//! What is looked at closely, and what can be done about it.
//!
//! ```text
//!   click ──► desk.inspect(Target) ──► InspectPanel   state, why, history, deeds
//!   right click, long press, the menu key, Shift+F10 ──► ContextMenu ──┐
//!   Faults ──► FaultMenu ─────────────────────────────────────────────┴─► Deeds ──► desk.act
//! ```
//! All three show the same list of deeds, which the engine makes. Nothing here knows what a deed does.

mod context;
mod deeds;
mod named;
mod panel;
mod words;

pub(crate) use context::ContextMenu;
pub(crate) use deeds::FaultMenu;
pub(crate) use panel::InspectPanel;
pub(crate) use words::Word as InspectWord;
