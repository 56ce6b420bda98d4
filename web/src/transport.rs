//! The controls of time: play, step, notable steps, the slider with its marks, speed and branches.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zablab_core::lab::{Action, Direction, Mark, MarkKind, Speed, Transport};
use zablab_core::view::Text;

use crate::desk::{Desk, Layout, use_desk};
use crate::icon::Icon;
use crate::motion::Thousandths;
use crate::picker::Picker;
use crate::popover::{Item, Popover};
use crate::words::{self, Word};

/// What stands beside the slider of the cockpit, in pixels.
const AROUND: u32 = 600;

/// Properties of [`TransportBar`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) transport: Transport,
    /// The sentence of the step shown, for who cannot see the stage.
    pub(crate) sentence: String,
    pub(crate) on_link: Callback<MouseEvent>,
}

/// The bar.
#[component]
pub(crate) fn TransportBar(props: &Props) -> Html {
    let desk = use_desk();
    let t = &props.transport;
    let slider = html! { <Slider transport={t.clone()} sentence={props.sentence.clone()} /> };
    let count =
        html! { <output class="count"><b>{ t.step }</b><span>{ "/" }{ t.total }</span></output> };
    match desk.layout {
        Layout::Phone => html! {
            <footer class="transport mtrans" aria-label={desk.word(Word::Transport)}>
                <div class="mt1">{ slider }{ count }</div>
                <div class="mt2">{ keys(&desk, t) }{ speed(&desk, t) }</div>
            </footer>
        },
        layout => html! {
            <footer class="transport" aria-label={desk.word(Word::Transport)}>
                if layout == Layout::Cockpit { { branches(&desk, t) } }
                { keys(&desk, t) }
                { slider }
                { count }
                <div class="opts">
                    if layout == Layout::Cockpit { { edits(&desk, t) } }
                    { speed(&desk, t) }
                    { button(&desk, Icon::Link, Word::CopyLink, "link", "quiet", props.on_link.clone(), false) }
                </div>
            </footer>
        },
    }
}

fn keys(desk: &Desk, t: &Transport) -> Html {
    let start = t.step == 0;
    let play = if t.playing {
        button(
            desk,
            Icon::Stop,
            Word::Stop,
            "play",
            "play",
            desk.ask(Action::Pause),
            false,
        )
    } else {
        button(
            desk,
            Icon::Play,
            Word::Play,
            "play",
            "play",
            desk.ask(Action::Play),
            false,
        )
    };
    let (back, forward) = (Direction::Back, Direction::Forward);
    let notable = |direction| desk.ask(Action::StepNotable(direction));
    html! {
        <div class="keys">
            { button(desk, Icon::First, Word::FirstStep, "first", "", desk.ask(Action::Seek(0)), start) }
            if desk.layout == Layout::Cockpit {
                { button(desk, Icon::PreviousNotable, Word::PreviousNotable, "previous-notable", "", notable(back), start) }
            }
            { button(desk, Icon::Back, Word::StepBack, "back", "", desk.ask(Action::Step(-1)), start) }
            { play }
            { button(desk, Icon::Forward, Word::StepForward, "forward", "", desk.ask(Action::Step(1)), false) }
            { button(desk, Icon::NextNotable, Word::NextNotable, "next-notable", "", notable(forward), false) }
        </div>
    }
}

fn button(
    desk: &Desk,
    icon: Icon,
    word: Word,
    id: &'static str,
    class: &'static str,
    onclick: Callback<MouseEvent>,
    disabled: bool,
) -> Html {
    html! {
        <button type="button" class={classes!("btn", "i", class)} {onclick} {disabled} title={desk.word(word)}
            data-kind="transport" data-id={id}>{ icon.html() }<span class="sr">{ desk.word(word) }</span></button>
    }
}

/// Undo and redo, named after what they would do.
pub(crate) fn edits(desk: &Desk, t: &Transport) -> Html {
    let edit = |icon: Icon, word: Word, id: &'static str, name: &Option<Text>, action: Action| {
        let said = name
            .as_ref()
            .map(|name| name.get(desk.lang))
            .unwrap_or_default();
        let title = words::named(desk.lang, word, said);
        html! {
            <button type="button" class="btn i quiet" onclick={desk.ask(action)} disabled={name.is_none()} title={title.clone()}
                data-kind="transport" data-id={id}>{ icon.html() }<span class="sr">{ title }</span></button>
        }
    };
    html! {<>
        { edit(Icon::Undo, Word::Undo, "undo", &t.undo, Action::Undo) }
        { edit(Icon::Redo, Word::Redo, "redo", &t.redo, Action::Redo) }
    </>}
}

fn speed(desk: &Desk, t: &Transport) -> Html {
    let label = format!("{}: {}", desk.word(Word::Speed), t.speed.label());
    let face = html! {<>{ t.speed.label() }{ Icon::Down.at(12) }</>};
    html! {
        <Popover id="speed" {label} {face} class={classes!("quiet")}>
            { for Speed::ALL.into_iter().map(|speed| html! {
                <Item kind="speed" id={speed.per_mille().to_string()} onclick={desk.ask(Action::SetSpeed(speed))}
                    on={speed == t.speed}>{ speed.label() }</Item>
            }) }
        </Popover>
    }
}

