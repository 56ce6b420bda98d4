//! Group membership: an ephemeral node for each member, and a watch on the list of them.
//!
//! ```text
//!   own node ─► list + watch ─► wait ─► a member came or went ─┐
//!                    ▲                                         │
//!                    └─────────────────────────────────────────┘
//! ```
//! Who dies leaves the group when its session ends, not before. The watch here is a herd, and meant to
//! be one: everybody wants to know of everybody.

use super::asking::{Asking, below, delete, list, names};
use super::making::{Making, Part};
use super::{Heard, RecipeState, Standing, Wish};
use crate::model::request::CreateMode;
use crate::model::{ErrorCode, Reply};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Make(Part),
    List,
    Delete,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct Group {
    path: String,
    making: Making,
    asking: Asking<Question>,
    members: usize,
    /// The list is not known, or not up to date.
    stale: bool,
    begun: bool,
    stopped: bool,
    left: bool,
    failed: bool,
    over: bool,
}

impl Group {
    pub(super) fn new(path: String, name: String) -> Self {
        let data = name.as_bytes().into();
        Self {
            making: Making::new(path.clone(), name, data, CreateMode::Ephemeral),
            path,
            asking: Asking::new(),
            members: 0,
            stale: true,
            begun: false,
            stopped: false,
            left: false,
            failed: false,
            over: false,
        }
    }

    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Vec<Wish> {
        match heard {
            Heard::Told { tag, reply } => {
                if let Some(about) = self.asking.close(tag) {
                    self.failed |= self.told(about, reply).is_err();
                }
            }
            Heard::Unknown { tag } => match self.asking.close(tag) {
                Some(Question::Make(part)) => self.making.unknown(part),
                Some(Question::List) => self.stale = true,
                Some(Question::Delete) | None => {}
            },
            Heard::Event(event) if *event.path == *self.path => self.stale = true,
            Heard::SessionOver => self.over = true,
            Heard::Stop => self.stopped = true,
            _ => {}
        }
        self.next().into_iter().collect()
    }

    pub(super) fn standing(&self) -> Standing {
        let state = match () {
            () if self.failed => RecipeState::Failed,
            () if self.left || self.over && self.stopped => RecipeState::Done,
            () if self.over => RecipeState::Lost,
            () if self.stopped => RecipeState::Leaving,
            () if self.begun => RecipeState::Member,
            () => RecipeState::Starting,
        };
        Standing::counting(state, u32::try_from(self.members).unwrap_or(u32::MAX))
    }

    fn next(&mut self) -> Option<Wish> {
        if self.asking.is_open() || self.failed || self.over || self.left {
            return None;
        }
        if self.stopped && !self.making.may_be_there() {
            self.left = true;
            return None;
        }
        if let Some((part, request)) = self.making.request() {
            return Some(self.asking.ask(Question::Make(part), request));
        }
        if self.stopped {
            let own = below(&self.path, &self.making.own()?.name);
            return Some(self.asking.ask(Question::Delete, delete(own)));
        }
        if !self.stale {
            return None;
        }
        self.stale = false;
        let request = list(self.path.clone(), true);
        Some(self.asking.ask(Question::List, request))
    }

    fn told(&mut self, about: Question, reply: &Reply) -> Result<(), ErrorCode> {
        match (about, reply.error) {
            (Question::Make(part), _) => self.making.told(part, reply)?,
            (_, ErrorCode::SessionMoved) => self.stale = true,
            (Question::List, ErrorCode::Ok) => self.listed(names(reply)),
            (Question::List, ErrorCode::NoNode) => self.listed(&[]),
            (Question::Delete, ErrorCode::Ok | ErrorCode::NoNode) => self.left = true,
            (_, error) => return Err(error),
        }
        Ok(())
    }

    fn listed(&mut self, names: &[String]) {
        self.begun = true;
        self.members = names.len();
        let own = self.making.own().map(|own| own.name.as_str());
        if names.iter().all(|name| Some(name.as_str()) != own) {
            // Somebody deleted its node: it joins again.
            self.making.gone();
            self.stale = true;
        }
    }
}
