//! One file being copied: a snapshot with its seals, a log record by record.
//!
//! A piece either happens or does not: when source or store fail, nothing has changed here, and the
//! piece can be tried again.

use std::fmt;

use sha2::{Digest, Sha256};

use super::frames::{Frame, frame};
use super::look::{self, Candidate, Packed};
use super::manifest::{Base, Broken, FilePart, LastRecord, Records};
use super::seal::Seals;
use super::source::{Fault, Source, Store};
use super::taking::Stopped;
use crate::model::Zxid;
use crate::storage::corrupt::{Corrupt, Why};
use crate::storage::log::{HEADER_LEN, MAGIC};
use crate::storage::op::FileName;
use crate::storage::snapshot;

/// The SHA-256 of bytes that pass. It can be compared, for the sake of worlds that are.
#[derive(Clone, Default)]
pub struct Sum(Sha256);

/// A snapshot being copied. Its length was fixed when it looked whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SnapshotCopy {
    pub(super) name: FileName,
    pub(super) at: u64,
    pub(super) len: u64,
    /// What was found in it when it was chosen: what is copied must be that.
    packed: Option<Packed>,
    /// The log from which on it is repaired.
    log: Option<FileName>,
    sum: Sum,
    seals: Seals,
    created: bool,
    /// Where pieces are read to; empty between two of them.
    room: Vec<u8>,
}

/// A log that is to be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) name: FileName,
    pub(super) from: u64,
    /// About where it ends.
    pub(super) used: u64,
    /// It is the newest: the server may still write it.
    pub(super) newest: bool,
}

/// A log being copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogCopy {
    pub(super) log: Waiting,
    /// Where the copied records end in the file.
    at: u64,
    /// Bytes behind that which are no whole record yet.
    rest: Vec<u8>,
    sum: Sum,
    created: bool,
    records: Option<Records>,
    /// What the next record must follow, as far as that is known.
    reaches: Option<Zxid>,
}

/// What a look at some bytes of a log comes to.
struct Passage {
    /// Bytes of whole records.
    good: usize,
    /// Those, and the ones before.
    records: Option<Records>,
    reaches: Option<Zxid>,
    then: Then,
}

/// What is behind the whole records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The start of a record.
    More,
    /// Bytes that have changed meanwhile: they must be read again.
    Again,
    /// The end of the log.
    End,
}

impl PartialEq for Sum {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Sum {}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Sum {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut sum = Self::default();
        sum.add(bytes);
        sum
    }

    /// The next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The bytes are on their way into the store, which may digest them itself.
    fn pass(&mut self, store: &mut impl Store, bytes: &[u8]) {
        if store.digester().is_none() {
            self.add(bytes);
        }
    }

    /// The digest of all that passed into the store.
    fn passed(&self, store: &mut impl Store) -> Result<String, Fault> {
        match store.digester() {
            Some(digester) => digester.digest(),
            None => Ok(self.text()),
        }
    }

    /// Hexadecimal digits.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0.clone().finalize() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).expect("below 16"));
            }
        }
        text
    }
}

impl SnapshotCopy {
    pub(super) fn new(chosen: Candidate, log: Option<FileName>) -> Self {
        Self {
            name: chosen.name,
            at: 0,
            len: chosen.len,
            packed: chosen.packed,
            log,
            sum: Sum::default(),
            seals: Seals::default(),
            created: false,
            room: Vec::new(),
        }
    }

    /// Copies some bytes, and tells how many. None before the end: somebody writes the file anew.
    pub(super) fn piece(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
        bytes: u64,
    ) -> Result<u64, Stopped> {
        let mut piece = std::mem::take(&mut self.room);
        let passed = self.pass(source, store, bytes, &mut piece);
        let copied = piece.len() as u64;
        piece.clear();
        self.room = piece;
        passed.map(|()| copied).map_err(Stopped::from)
    }

