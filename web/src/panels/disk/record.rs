//! One part of a file in full: its fields as a table, its bytes below. A field that is pointed at, with
//! the mouse or with the arrow keys, is marked in both, and its name stands in the last line.

use std::rc::Rc;

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::Lang;
use zablab_core::view::disk::{FieldView, FileView, PartView, Safety, Tone};
use zablab_core::view::frame::Zx;

use super::hex::hex;
use super::parts::{class, pager};
use super::room::Room;
use super::words::{self, say};
use crate::desk::{Desk, use_desk};
use crate::panels::piece::{piece, span};

/// Properties of [`RecordCard`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) file: Rc<Option<FileView>>,
    pub(super) server: ServerId,
    pub(super) room: Room,
    pub(super) lens: Option<Zx>,
    /// Bytes, where there is no room for both.
    pub(super) bytes: bool,
}

/// Which field is pointed at, and which rows are shown.
#[derive(Clone)]
pub(super) struct Pointer {
    /// The field under the mouse.
    hover: UseStateHandle<Option<usize>>,
    /// The field that was chosen.
    cursor: UseStateHandle<Option<usize>>,
    fields: usize,
}

impl Pointer {
    /// The field that is marked.
    pub(super) fn at(&self) -> Option<usize> {
        self.hover.or(*self.cursor).filter(|at| *at < self.fields)
    }

    /// Marks a field while the mouse is over it.
    pub(super) fn over<E: 'static>(&self, field: Option<usize>) -> Callback<E> {
        let hover = self.hover.clone();
        Callback::from(move |_| hover.set(field))
    }

    /// Marks a field for good.
    pub(super) fn choose(&self, field: usize) -> Callback<MouseEvent> {
        let cursor = self.cursor.clone();
        Callback::from(move |_| cursor.set(Some(field)))
    }

    /// Arrow keys go from field to field.
    pub(super) fn keys(&self) -> Callback<KeyboardEvent> {
        let (hover, cursor) = (self.hover.clone(), self.cursor.clone());
        let last = self.fields.saturating_sub(1);
        let at = self.at();
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowDown" | "ArrowRight" => at.map_or(0, |at| last.min(at + 1)),
                "ArrowUp" | "ArrowLeft" => at.map_or(last, |at| at.saturating_sub(1)),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            hover.set(None);
            cursor.set(Some(to));
        })
    }
}

/// The card.
#[component]
pub(super) fn RecordCard(props: &Props) -> Html {
    let desk = use_desk();
    let room = props.room;
    let pointer = Pointer {
        hover: use_state_eq(|| None),
        cursor: use_state_eq(|| None),
        fields: match &*props.file {
            Some(FileView {
                part: Some(part), ..
            }) => part.fields.len(),
            _ => 0,
        },
    };
    let pages = use_state_eq(|| (0_usize, 0_usize));
    let Some((file, part)) = (*props.file)
        .as_ref()
        .and_then(|file| Some((file, file.part.as_ref()?)))
    else {
        return Html::default();
    };
    let (fpage, bpage) = *pages;
    // What is marked is shown, wherever one has turned to.
    let per_page = room.lines * room.bytes;
    let fpage = pointer.at().map_or(fpage, |at| at / room.fields);
    let bpage = pointer.at().map_or(bpage, |at| {
        page_with(&part.fields[at], part.row.at, per_page, bpage)
    });
    let turn = |fields: usize, bytes: usize| {
        let (pages, pointer) = (pages.clone(), pointer.clone());
        Callback::from(move |_: MouseEvent| {
            pointer.cursor.set(None);
            pages.set((fields, bytes));
        })
    };
    let lang = desk.lang;
    let (all, shown) = (part.fields.len(), fpage * room.fields);
    let more_fields = (all > room.fields).then(|| {
        let window = words::window(shown + 1, all.min(shown + room.fields), all);
        let back = (fpage > 0).then(|| turn(fpage.saturating_sub(1), bpage));
        let on = (shown + room.fields < all).then(|| turn(fpage + 1, bpage));
        pager(&desk, words::MORE_FIELDS, "fields", window, back, on)
    });
    let len = usize::try_from(part.row.len)
        .unwrap_or(usize::MAX)
        .min(file.hex.bytes.len());
    let start = (bpage * per_page).min(len);
    let end = len.min(start + per_page);
    let more_bytes = (len > per_page).then(|| {
        let window = words::window(start + 1, end, len);
        let back = (bpage > 0).then(|| turn(fpage, bpage.saturating_sub(1)));
        let on = (end < len).then(|| turn(fpage, bpage + 1));
        pager(&desk, words::MORE_BYTES, "bytes", window, back, on)
    });
    let both = !room.either;
    html! {
        <div class="drec" onmouseleave={pointer.over(None)} data-kind="disk-record" data-id={part.row.number.to_string()}>
            if both || !props.bytes {
                { table(&desk, part, &pointer, shown, room, props.server, props.lens) }
            }
            if both || props.bytes {
                { hex(&desk, file, part, &pointer, start..end, room.bytes) }
            }
            <div class="dfoot">
                { named(lang, part, &pointer) }
                if both || !props.bytes { { more_fields.unwrap_or_default() } }
                if both || props.bytes { { more_bytes.unwrap_or_default() } }
            </div>
        </div>
    }
}

