//! Far back, and red lamps.

use super::*;

/// Plays as fast as possible until exactly `step` steps are shown.
fn play_to(lab: &mut Lab, step: u64) {
    lab.dispatch(Action::SetSpeed(Speed::Quadruple));
    lab.dispatch(Action::Play);
    while lab.frame().step + 64 < step {
        lab.advance(10_000_000);
    }
    while lab.frame().step < step {
        lab.advance(500);
    }
    lab.dispatch(Action::Pause);
    assert_eq!(lab.frame().step, step);
}

#[test]
fn back_at_step_50_000_the_frame_is_the_one_that_playing_showed_there() {
    let script = "zablab 1\nensemble servers=3 seed=9\nuntil leader within=5s\nclient a server=1\n\
                  run 200ms\na create /x \"1\"\n";
    let mut lab = at_end(script);
    play_to(&mut lab, 30_000);
    lab.dispatch(Action::Write(ServerId(2)));
    play_to(&mut lab, 50_000);
    let there = lab.frame();
    play_to(&mut lab, 50_100);
    let end = lab.frame();
    lab.dispatch(Action::Step(-100));
    assert_eq!(*lab.frame(), *there);
    lab.dispatch(Action::Seek(12));
    lab.dispatch(Action::Seek(50_000));
    assert_eq!(*lab.frame(), *there);

    // An edit there keeps the old branch.
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(1),
        kind: CrashKind::Process,
    }));
    let transport = lab.transport();
    assert_eq!((transport.branches.len(), transport.branch), (2, 1));
    assert_eq!(transport.branches[1].from, 50_000);
    assert_eq!(lab.frame().servers[0].power, Power::Killed);
    lab.dispatch(Action::SwitchBranch(0));
    lab.dispatch(Action::Seek(u64::MAX));
    assert_eq!(*lab.frame(), *end);
    lab.dispatch(Action::Seek(50_000));
    assert_eq!(*lab.frame(), *there);
}

#[test]
fn early_frames_are_the_same_before_and_after_the_run_went_on() {
    let script = "zablab 1\nensemble servers=3 seed=9\n";
    let mut lab = at_end(script);
    let mut seen = Vec::new();
    for step in 1..400 {
        lab.dispatch(Action::Step(1));
        assert_eq!(lab.frame().step, step);
        seen.push(lab.frame());
    }
    for frame in seen.iter().rev() {
        lab.dispatch(Action::Seek(frame.step));
        assert_eq!(*lab.frame(), **frame);
    }
}

#[test]
fn a_lamp_that_turns_red_pauses_and_its_witnesses_lead_to_their_steps() {
    let mut lab = Lab::open(Some("not-on-disk"));
    let red = |lab: &Lab| lab.frame().lamps[0].holds == Some(false);
    assert!(!red(&lab));
    play(&mut lab, 2_000);
    assert!(
        red(&lab) && !lab.transport().playing,
        "it pauses when I1 breaks"
    );
    let at = lab.frame().step;
    let breaches = lab.breaches();
    let breach = breaches.first().expect("what is broken is listed");
    assert_eq!((breach.lamp.as_deref(), breach.at), (Some("I1"), at));
    assert!(
        breach.what.en.contains("A client had been told"),
        "{}",
        breach.what.en
    );
    assert!(
        breach
            .why
            .as_ref()
            .is_some_and(|why| why.en.contains("forceSync=no"))
    );
    let first = breach.witness.first().expect("there are witnesses").clone();
    assert!(!first.text.is_empty());
    lab.dispatch(Action::Seek(first.step + 1));
    assert_eq!(lab.events().last().map(|e| &e.text), Some(&first.text));
    assert!(!red(&lab));
    assert!(lab.breaches().iter().all(|breach| breach.lamp.is_none()));
    // From there on it can be passed.
    lab.dispatch(Action::Seek(at));
    play(&mut lab, 5);
    assert!(lab.frame().step > at);
}
