//! What real servers made of real directories, and what the command line makes of them.
//!
//! `tests/datadirs` holds directories that real servers wrote, the trees that they served from them,
//! and damage with the verdicts of release 3.8.0 and 3.9.4; its README says how they were recorded. No
//! Java is needed here: see `real_servers.rs` for the other direction.
#![cfg(not(target_arch = "wasm32"))]

#[path = "oracle/bytes.rs"]
mod bytes;
#[path = "oracle/damage.rs"]
mod damage;
#[path = "oracle/datadirs.rs"]
mod datadirs;
#[path = "oracle/epochs.rs"]
mod epochs;
#[path = "oracle/matrix.rs"]
mod matrix;
#[path = "oracle/program.rs"]
mod program;
#[path = "oracle/running.rs"]
mod running;

/// The releases that were asked.
const RELEASES: [&str; 2] = ["3.8.0", "3.9.4"];
