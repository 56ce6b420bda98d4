//! `cargo xtask shot`, `screenshots` and `bench-page`: developers look at the page and measure it.
//!
//! All are programs of the test suite, which owns the way to a browser.

use std::env;

use crate::tools::Toolbox;
use crate::{browser, page, places, shell};

/// Builds the page if there is none (or if `--build` asks), then runs `bin` on it.
pub(crate) fn run(bin: &str, args: &[String]) -> Result<(), String> {
    start(bin, "dev", args)
}

/// The same with an engine that is as fast as it can be: it is measured beside the page's.
pub(crate) fn measure(bin: &str, args: &[String]) -> Result<(), String> {
    start(bin, "measure", args)
}

fn start(bin: &str, profile: &str, args: &[String]) -> Result<(), String> {
    let build = args.iter().any(|arg| arg == "--build");
    let elsewhere = args.iter().any(|arg| arg == "--url" || arg == "--help");
    if build || !elsewhere && !places::dist().join("index.html").is_file() {
        page::build(&Toolbox::ready()?)?;
    }
    let mut cargo = shell::command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args([
            "run",
            "--quiet",
            "--profile",
            profile,
            "-p",
            "zablab-tests",
            "--features",
            "page",
            "--bin",
        ])
        .args([bin, "--"])
        .args(args.iter().filter(|arg| *arg != "--build"))
        .current_dir(env::current_dir().unwrap_or_else(|_| places::root()))
        .env("RUST_BACKTRACE", "0")
        .envs(browser::axe_if_here().map(|axe| ("ZABLAB_AXE", axe)))
        .env(
            "ZABLAB_DIST",
            env::var_os("ZABLAB_DIST").unwrap_or_else(|| places::dist().into()),
        );
    shell::run(&mut cargo)
}
