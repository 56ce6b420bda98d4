//! The list of events, and what a filter lets through.

use super::*;

fn filter(kind: EventKind, text: &str) -> Action {
    Action::FilterEvents(EventFilter {
        kind,
        text: text.to_owned(),
    })
}

/// The steps of a page, past and ahead.
fn steps(page: &EventPage) -> (Vec<u64>, Vec<u64>) {
    let of = |lines: &[EventLine]| lines.iter().map(|line| line.step).collect();
    (of(&page.past), of(&page.ahead))
}

#[test]
fn without_a_filter_the_last_steps_are_shown() {
    let mut lab = lab();
    lab.dispatch(Action::Seek(60));
    let (past, ahead) = steps(&lab.event_page());
    assert_eq!(past, (20..60).collect::<Vec<_>>());
    assert!(ahead.is_empty());
}

#[test]
fn a_filter_finds_what_is_behind_and_what_is_recorded_ahead() {
    let mut lab = lab();
    lab.dispatch(Action::Seek(60));
    lab.dispatch(filter(EventKind::All, "s2 LEADER"));
    assert!(lab.event_page().searching);
    finish(&mut lab);
    let page = lab.event_page();
    assert!(!page.searching);
    assert!(!page.past.is_empty() && !page.ahead.is_empty());
    for line in page.past.iter().chain(&page.ahead) {
        assert_eq!(
            line.step < 60,
            page.past.contains(line),
            "step {}",
            line.step
        );
    }
}

#[test]
fn going_on_step_by_step_gives_what_a_search_from_there_gives() {
    for kind in EventKind::ALL {
        let mut walked = lab();
        walked.dispatch(Action::Seek(30));
        walked.dispatch(filter(kind, if kind == EventKind::All { "S1" } else { "" }));
        finish(&mut walked);
        for _ in 0..70 {
            walked.dispatch(Action::Step(1));
            finish(&mut walked);
        }
        let mut jumped = lab();
        jumped.dispatch(Action::Seek(100));
        jumped.dispatch(Action::FilterEvents(walked.event_filter()));
        finish(&mut jumped);
        assert_eq!(
            steps(&walked.event_page()),
            steps(&jumped.event_page()),
            "{kind:?}"
        );
    }
}

#[test]
fn each_kind_lets_something_through_and_not_everything() {
    for kind in EventKind::ALL.into_iter().skip(1) {
        let mut lab = lab();
        lab.dispatch(Action::Seek(u64::MAX));
        lab.dispatch(filter(kind, ""));
        finish(&mut lab);
        let (past, _) = steps(&lab.event_page());
        assert!(!past.is_empty(), "{kind:?}");
        let whole = past.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        assert!(!whole, "{kind:?} lets every step through");
    }
}

#[test]
fn a_new_branch_is_looked_through_anew() {
    let mut lab = lab();
    lab.dispatch(filter(EventKind::Turning, ""));
    lab.dispatch(Action::Seek(80));
    finish(&mut lab);
    assert!(!lab.event_page().ahead.is_empty());
    lab.dispatch(Action::Perform(Command::Pause(ServerId(2))));
    finish(&mut lab);
    let (past, ahead) = steps(&lab.event_page());
    assert_eq!(past.last(), Some(&80));
    assert!(ahead.is_empty(), "the branch has no recorded future");
}

#[test]
fn an_empty_filter_is_none() {
    let mut lab = lab();
    lab.dispatch(filter(EventKind::All, "  "));
    assert!(lab.event_filter().is_open());
    assert!(!lab.event_page().searching);
}
