//! The watches that a server holds for its connections.
//!
//! Two tables: one for data (and existence), one for children. A watch belongs to a connection, not to
//! a session: it is in memory, on one server, and gone with the connection.
//!
//! | watch | data table | child table | fires |
//! | --- | --- | --- | --- |
//! | getData, exists | once | | once |
//! | getChildren | | once | once |
//! | addWatch persistent | stays | stays | until removed |
//! | addWatch recursive | stays | 3.8 only | for the path and all below; never ChildrenChanged |
//!
//! One connection is told of one change at most once per path, however many watches it has there.
//! Until 3.9 a connection has one mode per path and table: a one-shot watch takes the place of a
//! persistent one ([`TreeRules::watch_modes_are_independent`], ZOOKEEPER-4466), and any connection's
//! watch on a path counts for `checkWatches`.
//!
//! It is not a queue: it says who hears of a change, and the server sends.
//!
//! In ZooKeeper: `WatchManager`, `WatcherModeManager`, the watch half of `DataTree`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::data_tree::DataTree;
use super::path;
use super::rules::TreeRules;
use crate::base::{ConnId, Gather};
use crate::model::watch::{WatchKind, WatchList, WatchMode};
use crate::model::{EventKind, Zxid};

/// The path of a watch on no path at all: null on the wire. It never fires.
pub const NOWHERE: &str = "\0";

/// How a connection watches one path in one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modes {
    /// Until it fires.
    pub once: bool,
    /// Until it is removed.
    pub persistent: bool,
    /// Until it is removed, and for all below.
    pub recursive: bool,
}

impl Modes {
    const ONCE: Self = Self {
        once: true,
        persistent: false,
        recursive: false,
    };

    const fn of(mode: WatchMode) -> Self {
        Self {
            once: false,
            persistent: matches!(mode, WatchMode::Persistent),
            recursive: matches!(mode, WatchMode::Recursive),
        }
    }

    /// True without any.
    pub const fn is_none(self) -> bool {
        !self.once && !self.persistent && !self.recursive
    }

    const fn with(self, more: Self) -> Self {
        Self {
            once: self.once || more.once,
            persistent: self.persistent || more.persistent,
            recursive: self.recursive || more.recursive,
        }
    }

    const fn without(self, less: Self) -> Self {
        Self {
            once: self.once && !less.once,
            persistent: self.persistent && !less.persistent,
            recursive: self.recursive && !less.recursive,
        }
    }
}

type Watchers = BTreeMap<ConnId, Modes>;

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Table {
    paths: RedBlackTreeMapSync<Arc<str>, Watchers>,
    of: RedBlackTreeMapSync<ConnId, RedBlackTreeSetSync<Arc<str>>>,
    /// Entries with a recursive watch: without any, parents need no look.
    recursive: u32,
}

impl Table {
    fn new() -> Self {
        Self {
            paths: RedBlackTreeMapSync::new_sync(),
            of: RedBlackTreeMapSync::new_sync(),
            recursive: 0,
        }
    }

    fn modes(&self, path: &str, conn: ConnId) -> Modes {
        let watchers = self.paths.get(path);
        watchers
            .and_then(|w| w.get(&conn))
            .copied()
            .unwrap_or_default()
    }

    fn set(&mut self, path: &str, conn: ConnId, modes: Modes) {
        let before = self.modes(path, conn);
        self.recursive += u32::from(modes.recursive);
        self.recursive -= u32::from(before.recursive);
        let mut watchers = self.paths.get(path).cloned().unwrap_or_default();
        let mut mine = self.of.get(&conn).cloned().unwrap_or_default();
        if modes.is_none() {
            watchers.remove(&conn);
            mine.remove_mut(path);
        } else {
            watchers.insert(conn, modes);
            mine.insert_mut(path.into());
        }
        if watchers.is_empty() {
            self.paths.remove_mut(path);
        } else {
            self.paths.insert_mut(path.into(), watchers);
        }
        if mine.is_empty() {
            self.of.remove_mut(&conn);
        } else {
            self.of.insert_mut(conn, mine);
        }
    }

    fn add(&mut self, path: &str, conn: ConnId, modes: Modes, rules: TreeRules) {
        let modes = if rules.watch_modes_are_independent {
            self.modes(path, conn).with(modes)
        } else {
            modes
        };
        self.set(path, conn, modes);
    }

