//! What stands beside and below the bench.

mod actions;
mod breach;
mod caption;
mod console;
mod console_words;
mod disk;
mod event_filter;
mod events;
mod events_words;
mod files;
mod files_words;
mod ledger;
mod piece;
mod pull;
mod script;
pub(crate) mod script_words;
mod service_words;
mod tabs;
mod tree;
mod tree_difference;
mod vault;
mod znode;

pub(crate) use actions::Actions;
pub(crate) use breach::BreachCard;
pub(crate) use caption::{CaptionPanel, sentences};
pub(crate) use console::{ConsolePanel, Talk};
pub(crate) use disk::{DiskChoice, DiskPanel, DiskPull};
pub(crate) use events::Events;
pub(crate) use files::FilesPanel;
pub(crate) use ledger::LedgerPanel;
pub(crate) use pull::{Pull, TreeChoice};
pub(crate) use script::ScriptBox;
pub(crate) use tabs::{Panel, tabs};
pub(crate) use tree::TreePanel;
pub(crate) use vault::VaultPanel;
