//! The command line, as a person runs it, and what it says of a directory.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The built program.
pub fn program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows itself");
        let folder = test
            .ancestors()
            .nth(2)
            .expect("tests lie in target/debug/deps");
        let target = folder.parent().expect("profiles lie in a target folder");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--workspace", "--all-features"])
            .args(["--bin", "zablab", "--target-dir"])
            .arg(target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.expect("cargo runs").success(), "zablab is not built");
        target
            .join("debug")
            .join(format!("zablab{}", std::env::consts::EXE_SUFFIX))
    })
}

/// Runs `zablab VERB … --json`; its answer, or what it complained of.
pub fn zablab(verb: &str, dirs: &[PathBuf], options: &[&str]) -> Result<Value, String> {
    let mut command = Command::new(program());
    let done = command.arg(verb).args(dirs).args(options).arg("--json");
    let done = done.output().map_err(|e| e.to_string())?;
    serde_json::from_slice(&done.stdout).map_err(|e| {
        let words = String::from_utf8_lossy(&done.stderr);
        format!("{verb}: {}: {e}: {words}", done.status)
    })
}

/// The first places where two trees differ.
pub fn differences(wanted: &Value, got: &Value) -> Vec<String> {
    let (Value::Object(wanted), Value::Object(got)) = (wanted, got) else {
        return vec!["one of them is no tree".to_owned()];
    };
    let mut paths: Vec<&String> = wanted.keys().chain(got.keys()).collect();
    paths.sort();
    paths.dedup();
    let differs = |path: &&String| wanted.get(*path) != got.get(*path);
    let tell = |path: &String| {
        let (wanted, got) = (wanted.get(path), got.get(path));
        format!("{path}: wanted {wanted:?}, got {got:?}")
    };
    paths
        .into_iter()
        .filter(differs)
        .take(3)
        .map(tell)
        .collect()
}
