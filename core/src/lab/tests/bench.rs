//! What the bench shows beside plain cells: ghosts, damage, brackets, bands, walls, older columns.

use super::*;
use crate::view::frame::{CellState, Damage, Fate, Frame, InLog, Phase, ServerRow, SyncMode};
use crate::view::strip::Strip;

fn ran(script: &str) -> Lab {
    Lab::new(&format!("zablab 1\n{script}")).expect("the script is good")
}

/// The frame after each step of a run.
fn frames(lab: &mut Lab) -> Vec<std::sync::Arc<Frame>> {
    let total = lab.transport().total;
    let mut frames = Vec::new();
    for step in 0..=total {
        lab.dispatch(Action::Seek(step));
        frames.push(lab.frame());
    }
    frames
}

fn at_beat(lab: &mut Lab, name: &str) -> std::sync::Arc<Frame> {
    lab.dispatch(Action::SeekBeat(name.to_owned()));
    lab.frame()
}

fn ghosts(row: &ServerRow) -> usize {
    let cells = row.cells.iter();
    cells.filter(|c| c.state == CellState::Truncated).count()
}

#[test]
fn what_was_cut_away_stays_as_a_ghost_until_something_else_happened() {
    let mut lab = ran(&format!(
        "{WRITES}partition 3,b 1,2,a\nb create /tail \"x\"\nrun 60ms\ncrash 3 process\nheal\n\
         until leader within=9s\nrestart 3\nuntil synced 3 within=9s\nrun 2s\n"
    ));
    let frames = frames(&mut lab);
    let shown: Vec<u64> = frames
        .iter()
        .filter(|frame| frame.servers.iter().any(|row| ghosts(row) > 0))
        .map(|frame| frame.step)
        .collect();
    assert!(shown.len() > 1, "longer than one step: {shown:?}");
    let last = frames.last().expect("a run has an end");
    assert!(last.servers.iter().all(|row| ghosts(row) == 0));
    // The same moment looks the same, however it is reached.
    let step = shown[shown.len() / 2];
    lab.dispatch(Action::Seek(0));
    lab.dispatch(Action::Seek(step));
    assert_eq!(*lab.frame(), *frames[step as usize]);
}

const WRITES: &str = "ensemble servers=3 seed=5\nuntil leader within=5s\nclient a server=1\n\
    client b server=3\n\
    a create /a \"1\"\nuntil reply a within=5s\na create /b \"2\"\nuntil reply a within=5s\n\
    a create /c \"3\"\nuntil reply a within=5s\nuntil quiet within=5s\n";

#[test]
fn damage_in_a_log_is_seen_at_its_place_and_no_other() {
    let mut lab = ran(&format!(
        "{WRITES}crash 2 power\ndisk 2 flip file=log.100000001 offset=200 bit=3\nbeat flipped\nrun 10ms\n"
    ));
    let frame = at_beat(&mut lab, "flipped");
    let damaged: Vec<(usize, usize)> = frame
        .servers
        .iter()
        .enumerate()
        .flat_map(|(row, server)| {
            let cells = server.cells.iter().enumerate();
            let bad = |(_, cell): &(usize, &crate::view::frame::Cell)| {
                cell.record == InLog::Damaged(Damage::Corrupt)
            };
            cells
                .filter(bad)
                .map(move |(at, _)| (row, at))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(damaged.len(), 1, "{damaged:?}");
    assert_eq!(damaged[0].0, 1, "it is on S2");
    let cell = frame.servers[1].cells[damaged[0].1];
    assert_eq!((cell.state, cell.durable), (CellState::Missing, false));
}

#[test]
fn a_snapshot_is_a_bracket_that_is_fuzzy_while_writes_go_on() {
    let mut lab = ran(&format!(
        "{WRITES}snapshot 1\na create /d \"4\"\nuntil reply a within=5s\na create /e \"5\"\nuntil reply a within=5s\nbeat done\nrun 10ms\n"
    ));
    let frames = frames(&mut lab);
    let spans = |frame: &Frame| frame.servers[0].spans.clone();
    let last = spans(&frames[frames.len() - 1]);
    let newest = last.first().expect("S1 has a snapshot");
    assert!(!newest.writing && newest.durable, "{newest:?}");
    let strip = Strip::fit(&frames[frames.len() - 1].columns, 8);
    assert!(strip.reach(newest.zxid) >= crate::view::strip::Reach::Column(0));
}

#[test]
fn a_backup_leaves_a_gap_that_grows_with_every_write() {
    let mut lab = ran(&format!(
        "{WRITES}backup cold from=1 as=b1\nbeat backed-up\na create /d \"4\"\nuntil reply a within=5s\na create /e \"5\"\n\
         until reply a within=5s\nbeat later\nrun 10ms\n"
    ));
    let frame = at_beat(&mut lab, "backed-up");
    assert_eq!((frame.backups.len(), frame.gap), (1, None));
    let gap = at_beat(&mut lab, "later")
        .gap
        .expect("two writes are in no backup");
    assert_eq!((gap.count, gap.after), (2, frame.backups[0].zxid));
}

#[test]
fn an_election_shows_who_votes_for_whom_and_why_a_vote_changed() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    let frames = frames(&mut lab);
    let seen = |phase| {
        frames
            .iter()
            .filter_map(move |f| f.phase.as_ref().filter(|p| p.phase == phase))
    };
    let reasons: Vec<&str> = seen(Phase::Election)
        .map(|p| p.reason.en.as_str())
        .collect();
    assert!(
        reasons.iter().any(|r| r.contains("changes its vote to S")),
        "{reasons:?}"
    );
    assert!(seen(Phase::Election).any(|p| p.fact.en.contains("a quorum")));
    let slots = seen(Phase::Election).map(|p| p.slots.len()).max();
    assert_eq!(slots, Some(3), "one slot for each voter");
    assert!(
        seen(Phase::Discovery).any(|p| p.slots.iter().any(|s| s.says == "e0" || s.says == "e1"))
    );
    assert!(seen(Phase::Discovery).all(|p| !p.reason.zh.is_empty()));
    assert!(seen(Phase::Synchronization).any(|p| p.slots.iter().any(|s| s.says == "DIFF")));
    assert!(
        frames[frames.len() - 1].phase.is_none(),
        "nothing is shown in broadcast"
    );
}

#[test]
fn a_returning_server_shows_how_far_it_is_behind_with_the_numbers() {
    let mut lab = ran(&format!(
        "{WRITES}crash 2 process\na create /d \"4\"\nuntil reply a within=9s\na create /e \"5\"\nuntil reply a within=9s\n\
         restart 2\nuntil synced 2 within=9s\n"
    ));
    let frames = frames(&mut lab);
    let syncs = frames.iter().filter_map(|f| f.servers[1].sync.as_ref());
    let plans: Vec<_> = syncs.filter(|s| s.why.en != "has everything").collect();
    assert!(!plans.is_empty());
    for plan in plans {
        assert_eq!(plan.mode, SyncMode::Diff, "{plan:?}");
        assert!(plan.what.starts_with("DIFF e"), "{plan:?}");
        assert!(
            plan.told.en.contains("behind") && plan.told.zh.contains("落后"),
            "{plan:?}"
        );
    }
}

#[test]
fn a_partition_parts_the_rows_and_one_cut_link_does_not() {
    let mut lab = ran(&format!(
        "{WRITES}cut 1 2\nbeat link\npartition 1 2,3\nbeat parted\nrun 10ms\n"
    ));
    assert_eq!(at_beat(&mut lab, "link").groups.len(), 1);
    let groups: Vec<usize> = at_beat(&mut lab, "parted")
        .groups
        .iter()
        .map(Vec::len)
        .collect();
    assert_eq!(groups, [1, 2]);
}

#[test]
fn a_message_that_is_lost_is_shown_in_the_step_that_lost_it() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    let frames = frames(&mut lab);
    let lost = |frame: &Frame| frame.lost.iter().filter(|m| m.fate == Fate::Lost).count();
    let steps: Vec<usize> = (0..frames.len())
        .filter(|at| lost(&frames[*at]) > 0)
        .collect();
    assert!(!steps.is_empty());
    assert_eq!(lost(&frames[frames.len() - 1]), 0);
}

