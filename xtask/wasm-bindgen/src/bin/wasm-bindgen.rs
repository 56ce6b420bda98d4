//! The `wasm-bindgen` command, as trunk calls it.
//!
//! `ZABLAB_BINDGEN_ARGS` holds more arguments, split at spaces: trunk cannot pass
//! `--remove-name-section`, and a release page without names is a third smaller.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let more = std::env::var("ZABLAB_BINDGEN_ARGS").unwrap_or_default();
    let more = more.split_whitespace().map(OsString::from);
    match wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os().chain(more)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:?}");
            ExitCode::FAILURE
        }
    }
}
