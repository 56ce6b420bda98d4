//! Loading the page, playing, and doing nothing.

use std::time::Duration;

use serde_json::json;

use super::Bench;
use super::counters::{Counters, in_a_second};
use super::figure::{Figure, median};

/// Frames of a usual display in a second.
const DISPLAY_HZ: f64 = 60.0;
/// Loads that are timed.
const LOADS: usize = 5;

/// Notes when the page says that it is ready.
const NOTE_READY: &str = "(() => {
    const watch = new MutationObserver(() => {
        if (document.documentElement.dataset.ready !== 'true') return;
        performance.mark('zablab-ready');
        watch.disconnect();
    });
    watch.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-ready'] });
})()";

/// Counts frames and remembers the longest gap between two of them.
const COUNT_FRAMES: &str = "(() => {
    const bench = window.zablabFrames = { frames: 0, longest: 0 };
    let last = performance.now();
    const frame = now => {
        bench.frames += 1;
        bench.longest = Math.max(bench.longest, now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    return true;
})()";

/// Counts what the page asks of the browser.
const COUNT_CALLS: &str = "(() => {
    const calls = window.zablabCalls = { frames: 0, timers: 0 };
    const counted = (name, key) => {
        const real = window[name];
        window[name] = (...all) => { calls[key] += 1; return real.apply(window, all); };
    };
    counted('requestAnimationFrame', 'frames');
    counted('setTimeout', 'timers');
    counted('setInterval', 'timers');
    return true;
})()";

/// From the address to a page that can be used, with nothing in the browser's cache.
pub(crate) async fn load(bench: &Bench) -> Vec<Figure> {
    let page = bench.open("").await;
    page.devtools(
        "Network.setCacheDisabled",
        &json!({ "cacheDisabled": true }),
    )
    .await;
    let note = json!({ "source": NOTE_READY });
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &note)
        .await;
    let (mut wall, mut thread) = (Vec::new(), Vec::new());
    for _ in 0..LOADS {
        let before = Counters::read(&page).await;
        let page = bench.open_again("").await;
        let after = Counters::read(&page).await;
        let ready = "performance.getEntriesByName('zablab-ready')[0].startTime";
        wall.push(page.value(ready).await.as_f64().unwrap_or(f64::MAX));
        thread.push(1_000.0 * (after.of("TaskDuration") - before.of("TaskDuration")));
    }
    page.devtools(
        "Network.setCacheDisabled",
        &json!({ "cacheDisabled": false }),
    )
    .await;
    vec![
        Figure::new(
            "cold load to usable view, by the clock",
            median(&wall),
            "ms",
        )
        .within(700.0, 300.0),
        Figure::new("  of that the main thread", median(&thread), "ms"),
    ]
}

/// What a frame of the display costs while five servers elect and work.
pub(crate) async fn frames(bench: &Bench) -> Vec<Figure> {
    let page = bench.open_long().await;
    page.press("transport", "first").await;
    page.press("transport", "play").await;
    let counters = ["TaskDuration", "ScriptDuration"];
    let [task, script] = in_a_second(&page, bench.wish.seconds, counters)
        .await
        .map(|ms| ms / DISPLAY_HZ);
    page.value(COUNT_FRAMES).await;
    let [counted, _] = in_a_second(&page, bench.wish.seconds, counters).await;
    let seen = page.value("window.zablabFrames").await;
    let frames = seen["frames"].as_f64().unwrap_or_default() / bench.wish.seconds as f64;
    let longest = seen["longest"].as_f64().unwrap_or_default();
    vec![
        Figure::new("playing, 5 servers: main thread for each frame", task, "ms").within(2.0, 1.0),
        Figure::new("  of that our code", script, "ms"),
        Figure::new(
            "  with a loop that wakes the page in every frame",
            counted / frames.max(1.0),
            "ms",
        ),
        Figure::new("  longest gap between two frames", longest, "ms"),
    ]
}

/// What a page costs that shows messages on their way and does not play.
pub(crate) async fn paused(bench: &Bench) -> Vec<Figure> {
    let page = bench.open("s=happy-path").await;
    page.value(COUNT_CALLS).await;
    page.press("transport", "play").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    page.press("transport", "play").await;
    page.wait_until("document.documentElement.dataset.playback === 'paused'")
        .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    page.value("Object.assign(window.zablabCalls, { frames: 0, timers: 0 })")
        .await;
    let [task, _] = in_a_second(&page, 5, ["TaskDuration", "ScriptDuration"]).await;
    let calls = page.value("window.zablabCalls").await;
    let running = "document.getAnimations().filter(a => a.playState === 'running').length";
    let of = |key: &str| calls[key].as_f64().unwrap_or(f64::MAX);
    let running = page.value(running).await.as_f64().unwrap_or(f64::MAX);
    vec![
        Figure::new("paused: frames asked for in 5 s", of("frames"), "").within(0.0, 0.0),
        Figure::new("paused: timers in 5 s", of("timers"), "").within(0.0, 0.0),
        Figure::new("paused: animations that run", running, "").within(0.0, 0.0),
        Figure::new("paused: main thread in a second", task, "ms"),
    ]
}
