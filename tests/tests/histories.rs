//! Random client programs in an ensemble with faults, judged from the histories of the clients.
//!
//! - 500 programs by fixed seeds against five servers: every answer, event and last read is that of one
//!   sequential tree, in the order of the zxids (`check::history` says what is asked).
//! - A history that is spoiled in one place is found, with the kind that it is spoiled by: the judge can
//!   fail.
//! - With a real defect and a power loss a confirmed write is gone, and the histories alone show it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use zablab_core::check::history::{Histories, Kind};
use zablab_core::model::{ErrorCode, Request};
use zablab_core::scenario::generate::programs;
use zablab_core::scenario::{parse, print};
use zablab_core::world::client::RequestOutcome;
use zablab_tests::scripts;

mod spoiled;

/// Programs: seeds 1 up to here.
const SEEDS: u64 = 500;
/// Threads that play them.
const THREADS: usize = 2;
/// Histories that are spoiled: seeds 1 up to here.
const SPOILED: u64 = 40;

/// How much there was to judge.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    confirmed: u64,
    failed: u64,
    reads: u64,
    in_doubt: u64,
    events: u64,
    epochs: i64,
    moved: u64,
}

#[test]
fn five_hundred_client_programs_have_linear_histories() {
    let next = AtomicU64::new(1);
    let results = Mutex::new((Tally::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > SEEDS {
                        return;
                    }
                    let (histories, wrong) = judged(seed);
                    let mut results = results.lock().expect("nobody panics with it");
                    results.0.count(&histories);
                    results.1.extend(wrong);
                }
            });
        }
    });
    let (tally, wrong) = results.into_inner().expect("every thread has ended");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tally.confirmed > 15 * SEEDS, "{tally:?}");
    assert!(tally.failed > SEEDS, "{tally:?}");
    assert!(tally.reads > 100 * SEEDS, "{tally:?}");
    assert!(tally.in_doubt > SEEDS, "{tally:?}");
    assert!(tally.events > SEEDS, "{tally:?}");
    assert!(tally.epochs > 2 * SEEDS as i64, "{tally:?}");
    assert!(tally.moved > SEEDS, "{tally:?}");
}

/// Plays and judges a seed; what is wrong comes with the script that shows it.
fn judged(seed: u64) -> (Histories, Option<String>) {
    let (runner, histories, error) = programs::play(seed);
    let mut wrong: Vec<String> = error.iter().map(ToString::to_string).collect();
    let failed = runner.checks().iter().filter(|check| !check.ok);
    wrong.extend(failed.map(|check| format!("{check:?}")));
    let broken = runner.unforeseen();
    wrong.extend(broken.iter().map(|property| format!("{property:?}")));
    wrong.extend(histories.judge().iter().map(ToString::to_string));
    let told = (!wrong.is_empty()).then(|| {
        let script = print::program(runner.program());
        format!("seed {seed}\n{}\n{script}", wrong.join("\n"))
    });
    (histories, told)
}

impl Tally {
    fn count(&mut self, histories: &Histories) {
        let mut epoch = 0;
        for story in &histories.stories {
            let mut servers: Vec<_> = story.asked.iter().filter_map(|i| i.server).collect();
            servers.dedup();
            self.moved += servers.len().saturating_sub(1) as u64;
            self.events += story.heard.len() as u64;
            for asked in &story.asked {
                match &asked.outcome {
                    RequestOutcome::Told { reply, txn, .. } => {
                        epoch = epoch.max(reply.zxid.epoch().0);
                        match (txn, reply.outcome()) {
                            (Some(_), ErrorCode::Ok) => self.confirmed += 1,
                            (Some(_), _) => self.failed += 1,
                            (None, _) => self.reads += 1,
                        }
                    }
                    RequestOutcome::Unknown { .. } if asked.request.is_write() => {
                        self.in_doubt += 1;
                    }
                    _ => {}
                }
            }
        }
        self.epochs += epoch;
    }
}

/// Histories to spoil, played once.
fn whole() -> &'static [Histories] {
    static WHOLE: OnceLock<Vec<Histories>> = OnceLock::new();
    WHOLE.get_or_init(|| (1..=SPOILED).map(|seed| programs::play(seed).1).collect())
}

/// Spoils histories in one place each; wherever there is such a place, the judge finds that kind.
fn finds(kind: Kind, spoil: fn(&mut Histories) -> Option<()>) {
    let mut spoiled = 0;
    for (seed, whole) in (1..).zip(whole()) {
        let mut histories = whole.clone();
        if spoil(&mut histories).is_some() {
            spoiled += 1;
            let faults = histories.judge();
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            let found = faults.iter().any(|fault| fault.kind == kind);
            assert!(found, "seed {seed}: no {kind:?} in\n{}", told.join("\n"));
        }
    }
    assert!(spoiled > 0, "no history has a place for {kind:?}");
}

