//! Help: what the marks mean, which keys there are, and what the page is and is not.
//!
//! The marks are drawn by the same code as on the bench, so they cannot mean something else here.

mod help_words;
mod legend;

use yew::prelude::*;

use crate::desk::use_desk;
use crate::icon::Icon;
use crate::keys::KEYS;
use crate::sheet::{self, Sheet};
use help_words::{ABOUT, Word};

/// Properties of [`Help`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The sheet opens whenever this becomes another number than 0.
    pub(crate) summons: u32,
}

/// The button, and the sheet that it and the key `?` open.
#[component]
pub(crate) fn Help(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let node = use_node_ref();
    let opened = use_state(|| 0_u32);
    let calls = *opened + props.summons;
    {
        let node = node.clone();
        use_effect_with(calls, move |calls| {
            if *calls > 0 {
                sheet::show(&node);
            }
        });
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
                if calls > 0 {
                    <div class="hbody" tabindex="0" role="region" aria-label={Word::Help.get(lang)}>
                        <section><h3>{ Word::Marks.get(lang) }</h3>{ legend::legend(lang) }</section>
                        <section class="keysof"><h3>{ Word::Keys.get(lang) }</h3>
                            <p class="hnote">{ Word::KeysNote.get(lang) }</p>
                            <table><tbody>
                                { for KEYS.iter().map(|key| html! {
                                    <tr><th scope="row"><kbd>{ key.shown }</kbd></th><td>{ key.words(lang) }</td></tr>
                                }) }
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
