//! The engine in the page, and the same engine on the bare machine.

use std::sync::OnceLock;
use std::time::Instant;

use serde_json::Value;
use zablab_core::lab::{Action, Lab};
use zablab_tests::browser::Page;

use super::counters::Counters;
use super::figure::Figure;
use super::{Bench, LONG};

/// Steps of a slice, as the page does them.
const SLICE: u64 = 64;

/// Runs a script in the page, as pasting it and pressing the button does.
pub(crate) async fn run_in(page: &Page, script: &str) {
    // Where a panel is chosen, the script's comes first.
    page.value(
        "(tab => tab && tab.click())(document.querySelector('[data-kind=tab][data-id=script]'))",
    )
    .await;
    page.wait_until("document.querySelector('[data-kind=script][data-id=text]') !== null")
        .await;
    let text = Value::from(script);
    let paste = format!(
        "(area => {{ area.value = {text}; area.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); \
         return true; }})(document.querySelector('[data-kind=script][data-id=text]'))"
    );
    page.value(&paste).await;
    let before = page.root("data-digest").await.unwrap_or_default();
    page.press("script", "run").await;
    page.wait_until(&format!(
        "document.querySelector('[data-kind=progress]') === null \
         && document.documentElement.dataset.digest !== '{before}'"
    ))
    .await;
}

/// Events in a second, there and here, and how much slower the page is.
pub(crate) async fn against_native(bench: &Bench) -> Vec<Figure> {
    let page = bench.open("").await;
    let before = Counters::read(&page).await;
    run_in(&page, LONG).await;
    let after = Counters::read(&page).await;
    let in_page = after.of("TaskDuration") - before.of("TaskDuration");
    let (steps, here) = native();
    let rate = |seconds: f64| steps as f64 / seconds / 1_000.0;
    vec![
        Figure::new("wasm: events in a second, in thousands", rate(in_page), "k"),
        Figure::new("native: the same run, in thousands", rate(here), "k"),
        Figure::new("wasm against native, times slower", in_page / here, "x").within(1.6, 1.2),
    ]
}

/// Seconds that a processor has spent on this thread, where the system tells; else those of the clock.
fn spent() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds: Option<f64> =
        told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(
        || START.get_or_init(Instant::now).elapsed().as_secs_f64(),
        |nanoseconds| nanoseconds / 1e9,
    )
}

/// Steps of the long run, and the seconds that it takes here.
fn native() -> (u64, f64) {
    let runs = (0..3).map(|_| {
        let mut lab = Lab::open(None);
        let start = spent();
        lab.dispatch(Action::Load(LONG.to_owned()));
        while lab.work(SLICE) {}
        (lab.transport().total, spent() - start)
    });
    runs.min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("there are three runs")
}
