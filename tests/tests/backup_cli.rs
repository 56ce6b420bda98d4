//! `zablab backup` on directories made for it.
//!
//! - killed at any moment (here): the source stays as it was, what is not whole says so, and the same
//!   command brings it to its end;
//! - what it can be taken of (`sources`), where it cannot be put (`vaults`), what is shown (`bar`), and what is
//!   in a vault without having been put there (`odd`).
#![cfg(unix)]

#[path = "backup_cli/bar.rs"]
mod bar;
#[path = "backup_cli/odd.rs"]
mod odd;
#[path = "backup_cli/sources.rs"]
mod sources;
#[path = "backup_cli/vaults.rs"]
mod vaults;

#[path = "oracle/datadirs.rs"]
#[allow(dead_code)]
mod datadirs;
#[path = "oracle/program.rs"]
#[allow(dead_code)]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use zablab_core::base::SessionId;
use zablab_core::model::{Acl, Txn, TxnBody, TxnHeader, Zxid};
use zablab_core::storage::{encode_txn, log, snapshot};
use zablab_core::tree::Database;

use datadirs::scratch;
use program::{program, zablab};

/// Moments at which a command is killed.
const KILLS: u32 = 20;
const NODES: i64 = 6_000;

/// A data directory: `logs` files with nodes of a kilobyte, preallocated as a server does it.
fn data_dir(home: &Path, logs: i64) {
    let dir = home.join("version-2");
    fs::create_dir_all(&dir).expect("a folder of the test");
    fs::write(dir.join("snapshot.0"), snapshot::whole(&Database::new())).expect("written");
    fs::write(dir.join("currentEpoch"), "0").expect("written");
    for file in 0..logs {
        add_log(&dir, file * NODES / 4);
    }
}

fn add_log(dir: &Path, from: i64) {
    let name = log::file_name(Zxid(from + 1));
    fs::write(dir.join(&*name), log_bytes(from)).expect("written");
}

/// A log that creates a quarter of the nodes, preallocated as a server does it.
fn log_bytes(from: i64) -> Vec<u8> {
    let mut bytes = log::header().to_vec();
    for n in from..from + NODES / 4 {
        bytes.extend_from_slice(&log::frame(&encode_txn(&create(n))));
    }
    bytes.resize(bytes.len() + 70_000, 0);
    bytes
}

fn create(n: i64) -> Txn {
    let body = TxnBody::Create {
        path: format!("/n{n}"),
        data: Some(vec![n as u8; 1_000].into()),
        acl: Acl::open(),
        ephemeral: false,
        parent_cversion: n as i32 + 1,
        create2: false,
    };
    txn(n + 1, body)
}

/// So many bytes are written to the first node.
fn set(zxid: i64, bytes: usize) -> Txn {
    let body = TxnBody::SetData {
        path: "/n0".into(),
        data: Some(vec![zxid as u8 | 1; bytes].into()),
        version: zxid as i32,
    };
    txn(zxid, body)
}

fn txn(zxid: i64, body: TxnBody) -> Txn {
    Txn {
        header: TxnHeader {
            session: SessionId(1),
            cxid: 1,
            zxid: Zxid(zxid),
            time_ms: 1_767_225_600_000 + zxid - 1,
        },
        body,
        digest: None,
    }
}

/// Every file with its bytes and the time of its last change.
fn state(dir: &Path) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
    let mut files: Vec<_> = fs::read_dir(dir.join("version-2"))
        .expect("there")
        .map(|entry| {
            let entry = entry.expect("there");
            let changed = entry.metadata().and_then(|found| found.modified());
            let bytes = fs::read(entry.path()).expect("there");
            (entry.path(), bytes, changed.expect("known"))
        })
        .collect();
    files.sort();
    files
}

fn backup(options: &[&str]) -> Value {
    zablab("backup", &[], options).unwrap_or_else(|why| panic!("{options:?}: {why}"))
}

/// What a command printed, and its exit code.
#[derive(Debug)]
struct Told {
    code: i32,
    out: String,
    err: String,
}

fn told(options: &[&str]) -> Told {
    told_by(Command::new(program()), options)
}

