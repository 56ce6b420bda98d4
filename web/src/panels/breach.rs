//! What is broken: the sentence, the assumption that did not hold, and the steps that show it.

use yew::prelude::*;
use zablab_core::lab::{Action, Breach};

use crate::desk::{Desk, use_desk};
use crate::words::{self, Word};

/// Properties of [`BreachCard`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Those with a lamp first.
    pub(crate) breaches: Vec<Breach>,
    /// Steps shown.
    pub(crate) step: u64,
}

/// The card: one breach in full, the others by name.
#[component]
pub(crate) fn BreachCard(props: &Props) -> Html {
    let desk = use_desk();
    let chosen = use_state(String::new);
    let found = props.breaches.iter().find(|b| b.property == *chosen);
    let Some(breach) = found.or(props.breaches.first()) else {
        return Html::default();
    };
    let others = props.breaches.iter().map(|other| {
        let (chosen, property) = (chosen.clone(), other.property.clone());
        let onclick = Callback::from(move |_: MouseEvent| chosen.set(property.clone()));
        html! {
            <button type="button" {onclick} aria-pressed={(other.property == breach.property).to_string()}
                data-kind="breach" data-id={other.property.clone()}>{ name(other) }</button>
        }
    });
    html! {
        <section class={classes!("breach", breach.lamp.is_none().then_some("quiet"))} role="alert"
            data-kind="breach-card" data-id={breach.property.clone()}>
            <div class="tabs">
                <b>{ desk.word(Word::BrokenHead) }</b>
                { for others }
            </div>
            <p class="bwhy">{ words::named(desk.lang, Word::ShouldHold, breach.title.get(desk.lang)) }</p>
            <p class="bwhat">{ breach.what.get(desk.lang) }</p>
            if let Some(why) = &breach.why { <p class="bwhy">{ why.get(desk.lang) }</p> }
            <p class="bwhy">{ desk.word(Word::Witnesses) }</p>
            <ol class="bwit">{ for breach.witness.iter().map(|line| {
                let now = line.step + 1 == props.step;
                html! {
                    <li class={classes!(now.then_some("now"))}>
                        <button type="button" onclick={desk.ask(Action::Seek(line.step + 1))}
                            aria-current={now.then_some("step")} data-kind="witness" data-id={line.step.to_string()}>
                            <span class="n">{ words::witness(line.step + 1) }</span>
                            <span class="n">{ words::instant(line.at_us) }</span>
                            <span>{ line.text.get(desk.lang) }</span>
                        </button>
                    </li>
                }
            }) }</ol>
            { back(&desk, breach, props.step) }
        </section>
    }
}

/// Away from the step that broke it, a way back.
fn back(desk: &Desk, breach: &Breach, step: u64) -> Html {
    if step == breach.at {
        return Html::default();
    }
    html! {
        <button type="button" class="btn" onclick={desk.ask(Action::Seek(breach.at))} data-kind="breach" data-id="back">
            { words::back_to_break(desk.lang, breach.at) }
        </button>
    }
}

/// `I1 = S9`, or `S10`.
fn name(breach: &Breach) -> String {
    match &breach.lamp {
        Some(lamp) => format!("{lamp} = {}", breach.property),
        None => breach.property.clone(),
    }
}
