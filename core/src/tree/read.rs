//! Reads: answered by the server that the client is connected to, from what it has applied.
//!
//! In ZooKeeper: the read half of `FinalRequestProcessor`.

use super::auth::{self, AuthId};
use super::database::Database;
use super::rules::TreeRules;
use super::znode::Znode;
use crate::model::acl::perms;
use crate::model::request::ReplyBody;
use crate::model::{ErrorCode, Request};

impl Database {
    /// Answers a read as the super user would get it. Other requests are `Unimplemented` here.
    pub fn read(&self, request: &Request) -> (ErrorCode, ReplyBody) {
        self.read_as(request, &[AuthId::superuser()], TreeRules::zablab())
    }

    /// Answers a read of a caller who has proved these identities.
    pub fn read_as(
        &self,
        request: &Request,
        ids: &[AuthId],
        rules: TreeRules,
    ) -> (ErrorCode, ReplyBody) {
        match self.answer(request, ids, rules) {
            Ok(body) => (ErrorCode::Ok, body),
            Err(error) => (error, ReplyBody::Empty),
        }
    }

    fn answer(
        &self,
        request: &Request,
        ids: &[AuthId],
        rules: TreeRules,
    ) -> Result<ReplyBody, ErrorCode> {
        match request {
            Request::GetData { path } => {
                let node = self.readable(path, ids)?;
                Ok(ReplyBody::Data {
                    data: node.data.clone(),
                    stat: node.client_stat(),
                })
            }
            Request::Exists { path } => {
                let node = if rules.exists_needs_read {
                    self.readable(path, ids)?
                } else {
                    self.tree.node(path).ok_or(ErrorCode::NoNode)?
                };
                Ok(ReplyBody::Stat(node.client_stat()))
            }
            Request::GetChildren { path } => {
                let node = self.readable(path, ids)?;
                Ok(ReplyBody::Children {
                    names: node.children.iter().map(|name| name.to_string()).collect(),
                    stat: node.client_stat(),
                })
            }
            _ => Err(ErrorCode::Unimplemented),
        }
    }

    /// A node whose access control list is lost cannot be served at all.
    fn readable(&self, path: &str, ids: &[AuthId]) -> Result<&Znode, ErrorCode> {
        let node = self.tree.node(path).ok_or(ErrorCode::NoNode)?;
        let list = self.tree.acl_of(node).ok_or(ErrorCode::MarshallingError)?;
        auth::check(list, perms::READ, ids)?;
        Ok(node)
    }
}
