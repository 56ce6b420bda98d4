//! Ghost state: what the run has shown so far, kept beside the world and never read by it.
//!
//! ```text
//!   ledger     zxid ─► record, who proposed it, on whose disks it is (logged, durable), who acked
//!   committed  the one sequence that everybody must deliver, in order of first commit or delivery
//!   open       zxids in the ledger that are not committed (or never will be)
//!   seats      per server: how far its disk and its tree have come
//!   reigns     per epoch: who was established, with which history
//! ```
//!
//! A server *holds* a transaction when recovery from its disk would bring it back: it is in the log,
//! or not newer than the snapshot that recovery would choose. `logged` counts what the page cache
//! has (a process crash keeps that), `durable` only what an fsync has forced.
//!
//! Everything is persistent or small, so a clone costs little; every question that is asked once per
//! event is answered in constant or logarithmic time. What a server holds is mostly a prefix of the
//! committed sequence, so a pointer per server (`kept`, `solid`) walks along it once.

use std::sync::Arc;

use rpds::{RedBlackTreeMapSync, VectorSync};

use super::servers::ServerSet;
use super::survey::Survey;
use crate::base::{Instant, Ordered, ServerId, SessionId, StepId};
use crate::model::{Ensemble, Epoch, Record, Zxid};

/// All that is known of one transaction.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub record: Arc<Record>,
    /// The step that showed it first.
    pub seen: StepId,
    /// The leader that proposed it; `None` for one that was only ever found on a disk.
    pub proposer: Option<ServerId>,
    /// What that leader had proposed just before, in the same epoch.
    pub after: Option<Zxid>,
    /// Found on a disk at that server's first start: older than the run.
    pub inherited: bool,
    /// Other transactions that bear the same zxid, in the order in which they showed: a number says nothing any
    /// more.
    pub rivals: Vec<Rival>,
    pub logged: ServerSet,
    pub durable: ServerSet,
    /// Acknowledgements that reached the leader.
    pub acked: ServerSet,
    /// Index in the committed sequence.
    pub place: Option<usize>,
    /// The step that committed or first delivered it.
    pub committed: StepId,
    /// The step in which a client was told that it succeeded.
    pub confirmed: Option<StepId>,
    /// When.
    pub confirmed_at: Option<Instant>,
    /// The joint restore that ended its history, and said so.
    pub declared: Option<StepId>,
}

/// A transaction whose zxid had been given to another one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rival {
    /// The step that showed it.
    pub seen: StepId,
    /// Who asked for it.
    pub session: SessionId,
    /// Which of that session's requests.
    pub cxid: i32,
}

/// What is known of one server.
#[derive(Clone, Debug, Default)]
pub(super) struct Seat {
    /// It has started at least once.
    pub started: bool,
    /// Recovery accepts its disk.
    pub startable: bool,
    /// Last zxid of its log, or of its snapshot when the log has nothing newer.
    pub logged: Zxid,
    /// In the log and not durable, oldest first.
    pub pending: Ordered<Zxid, ()>,
    /// Its newest snapshot covers everything up to here.
    pub base: Zxid,
    /// The same for snapshots that survive a power loss.
    pub base_durable: Zxid,
    /// Length of the prefix of the committed sequence that it holds.
    pub kept: usize,
    /// The same, durably.
    pub solid: usize,
    /// It delivers: it leads or follows in broadcast.
    pub serving: bool,
    /// It delivered something else than the others; nothing more is asked of its order.
    pub diverged: bool,
    /// How much of the committed sequence it has delivered, while it serves.
    pub place: usize,
    /// Last zxid applied to its tree.
    pub applied: Zxid,
    /// As leader: last zxid proposed in its epoch.
    pub proposed: Zxid,
    /// As leader: last zxid committed in its epoch.
    pub committing: Zxid,
    /// Its snapshots may contain effects up to here.
    pub fuzzy_to: Zxid,
    /// SNAP replaced its history up to here; what its log holds below is dead.
    pub replaced: Zxid,
    /// What that SNAP contained although nobody had committed it.
    pub received: Vec<Zxid>,
    /// It was loaded from a log with a hole between these two: what lies between is in none of its
    /// later snapshots.
    pub hole: Option<(Zxid, Zxid)>,
    /// An operator restored an older tree that stands at the second of these in its history: what lies
    /// behind the first is not in it.
    pub undone: Option<(Zxid, Zxid)>,
    /// Its tree came in whole, or is still ahead of its log: compare it when it begins to serve.
    pub unproven: bool,
}

