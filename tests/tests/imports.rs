//! Disks of real servers are brought in, judged, used and taken out again; bad input changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command as Shell;
use std::sync::Arc;

use zablab_core::lab::{
    Action, Command, CrashKind, Download, ImportView, Lab, NoticeKind, Profile, ServerId, Unread,
    WorkKind,
};
use zablab_core::storage::{Archiving, Content, Piece, RecoverOptions, Unpacking, recover};
use zablab_core::view::frame::{CellState, Phase, Role, ServerRow};

const SCRIPT: &str = "zablab 1
ensemble servers=3 seed=7
until leader within=5s
client a server=1
run 200ms
a create /x \"1\"
until reply a within=2s
";

fn lab() -> Lab {
    Lab::new(SCRIPT).expect("the script is good")
}

fn at_end(script: &str) -> Lab {
    let mut lab = Lab::new(script).expect("the script is good");
    lab.dispatch(Action::Seek(u64::MAX));
    lab
}

/// Lets the job under way come to its end.
fn finish(lab: &mut Lab) {
    while lab.work(500) {}
}

/// The bytes of a recorded archive, unpacked by the machine's own gzip.
fn recorded(name: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("datadirs")
        .join(name);
    let done = Shell::new("gzip").arg("-dc").arg(file).output();
    let done = done.expect("gzip can be run");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    done.stdout
}

/// Files of a tar archive, by path.
fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut unpacking = Unpacking::new();
    let pushed = unpacking.push(bytes, &mut |piece| match piece {
        Piece::File { path, .. } => files.push((path.to_owned(), Vec::new())),
        Piece::Bytes { bytes, .. } => {
            let file = files.last_mut().expect("a file began before its bytes");
            file.1.extend_from_slice(bytes);
        }
    });
    pushed
        .and_then(|()| unpacking.finish())
        .expect("it is an archive");
    files
}

/// Brings an archive in, some bytes at a time.
fn bring_archive(lab: &mut Lab, name: &str, bytes: &[u8]) {
    let id = lab.begin_import(bytes.len() as u64);
    lab.import_archive(id, name);
    for piece in bytes.chunks(65_537) {
        if !lab.import_unpacked(id, piece) {
            break;
        }
        lab.import_progress(id, piece.len() as u64);
    }
    lab.end_import(id);
    finish(lab);
}

/// Brings files in, as a dropped directory gives them.
fn bring_files(lab: &mut Lab, files: &[(String, Vec<u8>)]) {
    let id = lab.begin_import(files.iter().map(|(_, bytes)| bytes.len() as u64).sum());
    for (path, bytes) in files {
        if !lab.import_file(id, path, bytes.len() as u64) {
            break;
        }
        for (i, piece) in (0..).zip(bytes.chunks(4_096)) {
            lab.import_bytes(id, i * 4_096, piece);
        }
    }
    lab.end_import(id);
    finish(lab);
}

fn ensemble() -> Vec<(String, Vec<u8>)> {
    let all = unpacked(&recorded("ensemble.tar.gz")).into_iter();
    all.filter(|(path, _)| path.starts_with('s')).collect()
}

fn download(mut download: Download) -> Vec<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    while let Some(piece) = download.next(10_000) {
        bytes.extend(piece);
    }
    unpacked(&bytes)
}

fn zxids(view: &ImportView) -> Vec<Option<&str>> {
    let verdicts = view.disks.iter().map(|disk| disk.verdict.as_ref());
    verdicts
        .map(|v| v.and_then(|v| v.zxid.as_deref()))
        .collect()
}

/// Plays until somebody leads in broadcast.
fn elect(lab: &mut Lab) {
    for _ in 0..20_000 {
        lab.dispatch(Action::Step(1));
        let leads = |row: &ServerRow| {
            row.role == Some(Role::Leading) && row.phase == Some(Phase::Broadcast)
        };
        if lab.frame().servers.iter().any(leads) {
            return;
        }
    }
    panic!("nobody leads");
}

