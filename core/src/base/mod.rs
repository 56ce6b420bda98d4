//! Floor 0: time, dice and names. Everything above stands on these and on nothing else.

pub mod hash;
pub mod id;
pub mod rng;
pub mod time;

pub use hash::Mix;
pub use id::{BackupId, ClientId, ConnId, ServerId, SessionId, StepId, WriteId};
pub use rng::Dice;
pub use time::{Duration, Instant};
