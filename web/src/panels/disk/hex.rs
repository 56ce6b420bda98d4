//! Raw bytes: offset, bytes, letters. A run of bytes of one field is one piece, coloured by what it
//! belongs to and marked by what a power loss leaves of it.

use std::ops::Range;

use yew::prelude::*;
use zablab_core::view::disk::{FieldView, FileView, Group, HexView, PartView, Safety, Tone};

use super::record::{Pointer, byte_class, pairs};
use super::words::{self, say};
use crate::desk::Desk;
use crate::panels::piece::span;

/// The bytes of `range`, counted from the start of the part.
pub(super) fn hex(
    desk: &Desk,
    file: &FileView,
    part: &PartView,
    pointer: &Pointer,
    range: Range<usize>,
    per_line: usize,
) -> Html {
    let active = pointer.at();
    let starts = range.clone().step_by(per_line);
    html! {
        <div class="dhex" role="listbox" tabindex="0" onkeydown={pointer.keys()} aria-label={say(desk.lang, words::BYTES)}
            aria-activedescendant={active.map(|at| format!("disk-byte-{at}"))} data-kind="disk-bytes" data-id={part.row.number.to_string()}>
            { for starts.map(|start| row(desk, file, part, pointer, start..range.end.min(start + per_line))) }
        </div>
    }
}

/// Bytes of one field in one row.
struct Run {
    field: usize,
    bytes: Range<usize>,
    safety: Safety,
}

fn row(
    desk: &Desk,
    file: &FileView,
    part: &PartView,
    pointer: &Pointer,
    range: Range<usize>,
) -> Html {
    let hex = &file.hex;
    let runs = runs(part, hex, range.clone());
    html! {
        <div class="dhrow" role="none">
            <span class="off" aria-hidden="true">{ hex.from + range.start as u64 }</span>
            <span class="dhb" role="none">{ for runs.iter().map(|run| bytes(desk, part, hex, pointer, run)) }</span>
            <span class="dha" aria-hidden="true">{ for runs.iter().map(|run| letters(hex, pointer, run)) }</span>
        </div>
    }
}

fn runs(part: &PartView, hex: &HexView, range: Range<usize>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for byte in range {
        let at = hex.from + byte as u64;
        let field = part
            .fields
            .iter()
            .position(|f| f.at <= at && at < f.at + f.len);
        let safety = hex.stretches.iter().find(|(end, _)| at < *end);
        let (field, safety) = (
            field.unwrap_or(usize::MAX),
            safety.map_or(Safety::Durable, |(_, safety)| *safety),
        );
        match runs.last_mut() {
            Some(run) if run.field == field && run.safety == safety => run.bytes.end = byte + 1,
            _ => runs.push(Run {
                field,
                bytes: byte..byte + 1,
                safety,
            }),
        }
    }
    runs
}

fn bytes(desk: &Desk, part: &PartView, hex: &HexView, pointer: &Pointer, run: &Run) -> Html {
    let Some(field) = part.fields.get(run.field) else {
        return span("", pairs(&hex.bytes[run.bytes.clone()]));
    };
    let on = pointer.at() == Some(run.field);
    let class = classes!(
        "db",
        colour(field),
        byte_class(run.safety),
        on.then_some("on")
    );
    let text = pairs(&hex.bytes[run.bytes.clone()]);
    let first = hex.from + run.bytes.start as u64 == field.at;
    let over = pointer.over(Some(run.field));
    let onclick = pointer.choose(run.field);
    if !first {
        return html! { <span {class} aria-hidden="true" onmouseenter={over} {onclick}>{ text }</span> };
    }
    // What is seen is part of the name.
    let said = format!("{text} {} {}", field.name, field.meaning.get(desk.lang));
    html! {
        <span {class} role="option" id={format!("disk-byte-{}", run.field)} aria-selected={on.to_string()} aria-label={said}
            onmouseenter={over} {onclick} data-kind="disk-byte" data-id={field.name}>{ text }</span>
    }
}

fn letters(hex: &HexView, pointer: &Pointer, run: &Run) -> Html {
    let letter = |byte: &u8| match byte {
        b'!'..=b'~' => char::from(*byte),
        _ => '.',
    };
    let text: String = hex.bytes[run.bytes.clone()].iter().map(letter).collect();
    let on = pointer.at() == Some(run.field);
    let class = classes!(byte_class(run.safety), on.then_some("on"));
    html! { <span {class}>{ text }</span> }
}

/// The colour of a field.
fn colour(field: &FieldView) -> &'static str {
    match (field.tone, field.group) {
        (Tone::Bad, _) => "kbad",
        (Tone::Good, _) => "kok",
        (_, Group::Frame) => "kframe",
        (_, Group::Head) => "khead",
        (_, Group::Zxid) => "kzxid",
        (_, Group::Body) => "kbody",
        (_, Group::Digest) => "kdigest",
        (_, Group::Blank) => "kblank",
    }
}
