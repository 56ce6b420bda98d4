//! The space-time view of a branch: tiles that are made once, by replay, some steps at a time.
//!
//! ```text
//!   space_time(branch, cells) ──► tiles in the window: kept, or made now, at most [`SLICE`] steps
//!                                 a tile of the past never changes; the last one grows with the run
//!   cone(branch, step)        ──► from the index alone
//!   life(branch, zxid)        ──► a walk over the steps around its proposal
//! ```
//! A tile is made from the world before its first step, so a leap into the middle of a long run costs
//! one checkpoint's distance. Small talk between two columns is leapt over where a checkpoint allows.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Lab;
use super::branch::Line;
use crate::history::{StepIndex, Timeline, Walk, causality};
use crate::model::{Epoch, Zxid};
use crate::view::frame::{EndView, Zx};
use crate::view::space_time::{
    Arrow, ArrowEnd, ConeView, Life, Now, SpaceTime, TILE, Tile, Weaver, lanes,
};
use crate::world::Actor;

/// Steps that are replayed in one call.
const SLICE: u64 = 2_000;
/// Tiles that are kept of a branch.
const KEPT: usize = 64;
/// A window has at most so many tiles.
const WINDOW: u64 = 12;
/// Causes and effects are sought so many steps back and ahead.
const REACH: u64 = 20_000;
/// The life of a write is followed for so many steps.
const LIFE: u64 = 1_200;
/// The arrival of a message beyond the window is sought in so many columns.
const BEYOND: u64 = 64;

/// What was made of each branch.
#[derive(Clone, Debug, Default)]
pub(super) struct SpaceTimes {
    edition: u64,
    branches: BTreeMap<usize, Tiles>,
}

/// The tiles of one branch.
#[derive(Clone, Debug, Default)]
struct Tiles {
    /// With the number of cells that were there when each was made.
    made: BTreeMap<u64, (u64, Arc<Tile>)>,
    weaving: Option<Weaving>,
}

/// A tile that is being made.
#[derive(Clone, Debug)]
struct Weaving {
    tile: u64,
    walk: Walk,
    /// None while the walk is on its way to the first step.
    weaver: Option<Weaver>,
}

impl Lab {
    /// A window of the picture of a branch: the tiles that cover `cells`. While it is not complete, ask
    /// again in the next frame. `differs_from` is the first step that the branch does not share with
    /// the one it is compared with.
    pub fn space_time(
        &mut self,
        branch: usize,
        cells: Range<u64>,
        differs_from: Option<u64>,
    ) -> SpaceTime {
        let Some(line) = self.branches.get(branch).map(Arc::clone) else {
            return SpaceTime::default();
        };
        let index = line.timeline.briefs();
        let tiles = self.space_times.of(branch, self.edition);
        let all = index.cells();
        let first = cells.start.min(all.saturating_sub(1)) / TILE;
        let end = cells.end.min(all).div_ceil(TILE).min(first + WINDOW);
        let complete = tiles.make(first..end, &line.timeline);
        let mut shown = Vec::new();
        for tile in first..end {
            match tiles.known(tile, all) {
                Some(tile) => shown.push(tile),
                None => break,
            }
        }
        let open = shown.last().map(|tile| reach(&tile.open, index));
        SpaceTime {
            cells: all,
            lanes: lanes::lay_out(line.timeline.world()),
            now: now(
                &line,
                self.at,
                (branch == self.branch).then_some(self.frame().now_us),
            ),
            tiles: shown,
            open: open.unwrap_or_default(),
            complete,
            parts_at: differs_from.map(|step| index.cells_before(step) * 2),
        }
    }

    /// What led to a step, and what came of it.
    pub fn cone(&self, branch: usize, step: u64) -> Option<ConeView> {
        let index = self.branches.get(branch)?.timeline.briefs();
        index.get(step)?;
        let past = causality::past(index, step, step.saturating_sub(REACH));
        let future = causality::future(index, step, step.saturating_add(REACH));
        let halves = |edge: &BTreeMap<Actor, u64>, later: bool| {
            let ends = edge.iter().filter_map(|(actor, step)| {
                let who = match actor {
                    Actor::Server(id) => EndView::Server(*id),
                    Actor::Client(id) => EndView::Client(*id),
                    Actor::World => return None,
                };
                let quiet = index.cells_before(*step) * 2;
                let at = index
                    .cell(*step)
                    .map_or(quiet + u64::from(later), |c| c * 2 + 1);
                Some((who, at))
            });
            ends.collect()
        };
        Some(ConeView {
            of: step,
            past: halves(&past.edge, false),
            future: halves(&future.edge, true),
        })
    }

