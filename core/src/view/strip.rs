//! As many log columns as a window has room for.
//!
//! A frame holds more columns than a small window can show. The newest stay, the rest joins the
//! folded range on the left; what a server holds of the range is the least it holds of any of it.

use std::ops::Range;

use super::frame::{Cell, Columns, Fold, ServerRow, Zx};
use crate::base::ServerId;

/// Columns and cells as a window shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strip {
    /// The range cell on the left.
    pub fold: Option<Fold>,
    /// The columns beside it.
    pub columns: Vec<Zx>,
    /// The range cell on the right, while a reader looks at older columns.
    pub later: Option<Fold>,
    /// Indexes among `columns` of those whose fate is open.
    pub open: Vec<usize>,
    /// Index among `columns` of the one under the lens.
    pub lens: Option<usize>,
    /// Brackets over the columns, left to right.
    pub epochs: Vec<Bracket>,
    /// An epoch without columns, at the right end.
    pub next_epoch: Option<i64>,
    skip: usize,
    older: bool,
}

/// How far something reaches over the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// It ends before all of them.
    Nothing,
    /// Into the folded range, by so many thousandths.
    Fold(u32),
    /// Up to this column, inclusive.
    Column(usize),
}

/// An epoch over its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// The epoch.
    pub epoch: i64,
    /// Its columns.
    pub columns: Range<usize>,
    /// Its leader, as far as known.
    pub leader: Option<ServerId>,
}

impl Strip {
    /// The newest columns that fit into `slots`; a range cell takes two of them.
    pub fn fit(columns: &Columns, slots: usize) -> Self {
        let all = columns.shown.len();
        let slots = slots.saturating_sub(if columns.later.is_some() { 2 } else { 0 });
        let room = if columns.fold.is_none() && all <= slots {
            slots
        } else {
            slots.saturating_sub(2)
        };
        let skip = all.saturating_sub(room);
        let shown = columns.shown[skip..].to_vec();
        Self {
            fold: joined(columns.fold, &columns.shown[..skip]),
            later: columns.later,
            open: columns
                .open
                .iter()
                .filter_map(|at| at.checked_sub(skip))
                .collect(),
            lens: columns.lens.and_then(|lens| lens.checked_sub(skip)),
            epochs: brackets(&shown, &columns.leaders),
            next_epoch: columns.next_epoch,
            columns: shown,
            skip,
            older: columns.fold.is_some(),
        }
    }

    /// The cells of a row under `columns`.
    pub fn cells<'a>(&self, row: &'a ServerRow) -> &'a [Cell] {
        row.cells.get(self.skip..).unwrap_or_default()
    }

    /// How far something reaches that begins where history does.
    pub fn reach(&self, zx: Zx) -> Reach {
        let covered = self.columns.partition_point(|column| *column <= zx);
        match (covered.checked_sub(1), self.fold) {
            (Some(at), _) => Reach::Column(at),
            (None, Some(fold)) if zx >= fold.last => Reach::Fold(1_000),
            (None, Some(fold)) if zx >= fold.first => Reach::Fold(part(fold, zx)),
            (None, _) => Reach::Nothing,
        }
    }

    /// What a row holds of the folded range.
    pub fn fold_of(&self, row: &ServerRow) -> Cell {
        let hidden = row.cells.iter().take(self.skip);
        let folded = hidden.fold(None, |least: Option<Cell>, cell| {
            Some(least.map_or(*cell, |least| weaker(least, *cell)))
        });
        match folded {
            Some(cell) if self.older => weaker(row.fold, cell),
            Some(cell) => cell,
            None => row.fold,
        }
    }
}

/// The part of a range up to `zx`, to scale when its numbers tell one.
fn part(fold: Fold, zx: Zx) -> u32 {
    if fold.first.epoch != fold.last.epoch {
        return 500;
    }
    let held = u64::from(zx.counter - fold.first.counter) + 1;
    u32::try_from(held * 1_000 / fold.count.max(1)).map_or(1_000, |part| part.min(1_000))
}

fn weaker(a: Cell, b: Cell) -> Cell {
    Cell {
        state: a.state.min(b.state),
        durable: a.durable && b.durable,
        told: false,
        record: a.record.min(b.record),
    }
}

