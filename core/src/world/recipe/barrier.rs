//! The double barrier: a number of clients go in together and come out together.
//!
//! ```text
//!   in:   own node ─► is `ready` there? ─┬─ yes ────────────────────────────► Inside
//!                       (and watch it)   └─ no ─► count ─┬─ enough: make it ──► Inside
//!                                                        └─ too few: wait for it
//!   out:  list ─┬─ the only one: delete own and `ready` together ──► Done
//!          ▲    ├─ the lowest of several: watch the highest ─┐
//!          │    └─ else: delete own, watch the lowest ───────┤
//!          └─────────────── it is gone ◄─────────────────────┘
//! ```
//! Each client's node has the client's name. Nobody counts twice: the one whose node makes the number
//! full opens the barrier, and the others hear of it through one watch each. On the way out all but one
//! wait for the same node, and that one for each of the others, so that no client is out before all have
//! said that they are done.
//!
//! In ZooKeeper: the recipe "Double Barriers".

use super::asking::{
    Asking, below, create_dir, delete, exists, get_and_watch, list, names as names_in,
};
use super::making::{Making, Part};
use super::{Heard, RecipeState, Standing, Wish};
use crate::base::{Duration, Order};
use crate::model::request::CreateMode;
use crate::model::{ErrorCode, EventKind, Reply, Request, WatchEvent};

/// The node that opens the barrier.
const READY: &str = "ready";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    Make(Part),
    IsReady,
    Count,
    Open,
    Others,
    Watch(String),
    Delete,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Make the own node.
    Enter,
    /// See whether the barrier is open, and watch it.
    IsReady,
    /// Count who is there.
    Count,
    /// Open it.
    Open,
    /// Wait until it is open.
    Wait,
    /// Open.
    Inside,
    /// See who has not left yet.
    Others,
    /// Wait for one of them to leave.
    Behind(String),
    /// The same, and it is watched.
    Watching(String),
    /// Delete the own node, and with the last one the barrier's.
    Delete { last: bool },
    /// Out.
    Out,
}

/// A client at a barrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct Barrier {
    path: String,
    size: usize,
    hold: Option<Duration>,
    making: Making,
    asking: Asking<Question>,
    step: Step,
    /// Clients that were there when it last looked.
    there: usize,
    /// It has been inside.
    entered: bool,
    stopped: bool,
    failed: bool,
    over: bool,
}

impl Barrier {
    pub(super) fn new(path: String, name: String, size: usize, hold: Option<Duration>) -> Self {
        let data = name.as_bytes().into();
        Self {
            making: Making::new(path.clone(), name, data, CreateMode::Ephemeral),
            path,
            size,
            hold,
            asking: Asking::new(),
            step: Step::Enter,
            there: 0,
            entered: false,
            stopped: false,
            failed: false,
            over: false,
        }
    }

    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Vec<Wish> {
        let was_inside = self.step == Step::Inside;
        self.take_in(heard);
        if self.over || self.failed {
            return Vec::new();
        }
        let mut wishes = Vec::new();
        if self.step == Step::Inside && !was_inside {
            self.entered = true;
            self.there = self.there.max(self.size);
            wishes.extend(self.hold.map(Wish::Wake));
        }
        if self.stopped {
            self.turn_back();
        }
        wishes.extend(self.next());
        wishes
    }

    pub(super) fn standing(&self) -> Standing {
        let state = match (&self.step, self.stopped) {
            _ if self.failed => RecipeState::Failed,
            (Step::Out, _) => RecipeState::Done,
            _ if self.over => RecipeState::Lost,
            (Step::Inside, _) => RecipeState::Inside,
            _ if self.entered || self.stopped => RecipeState::Leaving,
            (Step::Enter, _) => RecipeState::Starting,
            _ => RecipeState::Waiting,
        };
        Standing::counting(state, u32::try_from(self.there).unwrap_or(u32::MAX))
    }

    fn take_in(&mut self, heard: Heard<'_>) {
        match heard {
            Heard::Told { tag, reply } => {
                if let Some(about) = self.asking.close(tag) {
                    self.failed |= self.told(about, reply).is_err();
                }
            }
            // All of them can be asked again, the one that is next among them.
            Heard::Unknown { tag } => match self.asking.close(tag) {
                Some(Question::Make(part)) => self.making.unknown(part),
                Some(Question::Delete) => self.step = Step::Others,
                _ => {}
            },
            Heard::Event(event) => self.event(event),
            Heard::Woken if self.step == Step::Inside => self.step = Step::Others,
            Heard::SessionOver => self.over = true,
            Heard::Stop => self.stopped = true,
            _ => {}
        }
    }

