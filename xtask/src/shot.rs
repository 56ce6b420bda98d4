//! `cargo xtask shot` and `cargo xtask bench-page`: developers look at the page and measure it.
//!
//! Both are programs of the test suite, which owns the way to a browser.

use std::env;

use crate::tools::Toolbox;
use crate::{browser, page, places, shell};

/// Builds the page if there is none (or if `--build` asks), then runs `bin` on it.
pub(crate) fn run(bin: &str, args: &[String]) -> Result<(), String> {
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