#[test]
fn swapped_replies_are_found() {
    finds(Kind::ReplyOrder, spoiled::swap_replies);
    finds(Kind::WriteOrder, spoiled::swap_replies);
}

#[test]
fn a_write_that_is_gone_in_the_end_is_found() {
    finds(Kind::Lost, spoiled::lose_a_write);
}

#[test]
fn a_node_that_nobody_read_back_is_found() {
    finds(Kind::NotReadBack, spoiled::skip_a_last_read);
}

#[test]
fn a_stale_read_after_a_sync_is_found() {
    finds(Kind::StaleAfterSync, spoiled::read_stale_after_sync);
}

#[test]
fn a_read_of_an_earlier_state_is_found() {
    finds(Kind::WentBack, spoiled::go_back);
}

#[test]
fn a_read_without_the_own_write_is_found() {
    finds(Kind::OwnWriteUnseen, spoiled::miss_own_write);
}

#[test]
fn a_read_of_other_content_is_found() {
    finds(Kind::WrongRead, spoiled::change_content);
}

#[test]
fn a_wrong_sequence_suffix_is_found() {
    finds(Kind::WrongResult, spoiled::change_suffix);
}

#[test]
fn a_write_that_should_have_failed_is_found() {
    finds(Kind::WrongResult, spoiled::forgive_a_failure);
}

#[test]
fn a_zxid_that_comes_twice_is_found() {
    finds(Kind::SameZxid, spoiled::repeat_a_zxid);
}

#[test]
fn a_write_that_no_client_asked_for_is_found() {
    finds(Kind::Unasked, spoiled::forget_a_write);
}

#[test]
fn a_confirmed_write_outside_of_the_order_is_found() {
    finds(Kind::Uncommitted, spoiled::write_beyond_the_order);
}

#[test]
fn zxids_that_changed_hands_are_found() {
    finds(Kind::Misplaced, spoiled::swap_zxids);
}

#[test]
fn an_order_against_time_is_found() {
    finds(Kind::RealTime, spoiled::ask_too_late);
}

#[test]
fn a_write_in_doubt_that_is_recorded_otherwise_is_found() {
    finds(Kind::WrongRecord, spoiled::change_a_doubtful_request);
}

#[test]
fn an_event_heard_twice_is_found() {
    finds(Kind::UnwatchedEvent, spoiled::repeat_an_event);
}

#[test]
fn an_event_not_heard_is_found() {
    finds(Kind::MissedEvent, spoiled::drop_an_event);
}

#[test]
fn an_event_of_another_time_is_found() {
    finds(Kind::EventOutOfPlace, spoiled::postpone_an_event);
}

/// The script of the defect, with a client that reads back.
fn after_a_power_loss(switch: &str) -> Histories {
    let text = format!(
        "zablab 1\n\
         ensemble servers=3 seed=2 fsync=50ms..60ms{switch}\n\
         until leader within=10s\n\
         until quiet within=5s\n\
         client a server=1\n\
         until quiet within=5s\n\
         a create /account \"100\"\n\
         until reply a OK within=5s\n\
         crash 1 power\n\
         crash 2 power\n\
         crash 3 power\n\
         restart 1\n\
         restart 2\n\
         restart 3\n\
         until leader within=30s\n\
         until quiet within=30s\n\
         client end server=1\n\
         until quiet within=30s\n\
         end sync /\n\
         end get /account\n\
         until quiet within=30s\n"
    );
    let program = parse(&text).expect("it is valid");
    let runner = scripts::run(program, |_, _| {});
    Histories::of(runner.world(), None, "end")
}

#[test]
fn an_ack_before_the_fsync_loses_a_confirmed_write_and_the_histories_alone_show_it() {
    let faults = after_a_power_loss(" off=fsync-before-ack").judge();
    let lost = faults.iter().find(|fault| fault.kind == Kind::Lost);
    let lost = lost.unwrap_or_else(|| panic!("the write is there: {faults:?}"));
    let write = lost.first.as_ref().map(|w| (w.client.as_str(), w.word));
    let read = lost.second.as_ref().map(|r| (r.client.as_str(), r.word));
    assert_eq!(
        (write, read),
        (Some(("a", "create")), Some(("end", "getData")))
    );
}

#[test]
fn with_the_fsync_before_the_ack_the_same_power_loss_takes_nothing() {
    let histories = after_a_power_loss("");
    assert_eq!(histories.judge(), []);
    let last = histories.stories.iter().find(|story| story.last);
    let last = last.and_then(|story| story.asked.last()).expect("it asked");
    assert!(matches!(*last.request, Request::GetData { .. }));
    assert!(matches!(last.outcome, RequestOutcome::Told { .. }));
}
