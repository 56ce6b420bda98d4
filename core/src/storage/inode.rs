//! One file's bytes, durable and seen, with the changes between them.
//!
//! Names are not here ([`super::directory`]); the fault model is told in [`super::disk`].

use std::ops::Range;
use std::sync::Arc;

use rpds::QueueSync;

use super::content::Content;
use super::disk::Seq;
use crate::base::{Dice, Order};

/// A file without its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inode {
    /// What processes read.
    pub(super) seen: Content,
    /// What survives.
    pub(super) durable: Content,
    /// What leads from the one to the other, oldest first.
    pending: QueueSync<Pending>,
    /// The newest change.
    last: Seq,
}

/// How much of the pending bytes a power loss left.
pub(super) struct Kept {
    pub(super) kept: u64,
    pub(super) lost: u64,
    pub(super) torn: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    seq: Seq,
    change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Write { offset: u64, bytes: Arc<[u8]> },
    SetLen(u64),
}

impl Change {
    fn apply(&self, content: &mut Content) {
        match self {
            Self::Write { offset, bytes } => content.write(*offset, bytes),
            Self::SetLen(len) => content.set_len(*len),
        }
    }

    /// Bytes that hold data; a lone run of zeros only lengthens a file.
    fn weight(&self) -> u64 {
        match self {
            Self::Write { bytes, .. } if bytes.iter().any(|b| *b != 0) => bytes.len() as u64,
            _ => 0,
        }
    }

    /// Places where a power loss can cut it.
    fn cuts(&self) -> u64 {
        match self {
            Self::Write { bytes, .. } => bytes.len() as u64,
            Self::SetLen(_) => 1,
        }
    }

    /// Its first `cuts` bytes.
    fn prefix(&self, cuts: u64) -> Option<Self> {
        match self {
            Self::Write { offset, bytes } if cuts > 0 => Some(Self::Write {
                offset: *offset,
                bytes: bytes[..usize::try_from(cuts).ok()?].into(),
            }),
            _ => None,
        }
    }
}

impl Inode {
    pub(super) fn durable(content: Content) -> Self {
        Self {
            seen: content.clone(),
            durable: content,
            pending: QueueSync::new_sync(),
            last: Seq::default(),
        }
    }

    pub(super) fn write(&mut self, seq: Seq, offset: u64, bytes: Arc<[u8]>) {
        self.change(seq, Change::Write { offset, bytes });
    }

    pub(super) fn set_len(&mut self, seq: Seq, len: u64) {
        self.change(seq, Change::SetLen(len));
    }

    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    pub(super) fn pending_bytes(&self) -> u64 {
        self.pending.iter().map(|p| p.change.weight()).sum()
    }

    /// Where in `range` data was written that is not durable, in order, without overlap.
    pub(super) fn pending_within(&self, range: &Range<u64>) -> Vec<Range<u64>> {
        let written = self.pending.iter().filter_map(|p| match &p.change {
            Change::Write { offset, bytes } if p.change.weight() > 0 => {
                let end = offset + bytes.len() as u64;
                let part = range.start.max(*offset)..range.end.min(end);
                (part.start < part.end).then_some(part)
            }
            _ => None,
        });
        let mut parts: Vec<Range<u64>> = written.collect();
        parts.order_by_key(|part| part.start);
        let mut merged: Vec<Range<u64>> = Vec::new();
        for part in parts {
            match merged.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => merged.push(part),
            }
        }
        merged
    }

    /// Everything up to `upto` becomes durable. When that is all, both contents share their chunks.
    pub(super) fn sync(&mut self, upto: Seq) {
        if self.last <= upto {
            self.durable = self.seen.clone();
            self.pending = QueueSync::new_sync();
            return;
        }
        while let Some(next) = self.pending.peek().filter(|p| p.seq <= upto) {
            next.change.apply(&mut self.durable);
            self.pending.dequeue_mut();
        }
    }

    /// A prefix of what is pending becomes durable, the rest is gone. One time in four nothing was
    /// written back, one time in four everything, else the cut falls on any byte.
    pub(super) fn crash(&mut self, dice: &mut Dice) -> Kept {
        let all: u64 = self.pending.iter().map(|p| p.change.cuts()).sum();
        let mut left = match dice.below(4) {
            0 => 0,
            1 => all,
            _ => dice.between(0, all),
        };
        let total = self.pending_bytes();
        let (mut kept, mut torn) = (0, false);
        for Pending { change, .. } in &self.pending {
            if left >= change.cuts() {
                left -= change.cuts();
                kept += change.weight();
                change.apply(&mut self.durable);
                continue;
            }
            if let Some(part) = change.prefix(left) {
                kept += part.weight();
                torn = true;
                part.apply(&mut self.durable);
            }
            break;
        }
        self.pending = QueueSync::new_sync();
        self.seen = self.durable.clone();
        Kept {
            kept,
            lost: total.saturating_sub(kept),
            torn,
        }
    }

    /// Changes bytes in place, wherever they are: on the platter, in the page cache, on the way.
    pub(super) fn alter(&mut self, range: Range<u64>, f: impl Fn(u8) -> u8 + Copy) {
        alter_content(&mut self.durable, &range, f);
        alter_content(&mut self.seen, &range, f);
        let mut altered = QueueSync::new_sync();
        for Pending { seq, change } in &self.pending {
            let change = match change {
                Change::Write { offset, bytes } => Change::Write {
                    offset: *offset,
                    bytes: alter_bytes(*offset, bytes, &range, f),
                },
                Change::SetLen(len) => Change::SetLen(*len),
            };
            altered.enqueue_mut(Pending { seq: *seq, change });
        }
        self.pending = altered;
    }

    fn change(&mut self, seq: Seq, change: Change) {
        change.apply(&mut self.seen);
        self.last = seq;
        self.pending.enqueue_mut(Pending { seq, change });
    }
}

fn alter_content(content: &mut Content, range: &Range<u64>, f: impl Fn(u8) -> u8) {
    let bytes: Vec<u8> = content.read(range.clone()).into_iter().map(f).collect();
    content.write(range.start, &bytes);
}

fn alter_bytes(
    offset: u64,
    bytes: &Arc<[u8]>,
    range: &Range<u64>,
    f: impl Fn(u8) -> u8,
) -> Arc<[u8]> {
    let positions = offset..;
    let altered =
        bytes.iter().zip(positions).map(
            |(byte, at)| {
                if range.contains(&at) { f(*byte) } else { *byte }
            },
        );
    altered.collect()
}
