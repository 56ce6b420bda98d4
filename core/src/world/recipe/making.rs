//! Making one node of one's own, once, whatever happens to the connection.
//!
//! ```text
//!            NONODE: the nodes above it first
//!              ┌────┐
//!              ▼    │            OK
//!           Create ─┴───────────────────────► Made
//!              │ ▲                             ▲
//!      unknown │ └── not among the children ─┐ │ among them
//!              ▼                             │ │
//!            Sync ──────────────────────► Look ┘
//! ```
//! When the connection breaks behind a create, the node may be there or not, or may come to be a
//! moment later. The client has a session again only after the leader has noted its new server, and
//! from then on refuses what the old one still forwards; a `sync` then waits for all that was before.
//! So a look behind it is final. The node is known by a name that nobody else gives.
//!
//! In Curator: `ProtectedMode`.

use super::asking::{DIGITS, below, create, create_dir, created, list, names, sync};
use crate::model::request::CreateMode;
use crate::model::txn::Data;
use crate::model::{ErrorCode, Reply, Request, Zxid};
use crate::tree::path;

/// What a question of this part was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Above,
    Create,
    Sync,
    Look,
}

/// A node that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Own {
    /// Without the directory.
    pub(super) name: String,
    /// When it was created, if that was told.
    pub(super) czxid: Option<Zxid>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// It is not there.
    Create,
    /// It may be there.
    Sync,
    /// It may be there, and it can be seen.
    Look,
    /// It is there.
    Made(Own),
}

/// A node in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Making {
    dir: String,
    prefix: String,
    data: Data,
    mode: CreateMode,
    /// Nodes above it that are to be created first, the last one first.
    above: Vec<String>,
    stage: Stage,
}

impl Making {
    pub(super) const fn new(dir: String, prefix: String, data: Data, mode: CreateMode) -> Self {
        Self {
            dir,
            prefix,
            data,
            mode,
            above: Vec::new(),
            stage: Stage::Create,
        }
    }

    /// The node, once it is made.
    pub(super) const fn own(&self) -> Option<&Own> {
        match &self.stage {
            Stage::Made(own) => Some(own),
            _ => None,
        }
    }

    /// False when it certainly is not there.
    pub(super) fn may_be_there(&self) -> bool {
        self.stage != Stage::Create
    }

    /// The node is gone: it will be made anew.
    pub(super) fn gone(&mut self) {
        self.stage = Stage::Create;
    }

    /// The next request; `None` when it is made.
    pub(super) fn request(&self) -> Option<(Part, Request)> {
        let dir = || self.dir.clone();
        Some(match (&self.stage, self.above.last()) {
            (Stage::Create, Some(above)) => (Part::Above, create_dir(above.clone())),
            (Stage::Create, None) => {
                let path = below(&self.dir, &self.prefix);
                (Part::Create, create(path, self.data.clone(), self.mode))
            }
            (Stage::Sync, _) => (Part::Sync, sync(dir())),
            (Stage::Look, _) => (Part::Look, list(dir(), false)),
            (Stage::Made(_), _) => return None,
        })
    }

    /// An answer. `Err` when there is no way on.
    pub(super) fn told(&mut self, part: Part, reply: &Reply) -> Result<(), ErrorCode> {
        match (part, reply.error) {
            (_, ErrorCode::SessionMoved) => {}
            (Part::Above, ErrorCode::Ok | ErrorCode::NodeExists) => {
                self.above.pop();
            }
            (Part::Above | Part::Create, ErrorCode::NoNode) => self.above = ancestors(&self.dir),
            (Part::Create, ErrorCode::Ok) => {
                let (path, czxid) = created(reply).ok_or(ErrorCode::MarshallingError)?;
                let name = path.rsplit('/').next().unwrap_or_default().to_owned();
                let czxid = Some(czxid);
                self.stage = Stage::Made(Own { name, czxid });
            }
            (Part::Create, ErrorCode::NodeExists) => self.stage = Stage::Sync,
            (Part::Sync, _) => self.stage = Stage::Look,
            (Part::Look, ErrorCode::Ok) => self.look(names(reply)),
            (Part::Look, ErrorCode::NoNode) => self.stage = Stage::Create,
            (_, error) => return Err(error),
        }
        Ok(())
    }

    /// No answer will come.
    pub(super) fn unknown(&mut self, part: Part) {
        if part != Part::Above {
            self.stage = Stage::Sync;
        }
    }

    fn look(&mut self, names: &[String]) {
        let mine = names.iter().find(|name| self.is_mine(name));
        self.stage = match mine {
            Some(name) => Stage::Made(Own {
                name: name.clone(),
                czxid: None,
            }),
            None => Stage::Create,
        };
    }

    fn is_mine(&self, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(&self.prefix) else {
            return false;
        };
        match self.mode.is_sequential() {
            true => rest.len() == DIGITS && rest.bytes().all(|b| b.is_ascii_digit()),
            false => rest.is_empty(),
        }
    }
}

/// A path and all above it but the root, the highest last.
pub(super) fn ancestors(of: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = of;
    while at != path::ROOT && !at.is_empty() {
        found.push(at.to_owned());
        at = match at.rfind('/') {
            Some(slash) => &at[..slash],
            None => "",
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_above_are_made_from_the_top() {
        assert_eq!(ancestors("/a/b/c"), ["/a/b/c", "/a/b", "/a"]);
        assert!(ancestors("/").is_empty());
        assert!(ancestors("").is_empty());
    }

    #[test]
    fn a_longer_name_that_begins_alike_is_not_mine() {
        let data: Data = b"a".as_slice().into();
        let mode = CreateMode::EphemeralSequential;
        let making = Making::new("/l".to_owned(), "a-1-".to_owned(), data, mode);
        assert!(making.is_mine("a-1-0000000003"));
        assert!(!making.is_mine("a-1-1-0000000003"));
        assert!(!making.is_mine("a-10000000003"));
    }
}
