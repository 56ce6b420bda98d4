//! What a check says: which property, whether it holds, and if not, why and where to look.
//!
//! A verdict carries no sentences. `What` names the breach with typed reasons; captions and golden
//! text make words of it.

use std::sync::Arc;

use serde::Serialize;

use super::assumption::BrokenAssumption;
use crate::base::{ClientId, ServerId, SessionId, StepId};
use crate::model::{Epoch, Zxid};
use crate::storage::epochs::EpochFile;

macro_rules! properties {
    ($($variant:ident, $title:literal, $doc:literal;)*) => {
        /// A property of a run; the table is in the documentation of this folder.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Property { $(#[doc = $doc] $variant,)* }

        impl Property {
            /// Every property, in the order of the reports.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its short name, as scripts and reports write it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }

            /// Its long name.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What it asks, in one sentence.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

properties! {
    S1, "LeaderUnique", "At most one server is ever established as leader of an epoch.";
    S2, "EpochMonotone", "The epoch files of a server never go back, and acceptedEpoch is never below currentEpoch.";
    S3, "ZxidUnique", "A zxid names one transaction for ever.";
    S4, "Integrity", "Only what a leader proposed is delivered.";
    S5, "PrefixConsistency", "The sequences that any two servers deliver are one a prefix of the other.";
    S6, "LocalPrimaryOrder", "What one leader proposed is delivered in its order, without gaps.";
    S7, "GlobalPrimaryOrder", "Transactions of an earlier epoch are delivered before those of a later one.";
    S8, "PrimaryIntegrity", "A leader that proposes holds all that earlier epochs ever delivered.";
    S9, "LeaderCompleteness", "What was committed or confirmed is in the history of every later leader, and on a disk of every quorum.";
    S10, "AckAfterDurable", "A server acknowledges only what its disk holds, with all that comes before.";
    S11, "NewLeaderAck", "A server that acknowledges NEWLEADER durably holds the history of that leader, and the epoch.";
    S12, "CommitOrder", "A leader commits in zxid order, each time with a quorum of durable acknowledgements.";
    S13, "NoGap", "The history on a disk has no hole.";
    S14, "RecoverEquiv", "Snapshot and log give the tree that the history gives, children and access control lists included.";
    S15, "DigestAgree", "The tree digest after a transaction is the one that the leader computed.";
    S16, "Session", "No ephemeral node outlives its session.";
    S17, "ClientOrder", "A session is answered in order and never reads backwards.";
    S18, "WatchOrder", "An event reaches a client before any reply that shows the change.";
    S19, "WriteLinear", "Acknowledged writes are linearizable.";
    S20, "RestoreFaithful", "A restore gives the state of the original history at the chosen zxid.";
    L1, "LeaderElected", "A quorum that is left in peace establishes a leader.";
    L2, "WritesComplete", "A write is answered in time.";
    L3, "AllDeliver", "What is committed reaches every connected server.";
    L4, "NoFlapping", "No server keeps leaving an established leader.";
    L5, "SessionsExpire", "An abandoned session is closed in time.";
    L6, "RejoinPossible", "A server with an intact disk can rejoin.";
}

impl Property {
    /// True for S1-S20: one bad step is enough to break it.
    pub const fn is_safety(self) -> bool {
        (self as usize) < Self::L1 as usize
    }

    /// The property of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.name() == name)
    }
}

/// The answer for one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing in this run could have broken it, or it is not evaluated yet.
    NotApplicable,
    /// It holds so far.
    Holds,
    /// It is broken, for good in this run.
    Broken(Arc<Violation>),
}

impl Verdict {
    /// True, false, or nothing when it does not apply: the form of reports.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::NotApplicable => None,
            Self::Holds => Some(true),
            Self::Broken(_) => Some(false),
        }
    }

    /// The breach, if there is one.
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Broken(violation) => Some(violation),
            _ => None,
        }
    }
}

/// A breach of a property: the first one of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which property.
    pub property: Property,
    /// The step that broke it.
    pub at: StepId,
    /// The steps to look at, in order; the last one is `at`.
    pub witness: Vec<StepId>,
    /// What is wrong.
    pub what: What,
    /// The assumption that did not hold in this run and explains it best; `None` means that the
    /// engine itself is wrong.
    pub assumption: Option<BrokenAssumption>,
}

/// How two databases differ at the first place where they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// The node should be there.
    Missing,
    /// The node should not be there.
    Extra,
    /// Its content is wrong.
    Data,
    /// A statistic is wrong.
    Stat,
    /// The list of its children is wrong.
    Children,
    /// Its access control list is wrong.
    Acl,
    /// The table of sessions is wrong; the path is the root.
    Sessions,
}

