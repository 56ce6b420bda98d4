//! What no client was told: whether a write in doubt happened, and what leaders did of their own.
//!
//! A recording has every proposal and, at each establishment, the zxid behind which the new epoch
//! begins. From the last zxid of the end that is a chain back to the start:
//!
//! ```text
//!   1.1 1.2 1.3 │ 2.1 2.2 │ 4.1 4.2      4 began behind 2.2, 2 began behind 1.3
//!           1.4   cut off
//! ```
//! Of a proposal only who asked, what kind it was and whether it failed is kept; what a client's write
//! did is never taken from here.

use std::collections::BTreeMap;

use crate::base::SessionId;
use crate::model::{Epoch, ErrorCode, TxnBody, Zxid};
use crate::protocol::{Decision, Effect};
use crate::world::World;
use crate::world::step::{Outcome, Step};

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who asked.
    pub session: SessionId,
    /// Under which number; 0 for the leader itself.
    pub cxid: i32,
    /// It ends a session.
    pub closes: bool,
    /// It begins a session.
    pub opens: bool,
    /// It reaps a node.
    pub reaps: Option<String>,
    /// It failed so.
    pub error: Option<ErrorCode>,
}

/// The proposals of a run and how its epochs are chained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    proposals: BTreeMap<Zxid, Entry>,
    began: BTreeMap<Epoch, Zxid>,
    last: Zxid,
}

impl Order {
    /// Takes in a step.
    pub fn note(&mut self, step: &Step) {
        for outcome in &step.outcomes {
            match outcome {
                Outcome::Effect(Effect::Propose(record)) => {
                    let (header, body) = (record.txn.header, &record.txn.body);
                    let entry = Entry {
                        session: header.session,
                        cxid: header.cxid,
                        closes: matches!(body, TxnBody::CloseSession { .. }),
                        opens: matches!(body, TxnBody::CreateSession { .. }),
                        reaps: match body {
                            TxnBody::DeleteContainer { path } => Some(path.clone()),
                            _ => None,
                        },
                        error: error(body),
                    };
                    self.proposals.insert(header.zxid, entry);
                }
                Outcome::Effect(Effect::Decide(Decision::Established { epoch, history })) => {
                    self.began.insert(*epoch, *history);
                }
                _ => {}
            }
        }
    }

    /// The run is over: the longest history of a server is the committed one.
    pub fn close(&mut self, world: &World) {
        let peers = world.hosts().iter().filter_map(|h| h.process.as_ref());
        self.last = peers.map(|p| p.db().last_zxid).max().unwrap_or_default();
    }

    /// What is committed, in order.
    pub fn committed(&self) -> BTreeMap<Zxid, &Entry> {
        let mut all = BTreeMap::new();
        let mut end = self.last;
        while end > Zxid::ZERO {
            let start = Zxid::new(end.epoch(), 0);
            all.extend(self.proposals.range(start..=end).map(|(z, e)| (*z, e)));
            match self.began.get(&end.epoch()) {
                Some(before) if *before < start => end = *before,
                _ => break,
            }
        }
        all
    }
}

fn error(body: &TxnBody) -> Option<ErrorCode> {
    match body {
        TxnBody::Error { code } => ErrorCode::from_code(*code),
        TxnBody::Multi(operations) => operations
            .iter()
            .filter_map(error)
            .find(|code| !matches!(code, ErrorCode::Ok | ErrorCode::RuntimeInconsistency)),
        _ => None,
    }
}
