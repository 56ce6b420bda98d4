//! The queue: items are sequential nodes, and the lowest number is next.
//!
//! ```text
//!   producer:  create ─► create ─► …             each item under a name of its own
//!   consumer:  list ─► get ─► delete ─┬─ OK: taken
//!                ▲                    └─ NONODE: another one was faster
//!                └── empty: watch the children
//! ```
//! The delete decides who has an item: of all that try, one is told OK.
//!
//! It is not exactly-once. A producer whose connection breaks behind a create looks for its item; if a
//! consumer has taken it meanwhile, it is put in again. A consumer whose connection breaks behind a
//! delete counts the item as not taken; if its delete was done, nobody works on it. Both gaps are those
//! of the well-known recipe; only a transaction that notes the work beside the item closes them.

use std::collections::VecDeque;

use super::asking::{Asking, below, content, create_dir, delete, list, names, number};
use super::making::{Making, Part, ancestors};
use super::{Heard, RecipeState, Standing, Wish};
use crate::base::Order;
use crate::model::request::CreateMode;
use crate::model::txn::Data;
use crate::model::{ErrorCode, Reply, Request};

/// A client that puts items into a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct Producer {
    path: String,
    mark: String,
    items: u32,
    made: u32,
    making: Making,
    asking: Asking<Part>,
    stopped: bool,
    failed: bool,
    over: bool,
}

impl Producer {
    pub(super) fn new(path: String, mark: String, items: u32) -> Self {
        Self {
            making: item(&path, &mark, 1),
            path,
            mark,
            items,
            made: 0,
            asking: Asking::new(),
            stopped: false,
            failed: false,
            over: false,
        }
    }

    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Vec<Wish> {
        self.take_in(heard);
        self.next().into_iter().collect()
    }

    pub(super) const fn standing(&self) -> Standing {
        let state = match () {
            () if self.failed => RecipeState::Failed,
            () if self.is_done() => RecipeState::Done,
            () if self.over => RecipeState::Lost,
            () if self.stopped => RecipeState::Leaving,
            () => RecipeState::Producing,
        };
        Standing::counting(state, self.made)
    }

    const fn is_done(&self) -> bool {
        self.made >= self.items || self.stopped && !self.asking.is_open()
    }

    fn take_in(&mut self, heard: Heard<'_>) {
        match heard {
            Heard::Told { tag, reply } => {
                let Some(part) = self.asking.close(tag) else {
                    return;
                };
                self.failed |= self.making.told(part, reply).is_err();
                if self.making.own().is_some() {
                    self.made += 1;
                    self.making = item(&self.path, &self.mark, self.made + 1);
                }
            }
            Heard::Unknown { tag } => {
                if let Some(part) = self.asking.close(tag) {
                    self.making.unknown(part);
                }
            }
            Heard::SessionOver => self.over = true,
            Heard::Stop => self.stopped = true,
            _ => {}
        }
    }

    fn next(&mut self) -> Option<Wish> {
        if self.asking.is_open() || self.failed || self.over || self.is_done() {
            return None;
        }
        let (part, request) = self.making.request()?;
        Some(self.asking.ask(part, request))
    }
}

/// The item of that number: its name and its content say whose it is.
fn item(path: &str, mark: &str, number: u32) -> Making {
    let name = format!("{mark}{number}");
    let data: Data = name.as_bytes().into();
    let mode = CreateMode::PersistentSequential;
    Making::new(path.to_owned(), format!("{name}-"), data, mode)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    Above,
    List { watch: bool },
    Read(String),
    Take(Option<Data>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    /// See what there is; with a watch when there was nothing.
    List { watch: bool },
    /// Nothing is there, and the children are watched.
    Wait,
    /// The first of those that were seen.
    Read,
    /// Take what was read.
    Take(String, Option<Data>),
}

/// A client that takes items from a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct Consumer {
    path: String,
    items: Option<u32>,
    taken: u32,
    last: Option<Data>,
    /// Items that were seen, in order.
    seen: VecDeque<String>,
    above: Vec<String>,
    next: Next,
    asking: Asking<Question>,
    begun: bool,
    stopped: bool,
    failed: bool,
    over: bool,
}

impl Consumer {
    pub(super) const fn new(path: String, items: Option<u32>) -> Self {
        Self {
            path,
            items,
            taken: 0,
            last: None,
            seen: VecDeque::new(),
            above: Vec::new(),
            next: Next::List { watch: false },
            asking: Asking::new(),
            begun: false,
            stopped: false,
            failed: false,
            over: false,
        }
    }

    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Vec<Wish> {
        self.take_in(heard);
        self.next().into_iter().collect()
    }

