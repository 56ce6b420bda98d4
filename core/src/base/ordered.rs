//! An ordered map that clones cheaply, however long it is.
//!
//! ```text
//!   last ─► [ 99 98 97 … ] ─► [ … ] ─► [ … 12 11 10 ] ◄─ first
//!            └─── shared with clones ─────┘
//! ```
//! A list of sorted chunks, largest key first, so that the smallest entry, which is taken most often,
//! lies at the very end. Chunks are shared between a map and its clones and copied when one of them
//! changes there. Made for agendas and ledgers: a few to some thousands of entries, added near one
//! end and taken at the other.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Entries in a chunk.
const CHUNK: usize = 32;

type Chunk<K, V> = Arc<Vec<(K, V)>>;

/// Keys in order, each with its value.
#[derive(Clone, Debug)]
pub struct Ordered<K, V> {
    /// Largest keys first, within chunks as well; no chunk is empty.
    chunks: Vec<Chunk<K, V>>,
    len: usize,
}

impl<K, V> Ordered<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            len: 0,
        }
    }

    /// Number of entries.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// True without entries.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The smallest key, and its value.
    pub fn first(&self) -> Option<(&K, &V)> {
        self.chunks.last()?.last().map(|(k, v)| (k, v))
    }

    /// The largest key, and its value.
    pub fn last(&self) -> Option<(&K, &V)> {
        self.chunks.first()?.first().map(|(k, v)| (k, v))
    }

    /// All entries, smallest key first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        let chunks = self.chunks.iter().rev();
        chunks.flat_map(|chunk| chunk.iter().rev().map(|(k, v)| (k, v)))
    }

    /// All keys, smallest first.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|(key, _)| key)
    }

    /// All values, that of the smallest key first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Drops everything.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<K: Ord, V> Ordered<K, V> {
    /// The value of a key.
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (chunk, place) = self.find(key)?;
        Some(&self.chunks[chunk][place].1)
    }

    /// Chunk and place of a key that is there.
    fn find<Q>(&self, key: &Q) -> Option<(usize, usize)>
    where
        K: std::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let chunk = self.chunk_for(key);
        let entries = self.chunks.get(chunk)?;
        let place = entries.partition_point(|(k, _)| k.borrow() > key);
        let found = entries.get(place).is_some_and(|(k, _)| k.borrow() == key);
        found.then_some((chunk, place))
    }

    /// The chunk that holds a key if any does: the first whose smallest key is not larger.
    fn chunk_for<Q>(&self, key: &Q) -> usize
    where
        K: std::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let larger = |chunk: &Chunk<K, V>| chunk.last().is_some_and(|(k, _)| k.borrow() > key);
        self.chunks.partition_point(larger)
    }
}

