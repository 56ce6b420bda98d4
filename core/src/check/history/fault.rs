//! What does not fit: the kind, and the operations that contradict each other.

use std::fmt;

use crate::model::Zxid;

/// An operation, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who asked.
    pub client: String,
    /// Its place in the client's history, from 0.
    pub entry: u32,
    /// What.
    pub word: &'static str,
    /// Of which node; empty for none.
    pub path: String,
    /// The transaction, or for a read the state that answered.
    pub zxid: Option<Zxid>,
}

/// How two operations contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The first was answered before the second was asked, and the second has no higher zxid.
    RealTime,
    /// Writes of a session that did not happen in the order asked.
    WriteOrder,
    /// Answers of a session that did not come in the order asked.
    ReplyOrder,
    /// A session was answered from an earlier state than before.
    WentBack,
    /// A session was answered from a state without its own write.
    OwnWriteUnseen,
    /// A read after a sync does not show what was confirmed before the sync was asked.
    StaleAfterSync,
    /// Two writes have one zxid.
    SameZxid,
    /// A write's answer is not what the model answers at its place.
    WrongResult,
    /// A read's answer is not what the model answers at its place.
    WrongRead,
    /// A confirmed write is not there in the end.
    Lost,
    /// A node of the model was not read back in the end.
    NotReadBack,
    /// A write was answered and is not in the committed order.
    Uncommitted,
    /// A write was answered under a zxid that is another one's.
    Misplaced,
    /// The order has a write that no client asked for.
    Unasked,
    /// The recorded outcome of a write in doubt is not the model's.
    WrongRecord,
    /// An event came for which no watch was set, or a second time.
    UnwatchedEvent,
    /// A read shows a new state, and the watch on the old one has told nothing before.
    MissedEvent,
    /// An event tells of a transaction that the next state read does not have, or that had been read
    /// before.
    EventOutOfPlace,
}

/// One contradiction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub kind: Kind,
    /// What the second contradicts; `None` when it is the start, or no client's.
    pub first: Option<Named>,
    /// The operation that does not fit.
    pub second: Option<Named>,
    /// Values, for people.
    pub detail: String,
}

impl Fault {
    pub(super) fn of(kind: Kind, first: Named, second: Named) -> Self {
        Self {
            kind,
            first: Some(first),
            second: Some(second),
            detail: String::new(),
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (client, entry) = (&self.client, self.entry);
        write!(f, "{client}#{entry} {} {}", self.word, self.path)?;
        match self.zxid {
            Some(zxid) => write!(f, " at {zxid}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)?;
        for named in [&self.first, &self.second].into_iter().flatten() {
            write!(f, "; {named}")?;
        }
        match self.detail.as_str() {
            "" => Ok(()),
            detail => write!(f, "; {detail}"),
        }
    }
}
