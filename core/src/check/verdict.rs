//! What a check says: which property, whether it holds, and if not, why and where to look.
//!
//! A verdict carries no sentences. `What` names the breach with typed reasons; captions and golden
//! text make words of it.

use std::sync::Arc;

use serde::Serialize;

use super::assumption::BrokenAssumption;
use super::what::What;
use crate::base::StepId;

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

    /// True for S9 to S12, which say what must be on disks.
    pub const fn is_of_durability(self) -> bool {
        matches!(self, Self::S9 | Self::S10 | Self::S11 | Self::S12)
    }

    /// True for those that compare histories, and what histories make of trees.
    pub const fn is_of_history(self) -> bool {
        matches!(
            self,
            Self::S1 | Self::S3 | Self::S5 | Self::S8 | Self::S9 | Self::S14 | Self::S15
        )
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
