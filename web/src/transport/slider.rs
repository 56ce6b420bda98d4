//! The slider: the run as a line, with what is marked on it above, and the other branches below.
//!
//! ```text
//!    elected        writes   power loss        names, that never touch
//!  ─────┼─────────────┼────⚑────✕──●────────   chapters, flags, deaths, where we are
//!                      ╲____________○ b2: …    branches that leave this one, or that it left; backups
//! ```

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zablab_core::lab::{Action, Mark, MarkKind, Transport};

use super::branches;
use super::cover::covers;
use crate::desk::{Desk, Layout, use_desk};
use crate::motion::Thousandths;
use crate::words as page;

/// What stands beside the slider of the cockpit, in pixels.
const AROUND: u32 = 720;
/// Marks of one kind nearer than this, in pixels, are one mark.
pub(super) const CLOSE: u64 = 4;

/// Properties of [`Slider`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) transport: Transport,
    /// The sentence of the step shown, for who cannot see the stage.
    pub(super) sentence: String,
}

#[component]
pub(super) fn Slider(props: &Props) -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let t = &props.transport;
    let oninput = {
        let (node, act) = (node.clone(), desk.act.clone());
        Callback::from(move |_: InputEvent| {
            let input = node.cast::<HtmlInputElement>();
            if let Some(step) = input.and_then(|input| input.value().parse().ok()) {
                act.emit(Action::Seek(step));
            }
        })
    };
    let now = place(t.step, t.total);
    let text = format!(
        "{}: {}",
        page::step_of(desk.lang, t.step, t.total),
        props.sentence
    );
    let roomy = desk.layout == Layout::Cockpit;
    html! {
        <div class="slider">
            <svg class="track" width="100%" height="100%" aria-hidden="true">
                <line class="trk" x1="0" x2="100%" y1="54%" y2="54%" />
                <line class="trk on" x1="0" x2={now.clone()} y1="54%" y2="54%" />
                if !t.covers.is_empty() { { covers(&desk, t) } }
                { forks(&desk, t, roomy) }
                { for named(&desk, t).into_iter().map(|(mark, named)| draw(&desk, mark, t.total, named && roomy)) }
                { difference(t) }
                <svg class="ov" x={now} y="54%" width="1" height="1"><circle class="thumb" r="8" /><circle class="thumbd" r="2.5" /></svg>
            </svg>
            <input ref={node} {oninput} class="range" type="range" min="0" max={t.total.to_string()} value={t.step.to_string()}
                aria-label={desk.word(page::Word::Timeline)} aria-valuetext={text} data-kind="transport" data-id="slider" />
        </div>
    }
}

/// Width of the track, in pixels, as far as it is known.
pub(super) fn track(desk: &Desk) -> u64 {
    u64::from(desk.width.saturating_sub(AROUND).max(100))
}

/// Branches that leave this one, and the way back to the one that it left.
fn forks(desk: &Desk, t: &Transport, roomy: bool) -> Html {
    let track = track(desk);
    let mut free = 0;
    let mut drawn = Vec::new();
    let own = t.branches.get(t.branch);
    if let Some(parent) = own.and_then(|own| t.branches.get(own.parent?)) {
        let from = own.map_or(0, |own| own.from);
        let at = from * track / t.total.max(1);
        let name = branches::label(desk.lang, parent);
        free = at + 34 + page::label_width(&name);
        drawn.push(fork(
            from,
            from + t.total / 24,
            t.total,
            roomy.then_some(name),
        ));
    }
    let leave = t
        .branches
        .iter()
        .filter(|branch| branch.parent == Some(t.branch));
    let mut leave: Vec<_> = leave.collect();
    leave.reverse();
    for branch in leave {
        let name = branches::label(desk.lang, branch);
        let (from, to) = (branch.from, branch.total.min(t.total).max(branch.from));
        let (left, end) = (from * track / t.total.max(1), to * track / t.total.max(1));
        let width = page::label_width(&name) + 24;
        let fits = roomy && left >= free && end + width <= track + 140;
        if fits {
            free = end + width;
        }
        drawn.push(fork(from, to, t.total, fits.then_some(name)));
    }
    drawn.into_iter().collect()
}