    /// The life of a write, as far as this branch has it.
    pub fn life(&self, branch: usize, zx: Zx) -> Option<Life> {
        let line = self.branches.get(branch)?;
        let zxid = Zxid::new(Epoch(zx.epoch), zx.counter);
        let proposed = line.timeline.monitor().first_seen(zxid)?.0;
        let mut life = Life {
            zxid: zx,
            ..Life::default()
        };
        let index = line.timeline.briefs();
        let sender = |step: u64| index.get(step)?.sender;
        let passed_on = sender(proposed);
        let asked = passed_on.and_then(sender).or(passed_on);
        let mut walk = line.timeline.walk(asked.unwrap_or(proposed));
        while walk.at() < proposed.saturating_add(LIFE) {
            let here = walk.at();
            let is_loud = index.get(here).is_some_and(|brief| brief.loud);
            let Some(step) = walk.next(&line.timeline) else {
                break;
            };
            let at = index.cell(here).map_or(0, |cell| cell * 2 + 1);
            if Some(here) == asked || Some(here) == passed_on {
                life.ask(&step, at, walk.world());
            } else if is_loud && here >= proposed {
                life.take(&step, at, zxid, walk.world());
            }
        }
        copies(&mut life, line, zxid, proposed);
        Some(life)
    }
}

/// The first snapshot of each server and the first backup that hold it.
fn copies(life: &mut Life, line: &Line, zxid: Zxid, proposed: u64) {
    let (index, monitor) = (line.timeline.briefs(), line.timeline.monitor());
    let mut seen = Vec::new();
    for copy in line.chronicle.copies() {
        let kind = (
            copy.backup.is_none().then_some(copy.server),
            copy.backup.is_some(),
        );
        let holds = copy.to >= zxid && monitor.leads_to(zxid, copy.to);
        if copy.step < proposed || !holds || seen.contains(&kind) {
            continue;
        }
        seen.push(kind);
        let at = index.cell(copy.step).map_or(0, |cell| cell * 2 + 1);
        match &copy.backup {
            Some(name) => life.backup(copy.step, at, name),
            None => life.snapshot(copy.step, at, copy.server, copy.to),
        }
    }
}

/// Where the moment after so many steps stands in the picture.
fn now(line: &Line, shown: u64, us: Option<u64>) -> Now {
    let index = line.timeline.briefs();
    let shown = shown.min(index.len());
    let cells = index.cells_before(shown);
    let last = shown.checked_sub(1).and_then(|step| index.get(step));
    let waits = index.step_at_cell(cells).and_then(|step| index.get(step));
    let at = match last {
        Some(last) if last.loud => cells * 2 - 1,
        // Between two columns, or in the middle of folded silence.
        _ if cells > 0 => cells * 2 + u64::from(waits.is_some_and(|next| next.folded)),
        _ => 0,
    };
    Now {
        at,
        us: us.or(last.map(|last| last.at.0)).unwrap_or(0),
        step: cells
            .checked_sub(1)
            .and_then(|cell| index.step_at_cell(cell)),
        open: shown == index.len(),
    }
}

/// Messages that are on the wire at the end of a window, drawn to where they will end.
fn reach(open: &[Arrow], index: &StepIndex) -> Vec<Arrow> {
    let beyond = open.first().map_or(0, |arrow| arrow.ends / 2);
    let later: Vec<(u64, Option<u64>, Option<EndView>)> = (beyond..beyond + BEYOND)
        .filter_map(|cell| {
            let brief = index.get(index.step_at_cell(cell)?)?;
            let who = match brief.actor {
                Actor::Server(id) => Some(EndView::Server(id)),
                Actor::Client(id) => Some(EndView::Client(id)),
                Actor::World => None,
            };
            Some((cell * 2 + 1, brief.sender, who))
        })
        .collect();
    let mut open = open.to_vec();
    for arrow in &mut open {
        let sender = index.step_at_cell(arrow.leaves / 2);
        let found = later
            .iter()
            .find(|(_, from, who)| *from == sender && *who == Some(arrow.to));
        if let Some((at, ..)) = found {
            arrow.ends = *at;
            arrow.end = ArrowEnd::Arrived;
        }
    }
    open
}

