//! What lies over the run: one thing to tell (a branch was made, a command was refused), and the veil
//! that says where files may be dropped.

use yew::prelude::*;
use zablab_core::view::Lang;

use crate::icon::Icon;
use crate::words::Word;

/// The notice, with a way to take it back if there is one; `bad` when something did not go as was wished. It stays until it is dismissed or the
/// next action.
pub(crate) fn toast(
    lang: Lang,
    text: String,
    bad: bool,
    undo: Option<Callback<MouseEvent>>,
    on_close: Callback<MouseEvent>,
) -> Html {
    let dismiss = Word::Dismiss.get(lang);
    html! {
        <div class={classes!("toast", bad.then_some("bad"))} role="status" data-kind="notice" data-id="toast">
            <span>{ text }</span>
            if let Some(undo) = undo {
                <button type="button" class="btn quiet" onclick={undo} data-kind="notice" data-id="undo">{ Word::Undo.get(lang) }</button>
            }
            <button type="button" class="tool i" onclick={on_close} title={dismiss} data-kind="notice" data-id="close">
                { Icon::Close.at(12) }<span class="sr">{ dismiss }</span>
            </button>
        </div>
    }
}

/// Where dragged files may be dropped: everywhere.
pub(crate) fn veil(lang: Lang) -> Html {
    html! {
        <div class="veil" role="status" data-kind="drop" data-id="veil">
            <p><b>{ Word::DropHere.get(lang) }</b>{ Word::DropWhat.get(lang) }</p>
        </div>
    }
}
