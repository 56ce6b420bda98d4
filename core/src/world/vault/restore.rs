//! The joint restore: one history for all servers, decided at once, and its price declared.
//!
//! ```text
//!   order ──► verified, loss declared, servers stopped ──► staged, server by server ──► swapped ──► started
//!     │ refused: nothing has changed                          │ given up: nothing has changed
//! ```
//!
//! What makes it safe where a copy is not:
//!
//! - **All of them.** Every server of the ensemble gets the same tree at the same zxid. Who is left out
//!   must be down and have an empty disk: an old history that comes back later could win a vote, or be
//!   cut at a place where the new history was never.
//! - **A new epoch**, above every one on any disk, in the vault, or seen by a client. So no zxid is used
//!   twice, and whatever turns up later with an old one is behind.
//! - **One snapshot at rest**, named by the last zxid that stays; every other snapshot and every log
//!   goes.
//! - **Declared loss.** The confirmed writes that the new history does not have are listed before
//!   anything happens, and again when it has.
//!
//! It is NOT a copy (`copy`), and not the command of the admin server (`admin-restore`), which both do as
//! they are told. No release of ZooKeeper has it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::agenda::{Event, VaultTask};
use super::super::command::Refusal;
use super::super::host::DownReason;
use super::super::step::{Actor, Cause, Outcome, Step};
use super::super::world::World;
use super::event::{Declared, VaultEvent};
use super::history::History;
use super::job::Parcel;
use super::order::RestoreOrder;
use crate::base::{Duration, Gather, ServerId};
use crate::model::{Epoch, ErrorCode, Zxid};
use crate::storage::backup::{self, Keep, NotThere, Point};
use crate::storage::epochs::EpochFile;
use crate::storage::{Content, FileName, ReadFiles};
use crate::world::client::RequestOutcome;
use crate::world::command::CrashKind;

/// How long it takes to put files on a disk: for each server, and for each KiB.
const STAGE: Duration = Duration::from_ms(20);
const STAGE_KIB: Duration = Duration::from_ms(1);

/// A joint restore under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoring {
    declared: Declared,
    files: BTreeMap<FileName, Content>,
    history: History,
    epoch: Epoch,
    staged: usize,
    /// What is on its way to the next server.
    parcel: Option<Parcel>,
}

impl World {
    /// The joint restore that is under way.
    pub fn restoring(&self) -> Option<&Restoring> {
        self.restoring.as_deref()
    }

    /// Begins a joint restore, or says why not.
    pub(in crate::world) fn begin_restore(
        &mut self,
        order: &RestoreOrder,
        cause: Cause,
    ) -> Result<Step, Refusal> {
        let restoring = self.plan_restore(order)?;
        let mut outcomes = vec![Outcome::Vault(VaultEvent::Declared(
            restoring.declared.clone(),
        ))];
        for server in restoring.declared.servers.iter() {
            if self.host(*server).is_up() {
                let died = outcomes.len();
                self.stop_process(*server, DownReason::Process, &mut outcomes);
                let stopped = Outcome::Died {
                    server: *server,
                    kind: CrashKind::Process,
                    point: None,
                    lost: None,
                };
                outcomes.insert(died, stopped);
            }
        }
        self.go_on_restoring(restoring);
        Ok(self.finish_step(Actor::World, cause, outcomes, None))
    }

    /// What a joint restore would give and lose, without doing it.
    pub fn forecast(&self, order: &RestoreOrder) -> Result<Declared, Refusal> {
        self.plan_restore(order).map(|restoring| restoring.declared)
    }

    fn plan_restore(&self, order: &RestoreOrder) -> Result<Restoring, Refusal> {
        if self.restoring.is_some() {
            return Err(Refusal::Restores);
        }
        self.names_everybody(&order.to)?;
        let name = &order.name;
        let refused = |why| Refusal::NotRestorable {
            name: name.clone(),
            why,
        };
        let epoch = self.next_epoch().max(order.epoch.unwrap_or_default());
        self.vault.found(name)?;
        let links = self.vault.links(name);
        let links = links.map_err(|why| refused(NotThere::Backup(why)))?;
        let base = links
            .first()
            .and_then(|full| full.manifest.snapshot.clone());
        let keep = match order.drop_sessions {
            true => Keep::NoSessions,
            false => Keep::Sessions,
        };
        let mut work =
            backup::Restoring::new(links, order.until.unwrap_or(Point::End), keep, Some(epoch));
        let mut files = BTreeMap::new();
        while !work.advance(&mut files, u64::MAX).map_err(refused)? {}
        let restored = work.restored().expect("it was said to be done");
        let base = base.map_or(Zxid::ZERO, |base| base.zxid);
        let turns = self.vault.turns.clone();
        let history = History::of(&self.put_together(name)?, base, restored.zxid, turns);
        let declared = Declared {
            backup: name.as_str().into(),
            servers: order.to.clone().into(),
            zxid: history.zxid(),
            lost: self.confirmed_beyond(&history).into(),
            ephemerals: restored.dropped as u32,
            drop_sessions: order.drop_sessions,
        };
        Ok(Restoring {
            files,
            declared,
            history,
            epoch,
            staged: 0,
            parcel: None,
        })
    }

