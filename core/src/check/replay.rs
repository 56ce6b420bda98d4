//! Ghost databases: what the tree must be after any prefix of the committed sequence.
//!
//! One database follows the committed sequence, some way behind; copies of it stay as marks. Since
//! databases share their nodes, a mark costs what changed since the one before. A question about a
//! place replays from the nearest mark, at most [`MARK_EVERY`] transactions.
//!
//! The ghost applies each transaction once and in order, by the right rules of the tree, never from
//! a snapshot: that is what recovery has to be equal to.

use std::sync::Arc;

use rpds::VectorSync;

use super::ghost::Ghost;
use crate::base::ServerId;
use crate::model::{Record, Zxid};
use crate::tree::{Database, TreeRules};

/// Distance of the marks, in transactions.
const MARK_EVERY: usize = 1024;
/// How far the head may fall behind before it catches up on its own.
const LAG_MAX: usize = 256;

/// Databases along the committed sequence.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    /// The database after `places` transactions of the sequence.
    head: Database,
    places: usize,
    /// The database after every multiple of [`MARK_EVERY`].
    marks: VectorSync<Arc<Database>>,
    /// Where joint restores turned the sequence.
    turns: VectorSync<Turn>,
}

/// A place where a joint restore turned the sequence.
#[derive(Clone, Debug)]
struct Turn {
    places: usize,
    /// What the sequence gave there before any restore.
    before: Arc<Database>,
    /// What it goes on from: the same, or the same without sessions.
    after: Arc<Database>,
}

impl Replay {
    pub(super) fn new() -> Self {
        Self::starting_from(Database::new())
    }

    /// The sequence continues an older history whose outcome is `base`.
    pub(super) fn starting_from(base: Database) -> Self {
        let mut marks = VectorSync::new_sync();
        marks.push_back_mut(Arc::new(base.clone()));
        Self {
            head: base,
            places: 0,
            marks,
            turns: VectorSync::new_sync(),
        }
    }

    /// Lets the head catch up when it is far behind.
    pub(super) fn keep_up(&mut self, committed: &VectorSync<Arc<Record>>) {
        if committed.len() - self.places >= LAG_MAX {
            self.catch_up(committed, committed.len());
        }
    }

    /// From `places` on the sequence is another one, and begins from `base`: what the sequence gave
    /// there, or that without its sessions.
    pub(super) fn rewind(&mut self, places: usize, base: Database) {
        while self.marks.len() > places.div_ceil(MARK_EVERY) {
            self.marks.drop_last_mut();
        }
        let after = Arc::new(base.clone());
        let mut before = Arc::clone(&after);
        while let Some(turn) = self.turns.last().filter(|turn| turn.places >= places) {
            if turn.places == places {
                before = Arc::clone(&turn.before);
            }
            self.turns.drop_last_mut();
        }
        if places.is_multiple_of(MARK_EVERY) {
            self.marks.push_back_mut(Arc::clone(&after));
        }
        self.turns.push_back_mut(Turn {
            places,
            before,
            after,
        });
        self.head = base;
        self.places = places;
    }

    /// What the sequence begins with, when nothing has turned it there.
    pub(super) fn origin(&self) -> Database {
        let turned = self.before_turn(0);
        turned.unwrap_or_else(|| Database::clone(&self.marks[0]))
    }

    /// What the sequence gave at a place where it was turned, before it was.
    pub(super) fn before_turn(&self, places: usize) -> Option<Database> {
        let turn = self.turns.iter().rev().find(|turn| turn.places == places)?;
        Some(Database::clone(&turn.before))
    }

    /// The database after the first `places` transactions.
    pub(super) fn at(&mut self, committed: &VectorSync<Arc<Record>>, places: usize) -> Database {
        if places >= self.places {
            self.catch_up(committed, places);
            return self.head.clone();
        }
        let mark = places / MARK_EVERY;
        let since = mark * MARK_EVERY;
        let near = |turn: &&Turn| (since..=places).contains(&turn.places);
        let turn = self.turns.iter().rev().find(near);
        let marked = || (since, &self.marks[mark]);
        let (from, start) = turn.map_or_else(marked, |turn| (turn.places, &turn.after));
        let mut database = Database::clone(start);
        for place in from..places {
            apply(&mut database, &committed[place]);
        }
        database
    }

    fn catch_up(&mut self, committed: &VectorSync<Arc<Record>>, places: usize) {
        while self.places < places {
            apply(&mut self.head, &committed[self.places]);
            self.places += 1;
            if self.places.is_multiple_of(MARK_EVERY) {
                self.marks.push_back_mut(Arc::new(self.head.clone()));
            }
        }
    }
}

/// The database that a server's own history gives at `zxid`: the committed prefix it holds, then
/// what it holds beyond, committed or not. `None` for a history older than the run.
pub(super) fn expected(
    ghost: &mut Ghost,
    replay: &mut Replay,
    server: ServerId,
    zxid: Zxid,
) -> Option<Database> {
    if zxid < ghost.origin {
        return None;
    }
    let kept = ghost.advance_kept(server);
    let prefix = kept.min(ghost.committed_upto(zxid));
    let mut database = replay.at(&ghost.committed, prefix);
    let from = ghost.end_of(prefix);
    let own = ghost.ledger.range((
        std::ops::Bound::Excluded(from),
        std::ops::Bound::Included(zxid),
    ));
    for (_, entry) in own.filter(|(zxid, _)| ghost.holds(server, **zxid)) {
        apply(&mut database, &entry.record);
    }
    Some(database)
}

pub(super) fn apply(database: &mut Database, record: &Record) {
    database.apply(&record.txn, TreeRules::zablab());
}
