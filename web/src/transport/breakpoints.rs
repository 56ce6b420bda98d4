//! The list of breakpoints: a check each, how often it is met on this branch, and the way to the next.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;
use zablab_core::lab::{Action, Breakpoint, Direction, Lab};

use super::ask::Ask;
use super::words::{self, Word};
use crate::desk::{Desk, use_desk};
use crate::icon::Icon;

/// Properties of [`BreakpointList`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) ask: Ask,
    /// Number of servers.
    pub(crate) servers: u8,
}

/// The list.
#[component]
pub(crate) fn BreakpointList(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let list = props.ask.breakpoints();
    let any = list.iter().any(|b| b.on);
    let to = |direction, icon: Icon, word: Word, id: &'static str| {
        html! {
            <button type="button" class="btn" onclick={desk.ask(Action::StepHit(direction))} disabled={!any}
                data-kind="breakpoint" data-id={id}>{ icon.at(12) }{ word.get(lang) }</button>
        }
    };
    html! {
        <div class="breaks">
            <p class="mh">{ Word::BreakHint.get(lang) }</p>
            <div class="row">
                { to(Direction::Back, Icon::PreviousNotable, Word::PreviousHit, "previous") }
                { to(Direction::Forward, Icon::NextNotable, Word::NextHit, "next") }
            </div>
            <ul>{ for list.iter().map(|b| check(&desk, b)) }</ul>
            <Own ask={props.ask.clone()} servers={props.servers} />
        </div>
    }
}

fn check(desk: &Desk, b: &Breakpoint) -> Html {
    let (id, on) = (b.id.clone(), b.on);
    html! {
        <li key={b.id.clone()}>
            <label class="item check">
                <span><input type="checkbox" checked={on} onchange={desk.ask(Action::Break(id, !on))}
                    data-kind="breakpoint" data-id={b.id.clone()} />{ b.text.get(desk.lang) }</span>
                <i title={words::met(desk.lang, b.hits)}>{ words::times(b.hits) }<span class="sr">{ words::met(desk.lang, b.hits) }</span></i>
            </label>
        </li>
    }
}

/// Breakpoints with a parameter: a transaction, a server, a message.
#[component]
fn Own(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let (zxid, wrong) = (use_node_ref(), use_state(|| false));
    let onsubmit = {
        let (zxid, wrong, act) = (zxid.clone(), wrong.clone(), desk.act.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = zxid.cast::<HtmlInputElement>() else {
                return;
            };
            let wanted = field.value();
            let wanted = wanted.trim().trim_start_matches('e').replace('·', ".");
            let id = format!("commit:{wanted}");
            let good = zablab_core::lab::Condition::parse(&id).is_some();
            if good {
                field.set_value("");
                act.emit(Action::Break(id, true));
            }
            wrong.set(!good);
        })
    };
    let servers: Vec<(String, String)> = (1..=props.servers)
        .map(|id| (format!("fsync:{id}"), format!("S{id}")))
        .collect();
    let messages: Vec<(String, String)> = Lab::message_words()
        .into_iter()
        .map(|word| (format!("message:{word}"), word.to_ascii_uppercase()))
        .collect();
    html! {<>
        <hr class="msep" />
        <form class="row" {onsubmit}>
            <label><span>{ Word::CommitOf.get(lang) }</span>
                <input ref={zxid} type="text" class="field short" autocomplete="off" spellcheck="false" placeholder="e1·3"
                    aria-invalid={wrong.then_some("true")} data-kind="breakpoint" data-id="zxid" /></label>
            <button type="submit" class="btn" data-kind="breakpoint" data-id="add-zxid">{ Word::Add.get(lang) }</button>
        </form>
        if *wrong { <p class="mh bad" role="alert">{ Word::ZxidWrong.get(lang) }</p> }
        <div class="row">
            <Choice label={Word::FsyncOn.get(lang)} id="fsync" options={servers} />
            <Choice label={Word::MessageArrives.get(lang)} id="message" options={messages} />
        </div>
    </>}
}

/// Properties of [`Choice`].
#[derive(PartialEq, Properties)]
struct ChoiceProps {
    label: &'static str,
    id: &'static str,
    options: Vec<(String, String)>,
}

/// A list of which one is added when it is picked.
#[component]
fn Choice(props: &ChoiceProps) -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let onchange = {
        let (node, act) = (node.clone(), desk.act.clone());
        Callback::from(move |_: Event| {
            if let Some(list) = node.cast::<HtmlSelectElement>() {
                act.emit(Action::Break(list.value(), true));
                list.set_value("");
            }
        })
    };
    html! {
        <label><span>{ props.label }</span>
            <select ref={node} class="field short" {onchange} data-kind="breakpoint" data-id={props.id}>
                <option value="" selected=true>{ "+" }</option>
                { for props.options.iter().map(|(value, text)| html! { <option value={value.clone()}>{ text }</option> }) }
            </select>
        </label>
    }
}
