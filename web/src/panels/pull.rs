//! What a panel asks the lab for while it is open.
//!
//! Trees and ledgers are heavy, so they are no part of the frame. A panel holds a [`Pull`] and asks
//! again only when that has changed: a `Pull` equals another one as long as both show the same moment.
//! A panel that is closed asks for nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use zablab_core::lab::drill::Plan;
use zablab_core::lab::risk::Risk;
use zablab_core::lab::{DiskFile, Download, Lab, ServerId, Shown};
use zablab_core::view::difference::TreeDifference;
use zablab_core::view::frame::Frame;
use zablab_core::view::inspect::{Inspection, Offers};
use zablab_core::view::ledger::LedgerView;
use zablab_core::view::tree::TreeView;
use zablab_core::view::vault::VaultView;
use zablab_core::view::znode::ZnodeView;
use zablab_core::view::{Target, Text};

/// What the user has chosen in the tree panel. It is kept while another panel is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TreeChoice {
    /// The server to compare with.
    pub(crate) against: Option<ServerId>,
    /// Nodes that are folded or unfolded against their habit.
    pub(crate) toggled: BTreeSet<String>,
    /// The node that is shown in full.
    pub(crate) path: Option<String>,
}

/// The lab at the moment that is shown, to be asked.
#[derive(Clone)]
pub(crate) struct Pull {
    lab: Rc<RefCell<Lab>>,
    shown: Shown,
    choice: Rc<RefCell<TreeChoice>>,
}

impl PartialEq for Pull {
    fn eq(&self, other: &Self) -> bool {
        self.shown == other.shown && Rc::ptr_eq(&self.lab, &other.lab)
    }
}

impl Pull {
    pub(crate) fn new(lab: &Rc<RefCell<Lab>>, choice: &Rc<RefCell<TreeChoice>>) -> Self {
        Self {
            shown: lab.borrow().shown(),
            lab: Rc::clone(lab),
            choice: Rc::clone(choice),
        }
    }

    /// What was chosen when the tree panel was last open.
    pub(crate) fn choice(&self) -> TreeChoice {
        self.choice.borrow().clone()
    }

    /// Keeps what is chosen.
    pub(crate) fn keep(&self, choice: &TreeChoice) {
        self.choice.replace(choice.clone());
    }

    pub(crate) fn tree(&self, server: ServerId, toggled: &BTreeSet<String>) -> Option<TreeView> {
        self.lab.borrow().tree(server, toggled)
    }

    pub(crate) fn znode(&self, server: ServerId, path: &str) -> Option<ZnodeView> {
        self.lab.borrow().znode(server, path)
    }

    pub(crate) fn difference(&self, left: ServerId, right: ServerId) -> Option<TreeDifference> {
        self.lab.borrow().tree_difference(left, right)
    }

    pub(crate) fn frame(&self) -> Arc<Frame> {
        self.lab.borrow().frame()
    }

    pub(crate) fn explain(&self, target: &Target) -> Option<Inspection> {
        self.lab.borrow_mut().explain(target)
    }

    pub(crate) fn offers(&self, target: &Target) -> Vec<Offers> {
        self.lab.borrow_mut().offers(target)
    }

    /// What a target is called, and what can be done about it.
    pub(crate) fn menu(&self, target: &Target) -> (Text, Vec<Offers>) {
        let found = self.explain(target).unwrap_or_default();
        (found.title, found.offers)
    }

    pub(crate) fn disk_files(&self, server: ServerId) -> Vec<DiskFile> {
        self.lab.borrow().disk_files(server)
    }

    pub(crate) fn download_disk(&self, server: ServerId, durable: bool) -> Option<Download> {
        self.lab.borrow().download_disk(server, durable)
    }

    pub(crate) fn download_run(&self) -> Download {
        self.lab.borrow().download_run()
    }

    pub(crate) fn has_disks(&self) -> bool {
        self.lab.borrow().has_disks()
    }

    pub(crate) fn vault(&self) -> VaultView {
        self.lab.borrow_mut().vault()
    }

    /// What a restore would put at risk.
    pub(crate) fn risks(&self, plan: &Plan) -> Vec<Risk> {
        self.lab.borrow_mut().risks(plan)
    }

    pub(crate) fn ledger(&self) -> LedgerView {
        self.lab.borrow_mut().ledger()
    }
}
