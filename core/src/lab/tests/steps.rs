//! Steps in every unit, forward and back, and what is found on the way.

use super::*;
use crate::lab::Condition;

/// A run with a crash, an election, a commit and named moments.
fn crashed() -> Lab {
    let mut lab = Lab::open(Some("leader-power-loss"));
    lab.dispatch(Action::Seek(0));
    lab
}

fn step(lab: &mut Lab, unit: Unit, direction: Direction) -> u64 {
    lab.dispatch(Action::StepBy(unit, direction));
    finish(lab);
    lab.frame().step
}

/// Every stop of a unit from the start, inside of what is recorded.
fn stops(lab: &mut Lab, unit: Unit, most: usize) -> Vec<u64> {
    lab.dispatch(Action::Seek(0));
    let total = lab.transport().total;
    let mut stops = vec![0];
    while stops.len() <= most {
        let at = step(lab, unit, Direction::Forward);
        if at > total || stops.last() == Some(&at) {
            break;
        }
        stops.push(at);
    }
    stops
}

#[test]
fn in_every_unit_back_leads_where_forward_came_from() {
    let mut lab = crashed();
    for unit in Unit::ALL {
        let forward = stops(&mut lab, unit, 60);
        assert!(forward.len() > 3, "{unit:?}: {forward:?}");
        let last = *forward.last().expect("there is one");
        lab.dispatch(Action::Seek(last));
        let frame = lab.frame();
        for stop in forward.iter().rev().skip(1) {
            assert_eq!(step(&mut lab, unit, Direction::Back), *stop, "{unit:?}");
        }
        for stop in forward.iter().skip(1) {
            assert_eq!(step(&mut lab, unit, Direction::Forward), *stop, "{unit:?}");
        }
        assert_eq!(*lab.frame(), *frame, "{unit:?}");
    }
}

#[test]
fn a_stop_of_a_coarser_unit_is_one_of_the_finer_ones() {
    let mut lab = crashed();
    let total = lab.transport().total;
    let all = |lab: &mut Lab, unit| {
        let mut found = stops(lab, unit, 5_000);
        found.retain(|at| *at <= total);
        found
    };
    let message = all(&mut lab, Unit::Message);
    let phase = all(&mut lab, Unit::Phase);
    let notable = all(&mut lab, Unit::Notable);
    assert!(message.len() > phase.len() && phase.len() > notable.len());
    assert!(phase.iter().all(|at| message.contains(at)));
    assert!(notable.iter().all(|at| phase.contains(at)));
}

#[test]
fn beats_are_the_named_moments_and_behind_them_comes_the_end() {
    let mut lab = crashed();
    let marks = lab.transport().marks;
    let beats = marks.iter().filter(|m| m.kind == MarkKind::Beat);
    for beat in beats {
        assert_eq!(step(&mut lab, Unit::Beat, Direction::Forward), beat.step);
    }
    let total = lab.transport().total;
    assert_eq!(step(&mut lab, Unit::Beat, Direction::Forward), total);
    // No beat will come there: the run does not go on for one.
    assert_eq!(step(&mut lab, Unit::Beat, Direction::Forward), total);
    assert_eq!(lab.transport().total, total);
}

#[test]
fn what_happens_at_one_instant_is_one_micro_step() {
    let mut lab = crashed();
    let total = lab.transport().total;
    let mut group = None;
    while group.is_none() && lab.frame().step < total {
        let before = lab.frame().step;
        let at = step(&mut lab, Unit::Micro, Direction::Forward);
        if at > before + 1 {
            group = Some((before, at));
        }
    }
    let (before, at) = group.expect("events are concurrent somewhere in this run");
    assert_eq!(u64::from(lab.transport().concurrent), at - before - 1);
    let events = lab.concurrent();
    assert_eq!(events.len() as u64, at - before);
    assert!(events.iter().all(|e| e.at_us == events[0].at_us));
}

#[test]
fn every_unit_but_beats_goes_on_behind_the_head() {
    for unit in Unit::ALL.into_iter().filter(|unit| *unit != Unit::Beat) {
        let mut lab = crashed();
        let total = lab.transport().total;
        lab.dispatch(Action::Seek(total));
        let at = step(&mut lab, unit, Direction::Forward);
        assert!(at > total, "{unit:?} stays at {at}");
        assert_eq!(lab.transport().total, at);
    }
}