impl Seat {
    /// Its server leads: it numbers on from `zxid`, and has delivered so much of what is committed.
    pub(super) fn leads_from(&mut self, zxid: Zxid, places: usize) {
        self.proposed = zxid;
        self.committing = zxid;
        self.applied = zxid;
        self.place = places;
        self.serving = true;
        self.diverged = false;
    }
}

/// An established leader.
#[derive(Clone, Debug)]
pub(super) struct Reign {
    pub leader: ServerId,
    pub at: StepId,
    /// The last transaction of the history it started with.
    pub history: Zxid,
    /// The first committed transaction that this history lacks.
    pub lacks: Option<Zxid>,
    /// All that was known then of earlier epochs, committed or not, and is not in this history.
    pub without: Arc<[Zxid]>,
}

/// Two transactions claim one zxid; the step showed the first of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conflict {
    pub seen: StepId,
}

/// The ghost.
#[derive(Clone, Debug)]
pub(super) struct Ghost {
    pub ensemble: Arc<Ensemble>,
    pub ledger: RedBlackTreeMapSync<Zxid, Entry>,
    pub committed: VectorSync<Arc<Record>>,
    pub open: Ordered<Zxid, ()>,
    /// What came before the committed sequence: zero, or the last zxid that the first leader of the
    /// run found on disks that were loaded into it.
    pub origin: Zxid,
    pub reigns: RedBlackTreeMapSync<Epoch, Reign>,
    /// The place in the committed sequence where a joint restore ended all sessions last: digests of
    /// transactions before it say nothing of the tree.
    pub sessions_ended: usize,
    seats: Vec<Seat>,
}

impl Ghost {
    pub(super) fn new(ensemble: &Ensemble) -> Self {
        let servers = ensemble.servers().count();
        Self {
            ensemble: Arc::new(ensemble.clone()),
            ledger: RedBlackTreeMapSync::new_sync(),
            committed: VectorSync::new_sync(),
            open: Ordered::new(),
            origin: Zxid::ZERO,
            reigns: RedBlackTreeMapSync::new_sync(),
            sessions_ended: 0,
            seats: vec![Seat::default(); servers],
        }
    }

    pub(super) fn seat(&self, server: ServerId) -> &Seat {
        &self.seats[usize::from(server.0) - 1]
    }

    pub(super) fn seat_mut(&mut self, server: ServerId) -> &mut Seat {
        &mut self.seats[usize::from(server.0) - 1]
    }

    pub(super) fn entry(&self, zxid: Zxid) -> Option<&Entry> {
        self.ledger.get(&zxid)
    }

    /// Enters a transaction, or finds it again. Two with one zxid and other bytes are a conflict.
    pub(super) fn sight(
        &mut self,
        record: &Arc<Record>,
        step: StepId,
    ) -> Result<&mut Entry, Conflict> {
        let zxid = record.zxid();
        if !self.ledger.contains_key(&zxid) {
            self.ledger.insert_mut(zxid, Entry::new(record, step));
            if zxid > self.origin {
                self.open.insert(zxid, ());
            }
        }
        let entry = self.ledger.get_mut(&zxid).expect("entered above");
        if entry.record.hash == record.hash {
            Ok(entry)
        } else {
            let header = &record.txn.header;
            let rival = Rival {
                seen: step,
                session: header.session,
                cxid: header.cxid,
            };
            let known = |old: &Rival| (old.session, old.cxid) == (rival.session, rival.cxid);
            if !entry.rivals.iter().any(known) {
                entry.rivals.push(rival);
            }
            Err(Conflict { seen: entry.seen })
        }
    }

    /// A record went into a log.
    pub(super) fn log(
        &mut self,
        server: ServerId,
        record: &Arc<Record>,
        step: StepId,
    ) -> Result<(), Conflict> {
        self.seat_mut(server).logged = record.zxid();
        self.sight(record, step)?.logged.insert(server);
        self.seat_mut(server).pending.insert(record.zxid(), ());
        Ok(())
    }

