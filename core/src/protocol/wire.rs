//! Requests of clients as bytes: from an op code and a body to what is asked.
//!
//! Decoding is total: whatever the bytes are, something comes out, because a real server answers all of
//! them. What cannot be decoded, or lacks what its type needs, becomes [`Request::Malformed`], with the
//! fate of the zxid that it might have taken; an op code that nobody knows becomes [`Request::Unknown`].
//! Bytes behind a complete body are ignored.
//!
//! It reads nothing of the tree, and it checks nothing that a server checks later: a bad path or a bad
//! flag is passed on.
//!
//! | what is odd | until 3.8 | from 3.9 on |
//! | --- | --- | --- |
//! | body of a write ends early | takes a zxid | takes none |
//! | create with no path | takes a zxid | takes a zxid |
//! | multi with no path in it | its zxid is lost | takes a zxid |
//! | flags in a multi that no mode has | that operation fails | nothing is decoded |
//! | `deleteContainer` from a client | refused | done |
//!
//! In ZooKeeper: `PrepRequestProcessor.pRequestHelper`, `MultiOperationRecord`, the request records.

use std::sync::Arc;

use crate::model::request::{CreateMode, CreateOp, Taken};
use crate::model::watch::{WatchKind, WatchList, WatchMode};
use crate::model::{Acl, Request, Zxid};
use crate::storage::Corrupt;
use crate::storage::jute::Reader;
use crate::tree::watches::NOWHERE;
use crate::tree::{TreeRules, auth};

/// Op codes of requests. ZooKeeper: `ZooDefs.OpCode`.
pub mod op {
    #![allow(missing_docs)]
    pub const CREATE: i32 = 1;
    pub const DELETE: i32 = 2;
    pub const EXISTS: i32 = 3;
    pub const GET_DATA: i32 = 4;
    pub const SET_DATA: i32 = 5;
    pub const GET_ACL: i32 = 6;
    pub const SET_ACL: i32 = 7;
    pub const GET_CHILDREN: i32 = 8;
    pub const SYNC: i32 = 9;
    pub const PING: i32 = 11;
    pub const GET_CHILDREN2: i32 = 12;
    pub const CHECK: i32 = 13;
    pub const MULTI: i32 = 14;
    pub const CREATE2: i32 = 15;
    pub const RECONFIG: i32 = 16;
    pub const CHECK_WATCHES: i32 = 17;
    pub const REMOVE_WATCHES: i32 = 18;
    pub const CREATE_CONTAINER: i32 = 19;
    pub const DELETE_CONTAINER: i32 = 20;
    pub const CREATE_TTL: i32 = 21;
    pub const MULTI_READ: i32 = 22;
    pub const AUTH: i32 = 100;
    pub const SET_WATCHES: i32 = 101;
    pub const GET_EPHEMERALS: i32 = 103;
    pub const GET_ALL_CHILDREN_NUMBER: i32 = 104;
    pub const SET_WATCHES2: i32 = 105;
    pub const ADD_WATCH: i32 = 106;
    pub const WHO_AM_I: i32 = 107;
    pub const CREATE_SESSION: i32 = -10;
    pub const CLOSE_SESSION: i32 = -11;
}

/// Largest frame that a server takes, in bytes; a larger one closes the connection. ZooKeeper:
/// `jute.maxbuffer`.
pub const FRAME_MAX: usize = 1_048_575;

/// What a request of type `op` with this body asks for.
pub fn decode(op: i32, body: &[u8], rules: TreeRules) -> Request {
    if op == op::CHECK && rules.refuse_bare_check {
        return Request::Unknown { op };
    }
    let mut body = Body {
        reader: Reader::new(body),
        rules,
    };
    body.request(op)
        .unwrap_or_else(|fault| body.malformed(op, fault))
}

/// Why a request cannot be made of a body.
#[derive(Clone, Copy)]
enum Fault {
    /// It ends early, or a length lies.
    Bytes,
    /// Something that its type needs is null.
    Null,
    /// A type or a number that nobody knows.
    Word,
    /// A list of the operation of a multi is null, and nobody counts on that.
    Unexpected,
}

impl From<Corrupt> for Fault {
    fn from(_: Corrupt) -> Self {
        Self::Bytes
    }
}

struct Body<'a> {
    reader: Reader<'a>,
    rules: TreeRules,
}

