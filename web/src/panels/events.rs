//! Steps as a list; pressing one goes there. For the keyboard the list is one stop: arrows up and down go
//! from step to step. A filter shows those that pass, behind the moment shown and ahead of it.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;
use zablab_core::lab::{Action, EventFilter, EventLine, EventPage};
use zablab_core::view::Target;

use super::event_filter::FilterBar;
use super::events_words::{EventWord, now, word};
use crate::desk::{Desk, Layout, use_desk};
use crate::transport::Word as Differs;
use crate::words::{self, Word};

/// Goes to a step, and looks at it closely.
fn show(desk: &Desk, step: u64) -> Callback<MouseEvent> {
    let (act, inspect) = (desk.act.clone(), desk.inspect.clone());
    Callback::from(move |_| {
        act.emit(Action::Seek(step + 1));
        inspect.emit(Some(Target::Step(step)));
    })
}

/// Properties of [`Events`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) page: EventPage,
    pub(crate) filter: EventFilter,
    /// Steps shown.
    pub(crate) step: u64,
    /// The first step that differs from the branch it is compared with.
    pub(crate) differs: Option<u64>,
}

/// The list.
#[component]
pub(crate) fn Events(props: &Props) -> Html {
    let desk = use_desk();
    let wide = desk.layout == Layout::Cockpit;
    let list = use_node_ref();
    let filtered = !props.filter.is_open();
    {
        let list = list.clone();
        use_effect_with((props.page.clone(), filtered), move |_| {
            if filtered && let Some(list) = list.cast::<HtmlElement>() {
                keep_now_in_view(&list);
            }
        });
    }
    let act = desk.act.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let steps = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            _ => return,
        };
        event.prevent_default();
        act.emit(Action::Step(steps));
    });
    let EventPage {
        past,
        ahead,
        searching,
    } = &props.page;
    let shown = past.last().is_some_and(|line| line.step + 1 == props.step);
    let empty = past.is_empty() && ahead.is_empty() && !searching;
    let here = filtered && !shown;
    let said = |key: &'static str, class: Option<&'static str>, text: String| {
        html! { <tr {key} {class}><td colspan={if wide { "5" } else { "4" }}>{ text }</td></tr> }
    };
    // One list in which each line has a key: a line that stays is not drawn again.
    let line = |line| row(&desk, line, props);
    let here = here.then(|| said("now", Some("here"), now(desk.lang, props.step)));
    let nothing = || said("none", None, word(desk.lang, EventWord::Nothing).to_owned());
    let rows: Html = past
        .iter()
        .map(line)
        .chain(here)
        .chain(ahead.iter().map(line))
        .chain(empty.then(nothing))
        .collect();
    html! {
        <section class={classes!("events", filtered.then_some("filtered"))}>
            <FilterBar filter={props.filter.clone()} searching={*searching} />
            <div ref={list} class="evw" tabindex="0" {onkeydown} role="region" aria-label={desk.word(Word::Events)}>
                <table>
                    <thead><tr>
                        <th class="n">{ "#" }</th><th class="n">{ "s" }</th><th class="w">{ desk.word(Word::Who) }</th>
                        <th>{ desk.word(Word::Event) }</th>
                        if wide { <th class="chg">{ desk.word(Word::WhatChanged) }</th> }
                    </tr></thead>
                    <tbody>{ rows }</tbody>
                </table>
            </div>
        </section>
    }
}

/// One line; what lies ahead is veiled.
fn row(desk: &Desk, line: &EventLine, props: &Props) -> Html {
    let step = props.step;
    let (now, ahead) = (line.step + 1 == step, line.step >= step);
    let text = line.text.get(desk.lang);
    html! {
        <tr key={line.step} class={classes!(now.then_some("now"), ahead.then_some("ahead"))} aria-current={now.then_some("step")}
            data-kind="event" data-id={line.step.to_string()}>
            <td class="n">{ line.step + 1 }</td>
            <td class="n">{ words::instant(line.at_us) }</td>
            <td class="w">{ &line.who }</td>
            <td class="ev">
                <button type="button" class="evb" tabindex="-1" title={text.to_owned()} onclick={show(desk, line.step)}>{ text }</button>
                if props.differs == Some(line.step) { <span class="conc differ">{ Differs::FirstDifference.get(desk.lang) }</span> }
                if line.more > 0 { <span class="conc" title={words::more_long(desk.lang, line.more)}>{ words::more(desk.lang, line.more) }</span> }
            </td>
            if desk.layout == Layout::Cockpit { <td class="chg">{ line.change.get(desk.lang) }</td> }
        </tr>
    }
}

/// Scrolls the list, and nothing else, so that the moment shown stands in its lower half.
fn keep_now_in_view(list: &HtmlElement) {
    let found = list.query_selector(".now, .here").ok().flatten();
    if let Some(row) = found.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
        list.set_scroll_top(row.offset_top() - list.client_height() * 3 / 5);
    }
}
