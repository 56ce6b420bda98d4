//! Tests of the console as a whole: against what the real tool printed, against a server that fails,
//! and with random text.

mod recorded;
mod server;
mod tasks;

#[cfg(not(target_arch = "wasm32"))]
mod random;
