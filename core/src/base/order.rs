//! Sorting and gathering with little code.
//!
//! The standard sorts are fast and large: each type that is sorted costs a page several kilobytes, and
//! so does each kind of set that is collected at once. Here all types share one sort, which orders
//! places, and a few lines that move the items there. It is as stable, and for the lists of a page as
//! quick.

use std::cmp::Ordering;

/// Lists that can be put in order.
pub trait Order {
    /// Its items.
    type Item;

    /// Puts the items in order; equal ones stay as they stand.
    fn order_by(&mut self, compare: impl Fn(&Self::Item, &Self::Item) -> Ordering);

    /// Puts the items in the order of what `key` tells of them.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&Self::Item) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Puts the items in their own order.
    fn order(&mut self)
    where
        Self::Item: Ord,
    {
        self.order_by(Ord::cmp);
    }
}

impl<T> Order for [T] {
    type Item = T;

    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        let mut from = places(self.len(), &|a, b| compare(&self[a], &self[b]));
        for start in 0..from.len() {
            // Items move along a circle of places, until the one that was at its start is due.
            let mut at = start;
            loop {
                let next = std::mem::replace(&mut from[at], at);
                if next == start {
                    break;
                }
                self.swap(at, next);
                at = next;
            }
        }
    }
}

/// Which item comes first, which second.
#[inline(never)]
fn places(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// Items that can be put into a set or a map one after the other.
pub trait Gather: Iterator + Sized {
    /// Puts them there.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::{Dice, Subject};
    use std::collections::BTreeSet;

    #[test]
    fn it_orders_as_the_standard_sort_does() {
        let mut dice = Dice::new(7, Subject::Network);
        for len in 0..60 {
            let items: Vec<(u64, usize)> = (0..len).map(|i| (dice.between(0, 9), i)).collect();
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            ours.order_by_key(|(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            assert_eq!(ours, theirs);
            let (mut ours, mut theirs) = (items.clone(), items.clone());
            ours.order_by(|a, b| b.cmp(a));
            theirs.sort_by(|a, b| b.cmp(a));
            assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn what_is_gathered_is_what_is_collected() {
        let set: BTreeSet<u8> = [3, 1, 3, 2].into_iter().gather();
        assert_eq!(set, [1, 2, 3].into());
    }
}
