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

mod nodes;
mod sessions;

use std::collections::BTreeMap;

use self::sessions::SessionFuture;
use super::auth::{self, AuthId};
use super::data_tree::DataTree;
use super::database::Database;
use super::pending::{FutureNode, Pending, Undo};
use super::rules::TreeRules;
use crate::base::SessionId;
use crate::model::request::{CreateMode, CreateOp};
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
    /// Hard limits of quotas are enforced.
    pub enforce_quota: bool,
    /// What the session tracker has against it, such as `SessionMoved`.
    pub refused: Option<ErrorCode>,
    /// Choices of the release.
    pub rules: TreeRules,
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
            match self.operation_of_multi(operation) {
                Ok(body) => bodies.push(body),
                // Not an error of one operation: the server fails over the whole request.
                Err(ErrorCode::MarshallingError) => {
                    self.take_back();
                    return Err(ErrorCode::MarshallingError);
                }
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

    /// Releases before 3.9 take a `create2` in a multi for a plain create.
    fn operation_of_multi(&mut self, operation: &Request) -> Result<TxnBody, ErrorCode> {
        match operation {
            Request::Create {
                path,
                data,
                acl,
                mode,
                op: CreateOp::Create2,
            } if !self.ctx.rules.multi_keeps_create2 => {
                self.create_of_multi(path, data, acl, (*mode, CreateOp::Create))
            }
            Request::Create {
                path,
                data,
                acl,
                mode,
                op,
            } => self.create_of_multi(path, data, acl, (*mode, *op)),
            _ => self.operation(operation),
        }
    }

    /// The mode asks for a time to live, and the request has no place for one.
    fn create_of_multi(
        &mut self,
        path: &str,
        data: &Option<Data>,
        acl: &[Acl],
        (mode, op): (CreateMode, CreateOp),
    ) -> Result<TxnBody, ErrorCode> {
        match (mode, op) {
            (_, CreateOp::Ttl(_)) => self.create(path, data, acl, (mode, op)),
            (CreateMode::Ttl(_) | CreateMode::TtlSequential(_), _) => {
                Err(ErrorCode::MarshallingError)
            }
            _ => self.create(path, data, acl, (mode, op)),
        }
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
                op,
            } => self.create(path, data, acl, (*mode, *op)),
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
            Request::Reconfig => Err(ErrorCode::ReconfigDisabled),
            Request::Malformed { .. } => Err(ErrorCode::MarshallingError),
            _ => Err(ErrorCode::Unimplemented),
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
