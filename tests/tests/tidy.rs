//! The house rules that a compiler does not know, checked on the text of every source file.
//!
//! - Floors: a file of the engine uses its own floor and those below, never one above. The checks
//!   share no code with the protocol they judge, only its messages and words. The page knows the
//!   engine by its upper floors alone.
//! - Determinism: no hash order, no clock, no thread, no global in the engine; no float below the
//!   view.
//! - Readers: every file says first what it is, none is longer than 600 lines, nothing is left to be
//!   done later.
//! - The project speaks of itself alone: no path of one machine, no host but known ones.
//!
//! Comments and strings are taken out before code is read, so a rule may be spoken of.

use zablab_tests::source::{File, code_of, files, places, supers, uses};

/// The floors of `core/src`, lowest first.
const FLOORS: [&str; 12] = [
    "base", "model", "tree", "storage", "protocol", "world", "check", "history", "view",
    "scenario", "console", "lab",
];
/// The first floor where floats may be: where pixels are.
const FLOATS_FROM: &str = "view";
/// What the checks may know of the machines that they judge.
const CHECKED: [&str; 2] = ["packet", "state"];
/// The floors that the page sees.
const SEEN_BY_PAGE: [&str; 3] = ["lab", "view", "scenario"];
/// A longer file tells two stories.
const LINES_MAX: usize = 600;
/// Hosts that may be named.
const HOSTS: [&str; 10] = [
    "127.0.0.1",
    "apache.org",
    "crates.io",
    "docs.rs",
    "github.com",
    "googlechromelabs.github.io",
    "rustup.rs",
    "trunkrs.dev",
    "w3.org",
    "zookeeper.apache.org",
];

#[test]
fn a_floor_uses_only_those_below_it() {
    let mut wrong = Vec::new();
    for file in engine() {
        let Some(own) = floor_of(&file) else { continue };
        let code = code_of(&file.text);
        for (offset, path) in uses(&code, "crate") {
            let used = path.first().and_then(|name| floor(name));
            if used.is_some_and(|used| used > own) {
                let what = path.join("::");
                wrong.push(format!("{}: {} uses {what}", file.at(offset), FLOORS[own]));
            }
        }
        for (offset, up, name) in supers(&code) {
            let module = file.module();
            let reached = module.len().checked_sub(up);
            if reached == Some(0) && floor(&name).is_some_and(|used| used > own) {
                wrong.push(format!("{}: {} uses {name}", file.at(offset), FLOORS[own]));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_checks_share_no_code_with_the_machines_they_judge() {
    let mut wrong = Vec::new();
    for file in engine() {
        if !file.path.starts_with("core/src/check/") || file.path.contains("/tests") {
            continue;
        }
        let code = code_of(&file.text);
        for (offset, path) in uses(&code, "crate") {
            let [protocol, zab, what, ..] = &path[..] else {
                continue;
            };
            let words_only = CHECKED.contains(&what.as_str());
            // The scene reads a server's database, and nothing else of its memory.
            let database = what == "Peer" && file.path.ends_with("/scene.rs");
            if protocol == "protocol" && zab == "zab" && !words_only && !database {
                wrong.push(format!("{}: {}", file.at(offset), path.join("::")));
            }
        }
        for (offset, rest) in places(&code, "Peer::") {
            if !rest.starts_with("Peer::db") {
                let place = file.at(offset);
                wrong.push(format!("{place}: more of a server than its database"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_page_knows_the_upper_floors_alone() {
    let mut wrong = Vec::new();
    for file in files().iter().filter(|f| f.path.starts_with("web/src/")) {
        for (offset, path) in uses(&code_of(&file.text), "zablab_core") {
            if path
                .first()
                .is_none_or(|f| !SEEN_BY_PAGE.contains(&f.as_str()))
            {
                wrong.push(format!("{}: {}", file.at(offset), path.join("::")));
            }
        }
    }
    none(&wrong);
}

#[test]
fn the_engine_is_the_same_on_every_machine() {
    let never = [
        "HashMap",
        "HashSet",
        "std::time",
        "SystemTime",
        "std::thread",
        "thread_local",
        "thread_rng",
        "static mut",
        "OnceLock",
        "LazyLock",
        "Mutex",
        "RwLock",
        "AtomicU",
        "std::env",
        "std::fs",
    ];
    let floats_from = floor(FLOATS_FROM).expect("the view is a floor");
    let mut wrong = Vec::new();
    for file in engine() {
        let mut words = never.to_vec();
        if floor_of(&file).is_some_and(|floor| floor < floats_from) {
            words.extend(["f32", "f64"]);
        }
        let code = code_of(&file.text);
        for word in words {
            for (offset, _) in places(&code, word) {
                wrong.push(format!("{}: {word}", file.at(offset)));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_file_says_first_what_it_is_and_tells_one_story() {
    let mut wrong = Vec::new();
    for file in files() {
        let lines = file.text.lines().count();
        let source = file.is_rust() || file.path.ends_with(".css");
        if source && lines > LINES_MAX {
            wrong.push(format!("{}: {lines} lines, at most {LINES_MAX}", file.path));
        }
        if file.is_rust() && !file.text.starts_with("//! ") {
            wrong.push(format!("{}: begins without saying what it is", file.path));
        }
    }
    none(&wrong);
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("HA", "CK:"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("db", "g!("),
    ];
    let mut wrong = Vec::new();
    for file in files() {
        for mark in marks {
            for (offset, _) in places(&file.text, mark) {
                wrong.push(format!("{}: {mark}", file.at(offset)));
            }
        }
    }
    none(&wrong);
}

#[test]
fn no_file_names_a_machine() {
    // Written in pieces: this file is read as well.
    let roots = ["home", "root", "tmp", "work", "Users", "mnt"].map(|name| format!("/{name}/"));
    let mut wrong = Vec::new();
    for file in files() {
        for root in &roots {
            for (offset, _) in places(&file.text, root) {
                let before = file.text[..offset].chars().next_back();
                if before.is_none_or(|c| !c.is_alphanumeric() && !"_-./}*)".contains(c)) {
                    wrong.push(format!("{}: {root}", file.at(offset)));
                }
            }
        }
        for (offset, rest) in places(&file.text, "://") {
            let host: String = rest[3..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || ".-".contains(*c))
                .collect();
            let named = |known: &&str| host == **known || host.ends_with(&format!(".{known}"));
            if host.contains('.') && !HOSTS.iter().any(named) {
                wrong.push(format!("{}: host {host}", file.at(offset)));
            }
        }
    }
    none(&wrong);
}

/// Rules that read nothing find nothing.
#[test]
fn every_floor_is_read() {
    assert!(engine().len() > 100 && files().len() > engine().len());
    for name in FLOORS {
        let mut engine = engine().into_iter();
        assert!(
            engine.any(|f| floor_of(&f) == floor(name)),
            "{name} is a floor"
        );
    }
}

fn none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} places\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| *floor == name)
}

/// The floor of the engine that a file stands on.
fn floor_of(file: &File) -> Option<usize> {
    let inside = file.path.strip_prefix("core/src/")?;
    floor(inside.split('/').next()?)
}

/// The engine without its command line, which is a front end.
fn engine() -> Vec<File> {
    let mut all = files();
    all.retain(|f| f.path.starts_with("core/src/") && !f.path.starts_with("core/src/bin/"));
    all
}