fn told_by(mut program: Command, options: &[&str]) -> Told {
    let done = program.arg("backup").args(options).output();
    let done = done.expect("it starts");
    Told {
        code: done.status.code().expect("nobody killed it"),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// Runs a command and kills it after that time; true when it had come to its end.
fn killed(options: &[&str], after: Duration) -> bool {
    let mut child = Command::new(program())
        .arg("backup")
        .args(options)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let start = Instant::now();
    let runs = |child: &mut Child| child.try_wait().expect("it is ours").is_none();
    while start.elapsed() < after && runs(&mut child) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("it is ours");
    child.wait().expect("it ends").success()
}

/// How long a command takes when nobody kills it.
fn time_of(options: &[&str]) -> Duration {
    // The program is built when it is first asked for; that is not counted.
    program();
    let start = Instant::now();
    backup(options);
    start.elapsed()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of the test")
}

#[test]
fn a_backup_that_is_killed_is_whole_or_says_that_it_is_not() {
    let room = scratch("kill-backup");
    let home = room.join("home");
    data_dir(&home, 3);
    let first = room.join("first");
    let full = |vault: &Path| -> Vec<String> {
        [
            "full",
            "--from",
            text(&home),
            "--to",
            text(vault),
            "--rate",
            "8M",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let words = full(&first);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let whole = time_of(&words);
    let before = state(&home);
    let mut interrupted = 0;
    for kill in 1..=KILLS {
        let vault = room.join(format!("vault-{kill}"));
        let words = full(&vault);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ended = killed(&words, whole * kill / KILLS);
        assert_eq!(state(&home), before, "the source was changed");
        if vault.exists() {
            let listed = backup(&["list", "--vault", text(&vault)]);
            for known in listed["backups"].as_array().expect("a list") {
                let is_whole = known["state"] == "whole";
                assert!(!ended || is_whole);
                let judged = backup(&["verify", "--vault", text(&vault)]);
                assert_eq!(judged["backups"][0]["restorable"], is_whole, "{judged}");
                interrupted += u32::from(!is_whole);
            }
        }
        // The next command goes on, or takes another.
        let answer = backup(&["full", "--from", text(&home), "--to", text(&vault)]);
        assert_eq!(answer["whole"], true);
        let judged = backup(&["verify", "--vault", text(&vault)]);
        for judged in judged["backups"].as_array().expect("a list") {
            assert_eq!(
                (&judged["restorable"], &judged["last"]),
                (&true.into(), &"0x1194".into())
            );
        }
        let left: Vec<_> = fs::read_dir(&vault)
            .expect("there")
            .filter(|e| {
                e.as_ref()
                    .is_ok_and(|e| e.path().to_string_lossy().ends_with(".taking"))
            })
            .collect();
        assert!(left.is_empty(), "{left:?}");
        fs::remove_dir_all(&vault).expect("ours");
    }
    assert!(interrupted > 3, "only {interrupted} were interrupted");
}

#[test]
fn a_restore_that_is_killed_leaves_a_whole_directory_or_none() {
    let room = scratch("kill-restore");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 4);
    backup(&["full", "--from", text(&home), "--to", text(&vault)]);
    let first = room.join("first");
    let whole = time_of(&["restore", "--vault", text(&vault), "--to", text(&first)]);
    let good = state(&first);
    let in_vault = || fs::read(vault.join("full-1/manifest.json")).expect("there");
    let manifest = in_vault();
    for kill in 1..=KILLS {
        let to = room.join(format!("to-{kill}"));
        let words = ["restore", "--vault", text(&vault), "--to", text(&to)];
        killed(&words, whole * kill / KILLS);
        assert_eq!(in_vault(), manifest);
        if !to.join("version-2").exists() {
            assert_eq!(backup(&words)["restored"], true);
        }
        let bytes = |dir: &[(PathBuf, Vec<u8>, SystemTime)]| -> Vec<(String, Vec<u8>)> {
            let name = |path: &Path| {
                path.file_name()
                    .expect("a file")
                    .to_string_lossy()
                    .into_owned()
            };
            dir.iter()
                .map(|(path, bytes, _)| (name(path), bytes.clone()))
                .collect()
        };
        assert!(bytes(&state(&to)) == bytes(&good), "another directory");
        assert!(!to.join("version-2.restoring").exists());
        fs::remove_dir_all(&to).expect("ours");
    }
}

#[test]
fn increments_go_on_and_a_cut_log_breaks_the_chain() {
    let room = scratch("chain");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let take = |verb: &str| backup(&[verb, "--from", text(&home), "--to", text(&vault)]);
    assert_eq!(take("full")["zxid"], "0x5dc");
    add_log(&home.join("version-2"), NODES / 4);
    let more = take("incremental");
    assert_eq!(
        (&more["zxid"], &more["backup"]["parent"]),
        (&"0xbb8".into(), &"full-1".into())
    );
    let list = backup(&["list", "--vault", text(&vault)]);
    assert_eq!(list["backups"].as_array().map(Vec::len), Some(2));

    let restored = room.join("restored");
    let before = "2026-01-01T00:00:02Z";
    let words = [
        "restore",
        "--vault",
        text(&vault),
        "--to",
        text(&restored),
        "--before",
        before,
    ];
    let answer = backup(&words);
    assert_eq!(
        (&answer["zxid"], &answer["epoch"]),
        (&"0x7d0".into(), &1.into())
    );
    let there = zablab("recover", &[restored], &["--no-tree"]).expect("a verdict");
    assert_eq!(there["zxid"], "0x7d0");
    let elsewhere = room.join("far");
    let far = [
        "restore",
        "--vault",
        text(&vault),
        "--to",
        text(&elsewhere),
        "--until",
        "2.1",
    ];
    assert_eq!(backup(&far)["restored"], false);

    let log = home
        .join("version-2")
        .join(&*log::file_name(Zxid(NODES / 4 + 1)));
    let bytes = fs::read(&log).expect("there");
    fs::write(&log, &bytes[..200_000]).expect("cut");
    let broken = take("incremental");
    assert_eq!(broken["whole"], false);
    assert!(
        broken["why"]
            .as_str()
            .is_some_and(|why| why.contains("take a full backup"))
    );
    // A bit that turned over in the vault is noticed.
    let kept = vault.join("full-1").join(&*log::file_name(Zxid(1)));
    let mut bytes = fs::read(&kept).expect("there");
    bytes[5_000] ^= 1;
    fs::write(&kept, bytes).expect("spoiled");
    let judged = backup(&["verify", "--vault", text(&vault), "full-1"]);
    assert_eq!(judged["backups"][0]["restorable"], false);
}
