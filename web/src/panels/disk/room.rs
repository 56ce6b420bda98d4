//! How much of a disk has room in a window: nothing in the panel scrolls, it is turned over.

use crate::desk::{Desk, Layout};

/// Height of the panel at the side that is not for files, fields, bytes and what recovery would do.
const AROUND: u32 = 172;
/// The same in a low frame.
const AROUND_LOW: u32 = 30;
/// In a lower frame what recovery would do has no room.
const LOW: u32 = 100;
/// Height of a row of files.
const FILE: u32 = 24;
/// Height of a row of fields or bytes.
const ROW: u32 = 17;
/// From this width the side is wider.
const WIDE: u32 = 1800;
/// Rows of fields that hold a create.
const CREATE: usize = 14;
/// Rows that are enough for fields and bytes at once.
const BOTH: usize = 15;
/// Rows of bytes beside fields, at least.
const LINES: usize = 3;

/// Rows of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Files; 0 where they are a list to pick from.
    pub(super) files: usize,
    /// Cells of the row of parts.
    pub(super) cells: usize,
    /// Rows of the list of parts.
    pub(super) list: usize,
    /// Rows of fields.
    pub(super) fields: usize,
    /// Rows of raw bytes.
    pub(super) lines: usize,
    /// Bytes in such a row.
    pub(super) bytes: usize,
    /// Fields or bytes, not both at once.
    pub(super) either: bool,
    /// What recovery would do has no room.
    pub(super) low: bool,
}

impl Room {
    /// The room of a panel so tall, with so many lines of what recovery would do.
    pub(super) fn of(desk: &Desk, tall: u32, lines: u32) -> Self {
        match desk.layout {
            Layout::Cockpit => Self::side(desk.width, tall, lines),
            Layout::Embed => Self::frame(tall),
            Layout::Phone => Self {
                files: 6,
                cells: 5,
                list: 8,
                fields: 16,
                lines: 14,
                bytes: 8,
                either: false,
                low: false,
            },
        }
    }

    fn side(width: u32, tall: u32, lines: u32) -> Self {
        let files = match tall {
            0..600 => 3,
            600..760 => 4,
            _ => 5,
        };
        let taken = AROUND + files * FILE + lines * ROW;
        let rows = (tall.saturating_sub(taken) / ROW) as usize;
        let either = rows < BOTH;
        let fields = if either {
            rows.max(5)
        } else {
            CREATE.min(rows - LINES)
        };
        Self {
            files: files as usize,
            cells: if width >= WIDE { 10 } else { 8 },
            list: (rows * 17 / 24).max(3),
            fields,
            lines: if either { fields } else { rows - fields },
            bytes: 8,
            either,
            low: false,
        }
    }

    fn frame(tall: u32) -> Self {
        let room = tall.saturating_sub(AROUND_LOW);
        let rows = (room / ROW).max(2) as usize;
        Self {
            files: 0,
            cells: 6,
            list: (room.saturating_sub(20) / 24).max(1) as usize,
            fields: rows,
            lines: rows,
            bytes: 12,
            either: true,
            low: tall < LOW,
        }
    }
}
