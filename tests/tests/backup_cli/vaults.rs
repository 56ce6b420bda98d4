//! Where a backup cannot be put, cannot be read, and what arguments make no sense: exit codes and words.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use super::datadirs::scratch;
use super::program::program;
use super::{Told, backup, data_dir, state, text, told, told_by};

/// Somebody who may do nothing that is not allowed to all.
const NOBODY: u32 = 65_534;

/// The command as a user without any rights, from a copy of the program that anybody may run.
fn as_nobody(room: &Path, words: &[&str]) -> Told {
    use std::os::unix::process::CommandExt;
    let copy = room.join("zablab");
    if !copy.exists() {
        fs::copy(program(), &copy).expect("copied");
    }
    let mut command = std::process::Command::new(&copy);
    let am_root = fs::metadata("/proc/self").is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt;
        me.uid() == 0
    });
    if am_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    told_by(command, words)
}

/// Anybody may come in, and only look.
fn read_only(dir: &Path) {
    let look = fs::Permissions::from_mode(0o555);
    fs::set_permissions(dir, look).expect("ours");
}

#[test]
fn a_vault_that_is_a_file_or_inside_of_the_source_is_refused() {
    let room = scratch("bad-vault");
    let home = room.join("home");
    data_dir(&home, 1);
    let before = state(&home);
    fs::write(room.join("file"), "x").expect("written");
    std::os::unix::fs::symlink(&home, room.join("way-in")).expect("linked");
    for (vault, words) in [
        ("file", "file: a vault is a directory"),
        ("file/below", "file/below: "),
        ("home", "inside of what is backed up"),
        ("home/vault", "inside of what is backed up"),
        ("home/version-2", "inside of what is backed up"),
        ("home/version-2/a/b/c", "inside of what is backed up"),
        ("way-in/vault", "inside of what is backed up"),
    ] {
        let vault = room.join(vault);
        for verb in ["full", "incremental"] {
            let done = told(&[verb, "--from", text(&home), "--to", text(&vault)]);
            assert_eq!(done.code, 2, "{vault:?}: {}", done.err);
            assert!(done.err.contains(words), "{vault:?}: {}", done.err);
            assert_eq!(done.out, "");
        }
    }
    assert!(state(&home) == before, "the source was changed");
    assert!(!home.join("vault").exists());
    for words in [&["verify", "--vault"][..], &["list"]] {
        for vault in ["file", "missing"] {
            let done = told(&[words, &[text(&room.join(vault))]].concat());
            assert_eq!((done.code, &*done.out), (2, ""));
            assert!(done.err.contains("there is no such vault"), "{}", done.err);
        }
    }
}

#[test]
fn a_vault_that_may_only_be_read_is_verified_and_not_written_to() {
    // Not where the tests are built: nobody else may come there on every machine.
    let room = std::env::temp_dir().join(format!("zablab-read-only-{}", std::process::id()));
    fs::create_dir(&room).expect("the folder of temporary files can be written to");
    fs::set_permissions(&room, fs::Permissions::from_mode(0o777)).expect("ours");
    let (home, vault, sealed) = (room.join("home"), room.join("vault"), room.join("sealed"));
    data_dir(&home, 1);
    backup(&["full", "--from", text(&home), "--to", text(&vault)]);
    fs::create_dir(&sealed).expect("made");
    // A backup is for its owner alone, until the owner says something else.
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&vault), mode(&vault.join("full-1"))), (0o700, 0o700));
    for file in fs::read_dir(vault.join("full-1")).expect("there") {
        let file = file.expect("there").path();
        assert_eq!(mode(&file), 0o600, "{file:?}");
        read_only(&file);
    }
    for dir in [&sealed, &vault, &vault.join("full-1")] {
        read_only(dir);
    }
    for to in [&sealed, &vault, &sealed.join("new")] {
        let done = as_nobody(&room, &["full", "--from", text(&home), "--to", text(to)]);
        assert_eq!(done.code, 2, "{}", done.out);
        assert!(done.err.contains("Permission denied"), "{}", done.err);
    }
    let judged = as_nobody(&room, &["verify", "--vault", text(&vault)]);
    assert_eq!(judged.code, 0, "{}", judged.err);
    assert_eq!(as_nobody(&room, &["list", text(&vault)]).code, 0);
    let to = room.join("restored");
    let words = ["restore", "--vault", text(&vault), "--to", text(&to)];
    assert_eq!(as_nobody(&room, &words).code, 0);
    let there = sealed.join("restored");
    let words = ["restore", "--vault", text(&vault), "--to", text(&there)];
    let done = as_nobody(&room, &words);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("Permission denied"), "{}", done.err);

    // What may not be read is not taken for absent.
    let log = home.join("version-2/log.1");
    fs::set_permissions(&log, fs::Permissions::from_mode(0o000)).expect("ours");
    let other = room.join("other");
    let done = as_nobody(
        &room,
        &["full", "--from", text(&home), "--to", text(&other)],
    );
    assert_eq!(done.code, 2);
    assert!(
        done.err.contains("log.1: Permission denied"),
        "{}",
        done.err
    );
    for dir in [&vault, &vault.join("full-1"), &sealed] {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).expect("ours");
    }
    fs::remove_dir_all(&room).expect("ours");
}

