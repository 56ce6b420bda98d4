//! What is in a vault, or beside it, without having been put there by a backup: nothing of it is believed,
//! nothing of it is removed, and the good backups are as good as before.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::datadirs::scratch;
use super::{NODES, add_log, backup, data_dir, killed, state, text, told};

/// The manifest of a backup, changed by hand.
fn tamper(vault: &Path, id: &str, change: impl FnOnce(&mut Value)) {
    let path = vault.join(id).join("manifest.json");
    let told_there = fs::read_to_string(&path).expect("there");
    let mut manifest: Value = serde_json::from_str(&told_there).expect("a manifest");
    change(&mut manifest);
    fs::write(&path, manifest.to_string()).expect("written");
}

fn full(from: &Path, vault: &Path, id: &str) {
    backup(&[
        "full",
        "--from",
        text(from),
        "--to",
        text(vault),
        "--as",
        id,
    ]);
}

#[test]
fn a_name_in_a_manifest_is_no_way_out_of_the_vault() {
    let room = scratch("way-out");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    full(&home, &vault, "b");
    let good = fs::read(vault.join("b/manifest.json")).expect("there");
    let before = state(&home);
    let log = |manifest: &Value| {
        let files = manifest["files"].as_array().expect("a list");
        files
            .iter()
            .position(|file| file["records"].is_object())
            .expect("a log")
    };
    let changes: [&dyn Fn(&mut Value); 7] = [
        &|m| m["files"][0]["name"] = json!("../../home/version-2/log.1"),
        &|m| m["files"][0]["name"] = json!("/etc/passwd"),
        &|m| m["files"][0]["name"] = json!("manifest.json"),
        &|m| m["snapshot"]["file"] = json!("snapshot./../../x"),
        &|m| {
            let at = log(m);
            m["files"][at]["records"]["last"]["file"] = json!("../../home/version-2/log.1");
        },
        &|m| m["format"] = json!(99),
        &|m| m["encrypted"] = json!(true),
    ];
    for (at, change) in changes.into_iter().enumerate() {
        fs::write(vault.join("b/manifest.json"), &good).expect("written");
        tamper(&vault, "b", change);
        let (h, v) = (text(&home), text(&vault));
        let to = room.join("to");
        for words in [
            &["verify", "--vault", v][..],
            &["verify", "--vault", v, "b"],
            &["restore", "--vault", v, "--to", text(&to), "b"],
            &["incremental", "--from", h, "--to", v],
            &["incremental", "--from", h, "--to", v, "--parent", "b"],
        ] {
            let done = told(words);
            let told = format!("{}{}", done.out, done.err);
            let why = match words[0] {
                "incremental" => "no whole backup",
                _ => "cannot be read: ",
            };
            assert_ne!(done.code, 0, "{at} {words:?}: {told}");
            assert!(told.contains(why), "{at} {words:?}: {told}");
        }
        assert!(state(&home) == before, "the source was changed by {at}");
        assert!(!to.exists());
    }
}

#[test]
fn what_was_not_made_here_is_not_removed() {
    let room = scratch("foreign");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    for name in [
        "photos.taking",
        "full-1",
        "full-2.taking",
        "full-3.beginning",
    ] {
        fs::create_dir_all(vault.join(name)).expect("made");
        fs::write(vault.join(name).join("a.jpg"), "precious").expect("written");
    }
    let taken = backup(&["full", "--from", text(&home), "--to", text(&vault)]);
    assert_eq!(taken["backup"]["id"], "full-4");
    for name in [
        "photos.taking",
        "full-1",
        "full-2.taking",
        "full-3.beginning",
    ] {
        let kept = fs::read_to_string(vault.join(name).join("a.jpg"));
        assert_eq!(kept.ok().as_deref(), Some("precious"), "{name}");
        let id = name.split('.').next().expect("a word");
        let words = [
            "full",
            "--from",
            text(&home),
            "--to",
            text(&vault),
            "--as",
            id,
        ];
        if id != "photos" {
            assert_eq!(told(&words).code, 2, "{name}");
        }
    }
    assert_eq!(told(&["verify", "--vault", text(&vault)]).code, 0);
    // A source inside of the vault could be taken for one of its directories.
    let inside = vault.join("zk.taking");
    data_dir(&inside, 1);
    let before = state(&inside);
    let done = told(&["full", "--from", text(&inside), "--to", text(&vault)]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("inside of the vault"), "{}", done.err);
    assert!(state(&inside) == before);
    // And a vault in the directory that version-2 lies in belongs to the server.
    let version_2 = home.join("version-2");
    for (from, to) in [
        (&version_2, home.join("vault")),
        (&home, room.join("none/../home/vault")),
    ] {
        let done = told(&["full", "--from", text(from), "--to", text(&to)]);
        assert_eq!(done.code, 2, "{to:?}");
        assert!(!home.join("vault").exists());
    }
}

