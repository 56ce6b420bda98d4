//! The bench: one table, one row per server. Client, server, wire, log, disk: the row *is* the server.

mod bench_table;
mod client;
mod client_words;
mod disk;
mod glyph;
mod log;
mod metrics;
mod plate;
mod store;
mod token;
mod verdict;
mod wires;

pub(crate) use bench_table::Bench;
pub(crate) use client::ClientLine;
pub(crate) use glyph::{Definitions, mark};
pub(crate) use metrics::Metrics;
pub(crate) use verdict::VerdictLine;
