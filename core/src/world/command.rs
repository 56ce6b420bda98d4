//! All that a user can do to a running world.
//!
//! A command is performed at the current instant, is one step of the run, and returns at once. The
//! script language (`scenario`), the page and the random generator all end here.

use std::sync::Arc;

use super::recipe::Recipe;
use super::vault::{BackupKind, VaultOrder};
use crate::base::{Duration, ServerId};
use crate::model::{Request, Zxid};
use crate::storage::Image;
use crate::storage::backup::{CannotResume, NotThere};

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A client appears and connects.
    Client {
        /// Its name.
        name: String,
        /// The server it tries first.
        server: ServerId,
        /// Its connect string: the servers it knows, tried in this order, again and again. Empty: all, in
        /// id order.
        servers: Vec<ServerId>,
        /// Session timeout it asks for.
        timeout: Duration,
    },
    /// A client asks for something.
    Invoke {
        /// Who.
        client: String,
        /// What.
        request: Arc<Request>,
    },
    /// A client ends its session.
    Close {
        /// Who.
        client: String,
    },
    /// A client's socket breaks; it connects again.
    Drop {
        /// Who.
        client: String,
    },
    /// A client begins a recipe.
    Recipe {
        /// Who.
        client: String,
        /// Which.
        recipe: Recipe,
        /// The node it works on.
        path: String,
    },
    /// A client ends its recipe: gives back what it has.
    Stop {
        /// Who.
        client: String,
    },
    /// A client's process freezes.
    PauseClient {
        /// Whose.
        client: String,
    },
    /// A client's frozen process goes on.
    ResumeClient {
        /// Whose.
        client: String,
    },
    /// The store outside of the ensemble refuses old tokens, or takes all.
    Fencing(bool),
    /// A server dies now.
    Crash {
        /// Which.
        server: ServerId,
        /// How.
        kind: CrashKind,
    },
    /// A server dies when it next comes to a point.
    CrashAt {
        /// Which.
        server: ServerId,
        /// How.
        kind: CrashKind,
        /// Where.
        point: CrashPoint,
        /// Only for this transaction; else the next occurrence.
        zxid: Option<Zxid>,
    },
    /// Before a server starts for the first time, its disk is that of a real directory.
    Load {
        /// Whose disk.
        server: ServerId,
        /// The directory.
        image: Arc<Image>,
    },
    /// A dead server starts again.
    Restart(ServerId),
    /// A process freezes (SIGSTOP).
    Pause(ServerId),
    /// A frozen process goes on (SIGCONT).
    Resume(ServerId),
    /// Nothing passes between two ends.
    Cut(Endpoint, Endpoint),
    /// Nothing passes between ends of different groups; those not named join the first group.
    Partition(Vec<Vec<Endpoint>>),
    /// One link, or all, work again.
    Heal(Option<(Endpoint, Endpoint)>),
    /// A link becomes slower by so much, both ways; zero ends it.
    Slow {
        /// One end.
        a: Endpoint,
        /// The other.
        b: Endpoint,
        /// Added to the latency.
        by: Duration,
    },
    /// The next packet of a kind is lost, and its connection with it.
    Lose(PacketMatch),
    /// The next packet of a kind is late, and all behind it on that channel.
    Late {
        /// Which.
        packet: PacketMatch,
        /// By how much.
        by: Duration,
    },
    /// Something happens to a disk.
    Disk {
        /// Whose.
        server: ServerId,
        /// What.
        fault: DiskFault,
    },
    /// A wall clock jumps, in milliseconds.
    Clock {
        /// Whose.
        server: ServerId,
        /// By how much.
        by_ms: i64,
    },
    /// An operator asks for a snapshot.
    Snapshot(ServerId),
    /// An operator asks for old files to be removed.
    Purge {
        /// Where.
        server: ServerId,
        /// Snapshots to keep.
        retain: u32,
    },
    /// A disk is emptied; the server must be down.
    Wipe(ServerId),
    /// An operator takes a backup.
    Backup {
        /// How.
        kind: BackupKind,
        /// Of which server.
        from: ServerId,
        /// Its name from now on.
        name: String,
    },
    /// An operator replaces the files of a server by those of a backup; the server must be down.
    Copy {
        /// Which backup.
        name: String,
        /// Whose files.
        to: ServerId,
    },
    /// An operator hands a streamed snapshot to a serving server.
    AdminRestore {
        /// Which backup.
        name: String,
        /// To whom.
        to: ServerId,
    },
    /// What an operator asks of the vault that takes its time.
    Vault(VaultOrder),
}

impl Command {
    /// The one server that it is done to, if it is done to one.
    pub const fn server(&self) -> Option<ServerId> {
        match self {
            Self::Crash { server, .. }
            | Self::CrashAt { server, .. }
            | Self::Restart(server)
            | Self::Load { server, .. }
            | Self::Pause(server)
            | Self::Resume(server)
            | Self::Disk { server, .. }
            | Self::Clock { server, .. }
            | Self::Snapshot(server)
            | Self::Purge { server, .. }
            | Self::Wipe(server)
            | Self::Backup { from: server, .. }
            | Self::Copy { to: server, .. }
            | Self::AdminRestore { to: server, .. } => Some(*server),
            Self::Vault(order) => order.server(),
            _ => None,
        }
    }

