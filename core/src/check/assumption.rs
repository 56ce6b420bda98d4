//! What the protocol may rely on, and which of it did not hold in this run.
//!
//! Faults come in two classes. Class A (crashes, cuts, pauses, slowness, clocks, torn pending bytes,
//! a full disk) is what ZooKeeper promises to survive. Class B breaks an assumption: bytes that were
//! forced to disk change or go, an fsync lies, or a correction is turned off. After that anything
//! may be lost, but never silently, so a violation names the assumption that explains it best.
//!
//! "Best" is a rule of thumb for captions, not a proof of cause: damage to the disk of the server
//! concerned, if it can break that property, else an old history that an operator brought back, if the
//! property is of histories, else a correction that is known to guard it and is off,
//! else fsync turned off, if the property is of durability, else any damage, else the first
//! correction that is off. A disk that lies counts from the first fsync that it swallows.

use std::sync::Arc;

use super::servers::ServerSet;
use super::verdict::Property;
use crate::base::{ServerId, StepId};
use crate::protocol::{Config, Switch, Switches};
use crate::world::command::{Command, DiskFault};
use crate::world::step::{Cause, Step};

/// An assumption that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokenAssumption {
    /// A correction is turned off, by the release or alone.
    SwitchOff(Switch),
    /// `forceSync=no`: nothing waits for an fsync.
    ForceSyncOff,
    /// A disk was damaged.
    Damaged(Damage),
}

/// Damage that no protocol promises to survive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Whose disk.
    pub server: ServerId,
    /// The step in which it was done.
    pub at: StepId,
    /// How.
    pub kind: DamageKind,
}

/// A way to damage a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DamageKind {
    /// fsync answers and forces nothing.
    Lying,
    /// A bit changed.
    Flipped,
    /// A file was deleted.
    Deleted,
    /// The newest log was torn.
    Torn,
    /// Everything was removed.
    Wiped,
    /// The files of a backup took the place of its own.
    Copied,
    /// The tree of a backup took the place of its own, in memory at least.
    Restored,
}

impl DamageKind {
    /// Whether such damage explains a breach of the property on the same server. What was forced and
    /// then changed says nothing of an ack before that; an epoch file is whole or gone.
    const fn can_break(self, property: Property) -> bool {
        match property {
            Property::S10 | Property::S12 | Property::S20 => matches!(self, Self::Lying),
            Property::S2 => matches!(
                self,
                Self::Lying | Self::Deleted | Self::Wiped | Self::Copied
            ),
            _ => true,
        }
    }
}

/// What did not hold so far; shared between clones until something is added.
#[derive(Clone, Debug)]
pub(super) struct Assumptions {
    switches: Switches,
    force_sync: bool,
    damages: Arc<Vec<Damage>>,
    /// Disks that lie now.
    lying: ServerSet,
}

