//! Brackets of what holds transactions besides the log: a server's snapshots under its cells, and the
//! backups of the vault under all rows.
//!
//! ```text
//!   └─ snapshot e1·30 ────────┘▨▨      hatched: effects up to there may be in it
//!   └─ B3 ───────────┘┌╌ RPO gap: 7 ╌┐
//! ```

use yew::prelude::*;
use zablab_core::lab::Order;
use zablab_core::view::Lang;
use zablab_core::view::Target;
use zablab_core::view::frame::{BackupView, Frame, ServerRow, SpanView, Zx};
use zablab_core::view::strip::{Reach, Strip};

use super::{Metrics, bench_words as say, log};
use crate::desk::{Desk, Layout, use_desk};

/// Height of the line of a backup: what is pressed keeps 24 pixels.
const TIER: u32 = 24;

/// Where a bracket up to `zx` ends, in pixels; `None` when it ends before everything shown.
fn end(strip: &Strip, m: Metrics, zx: Zx) -> Option<u32> {
    let before = log::before(strip, m);
    match strip.reach(zx) {
        Reach::Nothing => None,
        Reach::Fold(part) => Some(4 + (m.range() - 6) * part / 1_000),
        Reach::Column(at) => Some(m.middle(at, before) + m.cell / 2),
    }
}

fn start(m: Metrics) -> u32 {
    1 + (m.pitch - m.cell) / 2
}

/// The snapshots of a server: the newest as a bracket with its name, older ones as ticks on it.
pub(super) fn spans(row: &ServerRow, strip: &Strip, m: Metrics, lang: Lang) -> Html {
    let shown = |span: &SpanView| Some((*span, end(strip, m, span.zxid)?));
    let all: Vec<(SpanView, u32)> = row.spans.iter().filter_map(shown).collect();
    let Some(((newest, x2), older)) = all.split_first() else {
        return Html::default();
    };
    let (x1, top) = (start(m), m.cell_h / 2 + 3 + m.drop);
    let bottom = top + m.span;
    let label = say::span_label(lang, newest);
    let width = log::text_width(&label);
    let labelled = m.span_label && x1 + width + 14 <= *x2;
    let fuzzy = newest
        .fuzzy_to
        .and_then(|to| end(strip, m, to))
        .filter(|to| to > x2);
    let names: Vec<String> = row
        .spans
        .iter()
        .map(|span| say::span(lang, row, span))
        .collect();
    let soft = (!newest.durable).then_some("soft");
    html! {
        <svg class="ov spans" width="1" height="1" role="img" aria-label={names.join("; ")} data-kind="span"
            data-id={row.id.to_string()} data-state={if newest.writing { "writing" } else if fuzzy.is_some() { "fuzzy" } else { "whole" }}>
            <title>{ names.join("\n") }</title>
            <path class={classes!("sbrk", soft)} d={format!("M{x1} {top}V{bottom}H{x2}V{top}")} />
            { for older.iter().filter(|(_, x)| x < x2).map(|(_, x)| html! { <path class="sbrk" d={format!("M{x} {top}V{bottom}")} /> }) }
            if let Some(to) = fuzzy {
                <rect class="fuzz" x={x2.to_string()} y={top.to_string()} width={(to - x2).to_string()} height={(m.span + 1).to_string()} />
            }
            if labelled {
                <rect class="brkbg" x={(x1 + 6).to_string()} y={(bottom - 6).to_string()} width={(width - 2).to_string()} height="12" />
                <text class="sbrkl" x={(x1 + 9).to_string()} y={bottom.to_string()}>{ label }</text>
            }
        </svg>
    }
}

/// Properties of [`Backups`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) frame: std::sync::Arc<Frame>,
    pub(super) strip: Strip,
    pub(super) metrics: Metrics,
}

