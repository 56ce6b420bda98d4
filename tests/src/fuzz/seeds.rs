//! Inputs to begin with: what a simulated server wrote, small and of every kind.

use std::sync::Arc;

use zablab_core::base::ServerId;
use zablab_core::scenario::{Options, Runner, parse};
use zablab_core::storage::archive::Archiving;
use zablab_core::storage::{Disk, ReadFiles, snapshot};
use zablab_core::tree::Database;

/// A run that leaves every kind of transaction and of node on its disks.
const SCRIPT: &str = r#"zablab 1
ensemble servers=1 seed=3 pre-alloc=4K snap-count=8
client a server=1 timeout=30s
a create /a "one"
a create /é "zwei" ephemeral
a create /c container
a create /t "" ttl=60s
a create /s- "x" sequential
a acl /a world:anyone:rw
a set /a "two"
a set /nowhere "x"
a multi {
create /m "1"
set /a "three"
check /a version=2
}
a delete /t
a close
until quiet within=60s
snapshot 1
run 1s
client b server=1 timeout=30s
b create /b hex:00ff80
b delete /a
until quiet within=60s
"#;

/// Inputs that a parser reads to the end.
pub fn seeds(parser: &str) -> Vec<Vec<u8>> {
    let (disk, db) = run();
    let bytes = |name: &str| {
        let content = disk.content(name).expect("a listed file is there");
        content.read(0..content.data_end())
    };
    let named = |prefix: &str| -> Vec<Vec<u8>> {
        let names = disk.names().into_iter();
        names
            .filter(|name| name.starts_with(prefix))
            .map(|name| bytes(&name))
            .collect()
    };
    match parser {
        "txn" => named("log.").iter().flat_map(|log| payloads(log)).collect(),
        "log" => named("log."),
        "snapshot" => named("snapshot."),
        "snapshot-gz" => named("snapshot.").iter().map(|s| gzip(s)).collect(),
        "snapshot-snappy" => named("snapshot.").iter().map(|s| snappy(s)).collect(),
        "stream" => vec![snapshot::stream(&db)],
        "epochs" => vec![
            b"11".to_vec(),
            b"1234567812345678".to_vec(),
            b"1\n2".to_vec(),
        ],
        "directory" => vec![directory(&named("log."), &named("snapshot."))],
        "archive" => vec![archive(&disk)],
        "script" => vec![SCRIPT.as_bytes().to_vec()],
        _ => Vec::new(),
    }
}

fn run() -> (Disk, Database) {
    let program = parse(SCRIPT).expect("the script is well-formed");
    let mut runner = Runner::new(Arc::new(program), Options::default());
    runner.finish_with(&mut ());
    let host = runner.world().host(ServerId(1));
    let db = host.process.as_ref().expect("it runs").db().clone();
    (host.disk.clone(), db)
}

fn payloads(log: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut at = 16;
    while let Some(len) = super::mutate::record_len(log, at) {
        found.push(log[at + 12..at + 12 + len].to_vec());
        at += len + 13;
    }
    found
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).expect("memory takes it");
    gzip.finish().expect("memory takes it")
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut packed = b"\x82SNAPPY\0\0\0\0\x01\0\0\0\x01".to_vec();
    for block in bytes.chunks(256) {
        let block = snap::raw::Encoder::new().compress_vec(block);
        let block = block.expect("a block is short");
        packed.extend((block.len() as u32).to_be_bytes());
        packed.extend(block);
    }
    packed
}

fn archive(disk: &Disk) -> Vec<u8> {
    let names = disk.names().into_iter();
    let files = names.filter_map(|name| {
        let content = disk.content(&name)?.clone();
        Some((format!("version-2/{name}"), content))
    });
    let mut archiving = Archiving::new(files.collect(), 0);
    let mut bytes = Vec::new();
    while let Some(piece) = archiving.next(u64::MAX) {
        bytes.extend(piece);
    }
    bytes
}

/// See the parser: a name, a length, the bytes.
fn directory(logs: &[Vec<u8>], snapshots: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let chosen = logs
        .iter()
        .take(2)
        .zip([2, 1])
        .chain(snapshots.iter().take(2).zip([3, 4]));
    for (file, name) in chosen {
        bytes.push(name);
        bytes.extend((file.len() as u16).to_be_bytes());
        bytes.extend(file);
    }
    bytes
}
