//! An operator with a vault in a random scenario: backups that take their time, rules, shipped logs, joint
//! restores, and what happens to the vault itself.
//!
//! Every third seed has one, with dice of its own: a seed without is not changed by what operators learn.
//! Under class A no order does harm: a backup only reads, and what a joint restore ends is declared. Class B
//! also flips bits of backups and deletes them. Files are put in place without a look at them in [`super::vault`].

use std::sync::Arc;

use super::super::ast::Action;
use super::super::error::ScriptError;
use super::{Class, Player};
use crate::base::{Duration, ServerId};
use crate::model::{Epoch, Zxid};
use crate::storage::ReadFiles;
use crate::world::command::Command;
use crate::world::vault::{
    Backup, CopyOrder, Point, PolicyOrder, RestoreOrder, ShipOrder, TakeOrder, VaultFault,
    VaultOrder, Work,
};

/// Bytes a second: a small disk takes from some seconds down to one event.
const RATES: [u64; 4] = [1 << 10, 8 << 10, 64 << 10, 1 << 20];
/// What the backups of a rule are called after.
const RULE: &str = "rule";
/// Most bytes that there is room for when a vault is small.
const SMALL: u64 = 6_000;

impl Player {
    /// The operator gives some orders, when there is one.
    pub(super) fn operate(&mut self) -> Result<(), ScriptError> {
        let Some(mut own) = self.operator.take() else {
            return Ok(());
        };
        std::mem::swap(&mut self.dice, &mut own);
        let done = self.give_orders();
        std::mem::swap(&mut self.dice, &mut own);
        self.operator = Some(own);
        done
    }

    /// In the end every server reaches the vault, and nothing is taken by a rule any more.
    pub(super) fn mend_vault(&mut self) -> Result<(), ScriptError> {
        let vault = self.world().vault();
        let mut orders = Vec::new();
        if vault.cut {
            orders.push(VaultOrder::Fault(VaultFault::Cut(false)));
        }
        if vault.capacity.is_some() {
            orders.push(VaultOrder::Fault(VaultFault::Capacity(None)));
        }
        if vault.policy.is_some() {
            orders.push(VaultOrder::Policy(None));
        }
        let ships = vault.ships.keys().cloned().map(VaultOrder::Stop);
        orders.extend(ships);
        for order in orders {
            self.perform(Command::Vault(order))?;
        }
        Ok(())
    }

    /// True when the world would carry it out now.
    pub(super) fn is_possible(&self, command: &Arc<Command>) -> bool {
        self.world().clone().perform(command).is_ok()
    }

    fn give_orders(&mut self) -> Result<(), ScriptError> {
        for _ in 0..self.dice.below(4) {
            let order = self.order();
            let command = Arc::new(Command::Vault(order));
            if self.is_possible(&command) {
                self.play(Action::Perform(command))?;
            }
        }
        Ok(())
    }

    /// An order that makes sense, though it may be refused: a point that is not covered, a file that is gone.
    fn order(&mut self) -> VaultOrder {
        let order = match self.dice.below(24) {
            0..=3 => None,
            4..=8 => self.incremental(),
            9 => self.ship(),
            10 => Some(self.policy()),
            11 | 12 => {
                let stopped = |backup: &Backup| matches!(backup.work, Work::Stopped(_));
                self.a_backup(stopped).map(VaultOrder::Resume)
            }
            13 => self.stop(),
            14..=16 => self.a_backup(|_| true).map(VaultOrder::Verify),
            17 | 18 => self.vault_fault().map(VaultOrder::Fault),
            _ => self.joint_restore(),
        };
        order.unwrap_or_else(|| self.full())
    }

    fn full(&mut self) -> VaultOrder {
        let order = match self.dice.chance(1, 4) {
            true => CopyOrder::LogsFirst,
            false => CopyOrder::SnapshotFirst,
        };
        self.take(None, order)
    }

    fn incremental(&mut self) -> Option<VaultOrder> {
        let parent = self.a_backup(|backup| backup.manifest.is_whole())?;
        Some(self.take(Some(parent), CopyOrder::SnapshotFirst))
    }

    /// An increment is mostly taken of the server that its parent is of.
    fn take(&mut self, parent: Option<Arc<str>>, order: CopyOrder) -> VaultOrder {
        let source = self.source_of(parent.as_ref());
        VaultOrder::Take(TakeOrder {
            from: source,
            name: self.backup_name().into(),
            parent,
            order,
            rate: *self.dice.pick(&RATES),
        })
    }

    fn ship(&mut self) -> Option<VaultOrder> {
        let parent = self.a_backup(|backup| backup.manifest.is_whole())?;
        let from = self.source_of(Some(&parent));
        Some(VaultOrder::Ship(ShipOrder {
            from,
            name: self.backup_name().into(),
            parent,
            every: Duration::from_ms(self.dice.between(50, 2_000)),
            rate: *self.dice.pick(&RATES),
        }))
    }

