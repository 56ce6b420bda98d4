//! The space-time view pulled as the page pulls it.

use super::*;
use crate::view::frame::{EndView, Glyph, Zx};
use crate::view::space_time::{
    ArrowEnd, Column, DiskWork, Mark, SpaceTime, Standing, StationKind, TILE, Tile, Written,
};

const EVERYTHING: std::ops::Range<u64> = 0..u64::MAX;

/// A window, asked for until it is complete.
fn window(lab: &mut Lab, cells: std::ops::Range<u64>) -> SpaceTime {
    let branch = lab.transport().branch;
    for _ in 0..10_000 {
        let window = lab.space_time(branch, cells.clone(), None);
        if window.complete {
            return window;
        }
    }
    panic!("the window never becomes complete");
}

/// Every tile of a run.
fn tiles(lab: &mut Lab) -> Vec<std::sync::Arc<Tile>> {
    let cells = window(lab, 0..1).cells;
    let all = (0..cells.div_ceil(TILE)).map(|tile| {
        let window = window(lab, tile * TILE..tile * TILE + 1);
        std::sync::Arc::clone(&window.tiles[0])
    });
    all.collect()
}

fn columns(tiles: &[std::sync::Arc<Tile>]) -> Vec<&Column> {
    tiles.iter().flat_map(|tile| &tile.columns).collect()
}

/// Things on the page that a window becomes, as the page draws them at most.
fn elements(window: &SpaceTime) -> usize {
    let lanes = window.lanes.len();
    let of = |tile: &Tile| {
        tile.columns.len() * 6
            + tile.folds.len() * (lanes + 2)
            + tile.bands.len() * 5
            + tile.spans.len()
            + tile.disks.len() * 3
            + tile.arrows.len() * 4
    };
    let tiles: usize = window.tiles.iter().map(|tile| of(tile)).sum();
    tiles + window.open.len() * 4 + lanes * 5
}

#[test]
fn columns_are_in_order_and_stand_where_the_index_says() {
    for (id, _) in Lab::scenarios() {
        let mut lab = Lab::open(Some(&id));
        let tiles = tiles(&mut lab);
        let columns = columns(&tiles);
        assert!(!columns.is_empty(), "{id}");
        assert!(
            columns.is_sorted_by(|a, b| a.at < b.at && a.step < b.step),
            "{id}"
        );
        for tile in &tiles {
            let inside = tile.starts()..tile.starts() + 2 * TILE;
            assert!(tile.columns.iter().all(|c| inside.contains(&c.at)), "{id}");
            assert!(tile.arrows.iter().all(|a| a.leaves < a.ends), "{id}");
        }
    }
}

#[test]
fn a_tile_is_the_same_wherever_the_making_began() {
    for id in [
        "leader-power-loss",
        "minority-partition",
        "old-backup-shipped",
        "recipe-lock",
    ] {
        let mut lab = Lab::open(Some(id));
        let in_order = tiles(&mut lab);
        for tile in in_order.iter().rev() {
            let mut fresh = Lab::open(Some(id));
            let cell = tile.index * TILE;
            let alone = window(&mut fresh, cell..cell + 1);
            assert_eq!(alone.tiles[0], *tile, "{id}, tile {}", tile.index);
        }
    }
}

#[test]
fn a_power_loss_leaves_lost_messages_a_dead_line_and_an_era_without_a_leader() {
    let mut lab = Lab::open(Some("leader-power-loss"));
    let tiles = tiles(&mut lab);
    let columns = columns(&tiles);
    let mut deaths = columns.iter().filter(|c| c.mark == Mark::Death);
    let death = deaths.next().expect("the leader dies");
    let label = death.label.as_ref().map(|l| l.en.as_str());
    assert!(label.is_some_and(|label| label.ends_with(" loses power")));
    let bands = tiles.iter().flat_map(|tile| &tile.bands);
    let led = bands
        .filter(|b| b.era.leader.is_some())
        .map(|b| b.era.leader);
    let leader = led.map(|leader| leader.map(EndView::Server)).next();
    assert_eq!(Some(death.who), leader);
    let arrows = tiles.iter().flat_map(|tile| &tile.arrows);
    let ended_there: Vec<_> = arrows.filter(|a| a.ends == death.at).collect();
    assert!(
        ended_there
            .iter()
            .any(|a| matches!(a.end, ArrowEnd::Lost(way) if way < 1_000))
    );
    let spans = tiles.iter().flat_map(|tile| &tile.spans);
    assert!(
        spans
            .clone()
            .any(|s| s.life == Standing::Down && s.from == death.at)
    );
    let bands: Vec<_> = tiles.iter().flat_map(|tile| &tile.bands).collect();
    assert!(
        bands
            .iter()
            .any(|b| b.from == death.at && b.era.leader.is_none())
    );
    assert!(
        bands.iter().any(|b| b.era.epoch == Some(2)),
        "a second leader is established"
    );
}

