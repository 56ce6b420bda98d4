//! Floor 0: time, dice, names, and two collections that clone cheaply, one sort. Everything above stands on these and on nothing else.

pub mod calendar;
pub mod hash;
pub mod id;
pub mod order;
pub mod ordered;
pub mod queue;
pub mod rng;
pub mod time;

pub use calendar::Moment;
pub use hash::Mix;
pub use id::{BackupId, ClientId, ConnId, ServerId, SessionId, StepId, WriteId};
pub use order::{Gather, Order};
pub use ordered::Ordered;
pub use queue::Queue;
pub use rng::Dice;
pub use time::{Duration, Instant};
