//! A place in a line: the heart of the lock and of the election.
//!
//! ```text
//!   make own node ─► list ─┬─ own number is the lowest ─► first
//!                     ▲    └─ watch the one before ─┐
//!                     └── it is gone ◄──────────────┘
//! ```
//! Every client makes an ephemeral sequential node; the leader of the ensemble hands out the numbers,
//! so there is an order. Each watches the node just before its own and nothing else: when one leaves,
//! one is woken. A list may be stale, but only in one way: it can show nodes that are gone already. So
//! who sees itself first is first.
//!
//! A client whose connection breaks does not know whether its session lives. It is not first, for
//! itself, until a server tells it that its node is still there.

use super::asking::{Asking, below, czxid, delete, exists, get_and_watch, list, names, number};
use super::making::{Making, Part};
use super::{Heard, Wish};
use crate::model::request::CreateMode;
use crate::model::{ErrorCode, Reply, Zxid};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    Make(Part),
    List,
    Watch(String),
    Check,
    Delete,
}

/// Where the own node stands among the others.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Order {
    Unknown,
    /// This one is before it.
    Behind(String),
    /// The same, and it is watched.
    Watching(String),
    /// None is before it; `sure` while the connection lasts.
    First {
        sure: bool,
    },
}

/// A client's place in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    dir: String,
    making: Making,
    asking: Asking<Question>,
    order: Order,
    /// It has seen the line with its own node in it.
    in_line: bool,
    token: Option<Zxid>,
    leaving: bool,
    left: bool,
    failed: bool,
}

impl Place {
    /// A place in the line at `dir`, under names that begin with `mark`.
    pub(super) fn new(dir: String, mark: String) -> Self {
        let data = mark.trim_end_matches('-').as_bytes().into();
        Self {
            making: Making::new(dir.clone(), mark, data, CreateMode::EphemeralSequential),
            dir,
            asking: Asking::new(),
            order: Order::Unknown,
            in_line: false,
            token: None,
            leaving: false,
            left: false,
            failed: false,
        }
    }

    /// True when it is in the line and others may be before it.
    pub(super) const fn is_in_line(&self) -> bool {
        self.in_line
    }

    /// True when none was before it, when it last knew.
    pub(super) const fn was_first(&self) -> bool {
        matches!(self.order, Order::First { .. })
    }

    /// The token of the one who is first, and sure of it.
    pub(super) fn first(&self) -> Option<Zxid> {
        let first = self.order == Order::First { sure: true };
        self.token.filter(|_| first && !self.leaving)
    }

    /// The node just before its own, when it last knew.
    pub(super) fn before(&self) -> Option<&str> {
        match &self.order {
            Order::Behind(before) | Order::Watching(before) => Some(before),
            Order::Unknown | Order::First { .. } => None,
        }
    }

    pub(super) const fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// True when its node is gone for good.
    pub(super) const fn has_left(&self) -> bool {
        self.left
    }

    /// True when a request was refused for good.
    pub(super) const fn has_failed(&self) -> bool {
        self.failed
    }

    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Option<Wish> {
        match heard {
            Heard::Told { tag, reply } => {
                let about = self.asking.close(tag)?;
                if self.told(about, reply).is_err() {
                    self.failed = true;
                }
            }
            Heard::Unknown { tag } => match self.asking.close(tag)? {
                Question::Make(part) => self.making.unknown(part),
                // All of them can be asked again.
                Question::List | Question::Watch(_) | Question::Check | Question::Delete => {}
            },
            Heard::Event(event) => match &self.order {
                Order::Behind(before) | Order::Watching(before)
                    if *event.path == below(&self.dir, before) =>
                {
                    self.order = Order::Unknown;
                }
                _ => return None,
            },
            Heard::Disconnected => {
                if let Order::First { sure } = &mut self.order {
                    *sure = false;
                }
            }
            Heard::Stop => self.leaving = true,
            Heard::Begin
            | Heard::Connected
            | Heard::SessionOver
            | Heard::Woken
            | Heard::Stored { .. } => {}
        }
        self.next()
    }

    /// The next request, if there is one to ask now.
    fn next(&mut self) -> Option<Wish> {
        if self.asking.is_open() || self.failed || self.left {
            return None;
        }
        if self.leaving && !self.making.may_be_there() {
            self.left = true;
            return None;
        }
        if let Some((part, request)) = self.making.request() {
            return Some(self.asking.ask(Question::Make(part), request));
        }
        let own = below(&self.dir, &self.making.own()?.name);
        let (about, request) = match &self.order {
            _ if self.leaving => (Question::Delete, delete(own)),
            Order::Unknown => (Question::List, list(self.dir.clone(), false)),
            Order::Behind(before) => {
                let path = below(&self.dir, before);
                (Question::Watch(before.clone()), get_and_watch(path))
            }
            Order::First { sure: false } => (Question::Check, exists(own, false)),
            Order::Watching(_) | Order::First { sure: true } => return None,
        };
        Some(self.asking.ask(about, request))
    }

    fn told(&mut self, about: Question, reply: &Reply) -> Result<(), ErrorCode> {
        match (about, reply.error) {
            (Question::Make(part), _) => {
                self.making.told(part, reply)?;
                self.token = self.making.own().and_then(|own| own.czxid);
                if part == Part::Look && self.making.own().is_some() {
                    self.look(names(reply));
                }
            }
            (_, ErrorCode::SessionMoved) => {}
            (Question::List, ErrorCode::Ok) => self.look(names(reply)),
            (Question::Watch(before), ErrorCode::Ok) => self.order = Order::Watching(before),
            (Question::Watch(_), ErrorCode::NoNode) => self.order = Order::Unknown,
            (Question::Check, ErrorCode::Ok) => {
                self.token = czxid(reply);
                self.order = Order::First { sure: true };
            }
            (Question::List | Question::Check, ErrorCode::NoNode) => self.thrown_out(),
            (Question::Delete, ErrorCode::Ok | ErrorCode::NoNode) => self.left = true,
            (_, error) => return Err(error),
        }
        Ok(())
    }

    fn look(&mut self, names: &[String]) {
        let mine = self.making.own().map(|own| own.name.as_str());
        let there = mine.filter(|own| names.iter().any(|name| name == own));
        let Some(mine) = there.and_then(number) else {
            return self.thrown_out();
        };
        self.in_line = true;
        let numbered = names.iter().filter_map(|name| Some((number(name)?, name)));
        let before = numbered.filter(|(n, _)| *n < mine).max();
        self.order = match before {
            Some((_, name)) => Order::Behind(name.clone()),
            None => Order::First {
                sure: self.token.is_some(),
            },
        };
    }

    /// Somebody deleted its node: it goes to the end of the line.
    fn thrown_out(&mut self) {
        self.making.gone();
        self.order = Order::Unknown;
        self.in_line = false;
        self.token = None;
    }
}
