//! The transaction log: `log.<zxid>` files, one record after another.
//!
//! ```text
//!   "ZKLG" version dbid │ adler32 len payload 0x42 │ adler32 len payload 0x42 │ 0 0 0 0 0 ...
//!   16 bytes            │ record                   │ record                   │ preallocated
//! ```
//!
//! This file writes. A log file is named by the zxid of its first record and
//! is never opened again for appending: after a start, and after each roll, the next append makes a
//! new file. Whether what was appended is durable is a matter of the disk and of the fsync that
//! [`LogWriter::sync_target`] asks for.
//!
//! In ZooKeeper: `FileTxnLog`, `FilePadding`.

use std::sync::Arc;

use super::op::{FileName, FileOp, SyncTarget};
use crate::model::{Record, Zxid};

/// Bytes of the file header.
pub const HEADER_LEN: u64 = 16;
/// `"ZKLG"`.
pub const MAGIC: [u8; 4] = *b"ZKLG";
/// Byte after each payload.
pub const RECORD_END: u8 = 0x42;
/// Bytes of a record around its payload: checksum, length and the end byte.
pub const RECORD_FRAME: u64 = 13;
/// A file grows when less than this is left of what was preallocated.
const GROW_AHEAD: u64 = 4096;

/// The appending end of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogWriter {
    prealloc: u64,
    current: Option<OpenLog>,
    unsynced: Vec<FileName>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct OpenLog {
    name: FileName,
    position: u64,
    size: u64,
}

/// The name of the log whose first record has this zxid.
pub fn file_name(first: Zxid) -> FileName {
    format!("log.{first:x}").into()
}

/// The file header: version 2, database 0.
pub fn header() -> Arc<[u8]> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(2_i32.to_be_bytes());
    bytes.extend(0_i64.to_be_bytes());
    bytes.into()
}

/// The bytes of a record: checksum, length, payload, end byte.
pub fn frame(payload: &[u8]) -> Arc<[u8]> {
    let mut bytes = Vec::with_capacity(payload.len() + 13);
    bytes.extend(i64::from(simd_adler32::adler32(&payload)).to_be_bytes());
    let len = i32::try_from(payload.len()).expect("a payload is shorter than 2 GiB");
    bytes.extend(len.to_be_bytes());
    bytes.extend(payload);
    bytes.push(RECORD_END);
    bytes.into()
}

impl LogWriter {
    /// A closed log that preallocates in steps of so many bytes; 0 switches preallocation off.
    pub fn new(prealloc: u64) -> Self {
        Self {
            prealloc,
            current: None,
            unsynced: Vec::new(),
        }
    }

    /// Appends a record; opens a new file first when the log is closed.
    pub fn append(&mut self, record: &Record) -> Vec<FileOp> {
        let mut ops = Vec::new();
        let prealloc = self.prealloc;
        let log = match &mut self.current {
            Some(log) => log,
            None => {
                let name = file_name(record.zxid());
                ops.push(FileOp::Create { name: name.clone() });
                ops.push(write(&name, 0, header()));
                self.unsynced.push(name.clone());
                self.current.insert(OpenLog {
                    name,
                    position: HEADER_LEN,
                    size: HEADER_LEN,
                })
            }
        };
        let size = padded_size(log.position, log.size, prealloc);
        if size != log.size {
            ops.push(write(&log.name, size - 1, [0].into()));
            log.size = size;
        }
        let bytes = frame(&record.payload);
        let end = log.position + bytes.len() as u64;
        ops.push(write(&log.name, log.position, bytes));
        log.position = end;
        if self.unsynced.last() != Some(&log.name) {
            self.unsynced.push(log.name.clone());
        }
        ops
    }

    /// Closes the current file: the next append opens a new one.
    pub fn roll(&mut self) {
        self.current = None;
    }

    /// The files that hold records appended since the last call; `None` when there are none. Files
    /// rolled away meanwhile are among them.
    pub fn sync_target(&mut self) -> Option<SyncTarget> {
        let files = std::mem::take(&mut self.unsynced);
        (!files.is_empty()).then_some(SyncTarget::Files(files))
    }

    /// The file that the next record goes to, when one is open.
    pub fn current(&self) -> Option<&FileName> {
        self.current.as_ref().map(|log| &log.name)
    }

    /// Bytes of header and records in the open file; 0 when none is open.
    pub fn bytes_in_file(&self) -> u64 {
        self.current.as_ref().map_or(0, |log| log.position)
    }
}

/// The size a file must have before a record goes to `position`.
fn padded_size(position: u64, size: u64, prealloc: u64) -> u64 {
    if prealloc == 0 || position + GROW_AHEAD < size {
        size
    } else if position > size {
        let beyond = position + prealloc;
        beyond - beyond % prealloc
    } else {
        size + prealloc
    }
}

fn write(name: &FileName, offset: u64, bytes: Arc<[u8]>) -> FileOp {
    FileOp::Write {
        name: name.clone(),
        offset,
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_grow_as_zookeepers_do() {
        assert_eq!(padded_size(16, 16, 64 << 20), 67_108_880);
        assert_eq!(padded_size(16, 16, 64 << 10), 65_552);
        assert_eq!(padded_size(61_455, 65_552, 64 << 10), 65_552);
        assert_eq!(padded_size(61_456, 65_552, 64 << 10), 131_088);
        assert_eq!(padded_size(600_000, 131_088, 64 << 10), 655_360);
        assert_eq!(padded_size(600, 16, 0), 16);
    }
}
