//! A backup that takes its time: each piece is an event of the run, and anything can come between two.
//!
//! ```text
//!   begun ──► piece ──► piece ──► … ──► taken
//!     ▲          │ vault full, link cut, source without power, an operator's word ──► stopped ──► resumed
//!     │          └ a file purged, a log cut ──► broken for good
//!     └ by an operator, by a rule, or as the next increment of a log that is shipped
//! ```
//! Whatever comes between, a backup is whole, or stopped and says so, or broken and says why.
//!
//! What is copied, and when it is whole, is decided in [`crate::storage::backup`]; here are only time and
//! accidents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::agenda::{Event, VaultTask};
use super::super::command::Refusal;
use super::super::step::{Actor, Cause, Outcome, Step};
use super::super::world::World;
use super::event::{StopReason, VaultEvent};
use super::order::{ShipOrder, TakeOrder};
use super::{Backup, BackupKind};
use crate::base::{Duration, Instant, ServerId, StepId};
use crate::storage::backup::{
    Fault, FilePart, Heading, Kind, State, Step as Piece, Stopped, Store, Taking, Way,
};
use crate::storage::{Content, Disk, FileName};

/// Smallest piece, and how many a backup has at most, about.
const PIECE: u64 = 1 << 10;
const PIECES: u64 = 256;

/// A backup under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub(super) taking: Taking,
    /// Bytes a second.
    pub(super) rate: u64,
    /// Events of an earlier job of that name come to nothing.
    pub(super) run: u64,
    /// The file that was copied last.
    pub(super) file: FileName,
    /// The piece that keeps it busy.
    pub(super) parcel: Option<Parcel>,
    /// By which rule, or with which log.
    pub(super) rule: Option<Arc<str>>,
}

/// Bytes between a disk and the vault. Who carries them is busy with them from one moment to another:
/// a piece of a backup stands in the vault from the first one on, a restore has it at the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The step with which it left.
    pub step: StepId,
    /// How many.
    pub bytes: u64,
    /// From when.
    pub since: Instant,
    /// Until when.
    pub until: Instant,
}

/// A log that is shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipping {
    /// What the operator said.
    pub order: ShipOrder,
    /// What the next increment goes on from.
    pub last: Arc<str>,
    /// Increments so far.
    pub count: u32,
    /// When the next is due.
    pub next: Instant,
    pub(super) run: u64,
}

/// How a backup stands besides what its manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing is done.
    Idle,
    /// It is being copied.
    Running(Box<Job>),
    /// It stopped halfway.
    Stopped(StopReason),
}

impl Work {
    /// The job, while it runs.
    pub fn job(&self) -> Option<&Job> {
        match self {
            Self::Running(job) => Some(job),
            Self::Idle | Self::Stopped(_) => None,
        }
    }
}

impl Job {
    /// Bytes copied, and bytes in all as far as is known.
    pub fn progress(&self) -> (u64, u64) {
        self.taking.progress()
    }

    /// The file that was copied last.
    pub fn file(&self) -> &FileName {
        &self.file
    }

    /// Bytes a second.
    pub const fn rate(&self) -> u64 {
        self.rate
    }

    /// The piece that keeps it busy.
    pub const fn parcel(&self) -> Option<Parcel> {
        self.parcel
    }

    /// By which rule, or with which log.
    pub fn rule(&self) -> Option<&Arc<str>> {
        self.rule.as_ref()
    }
}

/// The vault as a store with so much room.
struct Shelf<'a> {
    files: &'a mut BTreeMap<FileName, Content>,
    room: Option<u64>,
}