    /// The client that it is done to, or that it makes, by name.
    pub fn client(&self) -> Option<&str> {
        match self {
            Self::Client { name, .. } => Some(name),
            Self::Invoke { client, .. }
            | Self::Close { client }
            | Self::Drop { client }
            | Self::Recipe { client, .. }
            | Self::Stop { client }
            | Self::PauseClient { client }
            | Self::ResumeClient { client } => Some(client),
            _ => None,
        }
    }
}

/// One end of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// A server.
    Server(ServerId),
    /// A client, by name.
    Client(String),
}

/// How a server dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CrashKind {
    /// Pending bytes are lost, but for a torn prefix; peers hear nothing.
    Power,
    /// The disk keeps everything that was written; peers see the connections close.
    Process,
}

/// Where a server dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CrashPoint {
    /// Before a record is written.
    BeforeWrite,
    /// After it is written, not forced.
    AfterWrite,
    /// After it is forced, not acknowledged.
    AfterFsync,
    /// After the leader received the acknowledgement.
    AfterAck,
    /// Before the commit is carried out.
    BeforeCommit,
    /// After the commit is carried out.
    AfterCommit,
    /// In the middle of a snapshot.
    DuringSnapshot,
    /// In the middle of synchronisation.
    DuringSync,
    /// Before an epoch file is written.
    BeforeEpoch,
    /// After an epoch file is durable.
    AfterEpoch,
}

impl CrashKind {
    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Process => "process",
        }
    }
}

impl CrashPoint {
    /// Every point.
    pub const ALL: [Self; 10] = [
        Self::BeforeWrite,
        Self::AfterWrite,
        Self::AfterFsync,
        Self::AfterAck,
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::DuringSnapshot,
        Self::DuringSync,
        Self::BeforeEpoch,
        Self::AfterEpoch,
    ];

    /// The word in scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BeforeWrite => "before-write",
            Self::AfterWrite => "after-write",
            Self::AfterFsync => "after-fsync",
            Self::AfterAck => "after-ack",
            Self::BeforeCommit => "before-commit",
            Self::AfterCommit => "after-commit",
            Self::DuringSnapshot => "during-snapshot",
            Self::DuringSync => "during-sync",
            Self::BeforeEpoch => "before-epoch",
            Self::AfterEpoch => "after-epoch",
        }
    }
}

/// A packet to wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketMatch {
    /// Sender.
    pub from: Endpoint,
    /// Receiver.
    pub to: Endpoint,
    /// Wire word, see `Packet::WORDS`; between client and server `connect`, `request`, `reply`.
    pub word: String,
    /// Only if it is about this zxid.
    pub zxid: Option<Zxid>,
    /// Which of those that match, from 1: so many less one pass first.
    pub nth: u32,
}

/// Something that happens to a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskFault {
    /// Writes are refused.
    Full,
    /// Works as it should again.
    Ok,
    /// fsync answers but forces nothing.
    Lying,
    /// fsync takes so many times longer.
    Slow(u32),
    /// The last record of the log reads as zeros from some byte on.
    Tear,
    /// An operator says that an empty disk is meant to be empty: the marker `initialize`. The server must be
    /// down.
    Initialize,
    /// One bit changes.
    Flip {
        /// File name in the data directory.
        file: String,
        /// Byte offset.
        offset: u64,
        /// Bit 0 (lowest) to 7.
        bit: u8,
    },
    /// A file disappears.
    Delete {
        /// File name in the data directory.
        file: String,
    },
}