#[test]
fn one_bad_manifest_does_not_take_the_others_with_it() {
    let room = scratch("one-bad");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    full(&home, &vault, "good");
    full(&home, &vault, "bad");
    full(&home, &vault, "lost");
    fs::write(vault.join("bad/manifest.json"), "{").expect("written");
    fs::remove_file(vault.join("lost/manifest.json")).expect("ours");
    let v = text(&vault);
    let list = backup(&["list", "--vault", v]);
    assert_eq!(list["backups"].as_array().map(Vec::len), Some(1));
    assert_eq!(list["unreadable"][0]["name"], "bad");
    let done = told(&["verify", "--vault", v]);
    assert_eq!(done.code, 1);
    assert!(done.out.contains("good: can be restored"), "{}", done.out);
    assert!(
        done.out
            .contains("bad: cannot be restored: it cannot be read"),
        "{}",
        done.out
    );
    assert_eq!(told(&["verify", "--vault", v, "good"]).code, 0);
    assert_eq!(told(&["verify", "--vault", v, "bad"]).code, 2);
    let to = room.join("to");
    let restored = backup(&["restore", "--vault", v, "--to", text(&to)]);
    assert_eq!(
        (&restored["backup"], &restored["zxid"]),
        (&json!("good"), &json!("0x5dc"))
    );
    full(&home, &vault, "next");
    let more = backup(&["incremental", "--from", text(&home), "--to", v]);
    assert_eq!(more["backup"]["parent"], "next");
    // One chain is too long to be tried: the others are tried all the same.
    tamper(&vault, "next", |manifest| {
        manifest["files"][0]["len"] = json!(5_u64 << 30)
    });
    let judged = backup(&["verify", "--vault", v]);
    let judged = judged["backups"].as_array().expect("a list");
    let good = judged
        .iter()
        .find(|one| one["id"] == "good")
        .expect("there");
    assert_eq!(good["restorable"], true);
    let why = judged
        .iter()
        .find(|one| one["id"] == "next")
        .expect("there")["why"]
        .clone();
    assert!(
        why.as_str()
            .is_some_and(|why| why.contains("limit reached")),
        "{why}"
    );
}

#[test]
fn the_newest_is_the_one_that_was_whole_last_and_sources_are_not_mixed() {
    let room = scratch("newest");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let (h, v) = (text(&home), text(&vault));
    full(&home, &vault, "b1");
    add_log(&home.join("version-2"), NODES / 4);
    let more = ["incremental", "--from", h, "--to", v];
    let slow = [&more[..], &["--as", "i1", "--rate", "40K"]].concat();
    assert!(
        !killed(&slow, Duration::from_millis(700)),
        "it should take long"
    );
    full(&home, &vault, "b2");
    add_log(&home.join("version-2"), NODES / 2);
    let resumed = backup(&more);
    assert_eq!(
        (&resumed["resumed"], &resumed["zxid"]),
        (&json!(true), &json!("0x1194"))
    );
    let restore = |to: &str| {
        let to = room.join(to);
        told(&["restore", "--vault", v, "--to", text(&to)])
    };
    let done = restore("r1");
    assert!(done.out.contains("is at 0x1194, from i1"), "{}", done.out);
    // A clock that was put back changes nothing within a chain.
    let next = backup(&more);
    assert_eq!(next["backup"]["parent"], "i1");
    let id = next["backup"]["id"].as_str().expect("a name").to_owned();
    tamper(&vault, &id, |manifest| manifest["taken_ms"] = json!(5));
    assert_eq!(backup(&more)["backup"]["parent"], id.as_str());
    let other = room.join("other");
    data_dir(&other, 1);
    full(&other, &vault, "another");
    let done = restore("r2");
    assert_eq!(done.code, 2);
    assert!(
        done.err.contains("which backup?") && done.err.contains("another of"),
        "{}",
        done.err
    );
}

