//! The files of a disk: name, how much of it is safe, sizes.

use yew::prelude::*;
use zablab_core::view::disk::{Choice, DiskView, FileRow, Pick};

use super::parts::pager;
use super::pull::DiskChoice;
use super::room::Room;
use super::words::{self, say};
use crate::desk::Desk;
use crate::motion::Thousandths;
use crate::panels::piece::span;
use crate::picker::Picker;

/// The table.
pub(super) fn files(
    desk: &Desk,
    view: &DiskView,
    shown: Option<&str>,
    room: Room,
    choice: &DiskChoice,
    choose: &Callback<DiskChoice>,
) -> Html {
    let lang = desk.lang;
    let all = view.files.len();
    let at = view
        .files
        .iter()
        .position(|file| Some(file.name.as_str()) == shown);
    let at = at.unwrap_or(0);
    let first = at
        .saturating_sub(room.files / 2)
        .min(all.saturating_sub(room.files));
    let window = &view.files[first..(first + room.files).min(all)];
    let open = |name: &str| {
        let new = opened(choice, name);
        choose.reform(move |_: MouseEvent| new.clone())
    };
    let turn = |by: usize, back: bool| {
        let to = if back {
            at.saturating_sub(by)
        } else {
            (at + by).min(all - 1)
        };
        open(&view.files[to].name)
    };
    if room.files == 0 {
        let options = view.files.iter();
        let options: Vec<_> = options
            .map(|file| (file.name.clone(), listed(desk, file)))
            .collect();
        let value = shown.unwrap_or_default().to_owned();
        let choice = choice.clone();
        let on_pick = choose.reform(move |name: String| opened(&choice, &name));
        return html! {
            <Picker label={say(lang, words::FILE)} class="cmp" kind="disk-file" {options} {value} {on_pick} />
        };
    }
    let more = (all > room.files).then(|| {
        let window = words::window(first + 1, first + window.len(), all);
        let back = (at > 0).then(|| turn(1, true));
        let on = (at + 1 < all).then(|| turn(1, false));
        pager(desk, words::MORE_FILES, "files", window, back, on)
    });
    html! {
        <table class="dfiles">
            <thead><tr>
                <th scope="col"><span class="dfhead">{ "version-2/" }{ more.unwrap_or_default() }</span></th>
                <th scope="col">{ span("sr", say(lang, words::FILLED)) }</th>
                <th scope="col" class="n">{ say(lang, words::DURABLE) }</th>
                <th scope="col" class="n">{ say(lang, words::PENDING) }</th>
            </tr></thead>
            <tbody>{ for window.iter().map(|file| row(desk, file, shown, open(&file.name))) }</tbody>
        </table>
    }
}

/// A choice of a file.
fn opened(choice: &DiskChoice, name: &str) -> DiskChoice {
    DiskChoice {
        shown: Choice {
            file: Some(name.to_owned()),
            pick: Pick::Newest,
        },
        first: None,
        ..choice.clone()
    }
}

/// A file where files are a list to pick from.
fn listed(desk: &Desk, file: &FileRow) -> String {
    let mut text = format!("{}: {}", file.name, file.durable);
    if file.pending > 0 {
        let pending = say(desk.lang, words::PENDING);
        text.push_str(&format!(" + {} {pending}", file.pending));
    }
    text
}

fn row(desk: &Desk, file: &FileRow, shown: Option<&str>, onclick: Callback<MouseEvent>) -> Html {
    let now = Some(file.name.as_str()) == shown;
    let note = words::file_note(desk.lang, file);
    let loud = file.lost > 0 || file.back > 0 || file.name_pending;
    html! {
        <tr key={file.name.clone()} class={classes!(now.then_some("sel"))}>
            <th scope="row">
                <button type="button" aria-pressed={now.to_string()} {onclick} data-kind="disk-file" data-id={file.name.clone()}>{ &file.name }</button>
            </th>
            <td class="fb">
                if let Some(note) = note {
                    { span(if loud { "dfnote loud" } else { "sr" }, note) }
                }
                if !loud { { bar(file) } }
            </td>
            <td class="n">{ file.durable }</td>
            <td class={classes!("n", "p", (file.pending > 0).then_some("on"))}>{ file.pending }</td>
        </tr>
    }
}

/// How much of it is safe: solid is durable, dashed is pending.
fn bar(file: &FileRow) -> Html {
    let share = |bytes: u64| format!("{}%", Thousandths(bytes * 100_000 / file.data().max(1)));
    html! {
        <svg width="64" height="8" aria-hidden="true">
            <rect class="alloc" x="0.5" y="0.5" width="63" height="7" />
            <rect class="durb" width={share(file.durable)} height="8" />
            if file.pending > 0 {
                <rect class="pendb" x={share(file.durable)} y="0.5" width={share(file.pending)} height="7" />
            }
        </svg>
    }
}
