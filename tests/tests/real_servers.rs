//! Directories of the engine under real servers, and real ensembles beside simulated ones.
//!
//! What a scenario leaves on a disk must be a directory that a real server starts from: without one
//! wrong digest, and with the tree that the engine itself finds there. Three such directories, started
//! as a real ensemble in a given order, must elect the leader and choose the ways of synchronization
//! that the engine predicts.
//!
//! Needs Java, ZooKeeper's jars and Python: `cargo xtask test oracle` brings them. The servers are
//! started by `tests/oracle/verify.py`, on loopback, on copies.
#![cfg(not(target_arch = "wasm32"))]

#[path = "oracle/datadirs.rs"]
mod datadirs;
#[path = "oracle/live.rs"]
mod live;
#[path = "oracle/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::Value;

use datadirs::{scratch, unpacked};
use program::{differences, zablab};

/// Scenarios, by what their disks show.
const ENDS: [&str; 18] = [
    "broadcast/many-writes-share-one-fsync",
    "clients/a-multi-that-fails-changes-nothing",
    "clients/an-empty-container-is-removed-by-the-leader",
    "clients/an-ephemeral-survives-a-full-restart-with-its-czxid",
    "clients/every-request-has-its-answer",
    "clients/sequential-names-never-come-twice",
    "export/every-kind-of-node-lies-on-one-disk",
    "export/one-disk-ends-before-the-snapshots-of-the-others",
    "export/the-disk-of-a-3-8-0-server-in-the-middle-of-a-snapshot",
    "export/three-disks-end-at-three-places",
    "recovery/sessions-and-ephemerals-come-back-from-disk",
    "storage/a-crash-in-the-middle-of-a-snapshot-leaves-a-file-nobody-reads",
    "storage/a-power-loss-may-tear-a-record-in-two",
    "storage/a-process-crash-keeps-what-was-written",
    "storage/a-snapshot-is-a-walk-while-writes-go-on",
    "storage/purge-keeps-three-snapshots-and-the-log-that-repairs-them",
    "synchronization/a-learner-too-far-behind-gets-the-whole-tree",
    "synchronization/a-tail-nobody-confirmed-is-cut-off",
];

/// A release that does not force its snapshots to the disk: after a power loss nothing starts from it.
const UNFORCED: &str = "export/the-disk-of-a-3-8-0-server-in-the-middle-of-a-snapshot";

/// Three disks and the orders in which their servers start.
const ENSEMBLES: [(&str, &[&str]); 3] = [
    (
        "export/three-disks-end-at-three-places",
        &["1,2,3", "3,2,1", "1,3,2"],
    ),
    (
        "export/one-disk-ends-before-the-snapshots-of-the-others",
        &["1,2,3", "2,3,1"],
    ),
    (
        "synchronization/a-tail-of-a-dead-epoch-is-replaced-by-the-whole-tree",
        &["2,1,3"],
    ),
];

/// Disks that were partly restored from a backup: the script, the line at which all stands still, and the
/// orders in which the servers start then. The first two are a quorum.
const RESTORED: [(&str, &str, &[&str]); 5] = [
    // Two empty servers outvote the one with the backup; or it leads, and the third gets all.
    (
        "backup/one-server-restored-meets-two-empty-ones",
        "restart 2",
        &["2,3,1", "1,2,3"],
    ),
    (
        "backup/all-members-restored-start-in-the-order-1-2-3",
        "restart 1",
        &["1,2,3", "3,1,2"],
    ),
    // The leader brings the restored one up to date.
    (
        "backup/a-restored-replica-is-brought-up-to-date",
        "restart 2",
        &["1,3,2"],
    ),
    // The one that forgot and the one that never knew; the last to remember is cut.
    (
        "backup/a-restored-replica-and-a-crash-lose-confirmed-writes",
        "restart 2",
        &["1,2,3"],
    ),
    // With the one that remembers in the vote, and without it.
    (
        "backup/a-restored-majority-is-overruled-by-the-one-that-remembers",
        "restart 1",
        &["3,1,2", "1,2,3"],
    ),
];

#[test]
fn a_real_server_starts_from_every_disk() {
    let mut disks = Vec::new();
    for script in ENDS {
        disks.extend(export(script, &[]));
        let about_disks = script.starts_with("export/") || script.starts_with("storage/");
        if about_disks && script != UNFORCED {
            disks.extend(export(script, &["--durable"]));
        }
    }
    assert!(disks.len() > 50, "only {} disks", disks.len());
    none(&side_by_side(&disks, |(name, disk)| {
        let ours = zablab("recover", std::slice::from_ref(disk), &["--as", "3.8.0"])?;
        let theirs = verify(std::slice::from_ref(disk), &[])?;
        if theirs["started"] != true || theirs["digestMismatches"] != 0 {
            let verdict = (
                &theirs["started"],
                &theirs["why"],
                &theirs["digestMismatches"],
            );
            return Err(format!("{name}: a real server says {verdict:?}"));
        }
        if theirs["zxid"] != ours["zxid"] {
            return Err(format!(
                "{name}: really at {}, here at {}",
                theirs["zxid"], ours["zxid"]
            ));
        }
        match differences(&theirs["tree"], &ours["tree"]) {
            found if found.is_empty() => Ok(()),
            found => Err(format!("{name}: {}", found.join("\n"))),
        }
    }));
}

#[test]
fn a_real_server_refuses_what_3_8_0_never_forced() {
    let (_, disk) = export(UNFORCED, &["--durable"]).remove(0);
    let ours =
        zablab("recover", std::slice::from_ref(&disk), &["--as", "3.8.0"]).expect("a verdict");
    let theirs = verify(&[disk], &[]).expect("a verdict");
    assert_eq!(
        (&ours["started"], &theirs["started"]),
        (&false.into(), &false.into())
    );
}

