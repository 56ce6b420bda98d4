//! The table of access control lists: nodes hold a number, the table holds the list.
//!
//! A list gets its number when it is first used and loses it with its last use; a number never
//! comes back while the server lives. A snapshot stores the table before the nodes, so a node of a
//! fuzzy snapshot may hold a number that the table lacks. Replay puts that right, provided that it
//! does not give the number to another list in the meantime.
//!
//! In ZooKeeper: `ReferenceCountedACLCache`.

use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use crate::model::Acl;

/// The number of a list in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AclId(pub i64);

impl AclId {
    /// Everybody may do everything; held by the nodes of a fresh tree, never in the table. A list
    /// that says the same, but is given by a client, gets a number of its own.
    pub const OPEN: Self = Self(-1);
}

/// A list and the number of nodes that hold it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    list: Arc<[Acl]>,
    uses: u32,
}

/// The table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclTable {
    open: Arc<[Acl]>,
    lists: RedBlackTreeMapSync<AclId, Entry>,
    ids: RedBlackTreeMapSync<Arc<[Acl]>, AclId>,
    highest: AclId,
}

impl Default for AclTable {
    fn default() -> Self {
        Self {
            open: Acl::open().into(),
            lists: RedBlackTreeMapSync::new_sync(),
            ids: RedBlackTreeMapSync::new_sync(),
            highest: AclId::default(),
        }
    }
}

impl AclTable {
    /// A table without lists.
    pub fn new() -> Self {
        Self::default()
    }

    /// The list of that number. `None` when the table lacks it, which happens between a fuzzy
    /// snapshot and the end of its replay.
    pub fn get(&self, id: AclId) -> Option<&Arc<[Acl]>> {
        if id == AclId::OPEN {
            return Some(&self.open);
        }
        self.lists.get(&id).map(|entry| &entry.list)
    }

    /// All lists in order of their numbers, as a snapshot stores them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (AclId, &Arc<[Acl]>)> {
        self.lists.iter().map(|(id, entry)| (*id, &entry.list))
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.lists.size()
    }

    /// True without lists.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// How many nodes hold that number.
    pub fn uses(&self, id: AclId) -> u32 {
        self.lists.get(&id).map_or(0, |entry| entry.uses)
    }

    /// Stores a list under the number that a snapshot gives it, unused as yet.
    pub fn insert_raw(&mut self, id: AclId, list: Arc<[Acl]>) {
        self.reserve(id);
        self.ids.insert_mut(list.clone(), id);
        self.lists.insert_mut(id, Entry { list, uses: 0 });
    }

    /// The number of the list, new if need be, with one more use.
    pub(super) fn take(&mut self, list: &[Acl]) -> AclId {
        if let Some(id) = self.ids.get(list).copied() {
            self.add_use(id);
            return id;
        }
        let id = AclId(self.highest.0 + 1);
        self.insert_raw(id, list.into());
        self.add_use(id);
        id
    }

    /// Drops the lists that no node holds.
    pub(super) fn purge_unused(&mut self) {
        let unused: Vec<AclId> = self
            .lists
            .iter()
            .filter(|(_, entry)| entry.uses == 0)
            .map(|(id, _)| *id)
            .collect();
        for id in unused {
            self.remove(id);
        }
    }

    /// Never gives out that number again.
    pub(super) fn reserve(&mut self, id: AclId) {
        self.highest = self.highest.max(id);
    }

    /// The highest number that was given out.
    pub(super) const fn highest(&self) -> AclId {
        self.highest
    }

    /// One more node holds the number. A number that the table lacks is not counted.
    pub(super) fn add_use(&mut self, id: AclId) {
        if let Some(entry) = self.lists.get_mut(&id) {
            entry.uses += 1;
        }
    }

    /// One node fewer holds the number; the last takes the list with it.
    pub(super) fn drop_use(&mut self, id: AclId) {
        let Some(entry) = self.lists.get_mut(&id) else {
            return;
        };
        entry.uses = entry.uses.saturating_sub(1);
        if entry.uses == 0 {
            self.remove(id);
        }
    }

    fn remove(&mut self, id: AclId) {
        if let Some(entry) = self.lists.get(&id) {
            let list = entry.list.clone();
            self.lists.remove_mut(&id);
            self.ids.remove_mut(&*list);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_lives_from_the_first_use_to_the_last_and_never_comes_back() {
        let mut table = AclTable::new();
        let (read, open) = ([Acl::world(1)], Acl::open());
        assert_eq!(table.take(&read), AclId(1));
        assert_eq!(table.take(&open), AclId(2));
        assert_eq!(table.take(&open), AclId(2));
        assert_eq!((table.uses(AclId(2)), table.len()), (2, 2));
        table.drop_use(AclId(2));
        table.drop_use(AclId(2));
        assert_eq!(table.get(AclId(2)), None);
        assert_eq!(table.take(&open), AclId(3));
        assert_eq!(table.get(AclId::OPEN).map(|list| list.to_vec()), Some(open));
    }

    #[test]
    fn a_loaded_table_continues_after_its_highest_number() {
        let mut table = AclTable::new();
        table.insert_raw(AclId(7), Acl::open().into());
        table.insert_raw(AclId(3), [Acl::world(1)].into());
        assert_eq!(table.take(&Acl::open()), AclId(7));
        assert_eq!(table.take(&[Acl::world(2)]), AclId(8));
        table.purge_unused();
        let ids: Vec<AclId> = table.iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [AclId(7), AclId(8)]);
    }

    #[test]
    fn numbers_that_the_table_lacks_are_not_counted() {
        let mut table = AclTable::new();
        table.add_use(AclId(9));
        table.drop_use(AclId(9));
        assert_eq!(table, AclTable::new());
    }
}
