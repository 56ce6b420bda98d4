//! Reads: answered by the server that the client is connected to, from what it has applied.
//!
//! A read that leaves a watch registers it in the same moment, so that no change can come between.
//!
//! | read | permission | watch |
//! | --- | --- | --- |
//! | getData, getChildren | READ | when the node is there |
//! | exists | none until 3.8.4, READ since | always |
//! | getACL | READ or ADMIN; without ADMIN digests are masked | |
//! | getAllChildrenNumber | READ | |
//! | getEphemerals, whoAmI | none | |
//!
//! In ZooKeeper: the read half of `FinalRequestProcessor`.

use super::auth::{self, AuthId};
use super::data_tree::DataTree;
use super::database::Database;
use super::path;
use super::rules::TreeRules;
use super::watches::Watches;
use super::znode::Znode;
use crate::base::{ConnId, SessionId};
use crate::model::acl::perms;
use crate::model::request::Taken;
use crate::model::{Acl, ErrorCode, ReplyBody, Request};

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// On which connection: a watch belongs to it.
    pub conn: ConnId,
    /// In which session.
    pub session: SessionId,
    /// Identities that the connection has proved.
    pub ids: &'a [AuthId],
    /// Choices of the release.
    pub rules: TreeRules,
}

impl Database {
    /// Answers a read as the super user would get it, leaving no watch. Other requests are
    /// `Unimplemented` here.
    pub fn read(&self, request: &Request) -> (ErrorCode, ReplyBody) {
        let reader = Reader {
            conn: ConnId(0),
            session: SessionId(0),
            ids: &[AuthId::superuser()],
            rules: TreeRules::zablab(),
        };
        self.read_as(request, reader, &mut Watches::default())
    }

    /// Answers a read of a caller, and leaves the watch that it asks for.
    pub fn read_as(
        &self,
        request: &Request,
        reader: Reader<'_>,
        watches: &mut Watches,
    ) -> (ErrorCode, ReplyBody) {
        match request {
            Request::MultiRead(reads) => self.several(reads, reader, watches),
            // It fails with the list of results that it had begun.
            Request::Malformed { zxid: Taken::Lost } => {
                (ErrorCode::MarshallingError, ReplyBody::Multi(Vec::new()))
            }
            _ => match self.answer(request, reader, watches) {
                Ok(body) => (ErrorCode::Ok, body),
                Err(error) => (error, ReplyBody::Empty),
            },
        }
    }

    fn answer(
        &self,
        request: &Request,
        reader: Reader<'_>,
        watches: &mut Watches,
    ) -> Result<ReplyBody, ErrorCode> {
        let (conn, rules) = (reader.conn, reader.rules);
        match request {
            Request::GetData { path, watch } => {
                let node = self.readable(path, reader)?;
                if *watch {
                    watches.watch_data(path, conn, rules);
                }
                Ok(ReplyBody::Data {
                    data: node.data.clone(),
                    stat: node.client_stat(),
                })
            }
            Request::Exists { path, watch } => {
                let node = self.existing(path, reader)?;
                if *watch {
                    watches.watch_data(path, conn, rules);
                }
                let node = node.ok_or(ErrorCode::NoNode)?;
                Ok(ReplyBody::Stat(node.client_stat()))
            }
            Request::GetChildren { path, watch } => {
                let node = self.readable(path, reader)?;
                if *watch {
                    watches.watch_children(path, conn, rules);
                }
                Ok(ReplyBody::Children {
                    names: node.children.iter().map(|name| name.to_string()).collect(),
                    stat: node.client_stat(),
                })
            }
            Request::GetAcl { path } => self.acl(path, reader),
            Request::GetAllChildrenNumber { path } => {
                self.readable(path, reader)?;
                Ok(ReplyBody::Number(count_below(&self.tree, path)))
            }
            Request::GetEphemerals { prefix } => Ok(self.ephemerals(prefix, reader.session)),
            Request::WhoAmI => Ok(ReplyBody::Identities(
                reader.ids.iter().map(AuthId::public).collect(),
            )),
            Request::Malformed { .. } => Err(ErrorCode::MarshallingError),
            _ => Err(ErrorCode::Unimplemented),
        }
    }

    /// Where a read is malformed the server fails, and sends the results that it had.
    fn several(
        &self,
        reads: &[Request],
        reader: Reader<'_>,
        watches: &mut Watches,
    ) -> (ErrorCode, ReplyBody) {
        let mut results = Vec::with_capacity(reads.len());
        for read in reads {
            if let Request::Malformed { .. } = read {
                return (ErrorCode::MarshallingError, ReplyBody::Multi(results));
            }
            results.push(self.read_as(read, reader, watches));
        }
        (ErrorCode::Ok, ReplyBody::Multi(results))
    }

    fn existing(&self, path: &str, reader: Reader<'_>) -> Result<Option<&Znode>, ErrorCode> {
        if path.contains('\0') {
            return Err(ErrorCode::BadArguments);
        }
        match self.tree.node(path) {
            Some(_) if reader.rules.exists_needs_read => self.readable(path, reader).map(Some),
            node => Ok(node),
        }
    }

    /// A node whose access control list is lost cannot be served at all.
    fn readable(&self, path: &str, reader: Reader<'_>) -> Result<&Znode, ErrorCode> {
        let node = self.tree.node(path).ok_or(ErrorCode::NoNode)?;
        let list = self.tree.acl_of(node).ok_or(ErrorCode::MarshallingError)?;
        auth::check(list, perms::READ, reader.ids)?;
        Ok(node)
    }

    fn acl(&self, path: &str, reader: Reader<'_>) -> Result<ReplyBody, ErrorCode> {
        let node = self.tree.node(path).ok_or(ErrorCode::NoNode)?;
        let list = self.tree.acl_of(node).ok_or(ErrorCode::MarshallingError)?;
        auth::check(list, perms::READ | perms::ADMIN, reader.ids)?;
        let open = auth::check(list, perms::ADMIN, reader.ids).is_ok();
        let shown = |entry: &Acl| match open {
            true => entry.clone(),
            false => auth::masked(entry),
        };
        Ok(ReplyBody::Acl {
            list: list.iter().map(shown).collect(),
            stat: node.client_stat(),
        })
    }

    fn ephemerals(&self, prefix: &str, session: SessionId) -> ReplyBody {
        let all = matches!(prefix.trim(), "" | path::ROOT);
        let paths = self.tree.ephemerals_of(session);
        let mine = paths.filter(|path| all || path.starts_with(prefix));
        ReplyBody::Paths(mine.map(|path| path.to_string()).collect())
    }
}

/// Nodes below `path`, itself not counted. ZooKeeper: `DataTree.getAllChildrenNumber`.
fn count_below(tree: &DataTree, path: &str) -> i32 {
    // The root has two names there, and is counted under the other one.
    let itself = usize::from(path.is_empty());
    let below = tree
        .iter()
        .filter(|(other, _)| path::ancestors(other).any(|parent| parent == path::normal(path)));
    i32::try_from(below.count() + itself).unwrap_or(i32::MAX)
}
