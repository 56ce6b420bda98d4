//! The configuration of a run: everything that is fixed before the first event.
//!
//! Machines read the keys of a server (`zoo.cfg` in ZooKeeper); the world reads seed, latencies and
//! clock. It lives on the machines' floor because they may not look up to the world.

use super::switch::{Profile, Switch, Switches};
use crate::base::Duration;
use crate::model::{Ensemble, Zxid};
use crate::storage::{GapRule, RecoverOptions};
use crate::tree::TreeRules;

/// Largest number of voters.
pub const VOTERS_MAX: u8 = 9;
/// Largest number of observers.
pub const OBSERVERS_MAX: u8 = 4;

/// A closed range of durations the world draws from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// Shortest.
    pub lo: Duration,
    /// Longest.
    pub hi: Duration,
}

impl Range {
    /// From `lo` to `hi` milliseconds.
    pub const fn ms(lo: u64, hi: u64) -> Self {
        Self {
            lo: Duration::from_ms(lo),
            hi: Duration::from_ms(hi),
        }
    }
}

/// A run's configuration; the defaults are those of the script verb `ensemble`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Who votes and who observes.
    pub ensemble: Ensemble,
    /// Seed of all dice.
    pub seed: u64,
    /// The release.
    pub profile: Profile,
    /// Corrections in force: the profile's, less those turned off.
    pub switches: Switches,
    /// ZooKeeper's `tickTime`.
    pub tick: Duration,
    /// ZooKeeper's `initLimit`, in ticks.
    pub init_limit: u32,
    /// ZooKeeper's `syncLimit`, in ticks.
    pub sync_limit: u32,
    /// ZooKeeper's `snapCount`, in transactions.
    pub snap_count: u32,
    /// ZooKeeper's `commitLogCount`, in transactions.
    pub commit_log: u32,
    /// ZooKeeper's `preAllocSize`, in bytes.
    pub pre_alloc: u64,
    /// ZooKeeper's `forceSync`: fsync before ack.
    pub force_sync: bool,
    /// ZooKeeper's `zookeeper.db.autocreate`.
    pub db_autocreate: bool,
    /// One-way delay of a message.
    pub latency: Range,
    /// Duration of an fsync.
    pub fsync: Range,
    /// Largest counter that a leader gives out; a smaller one shows the roll-over. A real leader steps
    /// down when it would propose 2^32 - 1. ZooKeeper: `Leader.propose`.
    pub counter_max: u32,
    /// Shortest and longest session timeout in milliseconds; 2 and 20 ticks when not given. ZooKeeper:
    /// `minSessionTimeout`, `maxSessionTimeout`.
    pub session_timeout: [Option<i32>; 2],
    /// Whoever proves `super:` and this password by digest may do everything; nobody, when not given.
    /// ZooKeeper: `DigestAuthenticationProvider.superDigest`.
    pub super_password: Option<String>,
    /// Hard limits of quotas are enforced. ZooKeeper: `zookeeper.enforceQuota`.
    pub enforce_quota: bool,
    /// One server without an ensemble: no election, no epochs. ZooKeeper: `ZooKeeperServerMain`.
    pub standalone: bool,
    /// Nodes with a time to live are known. Releases start without; then such a node looks like the
    /// ephemeral of a session that nobody has. ZooKeeper: `zookeeper.extendedTypesEnabled`.
    pub extended_types: bool,
    /// Wall clock of every server at instant 0, in milliseconds since 1970.
    pub clock_ms: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ensemble: Ensemble::majority(3, 0),
            seed: 7,
            profile: Profile::Zablab,
            switches: Profile::Zablab.switches(),
            tick: Duration::from_ms(500),
            init_limit: 10,
            sync_limit: 4,
            snap_count: 100_000,
            commit_log: 500,
            pre_alloc: 64 * 1024,
            force_sync: true,
            db_autocreate: true,
            latency: Range::ms(1, 5),
            fsync: Range::ms(2, 8),
            counter_max: Zxid::COUNTER_MAX - 1,
            session_timeout: [None; 2],
            super_password: None,
            enforce_quota: false,
            standalone: false,
            extended_types: true,
            clock_ms: 1_767_225_600_000,
        }
    }
}

impl Config {
    /// What recovery tolerates: the release's own rules, less what is turned off.
    pub fn recover_options(&self) -> RecoverOptions {
        let release = self.release();
        let careful = self.switches.on(Switch::RefuseGap);
        let gaps = match careful {
            true => release.gaps,
            false => release.gaps.min(GapRule::Inner),
        };
        RecoverOptions {
            autocreate: self.db_autocreate,
            gaps,
            snapshot_must_be_repaired: careful && release.snapshot_must_be_repaired,
            rules: self.tree_rules(),
            window: self.commit_log as usize,
            ..release
        }
    }

    /// How transactions act on the tree.
    pub fn tree_rules(&self) -> TreeRules {
        TreeRules {
            reattach_child: self.switches.on(Switch::ReattachChild),
            ..self.release().rules
        }
    }

    /// Bounds of a session's timeout, in milliseconds.
    pub fn session_timeouts(&self) -> (i32, i32) {
        let tick = i32::try_from(self.tick.as_ms()).unwrap_or(i32::MAX / 20);
        let [least, most] = self.session_timeout;
        let least = least.unwrap_or(tick.saturating_mul(2));
        let most = most.unwrap_or(tick.saturating_mul(20));
        (least, most.max(least))
    }

    fn release(&self) -> RecoverOptions {
        match self.profile {
            Profile::Zablab => RecoverOptions::ZABLAB,
            Profile::V3_8_0 => RecoverOptions::V3_8_0,
            Profile::V3_9_4 => RecoverOptions::V3_9_4,
        }
    }
}
