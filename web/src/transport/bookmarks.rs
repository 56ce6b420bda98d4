//! The list of bookmarks: go there, give it a name, take it away.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zablab_core::lab::{Action, Bookmark};

use super::ask::Ask;
use super::words::{self, Word};
use crate::desk::{Desk, use_desk};
use crate::icon::Icon;
use crate::popover::Item;

/// Properties of [`BookmarkList`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) ask: Ask,
    /// Steps shown.
    pub(crate) step: u64,
}

/// The list.
#[component]
pub(crate) fn BookmarkList(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let list = props.ask.bookmarks();
    let here = list.iter().any(|b| b.step == props.step);
    let word = if here { Word::Unmark } else { Word::MarkHere };
    html! {
        <div class="books">
            <Item kind="bookmark" id="toggle" onclick={desk.ask(Action::Bookmark)} note="B" stays=true>{ word.get(lang) }</Item>
            <hr class="msep" />
            if list.is_empty() { <p class="mh">{ Word::NoBookmarks.get(lang) }</p> }
            <ul>{ for list.iter().map(|b| row(&desk, b, props.step)) }</ul>
        </div>
    }
}

fn row(desk: &Desk, b: &Bookmark, step: u64) -> Html {
    let (id, lang) = (b.id, desk.lang);
    let onchange = desk.act.reform(move |event: Event| {
        let field: HtmlInputElement = event.target_unchecked_into();
        Action::NameBookmark(id, field.value())
    });
    let here = b.step == step;
    html! {
        <li key={b.id} class={classes!("row", here.then_some("on"))}>
            <button type="button" class="btn num" onclick={desk.ask(Action::Seek(b.step))} title={words::go_to_step(lang, b.step)}
                data-kind="bookmark" data-id={b.step.to_string()}>{ b.step }<span class="sr">{ b.text.get(lang) }</span></button>
            <input type="text" class="field" value={b.name.clone()} {onchange} placeholder={Word::Name.get(lang)}
                aria-label={words::name_of(lang, b.text.get(lang))} maxlength="60" data-kind="bookmark-name" data-id={b.step.to_string()} />
            <button type="button" class="btn i quiet" onclick={desk.ask(Action::RemoveBookmark(id))} title={Word::Remove.get(lang)}
                data-kind="bookmark-remove" data-id={b.step.to_string()}>
                { Icon::Close.at(12) }<span class="sr">{ words::remove_of(lang, b.text.get(lang)) }</span></button>
        </li>
    }
}
