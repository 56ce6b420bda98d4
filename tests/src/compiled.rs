//! Every script of the project, compiled in: in wasm there is no directory to read.

/// Names and texts, in order of names. A name is the path without `.zab`; scripts of this package
/// begin with `scripts/`, those of the page with `static/`.
pub const SCRIPTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/scripts.rs"));
