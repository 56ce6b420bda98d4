//! The writes one after the other on the model, and every answer at its place.
//!
//! ```text
//!   order:   1.3 ─────────► 1.4 ─────────► 1.5
//!   answers:     reads at 1.3   reads at 1.4
//! ```
//! A state lasts from one transaction to the next, so a read is compared behind the last transaction
//! that is not above the zxid of its answer.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use super::model::{Answer, Model, Place, timeless};
use super::{Answered, Entry, Fault, Histories, Kind, Named, Story};
use crate::base::SessionId;
use crate::model::{ErrorCode, Request, Zxid};
use crate::world::client::RequestOutcome;

/// One transaction of the order.
enum Write<'a> {
    /// A client was told of it.
    Told(Answered<'a>),
    /// A client asked for it and was never told.
    InDoubt(&'a Story, usize, &'a Entry),
    /// The leader ended a session.
    Closed(SessionId),
    /// The leader reaped a node, or found that it could not.
    Reaped(&'a str, bool),
}

/// What would be wrong with whom, and what was told.
type Found<'a> = (Kind, Named, &'a dyn std::fmt::Debug);

/// The work.
struct Sequence<'a> {
    model: Model,
    done: BTreeMap<Zxid, Named>,
    faults: Vec<Fault>,
    reads: std::iter::Peekable<std::vec::IntoIter<Answered<'a>>>,
}

/// Everything that does not fit.
pub(super) fn judge(histories: &Histories) -> Vec<Fault> {
    let mut faults = Vec::new();
    let writes = writes(histories, &mut faults);
    let mut reads: Vec<Answered<'_>> = histories.answered().collect();
    reads.retain(|a| a.txn.is_none() && a.reply.zxid > Zxid::ZERO);
    reads.sort_by_key(|a| a.reply.zxid);
    let mut sequence = Sequence {
        model: Model::new(),
        done: BTreeMap::new(),
        faults,
        reads: reads.into_iter().peekable(),
    };
    for (zxid, write) in &writes {
        sequence.read_before(Some(*zxid));
        sequence.write(*zxid, write);
    }
    sequence.read_before(None);
    sequence.read_back(histories);
    sequence.faults
}

/// The transactions in order.
fn writes<'a>(histories: &'a Histories, faults: &mut Vec<Fault>) -> BTreeMap<Zxid, Write<'a>> {
    let mut writes: BTreeMap<Zxid, Write<'a>> = BTreeMap::new();
    for told in histories.answered() {
        let Some(zxid) = told.txn else { continue };
        if let Some(Write::Told(other)) = writes.get(&zxid) {
            faults.push(Fault::of(Kind::SameZxid, other.named(), told.named()));
            continue;
        }
        writes.insert(zxid, Write::Told(told));
    }
    if let Some(order) = &histories.order {
        let committed = order.committed();
        compare(&writes, &committed, faults);
        let askers = askers(histories);
        for (zxid, entry) in committed {
            let Slot::Vacant(slot) = writes.entry(zxid) else {
                continue;
            };
            match untold(entry, &askers) {
                Some(write) => {
                    slot.insert(write);
                }
                None if is_nothing(entry) => {}
                None => faults.push(Fault {
                    kind: Kind::Unasked,
                    first: None,
                    second: None,
                    detail: format!("{zxid} of session {:x} #{}", entry.session.0, entry.cxid),
                }),
            }
        }
    }
    writes
}

type Askers<'a> = BTreeMap<(SessionId, i32), (&'a Story, usize)>;

/// Who asked what under which number.
fn askers(histories: &Histories) -> Askers<'_> {
    let mut askers = BTreeMap::new();
    for story in &histories.stories {
        for (entry, asked) in story.asked.iter().enumerate() {
            if asked.cxid > 0 {
                askers.insert((asked.session, asked.cxid), (story, entry));
            }
        }
    }
    askers
}

/// What an entry of the order is, of which nobody was told. A write that was answered under another zxid
/// is nobody's.
fn untold<'a>(entry: &'a Entry, askers: &Askers<'a>) -> Option<Write<'a>> {
    if let Some(path) = &entry.reaps {
        return Some(Write::Reaped(path, entry.error.is_none()));
    }
    if let Some((story, place)) = askers.get(&(entry.session, entry.cxid)) {
        let told = matches!(story.asked[*place].outcome, RequestOutcome::Told { .. });
        return (!told).then_some(Write::InDoubt(story, *place, entry));
    }
    entry.closes.then_some(Write::Closed(entry.session))
}

/// The begin of a session, or something of the leader's that failed: neither changes a node.
fn is_nothing(entry: &Entry) -> bool {
    entry.opens || entry.session == SessionId(0)
}

