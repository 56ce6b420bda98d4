//! Which part of a long log is shown.
//!
//! The columns follow the newest transaction until a reader asks for older ones; then they stay where
//! they are, whatever step is shown, until the reader comes back to the newest.

use super::Lab;
use crate::base::Gather;
use crate::model::{Epoch, Zxid};

impl Lab {
    /// Moves the columns by so many, or back to the newest.
    pub(super) fn turn_columns(&mut self, by: Option<i32>) {
        self.until = match by {
            None => None,
            Some(by) if by < 0 => self.older(by.unsigned_abs() as usize).or(self.until),
            Some(by) => self.newer(by as usize),
        };
        self.show(self.at);
    }

    fn older(&self, by: usize) -> Option<Zxid> {
        let frame = self.frame();
        let shown = &frame.columns.shown;
        let at = shown.len().checked_sub(1)?.saturating_sub(by);
        let zx = *shown.get(at)?;
        let folded = frame.columns.fold.is_some() || at > 0;
        folded.then(|| Zxid::new(Epoch(zx.epoch), zx.counter))
    }

    /// The column so many behind the newest one shown; none when there are fewer.
    fn newer(&mut self, by: usize) -> Option<Zxid> {
        let until = self.until?;
        let line = &self.branches[self.branch];
        let hosts = line.timeline.here()?.world.hosts();
        let mut behind = std::collections::BTreeSet::new();
        for host in hosts {
            let found = self.shelf.behind(host.id, &host.disk, by + 1, until);
            behind.extend(found);
        }
        let behind: Vec<Zxid> = behind.into_iter().gather();
        (behind.len() > by).then(|| behind[by - 1])
    }
}