    /// Who hears of a change; one-shot watches of the path itself are used up.
    fn fire(&mut self, path: &str, kind: EventKind, rules: TreeRules) -> BTreeSet<ConnId> {
        let mut told = BTreeSet::new();
        let here: Vec<(ConnId, Modes)> = self
            .paths
            .get(path)
            .into_iter()
            .flatten()
            .map(|(conn, modes)| (*conn, *modes))
            .collect();
        for (conn, modes) in here {
            // Before 3.9 the child table holds recursive watches too, and keeps quiet for them.
            let quiet = !rules.watch_modes_are_independent && modes.recursive;
            if !(quiet && kind == EventKind::ChildrenChanged) {
                told.insert(conn);
            }
            if modes.once {
                self.set(path, conn, modes.without(Modes::ONCE));
            }
        }
        let upwards = rules.watch_modes_are_independent || kind != EventKind::ChildrenChanged;
        if upwards && self.recursive > 0 {
            for parent in path::ancestors(path) {
                let above = self.paths.get(parent).into_iter().flatten();
                told.extend(above.filter(|(_, m)| m.recursive).map(|(conn, _)| *conn));
            }
        }
        told
    }

    /// Before 3.9 the watches of all connections count.
    fn has(&self, path: &str, conn: ConnId, which: Modes, rules: TreeRules) -> bool {
        if rules.watch_modes_are_independent {
            let modes = self.modes(path, conn);
            modes.without(which) != modes
        } else {
            self.paths.contains_key(path)
        }
    }

    /// Before 3.9 a watch goes whatever its mode.
    fn remove(&mut self, path: &str, conn: ConnId, less: Modes, rules: TreeRules) -> bool {
        let less = if rules.watch_modes_are_independent {
            less
        } else {
            ALL
        };
        let before = self.modes(path, conn);
        let after = before.without(less);
        if after != before {
            self.set(path, conn, after);
        }
        after != before
    }

    fn forget(&mut self, conn: ConnId) {
        let paths = self.of.get(&conn).cloned().unwrap_or_default();
        for path in paths.iter() {
            self.set(path, conn, Modes::default());
        }
    }

    fn len(&self) -> usize {
        self.of.values().map(|paths| paths.size()).sum()
    }
}

/// All watches of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watches {
    data: Table,
    children: Table,
}

impl Default for Watches {
    fn default() -> Self {
        Self {
            data: Table::new(),
            children: Table::new(),
        }
    }
}

const ALL: Modes = Modes {
    once: true,
    persistent: true,
    recursive: true,
};

impl Watches {
    /// A one-shot watch of data or of existence.
    pub fn watch_data(&mut self, path: &str, conn: ConnId, rules: TreeRules) {
        self.data.add(path, conn, Modes::ONCE, rules);
    }

    /// A one-shot watch of the list of children.
    pub fn watch_children(&mut self, path: &str, conn: ConnId, rules: TreeRules) {
        self.children.add(path, conn, Modes::ONCE, rules);
    }

    /// A watch that stays. False when the server fails over it and sets none: until 3.9 it compares paths
    /// whose hashes are equal, and cannot compare no path with the empty one, nor with itself.
    pub fn add(&mut self, path: &str, conn: ConnId, mode: WatchMode, rules: TreeRules) -> bool {
        let stays = |path| {
            let modes = self.data.modes(path, conn);
            modes.persistent || modes.recursive
        };
        let old = !rules.watch_modes_are_independent;
        if old && path == NOWHERE && (stays("") || stays(NOWHERE)) {
            return false;
        }
        self.data.add(path, conn, Modes::of(mode), rules);
        if mode == WatchMode::Persistent || old {
            self.children.add(path, conn, Modes::of(mode), rules);
        }
        true
    }

    /// True when such a watch is set.
    pub fn has(&self, path: &str, conn: ConnId, kind: WatchKind, rules: TreeRules) -> bool {
        let (data, children) = (&self.data, &self.children);
        match kind {
            WatchKind::Children => children.has(path, conn, Modes::ONCE, rules),
            WatchKind::Data => data.has(path, conn, Modes::ONCE, rules),
            WatchKind::Any => {
                children.has(path, conn, ALL, rules) || data.has(path, conn, ALL, rules)
            }
            WatchKind::Persistent => data.modes(path, conn).persistent,
            WatchKind::Recursive => data.modes(path, conn).recursive,
        }
    }

