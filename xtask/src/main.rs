//! The project's tasks: `cargo xtask serve` shows the page, `cargo xtask test` proves it.
//!
//! What this is: a thin order of calls to cargo, trunk, npm and apt-get. It depends on the standard
//! library alone, so that it builds in a second on a bare machine.
//! What this is NOT: a build system. Every step is a command that a person could type, and is printed.
//!
//! ```text
//! places   where things lie: the repository, the tools, the build caches
//! shell    run one command, show it, say what went wrong
//! tools    wasm target, wasm-bindgen, trunk: brought to the pinned version
//! packages Debian packages
//! browser  Chromium, chromedriver, fonts, axe-core: installed or asked for
//! oracle   a real ZooKeeper: installed or asked for
//! page     the release page in dist/
//! serve    trunk serve
//! steps    named steps, their times, the summary
//! test     the list of steps
//! shot     pictures of the page, and its figures
//! fuzz     changed inputs for every parser
//! ```

mod browser;
mod fuzz;
mod oracle;
mod packages;
mod page;
mod places;
mod serve;
mod shell;
mod shot;
mod steps;
mod styles;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <task>

  serve [--no-open] [--port N] [--release]   show the page; installs what is missing
  test [step...]                             check everything; steps: formatting lints native oracle wasm page
  build                                      leave the release page in dist/
  setup                                      install the build tools and stop
  shot --out FILE [options]                  a picture of the page (shot --help lists the options)
  fuzz [parser...] [--seconds N]             changed inputs for every parser, 60 s each
  bench-page [options]                       the page's figures beside their budgets (bench-page --help)
  screenshots [options]                      pictures of the moments that matter, in target/screenshots/
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match args.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("", &args[..]),
    };
    let result = match task {
        "serve" => serve::run(rest),
        "test" => test::run(rest),
        "build" => page::run(rest),
        "setup" => tools::run(rest),
        "fuzz" => fuzz::run(rest),
        "shot" => shot::run("page-shot", rest),
        "bench-page" => shot::measure("page-bench", rest),
        "screenshots" => shot::run("page-screenshots", rest),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(format!("there is no task `{other}`\n\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}
