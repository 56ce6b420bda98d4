//! What a backup can be taken of: packed snapshots, a log directory of its own, logs filled to the brim,
//! whatever else lies about.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;
use zablab_core::model::Zxid;
use zablab_core::storage::{encode_txn, log, snapshot};
use zablab_core::tree::{Database, TreeRules};

use super::datadirs::{scratch, unpacked};
use super::program::{differences, zablab};
use super::{NODES, add_log, backup, create, data_dir, log_bytes, state, text, told};

/// A log as a server preallocates it.
const PRE_ALLOCATED: u64 = 64 << 20;

/// What a server would make of a directory.
fn recovered(dir: &Path) -> Value {
    zablab("recover", &[dir.to_path_buf()], &["--as", "3.9.4"]).expect("a verdict")
}

/// The same with its log elsewhere.
fn recovered_apart(dir: &Path, logs: &Path) -> Value {
    let options = ["--as", "3.9.4", "--log-dir", text(logs)];
    zablab("recover", &[dir.to_path_buf()], &options).expect("a verdict")
}

/// The newest backup of a vault is restored, and the tree compared.
fn restores_to(vault: &Path, to: &Path, wanted: &Value) {
    let judged = backup(&["verify", "--vault", text(vault)]);
    let newest = judged["backups"].as_array().and_then(|all| all.last());
    let newest = newest.expect("one was taken");
    assert_eq!(
        (&newest["restorable"], &newest["last"]),
        (&true.into(), &wanted["zxid"]),
        "{judged}"
    );
    let words = ["restore", "--vault", text(vault), "--to", text(to)];
    assert_eq!(backup(&words)["zxid"], wanted["zxid"]);
    let got = recovered(to);
    assert_eq!(
        differences(&wanted["tree"], &got["tree"]),
        Vec::<String>::new()
    );
}

/// A database after the first so many of the nodes that the logs create.
fn database(nodes: i64) -> Database {
    let mut db = Database::new();
    for n in 0..nodes {
        db.apply(&create(n), TreeRules::v3_9_4());
    }
    db
}

/// Directories of real servers whose snapshots are packed like that.
fn packed(ending: &str) -> Vec<PathBuf> {
    let packed = |dir: &PathBuf| {
        let files = fs::read_dir(dir.join("data/version-2"))
            .into_iter()
            .flatten();
        let mut names = files.flatten().map(|file| file.file_name());
        names.any(|name| name.to_string_lossy().ends_with(ending))
    };
    let all = fs::read_dir(unpacked()).expect("it was unpacked").flatten();
    let mut found: Vec<PathBuf> = all.map(|dir| dir.path()).filter(packed).collect();
    found.sort();
    found
}

#[test]
fn packed_snapshots_of_real_servers_are_backed_up_and_restored() {
    for ending in [".gz", ".snappy"] {
        let dirs = packed(ending);
        assert!(dirs.len() > 1, "the recordings hold no {ending}");
        for dir in dirs {
            let room = scratch("packed");
            let data = dir.join("data");
            let apart = dir.join("txn/version-2").is_dir();
            let logs = if apart { dir.join("txn") } else { data.clone() };
            let wanted = recovered_apart(&data, &logs);
            if wanted["started"] != true {
                continue;
            }
            let (before, vault) = (state(&data), room.join("vault"));
            let words = ["--from", text(&data), "--log-dir", text(&logs)];
            let words = [&["full"][..], &words, &["--to", text(&vault)]].concat();
            let taken = backup(&words);
            let base = taken["backup"]["snapshot"]["file"].as_str();
            assert!(base.is_some_and(|file| file.ends_with(ending)), "{taken}");
            assert_eq!(taken["zxid"], wanted["zxid"], "{dir:?}");
            restores_to(&vault, &room.join("restored"), &wanted);
            assert!(state(&data) == before, "{dir:?} was changed");
        }
    }
}

/// Copies a directory of a real server, logs beside its snapshots, and tells the snapshots in order.
fn copied(dir: &Path, home: &Path) -> Vec<PathBuf> {
    let version_2 = home.join("version-2");
    fs::create_dir_all(&version_2).expect("a folder of the test");
    for from in ["data/version-2", "txn/version-2"] {
        let files = fs::read_dir(dir.join(from)).into_iter().flatten();
        for file in files.map(|file| file.expect("there").path()) {
            let name = file.file_name().expect("a file");
            fs::copy(&file, version_2.join(name)).expect("copied");
        }
    }
    let files = fs::read_dir(&version_2).expect("there").flatten();
    let mut snapshots: Vec<(i64, PathBuf)> = files
        .filter_map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            let zxid = name.strip_prefix("snapshot.")?.split('.').next()?;
            Some((i64::from_str_radix(zxid, 16).ok()?, file.path()))
        })
        .collect();
    snapshots.sort();
    snapshots.into_iter().map(|(_, path)| path).collect()
}

