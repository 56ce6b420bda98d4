//! A store outside of the ensemble, which clients of a lock write to.
//!
//! ZooKeeper can tell a client that it holds a lock. It cannot keep a client from acting when it no longer
//! does: the client may be paused, and its session over without its knowing. Only the store that it acts
//! on can, if every write shows a token that grows from holder to holder: a store with *fencing* refuses
//! a token that is lower than one it has seen.
//!
//! It is simpler than a real store: a write takes no time and is never lost.

use rpds::VectorSync;

use crate::base::{ClientId, Instant};
use crate::model::Zxid;

/// A write that reached the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreWrite {
    /// Whose.
    pub client: ClientId,
    /// What it showed.
    pub token: Zxid,
    /// When.
    pub at: Instant,
    /// False when it was refused.
    pub accepted: bool,
}

/// The store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    fencing: bool,
    writes: VectorSync<StoreWrite>,
    highest: Option<Zxid>,
    in_order: bool,
    refused: u32,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            fencing: false,
            writes: VectorSync::new_sync(),
            highest: None,
            in_order: true,
            refused: 0,
        }
    }
}

impl Store {
    /// Whether it refuses old tokens.
    pub const fn fencing(&self) -> bool {
        self.fencing
    }

    /// The highest token that it has seen.
    pub const fn highest(&self) -> Option<Zxid> {
        self.highest
    }

    /// False once it has taken a write with a token lower than an earlier one: two clients have believed
    /// at the same time that they hold the lock.
    pub const fn is_in_order(&self) -> bool {
        self.in_order
    }

    /// All writes that reached it, first to last.
    pub fn writes(&self) -> impl Iterator<Item = &StoreWrite> {
        self.writes.iter()
    }

    /// The write that reached it last.
    pub fn last(&self) -> Option<&StoreWrite> {
        self.writes.last()
    }

    /// Writes that it took, and those that it refused.
    pub fn counts(&self) -> (u32, u32) {
        let all = u32::try_from(self.writes.len()).unwrap_or(u32::MAX);
        (all - self.refused, self.refused)
    }

    pub(super) const fn set_fencing(&mut self, fencing: bool) {
        self.fencing = fencing;
    }

    /// Takes a write, or refuses it; says which.
    pub(super) fn write(&mut self, client: ClientId, token: Zxid, at: Instant) -> bool {
        let old = self.highest.is_some_and(|highest| token < highest);
        let accepted = !(old && self.fencing);
        self.refused += u32::from(!accepted);
        self.in_order &= !(old && accepted);
        self.highest = self.highest.max(Some(token));
        self.writes.push_back_mut(StoreWrite {
            client,
            token,
            at,
            accepted,
        });
        accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(store: &mut Store, client: u16, token: i64) -> bool {
        store.write(ClientId(client), Zxid(token), Instant::ZERO)
    }

    #[test]
    fn without_fencing_an_old_token_is_taken_and_noted() {
        let mut store = Store::default();
        assert!(write(&mut store, 0, 5) && write(&mut store, 1, 9) && store.is_in_order());
        assert!(write(&mut store, 0, 5));
        assert!(!store.is_in_order());
        assert_eq!(store.counts(), (3, 0));
        assert_eq!(store.highest(), Some(Zxid(9)));
    }

    #[test]
    fn with_fencing_an_old_token_is_refused_and_the_same_one_is_not() {
        let mut store = Store::default();
        store.set_fencing(true);
        assert!(write(&mut store, 0, 5) && write(&mut store, 0, 5) && write(&mut store, 1, 9));
        assert!(!write(&mut store, 0, 5));
        assert!(write(&mut store, 1, 9) && store.is_in_order());
        assert_eq!(store.counts(), (4, 1));
        assert!(store.last().is_some_and(|last| last.accepted));
    }
}
