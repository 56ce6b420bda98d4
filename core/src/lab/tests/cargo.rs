//! What is carried between the disks and the vault, at rest and while the run plays.

use super::*;
use crate::view::Frame;
use crate::view::frame::{CargoView, Course};

const COPIES: &str = "zablab 1
ensemble servers=3 seed=7 pre-alloc=4K
until leader within=5s
client a server=1
a create /x \"1\"
until reply a OK within=2s
";

/// Every frame of a run, by its step.
fn frames(script: &str) -> Vec<std::sync::Arc<Frame>> {
    let mut lab = at_end(script);
    let last = lab.frame().step;
    let mut at = |step| {
        lab.dispatch(Action::Seek(step));
        lab.frame()
    };
    (0..=last).map(&mut at).collect()
}

fn carried(script: &str) -> Vec<CargoView> {
    let mut all: Vec<CargoView> = Vec::new();
    for frame in frames(script) {
        for cargo in &frame.cargo {
            let times = cargo.sent_us..=cargo.due_us;
            assert!(
                times.contains(&frame.now_us),
                "{cargo:?} at {}",
                frame.now_us
            );
            if all.iter().all(|known| known.id != cargo.id) {
                all.push(cargo.clone());
            }
        }
    }
    all
}

#[test]
fn every_byte_of_a_backup_is_seen_on_its_way_and_no_other() {
    let script =
        format!("{COPIES}backup full from=2 as=b1 rate=16K\nuntil backup b1 whole within=5s\n");
    let all = carried(&script);
    assert!(all.len() > 1, "{all:?}");
    for cargo in &all {
        assert_eq!((cargo.course, cargo.server), (Course::ToVault, ServerId(2)));
        // At 16 KiB a second.
        let lasts_us = (cargo.bytes * 1_000_000 / (16 << 10)).max(1_000);
        assert_eq!(cargo.due_us - cargo.sent_us, lasts_us, "{cargo:?}");
        assert!(cargo.title.zh.contains("b1"), "{cargo:?}");
    }
    let bytes: u64 = all.iter().map(|cargo| cargo.bytes).sum();
    // The epoch files, a digit each, come with the last one.
    let vault = at_end(&script).vault();
    let files = vault.backups[0].files.iter();
    let files = files.filter(|(name, _)| !name.ends_with("Epoch"));
    assert_eq!(bytes, files.map(|(_, bytes)| bytes).sum::<u64>());
    let last = at_end(&script).frame();
    assert_eq!(last.cargo, []);
}

#[test]
fn a_restore_carries_the_files_to_one_server_after_the_other() {
    let script = format!(
        "{COPIES}backup full from=2 as=b1\nuntil backup b1 whole within=5s\nrestore b1 to=1,2,3\nuntil leader within=30s\n"
    );
    let all = carried(&script);
    let back = all.iter().filter(|cargo| cargo.course == Course::FromVault);
    let back: Vec<_> = back.map(|cargo| (cargo.server, cargo.bytes > 0)).collect();
    assert_eq!(back, [1, 2, 3].map(|id| (ServerId(id), true)));
}

#[test]
fn what_is_copied_in_one_step_is_seen_in_that_step() {
    let script = format!(
        "{COPIES}crash 2 process\nbackup cold from=2 as=c\ncrash 3 process\ncopy c to=3\nrun 10ms\n"
    );
    let all = carried(&script);
    let seen: Vec<_> = all.iter().map(|c| (c.course, c.server, c.bytes)).collect();
    let bytes = at_end(&script).vault().backups[0].bytes;
    let (there, back) = (Course::ToVault, Course::FromVault);
    assert_eq!(
        seen,
        [(there, ServerId(2), bytes), (back, ServerId(3), bytes)]
    );
    assert!(all.iter().all(|cargo| cargo.sent_us == cargo.due_us));
    assert_eq!(at_end(&script).frame().cargo, []);
}

