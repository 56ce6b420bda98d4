//! How much of a disk has room in a window: nothing in the panel scrolls, it is turned over.

use crate::desk::{Desk, Layout, window_size};

/// Height of the cockpit's side that is not for fields and bytes.
const AROUND: u32 = 500;
/// Height of a row of fields or bytes.
const ROW: u32 = 17;
/// From this width the side is wider.
const WIDE: u32 = 1800;

/// Rows of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Files.
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
}

impl Room {
    /// The room of a window.
    pub(super) fn of(desk: &Desk) -> Self {
        match desk.layout {
            Layout::Cockpit => Self::side(desk.width),
            Layout::Embed => {
                let (_, height) = window_size();
                let more = (height.saturating_sub(500) / ROW) as usize;
                Self {
                    files: 3 + more / 3,
                    cells: 8,
                    list: 4 + more * 2 / 3,
                    fields: 5 + more,
                    lines: 5 + more,
                    bytes: 16,
                    either: true,
                }
            }
            Layout::Phone => Self {
                files: 6,
                cells: 5,
                list: 8,
                fields: 16,
                lines: 12,
                bytes: 8,
                either: false,
            },
        }
    }

    fn side(width: u32) -> Self {
        let (_, height) = window_size();
        let rows = (height.saturating_sub(AROUND) / ROW) as usize;
        let fields = (rows * 3 / 5).clamp(5, 14);
        Self {
            files: if height < 840 { 3 } else { 4 + rows / 32 },
            cells: if width >= WIDE { 9 } else { 7 },
            list: (rows * 2 / 3).max(6),
            fields,
            lines: rows.saturating_sub(fields).clamp(3, 20),
            bytes: 8,
            either: false,
        }
    }
}
