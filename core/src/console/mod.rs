//! The console of a client: zkCli.sh for the simulated ensemble.
//!
//! ```text
//!   line ──▶ words ──▶ options ──▶ ConsoleCommand ──▶ Task ──Ask──▶ Request ─ ─ ▶ the client
//!             parse: all that is wrong without a server │  ◀─────── Reply ◀─ ─ ─
//!                                                       └──Print──▶ lines
//! ```
//! It takes what the real tool of ZooKeeper 3.8.0 takes and prints what it prints, also where it is
//! odd: the lines in `tests/console/zkcli-3.8.0.txt` were recorded from it, and a test enters them
//! all here. Beyond it there are `help` and the four-letter words, suggestions for unknown commands,
//! and an upper limit for the length of a line. Where it knowingly differs is written in [`shell`];
//! and `deleteall` waits for each of its multis, where the real one has up to ten under way.
//!
//! It is not a client and knows nothing of the world: a [`Task`] says what to ask, the front end has
//! a client ask it. Four-letter words are understood here and rendered elsewhere.
//!
//! # What holds
//!
//! - No line and no reply can make it fail.
//! - Words of the real tool are printed in its English; what this console adds is a
//!   [`Text`](crate::view::Text) in both languages.
//!
//! In ZooKeeper: `ZooKeeperMain` and the package `cli`.

mod acl;
pub mod answer;
pub mod command;
pub mod complete;
mod config;
pub mod error;
mod limits;
pub mod options;
pub mod parse;
mod path;
mod quota;
pub mod request;
pub mod shell;
pub mod stat;
pub mod task;
pub mod verbs;
mod walk;
pub mod wording;
mod words;

#[cfg(test)]
mod tests;

pub use answer::answer;
pub use command::{ConsoleCommand, Entry};
pub use complete::{Completion, complete};
pub use error::{ConsoleError, LINE_MAX};
pub use parse::parse;
pub use shell::{Entered, Run, Shell};
pub use task::{Next, Task};