#[test]
fn a_packed_snapshot_that_is_half_written_is_passed_over() {
    let room = scratch("torn-pack");
    for ending in [".gz", ".snappy"] {
        let (home, vault) = (room.join(ending), room.join(format!("vault{ending}")));
        let mut snapshots = Vec::new();
        for dir in packed(ending) {
            let _ = fs::remove_dir_all(&home);
            snapshots = copied(&dir, &home);
            if snapshots.len() > 1 && recovered(&home)["started"] == true {
                break;
            }
        }
        let newest = snapshots.pop().expect("one was found");
        let bytes = fs::read(&newest).expect("there");
        fs::write(&newest, &bytes[..bytes.len() / 2]).expect("cut");
        let wanted = recovered(&home);
        let taken = backup(&["full", "--from", text(&home), "--to", text(&vault)]);
        let base = taken["backup"]["snapshot"]["file"].as_str();
        let older = snapshots.last().and_then(|path| path.file_name());
        assert_eq!(base.map(AsRef::as_ref), older, "{taken}");
        restores_to(&vault, &room.join(format!("restored{ending}")), &wanted);

        for older in snapshots {
            fs::remove_file(older).expect("there");
        }
        let alone = room.join(format!("alone{ending}"));
        let refused = told(&["full", "--from", text(&home), "--to", text(&alone)]);
        assert_eq!(refused.code, 1, "{refused:?}");
        let judged = told(&["verify", "--vault", text(&alone)]);
        assert_eq!(judged.code, 1, "{judged:?}");
    }
}

#[test]
fn a_log_directory_of_its_own_is_copied_and_a_forgotten_one_is_told() {
    let room = scratch("apart");
    let (data, logs, vault) = (room.join("data"), room.join("log"), room.join("vault"));
    data_dir(&data, 0);
    fs::create_dir_all(logs.join("version-2")).expect("a folder of the test");
    add_log(&logs.join("version-2"), 0);
    let wanted = recovered_apart(&data, &logs);
    let before = (state(&data), state(&logs));

    let forgotten = room.join("forgotten");
    let words = ["full", "--from", text(&data), "--to", text(&forgotten)];
    let done = told(&words);
    assert_eq!(done.code, 0);
    assert!(done.err.contains("--log-dir"), "{}", done.err);

    let apart = ["--from", text(&data), "--log-dir", text(&logs), "--to"];
    let take = |verb: &str| backup(&[&[verb][..], &apart, &[text(&vault)]].concat());
    assert_eq!(take("full")["zxid"], wanted["zxid"]);
    restores_to(&vault, &room.join("one"), &wanted);
    assert!(
        (state(&data), state(&logs)) == before,
        "a source was changed"
    );

    add_log(&logs.join("version-2"), NODES / 4);
    let wanted = recovered_apart(&data, &logs);
    let more = take("incremental");
    assert_eq!(
        (&more["whole"], &more["zxid"]),
        (&true.into(), &wanted["zxid"])
    );
    restores_to(&vault, &room.join("two"), &wanted);

    // Without the log directory the parent's last record is not there.
    let words = ["incremental", "--from", text(&data), "--to", text(&vault)];
    let done = told(&words);
    assert_eq!(done.code, 1, "{}", done.out);
    assert!(done.err.contains("--log-dir"), "{}", done.err);

    // A log that was left behind where only snapshots should lie is not what the server reads.
    add_log(&data.join("version-2"), NODES);
    let done = told(&[&["full"][..], &apart, &[text(&vault)]].concat());
    assert_eq!(done.code, 0);
    assert!(done.err.contains("left out"), "{}", done.err);
}

#[test]
fn dense_logs_and_sparse_ones_are_copied_up_to_their_last_record() {
    let room = scratch("dense");
    let (home, vault) = (room.join("home"), room.join("vault"));
    let dir = home.join("version-2");
    fs::create_dir_all(&dir).expect("a folder of the test");
    fs::write(dir.join("snapshot.0"), snapshot::whole(&Database::new())).expect("written");
    // The first is filled to the last kilobyte with the same few nodes; zeros that are written follow.
    let mut bytes = log::header().to_vec();
    let mut zxid = 0;
    for n in 0..4 {
        bytes.extend_from_slice(&log::frame(&encode_txn(&create(n))));
        zxid = n + 1;
    }
    while (bytes.len() as u64) < PRE_ALLOCATED - 300_000 {
        zxid += 1;
        bytes.extend_from_slice(&log::frame(&encode_txn(&super::set(zxid, 200_000))));
    }
    let records = bytes.len() as u64;
    bytes.resize(usize::try_from(PRE_ALLOCATED).expect("it fits"), 0);
    fs::write(dir.join("log.1"), &bytes).expect("written");
    // The others hold little, and their zeros are holes.
    let mut used = records;
    for _ in 0..3 {
        let mut bytes = log::header().to_vec();
        let name = log::file_name(Zxid(zxid + 1));
        for _ in 0..5 {
            zxid += 1;
            bytes.extend_from_slice(&log::frame(&encode_txn(&super::set(zxid, 3_000))));
        }
        used += bytes.len() as u64;
        let path = dir.join(&*name);
        fs::write(&path, &bytes).expect("written");
        let file = fs::File::options().write(true).open(&path);
        let file = file.expect("there");
        file.set_len(PRE_ALLOCATED).expect("a hole");
    }
    let words = ["full", "--from", text(&home), "--to", text(&vault)];
    let taken = backup(&words);
    let files = taken["backup"]["files"].as_array().expect("a list");
    let logs = files.iter().filter(|file| !file["records"].is_null());
    let copied: u64 = logs.filter_map(|file| file["len"].as_u64()).sum();
    assert_eq!(copied, used, "neither a zero too many nor a record too few");
    assert_eq!(taken["zxid"], format!("{zxid:#x}"));
    restores_to(&vault, &room.join("restored"), &recovered(&home));
}