impl Assumptions {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            switches: config.switches,
            force_sync: config.force_sync,
            damages: Arc::default(),
            lying: ServerSet::default(),
        }
    }

    /// Notes the damage that a command does, and says whose disk it was.
    pub(super) fn note(&mut self, step: &Step) -> Option<ServerId> {
        let Cause::Command(command) = &step.cause else {
            return None;
        };
        if let Command::Disk {
            server,
            fault: DiskFault::Ok,
        } = &**command
        {
            self.lying.remove(*server);
        }
        let (server, kind) = damage(command)?;
        if kind == DamageKind::Lying {
            self.lying.insert(server);
            return Some(server);
        }
        let at = step.id;
        Arc::make_mut(&mut self.damages).push(Damage { server, at, kind });
        Some(server)
    }

    /// Notes an fsync of a disk that lies.
    pub(super) fn swallowed(&mut self, server: ServerId, at: StepId) {
        let kind = DamageKind::Lying;
        let known = |d: &Damage| d.server == server && d.kind == kind;
        if self.lies(server) && !self.damages.iter().any(known) {
            Arc::make_mut(&mut self.damages).push(Damage { server, at, kind });
        }
    }

    /// The assumption that explains a breach best; `hints` are corrections that it points to itself.
    pub(super) fn explain(
        &self,
        property: Property,
        concerned: Option<ServerId>,
        hints: &[Switch],
    ) -> Option<BrokenAssumption> {
        let guards = suspects(property).iter().copied();
        let hints = hints.iter().copied();
        let guard = hints
            .chain(guards)
            .chain(named_by_card(property))
            .find(|s| self.is_off(*s));
        let by_switch = guard.map(BrokenAssumption::SwitchOff);
        let unforced = || (!self.force_sync).then_some(BrokenAssumption::ForceSyncOff);
        self.damage_of(property, concerned)
            .or_else(|| self.spread_damage(property))
            .or(by_switch)
            .or_else(|| unforced().filter(|_| property.is_of_durability()))
            .or_else(|| self.newest_damage())
            .or_else(unforced)
            .or_else(|| self.off().next().map(BrokenAssumption::SwitchOff))
    }

    /// True when nothing but class A has happened.
    pub(super) fn all_hold(&self) -> bool {
        self.force_sync && self.damages.is_empty() && self.off().next().is_none()
    }

    /// True while fsyncs of that disk force nothing.
    pub(super) fn lies(&self, server: ServerId) -> bool {
        self.lying.contains(server)
    }

    /// True when the disk of that server is as its writes left it.
    pub(super) fn disk_is_intact(&self, server: ServerId) -> bool {
        self.damages.iter().all(|d| d.server != server)
    }

    /// Of servers that may be to blame, the first whose disk was damaged, else the first.
    pub(super) fn likeliest(&self, servers: &[ServerId]) -> Option<ServerId> {
        let damaged = servers.iter().find(|s| !self.disk_is_intact(**s));
        damaged.or(servers.first()).copied()
    }

    fn off(&self) -> impl Iterator<Item = Switch> {
        self.switches.off()
    }

    fn is_off(&self, switch: Switch) -> bool {
        !self.switches.on(switch)
    }

    fn damage_of(
        &self,
        property: Property,
        concerned: Option<ServerId>,
    ) -> Option<BrokenAssumption> {
        let own = |d: &&Damage| Some(d.server) == concerned && d.kind.can_break(property);
        let newest = self.damages.iter().rev().find(own);
        newest.cloned().map(BrokenAssumption::Damaged)
    }

    /// An old history that an operator brought back reaches other servers by votes and by SNAP.
    fn spread_damage(&self, property: Property) -> Option<BrokenAssumption> {
        let spreads = |d: &&Damage| matches!(d.kind, DamageKind::Copied | DamageKind::Restored);
        let newest = self.damages.iter().rev().find(spreads);
        let newest = newest.filter(|_| property.is_of_history());
        newest.cloned().map(BrokenAssumption::Damaged)
    }

    fn newest_damage(&self) -> Option<BrokenAssumption> {
        self.damages.last().cloned().map(BrokenAssumption::Damaged)
    }
}

/// Corrections that guard a property besides those whose card names it, the likeliest first.
const fn suspects(property: Property) -> &'static [Switch] {
    use Switch as W;
    match property {
        Property::S2 => &[W::SyncDirectory],
        Property::S9 | Property::S12 => &[
            W::FsyncBeforeAck,
            W::LogBeforeNewleaderAck,
            W::WriteBeforeNewleaderAck,
            W::FsyncBeforeNewleaderAck,
            W::EpochAfterLog,
        ],
        Property::S10 => &[
            W::FsyncBeforeAck,
            W::LogBeforeNewleaderAck,
            W::WriteBeforeNewleaderAck,
            W::SyncDirectory,
        ],
        Property::S11 => &[
            W::LogBeforeNewleaderAck,
            W::WriteBeforeNewleaderAck,
            W::FsyncBeforeNewleaderAck,
            W::SyncDirectory,
            W::FsyncRecovered,
        ],
        Property::S14 | Property::S15 => &[W::TruncDropsSnapshots],
        _ => &[],
    }
}

fn named_by_card(property: Property) -> impl Iterator<Item = Switch> {
    let named = move |s: &Switch| s.card().property == property.name();
    Switch::ALL.iter().copied().filter(named)
}

fn damage(command: &Command) -> Option<(ServerId, DamageKind)> {
    match command {
        Command::Wipe(server) => Some((*server, DamageKind::Wiped)),
        Command::Copy { to, .. } => Some((*to, DamageKind::Copied)),
        Command::AdminRestore { to, .. } => Some((*to, DamageKind::Restored)),
        Command::Disk { server, fault } => {
            let kind = match fault {
                DiskFault::Full | DiskFault::Ok | DiskFault::Slow(_) | DiskFault::Initialize => {
                    return None;
                }
                DiskFault::Lying => DamageKind::Lying,
                DiskFault::Tear => DamageKind::Torn,
                DiskFault::Flip { .. } => DamageKind::Flipped,
                DiskFault::Delete { .. } => DamageKind::Deleted,
            };
            Some((*server, kind))
        }
        _ => None,
    }
}
