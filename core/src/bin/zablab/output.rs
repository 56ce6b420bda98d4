//! Standard output and files, with errors in words.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use serde::Serialize;
use zablab_core::scenario::parser::{SCRIPT_BYTES_MAX, parse_bytes};
use zablab_core::scenario::{Program, ScriptError, Show};
use zablab_core::view::text::Filter;

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// The input is bad.
    Input(String),
    /// Nobody reads standard output any more.
    Closed,
}

/// Prints text to standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    done.map_err(|e| match e.kind() {
        ErrorKind::BrokenPipe => Failure::Closed,
        _ => Failure::Input(format!("standard output: {e}")),
    })
}

/// Prints one JSON value and a line end.
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string(value)
        .map_err(|e| Failure::Input(format!("this result has no JSON form: {e}")))?;
    text.push('\n');
    print(&text)
}

/// A script as it was read.
pub struct Script {
    /// What it does.
    pub program: Program,
    /// What it shows of that.
    pub show: Show,
}

/// Reads and parses a script; errors look like `file:line:column: message`.
pub fn read_script(path: &Path) -> Result<Script, Failure> {
    let name = path.display();
    let file = File::open(path).map_err(|e| Failure::Input(format!("{name}: {e}")))?;
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to know that it is too long.
    let mut limited = file.take(SCRIPT_BYTES_MAX as u64 + 1);
    limited
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::Input(format!("{name}: {e}")))?;
    let program = parse_bytes(&bytes).map_err(|e| bad_script(path, &e))?;
    let text = String::from_utf8_lossy(&bytes);
    let show = Show::of_script(&text, &program).map_err(|e| bad_script(path, &e))?;
    let show = show.unwrap_or_else(|| Show::new(Filter::notable()));
    Ok(Script { program, show })
}

/// The failure for an error of a script.
pub fn bad_script(path: &Path, error: &ScriptError) -> Failure {
    Failure::Input(format!("{}:{error}", path.display()))
}
