//! Requests about nodes: the checks in ZooKeeper's order, and the change records.

use super::Work;
use crate::model::acl::perms;
use crate::model::request::{CreateMode, CreateOp};
use crate::model::txn::Data;
use crate::model::{Acl, ErrorCode, TxnBody};
use crate::tree::pending::FutureNode;
use crate::tree::znode::{NodeOwner, NodeStat};
use crate::tree::{auth, path, quota};

impl Work<'_> {
    pub(super) fn create(
        &mut self,
        path: &str,
        data: &Option<Data>,
        acl: &[Acl],
        (mode, op): (CreateMode, CreateOp),
    ) -> Result<TxnBody, ErrorCode> {
        self.check_ttl(mode, op)?;
        self.check_session()?;
        let (parent_path, _) = split(path)?;
        let acl = auth::complete(acl, self.ctx.ids, self.ctx.rules)?;
        let mut parent = self.node(parent_path)?;
        self.permit(&parent, perms::CREATE)?;
        let path = if mode.is_sequential() {
            format!("{path}{:010}", parent.stat.cversion)
        } else {
            path.to_owned()
        };
        validate(&path)?;
        if self.ctx.rules.refuse_poison && quota::is_limit_of_root(&path) {
            return Err(ErrorCode::BadArguments);
        }
        if self.node(&path).is_ok() {
            return Err(ErrorCode::NodeExists);
        }
        if matches!(parent.stat.owner(), NodeOwner::Session(_)) {
            return Err(ErrorCode::NoChildrenForEphemerals);
        }
        let bytes = data.as_ref().map_or(0, |data| data.len()) as i64;
        self.check_quota(&path, 1, bytes)?;
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
        let ephemeral = mode.is_ephemeral();
        let data = data.clone();
        Ok(match op {
            CreateOp::Container => TxnBody::CreateContainer {
                path,
                data,
                acl,
                parent_cversion,
            },
            CreateOp::Ttl(ttl_ms) => TxnBody::CreateTtl {
                path,
                data,
                acl,
                parent_cversion,
                ttl_ms,
            },
            CreateOp::Create | CreateOp::Create2 => TxnBody::Create {
                path,
                data,
                acl,
                ephemeral,
                parent_cversion,
                create2: op == CreateOp::Create2,
            },
        })
    }

    /// A time to live belongs to a node that has one, and to no other. ZooKeeper:
    /// `EphemeralType.validateTTL`.
    fn check_ttl(&self, mode: CreateMode, op: CreateOp) -> Result<(), ErrorCode> {
        match mode {
            CreateMode::Other(_) => Err(ErrorCode::BadArguments),
            CreateMode::Ttl(_) | CreateMode::TtlSequential(_) if !self.ctx.ttl_allowed => {
                Err(ErrorCode::Unimplemented)
            }
            CreateMode::Ttl(ms) | CreateMode::TtlSequential(ms)
                if !(1..=NodeOwner::TTL_MAX_MS).contains(&ms) =>
            {
                Err(ErrorCode::BadArguments)
            }
            CreateMode::Ttl(_) | CreateMode::TtlSequential(_) => Ok(()),
            _ => match op {
                // A real server logs it, and then cannot apply it.
                CreateOp::Ttl(ms) if ms < 0 && !self.ctx.rules.refuse_poison => Ok(()),
                CreateOp::Ttl(_) => Err(ErrorCode::BadArguments),
                _ => Ok(()),
            },
        }
    }

    fn check_quota(&self, path: &str, nodes: i64, bytes: i64) -> Result<(), ErrorCode> {
        match self.ctx.enforce_quota {
            true => quota::check(self.tree(), path, nodes, bytes),
            false => Ok(()),
        }
    }

    fn owner(&self, mode: CreateMode) -> NodeOwner {
        match mode {
            CreateMode::Ephemeral | CreateMode::EphemeralSequential => {
                NodeOwner::Session(self.ctx.session)
            }
            CreateMode::Container => NodeOwner::Container,
            CreateMode::Ttl(ms) | CreateMode::TtlSequential(ms) => NodeOwner::Ttl(ms),
            CreateMode::Persistent | CreateMode::PersistentSequential | CreateMode::Other(_) => {
                NodeOwner::Nobody
            }
        }
    }

    pub(super) fn delete(&mut self, path: &str, version: i32) -> Result<TxnBody, ErrorCode> {
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
    pub(super) fn delete_container(&mut self, path: &str) -> Result<TxnBody, ErrorCode> {
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

    pub(super) fn set_data(
        &mut self,
        path: &str,
        data: &Option<Data>,
        version: i32,
    ) -> Result<TxnBody, ErrorCode> {
        self.check_session()?;
        validate(path)?;
        let mut node = self.node(path)?;
        self.permit(&node, perms::WRITE)?;
        let length = |data: &Option<Data>| data.as_ref().map_or(0, |data| data.len()) as i64;
        self.check_quota(path, 0, length(data) - length(&node.data))?;
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

    pub(super) fn set_acl(
        &mut self,
        path: &str,
        acl: &[Acl],
        version: i32,
    ) -> Result<TxnBody, ErrorCode> {
        self.check_session()?;
        validate(path)?;
        let acl = auth::complete(acl, self.ctx.ids, self.ctx.rules)?;
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

    pub(super) fn check(&mut self, path: &str, version: i32) -> Result<TxnBody, ErrorCode> {
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

    fn next_version(&self, current: i32, expected: i32) -> Result<i32, ErrorCode> {
        if expected != -1 && expected != current {
            return Err(ErrorCode::BadVersion);
        }
        match current.wrapping_add(1) {
            -1 if self.ctx.rules.skip_version_minus_one => Ok(0),
            next => Ok(next),
        }
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
