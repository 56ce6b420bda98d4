//! `zablab inspect`: what is in a log or a snapshot, one record or node a line.
//!
//! It reads on as far as it can, and where it cannot it says why.

use std::path::Path;

use serde::Serialize;
use zablab_core::base::SessionId;
use zablab_core::model::Zxid;
use zablab_core::scenario::parser::value::parse_zxid;
use zablab_core::storage::snapshot::{self, ReadRules};
use zablab_core::storage::{Content, Found, LogFile, Stop};
use zablab_core::tree::{NodeOwner, TreeRules};
use zablab_core::view::text;

use super::args::InspectOptions;
use super::data_dir::{self, CONTENT_MAX};
use super::output::{self, Failure};

#[derive(Serialize)]
struct Inspected {
    files: Vec<InspectedFile>,
}

#[derive(Serialize)]
struct InspectedFile {
    file: String,
    kind: &'static str,
    lines: Vec<Entry>,
    verdict: String,
    whole: bool,
}

/// One record or node.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zxid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
    text: String,
}

/// Which records and nodes are of interest.
struct Filter<'a> {
    from: Zxid,
    to: Zxid,
    path: Option<&'a str>,
    session: Option<SessionId>,
}

/// True when every file was whole.
pub fn run(options: &InspectOptions) -> Result<bool, Failure> {
    let filter = Filter::of(options)?;
    let mut files = Vec::new();
    for path in &options.files {
        let mut room = CONTENT_MAX;
        let content = data_dir::content(path, &mut room)?;
        let file = inspect(path, content, &filter);
        if !options.json {
            output::print(&in_words(&file))?;
        }
        files.push(file);
    }
    let whole = files.iter().all(|file| file.whole);
    if options.json {
        output::print_json(&Inspected { files })?;
    }
    Ok(whole)
}

impl<'a> Filter<'a> {
    fn of(options: &'a InspectOptions) -> Result<Self, Failure> {
        let zxid = |word: &Option<String>, open: Zxid| match word {
            None => Ok(open),
            Some(word) => {
                parse_zxid(word).ok_or_else(|| expected("a zxid like 1.7 or 0x100000007", word))
            }
        };
        let session = options.session.as_deref().map(|word| {
            let hex = word.strip_prefix("0x").unwrap_or(word);
            let id = i64::from_str_radix(hex, 16).ok().map(SessionId);
            id.ok_or_else(|| expected("a session like 0x100001d11ab0000", word))
        });
        Ok(Self {
            from: zxid(&options.from, Zxid(i64::MIN))?,
            to: zxid(&options.to, Zxid(i64::MAX))?,
            path: options.path.as_deref(),
            session: session.transpose()?,
        })
    }

    fn takes_path(&self, path: &str) -> bool {
        self.path.is_none_or(|wanted| {
            let below = path.strip_prefix(wanted.trim_end_matches('/'));
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    fn takes(&self, found: &Found) -> bool {
        let txn = &found.record.txn;
        let zxid = txn.header.zxid;
        let session = self.session.is_none_or(|id| id == txn.header.session);
        let path = self.path.is_none()
            || txn
                .body
                .paths()
                .into_iter()
                .any(|path| self.takes_path(path));
        zxid >= self.from && zxid <= self.to && session && path
    }
}

fn inspect(path: &Path, content: Content, filter: &Filter<'_>) -> InspectedFile {
    let file = path.display().to_string();
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = name.unwrap_or_default();
    if name.starts_with("snapshot.") {
        snapshot_lines(file, &name, &content, filter)
    } else {
        log_lines(file, &name, content, filter)
    }
}

fn log_lines(file: String, name: &str, content: Content, filter: &Filter<'_>) -> InspectedFile {
    let mut inspected = InspectedFile {
        file,
        kind: "log",
        lines: Vec::new(),
        verdict: String::new(),
        whole: false,
    };
    let mut records = 0_u64;
    let mut log = match LogFile::open(name.into(), content) {
        Ok(log) => log,
        Err(corrupt) => {
            inspected.verdict = corrupt.to_string();
            return inspected;
        }
    };
    loop {
        match log.next_record() {
            Ok(Ok(found)) => {
                records += 1;
                if filter.takes(&found) {
                    inspected.lines.push(record(&found));
                }
            }
            Ok(Err(why)) => {
                inspected.whole = why.is_ordinary();
                inspected.verdict = text::report::stop(&Stop {
                    file: name.into(),
                    offset: log.offset(),
                    why,
                    hides: log.hidden_record(why),
                });
                break;
            }
            Err(corrupt) => {
                inspected.verdict = corrupt.to_string();
                break;
            }
        }
    }
    inspected.verdict = format!("{records} records; {}", inspected.verdict);
    inspected
}

fn record(found: &Found) -> Entry {
    Entry {
        offset: Some(found.offset),
        zxid: Some(format!("{:#x}", found.record.zxid().0)),
        checksum: Some(format!("{:08x}", found.checksum)),
        text: text::record(&found.record),
    }
}

fn snapshot_lines(
    file: String,
    name: &str,
    content: &Content,
    filter: &Filter<'_>,
) -> InspectedFile {
    let rules = ReadRules {
        tree: TreeRules::zablab(),
        last_processed: true,
    };
    let mut inspected = InspectedFile {
        file,
        kind: "snapshot",
        lines: Vec::new(),
        verdict: String::new(),
        whole: false,
    };
    let loaded = match snapshot::read(content, &name.into(), rules) {
        Ok(loaded) => loaded,
        Err(corrupt) => {
            inspected.verdict = corrupt.to_string();
            return inspected;
        }
    };
    let db = &loaded.database;
    let line = |text: String| Entry {
        offset: None,
        zxid: None,
        checksum: None,
        text,
    };
    let wanted = |id: &SessionId| filter.session.is_none_or(|session| session == *id);
    for (session, timeout_ms) in db.sessions.iter().filter(|(id, _)| wanted(id)) {
        let text = format!("session {:#x} timeout {timeout_ms} ms", session.0);
        inspected.lines.push(line(text));
    }
    for (path, node) in db.tree.iter().filter(|(path, _)| filter.takes_path(path)) {
        let owned = match node.stat.owner() {
            NodeOwner::Session(id) => wanted(&id),
            _ => filter.session.is_none(),
        };
        if owned && node.stat.mzxid >= filter.from && node.stat.mzxid <= filter.to {
            inspected.lines.push(Entry {
                zxid: Some(format!("{:#x}", node.stat.mzxid.0)),
                ..line(text::node(path, node))
            });
        }
    }
    let digest = loaded.digest.map_or_else(
        || "no digest".to_owned(),
        |(zxid, digest)| format!("digest {digest} at {:#x}", zxid.0),
    );
    inspected.verdict = format!(
        "{} sessions, {} nodes; {digest}",
        db.sessions.size(),
        db.tree.len()
    );
    inspected.whole = true;
    inspected
}

fn in_words(file: &InspectedFile) -> String {
    let mut words = format!("== {}\n", file.file);
    for entry in &file.lines {
        let offset = entry.offset.map(|offset| format!("{offset} "));
        let zxid = entry.zxid.as_ref().map(|zxid| format!("{zxid} "));
        let checksum = entry.checksum.as_ref().map(|sum| format!("{sum} "));
        for part in [offset, zxid, checksum].into_iter().flatten() {
            words.push_str(&part);
        }
        words.push_str(&entry.text);
        words.push('\n');
    }
    words.push_str(&file.verdict);
    words.push('\n');
    words
}

fn expected(what: &str, found: &str) -> Failure {
    Failure::Input(format!("zablab inspect: expected {what}, found {found:?}"))
}
