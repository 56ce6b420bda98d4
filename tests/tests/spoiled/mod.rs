//! Ways to spoil a history in one place. `None`: it has no such place.

use std::sync::Arc;

use zablab_core::base::Instant;
use zablab_core::check::history::Histories;
use zablab_core::model::request::CreateMode;
use zablab_core::model::{ErrorCode, Reply, ReplyBody, Request, WatchEvent, Zxid};
use zablab_core::world::client::{Invocation, RequestOutcome};

/// Client and entry.
type At = (usize, usize);

/// The first answered request that is wanted.
fn find(
    histories: &Histories,
    wanted: impl Fn(At, &Invocation, &Reply, Option<Zxid>) -> bool,
) -> Option<At> {
    for (client, story) in histories.stories.iter().enumerate() {
        for (entry, asked) in story.asked.iter().enumerate() {
            if let RequestOutcome::Told { reply, txn, .. } = &asked.outcome
                && wanted((client, entry), asked, reply, *txn)
            {
                return Some((client, entry));
            }
        }
    }
    None
}

fn asked(histories: &mut Histories, (client, entry): At) -> &mut Invocation {
    &mut histories.stories[client].asked[entry]
}

/// An answer, to be changed.
fn told(histories: &mut Histories, at: At) -> (&mut Reply, &mut Option<Zxid>, &mut Instant) {
    match &mut asked(histories, at).outcome {
        RequestOutcome::Told { reply, txn, at, .. } => (Arc::make_mut(reply), txn, at),
        _ => panic!("it was answered"),
    }
}

fn is_done(reply: &Reply, txn: Option<Zxid>) -> bool {
    txn.is_some() && reply.outcome() == ErrorCode::Ok
}

/// Two writes that follow each other in a session, answered at different instants.
fn two_writes(histories: &Histories) -> Option<(At, At)> {
    let time = |(client, entry): At| match &histories.stories[client].asked.get(entry)?.outcome {
        RequestOutcome::Told {
            txn: Some(_), at, ..
        } => Some(*at),
        _ => None,
    };
    let next = |(client, entry): At| (client, entry + 1);
    let first = find(histories, |at, _, _, _| {
        time(at).is_some() && time(next(at)) > time(at)
    })?;
    Some((first, next(first)))
}

pub fn swap_replies(histories: &mut Histories) -> Option<()> {
    let (first, second) = two_writes(histories)?;
    let outcome = asked(histories, first).outcome.clone();
    let other = std::mem::replace(&mut asked(histories, second).outcome, outcome);
    asked(histories, first).outcome = other;
    Some(())
}

pub fn swap_zxids(histories: &mut Histories) -> Option<()> {
    let (first, second) = two_writes(histories)?;
    let zxid = *told(histories, first).1;
    let other = std::mem::replace(told(histories, second).1, zxid);
    *told(histories, first).1 = other;
    Some(())
}

/// A last reader, and its read of a node that is there.
fn last_read(histories: &Histories) -> Option<At> {
    let last: Vec<bool> = histories.stories.iter().map(|s| s.last).collect();
    find(histories, |(client, _), asked, reply, _| {
        let data = matches!(*asked.request, Request::GetData { .. });
        let below_root = asked.request.path() != Some("/");
        last[client] && data && below_root && reply.error == ErrorCode::Ok
    })
}

pub fn lose_a_write(histories: &mut Histories) -> Option<()> {
    let at = last_read(histories)?;
    let (reply, _, _) = told(histories, at);
    reply.error = ErrorCode::NoNode;
    reply.body = ReplyBody::Empty;
    Some(())
}

pub fn skip_a_last_read(histories: &mut Histories) -> Option<()> {
    let (client, entry) = last_read(histories)?;
    let path = histories.stories[client].asked[entry].request.path();
    let path = path.map(str::to_owned);
    histories.stories[client]
        .asked
        .retain(|asked| asked.request.path() != path.as_deref());
    Some(())
}

