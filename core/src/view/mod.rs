//! Floor 7: what a reader sees, as plain data.

pub mod text;
