//! The filter of the list of events: a kind and some words. `/` goes to the field, `Esc` empties it.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zablab_core::lab::{Action, EventFilter, EventKind};

use super::events_words::{EventWord, kind, word};
use crate::desk::use_desk;
use crate::icon::Icon;
use crate::picker::Picker;

/// Properties of [`FilterBar`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) filter: EventFilter,
    pub(super) searching: bool,
}

/// The bar.
#[component]
pub(super) fn FilterBar(props: &Props) -> Html {
    let desk = use_desk();
    let node = use_node_ref();
    let options = EventKind::ALL.map(|k| (k.id().to_owned(), kind(desk.lang, k).to_owned()));
    let on_pick = {
        let text = props.filter.text.clone();
        desk.pick(move |id| {
            let kind = EventKind::ALL.into_iter().find(|kind| kind.id() == id)?;
            let text = text.clone();
            Some(Action::FilterEvents(EventFilter { kind, text }))
        })
    };
    let narrow = {
        let (act, kind) = (desk.act.clone(), props.filter.kind);
        move |text: String| act.emit(Action::FilterEvents(EventFilter { kind, text }))
    };
    let oninput = {
        let (node, narrow) = (node.clone(), narrow.clone());
        Callback::from(move |_: InputEvent| {
            if let Some(input) = node.cast::<HtmlInputElement>() {
                narrow(input.value());
            }
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            narrow(String::new());
        }
    });
    let open = props.filter.is_open();
    html! {
        <div class="evbar" role="search" aria-label={word(desk.lang, EventWord::Filter)}>
            <span class="evs" role="status">if props.searching { { word(desk.lang, EventWord::Searching) } }</span>
            <Picker label={word(desk.lang, EventWord::Kind)} class="quiet" kind="event-kind" options={options.to_vec()}
                value={props.filter.kind.id()} {on_pick} />
            <input ref={node} type="text" class="evq" maxlength="100" autocomplete="off" spellcheck="false"
                value={props.filter.text.clone()} {oninput} {onkeydown}
                placeholder={word(desk.lang, EventWord::Hint)} aria-label={word(desk.lang, EventWord::Filter)}
                data-kind="filter" data-id="events" />
            if !open {
                <button type="button" class="tool i" onclick={desk.ask(Action::FilterEvents(EventFilter::default()))}
                    title={word(desk.lang, EventWord::Clear)} data-kind="filter" data-id="clear">
                    { Icon::Close.html() }<span class="sr">{ word(desk.lang, EventWord::Clear) }</span>
                </button>
            }
        </div>
    }
}