#[test]
fn whatever_else_lies_there_is_left_alone() {
    let room = scratch("odd");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let dir = home.join("version-2");
    let wanted = recovered(&home);
    for odd in [
        "notes.txt",
        "log",
        "log.xyz",
        "snapshot.",
        "snapshot.old",
        ".hidden",
        "myid",
    ] {
        fs::write(dir.join(odd), "x").expect("written");
    }
    fs::create_dir(dir.join("lost+found")).expect("made");
    fs::create_dir(dir.join("snapshot.ffff")).expect("made");
    fs::write(home.join("myid"), "1").expect("written");
    let words = ["full", "--from", text(&home), "--to", text(&vault)];
    let taken = backup(&words);
    let names = taken["backup"]["files"].as_array().expect("a list");
    let names: Vec<&str> = names.iter().filter_map(|f| f["name"].as_str()).collect();
    assert_eq!(names, ["snapshot.0", "log.1", "currentEpoch"]);
    restores_to(&vault, &room.join("restored"), &wanted);

    // No server starts over a directory that is called like a log.
    fs::create_dir(dir.join("log.9999")).expect("made");
    let done = told(&words);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("log.9999: not a file"), "{}", done.err);
}

#[test]
fn files_behind_links_are_files() {
    let room = scratch("links");
    let (home, far, vault) = (room.join("home"), room.join("far"), room.join("vault"));
    data_dir(&home, 1);
    fs::create_dir(&far).expect("a folder of the test");
    let dir = home.join("version-2");
    let db = database(NODES / 4);
    let name = snapshot::file_name(db.last_zxid);
    fs::write(far.join("one"), snapshot::whole(&db)).expect("written");
    fs::write(far.join("two"), log_bytes(NODES / 4)).expect("written");
    symlink(far.join("one"), dir.join(&*name)).expect("linked");
    symlink(
        far.join("two"),
        dir.join(&*log::file_name(Zxid(NODES / 4 + 1))),
    )
    .expect("linked");
    let linked = room.join("linked");
    symlink(&home, &linked).expect("linked");
    let wanted = recovered(&home);
    assert_eq!(wanted["zxid"], format!("{:#x}", NODES / 2));
    let taken = backup(&["full", "--from", text(&linked), "--to", text(&vault)]);
    assert_eq!(
        (&taken["zxid"], &taken["backup"]["snapshot"]["file"]),
        (&wanted["zxid"], &(*name).into())
    );
    restores_to(&vault, &room.join("restored"), &wanted);
    // Where a link leads to nothing there was a log, and the backup is not whole.
    fs::remove_file(far.join("two")).expect("ours");
    let words = ["full", "--from", text(&home), "--to", text(&vault)];
    let done = told(&words);
    assert_eq!(done.code, 1);
    assert!(done.out.contains("was removed"), "{}", done.out);
}

#[test]
fn files_without_version_2_are_found_and_an_empty_directory_is_no_source() {
    let room = scratch("bare");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let wanted = recovered(&home);
    let bare = room.join("bare");
    fs::rename(home.join("version-2"), &bare).expect("moved");
    let words = ["full", "--from", text(&bare), "--to", text(&vault)];
    assert_eq!(backup(&words)["zxid"], wanted["zxid"]);
    restores_to(&vault, &room.join("restored"), &wanted);

    let empty = room.join("empty");
    fs::create_dir_all(empty.join("version-2")).expect("made");
    for from in [empty.join("version-2"), empty] {
        let words = ["full", "--from", text(&from), "--to", text(&vault)];
        let done = told(&words);
        assert_eq!(done.code, 1);
        assert!(done.out.contains("no finished snapshot"), "{}", done.out);
    }
    let missing = room.join("missing");
    let done = told(&["full", "--from", text(&missing), "--to", text(&vault)]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("missing"), "{}", done.err);
}
