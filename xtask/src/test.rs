//! `cargo xtask test`: everything that must hold, in one command.
//!
//! A failed step does not hide the later ones, unless they need what it makes.

use std::path::{Path, PathBuf};

use crate::shell::{cargo, run as sh};
use crate::steps::{Steps, Stop};
use crate::tools::Toolbox;
use crate::{browser, oracle, page, places};

const WASM: &str = "wasm32-unknown-unknown";
const PARTS: [&str; 6] = ["formatting", "lints", "native", "oracle", "wasm", "page"];

/// Runs the named parts, or all of them.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if let Some(unknown) = args.iter().find(|arg| !PARTS.contains(&arg.as_str())) {
        return Err(format!(
            "there is no step `{unknown}`; steps: {}",
            PARTS.join(" ")
        ));
    }
    let wanted = |part: &str| args.is_empty() || args.iter().any(|arg| arg == part);
    let mut steps = Steps::new(places::ci());
    println!(
        "steps: {}",
        PARTS
            .map(|part| if wanted(part) { part } else { "-" })
            .join(" ")
    );

    if wanted("formatting") {
        steps.step("formatting", || {
            Ok(sh(&mut cargo(&["fmt", "--all", "--check"]))?)
        });
    }
    let in_browser = wanted("wasm") || wanted("page");
    let tools = (in_browser || wanted("lints"))
        .then(|| steps.step("build tools", || Ok(Toolbox::ready()?)))
        .flatten();
    let chromium = in_browser
        .then(|| steps.step("Chromium and chromedriver", browser::chromium))
        .flatten();
    if wanted("lints") {
        lints(&mut steps, tools.is_some());
    }
    if wanted("native") {
        let args = ["test", "--workspace", "--all-features"];
        steps.step("native tests", || Ok(sh(&mut cargo(&args))?));
    }
    if wanted("oracle") {
        real_servers(&mut steps);
    }
    if let Some(tools) = &tools {
        if wanted("wasm") {
            wasm(&mut steps, tools, chromium.is_some());
        }
        if wanted("page") {
            whole_page(&mut steps, tools, chromium.is_some());
        }
    }
    steps.summary()
}

fn lints(steps: &mut Steps, wasm: bool) {
    let clippy = |which: &[&str]| {
        let args = [&["clippy"], which, &["--", "-D", "warnings"]].concat();
        sh(&mut cargo(&args))
    };
    steps.step("lints", || {
        clippy(&["--workspace", "--all-features", "--all-targets"])?;
        // These are targets only when named.
        Ok(clippy(&[
            "--workspace",
            "--all-features",
            "--test",
            "page",
            "--test",
            "real_servers",
        ])?)
    });
    steps.step("links of the documentation", || {
        let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
        doc.args(["--document-private-items", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings");
        Ok(sh(&mut doc)?)
    });
    if wasm {
        steps.step("lints for wasm", || {
            clippy(&["-p", "zablab-web", "--target", WASM, "--all-targets"])?;
            Ok(clippy(&[
                "-p",
                "zablab-tests",
                "--target",
                WASM,
                "--test",
                "wasm",
            ])?)
        });
    }
}

/// Directories of the engine under real servers, and real ensembles beside simulated ones.
fn real_servers(steps: &mut Steps) {
    steps.step("tests against real ZooKeeper servers", || {
        oracle::ready()?;
        let args = ["test", "--workspace", "--all-features"];
        Ok(sh(cargo(&args).args(["--test", "real_servers"]))?)
    });
}

/// Components and the engine in a real browser.
fn wasm(steps: &mut Steps, tools: &Toolbox, chromium: bool) {
    let test = |args: &[&str]| {
        if !chromium {
            return Err(Stop::Missing("Chromium and chromedriver: see above".into()));
        }
        let mut cargo = cargo(args);
        cargo
            .env("PATH", tools.path()?)
            .env("WASM_BINDGEN_TEST_TIMEOUT", "600");
        Ok(sh(&mut cargo)?)
    };
    steps.step("wasm tests of the page", || {
        test(&["test", "-p", "zablab-web", "--target", WASM])
    });
    steps.step("wasm tests of the engine", || {
        test(&[
            "test",
            "-p",
            "zablab-tests",
            "--target",
            WASM,
            "--test",
            "wasm",
        ])
    });
}

/// The release page, whole, in a browser.
fn whole_page(steps: &mut Steps, tools: &Toolbox, chromium: bool) {
    let built = steps.step("release page", || Ok(page::build(tools)?));
    let axe = steps.step("accessibility rules (axe-core)", browser::axe);
    if built.is_none() {
        return;
    }
    steps.step("page tests", || {
        if !chromium {
            return Err(Stop::Missing("Chromium and chromedriver: see above".into()));
        }
        page_tests(&places::dist(), axe)
    });
}

/// The same packages and features as the native tests, so that nothing is built twice.
fn page_tests(dist: &Path, axe: Option<PathBuf>) -> Result<(), Stop> {
    let args = ["test", "--workspace", "--all-features", "--test", "page"];
    let mut cargo = cargo(&args);
    cargo.env("ZABLAB_DIST", dist);
    if let Some(axe) = axe {
        cargo.env("ZABLAB_AXE", axe);
    }
    Ok(sh(&mut cargo)?)
}