#[test]
fn a_real_disk_is_judged_as_the_release_that_made_it_judges_it() {
    let mut lab = at_end(SCRIPT);
    let before = (lab.frame(), lab.script(), lab.transport().undo);
    bring_archive(
        &mut lab,
        "standalone.tar.gz",
        &recorded("standalone.tar.gz"),
    );
    let view = lab.imported().expect("the disks are shown");
    let names: Vec<&str> = view.disks.iter().map(|disk| disk.name.as_str()).collect();
    assert_eq!(names, ["mix", "trace"]);
    assert_eq!(zxids(&view)[1], Some("0x93"));
    let verdict = view.disks[1].verdict.as_ref().expect("it is judged");
    assert_eq!(verdict.snapshot.as_deref(), Some("snapshot.86"));
    assert_eq!(
        (verdict.replayed, verdict.mismatches, verdict.starts),
        (13, 0, true)
    );
    assert!(
        verdict
            .report
            .iter()
            .any(|line| line.text.en.contains("loads snapshot.86"))
    );
    for line in &verdict.report {
        assert!(
            !line.text.zh.is_empty() && line.text.zh != line.text.en,
            "{line:?}"
        );
    }
    assert_eq!((lab.frame(), lab.script(), lab.transport().undo), before);
    assert_eq!(lab.working(), None);
}

#[test]
fn another_release_judges_the_same_disks_otherwise() {
    let mut files = unpacked(&recorded("standalone.tar.gz"));
    files.retain(|(path, _)| path.starts_with("trace/"));
    files.push(("trace/version-2/log.94".to_owned(), Vec::new()));
    let mut lab = lab();
    bring_files(&mut lab, &files);
    let shown = lab.imported().expect("the disk is shown");
    assert_eq!(
        (shown.profile, zxids(&shown)),
        (Profile::V3_9_4, vec![Some("0x93")])
    );
    lab.dispatch(Action::Judge(Profile::V3_8_0));
    finish(&mut lab);
    let shown = lab.imported().expect("the disk is shown");
    let verdict = shown.disks[0].verdict.as_ref().expect("it is judged");
    assert_eq!((shown.profile, verdict.starts), (Profile::V3_8_0, false));
    assert!(
        verdict.text.en.starts_with("does not start: "),
        "{}",
        verdict.text.en
    );
    assert!(
        verdict.text.zh.starts_with("不启动："),
        "{}",
        verdict.text.zh
    );
}

