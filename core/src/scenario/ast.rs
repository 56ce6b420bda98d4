//! A script as data: lines with their place, each one action.
//!
//! Comments and blank lines are not kept; a script that must speak uses `note`. Two programs are
//! equal when their actions are, wherever the lines stand.

use std::sync::Arc;

use super::error::Position;
use crate::base::{Duration, Instant, ServerId};
use crate::model::{Epoch, ErrorCode, EventKind, Zxid};
use crate::protocol::zab::state::Role;
use crate::protocol::zab::sync_plan::SyncMode;
use crate::world::client::ClientState;
use crate::world::command::Command;
use crate::world::config::Config;
use crate::world::recipe::RecipeState;

/// A script.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its lines, in order.
    pub lines: Vec<Line>,
}

/// One line, or one block.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it begins.
    pub at: Position,
    /// What it asks for.
    pub action: Action,
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The configuration; the first line, if there is one.
    Ensemble(Arc<Config>),
    /// Something is done to the world at this instant.
    Perform(Arc<Command>),
    /// Time passes.
    Run(Duration),
    /// So many events happen.
    Step(u64),
    /// Time passes up to an instant.
    At {
        /// The instant.
        instant: Instant,
        /// So many of its events; `None` for all of them.
        after: Option<u64>,
    },
    /// Time passes until a claim holds.
    Until {
        /// The claim.
        claim: Claim,
        /// How long at most; not reached is a failed expectation.
        within: Duration,
    },
    /// A claim that must hold now.
    Expect(Claim),
    /// A named moment.
    Beat(String),
    /// A sentence for the reader.
    Note(String),
    /// Before anything happens, the bytes of a real directory become a server's disk.
    Load {
        /// The directory, as the user calls it.
        dir: String,
        /// Whose disk.
        server: ServerId,
        /// The digest of its bytes, in a run file.
        sha256: Option<String>,
    },
}

/// A fact, or that it is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// True when it must not be so.
    pub not: bool,
    /// The fact.
    pub fact: Fact,
}

