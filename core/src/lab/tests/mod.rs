//! The lab driven as a page drives it, without a page.

mod bench;
mod cargo;
mod clients;
mod console;
mod disks;
mod drill;
mod edits;
mod events;
mod explain;
mod gallery;
mod motion;
mod places;
mod risk;
mod service;
mod shared;
mod space_time;
mod status;
mod steps;
mod time_travel;
mod vault;
mod what_if;
mod work;

use super::*;
use crate::view::frame::{CellState, OutcomeView, Power, Role};

const SCRIPT: &str = "zablab 1
ensemble servers=3 seed=7
until leader within=5s
beat elected
run 50ms
client a server=1
run 200ms
a create /x \"1\"
until reply a within=2s
beat written
";

fn lab() -> Lab {
    Lab::new(SCRIPT).expect("the script is good")
}

fn at_end(script: &str) -> Lab {
    let mut lab = Lab::new(script).expect("the script is good");
    lab.dispatch(Action::Seek(u64::MAX));
    lab
}

/// Lets the job under way come to its end.
fn finish(lab: &mut Lab) {
    while lab.work(500) {}
}

/// Plays frames of 16 ms until `steps` more steps are shown; presentation time between two steps.
fn play(lab: &mut Lab, steps: u64) -> Vec<u64> {
    lab.dispatch(Action::Play);
    let (end, mut gaps, mut waited) = (lab.frame().step + steps, Vec::new(), 0);
    for _ in 0..100_000 {
        let before = lab.frame().step;
        lab.advance(16_000);
        waited += 16_000;
        if lab.frame().step != before {
            gaps.push(waited);
            waited = 0;
        }
        if lab.frame().step >= end {
            break;
        }
    }
    gaps
}

#[test]
fn every_built_in_scenario_runs_keeps_its_claims_and_opens_at_its_moment() {
    for (id, title) in Lab::scenarios() {
        let lab = Lab::open(Some(&id));
        assert_eq!(lab.notice(), None, "{id}");
        assert!(!title.en.is_empty() && !title.zh.is_empty(), "{id}");
        assert!(lab.frame().step > 0, "{id} opens at its start");
        let red: Vec<_> = lab
            .frame()
            .lamps
            .iter()
            .filter(|l| l.holds == Some(false))
            .cloned()
            .collect();
        assert_eq!(red, [], "{id}");
    }
}

#[test]
fn a_frame_is_the_same_however_it_was_reached() {
    let mut played = lab();
    play(&mut played, 200);
    played.dispatch(Action::Pause);
    let step = played.frame().step;
    let mut sought = lab();
    sought.dispatch(Action::Step(i64::try_from(step).expect("a short run")));
    finish(&mut sought);
    assert_eq!(*sought.frame(), *played.frame());
    sought.dispatch(Action::Step(5));
    sought.dispatch(Action::Step(-5));
    assert_eq!(*sought.frame(), *played.frame());
}

#[test]
fn the_list_of_events_is_the_same_however_it_was_reached() {
    let mut played = lab();
    play(&mut played, 150);
    played.dispatch(Action::Pause);
    let mut sought = lab();
    sought.dispatch(Action::Step(
        i64::try_from(played.frame().step).expect("a short run"),
    ));
    finish(&mut sought);
    assert_eq!(sought.events(), played.events());
    assert_eq!(
        played.events().last().map(|e| e.step + 1),
        Some(played.frame().step)
    );
}

#[test]
fn stepping_back_changes_nothing_and_acting_in_the_past_keeps_the_old_branch() {
    let mut lab = at_end(SCRIPT);
    let end = lab.frame();
    lab.dispatch(Action::Step(-10));
    let kind = CrashKind::Power;
    lab.dispatch(Action::Perform(Command::Crash {
        server: ServerId(2),
        kind,
    }));
    let transport = lab.transport();
    assert_eq!((transport.branches.len(), transport.branch), (2, 1));
    assert_eq!(transport.branches[1].from, end.step - 10);
    assert_eq!(lab.frame().servers[1].power, Power::PowerLost);
    assert_eq!(lab.notice().map(|n| n.kind), Some(NoticeKind::Branched));
    lab.dispatch(Action::SwitchBranch(0));
    lab.dispatch(Action::Seek(u64::MAX));
    assert_eq!(*lab.frame(), *end);
}

