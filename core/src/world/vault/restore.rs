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
use super::history::{History, RestoreRefusal};
use super::order::RestoreOrder;
use crate::base::{Duration, Gather, Order, ServerId};
use crate::model::{Epoch, ErrorCode, Zxid};
use crate::storage::epochs::EpochFile;
use crate::storage::{Content, FileName, ReadFiles, snapshot};
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
        let files = self.files_of(&order.name)?;
        let mut history = History::of(&files, order.until, &self.config).map_err(|why| {
            let name = order.name.clone();
            Refusal::NotRestorable { name, why }
        })?;
        let sessions = match order.drop_sessions {
            true => history.drop_sessions(),
            false => 0,
        };
        let declared = Declared {
            backup: order.name.as_str().into(),
            servers: order.to.clone().into(),
            zxid: history.zxid(),
            lost: self.confirmed_beyond(&history).into(),
            sessions,
            drop_sessions: order.drop_sessions,
        };
        let epoch = self
            .next_epoch(&history)
            .max(order.epoch.unwrap_or_default());
        Ok(Restoring {
            files: files_at_rest(&history, epoch),
            declared,
            history,
            epoch,
            staged: 0,
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
                let ended = |zxid: &Zxid| self.vault.ended.contains(zxid);
                txn.filter(|zxid| done && !history.has(*zxid) && !ended(zxid))
            }
            _ => None,
        });
        let once: BTreeSet<Zxid> = lost.gather();
        once.into_iter().collect()
    }

    /// One more than the highest epoch that anybody knows of.
    fn next_epoch(&self, history: &History) -> Epoch {
        let of_disk = |files: &dyn Fn(&str) -> Option<Content>, names: Vec<FileName>| {
            let promised = [EpochFile::Accepted, EpochFile::Current].into_iter();
            let promised = promised.filter_map(|file| {
                let bytes = files(file.name())?.to_vec();
                String::from_utf8(bytes).ok()?.trim().parse().ok()
            });
            let named = names.into_iter().filter_map(|name| {
                let (kind, hex) = name.split_once('.')?;
                let is_history = matches!(kind, "log" | "snapshot");
                let zxid = i64::from_str_radix(hex, 16).ok().filter(|_| is_history)?;
                Some(Zxid(zxid).epoch().0)
            });
            promised.chain(named).max().unwrap_or(0)
        };
        let disks = self
            .hosts
            .iter()
            .map(|host| of_disk(&|name| host.disk.content(name).cloned(), host.disk.names()));
        let vault = self.vault.iter().map(|(_, backup)| {
            let files = of_disk(
                &|name| backup.files.get(name).cloned(),
                backup.files.names(),
            );
            files.max(backup.zxid.epoch().0)
        });
        let clients = self.clients.iter().map(|client| client.last_zxid.epoch().0);
        let known = disks.chain(vault).chain(clients);
        let highest = known.chain([history.zxid().epoch().0]).max();
        Epoch(highest.unwrap_or(0) + 1)
    }

    fn go_on_restoring(&mut self, restoring: Restoring) {
        let bytes = restoring.bytes();
        let wait = Duration(STAGE.0 + STAGE_KIB.0 * bytes.div_ceil(1024));
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
        let ended = Arc::make_mut(&mut self.vault.ended);
        ended.retain(|zxid| !restoring.history.has(*zxid));
        ended.extend(lost.iter().copied());
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

    fn bytes(&self) -> u64 {
        self.files.values().map(Content::data_end).sum()
    }
}

/// The snapshot that is all there will be, and the new epoch.
fn files_at_rest(history: &History, epoch: Epoch) -> BTreeMap<FileName, Content> {
    let of = |bytes: &[u8]| {
        let mut content = Content::default();
        content.write(0, bytes);
        content
    };
    let number = of(epoch.0.to_string().as_bytes());
    let mut files = vec![(
        snapshot::file_name(history.zxid()),
        of(&snapshot::whole(history.database())),
    )];
    for file in [EpochFile::Accepted, EpochFile::Current] {
        files.push((file.name().into(), number.clone()));
    }
    files.order_by_key(|(name, _)| name.clone());
    files.into_iter().gather()
}

/// Why a backup cannot be restored, in words for people.
impl std::fmt::Display for RestoreRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoStart => f.write_str(
                "no server starts on these files: no whole snapshot that the log makes right",
            ),
            Self::Damaged => f.write_str("its log is damaged or has a gap"),
            Self::EndsBefore { last } => write!(f, "it ends at {last}"),
            Self::BeginsBehind => f.write_str("its first whole state is of a later time"),
        }
    }
}
