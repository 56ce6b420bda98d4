//! From the world to the frame.

use std::collections::BTreeSet;

use super::frame::{
    ByteScale, CellState, Columns, EnsembleView, Fate, Fold, Frame, Lamp, ServerRow, Zx,
};
use super::memory::Recall;
use super::rows::Source;
use super::shelf::Shelf;
use super::{cargo, clients, cover, phase, said, verdict, wire};
use crate::base::{Gather, Order, ServerId};
use crate::model::{Epoch, Zxid};
use crate::protocol::zab::Peer;
use crate::protocol::zab::state::Phase;
use crate::world::{Cause, Message, Outcome, RequestOutcome, Step, World};

/// Columns of a frame; a page shows as many as it has room for.
const COLUMNS: usize = 24;
/// Messages of a frame; more cannot be told apart.
const MESSAGES: usize = 150;
/// Requests of a client that are looked at, newest first.
pub(super) const HISTORY: usize = 64;
/// Bytes of a log that a disk bar shows.
const BAR: u64 = 4_096;

/// What a frame is made from.
pub struct Sight<'a> {
    /// The world after the step.
    pub world: &'a World,
    /// The step that led here; none at the start.
    pub step: Option<&'a Step>,
    /// Says whether the ensemble has committed a transaction.
    pub is_committed: &'a dyn Fn(Zxid) -> bool,
    /// Who leads now, if it began without that transaction of an earlier epoch.
    pub overruled: &'a dyn Fn(Zxid) -> Option<(Epoch, ServerId)>,
    /// The newest transaction that is committed.
    pub committed: Zxid,
    /// How many transactions behind this one are committed.
    pub behind: &'a dyn Fn(Zxid) -> u64,
    /// What was noted before.
    pub recall: Recall<'a>,
    /// The newest transaction to be shown as a column; the newest there is when the reader did not
    /// ask for older ones.
    pub until: Option<Zxid>,
    /// I1 to I6.
    pub lamps: Vec<Lamp>,
}

impl Frame {
    /// The frame of a moment. `shelf` only saves work.
    pub fn of(sight: Sight<'_>, shelf: &mut Shelf) -> Self {
        let Sight { world, step, .. } = sight;
        let until = sight.until.unwrap_or(Zxid(i64::MAX));
        let mut sources: Vec<Source<'_>> = world
            .hosts()
            .iter()
            .map(|host| {
                let tail = shelf.tail(host.id, &host.disk, COLUMNS, until);
                Source::of(host, tail, sight.recall)
            })
            .collect();
        note_told(world, &mut sources);
        let zxids = newest(&sources, until);
        let servers = rows(&sight, &sources, &zxids);
        let columns = columns(&sight, &sources, &zxids);
        let verdict = zxids.len().checked_sub(1).map(|last| {
            let at = columns.lens.unwrap_or(last);
            let fate = verdict::Fate {
                committed: (sight.is_committed)(zxids[at]),
                overruled: (sight.overruled)(zxids[at]),
            };
            verdict::verdict(world, &servers, at, zxids[at], fate)
        });
        Self {
            step: world.steps(),
            now_us: world.now().0,
            digest: format!("{:#018x}", world.digest()),
            ensemble: ensemble(world),
            scale: scale(&servers),
            messages: messages(world),
            lost: lost(step)
                .take(MESSAGES)
                .map(|m| wire::view(m, world.clients(), Fate::Lost))
                .collect(),
            cuts: world
                .cuts()
                .map(|(a, b)| (wire::end(a), wire::end(b)))
                .collect(),
            groups: cover::groups(world),
            backups: cover::backups(world),
            gap: cover::gap(world, sight.committed, sight.behind),
            cargo: cargo::cargo(world, step),
            clients: clients::views(world, step),
            store: clients::store(world, step),
            caption: said::caption(world, step),
            phase: phase::phase(world, &servers, sight.recall),
            verdict,
            columns,
            servers,
            lamps: sight.lamps,
        }
    }
}

