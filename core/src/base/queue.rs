//! A queue that clones cheaply, however long it is.
//!
//! ```text
//!   front ─► [gone gone c d … ] ─► [ … ] ─► [ … x y ] ◄─ back
//!             └── shared with clones ──┘      └ copied when it grows and is shared
//! ```
//! Chunks of some items are shared between a queue and its clones. What leaves at the
//! front only moves a mark, so a shared chunk is copied when something is added to it, and never
//! otherwise. A world with thousands of requests under way is cloned for every checkpoint; this is
//! what keeps that cheap.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Items in a chunk.
const CHUNK: usize = 32;

/// First in, first out.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    chunks: VecDeque<Arc<Vec<T>>>,
    /// Items of the first chunk that have left.
    gone: usize,
    len: usize,
}

impl<T> Queue<T> {
    /// An empty queue.
    pub const fn new() -> Self {
        Self {
            chunks: VecDeque::new(),
            gone: 0,
            len: 0,
        }
    }

    /// Number of items.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// True without items.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The item that leaves next.
    pub fn front(&self) -> Option<&T> {
        self.chunks.front()?.get(self.gone)
    }

    /// The item that came last.
    pub fn back(&self) -> Option<&T> {
        self.chunks.back()?.last()
    }

    /// All items, first to leave first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        let left = self.chunks.iter().enumerate().map(|(place, chunk)| {
            let gone = if place == 0 { self.gone } else { 0 };
            &chunk[gone..]
        });
        left.flatten()
    }

    /// Drops everything.
    pub fn clear(&mut self) {
        *self = Self::new();
    }
}

impl<T: Clone> Queue<T> {
    /// Adds an item.
    pub fn push_back(&mut self, item: T) {
        self.len += 1;
        match self.chunks.back_mut() {
            Some(chunk) if chunk.len() < CHUNK => Arc::make_mut(chunk).push(item),
            _ => self.chunks.push_back(Arc::new(vec![item])),
        }
    }

    /// Takes the oldest item.
    pub fn pop_front(&mut self) -> Option<T> {
        let item = self.front()?.clone();
        self.len -= 1;
        self.gone += 1;
        if self.chunks.front().is_some_and(|c| c.len() == self.gone) {
            self.chunks.pop_front();
            self.gone = 0;
        }
        Some(item)
    }

    /// Takes the oldest item if it is as wanted.
    pub fn pop_front_if(&mut self, wanted: impl FnOnce(&T) -> bool) -> Option<T> {
        if self.front().is_some_and(wanted) {
            self.pop_front()
        } else {
            None
        }
    }

    /// Takes the newest item back.
    pub fn pop_back(&mut self) -> Option<T> {
        let only = self.chunks.len() == 1;
        let chunk = self.chunks.back_mut()?;
        let item = Arc::make_mut(chunk).pop();
        self.len -= 1;
        if chunk.len() == if only { self.gone } else { 0 } {
            self.chunks.pop_back();
            if only {
                self.gone = 0;
            }
        }
        item
    }

    /// Takes everything, oldest first; leaves the queue empty.
    pub fn drain_all(&mut self) -> impl Iterator<Item = T> + use<T> {
        let mut all = std::mem::take(self);
        std::iter::from_fn(move || all.pop_front())
    }

    /// Keeps what is wanted, in its order.
    pub fn retain(&mut self, mut wanted: impl FnMut(&T) -> bool) {
        let kept: Vec<bool> = self.iter().map(&mut wanted).collect();
        if kept.contains(&false) {
            let all = self.drain_all().zip(kept);
            *self = all
                .filter_map(|(item, kept)| kept.then_some(item))
                .collect();
        }
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: PartialEq> PartialEq for Queue<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Queue<T> {}

impl<T: Hash> Hash for Queue<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len.hash(state);
        self.iter().for_each(|item| item.hash(state));
    }
}

impl<T: Clone> Extend<T> for Queue<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push_back(item));
    }
}

impl<T: Clone> FromIterator<T> for Queue<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut queue = Self::new();
        queue.extend(items);
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Dice;
    use crate::base::rng::Subject;

    /// Every operation, beside the queue of the standard library; clones stay what they were.
    #[test]
    fn it_does_what_a_plain_queue_does() {
        let mut dice = Dice::new(1, Subject::Generator);
        let (mut queue, mut plain) = (Queue::new(), VecDeque::new());
        let mut clones = Vec::new();
        for number in 0..20_000_u64 {
            match dice.below(if number % 4_000 < 2_000 { 8 } else { 20 }) {
                0..=4 => {
                    queue.push_back(number);
                    plain.push_back(number);
                }
                5 => assert_eq!(queue.pop_back(), plain.pop_back()),
                6 if number % 500 == 0 => {
                    queue.retain(|n| n % 3 != 0);
                    plain.retain(|n| n % 3 != 0);
                }
                7 if number % 700 == 0 => {
                    let all: Vec<u64> = queue.drain_all().collect();
                    assert_eq!(all, plain.drain(..).collect::<Vec<_>>());
                }
                8 => {
                    let small = |n: &u64| *n < 10_000 || n.is_multiple_of(2);
                    let wanted = plain.front().is_some_and(small);
                    let expected = if wanted { plain.pop_front() } else { None };
                    assert_eq!(queue.pop_front_if(small), expected);
                }
                _ => assert_eq!(queue.pop_front(), plain.pop_front()),
            }
            assert_eq!(queue.len(), plain.len());
            assert_eq!((queue.front(), queue.back()), (plain.front(), plain.back()));
            if number % 97 == 0 {
                assert!(queue.iter().eq(plain.iter()) && queue.iter().rev().eq(plain.iter().rev()));
                clones.push((queue.clone(), plain.clone()));
            }
        }
        assert!(clones.iter().any(|(_, plain)| plain.len() > 10 * CHUNK));
        for (clone, plain) in clones {
            assert!(clone.iter().eq(plain.iter()), "a clone is not disturbed");
            assert_eq!(clone, plain.into_iter().collect::<Queue<u64>>());
        }
    }
}
