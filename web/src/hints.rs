//! Pointers for a first visit: one small card at a time, beside what it speaks of.
//!
//! They block nothing and take no focus. They are shown at the front door only: not where the page has
//! little room, not in a frame, not to
//! who followed a link to a moment, not again to who has closed them. Where nothing can be remembered,
//! they come back with the next visit.

use yew::prelude::*;
use zablab_core::view::Lang;

use crate::desk::{Layout, use_desk};
use crate::icon::Icon;
use crate::place::{self, Ui};

crate::words::words! {
    Hints: "Hints", "提示";
    Next: "Next", "下一条";
    Close: "Close the hints", "关闭提示";
    Steps: "Step through the run with the arrow keys, or drag the line. Stepping back changes nothing.",
        "用方向键逐步查看，或拖动时间线。后退不会改变任何东西。";
    Scenarios: "Forty runs are ready to step through. The title opens the list.",
        "有四十个现成的运行可以逐步查看，点击标题打开列表。";
    Break: "Select a server and break it here. What you do becomes a line of the script and a branch; the old run stays.",
        "先选中一台服务器，再在这里弄坏它。你的操作会成为脚本里的一行和一个新分支，原来的运行保留。";
    Lamps: "Six promises, checked at every step. A lamp that turns red stops the run and names its witnesses.",
        "六条承诺，每一步都检查。变红时运行会停下，并指出见证它的步骤。";
}

/// Each with the class of its place.
const HINTS: [(&str, Word); 4] = [
    ("at-time", Word::Steps),
    ("at-title", Word::Scenarios),
    ("at-acts", Word::Break),
    ("at-lamps", Word::Lamps),
];
/// Where it is remembered that they were seen.
const KEY: &str = "hints";
const SEEN: &str = "seen";

/// The pointer that is shown, if any is.
#[component]
pub(crate) fn Hints() -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let at = use_state(first);
    let Some((place, word)) = at
        .and_then(|at| HINTS.get(at))
        .filter(|_| desk.ui == Ui::Full && desk.layout == Layout::Cockpit)
    else {
        return Html::default();
    };
    let number = at.unwrap_or_default() + 1;
    let go = |to: Option<usize>| {
        let at = at.clone();
        Callback::from(move |_: MouseEvent| {
            if to.is_none() {
                place::remember(KEY, SEEN);
            }
            at.set(to);
        })
    };
    let next = (number < HINTS.len()).then_some(number);
    html! {
        <aside class={classes!("hint", *place)} aria-label={Word::Hints.get(lang)} data-kind="hint" data-id={number.to_string()}>
            <p>{ word.get(lang) }</p>
            <div class="hrow">
                <span class="num">{ format!("{number}/{}", HINTS.len()) }</span>
                if next.is_some() {
                    <button type="button" class="btn" onclick={go(next)} data-kind="hint-next" data-id="hints">{ Word::Next.get(lang) }</button>
                }
                <button type="button" class="btn i" onclick={go(None)} title={Word::Close.get(lang)}
                    data-kind="hint-close" data-id="hints">{ Icon::Close.html() }<span class="sr">{ Word::Close.get(lang) }</span></button>
            </div>
        </aside>
    }
}

/// The first pointer, for who comes in by the front door for the first time.
fn first() -> Option<usize> {
    let window = gloo_utils::window();
    let framed = window.top().ok().flatten().is_none_or(|top| top != window);
    let seen = place::remembered(KEY).is_some();
    (!framed && !seen && !place::names_a_moment()).then_some(0)
}
