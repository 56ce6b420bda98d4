//! The bench: one table, one row per server. Client, server, wire, log, disk: the row *is* the server.

mod band;
mod bench_table;
mod bench_words;
mod cell;
mod client;
mod client_words;
mod cover;
mod disk;
mod glyph;
mod legend;
mod log;
mod metrics;
mod parcels;
mod plate;
mod quorum;
mod roving;
mod spot;
mod store;
mod token;
mod verdict;
mod wires;

pub(crate) use bench_table::Bench;
pub(crate) use bench_words::gap as gap_words;
pub(crate) use client::ClientLine;
pub(crate) use glyph::{Definitions, mark};
pub(crate) use metrics::Metrics;
pub(crate) use token::token;
pub(crate) use verdict::VerdictLine;
