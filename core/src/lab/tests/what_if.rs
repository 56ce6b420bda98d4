//! What if: one thing goes otherwise, and the rest of what the user did is done again.

use super::*;
use crate::history::Arrival;
use crate::view::inspect::Change;
use crate::world::{Cause, CrashPoint, Outcome};

/// A run with commands behind the writes: a crash, a restart, another write.
const LONG: &str = "zablab 1
ensemble servers=3 seed=7
until leader within=5s
client a server=1
run 200ms
a create /x \"1\"
until reply a within=2s
run 50ms
a set /x \"2\"
until reply a within=2s
crash 2 power
run 300ms
a set /x \"3\"
until quiet within=5s
restart 2
run 3s
";

fn digest_of_script(lab: &Lab) -> String {
    let again = at_end(&lab.script());
    again.frame().digest.clone()
}

/// Numbers of the messages with that word that had arrived by the end.
fn messages(lab: &Lab, word: &str) -> Vec<u64> {
    let timeline = &lab.line().timeline;
    let steps = timeline.steps(0..timeline.len());
    let delivered = steps.iter().filter_map(|step| match &step.cause {
        Cause::Delivered(m) if m.payload.word() == word => Some(m.id),
        _ => None,
    });
    delivered.collect()
}

fn commands(lab: &Lab) -> Vec<String> {
    let script = lab.script();
    let verbs = script
        .lines()
        .filter(|l| !l.starts_with("at ") && !l.starts_with("beat"));
    verbs.map(str::to_owned).collect()
}

#[test]
fn every_message_has_a_way_and_its_trap_catches_that_message_only() {
    let lab = at_end(LONG);
    let timeline = &lab.line().timeline;
    let all = timeline.steps(0..timeline.len());
    let sent = timeline.world().messages_sent();
    let mut ends = [0; 3];
    for number in 1..=sent {
        let passage = timeline.passage(number).expect("it was sent");
        let (message, step) = (&passage.message, &all[passage.sent as usize]);
        assert_eq!((message.id, message.sent), (number, step.at));
        let Some((at, arrival)) = passage.end else {
            assert!(timeline.world().in_flight().any(|m| m.id == number));
            continue;
        };
        ends[arrival as usize] += 1;
        let arrived = matches!(&all[at as usize].cause, Cause::Delivered(m) if m.id == number);
        assert_eq!(arrived, arrival == Arrival::Delivered, "{number}");
    }
    assert!(ends[0] > 100 && ends[2] > 0, "{ends:?}");
    assert_eq!(timeline.passage(0), None);
    assert_eq!(timeline.passage(sent + 1), None);
}

#[test]
fn a_lost_message_of_the_past_starts_a_branch_that_keeps_the_later_commands() {
    let mut lab = at_end(LONG);
    let (main, end) = (lab.script(), lab.frame());
    for word in [
        "ack",
        "proposal",
        "commit",
        "request",
        "reply",
        "notification",
    ] {
        let number = *messages(&lab, word).last().expect("there is one");
        lab.dispatch(Action::WhatIf(Change::Lost(number)));
        assert_eq!(lab.working().map(|w| w.kind), Some(WorkKind::Branch));
        finish(&mut lab);
        let (transport, notice) = (lab.transport(), lab.notice().expect("it is told"));
        assert_eq!(
            notice.kind,
            NoticeKind::Branched,
            "{word}: {}",
            notice.text.en
        );
        let branch = transport.branches.last().expect("the new one");
        let title = format!("{} ", word.to_ascii_uppercase());
        assert!(branch.title.en.starts_with(&title), "{}", branch.title.en);
        assert!(branch.title.en.ends_with(" lost"), "{}", branch.title.en);
        // What is shown is the step in which it was lost, and it is that message.
        let step = lab.line().timeline.here().and_then(|m| m.step.clone());
        let lost = |o: &Outcome| matches!(o, Outcome::Lost(m) if m.id == number);
        assert!(step.expect("a step").outcomes.iter().any(lost), "{word}");
        // Everything the user did is still there, but for what was left out by name.
        let lines = commands(&lab);
        let kept = main
            .lines()
            .filter(|l| lines.iter().any(|m| m == l))
            .count();
        assert!(kept > 0, "{lines:?}");
        let left_out = notice.text.en.contains("Left out");
        for line in [
            "a create /x \"1\"",
            "a set /x \"2\"",
            "a set /x \"3\"",
            "crash 2 power",
        ] {
            assert!(
                left_out || lines.iter().any(|l| l == line),
                "{word}: {line}"
            );
        }
        // The branch lasts as long as the old one, and its script makes it again.
        lab.dispatch(Action::Seek(u64::MAX));
        assert_eq!(lab.frame().now_us, end.now_us);
        assert_eq!(lab.frame().digest, digest_of_script(&lab), "{word}");
        lab.dispatch(Action::SwitchBranch(0));
        assert_eq!(lab.script(), main, "the old branch stays");
    }
}

