//! The last steps as a list; pressing one goes there. For the keyboard the list is one stop: arrows up
//! and down go from step to step.

use yew::prelude::*;
use zablab_core::lab::{Action, EventLine};

use crate::desk::{Layout, use_desk};
use crate::words::{self, Word};

/// Properties of [`Events`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Oldest first.
    pub(crate) lines: Vec<EventLine>,
    /// Steps shown.
    pub(crate) step: u64,
}

/// The list.
#[component]
pub(crate) fn Events(props: &Props) -> Html {
    let desk = use_desk();
    let wide = desk.layout == Layout::Cockpit;
    let row = |line: &EventLine| {
        let now = line.step + 1 == props.step;
        html! {
            <tr key={line.step} class={classes!(now.then_some("now"))} aria-current={now.then_some("step")}
                data-kind="event" data-id={line.step.to_string()}>
                <td class="n">{ line.step + 1 }</td>
                <td class="n">{ words::instant(line.at_us) }</td>
                <td class="w">{ &line.who }</td>
                <td class="ev">
                    <button type="button" class="evb" tabindex="-1" title={line.text.get(desk.lang).to_owned()} onclick={desk.ask(Action::Seek(line.step + 1))}>{ line.text.get(desk.lang) }</button>
                    if line.more > 0 { <span class="conc" title={words::more_long(desk.lang, line.more)}>{ words::more(desk.lang, line.more) }</span> }
                </td>
                if wide { <td class="chg">{ line.change.get(desk.lang) }</td> }
            </tr>
        }
    };
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
    html! {
        <section class="events">
            <div class="evw" tabindex="0" {onkeydown} role="region" aria-label={desk.word(Word::Events)}>
                <table>
                    <thead><tr>
                        <th class="n">{ "#" }</th><th class="n">{ "s" }</th><th class="w">{ desk.word(Word::Who) }</th>
                        <th>{ desk.word(Word::Event) }</th>
                        if wide { <th class="chg">{ desk.word(Word::WhatChanged) }</th> }
                    </tr></thead>
                    <tbody>{ for props.lines.iter().map(row) }</tbody>
                </table>
            </div>
        </section>
    }
}