    /// Removes such watches; false when there was none.
    pub fn remove(&mut self, path: &str, conn: ConnId, kind: WatchKind, rules: TreeRules) -> bool {
        let (data, children) = (&mut self.data, &mut self.children);
        let persistent = Modes::of(WatchMode::Persistent);
        match kind {
            WatchKind::Children => children.remove(path, conn, Modes::ONCE, rules),
            WatchKind::Data => data.remove(path, conn, Modes::ONCE, rules),
            WatchKind::Any => {
                children.remove(path, conn, ALL, rules) | data.remove(path, conn, ALL, rules)
            }
            WatchKind::Persistent => {
                children.remove(path, conn, persistent, rules)
                    | data.remove(path, conn, persistent, rules)
            }
            WatchKind::Recursive => data.remove(path, conn, Modes::of(WatchMode::Recursive), rules),
        }
    }

    /// Sets a client's watches again on a new connection, and returns what has changed since it saw
    /// `seen`. A node that was changed and is still there is told of as created by an exists watch; what
    /// came and went in between is not seen. False when the server fails over one of them, as in
    /// [`Self::add`]. ZooKeeper: `DataTree.setWatches`.
    pub fn set_again(
        &mut self,
        tree: &DataTree,
        conn: ConnId,
        seen: Zxid,
        list: &WatchList,
        rules: TreeRules,
    ) -> (Vec<(EventKind, Arc<str>)>, bool) {
        let mut missed = Vec::new();
        for path in &list.data {
            match tree.node(path) {
                None => missed.push((EventKind::Deleted, path.as_str().into())),
                Some(node) if node.stat.mzxid > seen => {
                    missed.push((EventKind::DataChanged, path.as_str().into()));
                }
                Some(_) => self.watch_data(path, conn, rules),
            }
        }
        for path in &list.exist {
            match tree.node(path) {
                Some(_) => missed.push((EventKind::Created, path.as_str().into())),
                None => self.watch_data(path, conn, rules),
            }
        }
        for path in &list.children {
            match tree.node(path) {
                None => missed.push((EventKind::Deleted, path.as_str().into())),
                Some(node) if node.stat.pzxid > seen => {
                    missed.push((EventKind::ChildrenChanged, path.as_str().into()));
                }
                Some(_) => self.watch_children(path, conn, rules),
            }
        }
        let stay = |mode| move |path| (mode, path);
        let persistent = list.persistent.iter().map(stay(WatchMode::Persistent));
        let recursive = list.recursive.iter().map(stay(WatchMode::Recursive));
        let mut all = persistent.chain(recursive);
        let done = all.all(|(mode, path)| self.add(path, conn, mode, rules));
        (missed, done)
    }

    /// The connection is gone, and its watches with it.
    pub fn forget(&mut self, conn: ConnId) {
        self.data.forget(conn);
        self.children.forget(conn);
    }

    /// Who hears that a node was created, changed or deleted, in order of their connections.
    pub fn fire(&mut self, path: &str, kind: EventKind, rules: TreeRules) -> BTreeSet<ConnId> {
        match kind {
            EventKind::Created | EventKind::DataChanged => self.data.fire(path, kind, rules),
            EventKind::ChildrenChanged => self.children.fire(path, kind, rules),
            EventKind::Deleted => {
                let mut told = self.data.fire(path, kind, rules);
                told.extend(self.children.fire(path, kind, rules));
                told
            }
        }
    }

    /// Number of watches, both tables together.
    pub fn len(&self) -> usize {
        self.data.len() + self.children.len()
    }

    /// True without any watch.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every watched path of a connection, with its modes in the data and in the child table.
    pub fn of(&self, conn: ConnId) -> Vec<(Arc<str>, Modes, Modes)> {
        let mine = |table: &Table| table.of.get(&conn).cloned().unwrap_or_default();
        let mut paths: BTreeSet<Arc<str>> = mine(&self.data).iter().cloned().gather();
        paths.extend(mine(&self.children).iter().cloned());
        let both = |path: Arc<str>| {
            let data = self.data.modes(&path, conn);
            let children = self.children.modes(&path, conn);
            (path, data, children)
        };
        paths.into_iter().map(both).collect()
    }

