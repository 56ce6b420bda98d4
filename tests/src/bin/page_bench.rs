//! `cargo xtask bench-page`: what a playing page costs per frame, as one line of JSON.
//!
//! Opens the page, presses play, and reads Chromium's own counters before and after: main-thread and
//! script milliseconds per frame, frames per second, the longest gap between two frames.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use zablab_tests::browser::{Browser, Page, Site, View, block_on};

const USAGE: &str = "\
cargo xtask bench-page [--seconds N] [--query 's=...'] [--slow N] [--url URL] [--no-play] [--build]

  --slow N    a processor N times slower
";

/// Counts frames and remembers the longest gap between two of them.
const COUNT: &str = "(() => {
    const bench = window.zablabBench = { frames: 0, longest: 0 };
    let last = performance.now();
    const frame = now => {
        bench.frames += 1;
        bench.longest = Math.max(bench.longest, now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
})()";

struct Wish {
    seconds: u32,
    slow: u32,
    query: String,
    url: Option<String>,
    play: bool,
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(Some(wish)) => {
            block_on(measure(wish));
            ExitCode::SUCCESS
        }
        Ok(None) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("error: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Option<Wish>, String> {
    let mut wish = Wish {
        seconds: 4,
        slow: 1,
        query: String::new(),
        url: None,
        play: true,
    };
    while let Some(name) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{name} needs a value"));
        let number = |text: String| text.parse().map_err(|_| format!("`{text}` is no number"));
        match name.as_str() {
            "--help" | "-h" => return Ok(None),
            "--no-play" => wish.play = false,
            "--seconds" => wish.seconds = number(value()?)?,
            "--slow" => wish.slow = number(value()?)?,
            "--query" => wish.query = value()?.trim_start_matches('?').to_owned(),
            "--url" => wish.url = Some(value()?),
            other => return Err(format!("there is no option `{other}`")),
        }
    }
    Ok(Some(wish))
}

async fn measure(wish: Wish) {
    let url = match &wish.url {
        Some(url) => url.clone(),
        None => match Site::from_env() {
            Some(site) => site.page(),
            None => return,
        },
    };
    let browser = Browser::start().await;
    let page = browser.open(&url, &wish.query, "", &View::default()).await;
    page.devtools("Performance.enable", &json!({})).await;
    let rate = json!({ "rate": wish.slow });
    page.devtools("Emulation.setCPUThrottlingRate", &rate).await;
    if wish.play {
        page.press("transport", "play").await;
    }
    page.value(COUNT).await;
    let before = counters(&page).await;
    tokio::time::sleep(Duration::from_secs(wish.seconds.into())).await;
    let after = counters(&page).await;
    let bench = page.value("window.zablabBench").await;
    let frames = bench["frames"].as_f64().unwrap_or_default().max(1.0);
    let spent = |name: &str| after.of(name) - before.of(name);
    let figures = json!({
        "seconds": round(spent("Timestamp")),
        "framesPerSecond": round(frames / spent("Timestamp")),
        "taskMsPerFrame": round(1000.0 * spent("TaskDuration") / frames),
        "scriptMsPerFrame": round(1000.0 * spent("ScriptDuration") / frames),
        "styleMsPerFrame": round(1000.0 * spent("RecalcStyleDuration") / frames),
        "layoutMsPerFrame": round(1000.0 * spent("LayoutDuration") / frames),
        "longestGapMs": round(bench["longest"].as_f64().unwrap_or_default()),
        "heapMB": round(after.of("JSHeapUsedSize") / 1e6),
        "nodes": after.of("Nodes"),
        "slow": wish.slow,
        "step": page.root("data-step").await,
    });
    println!("{figures}");
}

/// Chromium's counters at one moment.
struct Counters(Value);

impl Counters {
    fn of(&self, name: &str) -> f64 {
        let metrics = self.0["metrics"].as_array().into_iter().flatten();
        let mut named = metrics.filter(|metric| metric["name"] == name);
        named
            .next()
            .and_then(|m| m["value"].as_f64())
            .unwrap_or(0.0)
    }
}

async fn counters(page: &Page) -> Counters {
    Counters(page.devtools("Performance.getMetrics", &json!({})).await)
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
