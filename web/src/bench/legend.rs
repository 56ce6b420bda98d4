//! What the cells on the bench mean: those that occur, and those that always may.

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::frame::{Cell, CellState, Damage, Frame, InLog};
use zablab_core::view::strip::Strip;

use super::bench_words as say;
use super::cell::{self, Shape};
use crate::words::Word;

/// The legend of a frame.
pub(super) fn legend(lang: Lang, frame: &Frame, strip: &Strip) -> Html {
    let cell = |state, record, told| Cell {
        state,
        durable: true,
        told,
        record,
    };
    let always = [
        (
            cell(CellState::Proposed, InLog::Whole, false),
            Word::Proposed.get(lang),
        ),
        (
            cell(CellState::Durable, InLog::Whole, false),
            Word::OnDisk.get(lang),
        ),
        (
            cell(CellState::Committed, InLog::Whole, false),
            Word::Committed.get(lang),
        ),
        (
            cell(CellState::Applied, InLog::Whole, false),
            Word::Applied.get(lang),
        ),
        (
            cell(CellState::Applied, InLog::Whole, true),
            Word::ClientTold.get(lang),
        ),
    ];
    let damaged = |damage| cell(CellState::Missing, InLog::Damaged(damage), false);
    let rare = [
        (
            cell(CellState::Truncated, InLog::No, false),
            say::Word::Truncated,
        ),
        (damaged(Damage::Torn), say::Word::Torn),
        (damaged(Damage::Corrupt), say::Word::Corrupt),
        (
            cell(CellState::Committed, InLog::Purged, false),
            say::Word::Purged,
        ),
    ];
    let looks: Vec<&str> = frame
        .servers
        .iter()
        .flat_map(|row| strip.cells(row))
        .map(|cell| cell::look(*cell))
        .collect();
    let occurring = rare
        .into_iter()
        .filter(|(cell, _)| looks.contains(&cell::look(*cell)))
        .map(|(cell, word)| (cell, word.get(lang)));
    // What is rare is what a reader looks up: it takes the place of what was seen a hundred times.
    let mut shown: Vec<(Cell, &str)> = occurring.collect();
    let room = 5usize.saturating_sub(shown.len());
    let mut entries: Vec<(Cell, &str)> = always.into_iter().skip(5 - room).collect();
    entries.append(&mut shown);
    html! { <div class="legend">{ for entries.into_iter().map(|(cell, word)| sample(cell, word)) }</div> }
}

fn sample(cell: Cell, word: &str) -> Html {
    let shape = Shape { x: 2, w: 20, h: 15 };
    html! {
        <span data-kind="legend" data-id={cell::look(cell)}>
            <svg class="ov" width="24" height="18" viewBox="0 -9 24 18" aria-hidden="true"><g class="cell">{ cell::draw(shape, cell, "") }</g></svg>
            { word }
        </span>
    }
}