#[test]
fn a_write_and_its_fsync_are_a_dash_that_ends_in_a_tick() {
    let mut lab = at_end(SCRIPT);
    let tiles = tiles(&mut lab);
    let disks = tiles.iter().flat_map(|tile| &tile.disks);
    let forced = disks.filter(|d| match &d.work {
        DiskWork::Written { ends, .. } => matches!(ends, Written::Forced(_)),
        DiskWork::Snapshot(_) => false,
    });
    let servers: std::collections::BTreeSet<_> = forced.map(|d| d.server).collect();
    assert_eq!(servers.len(), 3, "every server forces what it wrote");
}

#[test]
fn silence_is_one_cell_and_small_talk_none() {
    let script = "zablab 1
ensemble servers=3 seed=7
until leader within=5s
run 60s
client a server=1
run 1s
";
    let mut lab = at_end(script);
    let steps = lab.transport().total;
    let window = window(&mut lab, EVERYTHING);
    assert!(steps > 500, "a minute of pings");
    assert!(
        window.cells < 150,
        "{} cells of {steps} steps",
        window.cells
    );
    let folds: Vec<_> = window.tiles.iter().flat_map(|t| &t.folds).collect();
    let minute = folds.iter().find(|fold| fold.quiet > 400).expect("a fold");
    assert!(
        minute.lasts.starts_with("59") || minute.lasts.starts_with("60"),
        "{}",
        minute.lasts
    );
    let arrows = window.tiles.iter().flat_map(|t| &t.arrows);
    assert!(!arrows.clone().any(|a| a.glyph == Glyph::Ping));
}

#[test]
fn what_is_on_the_wire_now_crosses_now_and_is_open_at_the_head() {
    let mut lab = lab();
    let total = lab.transport().total;
    let mut flying = 0;
    for step in 0..=total {
        lab.dispatch(Action::Seek(step));
        let shown = window(&mut lab, EVERYTHING);
        let now = shown.now.at;
        let ended = shown.tiles.iter().flat_map(|t| &t.arrows);
        let drawn = ended.chain(&shown.open).filter(|a| a.crosses(now)).count();
        let loud = |m: &&crate::view::frame::MessageView| m.glyph != Glyph::Ping;
        let on_wire = lab.frame().messages.iter().filter(loud).count();
        assert_eq!(drawn, on_wire, "at step {step}");
        flying += on_wire;
    }
    assert!(flying > 20);
    let head = window(&mut lab, EVERYTHING);
    assert!(head.now.open);
}

#[test]
fn the_last_tile_grows_with_the_run() {
    let mut lab = lab();
    let total = lab.transport().total;
    lab.dispatch(Action::Seek(total));
    let before = window(&mut lab, EVERYTHING);
    lab.dispatch(Action::Write(ServerId(1)));
    for _ in 0..30 {
        lab.dispatch(Action::Step(1));
        window(&mut lab, EVERYTHING);
    }
    let after = window(&mut lab, EVERYTHING);
    assert!(after.cells > before.cells + 5);
    let mut fresh = lab.clone();
    fresh.edition += 1;
    assert_eq!(window(&mut fresh, EVERYTHING), after);
}

#[test]
fn the_cone_of_an_ack_holds_its_proposal_and_the_commit() {
    let mut lab = at_end(SCRIPT);
    let window = window(&mut lab, EVERYTHING);
    let arrows: Vec<_> = window.tiles.iter().flat_map(|t| &t.arrows).collect();
    let zxid = Some(Zx {
        epoch: 1,
        counter: 2,
    });
    let of = |glyph| arrows.iter().find(|a| a.glyph == glyph && a.zxid == zxid);
    let (ack, proposal, commit) = (of(Glyph::Ack), of(Glyph::Proposal), of(Glyph::Commit));
    let (ack, proposal, commit) = (
        ack.expect("ack"),
        proposal.expect("proposal"),
        commit.expect("commit"),
    );
    let columns: Vec<_> = window.tiles.iter().flat_map(|t| &t.columns).collect();
    let sent = columns
        .iter()
        .find(|c| c.at == ack.leaves)
        .expect("a column");
    let cone = lab.cone(0, sent.step).expect("a cone");
    assert!(cone.has(proposal.from, proposal.leaves));
    assert!(cone.has_arrow(ack));
    assert!(cone.has(commit.to, commit.ends), "what came of it");
    let elsewhere = columns
        .iter()
        .find(|c| !c.who.is_none_or(|who| cone.has(who, c.at)));
    assert!(elsewhere.is_some(), "not everything is connected");
}