fn fork(from: u64, to: u64, total: u64, name: Option<String>) -> Html {
    let bend = place(from + total / 80, total);
    let (from, to) = (place(from, total), place(to.max(from + total / 80), total));
    html! {<>
        <line class="fork" x1={from} x2={bend.clone()} y1="54%" y2="83%" />
        <line class="fork" x1={bend} x2={to.clone()} y1="83%" y2="83%" />
        <svg class="ov" x={to} y="83%" width="1" height="1"><circle class="forkend" r="3" />
            if let Some(name) = name { <text class="forkl" x="9" y="0.5">{ name }</text> }
        </svg>
    </>}
}

/// The marks that are drawn, and whether there is room for the name of each: names never touch.
fn named<'a>(desk: &Desk, t: &'a Transport) -> Vec<(&'a Mark, bool)> {
    let track = track(desk);
    let at = |mark: &Mark| mark.step * track / t.total.max(1);
    let mut free = 0;
    let mut last: [Option<u64>; 5] = [None; 5];
    let mut drawn = Vec::new();
    for mark in &t.marks {
        let before = last[mark.kind as usize].replace(at(mark));
        if before.is_some_and(|before| at(mark) < before + CLOSE) && mark.kind != MarkKind::Beat {
            last[mark.kind as usize] = before;
            continue;
        }
        if matches!(mark.kind, MarkKind::Flag | MarkKind::Bookmark) {
            drawn.push((mark, false));
            continue;
        }
        let width = page::label_width(mark.name.get(desk.lang)) + 16;
        let (left, right) = if near_end(mark, t.total) {
            (at(mark).saturating_sub(width), at(mark) + 10)
        } else {
            (at(mark), at(mark) + width)
        };
        let room = left >= free;
        if room {
            free = right;
        }
        drawn.push((mark, room));
    }
    drawn
}

/// The name of such a mark stands at its left.
fn near_end(mark: &Mark, total: u64) -> bool {
    mark.step * 100 > total * 88
}

fn draw(desk: &Desk, mark: &Mark, total: u64, named: bool) -> Html {
    let x = place(mark.step, total);
    let anchor = if near_end(mark, total) {
        "end"
    } else {
        "start"
    };
    html! {<>
        if named {
            <svg class="ov" x={x.clone()} y="20%" width="1" height="1">
                <text class="chl" text-anchor={anchor}>{ mark.name.get(desk.lang) }</text>
            </svg>
        }
        { sign(mark.kind, x) }
    </>}
}

fn sign(kind: MarkKind, x: String) -> Html {
    let inside = match kind {
        MarkKind::Beat => {
            return html! { <line class="chap" x1={x.clone()} x2={x} y1="38%" y2="64%" /> };
        }
        MarkKind::Crash => {
            html! {<><circle class="crossb" r="8" /><path class="crossm" d="M-4-4 4 4M4-4-4 4" /></>}
        }
        MarkKind::Broken => html! { <path class="lm bad" d="M0-9 8 6H-8Z" /> },
        MarkKind::Flag => html! { <path class="flagm" d="M0 0V-14H9L7-10.5 9-7H0" /> },
        MarkKind::Bookmark => html! { <path class="starm" d="M-3.5-14H3.5V-4L0-6.800-3.500-4Z" /> },
    };
    html! { <svg class="ov" {x} y="54%" width="1" height="1">{ inside }</svg> }
}

/// Where this branch differs first from the one it is compared with.
fn difference(t: &Transport) -> Html {
    match t.differs {
        Some(step) => {
            let x = place(step + 1, t.total);
            html! { <svg class="ov" {x} y="54%" width="1" height="1"><path class="differs" d="M0-8 6 0 0 8-6 0Z" /></svg> }
        }
        None => Html::default(),
    }
}

/// Place of a step on the track.
pub(super) fn place(step: u64, total: u64) -> String {
    let per_mille = step.min(total) * 100_000 / total.max(1);
    format!("{}%", Thousandths(per_mille))
}
