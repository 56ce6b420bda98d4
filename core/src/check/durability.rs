//! S9-S11 and S13: what is confirmed stays, an ack is a promise that the disk keeps, and a log has
//! no holes.
//!
//! `durable` comes only from what finished fsyncs forced and from bytes found at a start; nothing a
//! server believes counts. So a disk that lies breaks S10 with the next ack, and S9 only when the
//! power fails on enough of them.
//!
//! S9 asks two things. At each establishment: does the new leader's history hold all that was ever
//! committed? At each commit, and whenever a disk holds less than before: would every quorum of
//! disks that start bring it back? The second looks at the disks as they are, page cache included,
//! as a process crash keeps it: an ack without fsync breaks S10 at once, and S9 only when a power
//! loss takes what it promised.

use super::findings::Findings;
use super::ghost::{Ghost, Reign};
use super::order;
use super::survey::Survey;
use super::verdict::Property;
use super::what::What;
use crate::base::{Order, ServerId, StepId};
use crate::model::{Epoch, Zxid};

/// S9 at an establishment: the new leader holds all that was committed before its epoch; what it has
/// beyond is committed now. A leader that slept may read the acks of its epoch when a later epoch
/// has begun: what that one committed is not asked of it.
pub(super) fn established(
    ghost: &mut Ghost,
    findings: &mut Findings,
    leader: ServerId,
    epoch: Epoch,
) {
    let without = holds_all(ghost, findings, leader, epoch);
    for zxid in ghost.tail(leader, Zxid::new(epoch, 0)) {
        if order::join(ghost, findings, zxid) {
            on_enough_disks(ghost, findings, zxid);
        }
    }
    let history = ghost.end_of(ghost.committed_upto(Zxid::new(epoch, 0)));
    if let Some(reign) = ghost.reigns.get(&epoch).cloned() {
        let reign = Reign {
            history,
            without: without.into(),
            ..reign
        };
        ghost.reigns.insert_mut(epoch, reign);
    }
}

/// Returns what is missing, committed or not.
fn holds_all(
    ghost: &mut Ghost,
    findings: &mut Findings,
    leader: ServerId,
    epoch: Epoch,
) -> Vec<Zxid> {
    let kept = ghost.advance_kept(leader);
    let all = ghost.committed_upto(Zxid::new(epoch, 0));
    let lost: Vec<Zxid> = (kept..all)
        .map(|place| ghost.committed_at(place))
        .filter(|zxid| !ghost.holds(leader, *zxid))
        .collect();
    let early = ghost.open.keys().take_while(|z| z.epoch() < epoch);
    let open = early.filter(|z| !ghost.holds(leader, **z)).copied();
    let without: Vec<Zxid> = lost.iter().copied().chain(open).collect();
    let Some(first) = lost.first().copied() else {
        return without;
    };
    let reign = ghost.reigns.get(&epoch).cloned();
    if let Some(reign) = reign {
        let lacks = Some(first);
        ghost.reigns.insert_mut(epoch, Reign { lacks, ..reign });
    }
    let confirmed = lost.iter().any(|z| is_confirmed(ghost, *z));
    let since = history_of(ghost, first);
    let what = What::LostAtElection {
        leader,
        epoch,
        zxid: first,
        count: lost.len() as u32,
        confirmed,
    };
    findings.report(Property::S9, Some(leader), &since, what);
    without
}

/// S9 at a commit: every quorum of disks that start has it.
pub(super) fn on_enough_disks(ghost: &Ghost, findings: &mut Findings, zxid: Zxid) {
    if findings.is_broken(Property::S9) {
        return;
    }
    let without = ghost.voters_without(zxid);
    let nowhere = || ghost.holders(zxid).is_empty();
    if ghost.ensemble.is_quorum(without.iter().copied()) || nowhere() {
        let since = history_of(ghost, zxid);
        let what = What::OnTooFewDisks {
            zxid,
            holders: ghost.holders(zxid),
            confirmed: is_confirmed(ghost, zxid),
        };
        let blamed = findings.assumptions.likeliest(&without);
        findings.report(Property::S9, blamed, &since, what);
    }
}

/// S9 after disks lost something: the first committed transaction at risk, if there is one.
pub(super) fn still_on_enough_disks(ghost: &mut Ghost, findings: &mut Findings) {
    if findings.is_broken(Property::S9) {
        return;
    }
    if let Some(place) = first_at_risk(ghost) {
        on_enough_disks(ghost, findings, ghost.committed_at(place));
    }
}

/// What a server holds is a prefix of the committed sequence, so the first transaction at risk
/// stands where some server's prefix ends.
fn first_at_risk(ghost: &mut Ghost) -> Option<usize> {
    let voters = ghost.ensemble.voters.clone();
    let mut ends: Vec<usize> = voters.iter().map(|v| ghost.advance_kept(*v)).collect();
    ends.push(0);
    ends.order();
    ends.dedup();
    let all = ghost.committed.len();
    ends.into_iter().filter(|end| *end < all).find(|end| {
        let zxid = ghost.committed_at(*end);
        let without = ghost.voters_without(zxid);
        ghost.ensemble.is_quorum(without) || ghost.holders(zxid).is_empty()
    })
}

