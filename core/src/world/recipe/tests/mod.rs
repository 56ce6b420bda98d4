//! Recipes against a service of one: a tree with its watches, and clients whose connections break at
//! every request.
//!
//! ```text
//!   program ──ask──► [asks] ──serve──► tree, watches ──► [news] ──deliver──► program
//!                       └──────────── a broken connection ────────┘
//! ```
//! What was asked and not answered when a connection breaks was done or was not done: the dice, or the
//! test, say which. The client comes back with its session and sets its watches again.

mod line;
mod random;
mod single;

use std::collections::VecDeque;

use super::{Heard, Program, Recipe, RecipeState, Tag, Wish};
use crate::base::{ConnId, SessionId};
use crate::model::request::CreateMode;
use crate::model::{Acl, Epoch, ErrorCode, Reply, Request, WatchEvent, Zxid};
use crate::tree::read::Reader;
use crate::tree::{Applied, Database, Prep, PrepContext, TreeRules, Watches};
use crate::world::watching::ClientWatches;

/// More turns than any test needs: a program that has not come to rest by then never will.
const TURNS: usize = 10_000;

/// What is on its way to a client.
enum News {
    Reply(Tag, Request, Reply),
    Event(WatchEvent),
}

/// A client with its program.
struct Fellow {
    session: SessionId,
    conn: ConnId,
    seen: Zxid,
    program: Program,
    asks: VecDeque<(Tag, Request)>,
    news: VecDeque<News>,
    watches: ClientWatches,
    connected: bool,
    over: bool,
    asleep: bool,
    stored: Vec<Zxid>,
    events: usize,
    asked: usize,
}

/// A service and its clients.
struct Town {
    db: Database,
    prep: Prep,
    watches: Watches,
    rules: TreeRules,
    zxid: u32,
    conns: u64,
    fellows: Vec<Fellow>,
}

/// Everything of the node of a test.
const DIR: &str = "/r";

impl Town {
    /// Clients `a`, `b`, … with these recipes at one path; they have begun.
    fn new(recipes: &[Recipe]) -> Self {
        let mut town = Self {
            db: Database::new(),
            prep: Prep::new(),
            watches: Watches::default(),
            rules: TreeRules::zablab(),
            zxid: 0,
            conns: 0,
            fellows: Vec::new(),
        };
        for (i, recipe) in recipes.iter().enumerate() {
            let session = SessionId(i as i64 + 1);
            town.write(session, &Request::CreateSession { timeout_ms: 4_000 });
            let name = char::from(b'a' + i as u8).to_string();
            town.conns += 1;
            town.fellows.push(Fellow {
                session,
                conn: ConnId(town.conns),
                seen: Zxid::ZERO,
                program: Program::new(*recipe, DIR, &name, 1),
                asks: VecDeque::new(),
                news: VecDeque::new(),
                watches: ClientWatches::default(),
                connected: true,
                over: false,
                asleep: false,
                stored: Vec::new(),
                events: 0,
                asked: 0,
            });
        }
        for i in 0..recipes.len() {
            town.tell(i, Heard::Begin);
        }
        town
    }

    /// A transaction of the service; watches fire.
    fn write(&mut self, session: SessionId, request: &Request) -> Applied {
        self.zxid += 1;
        let zxid = Zxid::new(Epoch(1), self.zxid);
        let ctx = PrepContext {
            session,
            cxid: self.zxid as i32,
            zxid,
            time_ms: 0,
            ids: &[],
            ttl_allowed: true,
            enforce_quota: false,
            refused: None,
            rules: self.rules,
        };
        let txn = self.prep.prepare(&self.db, ctx, request);
        let applied = self.db.apply(&txn, self.rules);
        self.prep.prune(self.db.last_zxid);
        for change in &applied.changes {
            let Some(kind) = change.change.event() else {
                continue;
            };
            let path = &change.path;
            for conn in self.watches.fire(path, kind, self.rules) {
                let event = WatchEvent {
                    kind,
                    path: path.clone(),
                    zxid: Some(zxid),
                };
                let fellow = self.fellows.iter_mut().find(|f| f.conn == conn);
                fellow
                    .expect("it watches")
                    .news
                    .push_back(News::Event(event));
            }
        }
        applied
    }

    /// Somebody else writes.
    fn other(&mut self, request: &Request) -> ErrorCode {
        self.write(SessionId(1), request).error
    }

    /// Carries out the first request of a client.
    fn serve(&mut self, i: usize) {
        let Some((tag, request)) = self.fellows[i].asks.pop_front() else {
            return;
        };
        let reply = self.answer(i, &request);
        let news = News::Reply(tag, request, reply);
        self.fellows[i].news.push_back(news);
    }

    fn answer(&mut self, i: usize, request: &Request) -> Reply {
        let Fellow { session, conn, .. } = self.fellows[i];
        let (error, body) = match request {
            Request::Sync { .. } => (ErrorCode::Ok, crate::model::ReplyBody::Empty),
            write if write.is_write() => {
                let applied = self.write(session, write);
                (applied.error, applied.body)
            }
            read => {
                let reader = Reader {
                    conn,
                    session,
                    ids: &[],
                    rules: self.rules,
                };
                self.db.read_as(read, reader, &mut self.watches)
            }
        };
        Reply {
            zxid: self.db.last_zxid,
            error,
            body,
        }
    }