    fn pass(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
        bytes: u64,
        piece: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let left = self.len - self.at;
        source.append(&self.name, self.at, bytes.min(left), piece)?;
        if !self.created {
            store.create(&self.name)?;
            self.created = true;
        }
        store.write(&self.name, self.at, piece)?;
        self.sum.pass(store, piece);
        self.seals.pass(piece);
        self.at += piece.len() as u64;
        Ok(())
    }

    /// What was copied, and the store is done with it; none when it is not whole, or its seals are
    /// wrong.
    pub(super) fn finish(&self, store: &mut impl Store) -> Result<Option<(FilePart, Base)>, Fault> {
        let sha256 = self.sum.passed(store)?;
        let sealed = match &self.packed {
            _ if self.at < self.len => Err(()),
            None => self.seals.finish(),
            Some(packed) if packed.sum.text() == sha256 => Ok(packed.fuzzy_to),
            Some(_) => Err(()),
        };
        let Ok(fuzzy_to) = sealed else {
            store.discard(&self.name)?;
            return Ok(None);
        };
        let zxid = snapshot::zxid_of(&self.name);
        let part = FilePart {
            name: self.name.clone(),
            from: 0,
            len: self.len,
            sha256,
            records: None,
        };
        let base = Base {
            file: self.name.clone(),
            zxid,
            fuzzy_to: fuzzy_to.map(|seen| seen.max(zxid)),
            log: self.log.clone(),
        };
        store.finish(&self.name)?;
        Ok(Some((part, base)))
    }
}

impl LogCopy {
    /// A log whose records must follow `reaches`, those before it not counted.
    pub(super) fn new(log: Waiting, reaches: Option<Zxid>) -> Self {
        Self {
            at: log.from,
            log,
            rest: Vec::new(),
            sum: Sum::default(),
            created: false,
            records: None,
            reaches,
        }
    }

    /// How far the file was read.
    pub(super) fn read_to(&self) -> u64 {
        self.at + self.rest.len() as u64
    }

    /// Reads some bytes and copies the records that are whole now. True at the end of the log.
    pub(super) fn piece(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
        bytes: u64,
    ) -> Result<bool, Stopped> {
        let held = self.rest.len();
        let mut waiting = std::mem::take(&mut self.rest);
        let passage = self.pass(source, store, bytes, &mut waiting);
        match &passage {
            Ok(passage) if passage.then == Then::More => drop(waiting.drain(..passage.good)),
            Ok(_) => waiting.clear(),
            Err(_) => waiting.truncate(held),
        }
        self.rest = waiting;
        let passage = passage?;
        self.at += passage.good as u64;
        self.records = passage.records;
        self.reaches = passage.reaches;
        Ok(passage.then == Then::End)
    }

    /// Reads more behind what waits, and copies what is whole of it.
    fn pass(
        &mut self,
        source: &impl Source,
        store: &mut impl Store,
        bytes: u64,
        waiting: &mut Vec<u8>,
    ) -> Result<Passage, Stopped> {
        let name = &self.log.name;
        let held = waiting.len() as u64;
        source.append(name, self.at + held, bytes, waiting)?;
        let no_more = waiting.len() as u64 - held < bytes;
        let passage = self.look(source, waiting, no_more)?;
        let good = &waiting[..passage.good];
        if !good.is_empty() {
            if !self.created {
                store.create(name)?;
                self.created = true;
            }
            store.write(name, self.at - self.log.from, good)?;
            self.sum.pass(store, good);
        }
        Ok(passage)
    }

    /// What was copied, and the store is done with it; none when there is no record.
    pub(super) fn finish(&self, store: &mut impl Store) -> Result<Option<FilePart>, Fault> {
        let Some(records) = self.records.clone() else {
            return Ok(None);
        };
        let part = FilePart {
            name: self.log.name.clone(),
            from: self.log.from,
            len: self.at - self.log.from,
            sha256: self.sum.passed(store)?,
            records: Some(records),
        };
        store.finish(&self.log.name)?;
        Ok(Some(part))
    }

