//! What stands in the logs of all servers, without decoding them again and again.
//!
//! A frame needs the newest records of each log: their zxids, where they end, and whether they can be
//! read at all. The shelf keeps an index per log file, made with the reader of [`crate::storage`], and
//! reads again only from the first piece of a file that is not the one it read before. So it is a
//! cache and nothing else: stepping back, another branch, a truncation or a flipped bit cannot leave
//! wrong entries behind.
//!
//! A record counts as durable when the durable part of its file reaches its end and the name of the
//! file itself would survive. A record that cannot be read is kept apart, with what is wrong with it:
//!
//! ```text
//!   record │ record │ bad checksum │ record │ cut in the middle
//!     sound     sound    corrupt       sound    torn
//! ```
//!
//! What a server makes of such a log is recovery's matter, not the shelf's.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::base::{Order, ServerId};
use crate::model::Zxid;
use crate::storage::log::{HEADER_LEN, RECORD_FRAME};
use crate::storage::scan::{log_files, zxid_in_name};
use crate::storage::{Content, Disk, FileName, LogFile, ReadFiles, StopWhy};

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
    /// The newest records that can be read, ascending.
    pub records: Vec<Shelved>,
    /// Records among and behind them that cannot.
    pub damaged: Vec<(Zxid, Damage)>,
    /// Zxid of the oldest log file, if records were left out.
    pub first: Option<Zxid>,
    /// The first record that was left out for being too new.
    pub next: Option<Zxid>,
    /// The last record of the log that can be read.
    pub newest: Option<Zxid>,
    /// Zxids in the names of the snapshots, ascending, each with: a power loss leaves it whole.
    pub snapshots: Vec<(Zxid, bool)>,
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

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Damage {
    /// It was only half written: its end is missing.
    Torn,
    /// Its bytes are not those that were written: the checksum fails.
    Corrupt,
}

#[derive(Clone, Debug, Default)]
struct Index {
    content: Content,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    zxid: Zxid,
    end: u64,
    damage: Option<Damage>,
}

impl Tail {
    /// The newest snapshot, forced or not.
    pub fn snapshot(&self) -> Option<Zxid> {
        self.snapshots.last().map(|(zxid, _)| *zxid)
    }

    /// The newest snapshot that a power loss leaves whole.
    pub fn durable_snapshot(&self) -> Option<Zxid> {
        let durable = self.snapshots.iter().rev().find(|(_, durable)| *durable);
        durable.map(|(zxid, _)| *zxid)
    }
}

impl Shelf {
    /// The newest `most` records of a server that are not newer than `until`.
    pub fn tail(&mut self, server: ServerId, disk: &Disk, most: usize, until: Zxid) -> Tail {
        let logs = log_files(disk);
        let mut tail = Tail {
            snapshots: snapshots(disk),
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
            let index = self.index(server, name, file.content());
            if tail.file.is_none() {
                tail.file = Some(name.clone());
                tail.written = file.data_end();
                tail.durable = durable.min(file.data_end());
                tail.ends = index.last_ends(most);
            }
            let last = index.entries.iter().rfind(|e| e.damage.is_none());
            tail.newest = tail.newest.or(last.map(|e| e.zxid));
            let upto = index.entries.partition_point(|e| e.zxid <= until);
            tail.next = index.entries.get(upto).map(|e| e.zxid).or(tail.next);
            let room = most - tail.records.len();
            let skip = upto.saturating_sub(room);
            let newest = &index.entries[skip..upto];
            let sound = newest.iter().filter(|e| e.damage.is_none());
            let sound = sound.map(|e| Shelved {
                zxid: e.zxid,
                durable: e.end <= durable,
            });
            tail.records.splice(0..0, sound);
            let damaged = newest.iter().filter_map(|e| Some((e.zxid, e.damage?)));
            tail.damaged.splice(0..0, damaged);
            if tail.records.len() + tail.damaged.len() >= most {
                let left_out = skip > 0 || at > 0;
                tail.first = left_out.then(|| logs[0].0);
                break;
            }
        }
        tail
    }

