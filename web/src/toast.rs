//! One thing to tell beside the run: a branch was made, a command was refused.

use yew::prelude::*;
use zablab_core::lab::{Action, Notice, NoticeKind};

use crate::desk::use_desk;
use crate::icon::Icon;
use crate::words::Word;

/// Properties of [`Toast`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) notice: Notice,
}

/// The notice. It stays until it is dismissed or the next action.
#[component]
pub(crate) fn Toast(props: &Props) -> Html {
    let desk = use_desk();
    let bad = props.notice.kind != NoticeKind::Done;
    html! {
        <div class={classes!("toast", bad.then_some("bad"))} role="status" data-kind="notice" data-id="toast">
            <span>{ props.notice.text.get(desk.lang) }</span>
            <button type="button" class="tool i" onclick={desk.ask(Action::Dismiss)}>
                { Icon::Close.at(12) }<span class="sr">{ desk.word(Word::Dismiss) }</span>
            </button>
        </div>
    }
}
