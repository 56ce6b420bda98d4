//! The epoch files through crashes at every step.

use super::super::epochs::{EpochFile, EpochRefusal, Epochs, read, write_plan};
use super::{execute, put};
use crate::base::{Dice, rng::Subject};
use crate::model::{Epoch, Zxid};
use crate::storage::{Disk, Why};

fn holding(accepted: &str, current: &str) -> Disk {
    let mut disk = Disk::default();
    put(&mut disk, "acceptedEpoch", accepted.as_bytes());
    put(&mut disk, "currentEpoch", current.as_bytes());
    disk
}

fn at(epoch: i64) -> Zxid {
    Zxid::new(Epoch(epoch), 7)
}

#[test]
fn missing_files_take_the_epoch_of_the_log() {
    let found = read(&Disk::default(), at(4), false);
    let (accepted, current) = (Epoch(4), Epoch(4));
    let write = vec![
        (EpochFile::Current, current),
        (EpochFile::Accepted, accepted),
    ];
    let from_tmp = false;
    assert_eq!(
        found,
        Ok(Epochs {
            accepted,
            current,
            write,
            from_tmp
        })
    );
}

#[test]
fn files_that_contradict_the_log_stop_the_server() {
    let behind = EpochRefusal::CurrentBehindLog {
        current: Epoch(2),
        log: Epoch(3),
    };
    assert_eq!(read(&holding("5", "2"), at(3), false), Err(behind));
    let promise = EpochRefusal::AcceptedBehindCurrent {
        accepted: Epoch(1),
        current: Epoch(2),
    };
    assert_eq!(read(&holding("1", "2"), at(2), false), Err(promise));
    for text in ["", "x", "1 ", "0x1"] {
        let refusal = read(&holding(text, "0"), at(0), false);
        assert!(
            matches!(&refusal, Err(EpochRefusal::Corrupt(c)) if c.why == Why::Number(text.into())),
            "{text:?}: {refusal:?}"
        );
    }
    assert!(read(&holding("2\nrest", "-1"), Zxid::UNTRUSTED, false).is_ok());
}

#[test]
fn a_log_ahead_of_its_epoch_is_resumed_only_under_a_promise() {
    let resumed = read(&holding("3", "2"), at(3), true).expect("promised epoch 3");
    assert_eq!((resumed.current, resumed.accepted), (Epoch(2), Epoch(3)));
    assert!(resumed.write.is_empty() && !resumed.from_tmp);
    let behind = EpochRefusal::CurrentBehindLog {
        current: Epoch(2),
        log: Epoch(3),
    };
    assert_eq!(read(&holding("2", "2"), at(3), true), Err(behind));
}

#[test]
fn an_interrupted_write_is_finished_at_the_next_start() {
    let mut disk = holding("3", "2");
    put(&mut disk, "currentEpoch.tmp", b"3");
    let found = read(&disk, at(3), false).expect("adopted");
    assert_eq!((found.current, found.from_tmp), (Epoch(3), true));
    assert_eq!(found.write, [(EpochFile::Current, Epoch(3))]);
}

#[test]
fn a_crash_at_any_step_leaves_the_old_value_or_the_new() {
    for sync_directory in [false, true] {
        let plan = write_plan(EpochFile::Current, Epoch(12), sync_directory);
        for (steps, seed) in (0..=plan.len()).flat_map(|n| (0..50).map(move |s| (n, s))) {
            let mut disk = holding("12", "11");
            execute(&mut disk, &plan[..steps]);
            disk.crash_power(&mut Dice::new(seed, Subject::Disk));
            let current = read(&disk, at(11), false).expect("starts").current;
            assert!([Epoch(11), Epoch(12)].contains(&current));
            if sync_directory && steps == plan.len() {
                assert_eq!(current, Epoch(12));
            }
        }
    }
}
