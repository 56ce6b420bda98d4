//! Small pieces of markup, made in one place: a page of rows would else carry the making of an element
//! once for each place where one is written.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

/// An element of a class and what is in it.
#[inline(never)]
pub(super) fn piece(tag: &'static str, class: &'static str, inside: Html) -> Html {
    html! { <@{tag} class={class}>{ inside }</@> }
}

/// A `<span>` of a class with a text.
#[inline(never)]
pub(super) fn span(class: &'static str, text: impl Into<AttrValue>) -> Html {
    piece("span", class, Html::VText(text.into().into()))
}

/// A `<p>` of a class with a text.
#[inline(never)]
pub(super) fn line(class: &'static str, text: impl Into<AttrValue>) -> Html {
    piece("p", class, Html::VText(text.into().into()))
}

/// Gives the focus to the first element that fits, if there is one.
pub(super) fn focus_on(selector: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let found = document.and_then(|document| document.query_selector(selector).ok()?);
    if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        // An element that is gone takes no focus.
        let _ = element.focus();
    }
}

/// Brings an element into view, no further than it takes.
pub(super) fn bring_into_view(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
