//! Names of moments, bookmarks, and two branches side by side.

use super::*;
use crate::base::Instant;
use crate::lab::Anchor;
use crate::model::{Epoch, Zxid};

fn go(lab: &mut Lab, anchor: &str) -> u64 {
    lab.dispatch(Action::Go(anchor.to_owned()));
    assert_eq!(lab.notice(), None, "{anchor}");
    lab.frame().step
}

#[test]
fn one_grammar_reads_every_name() {
    let zxid = |epoch, counter| Anchor::Commit(Zxid::new(Epoch(epoch), counter));
    let all = [
        ("44", Anchor::Step(44)),
        ("t=7", Anchor::Step(7)),
        (" 3.2s ", Anchor::Time(Instant(3_200_000))),
        ("500ms", Anchor::Time(Instant(500_000))),
        ("beat:quorum", Anchor::Beat("quorum".to_owned())),
        ("quorum", Anchor::Beat("quorum".to_owned())),
        ("commit:1.3", zxid(1, 3)),
        ("e1·3", zxid(1, 3)),
        ("e2.7", zxid(2, 7)),
        ("0x100000003", zxid(1, 3)),
        ("crash:S1#2", Anchor::Crash(ServerId(1), 2)),
        ("crash:3", Anchor::Crash(ServerId(3), 1)),
    ];
    for (text, anchor) in all {
        assert_eq!(Anchor::parse(text), Some(anchor.clone()), "{text}");
        assert_eq!(Anchor::parse(&anchor.to_string()), Some(anchor), "{text}");
    }
    for text in [
        "",
        "beat:",
        "commit:x",
        "crash:S1#0",
        "t=x",
        "?",
        "two words",
        "-1",
        "1.2.3s",
    ] {
        assert_eq!(Anchor::parse(text), None, "{text}");
    }
}

#[test]
fn a_moment_is_called_by_its_meaning_and_found_by_it() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    assert_eq!(lab.anchor().to_string(), "beat:power-loss");
    for offer in lab.places() {
        assert_eq!(go(&mut lab, &offer.anchor), offer.step, "{}", offer.anchor);
    }
    let at = go(&mut lab, "e1·2");
    assert_eq!(lab.anchor().to_string(), "commit:1.2");
    let after = go(&mut lab, "commit:1.3");
    assert!(after > at);
    let crash = go(&mut lab, "crash:S3#1");
    assert_eq!(lab.frame().servers[2].power, Power::PowerLost);
    lab.dispatch(Action::Step(-1));
    assert_eq!(lab.frame().servers[2].power, Power::Up);
    let half = go(&mut lab, "0.5s");
    assert!(lab.frame().now_us <= 500_000);
    lab.dispatch(Action::Step(1));
    assert!(lab.frame().now_us > 500_000 && half < crash);
}

#[test]
fn a_name_that_leads_nowhere_is_told() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    let at = lab.frame().step;
    for (name, said) in [
        ("beat:quorum", "quorum"),
        ("commit:9.9", "e9·9"),
        ("crash:S2#1", "S2"),
        ("what is this", "what is this"),
    ] {
        lab.dispatch(Action::Go(name.to_owned()));
        let notice = lab.notice().expect("it is told");
        assert!(
            notice.text.en.contains(said) && notice.text.zh.contains(said),
            "{notice:?}"
        );
        assert_eq!(lab.frame().step, at, "{name}");
    }
    lab.dispatch(Action::Go("99999".to_owned()));
    assert_eq!(lab.frame().step, lab.transport().total);
    assert!(lab.notice().is_some_and(|n| n.text.en.contains("99999")));
}

#[test]
fn bookmarks_are_named_found_kept_and_shared_by_branches() {
    let mut lab = at_end(SCRIPT);
    let end = lab.frame().step;
    lab.dispatch(Action::Seek(30));
    lab.dispatch(Action::Bookmark);
    lab.dispatch(Action::Seek(end));
    lab.dispatch(Action::Bookmark);
    lab.dispatch(Action::NameBookmark(0, "  the   vote ".to_owned()));
    lab.dispatch(Action::StepBookmark(Direction::Forward));
    assert_eq!(lab.frame().step, 30);
    let listed: Vec<_> = lab
        .bookmarks()
        .iter()
        .map(|b| (b.step, b.text.en.clone()))
        .collect();
    assert_eq!(
        listed,
        [(30, "the vote".to_owned()), (end, format!("step {end}"))]
    );
    // A branch behind step 40 has seen the first, not the second.
    lab.dispatch(Action::Seek(40));
    lab.dispatch(Action::Isolate(ServerId(1)));
    assert_eq!(lab.transport().branch, 1);
    assert_eq!(
        lab.bookmarks().iter().map(|b| b.step).collect::<Vec<_>>(),
        [30]
    );
    let kept = lab.saved().expect("there are branches");
    let mut again = Lab::open(None);
    again.dispatch(Action::Restore(kept));
    finish(&mut again);
    assert_eq!(again.bookmarks(), lab.bookmarks());
    assert_eq!(again.transport().branches, lab.transport().branches);
    // Another run has none; undo brings them back.
    again.dispatch(Action::Open("happy-path".to_owned()));
    finish(&mut again);
    assert!(again.bookmarks().is_empty());
    again.dispatch(Action::Undo);
    assert_eq!(again.bookmarks(), lab.bookmarks());
    lab.dispatch(Action::Seek(30));
    lab.dispatch(Action::Bookmark);
    assert!(lab.bookmarks().is_empty());
}

