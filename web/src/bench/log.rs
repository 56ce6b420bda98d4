//! The log columns: one column per zxid, the same in every row.
//!
//! ```text
//!        ‹ 1–60    ┌ epoch e1, led by S1 ─────┐          brackets
//!                   61    62    63    64   ▐65▌          numbers; a bar where the fate is open
//!   S1  [ 1–60 ]   [61]  [62]  [63]  [64]  ▐65▌          cells: buttons
//!       └ snapshot e1·62 ──┘▨▨                           what a snapshot holds
//! ```
//! Older columns stand folded at the left; pressing the fold shows them, and then the newer ones fold
//! at the right. All cells are one tab stop; arrow keys go from cell to cell.

use std::rc::Rc;
use std::sync::Arc;

use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::frame::{Cell, CellState, Fold, Frame, ServerRow, Zx};
use zablab_core::view::strip::{Bracket, Strip};
use zablab_core::view::{Lang, Target};

use super::cell::{self, Shape};
use super::roving::use_roving;
use super::spot::Spot;
use super::{Metrics, bench_words as say, cover, quorum};
use crate::desk::{Desk, use_desk};
use crate::motion::Thousandths;
use crate::words;

/// Properties of [`LogHead`] and [`LogColumns`].
#[derive(Properties)]
pub(super) struct Props {
    pub(super) frame: Arc<Frame>,
    pub(super) strip: Rc<Strip>,
    pub(super) metrics: Metrics,
    pub(super) spot: Spot,
}

/// Equal as long as nothing else would be drawn: most of a frame is no matter of the log.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let drawn = |row: &ServerRow| {
            let up = row.power.has_memory();
            (row.id, row.observer, up, row.fold, row.reaches)
        };
        let same = |(a, b): (&ServerRow, &ServerRow)| {
            drawn(a) == drawn(b) && a.cells == b.cells && a.spans == b.spans
        };
        let key = |props: &Self| (props.metrics, props.majority(), props.rows().len());
        key(self) == key(other)
            && self.strip == other.strip
            && self.spot == other.spot
            && self.rows().iter().zip(other.rows()).all(same)
    }
}

impl Props {
    fn rows(&self) -> &[ServerRow] {
        &self.frame.servers
    }

    fn majority(&self) -> u8 {
        self.frame.ensemble.majority
    }
}

/// The head of the log columns: epochs, numbers, the top of the lens.
#[component]
pub(super) fn LogHead(props: &Props) -> Html {
    let desk = use_desk();
    let Props { strip, metrics, .. } = props;
    let folds = usize::from(strip.fold.is_some()) + usize::from(strip.later.is_some());
    let roving = use_roving(strip.columns.len() + folds, turn(&desk, strip));
    let before = before(strip, *metrics);
    let lens = strip.lens.map(|at| lens_x(*metrics, at, before));
    let all = strip.columns.len() + usize::from(strip.fold.is_some());
    let first = usize::from(strip.fold.is_some());
    html! {
        <div class={classes!("lh", metrics.pitch_class())} ref={roving.node.clone()}
            onkeydown={roving.onkeydown()} onfocusin={roving.onfocusin()}>
            <svg class="lhead" width={(metrics.log_width() + 4).to_string()} height="44" aria-hidden="true">
                if let Some((x, w)) = lens { <rect class="lens" x={x.to_string()} y="18" width={w.to_string()} height="26" /> }
                { for strip.epochs.iter().map(|b| bracket(b, *metrics, before, desk.lang)) }
                { next_epoch(strip, *metrics, before) }
                if let Some((x, w)) = lens {
                    <path class="lensl" fill="none" d={format!("M{x} 44V18.5H{}V44", x + w)} />
                }
            </svg>
            <div class="lhs">
                if let Some(fold) = strip.fold { { fold_head(&desk, fold, -2, roving.stop(0, all)) } }
                { for strip.columns.iter().enumerate().map(|(at, zx)| column_head(&desk, props, at, *zx, roving.stop(at + first, all))) }
                if let Some(later) = strip.later { { fold_head(&desk, later, 2, roving.stop(all, all + 1)) } }
            </div>
        </div>
    }
}

/// Older, newer, or the newest columns again.
fn turn(desk: &Desk, strip: &Strip) -> Callback<i32> {
    let half = (strip.columns.len() as i32 / 2).max(1);
    desk.act.reform(move |to: i32| {
        Action::Columns(match to {
            0 => None,
            -2 | 2 => Some(to * half),
            one => Some(one),
        })
    })
}

