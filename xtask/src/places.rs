//! Where things lie.
//!
//! Tools live in the user's cache, one folder per version: a trunk of another version that the user
//! has stays untouched, and a second clone of the repository finds everything ready.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    here.parent().map(Path::to_path_buf).unwrap_or(here)
}

/// The release page.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// What this project keeps between runs and between clones.
pub(crate) fn cache() -> PathBuf {
    let home = |name: &str| {
        env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = if cfg!(windows) {
        home("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home("HOME").map(|home| home.join("Library/Caches"))
    } else {
        home("XDG_CACHE_HOME").or_else(|| home("HOME").map(|home| home.join(".cache")))
    };
    match base {
        Some(base) => base.join("zablab"),
        None => root().join("target").join("cache"),
    }
}

/// The folder of one tool at one version.
pub(crate) fn tool(name: &str, version: &str) -> PathBuf {
    cache().join("tools").join(format!("{name}-{version}"))
}

/// Are we a build server? There a missing tool is a failure, and lock files are law.
pub(crate) fn ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}

/// Finds a program on PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
