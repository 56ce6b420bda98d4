//! The ledger panel: what clients were told of their writes, and where each write is now.
//!
//! A row is a button: it leads to the step in which the client was told, or lost its connection.

use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::frame::{CellState, Slot};
use zablab_core::view::ledger::{Fate, LedgerRow, LedgerView};

use super::piece::{line, piece, span};
use super::pull::Pull;
use super::service_words::{self as words, Word};
use crate::desk::{Desk, use_desk};

/// Height of a slot, in pixels.
const HEIGHT: &str = "18";

/// Properties of [`LedgerPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: Pull,
}

/// The panel.
#[component]
pub(crate) fn LedgerPanel(props: &Props) -> Html {
    let desk = use_desk();
    let view = use_memo(props.pull.clone(), Pull::ledger);
    html! {
        <section class="service" aria-label={desk.word(crate::words::Word::Ledger)} data-kind="panel" data-id="ledger">
            if view.rows.is_empty() {
                { line("svgone", Word::NothingTold.get(desk.lang)) }
            } else {
                { summary(&desk, &view) }
                <div class="svscroll">
                    <ol class="lrows">{ for view.rows.iter().map(|row| write(&desk, row)) }</ol>
                    if view.more > 0 { { line("svmore", words::older(desk.lang, view.more)) } }
                </div>
            }
        </section>
    }
}

fn summary(desk: &Desk, view: &LedgerView) -> Html {
    let (confirmed, lost, unknown) = words::summary(desk.lang, view);
    html! {
        <p class="svsum sums" data-kind="ledger" data-id="summary">
            { span("", confirmed) }
            { piece(if view.lost > 0 { "b" } else { "span" }, "losses", lost.into()) }
            { unknown.map(|unknown| span("", unknown)).unwrap_or_default() }
        </p>
    }
}

fn write(desk: &Desk, row: &LedgerRow) -> Html {
    let id = format!("{}/{}", row.name, row.entry);
    let class = class(row);
    let zxid = row
        .zxid
        .map_or_else(|| "–".to_owned(), |zxid| zxid.to_string());
    let fate = html! {<>{ sign(class) }{ words::fate(desk.lang, row) }</>};
    let (request, fate) = (
        span("lreq", row.request.clone()),
        piece("span", "lfate", fate),
    );
    let head = piece("span", "lline", html! {<>{ request }{ fate }</>});
    let told = span("ltold", words::told(desk.lang, row));
    let told = piece("span", "lline", html! {<>{ told }{ slots(row) }</>});
    html! {
        <li key={id.clone()} class={classes!("lrow", class)}>
            <button type="button" onclick={desk.ask(Action::SeekTold(row.client, row.entry))}
                data-kind="write" data-id={id} data-state={class}>
                { span("lz", zxid) }
                { piece("span", "lbody", html! {<>{ head }{ told }{ span("lplace", words::place(desk.lang, row)) }</>}) }
            </button>
        </li>
    }
}

/// What became of a write, as a class: a promise that is broken is another thing than a write that
/// nobody was told of.
const fn class(row: &LedgerRow) -> &'static str {
    match (row.fate, row.told.is_some()) {
        (Fate::Kept, _) => "kept",
        (Fate::AtRisk, _) => "risk",
        (Fate::Open, _) => "open",
        (Fate::Lost(_), true) => "lost",
        (Fate::Lost(_), false) | (Fate::Dropped(_) | Fate::NeverProposed, _) => "never",
    }
}

/// A ring with a tick, a triangle, a dotted ring, a filled cross, a dash: the word stands beside it.
fn sign(class: &str) -> Html {
    const RING: &str = "M12.500 7A5.500 5.500 0 1 1 1.500 7A5.500 5.500 0 1 1 12.500 7Z";
    let (shape, inside) = match class {
        "kept" => (RING, "M4.500 7.200 6.300 9 9.600 5.300"),
        "risk" => ("M7 1.500 13 12.500H1Z", "M7 5.500V9M7 10.500V11.300"),
        "open" => (RING, ""),
        "lost" => ("M1 1H13V13H1Z", "M4 4 10 10M10 4 4 10"),
        _ => ("", "M3 7H11"),
    };
    html! {
        <svg class="lsign" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path class="out" d={shape} /><path class="in" d={inside} /></svg>
    }
}

/// One slot per server: what the log columns of the bench would show of this write.
fn slots(row: &LedgerRow) -> Html {
    let many = row.slots.len() > 5;
    let pitch = if many { 20 } else { 23 };
    let width = row.slots.len() * pitch;
    html! {
        <svg class={classes!("lslots", many.then_some("many"))} width={width.to_string()} height="20" viewBox={format!("-1 -1 {width} 20")} aria-hidden="true">
            { for row.slots.iter().enumerate().map(|(at, slot)| one(at * pitch, pitch - 3, slot, row.told == Some(slot.server))) }
        </svg>
    }
}

fn one(x: usize, width: usize, slot: &Slot, told: bool) -> Html {
    let (fill, label) = match slot.state {
        CellState::Missing | CellState::Truncated => ("miss", "n-miss"),
        CellState::Proposed => ("vol", "n-vol"),
        CellState::Durable => ("dur", "n-dur"),
        CellState::Committed | CellState::Applied => ("com", "n-com"),
    };
    let soft = slot.state >= CellState::Committed && !slot.durable;
    let (left, right, wide) = (x.to_string(), x + width, width.to_string());
    html! {
        <g class={classes!(slot.down.then_some("dead"))}>
            <rect class={classes!("e", fill, soft.then_some("soft"))} x={left.clone()} y="0" width={wide.clone()} height={HEIGHT} rx="2" />
            if slot.state == CellState::Applied { <rect class="bar" x={left} y="15" width={wide} height="3" rx="1" /> }
            if told { <path class="flag" d={format!("M{} 0H{right}V7Z", right - 7)} /> }
            <text class={classes!("en-n", label)} x={(x + width / 2).to_string()} y="8.5">{ slot.server.0 }</text>
        </g>
    }
}