#[test]
fn a_command_that_makes_no_sense_is_refused_and_changes_nothing() {
    let mut lab = at_end(SCRIPT);
    let before = lab.frame();
    lab.dispatch(Action::Perform(Command::Restart(ServerId(1))));
    assert_eq!(lab.notice().map(|n| n.kind), Some(NoticeKind::Refused));
    assert_eq!(*lab.frame(), *before);
    assert_eq!(lab.transport().branches.len(), 1);
}

#[test]
fn a_bad_script_names_its_place_and_keeps_the_run() {
    let mut lab = at_end(SCRIPT);
    let before = (lab.frame(), lab.script());
    lab.dispatch(Action::Load(
        "zablab 1\nensemble servers=3\ncrsh 1 power\n".to_owned(),
    ));
    let notice = lab.notice().expect("it is told");
    assert_eq!(
        (notice.kind, notice.place),
        (NoticeKind::Script, Some((3, 1)))
    );
    assert_eq!((lab.frame(), lab.script()), before);
}

#[test]
fn the_script_of_an_edited_run_gives_the_same_run() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Step(-7));
    lab.dispatch(Action::Write(ServerId(2)));
    play(&mut lab, 60);
    lab.dispatch(Action::Pause);
    lab.dispatch(Action::Seek(u64::MAX));
    let again = at_end(&lab.script());
    assert_eq!(again.frame().digest, lab.frame().digest);
    assert_eq!(again.frame().step, lab.frame().step);
}

#[test]
fn a_write_through_the_page_is_answered() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Write(ServerId(2)));
    play(&mut lab, 120);
    let frame = lab.frame();
    let client = frame.clients.last().expect("one was made");
    assert_eq!(
        (client.name.as_str(), client.server),
        ("b", Some(ServerId(2)))
    );
    let outcome = client.request.as_ref().map(|r| &r.outcome);
    assert!(
        matches!(outcome, Some(OutcomeView::Confirmed(Some(_)))),
        "{outcome:?}"
    );
    let newest = frame.columns.shown.len() - 1;
    assert!(frame.servers[1].cells[newest].told);
}

#[test]
fn the_isolated_leader_claims_to_lead_until_it_gives_up() {
    let mut lab = at_end(SCRIPT);
    lab.dispatch(Action::Isolate(ServerId(3)));
    let leader = &lab.frame().servers[2];
    assert_eq!((leader.role, leader.claims), (Some(Role::Leading), true));
    play(&mut lab, 300);
    lab.dispatch(Action::Perform(Command::Heal(None)));
    assert!(lab.frame().cuts.is_empty());
}

#[test]
fn paused_nothing_moves() {
    let mut lab = lab();
    let (frame, version) = (lab.frame(), lab.version());
    assert!(!lab.advance(1_000_000));
    assert_eq!((lab.frame(), lab.version()), (frame, version));
}

#[test]
fn two_steps_are_never_more_than_600_ms_apart_on_the_screen() {
    let gaps = play(&mut lab(), 300);
    assert!(gaps.len() > 50, "{} gaps", gaps.len());
    let longest = gaps.into_iter().max();
    assert!(longest <= Some(playback::FLIGHT_US + 16_000), "{longest:?}");
}