fn ensemble(world: &World) -> EnsembleView {
    let config = world.config();
    let count = |list: &[ServerId]| u8::try_from(list.len()).unwrap_or(u8::MAX);
    let own = config.profile.switches();
    EnsembleView {
        voters: count(&config.ensemble.voters),
        observers: count(&config.ensemble.observers),
        majority: u8::try_from(config.ensemble.majority_size()).unwrap_or(u8::MAX),
        tick_ms: config.tick.as_ms(),
        init_limit: config.init_limit,
        sync_limit: config.sync_limit,
        profile: config.profile.name().to_owned(),
        force_sync: config.force_sync,
        off: config
            .switches
            .off()
            .filter(|s| own.on(*s))
            .map(|s| s.card().name.to_owned())
            .collect(),
    }
}

/// Marks what servers have told clients.
fn note_told(world: &World, sources: &mut [Source<'_>]) {
    for client in world.clients() {
        for invocation in client.history.iter().rev().take(HISTORY) {
            if let RequestOutcome::Told {
                txn: Some(zxid),
                server,
                ..
            } = &invocation.outcome
                && let Some(source) = sources.iter_mut().find(|s| s.host.id == *server)
            {
                source.told.insert(*zxid);
            }
        }
    }
}

/// The zxids of the columns, ascending. Where no log holds any, the end of the newest snapshot stands for
/// all that is in it: so it is after a restore.
fn newest(sources: &[Source<'_>], until: Zxid) -> Vec<Zxid> {
    let counts = |zxid: &Zxid| is_transaction(zxid) && *zxid <= until;
    let logged = sources.iter().flat_map(Source::zxids).filter(counts);
    let mut all: BTreeSet<Zxid> = logged.gather();
    if all.is_empty() {
        let snapshots = sources.iter().filter_map(|source| source.tail.snapshot());
        all.extend(snapshots.filter(counts).max());
    }
    let skip = all.len().saturating_sub(COLUMNS);
    all.into_iter().skip(skip).collect()
}

/// An epoch begins at counter 0; a file or a history may end there, but no transaction has that number.
fn is_transaction(zxid: &Zxid) -> bool {
    zxid.counter() > 0
}

fn rows(sight: &Sight<'_>, sources: &[Source<'_>], zxids: &[Zxid]) -> Vec<ServerRow> {
    let committed: Vec<bool> = zxids.iter().map(|z| (sight.is_committed)(*z)).collect();
    let row = |source: &Source<'_>| {
        let mut row = source.row(sight.world, sight.step);
        let columns = zxids.iter().zip(&committed);
        row.cells = columns
            .map(|(zxid, committed)| source.cell(*zxid, *committed))
            .collect();
        // Older transactions are as far as the oldest one shown, which follows them.
        if let (Some(first), Some(last)) = (zxids.first(), last_folded(sources, zxids)) {
            row.fold.state = folded(source, last, row.cells[0].state);
            row.fold.durable = source.is_durable_before(*first);
        }
        row
    };
    sources.iter().map(row).collect()
}

/// What a server holds of everything up to `last`: all of it, or it counts as missing. How far one
/// comes that holds a part is in [`ServerRow::reaches`].
fn folded(source: &Source<'_>, last: Zxid, at_next: CellState) -> CellState {
    let applied = source.host.process.as_ref().map(|p| p.status().applied);
    let holds = at_next >= CellState::Durable
        || source.tail.snapshot() >= Some(last)
        || source.zxids().any(|zxid| zxid == last);
    match applied {
        Some(applied) if applied >= last => CellState::Applied,
        _ if holds => CellState::Committed,
        _ => CellState::Missing,
    }
}

fn columns(sight: &Sight<'_>, sources: &[Source<'_>], zxids: &[Zxid]) -> Columns {
    let is_open = |z: &Zxid| *z > sight.committed && (sight.overruled)(*z).is_none();
    let open = (0..zxids.len()).filter(|at| is_open(&zxids[*at])).collect();
    let later = sight.until.and_then(|until| later(sources, until));
    let lens = zxids.last().is_some_and(|last| *last > sight.committed) && later.is_none();
    let statuses = || {
        sources
            .iter()
            .filter_map(|s| s.host.process.as_ref())
            .map(Peer::status)
    };
    let mut leaders: Vec<(i64, ServerId)> = statuses()
        .filter(|s| s.phase == Phase::Broadcast)
        .filter_map(|s| Some((s.current.0, s.leader?)))
        .collect();
    leaders.order();
    leaders.dedup();
    let newest_epoch = statuses().map(|s| s.accepted.0).max().unwrap_or(0);
    let last_epoch = zxids.last().map_or(0, |z| z.epoch().0);
    Columns {
        fold: fold(sources, zxids),
        shown: zxids.iter().map(|z| Zx::from(*z)).collect(),
        later,
        open,
        lens: lens.then(|| zxids.len() - 1),
        leaders,
        next_epoch: (newest_epoch > last_epoch).then_some(newest_epoch),
    }
}

