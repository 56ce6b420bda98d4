//! What stands beside and below the bench.

mod actions;
mod breach;
mod caption;
mod events;
mod script;
mod slot;
mod tabs;

pub(crate) use actions::Actions;
pub(crate) use breach::BreachCard;
pub(crate) use caption::{CaptionPanel, sentences};
pub(crate) use events::Events;
pub(crate) use script::ScriptBox;
pub(crate) use slot::{Slot, SlotKind, TimeSlot};
pub(crate) use tabs::{Panel, Tabs};