    /// The client takes in what came first.
    fn deliver(&mut self, i: usize) {
        let fellow = &mut self.fellows[i];
        match fellow.news.pop_front() {
            None => {}
            Some(News::Event(event)) => {
                fellow.watches.fired(&event);
                fellow.events += 1;
                self.tell(i, Heard::Event(&event));
            }
            Some(News::Reply(tag, request, reply)) => {
                fellow.seen = fellow.seen.max(reply.zxid);
                fellow.watches.answered(&request, reply.outcome());
                let reply = &reply;
                self.tell(i, Heard::Told { tag, reply });
            }
        }
    }

    fn tell(&mut self, i: usize, heard: Heard<'_>) {
        let fellow = &mut self.fellows[i];
        for wish in fellow.program.hear(heard) {
            match wish {
                Wish::Ask { tag, request } => {
                    assert!(
                        fellow.asks.is_empty(),
                        "one question at a time: {request:?}"
                    );
                    fellow.asked += 1;
                    fellow.asks.push_back((tag, request));
                }
                Wish::Wake(_) => fellow.asleep = true,
                Wish::Store { token } => fellow.stored.push(token),
            }
        }
    }

    fn wake(&mut self, i: usize) {
        if std::mem::take(&mut self.fellows[i].asleep) {
            self.tell(i, Heard::Woken);
        }
    }

    /// The connection breaks; what was asked and not yet served is done all the same, or is not.
    fn cut(&mut self, i: usize, done: bool) {
        if done {
            self.serve(i);
        }
        self.watches.forget(self.fellows[i].conn);
        let fellow = &mut self.fellows[i];
        fellow.connected = false;
        let asked = fellow.asks.drain(..).map(|(tag, _)| tag);
        let answered = fellow.news.drain(..).filter_map(|news| match news {
            News::Reply(tag, ..) => Some(tag),
            News::Event(_) => None,
        });
        let unknown: Vec<Tag> = answered.chain(asked).collect();
        for tag in unknown {
            self.tell(i, Heard::Unknown { tag });
        }
        self.tell(i, Heard::Disconnected);
    }

    /// The client has its session at a new connection.
    fn reconnect(&mut self, i: usize) {
        self.conns += 1;
        let fellow = &mut self.fellows[i];
        (fellow.conn, fellow.connected) = (ConnId(self.conns), true);
        let (list, seen) = (fellow.watches.list(), fellow.seen);
        let tree = &self.db.tree;
        let (missed, _) = self
            .watches
            .set_again(tree, fellow.conn, seen, &list, self.rules);
        let event = |(kind, path)| {
            let zxid = None;
            News::Event(WatchEvent { kind, path, zxid })
        };
        fellow.news.extend(missed.into_iter().map(event));
        self.tell(i, Heard::Connected);
    }

    /// The session ends; the client learns it at once.
    fn expire(&mut self, i: usize) {
        self.watches.forget(self.fellows[i].conn);
        let fellow = &mut self.fellows[i];
        fellow.over = true;
        fellow.asks.clear();
        fellow.news.clear();
        let session = fellow.session;
        self.write(session, &Request::CloseSession);
        self.tell(i, Heard::SessionOver);
    }

    /// Lets everybody work until nobody asks and nobody is told anything.
    fn settle(&mut self) {
        for _ in 0..TURNS {
            let mut busy = false;
            for i in 0..self.fellows.len() {
                if self.fellows[i].over {
                    continue;
                }
                if !self.fellows[i].connected {
                    self.reconnect(i);
                }
                busy |= !self.fellows[i].asks.is_empty() || !self.fellows[i].news.is_empty();
                self.serve(i);
                self.deliver(i);
            }
            if !busy {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    fn state(&self, i: usize) -> RecipeState {
        self.fellows[i].program.standing().state
    }

    fn states(&self) -> Vec<RecipeState> {
        (0..self.fellows.len()).map(|i| self.state(i)).collect()
    }

    /// Clients whose program is in a state, and whose session lives.
    fn alive_in(&self, state: RecipeState) -> usize {
        let alive = (0..self.fellows.len()).filter(|i| !self.fellows[*i].over);
        alive.filter(|i| self.state(*i) == state).count()
    }

    /// Ephemeral nodes of a client.
    fn own(&self, i: usize) -> Vec<String> {
        let owned = self.db.tree.ephemerals_of(self.fellows[i].session);
        owned.map(|path| path.to_string()).collect()
    }

    fn children(&self) -> Vec<String> {
        let node = self.db.tree.node(DIR);
        let names = node.into_iter().flat_map(|node| node.children.iter());
        names.map(|name| name.to_string()).collect()
    }
}

fn create(path: &str, text: &str) -> Request {
    let data = Some(text.as_bytes().into());
    Request::create(path.to_owned(), data, Acl::open(), CreateMode::Persistent)
}

fn set(path: &str, text: &str) -> Request {
    Request::SetData {
        path: path.to_owned(),
        data: Some(text.as_bytes().into()),
        version: -1,
    }
}

const LOCK: Recipe = Recipe::Lock { hold: None };