/// Each write that was answered stands in the committed order, under its own zxid.
fn compare(
    writes: &BTreeMap<Zxid, Write<'_>>,
    committed: &BTreeMap<Zxid, &Entry>,
    faults: &mut Vec<Fault>,
) {
    for (zxid, write) in writes {
        let Write::Told(told) = write else { continue };
        let kind = match committed.get(zxid) {
            None => Kind::Uncommitted,
            Some(e) if (e.session, e.cxid) != (told.asked.session, told.asked.cxid) => {
                Kind::Misplaced
            }
            Some(_) => continue,
        };
        faults.push(Fault {
            kind,
            first: None,
            second: Some(told.named()),
            detail: String::new(),
        });
    }
}

impl Sequence<'_> {
    fn write(&mut self, zxid: Zxid, write: &Write<'_>) {
        match write {
            Write::Told(told) => {
                let answer = (told.reply.error, timeless(&told.reply.body));
                let session = told.asked.session;
                let request = &told.asked.request;
                let code = told.reply.outcome();
                let fits = |a: &Answer| *a == answer;
                if !of_session(code) {
                    let kind = Kind::WrongResult;
                    self.carry_out(
                        (session, zxid),
                        request,
                        fits,
                        (kind, told.named(), &answer),
                    );
                }
                self.done.insert(zxid, told.named());
            }
            Write::InDoubt(story, entry, recorded) => {
                let asked = &story.asked[*entry];
                let code = recorded.error.unwrap_or(ErrorCode::Ok);
                let fits = |a: &Answer| outcome(a) == code;
                let named = story.named(*entry);
                if !of_session(code) {
                    let place = (asked.session, zxid);
                    let found: Found<'_> = (Kind::WrongRecord, named.clone(), &code);
                    self.carry_out(place, &asked.request, fits, found);
                }
                self.done.insert(zxid, named);
            }
            Write::Closed(session) => self.model.close(*session, zxid),
            Write::Reaped(path, true) => self.model.remove(path, zxid),
            Write::Reaped(_, false) => {}
        }
    }

    /// Carries out a write; when it does not fit, perhaps the leader still counted children of a session
    /// that was closing.
    fn carry_out(
        &mut self,
        (session, zxid): (SessionId, Zxid),
        request: &Request,
        fits: impl Fn(&Answer) -> bool,
        (kind, named, told): Found<'_>,
    ) {
        let place = |slow_close| Place {
            session,
            zxid,
            slow_close,
        };
        let mut other = self.model.clone();
        let answer = self.model.write(place(false), request);
        if fits(&answer) {
            return;
        }
        if fits(&other.write(place(true), request)) {
            self.model = other;
            return;
        }
        let touched = request.path().and_then(|path| other.last_touch(path));
        let first = touched.and_then(|zxid| self.done.get(&zxid).cloned());
        self.faults.push(Fault {
            kind,
            first,
            second: Some(named),
            detail: format!("told {told:?}; model {answer:?}"),
        });
    }

    /// Compares the reads of the present state.
    fn read_before(&mut self, next: Option<Zxid>) {
        let is_now = |a: &Answered<'_>| next.is_none_or(|next| a.reply.zxid < next);
        while let Some(read) = self.reads.next_if(is_now) {
            self.read(&read);
        }
    }

    fn read(&mut self, read: &Answered<'_>) {
        let request = &read.asked.request;
        let Some(expected) = self.model.read(read.asked.session, request) else {
            return;
        };
        if of_session(read.reply.error)
            || expected == (read.reply.error, timeless(&read.reply.body))
        {
            return;
        }
        let kind = match read.story.last {
            true => Kind::Lost,
            false => Kind::WrongRead,
        };
        let touched = request.path().and_then(|path| self.model.last_touch(path));
        self.faults.push(Fault {
            kind,
            first: touched.and_then(|zxid| self.done.get(&zxid).cloned()),
            second: Some(read.named()),
            detail: format!("told {:?}; model {expected:?}", read.reply),
        });
    }

    /// Whoever reads back in the end has read every node of the model.
    fn read_back(&mut self, histories: &Histories) {
        for story in histories.stories.iter().filter(|s| s.last) {
            let read: BTreeSet<&str> = story
                .answered()
                .filter(|a| matches!(*a.asked.request, Request::GetData { .. }))
                .filter_map(|a| a.asked.request.path())
                .collect();
            for path in self.model.paths().filter(|path| !read.contains(path)) {
                let touched = self.model.last_touch(path);
                self.faults.push(Fault {
                    kind: Kind::NotReadBack,
                    first: touched.and_then(|zxid| self.done.get(&zxid).cloned()),
                    second: None,
                    detail: format!("{path} by {}", story.name),
                });
            }
        }
    }
}

/// Answers about the session, which the model does not know.
const fn of_session(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::SessionExpired | ErrorCode::SessionMoved | ErrorCode::ConnectionLoss
    )
}

/// The outcome of an answer, as it is recorded.
fn outcome((code, body): &Answer) -> ErrorCode {
    let reply = crate::model::Reply {
        zxid: Zxid::ZERO,
        error: *code,
        body: body.clone(),
    };
    reply.outcome()
}