    /// A decision for all: who is not named must be down and have nothing.
    fn names_everybody(&self, to: &[ServerId]) -> Result<(), Refusal> {
        for id in to {
            self.server_exists(*id)?;
            if self.host(*id).disk.is_full() {
                return Err(Refusal::DiskFull(*id));
            }
        }
        let left_out = |host: &&super::super::host::Host| {
            !to.contains(&host.id) && (host.is_up() || !host.disk.names().is_empty())
        };
        if let Some(host) = self.hosts.iter().find(left_out) {
            return Err(Refusal::LeftOut(host.id));
        }
        let quorum = self.config.ensemble.is_quorum(to.iter().copied());
        quorum.then_some(()).ok_or(Refusal::NoQuorumOfRestored)
    }

    /// Writes that a client knows to be done and that the history does not have, oldest first; without
    /// those that an earlier restore has ended.
    fn confirmed_beyond(&self, history: &History) -> Vec<Zxid> {
        let asked = self.clients.iter().flat_map(|client| client.history.iter());
        let lost = asked.filter_map(|invocation| match &invocation.outcome {
            RequestOutcome::Told { reply, txn, .. } => {
                let done = reply.error == ErrorCode::Ok && invocation.request.is_write();
                let stands = |zxid: &Zxid| self.vault.turns.stand(*zxid);
                txn.filter(|zxid| done && !history.has(*zxid) && stands(zxid))
            }
            _ => None,
        });
        let once: BTreeSet<Zxid> = lost.gather();
        once.into_iter().collect()
    }

    /// One more than the highest epoch that anybody knows of: a disk, a backup, a client.
    fn next_epoch(&self) -> Epoch {
        let disks = self.hosts.iter().map(|host| {
            let disk = &host.disk;
            highest(disk.names(), |name| disk.content(name))
        });
        let vault = self.vault.iter().map(|(_, backup)| {
            let files = &backup.files;
            let named = highest(files.names(), |name| files.get(name));
            named.max(backup.zxid.epoch().0)
        });
        let clients = self.clients.iter().map(|client| client.last_zxid.epoch().0);
        let known = disks.chain(vault).chain(clients);
        Epoch(known.max().unwrap_or(0) + 1)
    }

    fn go_on_restoring(&mut self, mut restoring: Restoring) {
        let bytes = restoring.bytes();
        let wait = Duration(STAGE.0 + STAGE_KIB.0 * bytes.div_ceil(1024));
        let more = restoring.staged < restoring.declared.servers.len();
        restoring.parcel = more.then(|| self.parcel(bytes, wait));
        self.restoring = Some(Arc::new(restoring));
        let event = Event::Vault(VaultTask::Restore);
        self.agenda.plan(self.now + wait, event);
    }

    /// Files reach the next server, or the restore comes to its end.
    pub(in crate::world) fn restore_goes_on(&mut self) -> Option<Step> {
        let restoring = self.restoring.take()?;
        let mut restoring = Arc::unwrap_or_clone(restoring);
        let servers = Arc::clone(&restoring.declared.servers);
        let in_the_way = |id: &&ServerId| self.host(**id).is_up() || self.host(**id).disk.is_full();
        let event = if let Some(server) = servers.iter().find(in_the_way) {
            VaultEvent::GivenUp {
                backup: Arc::clone(&restoring.declared.backup),
                server: *server,
            }
        } else if let Some(server) = servers.get(restoring.staged) {
            restoring.staged += 1;
            let staged = VaultEvent::Staged {
                backup: Arc::clone(&restoring.declared.backup),
                server: *server,
                bytes: restoring.bytes(),
            };
            self.go_on_restoring(restoring);
            staged
        } else {
            self.swap(restoring)
        };
        let outcomes = vec![Outcome::Vault(event)];
        Some(self.finish_step(Actor::World, Cause::Operator, outcomes, None))
    }

    /// All servers change over at once, and start.
    fn swap(&mut self, restoring: Restoring) -> VaultEvent {
        let lost = self.confirmed_beyond(&restoring.history);
        for server in restoring.declared.servers.iter() {
            self.host_mut(*server).disk.replace(&restoring.files);
            self.start_process(*server);
        }
        let turns = &mut self.vault.turns;
        turns.turn(restoring.epoch, restoring.history.zxid());
        let lost = lost.into();
        VaultEvent::Restored {
            declared: Declared {
                lost,
                ..restoring.declared
            },
            epoch: restoring.epoch,
        }
    }
}

impl Restoring {
    /// What was declared.
    pub const fn declared(&self) -> &Declared {
        &self.declared
    }

    /// Servers that have the files beside their own.
    pub fn staged(&self) -> &[ServerId] {
        &self.declared.servers[..self.staged]
    }

    /// What is on its way, and to which server.
    pub fn parcel(&self) -> Option<(ServerId, Parcel)> {
        Some((*self.declared.servers.get(self.staged)?, self.parcel?))
    }

    fn bytes(&self) -> u64 {
        self.files.values().map(Content::data_end).sum()
    }
}

/// The highest epoch that files name, in their epoch files or in the zxids by which they are called.
fn highest<'a>(names: Vec<FileName>, content: impl Fn(&str) -> Option<&'a Content>) -> i64 {
    let promised = [EpochFile::Accepted, EpochFile::Current].into_iter();
    let promised = promised.filter_map(|file| {
        let bytes = content(file.name())?.to_vec();
        String::from_utf8(bytes).ok()?.trim().parse().ok()
    });
    let named = names.into_iter().filter_map(|name| {
        let (kind, hex) = name.split_once('.')?;
        let is_history = matches!(kind, "log" | "snapshot");
        let zxid = i64::from_str_radix(hex, 16).ok().filter(|_| is_history)?;
        Some(Zxid(zxid).epoch().0)
    });
    promised.chain(named).max().unwrap_or(0)
}
