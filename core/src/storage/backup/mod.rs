//! Backups: taken piece by piece, verified by a trial recovery, restored to any point they cover.
//!
//! ```text
//!   Source (names, lengths, bytes) ──► Taking ──► Store (create, write, finish)
//!                                        │
//!                                        └──► Manifest ┐
//!   full ◄── incremental ◄── incremental: a chain ─────┴──► Verifying ──► Verdict
//!                                                           Restoring ──► the files of version-2
//! ```
//!
//! The same code works on simulated disks and on real directories: nothing here opens a file, knows
//! a clock or waits. A backup of one server is a *base*, the newest finished snapshot with the log
//! that repairs it, and *increments*, the records that came after. Records are copied up to the last
//! whole one with a right checksum: neither preallocated zeros nor torn tails get into a backup.
//!
//! # What makes a backup good
//!
//! - A snapshot is fuzzy ([`super::snapshot`]): the log must be copied *after* it, so that it goes
//!   beyond the snapshot's digest. [`CopyOrder::LogsFirst`] is the mistake, and it can be made here:
//!   such a backup is refused by [`Verifying`], unless nothing was written meanwhile.
//! - An increment goes on behind its parent's last record. That very record must still stand in the
//!   source, at its place and with its checksum: a truncation may have cut it, a purge removed it. If
//!   not, the chain is broken and a full backup is due.
//! - Whatever ends early says so: [`State::Taking`] can be resumed, [`State::Broken`] cannot.
//!
//! What it is not: it does not know what a quorum has confirmed. The tail of a log may hold
//! transactions that were never committed ([`Tail`]).
//!
//! ```text
//!   manifest  what is known of a backup         source  where bytes come from and go to
//!   frames    records out of passing bytes      seal    a snapshot's sums out of passing bytes
//!   taking    full, incremental, resumed        copying one file of it      look   what a source has
//!   chain     from a backup to its base; its files put together
//!   verify    can it be restored, and to where: what a trial recovery says (trial)
//!   restore   the files of a server at rest, at any point      whole  what is known of copied files
//! ```

mod chain;
mod copying;
mod frames;
mod look;
mod manifest;
mod restore;
mod seal;
mod source;
mod taking;
mod trial;
mod verify;
mod whole;

pub use chain::{Assembling, Link, Links, chain_of};
pub use copying::Sum;
pub use manifest::{
    BackupId, Base, Broken, CopyOrder, FilePart, Heading, Kind, LastRecord, LogRange, Manifest,
    Records, Standing, State, Tail, Way,
};
pub use restore::{Keep, NotThere, Point, Restored, Restoring};
pub use source::{Digester, Fault, Source, Store};
pub use taking::{CannotResume, Step, Stopped, Taking};
pub use verify::{NotRestorable, Range, Verdict, Verifying, Warning};