#[test]
fn at_twice_the_speed_the_same_steps_take_half_the_time() {
    let time = |speed| {
        let mut lab = lab();
        lab.dispatch(Action::SetSpeed(speed));
        play(&mut lab, 100).into_iter().sum::<u64>()
    };
    let (normal, double) = (time(Speed::Normal), time(Speed::Double));
    assert!(
        double * 19 < normal * 10 && double * 21 > normal * 10,
        "{normal} {double}"
    );
}

#[test]
fn a_power_loss_leaves_what_was_forced_and_takes_what_was_not() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    lab.seek_beat("power-loss");
    let frame = lab.frame();
    let lens = frame.columns.lens.expect("one transaction is open");
    let states: Vec<CellState> = frame.servers.iter().map(|s| s.cells[lens].state).collect();
    assert_eq!(states[2], CellState::Durable, "{states:?}");
    assert_eq!(frame.servers[2].power, Power::PowerLost);
    let verdict = frame.verdict.clone().expect("there is a column");
    assert!(verdict.fact.en.contains("a quorum holds it"), "{verdict:?}");
    lab.seek_beat("returned");
    let frame = lab.frame();
    let after = frame.columns.shown.iter().position(|z| *z == verdict.zxid);
    let after = after.expect("the column is still shown");
    let states: Vec<CellState> = frame.servers.iter().map(|s| s.cells[after].state).collect();
    assert_eq!(states, [CellState::Applied; 4]);
}

#[test]
fn notable_steps_are_found_forward_and_back() {
    let mut lab = lab();
    lab.dispatch(Action::StepBy(Unit::Notable, Direction::Forward));
    let first = lab.frame().step;
    lab.dispatch(Action::StepBy(Unit::Notable, Direction::Forward));
    let second = lab.frame().step;
    assert!(0 < first && first < second);
    lab.dispatch(Action::StepBy(Unit::Notable, Direction::Back));
    assert_eq!(lab.frame().step, first);
}

#[test]
fn a_record_that_is_applied_but_not_forced_is_not_counted_as_on_disk() {
    let mut lab = Lab::open(Some("not-on-disk"));
    let red = |lab: &Lab| lab.frame().lamps[0].holds == Some(false);
    lab.dispatch(Action::Seek(0));
    while !red(&lab) {
        lab.dispatch(Action::Step(1));
    }
    let frame = lab.frame();
    let verdict = frame.verdict.clone().expect("there are transactions");
    assert_eq!(verdict.fact.en, "committed; on 0 of 3 disks");
    let survivor = &frame.servers[0];
    let cell = survivor.cells.last().expect("it has the write");
    assert_eq!((cell.state, cell.durable), (CellState::Applied, false));
    assert_eq!(
        (survivor.disk.durable, survivor.disk.pending > 0),
        (0, true)
    );
    let what = &lab.breaches()[0].what;
    assert!(what.en.contains("only S1 has it"), "{what:?}");
}

#[test]
fn a_server_that_holds_a_part_of_the_folded_range_does_not_count_as_holding_it() {
    let mut lab = Lab::open(Some("late-followers"));
    lab.dispatch(Action::Seek(u64::MAX));
    let away = |row: &&crate::view::frame::ServerRow| row.role.is_none();
    for step in (0..lab.transport().total).rev().step_by(20) {
        lab.dispatch(Action::Seek(step));
        let frame = lab.frame();
        let Some(fold) = frame.columns.fold else {
            continue;
        };
        for row in frame.servers.iter().filter(away) {
            let all = row.reaches >= Some(fold.last);
            assert_eq!(
                row.fold.state > CellState::Missing,
                all,
                "#{step} {}",
                row.id
            );
        }
    }
}

#[test]
fn the_page_opens_on_a_moment_with_proposals_on_the_wire() {
    let frame = Lab::open(None).frame();
    let proposals = frame.messages.iter();
    let proposals = proposals.filter(|m| m.glyph == crate::view::frame::Glyph::Proposal);
    assert!(proposals.count() >= 2, "{:?}", frame.messages);
    assert!(frame.columns.lens.is_some());
}
