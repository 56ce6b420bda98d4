//! What just happened, in sentences; and at a named moment, what its author says of it.

use yew::prelude::*;
use zablab_core::lab::Story;
use zablab_core::view::frame::CaptionView;
use zablab_core::view::{Lang, Target};

use crate::desk::{Desk, use_desk};
use crate::words;

/// Properties of [`CaptionPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) caption: CaptionView,
    pub(crate) step: u64,
    pub(crate) now_us: u64,
    /// What the author of the scenario says here.
    #[prop_or_default]
    pub(crate) story: Option<Story>,
}

/// The caption. It is read out by [`crate::speaker`].
#[component]
pub(crate) fn CaptionPanel(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let told = props.story.is_some();
    html! {
        <section class={classes!("caption", told.then_some("told"))}>
            <div class="cmeta">
                <span class="num">{ format!("#{}", props.step) }</span>
                <span class="num">{ format!("{} s", words::instant(props.now_us)) }</span>
                <span>{ props.caption.heading.get(lang) }</span>
            </div>
            if let Some(story) = &props.story {
                <div class="story">
                    <span class="chap">{ format!("{}/{} ", story.number, story.of) }<b>{ story.name.get(lang) }</b></span>
                    { story.caption.get(lang) }
                </div>
            }
            <p>{ sentences(&props.caption, lang, 3) }</p>
            if let Some(story) = &props.story { { look_at(&desk, story) } }
        </section>
    }
}

/// What the author wants to be looked at.
fn look_at(desk: &Desk, story: &Story) -> Html {
    let button = |(word, target): &(String, Target)| {
        let (inspect, target) = (desk.inspect.clone(), target.clone());
        let onclick = Callback::from(move |_: MouseEvent| inspect.emit(Some(target.clone())));
        let name = word.replace('/', " · ");
        html! {
            <button type="button" class="btn spot" {onclick} data-kind="spotlight" data-id={word.clone()}>{ name }</button>
        }
    };
    let head = match desk.lang {
        Lang::En => "Look at",
        Lang::Zh => "看这里",
    };
    html! {
        <div class="spots"><span>{ head }</span>{ for story.spotlight.iter().map(button) }</div>
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
