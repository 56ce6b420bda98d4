//! Floor 6: history. A run is a recording; everything else is derived from it by replay.
//!
//! ```text
//!   Recording   config, commands with their instants, beats          the only truth
//!       │ replay
//!       ▼
//!   steps       0 ──────────────────────────────────────────► head   World + Monitor
//!   checkpoints ■───────■───────■───────■───────■───────■─────┤      World + Monitor, shared structure
//!   index       ················································     16 bytes a step, and its column
//!   moment                              ■──·──·──▲                    where the reader looks
//! ```
//!
//! It is not an event store: a step is an observation, and no state is ever folded from steps. To
//! see the state after step n, the nearest checkpoint before it is cloned and runs on to n.
//!
//! # What holds
//!
//! - Replay from any checkpoint gives the same worlds, digest included. `tests` compare them.
//! - The head is never disturbed by looking back.
//! - A fork shares all checkpoints and index chunks up to its step; the old line stays whole.
//! - Verdicts are sticky and carry their step, so those of an earlier moment are the head's, less
//!   what came later. Looking back does not run the checks again; a fork does, from its checkpoint.
//!
//! # What it costs
//!
//! Checkpoints lie [`timeline::INTERVAL`] steps apart, closer where much happens. Their cost is
//! estimated ([`checkpoint`]) and thinned out from the old end when it exceeds a budget. While a
//! reader looks at one place, a few more moments are kept close to it, so that stepping back runs few
//! steps.

pub mod causality;
pub mod checkpoint;
pub mod index;
pub mod loud;
pub mod passage;
pub mod recording;
pub mod timeline;
pub mod walk;

pub use causality::Cone;
pub use index::{StepBrief, StepIndex, StepKind};
pub use passage::{Arrival, Passage};
pub use recording::{Beat, Recorded, Recording};
pub use timeline::{Keep, Moment, Timeline};
pub use walk::Walk;

#[cfg(test)]
mod tests;
