//! S3-S8 and S12: one transaction per zxid, proposed before it is delivered, committed in order with
//! a quorum, and delivered by everybody in one order.
//!
//! All of them lean on one committed sequence. The first commit or delivery of a transaction puts it
//! at the end; everybody else must then deliver what stands at its own place. So each event is
//! compared with one entry, and no two servers are ever compared with each other.

use std::sync::Arc;

use super::findings::Findings;
use super::ghost::{Conflict, Ghost};
use super::verdict::Property;
use super::what::What;
use crate::base::{ServerId, StepId};
use crate::model::{Epoch, Record, Zxid};

/// S3: a second transaction claims a zxid.
pub(super) fn conflict(
    findings: &mut Findings,
    server: ServerId,
    zxid: Zxid,
    Conflict { seen }: Conflict,
) {
    let what = What::TwoTransactions { zxid, server };
    findings.report(Property::S3, Some(server), &[seen], what);
}

/// A leader numbered a transaction: S3, S8.
pub(super) fn proposed(
    ghost: &mut Ghost,
    findings: &mut Findings,
    leader: ServerId,
    record: &Arc<Record>,
) {
    let zxid = record.zxid();
    let after = ghost.seat(leader).proposed;
    match ghost.sight(record, findings.step) {
        Ok(entry) => {
            entry.proposer = entry.proposer.or(Some(leader));
            let follows = after.epoch() == zxid.epoch() && !after.is_epoch_start();
            entry.after = entry.after.or(follows.then_some(after));
        }
        Err(clash) => conflict(findings, leader, zxid, clash),
    }
    ghost.seat_mut(leader).proposed = zxid;
    let epoch = zxid.epoch();
    if let Some(reign) = ghost.reigns.get(&epoch)
        && let Some(lacking) = reign.lacks
    {
        let since = [reign.at];
        let what = What::LeaderLacks {
            leader,
            epoch,
            zxid: lacking,
        };
        findings.report(Property::S8, Some(leader), &since, what);
    }
}

/// A leader commits: S12; the transaction joins the sequence: S8.
pub(super) fn committed(
    ghost: &mut Ghost,
    findings: &mut Findings,
    leader: ServerId,
    epoch: Epoch,
    zxid: Zxid,
) {
    if zxid.epoch() == epoch {
        in_turn(ghost, findings, leader, zxid);
        with_quorum(ghost, findings, leader, zxid);
        ghost.seat_mut(leader).committing = zxid;
    }
    join(ghost, findings, zxid);
}

fn in_turn(ghost: &Ghost, findings: &mut Findings, leader: ServerId, zxid: Zxid) {
    let expected = ghost.seat(leader).committing.next();
    if zxid != expected {
        let what = What::CommitOutOfOrder {
            leader,
            zxid,
            expected,
        };
        findings.report(Property::S12, Some(leader), &[], what);
    }
}

fn with_quorum(ghost: &Ghost, findings: &mut Findings, leader: ServerId, zxid: Zxid) {
    let Some(entry) = ghost.entry(zxid).filter(|e| e.rivals.is_empty()) else {
        return;
    };
    let mut acked = entry.acked;
    acked.insert(leader);
    let durable: Vec<ServerId> = acked
        .iter()
        .filter(|s| ghost.holds_durably(*s, zxid))
        .collect();
    if !ghost.ensemble.is_quorum(durable.iter().copied()) {
        let since = [entry.seen];
        let hollow: Vec<ServerId> = acked.iter().filter(|s| !durable.contains(s)).collect();
        let blamed = findings.assumptions.likeliest(&hollow).unwrap_or(leader);
        let what = What::CommitWithoutQuorum {
            leader,
            zxid,
            durable,
        };
        findings.report(Property::S12, Some(blamed), &since, what);
    }
}

