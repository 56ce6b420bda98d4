//! What just happened, in sentences.

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::frame::CaptionView;

use crate::desk::use_desk;
use crate::words;

/// Properties of [`CaptionPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) caption: CaptionView,
    pub(crate) step: u64,
    pub(crate) now_us: u64,
}

/// The caption. It is read out by [`crate::speaker`].
#[component]
pub(crate) fn CaptionPanel(props: &Props) -> Html {
    let lang = use_desk().lang;
    html! {
        <section class="caption">
            <div class="cmeta">
                <span class="num">{ format!("#{}", props.step) }</span>
                <span class="num">{ format!("{} s", words::instant(props.now_us)) }</span>
                <span>{ props.caption.heading.get(lang) }</span>
            </div>
            <p>{ sentences(&props.caption, lang, 3) }</p>
        </section>
    }
}

/// The first sentences as one text.
pub(crate) fn sentences(caption: &CaptionView, lang: Lang, most: usize) -> String {
    let between = match lang {
        Lang::En => " ",
        Lang::Zh => "",
    };
    let said: Vec<&str> = caption
        .sentences
        .iter()
        .take(most)
        .map(|text| text.get(lang))
        .collect();
    said.join(between)
}
