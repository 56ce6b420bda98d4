//! A sheet over the page: the browser's own modal dialog, so Escape, focus and the way back are its.
//!
//! Keys pressed in a sheet are the sheet's: the page below does not hear them.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::desk::use_desk;
use crate::icon::Icon;
use crate::words::Word;

/// Properties of [`Sheet`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The dialog, for [`show`] and [`close`].
    pub(crate) node: NodeRef,
    /// `data-id` of the dialog.
    pub(crate) id: &'static str,
    pub(crate) title: AttrValue,
    /// No field takes the focus: where keys are drawn on the glass, they would cover half of the sheet.
    #[prop_or_default]
    pub(crate) calm: bool,
    /// Beside the title.
    #[prop_or_default]
    pub(crate) head: Html,
    pub(crate) children: Html,
}

/// The sheet; closed until it is shown.
#[component]
pub(crate) fn Sheet(props: &Props) -> Html {
    let desk = use_desk();
    let node = props.node.clone();
    let on_close = Callback::from(move |_: MouseEvent| close(&node));
    // What lies beside the sheet belongs to the dialog itself.
    let onclick = Callback::from(|event: MouseEvent| {
        if let Some(dialog) = event.target_dyn_into::<HtmlDialogElement>() {
            dialog.close();
        }
    });
    html! {
        <dialog ref={props.node.clone()} class={classes!("sheet", props.id)} aria-label={props.title.clone()}
            data-kind="sheet" data-id={props.id} autofocus={props.calm} {onclick} onkeydown={|event: KeyboardEvent| event.stop_propagation()}>
            <div class="shin">
                <div class="shead">
                    <h2>{ props.title.clone() }</h2>
                    { props.head.clone() }
                    <button type="button" class="tool i" onclick={on_close} title={desk.word(Word::Dismiss)}
                        data-kind="sheet-close" data-id={props.id}>{ Icon::Close.html() }<span class="sr">{ desk.word(Word::Dismiss) }</span></button>
                </div>
                { props.children.clone() }
            </div>
        </dialog>
    }
}

/// Shows a sheet.
pub(crate) fn show(node: &NodeRef) {
    if let Some(dialog) = node.cast::<HtmlDialogElement>().filter(|d| !d.open()) {
        // It fails for a dialog that is open or not in the page, and it is neither.
        let _ = dialog.show_modal();
    }
}

/// Closes a sheet; the focus goes back to where it was.
pub(crate) fn close(node: &NodeRef) {
    if let Some(dialog) = node.cast::<HtmlDialogElement>() {
        dialog.close();
    }
}