#[test]
fn a_late_message_delays_its_channel_and_the_script_says_so() {
    let mut lab = at_end(LONG);
    let number = *messages(&lab, "ack").last().expect("there is one");
    let due = lab
        .line()
        .timeline
        .passage(number)
        .expect("sent")
        .message
        .due;
    lab.dispatch(Action::WhatIf(Change::Late(number, Duration::from_ms(200))));
    finish(&mut lab);
    let late = lab.line().timeline.passage(number).expect("sent").message;
    assert!(late.due.since(due) >= Duration::from_ms(190), "{late:?}");
    assert!(commands(&lab).iter().any(|l| l.starts_with("late ")));
    lab.dispatch(Action::Seek(u64::MAX));
    assert_eq!(lab.frame().digest, digest_of_script(&lab));
}

#[test]
fn what_is_no_longer_possible_is_left_out_and_named() {
    let mut lab = at_end(LONG);
    let crash = lab.line().timeline.recording().commands.iter();
    let crash = crash
        .clone()
        .find(|c| matches!(*c.command, Command::Crash { .. }));
    let at_step = crash.expect("the script has one").at_step;
    // S2 is dead already when the script kills it.
    lab.dispatch(Action::WhatIf(Change::Done {
        after: at_step - 1,
        command: Command::Crash {
            server: ServerId(2),
            kind: CrashKind::Process,
        },
    }));
    finish(&mut lab);
    let notice = lab.notice().expect("it is told").text;
    assert!(
        notice.en.contains("crash 2 power (server 2 is down)"),
        "{}",
        notice.en
    );
    assert!(
        notice.zh.contains("crash 2 power（服务器 2 没有运行）"),
        "{}",
        notice.zh
    );
    assert!(commands(&lab).iter().any(|l| l == "restart 2"));
    // Without the crash, the restart has nothing to start.
    lab.dispatch(Action::SwitchBranch(0));
    lab.dispatch(Action::WhatIf(Change::Without(at_step)));
    finish(&mut lab);
    let notice = lab.notice().expect("it is told").text;
    assert!(
        notice.en.contains("restart 2 (server 2 is up)"),
        "{}",
        notice.en
    );
    assert_eq!(lab.transport().branches.len(), 3);
    lab.dispatch(Action::Seek(u64::MAX));
    assert_eq!(lab.frame().digest, digest_of_script(&lab));
    assert!(lab.frame().servers.iter().all(|s| s.power == Power::Up));
}

#[test]
fn what_cannot_be_is_told_and_changes_nothing() {
    let mut lab = at_end(LONG);
    let before = lab.frame();
    for change in [
        Change::Lost(0),
        Change::Lost(u64::MAX),
        Change::Late(u64::MAX, Duration::from_ms(1)),
        Change::Without(0),
        Change::Done {
            after: u64::MAX,
            command: Command::Restart(ServerId(1)),
        },
    ] {
        lab.dispatch(Action::WhatIf(change));
        finish(&mut lab);
        assert_eq!(lab.notice().map(|n| n.kind), Some(NoticeKind::Refused));
        assert_eq!(
            (lab.transport().branches.len(), lab.frame()),
            (1, before.clone())
        );
    }
}

#[test]
fn an_unchanged_future_is_done_again_step_by_step() {
    // A trap that nothing falls into: the branch differs from the old one by that step alone.
    let mut lab = at_end(LONG);
    let end = lab.frame();
    let never = Command::CrashAt {
        server: ServerId(3),
        kind: CrashKind::Power,
        point: CrashPoint::DuringSnapshot,
        zxid: None,
    };
    lab.dispatch(Action::WhatIf(Change::Done {
        after: 20,
        command: never,
    }));
    finish(&mut lab);
    lab.dispatch(Action::Seek(u64::MAX));
    let again = lab.frame();
    assert_eq!(again.step, end.step + 1);
    assert_eq!(
        (&again.servers, &again.clients),
        (&end.servers, &end.clients)
    );
    assert_eq!(again.now_us, end.now_us);
    assert!(!lab.notice().is_some_and(|n| n.text.en.contains("Left out")));
    let undo = lab.transport().undo.expect("it is an edit").en;
    assert!(undo.contains("S3"), "{undo}");
    lab.dispatch(Action::Undo);
    assert_eq!(lab.transport().branches.len(), 1);
}