#[test]
fn three_real_disks_become_an_ensemble_that_runs_on() {
    let mut lab = at_end(SCRIPT);
    bring_files(&mut lab, &ensemble());
    let view = lab.imported().expect("the disks are shown");
    let ids: Vec<_> = view.disks.iter().map(|disk| disk.myid).collect();
    assert_eq!(ids, [Some(1), Some(2), Some(3)]);
    assert_eq!(view.plan, [Some(0), Some(1), Some(2)]);
    lab.dispatch(Action::UseDisks(view.plan.clone()));
    finish(&mut lab);
    assert_eq!(lab.notice(), None);
    assert!(
        lab.script().contains("load s2 server=2 sha256="),
        "{}",
        lab.script()
    );
    elect(&mut lab);
    lab.dispatch(Action::Step(300));
    finish(&mut lab);
    assert_eq!(lab.breaches().len(), 0, "{:?}", lab.breaches());
    // What the disks brought is committed as soon as somebody leads.
    let frame = lab.frame();
    for row in &frame.servers {
        let last = row.cells.last().expect("the log is not empty");
        assert_eq!(last.state, CellState::Applied, "{:?}", row.id);
    }
    assert_eq!(frame.columns.lens, None);
    let last = zxids(&view)
        .into_iter()
        .flatten()
        .max()
        .expect("they start")
        .to_owned();
    let files = download(
        lab.download_disk(ServerId(3), false)
            .expect("it has a disk"),
    );
    assert!(
        files
            .iter()
            .any(|(path, bytes)| path == "myid" && bytes == b"3\n")
    );
    let disk: BTreeMap<_, _> = files
        .iter()
        .filter_map(|(path, bytes)| {
            let name = path.strip_prefix("version-2/")?;
            Some((Arc::from(name), Content::from(&bytes[..])))
        })
        .collect();
    let database = recover(&disk, &RecoverOptions::V3_9_4)
        .outcome
        .expect("it starts");
    assert_eq!(format!("{:#x}", database.last_zxid.0), last);

    // Undo, redo, an edit of the script, and another branch know the disks.
    let script = lab.script();
    lab.dispatch(Action::Undo);
    assert!(!lab.script().contains("load"));
    lab.dispatch(Action::Redo);
    assert_eq!(lab.script(), script);
    lab.dispatch(Action::CloseImport);
    lab.dispatch(Action::Load(format!("{script}note \"again\"\n")));
    finish(&mut lab);
    assert_eq!(lab.notice(), None);
    lab.dispatch(Action::Step(200));
    finish(&mut lab);
    lab.dispatch(Action::Step(-100));
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(2),
        kind: CrashKind::Power,
    }));
    assert!(lab.script().contains("load s1 server=1 sha256="));
    assert_eq!(lab.transport().branches.len(), 2);
}

#[test]
fn a_run_file_brings_its_disks_and_comes_back_the_same() {
    let mut lab = lab();
    bring_files(&mut lab, &ensemble());
    lab.dispatch(Action::UseDisks(vec![Some(0), Some(0), None]));
    finish(&mut lab);
    lab.dispatch(Action::Step(300));
    finish(&mut lab);
    assert!(lab.has_disks());
    let files = download(lab.download_run());
    let script = files
        .iter()
        .find(|(path, _)| path == "run.zab")
        .expect("the script");
    let script = String::from_utf8_lossy(&script.1).into_owned();
    assert!(script.contains("load disks/1 server=1 sha256="), "{script}");
    assert!(
        files
            .iter()
            .any(|(path, _)| path.starts_with("disks/1/version-2/log."))
    );
    let mut other = at_end(SCRIPT);
    bring_files(&mut other, &files);
    assert_eq!(other.notice(), None);
    other.dispatch(Action::Seek(u64::MAX));
    other.dispatch(Action::Step(300));
    finish(&mut other);
    assert_eq!(other.frame().digest, lab.frame().digest);
    assert_eq!(other.imported(), None);

    let mut alone = at_end(SCRIPT);
    let only: Vec<_> = files
        .into_iter()
        .filter(|(path, _)| path == "run.zab")
        .collect();
    let before = alone.frame();
    bring_files(&mut alone, &only);
    let notice = alone.notice().expect("the disks are missing");
    assert!(notice.text.en.contains("disks/1"), "{}", notice.text.en);
    assert_eq!(alone.frame(), before);
}

#[test]
fn disks_of_the_same_name_are_told_apart() {
    let mut lab = lab();
    let files = ensemble();
    let of = |server: &str| -> Vec<_> {
        let prefix = format!("{server}/");
        let files = files.iter().filter(|(path, _)| path.starts_with(&prefix));
        files
            .map(|(path, bytes)| (path[prefix.len()..].to_owned(), bytes.clone()))
            .collect()
    };
    for (server, name) in [("s1", "dropped"), ("s2", "dropped-2"), ("s1", "dropped")] {
        bring_files(&mut lab, &of(server));
        lab.dispatch(Action::UseDisks(vec![Some(0), None, None]));
        finish(&mut lab);
        assert_eq!(lab.notice(), None);
        let load = format!("load {name} server=1 ");
        assert!(lab.script().contains(&load), "{}", lab.script());
    }
}

