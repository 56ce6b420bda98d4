//! The controls of time: play, step in a unit, the slider with its marks, speed, branches, breakpoints,
//! bookmarks, and where to go.
//!
//! ```text
//!   branch ⌄ | first  ◂◂  ◂  ▶  ▸  ▸▸ | slider | 44/68 | step ⌄ speed ⌄ undo ⚑ ★ link      cockpit
//!              first  ◂  ▶  ▸  ▸▸     | slider | 44/68 | speed ⌄ link ⋮                    embed
//!   slider 44/68  /  first ◂ ▶ ▸ ▸▸ speed ⋮                                                phone
//! ```
//! Behind `⋮` lies whatever a narrow bar has no room for. What a box lists is asked of the lab while it
//! is open.

mod ask;
mod bookmarks;
mod branches;
mod breakpoints;
mod compare;
mod cover;
mod go;
mod more;
mod slider;
mod units;
mod words;

use yew::prelude::*;
use zablab_core::lab::{Action, Direction, Speed, Transport};
use zablab_core::view::Text;

pub(crate) use self::ask::Ask;
use self::bookmarks::BookmarkList;
use self::branches::BranchTree;
use self::breakpoints::BreakpointList;
pub(crate) use self::compare::ComparePanel;
use self::go::GoField;
use self::more::More;
use self::slider::Slider;
use self::units::UnitList;
pub(crate) use self::words::Word;
use crate::desk::{Desk, Layout, use_desk};
use crate::icon::Icon;
use crate::popover::{Item, Popover};
use crate::words as page;

/// Properties of [`TransportBar`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) transport: Transport,
    pub(crate) ask: Ask,
    /// The sentence of the step shown, for who cannot see the stage.
    pub(crate) sentence: String,
    /// Number of servers.
    pub(crate) servers: u8,
    /// Becomes another number when the field for a place is called.
    pub(crate) summons: u32,
    pub(crate) on_link: Callback<MouseEvent>,
}

/// The bar.
#[component]
pub(crate) fn TransportBar(props: &Props) -> Html {
    let desk = use_desk();
    let t = &props.transport;
    let slider = html! { <Slider transport={t.clone()} sentence={props.sentence.clone()} /> };
    let link = button(
        &desk,
        Icon::Link,
        page::Word::CopyLink,
        "link",
        "quiet",
        props.on_link.clone(),
        false,
    );
    let more = || html! { <More transport={t.clone()} ask={props.ask.clone()} servers={props.servers} on_link={props.on_link.clone()} /> };
    let label = desk.word(page::Word::Transport);
    match desk.layout {
        Layout::Phone => html! {
            <footer class="transport mtrans" aria-label={label}>
                <div class="mt1">{ slider }{ count(&desk, props) }</div>
                <div class="mt2">{ keys(&desk, t) }<span class="pair">{ speed(&desk, t) }{ more() }</span></div>
            </footer>
        },
        Layout::Embed => html! {
            <footer class="transport" aria-label={label}>
                { keys(&desk, t) }{ slider }{ count(&desk, props) }
                <div class="opts">{ speed(&desk, t) }{ link }{ more() }</div>
            </footer>
        },
        Layout::Cockpit => html! {
            <footer class="transport" aria-label={label}>
                { branch(&desk, t) }{ keys(&desk, t) }{ slider }{ count(&desk, props) }
                <div class="opts">
                    { unit(&desk, t) }{ speed(&desk, t) }{ edits(&desk, t) }
                    { marks(&desk, props) }
                    { link }
                </div>
            </footer>
        },
    }
}

fn keys(desk: &Desk, t: &Transport) -> Html {
    let start = t.step == 0;
    let (icon, word, action) = if t.playing {
        (Icon::Stop, page::Word::Stop, Action::Pause)
    } else {
        (Icon::Play, page::Word::Play, Action::Play)
    };
    let (back, forward) = (Direction::Back, Direction::Forward);
    let notable = |direction| desk.ask(Action::StepBy(zablab_core::lab::Unit::Notable, direction));
    html! {
        <div class="keys">
            { button(desk, Icon::First, page::Word::FirstStep, "first", "", desk.ask(Action::Seek(0)), start) }
            if desk.layout == Layout::Cockpit {
                { button(desk, Icon::PreviousNotable, page::Word::PreviousNotable, "previous-notable", "", notable(back), start) }
            }
            { button(desk, Icon::Back, page::Word::StepBack, "back", "", desk.ask(Action::StepUnit(back)), start) }
            { button(desk, icon, word, "play", "play", desk.ask(action), false) }
            { button(desk, Icon::Forward, page::Word::StepForward, "forward", "", desk.ask(Action::StepUnit(forward)), false) }
            { button(desk, Icon::NextNotable, page::Word::NextNotable, "next-notable", "", notable(forward), false) }
        </div>
    }
}

