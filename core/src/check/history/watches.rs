//! One-shot watches as a client sees them: each event was waited for, and is heard before the state it
//! tells of can be read.
//!
//! A watch is set by an answer and used up by an event. A client sets its watches again on each new
//! connection before it asks for anything else, so the rules hold across connections, too. The wire has no
//! order between an answer and an event of the same instant; such a pair is taken in the order that fits.
//!
//! Only one-shot watches are looked at: a client that adds persistent ones is left out.

use std::collections::BTreeMap;

use super::{Answered, Fault, Histories, Kind, Story};
use crate::base::Instant;
use crate::model::{ErrorCode, EventKind, ReplyBody, Request, Zxid};
use crate::world::client::Notice;

/// The lists of a server: of data (and absence), and of children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Data,
    Children,
}

/// What a read shows of a node: when it came to be and when what the list watches last changed.
type Shown = Option<(Zxid, Zxid)>;

/// A read of a watched kind.
struct Look<'a> {
    answer: Answered<'a>,
    path: &'a str,
    list: List,
    watches: bool,
    shown: Shown,
}

/// Everything that does not fit.
pub(super) fn judge(histories: &Histories) -> Vec<Fault> {
    let mut faults = Vec::new();
    let adds = |s: &&Story| {
        !s.asked
            .iter()
            .any(|i| matches!(*i.request, Request::AddWatch { .. }))
    };
    for story in histories.stories.iter().filter(adds) {
        let looks: Vec<Look<'_>> = story.answered().filter_map(look).collect();
        waited_for(story, &looks, &mut faults);
        told_in_time(story, &looks, &mut faults);
    }
    faults
}

fn look(answer: Answered<'_>) -> Option<Look<'_>> {
    let (path, list, watch) = match &*answer.asked.request {
        Request::GetData { path, watch } | Request::Exists { path, watch } => {
            (path, List::Data, *watch)
        }
        Request::GetChildren { path, watch } => (path, List::Children, *watch),
        _ => return None,
    };
    let missing = answer.reply.error == ErrorCode::NoNode;
    let is_exists = matches!(*answer.asked.request, Request::Exists { .. });
    let shown = match &answer.reply.body {
        ReplyBody::Data { stat, .. } | ReplyBody::Stat(stat) => Some((stat.czxid, stat.mzxid)),
        ReplyBody::Children { stat, .. } => Some((stat.czxid, stat.pzxid)),
        _ if missing => None,
        _ => return None,
    };
    Some(Look {
        answer,
        path,
        list,
        watches: watch && (shown.is_some() || is_exists),
        shown,
    })
}

/// Whether an event uses up the watches of a list.
fn uses_up(notice: &Notice, list: List) -> bool {
    match notice.event.kind {
        EventKind::Created | EventKind::DataChanged => list == List::Data,
        EventKind::ChildrenChanged => list == List::Children,
        EventKind::Deleted => true,
    }
}

/// At most one event for each time that a watch was set. When watches are set again a missing node is told
/// once per list (`DataTree.setWatches`), so such an event uses up one of them only.
fn waited_for(story: &Story, looks: &[Look<'_>], faults: &mut Vec<Fault>) {
    let mut used: BTreeMap<(&str, List), Instant> = BTreeMap::new();
    for notice in &story.heard {
        let path = &*notice.event.path;
        let is_set = |list: &List| {
            let since = used.get(&(path, *list)).copied().unwrap_or(Instant::ZERO);
            let mut set = looks.iter();
            set.any(|look| {
                let of_list = look.watches && look.path == path && look.list == *list;
                of_list && (since..=notice.at).contains(&look.answer.at)
            })
        };
        let lists = [List::Data, List::Children].into_iter();
        let lists: Vec<List> = lists.filter(|list| uses_up(notice, *list)).collect();
        match lists.iter().copied().find(is_set) {
            Some(one) if notice.event.zxid.is_none() => {
                used.insert((path, one), notice.at);
            }
            Some(_) => used.extend(lists.iter().map(|list| ((path, *list), notice.at))),
            None => faults.push(Fault {
                kind: Kind::UnwatchedEvent,
                first: None,
                second: None,
                detail: format!("{} hears {:?} at {}", story.name, notice.event, notice.at),
            }),
        }
    }
}

/// Between a read that watches and the first read that shows another state there is an event, of a
/// transaction between the two.
fn told_in_time(story: &Story, looks: &[Look<'_>], faults: &mut Vec<Fault>) {
    for (place, old) in looks.iter().enumerate().filter(|(_, l)| l.watches) {
        let other = |l: &&Look<'_>| {
            l.path == old.path
                && l.list == old.list
                && l.answer.asked.session == old.answer.asked.session
                && l.shown != old.shown
        };
        let Some(new) = looks[place + 1..].iter().find(other) else {
            continue;
        };
        let between = old.answer.at..=new.answer.at;
        let heard = story.heard.iter().filter(|n| {
            *n.event.path == *old.path && uses_up(n, old.list) && between.contains(&n.at)
        });
        let heard: Vec<&Notice> = heard.collect();
        let (from, to) = (old.answer.reply.zxid, new.answer.reply.zxid);
        let fits = |n: &&Notice| n.event.zxid.is_none_or(|z| from < z && z <= to);
        let kind = match (heard.is_empty(), heard.iter().any(fits)) {
            (true, _) => Kind::MissedEvent,
            (false, false) => Kind::EventOutOfPlace,
            (false, true) => continue,
        };
        faults.push(Fault::of(kind, old.answer.named(), new.answer.named()));
    }
}
