//! What the view asks of the lab.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use zablab_core::lab::{Lab, Shown};
use zablab_core::view::frame::Zx;
use zablab_core::view::space_time::{ConeView, Life, SpaceTime};

/// A branch of the lab at the moment that is shown. Equal to another one as long as nothing else would
/// be drawn.
#[derive(Clone)]
pub(crate) struct Run {
    lab: Rc<RefCell<Lab>>,
    shown: Shown,
    total: u64,
    pub(super) playing: bool,
    pub(super) step: u64,
    /// Which branch.
    branch: usize,
    /// The first step that it does not share with the branch it is compared with.
    differs_from: Option<u64>,
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        let key = |run: &Self| {
            (
                run.shown,
                run.total,
                run.playing,
                run.branch,
                run.differs_from,
            )
        };
        key(self) == key(other) && Rc::ptr_eq(&self.lab, &other.lab)
    }
}

impl Run {
    /// The branch that is shown; when it is compared with another one, with a mark where they part.
    pub(crate) fn new(lab: &Rc<RefCell<Lab>>) -> Self {
        let (shown, differs_from) = (lab.borrow().shown(), lab.borrow().differs_from());
        Self::of_branch(lab, shown.run().1, differs_from)
    }

    /// Some branch, with a mark where it leaves the one it is compared with.
    pub(crate) fn of_branch(
        lab: &Rc<RefCell<Lab>>,
        branch: usize,
        differs_from: Option<u64>,
    ) -> Self {
        let (shown, transport) = (lab.borrow().shown(), lab.borrow().transport());
        Self {
            lab: Rc::clone(lab),
            shown,
            total: transport.branches.get(branch).map_or(0, |b| b.total),
            playing: transport.playing,
            step: transport.step,
            branch,
            differs_from,
        }
    }

    pub(super) fn window(&self, cells: Range<u64>) -> SpaceTime {
        let mut lab = self.lab.borrow_mut();
        lab.space_time(self.branch, cells, self.differs_from)
    }

    /// Says whether causes, effects and lives are still those that were asked for.
    pub(super) fn age(&self) -> (u64, usize, u64) {
        (self.shown.run().0, self.branch, self.total)
    }

    pub(super) fn cone(&self, step: u64) -> Option<ConeView> {
        self.lab.borrow().cone(self.branch, step)
    }

    pub(super) fn life(&self, zx: Zx) -> Option<Life> {
        self.lab.borrow().life(self.branch, zx)
    }
}
