//! A tree in the fewest words, to compare answers with.
//!
//! It is written for the check and shares nothing with the tree of the servers. It counts what
//! ZooKeeper's manual speaks of: a node's version is its changes of data, its cversion the changes of
//! its children, and the suffix of a sequential child the number of children that were ever created
//! there. The root counts from -1 and has the child `zookeeper`, which nobody reads here. A container and a
//! node with a time to live show no owner (`DataNode.copyStat`); that they go is the leader's doing.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::SessionId;
use crate::model::request::CreateMode;
use crate::model::txn::Data;
use crate::model::{Epoch, ErrorCode, ReplyBody, Request, Stat, Zxid};

/// An answer without the leader's clock.
pub type Answer = (ErrorCode, ReplyBody);

/// A node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    data: Option<Data>,
    created: Zxid,
    set: Zxid,
    touched: Zxid,
    sets: i32,
    lists: i32,
    changes: i32,
    births: i32,
    owner: i64,
    children: BTreeSet<String>,
    /// The last epoch in which children went with their session.
    bereft: Option<Epoch>,
}

impl Node {
    fn stat(&self) -> Stat {
        Stat {
            czxid: self.created,
            mzxid: self.set,
            ctime: 0,
            mtime: 0,
            version: self.sets,
            cversion: self.changes,
            aversion: self.lists,
            ephemeral_owner: self.owner,
            data_length: self.data.as_ref().map_or(0, |data| data.len() as i32),
            num_children: self.children.len() as i32,
            pzxid: self.touched,
        }
    }
}

/// Who writes, and where in the order.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The session.
    pub session: SessionId,
    /// The transaction.
    pub zxid: Zxid,
    /// The leader may still count children that went with a session, see the module `history`.
    pub slow_close: bool,
}

/// The tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    nodes: BTreeMap<String, Node>,
}

impl Default for Model {
    fn default() -> Self {
        Self::new()
    }
}

impl Model {
    /// The tree of a new ensemble.
    pub fn new() -> Self {
        let root = Node {
            data: Some(Data::from([])),
            changes: -1,
            children: BTreeSet::from(["zookeeper".to_owned()]),
            ..Node::default()
        };
        Self {
            nodes: BTreeMap::from([("/".to_owned(), root)]),
        }
    }

