//! Random client programs against five servers, to judge the histories of the clients.
//!
//! Each of three to six clients has a program of its own: what it likes to ask, how long it waits, which
//! servers it knows. They share few nodes, so they meet. Faults are those of class A. In the end all is
//! mended, the claims of class A are made, and one client per server reads every node back that anybody
//! could know of.
//!
//! ```text
//!   5 servers ─► clients ─► { their requests, faults, a little time } × 15..30 ─► peace ─► read back
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::ast::{Action, Fact};
use super::super::error::ScriptError;
use super::super::runner::{Runner, Witness};
use super::requests::{acl, data};
use super::{Class, Player, setup};
use crate::base::rng::Subject;
use crate::base::{Dice, Duration};
use crate::check::history::{Histories, Order};
use crate::history::Timeline;
use crate::model::request::{CreateMode, CreateOp};
use crate::model::{Acl, Ensemble, ReplyBody, Request};
use crate::world::client::RequestOutcome;
use crate::world::command::Command;
use crate::world::step::Step;

/// Servers of a run.
const SERVERS: u8 = 5;
/// Names of those who read back begin so.
const READS_BACK: &str = "end";
/// How often a client tries to read all back.
const TRIES_MAX: usize = 4;
/// What clients ask about.
const PATHS: [&str; 7] = ["/a", "/b", "/c", "/a/x", "/a/y", "/b/z", "/a/x/p"];
/// Parents of sequential nodes.
const PREFIXES: [&str; 4] = ["/q-", "/a/s-", "/b/", "/c/n-"];

impl Witness for Option<Order> {
    fn step(&mut self, step: &Step, _timeline: &Timeline) {
        if let Some(order) = self {
            order.note(step);
        }
    }
}

/// What a client likes to do, in parts of a hundred, and how it goes about it.
#[derive(Clone, Copy, Debug)]
struct Taste {
    writes: u64,
    watches: u64,
    syncs: u64,
    /// Most requests in a round.
    burst: u64,
}

/// Plays the programs of a seed: the run, the histories, and an error of the generator itself.
pub fn play(seed: u64) -> (Runner, Histories, Option<ScriptError>) {
    let mut dice = Dice::new(seed, Subject::Generator);
    let mut config = setup::config(seed, Class::A, &mut dice);
    config.ensemble = Ensemble::majority(SERVERS, 0);
    let mut player = Player::with(Class::A, dice, config);
    player.order = Some(Order::default());
    let error = player.programs().err();
    player.runner.close();
    let mut order = player.order.take();
    if let Some(order) = &mut order {
        order.close(player.runner.world());
    }
    let histories = Histories::of(player.runner.world(), order, READS_BACK);
    (player.runner, histories, error)
}

impl Player {
    fn programs(&mut self) -> Result<(), ScriptError> {
        let mut tastes = Vec::new();
        for _ in 0..self.dice.between(3, 6) {
            self.client_with_servers()?;
            tastes.push(Taste {
                writes: self.dice.between(30, 80),
                watches: self.dice.between(20, 90),
                syncs: self.dice.between(2, 15),
                burst: self.dice.between(1, 4),
            });
        }
        self.until(Fact::Quiet, 60)?;
        self.plant()?;
        for _ in 0..self.dice.between(15, 30) {
            for (place, taste) in tastes.iter().enumerate() {
                self.round_of(&format!("c{}", place + 1), *taste)?;
            }
            if self.dice.chance(1, 2) {
                self.fault()?;
            }
            self.let_time_pass()?;
        }
        self.make_peace()?;
        self.read_everything_back()
    }

    /// The first nodes, so that there is something to meet at.
    fn plant(&mut self) -> Result<(), ScriptError> {
        for path in &PATHS[..3] {
            let persistent = CreateMode::Persistent;
            let request = Request::create((*path).to_owned(), None, Acl::open(), persistent);
            self.perform(Command::Invoke {
                client: "c1".to_owned(),
                request: Arc::new(request),
            })?;
        }
        self.until(Fact::Quiet, 60)
    }

    /// Some know all servers, some only a few.
    fn client_with_servers(&mut self) -> Result<(), ScriptError> {
        self.clients += 1;
        let server = self.any_server();
        let mut servers = Vec::new();
        if self.dice.chance(1, 2) {
            servers.push(server);
            for other in self.servers(|h| h.id != server) {
                if self.dice.chance(1, 2) {
                    servers.push(other);
                }
            }
        }
        let timeout = Duration::from_ms(self.dice.between(4, 20) * 500);
        self.perform(Command::Client {
            name: format!("c{}", self.clients),
            server,
            servers,
            timeout,
        })
    }

    /// A client's next requests, or a move to another server, or its end.
    fn round_of(&mut self, name: &str, taste: Taste) -> Result<(), ScriptError> {
        for _ in 0..=self.dice.below(taste.burst) {
            let client = self.world().client_named(name);
            if !client.is_some_and(|c| c.takes_requests()) {
                return Ok(());
            }
            let client = name.to_owned();
            match self.dice.below(80) {
                0 => self.perform(Command::Close { client })?,
                1..=3 => self.perform(Command::Drop { client })?,
                _ => {
                    let request = Arc::new(taste.next(&mut self.dice));
                    self.perform(Command::Invoke { client, request })?;
                }
            }
        }
        Ok(())
    }

