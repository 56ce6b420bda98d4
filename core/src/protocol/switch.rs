//! Corrections that can be turned off one by one, and the releases as lists of them.
//!
//! A switch is *on* when the behaviour is right. Turning it off brings back one defect of
//! ZooKeeper's history, or one classical breakage. A defect is asked where the code chooses, in one
//! place; nothing is compiled in or out. Switches are part of the configuration of a run, so a
//! recording or a link carries them.

use std::fmt;

use serde::Serialize;

macro_rules! switches {
    ($($variant:ident, $name:literal, $issue:literal, $property:literal, $lesson:literal;)*) => {
        /// One correction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Switch { $(#[doc = $lesson] $variant,)* }

        impl Switch {
            /// Every switch, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its card.
            pub const fn card(self) -> Card {
                match self {
                    $(Self::$variant => Card {
                        name: $name, issue: $issue, property: $property, lesson: $lesson,
                    },)*
                }
            }
        }
    };
}

/// What is known of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Card {
    /// Its name in scripts.
    pub name: &'static str,
    /// The issue it corrects, or "classic" for a breakage that no release had.
    pub issue: &'static str,
    /// The property that breaks without it.
    pub property: &'static str,
    /// What it does, in one sentence.
    pub lesson: &'static str,
}

switches! {
    LogBeforeNewleaderAck, "log-before-newleader-ack", "ZOOKEEPER-3911", "S10",
        "A learner logs the synchronised history before it acknowledges NEWLEADER, not after UPTODATE.";
    EpochAfterLog, "epoch-after-log", "ZOOKEEPER-4643", "S9",
        "A learner writes currentEpoch only after the synchronised history is durable.";
    FsyncBeforeNewleaderAck, "fsync-before-newleader-ack", "ZOOKEEPER-4646", "S10",
        "A learner waits for the fsync of the synchronised history before it acknowledges NEWLEADER.";
    WriteBeforeNewleaderAck, "write-before-newleader-ack", "ZOOKEEPER-4785", "S10",
        "A learner writes the synchronised history itself instead of leaving it to its log queue.";
    FsyncBeforeAck, "fsync-before-ack", "classic", "S10",
        "A server acknowledges a proposal only after its record is forced to disk.";
    TruncDropsSnapshots, "trunc-drops-snapshots", "ZOOKEEPER-1549", "S5",
        "TRUNC deletes snapshots newer than the cut and asks for SNAP when none remains.";
    ReloadAfterDiskError, "reload-after-disk-error", "ZOOKEEPER-4882", "S13",
        "After a failed log write the database is reloaded from disk instead of kept in memory.";
    CheckDiskLog, "check-disk-log", "ZOOKEEPER-2846", "S13",
        "A leader sends its on-disk log only if it has no hole.";
    FastForward, "fast-forward", "ZOOKEEPER-2845", "S5",
        "On the way back to an election the logged tail is applied, so that the vote counts it.";
    QueueBeforeNewleader, "queue-before-newleader", "ZOOKEEPER-3104", "S11",
        "NEWLEADER is sent behind everything the learner must have.";
    DiscardPartialSnap, "discard-partial-snap", "ZOOKEEPER-3642", "S14",
        "A learner that leaves in the middle of SNAP forgets the received tree.";
    RolloverGuard, "rollover-guard", "ZOOKEEPER-1277", "S3",
        "A leader whose counter is used up steps down instead of carrying into the epoch.";
    SyncDirectory, "sync-directory", "10.2", "S2",
        "The directory is forced to disk after a file is created or renamed.";
    FsyncSnapshot, "fsync-snapshot", "10.2", "S9",
        "A snapshot is forced to disk before recovery or purge may rely on it.";
    FsyncRecovered, "fsync-recovered", "10.2", "S9",
        "After a restart, recovered bytes that were never forced are forced before the first vote.";
    ResumeSync, "resume-sync", "ZOOKEEPER-2354", "L6",
        "A server that crashed between forcing the synchronised history and writing currentEpoch starts again.";
    RefuseGap, "refuse-gap", "10.2", "S13",
        "Recovery refuses a log with a hole, also right after the snapshot.";
    ReattachChild, "reattach-child", "ZOOKEEPER-4846", "S14",
        "Replay asks the parent's child list whether a node exists, and attaches it again.";
    RestoreIsDurable, "restore-is-durable", "own", "S20",
        "An admin restore is forced to disk under a number beyond all that were given out, before the server serves it.";
    YieldToPromise, "yield-to-promise", "own", "L6",
        "A leader steps down when a voter comes back that has promised a higher epoch, instead of locking it out.";
    ForgetAcks, "forget-acks", "own", "S12",
        "A leader forgets the acks of a learner that comes back: it may cut off what it acknowledged.";
    AckEpochCheck, "ack-epoch-check", "classic", "S9",
        "A leader gives up when a follower's history is ahead of its own.";
    VoteByEpoch, "vote-by-epoch", "classic", "S9",
        "A vote compares epochs before zxids.";
    StrictQuorum, "strict-quorum", "classic", "S1",
        "A quorum is more than half of the voters, not half of them.";
    ObserversDoNotCount, "observers-do-not-count", "classic", "S9",
        "An observer's acknowledgement never counts towards a quorum.";
}

