//! Bytes that cannot be what they should be: where, and why.
//!
//! Reading bad bytes never fails in any other way than this. Recovery answers each such value with
//! a decision of its own.

use std::fmt;

use super::op::FileName;

/// Bytes that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Corrupt {
    /// The file; none for bytes that came over a wire.
    pub file: Option<FileName>,
    /// Where reading failed.
    pub offset: u64,
    /// What is wrong there.
    pub why: Why,
}

/// What can be wrong with bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// They end inside a value.
    End,
    /// A file starts with something else than its magic.
    Magic([u8; 4]),
    /// A length is negative or larger than any that ZooKeeper writes.
    Length(i32),
    /// A null stands where a value must.
    Null,
    /// The checksum is not that of the bytes.
    Checksum {
        /// As stored.
        stored: i64,
        /// As it should be.
        computed: u32,
    },
    /// No transaction has this type.
    TxnType(i32),
    /// A snapshot does not look as finished ones do.
    Unfinished,
    /// A value needs more bytes than any that ZooKeeper writes.
    TooLong,
    /// A packed file that cannot be unpacked.
    Packing,
    /// A path that no node can have.
    Path(String),
    /// A node lives with something that no release knows: an extended type other than a time to live.
    Owner(i64),
    /// A file of one decimal number holds something else.
    Number(String),
}

impl Corrupt {
    /// Bytes of no file.
    pub fn at(offset: u64, why: Why) -> Self {
        Self {
            file: None,
            offset,
            why,
        }
    }

    /// The same, seen as a part of a file that starts at `base`.
    #[must_use]
    pub fn within(self, file: &FileName, base: u64) -> Self {
        Self {
            file: Some(file.clone()),
            offset: self.offset.saturating_add(base),
            ..self
        }
    }
}

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        write!(f, "{} at byte {}", self.why, self.offset)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => write!(f, "the bytes end too early"),
            Self::Magic(_) => write!(f, "wrong magic number"),
            Self::Length(len) => write!(f, "unreasonable length {len}"),
            Self::Null => write!(f, "a null where a value must be"),
            Self::Checksum { .. } => write!(f, "wrong checksum"),
            Self::TxnType(code) => write!(f, "unsupported transaction type {code}"),
            Self::Unfinished => write!(f, "a snapshot that was never finished"),
            Self::TooLong => write!(f, "a value longer than 64 MiB"),
            Self::Packing => write!(f, "bytes that cannot be unpacked"),
            Self::Path(path) => write!(f, "impossible path {path:?}"),
            Self::Owner(owner) => write!(f, "unknown ephemeralOwner {owner:#x}"),
            Self::Number(text) => write!(f, "{text:?} is not a number"),
        }
    }
}