/// The page that shows some of a field: the one that is open, if it does.
fn page_with(field: &FieldView, base: u64, per_page: usize, open: usize) -> usize {
    let first = (field.at - base) as usize / per_page;
    let last = (field.at + field.len.max(1) - 1 - base) as usize / per_page;
    open.clamp(first, last)
}

/// What part it is, where it stands, and what is wrong with it.
pub(super) fn caption(lang: Lang, file: &FileView) -> Html {
    let Some(part) = &file.part else {
        return Html::default();
    };
    let row = &part.row;
    let bad = !part.verdict.is_empty();
    html! {
        <p class="dcap">
            { words::place(lang, file, row) }
            if let Some(zxid) = row.zxid { <b>{ zxid.to_string() }</b>{ words::stands(lang, row) } }
            if row.safety != Safety::Durable {
                { span(if row.safety == Safety::Pending { "dbadge yp" } else { "dbadge yx" }, words::safety(lang, row.safety)) }
            }
            if bad { { piece("em", "bad", part.verdict.get(lang).to_owned().into()) } }
        </p>
    }
}

fn table(
    desk: &Desk,
    part: &PartView,
    pointer: &Pointer,
    shown: usize,
    room: Room,
    server: ServerId,
    lens: Option<Zx>,
) -> Html {
    let active = pointer.at();
    let window = part.fields.iter().enumerate().skip(shown).take(room.fields);
    let open = part.row.zxid.is_some() && part.row.zxid == lens;
    html! {
        <table class="dfields" role="grid" tabindex="0" onkeydown={pointer.keys()} aria-label={say(desk.lang, words::FIELDS)}
            aria-activedescendant={active.map(field_id)} data-kind="disk-fields" data-id={server.to_string()}>
            <tbody>{ for window.map(|(at, field)| field_row(desk.lang, at, field, active == Some(at), open, pointer)) }</tbody>
        </table>
    }
}

fn field_id(at: usize) -> String {
    format!("disk-field-{at}")
}

fn field_row(
    lang: Lang,
    at: usize,
    field: &FieldView,
    active: bool,
    open: bool,
    pointer: &Pointer,
) -> Html {
    let tone = match field.tone {
        Tone::Plain => None,
        Tone::Good => Some("ok"),
        Tone::Bad => Some("bad"),
        Tone::Key => Some(if open { "key lens2" } else { "key" }),
    };
    let rest = field.len - field.head.len() as u64;
    // As many bytes as leave room for the number of the others.
    let bytes = if rest > 0 {
        &field.head[..6]
    } else {
        &field.head[..]
    };
    let more = (rest > 0).then(|| format!("+{}", field.len - 6));
    html! {
        <tr id={field_id(at)} role="row" aria-selected={active.to_string()} class={classes!(tone)} onmouseenter={pointer.over(Some(at))}
            onclick={pointer.choose(at)} data-kind="disk-field" data-id={field.name}>
            <td class="off" role="gridcell">{ field.at }</td>
            <th scope="row" role="rowheader">{ field.name }</th>
            <td class="by" role="gridcell">{ pairs(bytes) }if let Some(more) = more { { " " }{ piece("i", "", more.into()) } }</td>
            <td class="val" role="gridcell">{ field.meaning.get(lang) }</td>
        </tr>
    }
}

/// `00 ff 12`.
pub(super) fn pairs(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The name of what is marked, and what it says.
fn named(lang: Lang, part: &PartView, pointer: &Pointer) -> Html {
    let Some(field) = pointer.at().map(|at| &part.fields[at]) else {
        return html! { <p class="dsaid">{ say(lang, words::HINT) }</p> };
    };
    let last = field.at + field.len.max(1) - 1;
    let place = if last > field.at {
        format!("{}–{last}", field.at)
    } else {
        field.at.to_string()
    };
    html! {
        <p class="dsaid" data-kind="disk-named" data-id={field.name}>
            { span("off", place) }{ " " }<b>{ field.name }</b>{ " " }{ span("", field.meaning.get(lang).to_owned()) }
            { span("dabout", field.about.get(lang).to_owned()) }
        </p>
    }
}

/// The class of a byte by what a power loss leaves of it.
pub(super) const fn byte_class(safety: Safety) -> &'static str {
    class(safety)
}
