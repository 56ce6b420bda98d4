//! How much of a disk has room in a window: nothing in the panel scrolls, it is turned over.

use crate::desk::{Desk, Layout, window_size};

/// Height of the cockpit that is not for files, fields and bytes.
const AROUND: u32 = 496;
/// The same in a low frame, without the rows of servers.
const AROUND_LOW: u32 = 226;
/// Height of a server's row there, and of all of them at most.
const SERVER: (u32, u32) = (47, 225);
/// Height of a row of files.
const FILE: u32 = 24;
/// Height of a row of fields or bytes.
const ROW: u32 = 17;
/// From this width the side is wider.
const WIDE: u32 = 1800;
/// Rows of fields that hold a create.
const CREATE: usize = 14;
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
    /// The room of a window, beside so many servers and below so many lines of what recovery would do.
    pub(super) fn of(desk: &Desk, servers: usize, lines: u32) -> Self {
        let (width, height) = (desk.width, window_size().1);
        match desk.layout {
            Layout::Cockpit => Self::side(width, height, lines),
            Layout::Embed => Self::frame(height, servers),
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

    fn side(width: u32, height: u32, lines: u32) -> Self {
        let files = if height < 1_000 { 3 } else { 5 };
        let taken = AROUND + files * FILE + lines * ROW;
        let rows = (height.saturating_sub(taken) / ROW) as usize;
        let either = rows < 8 + LINES;
        let fields = if either {
            rows.max(5)
        } else {
            CREATE.min(rows - LINES)
        };
        Self {
            files: files as usize,
            cells: if width >= WIDE { 10 } else { 8 },
            list: (rows * 17 / 24).max(5),
            fields,
            lines: if either { fields } else { rows - fields },
            bytes: 8,
            either,
            low: false,
        }
    }

    fn frame(height: u32, servers: usize) -> Self {
        let servers = u32::try_from(servers).unwrap_or(u32::MAX);
        let bench = servers.saturating_mul(SERVER.0).min(SERVER.1);
        let room = height.saturating_sub(AROUND_LOW + bench);
        let rows = (room / ROW).max(2) as usize;
        Self {
            files: 0,
            cells: 6,
            list: (room.saturating_sub(20) / 24).max(1) as usize,
            fields: rows,
            lines: rows,
            bytes: 12,
            either: true,
            low: room < 70,
        }
    }
}
