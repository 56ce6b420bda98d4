//! Floor 8: the script language.
//!
//! One language is scenario, lesson, test, bug report, command-line input and share link. A script is
//! text; a [`Program`] is the same as data; a [`Runner`] lets it happen. What a script does *not*
//! hold is output: golden text lies beside it and comes from [`transcript`].
//!
//! ```text
//!   text ──parser──► Program ──Runner──► history::Timeline ──► transcript, checks
//!    ▲                  │  ▲
//!    └──────print───────┘  └── generate: a seed;  shrink: the smallest that still fails
//!                               record: what a user did, each at its place
//! ```
//! Grammar and limits are fixed in the product contract; [`parser`] is the code for it.

pub mod ast;
pub mod book;
pub mod claim;
pub mod error;
pub mod generate;
pub mod parser;
pub mod print;
pub mod record;
pub mod runner;
pub mod show;
pub mod shrink;
pub mod swarm;
mod token;
pub mod transcript;

pub use ast::{Action, Program};
pub use error::{Position, Problem, ScriptError};
pub use parser::{parse, parse_bytes, parse_zxid};
pub use record::recorded;
pub use runner::{Check, Images, Options, Progress, Runner, Witness};
pub use show::Show;
pub use transcript::Transcript;
