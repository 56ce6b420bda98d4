//! S14-S16: the tree is what the history says, by content and by digest, and ephemerals go with their
//! sessions.
//!
//! S14 compares in full, children and access control lists included: at each load, at the end of
//! each snapshot (by recovering from the disk as it is then) and at the end of the run. In between,
//! S15 compares one number per applied transaction.
//!
//! A fuzzy snapshot may hold effects of transactions that a power loss took from the log. Such a
//! tree is ahead of its zxid until the leader sends them again; it is compared when the server
//! begins to serve, not before.

use super::compare;
use super::findings::Findings;
use super::ghost::Ghost;
use super::replay::{self, Replay};
use super::verdict::Property;
use super::what::What;
use crate::base::{ServerId, SessionId};
use crate::model::{Record, TxnBody, Zxid};
use crate::tree::Database;

/// S14 at a load, and of what recovery makes of a disk: the database must be what the history on
/// that disk gives. An answer is not always possible: then it is given when the server serves.
pub(super) fn recovered(
    ghost: &mut Ghost,
    replay: &mut Replay,
    findings: &mut Findings,
    server: ServerId,
    database: &Database,
) {
    // Before the first leader nobody can say which history of loaded disks is the right one.
    if findings.is_broken(Property::S14) || ghost.reigns.is_empty() {
        return;
    }
    let zxid = database.last_zxid;
    if zxid < ghost.seat(server).fuzzy_to {
        ghost.seat_mut(server).unproven = true;
        return;
    }
    if let Some(right) = replay::expected(ghost, replay, server, zxid)
        && let Some((path, how)) = compare::difference(database, &right)
    {
        let what = What::TreeDiffers {
            server,
            zxid,
            path,
            how,
        };
        findings.report(Property::S14, Some(server), &[], what);
    }
}

/// S5 and S14 of a server that serves: the database must be what the committed sequence gives up to
/// where the server is.
pub(super) fn serving(
    ghost: &Ghost,
    replay: &mut Replay,
    findings: &mut Findings,
    server: ServerId,
    database: &Database,
) {
    let seat = ghost.seat(server);
    let known = findings.is_broken(Property::S14) && findings.is_broken(Property::S5);
    if seat.diverged || known {
        return;
    }
    let right = replay.at(&ghost.committed, seat.place);
    if let Some((path, how)) = compare::difference(database, &right) {
        let zxid = database.last_zxid;
        let what = What::TreeDiffers {
            server,
            zxid,
            path,
            how,
        };
        findings.report(Property::S14, Some(server), &[], what);
        let what = What::ServesOtherState { server, zxid };
        findings.report(Property::S5, Some(server), &[], what);
    }
}

/// S15 when a server begins to serve: the digest is that of the last transaction that has one.
pub(super) fn digest_when_serving(
    ghost: &Ghost,
    findings: &mut Findings,
    server: ServerId,
    database: &Database,
) {
    let place = ghost.seat(server).place;
    let first = ghost.sessions_ended.min(place);
    let before = (first..place).rev().map(|p| &ghost.committed[p]);
    let last = before
        .map(|r| (r.zxid(), r.txn.digest))
        .find(|(_, d)| d.is_some());
    if let Some((zxid, Some(expected))) = last {
        compare_digest(findings, server, zxid, expected, database);
    }
}

/// S15 and S16 after a step in which a server applied `last` as the last transaction.
pub(super) fn applied(
    findings: &mut Findings,
    server: ServerId,
    last: &Record,
    database: &Database,
) {
    if database.last_zxid != last.zxid() {
        return;
    }
    if let Some(expected) = last.txn.digest {
        compare_digest(findings, server, last.zxid(), expected, database);
    }
}

/// S16 after a step in which a server applied the close of a session.
pub(super) fn session_closed(
    findings: &mut Findings,
    server: ServerId,
    session: SessionId,
    database: &Database,
) {
    if let Some(path) = database.tree.ephemerals_of(session).next() {
        let what = What::EphemeralOutlives {
            server,
            session,
            path: path.to_string(),
        };
        findings.report(Property::S16, Some(server), &[], what);
    }
}

/// S16 at a load or at the end: every owner of ephemerals is an open session.
pub(super) fn owners_are_open(findings: &mut Findings, server: ServerId, database: &Database) {
    let dead = |s: &SessionId| !database.sessions.contains_key(s);
    let orphan = database.tree.owners().find(dead);
    if let Some(session) = orphan {
        session_closed(findings, server, session, database);
    }
}

/// The session that a transaction closes.
pub(super) fn closes(record: &Record) -> Option<SessionId> {
    matches!(record.txn.body, TxnBody::CloseSession { .. }).then_some(record.txn.header.session)
}

/// The session that a transaction makes the owner of an ephemeral node.
pub(super) fn binds(record: &Record) -> Option<SessionId> {
    fn creates(body: &TxnBody) -> bool {
        match body {
            TxnBody::Create { ephemeral, .. } => *ephemeral,
            TxnBody::Multi(parts) => parts.iter().any(creates),
            _ => false,
        }
    }
    creates(&record.txn.body).then_some(record.txn.header.session)
}

fn compare_digest(
    findings: &mut Findings,
    server: ServerId,
    zxid: Zxid,
    expected: i64,
    database: &Database,
) {
    let actual = database.tree.digest();
    if actual != expected {
        let what = What::DigestDiffers {
            server,
            zxid,
            expected,
            actual,
        };
        findings.report(Property::S15, Some(server), &[], what);
    }
}
