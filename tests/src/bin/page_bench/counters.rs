//! Chromium's own counters of the page's main thread.

use std::time::Duration;

use serde_json::{Value, json};
use zablab_tests::browser::Page;

/// Resolves when what was asked for last is on the screen.
pub(crate) const DRAWN: &str =
    "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";

/// The counters at one moment.
pub(crate) struct Counters(Value);

/// Counts from now on, in the time that a processor spends on the thread.
pub(crate) async fn start(page: &Page) {
    let ours = json!({ "timeDomain": "threadTicks" });
    page.devtools("Performance.enable", &ours).await;
}

impl Counters {
    pub(crate) async fn read(page: &Page) -> Self {
        Self(page.devtools("Performance.getMetrics", &json!({})).await)
    }

    pub(crate) fn of(&self, name: &str) -> f64 {
        let metrics = self.0["metrics"].as_array().into_iter().flatten();
        let mut named = metrics.filter(|metric| metric["name"] == name);
        named
            .next()
            .and_then(|m| m["value"].as_f64())
            .unwrap_or(0.0)
    }
}

/// Milliseconds of a counter during some seconds, for each second.
pub(crate) async fn in_a_second(page: &Page, seconds: u64, names: [&str; 2]) -> [f64; 2] {
    let before = Counters::read(page).await;
    let start = std::time::Instant::now();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let after = Counters::read(page).await;
    let passed = start.elapsed().as_secs_f64();
    names.map(|name| 1_000.0 * (after.of(name) - before.of(name)) / passed)
}

/// Milliseconds of the main thread for what a piece of JavaScript does, until it is on the screen.
pub(crate) async fn cost(page: &Page, act: &str) -> f64 {
    let before = Counters::read(page).await;
    page.value(&format!(
        "(async () => {{ {act}; await {DRAWN}; return true; }})()"
    ))
    .await;
    let after = Counters::read(page).await;
    1_000.0 * (after.of("TaskDuration") - before.of("TaskDuration"))
}
