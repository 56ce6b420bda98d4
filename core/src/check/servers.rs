//! A small set of servers as bits; an ensemble has at most 13.

use crate::base::ServerId;

/// A set of servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ServerSet(u32);

impl ServerSet {
    pub(super) fn insert(&mut self, server: ServerId) {
        self.0 |= Self::bit(server);
    }

    pub(super) fn remove(&mut self, server: ServerId) {
        self.0 &= !Self::bit(server);
    }

    pub(super) fn contains(self, server: ServerId) -> bool {
        self.0 & Self::bit(server) != 0
    }

    /// Its members in id order.
    pub(super) fn iter(self) -> impl Iterator<Item = ServerId> {
        (0..32).map(ServerId).filter(move |s| self.contains(*s))
    }

    fn bit(server: ServerId) -> u32 {
        debug_assert!(server.0 < 32, "an ensemble has at most 13 servers");
        1 << (server.0 & 31)
    }
}