    /// One client per server, that knows only this one.
    fn read_everything_back(&mut self) -> Result<(), ScriptError> {
        for server in self.servers(|_| true) {
            let client = format!("{READS_BACK}{}", server.0);
            self.perform(Command::Client {
                name: client.clone(),
                server,
                servers: vec![server],
                timeout: Duration::from_s(10),
            })?;
            for _ in 0..TRIES_MAX {
                let before = self.asked(&client);
                self.read_all_as(&client)?;
                if self.all_told(&client, before) {
                    break;
                }
            }
        }
        Ok(())
    }

    fn read_all_as(&mut self, client: &str) -> Result<(), ScriptError> {
        let mut reads = vec![Request::Sync {
            path: "/".to_owned(),
        }];
        for path in self.known_paths() {
            let watch = false;
            reads.push(Request::GetData {
                path: path.clone(),
                watch,
            });
            reads.push(Request::GetChildren { path, watch });
        }
        for request in reads {
            self.perform(Command::Invoke {
                client: client.to_owned(),
                request: Arc::new(request),
            })?;
        }
        self.play(Action::Run(Duration::from_s(1)))?;
        self.until(Fact::Quiet, 30)
    }

    fn asked(&self, client: &str) -> usize {
        let client = self.world().client_named(client);
        client.map_or(0, |client| client.history.len())
    }

    fn all_told(&self, client: &str, from: usize) -> bool {
        let client = self.world().client_named(client);
        let told = |i: &Arc<_>| {
            let i: &crate::world::client::Invocation = i;
            matches!(i.outcome, RequestOutcome::Told { .. })
        };
        client.is_some_and(|client| client.history.iter().skip(from).all(told))
    }

    /// What is in any tree, what was ever created, and what was never there.
    fn known_paths(&self) -> BTreeSet<String> {
        let mut paths: BTreeSet<String> = PATHS.iter().map(|p| (*p).to_owned()).collect();
        paths.insert("/".to_owned());
        for peer in self
            .world()
            .hosts()
            .iter()
            .filter_map(|h| h.process.as_ref())
        {
            let tree = &peer.db().tree;
            let all = tree.iter().map(|(path, _)| path.to_string());
            paths.extend(all.filter(|path| !path.starts_with("/zookeeper")));
        }
        for asked in self.world().clients().iter().flat_map(|c| &c.history) {
            if let RequestOutcome::Told { reply, .. } = &asked.outcome {
                created(&reply.body, &mut paths);
            }
        }
        paths
    }
}

fn created(body: &ReplyBody, paths: &mut BTreeSet<String>) {
    match body {
        ReplyBody::Created { path, .. } => drop(paths.insert(path.clone())),
        ReplyBody::Multi(results) => results.iter().for_each(|(_, one)| created(one, paths)),
        _ => {}
    }
}

impl Taste {
    fn next(self, dice: &mut Dice) -> Request {
        if dice.below(100) < self.writes {
            return match dice.below(8) {
                0 => Request::Multi(
                    (0..dice.between(1, 4))
                        .map(|_| operation(dice, true))
                        .collect(),
                ),
                _ => operation(dice, false),
            };
        }
        if dice.below(100) < self.syncs {
            return Request::Sync { path: path(dice) };
        }
        let watch = dice.below(100) < self.watches;
        let path = path(dice);
        match dice.below(8) {
            0..=2 => Request::GetData { path, watch },
            3 | 4 => Request::Exists { path, watch },
            5 | 6 => Request::GetChildren { path, watch },
            _ => match dice.chance(1, 2) {
                true => Request::GetEphemerals {
                    prefix: "/".to_owned(),
                },
                false => Request::MultiRead(vec![
                    Request::GetData {
                        path: path.clone(),
                        watch: false,
                    },
                    Request::GetChildren { path, watch: false },
                ]),
            },
        }
    }
}

/// A write, as it may also stand in a multi.
fn operation(dice: &mut Dice, in_multi: bool) -> Request {
    let version = match dice.below(3) {
        0 => dice.below(4) as i32,
        _ => -1,
    };
    match dice.below(16) {
        0..=6 => create(dice, in_multi),
        7..=10 => Request::SetData {
            path: path(dice),
            data: data(dice),
            version,
        },
        11..=13 => Request::Delete {
            path: path(dice),
            version,
        },
        14 if !in_multi => Request::SetAcl {
            path: path(dice),
            acl: acl(),
            version: -1,
        },
        _ => match in_multi {
            true => Request::Check {
                path: path(dice),
                version,
            },
            false => create(dice, false),
        },
    }
}

fn create(dice: &mut Dice, in_multi: bool) -> Request {
    let ttl = dice.between(1_000, 100_000) as i64;
    let mode = match dice.below(14) {
        0..=5 => CreateMode::Persistent,
        6 | 7 => CreateMode::Ephemeral,
        8 | 9 => CreateMode::PersistentSequential,
        10 => CreateMode::EphemeralSequential,
        11 => CreateMode::Container,
        12 => CreateMode::Ttl(ttl),
        _ => CreateMode::TtlSequential(ttl),
    };
    let path = match mode.is_sequential() {
        true => (*dice.pick(&PREFIXES)).to_owned(),
        false => path(dice),
    };
    let with_stat = mode.op() == CreateOp::Create && !in_multi && dice.chance(1, 2);
    let op = match with_stat {
        true => CreateOp::Create2,
        false => mode.op(),
    };
    Request::Create {
        path,
        data: data(dice),
        acl: Acl::open(),
        mode,
        op,
    }
}

fn path(dice: &mut Dice) -> String {
    (*dice.pick(&PATHS)).to_owned()
}