/// The write before peace ended is confirmed, and a last reader comes after it.
pub fn read_stale_after_sync(histories: &mut Histories) -> Option<()> {
    let named_last = |name: &str| name.starts_with("last");
    let names: Vec<String> = histories.stories.iter().map(|s| s.name.clone()).collect();
    let write = find(histories, |(client, _), _, reply, txn| {
        named_last(&names[client]) && is_done(reply, txn)
    })?;
    let zxid = (*told(histories, write).1)?;
    let at = last_read(histories)?;
    told(histories, at).0.zxid = Zxid(zxid.0 - 1);
    Some(())
}

pub fn go_back(histories: &mut Histories) -> Option<()> {
    let at = find(histories, |(_, entry), _, reply, txn| {
        entry > 0 && txn.is_none() && reply.zxid.counter() > 5
    })?;
    let session = asked(histories, at).session;
    let before = find(histories, |other, asked, reply, _| {
        other.0 == at.0 && other.1 < at.1 && asked.session == session && reply.zxid.0 > 1
    })?;
    let zxid = told(histories, before).0.zxid;
    told(histories, at).0.zxid = Zxid(zxid.0 - 1);
    Some(())
}

pub fn miss_own_write(histories: &mut Histories) -> Option<()> {
    let write = find(histories, |at, asked, reply, txn| {
        let next = histories.stories[at.0].asked.get(at.1 + 1);
        let next = next.filter(|n| matches!(n.outcome, RequestOutcome::Told { .. }));
        let reads = next.is_some_and(|n| !n.request.is_write() && n.session == asked.session);
        is_done(reply, txn) && reads && reply.zxid.0 > 1
    })?;
    let zxid = (*told(histories, write).1)?;
    told(histories, (write.0, write.1 + 1)).0.zxid = Zxid(zxid.0 - 1);
    Some(())
}

pub fn change_content(histories: &mut Histories) -> Option<()> {
    let last: Vec<bool> = histories.stories.iter().map(|s| s.last).collect();
    let at = find(histories, |(client, _), _, reply, _| {
        !last[client] && matches!(reply.body, ReplyBody::Data { .. })
    })?;
    if let ReplyBody::Data { data, .. } = &mut told(histories, at).0.body {
        *data = Some(Arc::from(b"what nobody wrote".as_slice()));
    }
    Some(())
}

pub fn change_suffix(histories: &mut Histories) -> Option<()> {
    let at = find(histories, |_, asked, reply, _| {
        let sequential =
            matches!(&*asked.request, Request::Create { mode, .. } if mode.is_sequential());
        sequential && matches!(reply.body, ReplyBody::Created { .. })
    })?;
    if let ReplyBody::Created { path, .. } = &mut told(histories, at).0.body {
        path.replace_range(path.len() - 1.., "9");
        path.replace_range(path.len() - 10..path.len() - 9, "1");
    }
    Some(())
}

pub fn forgive_a_failure(histories: &mut Histories) -> Option<()> {
    let at = find(histories, |_, asked, reply, txn| {
        let delete = matches!(*asked.request, Request::Delete { .. });
        delete && txn.is_some() && reply.error == ErrorCode::NoNode
    })?;
    told(histories, at).0.error = ErrorCode::Ok;
    Some(())
}

pub fn repeat_a_zxid(histories: &mut Histories) -> Option<()> {
    let (first, second) = two_writes(histories)?;
    *told(histories, second).1 = *told(histories, first).1;
    Some(())
}

pub fn forget_a_write(histories: &mut Histories) -> Option<()> {
    let (client, entry) = find(histories, |_, asked, reply, txn| {
        let create = matches!(&*asked.request, Request::Create { mode, .. } if *mode == CreateMode::Persistent);
        create && is_done(reply, txn)
    })?;
    histories.stories[client].asked.remove(entry);
    Some(())
}

pub fn write_beyond_the_order(histories: &mut Histories) -> Option<()> {
    let at = find(histories, |_, _, reply, txn| is_done(reply, txn))?;
    let (_, txn, _) = told(histories, at);
    *txn = txn.map(|zxid| Zxid(zxid.0 + (1 << 40)));
    Some(())
}

/// A client's first write is asked when everything has been answered.
pub fn ask_too_late(histories: &mut Histories) -> Option<()> {
    let at = find(histories, |_, _, reply, txn| is_done(reply, txn))?;
    let late = Instant(u64::MAX);
    asked(histories, at).invoked = late;
    *told(histories, at).2 = late;
    Some(())
}