/// The breach itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// S1: two servers lead one epoch, or one leads it twice.
    TwoLeaders {
        /// The epoch.
        epoch: Epoch,
        /// Who was established first.
        first: ServerId,
        /// Who came after.
        second: ServerId,
    },
    /// S2: an epoch file holds a smaller number than before.
    EpochFell {
        /// Whose.
        server: ServerId,
        /// Which file.
        file: EpochFile,
        /// What it held.
        from: Epoch,
        /// What it holds.
        to: Epoch,
    },
    /// S2: acceptedEpoch is below currentEpoch.
    AcceptedBelowCurrent {
        /// Whose.
        server: ServerId,
        /// acceptedEpoch.
        accepted: Epoch,
        /// currentEpoch.
        current: Epoch,
    },
    /// S2: a server serves with a history of a later epoch than its currentEpoch.
    HistoryAheadOfEpoch {
        /// Whose.
        server: ServerId,
        /// Last zxid of its log.
        zxid: Zxid,
        /// currentEpoch.
        current: Epoch,
    },
    /// S3: two different transactions bear one zxid.
    TwoTransactions {
        /// The zxid.
        zxid: Zxid,
        /// Where the second one was seen.
        server: ServerId,
    },
    /// S4: delivered, but no leader proposed it.
    NeverProposed {
        /// By whom.
        server: ServerId,
        /// Which.
        zxid: Zxid,
    },
    /// S5: delivered something else than another server at the same place.
    Diverged {
        /// By whom.
        server: ServerId,
        /// What it delivered.
        zxid: Zxid,
        /// What was delivered there first; `None`: nothing may stand there.
        instead_of: Option<Zxid>,
    },
    /// S5: serves a state that is not the committed one at its zxid.
    ServesOtherState {
        /// Who.
        server: ServerId,
        /// At which zxid.
        zxid: Zxid,
    },
    /// S6: delivered without the proposal before it.
    SkippedProposal {
        /// By whom.
        server: ServerId,
        /// What it delivered.
        zxid: Zxid,
        /// What is missing.
        missing: Zxid,
    },
    /// S7: delivered after something of a later epoch.
    EpochsReversed {
        /// By whom.
        server: ServerId,
        /// What it delivered.
        zxid: Zxid,
        /// What it had delivered before.
        after: Zxid,
    },
    /// S8: a leader proposes without holding what an earlier epoch delivered.
    LeaderLacks {
        /// The leader.
        leader: ServerId,
        /// Its epoch.
        epoch: Epoch,
        /// What it lacks.
        zxid: Zxid,
    },
    /// S8: something of an earlier epoch is delivered after a later leader has begun.
    LateDelivery {
        /// What.
        zxid: Zxid,
        /// The epoch that has begun without it.
        epoch: Epoch,
    },
    /// S9: a new leader's history lacks what was committed.
    LostAtElection {
        /// The leader.
        leader: ServerId,
        /// Its epoch.
        epoch: Epoch,
        /// The first that it lacks.
        zxid: Zxid,
        /// How many are lost.
        count: u32,
        /// True when a client had been told that one of them succeeded.
        confirmed: bool,
    },
    /// S9: the disks that still hold it do not reach every quorum.
    OnTooFewDisks {
        /// The first such transaction.
        zxid: Zxid,
        /// Who holds it.
        holders: Vec<ServerId>,
        /// True when a client had been told that it succeeded.
        confirmed: bool,
    },
    /// S10: acknowledged before it was durable.
    AckBeforeDurable {
        /// By whom.
        server: ServerId,
        /// What it acknowledged.
        zxid: Zxid,
        /// The first transaction that is not durable there.
        pending: Zxid,
    },
    /// S11: acknowledged NEWLEADER without a part of the leader's history.
    NewLeaderLacks {
        /// By whom.
        server: ServerId,
        /// The new epoch.
        epoch: Epoch,
        /// The first that is missing.
        missing: Zxid,
    },
    /// S11: acknowledged NEWLEADER with something that the leader does not have.
    NewLeaderExtra {
        /// By whom.
        server: ServerId,
        /// The new epoch.
        epoch: Epoch,
        /// The first that is too much.
        extra: Zxid,
    },
    /// S11: acknowledged NEWLEADER while currentEpoch held another epoch.
    NewLeaderEpoch {
        /// By whom.
        server: ServerId,
        /// The new epoch.
        epoch: Epoch,
        /// What the file holds.
        file: Option<Epoch>,
    },
    /// S12: committed out of turn.
    CommitOutOfOrder {
        /// The leader.
        leader: ServerId,
        /// What it committed.
        zxid: Zxid,
        /// What was due.
        expected: Zxid,
    },
    /// S12: committed without a quorum of durable acknowledgements.
    CommitWithoutQuorum {
        /// The leader.
        leader: ServerId,
        /// What it committed.
        zxid: Zxid,
        /// Who holds it durably and has acknowledged it.
        durable: Vec<ServerId>,
    },
    /// S13: the log jumps.
    Hole {
        /// Whose.
        server: ServerId,
        /// The last before the hole.
        after: Zxid,
        /// The next that is there.
        next: Zxid,
    },
    /// S14: the database in memory or on disk is not what its history gives.
    TreeDiffers {
        /// Whose.
        server: ServerId,
        /// At which zxid.
        zxid: Zxid,
        /// The first path that differs.
        path: String,
        /// How.
        how: Difference,
    },
    /// S15: the digest of a tree is not the one in the transaction.
    DigestDiffers {
        /// Whose.
        server: ServerId,
        /// After which transaction.
        zxid: Zxid,
        /// What the leader computed.
        expected: i64,
        /// What it is.
        actual: i64,
    },
    /// S16: an ephemeral node is there and its session is closed.
    EphemeralOutlives {
        /// Whose tree.
        server: ServerId,
        /// The session.
        session: SessionId,
        /// The node.
        path: String,
    },
    /// S17: an answer came before the answer to an earlier request.
    RepliesReordered {
        /// The client.
        client: ClientId,
        /// The request that was answered, as an index in the client's history.
        entry: u32,
        /// The later one that was answered before it.
        before: u32,
    },
    /// S17: a session saw an older state than before.
    WentBack {
        /// The client.
        client: ClientId,
        /// What it had seen.
        seen: Zxid,
        /// What it sees now.
        now: Zxid,
    },
    /// S17: a session does not see its own write.
    OwnWriteUnseen {
        /// The client.
        client: ClientId,
        /// Its write.
        write: Zxid,
        /// The state it sees.
        now: Zxid,
    },
    /// L1: no leader in time.
    NoLeader,
    /// L2: a request is not answered.
    Unanswered {
        /// The client.
        client: ClientId,
        /// Index in its history.
        entry: u32,
    },
    /// L3: a connected server lags behind.
    Behind {
        /// Which.
        server: ServerId,
        /// What it has delivered.
        has: Zxid,
        /// What is committed.
        committed: Zxid,
    },
    /// L4: a server went looking again and again.
    Flaps {
        /// Which.
        server: ServerId,
        /// How often.
        times: u32,
    },
    /// L5: a session without a client is still open.
    SessionLingers {
        /// Which.
        session: SessionId,
    },
    /// L6: a server with an intact disk is not back.
    NotBack {
        /// Which.
        server: ServerId,
    },
}

