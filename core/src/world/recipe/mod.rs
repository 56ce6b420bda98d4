//! Recipes: programs that clients run on top of plain requests, as the applications of a real
//! ZooKeeper do.
//!
//! ```text
//!   Heard ──► program ──► Wish, Wish, …
//!   an answer, an event,   a request, a pause,
//!   a lost connection      a write to an outside store
//! ```
//! A program is a state machine and nothing else: it has no clock, no dice and no socket. The world
//! (`programs.rs`) tells it what its client hears and carries out what it wishes, so every request of
//! a recipe is an ordinary one in the history of its client.
//!
//! # What every program holds to
//! - It asks one thing at a time.
//! - After a lost connection it does not guess. A node that it may have made is looked for, behind a
//!   `sync`, by a name that nobody else gives; what can be repeated without harm is repeated.
//! - It watches as little as it can. Who waits in a line watches the one before it, so that a release
//!   wakes one client and no herd.
//!
//! It is not a library: no program retries for ever on purpose, and a request that is refused for good
//! (`NOAUTH`, a bad path) ends it.
//!
//! In ZooKeeper: the recipes of its documentation (`WriteLock`, `LeaderElectionSupport`, `DistributedQueue`)
//! and of Curator.

mod asking;
mod barrier;
mod config;
mod election;
mod group;
mod lock;
mod making;
mod place;
mod queue;
#[cfg(test)]
mod tests;

pub use self::asking::Tag;
use self::barrier::Barrier;
use self::config::Config;
use self::election::Election;
use self::group::Group;
use self::lock::Lock;
use self::queue::{Consumer, Producer};
use crate::base::Duration;
use crate::model::txn::Data;
use crate::model::{Reply, Request, WatchEvent, Zxid};

/// What a client is told to do at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipe {
    /// Takes a lock, holds it, gives it back.
    Lock {
        /// How long it is held; `None`: until it is stopped.
        hold: Option<Duration>,
    },
    /// Puts so many items into a queue.
    Produce {
        /// How many.
        items: u32,
    },
    /// Takes items from a queue.
    Consume {
        /// How many; `None`: until it is stopped.
        items: Option<u32>,
    },
    /// Keeps up with a value.
    Config,
    /// Stands for election and leads when it is the first.
    Election,
    /// Goes in together with others and comes out together with them.
    Barrier {
        /// How many go in.
        size: u32,
        /// How long it stays inside; `None`: until it is stopped.
        hold: Option<Duration>,
    },
    /// Is a member of a group and knows the others.
    Group,
}

impl Recipe {
    /// The words of scripts, each once.
    pub const WORDS: [&str; 6] = ["lock", "queue", "config", "election", "barrier", "group"];

    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lock { .. } => "lock",
            Self::Produce { .. } | Self::Consume { .. } => "queue",
            Self::Config => "config",
            Self::Election => "election",
            Self::Barrier { .. } => "barrier",
            Self::Group => "group",
        }
    }
}

/// Where a program stands, in its own belief: a client that is paused may hold a lock that has long
/// gone to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecipeState {
    /// It has not found its place yet.
    Starting,
    /// It waits for others.
    Waiting,
    /// It holds the lock.
    Holding,
    /// It leads.
    Leading,
    /// Another one leads.
    Following,
    /// The connection is gone: whether it still holds or leads, it cannot know.
    Doubting,
    /// It puts items into a queue.
    Producing,
    /// It takes items from a queue.
    Taking,
    /// It knows the value and hears of changes.
    Watching,
    /// It is inside the barrier.
    Inside,
    /// It is a member.
    Member,
    /// It is about to leave.
    Leaving,
    /// It has done what it was told.
    Done,
    /// It has lost what it had: its session is over, or the store refused it.
    Lost,
    /// A request was refused for good.
    Failed,
}

impl RecipeState {
    /// Every state.
    pub const ALL: [Self; 15] = [
        Self::Starting,
        Self::Waiting,
        Self::Holding,
        Self::Leading,
        Self::Following,
        Self::Doubting,
        Self::Producing,
        Self::Taking,
        Self::Watching,
        Self::Inside,
        Self::Member,
        Self::Leaving,
        Self::Done,
        Self::Lost,
        Self::Failed,
    ];

    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Waiting => "waiting",
            Self::Holding => "holding",
            Self::Leading => "leading",
            Self::Following => "following",
            Self::Doubting => "doubting",
            Self::Producing => "producing",
            Self::Taking => "taking",
            Self::Watching => "watching",
            Self::Inside => "inside",
            Self::Member => "member",
            Self::Leaving => "leaving",
            Self::Done => "done",
            Self::Lost => "lost",
            Self::Failed => "failed",
        }
    }

    /// True when nothing more will come of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Lost | Self::Failed)
    }
}

