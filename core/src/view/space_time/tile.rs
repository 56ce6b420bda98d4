//! Making a tile: sixteen cells of the picture, woven from the steps in them.
//!
//! A weaver stands before a step and knows what every line is. It takes loud steps one after the other;
//! the world after each says what has become of the lines, the step itself who sent what. It can be
//! asked for its tile at any time, so that the last tile of a run grows with it.

use std::collections::BTreeMap;

use super::super::frame::{EndView, Zx};
use super::super::wire;
use super::state::{self, Flying, Server, State};
use super::{
    Arrow, ArrowEnd, Band, Column, DiskSpan, DiskWork, Fold, Span, TILE, Tile, Written, captions,
    place,
};
use crate::base::{Instant, ServerId};
use crate::history::{StepIndex, loud};
use crate::model::Zxid;
use crate::world::{Actor, Cause, Message, Outcome, Step, World};

/// Makes one tile after the other.
#[derive(Clone, Debug)]
pub struct Weaver {
    tile: Tile,
    state: State,
    /// Since when each line is what it is, within the tile.
    since: BTreeMap<ServerId, Since>,
    era_since: u64,
}

/// Where what goes on now began, in halves.
#[derive(Clone, Copy, Debug)]
struct Since {
    life: u64,
    written: u64,
    snapshot: u64,
}

impl Weaver {
    /// Before the first step of a tile; `world` is what that step will find.
    pub fn new(tile: u64, world: &World, index: &StepIndex) -> Self {
        Self::with(tile, State::of(world, index))
    }

    /// Before the first step of the next tile.
    #[must_use]
    pub fn next_tile(self) -> Self {
        Self::with(self.tile.index + 1, self.state)
    }

    fn with(tile: u64, state: State) -> Self {
        let tile = Tile {
            index: tile,
            ..Tile::default()
        };
        let start = Since {
            life: tile.starts(),
            written: tile.starts(),
            snapshot: tile.starts(),
        };
        Self {
            since: state.servers.keys().map(|id| (*id, start)).collect(),
            era_since: tile.starts(),
            tile,
            state,
        }
    }

    /// Which tile it makes.
    pub const fn index(&self) -> u64 {
        self.tile.index
    }

    /// Takes a loud step in; `world` is behind it.
    pub fn take(&mut self, step: &Step, world: &World, index: &StepIndex) {
        let (Some(cell), Some(brief)) = (index.cell(step.id.0), index.get(step.id.0)) else {
            return;
        };
        let at = cell * 2 + 1;
        if brief.folded {
            self.fold(step, cell, index);
        }
        self.column(step, brief.actor, at, world);
        self.messages(step, at, world);
        for host in world.hosts() {
            let now = state::server(host, world);
            self.server(host.id, now, at, step);
        }
        let era = state::era(world);
        if era != self.state.era {
            self.tile.bands.push(self.band(at));
            self.state.era = era;
            self.era_since = at;
        }
    }

    /// The tile as it is now; `cells` are those of the whole run.
    pub fn tile(&self, cells: u64) -> Tile {
        let to = ((self.tile.index + 1) * TILE).min(cells) * 2;
        let mut tile = self.tile.clone();
        tile.bands.push(self.band(to));
        for (id, server) in &self.state.servers {
            let since = self.since[id];
            tile.spans.push(span(*id, server, since, to));
            let goes_on = Written::GoesOn;
            tile.disks.extend(written(*id, server, since, to, goes_on));
            tile.disks.extend(snapshot(*id, server, since, to));
        }
        let wire = self.state.wire.values();
        tile.open = wire.map(|f| arrow(f, to, ArrowEnd::Flying)).collect();
        tile
    }

    fn fold(&mut self, step: &Step, cell: u64, index: &StepIndex) {
        let last = cell
            .checked_sub(2)
            .and_then(|cell| index.step_at_cell(cell));
        let Some((last, brief)) = last.and_then(|last| Some((last, index.get(last)?))) else {
            return;
        };
        self.tile.folds.push(Fold {
            at: cell * 2 - 1,
            lasts: lasts(brief.at, step.at),
            quiet: step.id.0 - last - 1,
        });
    }

    fn column(&mut self, step: &Step, actor: Actor, at: u64, world: &World) {
        let who = captions::who(step, actor, world);
        let mark = captions::mark(step, who.is_some());
        self.tile.columns.push(Column {
            at,
            step: step.id.0,
            at_us: step.at.0,
            who,
            mark,
            text: captions::sentence(step, world),
            label: captions::label(step, world, mark),
        });
    }