/// One of the six lamps of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lamp {
    /// `I1` to `I6`.
    pub name: &'static str,
    /// The property it shows.
    pub property: Property,
    /// Its state.
    pub verdict: Verdict,
}

/// The lamps and what they stand for.
pub const LAMPS: [(&str, Property); 6] = [
    ("I1", Property::S9),
    ("I2", Property::S5),
    ("I3", Property::S1),
    ("I4", Property::S17),
    ("I5", Property::S14),
    ("I6", Property::S16),
];

/// All verdicts of a run at a moment; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdicts {
    broken: Arc<[Option<Arc<Violation>>]>,
    applicable: u32,
}

impl Default for Verdicts {
    fn default() -> Self {
        Self {
            broken: vec![None; Property::ALL.len()].into(),
            applicable: 0,
        }
    }
}

impl Verdicts {
    /// The answer for one property.
    pub fn of(&self, property: Property) -> Verdict {
        match &self.broken[property as usize] {
            Some(violation) => Verdict::Broken(violation.clone()),
            None if self.applies(property) => Verdict::Holds,
            None => Verdict::NotApplicable,
        }
    }

    /// The six lamps.
    pub fn lamps(&self) -> [Lamp; 6] {
        LAMPS.map(|(name, property)| Lamp {
            name,
            property,
            verdict: self.of(property),
        })
    }

    /// Every property by name.
    pub fn properties(&self) -> Vec<(&'static str, Verdict)> {
        Property::ALL
            .iter()
            .map(|p| (p.name(), self.of(*p)))
            .collect()
    }

    /// Every breach, in the order of the properties.
    pub fn violations(&self) -> impl Iterator<Item = &Violation> {
        self.broken.iter().flatten().map(|v| &**v)
    }

    /// The same as they were before the steps from `next` on had happened.
    #[must_use]
    pub fn before(&self, next: StepId) -> Self {
        let earlier = |v: &Option<Arc<Violation>>| v.clone().filter(|v| v.at < next);
        Self {
            broken: self.broken.iter().map(earlier).collect(),
            applicable: self.applicable,
        }
    }

    /// True when the first breach of that property is known.
    pub(super) fn is_broken(&self, property: Property) -> bool {
        self.broken[property as usize].is_some()
    }

    /// Says that the property can be broken in this run.
    pub(super) fn apply_to(&mut self, property: Property) {
        self.applicable |= 1 << property as u32;
    }

    /// Keeps the first breach of a property and drops later ones.
    pub(super) fn keep(&mut self, violation: Violation) {
        let slot = violation.property as usize;
        if self.broken[slot].is_none() {
            let mut broken = self.broken.to_vec();
            broken[slot] = Some(Arc::new(violation));
            self.broken = broken.into();
        }
    }

    fn applies(&self, property: Property) -> bool {
        self.applicable & (1 << property as u32) != 0
    }
}
