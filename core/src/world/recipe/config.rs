//! Configuration: one node, many readers, each with a watch.
//!
//! ```text
//!   get + watch ─┬─ OK: a value ────► wait ─► changed ─┐
//!      ▲         └─ NONODE: exists + watch ─► wait ────┤
//!      └────────────────────────────────────────────────┘
//! ```
//! A watch fires once. Between its event and the next read any number of changes can happen, and the
//! reader sees only the last: it may miss values, but it never ends with an old one. Reading and watching
//! are one request, so that no change can slip in between.

use super::asking::{Asking, content, exists, get_and_watch};
use super::{Heard, RecipeState, Standing, Wish};
use crate::model::txn::Data;
use crate::model::{ErrorCode, Reply, Zxid};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Read,
    Await,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Read,
    Await,
    Wait,
}

/// A reader of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct Config {
    path: String,
    value: Option<Data>,
    /// The change that the value is of.
    mzxid: Option<Zxid>,
    seen: u32,
    next: Next,
    /// It has been told something, if only that there is nothing.
    begun: bool,
    asking: Asking<Question>,
    stopped: bool,
    failed: bool,
    over: bool,
}

impl Config {
    pub(super) const fn new(path: String) -> Self {
        Self {
            path,
            value: None,
            mzxid: None,
            seen: 0,
            next: Next::Read,
            begun: false,
            asking: Asking::new(),
            stopped: false,
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
            Heard::Unknown { tag } => {
                self.asking.close(tag);
                self.next = Next::Read;
            }
            Heard::Event(event) if *event.path == *self.path => self.next = Next::Read,
            Heard::SessionOver => self.over = true,
            Heard::Stop => self.stopped = true,
            _ => {}
        }
        self.ask().into_iter().collect()
    }

    pub(super) fn standing(&self) -> Standing {
        let state = match () {
            () if self.failed => RecipeState::Failed,
            () if self.stopped => RecipeState::Done,
            () if self.over => RecipeState::Lost,
            () if self.mzxid.is_some() => RecipeState::Watching,
            () if self.begun => RecipeState::Waiting,
            () => RecipeState::Starting,
        };
        Standing {
            data: self.value.clone(),
            ..Standing::counting(state, self.seen)
        }
    }

    fn ask(&mut self) -> Option<Wish> {
        if self.asking.is_open() || self.failed || self.over || self.stopped {
            return None;
        }
        let path = || self.path.clone();
        let (about, request) = match self.next {
            Next::Read => (Question::Read, get_and_watch(path())),
            Next::Await => (Question::Await, exists(path(), true)),
            Next::Wait => return None,
        };
        self.next = Next::Wait;
        Some(self.asking.ask(about, request))
    }

    fn told(&mut self, about: Question, reply: &Reply) -> Result<(), ErrorCode> {
        match (about, reply.error) {
            (_, ErrorCode::SessionMoved) | (Question::Await, ErrorCode::Ok) => {
                self.next = Next::Read;
            }
            (Question::Read, ErrorCode::Ok) => {
                let (data, stat) = content(reply).ok_or(ErrorCode::MarshallingError)?;
                if self.mzxid != Some(stat.mzxid) {
                    self.seen += 1;
                }
                self.value = data.cloned();
                self.mzxid = Some(stat.mzxid);
            }
            (Question::Read, ErrorCode::NoNode) => self.next = Next::Await,
            (Question::Await, ErrorCode::NoNode) => {
                self.begun = true;
                self.value = None;
                self.mzxid = None;
            }
            (_, error) => return Err(error),
        }
        Ok(())
    }
}
