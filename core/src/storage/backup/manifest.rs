//! What is known of a backup: whose it is, what is in it, and whether it is whole.
//!
//! A manifest is plain data, and it can be written down as JSON: zxids are texts there, since many
//! readers of JSON cannot hold 64 bits. Everything in it was seen while the bytes were copied; what a
//! backup is worth is said by [`super::Verifying`] alone.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::source::Fault;
use crate::model::Zxid;
use crate::storage::corrupt::Corrupt;
use crate::storage::op::FileName;

/// The name of a backup in its vault.
pub type BackupId = Arc<str>;

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A snapshot, and the log from there on.
    Full,
    /// The records behind the last one of its parent.
    Incremental,
}

/// In which order a snapshot and the log are copied from a server that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyOrder {
    /// The log covers the snapshot.
    SnapshotFirst,
    /// The log may end before the snapshot is repaired: a mistake.
    LogsFirst,
}

/// How a backup was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The files of a server that was down.
    Cold,
    /// The files of a server that may be running.
    Copy(CopyOrder),
    /// A snapshot as the admin command streams it.
    Stream,
    /// The log is shipped all the time, an increment each period.
    Shipped,
}

/// Whether the last transactions may be undone by the ensemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tail {
    /// The server had applied all of it.
    Applied,
    /// It ends in a log, and a log may hold what no quorum has.
    MayBeUncommitted,
}

/// How far a backup is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is being taken, or it was interrupted; it can be resumed.
    Taking {
        /// Bytes copied.
        done: u64,
        /// Bytes in all, as far as is known.
        all: u64,
    },
    /// Everything is there.
    Whole,
    /// It will never be whole.
    Broken(Broken),
}

/// Why a backup will never be whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Broken {
    /// The source has no finished snapshot.
    NoSnapshot,
    /// The log that repairs the snapshot was removed before it was copied.
    Uncovered(#[serde(with = "hex")] Zxid),
    /// The log goes on with another transaction than the next: the server got a snapshot from its leader
    /// in between, and a full backup is due.
    Gap {
        /// The file.
        file: FileName,
        /// The last transaction before.
        #[serde(with = "hex")]
        after: Zxid,
        /// The one that is there.
        #[serde(with = "hex")]
        found: Zxid,
    },
    /// A file was removed from the source before it was copied.
    Vanished(FileName),
    /// A log of the source is damaged: no server would start from it.
    Damaged {
        /// The file.
        file: FileName,
        /// Where.
        offset: u64,
        /// What is wrong there, in words.
        why: Arc<str>,
    },
    /// The last record of the parent does not stand in the source any more: a full backup is due.
    ChainBroken {
        /// The file it stood in.
        file: FileName,
        /// Where it stood.
        offset: u64,
        /// What is there instead.
        found: Standing,
    },
}

/// What is found where a record stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The file is gone: a purge.
    NoFile,
    /// No record: the log was cut before it.
    NoRecord,
    /// Another record: the log was cut and went on with another history.
    Other(#[serde(with = "hex")] Zxid),
}

/// Where a record stands, so that it can be looked for again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LastRecord {
    /// The file.
    pub file: FileName,
    /// Where its frame starts.
    pub offset: u64,
    /// Where the next one starts.
    pub end: u64,
    /// Its zxid.
    #[serde(with = "hex")]
    pub zxid: Zxid,
    /// Its checksum.
    pub checksum: u32,
}

/// The records in a part of a log.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Records {
    /// How many.
    pub count: u64,
    /// Zxid of the first.
    #[serde(with = "hex")]
    pub first: Zxid,
    /// Time of the first, by the clock of its leader.
    pub first_ms: i64,
    /// Time of the last.
    pub last_ms: i64,
    /// The last.
    pub last: LastRecord,
}

/// A file, or the part of a file that goes on where the parent ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FilePart {
    /// Its name in `version-2`.
    pub name: FileName,
    /// Where the part starts in the file; 0 for a whole one.
    pub from: u64,
    /// Bytes.
    pub len: u64,
    /// Their digest, 64 hexadecimal digits.
    pub sha256: String,
    /// What is in it, for a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Records>,
}