impl Body<'_> {
    fn malformed(&self, op: i32, fault: Fault) -> Request {
        let write = matches!(
            op,
            op::CREATE
                | op::CREATE2
                | op::CREATE_CONTAINER
                | op::CREATE_TTL
                | op::DELETE
                | op::DELETE_CONTAINER
                | op::SET_DATA
                | op::SET_ACL
                | op::CHECK
        );
        let zxid = match (op, fault) {
            (op::MULTI, Fault::Null) if !self.rules.decodes_before_zxid => Taken::Lost,
            (_, Fault::Unexpected) => Taken::Nothing,
            (op::MULTI | op::CREATE_SESSION, _) => Taken::Logged,
            (_, Fault::Bytes) if write && self.rules.decodes_before_zxid => Taken::Nothing,
            _ if write => Taken::Logged,
            _ => Taken::Nothing,
        };
        Request::Malformed { zxid }
    }

    fn request(&mut self, op: i32) -> Result<Request, Fault> {
        Ok(match op {
            op::CREATE | op::CREATE2 | op::CREATE_CONTAINER | op::CREATE_TTL => self.create(op)?,
            op::DELETE => {
                let (path, version) = self.path_and_int()?;
                Request::Delete {
                    path: path.ok_or(Fault::Null)?,
                    version,
                }
            }
            op::SET_DATA => {
                let path = self.text()?.unwrap_or_default();
                let data = self.reader.buffer()?.map(Arc::from);
                let version = self.reader.int()?;
                Request::SetData {
                    path,
                    data,
                    version,
                }
            }
            op::SET_ACL => {
                let path = self.text()?.unwrap_or_default();
                let acl = self.acl()?;
                let version = self.reader.int()?;
                Request::SetAcl { path, acl, version }
            }
            op::CHECK => {
                let (path, version) = self.path_and_int()?;
                let path = path.unwrap_or_default();
                Request::Check { path, version }
            }
            op::MULTI => Request::Multi(self.multi()?),
            op::DELETE_CONTAINER => self.delete_container()?,
            op::CREATE_SESSION => Request::CreateSession {
                timeout_ms: self.reader.int()?,
            },
            op::CLOSE_SESSION => Request::CloseSession,
            op::RECONFIG => self.reconfig()?,
            op::PING => Request::Ping,
            op::AUTH => self.auth()?,
            _ => return self.read(op),
        })
    }

    fn read(&mut self, op: i32) -> Result<Request, Fault> {
        Ok(match op {
            op::EXISTS => {
                let (path, watch) = self.path_and_watch()?;
                Request::Exists { path, watch }
            }
            op::GET_DATA => {
                let (path, watch) = self.path_and_watch()?;
                Request::GetData { path, watch }
            }
            op::GET_CHILDREN | op::GET_CHILDREN2 => {
                let (path, watch) = self.path_and_watch()?;
                Request::GetChildren { path, watch }
            }
            op::GET_ACL => Request::GetAcl { path: self.path()? },
            op::GET_ALL_CHILDREN_NUMBER => Request::GetAllChildrenNumber { path: self.path()? },
            op::SYNC => Request::Sync {
                path: self.text()?.unwrap_or_default(),
            },
            op::GET_EPHEMERALS => Request::GetEphemerals {
                prefix: self.text()?.unwrap_or_default(),
            },
            op::MULTI_READ => Request::MultiRead(self.multi_read()?),
            op::WHO_AM_I => Request::WhoAmI,
            _ => return self.watch(op),
        })
    }

    fn watch(&mut self, op: i32) -> Result<Request, Fault> {
        Ok(match op {
            op::ADD_WATCH => {
                let (path, mode) = self.path_and_int()?;
                let mode = WatchMode::from_code(mode).ok_or(Fault::Word)?;
                let path = path.unwrap_or_else(|| NOWHERE.to_owned());
                Request::AddWatch { path, mode }
            }
            op::CHECK_WATCHES => {
                let (path, kind) = self.path_and_kind()?;
                let path = self.or_nowhere(path)?;
                Request::CheckWatches { path, kind }
            }
            op::REMOVE_WATCHES => {
                let (path, kind) = self.path_and_kind()?;
                let path = path.unwrap_or_else(|| NOWHERE.to_owned());
                Request::RemoveWatches { path, kind }
            }
            op::SET_WATCHES | op::SET_WATCHES2 => {
                let seen = Zxid(self.reader.long()?);
                let mut watches = WatchList {
                    data: self.texts()?,
                    exist: self.texts()?,
                    children: self.texts()?,
                    ..WatchList::default()
                };
                if op == op::SET_WATCHES2 {
                    watches.persistent = self.texts_or_nowhere()?;
                    watches.recursive = self.texts_or_nowhere()?;
                }
                let watches = Arc::new(watches);
                Request::SetWatches { seen, watches }
            }
            _ => Request::Unknown { op },
        })
    }

    fn create(&mut self, op: i32) -> Result<Request, Fault> {
        let path = self.text()?;
        let data = self.reader.buffer()?.map(Arc::from);
        let acl = self.acl()?;
        let flags = self.reader.int()?;
        let (op, ttl_ms) = match op {
            op::CREATE_TTL => {
                let ttl_ms = self.reader.long()?;
                (CreateOp::Ttl(ttl_ms), ttl_ms)
            }
            op::CREATE_CONTAINER => (CreateOp::Container, -1),
            op::CREATE2 => (CreateOp::Create2, -1),
            _ => (CreateOp::Create, -1),
        };
        let mode = CreateMode::from_flags(flags, ttl_ms);
        let path = match (path, mode) {
            (Some(path), _) => path,
            // The flags are looked at first.
            (None, CreateMode::Other(_)) => String::new(),
            (None, _) => return Err(Fault::Null),
        };
        Ok(Request::Create {
            path,
            data,
            acl,
            mode,
            op,
        })
    }

    /// Until 3.9 the server takes bytes that are not there for the path, and refuses it.
    fn delete_container(&mut self) -> Result<Request, Fault> {
        if !self.rules.decodes_before_zxid {
            let path = String::new();
            return Ok(Request::DeleteContainer { path });
        }
        let path = self.path()?;
        Ok(Request::DeleteContainer { path })
    }

    fn reconfig(&mut self) -> Result<Request, Fault> {
        for _ in 0..3 {
            self.text()?;
        }
        self.reader.long()?;
        Ok(Request::Reconfig)
    }

    /// An int, the scheme, the proof. A proof that is null proves nothing.
    fn auth(&mut self) -> Result<Request, Fault> {
        self.reader.int()?;
        let scheme = self.text()?.unwrap_or_default();
        let proof = self.reader.buffer()?.map(<[u8]>::to_vec);
        let (scheme, auth) = match proof {
            Some(auth) => (scheme, auth),
            None => (String::new(), Vec::new()),
        };
        Ok(Request::Auth { scheme, auth })
    }

    fn multi(&mut self) -> Result<Vec<Request>, Fault> {
        let (mut operations, mut null) = (Vec::new(), false);
        while let Some(op) = self.next_operation()? {
            let operation = match op {
                op::CREATE | op::CREATE2 | op::CREATE_CONTAINER | op::CREATE_TTL => {
                    self.create_in_multi(op)
                }
                op::DELETE | op::SET_DATA | op::CHECK => self.with_path(op),
                _ => return Err(Fault::Word),
            };
            match operation {
                Err(Fault::Null) => null = true,
                operation => operations.push(operation?),
            }
        }
        if null {
            return Err(Fault::Null);
        }
        Ok(operations)
    }

    /// Reads leave no watch here, whatever they ask for. What is no read, or has no path, is where the
    /// server fails: it is malformed by itself, and the answer ends before it. Reads and writes do not
    /// mix.
    fn multi_read(&mut self) -> Result<Vec<Request>, Fault> {
        let mut reads = Vec::new();
        let mut writes = false;
        while let Some(op) = self.next_operation()? {
            let is_read = matches!(op, op::GET_DATA | op::GET_CHILDREN);
            if !reads.is_empty() && is_read == writes {
                return Err(Fault::Word);
            }
            writes = !is_read;
            let read = match op {
                op::GET_DATA | op::GET_CHILDREN => self.read(op),
                op::CREATE | op::CREATE2 | op::CREATE_CONTAINER | op::CREATE_TTL => {
                    self.create_in_multi(op)
                }
                op::DELETE | op::CHECK | op::SET_DATA => self.request(op),
                _ => return Err(Fault::Word),
            };
            let watch = false;
            reads.push(match read {
                Ok(Request::GetData { path, .. }) => Request::GetData { path, watch },
                Ok(Request::GetChildren { path, .. }) => Request::GetChildren { path, watch },
                Ok(_) | Err(Fault::Null) => Request::Malformed {
                    zxid: Taken::Nothing,
                },
                Err(fault) => return Err(fault),
            });
        }
        Ok(reads)
    }

    /// The header of the next operation of a multi: its type, or `None` at the end.
    fn next_operation(&mut self) -> Result<Option<i32>, Fault> {
        let op = self.reader.int()?;
        let done = self.reader.bool()?;
        self.reader.int()?;
        Ok((!done).then_some(op))
    }

    /// An operation of a multi, whose path must not be null.
    fn with_path(&mut self, op: i32) -> Result<Request, Fault> {
        let is_null = matches!(self.reader.clone().buffer(), Ok(None));
        let operation = self.request(op);
        match operation {
            Ok(_) if is_null => Err(Fault::Null),
            operation => operation,
        }
    }

    /// In a multi the flags decide what kind of create it is.
    fn create_in_multi(&mut self, op: i32) -> Result<Request, Fault> {
        let no_acl = self.is_acl_null();
        let mut request = self.with_path(op)?;
        let Request::Create { mode, op: kind, .. } = &mut request else {
            return Err(Fault::Word);
        };
        let lives = matches!(mode, CreateMode::Ttl(_) | CreateMode::TtlSequential(_));
        let early = self.rules.decodes_before_zxid && !matches!(kind, CreateOp::Ttl(_));
        if early && no_acl {
            return Err(Fault::Unexpected);
        }
        if early && (lives || matches!(mode, CreateMode::Other(_))) {
            return Err(Fault::Word);
        }
        *kind = match (*mode, *kind) {
            (CreateMode::Container, _) => CreateOp::Container,
            (_, CreateOp::Ttl(_)) if !lives => CreateOp::Create,
            (_, CreateOp::Container) if !self.rules.multi_keeps_create2 => CreateOp::Create,
            (_, same) => same,
        };
        Ok(request)
    }

    /// Whether the create that comes has no list at all.
    fn is_acl_null(&self) -> bool {
        let mut ahead = self.reader.clone();
        let skipped = ahead.buffer().is_ok() && ahead.buffer().is_ok();
        skipped && ahead.int().is_ok_and(|count| count < 0)
    }

    fn path_and_watch(&mut self) -> Result<(String, bool), Fault> {
        let path = self.text()?;
        let watch = self.reader.bool()?;
        Ok((path.ok_or(Fault::Null)?, watch))
    }

    fn path_and_int(&mut self) -> Result<(Option<String>, i32), Fault> {
        Ok((self.text()?, self.reader.int()?))
    }

    fn path_and_kind(&mut self) -> Result<(Option<String>, WatchKind), Fault> {
        let (path, kind) = self.path_and_int()?;
        let kind = WatchKind::from_code(kind).ok_or(Fault::Word)?;
        let by_mode = matches!(kind, WatchKind::Persistent | WatchKind::Recursive);
        if by_mode && !self.rules.watch_modes_are_independent {
            return Err(Fault::Word);
        }
        Ok((path, kind))
    }

    /// Until 3.9 a server cannot look for a watch on no path.
    fn or_nowhere(&self, path: Option<String>) -> Result<String, Fault> {
        match path {
            None if self.rules.decodes_before_zxid => Ok(NOWHERE.to_owned()),
            path => path.ok_or(Fault::Null),
        }
    }

    fn path(&mut self) -> Result<String, Fault> {
        self.text()?.ok_or(Fault::Null)
    }

    /// A string, or null.
    fn text(&mut self) -> Result<Option<String>, Fault> {
        let bytes = self.reader.buffer()?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
    }

    /// A vector of strings that must not be null.
    fn texts(&mut self) -> Result<Vec<String>, Fault> {
        let is_null = self.reader.clone().int()? < 0;
        let texts = self.reader.vector(|r| {
            let bytes = r.buffer()?;
            Ok(bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
        })?;
        let texts: Option<Vec<String>> = texts.into_iter().collect();
        texts.filter(|_| !is_null).ok_or(Fault::Null)
    }

    /// A vector of strings that must not be null, but may hold null.
    fn texts_or_nowhere(&mut self) -> Result<Vec<String>, Fault> {
        if self.reader.clone().int()? < 0 {
            return Err(Fault::Null);
        }
        Ok(self.reader.vector(|r| {
            let bytes = r.buffer()?.map(String::from_utf8_lossy);
            Ok(bytes.map_or_else(|| NOWHERE.to_owned(), Into::into))
        })?)
    }

    /// A list that is null is like an empty one. Scheme and id may be null each.
    fn acl(&mut self) -> Result<Vec<Acl>, Fault> {
        Ok(self.reader.vector(|r| {
            let perms = r.int()?;
            let scheme = r.buffer()?.map(String::from_utf8_lossy);
            let id = r.buffer()?.map(String::from_utf8_lossy);
            Ok(Acl {
                perms,
                scheme: scheme.map(Into::into).unwrap_or_default(),
                id: id.map_or_else(|| auth::NULL_ID.to_owned(), Into::into),
            })
        })?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn a_body_that_ends_early_takes_a_zxid_until_3_9() {
        let taken = |rules| match decode(op::DELETE, &[0, 0, 0, 2, b'/'], rules) {
            Request::Malformed { zxid, .. } => zxid,
            other => panic!("{other:?}"),
        };
        assert_eq!(taken(TreeRules::v3_8_0()), Taken::Logged);
        assert_eq!(taken(TreeRules::v3_9_4()), Taken::Nothing);
    }

    #[test]
    fn bytes_behind_a_body_are_ignored() {
        let bytes = body(&[&[0, 0, 0, 2], b"/a", &[1], b"more"]);
        let path = "/a".to_owned();
        let watch = true;
        assert_eq!(
            decode(op::EXISTS, &bytes, TreeRules::zablab()),
            Request::Exists { path, watch }
        );
    }

    #[test]
    fn an_op_code_that_nobody_knows_stays_unknown() {
        let rules = TreeRules::zablab();
        assert_eq!(decode(99, &[], rules), Request::Unknown { op: 99 });
    }
}
