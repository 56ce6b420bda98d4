//! The parts of a file: records of a log, items of a snapshot. A row of cells like those of the bench,
//! or a list; both are windows that are turned over, however many parts there are.

use yew::prelude::*;
use zablab_core::view::disk::{Choice, FileView, PartRow, Pick, Safety};

use super::pull::DiskChoice;
use super::room::Room;
use super::words::{self, Pair, say};
use crate::desk::Desk;
use crate::icon::Icon;
use crate::panels::piece::span;

/// The row of cells, with the part that is shown among them.
pub(super) fn cells(
    desk: &Desk,
    file: &FileView,
    choice: &DiskChoice,
    choose: &Callback<DiskChoice>,
) -> Html {
    let lang = desk.lang;
    let now = file.part.as_ref().map_or(0, |part| part.row.number);
    let open = |number: usize| picking(file, choice, choose, number);
    html! {
        <div class="drail" role="group" aria-label={say(lang, words::PARTS)}>
            { arrow(desk, words::EARLIER, "part-back", Icon::Back, (now > 0).then(|| open(now - 1))) }
            <div class="dcells">{ for file.rows.iter().map(|row| cell(desk, row, row.number == now, open(row.number))) }</div>
            { arrow(desk, words::LATER_ONES, "part-next", Icon::Forward, (now + 1 < file.parts).then(|| open(now + 1))) }
        </div>
    }
}

/// What is shown of the file: its newest record, fields or bytes, the list.
pub(super) fn switch(
    desk: &Desk,
    room: Room,
    choice: &DiskChoice,
    choose: &Callback<DiskChoice>,
) -> Html {
    let one = |word: Pair, id: &'static str, now: bool, new: DiskChoice| {
        html! {
            <button type="button" class="dpin" aria-pressed={now.to_string()} onclick={choose.reform(move |_| new.clone())}
                data-kind="disk" data-id={id}>{ say(desk.lang, word) }</button>
        }
    };
    let show = |list: bool, bytes: bool| DiskChoice {
        list,
        bytes,
        first: None,
        ..choice.clone()
    };
    let newest = DiskChoice {
        shown: Choice::default(),
        ..show(false, choice.bytes)
    };
    let record = !choice.list;
    let follows = record && choice.shown == Choice::default();
    html! {
        <div class="dswitch">
            { one(words::NEWEST, "newest", follows, newest) }
            if room.either {
                { one(words::FIELDS, "fields", record && !choice.bytes, show(false, false)) }
                { one(words::BYTES, "bytes", record && choice.bytes, show(false, true)) }
            }
            { one(words::LIST, "list", choice.list, show(record, choice.bytes)) }
        </div>
    }
}

fn cell(desk: &Desk, row: &PartRow, now: bool, onclick: Callback<MouseEvent>) -> Html {
    let name = words::cell(desk.lang, row);
    let text = match row.zxid {
        Some(zxid) => zxid.counter.to_string(),
        None => row
            .about
            .rsplit('/')
            .next()
            .filter(|s| !s.is_empty())
            .map_or_else(|| row.word.get(desk.lang).to_owned(), str::to_owned),
    };
    let named = row.zxid.is_none().then_some("named");
    html! {
        <button key={row.number} type="button" class={classes!("dcell", class(row.safety), (!row.good).then_some("dbroke"), named)}
            aria-pressed={now.to_string()} aria-label={name} {onclick} data-kind="disk-part" data-id={row.number.to_string()}>
            { span("", text) }
        </button>
    }
}

