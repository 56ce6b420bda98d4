//! The sizes that the parts of the bench agree on.

use crate::desk::Layout;

/// Sizes in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Metrics {
    /// Width of a log cell.
    pub(crate) cell: u32,
    /// Height of a log cell.
    pub(crate) cell_h: u32,
    /// From one cell to the next.
    pub(crate) pitch: u32,
    /// Log columns that fit.
    pub(crate) slots: usize,
    /// Size of a server's token.
    pub(crate) token: u32,
    /// Lines of text beside a token.
    pub(crate) lines: usize,
    /// Room for labels on the wire.
    pub(crate) labels: bool,
    /// Height of the bracket of a snapshot.
    pub(crate) span: u32,
    /// Room for its name.
    pub(crate) span_label: bool,
    /// How far cells stand below the middle of their row.
    pub(crate) drop: u32,
}

impl Metrics {
    /// The sizes for a layout, a window and a number of servers.
    pub(crate) fn of(layout: Layout, width: u32, servers: usize) -> Self {
        let many = servers > 5;
        let roomy = Self {
            cell: 36,
            cell_h: 26,
            pitch: 42,
            slots: if width < 1424 { 7 } else { 8 },
            token: if many { 36 } else { 52 },
            lines: if many { 1 } else { 3 },
            labels: true,
            span: if many { 3 } else { 5 },
            span_label: !many,
            drop: 0,
        };
        match layout {
            Layout::Cockpit if many => Self {
                cell_h: 22,
                ..roomy
            },
            Layout::Cockpit => roomy,
            Layout::Embed => Self {
                cell: 33,
                cell_h: if many { 18 } else { 26 },
                pitch: 38,
                slots: 7,
                token: if many { 24 } else { 42 },
                lines: if many { 1 } else { 2 },
                labels: !many,
                span: if many { 2 } else { 4 },
                ..roomy
            },
            Layout::Phone => Self {
                cell: 26,
                cell_h: if many { 18 } else { 22 },
                pitch: 31,
                slots: 7,
                token: if many { 34 } else { 42 },
                lines: 2,
                labels: false,
                span: 3,
                span_label: false,
                drop: if many { 10 } else { 9 },
            },
        }
    }

    /// The class that gives columns their width.
    pub(crate) const fn pitch_class(self) -> &'static str {
        match self.pitch {
            31 => "p31",
            38 => "p38",
            _ => "p42",
        }
    }

    /// Width of the log column.
    pub(crate) const fn log_width(self) -> u32 {
        self.pitch * self.slots as u32
    }

    /// Middle of the column at `index`, counted after `before` pixels of a range cell.
    pub(crate) const fn middle(self, index: usize, before: u32) -> u32 {
        before + self.pitch * index as u32 + self.pitch / 2 + 1
    }

    /// Width of a range cell with its gap.
    pub(crate) const fn range(self) -> u32 {
        self.pitch * 2
    }
}