/// The snapshot that a full backup starts from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Base {
    /// The file.
    pub file: FileName,
    /// The zxid in its name.
    #[serde(with = "hex")]
    pub zxid: Zxid,
    /// Up to where its state may go: the log must reach that. None where the file does not say so.
    #[serde(with = "hex_or_none")]
    pub fuzzy_to: Option<Zxid>,
    /// The log from which on it is repaired: the newest that starts at or before it, else the oldest.
    pub log: Option<FileName>,
}

/// Which transactions the logs of a backup hold, those of its parents not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogRange {
    /// The first.
    pub first: Zxid,
    /// The last.
    pub last: Zxid,
    /// The checksum of the last.
    pub last_checksum: u32,
    /// Time of the first, by the clock of its leader.
    pub first_ms: i64,
    /// Time of the last.
    pub last_ms: i64,
}

/// What a backup is called, and where it is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Heading {
    /// Its name.
    pub id: BackupId,
    /// Whose files they are, in words: `server 2`, a path.
    pub source: String,
    /// How it is taken.
    pub way: Way,
    /// When it begins: milliseconds since 1970, by the clock of the source.
    pub started_ms: i64,
}

/// What is known of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name.
    pub id: BackupId,
    /// What it holds.
    pub kind: Kind,
    /// How it was taken.
    pub way: Way,
    /// Whose files they were, in words.
    pub source: String,
    /// What an increment goes on from.
    pub parent: Option<BackupId>,
    /// When it was begun: milliseconds since 1970, by the clock of the source.
    pub started_ms: i64,
    /// When it was whole, or when it was last worked on.
    pub taken_ms: i64,
    /// The snapshot of a full backup.
    pub snapshot: Option<Base>,
    /// The last record of the chain before this backup.
    pub follows: Option<LastRecord>,
    /// The last transaction of the chain before this backup.
    #[serde(with = "hex_or_none")]
    pub follows_zxid: Option<Zxid>,
    /// Whether its end may be undone.
    pub tail: Tail,
    /// What is in it, in the order in which it was copied.
    pub files: Vec<FilePart>,
    /// How far it is.
    pub state: State,
}

impl Heading {
    /// A manifest without any file yet.
    pub(super) fn manifest(self, kind: Kind, parent: Option<&Manifest>) -> Manifest {
        Manifest {
            id: self.id,
            kind,
            way: self.way,
            source: self.source,
            parent: parent.map(|parent| parent.id.clone()),
            started_ms: self.started_ms,
            taken_ms: self.started_ms,
            snapshot: None,
            follows: parent.and_then(|parent| parent.end().cloned()),
            follows_zxid: parent.map(Manifest::zxid),
            tail: Tail::Applied,
            files: Vec::new(),
            state: State::Taking { done: 0, all: 0 },
        }
    }
}

impl Manifest {
    /// Bytes of its files: what it adds to its parents.
    pub fn bytes(&self) -> u64 {
        let lens = self.files.iter().map(|part| part.len);
        lens.fold(0, u64::saturating_add)
    }

    /// The last transaction in it, or in what it goes on from.
    pub fn zxid(&self) -> Zxid {
        let base = self.snapshot.as_ref().map(|base| base.zxid);
        let logged = self.log().map(|log| log.last);
        let last = base.into_iter().chain(logged).max();
        last.or(self.follows_zxid).unwrap_or(Zxid::ZERO)
    }

    /// The transaction that the next one in the logs of an increment must follow. A full backup holds what the
    /// server has, holes included; verifying tells of them.
    pub(super) fn reaches(&self) -> Option<Zxid> {
        (self.kind == Kind::Incremental).then(|| self.zxid())
    }

    /// Names of files in it, wherever they stand.
    pub fn names(&self) -> impl Iterator<Item = &FileName> {
        let base = self.snapshot.iter();
        let base = base.flat_map(|base| [&base.file].into_iter().chain(&base.log));
        let parts = self.files.iter().flat_map(|part| {
            let last = part.records.iter().map(|records| &records.last.file);
            [&part.name].into_iter().chain(last)
        });
        let before = self.follows.iter().map(|last| &last.file);
        base.chain(parts).chain(before)
    }