/// The comparison itself must be able to fail: a disk with a flipped bit in its newest log.
#[test]
fn a_real_server_refuses_a_spoiled_disk() {
    let (_, disk) = export("export/three-disks-end-at-three-places", &[]).remove(1);
    let log = disk.join("version-2/log.100000001");
    let mut bytes = fs::read(&log).expect("the log of the only epoch");
    bytes[40] ^= 1;
    fs::write(&log, bytes).expect("the disk can be spoiled");
    let theirs = verify(&[disk], &[]).expect("a verdict");
    assert_eq!(theirs["started"], false);
}

#[test]
fn a_real_ensemble_does_as_the_simulated_one() {
    let mut rooms = Vec::new();
    for (script, orders) in ENSEMBLES {
        let disks = disks(script, None);
        rooms.extend(orders.iter().map(|order| (script, disks.clone(), *order)));
    }
    for (script, line, orders) in RESTORED {
        let disks = disks(script, Some(line));
        rooms.extend(orders.iter().map(|order| (script, disks.clone(), *order)));
    }
    // Disks of real servers: one that was killed early, one that went on, one with an old tail.
    let real = ["killed", "s2", "tail"].map(|name| unpacked().join(name));
    for order in ["2,1,3", "3,1,2"] {
        rooms.push(("real disks", real.to_vec(), order));
    }
    none(&side_by_side(&rooms, |(name, disks, order)| {
        let name = format!("{name}, order {order}");
        let ours = zablab("boot", disks, &["--order", order])?;
        let theirs = verify(disks, &["--ensemble", "--order", order])?;
        same_start(&ours, &theirs).map_err(|why| format!("{name}: {why}"))
    }));
}

/// Leader, epochs and ways of synchronization, server by server, and whether all trees agree.
fn same_start(ours: &Value, theirs: &Value) -> Result<(), String> {
    let mut wrong = Vec::new();
    for id in ["1", "2", "3"] {
        let (ours, theirs) = (&ours["servers"][id], &theirs["servers"][id]);
        for key in ["mode", "epochBefore", "epochAfter", "sync"] {
            if told(&ours[key]) != theirs[key] || theirs["mode"].is_null() {
                wrong.push(format!(
                    "S{id} {key}: really {}, here {}",
                    theirs[key], ours[key]
                ));
                if key == "mode" {
                    wrong.push(format!("S{id} says {}", theirs["errors"]));
                }
            }
        }
    }
    for key in ["treesEqual", "nodes"] {
        if ours[key] != theirs[key] {
            wrong.push(format!("{key}: really {}, here {}", theirs[key], ours[key]));
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join("; ")),
    }
}

/// An epoch file that is not there is a dash here, and nothing there.
fn told(value: &Value) -> Value {
    match value {
        Value::Array(texts) => texts.iter().map(told).collect(),
        Value::String(dash) if dash == "-" => "".into(),
        other => other.clone(),
    }
}

/// The disks of all servers where a script ends, or where it comes to a line.
fn disks(script: &str, line: Option<&str>) -> Vec<PathBuf> {
    let mut path = path_of(script);
    if let Some(line) = line {
        let text = fs::read_to_string(&path).expect("the script is there");
        let end = text.find(&format!("\n{line}\n"));
        path = scratch("cut").join("cut.zab");
        fs::write(&path, &text[..=end.expect("it has that line")]).expect("it can be written");
    }
    let exported = export_from(&path, script, &[]).into_iter();
    exported.map(|(_, disk)| disk).collect()
}

fn path_of(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scripts/{script}.zab"))
}

/// The disks of all servers at the end of a script, with a name for each.
fn export(script: &str, options: &[&str]) -> Vec<(String, PathBuf)> {
    export_from(&path_of(script), script, options)
}

fn export_from(path: &Path, script: &str, options: &[&str]) -> Vec<(String, PathBuf)> {
    let folder = scratch("export");
    let servers = ["1", "2", "3"].into_iter().filter_map(|server| {
        let out = folder.join(server);
        let told = out.display().to_string();
        let options = [&["--server", server, "--out", &told], options].concat();
        match zablab("export", &[path.to_owned()], &options) {
            Ok(_) => Some((format!("{script} {options:?}"), out)),
            Err(why) if why.contains("this ensemble has the servers") => None,
            Err(why) => panic!("{script}: {why}"),
        }
    });
    servers.collect()
}

/// What real servers say of directories.
fn verify(disks: &[PathBuf], options: &[&str]) -> Result<Value, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle/verify.py");
    let done = Command::new("python3")
        .arg(script)
        .args(disks)
        .args(options)
        .output();
    let done = done.map_err(|e| format!("python3: {e}"))?;
    serde_json::from_slice(&done.stdout).map_err(|e| {
        let words = String::from_utf8_lossy(&done.stderr);
        format!("verify.py: {e}: {words}")
    })
}

/// Does the work for all items, a few at a time; what went wrong.
fn side_by_side<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), String> + Sync,
) -> Vec<String> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let work = &work;
        let share = |n| items.iter().skip(n).step_by(workers);
        let handles: Vec<_> = (0..workers)
            .map(|n| {
                scope.spawn(move || share(n).filter_map(|i| work(i).err()).collect::<Vec<_>>())
            })
            .collect();
        let found = handles.into_iter().map(|handle| handle.join());
        found
            .flat_map(|found| found.expect("an item is judged"))
            .collect()
    })
}

fn none(wrong: &[String]) {
    let told = wrong.join("\n");
    assert!(wrong.is_empty(), "{} differ\n{told}", wrong.len());
}