    /// Number of connections that watch, and of paths that are watched.
    pub fn summary(&self) -> (usize, usize) {
        let mut conns: BTreeSet<ConnId> = self.data.of.keys().copied().gather();
        conns.extend(self.children.of.keys().copied());
        let mut paths: BTreeSet<&Arc<str>> = self.data.paths.keys().gather();
        paths.extend(self.children.paths.keys());
        (conns.len(), paths.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ConnId = ConnId(1);
    const B: ConnId = ConnId(2);

    fn told(watches: &mut Watches, path: &str, kind: EventKind, rules: TreeRules) -> Vec<ConnId> {
        watches.fire(path, kind, rules).into_iter().collect()
    }

    #[test]
    fn a_one_shot_watch_fires_once() {
        let rules = TreeRules::zablab();
        let mut watches = Watches::default();
        watches.watch_data("/a", A, rules);
        watches.watch_children("/a", B, rules);
        assert_eq!(told(&mut watches, "/a", EventKind::DataChanged, rules), [A]);
        assert!(told(&mut watches, "/a", EventKind::DataChanged, rules).is_empty());
        assert_eq!(told(&mut watches, "/a", EventKind::Deleted, rules), [B]);
        assert!(watches.is_empty());
    }

    #[test]
    fn a_recursive_watch_sees_everything_below_but_no_lists_of_children() {
        for rules in [TreeRules::zablab(), TreeRules::v3_8_0()] {
            let mut watches = Watches::default();
            watches.add("/a", A, WatchMode::Recursive, rules);
            for path in ["/a", "/a/b", "/a/b/c"] {
                assert_eq!(told(&mut watches, path, EventKind::Created, rules), [A]);
                assert_eq!(told(&mut watches, path, EventKind::Deleted, rules), [A]);
                assert!(told(&mut watches, path, EventKind::ChildrenChanged, rules).is_empty());
            }
            assert!(told(&mut watches, "/ab", EventKind::Created, rules).is_empty());
        }
    }

    /// ZOOKEEPER-4466.
    #[test]
    fn before_3_9_a_one_shot_watch_takes_the_place_of_a_persistent_one() {
        let fired = |rules| {
            let mut watches = Watches::default();
            watches.add("/a", A, WatchMode::Persistent, rules);
            watches.watch_data("/a", A, rules);
            told(&mut watches, "/a", EventKind::DataChanged, rules);
            told(&mut watches, "/a", EventKind::DataChanged, rules).len()
        };
        assert_eq!(fired(TreeRules::v3_9_4()), 1);
        assert_eq!(fired(TreeRules::v3_8_0()), 0);
    }

    #[test]
    fn before_3_9_no_path_does_not_go_together_with_the_empty_one() {
        let (old, new) = (TreeRules::v3_8_0(), TreeRules::v3_9_4());
        let mut watches = Watches::default();
        assert!(watches.add("", A, WatchMode::Recursive, old));
        assert!(!watches.add(NOWHERE, A, WatchMode::Persistent, old));
        assert!(watches.add(NOWHERE, B, WatchMode::Persistent, old));
        assert!(!watches.add(NOWHERE, B, WatchMode::Persistent, old));
        assert!(watches.add(NOWHERE, A, WatchMode::Persistent, new));
    }

    #[test]
    fn a_connection_takes_its_watches_along() {
        let rules = TreeRules::zablab();
        let mut watches = Watches::default();
        watches.add("/a", A, WatchMode::Persistent, rules);
        watches.add("/a", B, WatchMode::Recursive, rules);
        assert!(watches.has("/a", A, WatchKind::Persistent, rules));
        assert!(!watches.has("/a", A, WatchKind::Recursive, rules));
        watches.forget(A);
        assert_eq!(told(&mut watches, "/a", EventKind::Created, rules), [B]);
        assert!(watches.remove("/a", B, WatchKind::Any, rules));
        assert!(!watches.remove("/a", B, WatchKind::Any, rules));
        assert_eq!(watches, Watches::default());
    }
}