#[test]
fn older_columns_are_shown_on_request_and_the_newest_again() {
    let writes: String = (0..60).map(|n| format!("a create /n{n} \"x\"\n")).collect();
    let mut lab = ran(&format!("{WRITES}{writes}until quiet within=60s\n"));
    lab.dispatch(Action::Seek(u64::MAX));
    let newest = lab.frame().columns.clone();
    assert!(newest.later.is_none() && newest.fold.is_some());
    lab.dispatch(Action::Columns(Some(-30)));
    let older = lab.frame().columns.clone();
    let later = older.later.expect("newer columns are folded");
    assert_eq!(later.last, *newest.shown.last().expect("columns"));
    assert_eq!(
        later.first.counter,
        older.shown.last().expect("columns").counter + 1
    );
    assert_eq!(lab.frame().servers[0].cells.len(), older.shown.len());
    assert!(
        lab.frame().servers[0].reaches >= Some(later.last),
        "how far it reaches is not cut"
    );
    lab.dispatch(Action::Columns(Some(5)));
    let nearer = lab.frame().columns.clone();
    assert!(nearer.shown.last() > older.shown.last() && nearer.shown.last() < newest.shown.last());
    lab.dispatch(Action::Columns(None));
    assert_eq!(lab.frame().columns, newest);
}

#[test]
fn what_only_a_snapshot_holds_is_told_from_what_the_log_holds() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    let frame = at_beat(&mut lab, "power-loss");
    let records = frame.servers.iter().map(|row| row.cells[0].record);
    let purged: Vec<bool> = records.map(|record| record == InLog::Purged).collect();
    assert_eq!(
        purged,
        [false, true, false, false],
        "S2 came late and took the tree"
    );
    assert_eq!(frame.servers[1].cells[0].state, CellState::Applied);
    assert!(
        frame.servers[1]
            .spans
            .iter()
            .any(|span| span.zxid >= frame.columns.shown[0])
    );
}

#[test]
fn a_record_that_was_half_written_is_torn_and_not_merely_missing() {
    let mut lab = ran(
        "ensemble servers=3 seed=4\nuntil leader 3 within=10s\nuntil quiet within=5s\nclient a server=2\n\
         until quiet within=5s\ndisk 1 slow=50x\ncrash 1 power at=after-write\na create /order \"torn in two\"\n\
         until crash 1 within=5s\nbeat torn\nrun 10ms\n",
    );
    let frame = at_beat(&mut lab, "torn");
    let last = frame.servers[0].cells.last().expect("the leader has it");
    assert_eq!(last.record, InLog::Damaged(Damage::Torn));
    assert!(last.state == CellState::Missing && !last.durable);
}
