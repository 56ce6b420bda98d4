//! The leader turns requests into transactions, ahead of their being applied.
//!
//! Many requests are under way at once, so a request is judged against the tree as it will be when
//! everything before it is applied: `pending` holds that future. A request that fails becomes a
//! transaction too, of the kind error; it takes a zxid and is logged like any other. A failed multi
//! stays a multi: operations before the failed one stand as they are, the failed one is an error
//! with its code, those after it are errors `RuntimeInconsistency`. Whoever applies it sees an
//! error among the operations and applies none.
//!
//! One difference: the root has two names in ZooKeeper, and its leader keeps two change records for
//! it, so the digest of a write to `/` after a create in it may be wrong. Here it has one.
//!
//! # Order of the checks
//!
//! - create: time to live, session, slash and NUL, access list, parent, CREATE on the parent,
//!   suffix, path, node exists, ephemeral parent.
//! - delete: session, slash and NUL and special nodes, parent, DELETE on the **parent**, node,
//!   version, children.
//! - setData: session, path, node, WRITE, version.
//! - setACL: session, path, access list, node, ADMIN, aversion.
//! - check: session, path, node, READ, version.
//!
//! In ZooKeeper: `PrepRequestProcessor`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::auth::{self, AuthId};
use super::data_tree::DataTree;
use super::database::Database;
use super::path;
use super::pending::{FutureNode, Pending, Undo};
use super::rules::TreeRules;
use super::znode::{NodeOwner, NodeStat};
use crate::base::SessionId;
use crate::model::acl::perms;
use crate::model::request::CreateMode;
use crate::model::txn::Data;
use crate::model::{Acl, ErrorCode, Request, Txn, TxnBody, TxnHeader, Zxid};

/// Who asks, and under which number it will be proposed.
#[derive(Clone, Copy, Debug)]
pub struct PrepContext<'a> {
    /// The session that asks; for `CreateSession` the new one.
    pub session: SessionId,
    /// The client's request number.
    pub cxid: i32,
    /// The zxid it gets.
    pub zxid: Zxid,
    /// The leader's wall clock in milliseconds since 1970.
    pub time_ms: i64,
    /// Identities that the connection has proved.
    pub ids: &'a [AuthId],
    /// Nodes with a time to live are allowed (`extendedTypesEnabled`).
    pub ttl_allowed: bool,
    /// What the session tracker has against it, such as `SessionMoved`.
    pub refused: Option<ErrorCode>,
    /// Choices of the release.
    pub rules: TreeRules,
}

/// What will become of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum SessionFuture {
    Open(Zxid),
    Closing(Zxid),
}

/// The leader's view of what it has prepared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Prep {
    pending: Pending,
    sessions: BTreeMap<SessionId, SessionFuture>,
}

impl Prep {
    /// Nothing prepared.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a transaction of a request that changes state. It may be an error transaction.
    pub fn prepare(&mut self, db: &Database, ctx: PrepContext<'_>, request: &Request) -> Txn {
        assert!(request.is_write(), "{} needs no zxid", request.word());
        let mut work = Work {
            prep: self,
            db,
            ctx,
            undo: Undo::default(),
        };
        let body = match request {
            Request::Multi(operations) => work.multi(operations),
            // Logged alone it can never be read back: ZOOKEEPER-2623.
            Request::Check { .. } if ctx.rules.refuse_bare_check => Err(ErrorCode::Unimplemented),
            _ => work.operation(request),
        };
        let body = body.unwrap_or_else(error_body);
        let digest = match body {
            TxnBody::Error { .. } => None,
            _ => Some(self.pending.digest(&db.tree)),
        };
        Txn {
            header: TxnHeader {
                session: ctx.session,
                cxid: ctx.cxid,
                zxid: ctx.zxid,
                time_ms: ctx.time_ms,
            },
            body,
            digest,
        }
    }

    /// Forgets what the database has applied by now.
    pub fn prune(&mut self, applied: Zxid) {
        self.pending.prune(applied);
        self.sessions.retain(|_, future| match future {
            SessionFuture::Open(zxid) | SessionFuture::Closing(zxid) => *zxid > applied,
        });
    }

    /// Forgets everything: the leader is no more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Number of prepared changes that wait to be applied.
    pub fn len(&self) -> usize {
        self.pending.len()
    }

