//! What can be done about something that is looked at: wishes as data.
//!
//! A deed is not done here. The lab does it, says why it cannot be done, and writes its line of
//! script.

use serde::Serialize;

use super::super::lang::Text;
use crate::base::{Duration, ServerId};
use crate::world::Command;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A command, at the moment that is shown. In the past this starts a branch without what came
    /// later.
    Do(Command),
    /// A server is cut off from every other end.
    Isolate(ServerId),
    /// A client of that server writes.
    Write(ServerId),
    /// A client appears and connects to that server.
    Connect(ServerId),
    /// One thing of the past is changed: a branch that keeps what came later.
    WhatIf(Change),
}

/// One thing that goes otherwise; everything the user did later is done again behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A message is lost, by its number. Links are FIFO: its connection breaks there.
    Lost(u64),
    /// A message is late, and with it all that is behind it on its channel.
    Late(u64, Duration),
    /// The command of that step is not given.
    Without(u64),
    /// Something is done once so many steps have happened.
    Done {
        /// So many.
        after: u64,
        /// What.
        command: Command,
    },
}

/// A deed as it is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Its name on the page, like `crash-power`; one of its kind for one target.
    pub id: String,
    /// What it does, in a few words.
    pub label: Text,
    /// What it does.
    #[serde(skip)]
    pub deed: Deed,
    /// It takes something away that does not come back by itself.
    pub grave: bool,
    /// The line of script that it writes; empty while it cannot be done.
    pub line: String,
    /// Why it cannot be done now.
    pub refusal: Option<Text>,
}

/// Deeds that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offers {
    /// What they are about, like `Disk`.
    pub name: Text,
    /// The deeds.
    pub all: Vec<Offer>,
}

impl Offer {
    /// A deed that takes nothing away for good.
    pub(super) fn new(id: &str, en: &str, zh: &str, deed: Deed) -> Self {
        Self {
            id: id.to_owned(),
            label: Text::new(en, zh),
            deed,
            grave: false,
            line: String::new(),
            refusal: None,
        }
    }

    /// A command, at the moment shown.
    pub(super) fn command(id: &str, en: &str, zh: &str, command: Command) -> Self {
        Self::new(id, en, zh, Deed::Do(command))
    }

    /// It cannot be done now, whatever the world would say of the command.
    pub(super) fn refused(self, en: &str, zh: &str) -> Self {
        Self {
            refusal: Some(Text::new(en, zh)),
            ..self
        }
    }

    /// It breaks something.
    pub(super) fn grave(self) -> Self {
        Self {
            grave: true,
            ..self
        }
    }
}

impl Offers {
    pub(super) fn new(en: &str, zh: &str, all: Vec<Offer>) -> Self {
        Self {
            name: Text::new(en, zh),
            all,
        }
    }
}