impl<K: Ord + Clone, V: Clone> Ordered<K, V> {
    /// Sets the value of a key, and gives the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.chunk_for(&key);
        if at == self.chunks.len() {
            // Smaller than all others.
            self.add_behind(at, key, value);
            return None;
        }
        let place = self.chunks[at].partition_point(|(k, _)| *k > key);
        if self.chunks[at].get(place).is_some_and(|(k, _)| *k == key) {
            let entry = &mut Arc::make_mut(&mut self.chunks[at])[place];
            return Some(std::mem::replace(&mut entry.1, value));
        }
        if self.chunks[at].len() < CHUNK {
            Arc::make_mut(&mut self.chunks[at]).insert(place, (key, value));
            self.len += 1;
        } else if place == 0 {
            // Larger than all of a full chunk: a run of growing keys fills chunk after chunk.
            self.add_behind(at, key, value);
        } else {
            let rest = Arc::make_mut(&mut self.chunks[at]).split_off(CHUNK / 2);
            self.chunks.insert(at + 1, Arc::new(rest));
            return self.insert(key, value);
        }
        None
    }

    /// Adds an entry between the chunks `at - 1` and `at`.
    fn add_behind(&mut self, at: usize, key: K, value: V) {
        self.len += 1;
        match at.checked_sub(1).map(|before| &mut self.chunks[before]) {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push((key, value)),
            _ => self.chunks.insert(at, Arc::new(vec![(key, value)])),
        }
    }

    /// Takes an entry out.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (chunk, place) = self.find(key)?;
        Some(self.take(chunk, place).1)
    }

    /// Takes the entry with the smallest key.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        let chunk = self.chunks.len().checked_sub(1)?;
        Some(self.take(chunk, self.chunks[chunk].len() - 1))
    }

    fn take(&mut self, chunk: usize, place: usize) -> (K, V) {
        self.len -= 1;
        let entries = Arc::make_mut(&mut self.chunks[chunk]);
        let entry = entries.remove(place);
        if entries.is_empty() {
            self.chunks.remove(chunk);
        }
        entry
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (chunk, place) = self.find(key)?;
        Some(&mut Arc::make_mut(&mut self.chunks[chunk])[place].1)
    }

    /// All values, to be changed, in no order that matters.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let chunks = self.chunks.iter_mut();
        chunks.flat_map(|chunk| Arc::make_mut(chunk).iter_mut().map(|(_, value)| value))
    }

    /// Keeps what is wanted. Chunks of which everything is kept stay shared.
    pub fn retain(&mut self, wanted: impl Fn(&K, &V) -> bool) {
        for chunk in &mut self.chunks {
            if chunk.iter().any(|(k, v)| !wanted(k, v)) {
                Arc::make_mut(chunk).retain(|(k, v)| wanted(k, v));
            }
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
        self.len = self.chunks.iter().map(|chunk| chunk.len()).sum();
    }
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Ordered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Ordered<K, V> {}

impl<K: Hash, V: Hash> Hash for Ordered<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len.hash(state);
        self.iter().for_each(|entry| entry.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::base::Dice;
    use crate::base::rng::Subject;

    /// Every operation, beside the map of the standard library; clones stay what they were.
    #[test]
    fn it_does_what_a_plain_map_does() {
        let mut dice = Dice::new(1, Subject::Generator);
        let (mut map, mut plain) = (Ordered::new(), BTreeMap::new());
        let mut clones = Vec::new();
        for number in 0..30_000_u64 {
            let growing = number % 6_000 < 3_000;
            let key = match dice.below(3) {
                0 => dice.below(1_000),
                1 => number,
                _ => number / 2 + dice.below(50),
            };
            match dice.below(if growing { 8 } else { 14 }) {
                0..=4 => assert_eq!(map.insert(key, number), plain.insert(key, number)),
                5 => assert_eq!(map.remove(&key), plain.remove(&key)),
                6 => {
                    if let Some(value) = map.get_mut(&key) {
                        *value += 1;
                    }
                    if let Some(value) = plain.get_mut(&key) {
                        *value += 1;
                    }
                }
                7 if number % 300 == 0 => {
                    map.retain(|k, v| (k + v) % 5 != 0);
                    plain.retain(|k, v| (*k + *v) % 5 != 0);
                    map.values_mut().for_each(|v| *v ^= 1);
                    plain.values_mut().for_each(|v| *v ^= 1);
                }
                _ => assert_eq!(map.pop_first(), plain.pop_first()),
            }
            assert_eq!(map.len(), plain.len());
            assert_eq!(map.get(&key), plain.get(&key));
            assert_eq!(map.first(), plain.first_key_value());
            assert_eq!(map.last(), plain.last_key_value());
            if number % 97 == 0 {
                assert!(map.iter().eq(plain.iter()) && map.iter().rev().eq(plain.iter().rev()));
                assert!(map.chunks.iter().all(|c| (1..=CHUNK).contains(&c.len())));
                clones.push((map.clone(), plain.clone()));
            }
        }
        assert!(clones.iter().any(|(_, plain)| plain.len() > 10 * CHUNK));
        for (clone, plain) in clones {
            assert!(clone.iter().eq(plain.iter()), "a clone is not disturbed");
        }
    }

    #[test]
    fn growing_keys_fill_their_chunks() {
        let mut map = Ordered::new();
        (0..1_000).for_each(|key| assert!(map.insert(key, ()).is_none()));
        assert_eq!(map.chunks.len(), 1_000_usize.div_ceil(CHUNK));
        let mut map = Ordered::new();
        let falling = (0..1_000).rev();
        falling.for_each(|key| assert!(map.insert(key, ()).is_none()));
        assert_eq!(map.chunks.len(), 1_000_usize.div_ceil(CHUNK));
    }
}