    /// True when no prepared change waits to be applied.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One request under preparation.
struct Work<'a> {
    prep: &'a mut Prep,
    db: &'a Database,
    ctx: PrepContext<'a>,
    undo: Undo,
}

impl Work<'_> {
    fn multi(&mut self, operations: &[Request]) -> Result<TxnBody, ErrorCode> {
        if !operations.iter().all(is_legal_in_multi) {
            return Err(ErrorCode::MarshallingError);
        }
        let mut bodies = Vec::with_capacity(operations.len());
        for operation in operations {
            match self.operation(operation) {
                Ok(body) => bodies.push(body),
                Err(error) => {
                    self.take_back();
                    bodies.push(error_body(error));
                    let rest = error_body(ErrorCode::RuntimeInconsistency);
                    bodies.resize(operations.len(), rest);
                    break;
                }
            }
        }
        Ok(TxnBody::Multi(bodies))
    }

    fn take_back(&mut self) {
        let undo = std::mem::take(&mut self.undo);
        self.prep.pending.roll_back(undo);
    }

    fn operation(&mut self, request: &Request) -> Result<TxnBody, ErrorCode> {
        match request {
            Request::Create {
                path,
                data,
                acl,
                mode,
            } => self.create(path, data, acl, *mode),
            Request::Delete { path, version } => self.delete(path, *version),
            Request::SetData {
                path,
                data,
                version,
            } => self.set_data(path, data, *version),
            Request::SetAcl { path, acl, version } => self.set_acl(path, acl, *version),
            Request::Check { path, version } => self.check(path, *version),
            Request::CreateSession { timeout_ms } => Ok(self.create_session(*timeout_ms)),
            Request::CloseSession => Ok(self.close_session()),
            Request::DeleteContainer { path } => self.delete_container(path),
            Request::Multi(_)
            | Request::GetData { .. }
            | Request::Exists { .. }
            | Request::GetChildren { .. }
            | Request::Sync { .. }
            | Request::Ping => Err(ErrorCode::Unimplemented),
        }
    }

    fn create(
        &mut self,
        path: &str,
        data: &Option<Data>,
        acl: &[Acl],
        mode: CreateMode,
    ) -> Result<TxnBody, ErrorCode> {
        self.check_ttl(mode)?;
        self.check_session()?;
        let (parent_path, _) = split(path)?;
        let acl = auth::complete(acl, self.ctx.ids)?;
        let mut parent = self.node(parent_path)?;
        self.permit(&parent, perms::CREATE)?;
        let path = if mode.is_sequential() {
            format!("{path}{:010}", parent.stat.cversion)
        } else {
            path.to_owned()
        };
        validate(&path)?;
        if self.node(&path).is_ok() {
            return Err(ErrorCode::NodeExists);
        }
        if matches!(parent.stat.owner(), NodeOwner::Session(_)) {
            return Err(ErrorCode::NoChildrenForEphemerals);
        }
        parent.children += 1;
        parent.stat.cversion = parent.stat.cversion.wrapping_add(1);
        parent.stat.pzxid = self.ctx.zxid;
        let parent_cversion = parent.stat.cversion;
        self.add(parent_path, Some(parent));
        let owner = self.owner(mode);
        let born = FutureNode {
            stat: NodeStat::created(self.ctx.zxid, self.ctx.time_ms, owner),
            data: data.clone(),
            acl: Some(acl.as_slice().into()),
            children: 0,
        };
        self.add(&path, Some(born));
        Ok(create_body(path, data.clone(), acl, mode, parent_cversion))
    }

    fn check_ttl(&self, mode: CreateMode) -> Result<(), ErrorCode> {
        match mode {
            CreateMode::Ttl(_) | CreateMode::TtlSequential(_) if !self.ctx.ttl_allowed => {
                Err(ErrorCode::Unimplemented)
            }
            CreateMode::Ttl(ms) | CreateMode::TtlSequential(ms)
                if !(1..=NodeOwner::TTL_MAX_MS).contains(&ms) =>
            {
                Err(ErrorCode::BadArguments)
            }
            _ => Ok(()),
        }
    }

    fn owner(&self, mode: CreateMode) -> NodeOwner {
        match mode {
            CreateMode::Ephemeral | CreateMode::EphemeralSequential => {
                NodeOwner::Session(self.ctx.session)
            }
            CreateMode::Container => NodeOwner::Container,
            CreateMode::Ttl(ms) | CreateMode::TtlSequential(ms) => NodeOwner::Ttl(ms),
            CreateMode::Persistent | CreateMode::PersistentSequential => NodeOwner::Nobody,
        }
    }

    fn delete(&mut self, path: &str, version: i32) -> Result<TxnBody, ErrorCode> {
        self.check_session()?;
        let parent_path = parent_of_ordinary(path)?;
        let parent = self.node(parent_path)?;
        self.permit(&parent, perms::DELETE)?;
        let node = self.node(path)?;
        self.next_version(node.stat.version, version)?;
        if node.children > 0 {
            return Err(ErrorCode::NotEmpty);
        }
        self.remove(parent_path, parent, path);
        Ok(TxnBody::Delete {
            path: path.to_owned(),
        })
    }

    /// A persistent node passes; only the nodes of sessions are safe from the reaper.
    fn delete_container(&mut self, path: &str) -> Result<TxnBody, ErrorCode> {
        let parent_path = parent_of_ordinary(path)?;
        let node = self.node(path)?;
        if node.children > 0 {
            return Err(ErrorCode::NotEmpty);
        }
        if matches!(node.stat.owner(), NodeOwner::Session(_)) {
            return Err(ErrorCode::BadVersion);
        }
        let parent = self.node(parent_path)?;
        self.remove(parent_path, parent, path);
        Ok(TxnBody::DeleteContainer {
            path: path.to_owned(),
        })
    }

    fn remove(&mut self, parent_path: &str, mut parent: FutureNode, path: &str) {
        parent.children -= 1;
        parent.stat.pzxid = self.ctx.zxid;
        self.add(parent_path, Some(parent));
        self.add(path, None);
    }

    fn set_data(
        &mut self,
        path: &str,
        data: &Option<Data>,
        version: i32,
    ) -> Result<TxnBody, ErrorCode> {
        self.check_session()?;
        validate(path)?;
        let mut node = self.node(path)?;
        self.permit(&node, perms::WRITE)?;
        let version = self.next_version(node.stat.version, version)?;
        node.stat.version = version;
        node.stat.mtime = self.ctx.time_ms;
        node.stat.mzxid = self.ctx.zxid;
        node.data.clone_from(data);
        self.add(path, Some(node));
        Ok(TxnBody::SetData {
            path: path.to_owned(),
            data: data.clone(),
            version,
        })
    }

    fn set_acl(&mut self, path: &str, acl: &[Acl], version: i32) -> Result<TxnBody, ErrorCode> {
        self.check_session()?;
        validate(path)?;
        let acl = auth::complete(acl, self.ctx.ids)?;
        let mut node = self.node(path)?;
        self.permit(&node, perms::ADMIN)?;
        let version = self.next_version(node.stat.aversion, version)?;
        node.stat.aversion = version;
        if self.ctx.rules.pending_acl_counts {
            node.acl = Some(acl.as_slice().into());
        }
        self.add(path, Some(node));
        Ok(TxnBody::SetAcl {
            path: path.to_owned(),
            acl,
            version,
        })
    }

    fn check(&mut self, path: &str, version: i32) -> Result<TxnBody, ErrorCode> {
        self.check_session()?;
        validate(path)?;
        let node = self.node(path)?;
        self.permit(&node, perms::READ)?;
        let version = self.next_version(node.stat.version, version)?;
        Ok(TxnBody::Check {
            path: path.to_owned(),
            version,
        })
    }

    fn create_session(&mut self, timeout_ms: i32) -> TxnBody {
        let open = SessionFuture::Open(self.ctx.zxid);
        self.prep.sessions.insert(self.ctx.session, open);
        TxnBody::CreateSession { timeout_ms }
    }

    /// The session's ephemerals go with it: those applied and those still under way.
    fn close_session(&mut self) -> TxnBody {
        let paths = self.ephemerals();
        for path in &paths {
            if let Some((parent_path, _)) = path::split(path)
                && let Ok(mut parent) = self.node(parent_path)
            {
                // ZooKeeper does not count the children down here: until the close is applied, a
                // delete of the parent is refused as not empty.
                parent.stat.pzxid = self.ctx.zxid;
                self.add(parent_path, Some(parent));
            }
            self.add(path, None);
        }
        let closing = SessionFuture::Closing(self.ctx.zxid);
        self.prep.sessions.insert(self.ctx.session, closing);
        let listed = self.ctx.rules.close_lists_paths;
        let paths = paths.iter().map(|path| path.to_string()).collect();
        TxnBody::CloseSession {
            paths: listed.then_some(paths),
        }
    }

    fn ephemerals(&self) -> BTreeSet<Arc<str>> {
        let session = self.ctx.session;
        let mut paths: BTreeSet<Arc<str>> = self.tree().ephemerals_of(session).cloned().collect();
        for (path, owner) in self.prep.pending.owners() {
            if owner == Some(session.0) {
                paths.insert(path.clone());
            } else if owner.is_none() {
                paths.remove(path);
            }
        }
        paths
    }

    fn check_session(&self) -> Result<(), ErrorCode> {
        let session = self.ctx.session;
        let alive = match self.prep.sessions.get(&session) {
            Some(SessionFuture::Open(_)) => true,
            Some(SessionFuture::Closing(_)) => false,
            None => self.db.sessions.contains_key(&session),
        };
        if !alive {
            return Err(ErrorCode::SessionExpired);
        }
        self.ctx.refused.map_or(Ok(()), Err)
    }

    fn next_version(&self, current: i32, expected: i32) -> Result<i32, ErrorCode> {
        if expected != -1 && expected != current {
            return Err(ErrorCode::BadVersion);
        }
        match current.wrapping_add(1) {
            -1 if self.ctx.rules.skip_version_minus_one => Ok(0),
            next => Ok(next),
        }
    }

    fn permit(&self, node: &FutureNode, perm: i32) -> Result<(), ErrorCode> {
        let list = node.acl.as_ref().ok_or(ErrorCode::MarshallingError)?;
        auth::check(list, perm, self.ctx.ids)
    }

    fn node(&self, path: &str) -> Result<FutureNode, ErrorCode> {
        let node = self.prep.pending.node(self.tree(), path);
        node.ok_or(ErrorCode::NoNode)
    }

    fn add(&mut self, path: &str, node: Option<FutureNode>) {
        let (tree, zxid) = (&self.db.tree, self.ctx.zxid);
        self.prep
            .pending
            .add(tree, zxid, path, node, &mut self.undo);
    }

    fn tree(&self) -> &DataTree {
        &self.db.tree
    }
}

