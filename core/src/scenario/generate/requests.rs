//! What the clients of a random scenario ask for: mostly writes, over few nodes.

use std::sync::Arc;

use super::super::error::ScriptError;
use super::Player;
use crate::base::Dice;
use crate::model::acl::perms;
use crate::model::request::CreateMode;
use crate::model::{Acl, Request};
use crate::world::Client;
use crate::world::command::Command;

const PATHS: [&str; 6] = ["/a", "/b", "/c", "/a/x", "/a/y", "/b/z"];

impl Player {
    /// One client asks for something, loses its socket, or goes.
    pub(super) fn request(&mut self) -> Result<(), ScriptError> {
        let active = self.world().clients().iter().filter(|c| c.takes_requests());
        let active: Vec<String> = active.map(|c: &Client| c.name.clone()).collect();
        if active.is_empty() || self.clients < 6 && self.dice.chance(1, 30) {
            return self.new_client();
        }
        let client = self.dice.pick(&active).clone();
        match self.dice.below(40) {
            0 => self.perform(Command::Close { client }),
            1 => self.perform(Command::Drop { client }),
            _ => {
                let request = Arc::new(random(&mut self.dice));
                self.perform(Command::Invoke { client, request })
            }
        }
    }
}

fn random(dice: &mut Dice) -> Request {
    match dice.below(20) {
        0..=2 => {
            let path = path(dice);
            let watch = false;
            match dice.below(4) {
                0 => Request::GetData { path, watch },
                1 => Request::Exists { path, watch },
                2 => Request::GetChildren { path, watch },
                _ => Request::Sync { path },
            }
        }
        3 | 4 => {
            let operations = (0..dice.between(1, 3)).map(|_| write(dice));
            Request::Multi(operations.collect())
        }
        _ => write(dice),
    }
}

fn write(dice: &mut Dice) -> Request {
    let path = path(dice);
    match dice.below(20) {
        0..=8 => {
            let mode = mode(dice);
            Request::create(path, data(dice), Acl::open(), mode)
        }
        9..=14 => Request::SetData {
            path,
            data: data(dice),
            version: version(dice),
        },
        15..=17 => Request::Delete {
            path,
            version: version(dice),
        },
        18 => Request::Check {
            path,
            version: version(dice),
        },
        _ => Request::SetAcl {
            path,
            acl: acl(),
            version: -1,
        },
    }
}

/// Everything for everybody.
pub(super) fn acl() -> Vec<Acl> {
    vec![Acl::world(perms::ALL)]
}

fn mode(dice: &mut Dice) -> CreateMode {
    match dice.below(12) {
        0..=5 => CreateMode::Persistent,
        6..=8 => CreateMode::Ephemeral,
        9 => CreateMode::PersistentSequential,
        10 => CreateMode::EphemeralSequential,
        _ => CreateMode::Container,
    }
}

fn path(dice: &mut Dice) -> String {
    (*dice.pick(&PATHS)).to_owned()
}

/// Some bytes, none, or null.
pub(super) fn data(dice: &mut Dice) -> Option<Arc<[u8]>> {
    match dice.below(6) {
        0 => None,
        1 => Some(Arc::from([])),
        _ => {
            let len = dice.between(1, 24);
            let letters = (0..len).map(|_| b'a' + dice.below(26) as u8);
            Some(letters.collect())
        }
    }
}

fn version(dice: &mut Dice) -> i32 {
    match dice.below(4) {
        0 => dice.below(3) as i32,
        _ => -1,
    }
}
