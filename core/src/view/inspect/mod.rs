//! What is looked at closely: its state, why it is so, what happened to it, what can be done about it.
//!
//! ```text
//!   Target ──► Look (the moment, and what history knows of the target) ──► Inspection
//!                rows     state, name by name           one file per kind of target
//!                why      decisions, with their source  [`source`], [`meaning`]
//!                offers   deeds as data                 [`offers`], [`deed`]
//! ```
//! Everything is read off the world that is shown, so it can say nothing that the bench contradicts.
//! The history of a target needs a replay; the lab makes it with [`concern`], and also says of each
//! offer why it cannot be done and which line of script it writes.

mod client;
pub mod concern;
pub mod deed;
pub(crate) mod entry;
mod file;
mod lamp;
mod link;
mod meaning;
mod message;
pub mod offers;
mod server;
pub mod source;
mod step;
mod vault;
mod words;

use std::sync::Arc;

use serde::Serialize;

pub use deed::{Change, Deed, Offer, Offers};
pub use source::Source;

use super::caption::Caption;
use super::frame::Frame;
use super::lang::Text;
use super::target::Target;
use crate::base::ServerId;
use crate::history::Passage;
use crate::model::Record;
use crate::protocol::Decision;
use crate::world::{Step, World};

/// Something looked at closely.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// What it is: `S2`, `PROPOSAL e1·7`.
    pub title: Text,
    /// How it stands, in a few words.
    pub about: Text,
    /// Its state.
    pub rows: Vec<Row>,
    /// Why it stands so, the newest reason first.
    pub why: Vec<Reason>,
    /// The last steps that concerned it, newest first.
    pub history: Vec<PastStep>,
    /// The first step behind the moment shown that concerns it, if one is near.
    pub next: Option<u64>,
    /// Steps before this one were not searched for its history.
    pub searched_from: u64,
    /// What can be done about it.
    pub offers: Vec<Offers>,
    /// What else there is to look at from here.
    pub near: Vec<Near>,
}

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What.
    pub name: Text,
    /// How it is.
    pub value: Text,
    /// The same in the form of logs: a zxid in hex.
    pub hex: Option<String>,
    /// It is not as it should be.
    pub bad: bool,
}

/// Why something is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// In a sentence.
    pub text: Text,
    /// Where that is written down.
    pub source: Source,
    /// The step that decided it, when it was one.
    pub step: Option<u64>,
}

/// A step that concerned the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastStep {
    /// Its number; shown after `step + 1` steps.
    pub step: u64,
    /// When, in microseconds.
    pub at_us: u64,
    /// What happened.
    pub text: Text,
}

/// Something that belongs to the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Near {
    /// What it is to the target.
    pub name: Text,
    /// Which.
    pub target: Target,
}

/// What a target is seen by.
pub struct Look<'a> {
    /// The world that is shown.
    pub world: &'a World,
    /// The bench that is shown.
    pub frame: &'a Frame,
    /// Steps shown.
    pub at: u64,
    /// The message, for a target that is one.
    pub passage: Option<&'a Passage>,
    /// The step, for a target that is one.
    pub step: Option<Seen<'a>>,
    /// The transaction, for a target that is one.
    pub txn: Option<Txn<'a>>,
    /// Decisions that concern the target, newest first, each with its step.
    pub decisions: &'a [(u64, ServerId, Decision)],
}

/// A step that is looked at.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The step.
    pub step: &'a Step,
    /// The one that sent what arrived in it.
    pub sender: Option<u64>,
    /// The one before it on the same line of time.
    pub before: Option<u64>,
}

/// A transaction that is looked at, as far as it was known by then.
#[derive(Clone, Copy)]
pub struct Txn<'a> {
    /// The transaction.
    pub record: &'a Arc<Record>,
    /// The step that showed it first.
    pub seen: u64,
    /// The step that committed it.
    pub committed: Option<u64>,
    /// The step in which a client was told of it.
    pub told: Option<u64>,
}

impl Inspection {
    /// All there is to say of a target at that moment; `None` when there is no such thing by then.
    pub fn of(target: &Target, look: &Look<'_>) -> Option<Self> {
        let mut it = match target {
            Target::Server(id) => server::inspect(*id, look)?,
            Target::Client(id) => client::inspect(*id, look)?,
            Target::Message(_) => message::inspect(look)?,
            Target::Entry(server, zx) => entry::on_server(*server, *zx, look)?,
            Target::Transaction(zx) => entry::everywhere(*zx, look)?,
            Target::File(server, name) => file::inspect(*server, name, look)?,
            Target::Backup(name) => file::backup(name, look)?,
            Target::Vault => vault::vault(look),
            Target::Lamp(id) => lamp::inspect(id, look)?,
            Target::Step(_) => step::inspect(look)?,
            Target::Link(a, b) => link::inspect(*a, *b, look)?,
        };
        it.offers = offers::of(target, look);
        let decided = look
            .decisions
            .iter()
            .map(|(step, server, decision)| Reason {
                text: Caption::Decided(*server, decision.clone()).text(),
                source: source::of(decision),
                step: Some(*step),
            });
        it.why.splice(0..0, decided);
        Some(it)
    }

    fn new(title: Text, about: Text) -> Self {
        Self {
            title,
            about,
            ..Self::default()
        }
    }

    fn row(&mut self, en: &str, zh: &str, value: Text) -> &mut Row {
        self.rows.push(Row {
            name: Text::new(en, zh),
            value,
            hex: None,
            bad: false,
        });
        self.rows.last_mut().expect("it was pushed just now")
    }

    fn zxid(&mut self, en: &str, zh: &str, zxid: super::frame::Zx) {
        self.row(en, zh, Text::same(zxid.to_string())).hex = Some(zxid.hex());
    }

    fn because(&mut self, text: Text, source: Source) {
        self.why.push(Reason {
            text,
            source,
            step: None,
        });
    }

    fn near(&mut self, name: Text, target: Target) {
        self.near.push(Near { name, target });
    }
}
