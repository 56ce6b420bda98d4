//! A client, in the row of the server it is connected to.
//!
//! ```text
//!   ┌─┐ headline: its recipe's standing, or its newest request   bell and
//!   │a│ outcome: shape, colour and word                          watches
//!   └v┘ trouble: frozen, connecting, session over
//!   ▬▬▬ what is left of its session, by the leader's clock
//! ```
//! A frozen client is hatched. Its title says everything.

use yew::prelude::*;
use zablab_core::lab::Order;
use zablab_core::view::frame::{ClientState, ClientView, ClockView, OutcomeView};
use zablab_core::view::{Lang, Target};

use super::client_words as say;
use crate::desk::{Desk, use_desk};
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
        let clients: Vec<&ClientView> = clients.iter().collect();
        return match (clients.len(), tight) {
            (2, false) => clients.iter().map(|c| short(c, *now_us, &desk)).collect(),
            _ => lines(&clients, if *tight { 2 } else { 4 }, *now_us, &desk),
        };
    };
    if *tight {
        return short(one, *now_us, &desk);
    }
    let lang = desk.lang;
    html! {
        { chip("client", one, *now_us, &desk, html! {<>
            <div class="cm">{ mark(one, 26) }{ bell(one, lang) }</div>
            <div class="ct">
                <b>{ headline(one, lang) }</b>
                { for details(one, *now_us, lang).into_iter().take(2) }
                { bar(one, *now_us, lang) }
            </div>
        </>}) }
    }
}

/// As many one-line chips as there is room for; the last line counts the others.
fn lines(clients: &[&ClientView], room: usize, now_us: u64, desk: &Desk) -> Html {
    let lang = desk.lang;
    let fits = clients.len() <= room;
    let (shown, others) = most_telling(clients, if fits { room } else { room - 1 });
    let others: Vec<String> = others
        .iter()
        .map(|client| format!("{}: {}", client.name, headline(client, lang)))
        .collect();
    html! {<>
        { for shown.into_iter().map(|client| line(client, now_us, desk)) }
        if !fits { <span class="cmore" title={others.join("\n")}>{ format!("+{}", others.len()) }</span> }
    </>}
}

/// Those that hold something, are frozen or hear a bell, then those that asked last, in order of
/// creation; and the others.
fn most_telling<'a>(
    clients: &[&'a ClientView],
    room: usize,
) -> (Vec<&'a ClientView>, Vec<&'a ClientView>) {
    let mut sorted = clients.to_vec();
    sorted.order_by_key(|client| {
        let holds = client.recipe.as_ref().is_some_and(|r| r.token.is_some());
        let rings = client.bell.as_ref().is_some_and(|bell| bell.rings);
        let asked = client.request.as_ref().map(|r| r.since_us);
        std::cmp::Reverse((holds || client.paused || rings, asked))
    });
    let others = sorted.split_off(room.min(sorted.len()));
    sorted.order_by_key(|client| client.id);
    (sorted, others)
}

fn line(client: &ClientView, now_us: u64, desk: &Desk) -> Html {
    let lang = desk.lang;
    let inside = html! {<>
        { mark(client, 15) }<b>{ headline(client, lang) }</b>
        { bell(client, lang) }<div class="cm">{ bar(client, now_us, lang) }</div>
    </>};
    let (looked, onclick) = look(client, desk);
    // Too low to be a target of its own. Whoever has no mouse finds it through its server.
    html! {
        <div class={classes!("client", "mini", looked.then_some("on"), client.paused.then_some("paused"))} {onclick}
            title={say::about(lang, client, now_us)} data-kind="client" data-id={client.name.clone()}>{ inside }</div>
    }
}

/// True when it is looked at; what a click on it does.
fn look(client: &ClientView, desk: &Desk) -> (bool, Callback<MouseEvent>) {
    let target = Target::Client(client.id);
    let looked = desk.inspected.as_ref() == Some(&target);
    let onclick = desk
        .inspect
        .reform(move |_: MouseEvent| Some(target.clone()));
    (looked, onclick)
}

fn chip(class: &'static str, client: &ClientView, now_us: u64, desk: &Desk, inside: Html) -> Html {
    let about = say::about(desk.lang, client, now_us);
    let (looked, onclick) = look(client, desk);
    html! {
        <button type="button" class={classes!(class, client.paused.then_some("paused"))} {onclick}
            aria-pressed={looked.to_string()} title={about} data-kind="client" data-id={client.name.clone()}>{ inside }</button>
    }
}

fn short(client: &ClientView, now_us: u64, desk: &Desk) -> Html {
    let lang = desk.lang;
    let inside = html! {<>
        <div class="cm">{ mark(client, 20) }{ bar(client, now_us, lang) }</div>
        <div class="ct"><b>{ headline(client, lang) }</b>{ for details(client, now_us, lang).into_iter().take(1) }</div>
        { bell(client, lang) }
    </>};
    chip("client short", client, now_us, desk, inside)
}

fn mark(client: &ClientView, size: u32) -> Html {
    let size = size.to_string();
    let letter: String = client.name.chars().take(2).collect();
    html! {
        <svg class="ctok" width={size.clone()} height={size} viewBox="-13 -13 26 26" aria-hidden="true">
            <path class="cb" d="M-11 -11H11V7H3L-3 12V7H-11Z" />
            if client.paused { <path class="qh" d="M-11 -11H11V7H3L-3 12V7H-11Z" /> }
            <text class="cid" y="-1.5">{ letter.to_ascii_uppercase() }</text>
        </svg>
    }
}

