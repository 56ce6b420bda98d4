//! Floor 4: the world. It owns the only clock, the only dice, the network, the disks and the clients.
//!
//! ```text
//!   agenda (instant, number) ──► one event ──► a machine's input ──► its effects ──► new events
//!                                     └──────────────── Step ◄───────────┘
//! ```
//! A world is plain data: it can be cloned, compared and run twice with the same result. It never
//! fails; a command that makes no sense is refused and nothing changes.
//!
//! # Fault model
//! - **Process crash**: memory is gone, the disk keeps everything written (durable or not); what the
//!   process had sent still arrives, then its connections close.
//! - **Power loss**: memory is gone, the disk keeps what is durable and at most a torn prefix of what
//!   is pending; everything on its wires is lost, and nobody is told: peers notice by silence.
//! - **Pause**: the process, a server's or a client's, handles nothing; what arrives waits in the kernel.
//! - **Cut**: what is on the link is lost and its connections fall silent. When it heals, both ends
//!   learn that the old connections are dead.
//! - **Lose**: one packet is lost, and its connection breaks there: links are FIFO, nothing behind it
//!   gets through. **Late**: one packet waits, and everything behind it on that channel.
//! - Links never reorder and never corrupt.

pub mod agenda;
pub mod client;
pub mod command;
mod effects;
mod faults;
pub mod host;
mod lines;
pub mod message;
mod network;
mod pausing;
pub mod programs;
pub mod recipe;
pub mod step;
pub mod store;
mod traps;
pub mod vault;
pub mod watching;
#[allow(clippy::module_inception)]
pub mod world;

/// The configuration lives on the machines' floor; this is its name up here.
pub mod config {
    pub use crate::protocol::config::*;
}

pub use client::{Client, ClientState, Invocation, RequestOutcome};
pub use command::{Command, CrashKind, CrashPoint, DiskFault, Endpoint, PacketMatch, Refusal};
pub use config::{Config, Range};
pub use host::{DownReason, Host};
pub use message::{End, Message, Payload};
pub use programs::Running;
pub use recipe::{Recipe, RecipeState, Standing};
pub use step::{Actor, Cause, Outcome, Step};
pub use store::{Store, StoreWrite};
pub use vault::{Backup, BackupKind, RestoreOrder, Vault, VaultEvent, VaultOrder};
pub use world::World;