    pub(super) fn standing(&self) -> Standing {
        let state = match () {
            () if self.failed => RecipeState::Failed,
            () if self.is_done() => RecipeState::Done,
            () if self.over => RecipeState::Lost,
            () if self.stopped => RecipeState::Leaving,
            () if self.next == Next::Wait => RecipeState::Waiting,
            () if self.begun => RecipeState::Taking,
            () => RecipeState::Starting,
        };
        Standing {
            data: self.last.clone(),
            ..Standing::counting(state, self.taken)
        }
    }

    fn is_done(&self) -> bool {
        let enough = self.items.is_some_and(|items| self.taken >= items);
        enough || self.stopped && !self.asking.is_open()
    }

    fn take_in(&mut self, heard: Heard<'_>) {
        match heard {
            Heard::Told { tag, reply } => {
                if let Some(about) = self.asking.close(tag) {
                    self.failed |= self.told(about, reply).is_err();
                }
            }
            // What was asked is asked again, but for a take: the item is there or it is not.
            Heard::Unknown { tag } => {
                if let Some(Question::Take(_)) = self.asking.close(tag) {
                    self.look_again();
                }
            }
            Heard::Event(event) if self.next == Next::Wait && *event.path == *self.path => {
                self.look_again();
            }
            Heard::SessionOver => self.over = true,
            Heard::Stop => self.stopped = true,
            _ => {}
        }
    }

    fn next(&mut self) -> Option<Wish> {
        if self.asking.is_open() || self.failed || self.over || self.is_done() {
            return None;
        }
        let (about, request) = self.request()?;
        Some(self.asking.ask(about, request))
    }

    fn request(&self) -> Option<(Question, Request)> {
        if let Some(above) = self.above.last() {
            return Some((Question::Above, create_dir(above.clone())));
        }
        match &self.next {
            Next::Wait => None,
            Next::List { watch } => {
                let watch = *watch;
                Some((Question::List { watch }, list(self.path.clone(), watch)))
            }
            Next::Read => {
                let name = self.seen.front()?;
                let path = below(&self.path, name);
                let request = Request::GetData { path, watch: false };
                Some((Question::Read(name.clone()), request))
            }
            Next::Take(name, data) => Some((
                Question::Take(data.clone()),
                delete(below(&self.path, name)),
            )),
        }
    }

    fn told(&mut self, about: Question, reply: &Reply) -> Result<(), ErrorCode> {
        match (about, reply.error) {
            (_, ErrorCode::SessionMoved) => {}
            (Question::Above, ErrorCode::Ok | ErrorCode::NodeExists) => {
                self.above.pop();
            }
            (Question::Above | Question::List { .. }, ErrorCode::NoNode) => {
                self.above = ancestors(&self.path);
            }
            (Question::List { watch }, ErrorCode::Ok) => self.listed(names(reply), watch),
            (Question::Read(name), ErrorCode::Ok) => {
                let (data, _) = content(reply).ok_or(ErrorCode::MarshallingError)?;
                self.next = Next::Take(name, data.cloned());
            }
            (Question::Take(data), ErrorCode::Ok) => {
                self.taken += 1;
                self.last = data;
                self.go_on();
            }
            // Another one was faster.
            (Question::Read(_) | Question::Take(_), ErrorCode::NoNode) => self.go_on(),
            (_, error) => return Err(error),
        }
        Ok(())
    }

    fn listed(&mut self, names: &[String], watched: bool) {
        self.begun = true;
        let numbered = names.iter().filter_map(|name| Some((number(name)?, name)));
        let mut items: Vec<(u64, &String)> = numbered.collect();
        items.order();
        self.seen = items.into_iter().map(|(_, name)| name.clone()).collect();
        self.next = match (self.seen.is_empty(), watched) {
            (false, _) => Next::Read,
            (true, false) => Next::List { watch: true },
            (true, true) => Next::Wait,
        };
    }

    /// The next of the items that were seen.
    fn go_on(&mut self) {
        self.seen.pop_front();
        match self.seen.is_empty() {
            true => self.look_again(),
            false => self.next = Next::Read,
        }
    }

    fn look_again(&mut self) {
        self.seen.clear();
        self.next = Next::List { watch: false };
    }
}
