//! The disk bar: x is bytes, on the same scale in every row. Numbers come before the bar and always
//! say durable *and* pending.

use std::sync::Arc;

use yew::prelude::*;
use zablab_core::view::Target;
use zablab_core::view::frame::{ByteScale, DiskRow, Frame, ServerRow};

use crate::desk::use_desk;
use crate::motion::Thousandths;
use crate::words::{self, Word};

/// Properties of [`DiskCell`].
#[derive(Properties)]
pub(super) struct Props {
    pub(super) frame: Arc<Frame>,
    /// Which of its rows.
    pub(super) at: usize,
}

/// Equal as long as nothing else would be drawn: most of a frame is no matter of a disk.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let epochs = |row: &ServerRow| (row.id, row.accepted, row.current);
        let same = |a: &ServerRow, b: &ServerRow| epochs(a) == epochs(b) && a.disk == b.disk;
        let rows = self.row().zip(other.row());
        self.frame.scale == other.frame.scale && rows.is_some_and(|(a, b)| same(a, b))
    }
}

impl Props {
    fn row(&self) -> Option<&ServerRow> {
        self.frame.servers.get(self.at)
    }
}

/// The disk column of one row.
#[component]
pub(super) fn DiskCell(props: &Props) -> Html {
    let desk = use_desk();
    let Some(row) = props.row() else {
        return Html::default();
    };
    let scale = &props.frame.scale;
    let disk = &row.disk;
    let fault = if disk.full {
        Some(Word::DiskFull)
    } else {
        disk.lying.then_some(Word::DiskLying)
    };
    let (accepted, current) = words::epochs(desk.lang);
    let own_file = disk.file.as_ref().filter(|_| scale.file.is_none());
    let file = disk.file.clone();
    let (id, looked) = (
        row.id,
        disk.file.clone().map(|name| Target::File(row.id, name)),
    );
    let pressed = looked.is_some() && desk.inspected == looked;
    let looked = looked.unwrap_or(Target::Server(id));
    let onclick = desk
        .inspect
        .reform(move |_: MouseEvent| Some(looked.clone()));
    html! {
        <button type="button" class="dk" {onclick} aria-pressed={pressed.to_string()} data-kind="disk" data-id={id.to_string()}>
        <span class="sr">{ id.to_string() }{ " " }</span>
        <span class="dl" title={file}>
            <span>{ desk.word(Word::Durable) }{ " " }<b>{ disk.durable }</b><span class="unit">{ " B" }</span></span>
            <span class={classes!("pend", (disk.pending > 0).then_some("on"))}>
                { desk.word(Word::Pending) }{ " " }<b>{ disk.pending }</b>
            </span>
        </span>
        { bar(disk, scale) }
        <span class="dl ep">
            if let Some(fault) = fault {
                <em class="bad">{ desk.word(fault) }</em>
            } else if let Some(file) = own_file {
                <span class="mono">{ file }</span>
            } else {
                <span>{ accepted }<b>{ row.accepted }</b>{ current }<b>{ row.current }</b></span>
            }
        </span>
        </button>
    }
}

fn bar(disk: &DiskRow, scale: &ByteScale) -> Html {
    let at = |byte: u64| percent(byte, scale);
    let wide = |from: u64, to: u64| {
        let (from, to) = (thousandths(from, scale), thousandths(to, scale));
        format!("{}%", Thousandths(to.saturating_sub(from)))
    };
    let written = disk.durable + disk.pending;
    let whole = disk
        .ends
        .iter()
        .filter(|end| **end > scale.from && **end < disk.durable);
    html! {
        <svg class="dbar" width="100%" height="16" aria-hidden="true">
            <rect class="alloc" x="0" y="2.5" width="100%" height="11" />
            <rect class="durb" x="0" y="2.5" width={wide(scale.from, disk.durable)} height="11" />
            if disk.pending > 0 {
                <rect class={classes!("pendb", disk.syncing.then_some("sync"))} x={at(disk.durable)} y="2.5"
                    width={wide(disk.durable, written)} height="11" />
            }
            if disk.lost > 0 {
                <rect class="lossb" x={at(written)} y="2.5" width={wide(written, written + disk.lost)} height="11" />
            }
            { for whole.map(|end| html! { <line class="rb" x1={at(*end)} x2={at(*end)} y1="2.5" y2="13.5" /> }) }
            if disk.durable > scale.from {
                <line class="dend" x1={at(disk.durable)} x2={at(disk.durable)} y1="0" y2="16" />
            }
        </svg>
    }
}

fn percent(byte: u64, scale: &ByteScale) -> String {
    format!("{}%", Thousandths(thousandths(byte, scale)))
}

/// Place of a byte on the bar, in thousandths of a percent.
fn thousandths(byte: u64, scale: &ByteScale) -> u64 {
    let length = scale.to.saturating_sub(scale.from).max(1);
    let at = byte.clamp(scale.from, scale.to.max(scale.from)) - scale.from;
    at * 100_000 / length
}