/// What lies behind the newest column that the reader asked for.
fn later(sources: &[Source<'_>], until: Zxid) -> Option<Fold> {
    let logged = sources.iter().flat_map(|s| [s.tail.next, s.tail.newest]);
    let known = logged
        .flatten()
        .chain(sources.iter().flat_map(Source::zxids));
    let behind: BTreeSet<Zxid> = known.filter(|z| *z > until && is_transaction(z)).gather();
    let (first, last) = (*behind.first()?, *behind.last()?);
    let count = if first.epoch() == last.epoch() {
        u64::from(last.counter() - first.counter()) + 1
    } else {
        behind.len() as u64
    };
    Some(Fold {
        first: first.into(),
        last: last.into(),
        count,
    })
}

/// The last transaction before the columns, if anybody knows of one.
fn last_folded(sources: &[Source<'_>], zxids: &[Zxid]) -> Option<Zxid> {
    let first_shown = *zxids.first()?;
    let last = older(sources, first_shown).last().copied()?;
    Some(if last.epoch() == first_shown.epoch() {
        Zxid(first_shown.0 - 1)
    } else {
        last
    })
}

fn older(sources: &[Source<'_>], first_shown: Zxid) -> BTreeSet<Zxid> {
    let known = sources.iter().flat_map(Source::zxids);
    let oldest = sources.iter().filter_map(|s| s.tail.first);
    let snapshots = sources.iter().filter_map(|s| s.tail.snapshot());
    let all = known.chain(oldest).chain(snapshots);
    all.filter(|z| *z < first_shown && is_transaction(z))
        .gather()
}

fn fold(sources: &[Source<'_>], zxids: &[Zxid]) -> Option<Fold> {
    let first_shown = *zxids.first()?;
    let all = older(sources, first_shown);
    let (first, last) = (*all.first()?, last_folded(sources, zxids)?);
    let count = if first.epoch() == last.epoch() {
        u64::from(last.counter() - first.counter()) + 1
    } else {
        all.len() as u64
    };
    Some(Fold {
        first: first.into(),
        last: last.into(),
        count,
    })
}

/// One scale for all bars: from the start of the file, or its last few kilobytes.
fn scale(rows: &[ServerRow]) -> ByteScale {
    let disks = || rows.iter().map(|row| &row.disk);
    let mut files: Vec<&String> = disks().filter_map(|d| d.file.as_ref()).collect();
    files.dedup();
    let to = disks()
        .map(|d| d.durable + d.pending + d.lost)
        .max()
        .unwrap_or(0);
    ByteScale {
        file: match files.as_slice() {
            [one] => Some((*one).clone()),
            _ => None,
        },
        from: if to > BAR {
            (to - BAR) / 1_024 * 1_024
        } else {
            0
        },
        to: to.max(64),
    }
}

/// The newest messages on the wire.
fn messages(world: &World) -> Vec<super::frame::MessageView> {
    let mut flying: Vec<_> = world.in_flight().collect();
    flying.order_by_key(|m| m.id);
    let skip = flying.len().saturating_sub(MESSAGES);
    let newest = flying.into_iter().skip(skip);
    newest
        .map(|m| wire::view(m, world.clients(), wire::pace(m, world)))
        .collect()
}

/// Messages that this step lost, or that reached nobody.
fn lost(step: Option<&Step>) -> impl Iterator<Item = &Message> {
    let unheard = step.and_then(|step| match &step.cause {
        Cause::Dropped(message) => Some(&**message),
        _ => None,
    });
    let outcomes = step.map_or(&[][..], |step| &step.outcomes);
    let on_the_way = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Lost(message) => Some(&**message),
        _ => None,
    });
    unheard.into_iter().chain(on_the_way)
}
