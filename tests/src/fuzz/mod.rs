//! Every parser of bytes, with inputs to begin with and a way to change them.
//!
//! ```text
//!   seed ──► mutate (bytes, then often the checksums again) ──► parser: answers or refuses
//! ```
//! Two programs use it: the test `fuzz`, which tries a fixed number of inputs on each parser, and the
//! program `fuzz` (`cargo xtask fuzz`), which goes on for a time. A parser may refuse anything; it may
//! not panic, hang, or take more memory than [`memory_max`].

pub mod mutate;
mod seeds;

use std::collections::BTreeMap;

use zablab_core::model::Zxid;
use zablab_core::scenario::parse_bytes;
use zablab_core::storage::archive::Unpacking;
use zablab_core::storage::snapshot::items::Items;
use zablab_core::storage::snapshot::{self, ReadRules};
use zablab_core::storage::{
    Content, FileName, LastLog, LogFile, Packing, RecoverOptions, decode_txn, epochs, recover, scan,
};
use zablab_core::tree::TreeRules;

pub use seeds::seeds;

/// A parser of bytes.
#[derive(Clone, Copy)]
pub struct Parser {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does with an input.
    pub run: fn(&[u8]),
    /// What has to be made right again after a change, so that the inner parts are reached.
    pub repair: fn(&mut [u8]),
    /// A tree of tiny nodes takes more memory than its file; nothing else may.
    builds_trees: bool,
}

/// All of them.
pub const PARSERS: [Parser; 10] = [
    Parser {
        name: "txn",
        run: |bytes| drop(decode_txn(bytes)),
        repair: |_| {},
        builds_trees: false,
    },
    Parser {
        name: "log",
        run: log,
        repair: mutate::repair_log,
        builds_trees: false,
    },
    Parser {
        name: "snapshot",
        run: |bytes| read_snapshot("snapshot.5", bytes),
        repair: mutate::repair_snapshot,
        builds_trees: true,
    },
    Parser {
        name: "snapshot-gz",
        run: |bytes| read_snapshot("snapshot.5.gz", bytes),
        repair: |_| {},
        builds_trees: true,
    },
    Parser {
        name: "snapshot-snappy",
        run: |bytes| read_snapshot("snapshot.5.snappy", bytes),
        repair: |_| {},
        builds_trees: true,
    },
    Parser {
        name: "stream",
        run: |bytes| drop(snapshot::read_stream(bytes, Zxid(5), TreeRules::zablab())),
        repair: |_| {},
        builds_trees: true,
    },
    Parser {
        name: "epochs",
        run: epoch_files,
        repair: |_| {},
        builds_trees: false,
    },
    Parser {
        name: "directory",
        run: directory,
        repair: |_| {},
        builds_trees: true,
    },
    Parser {
        name: "archive",
        run: archive,
        repair: mutate::repair_archive,
        builds_trees: false,
    },
    Parser {
        name: "script",
        run: |bytes| drop(parse_bytes(bytes)),
        repair: |_| {},
        builds_trees: false,
    },
];

/// The parser of that name.
pub fn parser(name: &str) -> Option<Parser> {
    PARSERS.into_iter().find(|parser| parser.name == name)
}

/// What a parser may take at its worst for an input of so many bytes: four times as much, and a window
/// of the file. For a tree of nodes with nothing in them it is forty times: names, numbers and the
/// links of a tree that shares its past.
pub fn memory_max(parser: &Parser, input: usize) -> usize {
    let times = if parser.builds_trees { 40 } else { 4 };
    input * times + WINDOW
}

/// Windows onto a file, the state of gzip, and what every tree has.
const WINDOW: usize = 512 << 10;

fn log(bytes: &[u8]) {
    let files = files(&[("log.1", bytes)]);
    for last in [
        LastLog::MustBeWhole,
        LastLog::MayBeEmpty,
        LastLog::MayBeTorn,
    ] {
        scan::records(&files, Zxid::ZERO, last).for_each(drop);
    }
    if let Ok(mut log) = LogFile::open("log.1".into(), Content::from(bytes)) {
        while let Ok(Ok(found)) = log.next_record() {
            assert!(found.end > found.offset, "reading goes on");
        }
    }
}

fn read_snapshot(name: &str, bytes: &[u8]) {
    let (name, content) = (FileName::from(name), Content::from(bytes));
    for last_processed in [true, false] {
        let rules = ReadRules {
            tree: TreeRules::v3_9_4(),
            last_processed,
        };
        drop(snapshot::read(&content, &name, rules));
    }
    if let Ok(mut items) = Items::open(Packing::of_name(&name), content, true) {
        while let Ok(Some(_)) = items.next_item() {}
    }
}

fn epoch_files(bytes: &[u8]) {
    let (accepted, current) = bytes.split_at(bytes.len() / 2);
    let files = files(&[("acceptedEpoch", accepted), ("currentEpoch", current)]);
    for resume in [true, false] {
        drop(epochs::read(&files, Zxid(0x1_0000_0003), resume));
    }
}

/// A directory of up to four files: for each one byte that chooses the name, and two for its length.
fn directory(bytes: &[u8]) {
    const NAMES: [&str; 8] = [
        "log.1",
        "log.5",
        "log.100000001",
        "snapshot.0",
        "snapshot.5",
        "snapshot.5.gz",
        "snapshot.5.tmp",
        "currentEpoch",
    ];
    let mut rest = bytes;
    let mut found = BTreeMap::new();
    while let [name, high, low, behind @ ..] = rest
        && found.len() < 4
    {
        let len = usize::from(u16::from_be_bytes([*high, *low])).min(behind.len());
        let (content, next) = behind.split_at(len);
        let name = NAMES[usize::from(*name) % NAMES.len()];
        found.insert(FileName::from(name), Content::from(content));
        rest = next;
    }
    for options in [
        RecoverOptions::V3_8_0,
        RecoverOptions::V3_9_4,
        RecoverOptions::ZABLAB,
    ] {
        drop(recover(&found, &options));
    }
}

/// In pieces of a few sizes, as they come from a network or a disk.
fn archive(bytes: &[u8]) {
    for size in [bytes.len().max(1), 700, 64] {
        let mut unpacking = Unpacking::new();
        let all = bytes
            .chunks(size)
            .try_for_each(|piece| unpacking.push(piece, &mut |_| {}));
        if all.is_ok() {
            drop(unpacking.finish());
        }
    }
}

fn files(named: &[(&str, &[u8])]) -> BTreeMap<FileName, Content> {
    let all = named.iter();
    all.map(|(name, bytes)| (FileName::from(*name), Content::from(*bytes)))
        .collect()
}