    /// Records of a log became durable.
    pub(super) fn harden(
        &mut self,
        server: ServerId,
        records: &[Arc<Record>],
        step: StepId,
    ) -> Result<(), Conflict> {
        for record in records {
            self.sight(record, step)?.durable.insert(server);
        }
        let seat = self.seat_mut(server);
        for record in records {
            seat.pending.remove(&record.zxid());
        }
        Ok(())
    }

    /// Puts a transaction at the end of the committed sequence; false when it is there already.
    pub(super) fn commit(&mut self, zxid: Zxid, step: StepId) -> bool {
        let place = self.committed.len();
        let Some(entry) = self.ledger.get_mut(&zxid) else {
            return false;
        };
        if entry.place.is_some() {
            return false;
        }
        entry.place = Some(place);
        entry.committed = step;
        let record = entry.record.clone();
        self.committed.push_back_mut(record);
        self.open.remove(&zxid);
        true
    }

    /// Last zxid of the first `places` committed transactions.
    pub(super) fn end_of(&self, places: usize) -> Zxid {
        match places {
            0 => self.origin,
            n => self.committed_at(n - 1),
        }
    }

    /// The run goes on from what its first leader found on a loaded disk.
    pub(super) fn begin_at(&mut self, origin: Zxid) {
        self.origin = origin;
        self.open.retain(|zxid, ()| *zxid > origin);
    }

