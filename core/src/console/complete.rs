//! What may stand where the cursor is.
//!
//! ```text
//!   cr▮                create
//!   get -▮             -s -w
//!   addWatch -m P▮     PERSISTENT  PERSISTENT_RECURSIVE
//!   ls /zoo▮           zookeeper           the names in the parent directory
//! ```
//! The real tool offers commands at every place that is no path, and no options.
//!
//! In ZooKeeper: `JLineZNodeCompleter`.

use super::error::LINE_MAX;
use super::options::Spec;
use super::verbs::{self, FOUR_LETTER_WORDS, WATCH_MODES};
use super::words::{is_blank, words};
use crate::base::Order;

/// What could replace the text from `from` up to the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// A byte of the line.
    pub from: usize,
    /// Sorted.
    pub candidates: Vec<String>,
}

/// What may stand at `cursor`, a byte of the line. `children` gives the names in a directory; it is
/// asked at most once.
pub fn complete(line: &str, cursor: usize, children: &dyn Fn(&str) -> Vec<String>) -> Completion {
    let cursor = floor_char_boundary(line, cursor);
    let before = &line[..cursor];
    let from = last_word(before);
    if line.len() > LINE_MAX {
        return Completion {
            from: cursor,
            candidates: Vec::new(),
        };
    }
    let (begun, word) = (words(&before[..from]), &before[from..]);
    if word.starts_with('/') {
        return complete_path(from, word, children);
    }
    let mut candidates = match begun.first() {
        None => verbs::known_words()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        Some(command) => operands(command, &begun),
    };
    candidates.retain(|candidate| candidate.starts_with(word));
    candidates.order();
    Completion { from, candidates }
}

/// Where the last word begins; a quote that is still open begins it.
fn last_word(text: &str) -> usize {
    let (mut from, mut quote, mut blank) = (0, None, true);
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => (quote, blank) = (None, true),
            Some(_) => continue,
            None if blank && matches!(c, '"' | '\'') => quote = Some(c),
            None => blank = is_blank(c),
        }
        if blank || quote.is_some() {
            from = at + c.len_utf8();
        }
    }
    from
}

fn complete_path(from: usize, path: &str, children: &dyn Fn(&str) -> Vec<String>) -> Completion {
    let slash = path.rfind('/').unwrap_or_default();
    let directory = if slash == 0 { "/" } else { &path[..slash] };
    let start = &path[slash + 1..];
    let mut candidates = children(directory);
    candidates.retain(|name| name.starts_with(start));
    candidates.order();
    Completion {
        from: from + slash + 1,
        candidates,
    }
}

/// What may stand behind a command, other than paths.
fn operands(command: &str, begun: &[String]) -> Vec<String> {
    let last = begun.last().map(String::as_str);
    let words: &[&str] = match (command, last) {
        ("addWatch", Some("-m")) => &WATCH_MODES,
        ("printwatches", Some("printwatches")) => &["on", "off"],
        _ => &[],
    };
    if !words.is_empty() {
        return words.iter().map(|word| (*word).to_owned()).collect();
    }
    let spec = verbs::verb(command)
        .map(|verb| verb.spec)
        .unwrap_or_default();
    let waits_for_value = last.and_then(|word| word.strip_prefix('-'));
    let behind_all = begun.iter().any(|word| word == "--");
    let four_letters = FOUR_LETTER_WORDS.contains(&command) && command != "stat";
    if behind_all || four_letters || waits_for_value.is_some_and(|o| spec.valued.contains(&o)) {
        return Vec::new();
    }
    options(&spec, begun)
}

/// The options that are not given yet.
fn options(spec: &Spec, begun: &[String]) -> Vec<String> {
    let all = spec.flags.iter().chain(spec.valued);
    let options = all.map(|option| format!("-{option}"));
    options.filter(|option| !begun.contains(option)).collect()
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    let boundary = (0..=at).rev().find(|at| text.is_char_boundary(*at));
    boundary.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(directory: &str) -> Vec<String> {
        let names: &[&str] = match directory {
            "/" => &["zookeeper", "a", "app", "b c"],
            "/a" => &["one", "two", "日本"],
            _ => &[],
        };
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// `▮` is the cursor.
    fn completed(line: &str) -> (String, Vec<String>) {
        let cursor = line.find('▮').expect("a cursor");
        let line = line.replace('▮', "");
        let Completion { from, candidates } = complete(&line, cursor, &tree);
        (line[..from].to_owned(), candidates)
    }

    #[test]
    fn words_options_and_paths_are_completed() {
        for (line, kept, candidates) in [
            ("cr▮", "", &["create"][..]),
            ("  getA▮", "  ", &["getAcl", "getAllChildrenNumber"]),
            ("sr▮ 2", "", &["srvr"]),
            ("st▮", "", &["stat"]),
            ("\"cr▮", "\"", &["create"]),
            ("ls /▮", "ls /", &["a", "app", "b c", "zookeeper"]),
            ("ls /a▮", "ls /", &["a", "app"]),
            ("ls /a▮pp", "ls /", &["a", "app"]),
            ("ls /a/▮", "ls /a/", &["one", "two", "日本"]),
            ("ls -s '/a/日▮", "ls -s '/a/", &["日本"]),
            ("ls '/b ▮", "ls '/", &["b c"]),
            ("ls /none/▮", "ls /none/", &[]),
            ("get -▮", "get ", &["-s", "-w"]),
            ("get -s ▮", "get -s ", &["-w"]),
            ("get -- ▮", "get -- ", &[]),
            ("set -v ▮", "set -v ", &[]),
            (
                "reconfig -▮",
                "reconfig ",
                &["-add", "-file", "-members", "-remove", "-s", "-v"],
            ),
            (
                "addWatch -m ▮",
                "addWatch -m ",
                &["PERSISTENT", "PERSISTENT_RECURSIVE"],
            ),
            ("printwatches o▮", "printwatches ", &["off", "on"]),
            ("create /x a▮", "create /x ", &[]),
            ("nonsense ▮", "nonsense ", &[]),
            ("srvr ▮", "srvr ", &[]),
        ] {
            let (found, offered) = completed(line);
            assert_eq!(
                (found.as_str(), &offered[..]),
                (kept, &strings(candidates)[..]),
                "{line}"
            );
        }
        assert_eq!(completed("▮").1.len(), verbs::known_words().len());
    }

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_cursor_inside_of_a_letter_or_behind_the_end_is_moved() {
        let at = |cursor| complete("ls /a/日本", cursor, &tree);
        assert_eq!(at(7), at(6));
        assert_eq!(at(1_000).candidates, ["日本"]);
        let long = format!("ls {}", "/".repeat(LINE_MAX));
        assert!(complete(&long, 5, &tree).candidates.is_empty());
    }
}
