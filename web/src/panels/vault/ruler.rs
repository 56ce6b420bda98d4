//! The ruler: when each backup was taken, which part of the time it covers, and what none does.
//!
//! It is a picture of what the list below says in words, so it is hidden from a reader of the page who
//! hears it.

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::vault::{VaultBackup, VaultState, VaultView};

use crate::bench::gap_words;

/// Per mille of the width that time has; the rest is room for the last label.
const SPAN: u64 = 960;
/// Rows of pins, so that names do not lie on each other.
const ROWS: usize = 2;

/// The picture; nothing when there is nothing to show.
pub(super) fn ruler(lang: Lang, view: &VaultView) -> Html {
    if view.backups.is_empty() || view.now_us == 0 {
        return Html::default();
    }
    let x = |us: u64| percent(us.min(view.now_us) * SPAN / view.now_us);
    let wide =
        |from: u64, to: u64| percent(to.saturating_sub(from).min(view.now_us) * SPAN / view.now_us);
    let last = reached(view);
    let gap = view.gap.filter(|_| last < view.now_us);
    // A short gap has no room for its name, which then stands below it, between the ends of time.
    let (at, y) = match (view.now_us - last.min(view.now_us)) * 3 < view.now_us {
        true => (x(view.now_us / 2), "68"),
        false => (x(u64::midpoint(last, view.now_us)), "45"),
    };
    html! {
        <svg class="vruler" width="100%" height="74" aria-hidden="true">
            { for view.backups.iter().map(|backup| {
                let (from, to) = covers(view, backup);
                let class = classes!("cb", (backup.state != VaultState::Whole).then_some("part"));
                html! { <rect {class} x={x(from)} width={wide(from, to)} y="34" height="14" /> }
            }) }
            if gap.is_some() {
                <rect class="gapr" x={x(last)} width={wide(last, view.now_us)} y="34" height="14" />
            }
            { for view.backups.iter().enumerate().map(|(at, backup)| {
                let y = 10 + 12 * (at % ROWS);
                let late = backup.taken_us * 3 > view.now_us * 2;
                let (class, dx) = if late { ("pinl end", "-4") } else { ("pinl", "4") };
                let at = x(backup.taken_us);
                html! {<>
                    <line class="pin" x1={at.clone()} x2={at.clone()} y1="2" y2="52" />
                    <svg x={at} y="0" overflow="visible"><text {class} x={dx} y={y.to_string()}>{ &backup.name }</text></svg>
                </>}
            }) }
            // The pins go behind it.
            if let Some(gap) = gap {
                <text class="gapl" x={at} {y}>{ gap_words(lang, gap.count) }</text>
            }
            <line class="axis" x1="0" x2={x(view.now_us)} y1="52" y2="52" />
            <line class="nowl" x1={x(view.now_us)} x2={x(view.now_us)} y1="2" y2="56" />
            <text class="axn" x="0" y="68">{ "0" }</text>
            <text class="axn" x={x(view.now_us)} y="68" text-anchor="end">{ crate::words::seconds(view.now_us) }</text>
        </svg>
    }
}

/// The time that a backup adds: an increment from where its parent ends, others while they were copied.
fn covers(view: &VaultView, backup: &VaultBackup) -> (u64, u64) {
    let parent = backup.parent.as_ref();
    let parent = parent.and_then(|name| view.backups.iter().find(|b| b.name == *name));
    let from = parent.map_or(backup.begun_us, |parent| parent.taken_us);
    (from, backup.taken_us)
}

/// Until when some backup reaches that can be relied on.
fn reached(view: &VaultView) -> u64 {
    let good = view.backups.iter().filter(|b| {
        let refused = b.verdict.as_ref().is_some_and(|v| v.range.is_none());
        b.state == VaultState::Whole && !refused
    });
    good.map(|b| b.taken_us).max().unwrap_or(0)
}

fn percent(per_mille: u64) -> String {
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}
