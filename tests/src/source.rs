//! The project's own files as text, and their code without comments and strings.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are the project; beside them the files at its root.
const FOLDERS: [&str; 8] = [
    "core", "web", "tests", "xtask", "static", ".cargo", ".ci", ".github",
];
/// Folders that tools write.
const BUILT: [&str; 4] = ["target", "dist", "node_modules", "proptest-regressions"];

/// A file of the project.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

impl File {
    /// True for Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Its module path in the engine: `base/time.rs` is base, time.
    pub fn module(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix("core/src/").unwrap_or_default();
        let inside = inside.trim_end_matches(".rs").trim_end_matches("/mod");
        inside.split('/').collect()
    }

    /// `path:line` of a place in it.
    pub fn at(&self, offset: usize) -> String {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        format!("{}:{line}", self.path)
    }
}

/// Every text file of the project.
pub fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    for entry in fs::read_dir(&root).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if path.is_file() && name != ".git" {
            paths.push((name, path));
        } else if FOLDERS.contains(&name.as_str()) {
            collect(&path, &name, &mut paths);
        }
    }
    paths.sort();
    let read = |(path, file): (String, PathBuf)| {
        let text = fs::read_to_string(file).ok()?;
        Some(File { path, text })
    };
    paths.into_iter().filter_map(read).collect()
}

fn collect(folder: &Path, name: &str, paths: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let last = entry.file_name().to_string_lossy().into_owned();
        let name = format!("{name}/{last}");
        let path = entry.path();
        if path.is_file() {
            paths.push((name, path));
        } else if !BUILT.contains(&last.as_str()) {
            collect(&path, &name, paths);
        }
    }
}

/// Every place of `what`, with the text from there on. What begins and ends with letters is a word.
pub fn places<'a>(text: &'a str, what: &str) -> Vec<(usize, &'a str)> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let word = what.starts_with(part);
    let found = text.match_indices(what).map(|(at, _)| (at, &text[at..]));
    found
        .filter(|(at, _)| !word || !text[..*at].ends_with(part))
        .collect()
}

/// Every path that begins with `root::`, with its place; `root::{a, b::c}` are two.
pub fn uses(code: &str, root: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for (offset, rest) in places(code, &format!("{root}::")) {
        let mut rest = &rest[root.len() + 2..];
        paths(&mut rest, &mut Vec::new(), &mut |path| {
            found.push((offset, path.to_vec()));
        });
    }
    found
}

/// Reads one path, or a group of them, and leaves `rest` behind it.
fn paths(rest: &mut &str, prefix: &mut Vec<String>, found: &mut impl FnMut(&[String])) {
    *rest = rest.trim_start();
    if let Some(inside) = rest.strip_prefix('{') {
        *rest = inside;
        while !rest.trim_start().starts_with('}') && !rest.is_empty() {
            paths(rest, prefix, found);
            let next = rest.find([',', '}']).unwrap_or(rest.len());
            *rest = rest[next..].trim_start_matches(',');
        }
        *rest = rest.trim_start().strip_prefix('}').unwrap_or_default();
        return;
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
    prefix.push(name.to_owned());
    *rest = after;
    match after.strip_prefix("::") {
        Some(deeper) if !deeper.starts_with('<') => {
            *rest = deeper;
            paths(rest, prefix, found);
        }
        _ => found(prefix),
    }
    prefix.pop();
}

/// Every chain of `super::`, with its place, its length, and the name behind it.
pub fn supers(code: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    for (offset, rest) in places(code, "super::") {
        if code[..offset].ends_with("super::") {
            continue;
        }
        let chain = rest.len() - rest.trim_start_matches("super::").len();
        let name = rest[chain..].chars();
        let name = name
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        found.push((offset, chain / "super::".len(), name));
    }
    found
}

/// The code with comments, strings and characters blanked; every line stays where it is.
pub fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let blank = blank_length(rest);
        if blank > 0 {
            let gone = rest[..blank].bytes();
            code.extend(gone.map(|b| if b == b'\n' { '\n' } else { ' ' }));
            rest = &rest[blank..];
            continue;
        }
        // A name is taken whole, so that the r of `for"` begins no raw string.
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let name = rest.find(|c: char| !part(c)).unwrap_or(rest.len());
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let (taken, after) = rest.split_at(name.max(first));
        code.push_str(taken);
        rest = after;
    }
    code
}

/// How long the comment, string or character is that `rest` begins with; 0 when it is code.
fn blank_length(rest: &str) -> usize {
    let upto = |skip: usize, end: &str| {
        let found = rest[skip..].find(end).map(|at| skip + at + end.len());
        found.unwrap_or(rest.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return comment_length(rest);
    }
    let plain = rest.trim_start_matches(['b', 'c']);
    let prefix = rest.len() - plain.len();
    if prefix <= 1 {
        if plain.starts_with('"') {
            return prefix + quoted_length(plain, '"');
        }
        let hashes = plain
            .strip_prefix('r')
            .map(|r| r.len() - r.trim_start_matches('#').len());
        if let Some(hashes) = hashes
            && plain[1 + hashes..].starts_with('"')
        {
            let end = format!("\"{}", "#".repeat(hashes));
            return upto(prefix + hashes + 2, &end);
        }
        if let Some(inside) = plain.strip_prefix('\'') {
            let one = inside.chars().next().map_or(0, char::len_utf8);
            let is_char = inside.starts_with('\\') || inside[one..].starts_with('\'');
            return if is_char {
                prefix + quoted_length(plain, '\'')
            } else {
                0
            };
        }
    }
    0
}

/// Block comments nest.
fn comment_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// From a quotation mark to the next one that no backslash protects.
fn quoted_length(rest: &str, mark: char) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == mark {
            return at + mark.len_utf8();
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Vec<String> {
        let uses = uses(code, "crate");
        uses.iter().map(|(_, path)| path.join("::")).collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let text = "use crate::{lab::Lab, base}; // crate::view\nlet s = \"crate::world\";";
        assert_eq!(found(&code_of(text)), ["lab::Lab", "base"]);
        let code = code_of("a('\"', r#\"f64 \"# , b'\\'') /* f32 /* HashMap */ */ + 'x: f64");
        assert_eq!(places(&code, "f64").len(), 1, "{code}");
        assert!(places(&code, "f32").is_empty() && places(&code, "HashMap").is_empty());
    }

    #[test]
    fn a_group_of_paths_is_read_as_many() {
        let nested = "crate::protocol::{Config, zab::{Peer, packet::Packet as P}, Timer};";
        let wanted = [
            "protocol::Config",
            "protocol::zab::Peer",
            "protocol::zab::packet::Packet",
            "protocol::Timer",
        ];
        assert_eq!(found(nested), wanted);
        assert_eq!(supers("super::super::lab::x"), [(0, 2, "lab".to_owned())]);
    }
}
