//! Run one command: show it, let it talk to the screen, say what went wrong.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::places;

/// A command that runs in the root of the repository.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(places::root());
    command
}

/// `cargo <args>`; on a build server with `--locked` and a target folder that outlives the clone.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    if places::ci() {
        if args.first() != Some(&"fmt") {
            locked(&mut command, args);
        }
        if std::env::var_os("CARGO_TARGET_DIR").is_none() {
            command.env("CARGO_TARGET_DIR", places::cache().join("build/workspace"));
        }
    }
    command
}

/// Puts `--locked` before the first argument that belongs to somebody else (after `--`).
fn locked(command: &mut Command, args: &[&str]) {
    let Some(end) = args.iter().position(|arg| *arg == "--") else {
        command.arg("--locked");
        return;
    };
    let mut again = self::command(command.get_program());
    again.args(&args[..end]).arg("--locked").args(&args[end..]);
    *command = again;
}

/// Shows the command and runs it; its output goes to the screen.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let words = words(command);
    println!("$ {words}");
    let status = command
        .status()
        .map_err(|error| format!("cannot run `{words}`: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{words}` failed ({status})"))
    }
}

/// Runs a command quietly and gives what it printed, or nothing if it failed.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

fn words(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_stem().unwrap_or(program.as_os_str());
    let mut line = name.to_string_lossy().into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locked_goes_before_the_arguments_of_the_test_program() {
        let args = ["test", "-p", "x", "--", "--nocapture"];
        let mut command = command("cargo");
        command.args(args);
        locked(&mut command, &args);
        assert_eq!(words(&command), "cargo test -p x --locked -- --nocapture");
    }
}
