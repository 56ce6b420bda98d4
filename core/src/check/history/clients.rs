//! Order: in real time, within a session, after a sync. No model is needed for it.

use std::collections::BTreeMap;

use super::{Answered, Fault, Histories, Kind, Story};
use crate::base::{Instant, SessionId};
use crate::model::{ErrorCode, Request, Zxid};

/// Everything that does not fit.
pub(super) fn judge(histories: &Histories) -> Vec<Fault> {
    let mut faults = Vec::new();
    real_time(histories, &mut faults);
    for story in &histories.stories {
        in_session(story, &mut faults);
    }
    after_sync(histories, &mut faults);
    faults
}

/// The answers by the instant at which they came, each with the answer of the highest zxid until then.
struct Known<'a> {
    by_time: Vec<(Instant, Answered<'a>)>,
}

impl<'a> Known<'a> {
    fn of(answers: impl Iterator<Item = Answered<'a>>) -> Self {
        let mut all: Vec<Answered<'a>> = answers.collect();
        all.sort_by_key(|a| a.at);
        let mut by_time: Vec<(Instant, Answered<'a>)> = Vec::new();
        for answer in all {
            let best = match by_time.last() {
                Some((_, before)) if before.zxid() >= answer.zxid() => *before,
                _ => answer,
            };
            by_time.push((answer.at, best));
        }
        Self { by_time }
    }

    /// The highest that came before an instant.
    fn before(&self, at: Instant) -> Option<&Answered<'a>> {
        let place = self.by_time.partition_point(|(t, _)| *t < at);
        place.checked_sub(1).map(|last| &self.by_time[last].1)
    }
}

/// What was answered before a write was asked comes before it in the order: writes, and the states that
/// reads showed.
fn real_time(histories: &Histories, faults: &mut Vec<Fault>) {
    let known = Known::of(histories.answered());
    for write in histories.answered() {
        let (Some(zxid), Some(before)) = (write.txn, known.before(write.asked.invoked)) else {
            continue;
        };
        if before.zxid() >= zxid {
            faults.push(Fault::of(Kind::RealTime, before.named(), write.named()));
        }
    }
}

/// What a session was told so far.
#[derive(Clone, Copy, Default)]
struct Told<'a> {
    last: Option<Answered<'a>>,
    write: Option<Answered<'a>>,
}

fn in_session(story: &Story, faults: &mut Vec<Fault>) {
    let mut sessions: BTreeMap<SessionId, Told<'_>> = BTreeMap::new();
    for now in story.answered().filter(|a| a.reply.zxid > Zxid::ZERO) {
        let told = sessions.entry(now.asked.session).or_default();
        let mut fault = |kind, before: &Answered<'_>| {
            faults.push(Fault::of(kind, before.named(), now.named()));
        };
        if let Some(before) = told.last {
            if now.at < before.at {
                fault(Kind::ReplyOrder, &before);
            }
            if now.reply.zxid < before.reply.zxid {
                fault(Kind::WentBack, &before);
            }
        }
        if let Some(write) = told.write {
            if now.txn.is_some_and(|zxid| Some(zxid) <= write.txn) {
                fault(Kind::WriteOrder, &write);
            }
            if Some(now.reply.zxid) < write.txn {
                fault(Kind::OwnWriteUnseen, &write);
            }
        }
        told.last = Some(now);
        if now.txn.is_some() {
            told.write = Some(now);
        }
    }
}

/// A read behind a sync, in the same session, shows what was confirmed before the sync was asked, if its
/// server is in that epoch at least.
fn after_sync(histories: &Histories, faults: &mut Vec<Fault>) {
    let confirmed = |a: &Answered<'_>| a.txn.is_some() && a.reply.outcome() == ErrorCode::Ok;
    let known = Known::of(histories.answered().filter(confirmed));
    for story in &histories.stories {
        let mut sync: Option<Answered<'_>> = None;
        for now in story.answered().filter(|a| a.reply.zxid > Zxid::ZERO) {
            if matches!(now.asked.request, ref r if matches!(**r, Request::Sync { .. })) {
                sync = Some(now);
            }
            let Some(sync) = sync.filter(|s| s.asked.session == now.asked.session) else {
                continue;
            };
            let Some(write) = known.before(sync.asked.invoked) else {
                continue;
            };
            let same_reign = sync.reply.zxid.epoch() >= write.zxid().epoch();
            let same_server = sync.server == now.server;
            if same_reign && same_server && Some(now.reply.zxid) < write.txn {
                faults.push(Fault::of(Kind::StaleAfterSync, write.named(), now.named()));
            }
        }
    }
}