    fn policy(&mut self) -> VaultOrder {
        if self.world().vault().policy.is_some() && self.dice.chance(1, 3) {
            return VaultOrder::Policy(None);
        }
        let every = Duration::from_ms(self.dice.between(100, 2_000));
        let often = self.dice.chance(3, 4).then_some(every);
        let old = Duration::from_ms(self.dice.between(500, 8_000));
        VaultOrder::Policy(Some(PolicyOrder {
            from: self.any_server(),
            name: RULE.into(),
            full: Duration::from_ms(self.dice.between(500, 6_000)),
            incremental: often,
            keep: self.dice.chance(1, 2).then_some(2),
            age: self.dice.chance(1, 2).then_some(old),
            rate: *self.dice.pick(&RATES),
        }))
    }

    fn stop(&mut self) -> Option<VaultOrder> {
        let ships: Vec<Arc<str>> = self.world().vault().ships.keys().cloned().collect();
        if !ships.is_empty() && self.dice.chance(1, 2) {
            return Some(VaultOrder::Stop(self.dice.pick(&ships).clone()));
        }
        let running = |backup: &Backup| backup.work.job().is_some();
        self.a_backup(running).map(VaultOrder::Stop)
    }

    fn vault_fault(&mut self) -> Option<VaultFault> {
        let vault = self.world().vault();
        if vault.cut || vault.capacity.is_some() && self.dice.chance(1, 2) {
            let cut = self.world().vault().cut;
            return Some(match cut {
                true => VaultFault::Cut(false),
                false => VaultFault::Capacity(None),
            });
        }
        match self.dice.below(if self.class == Class::B { 5 } else { 2 }) {
            0 => Some(VaultFault::Cut(true)),
            1 => {
                let room = self.world().vault().bytes() + self.dice.below(SMALL);
                Some(VaultFault::Capacity(Some(room)))
            }
            2 => self.a_backup(|_| true).map(VaultFault::Delete),
            _ => self.vault_flip(),
        }
    }

    /// A bit of a file that a backup has.
    fn vault_flip(&mut self) -> Option<VaultFault> {
        let name = self.a_backup(|backup| backup.bytes() > 0)?;
        let files = &self.world().vault().get(&name)?.files;
        let long = files
            .iter()
            .map(|(file, bytes)| (file.to_string(), bytes.data_end()));
        let long: Vec<(String, u64)> = long.filter(|(_, len)| *len > 0).collect();
        let (file, len) = self.dice.pick(&long).clone();
        Some(VaultFault::Flip {
            backup: name,
            file,
            offset: self.dice.below(len),
            bit: self.dice.below(8) as u8,
        })
    }

    /// One history for all servers; those that have nothing and are down may be left out.
    fn joint_restore(&mut self) -> Option<VaultOrder> {
        let name = self.a_backup(|backup| backup.manifest.is_whole())?;
        let backup = self.world().vault().get(&name)?;
        let last = backup.zxid;
        let left_out = self.dice.chance(1, 2);
        let to = self.servers(|h| h.is_up() || !left_out || !h.disk.names().is_empty());
        let now_ms = self.world().config().clock_ms + (self.world().now().0 / 1_000) as i64;
        let until = match self.dice.below(6) {
            0 => Some(Point::Zxid(Zxid(last.0 - self.dice.below(8) as i64))),
            1 => Some(Point::BeforeTime(now_ms - self.dice.below(10_000) as i64)),
            _ => None,
        };
        let until = until.filter(|point| !matches!(point, Point::Zxid(zxid) if zxid.0 < 0));
        let epoch = Epoch(self.dice.between(1, 30) as i64);
        Some(VaultOrder::Restore(RestoreOrder {
            name: name.to_string(),
            to,
            until,
            drop_sessions: self.dice.chance(1, 4),
            epoch: self.dice.chance(1, 6).then_some(epoch),
        }))
    }

    fn a_backup(&mut self, wanted: impl Fn(&Backup) -> bool) -> Option<Arc<str>> {
        let all = self.world().vault().iter();
        let all: Vec<Arc<str>> = all
            .filter(|(_, backup)| wanted(backup))
            .map(|(name, _)| Arc::clone(name))
            .collect();
        (!all.is_empty()).then(|| self.dice.pick(&all).clone())
    }

    fn source_of(&mut self, parent: Option<&Arc<str>>) -> ServerId {
        let known = parent.and_then(|name| self.world().vault().get(name));
        match known.map(|backup| backup.source) {
            Some(source) if self.dice.chance(9, 10) => source,
            _ => self.any_server(),
        }
    }

    /// A name that no backup had before.
    pub(super) fn backup_name(&mut self) -> String {
        self.backups += 1;
        format!("b{}", self.backups)
    }
}
