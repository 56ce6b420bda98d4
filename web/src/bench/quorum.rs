//! Quorum bars: one slot per voter in id order, and a tick where a majority begins.
//!
//! The full one stands in the line under the lens; a compact one stands over each column whose fate
//! is open. A slot's outline says how far a transaction has come there, a hatch that the voter is down.

use yew::prelude::*;
use zablab_core::view::frame::{Cell, CellState, ServerRow, Slot};

/// The slots of one column.
pub(super) fn of(rows: &[ServerRow], cell: impl Fn(&ServerRow) -> Cell) -> Vec<Slot> {
    let voters = rows.iter().filter(|row| !row.observer);
    voters
        .map(|row| {
            let cell = cell(row);
            Slot {
                server: row.id,
                state: cell.state,
                durable: cell.durable,
                down: !row.power.has_memory(),
            }
        })
        .collect()
}

/// The class of a slot.
pub(super) fn class(slot: &Slot) -> &'static str {
    match slot.state {
        CellState::Missing | CellState::Truncated => "none",
        _ if !slot.durable => "vol",
        CellState::Proposed | CellState::Durable => "dur",
        CellState::Committed | CellState::Applied => "com",
    }
}

/// A bar as wide as a cell and seven pixels high.
pub(super) fn compact(slots: &[Slot], majority: u8, width: u32) -> Html {
    let each = width * 1_000 / slots.len().max(1) as u32;
    let px = |thousandths: u32| (thousandths / 1_000).to_string();
    let tick = px(each * u32::from(majority));
    html! {
        <svg class="qmini" width={width.to_string()} height="9" aria-hidden="true">
            { for slots.iter().enumerate().map(|(at, slot)| {
                let x = px(each * at as u32 + 500);
                let w = px(each.saturating_sub(1_500).max(2_000));
                html! {<>
                    <rect class={classes!("qs", class(slot))} x={x.clone()} y="1.5" width={w.clone()} height="6" />
                    if slot.down { <rect class="qh" {x} y="1.5" width={w} height="6" /> }
                </>}
            }) }
            <path class="qt" d={format!("M{tick} 0V9")} />
        </svg>
    }
}
