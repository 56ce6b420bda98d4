//! The log columns: one column per zxid, the same in every row.

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::frame::{Cell, CellState, Fold, Frame, ServerRow, Zx};
use zablab_core::view::strip::{Bracket, Strip};

use super::Metrics;
use crate::desk::use_desk;
use crate::motion::Thousandths;
use crate::words;

/// The head of the log columns: epochs, counters, the top of the lens.
pub(super) fn head(strip: &Strip, metrics: Metrics, lang: Lang) -> Html {
    let before = before(strip, metrics);
    let lens = strip.lens.map(|at| lens_x(metrics, at, before));
    html! {
        <svg class="lhead" width={(metrics.log_width() + 4).to_string()} height="44" aria-hidden="true">
            if let Some((x, w)) = lens { <rect class="lens" x={x.to_string()} y="18" width={w.to_string()} height="26" /> }
            { for strip.epochs.iter().map(|b| bracket(b, metrics, before, lang)) }
            { next_epoch(strip, metrics, before) }
            if let Some(fold) = strip.fold {
                <text class="coln" x={(metrics.range() / 2).to_string()} y="33" text-anchor="middle">{ range_name(fold) }</text>
            }
            { for strip.columns.iter().enumerate().map(|(at, zx)| html! {
                <text class={classes!("coln", (strip.lens == Some(at)).then_some("hot"))} text-anchor="middle"
                    x={metrics.middle(at, before).to_string()} y="33">{ zx.counter }</text>
            }) }
            if let Some((x, w)) = lens {
                <path class="lensl" fill="none" d={format!("M{x} 44V18.5H{}V44", x + w)} />
            }
        </svg>
    }
}

fn bracket(bracket: &Bracket, metrics: Metrics, before: u32, lang: Lang) -> Html {
    let x1 = metrics.middle(bracket.columns.start, before) - metrics.cell / 2;
    let x2 = metrics.middle(bracket.columns.end - 1, before) + metrics.cell / 2;
    let leader = bracket.leader.map(|id| id.0);
    let room = x2 - x1;
    let long = words::epoch(lang, bracket.epoch, leader, true);
    let text = if text_width(&long) + 16 <= room {
        long
    } else {
        words::epoch(lang, bracket.epoch, leader, false)
    };
    let width = text_width(&text);
    html! {<>
        <path class="brk" d={format!("M{x1} 20V12H{x2}V20")} />
        <rect class="brkbg" x={(x1 + 6).to_string()} y="3" width={width.to_string()} height="18" />
        <text class="brkl" x={(x1 + 10).to_string()} y="12">{ text }</text>
    </>}
}

/// Room for a label of 12 pixels: a Chinese character is one em wide, a Latin one half of it.
fn text_width(text: &str) -> u32 {
    text.chars()
        .map(|c| if c.is_ascii() { 6 } else { 13 })
        .sum::<u32>()
        + 9
}

fn next_epoch(strip: &Strip, metrics: Metrics, before: u32) -> Html {
    let Some(epoch) = strip.next_epoch else {
        return Html::default();
    };
    let x = metrics.middle(strip.columns.len(), before) - metrics.cell / 2;
    if x + 30 > metrics.log_width() {
        return Html::default();
    }
    html! {<>
        <path class="brk fut" d={format!("M{x} 20V12H{}", x + 34)} />
        <rect class="brkbg" x={(x + 5).to_string()} y="3" width="21" height="18" />
        <text class="brkl fut" x={(x + 9).to_string()} y="12">{ format!("e{epoch}") }</text>
    </>}
}

/// Properties of [`LogColumns`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) rows: Vec<ServerRow>,
    pub(super) strip: Strip,
    pub(super) metrics: Metrics,
}

/// The cells of all rows: one picture, so that the lens runs through.
#[component]
pub(super) fn LogColumns(props: &Props) -> Html {
    let lang = use_desk().lang;
    let Props {
        rows,
        strip,
        metrics,
    } = props;
    let before = before(strip, *metrics);
    let lens = strip.lens.map(|at| lens_x(*metrics, at, before));
    html! {
        <svg class="ledger" width={(metrics.log_width() + 4).to_string()} height="100%" role="group">
            if let Some((x, w)) = lens {
                <rect class="lens" x={x.to_string()} y="0" width={w.to_string()} height="100%" />
            }
            { for (1..rows.len()).map(|at| rule(at, rows.len())) }
            { for rows.iter().enumerate().map(|(at, row)| log_row(at, rows.len(), row, strip, *metrics, lang)) }
            if let Some((x, w)) = lens {
                <line class="lensl" x1={x.to_string()} x2={x.to_string()} y1="0" y2="100%" />
                <line class="lensl" x1={(x + w).to_string()} x2={(x + w).to_string()} y1="0" y2="100%" />
            }
        </svg>
    }
}

/// The line between two rows.
pub(super) fn rule(at: usize, rows: usize) -> Html {
    let y = format!("{}%", Thousandths((at * 100_000 / rows) as u64));
    html! { <line class="rowrule" x1="0" x2="100%" y1={y.clone()} y2={y} /> }
}

