//! What stands in the logs of all servers, without decoding them again and again.
//!
//! A frame needs the newest records of each log: their zxids and where they end. The shelf keeps an
//! index per log file and only reads what was appended since. It is a cache and nothing else: before
//! it trusts an index it compares the last record with the bytes of the file, so that stepping back,
//! another branch or a truncation cannot leave wrong entries behind.
//!
//! A record counts as durable when the durable part of its file reaches its end and the name of the
//! file itself would survive. Damage inside the log is not looked for here: recovery does that.

use std::collections::BTreeMap;

use crate::base::ServerId;
use crate::model::Zxid;
use crate::storage::log::{HEADER_LEN, RECORD_END, RECORD_FRAME};
use crate::storage::scan::{log_files, zxid_in_name};
use crate::storage::{Content, Disk, FileName, ReadFiles};

/// Where the zxid stands in a frame: behind checksum, length, session and cxid.
const ZXID_AT: u64 = 12 + 8 + 4;

/// The indexes of all logs.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    files: BTreeMap<(ServerId, FileName), Index>,
}

/// The newest part of one server's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// The newest records, ascending.
    pub records: Vec<Shelved>,
    /// Zxid of the oldest log file, if records were left out.
    pub first: Option<Zxid>,
    /// Zxid in the name of the newest snapshot.
    pub snapshot: Option<Zxid>,
    /// Zxid in the name of the newest snapshot that a power loss leaves whole.
    pub durable_snapshot: Option<Zxid>,
    /// The newest log file.
    pub file: Option<FileName>,
    /// Where its data ends.
    pub written: u64,
    /// Where its durable data ends.
    pub durable: u64,
    /// Ends of its newest records.
    pub ends: Vec<u64>,
}

/// A record on the shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelved {
    /// Its zxid.
    pub zxid: Zxid,
    /// It survives a power loss.
    pub durable: bool,
}

#[derive(Clone, Debug, Default)]
struct Index {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    zxid: Zxid,
    start: u64,
    end: u64,
    checksum: i64,
}

impl Shelf {
    /// The newest `most` records of a server.
    pub fn tail(&mut self, server: ServerId, disk: &Disk, most: usize) -> Tail {
        let logs = log_files(disk);
        let mut tail = Tail {
            snapshot: newest_snapshot(disk, |_| true),
            durable_snapshot: newest_snapshot(disk, |name| is_durable(disk, name)),
            ..Tail::default()
        };
        for (at, (_, name)) in logs.iter().enumerate().rev() {
            let Some(file) = disk.file(name) else {
                continue;
            };
            let durable = if disk.name_is_durable(name) {
                file.durable_end()
            } else {
                0
            };
            let index = self.files.entry((server, name.clone())).or_default();
            index.refresh(file.content());
            if tail.file.is_none() {
                tail.file = Some(name.clone());
                tail.written = file.data_end();
                tail.durable = durable.min(file.data_end());
                let newest = index.entries.iter().rev().take(most);
                tail.ends = newest.map(|e| e.end).collect();
                tail.ends.reverse();
            }
            let room = most - tail.records.len();
            let skip = index.entries.len().saturating_sub(room);
            let newest = index.entries[skip..].iter().map(|e| Shelved {
                zxid: e.zxid,
                durable: e.end <= durable,
            });
            tail.records.splice(0..0, newest);
            if tail.records.len() == most {
                let left_out = skip > 0 || at > 0;
                tail.first = left_out.then(|| logs[0].0);
                break;
            }
        }
        tail
    }
}

impl Index {
    /// Brings the index up to what the file holds now.
    fn refresh(&mut self, content: &Content) {
        while let Some(last) = self.entries.last() {
            if read_entry(content, last.start) == Some(*last) {
                break;
            }
            self.entries.pop();
        }
        let mut at = self.entries.last().map_or(HEADER_LEN, |e| e.end);
        while let Some(entry) = read_entry(content, at) {
            self.entries.push(entry);
            at = entry.end;
        }
    }
}

