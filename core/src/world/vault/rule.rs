//! Backups by a rule: taken every so often, and let go when they are too many or too old.
//!
//! ```text
//!   full ──► increment ──► increment ──► full ──► …        each goes on from the one before
//!   keep=2   [full inc inc] [full inc] [full inc]          the oldest chain goes, child first
//!   age=1h   a backup goes when it is older, and nothing goes on from it
//! ```
//! A rule never lets a backup go that another one goes on from. A chain whose source was cut or purged is
//! broken, and the next backup is a full one.
//!
//! The shipping of a log is a rule, too: increments only, each from the one before; when its chain is
//! broken, it ends, and says so.

use std::sync::Arc;

use super::super::agenda::{Event, VaultTask};
use super::super::command::Refusal;
use super::super::step::{Cause, Outcome, Step};
use super::super::world::World;
use super::event::{Held, VaultEvent};
use super::job::Shipping;
use super::order::{PolicyOrder, ShipOrder, TakeOrder};
use super::{Backup, Vault};
use crate::base::{Instant, Order};
use crate::storage::backup::{CopyOrder, Kind, Way};

/// A rule in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What the operator said.
    pub order: PolicyOrder,
    /// What the next increment goes on from.
    pub last: Option<Arc<str>>,
    /// Backups so far.
    pub count: u32,
    /// When the next backup is due.
    pub next: Instant,
    /// When the next full one is.
    pub next_full: Instant,
    pub(super) run: u64,
}

impl World {
    /// An operator gives a rule, or takes it back.
    pub(super) fn set_policy(
        &mut self,
        order: Option<&PolicyOrder>,
        cause: Cause,
    ) -> Result<Step, Refusal> {
        let Some(order) = order else {
            self.vault.policy.take().ok_or(Refusal::NoPolicy)?;
            return Ok(self.vault_step(cause, Vec::new()));
        };
        self.server_exists(order.from)?;
        let run = self.vault.next_run();
        self.vault.policy = Some(Arc::new(Rule {
            order: order.clone(),
            last: None,
            count: self.vault.numbered(&order.name),
            next: self.now,
            next_full: self.now,
            run,
        }));
        let task = VaultTask::Policy(run);
        self.agenda.plan(self.now, Event::Vault(task));
        Ok(self.vault_step(cause, Vec::new()))
    }

    /// An operator lets a log be shipped.
    pub(super) fn ship(&mut self, order: &ShipOrder, cause: Cause) -> Result<Step, Refusal> {
        self.server_exists(order.from)?;
        self.name_is_free(&order.name)?;
        if !self.vault.found(&order.parent)?.manifest.is_whole() {
            return Err(Refusal::NotWhole(order.parent.to_string()));
        }
        if self.vault.ships.contains_key(&order.name) {
            return Err(Refusal::BackupExists(order.name.to_string()));
        }
        let run = self.vault.next_run();
        let next = self.now + order.every;
        let shipping = Shipping {
            order: order.clone(),
            last: Arc::clone(&order.parent),
            count: 0,
            next,
            run,
        };
        Arc::make_mut(&mut self.vault.ships).insert(Arc::clone(&order.name), shipping);
        let task = VaultTask::Ship(Arc::clone(&order.name), run);
        self.agenda.plan(next, Event::Vault(task));
        Ok(self.vault_step(cause, Vec::new()))
    }

    /// True while the rule is in force that planned this.
    pub(in crate::world) fn waits_for_policy(&self, run: u64) -> bool {
        let policy = self.vault.policy.as_ref();
        policy.is_some_and(|rule| rule.run == run)
    }

    /// True while that log is shipped.
    pub(in crate::world) fn waits_for_ship(&self, name: &str, run: u64) -> bool {
        let ship = self.vault.ships.get(name);
        ship.is_some_and(|ship| ship.run == run)
    }

