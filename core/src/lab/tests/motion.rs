//! What moves between two steps: messages on their way.

use super::*;

#[test]
fn a_message_flies_for_600_ms_and_never_back() {
    let mut lab = lab();
    lab.dispatch(Action::Seek(40));
    lab.dispatch(Action::Play);
    let (mut seen, mut followed) = (Vec::new(), None);
    for _ in 0..2_000 {
        lab.advance(10_000);
        let frame = lab.frame();
        let fresh = |id: &u64| lab.progress(*id).is_some_and(|p| p < 50);
        followed = followed.or_else(|| frame.messages.iter().map(|m| m.id).find(fresh));
        match followed {
            Some(id) if frame.messages.iter().any(|m| m.id == id) => {
                seen.push(lab.progress(id).expect("it is on the wire"));
            }
            Some(_) => break,
            None => {}
        }
    }
    assert!(seen.is_sorted(), "{seen:?}");
    assert!(
        (58..=200).contains(&seen.len()),
        "{} frames of 10 ms",
        seen.len()
    );
    assert!(seen.last().is_some_and(|p| *p > 950));
}

/// Where every message on the wire is.
fn places(lab: &Lab) -> Vec<(u64, u32)> {
    let frame = lab.frame();
    let ids = frame.messages.iter().map(|m| m.id);
    ids.map(|id| (id, lab.progress(id).expect("it is on the wire")))
        .collect()
}

/// The farthest that a message went forward and back from one look to the next, in thousandths.
fn went(before: &[(u64, u32)], now: &[(u64, u32)]) -> (u32, u32) {
    let both = before.iter().filter_map(|(id, old)| {
        let (_, new) = now.iter().find(|(other, _)| other == id)?;
        Some((new.saturating_sub(*old), old.saturating_sub(*new)))
    });
    both.fold((0, 0), |a, b| (a.0.max(b.0), a.1.max(b.1)))
}

#[test]
fn no_message_jumps_while_the_run_plays() {
    for (id, _) in Lab::scenarios() {
        let mut lab = Lab::open(Some(&id));
        lab.dispatch(Action::Seek(0));
        lab.dispatch(Action::Play);
        let mut before = Vec::new();
        for _ in 0..3_000 {
            if !lab.advance(10_000) {
                lab.dispatch(Action::Play);
            }
            let now = places(&lab);
            let (forward, back) = went(&before, &now);
            let step = lab.frame().step;
            assert!(forward <= 18 && back == 0, "{id} {step}: {forward} {back}");
            before = now;
        }
    }
}

#[test]
fn an_edit_while_it_plays_leaves_messages_where_they_are() {
    let mut lab = lab();
    lab.dispatch(Action::Seek(40));
    lab.dispatch(Action::Play);
    let mut compared = 0;
    for _ in 0..12 {
        for _ in 0..20 {
            lab.advance(16_000);
        }
        let before = places(&lab);
        lab.dispatch(Action::Write(ServerId(1)));
        lab.advance(0);
        let now = places(&lab);
        let (forward, back) = went(&before, &now);
        assert!(forward <= 1 && back <= 1, "{before:?} {now:?}");
        compared += before.len();
    }
    assert!(compared > 5, "{compared} messages");
}

#[test]
fn until_the_next_step_is_due_nothing_is_shown_and_messages_keep_their_speed() {
    let mut lab = lab();
    assert_eq!(lab.wait_us(), None);
    lab.dispatch(Action::SetSpeed(Speed::Half));
    lab.dispatch(Action::Play);
    lab.advance(0);
    for _ in 0..200 {
        let wait_us = lab.wait_us().expect("it plays");
        let (version, ids) = (lab.version(), places(&lab));
        let before: Vec<_> = ids.iter().map(|(id, _)| lab.flight(*id)).collect();
        lab.advance(wait_us.saturating_sub(2));
        assert_eq!(lab.version(), version);
        for ((id, _), old) in ids.iter().zip(before) {
            let (old, new) = (old.expect("a flight"), lab.flight(*id).expect("a flight"));
            let gone_us = (old.gone_us + wait_us.saturating_sub(2)).min(old.whole_us);
            assert_eq!(new.whole_us, old.whole_us);
            assert!(new.gone_us.abs_diff(gone_us) <= 4, "{old:?} {new:?}");
        }
        lab.advance(4);
        assert_ne!(lab.version(), version);
    }
}