fn log_row(at: usize, rows: usize, row: &ServerRow, strip: &Strip, m: Metrics, lang: Lang) -> Html {
    let y = format!("{}%", Thousandths(((at * 2 + 1) * 50_000 / rows) as u64));
    let before = before(strip, m);
    let alive = row.power.has_memory();
    html! {
        <svg class="ov" x="0" {y} width="1" height="1">
            if let Some(fold) = strip.fold { { range(row, strip.fold_of(row), fold, m, alive, lang) } }
            { for strip.columns.iter().zip(strip.cells(row)).enumerate().map(|(i, (zx, cell))| {
                let shape = Shape { x: m.middle(i, before) - m.cell / 2, w: m.cell, h: m.cell_h };
                let name = format!("{} {zx}: {}", row.id, words::cell(lang, *cell));
                entry(shape, *cell, &zx.counter.to_string(), strip.lens == Some(i), alive, &name, &format!("{}/{zx}", row.id))
            }) }
        </svg>
    }
}

fn range(row: &ServerRow, cell: Cell, fold: Fold, m: Metrics, alive: bool, lang: Lang) -> Html {
    let shape = Shape {
        x: 4,
        w: m.range() - (m.pitch - m.cell),
        h: m.cell_h,
    };
    let part = row
        .reaches
        .filter(|reaches| cell.state == CellState::Missing && *reaches >= fold.first);
    let what = match part {
        Some(reaches) => words::up_to(lang, reaches),
        None => words::cell(lang, cell),
    };
    let name = format!("{} {}–{}: {what}", row.id, fold.first, fold.last);
    let whole = entry(
        shape,
        cell,
        &range_name(fold),
        false,
        alive,
        &name,
        &format!("{}/fold", row.id),
    );
    let Some(reaches) = part else { return whole };
    let half = m.cell_h / 2;
    html! {<>
        { whole }
        <g class="cell" aria-hidden="true">
            <rect class="e dur" x={shape.x.to_string()} y={format!("-{half}")} rx="2"
                width={part_width(fold, reaches, shape.w).to_string()} height={m.cell_h.to_string()} />
            <text class="en-n n-dur" x={(shape.x + shape.w / 2).to_string()} y="0.5">{ range_name(Fold { last: reaches, count: 1 + u64::from(reaches > fold.first), ..fold }) }</text>
        </g>
    </>}
}

/// Width of the part that a server holds: to scale, and never too small to be seen.
fn part_width(fold: Fold, reaches: Zx, whole: u32) -> u32 {
    if fold.first.epoch != fold.last.epoch {
        return whole / 2;
    }
    let held = u64::from(reaches.counter - fold.first.counter) + 1;
    let width = u64::from(whole) * held / fold.count.max(1);
    u32::try_from(width)
        .unwrap_or(whole)
        .clamp(10, whole.saturating_sub(10))
}

fn range_name(fold: Fold) -> String {
    if fold.count == 1 {
        fold.last.counter.to_string()
    } else if fold.first.epoch == fold.last.epoch {
        format!("{}–{}", fold.first.counter, fold.last.counter)
    } else {
        format!("…{}", fold.last)
    }
}

#[derive(Clone, Copy)]
struct Shape {
    x: u32,
    w: u32,
    h: u32,
}

fn entry(
    shape: Shape,
    cell: Cell,
    number: &str,
    hot: bool,
    alive: bool,
    name: &str,
    id: &str,
) -> Html {
    let Shape { x, w, h } = shape;
    let (half, mid) = (h / 2, x + w / 2);
    let (left, right, top) = (x.to_string(), x + w, format!("-{half}"));
    let applied = cell.state == CellState::Applied;
    // Known to be committed, and a power loss would still take it from this server.
    let soft = cell.state >= CellState::Committed && !cell.durable;
    let (fill, label) = match cell.state {
        CellState::Missing => ("miss", None),
        CellState::Truncated => ("trunc", Some("n-trunc")),
        CellState::Proposed => ("vol", Some("n-vol")),
        CellState::Durable => ("dur", Some("n-dur")),
        CellState::Committed => ("com", Some("n-com")),
        CellState::Applied => ("com", Some("n-app")),
    };
    html! {
        <g class={classes!("cell", (hot && cell.state != CellState::Missing).then_some("hot"), (!alive).then_some("dead"))} role="img" aria-label={name.to_owned()}
            data-kind="entry" data-id={id.to_owned()} data-state={fill}>
            <rect class={classes!("e", fill, soft.then_some("soft"))} x={left.clone()} y={top} width={w.to_string()} height={h.to_string()} rx="2" />
            if applied { <rect class="bar" x={left} y={(half as i32 - 4).to_string()} width={w.to_string()} height="4" rx="1" /> }
            if cell.told { <path class="flag" d={format!("M{} -{half}H{right}V{}Z", right - 9, 9 - half as i32)} /> }
            if cell.state == CellState::Truncated { <path class="strike" d={format!("M{} 0H{}", x - 2, right + 2)} /> }
            if let Some(label) = label {
                <text class={classes!("en-n", label)} x={mid.to_string()} y={if applied { "-1" } else { "0.5" }}>{ number.to_owned() }</text>
            }
        </g>
    }
}

fn before(strip: &Strip, metrics: Metrics) -> u32 {
    if strip.fold.is_some() {
        metrics.range()
    } else {
        0
    }
}

fn lens_x(metrics: Metrics, at: usize, before: u32) -> (u32, u32) {
    (
        metrics.middle(at, before) - metrics.pitch / 2,
        metrics.pitch,
    )
}

/// The strip of a frame in a window.
pub(super) fn strip(frame: &Frame, metrics: Metrics) -> Strip {
    Strip::fit(&frame.columns, metrics.slots)
}
