//! A client, in the row of the server it is connected to.

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::frame::{ClientState, ClientView, OutcomeView};

use crate::desk::use_desk;
use crate::words::{self, Word};

/// Properties of [`ClientCell`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The clients of one server.
    pub(super) clients: Vec<ClientView>,
    pub(super) now_us: u64,
    /// One line for each instead of three for one.
    pub(super) tight: bool,
}

/// The client column of one row: one client in full, or two in short.
#[component]
pub(super) fn ClientCell(props: &Props) -> Html {
    let desk = use_desk();
    let Props {
        clients,
        now_us,
        tight,
    } = props;
    let [one] = clients.as_slice() else {
        let hidden = clients.len().saturating_sub(2);
        let short = newest_two(clients)
            .into_iter()
            .map(|client| short(client, *now_us, desk.lang));
        return html! {<>
            { for short }
            if hidden > 0 { <span class="cmore">{ format!("+{hidden}") }</span> }
        </>};
    };
    if *tight {
        return short(one, *now_us, desk.lang);
    }
    html! {
        <div class="client" title={headline(one, desk.lang)} data-kind="client" data-id={one.name.clone()}>
            { mark(&one.name, 26) }
            <div class="ct">
                <b>{ headline(one, desk.lang) }</b>
                { for details(one, *now_us, desk.lang) }
            </div>
        </div>
    }
}

/// The two that asked for something last, in order of creation.
fn newest_two(clients: &[ClientView]) -> Vec<&ClientView> {
    let mut two: Vec<&ClientView> = clients.iter().collect();
    two.sort_by_key(|client| std::cmp::Reverse(client.request.as_ref().map(|r| r.since_us)));
    two.truncate(2);
    two.sort_by_key(|client| client.id);
    two
}

fn short(client: &ClientView, now_us: u64, lang: Lang) -> Html {
    html! {
        <div class="client short" title={headline(client, lang)} data-kind="client" data-id={client.name.clone()}>
            { mark(&client.name, 20) }
            <div class="ct"><b>{ headline(client, lang) }</b>{ for details(client, now_us, lang).into_iter().take(1) }</div>
        </div>
    }
}

fn mark(name: &str, size: u32) -> Html {
    let size = size.to_string();
    let letter: String = name.chars().take(2).collect::<String>().to_uppercase();
    html! {
        <svg class="ctok" width={size.clone()} height={size} viewBox="-13 -13 26 26" aria-hidden="true">
            <path class="cb" d="M-11 -11H11V7H3L-3 12V7H-11Z" /><text class="cid" y="-1.5">{ letter }</text>
        </svg>
    }
}

fn headline(client: &ClientView, lang: Lang) -> String {
    match &client.request {
        Some(request) => request.text.clone(),
        None => match client.state {
            ClientState::Connecting => Word::Connecting.get(lang).to_owned(),
            ClientState::Connected => Word::Idle.get(lang).to_owned(),
            ClientState::Closed => Word::SessionClosed.get(lang).to_owned(),
            ClientState::Expired => Word::SessionExpired.get(lang).to_owned(),
        },
    }
}

fn details(client: &ClientView, now_us: u64, lang: Lang) -> Vec<Html> {
    let mut lines = Vec::new();
    match &client.request {
        Some(request) => {
            lines.push(html! { <span>{ words::outcome(lang, request, now_us) }</span> });
            if request.outcome == OutcomeView::Unknown {
                lines.push(
                    html! { <span><em class="bad">{ Word::OutcomeUnknown.get(lang) }</em></span> },
                );
            }
        }
        None => lines.push(html! { <span>{ words::session(lang, client.timeout_ms) }</span> }),
    }
    let trouble = match client.state {
        ClientState::Connecting => Some(Word::Connecting),
        ClientState::Connected => None,
        ClientState::Closed => Some(Word::SessionClosed),
        ClientState::Expired => Some(Word::SessionExpired),
    };
    if let Some(word) = trouble.filter(|_| client.request.is_some() && lines.len() < 2) {
        lines.push(html! { <span>{ word.get(lang) }</span> });
    }
    lines
}

/// Properties of [`ClientLine`].
#[derive(PartialEq, Properties)]
pub(crate) struct LineProps {
    pub(crate) client: ClientView,
    pub(crate) now_us: u64,
}

/// A client in one line, where there is no client column.
#[component]
pub(crate) fn ClientLine(props: &LineProps) -> Html {
    let lang = use_desk().lang;
    let LineProps { client, now_us } = props;
    html! {
        <div class="cline" data-kind="client" data-id={client.name.clone()}>
            { mark(&client.name, 22) }
            <span><b>{ headline(client, lang) }</b>{ " " }{ outcome(client, *now_us, lang) }</span>
        </div>
    }
}

/// What it knows, with an unknown outcome marked.
fn outcome(client: &ClientView, now_us: u64, lang: Lang) -> Html {
    let Some(request) = &client.request else {
        return html! { words::session(lang, client.timeout_ms) };
    };
    match request.outcome {
        OutcomeView::Unknown => html! { <em class="bad">{ Word::OutcomeUnknown.get(lang) }</em> },
        _ => html! { words::outcome(lang, request, now_us) },
    }
}
