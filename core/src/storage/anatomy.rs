//! The anatomy of a file: every byte in a part, every part in fields.
//!
//! ```text
//!   log        header │ record │ record │ … │ cut │ unread │ zeros
//!   snapshot   head │ sessions │ … │ node │ node │ … │ end │ seal │ digest │ seal │ …
//!   others     text
//! ```
//!
//! The parts cover the file without a gap; the fields of a part cover the part. Both come from the
//! readers that recovery uses ([`LogFile`], [`Items`]), so that what is shown of a file is what a
//! server makes of it. Parts are found by passing over a file once, some bytes at a time; when the file
//! has grown, only what is new is passed over. Fields are read when they are asked for.
//!
//! Nothing is judged here but single records and seals: what a server makes of the whole disk is the
//! matter of [`super::recovery`].

use std::ops::Range;

use serde::Serialize;

use super::content::Content;
use super::corrupt::{Corrupt, Why};
use super::fields::{Field, Name, Notes, Value};
use super::log_file::{LogFile, StopWhy};
use super::op::FileName;
use super::scan::zxid_in_name;
use super::snapshot::items::{Item, Items, Place};
use super::snapshot::{self, Packing};
use crate::model::Zxid;

/// What a file is, by its name and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum FileKind {
    /// A snapshot that looks whole.
    Snapshot,
    /// A snapshot that was never finished, or has its temporary name still.
    UnfinishedSnapshot,
    /// A transaction log.
    Log,
    /// The newest epoch that the server promised to follow.
    AcceptedEpoch,
    /// The newest epoch that the server joined.
    CurrentEpoch,
    /// An epoch that was about to replace another.
    EpochTmp,
    /// The number of the server.
    MyId,
    /// Not one of a server's files.
    Foreign,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where.
    pub at: Range<u64>,
    /// What.
    pub kind: PartKind,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// The header of a log.
    Header,
    /// A record of a log.
    Record(Option<Zxid>),
    /// A record of which a piece is left.
    Cut,
    /// An item of a snapshot.
    Item(ItemKind, Place),
    /// Bytes behind the place where readers stop.
    Unread,
    /// Zeros that were written ahead.
    Zeros,
    /// A line of text.
    Text,
    /// A packed snapshot.
    Packed,
}

/// What an item of a snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// The header.
    Head,
    /// How many sessions follow.
    Sessions,
    /// A session.
    Session,
    /// How many access control lists follow.
    Lists,
    /// A list.
    List,
    /// A node.
    Node,
    /// There are no more nodes.
    End,
    /// A checksum.
    Seal,
    /// The digest of the tree.
    Digest,
    /// The last zxid of the server.
    LastZxid,
    /// It cannot be read.
    Broken,
}

/// What a reader says of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Whole,
    /// Of a record only so many bytes are left.
    Torn(u64),
    /// A record without its end byte.
    NoEndByte,
    /// A record that is too short for its transaction.
    Short,
    /// Damage.
    Damaged(Why),
    /// No reader comes here.
    Unread,
}

impl FileKind {
    /// What a file is.
    pub fn of(name: &str, content: &Content) -> Self {
        let base = name.rsplit('/').next().unwrap_or(name);
        match base {
            "acceptedEpoch" => Self::AcceptedEpoch,
            "currentEpoch" => Self::CurrentEpoch,
            "acceptedEpoch.tmp" | "currentEpoch.tmp" => Self::EpochTmp,
            "myid" => Self::MyId,
            _ if snapshot::zxid_of(base) >= Zxid::ZERO => {
                let whole = Packing::of_name(base).looks_whole(content);
                match whole && !base.ends_with(".tmp") {
                    true => Self::Snapshot,
                    false => Self::UnfinishedSnapshot,
                }
            }
            _ if zxid_in_name(base, "log") >= Zxid::ZERO => Self::Log,
            _ => Self::Foreign,
        }
    }

    /// A snapshot, finished or not.
    pub const fn is_snapshot(self) -> bool {
        matches!(self, Self::Snapshot | Self::UnfinishedSnapshot)
    }
}

/// The parts of a file, as far as they were found.
pub struct Anatomy {
    name: FileName,
    content: Content,
    kind: FileKind,
    /// Where each part starts; it ends where the next one starts.
    starts: Vec<(u64, PartKind)>,
    work: Work,
}

enum Work {
    Log(LogFile),
    Snapshot(Box<Items>),
    Done,
}

impl Anatomy {
    /// Nothing was passed over yet.
    pub fn new(name: FileName, content: Content) -> Self {
        let kind = FileKind::of(&name, &content);
        let mut anatomy = Self {
            kind,
            starts: Vec::new(),
            work: Work::Done,
            name,
            content,
        };
        anatomy.begin();
        anatomy
    }

