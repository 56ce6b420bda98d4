//! The store outside of the ensemble, in one line.

use yew::prelude::*;
use zablab_core::view::frame::StoreView;

use super::client_words as say;
use crate::desk::use_desk;

/// Properties of [`StoreLine`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) store: StoreView,
}

/// The line: the fate of the last write as a mark, and how many were taken and refused.
#[component]
pub(super) fn StoreLine(props: &Props) -> Html {
    let lang = use_desk().lang;
    let store = &props.store;
    let last = store.last.as_ref();
    let refused = last.is_some_and(|last| !last.accepted);
    let state = match (store.out_of_order, refused) {
        (true, _) => "out-of-order",
        (_, true) => "refused",
        _ => "in-order",
    };
    let now = last.is_some_and(|last| last.now);
    let about = say::about_store(lang, store);
    html! {
        <div class={classes!("store", state, now.then_some("now"))} role="group" aria-label={about.clone()}
            title={about} data-kind="store" data-id="store" data-state={state}>
            if last.is_some() {
                { super::client::shape(if store.out_of_order || refused { "fail" } else { "done" }) }
            }
            <span>{ say::store(lang, store) }</span>
        </div>
    }
}
