//! Help: what the marks mean, which keys there are, and what the page is and is not.
//!
//! The marks are drawn by the same code as on the bench, so they cannot mean something else here.

mod help_words;
mod legend;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use crate::desk::use_desk;
use crate::icon::Icon;
use crate::keys::KEYS;
use crate::sheet::{self, Sheet};
use help_words::{ABOUT, Word};

/// The button, the key `?`, and the sheet that both open.
#[component]
pub(crate) fn Help() -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let node = use_node_ref();
    let opened = use_state(|| 0_u32);
    {
        let node = node.clone();
        use_effect_with(*opened, move |opened| {
            if *opened > 0 {
                sheet::show(&node);
            }
        });
    }
    {
        let opened = opened.clone();
        use_effect_with(*opened, move |_| listen(move || opened.set(*opened + 1)));
    }
    let onclick = {
        let opened = opened.clone();
        Callback::from(move |_: MouseEvent| opened.set(*opened + 1))
    };
    html! {
        <>
            <button type="button" class="tool i" {onclick} aria-haspopup="dialog" title={Word::Help.get(lang)}
                data-kind="tool" data-id="help">{ Icon::Help.html() }<span class="sr">{ Word::Help.get(lang) }</span></button>
            <Sheet {node} id="help" title={Word::Help.get(lang)}>
                if *opened > 0 {
                    <div class="hbody" tabindex="0" role="region" aria-label={Word::Help.get(lang)}>
                        <section><h3>{ Word::Marks.get(lang) }</h3>{ legend::legend(lang) }</section>
                        <section class="keysof"><h3>{ Word::Keys.get(lang) }</h3>
                            <p class="hnote">{ Word::KeysNote.get(lang) }</p>
                            <table><tbody>
                                { for KEYS.iter().map(|key| html! {
                                    <tr><th scope="row"><kbd>{ key.shown }</kbd></th><td>{ key.words(lang) }</td></tr>
                                }) }
                                <tr><th scope="row"><kbd>{ "?" }</kbd></th><td>{ Word::ThisHelp.get(lang) }</td></tr>
                            </tbody></table>
                        </section>
                        <section><h3>{ Word::About.get(lang) }</h3>
                            <dl class="about">{ for ABOUT.iter().map(|[head, text]| html! {<>
                                <dt>{ head.get(lang) }</dt><dd>{ text.get(lang) }</dd>
                            </>}) }</dl>
                        </section>
                    </div>
                }
            </Sheet>
        </>
    }
}

/// Calls `open` for the key `?`, until what is returned is called.
fn listen(open: impl Fn() + 'static) -> impl FnOnce() {
    let closure = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if event.key() == "?" && !event.ctrl_key() && !is_field(&event) {
            event.prevent_default();
            open();
        }
    });
    let document = gloo_utils::document();
    // Every document has these events; without them there is still the button.
    let _ = document.add_event_listener_with_callback("keydown", closure.as_ref().unchecked_ref());
    move || {
        let _ = document
            .remove_event_listener_with_callback("keydown", closure.as_ref().unchecked_ref());
    }
}

fn is_field(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    target.is_some_and(|t| matches!(t.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}
