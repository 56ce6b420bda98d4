//! The fault model, one promise at a time.

use super::{apply, put, read, sync, write};
use crate::base::{Dice, rng::Subject};
use crate::storage::{Disk, DiskError, FileName, FileOp, NameChange, ReadFiles, SyncTarget};

fn create(disk: &mut Disk, name: &str) {
    apply(disk, &FileOp::Create { name: name.into() });
}

fn rename(disk: &mut Disk, from: &str, to: &str) {
    let (from, to): (FileName, FileName) = (from.into(), to.into());
    apply(disk, &FileOp::Rename { from, to });
}

fn file(name: &str) -> SyncTarget {
    SyncTarget::Files(vec![name.into()])
}

/// Every outcome of a power loss that a few hundred dice find.
fn outcomes(disk: &Disk, name: &str) -> Vec<Option<Vec<u8>>> {
    let mut seen = Vec::new();
    for seed in 0..300 {
        let mut disk = disk.clone();
        disk.crash_power(&mut Dice::new(seed, Subject::Disk));
        seen.push(read(&disk, name));
    }
    seen.sort();
    seen.dedup();
    seen
}

#[test]
fn what_was_not_synced_survives_as_any_prefix() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"ab");
    write(&mut disk, "f", 2, b"cd");
    write(&mut disk, "f", 4, b"e");
    let all = ["ab", "abc", "abcd", "abcde"].map(|s| Some(s.as_bytes().to_vec()));
    assert_eq!(outcomes(&disk, "f"), all);
}

#[test]
fn the_loss_is_told() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"ab");
    write(&mut disk, "f", 2, b"cdefghij");
    let losses: Vec<_> = (0..40)
        .map(|seed| {
            let mut disk = disk.clone();
            let loss = disk.crash_power(&mut Dice::new(seed, Subject::Disk));
            let left = disk.file("f").expect("durable").len();
            (loss.files[0].clone(), left)
        })
        .collect();
    for (loss, left) in &losses {
        assert_eq!((loss.kept + 2, loss.lost + loss.kept), (*left, 8));
        assert_eq!(loss.torn, loss.kept > 0 && loss.lost > 0);
    }
    assert!(losses.iter().any(|(loss, _)| loss.torn));
}

#[test]
fn a_sync_covers_what_was_written_before_it_began() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"a");
    write(&mut disk, "f", 1, b"b");
    let ticket = disk.begin_sync(&file("f"));
    write(&mut disk, "f", 2, b"c");
    disk.finish_sync(&ticket);
    let view = disk.file("f").expect("there");
    assert_eq!(
        (view.durable().to_vec(), view.pending_bytes()),
        (b"ab".to_vec(), 1)
    );
    assert_eq!(read(&disk.durable_view(), "f"), Some(b"ab".to_vec()));
}

#[test]
fn a_ticket_of_before_a_power_loss_is_void() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"a");
    write(&mut disk, "f", 1, b"b");
    let ticket = disk.begin_sync(&file("f"));
    disk.crash_power(&mut Dice::new(1, Subject::Disk));
    write(&mut disk, "f", 5, b"c");
    disk.finish_sync(&ticket);
    assert_eq!(disk.file("f").expect("there").pending_bytes(), 1);
}

#[test]
fn a_file_never_synced_may_vanish_or_be_empty() {
    let mut disk = Disk::default();
    create(&mut disk, "f");
    write(&mut disk, "f", 0, b"a");
    assert_eq!(
        outcomes(&disk, "f"),
        [None, Some(b"".to_vec()), Some(b"a".to_vec())]
    );
    sync(&mut disk, &file("f"));
    assert!(disk.name_is_durable("f"));
    assert_eq!(outcomes(&disk, "f"), [Some(b"a".to_vec())]);
}

#[test]
fn a_rename_is_durable_when_the_directory_is() {
    let mut disk = Disk::default();
    put(&mut disk, "e", b"1");
    put(&mut disk, "e.tmp", b"2");
    rename(&mut disk, "e.tmp", "e");
    assert!(!disk.name_is_durable("e"));
    assert_eq!(read(&disk, "e"), Some(b"2".to_vec()));
    assert_eq!(
        outcomes(&disk, "e"),
        [Some(b"1".to_vec()), Some(b"2".to_vec())]
    );
    assert_eq!(outcomes(&disk, "e.tmp"), [None, Some(b"2".to_vec())]);
    sync(&mut disk, &file("e"));
    assert_eq!(
        outcomes(&disk, "e").len(),
        2,
        "the file's sync is not the directory's"
    );
    sync(&mut disk, &SyncTarget::Directory);
    assert_eq!(outcomes(&disk, "e"), [Some(b"2".to_vec())]);
    assert_eq!(outcomes(&disk, "e.tmp"), [None]);
}

