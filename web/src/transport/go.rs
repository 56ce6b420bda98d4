//! Where to go: a field that takes a step, a time, a commit, a crash or a named moment, and the moments
//! that this run has.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::Text;

use super::ask::Ask;
use super::words::Word;
use crate::desk::use_desk;
use crate::popover::{Item, use_close};

/// Properties of [`GoField`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) ask: Ask,
    /// Steps shown.
    pub(crate) step: u64,
}

/// The field and what it offers.
#[component]
pub(crate) fn GoField(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let close = use_close();
    let wrong = use_state(|| None::<Text>);
    let input = use_node_ref();
    let onsubmit = {
        let (ask, act, wrong) = (props.ask.clone(), desk.act.clone(), wrong.clone());
        let (input, close) = (input.clone(), close.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = input.cast::<HtmlInputElement>() else {
                return;
            };
            let wanted = field.value();
            match ask.place_of(&wanted) {
                Ok(_) => {
                    act.emit(Action::Go(wanted));
                    if let Some(close) = &close {
                        close.now();
                    }
                }
                Err(why) => wrong.set(Some(why)),
            }
        })
    };
    let offers = props.ask.offers();
    let concurrent = props.ask.concurrent();
    html! {
        <div class="go">
            <form class="row" {onsubmit}>
                <label><span class="mh">{ Word::GoTo.get(lang) }</span>
                    <input ref={input} type="text" class="field" autocomplete="off" spellcheck="false" placeholder="14  3.2s  e1·3"
                        aria-invalid={wrong.is_some().then_some("true")} data-kind="go" data-id="field" /></label>
                <button type="submit" class="btn" data-kind="go" data-id="go">{ Word::Go.get(lang) }</button>
            </form>
            if let Some(why) = &*wrong {
                <p class="mh bad" role="alert" data-kind="go" data-id="wrong">{ why.get(lang) }</p>
            } else {
                <p class="mh">{ Word::GoHint.get(lang) }</p>
            }
            if !concurrent.is_empty() {
                <p class="mh"><b>{ Word::SameInstant.get(lang) }</b></p>
                { for concurrent.iter().map(|line| html! {
                    <Item kind="concurrent" id={line.step.to_string()} onclick={desk.ask(Action::Seek(line.step + 1))}
                        on={line.step + 1 == props.step} note={(line.step + 1).to_string()}>
                        { &line.who }{ " " }{ line.text.get(lang) }
                    </Item>
                }) }
            }
            if !offers.is_empty() {
                <p class="mh"><b>{ Word::Moments.get(lang) }</b></p>
                { for offers.iter().map(|offer| html! {
                    <Item kind="anchor" id={offer.anchor.clone()} onclick={desk.ask(Action::Go(offer.anchor.clone()))}
                        on={(offer.step == props.step).then_some(true)} note={offer.step.to_string()}>
                        { offer.text.get(lang) }<small class="mono">{ &offer.anchor }</small>
                    </Item>
                }) }
            }
        </div>
    }
}
