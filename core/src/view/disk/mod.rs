//! A disk as it is: files with their sizes, a file part by part, a part field by field.
//!
//! ```text
//!   Host ──► DiskView                  files: durable, pending, zeros written ahead
//!   Anatomy ──► file ──► FileView      parts, the fields of one of them, raw bytes    (meaning)
//!   Recovery ──► outlook ──► Outlook   what a server would make of these bytes now
//! ```
//!
//! What is *not* here: reading. Fields, their places and the verdict over a checksum come from the
//! readers that recovery uses; here they only get words.

mod file;
mod meaning;
mod outlook;

use serde::Serialize;

pub use self::file::{
    Choice, FieldView, FileAsk, FileView, HexView, PartRow, PartView, Pick, Safety, Tone,
};
pub use self::meaning::Group;
pub use self::outlook::{Cause, Outlook, OutlookView, ends_of};
use crate::base::{Order, ServerId};
use crate::storage::scan::zxid_in_name;
use crate::storage::{FileKind, FileName, PowerLoss, ReadFiles};
use crate::world::{Host, Outcome, Step, World};

/// A disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiskView {
    /// Whose.
    pub server: ServerId,
    /// An fsync comes before each acknowledgement.
    pub force_sync: bool,
    /// No space is left.
    pub full: bool,
    /// An fsync answers and forces nothing.
    pub lying: bool,
    /// The files: snapshots, logs, epochs, others.
    pub files: Vec<FileRow>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileRow {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// Bytes that a power loss leaves.
    pub durable: u64,
    /// Bytes that it takes.
    pub pending: u64,
    /// Zeros at the end that were written ahead.
    pub zeros: u64,
    /// Bytes that this step took.
    pub lost: u64,
    /// Bytes behind its end that a power loss would bring back.
    pub back: u64,
    /// The name itself is not durable.
    pub name_pending: bool,
}

impl DiskView {
    /// The disk of a server after a step.
    pub fn of(world: &World, server: ServerId, step: Option<&Step>) -> Option<Self> {
        let host = world.hosts().iter().find(|host| host.id == server)?;
        let loss = step.and_then(|step| loss(server, step));
        let mut names = host.disk.names();
        names.extend(vanished(&names, loss));
        let mut files: Vec<FileRow> = names.iter().map(|name| row(host, name, loss)).collect();
        files.order_by_key(|file| (file.kind, number(&file.name)));
        Some(Self {
            server,
            force_sync: world.config().force_sync,
            full: host.disk.is_full(),
            lying: host.disk.is_lying(),
            files,
        })
    }

    /// The name of the newest log; of the newest file when there is none.
    pub fn newest(&self) -> Option<&str> {
        let logs = self.files.iter().rev().filter(|f| f.kind == FileKind::Log);
        let newest = logs.chain(self.files.iter()).next();
        newest.map(|file| file.name.as_str())
    }
}

impl FileRow {
    /// Bytes that hold something.
    pub const fn data(&self) -> u64 {
        self.durable + self.pending
    }
}

fn row(host: &Host, name: &FileName, loss: Option<&PowerLoss>) -> FileRow {
    let lost = loss.and_then(|loss| loss.files.iter().find(|file| file.file == *name));
    let name_pending = !host.disk.name_is_durable(name);
    let mut row = FileRow {
        name: name.to_string(),
        kind: FileKind::Log,
        durable: 0,
        pending: 0,
        zeros: 0,
        lost: lost.map_or(0, |file| file.lost),
        back: 0,
        name_pending,
    };
    let Some(file) = host.disk.file(name) else {
        return row;
    };
    let data_end = file.data_end();
    row.kind = FileKind::of(name, file.content());
    row.zeros = file.len() - data_end;
    if !name_pending {
        row.durable = file.durable_end().min(data_end);
        row.back = file.durable_end().saturating_sub(data_end);
    }
    row.pending = data_end - row.durable;
    row
}

/// Files that this step took whole.
fn vanished(names: &[FileName], loss: Option<&PowerLoss>) -> Vec<FileName> {
    let files = loss.map(|loss| loss.files.as_slice()).unwrap_or_default();
    let gone = files
        .iter()
        .filter(|f| f.vanished && !names.contains(&f.file));
    gone.map(|file| file.file.clone()).collect()
}

/// What a server lost in a step.
fn loss(server: ServerId, step: &Step) -> Option<&PowerLoss> {
    step.outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Died {
            server: died, lost, ..
        } if *died == server => lost.as_ref(),
        _ => None,
    })
}

/// The number in a name, so that `log.10` comes behind `log.9`.
fn number(name: &str) -> i64 {
    let (prefix, _) = name.split_once('.').unwrap_or((name, ""));
    zxid_in_name(name, prefix).0
}
