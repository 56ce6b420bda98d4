//! Fields: the names that readers give to the bytes they take.
//!
//! ```text
//!   Reader   takes values                       Named   takes them under a name ──► Notes
//!   00 00 00 01 00 00 00 07 00 00 00 04 …
//!   └─────── zxid ────────┘ └── type ──┘
//! ```
//!
//! Whoever shows a file byte by byte must not read it differently from whoever recovers from it. So
//! there is one reader for both: it names every value it takes, and who wants to know listens. A field
//! starts where the one before it ended: fields of one reading have no gap and no overlap.
//!
//! Nothing is decided here, and nothing costs anything when nobody listens.

use std::ops::Range;

use super::corrupt::{Corrupt, Why};
use super::jute::Reader;
use crate::model::Acl;

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// What a file starts with.
    Magic,
    /// The version of the format.
    Format,
    /// The number of the database.
    DbId,
    /// Adler-32 of a payload.
    Checksum,
    /// Bytes of a payload.
    Length,
    /// The byte behind a payload.
    End,
    /// Who asked for a transaction; whose session it is.
    Session,
    /// The number of the request.
    Cxid,
    /// The place in the order.
    Zxid,
    /// The leader's clock.
    Time,
    /// What a transaction does.
    Type,
    /// A path.
    Path,
    /// Data of a node.
    Data,
    /// An access control list.
    Acl,
    /// It goes with the session.
    Ephemeral,
    /// The parent's cversion afterwards.
    ParentCversion,
    /// Time to live.
    Ttl,
    /// A version afterwards.
    Version,
    /// A session's timeout.
    Timeout,
    /// The paths that go with a session.
    Paths,
    /// An error code.
    Code,
    /// How many parts a multi has.
    Parts,
    /// What a part does.
    PartType,
    /// Bytes of a part.
    PartLength,
    /// Digest of the tree, with its version.
    Digest,
    /// How many sessions follow.
    Sessions,
    /// How many access control lists follow.
    Lists,
    /// The number of an access control list.
    AclId,
    /// The transaction that made the node.
    Czxid,
    /// The transaction that changed its data last.
    Mzxid,
    /// When it was made.
    Ctime,
    /// When it was changed last.
    Mtime,
    /// Changes of its children.
    Cversion,
    /// Changes of its access control list.
    Aversion,
    /// The session it goes with.
    Owner,
    /// The transaction that changed its children last.
    Pzxid,
    /// Adler-32 of everything before.
    Seal,
    /// The text behind a seal.
    Slash,
    /// A file that is a line of text.
    Text,
    /// Bytes that are packed.
    Packed,
    /// Zeros that were written ahead.
    Zeros,
    /// Bytes that the reader leaves alone.
    Rest,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The bytes themselves.
    Bytes,
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
    /// Data, or null.
    Data(Option<Vec<u8>>),
    /// An access control list.
    Acl(Vec<Acl>),
    /// Paths.
    Paths(Vec<String>),
    /// A digest under its version.
    Digest(i32, i64),
    /// A checksum, and what it should be.
    Sum(i64, u32),
}

/// Some bytes under their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Which.
    pub name: Name,
    /// Where.
    pub at: Range<u64>,
    /// What they say.
    pub value: Value,
}

/// What a reader has named so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    start: u64,
    fields: Vec<Field>,
}

impl Notes {
    /// Nothing yet; the first field will start here.
    pub fn from(start: u64) -> Self {
        Self {
            start,
            fields: Vec::new(),
        }
    }

    /// Where the last field ends.
    pub fn end(&self) -> u64 {
        self.fields.last().map_or(self.start, |field| field.at.end)
    }

    /// The bytes from the last field up to `end` are this.
    pub fn add(&mut self, name: Name, end: u64, value: Value) {
        let at = self.end()..end;
        if at.start < at.end {
            self.fields.push(Field { name, at, value });
        }
    }

    /// What was not named up to `end` has a name of its own.
    pub fn cover(&mut self, name: Name, end: u64) {
        self.add(name, end, Value::Bytes);
    }

    /// Forgets what was noted, for a new attempt from the same place.
    pub fn clear(&mut self) {
        self.fields.clear();
    }

    /// The fields, in order.
    pub fn into_fields(self) -> Vec<Field> {
        self.fields
    }
}

/// A reader that names what it takes.
#[derive(Debug)]
pub struct Named<'a, 'n> {
    reader: Reader<'a>,
    /// Where its first byte stands.
    base: u64,
    notes: Option<&'n mut Notes>,
}

