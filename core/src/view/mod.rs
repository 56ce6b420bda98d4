//! Floor 7: what a reader sees, as plain data.
//!
//! A projection reads the world and never changes it; the same world gives the same [`Frame`], however
//! it was reached. What is *not* here: playback, clicks, pixels. Texts are pairs of languages, made by
//! the catalogue in [`caption`]; a front end picks one.
//!
//! ```text
//!   World, Monitor ──► bench ──► Frame      what the stage shows at one instant
//!   Step ──► caption ──► Text               one sentence per thing that happened
//!   Violation ──► breach ──► Text         what is wrong, and which assumption did not hold
//!   Step ──► text                       one golden line per thing that happened
//!   Target                                  a name for what a reader points at
//!   Step ──► memory ──► phase, turn     why votes changed, how learners are brought up to date
//!   World, Step ──► cargo                   what is on its way between the disks and the vault
//!   Columns ──► strip                       as many log columns as a window has room for
//!   World ──► tree, znode, difference       one server's znodes, or two compared: pulled by a panel
//!   World, Step ──► space_time              lines, columns, arrows: a window of the run, pulled
//!   Host, Anatomy ──► disk                  one server's bytes, field by field: pulled by a panel
//!   World, Monitor ──► ledger               what clients were told of their writes: pulled by a panel
//!   World, Monitor ──► vault                backups, what they are worth, what a disaster cost: pulled
//!   Recovery ──► findings, import          what a real disk holds, and what a server makes of it
//! ```

mod bench;
pub mod breach;
pub mod caption;
pub mod cargo;
mod clients;
pub mod cover;
pub mod difference;
pub mod disk;
pub mod findings;
pub mod frame;
pub mod import;
pub mod inspect;
pub mod lanes;
pub mod lang;
pub mod ledger;
pub mod memory;
pub mod phase;
mod rows;
mod said;
pub mod shelf;
pub mod space_time;
pub mod status;
pub mod strip;
pub mod target;
pub mod text;
pub mod tree;
mod turn;
pub mod vault;
mod verdict;
mod wire;
pub mod znode;

pub use bench::Sight;
pub use frame::Frame;
pub use lang::{Lang, Text};
pub use memory::Memory;
pub use shelf::Shelf;
pub use target::Target;
