//! Lists the scripts that are run natively and in wasm, where no directory can be read.
//!
//! Every `.zab` file below `static/scenarios` and `tests/scripts` is in the list, so adding one is
//! enough.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folders with scripts, seen from this package.
const FOLDERS: [&str; 2] = ["../static/scenarios", "scripts"];

fn main() {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed=build.rs");
    let mut scripts = Vec::new();
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
        collect(&package.join(folder), folder, &mut scripts);
    }
    scripts.sort();
    let mut list = String::from("&[\n");
    for (name, path) in scripts {
        writeln!(list, "    ({name:?}, include_str!({path:?})),")
            .expect("writing to a string cannot fail");
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("scripts.rs"), list).expect("the build folder can be written to");
}

/// Scripts below a folder, by a name that is the same on every machine.
fn collect(folder: &Path, name: &str, scripts: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            collect(&path, &name, scripts);
        } else if let Some(name) = name.strip_suffix(".zab") {
            let name = name.trim_start_matches("../").to_owned();
            scripts.push((name, path));
        }
    }
}
