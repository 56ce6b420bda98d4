//! Requests about sessions, and what is known of a session ahead of the tree.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Work;
use crate::base::Gather;
use crate::model::{ErrorCode, TxnBody, Zxid};
use crate::tree::path;

/// What will become of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SessionFuture {
    Open(Zxid),
    Closing(Zxid),
}

impl Work<'_> {
    pub(super) fn create_session(&mut self, timeout_ms: i32) -> TxnBody {
        let open = SessionFuture::Open(self.ctx.zxid);
        self.prep.sessions.insert(self.ctx.session, open);
        TxnBody::CreateSession { timeout_ms }
    }

    /// The session's ephemerals go with it: those applied and those still under way.
    pub(super) fn close_session(&mut self) -> TxnBody {
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
        let mut paths: BTreeSet<Arc<str>> = self.tree().ephemerals_of(session).cloned().gather();
        for (path, owner) in self.prep.pending.owners() {
            if owner == Some(session.0) {
                paths.insert(path.clone());
            } else if owner.is_none() {
                paths.remove(path);
            }
        }
        paths
    }

    pub(super) fn check_session(&self) -> Result<(), ErrorCode> {
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
}
