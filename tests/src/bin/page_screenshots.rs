//! `cargo xtask screenshots`: the moments that a designer looks at, in both languages and themes and in
//! three windows, as pictures in `target/screenshots/` with a page that shows them side by side.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use zablab_tests::browser::{Browser, Page, Site, View, block_on};

const USAGE: &str = "\
cargo xtask screenshots [--only NAME] [--out FOLDER] [--build]

  --only NAME   moments whose name holds NAME
";

const SIZES: [(u32, u32); 3] = [(1440, 900), (800, 500), (390, 844)];

/// A moment, and what is clicked there. An element that a narrow page does not have is left out.
struct Moment {
    name: &'static str,
    query: &'static str,
    hash: &'static str,
    clicks: &'static [&'static str],
    /// What must be there before the picture is taken; it may take a while.
    until: &'static str,
}

const fn at(name: &'static str, query: &'static str, hash: &'static str) -> Moment {
    Moment {
        name,
        query,
        hash,
        clicks: &[],
        until: "",
    }
}

/// The vault panel at a moment.
const fn vault(name: &'static str, query: &'static str, hash: &'static str) -> Moment {
    Moment {
        clicks: &[VAULT],
        ..at(name, query, hash)
    }
}

const VAULT: &str = "[data-kind=tab][data-id=vault]";

const MOMENTS: [Moment; 15] = [
    at("happy-path", "s=happy-path", "at=beat:in-flight"),
    at("power-loss", "s=leader-power-loss", "at=beat:power-loss"),
    at("late-followers", "s=late-followers", "at=beat:diff"),
    at(
        "minority-partition",
        "s=minority-partition",
        "at=beat:two-sides",
    ),
    at(
        "dirty-snapshot",
        "s=dirty-snapshot-corrected",
        "at=beat:dirty-snapshot",
    ),
    Moment {
        clicks: &["[data-kind=tool][data-id=gallery]"],
        ..at("gallery", "s=happy-path", "")
    },
    Moment {
        clicks: &[
            "[data-kind=server][data-id=S1]",
            "[data-kind=tab][data-id=inspect]",
        ],
        ..at("inspector", "s=leader-power-loss", "at=beat:power-loss")
    },
    Moment {
        clicks: &["[data-kind=tab][data-id=disk]"],
        ..at("disk", "s=leader-power-loss", "at=beat:power-loss")
    },
    Moment {
        clicks: &["[data-kind=action][data-id=crash-power]"],
        ..at("branch", "s=leader-power-loss", "at=beat:writes")
    },
    at(
        "error",
        "s=leader-power-loss&theme=sepia",
        "at=beat:nowhere",
    ),
    vault("vault-restored", "s=restored-one", "at=beat:end"),
    Moment {
        clicks: &[
            VAULT,
            "[data-kind=restore][data-id=b1]",
            "[data-kind=way][data-id=files]",
            "[data-kind=restore-to][data-id=S1]",
            "[data-kind=restore-to][data-id=S3]",
            "[data-kind=wizard][data-id=try]",
        ],
        until: "[data-kind=trial][data-id=\"1\"]",
        ..at("vault-drill", "s=restored-one", "at=beat:told")
    },
    vault("vault-in-flight", "s=two-copy-orders", "at=2.0s"),
    vault("vault-point-in-time", "s=point-in-time", "at=beat:end"),
    vault("vault-copy-orders", "s=two-copy-orders", "at=beat:accepted"),
];

/// What the command line asks for.
struct Wish {
    only: String,
    out: PathBuf,
}

fn main() -> ExitCode {
    let mut wish = Wish {
        only: String::new(),
        out: PathBuf::from("target/screenshots"),
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        match (name.as_str(), args.next()) {
            ("--only", Some(only)) => wish.only = only,
            ("--out", Some(out)) => wish.out = out.into(),
            _ => {
                eprint!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match block_on(take(&wish)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn take(wish: &Wish) -> Result<(), String> {
    let Some(site) = Site::from_env() else {
        return Ok(());
    };
    let cannot = |error: std::io::Error| format!("{}: {error}", wish.out.display());
    fs::create_dir_all(&wish.out).map_err(cannot)?;
    let browser = Browser::start().await;
    let mut index = String::from(HEAD);
    for moment in MOMENTS.iter().filter(|m| m.name.contains(&wish.only)) {
        // Writing into a string cannot fail.
        let _ = write!(index, "<h2>{}</h2>\n<div>", moment.name);
        for (width, height) in SIZES {
            for lang in ["en", "zh-CN"] {
                for theme in ["light", "dark"] {
                    let view = View::sized(width, height).lang(lang).theme(theme);
                    let name = format!("{}-{width}x{height}-{lang}-{theme}.png", moment.name);
                    shoot(&browser, &site, moment, &view, &wish.out.join(&name)).await;
                    println!("{name}");
                    let _ = write!(
                        index,
                        "<a href=\"{name}\"><img src=\"{name}\" alt=\"{name}\" title=\"{name}\" loading=\"lazy\"></a>"
                    );
                }
            }
        }
        index.push_str("</div>\n");
    }
    fs::write(wish.out.join("index.html"), index).map_err(cannot)?;
    println!("{}", wish.out.join("index.html").display());
    Ok(())
}

/// The head of the page of pictures.
const HEAD: &str = "<!DOCTYPE html>
<html lang=\"en\"><meta charset=\"utf-8\"><title>ZabLab: screenshots</title>
<style>
body { font: 14px system-ui; margin: 24px }
div { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }
img { height: 260px; border: 1px solid #ccc }
</style>
";

async fn shoot(browser: &Browser, site: &Site, moment: &Moment, view: &View, file: &Path) {
    let page = browser
        .open(&site.page(), moment.query, moment.hash, view)
        .await;
    for css in moment.clicks {
        let click =
            format!("(e => e ? (e.click(), true) : false)(document.querySelector('{css}'))");
        page.value(&click).await;
        settle(&page).await;
    }
    if !moment.until.is_empty() {
        page.wait_until(&format!(
            "document.querySelector('{}') !== null",
            moment.until
        ))
        .await;
    }
    settle(&page).await;
    page.screenshot(file).await;
}

/// What was asked for last is on the screen, and what faded in is there.
async fn settle(page: &Page) {
    page.value(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250))))",
    )
    .await;
}