fn joined(fold: Option<Fold>, hidden: &[Zx]) -> Option<Fold> {
    let (Some(first), Some(last)) = (hidden.first(), hidden.last()) else {
        return fold;
    };
    Some(Fold {
        first: fold.map_or(*first, |f| f.first),
        last: *last,
        count: fold.map_or(0, |f| f.count) + hidden.len() as u64,
    })
}

fn brackets(columns: &[Zx], leaders: &[(i64, ServerId)]) -> Vec<Bracket> {
    let mut brackets: Vec<Bracket> = Vec::new();
    for (at, zx) in columns.iter().enumerate() {
        match brackets.last_mut() {
            Some(last) if last.epoch == zx.epoch => last.columns.end = at + 1,
            _ => brackets.push(Bracket {
                epoch: zx.epoch,
                columns: at..at + 1,
                leader: leaders
                    .iter()
                    .find(|(epoch, _)| *epoch == zx.epoch)
                    .map(|(_, leader)| *leader),
            }),
        }
    }
    brackets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::frame::{CellState, InLog};

    fn columns(counters: Range<u32>) -> Columns {
        let shown: Vec<Zx> = counters
            .map(|counter| Zx {
                epoch: i64::from(counter / 5),
                counter,
            })
            .collect();
        Columns {
            lens: shown.len().checked_sub(1),
            shown,
            leaders: vec![(1, ServerId(3))],
            ..Columns::default()
        }
    }

    #[test]
    fn everything_is_shown_when_it_fits() {
        let strip = Strip::fit(&columns(1..8), 8);
        assert_eq!(
            (strip.fold, strip.columns.len(), strip.lens),
            (None, 7, Some(6))
        );
        let leaders: Vec<_> = strip
            .epochs
            .iter()
            .map(|b| (b.columns.clone(), b.leader))
            .collect();
        assert_eq!(leaders, [(0..4, None), (4..7, Some(ServerId(3)))]);
    }

    #[test]
    fn the_oldest_columns_fold_when_there_is_no_room() {
        let strip = Strip::fit(&columns(1..8), 6);
        let fold = strip.fold.expect("three columns are hidden");
        assert_eq!(
            (fold.first.counter, fold.last.counter, fold.count),
            (1, 3, 3)
        );
        assert_eq!((strip.columns.len(), strip.lens), (4, Some(3)));
    }

    #[test]
    fn a_lens_that_does_not_fit_is_not_shown_elsewhere() {
        let mut columns = columns(1..8);
        columns.lens = Some(0);
        assert_eq!(Strip::fit(&columns, 6).lens, None);
    }

    #[test]
    fn a_folded_range_is_as_safe_as_its_weakest_part() {
        let strip = Strip::fit(&columns(1..8), 6);
        let cell = |state| Cell {
            state,
            durable: true,
            told: true,
            record: InLog::Whole,
        };
        let row = |states: [CellState; 3]| {
            let mut row = ServerRow::follower(ServerId(1));
            row.cells = states.map(cell).to_vec();
            row
        };
        use CellState::{Applied, Durable, Missing};
        let states = [
            row([Applied, Applied, Applied]),
            row([Applied, Durable, Applied]),
            row([Applied, Applied, Missing]),
        ]
        .map(|row| strip.fold_of(&row).state);
        assert_eq!(states, [Applied, Durable, Missing]);
    }

    #[test]
    fn a_bracket_ends_where_its_transaction_stands() {
        let strip = Strip::fit(&columns(1..8), 6);
        let zx = |counter: u32| Zx {
            epoch: i64::from(counter / 5),
            counter,
        };
        let reach = [0, 3, 4, 6, 99].map(|counter| strip.reach(zx(counter)));
        let (nothing, fold) = (Reach::Nothing, Reach::Fold(1_000));
        let column = Reach::Column;
        assert_eq!(reach, [nothing, fold, column(0), column(2), column(3)]);
    }

    #[test]
    fn newer_columns_take_their_room_at_the_right() {
        let mut columns = columns(1..8);
        columns.later = Some(Fold {
            first: Zx::default(),
            last: Zx::default(),
            count: 9,
        });
        let strip = Strip::fit(&columns, 8);
        assert_eq!((strip.columns.len(), strip.later), (4, columns.later));
    }
}