impl SpaceTimes {
    /// What was made of a branch; an edit makes everything anew.
    fn of(&mut self, branch: usize, edition: u64) -> &mut Tiles {
        if self.edition != edition {
            self.edition = edition;
            self.branches.clear();
        }
        self.branches.entry(branch).or_default()
    }
}

impl Tiles {
    /// A tile, if it was made and the run has not grown in it since.
    fn known(&self, tile: u64, cells: u64) -> Option<Arc<Tile>> {
        let end = (tile + 1) * TILE;
        let (then, made) = self.made.get(&tile)?;
        let same = (*then).min(end) == cells.min(end);
        same.then(|| Arc::clone(made))
    }

    /// Makes what is missing, up to a limit. True when nothing is missing.
    fn make(&mut self, window: Range<u64>, timeline: &Timeline) -> bool {
        let cells = timeline.briefs().cells();
        let mut left = SLICE;
        for tile in window.clone() {
            if self.known(tile, cells).is_some() {
                continue;
            }
            let weaving = match self.weaving.take() {
                Some(weaving) if weaving.tile == tile => weaving,
                Some(weaving) if weaving.is_before(tile, timeline) => weaving.go_on(),
                _ => Weaving::new(tile, timeline),
            };
            let (weaving, done) = weaving.weave(timeline, &mut left);
            if let Some(weaver) = weaving.weaver.as_ref().filter(|_| done) {
                self.made
                    .insert(tile, (cells, Arc::new(weaver.tile(cells))));
            }
            self.weaving = Some(weaving);
            if !done {
                return false;
            }
        }
        while self.made.len() > KEPT {
            let far = |tile: &u64| tile.abs_diff(window.start);
            let Some(farthest) = self.made.keys().copied().max_by_key(far) else {
                break;
            };
            self.made.remove(&farthest);
        }
        true
    }
}

impl Weaving {
    /// On the way to the first step of a tile.
    fn new(tile: u64, timeline: &Timeline) -> Self {
        Self {
            tile,
            walk: timeline.walk(first_step(tile, timeline)),
            weaver: None,
        }
    }

    /// Does it stand at the end of the tile before that one?
    fn is_before(&self, tile: u64, timeline: &Timeline) -> bool {
        let behind = self.weaver.is_some() && self.tile + 1 == tile;
        behind && next_loud(&self.walk, timeline) == Some(first_step(tile, timeline))
    }

    fn go_on(self) -> Self {
        Self {
            tile: self.tile + 1,
            walk: self.walk,
            weaver: self.weaver.map(Weaver::next_tile),
        }
    }

    /// Goes on to the end of the tile, or of the run, or until nothing is left to spend.
    fn weave(mut self, timeline: &Timeline, left: &mut u64) -> (Self, bool) {
        let index = timeline.briefs();
        let first = first_step(self.tile, timeline);
        while self.weaver.is_none() {
            if self.walk.at() >= first {
                let weaver = Weaver::new(self.tile, self.walk.world(), index);
                self.weaver = Some(weaver);
            } else if *left == 0 || self.walk.next(timeline).is_none() {
                return (self, false);
            } else {
                *left -= 1;
            }
        }
        let end = first_step(self.tile + 1, timeline);
        while let Some(loud) = next_loud(&self.walk, timeline).filter(|loud| *loud < end) {
            self.walk.leap(timeline, loud);
            if *left == 0 {
                return (self, false);
            }
            *left -= 1;
            let at = self.walk.at();
            let Some(step) = self.walk.next(timeline) else {
                break;
            };
            if let Some(weaver) = self.weaver.as_mut().filter(|_| at == loud) {
                weaver.take(&step, self.walk.world(), index);
            }
        }
        (self, true)
    }
}

/// The first loud step of a tile; the end of the run when it has none.
fn first_step(tile: u64, timeline: &Timeline) -> u64 {
    let index = timeline.briefs();
    index.step_at_cell(tile * TILE).unwrap_or(index.len())
}

/// The next loud step of a walk.
fn next_loud(walk: &Walk, timeline: &Timeline) -> Option<u64> {
    let index = timeline.briefs();
    index.step_at_cell(index.cells_before(walk.at()))
}
