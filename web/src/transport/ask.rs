//! What the boxes of the transport ask the lab for while they are open.

use std::cell::RefCell;
use std::rc::Rc;

use zablab_core::lab::{Bookmark, Breakpoint, Comparison, EventLine, Lab, Offer};
use zablab_core::view::Text;

/// The lab as it stands, to be asked. Two are equal as long as both would answer the same.
#[derive(Clone)]
pub(crate) struct Ask {
    lab: Rc<RefCell<Lab>>,
    version: u64,
}

impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && Rc::ptr_eq(&self.lab, &other.lab)
    }
}

impl Ask {
    pub(crate) fn new(lab: &Rc<RefCell<Lab>>) -> Self {
        let version = lab.borrow().version();
        Self {
            lab: Rc::clone(lab),
            version,
        }
    }

    pub(super) fn breakpoints(&self) -> Vec<Breakpoint> {
        self.lab.borrow().breakpoints()
    }

    pub(super) fn bookmarks(&self) -> Vec<Bookmark> {
        self.lab.borrow().bookmarks()
    }

    pub(super) fn offers(&self) -> Vec<Offer> {
        self.lab.borrow().places()
    }

    pub(super) fn place_of(&self, anchor: &str) -> Result<u64, Text> {
        self.lab.borrow().place_of(anchor)
    }

    pub(super) fn concurrent(&self) -> Vec<EventLine> {
        self.lab.borrow().concurrent()
    }

    pub(super) fn compare(&self, left: usize, right: usize) -> Option<Comparison> {
        self.lab.borrow().compare(left, right)
    }
}
