//! One thing to tell beside the run: a branch was made, a command was refused.

use yew::prelude::*;

use crate::desk::use_desk;
use crate::icon::Icon;
use crate::words::Word;

/// Properties of [`Toast`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) text: AttrValue,
    /// Something did not go as was wished.
    pub(crate) bad: bool,
    pub(crate) on_close: Callback<MouseEvent>,
}

/// The notice. It stays until it is dismissed or the next action.
#[component]
pub(crate) fn Toast(props: &Props) -> Html {
    let desk = use_desk();
    html! {
        <div class={classes!("toast", props.bad.then_some("bad"))} role="status" data-kind="notice" data-id="toast">
            <span>{ &props.text }</span>
            <button type="button" class="tool i" onclick={props.on_close.clone()} title={desk.word(Word::Dismiss)}
                data-kind="notice" data-id="close">
                { Icon::Close.at(12) }<span class="sr">{ desk.word(Word::Dismiss) }</span>
            </button>
        </div>
    }
}
