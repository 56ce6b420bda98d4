//! What is on its way between the disks and the vault.
//!
//! ```text
//!   a piece of a backup     disk ──► vault    from its step on, as long as the copy is busy with it
//!   files of a restore      vault ──► disk    until they lie beside those of the server
//!   a copy in one step      either way        in that step alone
//!   a stream that is taken  vault ──► memory  in that step alone
//!   a log that is shipped   at the disk       waits for its next turn
//! ```
//! Times and bytes are those of the engine: nothing moves that it does not carry.

use serde::Serialize;

use super::lang::Text;
use crate::base::{Duration, ServerId};
use crate::world::vault::{Parcel, Work};
use crate::world::{Cause, Command, Outcome, Step, World};

/// Set in the id of whatever is carried, and in that of no message.
const CARGO: u64 = 1 << 63;
/// Set besides in that of what waits.
const WAITS: u64 = 1 << 62;

/// Bytes on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CargoView {
    /// Its number; no message has it.
    pub id: u64,
    /// The backup that it belongs to.
    pub backup: String,
    /// The server at the other end.
    pub server: ServerId,
    /// Where it goes.
    pub course: Course,
    /// How many bytes.
    pub bytes: u64,
    /// When it left.
    pub sent_us: u64,
    /// When it is there.
    pub due_us: u64,
    /// What it is, in one sentence.
    pub title: Text,
}

/// Where bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Course {
    /// From a disk to the vault.
    ToVault,
    /// From the vault to a disk.
    FromVault,
    /// From the vault into the memory of a server that runs.
    ToMemory,
    /// They wait at the disk for their turn.
    Waits,
}

/// How bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Not yet.
    Stands,
    /// In one step.
    AtOnce,
    /// It takes them some time.
    Moves,
}

impl CargoView {
    /// How it goes.
    pub fn pace(&self) -> Pace {
        match self.course {
            Course::Waits => Pace::Stands,
            _ if self.sent_us == self.due_us => Pace::AtOnce,
            _ => Pace::Moves,
        }
    }
}

/// The id of what left with a step.
pub const fn id(step: u64) -> u64 {
    CARGO | step
}

/// All that is carried at a moment, or was in the step that led to it.
pub(super) fn cargo(world: &World, step: Option<&Step>) -> Vec<CargoView> {
    let now = step.into_iter().flat_map(|step| {
        let whole = |outcome| at_once(outcome, step);
        let taken = handed(step).and_then(|(name, to)| streamed(world, step, name, to));
        step.outcomes.iter().filter_map(whole).chain(taken)
    });
    pieces(world)
        .chain(ships(world))
        .chain(staged(world))
        .chain(now)
        .collect()
}

/// Pieces of backups.
fn pieces(world: &World) -> impl Iterator<Item = CargoView> {
    world.vault().iter().filter_map(|(name, backup)| {
        let Work::Running(job) = &backup.work else {
            return None;
        };
        let parcel = job.parcel()?;
        let (server, bytes, file) = (backup.source, parcel.bytes, job.file());
        let title = Text::new(
            format!("{bytes} B of {file} from {server} to {name}"),
            format!("{file} 的 {bytes} B，从 {server} 送往 {name}"),
        );
        Some(carried(parcel, name, server, Course::ToVault, title))
    })
}

/// Logs that wait for their turn; one that is copied just now does not.
fn ships(world: &World) -> impl Iterator<Item = CargoView> {
    let vault = world.vault();
    let idle = vault.ships.iter().enumerate().filter(|(_, (name, _))| {
        let theirs = |job: &crate::world::vault::Job| job.rule() == Some(name);
        !vault.iter().any(|(_, b)| b.work.job().is_some_and(theirs))
    });
    idle.map(|(at, (name, ship))| {
        let (server, every) = (ship.order.from, ship.order.every);
        let left = Duration(ship.next.since(world.now()).0 / 1_000 * 1_000);
        CargoView {
            id: CARGO | WAITS | at as u64,
            backup: ship.last.to_string(),
            server,
            course: Course::Waits,
            bytes: 0,
            sent_us: ship.next.0.saturating_sub(every.0),
            due_us: ship.next.0,
            title: Text::new(
                format!("{name}: the log of {server} is shipped every {every}, next in {left}"),
                format!("{name}：每 {every} 传送 {server} 的日志，{left} 后下一次"),
            ),
        }
    })
}

/// Files of a joint restore.
fn staged(world: &World) -> impl Iterator<Item = CargoView> {
    let restoring = world.restoring();
    restoring.into_iter().filter_map(|restoring| {
        let (server, parcel) = restoring.parcel()?;
        let name = &restoring.declared().backup;
        let title = Text::new(
            format!("{} B of {name} to {server}, beside its files", parcel.bytes),
            format!("{name} 的 {} B，送往 {server}，先放在旁侧", parcel.bytes),
        );
        Some(carried(parcel, name, server, Course::FromVault, title))
    })
}

fn carried(
    parcel: Parcel,
    backup: &str,
    server: ServerId,
    course: Course,
    title: Text,
) -> CargoView {
    CargoView {
        id: id(parcel.step.0),
        backup: backup.to_owned(),
        server,
        course,
        bytes: parcel.bytes,
        sent_us: parcel.since.0,
        due_us: parcel.until.0,
        title,
    }
}

/// Files that changed their place in a step.
fn at_once(outcome: &Outcome, step: &Step) -> Option<CargoView> {
    let (backup, server, course, bytes) = match outcome {
        Outcome::BackedUp {
            backup,
            server,
            bytes,
            ..
        } => (backup, server, Course::ToVault, bytes),
        Outcome::Copied {
            backup,
            server,
            bytes,
            ..
        } => (backup, server, Course::FromVault, bytes),
        _ => return None,
    };
    let title = match course {
        Course::FromVault => Text::new(
            format!("{bytes} B of {backup} replace the files of {server}"),
            format!("{backup} 的 {bytes} B 取代 {server} 的文件"),
        ),
        _ => Text::new(
            format!("{bytes} B of {server} to {backup}, all at one moment"),
            format!("{server} 的 {bytes} B，同一时刻送往 {backup}"),
        ),
    };
    let parcel = in_step(step, *bytes);
    Some(carried(parcel, backup, *server, course, title))
}

/// The backup that the admin command `restore` hands to a server in a step.
pub(crate) fn handed(step: &Step) -> Option<(&str, ServerId)> {
    let Cause::Command(command) = &step.cause else {
        return None;
    };
    match &**command {
        Command::AdminRestore { name, to } => Some((name, *to)),
        _ => None,
    }
}

fn streamed(world: &World, step: &Step, name: &str, to: ServerId) -> Option<CargoView> {
    let bytes = world.vault().get(name)?.bytes();
    let title = Text::new(
        format!("{bytes} B of {name} as a stream: the tree in the memory of {to} is replaced"),
        format!("{name} 的 {bytes} B 以流的形式取代 {to} 内存中的树"),
    );
    let parcel = in_step(step, bytes);
    Some(carried(parcel, name, to, Course::ToMemory, title))
}

const fn in_step(step: &Step, bytes: u64) -> Parcel {
    Parcel {
        step: step.id,
        bytes,
        since: step.at,
        until: step.at,
    }
}