    /// The zxids of the first `most` records of a server behind `from`, ascending.
    pub fn behind(&mut self, server: ServerId, disk: &Disk, most: usize, from: Zxid) -> Vec<Zxid> {
        let logs = log_files(disk);
        let first = logs.iter().rposition(|(zxid, _)| *zxid <= from);
        let mut found = Vec::new();
        for (_, name) in &logs[first.unwrap_or(0)..] {
            let Some(content) = disk.content(name) else {
                continue;
            };
            let index = self.index(server, name, content);
            let start = index.entries.partition_point(|e| e.zxid <= from);
            found.extend(index.entries[start..].iter().map(|e| e.zxid));
            if found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        found
    }

    fn index(&mut self, server: ServerId, name: &FileName, content: &Content) -> &Index {
        let index = self.files.entry((server, name.clone())).or_default();
        index.refresh(name, content);
        index
    }
}

impl Index {
    fn last_ends(&self, most: usize) -> Vec<u64> {
        let newest = self.entries.iter().rev().take(most);
        let mut ends: Vec<u64> = newest.map(|e| e.end).collect();
        ends.reverse();
        ends
    }

    /// Brings the index up to what the file holds now.
    fn refresh(&mut self, name: &FileName, content: &Content) {
        let same = content.same_until(&self.content);
        if same == content.len() && same == self.content.len() {
            return;
        }
        let known = self.entries.partition_point(|e| e.end <= same);
        self.entries.truncate(known);
        // What stands behind a bad record decides how it is bad.
        while self.entries.pop_if(|e| e.damage.is_some()).is_some() {}
        self.content = content.clone();
        let at = match self.entries.last() {
            Some(last) => last.end,
            None if LogFile::open(name.clone(), content.clone()).is_ok() => HEADER_LEN,
            None => return,
        };
        self.read_on(name, at);
    }

    fn read_on(&mut self, name: &FileName, at: u64) {
        let mut file = LogFile::resume(name.clone(), self.content.clone(), at);
        loop {
            let at = file.offset();
            let (damage, hides) = match file.next_record() {
                Ok(Ok(found)) => {
                    self.entries.push(Entry {
                        zxid: found.record.zxid(),
                        end: found.end,
                        damage: None,
                    });
                    continue;
                }
                Ok(Err(StopWhy::Complete | StopWhy::Padding | StopWhy::Empty)) => return,
                Ok(Err(why)) => match file.hidden_record(why) {
                    Some(_) => (Damage::Corrupt, true),
                    None => (Damage::Torn, false),
                },
                Err(_) => (Damage::Corrupt, true),
            };
            let frame = frame_at(&self.content, at);
            let end = frame.as_ref().map_or(self.content.data_end(), |f| f.end);
            let zxid = self.number(name, at);
            self.entries.push(Entry {
                zxid,
                end,
                damage: Some(damage),
            });
            if frame.is_none() || !hides {
                return;
            }
            file = LogFile::resume(name.clone(), self.content.clone(), end);
        }
    }

