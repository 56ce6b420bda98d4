//! Floor 5: what must hold, watched at every step.
pub mod assumption;
pub mod liveness;
pub mod monitor;
pub mod verdict;

mod client;
mod compare;
mod dissect;
mod durability;
mod findings;
mod ghost;
mod leadership;
mod order;
mod replay;
mod scene;
mod servers;
mod survey;
#[cfg(test)]
mod tests;
mod tree;

pub use assumption::{BrokenAssumption, Damage, DamageKind};
pub use monitor::Monitor;
pub use verdict::{Difference, Lamp, Property, Verdict, Verdicts, Violation, What};