    /// How many of the waiting bytes are whole records.
    fn look(
        &self,
        source: &impl Source,
        waiting: &[u8],
        no_more: bool,
    ) -> Result<Passage, Stopped> {
        let mut records = self.records.clone();
        let mut reaches = self.reaches;
        let (mut good, mut then) = match self.at {
            0 => self.header(source, waiting, no_more)?,
            _ => (0, None),
        };
        while then.is_none() {
            let at = self.at + good as u64;
            match frame(&waiting[good..], at) {
                Frame::Record(found) => {
                    reaches = self.follow(reaches, found.zxid)?;
                    let last = LastRecord {
                        file: self.log.name.clone(),
                        offset: at,
                        end: at + found.len as u64,
                        zxid: found.zxid,
                        checksum: found.checksum,
                    };
                    good += found.len;
                    note(&mut records, last, found.time_ms);
                }
                Frame::Needs(_) if no_more => then = Some(Then::End),
                Frame::Needs(_) => then = Some(Then::More),
                Frame::End(why, within) => {
                    let behind = at + within.end as u64;
                    if look::hides(source, &self.log.name, why, behind)? {
                        return Err(self.damaged(&Corrupt::at(at, Why::End)));
                    }
                    then = Some(Then::End);
                }
                Frame::Damaged(corrupt) => {
                    // A server may be in the middle of writing it.
                    let again = look::record_at(source, &self.log.name, at)?;
                    if matches!(again, Frame::Damaged(_)) {
                        return Err(self.damaged(&corrupt));
                    }
                    then = Some(Then::Again);
                }
            }
        }
        Ok(Passage {
            // A header alone is no part of a backup.
            good: if records.is_some() { good } else { 0 },
            records,
            reaches,
            then: then.unwrap_or(Then::More),
        })
    }
}

impl LogCopy {
    /// The bytes of a header, or what there is instead of one.
    fn header(
        &self,
        source: &impl Source,
        waiting: &[u8],
        no_more: bool,
    ) -> Result<(usize, Option<Then>), Stopped> {
        let len = HEADER_LEN as usize;
        match waiting.first_chunk::<4>() {
            Some(&MAGIC) if waiting.len() >= len => Ok((len, None)),
            _ if waiting.len() < len && !no_more => Ok((0, Some(Then::More))),
            // The server has just created it.
            _ if waiting.len() < len && self.log.newest => Ok((0, Some(Then::End))),
            _ => match source.read(&self.log.name, 0, HEADER_LEN)? {
                again if again.len() == len && again.starts_with(&MAGIC) => {
                    Ok((0, Some(Then::Again)))
                }
                again => {
                    let why = match again.first_chunk::<4>() {
                        Some(magic) if again.len() == len => Why::Magic(*magic),
                        _ => Why::End,
                    };
                    Err(self.damaged(&Corrupt::at(0, why)))
                }
            },
        }
    }

    /// The next transaction, behind what was reached.
    fn follow(&self, reaches: Option<Zxid>, found: Zxid) -> Result<Option<Zxid>, Broken> {
        match reaches {
            Some(after) if found > after && !found.follows(after) => Err(Broken::Gap {
                file: self.log.name.clone(),
                after,
                found,
            }),
            Some(after) => Ok(Some(after.max(found))),
            None => Ok(None),
        }
    }

    fn damaged(&self, corrupt: &Corrupt) -> Stopped {
        Broken::damaged(&self.log.name, corrupt).into()
    }
}

/// Adds a record to those of a part.
pub(super) fn note(records: &mut Option<Records>, last: LastRecord, time_ms: i64) {
    match records {
        Some(records) => {
            records.count += 1;
            records.last_ms = time_ms;
            records.last = last;
        }
        None => {
            *records = Some(Records {
                count: 1,
                first: last.zxid,
                first_ms: time_ms,
                last_ms: time_ms,
                last,
            });
        }
    }
}