/// A write in doubt that did happen becomes one that could not.
pub fn change_a_doubtful_request(histories: &mut Histories) -> Option<()> {
    let committed: Vec<_> = {
        let order = histories.order.as_ref()?.committed();
        let done = order.values().filter(|entry| entry.error.is_none());
        done.map(|entry| (entry.session, entry.cxid)).collect()
    };
    let stories = histories.stories.iter_mut();
    let mut doubtful = stories.flat_map(|story| &mut story.asked).filter(|asked| {
        let unknown = matches!(asked.outcome, RequestOutcome::Unknown { .. });
        let sent = asked.cxid > 0;
        unknown && sent && committed.contains(&(asked.session, asked.cxid))
    });
    doubtful.next()?.request = Arc::new(Request::Delete {
        path: "/never".to_owned(),
        version: -1,
    });
    Some(())
}

/// An event of a transaction, with no answer at its instant that could have set the watch anew.
pub fn repeat_an_event(histories: &mut Histories) -> Option<()> {
    for story in &mut histories.stories {
        let answered = |now: Instant| {
            story
                .asked
                .iter()
                .any(|asked| matches!(asked.outcome, RequestOutcome::Told { at, .. } if at == now))
        };
        let mut heard = story.heard.iter();
        let clear = heard.position(|n| n.event.zxid.is_some() && !answered(n.at));
        if let Some(place) = clear {
            let again = story.heard[place].clone();
            story.heard.insert(place, again);
            return Some(());
        }
    }
    None
}

/// An event between two reads of its node that show different data, the first with a watch: client and
/// place.
fn told_between(histories: &Histories) -> Option<(usize, usize)> {
    let places = histories.stories.iter().enumerate();
    let mut places =
        places.flat_map(|(client, story)| (0..story.heard.len()).map(move |place| (client, place)));
    places.find(|(client, place)| {
        let story = &histories.stories[*client];
        let notice = &story.heard[*place];
        let of_path = |i: &&Invocation| i.request.path() == Some(&*notice.event.path);
        let reads: Vec<Read<'_>> = story
            .asked
            .iter()
            .filter(of_path)
            .filter_map(read)
            .collect();
        let split = reads.partition_point(|read| read.at < notice.at);
        let (Some(before), Some(after)) = (reads[..split].last(), reads.get(split)) else {
            return false;
        };
        let same_session = before.asked.session == after.asked.session;
        before.watches && same_session && before.data_of != after.data_of && after.at > notice.at
    })
}

/// An answered getData.
struct Read<'a> {
    asked: &'a Invocation,
    at: Instant,
    watches: bool,
    /// The transaction that set what it shows; `None` for no node.
    data_of: Option<Zxid>,
}

fn read(asked: &Invocation) -> Option<Read<'_>> {
    let (Request::GetData { watch, .. }, RequestOutcome::Told { reply, at, .. }) =
        (&*asked.request, &asked.outcome)
    else {
        return None;
    };
    let data_of = match &reply.body {
        ReplyBody::Data { stat, .. } => Some(stat.mzxid),
        _ => None,
    };
    Some(Read {
        asked,
        at: *at,
        watches: *watch && data_of.is_some(),
        data_of,
    })
}

pub fn drop_an_event(histories: &mut Histories) -> Option<()> {
    let (client, place) = told_between(histories)?;
    let path = Arc::clone(&histories.stories[client].heard[place].event.path);
    histories.stories[client]
        .heard
        .retain(|n| n.event.path != path);
    Some(())
}

pub fn postpone_an_event(histories: &mut Histories) -> Option<()> {
    let (client, place) = told_between(histories)?;
    let path = Arc::clone(&histories.stories[client].heard[place].event.path);
    let heard = histories.stories[client].heard.iter_mut();
    for notice in heard.filter(|n| n.event.path == path) {
        notice.event = Arc::new(WatchEvent {
            zxid: Some(Zxid(1 << 50)),
            ..(*notice.event).clone()
        });
    }
    Some(())
}
