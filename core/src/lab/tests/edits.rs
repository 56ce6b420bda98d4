//! Undo, redo, and what is kept over a reload.

use super::*;

fn crash(server: u8) -> Action {
    Action::Perform(Command::Crash {
        server: ServerId(server),
        kind: CrashKind::Power,
    })
}

#[test]
fn an_edit_is_undone_and_done_again() {
    let mut lab = at_end(SCRIPT);
    let before = lab.frame();
    lab.dispatch(crash(2));
    let after = lab.frame();
    let name = lab.transport().undo.expect("it can be undone");
    assert_eq!(name.en, "S2 loses power");
    lab.dispatch(Action::Undo);
    assert_eq!(*lab.frame(), *before);
    assert_eq!(lab.transport().redo, Some(name));
    lab.dispatch(Action::Redo);
    assert_eq!(*lab.frame(), *after);
    lab.dispatch(Action::Undo);
    lab.dispatch(crash(1));
    assert_eq!(lab.transport().redo, None);
}

#[test]
fn undoing_an_edit_in_the_past_takes_its_branch_away_and_the_run_goes_on_as_before() {
    let mut lab = at_end(SCRIPT);
    let end = lab.frame();
    lab.dispatch(Action::Step(-10));
    lab.dispatch(crash(2));
    play(&mut lab, 30);
    lab.dispatch(Action::Undo);
    assert_eq!(lab.transport().branches.len(), 1);
    assert_eq!(lab.frame().step, end.step - 10);
    lab.dispatch(Action::Seek(u64::MAX));
    assert_eq!(*lab.frame(), *end);
    lab.dispatch(Action::Redo);
    assert_eq!(lab.transport().branches.len(), 2);
}

#[test]
fn another_script_can_be_undone() {
    let mut lab = Lab::open(Some("happy-path"));
    let before = lab.frame();
    lab.dispatch(Action::Load(SCRIPT.to_owned()));
    finish(&mut lab);
    assert_eq!(lab.scenario(), None);
    lab.dispatch(Action::Undo);
    assert_eq!(lab.scenario().as_deref(), Some("happy-path"));
    assert_eq!(*lab.frame(), *before);
}

#[test]
fn a_refused_command_is_no_edit() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Perform(Command::Restart(ServerId(1))));
    assert_eq!(lab.transport().undo, None);
}

#[test]
fn an_untouched_scenario_is_not_kept() {
    let mut lab = Lab::open(None);
    assert_eq!(lab.saved(), None);
    lab.dispatch(crash(1));
    assert!(lab.saved().is_some());
}

#[test]
fn what_was_kept_comes_back_with_all_branches_and_the_place() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    lab.dispatch(Action::Step(-20));
    lab.dispatch(crash(1));
    play(&mut lab, 40);
    lab.dispatch(Action::Pause);
    lab.dispatch(Action::Step(-3));
    lab.dispatch(crash(2));
    play(&mut lab, 10);
    lab.dispatch(Action::Pause);
    let kept = lab.saved().expect("it was edited");
    let mut again = Lab::open(None);
    again.dispatch(Action::Restore(kept));
    finish(&mut again);
    assert_eq!(*again.frame(), *lab.frame());
    assert_eq!(again.scenario(), lab.scenario());
    let (here, there) = (again.transport(), lab.transport());
    assert_eq!(here.branches, there.branches);
    assert_eq!((here.branch, here.step), (there.branch, there.step));
    again.dispatch(Action::SwitchBranch(0));
    lab.dispatch(Action::SwitchBranch(0));
    assert_eq!(*again.frame(), *lab.frame());
}

#[test]
fn what_cannot_be_read_is_told_and_changes_nothing() {
    for kept in [
        "",
        "zablab-run 1\nshown 0 0\n",
        "zablab-run 1\nshown x\n",
        "zablab-run 1\nshown 0 0\nbranch main 0 1\n\n\nnonsense\n",
    ] {
        let mut lab = at_end(SCRIPT);
        let before = lab.frame();
        lab.dispatch(Action::Restore(kept.to_owned()));
        finish(&mut lab);
        assert_eq!(
            lab.notice().map(|n| n.kind),
            Some(NoticeKind::Refused),
            "{kept:?}"
        );
        assert_eq!(*lab.frame(), *before);
    }
}