/// S10: a server acknowledges a transaction.
pub(super) fn acked(ghost: &Ghost, findings: &mut Findings, server: ServerId, zxid: Zxid) {
    let first_pending = ghost.seat(server).pending.first().map(|(z, ())| *z);
    let missing = (!ghost.holds_durably(server, zxid)).then_some(zxid);
    if let Some(pending) = first_pending.filter(|z| *z <= zxid).or(missing) {
        not_durable(ghost, findings, server, zxid, pending);
    }
}

fn not_durable(
    ghost: &Ghost,
    findings: &mut Findings,
    server: ServerId,
    zxid: Zxid,
    pending: Zxid,
) {
    let since: Vec<StepId> = ghost.entry(pending).map(|e| e.seen).into_iter().collect();
    let what = What::AckBeforeDurable {
        server,
        zxid,
        pending,
    };
    findings.report(Property::S10, Some(server), &since, what);
}

/// S11: a server acknowledges NEWLEADER of `epoch` to `leader`; `file` is its currentEpoch. Such an
/// acknowledgement speaks for the whole history, so what is not durable breaks S10, too.
pub(super) fn acked_new_leader(
    ghost: &mut Ghost,
    findings: &mut Findings,
    server: ServerId,
    leader: ServerId,
    epoch: Epoch,
    file: Option<Epoch>,
) {
    if file != Some(epoch) {
        let what = What::NewLeaderEpoch {
            server,
            epoch,
            file,
        };
        findings.report(Property::S11, Some(server), &[], what);
    }
    let bound = Zxid::new(epoch, 0);
    if let Some(missing) = first_missing(ghost, server, leader, bound) {
        not_durable(ghost, findings, server, bound, missing);
        let since: Vec<StepId> = ghost.entry(missing).map(|e| e.seen).into_iter().collect();
        let what = What::NewLeaderLacks {
            server,
            epoch,
            missing,
        };
        findings.report(Property::S11, Some(server), &since, what);
    }
    let mine = ghost.tail(server, bound);
    if let Some(extra) = mine.into_iter().find(|z| !ghost.holds(leader, *z)) {
        let since: Vec<StepId> = ghost.entry(extra).map(|e| e.seen).into_iter().collect();
        let what = What::NewLeaderExtra {
            server,
            epoch,
            extra,
        };
        findings.report(Property::S11, Some(server), &since, what);
    }
}

/// The first transaction below `bound` that the leader has and the server lacks durably.
fn first_missing(
    ghost: &mut Ghost,
    server: ServerId,
    leader: ServerId,
    bound: Zxid,
) -> Option<Zxid> {
    let solid = ghost.advance_solid(server);
    let all = ghost.committed_upto(bound);
    let committed = (solid..all)
        .map(|place| ghost.committed_at(place))
        .find(|z| ghost.holds(leader, *z) && !ghost.holds_durably(server, *z));
    committed.or_else(|| {
        let tail = ghost.tail(leader, bound);
        tail.into_iter().find(|z| !ghost.holds_durably(server, *z))
    })
}

/// S13: a record is appended to a log.
pub(super) fn appended(ghost: &Ghost, findings: &mut Findings, server: ServerId, zxid: Zxid) {
    let last = ghost.seat(server).logged;
    let again = || zxid <= last && ghost.holds(server, zxid);
    if !follows(ghost, last, zxid) && !again() {
        hole(findings, server, last, zxid);
    }
}

/// S13: what a survey found has no hole behind the snapshot. A server that starts with a hole keeps
/// it in every snapshot it writes from then on.
pub(super) fn surveyed(
    ghost: &mut Ghost,
    findings: &mut Findings,
    server: ServerId,
    survey: &Survey,
) {
    if !survey.startable {
        return;
    }
    let found = first_hole(ghost, survey);
    if let Some((after, next)) = found {
        hole(findings, server, after, next);
    }
    let seat = ghost.seat_mut(server);
    let kept = seat.hole.filter(|(_, next)| *next <= survey.base);
    seat.hole = kept.or(found);
}

/// Where the log of a disk jumps: the zxids before and behind.
fn first_hole(ghost: &Ghost, survey: &Survey) -> Option<(Zxid, Zxid)> {
    let mut last = survey.base;
    for found in &survey.log {
        let zxid = found.record.zxid();
        if zxid <= last {
            continue;
        }
        if !follows(ghost, last, zxid) {
            return Some((last, zxid));
        }
        last = zxid;
    }
    None
}

/// True when nothing lies between the two in any history that holds the second.
fn follows(ghost: &Ghost, last: Zxid, zxid: Zxid) -> bool {
    if zxid == last.next() {
        return true;
    }
    if zxid.epoch() <= last.epoch() || zxid.counter() != 1 {
        return false;
    }
    match ghost.reigns.get(&zxid.epoch()) {
        Some(reign) => last >= reign.history,
        None => true,
    }
}

fn hole(findings: &mut Findings, server: ServerId, after: Zxid, next: Zxid) {
    let what = What::Hole {
        server,
        after,
        next,
    };
    findings.report(Property::S13, Some(server), &[], what);
}

fn is_confirmed(ghost: &Ghost, zxid: Zxid) -> bool {
    ghost.entry(zxid).is_some_and(|e| e.confirmed.is_some())
}

/// The steps that made a transaction a promise.
fn history_of(ghost: &Ghost, zxid: Zxid) -> Vec<StepId> {
    let Some(entry) = ghost.entry(zxid) else {
        return Vec::new();
    };
    let committed = entry.place.map(|_| entry.committed);
    let mut steps = vec![entry.seen];
    steps.extend(committed);
    steps.extend(entry.confirmed);
    steps
}
