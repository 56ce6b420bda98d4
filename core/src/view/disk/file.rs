//! A file: its parts, as many of them as a window has room for; one part in full; raw bytes.

use std::ops::Range;

use serde::Serialize;

use super::meaning::{self, Group, Reading};
use crate::model::Zxid;
use crate::storage::{Anatomy, Disk, Field, FileKind, Name, Part, PartKind, Value, Verdict};
use crate::view::frame::Zx;
use crate::view::lang::Text;
use crate::world::World;

/// Bytes of a field that are shown in a table.
const HEAD: u64 = 8;

/// Which part is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Pick {
    /// The newest record.
    #[default]
    Newest,
    /// The part of that number.
    Number(usize),
    /// The record of a transaction; the newest one when there is none.
    Transaction(Zx),
}

/// Which file is wanted, and which part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Its name; the newest log when there is no such file.
    pub file: Option<String>,
    /// The part.
    pub pick: Pick,
}

/// What a panel asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileAsk {
    /// The file and the part.
    pub choice: Choice,
    /// The first part of the window; around the chosen one when not given.
    pub first: Option<usize>,
    /// Parts in the window.
    pub rows: usize,
    /// Where the raw bytes begin; with the chosen part when not given.
    pub from: Option<u64>,
    /// How many there are at most.
    pub bytes: u64,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// Its length, zeros included.
    pub len: u64,
    /// Its parts, all of them.
    pub parts: usize,
    /// Its records; of a snapshot its items.
    pub records: usize,
    /// Bytes that were looked through, of how many, while that is under way.
    pub reading: Option<(u64, u64)>,
    /// The number of the first part in the window.
    pub first: usize,
    /// The window.
    pub rows: Vec<PartRow>,
    /// The chosen part.
    pub part: Option<PartView>,
    /// Raw bytes.
    pub hex: HexView,
}

/// A part on one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartRow {
    /// Its number in the file; records count from 1.
    pub number: usize,
    /// Where it starts.
    pub at: u64,
    /// Its length.
    pub len: u64,
    /// The transaction it is.
    pub zxid: Option<Zx>,
    /// What it is.
    pub word: Text,
    /// What it is about.
    pub about: String,
    /// What of it a power loss leaves.
    pub safety: Safety,
    /// A reader takes it.
    pub good: bool,
}

/// A part in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartView {
    /// On one line.
    pub row: PartRow,
    /// What a reader says of it, when that is not good.
    pub verdict: Text,
    /// Its fields.
    pub fields: Vec<FieldView>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// Where it starts.
    pub at: u64,
    /// Its length.
    pub len: u64,
    /// Its name.
    pub name: &'static str,
    /// What such a field is.
    pub about: Text,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// What it says here.
    pub meaning: Text,
    /// How it is to be read.
    pub tone: Tone,
    /// What it belongs to.
    pub group: Group,
}

/// How a field is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Tone {
    /// As it stands.
    Plain,
    /// It was checked and is right.
    Good,
    /// It was checked and is wrong.
    Bad,
    /// It names the transaction.
    Key,
}

/// What a power loss leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Safety {
    /// It stays.
    Durable,
    /// It goes, or a piece of it stays.
    Pending,
    /// It is there, and no reader takes it: a server starts without it.
    Dropped,
    /// Zeros that were written ahead.
    Zeros,
}

/// Raw bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HexView {
    /// Where they start.
    pub from: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What a power loss leaves of them: where each stretch ends, and what it is.
    pub stretches: Vec<(u64, Safety)>,
}

impl FileView {
    /// As much of a file as was asked for.
    pub fn of(world: &World, disk: &Disk, anatomy: &Anatomy, ask: &FileAsk) -> Self {
        let sheet = Sheet {
            world,
            disk,
            anatomy,
        };
        let chosen = sheet.chosen(&ask.choice.pick);
        let part = chosen.and_then(|number| sheet.part(number));
        let (parts, rows) = (anatomy.len(), ask.rows);
        let middle = chosen.unwrap_or(0).saturating_sub(rows / 2);
        let first = ask.first.unwrap_or(middle);
        let first = first.min(parts.saturating_sub(rows));
        let window = first..(first + rows).min(parts);
        let len = anatomy.content().len();
        let done = anatomy.done();
        Self {
            name: anatomy.name().to_string(),
            kind: anatomy.kind(),
            len,
            parts,
            records: sheet.records(),
            reading: (done < len).then_some((done, len)),
            first,
            rows: window.filter_map(|number| sheet.row(number)).collect(),
            hex: sheet.hex(part.as_ref(), ask),
            part,
        }
    }
}

/// A file and what is known of it.
struct Sheet<'a> {
    world: &'a World,
    disk: &'a Disk,
    anatomy: &'a Anatomy,
}

