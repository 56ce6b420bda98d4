//! A recorded client trace of a real server, played against one server of ours.
//!
//! A trace is a list of requests and of what a real server answered. Each request becomes the bytes that
//! the recording client sent, is decoded as a server decodes it, and goes to a [`Lone`] server: the same
//! machine as in a world, standing alone, with a disk that is always quick and a network without
//! delays. What it answers is put into the shape of the recording and compared.
//!
//! ```text
//!   step ─► body (bytes) ─► wire::decode ─► Lone (Peer) ─► answer (JSON) ─► compare ◄─ recorded reply
//!                                             │
//!                                             └─► events, connections that it closed
//! ```
//!
//! What a recording cannot repeat is mapped: times (each transaction has one), session ids (each new one
//! stands for a session), passwords (each belongs to its session id). Time passes only where the
//! recorded zxid is ahead: then the server's own work runs, expiry of silent sessions and the reaper,
//! until the zxids agree.
//!
//! It is not a test of the ensemble: no election, no quorum. Those are the world's.

mod answer;
mod body;
mod compare;
mod lone;
mod play;
mod trace;

pub use self::compare::Mismatch;
pub use self::lone::Lone;
pub use self::play::{Outcome, play};
pub use self::trace::{Trace, TraceError};