    /// Number of committed transactions up to and including `zxid`.
    pub(super) fn committed_upto(&self, zxid: Zxid) -> usize {
        let (mut lo, mut hi) = (0, self.committed.len());
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            if self.committed_at(mid) <= zxid {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        lo
    }

    pub(super) fn committed_at(&self, place: usize) -> Zxid {
        self.committed[place].zxid()
    }

    /// True when the server's snapshot that ends at `base` contains the effects of the transaction. It holds a
    /// prefix of the history of the leader of its epoch, so of earlier epochs it has what that
    /// leader had: a number below `base` alone proves nothing.
    fn covers(&self, server: ServerId, base: Zxid, zxid: Zxid) -> bool {
        let seat = self.seat(server);
        let hole = |(after, next)| zxid > after && zxid < next && next <= base;
        let undone = |(after, at)| zxid > after && zxid <= at && at <= base;
        !seat.hole.is_some_and(hole)
            && !seat.undone.is_some_and(undone)
            && self.leads_to(zxid, base)
    }

    /// Is the transaction part of the history that ends at `end`?
    pub(super) fn leads_to(&self, zxid: Zxid, end: Zxid) -> bool {
        let reign = || self.reigns.get(&end.epoch());
        let began_with = |reign: &Reign| self.began_with(reign, zxid);
        zxid <= end && (zxid.epoch() == end.epoch() || reign().is_none_or(began_with))
    }

    /// Was a transaction of an earlier epoch in the history that this leader started with? A leader of that
    /// epoch that slept may propose more afterwards: that was not.
    pub(super) fn began_with(&self, reign: &Reign, zxid: Zxid) -> bool {
        let later = |entry: &Entry| entry.seen > reign.at && !entry.inherited;
        zxid <= reign.history
            && !reign.without.contains(&zxid)
            && !self.entry(zxid).is_some_and(later)
    }

    /// True when recovery from that disk would bring the transaction back.
    pub(super) fn holds(&self, server: ServerId, zxid: Zxid) -> bool {
        self.covers(server, self.seat(server).base, zxid)
            || self.entry(zxid).is_some_and(|e| e.logged.contains(server))
    }

    /// True when it would do so after a power loss, too.
    pub(super) fn holds_durably(&self, server: ServerId, zxid: Zxid) -> bool {
        self.covers(server, self.seat(server).base_durable, zxid)
            || self.entry(zxid).is_some_and(|e| e.durable.contains(server))
    }

    /// Walks the server's pointer along the committed sequence as far as it holds it.
    pub(super) fn advance_kept(&mut self, server: ServerId) -> usize {
        let mut kept = self.seat(server).kept;
        while kept < self.committed.len() && self.holds(server, self.committed_at(kept)) {
            kept += 1;
        }
        self.seat_mut(server).kept = kept;
        kept
    }

    /// The same for what it holds durably.
    pub(super) fn advance_solid(&mut self, server: ServerId) -> usize {
        let mut solid = self.seat(server).solid;
        while solid < self.committed.len() && self.holds_durably(server, self.committed_at(solid)) {
            solid += 1;
        }
        self.seat_mut(server).solid = solid;
        solid
    }

    /// What the server has logged and nobody committed, below `bound`, oldest first.
    pub(super) fn tail(&self, server: ServerId, bound: Zxid) -> Vec<Zxid> {
        let logged = |z: &Zxid| self.entry(*z).is_some_and(|e| e.logged.contains(server));
        let early = self.open.keys().copied().take_while(|z| *z < bound);
        early.filter(logged).collect()
    }

    /// Voters whose disks would start without bringing `zxid` back.
    pub(super) fn voters_without(&self, zxid: Zxid) -> Vec<ServerId> {
        let voters = self.ensemble.voters.iter().copied();
        voters
            .filter(|v| self.seat(*v).startable && !self.holds(*v, zxid))
            .collect()
    }

    pub(super) fn holders(&self, zxid: Zxid) -> Vec<ServerId> {
        let servers = self.ensemble.servers();
        servers.filter(|s| self.holds(*s, zxid)).collect()
    }

    /// SNAP replaces the whole history of a server by that of its leader up to `zxid`. Its disk
    /// follows with the next snapshot.
    pub(super) fn replace_history(
        &mut self,
        server: ServerId,
        leader: Option<ServerId>,
        zxid: Zxid,
    ) {
        let received = leader.map_or(Vec::new(), |l| self.tail(l, zxid.next()));
        let seat = self.seat_mut(server);
        seat.replaced = zxid;
        seat.received = received;
        seat.hole = None;
        seat.undone = None;
        seat.logged = zxid;
    }

    /// An operator put a tree in the place of the whole history of a server. It ends at `zxid` and
    /// stands at `at`; the disk follows with its snapshot.
    pub(super) fn undo_history(&mut self, server: ServerId, zxid: Zxid, at: Zxid) {
        self.replace_history(server, None, at);
        let seat = self.seat_mut(server);
        seat.undone = Some((zxid, at));
        seat.kept = 0;
        seat.solid = 0;
    }

    /// The committed sequence when a joint restore ends history at `end`: what led there. What clients were
    /// told of and the restore did not name stays a promise.
    pub(super) fn sequence_to(&self, end: Zxid, named: &[Zxid]) -> Vec<Arc<Record>> {
        let promised = |zxid: &Zxid, entry: &Entry| {
            entry.place.is_some() && entry.confirmed.is_some() && !named.contains(zxid)
        };
        let entries = self.ledger.iter().filter(|(zxid, _)| **zxid > self.origin);
        let stay = entries.filter(|(z, e)| self.leads_to(**z, end) || promised(z, e));
        stay.map(|(_, entry)| Arc::clone(&entry.record)).collect()
    }

    /// How far the committed sequence and another one are the same.
    pub(super) fn agrees_with(&self, sequence: &[Arc<Record>]) -> usize {
        let pairs = self.committed.iter().zip(sequence);
        pairs.take_while(|(a, b)| a.zxid() == b.zxid()).count()
    }

    /// From now on this is the committed sequence, and what is not in it has ended.
    pub(super) fn turn(&mut self, sequence: Vec<Arc<Record>>, step: StepId) {
        let all: Vec<Zxid> = self.ledger.keys().copied().collect();
        for zxid in all.into_iter().filter(|zxid| *zxid > self.origin) {
            let place = sequence
                .binary_search_by_key(&zxid, |record| record.zxid())
                .ok();
            let entry = self.ledger.get_mut(&zxid).expect("it is a key");
            if place.is_some() && entry.place.is_none() {
                entry.committed = step;
            }
            entry.place = place;
            entry.declared = match place {
                Some(_) => None,
                None => entry.declared.or(Some(step)),
            };
            match place {
                Some(_) => self.open.remove(&zxid),
                None => self.open.insert(zxid, ()),
            };
        }
        self.committed = VectorSync::new_sync();
        for record in sequence {
            self.committed.push_back_mut(record);
        }
    }

    /// A server has started: a restore whose snapshot is not on its disk undoes nothing any more.
    pub(super) fn forget_undoing_without_trace(&mut self, server: ServerId) {
        let seat = self.seat_mut(server);
        seat.undone = seat.undone.filter(|(_, at)| *at <= seat.base);
    }

    /// An operator put other files in the place of those of a server.
    pub(super) fn replace_disk(&mut self, server: ServerId) {
        self.forget_disk(server);
        let seat = self.seat_mut(server);
        *seat = Seat {
            started: seat.started,
            ..Seat::default()
        };
    }

    /// Replaces what is known of a disk by what was found on it. What nobody has committed yet and
    /// was in its log is still there when a snapshot took the place of that log.
    pub(super) fn take_survey(
        &mut self,
        server: ServerId,
        survey: &Survey,
        step: StepId,
    ) -> Result<(), Conflict> {
        let replaced = self.seat(server).replaced;
        let mut carried = self.tail(server, survey.base.next());
        let undone = self.seat(server).undone;
        let is_undone =
            |zxid: &Zxid| undone.is_some_and(|(after, at)| *zxid > after && *zxid <= at);
        carried.retain(|zxid| *zxid > replaced && !is_undone(zxid));
        self.forget_disk(server);
        for zxid in carried {
            if let Some(entry) = self.ledger.get_mut(&zxid) {
                entry.logged.insert(server);
                if survey.base_durable >= zxid {
                    entry.durable.insert(server);
                }
            }
        }
        let seat = self.seat_mut(server);
        if survey.base < seat.replaced {
            seat.replaced = Zxid::ZERO;
            seat.received.clear();
        }
        let (first_start, dead) = (!seat.started, seat.replaced);
        let received = seat.received.clone();
        for zxid in received {
            if let Some(entry) = self.ledger.get_mut(&zxid) {
                entry.logged.insert(server);
                if survey.base_durable >= dead {
                    entry.durable.insert(server);
                }
            }
        }
        let mut pending = Ordered::new();
        let mut clash = Ok(());
        for found in survey.log.iter().filter(|f| f.record.zxid() > dead) {
            match self.sight(&found.record, step) {
                Ok(entry) => {
                    entry.logged.insert(server);
                    entry.inherited |= first_start && entry.proposer.is_none();
                    if found.durable {
                        entry.durable.insert(server);
                    } else {
                        pending.insert(found.record.zxid(), ());
                    }
                }
                Err(conflict) => clash = clash.and(Err(conflict)),
            }
        }
        let last = survey.log.last().map(|f| f.record.zxid());
        let seat = self.seat_mut(server);
        seat.startable = survey.startable;
        seat.base = survey.base;
        seat.base_durable = survey.base_durable;
        seat.logged = last.unwrap_or(survey.base).max(survey.base);
        seat.pending = pending;
        clash
    }

    /// Takes back all that the log of a server was known to hold.
    fn forget_disk(&mut self, server: ServerId) {
        let has = |e: &Entry| e.logged.contains(server) || e.durable.contains(server);
        let all = self.ledger.iter();
        let lost: Vec<Zxid> = all.filter(|(_, e)| has(e)).map(|(z, _)| *z).collect();
        for zxid in lost {
            let entry = self.ledger.get_mut(&zxid).expect("found above");
            entry.logged.remove(server);
            entry.durable.remove(server);
        }
        let seat = self.seat_mut(server);
        seat.kept = 0;
        seat.solid = 0;
    }
}

impl Entry {
    fn new(record: &Arc<Record>, step: StepId) -> Self {
        Self {
            record: record.clone(),
            seen: step,
            proposer: None,
            after: None,
            inherited: false,
            rivals: Vec::new(),
            logged: ServerSet::default(),
            durable: ServerSet::default(),
            acked: ServerSet::default(),
            place: None,
            committed: StepId(0),
            confirmed: None,
            confirmed_at: None,
            declared: None,
        }
    }
}
