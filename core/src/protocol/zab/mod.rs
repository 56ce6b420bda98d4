//! ZAB as a ZooKeeper server runs it: election, discovery, synchronisation, broadcast.
//!
//! ```text
//!                    ┌────────────────────────────────────────────────┐
//!                    ▼                                                │ silence, broken connection,
//!   Boot ─► recovery ─► LOOKING ── elected ──► LEADING / FOLLOWING /  │ no quorum, disk error
//!                       (election)             OBSERVING ─────────────┘
//!
//!   leader L                                     learner F
//!      │ ◄──────── FOLLOWERINFO acceptedEpoch ────── │   discovery
//!      │   quorum: epoch = max + 1, on disk          │
//!      │ ────────── LEADERINFO epoch ──────────────► │   acceptedEpoch on disk
//!      │ ◄──────── ACKEPOCH currentEpoch, zxid ───── │
//!      │   quorum: currentEpoch on disk              │
//!      │ ────────── DIFF | TRUNC | SNAP ───────────► │   synchronization
//!      │ ────────── PROPOSAL, COMMIT … ────────────► │
//!      │ ────────── NEWLEADER ─────────────────────► │   history durable, then currentEpoch
//!      │ ◄──────── ACK epoch.0 ───────────────────── │
//!      │   quorum: established                       │
//!      │ ────────── UPTODATE ──────────────────────► │   serves clients
//!      │                                             │
//!      │ ────────── PROPOSAL z ────────────────────► │   broadcast: append, fsync
//!      │ ◄──────── ACK z ─────────────────────────── │
//!      │   quorum of durable acks, in order          │
//!      │ ────────── COMMIT z ──────────────────────► │   apply, answer own clients
//! ```
//!
//! The files bear the names of the phases; each holds both sides of one conversation, except that
//! what a learner does with the history it is sent has a file of its own (`learner.rs`). `peer.rs` is
//! the only place that changes the role. ZooKeeper cuts by role instead (`Leader`, `Follower`,
//! `Learner`, `LearnerHandler`, `FastLeaderElection`, `SyncRequestProcessor`).
//!
//! # What is volatile, what is durable
//! Durable: the log, the snapshots, `acceptedEpoch`, `currentEpoch`. All fields of [`peer::Peer`]
//! are memory; a crash drops them, and the only way back is recovery from the bytes.
//!
//! # Threads as jobs
//! A server's threads block on disks; a machine cannot. Work that has to wait for an fsync is a *job*
//! ([`jobs`]): the disk steps left and what to do then. While a learner's main thread would be
//! blocked its packets are stalled in order. A server that leaves its role first lets its jobs and
//! its log queue finish, as a real one joins its threads (ZOOKEEPER-4712), and only then votes.
//!
//! # Caveats
//! - SNAP travels as one packet and is an exact image of one moment; a real one is streamed and fuzzy.
//! - A committed transaction is applied at once: there is no separate CommitProcessor queue.
//! - The election channel is one virtual link per pair; the hello of `QuorumCnxManager` and the rule
//!   "the larger id connects" are not modelled, "only the newest notification matters" is.
//! - Local sessions, reconfiguration, read-only mode and observer masters do not exist here.

mod boot;
pub mod broadcast;
pub mod connections;
pub mod discovery;
pub mod election;
pub mod jobs;
pub mod learner;
mod notices;
pub mod packet;
pub mod peer;
pub mod pipeline;
mod restore;
pub mod service;
mod sessions;
pub mod snapshots;
mod standalone;
pub mod state;
pub mod sync_plan;
pub mod synchronization;

pub use election::Vote;
pub use packet::Packet;
pub use peer::Peer;
pub use state::{Phase, Role, Status};
