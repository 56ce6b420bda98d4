//! Long work comes in slices, and a bad script changes nothing.

use super::*;

/// Number of the line behind the script and `more` lines.
fn line(more: usize) -> u32 {
    u32::try_from(SCRIPT.lines().count() + more).expect("a short script")
}

/// Enough steps for many slices.
fn long_script() -> String {
    format!("{SCRIPT}run 60s\n")
}

#[test]
fn a_script_runs_in_slices_while_the_old_run_stays_usable() {
    let mut lab = at_end(SCRIPT);
    let before = lab.frame();
    lab.dispatch(Action::Load(long_script()));
    assert_eq!(*lab.frame(), *before);
    let (mut slices, mut steps) = (0, 0);
    while lab.work(100) {
        let work = lab.working().expect("there is more to do");
        assert_eq!((work.kind, work.lines), (WorkKind::Script, line(1)));
        assert!(work.steps - steps <= 100, "{work:?} after {steps}");
        (slices, steps) = (slices + 1, work.steps);
        if slices == 3 {
            lab.dispatch(Action::Step(-4));
            assert_eq!(lab.frame().step, before.step - 4);
        }
    }
    assert!(slices > 5, "{slices} slices");
    assert_eq!(lab.working(), None);
    assert_eq!(*lab.frame(), *at_end(&long_script()).frame());
    assert_eq!(&*lab.script(), long_script());
}

#[test]
fn a_line_that_fails_on_the_way_names_its_place_and_keeps_the_run() {
    let mut lab = at_end(SCRIPT);
    let before = (lab.frame(), lab.script());
    lab.dispatch(Action::Load(format!("{SCRIPT}run 1s\nrestart 2\n")));
    finish(&mut lab);
    let notice = lab.notice().expect("it is told");
    assert_eq!(
        (notice.kind, notice.place),
        (NoticeKind::Script, Some((line(2), 1)))
    );
    assert_eq!((lab.frame(), lab.script()), before);
    assert_eq!(lab.transport().undo, None);
}

#[test]
fn a_script_that_is_given_up_changes_nothing() {
    let mut lab = at_end(SCRIPT);
    let before = lab.frame();
    lab.dispatch(Action::Load(long_script()));
    assert!(lab.work(50));
    lab.dispatch(Action::Stop);
    assert!(!lab.work(50));
    assert_eq!((lab.working(), *lab.frame() == *before), (None, true));
}

#[test]
fn a_script_may_have_64_kib_and_2000_commands() {
    let mut lab = at_end(SCRIPT);
    let limits = [
        format!("{SCRIPT}# {}\n", "x".repeat(64 * 1024)),
        format!("{SCRIPT}{}", "note \"n\"\n".repeat(2_001)),
    ];
    for script in limits {
        lab.dispatch(Action::Load(script));
        let notice = lab.notice().expect("it is told");
        assert_eq!(notice.kind, NoticeKind::Script);
        assert!(notice.text.en.contains("limit"), "{}", notice.text.en);
    }
}

#[test]
fn behind_the_last_notable_step_the_run_is_searched_in_slices() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(3),
        kind: CrashKind::Power,
    }));
    let from = lab.frame().step;
    lab.dispatch(Action::StepBy(Unit::Notable, Direction::Forward));
    assert_eq!(lab.frame().step, from);
    assert_eq!(lab.working().map(|w| w.kind), Some(WorkKind::Search));
    finish(&mut lab);
    assert!(lab.frame().step > from);
    assert_eq!(lab.working(), None);
}

#[test]
fn a_claim_that_does_not_hold_is_told_with_its_place_and_the_run_is_shown() {
    let mut lab = lab();
    lab.dispatch(Action::Load(format!("{SCRIPT}expect leader none\n")));
    finish(&mut lab);
    let notice = lab.notice().expect("it is told");
    assert_eq!(notice.place, Some((line(1), 1)));
    assert!(
        notice.text.en.contains("does not hold"),
        "{}",
        notice.text.en
    );
    assert!(lab.script().contains("expect leader none"));
}
