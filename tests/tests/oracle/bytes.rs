//! Taken apart and written again, real files are the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use zablab_core::model::Zxid;
use zablab_core::storage::jute::Reader;
use zablab_core::storage::recovery::RecoverOptions;
use zablab_core::storage::{
    Content, Corrupt, FileName, FileOp, LastLog, LogWriter, scan, snapshot,
};

use super::datadirs::unpacked;

/// Every plain file of that kind in the recorded directories.
fn files(kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![unpacked().to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder)
            .expect("a recorded directory")
            .flatten()
        {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                waiting.push(path);
            } else if name.starts_with(kind) && name.matches('.').count() == 1 {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.len() > 50, "only {} files of {kind}", found.len());
    found
}

/// Every transaction is decoded, encoded and appended again; the padding is the server's as well.
#[test]
fn a_log_that_is_read_and_written_again_is_the_same_file() {
    let mut records = 0;
    for path in files("log.") {
        let (name, bytes) = read(&path);
        let wanted = Content::from(&bytes[..]);
        let files = BTreeMap::from([(name.clone(), wanted.clone())]);
        let mut writer = LogWriter::new(64 << 10);
        let mut written = Content::default();
        for found in scan::records(&files, Zxid(i64::MIN), LastLog::MustBeWhole) {
            let found = found.unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
            let again = zablab_core::storage::record(found.record.txn.clone());
            assert_eq!(
                again.payload,
                found.record.payload,
                "{} at {}",
                path.display(),
                found.offset
            );
            for op in writer.append(&again) {
                if let FileOp::Write { offset, bytes, .. } = op {
                    written.write(offset, &bytes);
                }
            }
            records += 1;
        }
        // A server that was told to cut its log has cut the padding too.
        if wanted.len() == wanted.data_end() {
            written.set_len(wanted.len());
        }
        assert_eq!(writer.current(), Some(&name));
        assert!(written.to_vec() == bytes, "{}: other bytes", path.display());
    }
    assert!(records > 2000, "only {records} records");
}

/// Nodes, sessions and lists of a real snapshot are the records of ours.
#[test]
fn a_snapshot_that_is_read_and_written_again_has_the_same_records() {
    let rules = RecoverOptions::V3_9_4.read_rules();
    let mut nodes = 0;
    for path in files("snapshot.") {
        let (name, bytes) = read(&path);
        let Ok(loaded) = snapshot::read(&Content::from(&bytes[..]), &name, rules) else {
            // Written with digests switched off: no server that has them on can read it.
            assert!(
                path.to_string_lossy().contains("past-1003"),
                "{}",
                path.display()
            );
            continue;
        };
        let real = pieces(&bytes).expect("a real snapshot");
        let ours = pieces(&snapshot::whole(&loaded.database)).expect("our snapshot");
        nodes += real.nodes.len();
        assert_eq!(ours.sessions, real.sessions, "{}", path.display());
        assert_eq!(ours.lists, real.lists, "{}", path.display());
        assert_eq!(ours.nodes, real.nodes, "{}", path.display());
    }
    assert!(nodes > 5000, "only {nodes} nodes");
}

fn read(path: &Path) -> (FileName, Vec<u8>) {
    let name = path
        .file_name()
        .expect("a file has a name")
        .to_string_lossy();
    (
        name.as_ref().into(),
        fs::read(path).expect("a recorded file"),
    )
}

/// The records of a snapshot as bytes, sorted: their order is that of a hash table.
struct Pieces {
    sessions: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
    nodes: Vec<Vec<u8>>,
}

fn pieces(bytes: &[u8]) -> Result<Pieces, Corrupt> {
    let mut r = Reader::new(bytes);
    r.take(16)?;
    let count = r.int()?;
    let sessions = several(&mut r, count, |r| r.take(12).map(drop))?;
    let count = r.int()?;
    let lists = several(&mut r, count, |r| {
        r.long()?;
        r.acl().map(drop)
    })?;
    let mut nodes = Vec::new();
    loop {
        let start = r.position();
        if r.buffer()? == Some(b"/") {
            break;
        }
        r.buffer()?;
        r.take(8 + 60)?;
        nodes.push(bytes[start..r.position()].to_vec());
    }
    nodes.sort();
    Ok(Pieces {
        sessions,
        lists,
        nodes,
    })
}

fn several(
    r: &mut Reader<'_>,
    count: i32,
    skip: impl Fn(&mut Reader<'_>) -> Result<(), Corrupt>,
) -> Result<Vec<Vec<u8>>, Corrupt> {
    let mut found = Vec::new();
    for _ in 0..count {
        let start = r.position();
        skip(r)?;
        found.push(r.taken()[start..].to_vec());
    }
    found.sort();
    Ok(found)
}