/// The list.
pub(super) fn list(
    desk: &Desk,
    file: &FileView,
    room: Room,
    choice: &DiskChoice,
    choose: &Callback<DiskChoice>,
) -> Html {
    let lang = desk.lang;
    let last = file.first + file.rows.len();
    let go = |first: usize| {
        let new = DiskChoice {
            first: Some(first),
            ..choice.clone()
        };
        choose.reform(move |_: MouseEvent| new.clone())
    };
    let (back, on) = (file.first > 0, last < file.parts);
    let now = file.part.as_ref().map(|part| part.row.number);
    html! {
        <div class="dlist" data-kind="disk-list" data-id={file.name.clone()}>
            <div class="drail turns">
                { arrow(desk, words::FIRST, "list-first", Icon::First, back.then(|| go(0))) }
                { arrow(desk, words::EARLIER, "list-back", Icon::Back, back.then(|| go(file.first.saturating_sub(room.list)))) }
                { span("dwin", words::window(file.first + 1, last, file.parts)) }
                { arrow(desk, words::LATER_ONES, "list-next", Icon::Forward, on.then(|| go(last))) }
                { arrow(desk, words::LAST, "list-last", Icon::NextNotable, on.then(|| go(file.parts))) }
            </div>
            <table class="dparts">
                <thead><tr>
                    <th scope="col" class="n">{ say(lang, words::OFFSET) }</th>
                    <th scope="col">{ "zxid" }</th>
                    <th scope="col">{ say(lang, words::WHAT) }</th>
                    <th scope="col" class="n">{ "B" }</th>
                </tr></thead>
                <tbody>{ for file.rows.iter().map(|row| list_row(desk, row, now, picking(file, choice, choose, row.number))) }</tbody>
            </table>
        </div>
    }
}

fn list_row(desk: &Desk, row: &PartRow, now: Option<usize>, onclick: Callback<MouseEvent>) -> Html {
    let name = words::cell(desk.lang, row);
    let zxid = row.zxid.map(|zxid| zxid.to_string()).unwrap_or_default();
    html! {
        <tr key={row.number} class={classes!((now == Some(row.number)).then_some("sel"), (!row.good).then_some("bad"))}>
            <td class="n">{ row.at }</td>
            <td>{ zxid }</td>
            <td class="dwhat">
                <button type="button" aria-label={name} {onclick} data-kind="disk-part" data-id={row.number.to_string()}>
                    { span(classes_of(row.safety), "") }{ row.word.get(desk.lang) }{ " " }{ &row.about }
                </button>
            </td>
            <td class="n">{ row.len }</td>
        </tr>
    }
}

/// Opens a part of the file that is shown.
fn picking(
    file: &FileView,
    choice: &DiskChoice,
    choose: &Callback<DiskChoice>,
    number: usize,
) -> Callback<MouseEvent> {
    let new = DiskChoice {
        shown: Choice {
            file: Some(file.name.clone()),
            pick: Pick::Number(number),
        },
        list: false,
        first: None,
        ..choice.clone()
    };
    choose.reform(move |_| new.clone())
}

/// The class of bytes by what a power loss leaves of them.
pub(super) const fn class(safety: Safety) -> &'static str {
    match safety {
        Safety::Durable => "yd",
        Safety::Pending => "yp",
        Safety::Dropped => "yx",
        Safety::Zeros => "yz",
    }
}

const fn classes_of(safety: Safety) -> &'static str {
    match safety {
        Safety::Durable => "dmark yd",
        Safety::Pending => "dmark yp",
        Safety::Dropped => "dmark yx",
        Safety::Zeros => "dmark yz",
    }
}

/// A button that turns over; off at the end.
pub(super) fn arrow(
    desk: &Desk,
    name: Pair,
    id: &'static str,
    icon: Icon,
    onclick: Option<Callback<MouseEvent>>,
) -> Html {
    let name = say(desk.lang, name);
    html! {
        <button type="button" class="dturn" aria-label={name} disabled={onclick.is_none()} {onclick}
            data-kind="disk-turn" data-id={id}>{ icon.at(12) }</button>
    }
}

/// Back, where one is, on.
pub(super) fn pager(
    desk: &Desk,
    name: Pair,
    id: &'static str,
    window: String,
    back: Option<Callback<MouseEvent>>,
    on: Option<Callback<MouseEvent>>,
) -> Html {
    let turn = |to: Pair, on_side: &str, icon: Icon, onclick: Option<Callback<MouseEvent>>| {
        let label = format!("{}: {}", say(desk.lang, name), say(desk.lang, to));
        html! {
            <button type="button" class="dturn" aria-label={label} disabled={onclick.is_none()} {onclick}
                data-kind="disk-turn" data-id={format!("{id}-{on_side}")}>{ icon.at(12) }</button>
        }
    };
    html! {
        <div class="dpager">
            { turn(words::EARLIER, "back", Icon::Back, back) }
            { span("dwin", window) }
            { turn(words::LATER_ONES, "next", Icon::Forward, on) }
        </div>
    }
}
