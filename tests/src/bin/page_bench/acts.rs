//! What a person does to the page: an edit in the past, a look at another moment.

use serde_json::Value;
use zablab_tests::browser::Page;

use super::Bench;
use super::counters::{DRAWN, cost};
use super::figure::{Figure, median, most};

/// Looks and edits that are measured.
const TIMES: u64 = 24;
/// From so many elements on a view is not windowed.
const ELEMENTS: f64 = 2_000.0;
/// The space-time view.
const SPACE_TIME: &str = ".time";

/// What scrolls in it.
const SCROLLS: &str = ".stscroll";

/// All of them, on the long run.
pub(crate) async fn figures(bench: &Bench) -> Vec<Figure> {
    let page = bench.open_long().await;
    let total = total(&page).await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(cost(&page, "").await);
    }
    let idle = median(&idle);
    let mut looks = Vec::new();
    for n in 0..TIMES {
        // Places far from each other, none twice.
        let to = (n * 7_919 * 13 + 101) % total;
        looks.push(cost(&page, &seek(to)).await - idle);
    }
    let mut edits = Vec::new();
    for n in 0..TIMES {
        page.value(&drawn(&seek(total / 3 + n))).await;
        edits.push(cost(&page, &click("action", "write")).await - idle);
        page.value(&drawn(&click("transport", "undo"))).await;
    }
    let mut figures = vec![
        Figure::new("events of the long run", total as f64, ""),
        Figure::new(
            "edit in the past to the first frame of the branch",
            median(&edits),
            "ms",
        )
        .within(16.0, 16.0),
        Figure::new("  the slowest", most(&edits), "ms"),
        Figure::new("a look at any of its moments, drawn", median(&looks), "ms"),
        Figure::new("  the slowest", most(&looks), "ms"),
    ];
    figures.extend(space_time(&page, idle).await);
    figures
}

/// Elements of the space-time view, and what it costs to move it by a page.
async fn space_time(page: &Page, idle: f64) -> Vec<Figure> {
    let elements = format!(
        "(view => view ? view.getElementsByTagName('*').length : null)(document.querySelector('{SPACE_TIME}'))"
    );
    let Value::Number(elements) = page.value(&elements).await else {
        return Vec::new();
    };
    let mut scrolls = Vec::new();
    for n in 0..TIMES {
        let by = if n % 2 == 0 { 900 } else { -600 };
        let scroll = format!("document.querySelector('{SCROLLS}').scrollLeft += {by}");
        scrolls.push(cost(page, &scroll).await - idle);
    }
    vec![
        Figure::new(
            "space-time, long run: live elements",
            elements.as_f64().unwrap_or_default(),
            "",
        )
        .within(ELEMENTS, ELEMENTS),
        Figure::new(
            "space-time, long run: a frame of scrolling",
            median(&scrolls),
            "ms",
        )
        .within(16.0, 16.0),
    ]
}

async fn total(page: &Page) -> u64 {
    let max = "document.querySelector('[data-kind=transport][data-id=slider]').max";
    let max = page.value(max).await;
    let max = max.as_str().and_then(|max| max.parse().ok());
    max.expect("the slider has an end")
}

fn seek(to: u64) -> String {
    format!(
        "(range => {{ range.value = {to}; range.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); }})\
         (document.querySelector('[data-kind=transport][data-id=slider]'))"
    )
}

fn click(kind: &str, id: &str) -> String {
    format!("document.querySelector('[data-kind={kind}][data-id={id}]').click()")
}

/// An act that is not measured, until it is on the screen.
fn drawn(act: &str) -> String {
    format!("(async () => {{ {act}; await {DRAWN}; return true; }})()")
}
