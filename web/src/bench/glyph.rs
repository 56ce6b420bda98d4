//! The marks that fly, and the patterns that fill.
//!
//! Hue says what a message asserts: an ACK has the colour of what is on disk. The shape and the letter
//! say it too.

use yew::prelude::*;
use zablab_core::view::Target;
use zablab_core::view::frame::{Fate, Glyph, MessageView};

use crate::desk::Desk;
use crate::motion::Way;

/// Patterns and markers, once per page.
#[component]
pub(crate) fn Definitions() -> Html {
    let hatch = |id: &'static str, class: &'static str, size: &'static str, angle: &'static str| {
        html! {
            <pattern {id} width={size} height={size} patternUnits="userSpaceOnUse"
                patternTransform={format!("rotate({angle})")}>
                if id == "h-dur" { <rect class="hb-dur" width="5" height="5" /> }
                <path {class} d="M1 0V6" />
            </pattern>
        }
    };
    html! {
        <svg class="defs" aria-hidden="true" width="0" height="0"><defs>
            { hatch("h-dur", "hl-dur", "5", "45") }
            { hatch("h-slate", "hl-slate", "6", "45") }
            { hatch("h-slate2", "hl-rule", "6", "45") }
            { hatch("h-copy", "hl-copy", "6", "-45") }
            { hatch("h-loss", "hl-loss", "5", "45") }
            { crate::space_time::small_marks() }
            <marker id="ah" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"
                orient="auto-start-reverse"><path class="ah" d="M0 .5 8 4 0 7.5" /></marker>
        </defs></svg>
    }
}

/// A message on its way: a mark that moves, with a button on it that tells all about it. Marks cross, so
/// none is a tab stop of its own: the group around them is, and arrows lead into it.
pub(super) fn flight(desk: &Desk, message: &MessageView, way: Way, look: Flight) -> Html {
    let number = message.id;
    let title = message.title.get(desk.lang).to_owned();
    let target = Target::Message(number);
    let looked = desk.inspected.as_ref() == Some(&target);
    let onclick = desk
        .inspect
        .reform(move |_: MouseEvent| Some(target.clone()));
    let (state, badge) = match message.fate {
        Fate::Flies => ("flies", Html::default()),
        Fate::Late => (
            "late",
            html! { <path class="late" d="M7-13a5.500 5.500 0 1 0 .1 0ZM7-11V-7.500L9.500-6" /> },
        ),
        Fate::Lost => (
            "lost",
            html! {<><circle class="lostb" cx="11" cy="-10" r="7.5" /><path class="lostx" d="M7-14 15-6M15-14 7-6" /></>},
        ),
    };
    let drawing = html! {<>{ mark(message.glyph) }{ badge }{ look.words }</>};
    let class = classes!("flight", state, look.lit);
    let (id, pressed) = (number.to_string(), looked.to_string());
    if desk.still {
        // Nothing carries it: it is drawn where it rests, and so is what can be pressed.
        let [x, y] = way.at_rest();
        let inspect = desk.inspect.clone();
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                event.stop_propagation();
                inspect.emit(Some(Target::Message(number)));
            }
        });
        return html! {
            <div key={message.id} {class} data-id={id.clone()} data-way={way.to_string()}>
                <svg class="ov" width="1" height="100%"><svg class="ov" {x} {y}>
                    <g aria-hidden="true">{ drawing }</g>
                    <g class="mb" role="button" tabindex="-1" aria-label={title} aria-pressed={pressed} {onclick} {onkeydown}
                        data-kind="message" data-id={id} data-state={state}><circle class="hit" r="14" /></g>
                </svg></svg>
            </div>
        };
    }
    html! {
        <div key={message.id} {class} data-id={id.clone()} data-way={way.to_string()}>
            <svg class="ov" width="1" height="1" aria-hidden="true">{ drawing }</svg>
            <button type="button" class="mb" tabindex="-1" title={title.clone()} aria-label={title} aria-pressed={pressed}
                {onclick} data-kind="message" data-id={id} data-state={state}></button>
        </div>
    }
}

/// What a flight looks like beside its message.
pub(super) struct Flight {
    /// Words beside the mark.
    pub(super) words: Html,
    /// Its class in the light.
    pub(super) lit: Option<&'static str>,
}

/// Draws a mark around the origin.
pub(crate) fn mark(glyph: Glyph) -> Html {
    match glyph {
        Glyph::Proposal => html! {
            <g class="g vol"><rect x="-10" y="-10" width="20" height="20" rx="2" /><text class="gl" y=".5">{ "P" }</text></g>
        },
        Glyph::Ack => html! {
            <g class="g dur"><path d="M0-12.5 12 9.5H-12Z" /><text class="gl" y="4">{ "A" }</text></g>
        },
        Glyph::Commit => diamond("g com", "C"),
        Glyph::Inform => diamond("g com hollow", "I"),
        Glyph::Vote => hexagon("V"),
        Glyph::Epoch => hexagon("E"),
        Glyph::NewLeader => hexagon("N"),
        Glyph::UpToDate => hexagon("U"),
        Glyph::Diff => parcel("g copy", "DIFF", 22),
        Glyph::Trunc => parcel("g loss", "TRUNC", 27),
        Glyph::Snap => parcel("g copy", "SNAP", 24),
        Glyph::Request => {
            html! { <g class="g slate hollow"><path d="M-11-8H4L11 0 4 8H-11L-5 0Z" /></g> }
        }
        Glyph::Reply => html! { <g class="g slate"><path d="M11-8H-4L-11 0-4 8H11L5 0Z" /></g> },
        Glyph::Ping => html! { <g class="g slate"><circle r="4" /></g> },
    }
}

fn hexagon(letter: &'static str) -> Html {
    html! {
        <g class="g lead"><path d="M0-12 10.4-6V6L0 12-10.4 6V-6Z" /><text class="gl" y=".5">{ letter }</text></g>
    }
}

fn diamond(class: &'static str, letter: &'static str) -> Html {
    html! {
        <g {class}><path d="M0-13 13 0 0 13-13 0Z" /><text class="gl" y=".5">{ letter }</text></g>
    }
}

fn parcel(class: &'static str, word: &'static str, half: i32) -> Html {
    let outline = format!("M{} -9H{half}V9H{}Z", -half, -half);
    html! {
        <g {class}><path d={outline} /><text class="gl word" y=".5">{ word }</text></g>
    }
}
