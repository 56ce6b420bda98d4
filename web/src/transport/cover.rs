//! Backups under the line of the slider: when each was copied, and what none of them reaches.
//!
//! ```text
//!  ────┼─────────┼──────●───   the run
//!   └b1 e1·4┘ ╵▨▨ RPO gap ▨    copied from here to there; up to here it reaches; what it lacks
//! ```
//! The vault panel says the same in words, so the picture is hidden from who hears the page.

use yew::prelude::*;
use zablab_core::lab::{Cover, Transport};

use super::slider::{CLOSE, place, track};
use crate::bench::gap_words;
use crate::desk::{Desk, Layout};
use crate::words::label_width;

/// Backups that are drawn, the newest.
const SHOWN: usize = 24;

/// All of it.
pub(super) fn covers(desk: &Desk, t: &Transport) -> Html {
    let track = track(desk);
    // Other branches are named there.
    let roomy = desk.layout == Layout::Cockpit && t.branches.len() == 1;
    let x = |step: u64| step * track / t.total.max(1);
    let gap = t.gap.map(|gap| (x(gap.from), x(gap.to)));
    let mut free = 0;
    let mut last = None;
    let skip = t.covers.len().saturating_sub(SHOWN);
    let drawn = t.covers[skip..].iter().filter_map(|cover| {
        let (from, to) = (x(cover.from), x(cover.to));
        if last.is_some_and(|last| to < last + CLOSE) {
            return None;
        }
        last = Some(to);
        let text = label(cover);
        let end = from + 6 + label_width(&text);
        let clear = gap.is_none_or(|(left, right)| end < left || from > right);
        let named = roomy && from >= free && end < track + 100 && clear;
        if named {
            free = end + 4;
        }
        Some(bracket(t, cover, named.then_some(text)))
    });
    let drawn: Html = drawn.collect();
    html! {<>{ hatched(desk, t, track, roomy) }{ drawn }</>}
}

/// `b1 e1·60`.
fn label(cover: &Cover) -> String {
    match cover.zxid {
        Some(zxid) => format!("{} {zxid}", cover.name),
        None => cover.name.clone(),
    }
}

fn bracket(t: &Transport, cover: &Cover, name: Option<String>) -> Html {
    let class = classes!("cov", (!cover.whole).then_some("soft"));
    let (from, to) = (place(cover.from, t.total), place(cover.to, t.total));
    let end = |x: &str| {
        html! { <svg class="ov" x={x.to_owned()} y="54%" width="1" height="1"><path class={class.clone()} d="M0 7V13" /></svg> }
    };
    html! {<>
        { end(&from) }{ end(&to) }
        <svg class="ov" y="54%" width="100%" height="1"><line class={class.clone()} x1={from.clone()} x2={to} y1="13" y2="13" /></svg>
        if let Some(at) = cover.reaches {
            <svg class="ov" y="54%" width="100%" height="1"><line class="cov far" x1={place(at, t.total)} x2={from.clone()} y1="10" y2="10" /></svg>
            <svg class="ov" x={place(at, t.total)} y="54%" width="1" height="1"><path class="covto" d="M-3.500 13 0 7 3.500 13Z" /></svg>
        }
        if let Some(name) = name {
            <svg class="ov" x={from} y="54%" width="1" height="1"><text class="covl" y="25">{ name }</text></svg>
        }
    </>}
}

/// From the first transaction that no backup has to the moment shown.
fn hatched(desk: &Desk, t: &Transport, track: u64, roomy: bool) -> Html {
    let Some(gap) = t.gap else {
        return Html::default();
    };
    let text = gap_words(desk.lang, gap.count);
    let (from, to) = (gap.from.min(t.total), gap.to.min(t.total));
    let wide = (to - from) * track / t.total.max(1);
    let inside = roomy && wide >= label_width(&text) + 8;
    let (width, height) = (place(to - from, t.total), if inside { "14" } else { "7" });
    let middle = place(u64::midpoint(from, to), t.total);
    html! {
        <svg class="ov" y="54%" width="100%" height="1">
            <rect class="covgap" x={place(from, t.total)} y="15" {width} {height} />
            if inside { <text class="gapl covl" x={middle} y="23">{ text }</text> }
        </svg>
    }
}