/// What a program shows of itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Where it stands.
    pub state: RecipeState,
    /// Items put or taken, values seen, clients at the barrier, members of the group; else 0.
    pub count: u32,
    /// The item that was taken last, or the value that is known.
    pub data: Option<Data>,
    /// What tells this holder or leader from those before it: the czxid of its node.
    pub token: Option<Zxid>,
}

impl Standing {
    const fn at(state: RecipeState) -> Self {
        Self {
            state,
            count: 0,
            data: None,
            token: None,
        }
    }

    const fn counting(state: RecipeState, count: u32) -> Self {
        Self {
            state,
            count,
            data: None,
            token: None,
        }
    }
}

/// What a program hears.
#[derive(Clone, Copy, Debug)]
pub enum Heard<'a> {
    /// It starts.
    Begin,
    /// A request was answered.
    Told {
        /// Which.
        tag: Tag,
        /// The answer.
        reply: &'a Reply,
    },
    /// The connection broke before the answer came.
    Unknown {
        /// Which request.
        tag: Tag,
    },
    /// A watch tells of something.
    Event(&'a WatchEvent),
    /// There is a session at a server, new or taken along.
    Connected,
    /// The connection is gone; the session may live.
    Disconnected,
    /// The session is over, and with it every ephemeral node.
    SessionOver,
    /// The time it asked for has passed.
    Woken,
    /// What the outside store did with its write.
    Stored {
        /// False when it was refused.
        accepted: bool,
    },
    /// The user ends it.
    Stop,
}

/// What a program wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A request of the client.
    Ask {
        /// Under which the answer comes back.
        tag: Tag,
        /// What.
        request: Request,
    },
    /// To be woken after so long, in place of any time before.
    Wake(Duration),
    /// A write to the store outside of the ensemble.
    Store {
        /// What it shows for itself.
        token: Zxid,
    },
}

/// A running recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Program {
    Lock(Lock),
    Producer(Producer),
    Consumer(Consumer),
    Config(Config),
    Election(Election),
    Barrier(Barrier),
    Group(Group),
}

impl Program {
    /// A program that has heard nothing yet. `client` is the name of who runs it, and `run` tells its
    /// recipes apart: together they make names that nobody else gives.
    pub(super) fn new(recipe: Recipe, path: &str, client: &str, run: u32) -> Self {
        let path = path.to_owned();
        let (name, mark) = (client.to_owned(), format!("{client}-{run}-"));
        match recipe {
            Recipe::Lock { hold } => Self::Lock(Lock::new(path, mark, hold)),
            Recipe::Produce { items } => Self::Producer(Producer::new(path, mark, items)),
            Recipe::Consume { items } => Self::Consumer(Consumer::new(path, items)),
            Recipe::Config => Self::Config(Config::new(path)),
            Recipe::Election => Self::Election(Election::new(path, mark)),
            Recipe::Barrier { size, hold } => {
                Self::Barrier(Barrier::new(path, name, size as usize, hold))
            }
            Recipe::Group => Self::Group(Group::new(path, name)),
        }
    }

    /// Takes something in and says what comes of it.
    pub(super) fn hear(&mut self, heard: Heard<'_>) -> Vec<Wish> {
        match self {
            Self::Lock(program) => program.hear(heard),
            Self::Producer(program) => program.hear(heard),
            Self::Consumer(program) => program.hear(heard),
            Self::Config(program) => program.hear(heard),
            Self::Election(program) => program.hear(heard),
            Self::Barrier(program) => program.hear(heard),
            Self::Group(program) => program.hear(heard),
        }
    }

    /// The node that it waits for, where it stands in a line.
    pub(super) fn behind(&self) -> Option<&str> {
        match self {
            Self::Lock(program) => program.behind(),
            Self::Election(program) => program.behind(),
            _ => None,
        }
    }

    /// What it shows of itself.
    pub(super) fn standing(&self) -> Standing {
        match self {
            Self::Lock(program) => program.standing(),
            Self::Producer(program) => program.standing(),
            Self::Consumer(program) => program.standing(),
            Self::Config(program) => program.standing(),
            Self::Election(program) => program.standing(),
            Self::Barrier(program) => program.standing(),
            Self::Group(program) => program.standing(),
        }
    }
}
