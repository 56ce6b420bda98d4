//! What a client remembers of its watches, so that it can set them again on a new connection.
//!
//! A server forgets watches with the connection. The client keeps its own list: a watch joins it when
//! the answer says that it was set, and leaves it when its event comes. On a new connection with the
//! same session the whole list goes to the server, with the last zxid seen, and the server tells at once
//! what has changed meanwhile.
//!
//! In ZooKeeper: `ZKWatchManager`, `ClientCnxn.SendThread.primeConnection`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::Gather;
use crate::model::watch::{WatchKind, WatchList, WatchMode};
use crate::model::{ErrorCode, EventKind, Request, WatchEvent};

type Paths = BTreeSet<Arc<str>>;

/// A client's watches, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientWatches {
    data: Paths,
    exist: Paths,
    children: Paths,
    persistent: Paths,
    recursive: Paths,
}

impl ClientWatches {
    /// Number of watches.
    pub fn len(&self) -> usize {
        let all = [
            &self.data,
            &self.exist,
            &self.children,
            &self.persistent,
            &self.recursive,
        ];
        all.iter().map(|paths| paths.len()).sum()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Watched paths in order, each once.
    pub fn paths(&self) -> BTreeSet<&Arc<str>> {
        let one_shot = self.data.iter().chain(&self.exist).chain(&self.children);
        one_shot
            .chain(&self.persistent)
            .chain(&self.recursive)
            .gather()
    }

    /// The list for a new connection.
    pub fn list(&self) -> WatchList {
        let strings = |paths: &Paths| paths.iter().map(|path| path.to_string()).collect();
        WatchList {
            data: strings(&self.data),
            exist: strings(&self.exist),
            children: strings(&self.children),
            persistent: strings(&self.persistent),
            recursive: strings(&self.recursive),
        }
    }

    /// A request was answered: a watch that it asked for is set now, or removed.
    pub(super) fn answered(&mut self, request: &Request, outcome: ErrorCode) {
        let ok = outcome == ErrorCode::Ok;
        match request {
            Request::GetData { path, watch: true } if ok => add(&mut self.data, path),
            Request::GetChildren { path, watch: true } if ok => add(&mut self.children, path),
            Request::Exists { path, watch: true } if ok => add(&mut self.data, path),
            Request::Exists { path, watch: true } if outcome == ErrorCode::NoNode => {
                add(&mut self.exist, path);
            }
            Request::AddWatch { path, mode } if ok => match mode {
                WatchMode::Persistent => add(&mut self.persistent, path),
                WatchMode::Recursive => add(&mut self.recursive, path),
            },
            Request::RemoveWatches { path, kind } if ok => self.remove(path, *kind),
            _ => {}
        }
    }

    fn remove(&mut self, path: &str, kind: WatchKind) {
        let any = kind == WatchKind::Any;
        if any || kind == WatchKind::Data {
            self.data.remove(path);
            self.exist.remove(path);
        }
        if any || kind == WatchKind::Children {
            self.children.remove(path);
        }
        if any || kind == WatchKind::Persistent {
            self.persistent.remove(path);
        }
        if any || kind == WatchKind::Recursive {
            self.recursive.remove(path);
        }
    }

    /// An event came: the one-shot watches that it answers are used up.
    pub(super) fn fired(&mut self, event: &WatchEvent) {
        let path = &event.path;
        match event.kind {
            EventKind::Created | EventKind::DataChanged => {
                self.data.remove(path);
                self.exist.remove(path);
            }
            EventKind::ChildrenChanged => {
                self.children.remove(path);
            }
            EventKind::Deleted => {
                self.data.remove(path);
                self.exist.remove(path);
                self.children.remove(path);
            }
        }
    }
}

fn add(paths: &mut Paths, path: &str) {
    paths.insert(path.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> Request {
        Request::GetData {
            path: path.to_owned(),
            watch: true,
        }
    }

    fn event(kind: EventKind, path: &str) -> WatchEvent {
        WatchEvent {
            kind,
            path: path.into(),
            zxid: None,
        }
    }

    #[test]
    fn a_watch_joins_with_its_answer_and_leaves_with_its_event() {
        let mut watches = ClientWatches::default();
        watches.answered(&get("/a"), ErrorCode::NoNode);
        assert!(watches.is_empty());
        watches.answered(&get("/a"), ErrorCode::Ok);
        watches.fired(&event(EventKind::ChildrenChanged, "/a"));
        assert_eq!(watches.list().data, ["/a"]);
        watches.fired(&event(EventKind::DataChanged, "/a"));
        assert!(watches.is_empty());
    }

    #[test]
    fn a_missing_node_is_watched_for_its_creation() {
        let mut watches = ClientWatches::default();
        let exists = Request::Exists {
            path: "/a".to_owned(),
            watch: true,
        };
        watches.answered(&exists, ErrorCode::NoNode);
        assert_eq!(watches.list().exist, ["/a"]);
        watches.fired(&event(EventKind::Created, "/a"));
        assert!(watches.is_empty());
    }

    #[test]
    fn a_persistent_watch_outlives_its_events() {
        let mut watches = ClientWatches::default();
        let add = Request::AddWatch {
            path: "/a".to_owned(),
            mode: WatchMode::Recursive,
        };
        watches.answered(&add, ErrorCode::Ok);
        watches.fired(&event(EventKind::Deleted, "/a"));
        assert_eq!(watches.list().recursive, ["/a"]);
        let remove = Request::RemoveWatches {
            path: "/a".to_owned(),
            kind: WatchKind::Any,
        };
        watches.answered(&remove, ErrorCode::Ok);
        assert!(watches.is_empty());
    }
}