impl<'a, 'n> Named<'a, 'n> {
    /// Nobody listens.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(bytes),
            base: 0,
            notes: None,
        }
    }

    /// The notes are taken of bytes that stand at `base`.
    pub fn noting(bytes: &'a [u8], base: u64, notes: Option<&'n mut Notes>) -> Self {
        Self {
            reader: Reader::new(bytes),
            base,
            notes,
        }
    }

    /// Reads bytes that this reader has just taken; whatever is not named of them is the rest.
    pub fn inside<T>(&mut self, bytes: &[u8], read: impl FnOnce(&mut Named<'_, '_>) -> T) -> T {
        let end = self.base + self.reader.position() as u64;
        let notes = self.notes.as_deref_mut();
        let mut inner = Named::noting(bytes, end - bytes.len() as u64, notes);
        let read = read(&mut inner);
        if let Some(notes) = inner.notes {
            notes.cover(Name::Rest, end);
        }
        read
    }

    /// The reader as it stands here, to look ahead or to refuse what follows.
    pub fn here(&self) -> Reader<'a> {
        self.reader.clone()
    }

    /// Bytes left.
    pub fn remaining(&self) -> usize {
        self.reader.remaining()
    }

    /// Bytes taken so far.
    pub fn position(&self) -> usize {
        self.reader.position()
    }

    /// The refusal of what stands here.
    pub fn refuse(&self, why: Why) -> Corrupt {
        self.reader.refuse(why)
    }

    /// The next `len` bytes.
    pub fn take(&mut self, name: Name, len: usize) -> Result<&'a [u8], Corrupt> {
        let bytes = self.reader.take(len)?;
        self.note(name, || Value::Data(Some(bytes.to_vec())));
        Ok(bytes)
    }

    /// A bool.
    pub fn bool(&mut self, name: Name) -> Result<bool, Corrupt> {
        let flag = self.reader.bool()?;
        self.note(name, || Value::Flag(flag));
        Ok(flag)
    }

    /// An int.
    pub fn int(&mut self, name: Name) -> Result<i32, Corrupt> {
        let number = self.reader.int()?;
        self.note(name, || Value::Number(number.into()));
        Ok(number)
    }

    /// A long.
    pub fn long(&mut self, name: Name) -> Result<i64, Corrupt> {
        let number = self.reader.long()?;
        self.note(name, || Value::Number(number));
        Ok(number)
    }

    /// A long that is a checksum and should be `computed`.
    pub fn sum(&mut self, name: Name, computed: u32) -> Result<i64, Corrupt> {
        let stored = self.reader.long()?;
        self.note(name, || Value::Sum(stored, computed));
        Ok(stored)
    }

    /// A buffer, or null.
    pub fn buffer(&mut self, name: Name) -> Result<Option<&'a [u8]>, Corrupt> {
        let bytes = self.reader.buffer()?;
        self.note(name, || Value::Data(bytes.map(<[u8]>::to_vec)));
        Ok(bytes)
    }

    /// The length of a buffer under its own name; the bytes are taken and named by [`Self::inside`].
    pub fn counted(&mut self, name: Name) -> Result<Option<&'a [u8]>, Corrupt> {
        let bytes = self.reader.buffer()?;
        let size = bytes.map_or(0, <[u8]>::len);
        let end = self.base + (self.reader.position() - size) as u64;
        if let Some(notes) = &mut self.notes {
            let length = bytes.map_or(-1, |_| size as i64);
            notes.add(name, end, Value::Number(length));
        }
        Ok(bytes)
    }

    /// A string that must not be null.
    pub fn string(&mut self, name: Name) -> Result<String, Corrupt> {
        let text = self.reader.string()?;
        self.note(name, || Value::Text(text.clone()));
        Ok(text)
    }

    /// Strings.
    pub fn strings(&mut self, name: Name) -> Result<Vec<String>, Corrupt> {
        let texts = self.reader.vector(Reader::string)?;
        self.note(name, || Value::Paths(texts.clone()));
        Ok(texts)
    }

    /// An access control list.
    pub fn acl(&mut self, name: Name) -> Result<Vec<Acl>, Corrupt> {
        let list = self.reader.acl()?;
        self.note(name, || Value::Acl(list.clone()));
        Ok(list)
    }

    /// A digest under its version, as far as the bytes go.
    pub fn digest(&mut self, name: Name) -> Option<(i32, i64)> {
        let version = self.reader.int().ok()?;
        let digest = self.reader.long().ok()?;
        self.note(name, || Value::Digest(version, digest));
        Some((version, digest))
    }

    fn note(&mut self, name: Name, value: impl FnOnce() -> Value) {
        if let Some(notes) = &mut self.notes {
            notes.add(name, self.base + self.reader.position() as u64, value());
        }
    }
}