#[test]
fn a_stream_goes_into_the_memory_of_the_server_that_takes_it() {
    let script =
        format!("{COPIES}backup hot from=3 as=b1\nrun 1s\nadmin-restore b1 to=3\nrun 100ms\n");
    let all = carried(&script);
    let [stored, taken] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(
        (stored.course, taken.course),
        (Course::ToVault, Course::ToMemory)
    );
    assert_eq!((taken.bytes, taken.server), (stored.bytes, ServerId(3)));
}

#[test]
fn a_log_that_is_shipped_waits_for_its_turn_at_the_disk() {
    let script = format!(
        "{COPIES}backup full from=2 as=b1\nuntil backup b1 whole within=5s\nbackup ship from=2 parent=b1 as=s every=1s\n\
         run 500ms\na set /x \"2\"\nuntil reply a OK within=2s\nrun 1s\n"
    );
    let waits = at_end(&script).frame();
    let [cargo] = waits.cargo.as_slice() else {
        panic!("{:?}", waits.cargo);
    };
    assert_eq!((cargo.course, cargo.bytes), (Course::Waits, 0));
    assert_eq!(cargo.due_us - cargo.sent_us, 1_000_000);
    let shipped = |cargo: &&CargoView| cargo.title.en.contains(" to s");
    let all = carried(&script);
    assert!(
        all.iter()
            .filter(shipped)
            .any(|c| c.course == Course::ToVault),
        "{all:?}"
    );
}

#[test]
fn a_parcel_moves_while_the_run_plays_and_the_next_one_waits_for_it() {
    let mut lab = at_end(&format!(
        "{COPIES}beat copy\nbackup full from=2 as=b1 rate=64K\nuntil backup b1 whole within=5s\n\
         crash 2 process\ncopy b1 to=2\nrun 1s\n"
    ));
    let marks = lab.transport().marks;
    let copy = marks.iter().find(|mark| mark.kind == MarkKind::Beat);
    lab.dispatch(Action::Seek(copy.expect("a beat").step));
    lab.dispatch(Action::Play);
    // For each: frames of 10 ms in which it is seen, and how far it came.
    let mut seen: Vec<(u64, Course, u32, u32)> = Vec::new();
    for _ in 0..2_000 {
        lab.advance(10_000);
        for cargo in &lab.frame().cargo {
            let far = lab.progress(cargo.id).expect("it is on its way");
            match seen.iter_mut().find(|(id, ..)| *id == cargo.id) {
                Some((_, _, frames, to)) => {
                    assert!(*to <= far && far - *to < 60, "{cargo:?}: {to} to {far}");
                    (*frames, *to) = (*frames + 1, far);
                }
                None => seen.push((cargo.id, cargo.course, 1, far)),
            }
        }
    }
    assert!(seen.len() > 2, "{seen:?}");
    for (_, course, frames, far) in &seen {
        let least = if *course == Course::ToVault { 28 } else { 58 };
        assert!(*frames >= least && *far > 900, "{seen:?}");
    }
}

#[test]
fn the_ruler_has_each_backup_from_its_begin_to_its_end_and_the_gap_behind_it() {
    let script = format!(
        "{COPIES}backup full from=2 as=b1 rate=1K\nuntil backup b1 whole within=9s\na set /x \"2\"\nuntil reply a OK within=2s\n\
         backup full from=1 as=b2 rate=1K\nrun 100ms\nvault cut\nrun 1s\n"
    );
    let mut lab = at_end(&script);
    let t = lab.transport();
    let [whole, cut] = t.covers.as_slice() else {
        panic!("{:?}", t.covers);
    };
    assert!(whole.whole && !cut.whole, "{:?}", t.covers);
    assert!(whole.from < whole.to && whole.to < cut.from && cut.to <= t.total);
    assert!(whole.reaches.is_some_and(|at| at < whole.from), "{whole:?}");
    assert_eq!((cut.zxid, cut.reaches), (None, None));
    let gap = t.gap.expect("the second write is in no backup");
    assert!(whole.to < gap.from && gap.count == 1, "{gap:?}");
    assert_eq!(gap.to, t.total);
    // At the first backup there is none yet.
    lab.dispatch(Action::Seek(whole.to));
    assert_eq!(lab.transport().gap, None);
    assert_eq!(lab.transport().covers, t.covers);
}
