//! The one voice of the page: a polite live region that says what the captions say.
//!
//! Standing still, every step is said. While the run plays, only turning points are, and never more than
//! one in a second and a half: a screen reader that is always interrupted says nothing. What breaks an
//! invariant is said by its own card, at once. No timer is needed: the region changes with the page.

use yew::prelude::*;
use zablab_core::view::Lang;

/// Between two sentences while the run plays, in milliseconds.
const PAUSE_MS: f64 = 1_500.0;

/// Properties of [`Speaker`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What there is to say of the moment shown.
    pub(crate) text: AttrValue,
    pub(crate) lang: Lang,
    pub(crate) playing: bool,
    /// The moment shown is a turning point.
    pub(crate) turning: bool,
}

/// What was said last.
#[derive(Default)]
struct Said {
    text: AttrValue,
    at_ms: f64,
}

/// The region; seen by nobody.
#[component]
pub(crate) fn Speaker(props: &Props) -> Html {
    let said = use_mut_ref(Said::default);
    let mut said = said.borrow_mut();
    let now_ms = now_ms();
    let due = !props.playing || props.turning && now_ms - said.at_ms >= PAUSE_MS;
    if due && said.text != props.text {
        said.text = props.text.clone();
        said.at_ms = now_ms;
    }
    html! {
        <p class="sr" role="status" aria-live="polite" lang={props.lang.tag()} data-kind="speaker" data-id="captions">{ &said.text }</p>
    }
}

fn now_ms() -> f64 {
    let performance = gloo_utils::window().performance();
    performance.map_or(0.0, |performance| performance.now())
}
