//! Recorded data directories, unpacked for a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Archives with directories; a name is in one of them only.
const ARCHIVES: [&str; 3] = ["standalone", "ensemble", "past"];

/// Where the recordings lie.
pub fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datadirs")
}

/// All directories by name: unpacked once in a test run.
pub fn unpacked() -> &'static Path {
    static UNPACKED: OnceLock<PathBuf> = OnceLock::new();
    UNPACKED.get_or_init(|| {
        let folder = scratch("datadirs");
        for archive in ARCHIVES {
            let file = recordings().join(format!("{archive}.tar.gz"));
            let done = Command::new("tar")
                .arg("-xzf")
                .arg(&file)
                .arg("-C")
                .arg(&folder)
                .status();
            let done = done.expect("tar is on this machine");
            assert!(done.success(), "{} cannot be unpacked", file.display());
        }
        folder
    })
}

/// A fresh folder of this test run.
pub fn scratch(name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let run = std::process::id();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{run}-{n}"));
    fs::create_dir_all(&folder).expect("the folder of the tests can be written to");
    folder
}