fn button(
    desk: &Desk,
    icon: Icon,
    word: page::Word,
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

/// Where we are; pressing it asks where to go.
fn count(desk: &Desk, props: &Props) -> Html {
    let t = &props.transport;
    let face = html! {
        <span class="count"><b>{ t.step }</b><span>{ "/" }{ t.total }</span>
            if t.concurrent > 0 { <i class="conc" title={words::concurrent(desk.lang, t.concurrent)}>{ "+" }{ t.concurrent }</i> }
        </span>
    };
    let label = format!(
        "{}: {}",
        Word::GoTo.get(desk.lang),
        page::step_of(desk.lang, t.step, t.total)
    );
    html! {
        <Popover id="go" {label} {face} class={classes!("quiet", "where")} summons={props.summons}>
            <GoField ask={props.ask.clone()} step={t.step} />
        </Popover>
    }
}

/// Undo and redo, named after what they would do.
pub(crate) fn edits(desk: &Desk, t: &Transport) -> Html {
    let edit = |icon: Icon,
                word: page::Word,
                id: &'static str,
                name: &Option<Text>,
                action: Action| {
        let said = name.as_ref().map(|name| name.get(desk.lang));
        let title = page::named(desk.lang, word, said.unwrap_or_default());
        html! {
            <button type="button" class="btn i quiet" onclick={desk.ask(action)} disabled={name.is_none()} title={title.clone()}
                data-kind="transport" data-id={id}>{ icon.html() }<span class="sr">{ title }</span></button>
        }
    };
    html! {<>
        { edit(Icon::Undo, page::Word::Undo, "undo", &t.undo, Action::Undo) }
        { edit(Icon::Redo, page::Word::Redo, "redo", &t.redo, Action::Redo) }
    </>}
}

fn speed(desk: &Desk, t: &Transport) -> Html {
    let label = format!("{}: {}", desk.word(page::Word::Speed), t.speed.label());
    let face = html! {<>{ t.speed.label() }{ Icon::Down.at(12) }</>};
    html! {
        <Popover id="speed" {label} {face} class={classes!("quiet")}>{ speeds(desk, t) }</Popover>
    }
}

fn speeds(desk: &Desk, t: &Transport) -> Html {
    let item = |speed: Speed| {
        html! {
            <Item kind="speed" id={speed.per_mille().to_string()} onclick={desk.ask(Action::SetSpeed(speed))}
                on={speed == t.speed}>{ speed.label() }</Item>
        }
    };
    Speed::ALL.into_iter().map(item).collect()
}

fn unit(desk: &Desk, t: &Transport) -> Html {
    let label = words::step_unit(desk.lang, t.unit);
    let face = html! {<>{ label.clone() }{ Icon::Down.at(12) }</>};
    html! {
        <Popover id="unit" {label} {face} class={classes!("quiet", "unit")} ><UnitList unit={t.unit} /></Popover>
    }
}

fn branch(desk: &Desk, t: &Transport) -> Html {
    let name = t
        .branches
        .get(t.branch)
        .map(|b| branches::label(desk.lang, b))
        .unwrap_or_default();
    let label = page::named(desk.lang, page::Word::Branch, &name);
    let face =
        html! {<>{ Icon::Branch.html() }<span class="name">{ name }</span>{ Icon::Down.at(12) }</>};
    html! {
        <Popover id="branch" {label} {face} class={classes!("branch")}><BranchTree ..branches::Props::of(t) /></Popover>
    }
}

/// Breakpoints and bookmarks.
fn marks(desk: &Desk, props: &Props) -> Html {
    let t = &props.transport;
    let flags = Word::Breakpoints.get(desk.lang);
    let books = Word::Bookmarks.get(desk.lang);
    let face = html! {<>{ Icon::Flag.html() }if t.breakpoints > 0 { <i class="badge">{ t.breakpoints }</i> }</>};
    html! {<>
        <Popover id="breakpoints" label={flags} {face} class={classes!("i", "quiet")}>
            <BreakpointList ask={props.ask.clone()} servers={props.servers} />
        </Popover>
        <Popover id="bookmarks" label={books} face={Icon::Bookmark.html()} class={classes!("i", "quiet")}>
            <BookmarkList ask={props.ask.clone()} step={t.step} />
        </Popover>
    </>}
}