    /// The rule says that it is time for a backup.
    pub(in crate::world) fn policy_is_due(&mut self) -> Option<Step> {
        let mut rule = Arc::unwrap_or_clone(self.vault.policy.take()?);
        let order = &rule.order;
        let full = self.now >= rule.next_full || rule.last.is_none();
        let name = numbered(&order.name, rule.count + 1);
        let take = TakeOrder {
            from: order.from,
            name: Arc::clone(&name),
            parent: rule.last.clone().filter(|_| !full),
            order: CopyOrder::SnapshotFirst,
            rate: order.rate,
        };
        if full {
            rule.next_full = self.now + order.full;
        }
        let increment = order.incremental.unwrap_or(order.full);
        rule.next = (self.now + increment).min(rule.next_full);
        let (next, run, owner) = (rule.next, rule.run, Arc::clone(&order.name));
        self.agenda.plan(next, Event::Vault(VaultTask::Policy(run)));
        let busy = self.works_for(&owner) || self.can_take(&take).is_err();
        if !busy {
            rule.count += 1;
        } else if full {
            rule.next_full = self.now;
        }
        self.vault.policy = Some(Arc::new(rule));
        let mut outcomes = Vec::new();
        if !busy {
            let way = Way::Copy(CopyOrder::SnapshotFirst);
            outcomes.push(self.begin_taking(&take, Some((Arc::clone(&owner), way))));
        }
        self.retire(&mut outcomes);
        Some(self.vault_step(Cause::Operator, outcomes))
    }

    /// It is time for the next increment of a log.
    pub(in crate::world) fn ship_is_due(&mut self, name: &Arc<str>) -> Option<Step> {
        let busy = self.works_for(name);
        let ships = Arc::make_mut(&mut self.vault.ships);
        let ship = ships.get_mut(name)?;
        ship.next = self.now + ship.order.every;
        let (next, run) = (ship.next, ship.run);
        let take = TakeOrder {
            from: ship.order.from,
            name: numbered(name, ship.count + 1),
            parent: Some(Arc::clone(&ship.last)),
            order: CopyOrder::SnapshotFirst,
            rate: ship.order.rate,
        };
        let task = VaultTask::Ship(Arc::clone(name), run);
        self.agenda.plan(next, Event::Vault(task));
        let mut outcomes = Vec::new();
        if !busy && self.can_take(&take).is_ok() {
            if let Some(ship) = Arc::make_mut(&mut self.vault.ships).get_mut(name) {
                ship.count += 1;
            }
            let rule = (Arc::clone(name), Way::Shipped);
            outcomes.push(self.begin_taking(&take, Some(rule)));
        }
        Some(self.vault_step(Cause::Operator, outcomes))
    }

    /// The last backup of a rule came to nothing, so the next one takes its number.
    pub(super) fn number_is_free(&mut self, owner: &Option<Arc<str>>) {
        let Some(owner) = owner else {
            return;
        };
        if let Some(rule) = self.vault.policy.as_mut()
            && rule.order.name == *owner
        {
            Arc::make_mut(rule).count -= 1;
        }
        if let Some(ship) = Arc::make_mut(&mut self.vault.ships).get_mut(owner) {
            ship.count -= 1;
        }
    }

    /// Is a backup of that rule under way?
    fn works_for(&self, owner: &Arc<str>) -> bool {
        let mut jobs = self
            .vault
            .iter()
            .filter_map(|(_, backup)| backup.work.job());
        jobs.any(|job| job.rule.as_ref() == Some(owner))
    }

    /// A backup that a rule began has ended, well or not.
    pub(super) fn rule_hears(
        &mut self,
        owner: &Option<Arc<str>>,
        name: &Arc<str>,
        whole: bool,
        outcomes: &mut Vec<Outcome>,
    ) {
        let Some(owner) = owner else {
            return;
        };
        let chain_broken = self
            .vault
            .get(name)
            .is_some_and(|backup| backup.is_broken());
        if let Some(rule) = self.vault.policy.as_mut()
            && rule.order.name == *owner
        {
            let rule = Arc::make_mut(rule);
            if whole {
                rule.last = Some(Arc::clone(name));
            } else if chain_broken {
                rule.last = None;
                rule.next_full = self.now;
            }
        }
        if let Some(ship) = Arc::make_mut(&mut self.vault.ships).get_mut(owner)
            && whole
        {
            ship.last = Arc::clone(name);
        }
        if chain_broken {
            self.vault.stop_shipping(owner);
        }
        if whole {
            self.retire(outcomes);
        }
    }

