//! The native command line of ZabLab.
//!
//! It is a thin shell: it reads files, calls the engine, prints. With `--json` standard output holds
//! JSON alone; everything else goes to standard error. The exit code is 0 when the command reached
//! its result, 1 when an expectation, check or comparison failed, 2 when the input was bad.

mod args;
mod backup;
mod bench;
mod boot;
mod data_dir;
mod diff;
mod export;
mod inspect;
mod output;
mod recover;
mod replay;
mod report;
mod run;
mod shrink;
mod swarm;
mod tree_json;

use std::process::ExitCode;

use self::args::Verb;
use self::output::Failure;

fn main() -> ExitCode {
    let done = args::parse(std::env::args_os()).and_then(carry_out);
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(Failure::Input(message)) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
        // Whoever reads the output has seen enough.
        Err(Failure::Closed) => ExitCode::SUCCESS,
    }
}

/// True when everything that was checked held.
fn carry_out(verb: Verb) -> Result<bool, Failure> {
    match verb {
        Verb::Help => output::print(args::HELP).map(|()| true),
        Verb::Version => {
            let text = format!("zablab {}\n", env!("CARGO_PKG_VERSION"));
            output::print(&text).map(|()| true)
        }
        Verb::Run(options) => run::run(&options),
        Verb::Replay(options) => replay::run(&options),
        Verb::Boot(options) => boot::run(&options),
        Verb::Export(options) => export::run(&options),
        Verb::Inspect(options) => inspect::run(&options),
        Verb::Diff(options) => diff::run(&options),
        Verb::Recover(options) => recover::run(&options),
        Verb::Swarm(options) => swarm::run(&options),
        Verb::Shrink(options) => shrink::run(&options),
        Verb::Bench(options) => bench::run(&options),
        Verb::Backup(verb) => backup::run(&verb),
        Verb::Later(name) => Err(Failure::Input(format!(
            "zablab {name}: part of the command line, but not yet built"
        ))),
    }
}
