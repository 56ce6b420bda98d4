//! Links that carry a run, and the line of the script that belongs to a moment.

use super::*;

fn followed(fragment: &str) -> Lab {
    let shared = Shared::read(fragment, None).expect("it carries a run");
    let mut lab = Lab::open(None);
    lab.dispatch(Action::Follow(shared.expect("it can be read")));
    finish(&mut lab);
    lab
}

#[test]
fn a_run_comes_back_from_its_link_at_the_same_moment() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(2),
        kind: CrashKind::Power,
    }));
    lab.dispatch(Action::Step(30));
    lab.dispatch(Action::Step(-7));
    lab.dispatch(Action::Write(ServerId(1)));
    let fragment = lab.shared().fragment();
    assert!(fragment.len() < LINK_MAX, "{}", fragment.len());
    let again = followed(&fragment);
    assert_eq!(again.notice(), None);
    assert_eq!(*again.frame(), *lab.frame());
}

#[test]
fn every_text_survives_its_way_through_an_address() {
    for script in [
        "zablab 1\nensemble servers=3\nat 1.2s+2\nclock 2 +1h\nnote \"~&%#?=+ 写入 \u{1F980}'<>\"\n",
        "\n",
        "zablab 1\n",
    ] {
        let shared = Shared {
            scenario: None,
            script: script.to_owned(),
            at: 3,
            digest: 0x00ab_cdef,
        };
        let fragment = shared.fragment();
        let odd = |c: char| !c.is_ascii_graphic() || "\"#<>`'".contains(c);
        assert!(!fragment.contains(odd), "{fragment}");
        let read = Shared::read(&fragment, None).expect("a run").expect("good");
        assert_eq!(read.script.trim_end(), script.trim_end());
        assert_eq!((read.at, read.digest), (3, 0x00ab_cdef));
    }
}

#[test]
fn a_link_made_with_other_rules_is_followed_and_told() {
    let lab = at_end(SCRIPT);
    let shared = Shared {
        digest: 1,
        ..lab.shared()
    };
    let again = followed(&shared.fragment());
    assert_eq!(again.frame().digest, lab.frame().digest);
    assert_eq!(again.notice().map(|n| n.kind), Some(NoticeKind::Limit));
    let beyond = Shared {
        at: 1_000_000,
        ..lab.shared()
    };
    let again = followed(&beyond.fragment());
    assert_eq!(again.notice().map(|n| n.kind), Some(NoticeKind::Limit));
}

#[test]
fn what_is_no_run_is_none_and_what_is_broken_is_an_error() {
    assert_eq!(Shared::read("", None), None);
    assert_eq!(Shared::read("#at=14", None), None);
    let huge = format!("at=1&digest=0&run={}", "a".repeat(70_000));
    for bad in [
        "run=zablab+1",
        "at=1&run=zablab+1",
        "at=x&digest=0&run=zablab+1",
        "at=1&digest=xyz&run=zablab+1",
        "at=1&digest=0&run=%",
        "at=1&digest=0&run=%4",
        "at=1&digest=0&run=%zz",
        "at=1&digest=0&run=%ff%fe",
        &huge,
    ] {
        assert!(matches!(Shared::read(bad, None), Some(Err(_))), "{bad:.60}");
    }
    // A script that is wrong is told as any other.
    let shared = Shared::read("at=1&digest=0&run=nonsense", None).expect("a run");
    let mut lab = Lab::open(None);
    let before = lab.frame();
    lab.dispatch(Action::Follow(shared.expect("text it is")));
    finish(&mut lab);
    assert_eq!(lab.notice().map(|n| n.kind), Some(NoticeKind::Script));
    assert_eq!(*lab.frame(), *before);
}

#[test]
fn the_line_of_the_moment_is_the_last_that_was_carried_out() {
    let mut lab = at_end(SCRIPT);
    let line_at = |lab: &Lab| {
        let line = lab.script_line().expect("something was carried out") as usize;
        lab.script()
            .lines()
            .nth(line - 1)
            .expect("a line")
            .to_owned()
    };
    // In the text that was written by hand: waits are lines too.
    for (beat, line) in [("elected", "beat elected"), ("written", "beat written")] {
        lab.dispatch(Action::SeekBeat(beat.to_owned()));
        assert_eq!(line_at(&lab), line);
    }
    lab.dispatch(Action::SeekBeat("elected".to_owned()));
    lab.dispatch(Action::Step(-1));
    assert_eq!(line_at(&lab), "until leader within=5s");
    lab.dispatch(Action::Seek(0));
    assert_eq!(line_at(&lab), "ensemble servers=3 seed=7");
    // In a recording: commands and names.
    lab.dispatch(Action::Seek(u64::MAX));
    lab.dispatch(Action::Perform(Command::Pause(ServerId(3))));
    assert_eq!(line_at(&lab), "pause 3");
    lab.dispatch(Action::Step(-1));
    assert_eq!(line_at(&lab), "beat written");
    lab.dispatch(Action::SeekBeat("elected".to_owned()));
    assert_eq!(line_at(&lab), "beat elected");
}
