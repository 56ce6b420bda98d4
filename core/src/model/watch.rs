//! Words of watches: what a client asks to hear of, and what it hears.

use std::sync::Arc;

use super::zxid::Zxid;

/// What `addWatch` asks for. ZooKeeper: `AddWatchMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WatchMode {
    /// 0: of the node and its children, until it is removed.
    Persistent,
    /// 1: of the node and all below it, until it is removed.
    Recursive,
}

impl WatchMode {
    /// The mode with that number on the wire.
    pub const fn from_code(code: i32) -> Option<Self> {
        match code {
            0 => Some(Self::Persistent),
            1 => Some(Self::Recursive),
            _ => None,
        }
    }
}

/// Which watches `checkWatches` and `removeWatches` mean. ZooKeeper: `Watcher.WatcherType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WatchKind {
    /// 1: of the list of children.
    Children,
    /// 2: of the data.
    Data,
    /// 3: all on that path.
    Any,
    /// 4, since 3.9: persistent ones.
    Persistent,
    /// 5, since 3.9: persistent recursive ones.
    Recursive,
}

impl WatchKind {
    /// The kind with that number on the wire.
    pub const fn from_code(code: i32) -> Option<Self> {
        match code {
            1 => Some(Self::Children),
            2 => Some(Self::Data),
            3 => Some(Self::Any),
            4 => Some(Self::Persistent),
            5 => Some(Self::Recursive),
            _ => None,
        }
    }
}

/// The watches that a client sets again on a new connection. ZooKeeper: `SetWatches2`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WatchList {
    /// One-shot watches of data.
    pub data: Vec<String>,
    /// One-shot watches of nodes that were missing.
    pub exist: Vec<String>,
    /// One-shot watches of children.
    pub children: Vec<String>,
    /// Persistent ones.
    pub persistent: Vec<String>,
    /// Persistent recursive ones.
    pub recursive: Vec<String>,
}

impl WatchList {
    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of watches.
    pub fn len(&self) -> usize {
        self.data.len()
            + self.exist.len()
            + self.children.len()
            + self.persistent.len()
            + self.recursive.len()
    }
}

/// What a watch tells. ZooKeeper: `Watcher.Event.EventType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// 1: the node came to be.
    Created,
    /// 2: the node is gone.
    Deleted,
    /// 3: it has other data.
    DataChanged,
    /// 4: a child came or went.
    ChildrenChanged,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Created,
        Self::Deleted,
        Self::DataChanged,
        Self::ChildrenChanged,
    ];

    /// The name in ZooKeeper's sources and in scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "NodeCreated",
            Self::Deleted => "NodeDeleted",
            Self::DataChanged => "NodeDataChanged",
            Self::ChildrenChanged => "NodeChildrenChanged",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// A notification. ZooKeeper: `WatcherEvent` and the header before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchEvent {
    /// What happened.
    pub kind: EventKind,
    /// To which node.
    pub path: Arc<str>,
    /// The transaction that did it, from 3.9 on; before, and when watches are set again, the wire
    /// says -1.
    pub zxid: Option<Zxid>,
}