const fn is_legal_in_multi(request: &Request) -> bool {
    matches!(
        request,
        Request::Create { .. }
            | Request::Delete { .. }
            | Request::SetData { .. }
            | Request::Check { .. }
    )
}

const fn error_body(error: ErrorCode) -> TxnBody {
    TxnBody::Error { code: error.code() }
}

/// Plain creates are of type 1, which clients use when they do not ask for the stat; releases
/// before 3.9 cannot read type 15 in a multi.
fn create_body(
    path: String,
    data: Option<Data>,
    acl: Vec<Acl>,
    mode: CreateMode,
    parent_cversion: i32,
) -> TxnBody {
    match mode {
        CreateMode::Container => TxnBody::CreateContainer {
            path,
            data,
            acl,
            parent_cversion,
        },
        CreateMode::Ttl(ttl_ms) | CreateMode::TtlSequential(ttl_ms) => TxnBody::CreateTtl {
            path,
            data,
            acl,
            parent_cversion,
            ttl_ms,
        },
        _ => TxnBody::Create {
            path,
            data,
            acl,
            ephemeral: mode.is_ephemeral(),
            parent_cversion,
            create2: false,
        },
    }
}

fn validate(path: &str) -> Result<(), ErrorCode> {
    path::validate(path).map_err(|_| ErrorCode::BadArguments)
}

/// The first and weakest check of a path: it has a slash and no NUL.
fn split(path: &str) -> Result<(&str, &str), ErrorCode> {
    if path.contains('\0') {
        return Err(ErrorCode::BadArguments);
    }
    path::split(path).ok_or(ErrorCode::BadArguments)
}

/// The parent of a node that may be deleted.
fn parent_of_ordinary(path: &str) -> Result<&str, ErrorCode> {
    if [path::ROOT, path::ZOOKEEPER, path::QUOTA, path::CONFIG].contains(&path) {
        return Err(ErrorCode::BadArguments);
    }
    split(path).map(|(parent, _)| parent)
}
