//! The line under the lens: which zxid, who holds it, one bold fact, one reason.

use yew::prelude::*;
use zablab_core::view::Target;
use zablab_core::view::frame::{Slot, Verdict};

use super::{bench_words as say, quorum};
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
    let zx = verdict.zxid;
    let onclick = desk
        .inspect
        .reform(move |_: MouseEvent| Some(Target::Transaction(zx)));
    html! {
        <div class="verdict" data-kind="verdict" data-id={zx.to_string()}>
            <button type="button" class="vz" title={zx.hex()} data-kind="transaction" data-id={format!("lens/{zx}")} {onclick}>{ zx.to_string() }</button>
            if *full { <span>{ desk.word(Word::IsOn) }</span> }
            <Quorum verdict={verdict.clone()} />
            <span class="vt">
                <b title={verdict.fact.get(desk.lang).to_owned()}>{ verdict.fact.get(desk.lang) }</b>
                if *full { <span title={verdict.reason.get(desk.lang).to_owned()}>{ verdict.reason.get(desk.lang) }</span> }
            </span>
        </div>
    }
}

/// Properties of [`Quorum`].
#[derive(PartialEq, Properties)]
struct QuorumProps {
    verdict: Verdict,
}

/// One slot per voter, and a tick where a majority begins.
#[component]
fn Quorum(props: &QuorumProps) -> Html {
    let desk = use_desk();
    let verdict = &props.verdict;
    let many = verdict.slots.len() > 5;
    let pitch: u32 = if many { 28 } else { 34 };
    let width = pitch * verdict.slots.len() as u32 + 8;
    let tick = u32::from(verdict.majority) * pitch;
    let zx = verdict.zxid;
    let button = |slot: &Slot| {
        let id = slot.server;
        let name = say::slot(desk.lang, &id.to_string(), slot.durable, slot.down);
        let onclick = desk
            .inspect
            .reform(move |_: MouseEvent| Some(Target::Entry(id, zx)));
        html! {
            <button type="button" class="qbtn" title={name.clone()} aria-label={name} {onclick} data-kind="slot" data-id={id.to_string()}
                data-state={quorum::class(slot)} data-down={slot.down.to_string()}></button>
        }
    };
    html! {
        <div class={classes!("quo", many.then_some("q28"))}>
            <svg width={width.to_string()} height="36" viewBox={format!("-4 -8 {width} 36")} aria-hidden="true">
                { for verdict.slots.iter().enumerate().map(|(at, s)| slot(at as u32 * pitch, pitch - 3, s)) }
                <path class="qt" d={format!("M{tick} -7V27")} />
                <path class="qtt" d={format!("M{} -7h8l-4 5Z", tick as i32 - 4)} />
            </svg>
            <div class="qbtns">{ for verdict.slots.iter().map(button) }</div>
        </div>
    }
}

fn slot(x: u32, width: u32, slot: &Slot) -> Html {
    let class = quorum::class(slot);
    let (left, wide) = (format!("{x}.5"), width.to_string());
    html! {<>
        <rect class={classes!("qs", class)} x={left.clone()} y="0" width={wide.clone()} height="22" rx="2" />
        if slot.down { <rect class="qh" x={left} y="0" width={wide} height="22" rx="2" /> }
        <text class={classes!("qid", class, slot.down.then_some("down"))} x={(x + width / 2 + 1).to_string()} y="11.5">
            { slot.server.to_string() }
        </text>
    </>}
}