impl Switch {
    /// The switch of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|s| s.card().name == name)
    }

    const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// The state of all switches.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Switches(u64);

impl Switches {
    /// Everything corrected.
    pub fn all_on() -> Self {
        Switch::ALL.iter().fold(Self(0), |s, w| s.with(*w, true))
    }

    /// True when the behaviour is right.
    pub const fn on(self, switch: Switch) -> bool {
        self.0 & switch.bit() != 0
    }

    /// The same with one switch set.
    #[must_use]
    pub const fn with(self, switch: Switch, on: bool) -> Self {
        if on {
            Self(self.0 | switch.bit())
        } else {
            Self(self.0 & !switch.bit())
        }
    }

    /// The switches that are off, in order.
    pub fn off(self) -> impl Iterator<Item = Switch> {
        Switch::ALL.iter().copied().filter(move |s| !self.on(*s))
    }
}

impl fmt::Debug for Switches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("off")?;
        f.debug_list()
            .entries(self.off().map(|s| s.card().name))
            .finish()
    }
}

/// Which release a server behaves as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// 3.9 with the corrections of the reference, section 10.2.
    Zablab,
    /// Release 3.8.0 with its defects.
    V3_8_0,
    /// Release 3.9.4 with its defects.
    V3_9_4,
}

/// What no release corrects.
const SHIPPED: &[Switch] = &[
    Switch::TruncDropsSnapshots,
    Switch::ReloadAfterDiskError,
    Switch::CheckDiskLog,
    Switch::SyncDirectory,
    Switch::FsyncSnapshot,
    Switch::FsyncRecovered,
    Switch::ResumeSync,
    Switch::RestoreIsDurable,
    Switch::YieldToPromise,
    Switch::ForgetAcks,
    Switch::RefuseGap,
];

/// What 3.8.0 lacks besides: the order of a learner's writes.
const LACKING_3_8_0: [Switch; 3] = [
    Switch::EpochAfterLog,
    Switch::FsyncBeforeNewleaderAck,
    Switch::WriteBeforeNewleaderAck,
];

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Zablab, Self::V3_8_0, Self::V3_9_4];

    /// Its name in scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Zablab => "zablab",
            Self::V3_8_0 => "3.8.0",
            Self::V3_9_4 => "3.9.4",
        }
    }

    /// The profile of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// What it lacks.
    pub fn switches(self) -> Switches {
        let (shipped, lacking): (&[Switch], &[Switch]) = match self {
            Self::Zablab => (&[], &[]),
            Self::V3_8_0 => (SHIPPED, &LACKING_3_8_0),
            Self::V3_9_4 => (SHIPPED, &[Switch::ReattachChild]),
        };
        let off = shipped.iter().chain(lacking);
        off.fold(Switches::all_on(), |s, w| s.with(*w, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for s in Switch::ALL {
            assert_eq!(Switch::from_name(s.card().name), Some(*s));
        }
    }

    #[test]
    fn a_profile_differs_from_the_corrected_one_by_its_list() {
        assert_eq!(Profile::Zablab.switches().off().count(), 0);
        assert!(!Profile::V3_8_0.switches().on(Switch::EpochAfterLog));
        assert!(Profile::V3_9_4.switches().on(Switch::EpochAfterLog));
        assert!(!Profile::V3_9_4.switches().on(Switch::ReattachChild));
    }
}