fn fold_head(desk: &Desk, fold: Fold, to: i32, tabindex: &'static str) -> Html {
    let range = range_name(fold);
    let name = if to < 0 {
        say::older(desk.lang, &range)
    } else {
        say::newer(desk.lang, &range)
    };
    let by = to * 2;
    html! {
        <button type="button" class="ch folded" {tabindex} title={name.clone()} aria-label={name} data-kind="columns"
            data-id={if to < 0 { "older" } else { "newer" }} onclick={desk.ask(Action::Columns(Some(by)))}>
            if to < 0 { <i>{ "‹" }</i> }{ range }if to > 0 { <i>{ "›" }</i> }
        </button>
    }
}

fn column_head(desk: &Desk, props: &Props, at: usize, zx: Zx, tabindex: &'static str) -> Html {
    let (strip, rows) = (&*props.strip, props.rows());
    let open = strip.open.contains(&at);
    let cells = |row: &ServerRow| strip.cells(row).get(at).copied().unwrap_or_default();
    let votes = quorum::of(rows, cells);
    let holders: Vec<String> = votes
        .iter()
        .filter(|slot| slot.durable)
        .map(|slot| slot.server.to_string())
        .collect();
    let name = say::column(desk.lang, zx, &holders, props.majority(), open);
    let hot = (strip.lens == Some(at)).then_some("hot");
    let looked = desk.inspected == Some(Target::Transaction(zx));
    let onclick = desk
        .inspect
        .reform(move |_: MouseEvent| Some(Target::Transaction(zx)));
    html! {
        <button type="button" class={classes!("ch", hot)} {tabindex} title={format!("{} · {name}", zx.hex())} aria-label={name}
            data-kind="transaction" data-id={zx.to_string()} data-state={if open { "open" } else { "closed" }} {onclick}
            aria-pressed={looked.to_string()}>
            { zx.counter }
            if open { { quorum::compact(&votes, props.majority(), props.metrics.cell) } }
        </button>
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
pub(super) fn text_width(text: &str) -> u32 {
    text.chars()
        .map(|c| if c.is_ascii() { 6 } else { 13 })
        .sum::<u32>()
        + 9
}

fn next_epoch(strip: &Strip, metrics: Metrics, before: u32) -> Html {
    let Some(epoch) = strip.next_epoch.filter(|_| strip.later.is_none()) else {
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

/// The cells of all rows, over one picture, so that the lens runs through.
#[component]
pub(super) fn LogColumns(props: &Props) -> Html {
    let desk = use_desk();
    let Props { strip, metrics, .. } = props;
    let rows = props.rows();
    let before = before(strip, *metrics);
    let lens = strip.lens.map(|at| lens_x(*metrics, at, before));
    let folds = usize::from(strip.fold.is_some()) + usize::from(strip.later.is_some());
    let wide = strip.columns.len() + folds;
    let roving = use_roving(wide, turn(&desk, strip));
    let all = wide * rows.len();
    html! {
        <div class={classes!("ledger", metrics.pitch_class())} role="group" aria-label={say::Word::Log.get(desk.lang)}
            ref={roving.node.clone()} onkeydown={roving.onkeydown()} onfocusin={roving.onfocusin()}>
            <svg class="under" width={(metrics.log_width() + 4).to_string()} height="100%" aria-hidden="true">
                if let Some((x, w)) = lens {
                    <rect class="lens" x={x.to_string()} y="0" width={w.to_string()} height="100%" />
                }
                { for (1..rows.len()).map(|at| rule(at, rows.len())) }
                if let Some((x, w)) = lens {
                    <line class="lensl" x1={x.to_string()} x2={x.to_string()} y1="0" y2="100%" />
                    <line class="lensl" x1={(x + w).to_string()} x2={(x + w).to_string()} y1="0" y2="100%" />
                }
            </svg>
            { for rows.iter().enumerate().map(|(at, row)| {
                let line = Line { desk: &desk, row, props };
                html! {
                    <div class={classes!("entries", (!row.power.has_memory()).then_some("dead"))}>
                        { line.cells(|i| roving.stop(at * wide + i, all)) }
                        { cover::spans(row, strip, *metrics, desk.lang) }
                    </div>
                }
            }) }
        </div>
    }
}

/// The line between two rows.
pub(super) fn rule(at: usize, rows: usize) -> Html {
    let y = format!("{}%", Thousandths((at * 100_000 / rows) as u64));
    html! { <line class="rowrule" x1="0" x2="100%" y1={y.clone()} y2={y} /> }
}

/// One server's cells.
struct Line<'a> {
    desk: &'a Desk,
    row: &'a ServerRow,
    props: &'a Props,
}

impl Line<'_> {
    fn cells(&self, stop: impl Fn(usize) -> &'static str) -> Html {
        let Props { strip, .. } = self.props;
        let first = usize::from(strip.fold.is_some());
        let shown = strip.columns.iter().zip(strip.cells(self.row)).enumerate();
        html! {<>
            if let Some(fold) = strip.fold { { self.range(fold, strip.fold_of(self.row), stop(0)) } }
            { for shown.map(|(at, (zx, cell))| self.entry(at, *zx, *cell, stop(at + first))) }
            if let Some(later) = strip.later { { self.later(later, stop(strip.columns.len() + first)) } }
        </>}
    }

    fn entry(&self, at: usize, zx: Zx, cell: Cell, tabindex: &'static str) -> Html {
        let (m, id) = (self.props.metrics, self.row.id);
        let shape = Shape {
            x: (m.pitch - m.cell) / 2,
            w: m.cell,
            h: m.cell_h,
        };
        let name = format!("{id} {zx}: {}", say::cell(self.desk.lang, cell));
        let target = Target::Entry(id, zx);
        let looked = self.desk.inspected.as_ref() == Some(&target);
        let hot = self.props.strip.lens == Some(at) && cell.state != CellState::Missing;
        let onclick = self
            .desk
            .inspect
            .reform(move |_: MouseEvent| Some(target.clone()));
        html! {
            <button type="button" class={classes!("cell", hot.then_some("hot"), self.props.spot.cell(id, zx))} {tabindex}
                title={name.clone()} aria-label={name} aria-pressed={looked.to_string()} {onclick}
                data-kind="entry" data-id={format!("{id}/{zx}")} data-state={cell::look(cell)}>
                <svg class="ov" width={m.pitch.to_string()} height="1" aria-hidden="true">
                    { cell::draw(shape, cell, &zx.counter.to_string()) }
                </svg>
            </button>
        }
    }

    fn fold_shape(&self) -> Shape {
        let m = self.props.metrics;
        Shape {
            x: (m.pitch - m.cell) / 2,
            w: m.range() - (m.pitch - m.cell),
            h: m.cell_h,
        }
    }

    fn range(&self, fold: Fold, cell: Cell, tabindex: &'static str) -> Html {
        let (shape, row, lang) = (self.fold_shape(), self.row, self.desk.lang);
        let part = row
            .reaches
            .filter(|reaches| cell.state == CellState::Missing && *reaches >= fold.first);
        let what = match part {
            Some(reaches) => words::up_to(lang, reaches),
            None => words::cell(lang, cell),
        };
        // Of a part, its own range is written.
        let held = part.map_or(fold, |reaches| Fold {
            last: reaches,
            count: 1 + u64::from(reaches > fold.first),
            ..fold
        });
        let written = range_name(held);
        let name = format!("{} {written}, {}–{}: {what}", row.id, fold.first, fold.last);
        // A range is plain: what is purged of it is what a snapshot is for.
        let plain = Cell {
            record: zablab_core::view::frame::InLog::Whole,
            ..cell
        };
        let half = shape.h / 2;
        html! {
            <button type="button" class="cell folded" {tabindex} title={name.clone()} aria-label={name}
                data-kind="entry" data-id={format!("{}/fold", row.id)} data-state={cell::look(plain)}
                onclick={self.desk.ask(Action::Columns(Some(-4)))}>
                <svg class="ov" width={self.props.metrics.range().to_string()} height="1" aria-hidden="true">
                    { cell::draw(shape, plain, if part.is_none() { &written } else { "" }) }
                    if let Some(reaches) = part {
                        <rect class="e dur" x={shape.x.to_string()} y={format!("-{half}")} rx="2"
                            width={part_width(fold, reaches, shape.w).to_string()} height={shape.h.to_string()} />
                        <text class="en-n n-dur" x={(shape.x + shape.w / 2).to_string()} y="0.5">{ &written }</text>
                    }
                </svg>
            </button>
        }
    }

    /// Newer columns are not told apart: the cell only leads back to them.
    fn later(&self, fold: Fold, tabindex: &'static str) -> Html {
        let name = say::newer(self.desk.lang, &range_name(fold));
        let Shape { x, w, h } = self.fold_shape();
        html! {
            <button type="button" class="cell folded" {tabindex} aria-label={format!("{}: {name}", self.row.id)} title={name}
                data-kind="entry" data-id={format!("{}/later", self.row.id)} onclick={self.desk.ask(Action::Columns(Some(4)))}>
                <svg class="ov" width={self.props.metrics.range().to_string()} height="1" aria-hidden="true">
                    <rect class="e later" x={x.to_string()} y={format!("-{}", h / 2)} width={w.to_string()} height={h.to_string()} rx="2" />
                    <text class="en-n n-purged" x={(x + w / 2).to_string()} y="0.5">{ range_name(fold) }</text>
                </svg>
            </button>
        }
    }
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

/// Width of the range cell on the left.
pub(super) fn before(strip: &Strip, metrics: Metrics) -> u32 {
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