/// The whole record at `start`, as far as its frame says.
fn read_entry(content: &Content, start: u64) -> Option<Entry> {
    let head = content.read(start..start + ZXID_AT + 8);
    let number = |at: usize| Some(i64::from_be_bytes(*head.get(at..)?.first_chunk::<8>()?));
    let length = i32::from_be_bytes(*head.get(8..)?.first_chunk::<4>()?);
    let length = u64::try_from(length).ok().filter(|length| *length > 0)?;
    let end = start.checked_add(RECORD_FRAME)?.checked_add(length)?;
    let last = content.read(end - 1..end);
    (last == [RECORD_END]).then_some(Entry {
        zxid: Zxid(number(ZXID_AT as usize)?),
        start,
        end,
        checksum: number(0)?,
    })
}

/// All of a file, its name included, survives a power loss.
fn is_durable(disk: &Disk, name: &FileName) -> bool {
    let whole = |file: crate::storage::FileView<'_>| file.durable_end() >= file.data_end();
    disk.name_is_durable(name) && disk.file(name).is_some_and(whole)
}

fn newest_snapshot(disk: &Disk, counts: impl Fn(&FileName) -> bool) -> Option<Zxid> {
    let names = disk.names().into_iter();
    names
        .filter(counts)
        .map(|name| zxid_in_name(&name, "snapshot"))
        .filter(|zxid| *zxid >= Zxid::ZERO)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SessionId;
    use crate::model::{Epoch, Txn, TxnBody, TxnHeader};
    use crate::storage::{LogWriter, SyncTarget, record};

    fn append(disk: &mut Disk, writer: &mut LogWriter, counter: u32) {
        let txn = Txn {
            header: TxnHeader {
                session: SessionId(1),
                cxid: 0,
                zxid: Zxid::new(Epoch(1), counter),
                time_ms: 0,
            },
            body: TxnBody::CloseSession { paths: None },
            digest: None,
        };
        for op in writer.append(&record(txn)) {
            disk.apply(&op).expect("an empty disk takes it");
        }
    }

    fn counters(tail: &Tail) -> Vec<(u32, bool)> {
        let records = tail.records.iter();
        records.map(|r| (r.zxid.counter(), r.durable)).collect()
    }

    #[test]
    fn what_was_forced_is_durable_and_the_rest_is_not() {
        let (mut disk, mut log, mut shelf) =
            (Disk::default(), LogWriter::new(1024), Shelf::default());
        append(&mut disk, &mut log, 1);
        let file = shelf.tail(ServerId(1), &disk, 8).file.expect("one file");
        let ticket = disk.begin_sync(&SyncTarget::Files(vec![file]));
        append(&mut disk, &mut log, 2);
        assert_eq!(
            counters(&shelf.tail(ServerId(1), &disk, 8)),
            [(1, false), (2, false)]
        );
        disk.finish_sync(&ticket);
        let tail = shelf.tail(ServerId(1), &disk, 8);
        assert_eq!(counters(&tail), [(1, true), (2, false)]);
        assert_eq!(tail.ends.last(), Some(&tail.written));
        assert_eq!(tail.ends.first(), Some(&tail.durable));
    }

    #[test]
    fn a_disk_of_another_branch_is_read_again() {
        let (mut disk, mut log, mut shelf) = (Disk::default(), LogWriter::new(0), Shelf::default());
        append(&mut disk, &mut log, 1);
        let (mut other, mut other_log) = (disk.clone(), log.clone());
        append(&mut disk, &mut log, 2);
        append(&mut disk, &mut log, 3);
        shelf.tail(ServerId(1), &disk, 8);
        append(&mut other, &mut other_log, 9);
        let tail = shelf.tail(ServerId(1), &other, 8);
        assert_eq!(counters(&tail), [(1, false), (9, false)]);
    }

    #[test]
    fn only_the_newest_records_are_handed_out_across_files() {
        let (mut disk, mut log, mut shelf) = (Disk::default(), LogWriter::new(0), Shelf::default());
        for counter in 1..=3 {
            append(&mut disk, &mut log, counter);
        }
        log = LogWriter::new(0);
        append(&mut disk, &mut log, 4);
        let tail = shelf.tail(ServerId(1), &disk, 3);
        let seen: Vec<u32> = counters(&tail).into_iter().map(|(c, _)| c).collect();
        assert_eq!(seen, [2, 3, 4]);
        assert_eq!(tail.first, Some(Zxid::new(Epoch(1), 1)));
        assert_eq!(tail.ends.len(), 1);
    }
}
