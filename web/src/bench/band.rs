//! The band of election, discovery and synchronisation: what each voter says, whether a quorum says
//! it, and why the last thing happened. It takes the legend's place as long as it has something to say.

use yew::prelude::*;
use zablab_core::view::frame::{Phase, PhaseView, Say};

use super::bench_words as say;
use crate::desk::use_desk;
use crate::words::{self, Word};

/// Properties of [`PhaseBand`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) view: PhaseView,
    /// With the reason.
    pub(super) full: bool,
}

/// The band.
#[component]
pub(super) fn PhaseBand(props: &Props) -> Html {
    let desk = use_desk();
    let Props { view, full } = props;
    let (fact, reason) = (view.fact.get(desk.lang), view.reason.get(desk.lang));
    let name = words::phase(view.phase).unwrap_or(Word::Looking);
    html! {
        <div class="band" role="group" aria-label={desk.word(name)} data-kind="band" data-id={view.phase.word()}>
            { bar(view, &names(view, desk.lang)) }
            <span class="vt">
                <b title={fact.to_owned()}>{ fact }</b>
                if *full { <span title={reason.to_owned()}>{ reason }</span> }
            </span>
        </div>
    }
}

fn names(view: &PhaseView, lang: zablab_core::view::Lang) -> String {
    let all: Vec<String> = view.slots.iter().map(|slot| say::say(lang, slot)).collect();
    all.join(", ")
}

/// Two lines for each voter: who, and what it says. The tick counts those that count.
fn bar(view: &PhaseView, name: &str) -> Html {
    let pitch: u32 = match (view.slots.len(), view.phase) {
        (..=3, _) => 46,
        (..=5, Phase::Synchronization) => 44,
        (..=5, _) => 36,
        _ => 30,
    };
    let width = pitch * view.slots.len() as u32 + 8;
    let counted = view.slots.iter().filter(|slot| slot.counts).count() as u32;
    let enough = counted >= u32::from(view.majority);
    let tick = u32::from(view.majority) * pitch;
    html! {
        <svg class={classes!("pbar", enough.then_some("enough"))} width={width.to_string()} height="40" viewBox={format!("-4 -4 {width} 40")}
            role="img" aria-label={name.to_owned()}>
            { for view.slots.iter().enumerate().map(|(at, s)| slot(at as u32 * pitch, pitch - 3, s)) }
            <rect class="ptrack" x="0" y="31" width={(width - 11).to_string()} height="3" />
            <rect class="pfill" x="0" y="31" width={(counted * pitch).saturating_sub(3).to_string()} height="3" />
            <path class="qt" d={format!("M{} 27V36", tick.saturating_sub(2))} />
        </svg>
    }
}

fn slot(x: u32, width: u32, slot: &Say) -> Html {
    let class = match (slot.counts, slot.says.is_empty()) {
        (true, _) => "counts",
        (false, false) => "says",
        (false, true) => "mute",
    };
    let (left, wide, mid) = (format!("{x}.5"), width.to_string(), x + width / 2);
    html! {<>
        <rect class={classes!("ps", class)} x={left.clone()} y="-3" width={wide.clone()} height="30" rx="2" />
        if slot.down { <rect class="qh" x={left} y="-3" width={wide} height="30" rx="2" /> }
        <text class={classes!("pwho", slot.down.then_some("down"))} x={mid.to_string()} y="4.5">{ slot.server.to_string() }</text>
        <text class={classes!("pwhat", (slot.says.len() > 3).then_some("word"))} x={mid.to_string()} y="19">{
            if slot.says.is_empty() { "–" } else { slot.says.as_str() }
        }</text>
    </>}
}