/// Something that is so or not at a moment of the run. `until` and `expect` share them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// An established leader: any, this one, or `Some(None)`: none.
    Leader(Option<Option<ServerId>>),
    /// What a server is; `None`: down.
    Role(ServerId, Option<Role>),
    /// A node has this content.
    Data {
        /// The node.
        path: String,
        /// Its content; `None` when it has null.
        data: Option<Vec<u8>>,
        /// At which servers.
        on: On,
    },
    /// A node does not exist.
    Absent {
        /// The node.
        path: String,
        /// At which servers.
        on: On,
    },
    /// It is committed: the transaction, or all writes to the node that were asked for.
    Committed(Target),
    /// It is applied: the transaction, or all committed writes to the node.
    Applied {
        /// What.
        target: Target,
        /// At which servers.
        on: On,
    },
    /// A confirmed write is gone; `None`: no confirmed write is.
    Lost(Option<Target>),
    /// The colour of a lamp, by name `I1` to `I6`.
    Lamp {
        /// Its name.
        name: String,
        /// Green or red.
        green: bool,
    },
    /// Whether a property holds, by name `S1` to `S20`.
    Property {
        /// Its name.
        name: String,
        /// True when it holds.
        holds: bool,
    },
    /// How a learner was last brought up to date.
    Sync(ServerId, SyncMode),
    /// What a disk holds under a name.
    File {
        /// Whose disk.
        server: ServerId,
        /// The name.
        name: String,
        /// Bytes that survive a power loss.
        durable: Option<u64>,
        /// Bytes that do not.
        pending: Option<u64>,
    },
    /// The trees of these servers are the same.
    Equal(Vec<ServerId>),
    /// A client has heard of this event.
    Event {
        /// Who.
        client: String,
        /// What happened.
        kind: EventKind,
        /// To which node.
        path: String,
        /// How often so far; `None`: at least once.
        times: Option<u64>,
    },
    /// How a client's session stands.
    Session {
        /// Whose.
        client: String,
        /// The state.
        state: ClientState,
        /// The server it is connected to.
        on: Option<ServerId>,
    },
    /// How a client's last request ended.
    Reply {
        /// The client.
        client: String,
        /// The end; `None`: any answer.
        outcome: Option<ReplyOutcome>,
        /// The path in the reply.
        path: Option<String>,
        /// The data in the reply.
        data: Option<Vec<u8>>,
        /// The czxid in the stat of the reply.
        czxid: Option<Zxid>,
    },
    /// Where a client's recipe stands, in its own belief.
    Recipe {
        /// The client.
        client: String,
        /// The state; `None`: any.
        state: Option<RecipeState>,
        /// What it counts: items, values, clients, members.
        count: Option<u64>,
        /// The item it took last, or the value that it knows.
        data: Option<Vec<u8>>,
    },
    /// What the store outside of the ensemble has taken and refused so far.
    Store {
        /// From this client; `None`: from all.
        by: Option<String>,
        /// Writes that it took.
        accepted: Option<u64>,
        /// Writes that it refused.
        refused: Option<u64>,
    },
    /// The store has never taken a write with an older token than one before it.
    StoreInOrder(bool),
    /// How far a backup is.
    Backup(String, BackupState),
    /// The last verification of a backup said that it can be restored, to there.
    Verified(String, Option<Zxid>),
    /// A joint restore declared that this confirmed write ends; `None`: none did.
    Declared(Option<Zxid>),
    /// So many confirmed writes are gone, declared or not.
    Rpo(u64),
    /// No write was confirmed around the last recovery, for so long at most.
    Rto(Duration),
    /// The epochs of a server.
    Epoch {
        /// Which.
        server: ServerId,
        /// Its acceptedEpoch.
        accepted: Option<Epoch>,
        /// Its currentEpoch.
        current: Option<Epoch>,
    },
    /// Whether recovery let a server start.
    Started(ServerId, bool),
    /// A server is down.
    Crash(ServerId),
    /// A server is up to date and serves.
    Synced(ServerId),
    /// Nothing is pending, and every live server is in broadcast.
    Quiet,
}

/// At which servers something must be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// Every server that is up; at least one.
    All,
    /// These.
    Servers(Vec<ServerId>),
}

/// A transaction, by number or by what it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This one.
    Zxid(Zxid),
    /// Those that write to this node.
    Path(String),
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyOutcome {
    /// The client was told this.
    Told(ErrorCode),
    /// The connection broke first.
    Unknown,
    /// The client still waits.
    Pending,
}

/// How far a backup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupState {
    /// It is being copied.
    Taking,
    /// It stopped halfway.
    Incomplete,
    /// Everything is there.
    Whole,
    /// It will never be whole.
    Broken,
    /// There is none of that name.
    Gone,
}

impl BackupState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Taking,
        Self::Incomplete,
        Self::Whole,
        Self::Broken,
        Self::Gone,
    ];

    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Taking => "taking",
            Self::Incomplete => "incomplete",
            Self::Whole => "whole",
            Self::Broken => "broken",
            Self::Gone => "gone",
        }
    }
}

impl Program {
    /// A program of these actions, one a line.
    pub fn of(actions: impl IntoIterator<Item = Action>) -> Self {
        let place = |i: usize| Position {
            line: i as u32 + 2, // behind `zablab 1`
            column: 1,
        };
        let lines = actions.into_iter().enumerate();
        Self {
            lines: lines
                .map(|(i, action)| Line {
                    at: place(i),
                    action,
                })
                .collect(),
        }
    }

    /// The actions alone.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.lines.iter().map(|l| &l.action)
    }

    /// The configuration it runs under.
    pub fn config(&self) -> Arc<Config> {
        let found = self.actions().find_map(|a| match a {
            Action::Ensemble(config) => Some(Arc::clone(config)),
            _ => None,
        });
        found.unwrap_or_default()
    }
}

impl PartialEq for Program {
    fn eq(&self, other: &Self) -> bool {
        self.actions().eq(other.actions())
    }
}

impl Eq for Program {}
