//! `cargo xtask shot`: a picture of the page, after some clicks.
//!
//! Prints what the console said and, where the rules are at hand, what axe finds: a look at the page
//! is a small test.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use zablab_tests::browser::{Browser, Page, Site, View, block_on};

const USAGE: &str = "\
cargo xtask shot --out FILE.png [options]

  --size WxH          the window (1440x900)
  --scale N           device pixels per CSS pixel (1)
  --theme light|dark  --lang en|zh-CN  --query 's=...'  --hash 'at=...'
  --reduced-motion    the system asks for less motion
  --forced-colors     the system shows its own few colours only
  --url URL           a page served elsewhere, such as http://127.0.0.1:8080/
  --build             build the release page first
  --axe               report broken accessibility rules

  in the order given, once the page is ready:
  --click CSS         --keys TEXT         --wait MILLISECONDS
  --drag PATH,PATH    drag files and directories over the page; --drop drops them
  --until JS          wait until the expression is true
  --js JS             evaluate the expression and print its value
  --shot FILE.png     one more picture at this moment
";

/// One thing done to the page.
enum Act {
    Click(String),
    Keys(String),
    Wait(u64),
    Drag(&'static [&'static str], String),
    Until(String),
    Js(String),
    Shot(PathBuf),
}

/// What the command line asks for.
#[derive(Default)]
struct Wish {
    view: View,
    query: String,
    hash: String,
    url: Option<String>,
    axe: bool,
    acts: Vec<Act>,
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(Some(wish)) => {
            block_on(take(wish));
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
    let mut wish = Wish::default();
    while let Some(name) = args.next() {
        match name.as_str() {
            "--help" | "-h" => return Ok(None),
            "--axe" => wish.axe = true,
            "--reduced-motion" => wish.view.reduced_motion = true,
            "--forced-colors" => wish.view.forced_colors = true,
            _ => {
                let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
                option(&mut wish, &name, value)?;
            }
        }
    }
    Ok(Some(wish))
}

fn option(wish: &mut Wish, name: &str, value: String) -> Result<(), String> {
    let number = |text: &str| {
        text.parse()
            .map_err(|_| format!("{name}: `{text}` is not a number"))
    };
    match name {
        "--out" => wish.out = Some(value.into()),
        "--size" => {
            let (width, height) = value.split_once('x').ok_or("--size is WIDTHxHEIGHT")?;
            wish.view.width = number(width)?;
            wish.view.height = number(height)?;
        }
        "--scale" => wish.view.scale = number(&value)?,
        "--theme" => wish.view.theme = Some(value),
        "--lang" => wish.view.lang = Some(value),
        "--query" => wish.query = value.trim_start_matches('?').to_owned(),
        "--hash" => wish.hash = value,
        "--url" => wish.url = Some(value),
        "--click" => wish.acts.push(Act::Click(value)),
        "--keys" => wish.acts.push(Act::Keys(value)),
        "--drag" => wish.acts.push(Act::Drag(&["dragEnter", "dragOver"], value)),
        "--drop" => wish
            .acts
            .push(Act::Drag(&["dragEnter", "dragOver", "drop"], value)),
        "--wait" => wish.acts.push(Act::Wait(number(&value)?.into())),
        "--until" => wish.acts.push(Act::Until(value)),
        "--js" => wish.acts.push(Act::Js(value)),
        "--shot" => wish.acts.push(Act::Shot(value.into())),
        _ => return Err(format!("there is no option `{name}`")),
    }
    Ok(())
}

async fn take(wish: Wish) {
    let url = match &wish.url {
        Some(url) => url.clone(),
        None => match Site::from_env() {
            Some(site) => site.page(),
            None => return,
        },
    };
    let browser = Browser::start().await;
    let page = browser
        .open(&url, &wish.query, &wish.hash, &wish.view)
        .await;
    // Two frames: what the last event asked for is drawn.
    let drawn = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";
    page.value(drawn).await;
    for act in &wish.acts {
        perform(&page, act).await;
    }
    page.value(drawn).await;
    if let Some(out) = &wish.out {
        page.screenshot(out).await;
    }
    report(&page, wish.axe).await;
}

async fn perform(page: &Page, act: &Act) {
    match act {
        Act::Click(css) => page.click(css).await,
        Act::Keys(keys) => page.keys(keys).await,
        Act::Drag(kinds, paths) => {
            let paths: Vec<&Path> = paths.split(',').map(Path::new).collect();
            for kind in *kinds {
                page.drag(kind, &paths).await;
            }
        }
        Act::Wait(ms) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        Act::Until(js) => page.wait_until(js).await,
        Act::Js(js) => println!("{js} = {}", page.value(js).await),
        Act::Shot(file) => page.screenshot(file).await,
    }
}

async fn report(page: &Page, axe: bool) {
    for line in page.console().await {
        println!("console: {line}");
    }
    let wider = "document.documentElement.scrollWidth - innerWidth";
    if let Some(pixels) = page
        .value(wider)
        .await
        .as_i64()
        .filter(|pixels| *pixels > 0)
    {
        println!("layout: the page is {pixels} pixels wider than the window");
    }
    if axe {
        for rule in page.axe().await.unwrap_or_default() {
            println!("axe: {rule}");
        }
    }
}