/// Why a command cannot be performed now; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such server in this ensemble.
    NoServer(ServerId),
    /// There is no such client.
    NoClient(String),
    /// A client of that name exists.
    ClientExists(String),
    /// The client has closed its session.
    ClientClosed(String),
    /// The client's process is frozen.
    ClientPaused(String),
    /// The client is paused already, or is not paused.
    ClientPauseState(String),
    /// The client has a recipe that is not at its end.
    RunsRecipe(String),
    /// The client has no recipe to end.
    RunsNoRecipe(String),
    /// The server is down.
    Down(ServerId),
    /// The server is up.
    Up(ServerId),
    /// The server has started already: its disk cannot be loaded any more.
    Started(ServerId),
    /// The server is paused already, or is not paused.
    PauseState(ServerId),
    /// There is no such file on that disk.
    NoFile {
        /// Whose disk.
        server: ServerId,
        /// The name.
        file: String,
    },
    /// The offset lies behind the end of the file.
    BeyondEnd {
        /// The name.
        file: String,
        /// Its length.
        len: u64,
    },
    /// The first server is not in the connect string.
    NotInConnectString(ServerId),
    /// A limit of the world is reached.
    Limit(&'static str),
    /// An end is cut from itself, or appears twice.
    SameEnd,
    /// There is no such backup.
    NoBackup(String),
    /// A backup of that name exists.
    BackupExists(String),
    /// The backup is no streamed snapshot.
    NoStream(String),
    /// The release has no admin commands `snapshot` and `restore`.
    NoAdminCommand,
    /// The server runs and does not serve.
    NotServing(ServerId),
    /// The disk has no room for the files.
    DiskFull(ServerId),
    /// A joint restore is under way.
    Restores,
    /// A joint restore leaves a server out that runs, or whose disk holds an older history.
    LeftOut(ServerId),
    /// The servers that are restored are no quorum.
    NoQuorumOfRestored,
    /// The backup does not give that history.
    NotRestorable {
        /// Its name.
        name: String,
        /// Why not.
        why: NotThere,
    },
    /// The link to the vault is cut.
    VaultCut,
    /// The machine of the source has no power.
    NoPower(ServerId),
    /// The parent is not whole.
    NotWhole(String),
    /// The backup is under way already.
    UnderWay(String),
    /// Nothing of that name is under way.
    NotUnderWay(String),
    /// The backup cannot be taken up again.
    CannotResume {
        /// Its name.
        name: String,
        /// Why not.
        why: CannotResume,
    },
    /// There is no rule to take back.
    NoPolicy,
    /// The backup has no such file.
    NoFileInBackup(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoServer(s) => write!(f, "there is no server {}", s.0),
            Self::NoClient(c) => write!(f, "there is no client {c:?}"),
            Self::ClientExists(c) => write!(f, "there is already a client {c:?}"),
            Self::ClientClosed(c) => write!(f, "client {c:?} has closed its session"),
            Self::ClientPaused(c) => write!(f, "client {c:?} is paused"),
            Self::ClientPauseState(c) => write!(f, "client {c:?} is already in that state"),
            Self::RunsRecipe(c) => write!(f, "client {c:?} runs a recipe; stop it first"),
            Self::RunsNoRecipe(c) => write!(f, "client {c:?} runs no recipe"),
            Self::Down(s) => write!(f, "server {} is down", s.0),
            Self::Up(s) => write!(f, "server {} is up", s.0),
            Self::Started(s) => write!(
                f,
                "server {} has started already; a disk is loaded before anything else",
                s.0
            ),
            Self::PauseState(s) => write!(f, "server {} is already in that state", s.0),
            Self::NoFile { server, file } => {
                write!(f, "server {} has no file {file:?}", server.0)
            }
            Self::BeyondEnd { file, len } => write!(f, "{file} has only {len} bytes"),
            Self::NotInConnectString(s) => {
                write!(f, "server {} is not in the connect string", s.0)
            }
            Self::Limit(what) => write!(f, "limit reached: {what}"),
            Self::SameEnd => f.write_str("both ends are the same"),
            Self::NoBackup(name) => write!(f, "there is no backup {name:?}"),
            Self::BackupExists(name) => write!(f, "there is already a backup {name:?}"),
            Self::NoStream(name) => write!(
                f,
                "backup {name:?} holds copied files; a server restores only a snapshot that was streamed (backup hot)"
            ),
            Self::NoAdminCommand => {
                f.write_str("release 3.8.0 has no admin commands snapshot and restore")
            }
            Self::NotServing(s) => write!(f, "server {} does not serve", s.0),
            Self::DiskFull(s) => write!(f, "the disk of server {} is full", s.0),
            Self::Restores => f.write_str("a restore is under way already"),
            Self::LeftOut(s) => write!(
                f,
                "a joint restore is for all: server {} is left out and has a history of its own; name it too, or stop it and wipe its disk",
                s.0
            ),
            Self::NoQuorumOfRestored => f.write_str(
                "the servers that are restored are no quorum: the empty ones could elect an empty tree",
            ),
            Self::NotRestorable { name, why } => {
                write!(f, "backup {name:?} cannot be restored to that point: {why}")
            }
            Self::VaultCut => f.write_str("the link to the vault is cut"),
            Self::NoPower(s) => write!(f, "server {} has no power", s.0),
            Self::NotWhole(name) => {
                write!(f, "backup {name:?} is not whole; nothing can go on from it")
            }
            Self::UnderWay(name) => write!(f, "backup {name:?} is under way"),
            Self::NotUnderWay(name) => write!(f, "nothing called {name:?} is under way"),
            Self::CannotResume { name, why } => {
                write!(f, "backup {name:?} cannot go on: ")?;
                match why {
                    CannotResume::Whole => f.write_str("it is whole"),
                    CannotResume::Broken(why) => why.fmt(f),
                    CannotResume::Fault(why) => why.fmt(f),
                }
            }
            Self::NoPolicy => f.write_str("no rule takes backups"),
            Self::NoFileInBackup(file) => write!(f, "the backup has no file {file:?}"),
        }
    }
}