/// What is left of the session. A clock that does not run has no length, only a pattern.
fn bar(client: &ClientView, now_us: u64, lang: Lang) -> Html {
    let Some(session) = &client.session else {
        return Html::default();
    };
    let left = client.left(now_us);
    let state = match session.clock {
        ClockView::Runs { .. } if left < Some(250) => "low",
        ClockView::Runs { .. } => "runs",
        ClockView::Still => "still",
        ClockView::Closing | ClockView::Over => "over",
    };
    html! {
        <svg class={classes!("sbar", state)} width="100%" height="5" role="img"
            aria-label={say::clock(lang, client, session, now_us)}
            data-kind="session" data-id={client.name.clone()} data-state={state} data-left={left.map(|n| n.to_string())}>
            <rect class="sb" width="100%" height="5" />
            if let Some(left) = left { <rect class="sl" width={format!("{}%", left / 10)} height="5" /> }
        </svg>
    }
}

/// Its watches, and the bell that rings in the step in which an event came.
fn bell(client: &ClientView, lang: Lang) -> Html {
    let rings = client.bell.as_ref().is_some_and(|bell| bell.rings);
    if client.watches == 0 && !rings {
        return Html::default();
    }
    html! {
        <span class={classes!("bell", rings.then_some("on"))} role="img" aria-label={say::bell(lang, client)}
            data-kind="bell" data-id={client.name.clone()} data-state={if rings { "rings" } else { "quiet" }}>
            <svg width="12" height="13" viewBox="0 0 12 13" aria-hidden="true">
                <path d="M1 9.5C2.5 8 2 3 6 2 10 3 9.5 8 11 9.5ZM4.8 11.5H7.2" />
            </svg>
            { client.watches }
        </span>
    }
}

/// The mark of an outcome: it tells without its colour.
pub(super) fn shape(class: &'static str) -> Html {
    let path = match class {
        "done" => "M1.5 5.5 4 8 8.5 2",
        "fail" => "M2 2 8 8M8 2 2 8",
        "open" => "M5 1.5A3.5 3.5 0 1 1 4.9 1.5Z",
        "never" => "M1.5 5H8.5",
        _ => "M2.8 3.2A2.2 2.2 0 1 1 5 5.2V6.4M5 8.3V9.3",
    };
    html! {
        <svg class={classes!("oc", class)} width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><path d={path} /></svg>
    }
}

fn headline(client: &ClientView, lang: Lang) -> String {
    let asked = client.request.as_ref();
    let recipe = client.recipe.as_ref();
    if let Some(recipe) = recipe
        && !(recipe.over && asked.is_some_and(|asked| asked.since_us > recipe.since_us))
    {
        return recipe.standing.get(lang).to_owned();
    }
    match asked {
        Some(request) => request.text.clone(),
        None => match client.state {
            ClientState::Connecting => Word::Connecting.get(lang).to_owned(),
            ClientState::Connected => Word::Idle.get(lang).to_owned(),
            ClientState::Closed => Word::SessionClosed.get(lang).to_owned(),
            ClientState::Expired => Word::SessionExpired.get(lang).to_owned(),
        },
    }
}

/// The lines below the headline, the most telling first.
fn details(client: &ClientView, now_us: u64, lang: Lang) -> Vec<Html> {
    let line = |said: String| html! { <span>{ said }</span> };
    let Some(request) = &client.request else {
        let session = words::session(lang, client.timeout_ms);
        return vec![line(session)];
    };
    let trouble = say::trouble(lang, client).map(line);
    let held = say::held(lang, client, now_us).map(line);
    let outcome = outcome(client, lang);
    match request.outcome {
        OutcomeView::Unknown => {
            let waited = line(say::waited(lang, request, now_us));
            [Some(outcome), trouble, Some(waited)]
        }
        _ if client.recipe.is_some() => [trouble, held, Some(outcome)],
        _ => [Some(outcome), trouble, None],
    }
    .into_iter()
    .flatten()
    .collect()
}

/// What it knows of its newest request: shape, colour and word.
fn outcome(client: &ClientView, lang: Lang) -> Html {
    let Some(request) = &client.request else {
        return html! { words::session(lang, client.timeout_ms) };
    };
    let mark = match request.outcome {
        OutcomeView::Pending => "open",
        OutcomeView::Confirmed(_) => "done",
        OutcomeView::Failed(_) => "fail",
        OutcomeView::Unknown => "unknown",
        OutcomeView::NeverSent => "never",
    };
    let said = say::outcome(lang, request);
    let bad = request.outcome == OutcomeView::Unknown;
    html! {
        <span data-kind="outcome" data-id={client.name.clone()} data-state={mark}>{ shape(mark) }
            if bad { <em class="bad">{ said }</em> } else { { said } }</span>
    }
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
    let desk = use_desk();
    let lang = desk.lang;
    let LineProps { client, now_us } = props;
    let first = details(client, *now_us, lang).into_iter().next();
    chip(
        "cline",
        client,
        *now_us,
        &desk,
        html! {<>
            <div class="cm">{ mark(client, 22) }{ bar(client, *now_us, lang) }</div>
            <span class="cl"><b>{ headline(client, lang) }</b>{ " " }{ first }</span>
            { bell(client, lang) }
        </>},
    )
}