#[test]
fn the_life_of_a_write_goes_from_the_client_to_the_answer() {
    let mut lab = at_end(SCRIPT);
    let zx = Zx {
        epoch: 1,
        counter: 2,
    };
    let life = lab.life(0, zx).expect("it was written");
    let kinds: Vec<_> = life.stations.iter().map(|s| s.kind).collect();
    assert_eq!(kinds[0], StationKind::Asked);
    for kind in [
        StationKind::Proposed,
        StationKind::Forced,
        StationKind::Committed,
        StationKind::Applied,
        StationKind::Told,
    ] {
        let known = life.stations.iter().any(|s| s.kind >= kind);
        assert!(known, "{kind:?} in {kinds:?}");
    }
    assert!(life.stations.is_sorted_by_key(|s| s.step));
    let said = life.stations.iter().map(|s| &s.text);
    assert!(said.clone().all(|t| !t.en.is_empty() && !t.zh.is_empty()));
    let shown = window(&mut lab, EVERYTHING);
    let carried = shown.tiles.iter().flat_map(|t| &t.arrows);
    assert!(carried.filter(|a| life.has_arrow(a)).count() >= 6);
    assert_eq!(
        lab.life(
            0,
            Zx {
                epoch: 9,
                counter: 9
            }
        ),
        None
    );
}

#[test]
fn a_forwarded_write_and_a_backup_are_stations() {
    let script = "zablab 1
ensemble servers=3 seed=7
until leader within=5s
client a server=1
client b server=2
run 200ms
a create /x \"1\"
b create /y \"1\"
run 200ms
backup cold from=1 as=b1
";
    let lab = at_end(script);
    let lives = (1..8).filter_map(|counter| lab.life(0, Zx { epoch: 1, counter }));
    let stations: Vec<_> = lives.flat_map(|life| life.stations).collect();
    assert!(stations.iter().any(|s| s.kind == StationKind::Forwarded));
    assert!(stations.iter().any(|s| s.kind == StationKind::Backup));
}

#[test]
fn many_clients_share_the_last_lines() {
    let mut script = "zablab 1\nensemble servers=3 seed=7\nuntil leader within=5s\n".to_owned();
    for client in 0..12 {
        script.push_str(&format!("client c{client} server={}\n", client % 3 + 1));
    }
    let mut lab = at_end(&script);
    let lanes = window(&mut lab, 0..1).lanes;
    assert!(lanes.len() <= 9);
    let clients: usize = lanes
        .iter()
        .filter(|lane| lane.disk.is_none())
        .map(|lane| 1 + lane.others.len())
        .sum();
    assert_eq!(clients, 12);
    assert!(lanes.is_sorted_by(|a, b| a.at < b.at));
    assert!(
        lanes
            .iter()
            .all(|lane| lane.disk.unwrap_or(lane.at) < 100_000)
    );
}

/// A long run with writes all the time.
fn long_run(writes: usize) -> Lab {
    let mut script = "zablab 1\nensemble servers=5 seed=3\nuntil leader within=5s\nclient a server=2\nrun 1s\na create /x \"0\"\nrun 1s\n".to_owned();
    for write in 0..writes {
        script.push_str(&format!("a set /x \"{write}\"\nrun 5s\n"));
    }
    at_end(&script)
}

#[test]
fn a_window_of_a_long_run_is_small_and_costs_slices() {
    let mut lab = long_run(720);
    let total = lab.transport().total;
    let cells = window(&mut lab, 0..1).cells;
    assert!(
        total > 100_000 && cells > 10_000,
        "{total} steps, {cells} cells"
    );
    for start in [0, cells / 3, cells / 2, cells - 40] {
        let window = window(&mut lab, start..start + 96);
        assert!(elements(&window) <= 2_000, "{} elements", elements(&window));
        assert!(window.tiles.len() <= 8);
    }
    let index = lab.line().timeline.briefs();
    for cell in (0..cells).step_by(97) {
        let step = index.step_at_cell(cell).expect("a step");
        let own = index.cell(step).expect("it is loud");
        assert!(own == cell || own == cell + 1 && index.get(step).is_some_and(|b| b.folded));
    }
}
