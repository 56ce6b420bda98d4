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
        let new = DiskChoice {
            shown: Choice {
                file: Some(name.to_owned()),
                pick: Pick::Newest,
            },
            first: None,
            ..choice.clone()
        };
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
    html! {<>
        <table class="dfiles">
            <thead><tr>
                <th scope="col">{ "version-2/" }</th>
                <th scope="col">{ span("sr", say(lang, words::FILLED)) }</th>
                <th scope="col" class="n">{ say(lang, words::DURABLE) }</th>
                <th scope="col" class="n">{ say(lang, words::PENDING) }</th>
            </tr></thead>
            <tbody>{ for window.iter().map(|file| row(desk, file, shown, open(&file.name))) }</tbody>
        </table>
        if all > room.files {
            { pager(desk, words::MORE_FILES, "files", words::window(lang, first + 1, first + window.len(), all),
                (at > 0).then(|| turn(1, true)), (at + 1 < all).then(|| turn(1, false))) }
        }
    </>}
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
