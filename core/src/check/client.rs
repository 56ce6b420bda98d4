//! S17: a session is answered in order, never reads backwards, and sees its own writes.
//!
//! Only answers that reached a client count: what a client was not told, it cannot rely on.

use rpds::RedBlackTreeMapSync;

use super::findings::Findings;
use super::ghost::Ghost;
use super::scene::Told;
use super::verdict::Property;
use super::what::What;
use crate::base::{ClientId, Instant, SessionId, StepId};
use crate::model::ReplyBody;
use crate::model::{ErrorCode, Request, Stat, Zxid};

/// What a session was told so far.
#[derive(Clone, Debug)]
struct Seen {
    entry: u32,
    at: StepId,
    zxid: Zxid,
    /// Its last successful write, and the path when it set data.
    write: Option<(Zxid, Option<String>, StepId)>,
}

/// The state of the property.
#[derive(Clone, Debug)]
pub(super) struct ClientOrder {
    sessions: RedBlackTreeMapSync<SessionId, Seen>,
}

impl ClientOrder {
    pub(super) fn new() -> Self {
        Self {
            sessions: RedBlackTreeMapSync::new_sync(),
        }
    }

    /// History ended at `end`, and sessions were told so: their writes behind it need not be seen.
    pub(super) fn turned(&mut self, gone: impl Fn(Zxid) -> bool) {
        let blind = |seen: &Seen| seen.write.as_ref().is_some_and(|(zxid, ..)| gone(*zxid));
        let sessions = self.sessions.iter().filter(|(_, seen)| blind(seen));
        let sessions: Vec<SessionId> = sessions.map(|(session, _)| *session).collect();
        for session in sessions {
            if let Some(seen) = self.sessions.get_mut(&session) {
                seen.write = None;
            }
        }
    }

    /// An answer reached a client.
    pub(super) fn told(
        &mut self,
        findings: &mut Findings,
        client: ClientId,
        entry: u32,
        told: &Told<'_>,
    ) {
        // Answers that come from the connection alone (an identity, a type that nobody knows) name no state.
        if told.reply.zxid <= Zxid::ZERO {
            return;
        }
        let now = told.reply.zxid;
        let mut seen = Seen {
            entry,
            at: findings.step,
            zxid: now,
            write: None,
        };
        if let Some(before) = self.sessions.get(&told.session) {
            compare(findings, client, entry, told, before);
            seen.zxid = now.max(before.zxid);
            seen.entry = entry.max(before.entry);
            seen.write = before.write.clone();
        }
        if let Some(write) = successful_write(told) {
            let sets = matches!(told.request, Request::SetData { .. });
            let path = told.request.path().filter(|_| sets).map(str::to_owned);
            seen.write = Some((write, path, findings.step));
        }
        self.sessions.insert_mut(told.session, seen);
    }
}

/// Marks a write as confirmed: from now on it may never be lost, unless a joint restore has declared its
/// loss before the answer arrived. Returns its zxid.
pub(super) fn confirm(
    ghost: &mut Ghost,
    (step, at): (StepId, Instant),
    told: &Told<'_>,
) -> Option<Zxid> {
    let zxid = successful_write(told)?;
    let entry = ghost.ledger.get_mut(&zxid)?;
    entry.confirmed = entry.confirmed.or(Some(step));
    entry.confirmed_at = entry.confirmed_at.or(Some(at));
    entry.declared.is_none().then_some(zxid)
}

fn compare(findings: &mut Findings, client: ClientId, entry: u32, told: &Told<'_>, before: &Seen) {
    let now = told.reply.zxid;
    if entry < before.entry {
        let what = What::RepliesReordered {
            client,
            entry,
            before: before.entry,
        };
        findings.report(Property::S17, None, &[before.at], what);
    }
    if now < before.zxid {
        let what = What::WentBack {
            client,
            seen: before.zxid,
            now,
        };
        findings.report(Property::S17, None, &[before.at], what);
    }
    if let Some((write, path, at)) = &before.write
        && !shows(told, *write, path.as_deref())
    {
        let what = What::OwnWriteUnseen {
            client,
            write: *write,
            now,
        };
        findings.report(Property::S17, None, &[*at], what);
    }
}

/// True when an answer does not contradict an earlier write of the session.
fn shows(told: &Told<'_>, write: Zxid, path: Option<&str>) -> bool {
    let same_node = path.is_some() && told.request.path() == path;
    let stale = same_node && stat_of(&told.reply.body).is_some_and(|s| s.mzxid < write);
    told.reply.zxid >= write && !stale
}

fn stat_of(body: &ReplyBody) -> Option<&Stat> {
    match body {
        ReplyBody::Stat(stat) | ReplyBody::Data { stat, .. } | ReplyBody::Children { stat, .. } => {
            Some(stat)
        }
        _ => None,
    }
}

fn successful_write(told: &Told<'_>) -> Option<Zxid> {
    let done = told.request.is_write() && told.reply.error == ErrorCode::Ok;
    told.txn.filter(|_| done)
}
