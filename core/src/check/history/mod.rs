//! What clients can know, and whether it is the story of one tree.
//!
//! The other checks look inside the servers. This one looks at the histories of the clients: what each
//! asked, when, what it was told and when, and the events that it heard. From them it rebuilds one
//! sequential tree ([`model`]) by carrying out the writes in the order of their zxids, which are the
//! linearization points, and asks whether every answer fits.
//!
//! ```text
//!   histories ─► clients   order in real time, in a session, after a sync
//!             ─► sequence  each write's result, each read's content, at its place in the order
//!             ─► watches   each event was waited for, and came before what it tells of
//! ```
//! It is NOT a search over orders: the zxid of an answer fixes the place. What nobody was told has no
//! place in a history: a write in doubt, the end of a session that timed out, a container that was
//! reaped. For these alone the recording is asked whether and where they happened ([`Order`]); what they
//! did is computed from the request, and a recorded failure must be the model's failure.
//!
//! # What is asked
//!
//! - A write that was answered before another was asked has the lower zxid. An answer that a write
//!   failed takes a zxid too, and changes nothing.
//! - In a session writes have rising zxids, answers come in the order asked, and no answer is of an
//!   earlier state than one before it, on whichever server.
//! - Reads after `sync` show every write that was confirmed before the sync was asked. Not so when the
//!   server still follows a leader of an earlier epoch: a sync is answered by the leader alone, without a
//!   quorum, so one that was replaced and does not know it yet answers too (ZooKeeper, *Consistency
//!   Guarantees*; ZOOKEEPER-2136).
//! - In the end every confirmed write is there, read back from every server.
//!
//! # What is allowed
//!
//! - A session that moved or is over (`SESSIONMOVED`, `SESSIONEXPIRED`): the model does not know who owns
//!   a session, so these answers are taken as they are, and change nothing.
//! - `NOTEMPTY` for a delete of a node whose last children went with a session: the leader does not count
//!   them down before the close is applied (`PrepRequestProcessor.pRequest2Txn`, `closeSession`).
//! - Times: `ctime` and `mtime` are the leader's clock, which jumps; they are not compared.
//! - Access control lists are not read back, only their version.

mod clients;
mod fault;
pub mod model;
mod order;
mod sequence;
mod watches;

pub use fault::{Fault, Kind, Named};
pub use order::{Entry, Order};

use crate::model::{Reply, Zxid};
use crate::world::World;
use crate::world::client::{Invocation, Notice, RequestOutcome};

/// One client's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its name.
    pub name: String,
    /// All it asked, in order.
    pub asked: Vec<Invocation>,
    /// All events it heard, in order.
    pub heard: Vec<Notice>,
    /// It reads everything back in the end.
    pub last: bool,
}

/// The histories of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histories {
    /// One per client.
    pub stories: Vec<Story>,
    /// What nobody was told; `None`: nothing of the kind happened.
    pub order: Option<Order>,
}

/// One answered request.
#[derive(Clone, Copy, Debug)]
struct Answered<'a> {
    story: &'a Story,
    entry: usize,
    asked: &'a Invocation,
    reply: &'a Reply,
    txn: Option<Zxid>,
    at: crate::base::Instant,
    server: crate::base::ServerId,
}

impl Histories {
    /// The histories of a world; clients whose name begins with `last` read everything back.
    pub fn of(world: &World, order: Option<Order>, last: &str) -> Self {
        let stories = world.clients().iter().map(|client| Story {
            name: client.name.clone(),
            asked: client.history.iter().map(|i| (**i).clone()).collect(),
            heard: client.events.iter().map(|n| (**n).clone()).collect(),
            last: client.name.starts_with(last),
        });
        Self {
            stories: stories.collect(),
            order,
        }
    }

    /// Everything that does not fit.
    pub fn judge(&self) -> Vec<Fault> {
        let mut faults = clients::judge(self);
        faults.extend(sequence::judge(self));
        faults.extend(watches::judge(self));
        faults
    }

    /// All that was answered.
    fn answered(&self) -> impl Iterator<Item = Answered<'_>> {
        self.stories.iter().flat_map(Story::answered)
    }
}

impl Story {
    fn answered(&self) -> impl Iterator<Item = Answered<'_>> {
        let one = |(entry, asked)| Answered::of(self, entry, asked);
        self.asked.iter().enumerate().filter_map(one)
    }

    fn named(&self, entry: usize) -> Named {
        let asked = &self.asked[entry];
        let zxid = match &asked.outcome {
            RequestOutcome::Told { reply, txn, .. } => Some(txn.unwrap_or(reply.zxid)),
            _ => None,
        };
        Named {
            client: self.name.clone(),
            entry: entry as u32,
            word: asked.request.word(),
            path: asked.request.path().unwrap_or_default().to_owned(),
            zxid,
        }
    }
}

impl<'a> Answered<'a> {
    fn of(story: &'a Story, entry: usize, asked: &'a Invocation) -> Option<Self> {
        match &asked.outcome {
            RequestOutcome::Told {
                reply,
                txn,
                at,
                server,
            } => Some(Self {
                story,
                entry,
                asked,
                reply,
                txn: *txn,
                at: *at,
                server: *server,
            }),
            _ => None,
        }
    }

    fn named(&self) -> Named {
        self.story.named(self.entry)
    }

    /// The latest transaction that the answer speaks of.
    fn zxid(&self) -> Zxid {
        self.reply.zxid.max(self.txn.unwrap_or_default())
    }
}
