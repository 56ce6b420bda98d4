//! Every line that was entered in the real tool is entered here, and the same must be printed.
//!
//! The real tool talked to a server of one; so does this, with a fresh tree for each `@server`, so
//! that zxids, versions and sequence suffixes are the same. Dates and session ids are not compared,
//! nor the watch events: the tool prints them from a thread of its own, at any place.

use super::server::{Client, Server};
use crate::console::wording::watched;
use crate::model::ErrorCode;

const RECORDED: &str = include_str!("../../../../tests/console/zkcli-3.8.0.txt");

/// Where the console differs on purpose, or the server behind it: section, line, why.
const DIFFERENT: [(&str, &str, &str); 11] = [
    ("Words", "\"", NO_WORDS),
    ("Quotes", " ", NO_WORDS),
    ("Blank", " ", NO_WORDS),
    ("Blank", "   ", NO_WORDS),
    ("Words", "help", "it is a command here"),
    ("Words", "version", "another release"),
    ("Access", "getAcl /k2", HASHED),
    ("Access", "getAcl /k/b/c", HASHED),
    ("Watches", "removewatches /w -c", NO_CLIENT),
    ("Watches", "removewatches /w -d", NO_CLIENT),
    ("Watches", "removewatches /w -c -d", NO_CLIENT),
];
const NO_WORDS: &str = "a line without words does nothing here";
const HASHED: &str = "the server keeps the identities of a connection in a hash table";
const NO_CLIENT: &str = "the client library looks for a watch of that kind in its own tables";

/// Where the real tool is in doubt: it may end before it hears of the failure.
const IN_DOUBT: [&str; 2] = ["deleteall /w", "deleteall /zookeeper"];

/// A line and what came of it.
struct Entry<'a> {
    section: &'a str,
    at: usize,
    line: &'a str,
    printed: Vec<&'a str>,
    ended: bool,
}

enum Event<'a> {
    Server(&'a str),
    Client(&'a str),
    Up(bool),
    Freeze,
    Line(Entry<'a>),
}

fn events() -> Vec<Event<'static>> {
    let mut events = Vec::new();
    let mut section = "";
    for (index, text) in RECORDED.lines().enumerate() {
        let (mark, rest) = text.split_at_checked(2).unwrap_or((text, ""));
        match mark {
            "# " => section = rest.split([':', '.', ',']).next().unwrap_or_default(),
            "> " => events.push(Event::Line(Entry {
                section: section.split(' ').next().unwrap_or_default(),
                at: index + 1,
                line: rest,
                printed: Vec::new(),
                ended: false,
            })),
            "| " | "|" => {
                if let Some(Event::Line(entry)) = events.last_mut() {
                    entry.printed.push(rest);
                }
            }
            "! " => match events.last_mut() {
                Some(Event::Line(entry)) => entry.ended = true,
                _ => panic!("line {}: nothing has ended", index + 1),
            },
            "" | "#" => {}
            _ => events.push(control(text)),
        }
    }
    events
}

fn control(text: &'static str) -> Event<'static> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "@server" => Event::Server(rest),
        "@client" => Event::Client(rest.split(' ').next().unwrap_or_default()),
        "@stopserver" => Event::Up(false),
        "@startserver" => Event::Up(true),
        "@freeze" => Event::Freeze,
        other => panic!("{other} is not known"),
    }
}

/// A stage on which the recording is played again.
struct Stage {
    server: Server,
    clients: Vec<(&'static str, Client)>,
}

impl Stage {
    fn new() -> Self {
        Self {
            server: Server::new(),
            clients: Vec::new(),
        }
    }

    /// The recorder entered another line behind each, to see where its answer ends.
    fn enter(&mut self, entry: &Entry<'_>) -> Vec<String> {
        let (_, client) = self.clients.last_mut().expect("a client");
        let printed = self.server.enter(client, entry.line);
        self.server.enter(client, "printwatches");
        if entry.ended {
            *client = self.server.client();
        }
        printed
    }