fn branches(desk: &Desk, t: &Transport) -> Html {
    let options: Vec<(String, String)> = t
        .branches
        .iter()
        .enumerate()
        .map(|(at, branch)| {
            (
                at.to_string(),
                branch_name(desk, &branch.name, branch.title.get(desk.lang)),
            )
        })
        .collect();
    let on_pick = desk.pick(|value| value.parse().ok().map(Action::SwitchBranch));
    html! {
        <Picker label={desk.word(Word::Branch)} class="btn branch" kind="branch" {options}
            value={t.branch.to_string()} {on_pick} icon={Icon::Branch} />
    }
}

fn branch_name(desk: &Desk, name: &str, title: &str) -> String {
    if title.is_empty() {
        return name.to_owned();
    }
    match desk.lang {
        zablab_core::view::Lang::En => format!("{name}: {title}"),
        zablab_core::view::Lang::Zh => format!("{name}：{title}"),
    }
}

/// Properties of [`Slider`].
#[derive(PartialEq, Properties)]
struct SliderProps {
    transport: Transport,
    sentence: String,
}

#[component]
fn Slider(props: &SliderProps) -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let t = &props.transport;
    let oninput = {
        let (node, act) = (node.clone(), desk.act.clone());
        Callback::from(move |_: InputEvent| {
            let value = node
                .cast::<HtmlInputElement>()
                .and_then(|input| input.value().parse().ok());
            if let Some(step) = value {
                act.emit(Action::Seek(step));
            }
        })
    };
    let now = place(t.step, t.total);
    let text = format!(
        "{}: {}",
        words::step_of(desk.lang, t.step, t.total),
        props.sentence
    );
    html! {
        <div class="slider">
            <svg class="track" width="100%" height="100%" aria-hidden="true">
                <line class="trk" x1="0" x2="100%" y1="54%" y2="54%" />
                <line class="trk on" x1="0" x2={now.clone()} y1="54%" y2="54%" />
                { fork(t) }
                { for names(&desk, t).into_iter().map(|(mark, named)| chapter(&desk, mark, t.total, named)) }
                <svg class="ov" x={now} y="54%" width="1" height="1"><circle class="thumb" r="8" /><circle class="thumbd" r="2.5" /></svg>
            </svg>
            <input ref={node} {oninput} class="range" type="range" min="0" max={t.total.to_string()} value={t.step.to_string()}
                aria-label={desk.word(Word::Timeline)} aria-valuetext={text} data-kind="transport" data-id="slider" />
        </div>
    }
}

/// Where this branch left its parent.
fn fork(t: &Transport) -> Html {
    match t.branches.get(t.branch) {
        Some(branch) if t.branch > 0 => {
            let x = place(branch.from, t.total);
            html! { <svg class="ov" {x} y="54%" width="1" height="1"><path class="fork" d="M0 0 10 18H24" /><circle class="forkend" cx="26" cy="18" r="3" /></svg> }
        }
        _ => Html::default(),
    }
}

/// Marks, and whether there is room for the name of each: names never touch.
fn names<'a>(desk: &Desk, t: &'a Transport) -> Vec<(&'a Mark, bool)> {
    let track = desk.width.saturating_sub(AROUND).max(100);
    let at = |mark: &Mark| mark.step * u64::from(track) / t.total.max(1);
    let mut free = 0;
    t.marks
        .iter()
        .map(|mark| {
            let width = words::label_width(mark.name.get(desk.lang)) + 10;
            let (left, right) = if near_end(mark, t.total) {
                (at(mark).saturating_sub(width), at(mark) + 10)
            } else {
                (at(mark), at(mark) + width)
            };
            let room = left >= free;
            if room {
                free = right;
            }
            (mark, room)
        })
        .collect()
}

/// The name of such a mark stands at its left.
fn near_end(mark: &Mark, total: u64) -> bool {
    mark.step * 100 > total * 88
}

fn chapter(desk: &Desk, mark: &Mark, total: u64, named: bool) -> Html {
    let x = place(mark.step, total);
    let near_end = near_end(mark, total);
    let named = named && desk.layout == Layout::Cockpit;
    html! {<>
        if named {
            <svg class="ov" x={x.clone()} y="20%" width="1" height="1">
                <text class="chl" text-anchor={if near_end { "end" } else { "start" }}>{ mark.name.get(desk.lang) }</text>
            </svg>
        }
        { match mark.kind {
            MarkKind::Beat => html! { <line class="chap" x1={x.clone()} x2={x} y1="38%" y2="64%" /> },
            MarkKind::Crash => html! {
                <svg class="ov" {x} y="54%" width="1" height="1"><circle class="crossb" r="7" /><path class="crossm" d="M-3.500-3.500 3.500 3.500M3.500-3.500-3.500 3.500" /></svg>
            },
            MarkKind::Broken => html! {
                <svg class="ov" {x} y="54%" width="1" height="1"><path class="lm bad" d="M0-9 8 6H-8Z" /></svg>
            },
        } }
    </>}
}

/// Place of a step on the track.
fn place(step: u64, total: u64) -> String {
    let per_mille = step.min(total) * 100_000 / total.max(1);
    format!("{}%", Thousandths(per_mille))
}
