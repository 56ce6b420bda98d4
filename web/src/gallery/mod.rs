//! The gallery: every built-in scenario on one sheet, theme by theme, and a sandbox beside them.
//!
//! The title in the top bar opens it. By keyboard: type to filter, Enter opens the first that is left,
//! the arrows walk through the list, Escape closes.

mod card;
mod gallery_words;
mod sandbox;

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;
use zablab_core::lab::{Action, Card, Group, Lab};
use zablab_core::view::Lang;

use crate::desk::{Layout, use_desk};
use crate::icon::Icon;
use crate::sheet::{self, Sheet};
use crate::words as page;
use card::CardButton;
use gallery_words::{Word, found};
use sandbox::Sandbox;

/// Properties of [`Gallery`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The scenario that is shown; none for a script of one's own.
    pub(crate) scenario: Option<String>,
}

/// The title of what is shown, and the sheet that it opens.
#[component]
pub(crate) fn Gallery(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let cards = use_memo((), |()| Lab::gallery());
    let node = use_node_ref();
    let opened = use_state(|| 0_u32);
    let query = use_state(String::new);
    {
        let node = node.clone();
        use_effect_with(*opened, move |opened| {
            if *opened > 0 {
                sheet::show(&node);
            }
        });
    }
    let onclick = {
        let (opened, query) = (opened.clone(), query.clone());
        Callback::from(move |_: MouseEvent| {
            query.set(String::new());
            opened.set(*opened + 1);
        })
    };
    let close = {
        let node = node.clone();
        Callback::from(move |()| sheet::close(&node))
    };
    let on_pick = {
        let (act, close) = (desk.act.clone(), close.clone());
        Callback::from(move |id: String| {
            close.emit(());
            act.emit(Action::Open(id));
        })
    };
    let title = title(&cards, props.scenario.as_deref(), lang);
    let head = search(lang, &query, &cards, &on_pick);
    html! {
        <>
            <h1 class="lesson">
                <button type="button" class="lessonb gbtn" {onclick} aria-haspopup="dialog" title={Word::Open.get(lang)}
                    data-kind="tool" data-id="gallery">
                    <span class="sr">{ desk.word(page::Word::Scenario) }{ ": " }</span>
                    <span class="gname">{ title }</span>{ Icon::Down.at(12) }
                </button>
            </h1>
            <Sheet {node} id="gallery" title={Word::Gallery.get(lang)} {head}
                calm={desk.layout == Layout::Phone}>
                if *opened > 0 {
                    <div class="gbody" onkeydown={walk}>
                        <div class="gthemes">{ themes(&cards, &query, props.scenario.as_deref(), &on_pick, lang) }</div>
                        <Sandbox on_done={close} />
                    </div>
                }
            </Sheet>
        </>
    }
}

fn title(cards: &[Card], scenario: Option<&str>, lang: Lang) -> String {
    let shown = cards.iter().find(|card| Some(&*card.id) == scenario);
    let own = || page::Word::OwnScript.get(lang).to_owned();
    shown.map_or_else(own, |card| card.title.get(lang).to_owned())
}

/// The field that filters, and how many are left.
fn search(
    lang: Lang,
    query: &UseStateHandle<String>,
    cards: &Rc<Vec<Card>>,
    on_pick: &Callback<String>,
) -> Html {
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let onkeydown = {
        let (query, cards, on_pick) = (query.clone(), Rc::clone(cards), on_pick.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                let first = cards.iter().find(|card| card.is_about(&query));
                if let Some(card) = first.filter(|_| !query.is_empty()) {
                    on_pick.emit(card.id.clone());
                }
            }
            "ArrowDown" => walk(event),
            _ => {}
        })
    };
    let left = cards.iter().filter(|card| card.is_about(query)).count();
    html! {<>
        <label class="gfind"><span class="sr">{ Word::Filter.get(lang) }</span>
            <input type="search" value={(**query).clone()} placeholder={Word::Filter.get(lang)}
                {oninput} {onkeydown} autocomplete="off" spellcheck="false" data-kind="gallery" data-id="filter" />
        </label>
        <span class="gleft" aria-live="polite">{ found(lang, left) }</span>
    </>}
}

fn themes(
    cards: &[Card],
    query: &str,
    scenario: Option<&str>,
    on_pick: &Callback<String>,
    lang: Lang,
) -> Html {
    let theme = |group: Group| {
        let of_it = cards.iter().filter(|card| card.group == group);
        let found: Vec<&Card> = of_it.filter(|card| card.is_about(query)).collect();
        if found.is_empty() {
            return Html::default();
        }
        html! {
            <section class="theme" key={group.id()}>
                <h3>{ group.title().get(lang) }</h3>
                <ul>{ for found.into_iter().map(|card| html! {
                    <li key={card.id.clone()}>
                        <CardButton card={card.clone()} shown={Some(&*card.id) == scenario} on_pick={on_pick.clone()} />
                    </li>
                }) }</ul>
            </section>
        }
    };
    Group::ALL.into_iter().map(theme).collect()
}

/// Walks from card to card with the arrows.
fn walk(event: KeyboardEvent) {
    let by: i64 = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let document = gloo_utils::document();
    let (Ok(all), Some(here)) = (
        document.query_selector_all(".gallery .scn"),
        document.active_element(),
    ) else {
        return;
    };
    if here.tag_name() == "SELECT" {
        return;
    }
    let card = |at: u32| all.item(at)?.dyn_into::<HtmlElement>().ok();
    let at = (0..all.length()).find(|at| card(*at).is_some_and(|c| *c == here));
    let next = match at {
        Some(at) => u32::try_from(i64::from(at) + by).ok(),
        None => Some(0),
    };
    if let Some(next) = next.and_then(card) {
        event.prevent_default();
        // A card that is there takes the focus.
        let _ = next.focus();
    }
}
