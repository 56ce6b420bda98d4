//! The build tools at their pinned versions: wasm target, wasm-bindgen, trunk.
//!
//! - wasm-bindgen must equal the version in Cargo.lock to the last digit, else trunk looks for another
//!   one on the network. `xtask/wasm-bindgen` builds it from its library; a test below compares both.
//! - trunk newer than 0.21.14 needs a newer Rust than the project's. It is built without TLS (it has
//!   nothing left to download) and without optimisation (it only copies files): two minutes, once.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{places, shell};

/// The version of trunk that builds the page.
const TRUNK: &str = "0.21.14";
const WASM: &str = "wasm32-unknown-unknown";

/// Where the tools are.
#[derive(Clone, Debug)]
pub(crate) struct Toolbox {
    bindgen: PathBuf,
    trunk: PathBuf,
}

/// `cargo xtask setup`.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if let Some(extra) = args.first() {
        return Err(format!("setup takes no argument, found `{extra}`"));
    }
    let tools = Toolbox::ready()?;
    println!("trunk:        {}", tools.trunk.display());
    println!("wasm-bindgen: {}", tools.bindgen.display());
    Ok(())
}

impl Toolbox {
    /// Brings everything that building the page needs; quick when all is there.
    pub(crate) fn ready() -> Result<Self, String> {
        wasm_target()?;
        let bindgen = wasm_bindgen()?;
        let trunk = trunk()?;
        Ok(Self { bindgen, trunk })
    }

    /// `trunk <args>`, with our wasm-bindgen first on PATH.
    pub(crate) fn trunk(&self, args: &[&str]) -> Result<Command, String> {
        let mut command = shell::command(&self.trunk);
        command.args(args).env("PATH", self.path()?);
        if env::var_os("NO_COLOR").is_some() {
            // trunk takes `true` here, the rest of the world takes anything.
            command.env("NO_COLOR", "true");
        }
        if places::ci() {
            command.arg("--locked");
            if env::var_os("CARGO_TARGET_DIR").is_none() {
                command.env("CARGO_TARGET_DIR", places::cache().join("build/workspace"));
            }
        }
        Ok(command)
    }

    /// PATH with our tools before all others.
    pub(crate) fn path(&self) -> Result<OsString, String> {
        let mut folders = vec![self.bindgen.clone()];
        folders.extend(self.trunk.parent().map(Path::to_path_buf));
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        env::join_paths(folders).map_err(|error| format!("PATH cannot be extended: {error}"))
    }
}

/// The standard library for wasm.
fn wasm_target() -> Result<(), String> {
    let mut ask = shell::command("rustc");
    let folder = shell::output(ask.args(["--print", "target-libdir", "--target", WASM]));
    if folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    println!("-- Rust's standard library for {WASM}");
    shell::run(shell::command("rustup").args(["target", "add", WASM])).map_err(|why| {
        format!(
            "{why}\n  The page needs Rust's target {WASM}. With rustup: rustup target add {WASM}"
        )
    })
}

/// The folder with `wasm-bindgen` and `wasm-bindgen-test-runner`.
fn wasm_bindgen() -> Result<PathBuf, String> {
    let build = places::cache().join("build/wasm-bindgen");
    let folder = build.join("debug");
    if !folder.is_dir() {
        println!("-- wasm-bindgen: built once, in about a minute");
    }
    let mut cargo = shell::command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--locked", "--manifest-path"])
        .arg("xtask/wasm-bindgen/Cargo.toml")
        .arg("--target-dir")
        .arg(&build)
        .env("CARGO_FUTURE_INCOMPAT_REPORT_FREQUENCY", "never")
        .env_remove("CARGO_BUILD_TARGET");
    shell::run(&mut cargo)?;
    Ok(folder)
}

/// The program `trunk`: ours, the user's if it is the same version, or a new one.
fn trunk() -> Result<PathBuf, String> {
    let home = places::tool("trunk", TRUNK);
    let ours = home
        .join("bin")
        .join(format!("trunk{}", env::consts::EXE_SUFFIX));
    let theirs = places::on_path("trunk");
    for found in [Some(ours.clone()), theirs].into_iter().flatten() {
        if version_of(&found).as_deref() == Some(TRUNK) {
            return Ok(found);
        }
    }
    println!("-- trunk {TRUNK}: built once, in two to five minutes");
    let mut cargo = shell::command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["install", "trunk", "--version", TRUNK, "--locked"])
        .args(["--no-default-features", "--profile", "dev", "--root"])
        .arg(&home)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_TARGET_DIR");
    shell::run(&mut cargo)?;
    Ok(ours)
}

/// `trunk 0.21.14` → `0.21.14`
fn version_of(program: &Path) -> Option<String> {
    if !program.is_file() {
        return None;
    }
    let text = shell::output(shell::command(program).arg("--version"))?;
    text.split_whitespace().nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked_version(lock: &str, package: &str) -> Option<String> {
        let entry = format!("name = \"{package}\"\nversion = \"");
        let start = lock.find(&entry)? + entry.len();
        lock[start..].split('"').next().map(str::to_owned)
    }

    #[test]
    fn the_page_and_the_tool_agree_on_the_version_of_wasm_bindgen() {
        let read = |path: &str| {
            let text = std::fs::read_to_string(places::root().join(path)).expect(path);
            text.replace("\r\n", "\n")
        };
        let page = locked_version(&read("Cargo.lock"), "wasm-bindgen");
        let tool = read("xtask/wasm-bindgen/Cargo.lock");
        assert!(page.is_some(), "Cargo.lock names no wasm-bindgen");
        assert_eq!(page, locked_version(&tool, "wasm-bindgen-cli"));
        assert_eq!(page, locked_version(&tool, "zablab-wasm-bindgen"));
    }
}