    fn messages(&mut self, step: &Step, at: u64, world: &World) {
        match &step.cause {
            Cause::Delivered(message) => self.ends(message, at, ArrowEnd::Arrived, world),
            Cause::Dropped(message) => self.ends(message, at, ArrowEnd::Dropped, world),
            _ => {}
        }
        for outcome in &step.outcomes {
            match outcome {
                Outcome::Sent(message) if !loud::is_small_talk(message) => {
                    let flying = Flying {
                        message: message.clone(),
                        leaves: at,
                    };
                    self.state.wire.insert(message.id, flying);
                }
                Outcome::Lost(message) => {
                    let lost = ArrowEnd::Lost(done(message, step.at));
                    self.ends(message, at, lost, world);
                }
                _ => {}
            }
        }
    }

    fn ends(&mut self, message: &Message, at: u64, end: ArrowEnd, world: &World) {
        let Some(flying) = self.state.wire.remove(&message.id) else {
            return;
        };
        let mut arrow = arrow(&flying, at.max(flying.leaves + 1), end);
        let near = self.tile.arrows.len().saturating_sub(24);
        place::place(&mut arrow, &self.tile.arrows[near..], |end| {
            line(end, world)
        });
        self.tile.arrows.push(arrow);
    }

    fn server(&mut self, id: ServerId, now: Server, at: u64, step: &Step) {
        let (Some(before), Some(since)) =
            (self.state.servers.insert(id, now), self.since.get_mut(&id))
        else {
            return;
        };
        if before.life != now.life {
            self.tile.spans.push(span(id, &before, *since, at));
            since.life = at;
        }
        let first = |server: &Server| server.written.map(|(first, _)| first);
        if first(&before) != first(&now) {
            let ends = forced(id, step).map_or(Written::Gone, |zxid| Written::Forced(zxid.into()));
            self.tile
                .disks
                .extend(written(id, &before, *since, at, ends));
            since.written = at;
        }
        if before.snapshot != now.snapshot {
            self.tile.disks.extend(snapshot(id, &before, *since, at));
            since.snapshot = at;
        }
    }

    fn band(&self, to: u64) -> Band {
        Band {
            from: self.era_since,
            to,
            era: self.state.era,
        }
    }
}

fn span(server: ServerId, what: &Server, since: Since, to: u64) -> Span {
    Span {
        server,
        from: since.life,
        to,
        life: what.life,
    }
}

fn written(id: ServerId, what: &Server, since: Since, to: u64, ends: Written) -> Option<DiskSpan> {
    let (first, last) = what.written?;
    Some(DiskSpan {
        server: id,
        from: since.written,
        to,
        work: DiskWork::Written {
            first: first.into(),
            last: last.into(),
            ends,
        },
    })
}

fn snapshot(id: ServerId, what: &Server, since: Since, to: u64) -> Option<DiskSpan> {
    Some(DiskSpan {
        server: id,
        from: since.snapshot,
        to,
        work: DiskWork::Snapshot(what.snapshot?.into()),
    })
}

/// The last record that a server's fsync made durable in this step.
fn forced(id: ServerId, step: &Step) -> Option<Zxid> {
    match &step.cause {
        Cause::Synced { records, .. } if step.actor == Actor::Server(id) => {
            records.last().map(|record| record.zxid())
        }
        _ => None,
    }
}

fn arrow(flying: &Flying, ends: u64, end: ArrowEnd) -> Arrow {
    let message = &flying.message;
    Arrow {
        id: message.id,
        from: wire::end(message.from),
        to: wire::end(message.to),
        glyph: wire::glyph(&message.payload),
        zxid: wire::zxid(&message.payload).map(Zx::from),
        leaves: flying.leaves,
        ends,
        end,
        mark_at: 500,
    }
}

/// How much of its way a message had gone, in thousandths; enough to be seen.
fn done(message: &Message, at: Instant) -> u32 {
    let way = message.due.since(message.sent).as_us().max(1);
    let gone = at.since(message.sent).as_us().min(way);
    u32::try_from(gone * 1_000 / way)
        .unwrap_or(1_000)
        .clamp(300, 820)
}

/// Lines counted from the top, roughly: marks are placed by it, lines are not.
fn line(end: EndView, world: &World) -> i64 {
    match end {
        EndView::Server(id) => i64::from(id.0),
        EndView::Client(id) => {
            let client = world.clients().get(usize::from(id.0));
            let server = client
                .and_then(|c| c.first_server())
                .map_or(0, |s| i64::from(s.0));
            let servers = world.hosts().len() as i64;
            if server * 2 <= servers + 1 {
                0
            } else {
                servers + 1
            }
        }
    }
}

/// A length of time as people read it: `1.97 s`, `640 ms`, `2 min`.
fn lasts(from: Instant, to: Instant) -> String {
    let ms = to.since(from).as_ms();
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..100_000 => format!("{}.{:02} s", ms / 1_000, ms % 1_000 / 10),
        _ => format!("{} min", ms / 60_000),
    }
}
