//! `cargo xtask fuzz [parser...] [--seconds N]`: changed inputs for every parser.
//!
//! With a nightly compiler libFuzzer chooses the inputs, guided by the code that they reach; without
//! one, and this is said, they are changed at random. What was worth keeping stays in
//! `target/fuzz/corpus`, and the next run goes on from there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{places, shell};

/// Seconds for each parser.
const SECONDS: u64 = 60;
/// Longest input, in bytes.
const LENGTH_MAX: &str = "-max_len=16384";
/// Instrumentation by which libFuzzer sees what an input reaches.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Runs the named parsers, or all.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let (wanted, seconds) = read(args)?;
    let plain = build_plain()?;
    let listed = parsers(&plain)?;
    if let Some(unknown) = wanted.iter().find(|name| !listed.contains(name)) {
        let listed = listed.join(" ");
        return Err(format!("there is no parser `{unknown}`; parsers: {listed}"));
    }
    let chosen = if wanted.is_empty() { listed } else { wanted };
    let guided = nightly().then(build_guided).transpose()?;
    if guided.is_none() {
        println!(
            "NOT guided by coverage: there is no nightly compiler. \
             `rustup toolchain install nightly --profile minimal` brings one."
        );
    }
    for parser in chosen {
        match &guided {
            Some(program) => run_guided(program, &plain, &parser, seconds)?,
            None => shell::run(Command::new(&plain).args([parser, seconds.to_string()]))?,
        }
    }
    Ok(())
}

fn read(args: &[String]) -> Result<(Vec<String>, u64), String> {
    let mut wanted = Vec::new();
    let mut seconds = SECONDS;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--seconds" => {
                let number = rest.next().and_then(|n| n.parse().ok());
                seconds = number.ok_or("--seconds needs a number")?;
            }
            name => wanted.push(name.to_owned()),
        }
    }
    Ok((wanted, seconds))
}

fn parsers(program: &Path) -> Result<Vec<String>, String> {
    let listed = shell::output(&mut Command::new(program));
    let listed = listed.ok_or_else(|| format!("{} lists no parsers", program.display()))?;
    Ok(listed.lines().map(str::to_owned).collect())
}

fn build_plain() -> Result<PathBuf, String> {
    let args = ["build", "--release", "-p", "zablab-tests", "--bin", "fuzz"];
    shell::run(&mut shell::cargo(&args))?;
    Ok(places::root().join("target/release/fuzz"))
}

fn nightly() -> bool {
    let toolchains = shell::output(Command::new("rustup").args(["toolchain", "list"]));
    toolchains.is_some_and(|list| list.contains("nightly"))
}

fn build_guided() -> Result<PathBuf, String> {
    let target = host()?;
    let folder = places::root().join("target/fuzz");
    shell::run(
        Command::new("rustup")
            .args(["run", "nightly", "cargo", "build", "--release"])
            .args(["--target", &target, "--manifest-path"])
            .arg(places::root().join("xtask/fuzz/Cargo.toml"))
            .arg("--target-dir")
            .arg(&folder)
            .env("RUSTFLAGS", COVERAGE)
            .env_remove("CARGO")
            .env_remove("RUSTUP_TOOLCHAIN"),
    )?;
    Ok(folder.join(target).join("release/zablab-fuzz"))
}

/// The machine that the compiler runs on.
fn host() -> Result<String, String> {
    let said = shell::output(Command::new("rustc").arg("-vV")).unwrap_or_default();
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    let host = line.map(str::to_owned);
    host.ok_or_else(|| "`rustc -vV` names no host".to_owned())
}

fn run_guided(program: &Path, plain: &Path, parser: &str, seconds: u64) -> Result<(), String> {
    let corpus = places::root().join("target/fuzz/corpus").join(parser);
    shell::run(Command::new(plain).args([parser, "--seeds"]).arg(&corpus))?;
    let found = corpus.with_extension("found");
    std::fs::create_dir_all(&found).map_err(|e| format!("{}: {e}", found.display()))?;
    shell::run(
        Command::new(program)
            .arg(&corpus)
            .arg(format!("-max_total_time={seconds}"))
            .args([LENGTH_MAX, "-timeout=5", "-print_final_stats=1"])
            .arg(format!("-artifact_prefix={}/", found.display()))
            .env("ZABLAB_PARSER", parser),
    )
}