#[test]
fn names_survive_as_a_prefix() {
    let mut disk = Disk::default();
    put(&mut disk, "a", b"1");
    put(&mut disk, "b", b"2");
    rename(&mut disk, "a", "c");
    apply(&mut disk, &FileOp::Unlink { name: "b".into() });
    for seed in 0..100 {
        let mut after = disk.clone();
        let loss = after.crash_power(&mut Dice::new(seed, Subject::Disk));
        let names: Vec<String> = after.names().iter().map(|n| n.to_string()).collect();
        let expected: &[&str] = match loss.names.len() {
            0 => &["c"],
            1 => &["b", "c"],
            _ => &["a", "b"],
        };
        assert_eq!(names, expected);
    }
    assert_eq!(disk.pending_names().count(), 2);
}

#[test]
fn a_new_file_under_an_old_name_takes_the_old_changes_along() {
    let mut disk = Disk::default();
    put(&mut disk, "e.tmp", b"1");
    rename(&mut disk, "e.tmp", "e");
    put(&mut disk, "e.tmp", b"2");
    let waiting: Vec<&NameChange> = disk.pending_names().collect();
    assert!(waiting.is_empty(), "{waiting:?}");
    assert_eq!(outcomes(&disk, "e"), [Some(b"1".to_vec())]);
    assert_eq!(outcomes(&disk, "e.tmp"), [Some(b"2".to_vec())]);
}

#[test]
fn a_lying_disk_keeps_everything_pending() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"a");
    disk.set_lying(true);
    write(&mut disk, "f", 1, b"b");
    sync(&mut disk, &file("f"));
    assert_eq!(disk.file("f").expect("there").pending_bytes(), 1);
    disk.set_lying(false);
    sync(&mut disk, &file("f"));
    assert_eq!(disk.file("f").expect("there").pending_bytes(), 0);
}

#[test]
fn a_full_disk_cannot_grow() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"abc");
    disk.set_full(true);
    let write = FileOp::Write {
        name: "f".into(),
        offset: 3,
        bytes: b"d"[..].into(),
    };
    assert_eq!(disk.apply(&write), Err(DiskError::Full));
    assert_eq!(
        disk.apply(&FileOp::Create { name: "g".into() }),
        Err(DiskError::Full)
    );
    apply(
        &mut disk,
        &FileOp::SetLen {
            name: "f".into(),
            len: 1,
        },
    );
    apply(&mut disk, &FileOp::Unlink { name: "f".into() });
    disk.set_full(false);
    create(&mut disk, "g");
}

#[test]
fn bit_rot_survives_every_power_loss() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"ab");
    write(&mut disk, "f", 1, b"c");
    assert!(disk.flip("f", 1, 0));
    assert_eq!(read(&disk, "f"), Some(b"ab".to_vec()));
    assert_eq!(
        outcomes(&disk, "f"),
        [Some(b"ab".to_vec()), Some(b"ac".to_vec())]
    );
    assert!(!disk.flip("f", 2, 0));
    assert!(!disk.flip("g", 0, 0));
}

#[test]
fn a_deleted_file_stays_deleted_and_swallows_writes() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"ab");
    assert!(disk.delete("f"));
    write(&mut disk, "f", 2, b"c");
    assert_eq!(outcomes(&disk, "f"), [None]);
    let missing = FileOp::SetLen {
        name: "never".into(),
        len: 1,
    };
    assert_eq!(disk.apply(&missing), Err(DiskError::Missing));
    assert!(!disk.delete("never"));
}

#[test]
fn an_emptied_file_may_come_back() {
    let mut disk = Disk::default();
    put(&mut disk, "f", b"ab");
    create(&mut disk, "f");
    assert_eq!(read(&disk, "f"), Some(Vec::new()));
    assert_eq!(
        outcomes(&disk, "f"),
        [Some(Vec::new()), Some(b"ab".to_vec())]
    );
}

#[test]
fn clones_share_and_part() {
    let mut disk = Disk::default();
    put(&mut disk, "f", &[7; 100_000]);
    let mut copy = disk.clone();
    assert_eq!(disk, copy);
    write(&mut copy, "f", 5, b"x");
    assert_ne!(disk, copy);
    assert_eq!(read(&disk, "f"), Some(vec![7; 100_000]));
}
