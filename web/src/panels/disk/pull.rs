//! What the disk panel asks the lab for, and what the user has chosen there.

use std::cell::RefCell;
use std::rc::Rc;

use zablab_core::lab::{Lab, ServerId, Shown};
use zablab_core::view::Target;
use zablab_core::view::disk::{Choice, DiskView, FileAsk, FileView, OutlookView};

/// What the user has chosen in the disk panel. It is kept while another panel is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DiskChoice {
    /// The file and the part; by default the newest record of the newest log.
    pub(crate) shown: Choice,
    /// The parts are a list instead of a row of cells.
    pub(crate) list: bool,
    /// Bytes instead of fields, where there is no room for both.
    pub(crate) bytes: bool,
    /// What was looked at closely when that was chosen.
    pub(crate) inspected: Option<Target>,
    /// The first part of the list, once the user went through it.
    pub(crate) first: Option<usize>,
}

/// The lab at the moment that is shown, to be asked for disks.
#[derive(Clone)]
pub(crate) struct DiskPull {
    lab: Rc<RefCell<Lab>>,
    shown: Shown,
    choice: Rc<RefCell<DiskChoice>>,
}

impl PartialEq for DiskPull {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown && Rc::ptr_eq(&self.lab, &other.lab)
    }
}

impl DiskPull {
    pub(crate) fn new(lab: &Rc<RefCell<Lab>>, choice: &Rc<RefCell<DiskChoice>>) -> Self {
        Self {
            shown: lab.borrow().shown(),
            lab: Rc::clone(lab),
            choice: Rc::clone(choice),
        }
    }

    pub(super) fn choice(&self) -> DiskChoice {
        self.choice.borrow().clone()
    }

    pub(super) fn keep(&self, choice: &DiskChoice) {
        self.choice.replace(choice.clone());
    }

    pub(super) fn disk(&self, server: ServerId) -> Option<DiskView> {
        self.lab.borrow().disk(server)
    }

    pub(super) fn file(&self, server: ServerId, ask: &FileAsk) -> Option<FileView> {
        self.lab.borrow_mut().file(server, ask)
    }

    pub(super) fn outlook(&self, server: ServerId) -> Option<OutlookView> {
        self.lab.borrow_mut().outlook(server)
    }
}