impl Sheet<'_> {
    fn chosen(&self, pick: &Pick) -> Option<usize> {
        let last = self.anatomy.len().checked_sub(1)?;
        let newest = self.anatomy.newest();
        match pick {
            Pick::Newest => newest,
            Pick::Number(number) => Some(*number.min(&last)),
            Pick::Transaction(zx) => {
                let zxid = Zxid((zx.epoch << 32) | i64::from(zx.counter));
                self.anatomy.record_of(zxid).or(newest)
            }
        }
    }

    /// Parts that hold something; of a log without its header.
    fn records(&self) -> usize {
        let anatomy = self.anatomy;
        let mut parts = anatomy.len();
        while parts > 0 && anatomy.part(parts - 1).is_some_and(|part| is_tail(&part)) {
            parts -= 1;
        }
        match anatomy.kind() {
            FileKind::Log => parts.saturating_sub(1),
            _ => parts,
        }
    }

    fn row(&self, number: usize) -> Option<PartRow> {
        let part = self.anatomy.part(number)?;
        let (fields, verdict) = self.anatomy.dissect(&part);
        Some(self.row_of(number, &part, &fields, &verdict))
    }

    fn row_of(&self, number: usize, part: &Part, fields: &[Field], verdict: &Verdict) -> PartRow {
        let zxid = fields
            .iter()
            .filter(|field| field.name == Name::Zxid && is_record(part))
            .find_map(|field| match field.value {
                Value::Number(zxid) => Some(Zx::from(Zxid(zxid))),
                _ => None,
            });
        let (word, about) = meaning::title(part, fields);
        PartRow {
            number,
            at: part.at.start,
            len: part.at.end - part.at.start,
            zxid,
            word,
            about,
            safety: self.safety(part, verdict),
            good: matches!(verdict, Verdict::Whole),
        }
    }

    fn part(&self, number: usize) -> Option<PartView> {
        let part = self.anatomy.part(number)?;
        let (fields, verdict) = self.anatomy.dissect(&part);
        let row = self.row_of(number, &part, &fields, &verdict);
        let reading = Reading::new(self.world, &part, &verdict);
        let field = |field: &Field| FieldView {
            at: field.at.start,
            len: field.at.end - field.at.start,
            name: meaning::name(&reading, field),
            about: meaning::about(&reading, field),
            head: self.read(field.at.start..field.at.end.min(field.at.start + HEAD)),
            meaning: meaning::meaning(&reading, field),
            tone: meaning::tone(&reading, field),
            group: Group::of(field.name),
        };
        Some(PartView {
            row,
            verdict: meaning::verdict(&verdict),
            fields: fields.iter().map(field).collect(),
        })
    }

    fn hex(&self, part: Option<&PartView>, ask: &FileAsk) -> HexView {
        let from = ask.from.or(part.map(|part| part.row.at)).unwrap_or(0);
        let from = from.min(self.anatomy.content().len());
        let bytes = self.read(from..from.saturating_add(ask.bytes));
        let end = from + bytes.len() as u64;
        HexView {
            stretches: self.stretches(from..end),
            from,
            bytes,
        }
    }

    fn read(&self, range: Range<u64>) -> Vec<u8> {
        self.anatomy.content().read(range)
    }

    /// What a power loss leaves of a part: as much as of its worst byte.
    fn safety(&self, part: &Part, verdict: &Verdict) -> Safety {
        match (part.kind, verdict) {
            (PartKind::Zeros, _) => Safety::Zeros,
            (PartKind::Unread | PartKind::Cut, _) | (_, Verdict::Torn(_) | Verdict::NoEndByte) => {
                Safety::Dropped
            }
            _ if self.pending(&part.at).is_empty() => Safety::Durable,
            _ => Safety::Pending,
        }
    }

    fn stretches(&self, range: Range<u64>) -> Vec<(u64, Safety)> {
        let mut stretches: Vec<(u64, Safety)> = Vec::new();
        let mut push = |end: u64, safety| match stretches.last_mut() {
            Some(last) if last.1 == safety => last.0 = end,
            _ => stretches.push((end, safety)),
        };
        let mut at = range.start;
        while at < range.end {
            let number = self.anatomy.part_at(at);
            let Some((number, part)) = number.and_then(|n| Some((n, self.anatomy.part(n)?))) else {
                break;
            };
            let end = part.at.end.min(range.end).max(at + 1);
            match self.row(number).map(|row| row.safety) {
                Some(Safety::Durable | Safety::Pending) => {
                    for pending in self.pending(&(at..end)) {
                        if pending.start > at {
                            push(pending.start, Safety::Durable);
                        }
                        push(pending.end, Safety::Pending);
                        at = pending.end;
                    }
                    if at < end {
                        push(end, Safety::Durable);
                    }
                }
                Some(safety) => push(end, safety),
                None => break,
            }
            at = end;
        }
        stretches
    }

    /// The bytes of a range that a power loss takes.
    fn pending(&self, range: &Range<u64>) -> Vec<Range<u64>> {
        let name = self.anatomy.name();
        if !self.disk.name_is_durable(name) {
            return vec![range.clone()];
        }
        let file = self.disk.file(name);
        file.map(|file| file.pending_within(range))
            .unwrap_or_default()
    }
}

/// A record, or what is left of one.
const fn is_record(part: &Part) -> bool {
    matches!(part.kind, PartKind::Record(_) | PartKind::Cut)
}

/// What is behind the last record.
const fn is_tail(part: &Part) -> bool {
    matches!(part.kind, PartKind::Unread | PartKind::Zeros)
}
