//! What panels pull of the service while they are open: trees, their differences, the ledger.
//!
//! ```text
//!   frame()                             what the bench shows: made with every step
//!   tree, znode, tree_difference, ledger, vault   made when asked, of the moment that is shown
//! ```
//! A panel asks again when [`Lab::shown`] says something else. A closed panel costs nothing.

use std::collections::BTreeSet;

use super::Lab;
use super::branch::Line;
use crate::base::{ClientId, Instant, ServerId};
use crate::history::Moment;
use crate::model::Zxid;
use crate::view::Shelf;
use crate::view::difference::TreeDifference;
use crate::view::ledger::{Books, LedgerView};
use crate::view::tree::TreeView;
use crate::view::vault::{Accounts, VaultView};
use crate::view::znode::ZnodeView;
use crate::world::{Outcome, RequestOutcome, Step, World};

/// Which moment is shown. As long as it is the same, nothing else would be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    edition: u64,
    branch: usize,
    step: u64,
}

impl Shown {
    /// Steps shown.
    pub(super) const fn step(self) -> u64 {
        self.step
    }

    /// Another moment of the same run, to which nobody has done anything meanwhile?
    pub(super) fn same_run(self, other: Self) -> bool {
        (self.edition, self.branch) == (other.edition, other.branch)
    }

    /// Which run it is a moment of: edits so far, and the branch.
    pub const fn run(self) -> (u64, usize) {
        (self.edition, self.branch)
    }
}

impl Lab {
    /// Which moment is shown.
    pub fn shown(&self) -> Shown {
        Shown {
            edition: self.edition,
            branch: self.branch,
            step: self.at,
        }
    }

    /// The tree of a server at the moment shown, as [`TreeView::of`] makes it. `None` when its memory
    /// is gone.
    pub fn tree(&self, server: ServerId, toggled: &BTreeSet<String>) -> Option<TreeView> {
        let moment = self.moment()?;
        TreeView::of(&moment.world, moment.step.as_ref(), server, toggled)
    }

    /// One node of that tree in full.
    pub fn znode(&self, server: ServerId, path: &str) -> Option<ZnodeView> {
        ZnodeView::at(&self.moment()?.world, server, path)
    }

    /// In what the trees of two servers differ. `None` when the memory of either is gone.
    pub fn tree_difference(&self, left: ServerId, right: ServerId) -> Option<TreeDifference> {
        let chronicle = &self.line().chronicle;
        let between = |after: Zxid, to: Zxid| chronicle.committed_between(after, to, self.at);
        let monitor = self.line().timeline.monitor();
        let leads_to = |zxid, end| monitor.leads_to(zxid, end);
        TreeDifference::of(&self.moment()?.world, [left, right], between, leads_to)
    }

    /// What clients were told of their writes, and where those are at the moment shown.
    pub fn ledger(&mut self) -> LedgerView {
        let line = &self.branches[self.branch];
        match line.timeline.here() {
            Some(moment) => ledger_of(line, &moment.world, &mut self.shelf),
            None => LedgerView::default(),
        }
    }

    /// The vault at the moment shown, and what the ledger says was lost by then.
    pub fn vault(&mut self) -> VaultView {
        let line = &self.branches[self.branch];
        let Some(moment) = line.timeline.here() else {
            return VaultView::default();
        };
        let lost = LedgerView::lost(&books(line, &moment.world), &mut self.shelf);
        let (chronicle, at) = (&line.chronicle, self.at);
        let behind = |reached: Zxid| chronicle.committed_between(reached, Zxid(i64::MAX), at);
        let counts = |zxid: &&Zxid| chronicle.is_committed(**zxid, at);
        let lost_of_gap: Vec<Zxid> = lost.iter().filter(counts).copied().collect();
        VaultView::of(
            &moment.world,
            &Accounts {
                committed: chronicle.committed(at),
                recoveries: chronicle.recoveries.by(at).to_vec(),
                behind: &behind,
                lost: &lost_of_gap,
                toll: {
                    let by_hand = chronicle.recoveries.after_outage(at);
                    line.timeline.monitor().toll_at(at, &lost, by_hand)
                },
            },
        )
    }

    /// Shows the step in which a client was told of a request, or lost the connection it was sent on.
    pub(super) fn seek_told(&mut self, client: ClientId, entry: u32) {
        if let Some(step) = self.step_told(client, entry) {
            self.jump(step + 1);
        }
    }

    /// The steps of that instant are few; they are played again to find the one.
    fn step_told(&self, client: ClientId, entry: u32) -> Option<u64> {
        let timeline = &self.line().timeline;
        let asked = timeline.world().clients().get(usize::from(client.0))?;
        let at = match asked.history.get(entry as usize)?.outcome {
            RequestOutcome::Told { at, .. } | RequestOutcome::Unknown { at } => at,
            RequestOutcome::Pending | RequestOutcome::Expired { .. } => return None,
        };
        let first = timeline.briefs().first_at(at);
        let end = timeline.briefs().first_at(Instant(at.0 + 1));
        let steps = timeline.steps(first..end);
        let found = steps.iter().find(|step| tells(step, client, entry));
        found.map(|step| step.id.0)
    }

    /// The moment that is shown.
    fn moment(&self) -> Option<&Moment> {
        self.line().timeline.here()
    }
}

/// The ledger of a branch at the moment of `world`.
pub(super) fn ledger_of(line: &Line, world: &World, shelf: &mut Shelf) -> LedgerView {
    LedgerView::of(&books(line, world), shelf)
}

fn books<'a>(line: &'a Line, world: &'a World) -> Books<'a> {
    Books {
        world,
        monitor: line.timeline.monitor(),
        is_committed: Box::new(|zxid| line.chronicle.is_committed(zxid, world.steps())),
    }
}

/// Does a client learn in this step what it ever will of a request?
fn tells(step: &Step, who: ClientId, entry: u32) -> bool {
    step.outcomes.iter().any(|outcome| match outcome {
        Outcome::Told {
            client,
            entry: told,
            ..
        } => *client == who && *told == entry,
        Outcome::Unknown { client, entries } => *client == who && entries.contains(&entry),
        _ => false,
    })
}