#[test]
fn bad_input_is_told_and_changes_nothing() {
    let mut lab = at_end(SCRIPT);
    let good = recorded("standalone.tar.gz");
    bring_archive(&mut lab, "good.tar", &good);
    let before = (lab.frame(), lab.script(), lab.imported());
    let refused = |lab: &mut Lab, kind: NoticeKind, says: &str| {
        let notice = lab.notice().expect("it is told");
        assert_eq!(notice.kind, kind);
        assert!(notice.text.en.contains(says), "{}", notice.text.en);
        assert!(!notice.text.zh.is_empty());
        assert_eq!((lab.frame(), lab.script(), lab.imported()), before);
        assert!(!lab.is_importing() && lab.working().is_none());
    };
    bring_archive(
        &mut lab,
        "a.tar",
        b"\x89PNG\r\n\x1a\n and so on, for more than a header",
    );
    refused(&mut lab, NoticeKind::Refused, "a.tar cannot be read");
    bring_archive(&mut lab, "cut.tar", &good[..good.len() / 2]);
    refused(&mut lab, NoticeKind::Refused, "ends inside a file");
    bring_files(&mut lab, &[("picture.png".to_owned(), vec![1, 2, 3])]);
    refused(&mut lab, NoticeKind::Refused, "picture.png");
    let id = lab.begin_import(2 << 30);
    assert!(!lab.import_file(id, "log.1", 2 << 30));
    refused(&mut lab, NoticeKind::Limit, "64 MiB");
    let id = lab.begin_import(9);
    lab.import_failed(id, "x.tar.gz", Unread::Gzip);
    refused(&mut lab, NoticeKind::Refused, "x.tar.gz cannot be unpacked");
    assert!(!lab.import_bytes(id, 0, b"late"), "it is over");
    lab.dispatch(Action::Load(
        "zablab 1\nensemble servers=3\nload s9 server=1\n".to_owned(),
    ));
    finish(&mut lab);
    refused(&mut lab, NoticeKind::Script, "s9");
}

#[test]
fn an_import_can_be_stopped_while_it_is_read_and_while_it_is_judged() {
    let mut lab = at_end(SCRIPT);
    let id = lab.begin_import(100);
    assert!(lab.import_file(id, "log.1", 100));
    assert_eq!(lab.working().map(|w| w.kind), Some(WorkKind::Read));
    lab.dispatch(Action::Stop);
    assert!(!lab.import_bytes(id, 0, b"ZKLG"));
    let id = lab.begin_import(100);
    lab.import_file(id, "log.1", 100);
    lab.import_bytes(id, 0, b"ZKLG");
    lab.end_import(id);
    assert_eq!(lab.working().map(|w| w.kind), Some(WorkKind::Recover));
    assert!(lab.clone().work(1), "a copy goes on by itself");
    lab.dispatch(Action::Stop);
    assert_eq!(
        (lab.working(), lab.work(9), lab.imported()),
        (None, false, None)
    );
}

#[test]
fn the_disk_that_is_taken_out_is_the_one_of_the_moment_that_is_shown() {
    let mut lab = at_end(SCRIPT);
    let size = |lab: &Lab, durable| {
        let files = download(lab.download_disk(ServerId(1), durable).expect("a disk"));
        let log = files
            .into_iter()
            .find(|(path, _)| path.starts_with("version-2/log."));
        log.map_or(0, |(_, bytes)| Content::from(&bytes[..]).data_end())
    };
    let end = size(&lab, false);
    assert!(end > 0);
    let file = lab
        .disk_files(ServerId(1))
        .into_iter()
        .find(|f| f.name.starts_with("log."));
    assert_eq!(file.map(|f| f.data_end), Some(end));
    let lesser = (0..lab.frame().step).any(|step| {
        lab.dispatch(Action::Seek(step));
        size(&lab, true) < size(&lab, false)
    });
    assert!(lesser, "at some moment a write was not durable");
    lab.dispatch(Action::Seek(0));
    assert_eq!(size(&lab, false), 0);
    assert!(lab.download_disk(ServerId(9), false).is_none());
}

