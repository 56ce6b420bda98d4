//! What a narrow bar has no room for, behind one button: a page of choices, and a page for each.

use yew::prelude::*;
use zablab_core::lab::Transport;

use super::ask::Ask;
use super::words::{self, Word};
use super::{BookmarkList, BranchTree, BreakpointList, GoField, UnitList, branches, edits};
use crate::desk::use_desk;
use crate::icon::Icon;
use crate::popover::{Item, Popover, focus_first};
use crate::words as page;

/// Properties of [`More`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) transport: Transport,
    pub(super) ask: Ask,
    pub(super) servers: u8,
    pub(super) on_link: Callback<MouseEvent>,
}

/// The button.
#[component]
pub(super) fn More(props: &Props) -> Html {
    let desk = use_desk();
    let face = Icon::More.html();
    html! {
        <Popover id="more" label={Word::More.get(desk.lang)} {face} class={classes!("i", "quiet")}>
            <Pages transport={props.transport.clone()} ask={props.ask.clone()} servers={props.servers} on_link={props.on_link.clone()} />
        </Popover>
    }
}

/// What is shown in the box.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Menu,
    Branches,
    Units,
    Breakpoints,
    Bookmarks,
    Go,
}

#[component]
fn Pages(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let shown = use_state(|| Shown::Menu);
    let t = &props.transport;
    let (page, first) = (use_node_ref(), use_mut_ref(|| true));
    {
        // What was pressed is gone: the focus goes to the new page.
        let page = page.clone();
        use_effect_with(*shown, move |_| {
            let page = page.cast().filter(|_| !first.replace(false));
            if let Some(page) = page {
                focus_first(&page);
            }
        });
    }
    let to = |page: Shown| {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(page))
    };
    let inside = match *shown {
        Shown::Menu => {
            let name = t
                .branches
                .get(t.branch)
                .map(|b| branches::label(lang, b))
                .unwrap_or_default();
            let (unit, _) = words::unit(lang, t.unit);
            let item = |page: Shown, id: &'static str, word: &'static str, note: String| {
                html! { <Item kind="more" {id} onclick={to(page)} {note} stays=true>{ word }</Item> }
            };
            return html! {<div ref={page}>
                { item(Shown::Units, "unit", Word::Unit.get(lang), unit.to_owned()) }
                { item(Shown::Go, "go", Word::GoTo.get(lang), format!("{}/{}", t.step, t.total)) }
                { item(Shown::Branches, "branch", page::Word::Branch.get(lang), name) }
                { item(Shown::Breakpoints, "breakpoints", Word::Breakpoints.get(lang), t.breakpoints.to_string()) }
                { item(Shown::Bookmarks, "bookmarks", Word::Bookmarks.get(lang), String::new()) }
                <hr class="msep" />
                <Item kind="more" id="link" onclick={props.on_link.clone()}>{ page::Word::CopyLink.get(lang) }</Item>
                <div class="row">{ edits(&desk, t) }</div>
            </div>};
        }
        Shown::Branches => html! { <BranchTree ..branches::Props::of(t) /> },
        Shown::Units => html! { <UnitList unit={t.unit} /> },
        Shown::Breakpoints => {
            html! { <BreakpointList ask={props.ask.clone()} servers={props.servers} /> }
        }
        Shown::Bookmarks => html! { <BookmarkList ask={props.ask.clone()} step={t.step} /> },
        Shown::Go => html! { <GoField ask={props.ask.clone()} step={t.step} /> },
    };
    html! {<div ref={page}>
        <Item kind="more" id="back" onclick={to(Shown::Menu)} stays=true>{ "‹ " }{ Word::Back.get(lang) }</Item>
        <hr class="msep" />
        { inside }
    </div>}
}