#[test]
fn the_unit_is_message_in_a_sandbox_and_what_the_reader_chose_then() {
    let mut lab = lab();
    assert_eq!(lab.transport().unit, Unit::Message);
    lab.dispatch(Action::SetUnit(Unit::Phase));
    lab.dispatch(Action::StepUnit(Direction::Forward));
    finish(&mut lab);
    let by_unit = lab.frame().step;
    lab.dispatch(Action::Seek(0));
    assert_eq!(step(&mut lab, Unit::Phase, Direction::Forward), by_unit);
}

#[test]
fn every_breakpoint_is_hit_in_some_scenario_and_stops_there() {
    let mut missing: Vec<String> = lab().breakpoints().into_iter().map(|b| b.id).collect();
    missing
        .extend(["fsync:1", "message:proposal", "message:reply", "commit:1.1"].map(str::to_owned));
    for (id, _) in Lab::scenarios() {
        let mut lab = Lab::open(Some(&id));
        for condition in missing.clone() {
            lab.dispatch(Action::Break(condition.clone(), true));
            let listed = lab.breakpoints();
            let listed = listed.iter().find(|b| b.id == condition && b.on);
            let hits = listed.expect("it is set").hits;
            if hits > 0 {
                lab.dispatch(Action::Seek(0));
                for hit in 0..hits.min(20) {
                    lab.dispatch(Action::StepHit(Direction::Forward));
                    let at = lab.frame().step;
                    assert!(at > 0, "{id}: {condition} {hit}");
                    let flags = lab.transport().marks;
                    let near = |m: &&Mark| m.kind == MarkKind::Flag && m.step <= at;
                    assert!(flags.iter().any(|m| near(&m)), "{id}: {condition}");
                }
                missing.retain(|left| *left != condition);
            }
            lab.dispatch(Action::Break(condition, false));
        }
    }
    missing.retain(|left| left != "truncated");
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn playback_and_steps_stop_at_a_breakpoint() {
    let mut lab = crashed();
    let commits = |lab: &Lab| {
        let listed = lab.breakpoints();
        listed.iter().find(|b| b.id == "commit").map(|b| b.hits)
    };
    assert!(commits(&lab) > Some(2));
    lab.dispatch(Action::Break("commit:1.2".to_owned(), true));
    step(&mut lab, Unit::Beat, Direction::Forward);
    let beat = lab.frame().step;
    let at = step(&mut lab, Unit::Beat, Direction::Forward);
    assert!(lab.frame().step > beat);
    assert_eq!(lab.anchor().to_string(), "commit:1.2");
    lab.dispatch(Action::Seek(beat));
    play(&mut lab, 5_000);
    assert_eq!((lab.frame().step, lab.is_playing()), (at, false));
    assert!(lab.notice().is_some_and(|n| n.text.en.contains("e1·2")));
    // It can be passed, and it is kept as text.
    lab.dispatch(Action::Play);
    assert!(lab.is_playing());
    let kept = lab.saved().expect("a breakpoint is worth keeping");
    let mut again = Lab::open(None);
    again.dispatch(Action::Restore(kept));
    finish(&mut again);
    let on: Vec<String> = again
        .breakpoints()
        .into_iter()
        .filter(|b| b.on)
        .map(|b| b.id)
        .collect();
    assert_eq!(on, ["commit:1.2"]);
}

#[test]
fn a_breakpoint_is_judged_as_the_branch_grows() {
    let mut lab = lab();
    lab.dispatch(Action::Seek(u64::MAX));
    lab.dispatch(Action::Break("commit".to_owned(), true));
    let total = lab.transport().total;
    let leader = ServerId(
        lab.frame()
            .servers
            .iter()
            .position(|s| s.role == Some(Role::Leading))
            .expect("one leads") as u8
            + 1,
    );
    lab.dispatch(Action::Write(leader));
    lab.dispatch(Action::StepHit(Direction::Forward));
    finish(&mut lab);
    assert!(lab.frame().step > total);
    let found = lab.frame().step;
    lab.dispatch(Action::StepHit(Direction::Back));
    assert!(lab.frame().step < total);
    lab.dispatch(Action::StepHit(Direction::Forward));
    finish(&mut lab);
    assert_eq!(lab.frame().step, found);
}

#[test]
fn conditions_survive_their_text() {
    for text in [
        "leader",
        "quorum-lost",
        "commit:2.7",
        "fsync:3",
        "message:ack",
        "lamp-red",
    ] {
        let read = Condition::parse(text).expect(text);
        assert_eq!(read.to_string(), text);
        let said = read.text();
        assert!(!said.en.is_empty() && !said.zh.is_empty());
    }
    for text in ["", "commits", "commit:x", "fsync:", "message:nonsense"] {
        assert_eq!(Condition::parse(text), None, "{text}");
    }
}
