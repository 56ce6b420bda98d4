//! `cargo xtask bench-page`: the figures of the page beside their budgets.
//!
//! ```text
//! main      what is asked for, what is printed     counters  Chromium's counters, before and after
//! playing   frames while it plays, paused, load    acts      an edit, a look at the past, a file
//! weight    what a reader downloads                engine    the same run here and in the page
//! ```
//! Times are those of the page's main thread, as its processor counts them: what else this machine does
//! is not in them. Only the load is timed by the clock on the wall. Nothing here is a test: a slow
//! machine misses budgets, and that is what it says.

mod acts;
mod counters;
mod engine;
mod figure;
mod playing;
mod weight;

use std::process::ExitCode;

use serde_json::{Value, json};
use zablab_tests::browser::{Browser, Page, Site, View, block_on};

use figure::Figure;

const USAGE: &str = "\
cargo xtask bench-page [--seconds N] [--slow N] [--url URL] [--json] [--build]

  --seconds N  how long a playing and a paused page are watched (5)
  --slow N     a processor N times slower
  --json       figures as JSON
";

/// Five servers in peace, for as many events as the budgets speak of.
const LONG: &str = "zablab 1\nensemble servers=5 seed=3\nrun 2600s\n";

/// What is asked for.
struct Wish {
    seconds: u64,
    slow: u32,
    url: Option<String>,
    json: bool,
}

/// A browser and where the page is.
struct Bench {
    browser: Browser,
    base: String,
    wish: Wish,
}

impl Bench {
    /// The page at a moment of a scenario, its counters running.
    async fn open(&self, query: &str) -> Page {
        let page = self.open_again(query).await;
        counters::start(&page).await;
        let rate = json!({ "rate": self.wish.slow });
        page.devtools("Emulation.setCPUThrottlingRate", &rate).await;
        page
    }

    /// The same in a window whose counters run already.
    async fn open_again(&self, query: &str) -> Page {
        let view = View::default();
        self.browser.open(&self.base, query, "", &view).await
    }

    /// The page with the long run of five servers.
    async fn open_long(&self) -> Page {
        let page = self.open("").await;
        engine::run_in(&page, LONG).await;
        page
    }
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
        seconds: 5,
        slow: 1,
        url: None,
        json: false,
    };
    while let Some(name) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--help" | "-h" => return Ok(None),
            "--json" => wish.json = true,
            "--seconds" => wish.seconds = number(&value()?)?,
            "--slow" => wish.slow = number(&value()?)?,
            "--url" => wish.url = Some(value()?),
            other => return Err(format!("there is no option `{other}`")),
        }
    }
    Ok(Some(wish))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

async fn measure(wish: Wish) {
    let base = match &wish.url {
        Some(url) => url.clone(),
        None => match Site::from_env() {
            Some(site) => site.page(),
            None => return,
        },
    };
    let json = wish.json;
    let bench = Bench {
        browser: Browser::start().await,
        base,
        wish,
    };
    let mut figures = Vec::new();
    let mut tell = |more: Vec<Figure>| {
        if !json {
            more.iter().for_each(|figure| println!("{}", figure.line()));
        }
        figures.extend(more);
    };
    if !json {
        println!("{}", Figure::heading());
    }
    tell(weight::figures());
    tell(playing::load(&bench).await);
    tell(playing::frames(&bench).await);
    tell(playing::paused(&bench).await);
    tell(engine::against_native(&bench).await);
    tell(acts::figures(&bench).await);
    let missed = figures.iter().filter(|figure| figure.is_missed()).count();
    if json {
        let all: Vec<Value> = figures.iter().map(Figure::json).collect();
        println!("{}", json!({ "figures": all, "missed": missed }));
    } else {
        println!("\n{} figures, {missed} budgets missed", figures.len());
    }
}