/// The row under all servers, while the vault holds backups.
#[component]
pub(super) fn Backups(props: &Props) -> Html {
    let desk = use_desk();
    let Props {
        frame,
        strip,
        metrics,
    } = props;
    let shown = shown(&desk, frame);
    if shown.is_empty() {
        return Html::default();
    }
    let told = |at: usize| shown.iter().any(|tier| tier.stands_for.contains(&at));
    let all = frame.backups.iter().enumerate();
    let more = all
        .filter(|(at, backup)| backup.whole && !told(*at))
        .count();
    let height = 2 + TIER * shown.len() as u32;
    let (gap, room) = (Gap::of(props, desk.lang), room(&desk, *metrics));
    html! {
        <div class="bvault">
            <div class="bvl">{ say::Word::Coverage.get(desk.lang) }if more > 0 { { say::more(desk.lang, more) } }</div>
            <div class="bvc">
                <svg class="ov" width={(metrics.log_width() + 4).to_string()} height={height.to_string()} role="img"
                    aria-label={frame.gap.map_or_else(|| say::Word::Coverage.get(desk.lang).to_owned(), |gap| say::gap(desk.lang, gap.count))} data-kind="gap"
                    data-id={frame.gap.map_or(0, |gap| gap.count).to_string()}>
                    { for shown.iter().enumerate().map(|(at, b)| {
                        let beside = gap.as_ref().filter(|_| at + 1 == shown.len());
                        bracket(b, at as u32 * TIER + 6, strip, *metrics, (beside, room))
                    }) }
                    { gap.map(|gap| gap.draw(room, shown.len() as u32)).unwrap_or_default() }
                </svg>
                <div class="bvs">
                    { for shown.iter().map(|Tier { backup, .. }| {
                        let (name, id) = (say::backup(desk.lang, backup), backup.name.clone());
                        let onclick = desk.inspect.reform(move |_: MouseEvent| Some(Target::Backup(id.clone())));
                        html! { <button type="button" class="bv" title={name.clone()} aria-label={name} {onclick}
                            data-kind="backup" data-id={backup.name.clone()}></button> }
                    }) }
                </div>
            </div>
        </div>
    }
}

/// A backup that has a line of its own.
struct Tier<'a> {
    backup: &'a BackupView,
    /// The first of its chain, when those before it have no line: then its bracket is that of all.
    root: Option<&'a BackupView>,
    /// The places of the backups that its bracket stands for.
    stands_for: Vec<usize>,
}

/// The backups that there is room for, oldest first: what is being copied, then what is whole.
fn shown<'a>(desk: &Desk, frame: &'a Frame) -> Vec<Tier<'a>> {
    let room = if desk.layout == Layout::Cockpit { 2 } else { 1 };
    let rank = |at: &usize| {
        let backup = &frame.backups[*at];
        (backup.runs, backup.whole, *at)
    };
    let mut places: Vec<usize> = (0..frame.backups.len()).collect();
    places.order_by_key(|at| std::cmp::Reverse(rank(at)));
    places.truncate(room);
    places.order_by_key(|at| *at);
    let tier = |at: &usize| {
        let backup = &frame.backups[*at];
        let mut tier = Tier {
            backup,
            root: None,
            stands_for: vec![*at],
        };
        let mut parent = parent(frame, backup);
        while let Some((place, before)) = parent.filter(|(place, _)| !places.contains(place)) {
            tier.root = Some(before);
            tier.stands_for.push(place);
            parent = self::parent(frame, before).filter(|(earlier, _)| *earlier < place);
        }
        tier
    };
    places.iter().map(tier).collect()
}

/// What a backup goes on from, and its place.
fn parent<'a>(frame: &'a Frame, backup: &BackupView) -> Option<(usize, &'a BackupView)> {
    let name = backup.parent.as_ref()?;
    let mut all = frame.backups.iter().enumerate();
    all.find(|(_, other)| other.name == *name)
}

/// Where the bracket of a backup ends: across from where the log columns begin, and down from the last
/// row of the bench.
pub(super) fn place(
    desk: &Desk,
    frame: &Frame,
    strip: &Strip,
    m: Metrics,
    name: &str,
) -> (u32, u32) {
    let mut tiers = shown(desk, frame).into_iter().enumerate();
    // On a phone the name of the row stands above it.
    let top = if desk.layout == Layout::Phone { 30 } else { 12 };
    match tiers.find(|(_, tier)| tier.backup.name == name) {
        Some((at, tier)) => (ends(&tier, strip, m).1, top + at as u32 * TIER),
        None => (start(m), top),
    }
}

/// Where its bracket begins and ends, in pixels.
fn ends(tier: &Tier<'_>, strip: &Strip, m: Metrics) -> (u32, u32) {
    let backup = tier.backup;
    let x1 = tier
        .root
        .unwrap_or(backup)
        .from
        .map_or(start(m), |from| begin(strip, m, from));
    (x1, end(strip, m, backup.zxid).unwrap_or(0).max(x1 + 6))
}

/// Where the column of `zx` begins; what lies before everything shown begins with it.
fn begin(strip: &Strip, m: Metrics, zx: Zx) -> u32 {
    match strip.reach(zx) {
        Reach::Column(at) => m.middle(at, log::before(strip, m)) - m.cell / 2,
        Reach::Nothing | Reach::Fold(_) => start(m),
    }
}

