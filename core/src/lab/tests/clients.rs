//! What the bench shows of clients and of the store outside, moment by moment.

use super::*;
use crate::view::frame::{ClientView, ClockView, StoreView};

fn at(scenario: &str, beat: &str) -> Lab {
    let mut lab = Lab::open(Some(scenario));
    lab.seek_beat(beat);
    lab
}

fn client(lab: &Lab, name: &str) -> ClientView {
    let frame = lab.frame();
    let found = frame.clients.iter().find(|client| client.name == name);
    found.expect("the run has that client").clone()
}

fn store(lab: &Lab) -> StoreView {
    lab.frame().store.clone().expect("the run uses the store")
}

fn standing(lab: &Lab, name: &str) -> String {
    client(lab, name).recipe.expect("it runs one").standing.en
}

fn clock(lab: &Lab, name: &str) -> ClockView {
    client(lab, name).session.expect("it has one").clock
}

#[test]
fn a_session_runs_out_by_the_leaders_clock_and_its_paused_client_does_not_know() {
    let mut lab = at("lock-with-fencing", "paused");
    let paused = client(&lab, "a");
    assert!(paused.paused && !client(&lab, "b").paused);
    let ClockView::Runs { expires_us } = clock(&lab, "a") else {
        panic!("{:?}", paused.session);
    };
    assert!(paused.session.expect("it has one").heard_us < lab.frame().now_us);
    let mut left = client(&lab, "a").left(lab.frame().now_us);
    while let ClockView::Runs { expires_us: now } = clock(&lab, "a") {
        assert_eq!(now, expires_us, "nobody hears of a");
        lab.dispatch(Action::Step(1));
        let less = client(&lab, "a").left(lab.frame().now_us);
        assert!(less.is_none() || less <= left, "{less:?} after {left:?}");
        left = less;
    }
    assert_eq!(clock(&lab, "a"), ClockView::Closing);
    assert!(lab.frame().now_us >= expires_us);
    lab.seek_beat("b-holds");
    assert_eq!(clock(&lab, "a"), ClockView::Over);
    assert_eq!(standing(&lab, "a"), "holds /lock", "as far as it knows");
    lab.seek_beat("end");
    assert_eq!(client(&lab, "a").session, None);
}

#[test]
fn without_a_leader_the_clocks_stand_still() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(3),
        kind: CrashKind::Power,
    }));
    assert_eq!(clock(&lab, "a"), ClockView::Still);
    assert_eq!(client(&lab, "a").left(lab.frame().now_us), None);
}

#[test]
fn a_bell_rings_in_the_step_of_its_event_and_in_no_other() {
    let mut lab = Lab::open(Some("recipe-lock"));
    lab.dispatch(Action::Seek(u64::MAX));
    let (end, mut rung) = (lab.frame().step, Vec::new());
    for step in 0..=end {
        lab.dispatch(Action::Seek(step));
        for client in &lab.frame().clients {
            if let Some(bell) = client.bell.as_ref().filter(|bell| bell.rings) {
                assert_eq!(bell.at_us, lab.frame().now_us);
                rung.push(format!("{} {}", client.name, bell.event));
            }
        }
    }
    let a_release_wakes_one = [
        "b NodeDeleted /lock/a-1-0000000000",
        "e NodeDeleted /lock/d-1-0000000003",
        "c NodeDeleted /lock/b-1-0000000001",
        "e NodeDeleted /lock/c-1-0000000002",
    ];
    assert_eq!(rung, a_release_wakes_one);
    lab.seek_beat("in-line");
    let watched = client(&lab, "c").watched;
    assert_eq!(watched, ["/lock/b-1-0000000001"]);
    assert_eq!(
        (client(&lab, "c").watches, client(&lab, "a").watches),
        (1, 0)
    );
}

#[test]
fn a_line_shows_its_holder_and_who_waits_behind_whom() {
    let lab = at("recipe-lock", "in-line");
    let standings = ["a", "b", "c", "d", "e"].map(|name| standing(&lab, name));
    let expected = [
        "holds /lock",
        "waits behind a",
        "waits behind b",
        "waits behind c",
        "waits behind d",
    ];
    assert_eq!(standings, expected);
    let holder = client(&lab, "a").recipe.expect("it runs one");
    assert!(holder.token.is_some() && holder.since_us < lab.frame().now_us);
    assert_eq!(client(&lab, "b").recipe.expect("it runs one").token, None);
}

#[test]
fn the_store_tells_what_it_took_and_what_it_refused() {
    let fenced = store(&at("lock-with-fencing", "refused"));
    assert!(fenced.fencing && !fenced.out_of_order && fenced.refused == 1);
    let last = fenced.last.expect("it was written to");
    assert!(last.token < fenced.highest.expect("it has seen tokens"));
    assert_eq!((last.client.as_str(), last.accepted), ("a", false));
    let open = store(&at("lock-without-fencing", "both-write"));
    assert!(!open.fencing && open.out_of_order && open.refused == 0);
    assert_eq!(at_end(SCRIPT).frame().store, None);
}

#[test]
fn what_was_never_sent_is_told_apart_from_what_waits() {
    let late = "client b server=2 timeout=4s\nrun 200ms\npause b\nrun 9s\nresume b\nrun 10ms\nb create /y\n";
    let script = format!("{SCRIPT}{late}");
    let waits = client(&at_end(&script), "b");
    let outcome = |client: &ClientView| client.request.clone().expect("it asked").outcome;
    assert_eq!((outcome(&waits), waits.pending), (OutcomeView::Pending, 1));
    let told = client(&at_end(&format!("{script}run 1s\n")), "b");
    assert_eq!((outcome(&told), told.pending), (OutcomeView::NeverSent, 0));
}

#[test]
fn the_verdict_says_what_the_ledger_says_of_a_write_that_was_left_behind() {
    let mut lab = at("minority-partition", "two-sides");
    let verdict = lab.frame().verdict.clone().expect("there are transactions");
    let ledger = lab.ledger();
    let row = ledger
        .rows
        .iter()
        .find(|row| row.zxid == Some(verdict.zxid));
    let fate = row.expect("a client asked for it").fate;
    assert!(
        matches!(fate, crate::view::ledger::Fate::Dropped(_)),
        "{fate:?}"
    );
    assert!(
        verdict.fact.en.ends_with("it will not happen"),
        "{verdict:?}"
    );
    assert!(verdict.reason.en.ends_with("without it"), "{verdict:?}");
}