    /// The same file with another content; what both have in common is not passed over again.
    #[must_use]
    pub fn renewed(mut self, content: &Content) -> Self {
        let same = self.content.same_until(content);
        if same == content.len() && same == self.content.len() {
            return self;
        }
        let kept = self.ends().take_while(|end| *end <= same).count();
        let is_record = |(_, kind): &(u64, PartKind)| matches!(kind, PartKind::Record(_));
        let records = self.starts[..kept].iter().rposition(is_record);
        let whole = records.map_or(0, |last| last + 1);
        let Some(end) = self.ends().nth(whole.wrapping_sub(1)) else {
            return Self::new(self.name, content.clone());
        };
        match LogFile::open(self.name.clone(), content.clone()) {
            Ok(mut log) if self.kind == FileKind::Log => {
                log.go_to(end);
                self.starts.truncate(whole);
                self.content = content.clone();
                self.work = Work::Log(log);
                self
            }
            _ => Self::new(self.name, content.clone()),
        }
    }

    /// Passes over about so many bytes more. True when all parts are known.
    pub fn advance(&mut self, bytes: u64) -> bool {
        let until = self.done().saturating_add(bytes);
        while self.done() < until {
            match std::mem::replace(&mut self.work, Work::Done) {
                Work::Log(log) => self.pass_record(log),
                Work::Snapshot(items) => self.pass_item(items),
                Work::Done => break,
            }
        }
        matches!(self.work, Work::Done)
    }

    /// Bytes that were passed over.
    pub fn done(&self) -> u64 {
        match &self.work {
            Work::Log(log) => log.offset(),
            Work::Snapshot(items) => items.position(),
            Work::Done => self.content.len(),
        }
    }

    /// Its name.
    pub const fn name(&self) -> &FileName {
        &self.name
    }

    /// What the file is.
    pub const fn kind(&self) -> FileKind {
        self.kind
    }

    /// The bytes.
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// How many parts are known.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// True when no part is known.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// A part by its number.
    pub fn part(&self, number: usize) -> Option<Part> {
        let (start, kind) = *self.starts.get(number)?;
        let next = self.starts.get(number + 1);
        Some(Part {
            at: start..next.map_or(self.done(), |(next, _)| *next),
            kind,
        })
    }

    /// The part that holds a byte.
    pub fn part_at(&self, offset: u64) -> Option<usize> {
        self.starts
            .partition_point(|(start, _)| *start <= offset)
            .checked_sub(1)
    }

    /// The record of a transaction; a later one counts when there are several.
    pub fn record_of(&self, zxid: Zxid) -> Option<usize> {
        let wanted = PartKind::Record(Some(zxid));
        self.starts.iter().rposition(|(_, kind)| *kind == wanted)
    }

    /// The number of the last record; of the last part that holds something when there is none.
    pub fn newest(&self) -> Option<usize> {
        let is_record =
            |(_, kind): &(u64, PartKind)| matches!(kind, PartKind::Record(_) | PartKind::Cut);
        let records = self.starts.iter().rposition(is_record);
        records.or(self.len().checked_sub(1).map(|_| 0))
    }

    /// The fields of a part, and what a reader says of it.
    pub fn dissect(&self, part: &Part) -> (Vec<Field>, Verdict) {
        let Part { at, kind } = part;
        let covered = |name| {
            let mut notes = Notes::from(at.start);
            notes.cover(name, at.end);
            notes.into_fields()
        };
        match kind {
            PartKind::Header => (LogFile::header_fields(&self.content), Verdict::Whole),
            PartKind::Record(_) => self.dissect_record(at),
            PartKind::Cut => {
                let kept = Verdict::Torn(at.end - at.start);
                (LogFile::remains(&self.content, at.clone()), kept)
            }
            PartKind::Item(_, place) => self.dissect_item(at, *place),
            PartKind::Unread => (covered(Name::Rest), Verdict::Unread),
            PartKind::Zeros => (covered(Name::Zeros), Verdict::Whole),
            PartKind::Packed => (covered(Name::Packed), Verdict::Whole),
            PartKind::Text => {
                let text = String::from_utf8_lossy(&self.content.read(at.clone())).into_owned();
                let mut notes = Notes::from(at.start);
                notes.add(Name::Text, at.end, Value::Text(text));
                (notes.into_fields(), self.verdict_of_text())
            }
        }
    }

    fn begin(&mut self) {
        if self.content.is_empty() {
            return;
        }
        match self.kind {
            FileKind::Log => match LogFile::open(self.name.clone(), self.content.clone()) {
                Ok(log) => {
                    self.starts.push((0, PartKind::Header));
                    self.work = Work::Log(log);
                }
                Err(corrupt) if corrupt.why == Why::End => {
                    self.starts.push((0, PartKind::Header));
                }
                Err(_) => self.end_at(0, PartKind::Unread),
            },
            kind if kind.is_snapshot() => {
                let packing = Packing::of_name(&self.name);
                let items = Items::open(packing, self.content.clone(), true);
                match items {
                    Ok(items) if packing == Packing::Plain => {
                        self.work = Work::Snapshot(Box::new(items));
                    }
                    _ => self.starts.push((0, PartKind::Packed)),
                }
            }
            _ => self.end_at(0, PartKind::Text),
        }
    }

