//! The release page: one folder, `dist/`, that any web server can offer under any path.
//!
//! trunk builds it; two things are then made stricter than trunk can:
//! - the wasm loses its name section (a third of its size);
//! - the script that starts the page moves from the HTML into a file, so that the page runs under a
//!   content security policy without inline scripts.
//!
//! And its style sheets become one (see [`styles`]).

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use crate::tools::Toolbox;
use crate::{places, shell, styles};

/// `cargo xtask build`.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if let Some(extra) = args.first() {
        return Err(format!("build takes no argument, found `{extra}`"));
    }
    build(&Toolbox::ready()?)?;
    report(&places::dist())
}

/// Builds `dist/`.
pub(crate) fn build(tools: &Toolbox) -> Result<(), String> {
    let mut trunk = tools.trunk(&["build", "--release", "--public-url", "./"])?;
    trunk.env("ZABLAB_BINDGEN_ARGS", "--remove-name-section");
    shell::run(&mut trunk)?;
    move_start_script(&places::dist())?;
    styles::gather(&places::dist())
}

/// Moves the inline module script of `index.html` into a file of its own.
fn move_start_script(dist: &Path) -> Result<(), String> {
    let index = dist.join("index.html");
    let html =
        fs::read_to_string(&index).map_err(|error| format!("{}: {error}", index.display()))?;
    let (html, script) = split_start_script(&html)
        .ok_or("dist/index.html holds no inline module script: has trunk changed?")?;
    let mut hasher = DefaultHasher::new();
    script.hash(&mut hasher);
    let name = format!("start-{:016x}.js", hasher.finish());
    let html = html.replace("{start}", &name);
    fs::write(dist.join(&name), script)
        .and_then(|()| fs::write(&index, html))
        .map_err(|error| format!("cannot write the page: {error}"))
}

/// The page with a place `{start}` for the script's name, and the script.
fn split_start_script(html: &str) -> Option<(String, String)> {
    const OPEN: &str = "<script type=\"module\">";
    const CLOSE: &str = "</script>";
    let start = html.find(OPEN)?;
    let body = start + OPEN.len();
    let end = body + html[body..].find(CLOSE)?;
    let link = "<script type=\"module\" src=\"./{start}\"></script>";
    let page = format!("{}{link}{}", &html[..start], &html[end + CLOSE.len()..]);
    Some((page, html[body..end].trim().to_owned() + "\n"))
}

/// Prints what a reader downloads.
fn report(dist: &Path) -> Result<(), String> {
    let mut files: Vec<(String, u64)> = fs::read_dir(dist)
        .map_err(|error| format!("{}: {error}", dist.display()))?
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let size = entry.metadata().ok().filter(|data| data.is_file())?.len();
            Some((entry.file_name().to_string_lossy().into_owned(), size))
        })
        .collect();
    files.sort();
    println!("dist/");
    for (name, size) in files {
        println!("{size:>10}  {name}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_script_moves_out_of_the_page() {
        let html = "<head><script type=\"module\">\nimport a from './a.js';\n</script></head>";
        let (page, script) = split_start_script(html).expect("one inline script");
        assert_eq!(script, "import a from './a.js';\n");
        assert_eq!(
            page,
            "<head><script type=\"module\" src=\"./{start}\"></script></head>"
        );
        assert_eq!(split_start_script(&page), None);
    }
}
