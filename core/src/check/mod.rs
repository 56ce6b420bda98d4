//! Floor 5: what must hold, watched at every step.
//!
//! A monitor is fed every step of a run with the world after it. It keeps a *ghost*: what the run has
//! shown so far, in a form in which the properties of ZooKeeper are easy to ask. It shares no code
//! with the protocol and believes nothing a server says of itself where bytes, messages or states can
//! be looked at instead. It changes nothing: a run with checks and a run without are the same run.
//!
//! ```text
//!   lamp  property            asks
//!   I1    S9  LeaderCompleteness   is a confirmed write in every later history, on a disk of every quorum?
//!   I2    S5  PrefixConsistency    do all servers deliver one sequence?
//!   I3    S1  LeaderUnique         was at most one leader established per epoch?
//!   I4    S17 ClientOrder          does a session never read backwards?
//!   I5    S14 RecoverEquiv         do snapshot and log give the tree, children and ACLs included?
//!   I6    S16 Session              does no ephemeral outlive its session?
//! ```
//!
//! # Properties
//!
//! | | looked at | how |
//! |---|---|---|
//! | S1 | state before and after a step | a server enters broadcast as leader: its epoch must be free |
//! | S2 | epoch files, memory copies | no number falls, accepted ≥ current, history not ahead when serving |
//! | S3 | every record proposed, logged, forced, applied or found on a disk | one hash per zxid |
//! | S4 | records applied while serving | some leader proposed it |
//! | S5 | the same, and trees that came in whole | they stand at the server's place in the committed sequence |
//! | S6, S7 | the same | directly behind the proposal before it; epochs do not fall |
//! | S8 | proposals, late commits | the leader holds all that was delivered before its epoch |
//! | S9 | establishments, commits, answers, disks that lost something | see `durability.rs` |
//! | S10 | ACK packets as they leave | the record and all before it are durable there |
//! | S11 | ACKs of NEWLEADER as they leave | durable history = the leader's, currentEpoch = the epoch |
//! | S12 | a leader's commits | next zxid; a quorum has acknowledged it and holds it durably |
//! | S13 | appends, and logs as they are read | no hole, not even between epochs |
//! | S14 | databases | full compare at each load, at the end of each snapshot, at the end of the run |
//! | S15 | trees after each transaction, and when a server begins to serve | the digest the leader computed |
//! | S16 | trees after the close of a session, after a load, at the end | no ephemeral of a closed session |
//! | S17 | answers that reached a client | order, zxid, own writes |
//! | S18, S19 | - | not applicable until watches and histories are checked |
//! | S20 | `restore` | applies from the first restore on: what was restored is there, and stays |
//! | L1-L6 | a calm time | on demand, see [`liveness`] |
//!
//! # Joint restores
//!
//! A joint restore declares where history ends. The committed sequence is turned there: what led to that
//! point is what everybody must deliver and every disk must hold from then on. Confirmed writes that it
//! names are declared loss, and nothing reddens for them; one that it does not name stays a promise.
//! [`Monitor::toll`] tells what it all cost.
//!
//! # Verdicts
//!
//! The first breach of a property is kept, with the steps to look at, typed reasons, and the
//! assumption that explains it ([`assumption`]); the property stays broken in this run. A breach
//! without a broken assumption is a fault of the engine. After a breach the ghost goes on as well as
//! it can, so further breaches may only be consequences of the first.
//!
//! # Cost
//!
//! A PING costs a look at its outcomes. A transaction costs some look-ups in a persistent map per
//! server. Disks are parsed only when they may hold less than the ghost knows, or a snapshot ended;
//! databases are compared in full only where S14 says so.
//!
//! # What is left out
//!
//! - Sessions and data that were on disks before the run are taken as they are: the committed sequence
//!   begins behind the history of the first leader, and S9 speaks only of what came later.
//! - A power loss may leave a fuzzy snapshot ahead of its log. Such a tree is compared when the server
//!   begins to serve, not at the load.
//! - Reads are compared by zxid and, for the session's own last write, by mzxid, not by content:
//!   content is what S14 and S15 are for, and [`history`], which judges a whole run from what its
//!   clients were told.

pub mod assumption;
pub mod history;
pub mod liveness;
pub mod monitor;
pub mod verdict;
pub mod what;

mod aftermath;
mod client;
mod compare;
mod dissect;
mod durability;
mod findings;
mod ghost;
mod leadership;
mod order;
mod replay;
mod restore;
mod scene;
mod servers;
mod survey;
#[cfg(test)]
mod tests;
mod toll;
mod tree;

pub use assumption::{BrokenAssumption, Damage, DamageKind};
pub use monitor::Monitor;
pub use toll::Toll;
pub use verdict::{Lamp, Property, Verdict, Verdicts, Violation};
pub use what::{Difference, What};
