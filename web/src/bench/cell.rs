//! One entry of one log, drawn. Colour is never the only sign: outline, hatch, bar, corner, strike,
//! crack and jag say it too.
//!
//! ```text
//!   ┌╌╌┐ proposed   ┌──┐ committed   ┌──┐ applied    ┌─◥┐ client told
//!   └╌╌┘            └──┘             └▂▂┘            └▂▂┘
//!   ┌//┐ on disk    ╌╌╌╌ truncated   ┌──⟩ torn       ┌⚡─┐ checksum fails    ··· missing, purged
//! ```

use yew::prelude::*;
use zablab_core::view::frame::{Cell, CellState, Damage, InLog};

/// Where a cell is drawn, around the middle of its height.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Shape {
    /// Its left edge.
    pub(super) x: u32,
    /// Its width.
    pub(super) w: u32,
    /// Its height.
    pub(super) h: u32,
}

/// How a cell looks: the class of its outline, and the word for tests and hosts.
pub(super) fn look(cell: Cell) -> &'static str {
    match (cell.record, cell.state) {
        (InLog::Damaged(Damage::Torn), _) => "torn",
        (InLog::Damaged(Damage::Corrupt), _) => "corrupt",
        (_, CellState::Missing) => "miss",
        (_, CellState::Truncated) => "trunc",
        (InLog::Purged, _) => "purged",
        (_, CellState::Proposed) => "vol",
        (_, CellState::Durable) => "dur",
        (_, CellState::Committed | CellState::Applied) => "com",
    }
}

/// Draws a cell with its number.
pub(super) fn draw(shape: Shape, cell: Cell, number: &str) -> Html {
    let Shape { x, w, h } = shape;
    let (half, mid, right) = (h as i32 / 2, x + w / 2, x + w);
    let look = look(cell);
    let applied = cell.state == CellState::Applied && look != "trunc";
    // Known to be committed, and a power loss would still take it from this server.
    let soft = look == "com" && !cell.durable;
    let broken = matches!(look, "torn" | "corrupt");
    let drop = if look == "trunc" { 5 } else { 0 };
    let lift = if applied { -1 } else { 0 };
    html! {<>
        if broken {
            <path class={classes!("e", look)} d={outline(shape, look)} />
        } else {
            <rect class={classes!("e", look, soft.then_some("soft"))} x={x.to_string()} y={(drop - half).to_string()}
                width={w.to_string()} height={h.to_string()} rx="2" />
        }
        if applied {
            <rect class="bar" x={x.to_string()} y={(half - 4).to_string()} width={(w - if look == "torn" { 6 } else { 0 }).to_string()} height="4" rx="1" />
        }
        if cell.told { <path class="flag" d={format!("M{} {}H{right}V{}Z", right - 9, -half, 9 - half)} /> }
        if look != "miss" {
            <text class={classes!("en-n", format!("n-{look}"))} x={(mid - if look == "torn" { 3 } else { 0 }).to_string()} y={(drop + lift).to_string()}>{ number.to_owned() }</text>
        }
        if look == "trunc" { <path class="strike" d={format!("M{} {drop}H{}", x as i32 - 2, right + 2)} /> }
        if look == "corrupt" {
            <path class="crack" d={format!("M{} {}l3 {q}l-6 {q}l5 {q}l-4 {q}", mid + 5, -half, q = h / 4)} />
            <path class="crcx" d={format!("M{} {}l6 6m0 -6l-6 6", right - 8, -half - 2)} />
        }
    </>}
}

/// The outline of a damaged cell: its right edge is torn off, or whole with a crack.
fn outline(shape: Shape, look: &str) -> String {
    let Shape { x, w, h } = shape;
    let (half, right) = (h as i32 / 2, x + w);
    if look == "torn" {
        let q = h / 4;
        format!(
            "M{right} {}H{x}V{half}H{}l4 -{q}l-7 -{q}l7 -{q}Z",
            -half,
            right - 4
        )
    } else {
        format!("M{x} {}H{right}V{half}H{x}Z", -half)
    }
}
