//! One scenario of the gallery: what it is about, and its run from far away.

use yew::prelude::*;
use zablab_core::lab::{Badge, Card, MarkKind, Still};
use zablab_core::view::Lang;

use super::gallery_words::{badge, meta};
use crate::desk::use_desk;

/// Width of the line of a run.
const WIDTH: u32 = 132;

/// Properties of [`CardButton`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) card: Card,
    /// It is the one that is on the bench.
    pub(super) shown: bool,
    pub(super) on_pick: Callback<String>,
}

/// The scenario as a button.
#[component]
pub(super) fn CardButton(props: &Props) -> Html {
    let lang = use_desk().lang;
    let card = &props.card;
    let id = card.id.clone();
    let onclick = props.on_pick.reform(move |_: MouseEvent| id.clone());
    html! {
        <button type="button" class={classes!("scn", props.shown.then_some("on"))} {onclick}
            aria-current={props.shown.then_some("true")} data-kind="scenario" data-id={card.id.clone()}>
            <span class="sct"><b>{ card.title.get(lang) }</b>{ badge_of(&card.badge, lang) }</span>
            <span class="sca">{ card.about.get(lang) }</span>
            <span class="scm">{ still(&card.still) }<span>{ meta(lang, card) }</span></span>
        </button>
    }
}

fn badge_of(which: &Badge, lang: Lang) -> Html {
    let class = match which {
        Badge::None => return Html::default(),
        Badge::Shipped(_) => "badge bad",
        Badge::Corrected => "badge ok",
    };
    html! { <span {class}>{ badge(lang, which) }</span> }
}

/// Servers as marks, then the run as a line: beats, deaths, and where something broke.
fn still(still: &Still) -> Html {
    let servers = u32::from(still.voters) + u32::from(still.observers);
    let from = servers * 8 + 6;
    let at = |per_mille: u32| from + 4 + per_mille * (WIDTH - from - 8) / 1_000;
    let line = format!("M{from} 7H{WIDTH}");
    html! {
        <svg class="still" width={WIDTH.to_string()} height="14" viewBox={format!("0 0 {WIDTH} 14")} aria-hidden="true">
            { for (0..servers).map(|n| {
                let round = if n < u32::from(still.voters) { "1" } else { "3" };
                html! { <rect class="sv" x={(n * 8 + 1).to_string()} y="4" width="6" height="6" rx={round} /> }
            }) }
            <path class="sl" d={line} />
            { for still.marks.iter().map(|(per_mille, kind)| mark(at(*per_mille), *kind)) }
        </svg>
    }
}

fn mark(x: u32, kind: MarkKind) -> Html {
    let (class, path) = match kind {
        MarkKind::Beat | MarkKind::Bookmark | MarkKind::Flag => ("sb", format!("M{x} 3V11")),
        MarkKind::Crash => ("sx", format!("M{} 4l6 6m-6 0l6-6", x.saturating_sub(3))),
        MarkKind::Broken => ("sr", format!("M{x} 2l5 9h-10Z")),
    };
    html! { <path {class} d={path} /> }
}