#[test]
fn what_is_there_already_is_not_replaced() {
    let room = scratch("there");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let full = [
        "full",
        "--from",
        text(&home),
        "--to",
        text(&vault),
        "--as",
        "b",
    ];
    assert_eq!(told(&full).code, 0);
    let again = told(&full);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("already a backup b"), "{}", again.err);
    let before = state(&home);
    let words = ["restore", "--vault", text(&vault), "--to", text(&home)];
    let done = told(&words);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("is not replaced"), "{}", done.err);
    assert!(state(&home) == before, "the directory was changed");
    let file = room.join("file");
    fs::write(&file, "x").expect("written");
    let done = told(&["restore", "--vault", text(&vault), "--to", text(&file)]);
    assert_eq!(done.code, 2);
    // A point outside of the backup is an answer, and leaves nothing behind.
    let nowhere = room.join("nowhere");
    let words = ["restore", "--vault", text(&vault), "--to", text(&nowhere)];
    let done = told(&[&words[..], &["--until", "9.9"]].concat());
    assert_eq!(done.code, 1);
    assert!(done.out.contains("the last point is"), "{}", done.out);
    assert!(!nowhere.exists(), "a directory was left behind");
}

#[test]
fn arguments_that_make_no_sense_are_bad_input() {
    let room = scratch("words");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    backup(&["full", "--from", text(&home), "--to", text(&vault)]);
    let (h, v) = (text(&home), text(&vault));
    let to = room.join("to");
    let t = text(&to);
    let take = |more: &[&'static str]| [&["full", "--from", h, "--to", v][..], more].concat();
    let more =
        |more: &[&'static str]| [&["incremental", "--from", h, "--to", v][..], more].concat();
    let verify = |more: &[&'static str]| [&["verify", "--vault", v][..], more].concat();
    let restore =
        |more: &[&'static str]| [&["restore", "--vault", v, "--to", t][..], more].concat();
    let cases: Vec<(Vec<&str>, &str)> = vec![
        (vec![], "what to do"),
        (vec!["ful"], "full"),
        (vec!["full", "--to", v], "--from DIR"),
        (vec!["full", "--from", h], "--to which VAULT"),
        (vec!["full", "--from"], "--from"),
        (take(&["--parent", "full-1"]), "--parent"),
        (take(&["--rate", "0"]), "bytes a second"),
        (take(&["--rate", "10T"]), "bytes a second"),
        (take(&["--rate", "99999999999G"]), "bytes a second"),
        (take(&["--order", "logs"]), "log-first"),
        (take(&["--as", "../out"]), "is no name for a backup"),
        (take(&["--as", ""]), "is no name for a backup"),
        (take(&["--as", "b.taking"]), "is no name for a backup"),
        (take(&["--fast"]), "--fast"),
        (take(&["more"]), "more"),
        (more(&["--order", "snapshot-first"]), "--order"),
        (more(&["--parent", "full-9"]), "no whole backup full-9"),
        (verify(&["full-9"]), "no backup full-9"),
        (verify(&["full-1", "full-2"]), "full-2"),
        (verify(&["--until", "soon"]), "a zxid like 1.7"),
        (vec!["verify", "full-1"], "which --vault"),
        (restore(&["full-9"]), "no backup full-9"),
        (restore(&["--until", "0xg"]), "a zxid like 1.7"),
        (restore(&["--before", "yesterday"]), "a time like"),
        (restore(&["--until", "1.1", "--before", "0"]), "Not both"),
        (restore(&["--epoch", "-1"]), "an epoch"),
        (restore(&["--epoch", "4294967296"]), "an epoch"),
        (vec!["restore", "--vault", v], "--to which DIR"),
        (vec!["restore", "--to", t], "--vault"),
        (vec!["list"], "which --vault"),
        (vec!["list", v, v], "argument"),
    ];
    for (words, hint) in cases {
        let done = told(&words);
        assert_eq!(done.code, 2, "{words:?}: {} {}", done.out, done.err);
        assert!(done.err.contains(hint), "{words:?}: {}", done.err);
        assert_eq!((&*done.out, done.err.lines().count()), ("", 1), "{words:?}");
    }
    assert!(!to.exists(), "nothing was restored");
    let list = backup(&["list", "--vault", v]);
    assert_eq!(list["backups"].as_array().map(Vec::len), Some(1));
    assert_eq!(told(&["--help"]).code, 0);
    assert_eq!(told(&["full", "--help"]).code, 0);
}

/// A chain is in memory while it is tried, so one that is too long is refused before anything is read.
#[test]
fn a_chain_beyond_the_limit_is_refused_before_it_is_read() {
    let room = scratch("limit");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let v = text(&vault);
    backup(&["full", "--from", text(&home), "--to", v]);
    backup(&["incremental", "--from", text(&home), "--to", v]);
    let manifest = vault.join("full-1/manifest.json");
    let told_there = fs::read_to_string(&manifest).expect("there");
    let mut known: Value = serde_json::from_str(&told_there).expect("a manifest");
    let bytes = |files: &Value, from: usize| -> u64 {
        let files = files.as_array().expect("a list").iter().skip(from);
        files.filter_map(|file| file["len"].as_u64()).sum()
    };
    let others = bytes(&known["files"], 1);
    let of_child = bytes(&backup(&["list", "--vault", v])["backups"][1]["files"], 0);
    for (beyond, code) in [(0, 1), (1, 2)] {
        known["files"][0]["len"] = ((4_u64 << 30) - others - of_child + beyond).into();
        fs::write(&manifest, known.to_string()).expect("written");
        for words in [
            &["verify", "--vault", v, "inc-2"][..],
            &[
                "restore",
                "--vault",
                v,
                "--to",
                text(&room.join("to")),
                "inc-2",
            ],
        ] {
            let done = told(words);
            assert_eq!(done.code, code, "{words:?}: {} {}", done.out, done.err);
            assert_eq!(done.err.contains("limit reached: inc-2"), code == 2);
        }
    }
}

#[test]
fn verify_answers_by_its_exit_code() {
    let room = scratch("exit");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let v = text(&vault);
    backup(&["full", "--from", text(&home), "--to", v]);
    for (until, code) in [("0x5dc", 0), ("0x1", 0), ("0x5dd", 1), ("1.1", 1)] {
        assert_eq!(told(&["verify", "--vault", v, "--until", until]).code, code);
    }
    // Another user's file in the vault is not a backup, and nobody's manifest is not believed.
    fs::create_dir(vault.join("notes")).expect("made");
    fs::write(vault.join("README"), "x").expect("written");
    assert_eq!(told(&["verify", "--vault", v]).code, 0);
    fs::rename(vault.join("full-1"), vault.join("renamed")).expect("ours");
    let done = told(&["verify", "--vault", v]);
    assert_eq!(done.code, 1);
    assert!(
        done.out.contains(
            "renamed: cannot be restored: it cannot be read: it belongs to backup full-1"
        ),
        "{}",
        done.out
    );
    fs::remove_dir_all(vault.join("renamed")).expect("ours");
    let done = told(&["verify", "--vault", v]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("this vault is empty"), "{}", done.err);
}

/// The moment between the last word of the manifest and the name of the backup.
#[test]
fn a_backup_that_is_whole_and_has_no_name_yet_is_whole() {
    let room = scratch("nameless");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let v = text(&vault);
    backup(&["full", "--from", text(&home), "--to", v]);
    let (named, nameless) = (vault.join("full-1"), vault.join("full-1.taking"));
    fs::rename(&named, &nameless).expect("ours");
    assert_eq!(told(&["verify", "--vault", v]).code, 0);
    let to = room.join("to");
    let words = ["restore", "--vault", v, "--to", text(&to)];
    assert_eq!(backup(&words)["zxid"], "0x5dc");
    assert!(!named.exists(), "whoever looks changes nothing");
    let more = backup(&["incremental", "--from", text(&home), "--to", v]);
    assert_eq!(
        (&more["whole"], &more["backup"]["parent"]),
        (&true.into(), &"full-1".into())
    );
    assert!(named.exists() && !nameless.exists());
    assert_eq!(told(&["verify", "--vault", v]).code, 0);
}
