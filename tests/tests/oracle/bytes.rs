//! Taken apart and written again, real files are the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use zablab_core::model::Zxid;
use zablab_core::storage::jute::Writer;
use zablab_core::storage::snapshot::items::{Item, Items, write};
use zablab_core::storage::{
    Anatomy, Content, FileName, FileOp, LastLog, LogWriter, Packing, PartKind, Verdict, record,
    scan,
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
            let again = record(found.record.txn.clone());
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

/// In the order of the file, which is that of a hash table, with every seal.
#[test]
fn a_snapshot_that_is_read_and_written_again_is_the_same_file() {
    let mut nodes = 0;
    for path in files("snapshot.") {
        let (_, bytes) = read(&path);
        let content = Content::from(&bytes[..]);
        let mut items = Items::open(Packing::Plain, content, true).expect("a plain file");
        let mut written = Writer::new();
        loop {
            match items.next_item() {
                Ok(Some(item)) => {
                    nodes += usize::from(matches!(item, Item::Node(..)));
                    write(&mut written, &item);
                }
                Ok(None) => break,
                // Written with digests switched off: no server that has them on can read it.
                Err(_) if path.to_string_lossy().contains("past-1003") => break,
                Err(corrupt) => panic!("{}: {corrupt:?}", path.display()),
            }
        }
        let whole = written.bytes() == bytes;
        assert!(
            whole || path.to_string_lossy().contains("past-1003"),
            "{}: other bytes",
            path.display()
        );
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

/// Every byte of a real file has one name, whatever is in it: parts without a gap, fields without one.
#[test]
fn every_byte_of_a_real_file_has_one_name() {
    let (mut records, mut items) = (0, 0);
    for path in [files("log."), files("snapshot.")].concat() {
        let (name, bytes) = read(&path);
        let mut anatomy = Anatomy::new(name, Content::from(&bytes[..]));
        while !anatomy.advance(10_000) {}
        let mut at = 0;
        for number in 0..anatomy.len() {
            let part = anatomy.part(number).expect("it was counted");
            let (fields, verdict) = anatomy.dissect(&part);
            for field in fields {
                assert_eq!(field.at.start, at, "{}: {field:?}", path.display());
                at = field.at.end;
            }
            assert_eq!(part.at.end, at, "{}: {part:?}", path.display());
            let whole = verdict == Verdict::Whole;
            records += usize::from(whole && matches!(part.kind, PartKind::Record(_)));
            items += usize::from(whole && matches!(part.kind, PartKind::Item(..)));
        }
        assert_eq!(at, bytes.len() as u64, "{}", path.display());
    }
    assert!(
        records > 1_000 && items > 1_000,
        "{records} records, {items} items"
    );
}