#[test]
fn a_run_with_disks_comes_back_over_a_reload_when_its_disks_were_kept() {
    let mut lab = lab();
    bring_files(&mut lab, &ensemble());
    lab.dispatch(Action::UseDisks(vec![Some(0), Some(1), Some(1)]));
    finish(&mut lab);
    lab.dispatch(Action::Step(200));
    finish(&mut lab);
    lab.dispatch(Action::Step(-50));
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(2),
        kind: CrashKind::Power,
    }));
    let saved = lab.saved().expect("it is no scenario");
    let mut disks = lab.download_disks();
    let mut back = Lab::open(None);
    let id = back.begin_return(9, saved.clone());
    back.import_archive(id, "kept");
    while let Some(bytes) = disks.next(100_000) {
        assert!(back.import_unpacked(id, &bytes));
    }
    back.end_import(id);
    finish(&mut back);
    assert_eq!(back.notice(), None);
    assert_eq!((back.frame(), back.script()), (lab.frame(), lab.script()));
    assert_eq!(back.transport().branches.len(), 2);

    let mut lost = Lab::open(None);
    let before = lost.frame();
    lost.dispatch(Action::Restore(saved));
    finish(&mut lost);
    let notice = lost.notice().expect("the disks are gone");
    assert!(notice.text.en.contains("not kept"), "{}", notice.text.en);
    assert_eq!(lost.frame(), before);
}

/// Runs the machine's own tar.
fn tar(args: &[&str]) {
    let done = Shell::new("tar")
        .args(args)
        .output()
        .expect("tar can be run");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

#[test]
fn the_machines_own_tar_and_ours_read_each_other() {
    let dir = std::env::temp_dir().join(format!("zablab-archive-{}", std::process::id()));
    let (out, archive) = (dir.join("out"), dir.join("a.tar"));
    fs::create_dir_all(&out).expect("a directory of our own");
    let long = format!("disks/{}log.1", "deep/".repeat(40));
    let files = [
        ("myid", &b"2\n"[..]),
        ("version-2/empty", b""),
        ("version-2/log.1", &[7; 3_000]),
        (&long, b"x"),
    ];
    let contents = files.map(|(path, bytes)| (path.to_owned(), Content::from(bytes)));
    let mut archiving = Archiving::new(contents.into(), 1_767_225_600);
    let mut bytes = Vec::new();
    while let Some(piece) = archiving.next(1_000) {
        bytes.extend(piece);
    }
    fs::write(&archive, &bytes).expect("it can be written");
    let [out, archive] = [out, archive].map(|path| path.display().to_string());
    tar(&["-xf", &archive, "-C", &out]);
    for (path, bytes) in files {
        let found = fs::read(format!("{out}/{path}")).expect("tar made the file");
        assert!(found == bytes, "{path} differs");
    }
    for format in ["gnu", "pax", "ustar", "v7"] {
        // A name of more than 100 bytes has no place in the oldest form.
        let what = if format == "v7" { "version-2" } else { "." };
        tar(&["-cf", &archive, "--format", format, "-C", &out, what]);
        let found = unpacked(&fs::read(&archive).expect("tar wrote it"));
        let same = |path: &str| path.trim_start_matches("./").to_owned();
        let found: BTreeMap<_, _> = found.into_iter().map(|(p, b)| (same(&p), b)).collect();
        let wanted = files
            .iter()
            .filter(|(p, _)| what == "." || p.starts_with(what));
        let wanted = wanted.map(|(p, b)| ((*p).to_owned(), b.to_vec()));
        assert!(found == wanted.collect(), "{format}: {:?}", found.keys());
    }
    fs::remove_dir_all(&dir).expect("it is ours");
}