#[test]
fn another_backup_is_not_what_was_interrupted_and_what_was_given_up_goes() {
    let room = scratch("another");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let (h, v) = (text(&home), text(&vault));
    let words = ["full", "--from", h, "--to", v];
    let wrong = [&words[..], &["--order", "log-first", "--rate", "40K"]].concat();
    assert!(
        !killed(&wrong, Duration::from_millis(700)),
        "it should take long"
    );
    let done = told(&[&words[..], &["--as", "full-1"]].concat());
    assert_eq!(done.code, 2);
    assert!(done.err.contains("begun as another backup"), "{}", done.err);
    let taken = backup(&words);
    assert_eq!(
        (&taken["resumed"], &taken["backup"]["id"]),
        (&json!(false), &json!("full-2"))
    );
    // Its log is cut: an increment is given up, and the next try makes room for itself.
    let log = home.join("version-2/log.1");
    let bytes = fs::read(&log).expect("there");
    fs::write(&log, &bytes[..200_000]).expect("cut");
    for _ in 0..3 {
        assert_eq!(told(&["incremental", "--from", h, "--to", v]).code, 1);
    }
    let list = told(&["list", v]);
    assert_eq!(list.out.matches("given up").count(), 1, "{}", list.out);
    assert_eq!(backup(&words)["whole"], true);
    assert!(!told(&["list", v]).out.contains("given up"));
}

#[test]
fn a_backup_that_is_being_taken_is_not_called_interrupted() {
    let room = scratch("busy");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    let (h, v) = (text(&home), text(&vault));
    full(&home, &vault, "b1");
    let slow = [
        "full", "--from", h, "--to", v, "--as", "b2", "--rate", "100K",
    ];
    std::thread::scope(|scope| {
        let taking = scope.spawn(|| killed(&slow, Duration::from_secs(3)));
        while !vault.join("b2.taking").exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let list = told(&["list", v]);
        assert!(list.out.contains("being taken"), "{}", list.out);
        let done = told(&["verify", "--vault", v]);
        assert_eq!(
            (done.code, done.out.contains("b2: being taken")),
            (0, true),
            "{}",
            done.out
        );
        assert_eq!(told(&["full", "--from", h, "--to", v]).code, 2);
        assert!(!taking.join().expect("it ends"), "it should take long");
    });
    assert!(told(&["list", v]).out.contains("interrupted at"));
    assert_eq!(told(&["verify", "--vault", v]).code, 1);
}

#[test]
fn a_restore_does_not_go_where_a_server_has_its_files() {
    let room = scratch("in-use");
    let (home, vault) = (room.join("home"), room.join("vault"));
    data_dir(&home, 1);
    full(&home, &vault, "b");
    let before = state(&home);
    let elsewhere = room.join("elsewhere");
    fs::create_dir(&elsewhere).expect("made");
    std::os::unix::fs::symlink(room.join("nowhere"), elsewhere.join("version-2")).expect("linked");
    let v = text(&vault);
    for to in [
        home.join("version-2"),
        home.clone(),
        vault.clone(),
        vault.join("b"),
        vault.join("new"),
        elsewhere.clone(),
    ] {
        let done = told(&["restore", "--vault", v, "--to", text(&to)]);
        assert_eq!(done.code, 2, "{to:?}: {}", done.out);
    }
    assert!(state(&home) == before, "the directory was changed");
    assert!(!elsewhere.join("version-2.restoring").exists());
    // What was made for a restore that came to nothing is gone, with all that it lies in.
    let deep = room.join("a/b/c");
    let words = [
        "restore",
        "--vault",
        v,
        "--to",
        text(&deep),
        "--until",
        "9.9",
    ];
    assert_eq!(told(&words).code, 1);
    assert!(!room.join("a").exists());
    let never = [
        "restore",
        "--vault",
        v,
        "--to",
        text(&deep),
        "--epoch",
        "2147483647",
    ];
    assert_eq!(told(&never).code, 2);
    // Two at once: one of them, whole.
    let to = room.join("to");
    let words = ["restore", "--vault", v, "--to", text(&to)];
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| told(&words).code));
        both.map(|one| one.join().expect("it ends")).into()
    });
    assert!(codes == [0, 2] || codes == [2, 0], "{codes:?}");
    assert_eq!(
        backup_state(&to),
        ["acceptedEpoch", "currentEpoch", "snapshot.5dc"]
    );
}

fn backup_state(dir: &Path) -> Vec<String> {
    let files = state(dir).into_iter().map(|(path, _, _)| path);
    let names = files.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
    names.collect()
}
