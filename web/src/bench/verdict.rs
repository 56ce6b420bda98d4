//! The line under the lens: which zxid, who holds it, one bold fact, one reason.

use yew::prelude::*;
use zablab_core::view::frame::{CellState, Slot, Verdict};

use crate::desk::use_desk;
use crate::words::Word;

/// Properties of [`VerdictLine`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) verdict: Verdict,
    /// With the reason and the words between.
    pub(crate) full: bool,
}

/// The line.
#[component]
pub(crate) fn VerdictLine(props: &Props) -> Html {
    let desk = use_desk();
    let Props { verdict, full } = props;
    html! {
        <div class="verdict" data-kind="verdict" data-id={verdict.zxid.to_string()}>
            <span class="vz">{ verdict.zxid.to_string() }</span>
            if *full { <span>{ desk.word(Word::IsOn) }</span> }
            { bar(verdict) }
            <span class="vt">
                <b>{ verdict.fact.get(desk.lang) }</b>
                if *full { <span>{ verdict.reason.get(desk.lang) }</span> }
            </span>
        </div>
    }
}

/// One slot per voter, and a tick where a majority begins.
fn bar(verdict: &Verdict) -> Html {
    let pitch: u32 = if verdict.slots.len() > 5 { 28 } else { 34 };
    let width = pitch * verdict.slots.len() as u32 + 8;
    let tick = u32::from(verdict.majority) * pitch;
    html! {
        <svg class="quo" width={width.to_string()} height="36" viewBox={format!("-4 -8 {width} 36")} aria-hidden="true">
            { for verdict.slots.iter().enumerate().map(|(at, s)| slot(at as u32 * pitch, pitch - 3, s)) }
            <path class="qt" d={format!("M{tick} -7V27")} />
            <path class="qtt" d={format!("M{} -7h8l-4 5Z", tick as i32 - 4)} />
        </svg>
    }
}

fn slot(x: u32, width: u32, slot: &Slot) -> Html {
    let class = match slot.state {
        CellState::Missing | CellState::Truncated => "none",
        _ if !slot.durable => "vol",
        CellState::Proposed | CellState::Durable => "dur",
        CellState::Committed | CellState::Applied => "com",
    };
    let (left, wide) = (format!("{x}.5"), width.to_string());
    html! {<>
        <rect class={classes!("qs", class)} x={left.clone()} y="0" width={wide.clone()} height="22" rx="2" />
        if slot.down { <rect class="qh" x={left} y="0" width={wide} height="22" rx="2" /> }
        <text class={classes!("qid", class, slot.down.then_some("down"))} x={(x + width / 2 + 1).to_string()} y="11.5">
            { slot.server.to_string() }
        </text>
    </>}
}
