//! How fast a gigabyte is backed up, beside `cp` followed by `sync` in the same run.
//!
//! ```text
//!   DIR/zablab-bench/  source/version-2  a small base, then a gigabyte of log, in the page cache
//!                      base/             a vault with a backup of the base: what an increment goes on from
//!                      vault/, copy/     made anew for each measurement
//! ```
//! Each program starts when nothing waits for the disk. The directory is removed in the end.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use zablab_core::base::SessionId;
use zablab_core::model::{Txn, TxnBody, TxnHeader, Zxid};
use zablab_core::storage::{encode_txn, log, snapshot};
use zablab_core::tree::Database;

use super::figure::{Figure, median};
use crate::output::Failure;

/// Bytes of log.
const SIZE: u64 = 1_000_000_000;
/// Bytes of log in one file.
const FILE: u64 = 128 << 20;
/// Bytes of data in a record.
const DATA: usize = 1_000;

/// Speeds against those of `cp` and `sync`, and the memory that was taken.
pub fn figures(dir: &Path, runs: usize) -> Result<Vec<Figure>, Failure> {
    let room = dir.join("zablab-bench");
    let done = measured(&room, runs);
    let removed = fs::remove_dir_all(&room);
    let figures = done.map_err(|e| Failure::Input(format!("{}: {e}", room.display())))?;
    removed.map_err(|e| Failure::Input(format!("{}: {e}", room.display())))?;
    Ok(figures)
}

fn measured(room: &Path, runs: usize) -> std::io::Result<Vec<Figure>> {
    let source = room.join("source/version-2");
    fs::create_dir_all(&source)?;
    fs::write(source.join("snapshot.0"), snapshot::whole(&Database::new()))?;
    let mut next = write_log(&source, 1, 10_000)?;
    let base = room.join("base");
    wait(&mut zablab("full", room, &base)?, &mut 0)?;
    let mut written = 0;
    while written < SIZE {
        let before = next;
        next = write_log(&source, next, FILE.min(SIZE - written))?;
        written += (next - before) as u64 * DATA as u64;
    }
    let (copy, vault) = (room.join("copy"), room.join("vault"));
    let (mut copies, mut fulls, mut increments) = (Vec::new(), Vec::new(), Vec::new());
    let mut memory = 0;
    for _ in 0..runs {
        settle(&source)?;
        copies.push(rate(|| {
            run(Command::new("cp")
                .arg("-r")
                .arg(room.join("source"))
                .arg(&copy))?;
            run(&mut Command::new("sync"))
        })?);
        fs::remove_dir_all(&copy)?;
        settle(&source)?;
        fulls.push(rate(|| {
            wait(&mut zablab("full", room, &vault)?, &mut memory)
        })?);
        fs::remove_dir_all(&vault)?;
        run(Command::new("cp").arg("-r").arg(&base).arg(&vault))?;
        settle(&source)?;
        increments.push(rate(|| {
            wait(&mut zablab("incremental", room, &vault)?, &mut memory)
        })?);
        fs::remove_dir_all(&vault)?;
    }
    wait(&mut zablab("full", room, &vault)?, &mut memory)?;
    let mut tried = judged("verify", &vault, None)?;
    let mut restored = judged("restore", &vault, Some(&room.join("restored")))?;
    let ((verify, verify_memory), (restore, restore_memory)) =
        (measure(&mut tried)?, measure(&mut restored)?);
    let [copy, full, increment] = [copies, fulls, increments].map(|rates| median(&rates));
    let share = |what, rate| Figure::at_least(what, (rate / copy, "x"), [Some(0.6), None]);
    let speed = |what, rate| Figure::at_least(what, (rate, "MB/s"), [None, None]);
    Ok(vec![
        speed(("copy", "cp and sync, a gigabyte"), copy),
        speed(("full", "full backup of it"), full),
        speed(("incremental", "incremental backup of it"), increment),
        share(("full-share", "full backup beside cp and sync"), full),
        share(
            ("incremental-share", "incremental backup beside cp and sync"),
            increment,
        ),
        speed(("verify", "verifying it"), verify),
        speed(("restore", "restoring it"), restore),
        mebibytes(("backup-memory", "memory of a backup"), memory, Some(64.0)),
        // What is tried is in memory, and so is the tree.
        mebibytes(
            ("verify-memory", "memory of verifying it"),
            verify_memory,
            None,
        ),
        mebibytes(
            ("restore-memory", "memory of restoring it"),
            restore_memory,
            None,
        ),
    ])
}

fn mebibytes(what: (&'static str, &'static str), kilobytes: u64, budget: Option<f64>) -> Figure {
    let value = kilobytes as f64 / 1_024.0;
    Figure::at_most(what, (value, "MiB"), [budget, None])
}

/// Speed, and the kilobytes of memory that were taken.
fn measure(command: &mut Command) -> std::io::Result<(f64, u64)> {
    let mut memory = 0;
    let speed = rate(|| wait(&mut command.spawn()?, &mut memory))?;
    Ok((speed, memory))
}

/// A log from that zxid on, of about so many bytes; the zxid behind its last.
fn write_log(dir: &Path, first: i64, bytes: u64) -> std::io::Result<i64> {
    let name = log::file_name(Zxid(first));
    let mut file = BufWriter::with_capacity(1 << 20, File::create(dir.join(&*name))?);
    file.write_all(&log::header())?;
    let (mut zxid, mut written) = (first, 0);
    while written < bytes {
        let header = TxnHeader {
            session: SessionId(1),
            cxid: 1,
            zxid: Zxid(zxid),
            time_ms: zxid,
        };
        let body = TxnBody::SetData {
            path: "/a".into(),
            data: Some(vec![zxid as u8 | 1; DATA].into()),
            version: 1,
        };
        let txn = Txn {
            header,
            body,
            digest: None,
        };
        let frame = log::frame(&encode_txn(&txn));
        file.write_all(&frame)?;
        written += frame.len() as u64;
        zxid += 1;
    }
    file.flush()?;
    Ok(zxid)
}

/// Everything that waits for the disk is on it, and the source is in memory.
fn settle(source: &Path) -> std::io::Result<()> {
    run(&mut Command::new("sync"))?;
    let mut piece = vec![0; 1 << 20];
    for entry in fs::read_dir(source)? {
        let mut file = File::open(entry?.path())?;
        while file.read(&mut piece)? > 0 {}
    }
    Ok(())
}

/// This program, at work on a backup.
fn zablab(verb: &str, room: &Path, vault: &PathBuf) -> std::io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .args(["backup", verb, "--from"])
        .arg(room.join("source"))
        .arg("--to")
        .arg(vault)
        .stdout(Stdio::null())
        .spawn()
}

/// This program, trying a backup.
fn judged(verb: &str, vault: &Path, to: Option<&Path>) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["backup", verb, "--vault"]).arg(vault);
    if let Some(to) = to {
        command.arg("--to").arg(to);
    }
    command.stdout(Stdio::null());
    Ok(command)
}

/// Waits for a program, and looks at how many kilobytes of memory it ever took.
fn wait(child: &mut Child, memory: &mut u64) -> std::io::Result<()> {
    let status = format!("/proc/{}/status", child.id());
    loop {
        let told = fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        *memory = peak.unwrap_or(0).max(*memory);
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(std::io::Error::other(format!("backup: {status}"))),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn run(command: &mut Command) -> std::io::Result<()> {
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(std::io::Error::other(format!("{command:?}: {status}"))),
    }
}

/// Megabytes a second.
fn rate(work: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(SIZE as f64 / 1e6 / start.elapsed().as_secs_f64())
}
