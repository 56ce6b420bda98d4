//! Which transactions a history has.
//!
//! The engine says what the tree is at a point; here is kept what led there, so that it can be said which
//! confirmed writes a new history lacks.
//!
//! ```text
//!   epoch 1    1.1 … 1.40 … 1.60              a joint restore to 1.40
//!   epoch 3            └──► 3.1 … 3.9         another one, to 3.2
//!   epoch 5                  └──► 5.1 …       1.41 is in the first line alone, 3.3 in the second
//! ```
//! Each joint restore begins a line: what bears its epoch or a later one came behind its point.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::Gather;
use crate::model::{Epoch, Zxid};
use crate::storage::{Content, FileName, LastLog, scan};

/// Where joint restores turned history, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns(Arc<Vec<(Epoch, Zxid)>>);

/// A history that ends at a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    zxid: Zxid,
    /// What led up to here is in it.
    base: Zxid,
    /// What the log added.
    records: BTreeSet<Zxid>,
    turns: Turns,
}

impl Turns {
    /// History ends at a point, and goes on with an epoch.
    pub fn turn(&mut self, epoch: Epoch, at: Zxid) {
        Arc::make_mut(&mut self.0).push((epoch, at));
    }

    /// Does the transaction lie on the way to `end`?
    pub(super) fn lead(&self, zxid: Zxid, mut end: Zxid) -> bool {
        for (epoch, at) in self.0.iter().rev() {
            if end.epoch() < *epoch {
                continue;
            }
            if zxid.epoch() >= *epoch {
                break;
            }
            end = *at;
        }
        zxid <= end
    }

    /// Is it in the line that history follows now?
    pub fn stand(&self, zxid: Zxid) -> bool {
        self.lead(zxid, Zxid(i64::MAX))
    }
}

impl History {
    /// What leads to `zxid` in these files, whose snapshot is `base`.
    pub(super) fn of(
        files: &BTreeMap<FileName, Content>,
        base: Zxid,
        zxid: Zxid,
        turns: Turns,
    ) -> Self {
        let records = scan::records(files, base.next(), LastLog::MayBeTorn);
        let zxids = records
            .map_while(Result::ok)
            .map(|found| found.record.zxid());
        Self {
            zxid,
            base,
            records: zxids.filter(|found| *found <= zxid).gather(),
            turns,
        }
    }

    /// Its last transaction.
    pub const fn zxid(&self) -> Zxid {
        self.zxid
    }

    /// Is the transaction part of it?
    pub fn has(&self, zxid: Zxid) -> bool {
        self.records.contains(&zxid) || self.turns.lead(zxid, self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn z(epoch: i64, counter: u32) -> Zxid {
        Zxid::new(Epoch(epoch), counter)
    }

    #[test]
    fn what_a_restore_ended_is_in_the_old_line_and_not_in_the_new_one() {
        let mut turns = Turns::default();
        assert!(turns.stand(z(1, 60)));
        turns.turn(Epoch(3), z(1, 40));
        turns.turn(Epoch(5), z(3, 2));
        assert!(turns.lead(z(1, 41), z(1, 60)) && turns.lead(z(1, 40), z(3, 9)));
        assert!(!turns.lead(z(1, 41), z(3, 9)) && !turns.lead(z(1, 41), z(5, 1)));
        assert!(turns.lead(z(3, 3), z(3, 9)) && !turns.lead(z(3, 3), z(5, 1)));
        assert!(turns.stand(z(3, 2)) && turns.stand(z(5, 7)) && !turns.stand(z(1, 41)));
        turns.turn(Epoch(7), z(1, 60));
        assert!(turns.stand(z(1, 41)) && !turns.stand(z(3, 1)));
    }
}
