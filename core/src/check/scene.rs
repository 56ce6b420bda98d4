//! What the checks may look at besides the step: the narrow view of a world.
//!
//! Two implementations: the world, and the stage of the unit tests, where steps are made by hand.

use super::survey::Survey;
use crate::base::{ClientId, ServerId, SessionId};
use crate::model::{Epoch, Reply, Request, Zxid};
use crate::protocol::zab::Peer;
use crate::storage::ReadFiles;
use crate::storage::epochs::EpochFile;
use crate::tree::Database;
use crate::world::{RequestOutcome, World};

/// A world as the checks see it.
pub(super) trait Scene {
    /// The database of a running server.
    fn database(&self, server: ServerId) -> Option<&Database>;
    /// What the server's disk holds; parses its files.
    fn survey(&self, server: ServerId) -> Survey;
    /// The numbers in `acceptedEpoch` and `currentEpoch`.
    fn epochs(&self, server: ServerId) -> [Option<Epoch>; 2];
    /// What a client was told.
    fn told(&self, client: ClientId, entry: u32) -> Option<Told<'_>>;
}

/// An answer that reached a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub session: SessionId,
    pub request: &'a Request,
    pub reply: &'a Reply,
    pub txn: Option<Zxid>,
}

impl Scene for World {
    fn database(&self, server: ServerId) -> Option<&Database> {
        self.host(server).process.as_ref().map(Peer::db)
    }

    fn survey(&self, server: ServerId) -> Survey {
        Survey::of(&self.host(server).disk, self.config())
    }

    fn epochs(&self, server: ServerId) -> [Option<Epoch>; 2] {
        let disk = &self.host(server).disk;
        [EpochFile::Accepted, EpochFile::Current].map(|file| {
            let bytes = disk.content(file.name())?.to_vec();
            let text = String::from_utf8(bytes).ok()?;
            text.parse().ok().map(Epoch)
        })
    }

    fn told(&self, client: ClientId, entry: u32) -> Option<Told<'_>> {
        let client = self.clients().get(usize::from(client.0))?;
        let invocation = client.history.get(entry as usize)?;
        let RequestOutcome::Told { reply, txn, .. } = &invocation.outcome else {
            return None;
        };
        Some(Told {
            session: invocation.session,
            request: &invocation.request,
            reply,
            txn: *txn,
        })
    }
}
