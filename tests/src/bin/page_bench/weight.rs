//! What a reader downloads.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::figure::Figure;

/// Compresses a file with the compressor that node or a package of most systems brings, and answers the
/// number of bytes.
const WITH_NODE: &str = "const {constants: c, brotliCompressSync: brotli} = require('zlib'); \
    const text = require('fs').readFileSync(process.argv[1]); \
    console.log(brotli(text, {params: {[c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_SIZE_HINT]: text.length}}).length)";

/// The whole page, and its largest part.
pub(crate) fn figures() -> Vec<Figure> {
    let Some(dist) = env::var_os("ZABLAB_DIST").map(PathBuf::from) else {
        return Vec::new();
    };
    let files = fs::read_dir(&dist).into_iter().flatten().flatten();
    let files: Vec<PathBuf> = files.map(|entry| entry.path()).collect();
    let sizes: Option<Vec<f64>> = files.iter().map(|file| compressed(file)).collect();
    let Some(sizes) = sizes else {
        eprintln!("(neither brotli nor node is here: the page is not weighed)");
        return Vec::new();
    };
    let wasm = files
        .iter()
        .position(|file| file.extension().is_some_and(|end| end == "wasm"));
    let kb = |bytes: f64| bytes / 1_000.0;
    vec![
        Figure::new("whole page, brotli", kb(sizes.iter().sum()), "KB").within(600.0, 350.0),
        Figure::new("  of that wasm", kb(wasm.map_or(0.0, |at| sizes[at])), "KB"),
    ]
}

/// Bytes of a file after brotli at its best.
fn compressed(file: &Path) -> Option<f64> {
    let brotli = Command::new("brotli")
        .args(["-q", "11", "-c"])
        .arg(file)
        .stderr(Stdio::null())
        .output();
    if let Some(output) = brotli.ok().filter(|output| output.status.success()) {
        return Some(output.stdout.len() as f64);
    }
    let node = Command::new("node")
        .args(["-e", WITH_NODE])
        .arg(file)
        .output();
    let text = String::from_utf8(node.ok()?.stdout).ok()?;
    text.trim().parse().ok()
}