    fn play(&mut self, event: &Event<'static>) {
        match event {
            Event::Server(options) => {
                *self = Self::new();
                self.server.enforce_quota = options.contains("enforceQuota=true");
                if options.contains("reconfigEnabled=true") {
                    self.server.reconfig = ErrorCode::Unimplemented;
                }
            }
            Event::Client(name) => {
                let client = self.server.client();
                self.clients.push((*name, client));
            }
            Event::Up(up) => self.server.up = *up,
            Event::Freeze => {
                let (_, client) = self.clients.last_mut().expect("a client");
                self.server.expire(client);
            }
            Event::Line(_) => {}
        }
    }
}

#[test]
fn the_console_prints_what_the_real_tool_printed() {
    let mut stage = Stage::new();
    let mut wrong = String::new();
    let (mut lines, mut different) = (0, Vec::new());
    for event in events() {
        let Event::Line(entry) = &event else {
            stage.play(&event);
            continue;
        };
        lines += 1;
        let printed = comparable(stage.enter(entry).iter().map(String::as_str));
        let expected = comparable(without_events(&entry.printed).into_iter());
        if printed == expected || IN_DOUBT.contains(&entry.line) {
            continue;
        }
        let known = DIFFERENT
            .iter()
            .find(|(section, line, _)| *section == entry.section && *line == entry.line);
        match known {
            Some(known) => different.push(known),
            None => {
                let Entry {
                    section, at, line, ..
                } = entry;
                wrong += &format!("{at} {section}: {line}\n  {expected:?}\n  {printed:?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(lines > 700, "{lines} lines were read");
    for known in &DIFFERENT {
        let may_agree = known.1 == "deleteall /w";
        assert!(
            different.contains(&known) || may_agree,
            "{known:?} does not differ"
        );
    }
}

/// The lines that are not part of a watch event. An event is printed in two pieces of two lines.
fn without_events<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::new();
    let mut rest = lines;
    while let [first, after @ ..] = rest {
        rest = match rest {
            ["", "WATCHER::", after @ ..] => after,
            ["", event, after @ ..] if event.starts_with("WatchedEvent ") => after,
            _ => {
                kept.push(*first);
                after
            }
        };
    }
    kept
}

/// Lines with dates and session ids masked.
fn comparable<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut rows = lines.map(masked).collect::<Vec<_>>();
    // The real server has them in a hash table.
    if rows.first().is_some_and(|row| row == "Auth scheme: User") {
        rows[1..].sort_unstable();
    }
    rows
}

fn masked(line: &str) -> String {
    let line = line.strip_suffix('¶').unwrap_or(line);
    let zero = "Thu Jan 01 00:00:00 UTC 1970";
    // The real server has the ephemerals of a session in a hash table.
    if let Some(paths) = line.strip_prefix("[/") {
        let mut paths: Vec<&str> = paths.trim_end_matches(']').split(", /").collect();
        paths.sort_unstable();
        return format!("{paths:?}");
    }
    match line.split_once(" = ") {
        Some((key @ ("ctime" | "mtime"), date)) if date != zero => {
            let fits = date.len() == zero.len() && date[19..].starts_with(" UTC 20");
            format!("{key} = {}", if fits { "a date" } else { date })
        }
        Some((key @ "ephemeralOwner", owner)) if owner != "0x0" => format!("{key} = a session"),
        _ => line.to_owned(),
    }
}

/// Every watch event that was recorded is made by [`watched`].
#[test]
fn watch_events_look_as_recorded() {
    let mut seen = 0;
    for event in events() {
        let Event::Line(entry) = event else { continue };
        for lines in entry.printed.windows(4) {
            let event = lines[3].strip_prefix("WatchedEvent state:");
            let Some(event) = event.filter(|_| lines[1] == "WATCHER::") else {
                continue;
            };
            let (state, rest) = event.split_once(" type:").expect("a type");
            let (kind, path) = rest.split_once(" path:").expect("a path");
            let path = (path != "null").then_some(path);
            assert_eq!(watched(state, kind, path, None), lines);
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen} events were read");
}
