//! What a script asks about and only the steps can tell: who wrote to which node, and how each
//! learner was last brought up to date.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{ServerId, SessionId};
use crate::model::{Request, TxnBody, Zxid};
use crate::protocol::zab::sync_plan::SyncPlan;
use crate::protocol::{Decision, Effect};
use crate::world::step::{Outcome, Step};

/// An index over the steps so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    writes: BTreeMap<String, BTreeSet<Zxid>>,
    asked: BTreeMap<(SessionId, i32), Zxid>,
    syncs: BTreeMap<ServerId, SyncPlan>,
}

impl Book {
    /// Takes in one step.
    pub fn note(&mut self, step: &Step) {
        for outcome in &step.outcomes {
            match outcome {
                Outcome::Effect(Effect::Propose(record)) => {
                    let (header, zxid) = (record.txn.header, record.zxid());
                    self.asked.insert((header.session, header.cxid), zxid);
                    self.note_body(&record.txn.body, zxid);
                }
                Outcome::Effect(Effect::Decide(Decision::PlannedSync {
                    learner, plan, ..
                })) => {
                    self.syncs.insert(*learner, *plan);
                }
                _ => {}
            }
        }
    }

    fn note_body(&mut self, body: &TxnBody, zxid: Zxid) {
        match body {
            TxnBody::Multi(operations) => {
                for operation in operations {
                    self.note_body(operation, zxid);
                }
            }
            TxnBody::CloseSession { paths: Some(paths) } => {
                for path in paths {
                    self.writes.entry(path.clone()).or_default().insert(zxid);
                }
            }
            _ => {
                if let Some(path) = body.path() {
                    self.writes.entry(path.to_owned()).or_default().insert(zxid);
                }
            }
        }
    }

    /// Transactions proposed so far that write to a node, newest first.
    pub fn writes(&self, path: &str) -> impl Iterator<Item = Zxid> {
        self.writes.get(path).into_iter().flatten().rev().copied()
    }

    /// The transaction that a client's request became.
    pub fn zxid_of(&self, session: SessionId, cxid: i32) -> Option<Zxid> {
        self.asked.get(&(session, cxid)).copied()
    }

    /// How a learner was last brought up to date.
    pub fn sync_of(&self, learner: ServerId) -> Option<&SyncPlan> {
        self.syncs.get(&learner)
    }
}

/// True when a request writes to that node.
pub fn writes_to(request: &Request, path: &str) -> bool {
    match request {
        Request::Multi(operations) => operations.iter().any(|r| writes_to(r, path)),
        _ => request.is_write() && request.path() == Some(path),
    }
}