/// Puts a transaction into the committed sequence. True when it is new there. S8: nothing of an
/// earlier epoch may join once a later leader has begun.
pub(super) fn join(ghost: &mut Ghost, findings: &mut Findings, zxid: Zxid) -> bool {
    if !ghost.commit(zxid, findings.step) {
        return false;
    }
    let newest = ghost
        .reigns
        .last()
        .map(|(epoch, reign)| (*epoch, reign.clone()));
    if let Some((epoch, reign)) = newest
        && zxid.epoch() < epoch
        && reign.at < findings.step
        && !ghost.seat(reign.leader).proposed.is_epoch_start()
    {
        let what = What::LateDelivery { zxid, epoch };
        findings.report(Property::S8, None, &[reign.at], what);
    }
    true
}

/// A serving server applies a transaction: S3-S7.
pub(super) fn delivered(
    ghost: &mut Ghost,
    findings: &mut Findings,
    server: ServerId,
    record: &Arc<Record>,
) {
    let zxid = record.zxid();
    if let Err(clash) = ghost.sight(record, findings.step) {
        conflict(findings, server, zxid, clash);
        return;
    }
    if ghost.seat(server).diverged {
        ghost.seat_mut(server).applied = zxid;
        return;
    }
    was_proposed(ghost, findings, server, zxid);
    after_all_before(ghost, findings, server, zxid);
    at_its_place(ghost, findings, server, zxid);
    ghost.seat_mut(server).applied = zxid;
}

/// S4.
fn was_proposed(ghost: &Ghost, findings: &mut Findings, server: ServerId, zxid: Zxid) {
    let entry = ghost.entry(zxid).expect("sighted by the caller");
    if entry.proposer.is_none() && !entry.inherited {
        let since = [entry.seen];
        let what = What::NeverProposed { server, zxid };
        findings.report(Property::S4, Some(server), &since, what);
    }
}

/// S6 and S7.
fn after_all_before(ghost: &Ghost, findings: &mut Findings, server: ServerId, zxid: Zxid) {
    let entry = ghost.entry(zxid).expect("sighted by the caller");
    let last = ghost.seat(server).applied;
    let since = [entry.seen];
    if let Some(missing) = entry.after
        && missing > last
    {
        let what = What::SkippedProposal {
            server,
            zxid,
            missing,
        };
        findings.report(Property::S6, Some(server), &since, what);
    }
    if zxid.epoch() < last.epoch() {
        let what = What::EpochsReversed {
            server,
            zxid,
            after: last,
        };
        findings.report(Property::S7, Some(server), &since, what);
    }
}

/// S5.
fn at_its_place(ghost: &mut Ghost, findings: &mut Findings, server: ServerId, zxid: Zxid) {
    let place = ghost.seat(server).place;
    let here = (place < ghost.committed.len()).then(|| ghost.committed_at(place));
    let joined = here.is_none() && join(ghost, findings, zxid);
    if joined || here == Some(zxid) {
        ghost.seat_mut(server).place = place + 1;
        return;
    }
    ghost.seat_mut(server).diverged = true;
    let since = first_delivery(ghost, here.unwrap_or(zxid));
    let what = What::Diverged {
        server,
        zxid,
        instead_of: here,
    };
    findings.report(Property::S5, Some(server), &since, what);
}

/// A server begins to deliver, at what its tree has reached: S5.
pub(super) fn serves(ghost: &mut Ghost, findings: &mut Findings, server: ServerId) {
    let zxid = ghost.seat(server).applied;
    let place = ghost.committed_upto(zxid);
    let last = ghost.end_of(place);
    let seat = ghost.seat_mut(server);
    seat.serving = true;
    seat.place = place;
    seat.diverged = last != zxid && !zxid.is_epoch_start();
    if seat.diverged {
        let since = first_delivery(ghost, zxid);
        let what = What::Diverged {
            server,
            zxid,
            instead_of: None,
        };
        findings.report(Property::S5, Some(server), &since, what);
    }
}

fn first_delivery(ghost: &Ghost, zxid: Zxid) -> Vec<StepId> {
    let entry = ghost.entry(zxid);
    let step = |e: &super::ghost::Entry| match e.place {
        Some(_) => e.committed,
        None => e.seen,
    };
    entry.map(step).into_iter().collect()
}
