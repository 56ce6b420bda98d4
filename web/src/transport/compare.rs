//! Two branches side by side, from where they part to how they end.

use yew::prelude::*;
use zablab_core::lab::compare::{End, Row};
use zablab_core::lab::{Action, EventLine};
use zablab_core::view::Lang;

use super::ask::Ask;
use super::words::{self, Word};
use crate::desk::{Desk, use_desk};
use crate::icon::Icon;
use crate::words as page;

/// Properties of [`ComparePanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) ask: Ask,
    /// The two branches.
    pub(crate) pair: (usize, usize),
}

/// The panel. It lies over the run until it is closed.
#[component]
pub(crate) fn ComparePanel(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.pair, move |_| {
            if let Some(panel) = node.cast::<web_sys::HtmlElement>() {
                // It was drawn just now; without the focus it is read all the same.
                let _ = panel.focus();
            }
        });
    }
    let Some(c) = props.ask.compare(props.pair.0, props.pair.1) else {
        return Html::default();
    };
    let close = page::Word::Dismiss.get(lang);
    let [left, right] = &c.names;
    html! {
        <section class="cmpd" ref={node} tabindex="-1" role="dialog" aria-label={Word::Comparison.get(lang)} data-kind="compare" data-id="panel">
            <div class="cmph">
                <h2>{ Word::Comparison.get(lang) }</h2>
                <span class="sub">{ c.differs.map_or_else(|| Word::TheSame.get(lang).to_owned(), |at| words::part(lang, &c.names, at)) }</span>
                if let Some(at) = c.differs {
                    <button type="button" class="btn" onclick={desk.ask(Action::Seek(at + 1))} data-kind="compare" data-id="first">
                        { Word::ShowThere.get(lang) }</button>
                }
                <button type="button" class="tool i" onclick={desk.ask(Action::Compare(None))} title={close} data-kind="compare" data-id="close">
                    { Icon::Close.html() }<span class="sr">{ close }</span></button>
            </div>
            <div class="cmpb" tabindex="0" role="region" aria-label={Word::Comparison.get(lang)}>
                if c.differs.is_some() {
                    <table class="cmpt">
                        <caption>{ Word::From.get(lang) }</caption>
                        <thead><tr><th class="n">{ "s" }</th><th>{ left }</th><th>{ right }</th></tr></thead>
                        <tbody>{ for c.rows.iter().enumerate().map(|(at, row)| event_row(&desk, at, row, props.pair)) }</tbody>
                    </table>
                }
                <table class="cmpt ends">
                    <caption>{ Word::InTheEnd.get(lang) }</caption>
                    <thead><tr><td />
                        <th>{ left }<small>{ page::seconds(c.ends_us[0]) }</small></th>
                        <th>{ right }<small>{ page::seconds(c.ends_us[1]) }</small></th>
                    </tr></thead>
                    <tbody>{ for c.ends.iter().map(|end| end_row(lang, end)) }</tbody>
                </table>
            </div>
        </section>
    }
}

fn event_row(desk: &Desk, at: usize, row: &Row, pair: (usize, usize)) -> Html {
    let class = classes!(row.same.then_some("same"), (at == 0).then_some("first"));
    html! {
        <tr {class} data-kind="compared" data-id={at.to_string()}>
            <td class="n">{ page::instant(row.at_us) }</td>
            { side(desk, row.events[0].as_ref(), pair.0) }
            { side(desk, row.events[1].as_ref(), pair.1) }
        </tr>
    }
}

fn side(desk: &Desk, line: Option<&EventLine>, branch: usize) -> Html {
    let Some(line) = line else {
        return html! { <td class="none"><span class="sr">{ Word::Nothing.get(desk.lang) }</span></td> };
    };
    let onclick = {
        let (act, step) = (desk.act.clone(), line.step + 1);
        Callback::from(move |_: MouseEvent| {
            act.emit(Action::SwitchBranch(branch));
            act.emit(Action::Seek(step));
        })
    };
    html! {
        <td><button type="button" {onclick} data-kind="compared-event" data-id={format!("{branch}-{}", line.step)}>
            <i class="num">{ line.step + 1 }</i>{ line.text.get(desk.lang) }
            if !line.change.is_empty() { <small>{ line.change.get(desk.lang) }</small> }
        </button></td>
    }
}

fn end_row(lang: Lang, end: &End) -> Html {
    let word = if end.same() {
        Word::SameHere
    } else {
        Word::Differs
    };
    html! {
        <tr class={classes!(end.same().then_some("same"))}>
            <th scope="row">{ end.what.get(lang) }<span class="sr">{ " " }{ word.get(lang) }</span></th>
            <td>{ end.sides[0].get(lang) }</td>
            <td>{ end.sides[1].get(lang) }</td>
        </tr>
    }
}
