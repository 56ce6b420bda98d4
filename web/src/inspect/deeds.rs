//! A list of deeds in groups: the first stands open, the others unfold.

use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::inspect::{Offer, Offers};
use zablab_core::view::{Lang, Target};

use super::words::Word;
use crate::desk::{Desk, use_desk};
use crate::panels::Pull;
use crate::popover::use_close;

/// Properties of [`Deeds`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) offers: Vec<Offers>,
    /// Called when something was done.
    #[prop_or_default]
    pub(super) on_done: Callback<()>,
}

/// The list.
#[component]
pub(super) fn Deeds(props: &Props) -> Html {
    let desk = use_desk();
    html! {
        <div class="deeds">
            { for props.offers.iter().enumerate().map(|(at, group)| html! {
                <details open={at == 0} key={group.name.en.clone()}>
                    <summary>{ group.name.get(desk.lang) }</summary>
                    <ul>{ for group.all.iter().map(|offer| deed(&desk, offer, &props.on_done)) }</ul>
                </details>
            }) }
        </div>
    }
}

/// One deed: what it does, and the line that it writes or why it cannot be done.
fn deed(desk: &Desk, offer: &Offer, on_done: &Callback<()>) -> Html {
    let act = {
        let (action, act, done) = (
            Action::from(offer.deed.clone()),
            desk.act.clone(),
            on_done.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            act.emit(action.clone());
            done.emit(());
        })
    };
    let about = match &offer.refusal {
        Some(why) => html! { <small>{ why.get(desk.lang) }</small> },
        None => html! { <code>{ &offer.line }</code> },
    };
    html! {
        <li key={offer.id.clone()}>
            <button type="button" class={classes!("deed", offer.grave.then_some("grave"))} onclick={act}
                disabled={offer.refusal.is_some()} data-kind="deed" data-id={offer.id.clone()}>
                <span>{ offer.label.get(desk.lang) }{ grave(desk.lang, offer) }</span>{ about }
            </button>
        </li>
    }
}

/// What takes something away for good is marked by a sign, not by its colour alone.
fn grave(lang: Lang, offer: &Offer) -> Html {
    if !offer.grave {
        return Html::default();
    }
    html! { <i title={Word::Grave.get(lang)}>{ "!" }<span class="sr">{ Word::Grave.get(lang) }</span></i> }
}

/// Properties of [`FaultMenu`].
#[derive(PartialEq, Properties)]
pub(crate) struct MenuProps {
    pub(crate) pull: Pull,
    pub(crate) target: Target,
}

/// The deeds of a target inside of a box that closes when one is done.
#[component]
pub(crate) fn FaultMenu(props: &MenuProps) -> Html {
    let offers = use_memo(
        (props.pull.clone(), props.target.clone()),
        |(pull, target)| pull.offers(target),
    );
    let close = use_close();
    let on_done = Callback::from(move |()| {
        if let Some(close) = &close {
            close.now();
        }
    });
    html! { <Deeds offers={(*offers).clone()} {on_done} /> }
}