#[test]
fn branches_are_renamed_and_deleted_but_never_the_last() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::DeleteBranch(0));
    assert_eq!(lab.transport().branches.len(), 1);
    lab.dispatch(Action::Seek(60));
    lab.dispatch(Action::Isolate(ServerId(1)));
    lab.dispatch(Action::Seek(50));
    lab.dispatch(Action::Isolate(ServerId(2)));
    let branches = lab.transport().branches;
    let tree: Vec<_> = branches
        .iter()
        .map(|b| (&*b.name, b.parent, b.from))
        .collect();
    assert_eq!(
        tree,
        [("main", None, 0), ("b2", Some(0), 60), ("b3", Some(1), 50)]
    );
    lab.dispatch(Action::NameBranch(1, "S1 alone".to_owned()));
    assert_eq!(lab.transport().branches[1].title.zh, "S1 alone");
    lab.dispatch(Action::DeleteBranch(1));
    let branches = lab.transport().branches;
    let tree: Vec<_> = branches
        .iter()
        .map(|b| (&*b.name, b.parent, b.from))
        .collect();
    assert_eq!(tree, [("main", None, 0), ("b3", Some(0), 50)]);
    assert_eq!(lab.transport().branch, 1);
    lab.dispatch(Action::Undo);
    assert_eq!(lab.transport().branches.len(), 3);
    lab.dispatch(Action::Redo);
    lab.dispatch(Action::DeleteBranch(1));
    assert_eq!((lab.transport().branch, lab.frame().step), (0, 50));
}

#[test]
fn branches_are_compared_from_the_first_step_that_differs() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    lab.dispatch(Action::Step(-20));
    let from = lab.frame().step;
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(2),
        kind: CrashKind::Power,
    }));
    for _ in 0..40 {
        lab.dispatch(Action::Step(1));
    }
    let c = lab.compare(0, 1).expect("there are two");
    assert_eq!(c.differs, Some(from));
    let first = |line: usize, at: u64| lab.branches[line].timeline.steps(at..at + 1);
    assert_eq!(first(0, from - 1), first(1, from - 1));
    assert_ne!(first(0, from), first(1, from));
    let rows: Vec<_> = c
        .rows
        .iter()
        .flat_map(|row| row.events.iter().flatten())
        .collect();
    assert!(rows.len() > 4 && rows.iter().all(|e| e.step >= from));
    assert!(c.rows.windows(2).all(|pair| pair[0].at_us <= pair[1].at_us));
    let s2 = c
        .ends
        .iter()
        .find(|end| end.what.en == "S2")
        .expect("each server is told");
    assert_eq!(s2.sides[1].en, "down");
    assert!(!s2.same());
    // The mark is on either branch, and goes.
    lab.dispatch(Action::Compare(Some((0, 1))));
    assert_eq!(lab.differs_from(), Some(from));
    lab.dispatch(Action::SwitchBranch(0));
    assert_eq!(lab.transport().differs, Some(from));
    lab.dispatch(Action::Compare(None));
    assert_eq!(lab.differs_from(), None);
}

#[test]
fn the_first_difference_is_read_from_the_steps_not_from_the_fork() {
    let mut lab = at_end(SCRIPT);
    let end = lab.transport().total;
    // The same is done on two branches that leave main at the same place: they are one run.
    for _ in 0..2 {
        lab.dispatch(Action::SwitchBranch(0));
        lab.dispatch(Action::Seek(end - 30));
        lab.dispatch(Action::Isolate(ServerId(1)));
        for _ in 0..50 {
            lab.dispatch(Action::Step(1));
        }
    }
    assert_eq!(lab.compare(1, 2).expect("three branches").differs, None);
    let c = lab.compare(0, 2).expect("three branches");
    assert_eq!(c.differs, Some(end - 30));
    // A branch that only goes on longer differs where the other one ends.
    let long = lab.transport().total;
    lab.dispatch(Action::Step(5));
    assert_eq!(lab.compare(1, 2).expect("three").differs, Some(long));
    assert!(
        lab.compare(1, 2)
            .expect("three")
            .rows
            .iter()
            .all(|row| row.events[0].is_none())
    );
    // A command that has no effect on anything is a difference all the same.
    lab.dispatch(Action::SwitchBranch(1));
    lab.dispatch(Action::Seek(long));
    lab.dispatch(Action::Perform(Command::Heal(None)));
    assert_eq!(lab.compare(1, 2).expect("three").differs, Some(long));
}
