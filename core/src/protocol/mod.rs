//! Floor 3: a server as a pure machine: input in, effects out.
//!
//! What is *not* here: a clock, dice, sockets, files. A machine that wants to wait names a range of
//! time; a machine that wants to write names the bytes; the world does the rest and answers with an
//! input. So a server can be cloned, compared, replayed and shown.
//!
//! ```text
//!            Input ──► Peer::on ──► Outbox of Effects ──► the world
//!              ▲                                             │
//!              └──── message, timer, fsync done, client ◄────┘
//! ```

pub mod config;
pub mod decision;
pub mod machine;
pub mod switch;
pub mod wire;
pub mod zab;

pub use config::{Config, Range};
pub use decision::Decision;
pub use machine::{ClientPacket, Effect, HaltReason, Input, Outbox, ServerPacket, Timer};
pub use switch::{Profile, Switch, Switches};