impl Store for Shelf<'_> {
    fn create(&mut self, name: &FileName) -> Result<(), Fault> {
        let gone = self.files.get(name).map_or(0, Content::len);
        self.room = self.room.map(|room| room + gone);
        self.files.create(name)
    }

    fn write(&mut self, name: &FileName, at: u64, bytes: &[u8]) -> Result<(), Fault> {
        if let Some(room) = self.room {
            let left = room.checked_sub(bytes.len() as u64);
            self.room = Some(left.ok_or(Fault::Full)?);
        }
        self.files.write(name, at, bytes)
    }

    fn finish(&mut self, name: &FileName) -> Result<(), Fault> {
        self.files.finish(name)
    }

    fn discard(&mut self, name: &FileName) -> Result<(), Fault> {
        self.files.discard(name)
    }

    fn keep_only(&mut self, parts: &[FilePart]) -> Result<(), Fault> {
        self.files.keep_only(parts)
    }
}

impl World {
    /// An operator begins a backup.
    pub(super) fn take(&mut self, order: &TakeOrder, cause: Cause) -> Result<Step, Refusal> {
        self.can_take(order)?;
        let begun = self.begin_taking(order, None);
        Ok(self.vault_step(cause, vec![begun]))
    }

    pub(super) fn can_take(&self, order: &TakeOrder) -> Result<(), Refusal> {
        self.server_exists(order.from)?;
        self.name_is_free(&order.name)?;
        self.vault_is_reached(order.from)?;
        match &order.parent {
            Some(parent) if !self.vault.found(parent)?.manifest.is_whole() => {
                Err(Refusal::NotWhole(parent.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Nothing can be copied from a machine without power, or over a link that is cut.
    fn vault_is_reached(&self, from: ServerId) -> Result<(), Refusal> {
        if self.vault.cut {
            return Err(Refusal::VaultCut);
        }
        let power = self.host(from).has_power();
        power.then_some(()).ok_or(Refusal::NoPower(from))
    }

    /// The clock of a server, in milliseconds since 1970.
    pub(super) fn wall_ms(&self, server: ServerId) -> i64 {
        self.config.clock_ms + (self.now.0 / 1_000) as i64 + self.host(server).clock_offset_ms
    }

    pub(super) fn begin_taking(
        &mut self,
        order: &TakeOrder,
        rule: Option<(Arc<str>, Way)>,
    ) -> Outcome {
        let (rule, way) = rule.unzip();
        let heading = Heading {
            id: Arc::clone(&order.name),
            source: format!("server {}", order.from.0),
            way: way.unwrap_or(Way::Copy(order.order)),
            started_ms: self.wall_ms(order.from),
        };
        let parent = order.parent.as_ref();
        let parent = parent.and_then(|parent| self.vault.get(parent)).cloned();
        let taking = match &parent {
            Some(parent) => Taking::incremental(heading, &parent.manifest),
            None => Taking::full(heading),
        };
        let manifest = taking.manifest(self.wall_ms(order.from));
        let kind = BackupKind::of(manifest.kind);
        let backup = Backup {
            kind,
            source: order.from,
            zxid: manifest.zxid(),
            begun_at: self.now,
            taken_at: self.now,
            files: BTreeMap::new(),
            parts: None,
            manifest,
            work: Work::Idle,
            judged: None,
            rate: order.rate,
        };
        self.go_to_work(&order.name, backup, taking, order.rate, rule);
        Outcome::Vault(VaultEvent::Begun {
            backup: Arc::clone(&order.name),
            server: order.from,
            kind,
            parent: order.parent.clone(),
            again: false,
        })
    }

    /// An operator lets a backup that stopped go on.
    pub(super) fn resume_taking(&mut self, name: &Arc<str>, cause: Cause) -> Result<Step, Refusal> {
        let backup = self.vault.found(name)?;
        if backup.work.job().is_some() {
            return Err(Refusal::UnderWay(name.to_string()));
        }
        let mut backup = Arc::unwrap_or_clone(backup);
        let taking = match Taking::resume(backup.manifest.clone(), &mut backup.files) {
            Ok(taking) => taking,
            Err(why) => {
                let name = name.to_string();
                return Err(Refusal::CannotResume { name, why });
            }
        };
        self.vault_is_reached(backup.source)?;
        let (server, kind) = (backup.source, backup.kind);
        let parent = backup.manifest.parent.clone();
        let rate = backup.rate.max(1);
        self.go_to_work(name, backup, taking, rate, None);
        let begun = Outcome::Vault(VaultEvent::Begun {
            backup: Arc::clone(name),
            server,
            kind,
            parent,
            again: true,
        });
        Ok(self.vault_step(cause, vec![begun]))
    }

    fn go_to_work(
        &mut self,
        name: &Arc<str>,
        mut backup: Backup,
        taking: Taking,
        rate: u64,
        rule: Option<Arc<str>>,
    ) {
        let run = self.vault.next_run();
        backup.rate = rate;
        backup.work = Work::Running(Box::new(Job {
            taking,
            rate,
            run,
            file: FileName::from(""),
            parcel: None,
            rule,
        }));
        self.vault.put(name, backup);
        self.plan_piece(name, run, PIECE, rate);
    }

    fn plan_piece(&mut self, name: &Arc<str>, run: u64, bytes: u64, rate: u64) {
        let task = VaultTask::Piece(Arc::clone(name), run);
        let at = self.now + carrying(bytes, rate);
        self.agenda.plan(at, Event::Vault(task));
    }

    /// Bytes that leave with the step that is under way.
    pub(super) fn parcel(&self, bytes: u64, lasts: Duration) -> Parcel {
        Parcel {
            step: StepId(self.steps()),
            bytes,
            since: self.now,
            until: self.now + lasts,
        }
    }

    /// True while somebody waits for that piece.
    pub(in crate::world) fn waits_for_piece(&self, name: &str, run: u64) -> bool {
        let job = self.vault.get(name).and_then(|backup| backup.work.job());
        job.is_some_and(|job| job.run == run)
    }

    /// The next piece of a backup.
    pub(in crate::world) fn piece(&mut self, name: &Arc<str>) -> Option<Step> {
        let backup = Arc::clone(self.vault.get(name)?);
        let mut backup = Arc::unwrap_or_clone(backup);
        let Work::Running(mut job) = std::mem::replace(&mut backup.work, Work::Idle) else {
            return None;
        };
        let server = backup.source;
        let now_ms = self.wall_ms(server);
        let room = self.vault.room();
        let (_, all) = job.taking.progress();
        let size = PIECE.max(all / PIECES);
        let mut shelf = Shelf {
            files: &mut backup.files,
            room,
        };
        let went = match self.host(server).has_power() {
            false => Err(StopReason::SourceDown),
            true if self.vault.cut => Err(StopReason::Fault(Fault::Cut)),
            true => Ok(next_bytes(
                &mut job,
                &self.host(server).disk,
                &mut shelf,
                size,
            )),
        };
        backup.manifest = job.taking.manifest(now_ms);
        backup.zxid = backup.manifest.zxid();
        backup.taken_at = self.now;
        let id = Arc::clone(name);
        let (done, all) = job.taking.progress();
        let event = match went {
            Ok(Ok(Piece::Copied {
                file, at, bytes, ..
            })) => {
                job.file = file.clone();
                let (run, rate) = (job.run, job.rate);
                job.parcel = Some(self.parcel(bytes, carrying(bytes, rate)));
                backup.work = Work::Running(job);
                self.vault.put(name, backup);
                self.plan_piece(name, run, bytes, rate);
                return Some(self.vault_step(
                    Cause::Operator,
                    vec![Outcome::Vault(VaultEvent::Copying {
                        backup: id,
                        server,
                        file,
                        from: at,
                        bytes,
                        done,
                        all,
                    })],
                ));
            }
            Ok(Ok(Piece::PassedOver { file })) => {
                let (run, rate) = (job.run, job.rate);
                job.parcel = None;
                backup.work = Work::Running(job);
                self.vault.put(name, backup);
                self.plan_piece(name, run, PIECE, rate);
                let event = VaultEvent::PassedOver {
                    backup: id,
                    server,
                    file,
                };
                return Some(self.vault_step(Cause::Operator, vec![Outcome::Vault(event)]));
            }
            Ok(Ok(Piece::Whole)) => return Some(self.taken(name, backup, *job)),
            Ok(Err(Stopped::Broken(why))) => {
                backup.manifest.state = State::Broken(why.clone());
                VaultEvent::Broken {
                    backup: id,
                    server,
                    why,
                }
            }
            Ok(Err(Stopped::Fault(fault))) => {
                stopped(&mut backup, id, StopReason::Fault(fault), (done, all))
            }
            Err(why) => stopped(&mut backup, id, why, (done, all)),
        };
        self.vault.put(name, backup);
        let mut outcomes = vec![Outcome::Vault(event)];
        self.rule_hears(&job.rule, name, false, &mut outcomes);
        Some(self.vault_step(Cause::Operator, outcomes))
    }

    /// Everything is copied.
    fn taken(&mut self, name: &Arc<str>, backup: Backup, job: Job) -> Step {
        let (server, id) = (backup.source, Arc::clone(name));
        let empty = backup.manifest.kind == Kind::Incremental && backup.manifest.log().is_none();
        let mut outcomes = Vec::new();
        if empty && job.rule.is_some() {
            self.vault.remove(name);
            self.number_is_free(&job.rule);
            outcomes.push(Outcome::Vault(VaultEvent::NothingNew {
                backup: id,
                server,
            }));
        } else {
            outcomes.push(Outcome::Vault(VaultEvent::Taken {
                backup: id,
                server,
                kind: backup.kind,
                files: backup.files.len() as u32,
                bytes: backup.bytes(),
                zxid: backup.zxid,
            }));
            self.vault.put(name, backup);
            self.rule_hears(&job.rule, name, true, &mut outcomes);
        }
        self.vault_step(Cause::Operator, outcomes)
    }

    /// An operator stops a backup, or the shipping of a log.
    pub(super) fn stop_taking(&mut self, name: &Arc<str>, cause: Cause) -> Result<Step, Refusal> {
        let mut outcomes = Vec::new();
        let ships = self.vault.stop_shipping(name);
        let all: Vec<Arc<str>> = self
            .vault
            .iter()
            .map(|(name, _)| Arc::clone(name))
            .collect();
        let of_it = |backup: &Backup| {
            let job = backup.work.job();
            job.is_some_and(|job| job.rule.as_ref() == Some(name))
        };
        for backup in all {
            let Some(found) = self.vault.get(&backup) else {
                continue;
            };
            let Some(job) = found.work.job() else {
                continue;
            };
            if backup != *name && !of_it(found) {
                continue;
            }
            let progress = job.progress();
            let mut found = Backup::clone(found);
            let event = stopped(
                &mut found,
                Arc::clone(&backup),
                StopReason::Operator,
                progress,
            );
            outcomes.push(Outcome::Vault(event));
            self.vault.put(&backup, found);
        }
        if outcomes.is_empty() && !ships {
            return Err(Refusal::NotUnderWay(name.to_string()));
        }
        Ok(self.vault_step(cause, outcomes))
    }

    pub(super) fn vault_step(&mut self, cause: Cause, outcomes: Vec<Outcome>) -> Step {
        self.finish_step(Actor::World, cause, outcomes, None)
    }
}

/// How long so many bytes take.
fn carrying(bytes: u64, rate: u64) -> Duration {
    Duration::from_us((bytes.max(1) * 1_000_000 / rate.max(1)).max(1_000))
}

/// The next piece that has any bytes.
fn next_bytes(
    job: &mut Job,
    disk: &Disk,
    shelf: &mut Shelf<'_>,
    size: u64,
) -> Result<Piece, Stopped> {
    loop {
        match job.taking.advance(disk, shelf, size)? {
            Piece::Copied { bytes: 0, .. } => {}
            piece => return Ok(piece),
        }
    }
}

fn stopped(
    backup: &mut Backup,
    name: Arc<str>,
    why: StopReason,
    (done, all): (u64, u64),
) -> VaultEvent {
    backup.work = Work::Stopped(why.clone());
    VaultEvent::Stopped {
        backup: name,
        server: backup.source,
        why,
        done,
        all,
    }
}