    /// The zxid of a record that cannot be read: as it says itself, if that can follow the one before
    /// it; else the next number.
    fn number(&self, name: &FileName, at: u64) -> Zxid {
        let bytes = self.content.read(at + ZXID_AT..at + ZXID_AT + 8);
        let own = bytes
            .first_chunk::<8>()
            .map(|b| Zxid(i64::from_be_bytes(*b)));
        let expected = match self.entries.last() {
            Some(last) => last.zxid.next(),
            None => zxid_in_name(name, "log"),
        };
        let begins = |own: &Zxid| {
            own.counter() <= 1 && own.epoch().0 > expected.epoch().0 && own.epoch().0 < 1 << 16
        };
        own.filter(begins).unwrap_or(expected)
    }
}

/// Where the record at `start` lies, if its length can be true.
fn frame_at(content: &Content, start: u64) -> Option<Range<u64>> {
    let head = content.read(start + 8..start + 12);
    let length = i32::from_be_bytes(*head.first_chunk::<4>()?);
    let length = u64::try_from(length).ok().filter(|length| *length > 0)?;
    let end = start.checked_add(RECORD_FRAME)?.checked_add(length)?;
    (end <= content.data_end()).then_some(start..end)
}

/// All of a file, its name included, survives a power loss.
fn is_durable(disk: &Disk, name: &FileName) -> bool {
    let whole = |file: crate::storage::FileView<'_>| file.durable_end() >= file.data_end();
    disk.name_is_durable(name) && disk.file(name).is_some_and(whole)
}

fn snapshots(disk: &Disk) -> Vec<(Zxid, bool)> {
    let names = disk.names().into_iter();
    let mut found: Vec<(Zxid, bool)> = names
        .map(|name| (zxid_in_name(&name, "snapshot"), is_durable(disk, &name)))
        .filter(|(zxid, _)| *zxid >= Zxid::ZERO)
        .collect();
    found.order();
    found
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

    const NEWEST: Zxid = Zxid(i64::MAX);

    fn counters(tail: &Tail) -> Vec<(u32, bool)> {
        let records = tail.records.iter();
        records.map(|r| (r.zxid.counter(), r.durable)).collect()
    }

    #[test]
    fn what_was_forced_is_durable_and_the_rest_is_not() {
        let (mut disk, mut log, mut shelf) =
            (Disk::default(), LogWriter::new(1024), Shelf::default());
        append(&mut disk, &mut log, 1);
        let file = shelf
            .tail(ServerId(1), &disk, 8, NEWEST)
            .file
            .expect("one file");
        let ticket = disk.begin_sync(&SyncTarget::Files(vec![file]));
        append(&mut disk, &mut log, 2);
        assert_eq!(
            counters(&shelf.tail(ServerId(1), &disk, 8, NEWEST)),
            [(1, false), (2, false)]
        );
        disk.finish_sync(&ticket);
        let tail = shelf.tail(ServerId(1), &disk, 8, NEWEST);
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
        shelf.tail(ServerId(1), &disk, 8, NEWEST);
        append(&mut other, &mut other_log, 9);
        let tail = shelf.tail(ServerId(1), &other, 8, NEWEST);
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
        let tail = shelf.tail(ServerId(1), &disk, 3, NEWEST);
        let seen: Vec<u32> = counters(&tail).into_iter().map(|(c, _)| c).collect();
        assert_eq!(seen, [2, 3, 4]);
        assert_eq!(tail.first, Some(Zxid::new(Epoch(1), 1)));
        assert_eq!(tail.ends.len(), 1);
    }

    #[test]
    fn a_flipped_bit_and_a_torn_end_are_found_in_the_bytes_and_what_stands_between_them_too() {
        let (mut disk, mut log, mut shelf) = (Disk::default(), LogWriter::new(0), Shelf::default());
        for counter in 1..=5 {
            append(&mut disk, &mut log, counter);
        }
        let tail = shelf.tail(ServerId(1), &disk, 8, NEWEST);
        let (file, ends) = (tail.file.expect("one file"), tail.ends);
        let whole = disk.clone();
        assert!(disk.flip(&file, ends[0] + 40, 3));
        disk.zero(&file, ends[4] - 5..ends[4]);
        let tail = shelf.tail(ServerId(1), &disk, 8, NEWEST);
        let sound: Vec<u32> = tail.records.iter().map(|r| r.zxid.counter()).collect();
        assert_eq!(sound, [1, 3, 4]);
        let z = |counter| Zxid::new(Epoch(1), counter);
        assert_eq!(
            tail.damaged,
            [(z(2), Damage::Corrupt), (z(5), Damage::Torn)]
        );
        let back = shelf.tail(ServerId(1), &whole, 8, NEWEST);
        assert_eq!((back.records.len(), back.damaged.len()), (5, 0));
    }

    #[test]
    fn an_older_part_of_the_log_is_handed_out_as_well() {
        let (mut disk, mut log, mut shelf) = (Disk::default(), LogWriter::new(0), Shelf::default());
        for counter in 1..=9 {
            append(&mut disk, &mut log, counter);
        }
        let until = Zxid::new(Epoch(1), 5);
        let tail = shelf.tail(ServerId(1), &disk, 3, until);
        let seen: Vec<u32> = counters(&tail).into_iter().map(|(c, _)| c).collect();
        assert_eq!(seen, [3, 4, 5]);
        let next = shelf.behind(ServerId(1), &disk, 2, until);
        assert_eq!(next, [6, 7].map(|c| Zxid::new(Epoch(1), c)));
    }
}
