//! What goes wrong with directories, in words: each names the place.

use std::fmt::Display;
use std::path::Path;

use zablab_core::storage::backup::Fault;

use crate::output::Failure;

/// A fault at a place.
pub fn failed(path: &Path, why: &dyn Display) -> Fault {
    Fault::Failed(format!("{}: {why}", path.display()).into())
}

/// The same as the end of the command.
pub fn ends_at(path: &Path, why: &dyn Display) -> Failure {
    words(&failed(path, why))
}

/// The end of the command by a fault.
pub fn words(fault: &Fault) -> Failure {
    refused(&fault.to_string())
}

/// The end of the command by a fault of what is written to that place.
pub fn words_at(place: &Path, fault: &Fault) -> Failure {
    match fault {
        Fault::Full => ends_at(place, &"no space is left"),
        fault => words(fault),
    }
}

/// What is asked for is not done.
pub fn refused(why: &str) -> Failure {
    Failure::Input(format!("zablab backup: {why}"))
}