    /// The transactions in its own logs.
    pub fn log(&self) -> Option<LogRange> {
        let mut logs = self.files.iter().filter_map(|part| part.records.as_ref());
        let first = logs.next()?;
        let last = logs.next_back().unwrap_or(first);
        Some(LogRange {
            first: first.first,
            last: last.last.zxid,
            last_checksum: last.last.checksum,
            first_ms: first.first_ms,
            last_ms: last.last_ms,
        })
    }

    /// The last record of the chain up to here: what the next increment goes on from.
    pub fn end(&self) -> Option<&LastRecord> {
        let mut logs = self.files.iter().filter_map(|part| part.records.as_ref());
        logs.next_back()
            .map(|records| &records.last)
            .or(self.follows.as_ref())
    }

    /// True when everything is there.
    pub fn is_whole(&self) -> bool {
        self.state == State::Whole
    }

    /// What the logs say of the tail.
    pub(super) fn judge_tail(&mut self) {
        let seen = self.snapshot.as_ref().and_then(|base| base.fuzzy_to);
        let logged = self.log().map(|log| log.last);
        self.tail = match logged {
            Some(last) if seen.is_none_or(|seen| last > seen) => Tail::MayBeUncommitted,
            _ if self.kind == Kind::Incremental => Tail::MayBeUncommitted,
            _ => Tail::Applied,
        };
    }
}

impl Broken {
    pub(super) fn damaged(file: &FileName, corrupt: &Corrupt) -> Self {
        Self::Damaged {
            file: file.clone(),
            offset: corrupt.offset,
            why: corrupt.why.to_string().into(),
        }
    }

    /// A file that is gone breaks a backup; every other fault does not.
    pub(super) fn of_fault(fault: &Fault) -> Option<Self> {
        match fault {
            Fault::Gone(file) => Some(Self::Vanished(file.clone())),
            Fault::Full | Fault::Cut | Fault::Failed(_) => None,
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSnapshot => f.write_str("the source has no finished snapshot"),
            Self::Uncovered(zxid) => {
                write!(
                    f,
                    "the log behind {zxid:#x} was removed before it was copied"
                )
            }
            Self::Gap { file, after, found } => write!(
                f,
                "transactions are missing: in {file} {found:#x} comes after {after:#x}; take a full backup"
            ),
            Self::Vanished(file) => write!(f, "{file} was removed before it was copied"),
            Self::Damaged { file, offset, why } => {
                write!(f, "{file} is damaged at byte {offset}: {why}")
            }
            Self::ChainBroken {
                file,
                offset,
                found,
            } => {
                write!(
                    f,
                    "the last record of the parent is not at byte {offset} of {file} any more: "
                )?;
                match found {
                    Standing::NoFile => f.write_str("the file is gone")?,
                    Standing::NoRecord => f.write_str("the log was cut before it")?,
                    Standing::Other(zxid) => write!(f, "another record is there, {zxid:#x}")?,
                }
                f.write_str("; take a full backup")
            }
        }
    }
}

/// A zxid as a text.
pub(super) mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::model::Zxid;

    pub fn serialize<S: Serializer>(zxid: &Zxid, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{zxid:#x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Zxid, D::Error> {
        let text = String::deserialize(from)?;
        parse(&text).ok_or_else(|| D::Error::custom("a zxid looks like 0x100000007"))
    }

    pub(super) fn parse(text: &str) -> Option<Zxid> {
        let digits = text.strip_prefix("0x")?;
        // A negative one is written as its two's complement.
        let bits = u64::from_str_radix(digits, 16).ok()?;
        Some(Zxid(bits.cast_signed()))
    }
}

/// A zxid as a text, or nothing.
mod hex_or_none {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::hex::parse;
    use crate::model::Zxid;

    pub fn serialize<S: Serializer>(zxid: &Option<Zxid>, to: S) -> Result<S::Ok, S::Error> {
        match zxid {
            Some(zxid) => super::hex::serialize(zxid, to),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Zxid>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let parsed = |text: String| {
            parse(&text).ok_or_else(|| D::Error::custom("a zxid looks like 0x100000007"))
        };
        text.map(parsed).transpose()
    }
}