/// What a backup holds: from its first transaction to its last, hatched where no point can be restored,
/// broken while it is not whole.
fn bracket(
    tier: &Tier<'_>,
    y: u32,
    strip: &Strip,
    m: Metrics,
    (beside, room): (Option<&Gap>, u32),
) -> Html {
    let (x1, x2) = ends(tier, strip, m);
    let Tier { backup, root, .. } = tier;
    let bottom = y + 7;
    let own = match backup.percent {
        Some(percent) => format!("{} {percent} %", backup.name),
        None => format!("{} {}", backup.name, backup.zxid),
    };
    // The first of the chain is named where there is room for it.
    let chain = root.map(|root| format!("{} … {own}", root.name));
    let chain = chain.filter(|chain| x1 + log::text_width(chain) + 14 <= x2);
    let text = chain.unwrap_or(own);
    let width = log::text_width(&text);
    // The name stands in the bracket, else behind it, where the gap may be: then before it or behind both.
    let inside = x1 + width + 14 <= x2;
    let x = match beside {
        _ if inside => Some(x1 + 9),
        Some(gap) if gap.x2 > x2 && gap.x1 < x2 + width + 5 => {
            let behind = gap.x2 + 6;
            let free = gap.holds_words() && behind + width <= room;
            x1.checked_sub(width + 5).or(free.then_some(behind))
        }
        _ => Some(x2 + 5),
    };
    let fuzzy = root.unwrap_or(backup).fuzzy_to;
    let fuzzy = fuzzy.and_then(|to| end(strip, m, to));
    let fuzzy = fuzzy.map(|to| to.min(x2)).filter(|to| *to > x1);
    let soft = (!backup.whole).then_some("soft");
    html! {<>
        if let Some(to) = fuzzy {
            <rect class="fuzz" x={x1.to_string()} y={y.to_string()} width={(to - x1).to_string()} height="6" />
        }
        <path class={classes!("sbrk", soft)} d={format!("M{x1} {y}V{bottom}H{x2}V{y}")} />
        if inside { <rect class="brkbg" x={(x1 + 6).to_string()} y={(bottom - 6).to_string()} width={(width - 2).to_string()} height="12" /> }
        if let Some(x) = x { <text class="sbrkl strong" x={x.to_string()} y={bottom.to_string()}>{ text }</text> }
    </>}
}

/// How far words may go to the right: behind the columns that row is empty.
const fn room(desk: &Desk, m: Metrics) -> u32 {
    let behind = match desk.layout {
        Layout::Cockpit => 150,
        Layout::Embed if desk.width >= 760 => 120,
        Layout::Embed => 20,
        Layout::Phone => desk.width.saturating_sub(302),
    };
    m.log_width() + behind
}

/// Where the gap is drawn, with its words and how wide they are.
struct Gap {
    x1: u32,
    x2: u32,
    text: String,
    width: u32,
}

impl Gap {
    fn of(props: &Props, lang: Lang) -> Option<Self> {
        let (m, strip, gap) = (props.metrics, &props.strip, props.frame.gap?);
        let x1 = end(strip, m, gap.after).unwrap_or(start(m)) + 3;
        let x2 = end(strip, m, gap.to).unwrap_or(x1).max(x1 + 8);
        let text = say::gap(lang, gap.count);
        let width = log::text_width(&text);
        Some(Self {
            x1,
            x2,
            text,
            width,
        })
    }

    /// Its words stand in it.
    const fn holds_words(&self) -> bool {
        self.x2 - self.x1 >= self.width
    }

    fn draw(self, room: u32, tiers: u32) -> Html {
        let (x1, x2) = (self.x1, self.x2);
        let y = (tiers - 1) * TIER + 5;
        // The words stand in the gap; else behind it, above it, where an older backup ends earlier, or
        // before it.
        let behind = x2 + 6 + self.width <= room;
        let (x, line, side) = match (self.holds_words(), tiers) {
            (true, _) => (u32::midpoint(x1, x2), y + 8, None),
            (false, _) if behind => (x2 + 6, y + 8, Some("after")),
            (false, 1) => (x1.saturating_sub(6), y + 8, Some("out")),
            (false, _) => (x2, y + 8 - TIER, Some("out")),
        };
        html! {<>
            <rect class="rpo" x={x1.to_string()} y={y.to_string()} width={(x2 - x1).to_string()} height="16" />
            <text class={classes!("gapl", side)} x={x.to_string()} y={line.to_string()}>{ self.text }</text>
        </>}
    }
}