    /// Lets go what the rule does not keep.
    fn retire(&mut self, outcomes: &mut Vec<Outcome>) {
        let Some(rule) = self.vault.policy.clone() else {
            return;
        };
        let owner = &rule.order.name;
        let mut own: Vec<(Arc<str>, Arc<Backup>)> = self.vault.of(owner);
        own.order_by_key(|(name, backup)| (backup.begun_at, name.clone()));
        let fulls = |after: Instant| {
            let whole = own.iter().filter(|(_, b)| b.manifest.is_whole());
            let newer = whole.filter(|(_, b)| b.manifest.kind == Kind::Full && b.begun_at > after);
            newer.count() as u32
        };
        let base_of = |backup: &Arc<Backup>| {
            let mut at = backup.begun_at;
            let mut parent = backup.manifest.parent.clone();
            while let Some(found) = parent.and_then(|parent| self.vault.get(&parent).cloned()) {
                at = found.begun_at;
                parent = found.manifest.parent.clone();
            }
            at
        };
        let too_many = |b: &Arc<Backup>| {
            rule.order
                .keep
                .is_some_and(|keep| fulls(base_of(b)) >= keep)
        };
        let too_old = |b: &Arc<Backup>| {
            let age = rule.order.age;
            age.is_some_and(|age| b.taken_at + age < self.now && fulls(base_of(b)) > 0)
        };
        let idle = |b: &Arc<Backup>| b.work.job().is_none();
        let due: Vec<Arc<str>> = own
            .iter()
            .filter(|(_, b)| idle(b) && (too_many(b) || too_old(b)))
            .map(|(name, _)| Arc::clone(name))
            .collect();
        let (mut gone, mut held) = (Vec::new(), Vec::new());
        // A child is younger than its parent, so it is looked at first.
        for name in due.iter().rev().cloned() {
            match self.vault.child_of(&name) {
                None => {
                    self.vault.remove(&name);
                    gone.push(name);
                }
                Some(child) => held.push(Held {
                    parent: name,
                    child,
                }),
            }
        }
        // Only what young ones need is worth telling; the rest of their chain follows from it.
        held.retain(|held: &Held| !due.contains(&held.child));
        let known = self.vault.held.iter().eq(held.iter());
        if !gone.is_empty() || !known {
            self.vault.held = held.clone().into();
            outcomes.push(Outcome::Vault(VaultEvent::Retired {
                backup: Arc::clone(owner),
                gone: gone.into(),
                held: held.into(),
            }));
        }
    }
}

impl Vault {
    /// The highest number that a backup of that rule bears.
    fn numbered(&self, owner: &str) -> u32 {
        let numbers = self.iter().filter_map(|(name, _)| number(name, owner));
        numbers.max().unwrap_or(0)
    }

    /// The backups that a rule made.
    fn of(&self, owner: &str) -> Vec<(Arc<str>, Arc<Backup>)> {
        let own = self
            .iter()
            .filter(|(name, _)| number(name, owner).is_some());
        own.map(|(name, backup)| (Arc::clone(name), Arc::clone(backup)))
            .collect()
    }

    /// A backup that goes on from that one.
    pub fn child_of(&self, name: &Arc<str>) -> Option<Arc<str>> {
        let mut all = self.iter();
        let child = all.find(|(_, backup)| backup.manifest.parent.as_ref() == Some(name));
        child.map(|(child, _)| Arc::clone(child))
    }
}

fn numbered(owner: &str, number: u32) -> Arc<str> {
    format!("{owner}-{number}").into()
}

fn number(name: &str, owner: &str) -> Option<u32> {
    name.strip_prefix(owner)?.strip_prefix('-')?.parse().ok()
}