    /// Every path but the root.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str).filter(|p| *p != "/")
    }

    /// The last transaction that touched a node or, if it is gone, its parent.
    pub fn last_touch(&self, path: &str) -> Option<Zxid> {
        let node = self.nodes.get(path).map(|n| n.set.max(n.touched));
        node.or_else(|| self.nodes.get(split(path).0).map(|n| n.touched))
    }

    /// Carries out a write.
    pub fn write(&mut self, place: Place, request: &Request) -> Answer {
        let result = match request {
            Request::Multi(operations) => return (ErrorCode::Ok, self.multi(place, operations)),
            Request::CloseSession => {
                self.close(place.session, place.zxid);
                Ok(ReplyBody::Empty)
            }
            Request::Check { .. } => Err(ErrorCode::Unimplemented),
            _ => self.operation(place, request),
        };
        result.map_or_else(
            |code| (code, ReplyBody::Empty),
            |body| (ErrorCode::Ok, body),
        )
    }

    /// Ends a session: its ephemerals go.
    pub fn close(&mut self, session: SessionId, zxid: Zxid) {
        let owned = |n: &Node| session.0 != 0 && n.owner == session.0;
        let nodes = self.nodes.iter().filter(|(_, n)| owned(n));
        let gone: Vec<String> = nodes.map(|(path, _)| path.clone()).collect();
        for path in gone {
            self.remove(&path, zxid);
            if let Some(parent) = self.nodes.get_mut(split(&path).0) {
                parent.bereft = Some(zxid.epoch());
            }
        }
    }

    /// Takes a node away.
    pub fn remove(&mut self, path: &str, zxid: Zxid) {
        let (parent, name) = split(path);
        self.nodes.remove(path);
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.remove(name);
            parent.changes += 1;
            parent.touched = zxid;
        }
    }

    /// All or nothing.
    fn multi(&mut self, place: Place, operations: &[Request]) -> ReplyBody {
        let before = self.nodes.clone();
        let mut results = Vec::new();
        for operation in operations {
            match self.operation(place, operation) {
                Ok(body) => results.push((ErrorCode::Ok, body)),
                Err(code) => {
                    self.nodes = before;
                    results.fill((ErrorCode::Ok, ReplyBody::Empty));
                    results.push((code, ReplyBody::Empty));
                    let rest = (ErrorCode::RuntimeInconsistency, ReplyBody::Empty);
                    results.resize(operations.len(), rest);
                    break;
                }
            }
        }
        ReplyBody::Multi(results)
    }

    fn operation(&mut self, place: Place, request: &Request) -> Result<ReplyBody, ErrorCode> {
        match request {
            Request::Create {
                path, data, mode, ..
            } => self.create(place, path, data.as_ref(), *mode),
            Request::Delete { path, version } => self.delete(place, path, *version),
            Request::SetData {
                path,
                data,
                version,
            } => {
                let node = self.node(path)?;
                expect(node.sets, *version)?;
                node.sets += 1;
                node.set = place.zxid;
                node.data.clone_from(data);
                Ok(ReplyBody::Stat(node.stat()))
            }
            Request::SetAcl { path, version, .. } => {
                let node = self.node(path)?;
                expect(node.lists, *version)?;
                node.lists += 1;
                Ok(ReplyBody::Stat(node.stat()))
            }
            Request::Check { path, version } => {
                expect(self.node(path)?.sets, *version)?;
                Ok(ReplyBody::Empty)
            }
            _ => Err(ErrorCode::Unimplemented),
        }
    }

    fn create(
        &mut self,
        place: Place,
        path: &str,
        data: Option<&Data>,
        mode: CreateMode,
    ) -> Result<ReplyBody, ErrorCode> {
        let owner = match mode {
            CreateMode::Ephemeral | CreateMode::EphemeralSequential => place.session.0,
            _ => 0,
        };
        let (above, _) = split(path);
        let parent = self.node(above)?;
        let number = parent.births;
        let (is_ephemeral, above) = (parent.owner > 0, above.to_owned());
        let path = match mode.is_sequential() {
            true => format!("{path}{number:010}"),
            false => path.to_owned(),
        };
        if self.nodes.contains_key(&path) {
            return Err(ErrorCode::NodeExists);
        }
        if is_ephemeral {
            return Err(ErrorCode::NoChildrenForEphemerals);
        }
        let parent = self.node(&above)?;
        parent.births += 1;
        parent.changes += 1;
        parent.touched = place.zxid;
        parent.children.insert(split(&path).1.to_owned());
        let zxid = place.zxid;
        let node = Node {
            data: data.cloned(),
            created: zxid,
            set: zxid,
            touched: zxid,
            owner,
            ..Node::default()
        };
        let stat = node.stat();
        self.nodes.insert(path.clone(), node);
        Ok(ReplyBody::Created { path, stat })
    }

    fn delete(&mut self, place: Place, path: &str, version: i32) -> Result<ReplyBody, ErrorCode> {
        self.node(split(path).0)?;
        let node = self.node(path)?;
        expect(node.sets, version)?;
        let counted = place.slow_close && node.bereft == Some(place.zxid.epoch());
        if counted || !node.children.is_empty() {
            return Err(ErrorCode::NotEmpty);
        }
        self.remove(path, place.zxid);
        Ok(ReplyBody::Empty)
    }

    fn node(&mut self, path: &str) -> Result<&mut Node, ErrorCode> {
        self.nodes.get_mut(path).ok_or(ErrorCode::NoNode)
    }

    /// Answers a read; `None` for what the model does not know.
    pub fn read(&self, session: SessionId, request: &Request) -> Option<Answer> {
        let body = match request {
            Request::GetData { path, .. } => self.nodes.get(path).map(|n| ReplyBody::Data {
                data: n.data.clone(),
                stat: n.stat(),
            }),
            Request::Exists { path, .. } => self.nodes.get(path).map(|n| ReplyBody::Stat(n.stat())),
            Request::GetChildren { path, .. } => {
                self.nodes.get(path).map(|n| ReplyBody::Children {
                    names: n.children.iter().cloned().collect(),
                    stat: n.stat(),
                })
            }
            Request::GetEphemerals { prefix } => {
                let own = self.nodes.iter().filter(|(_, n)| n.owner == session.0);
                let paths = own.map(|(path, _)| path.clone());
                let paths = paths.filter(|path| path.starts_with(prefix.as_str()));
                Some(ReplyBody::Paths(paths.collect()))
            }
            Request::MultiRead(reads) => {
                let answers = reads.iter().map(|read| self.read(session, read));
                Some(ReplyBody::Multi(answers.collect::<Option<_>>()?))
            }
            _ => return None,
        };
        Some(body.map_or((ErrorCode::NoNode, ReplyBody::Empty), |body| {
            (ErrorCode::Ok, body)
        }))
    }
}

fn expect(version: i32, expected: i32) -> Result<(), ErrorCode> {
    match expected {
        -1 => Ok(()),
        _ if expected == version => Ok(()),
        _ => Err(ErrorCode::BadVersion),
    }
}

/// Parent and name.
fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some(both) => both,
        None => ("", path),
    }
}

/// An answer's content without the leader's clock.
pub fn timeless(body: &ReplyBody) -> ReplyBody {
    let mut body = body.clone();
    match &mut body {
        ReplyBody::Created { stat, .. }
        | ReplyBody::Stat(stat)
        | ReplyBody::Data { stat, .. }
        | ReplyBody::Children { stat, .. } => (stat.ctime, stat.mtime) = (0, 0),
        ReplyBody::Multi(results) => {
            for (_, one) in results {
                *one = timeless(one);
            }
        }
        _ => {}
    }
    body
}