    fn event(&mut self, event: &WatchEvent) {
        let is = |name: &str| *event.path == *below(&self.path, name);
        match &self.step {
            Step::IsReady | Step::Count | Step::Open | Step::Wait
                if event.kind == EventKind::Created && is(READY) =>
            {
                self.step = Step::Inside;
            }
            Step::Behind(name) | Step::Watching(name) if is(name) => self.step = Step::Others,
            _ => {}
        }
    }

    /// Who is stopped leaves: from inside with the others, before that alone.
    fn turn_back(&mut self) {
        match self.step {
            Step::Inside => self.step = Step::Others,
            Step::Enter if !self.asking.is_open() && !self.making.may_be_there() => {
                self.step = Step::Out;
            }
            Step::IsReady | Step::Count | Step::Open | Step::Wait => self.step = Step::Others,
            _ => {}
        }
    }

    fn next(&mut self) -> Option<Wish> {
        if self.asking.is_open() {
            return None;
        }
        let (about, request) = self.request()?;
        Some(self.asking.ask(about, request))
    }

    fn request(&mut self) -> Option<(Question, Request)> {
        let dir = self.path.clone();
        let ready = || below(&self.path, READY);
        let own = || Some(below(&self.path, &self.making.own()?.name));
        Some(match &self.step {
            Step::Enter => {
                let (part, request) = self.making.request()?;
                (Question::Make(part), request)
            }
            Step::IsReady => (Question::IsReady, exists(ready(), true)),
            Step::Count => (Question::Count, list(dir, false)),
            Step::Open => (Question::Open, create_dir(ready())),
            Step::Others => (Question::Others, list(dir, false)),
            Step::Behind(name) => {
                let request = get_and_watch(below(&self.path, name));
                (Question::Watch(name.clone()), request)
            }
            Step::Delete { last: false } => (Question::Delete, delete(own()?)),
            Step::Delete { last: true } => {
                let both = vec![delete(ready()), delete(own()?)];
                (Question::Delete, Request::Multi(both))
            }
            Step::Wait | Step::Inside | Step::Watching(_) | Step::Out => return None,
        })
    }

    fn told(&mut self, about: Question, reply: &Reply) -> Result<(), ErrorCode> {
        match (about, reply.outcome()) {
            (Question::Make(part), _) => {
                self.making.told(part, reply)?;
                if self.making.own().is_some() {
                    self.step = Step::IsReady;
                }
            }
            (_, ErrorCode::SessionMoved) => {}
            (Question::IsReady, ErrorCode::Ok) => self.go(&Step::IsReady, Step::Inside),
            (Question::IsReady, ErrorCode::NoNode) => self.go(&Step::IsReady, Step::Count),
            (Question::Count, ErrorCode::Ok) => self.counted(names_in(reply)),
            (Question::Open, ErrorCode::Ok | ErrorCode::NodeExists) => {
                self.go(&Step::Open, Step::Inside);
            }
            (Question::Others, ErrorCode::Ok) => self.step = self.way_out(names_in(reply)),
            (Question::Watch(name), ErrorCode::Ok) => self.step = Step::Watching(name),
            (Question::Watch(_), ErrorCode::NoNode) => self.step = Step::Others,
            (Question::Delete, ErrorCode::Ok | ErrorCode::NoNode) => self.step = Step::Others,
            // Somebody took the barrier away.
            (Question::Count | Question::Others | Question::Open, ErrorCode::NoNode) => {
                self.step = Step::Out;
            }
            (_, error) => return Err(error),
        }
        Ok(())
    }

    /// The next step of an answer, unless an event came before it and changed the way.
    fn go(&mut self, from: &Step, to: Step) {
        if self.step == *from {
            self.step = to;
        }
    }

    fn counted(&mut self, names: &[String]) {
        let there = clients(names).len();
        let next = match there >= self.size {
            true => Step::Open,
            false => Step::Wait,
        };
        self.there = self.there.max(there);
        self.go(&Step::Count, next);
    }

    fn way_out(&mut self, names: &[String]) -> Step {
        let clients = clients(names);
        self.there = clients.len();
        let own = self.making.own().map(|own| own.name.as_str());
        let is_in = clients.iter().any(|name| Some(*name) == own);
        let ready = names.iter().any(|name| name == READY);
        match clients.as_slice() {
            [] => Step::Out,
            [_] if is_in => Step::Delete { last: ready },
            // Who never was inside waits for nobody.
            _ if !self.entered => match is_in {
                true => Step::Delete { last: false },
                false => Step::Out,
            },
            [lowest, .., highest] if Some(*lowest) == own => Step::Behind((*highest).to_owned()),
            [lowest, ..] => match is_in {
                true => Step::Delete { last: false },
                false => Step::Behind((*lowest).to_owned()),
            },
        }
    }
}

/// The names of the clients at a barrier, in order.
fn clients(names: &[String]) -> Vec<&str> {
    let mut clients: Vec<&str> = names.iter().map(String::as_str).collect();
    clients.retain(|name| *name != READY);
    clients.order();
    clients
}