    fn pass_record(&mut self, mut log: LogFile) {
        let at = log.offset();
        match log.pass() {
            Ok(Ok(passed)) => {
                self.starts.push((at, PartKind::Record(passed.zxid)));
                // A record without its end byte is the end, unless a good one stands behind it.
                if passed.ended || matches!(log.clone().next_record(), Ok(Ok(_))) {
                    self.work = Work::Log(log);
                } else {
                    self.end_at(passed.end, PartKind::Unread);
                }
            }
            Ok(Err(_)) => self.end_at(at, PartKind::Cut),
            Err(_) => self.end_at(at, PartKind::Unread),
        }
    }

    fn pass_item(&mut self, mut items: Box<Items>) {
        let place = items.place();
        match items.next_item() {
            Ok(Some(item)) => {
                let kind = PartKind::Item(kind_of(&item), place);
                self.starts.push((place.at(), kind));
                self.work = Work::Snapshot(items);
            }
            Ok(None) => self.end_at(place.at(), PartKind::Unread),
            Err(Corrupt { why, .. }) => {
                let seal = matches!(why, Why::Checksum { .. });
                let kind = if seal {
                    ItemKind::Seal
                } else {
                    ItemKind::Broken
                };
                self.starts.push((place.at(), PartKind::Item(kind, place)));
                // A seal was taken before it was found wrong.
                if seal {
                    self.end_at(items.position(), PartKind::Unread);
                }
            }
        }
    }

    /// What is behind the last whole part: something, perhaps, and zeros, perhaps.
    fn end_at(&mut self, at: u64, kind: PartKind) {
        let data_end = self.content.data_end().max(at);
        if data_end > at {
            self.starts.push((at, kind));
        }
        if self.content.len() > data_end {
            self.starts.push((data_end, PartKind::Zeros));
        }
    }

    fn dissect_record(&self, at: &Range<u64>) -> (Vec<Field>, Verdict) {
        let Ok(mut log) = LogFile::open(self.name.clone(), self.content.clone()) else {
            return (Vec::new(), Verdict::Unread);
        };
        let (mut fields, read) = log.dissect(at.start);
        let data_end = self.content.data_end();
        let verdict = match read {
            Ok(Ok(_)) => Verdict::Whole,
            Ok(Err(StopWhy::NoEndByte)) if data_end < at.end => {
                Verdict::Torn(data_end.saturating_sub(at.start))
            }
            Ok(Err(StopWhy::Short)) => Verdict::Short,
            Ok(Err(_)) => Verdict::NoEndByte,
            Err(corrupt) => Verdict::Damaged(corrupt.why),
        };
        if matches!(verdict, Verdict::Torn(_)) {
            // What was never written says nothing.
            let mut notes = Notes::from(at.start);
            for field in fields.into_iter().filter(|field| field.at.end <= data_end) {
                notes.add(field.name, field.at.end, field.value);
            }
            notes.cover(Name::Rest, at.end);
            fields = notes.into_fields();
        }
        (fields, verdict)
    }

    fn dissect_item(&self, at: &Range<u64>, place: Place) -> (Vec<Field>, Verdict) {
        let mut items = Items::resume(self.content.clone(), place);
        let verdict = match items.next_item() {
            Ok(_) => Verdict::Whole,
            Err(Corrupt { why: Why::End, .. }) => Verdict::Torn(at.end - at.start),
            Err(corrupt) => Verdict::Damaged(corrupt.why),
        };
        let mut notes = Notes::from(at.start);
        for field in items.into_fields() {
            notes.add(field.name, field.at.end, field.value);
        }
        notes.cover(Name::Rest, at.end);
        (notes.into_fields(), verdict)
    }

    fn verdict_of_text(&self) -> Verdict {
        let is_epoch = matches!(
            self.kind,
            FileKind::AcceptedEpoch | FileKind::CurrentEpoch | FileKind::EpochTmp
        );
        match super::epochs::epoch_in(&self.content) {
            Err(corrupt) if is_epoch => Verdict::Damaged(corrupt.why),
            _ => Verdict::Whole,
        }
    }

    fn ends(&self) -> impl Iterator<Item = u64> + '_ {
        let next = self.starts.iter().skip(1).map(|(start, _)| *start);
        next.chain([self.done()])
    }
}

const fn kind_of(item: &Item) -> ItemKind {
    match item {
        Item::Head { .. } => ItemKind::Head,
        Item::Sessions(_) => ItemKind::Sessions,
        Item::Session(..) => ItemKind::Session,
        Item::Lists(_) => ItemKind::Lists,
        Item::List(..) => ItemKind::List,
        Item::Node(..) => ItemKind::Node,
        Item::End => ItemKind::End,
        Item::Seal(_) => ItemKind::Seal,
        Item::Digest { .. } => ItemKind::Digest,
        Item::LastProcessed(_) => ItemKind::LastZxid,
    }
}
