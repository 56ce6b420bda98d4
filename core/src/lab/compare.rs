//! Two branches side by side: where they part, what happens then in each, and what differs in the end.
//!
//! ```text
//!   traces of both ──► the first step that differs ──► events from there, in the order of time
//!   both heads     ──► servers, confirmed writes, lamps
//! ```
//! The first difference is read off the digests of the steps, never guessed from where a branch began:
//! a branch may go on for a while exactly as the one it left.

use super::Lab;
use super::branch::Line;
use super::events::event;
use super::transport::EventLine;
use super::unit::Unit;
use crate::check::verdict::{LAMPS, Verdict};
use crate::model::Zxid;
use crate::protocol::zab::state::Role;
use crate::view::Text;
use crate::world::Host;

/// Events of each branch that are shown.
const EVENTS: usize = 40;
/// Steps of each branch that are played again for them.
const STEPS: u64 = 1_500;
/// Confirmed writes that are named.
const WRITES: usize = 8;

/// Two branches side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Their names.
    pub names: [String; 2],
    /// The first step that differs; shown after `differs + 1` steps. None when they are the same.
    pub differs: Option<u64>,
    /// What happens from there, in the order of time.
    pub rows: Vec<Row>,
    /// How the branches end, as far as they are recorded.
    pub ends: Vec<End>,
    /// When they end, in microseconds.
    pub ends_us: [u64; 2],
}

/// An instant of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When, in microseconds.
    pub at_us: u64,
    /// What happens in each.
    pub events: [Option<EventLine>; 2],
    /// The same happens in both.
    pub same: bool,
}

/// One thing in the end of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// What: `S1`, confirmed writes, a lamp.
    pub what: Text,
    /// How it is in each.
    pub sides: [Text; 2],
}

impl End {
    /// It is the same in both.
    pub fn same(&self) -> bool {
        self.sides[0] == self.sides[1]
    }
}

impl Lab {
    /// Two branches side by side. `None` when there are no such two.
    pub fn compare(&self, left: usize, right: usize) -> Option<Comparison> {
        let sides = [self.branches.get(left)?, self.branches.get(right)?];
        let traces = sides.map(|line| &line.chronicle.traces);
        let differs = traces[0].first_difference(traces[1]);
        let rows = differs.map(|from| rows(sides.map(|line| events(line, from))));
        Some(Comparison {
            names: sides.map(|line| line.name.clone()),
            differs,
            rows: rows.unwrap_or_default(),
            ends: ends(sides.map(|line| &**line)),
            ends_us: sides.map(|line| line.timeline.now().0),
        })
    }

    /// Chooses the two branches that are compared, or none any more.
    pub(super) fn choose_compared(&mut self, pair: Option<(usize, usize)>) {
        let name = |at: usize| self.branches.get(at).map(|line| line.name.clone());
        self.compared = pair.and_then(|(left, right)| Some([name(left)?, name(right)?]));
    }

    /// The two branches that are compared.
    pub fn compared(&self) -> Option<(usize, usize)> {
        let [left, right] = self.compared.as_ref()?;
        let place = |name: &String| self.branches.iter().position(|line| line.name == *name);
        Some((place(left)?, place(right)?))
    }

    /// The first step of the branch that is shown that differs from the one it is compared with.
    pub fn differs_from(&self) -> Option<u64> {
        let (left, right) = self.compared()?;
        let other = match self.branch {
            shown if shown == left => right,
            shown if shown == right => left,
            _ => return None,
        };
        let other = &self.branches[other].chronicle.traces;
        self.line().chronicle.traces.first_difference(other)
    }
}

/// The first step that differs, and what is worth telling after it.
fn events(line: &Line, from: u64) -> Vec<EventLine> {
    let world = line.timeline.world();
    let steps = line.timeline.steps(from..from + STEPS);
    let told = steps.iter().filter(|step| {
        let step = step.id.0;
        step == from || line.chronicle.traces.next(Unit::Phase, step) == Some(step + 1)
    });
    told.take(EVENTS).map(|step| event(step, world)).collect()
}

fn rows([left, right]: [Vec<EventLine>; 2]) -> Vec<Row> {
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut rows = Vec::new();
    loop {
        let events = match (left.peek(), right.peek()) {
            (None, None) => return rows,
            (Some(_), None) => [left.next(), None],
            (None, Some(_)) => [None, right.next()],
            (Some(a), Some(b)) if a.at_us == b.at_us => [left.next(), right.next()],
            (Some(a), Some(b)) if a.at_us < b.at_us => [left.next(), None],
            _ => [None, right.next()],
        };
        let at_us = events.iter().flatten().map(|e| e.at_us).min().unwrap_or(0);
        let same = match &events {
            [Some(a), Some(b)] => (&a.who, &a.text, &a.change) == (&b.who, &b.text, &b.change),
            _ => false,
        };
        rows.push(Row {
            at_us,
            events,
            same,
        });
    }
}

fn ends(sides: [&Line; 2]) -> Vec<End> {
    let hosts = sides.map(|line| line.timeline.world().hosts());
    let mut ends: Vec<End> = hosts[0]
        .iter()
        .zip(hosts[1])
        .map(|(a, b)| End {
            what: Text::same(a.id.to_string()),
            sides: [stand(a), stand(b)],
        })
        .collect();
    let writes = sides.map(confirmed);
    let only = |mine: usize| {
        let other = &writes[1 - mine];
        let only: Vec<&(Zxid, u64)> = writes[mine].iter().filter(|w| !other.contains(w)).collect();
        said(writes[mine].len(), &only)
    };
    ends.push(End {
        what: Text::new("confirmed writes", "已答复写入"),
        sides: [only(0), only(1)],
    });
    let lamps = sides.map(|line| line.timeline.monitor().lamps());
    for (at, (name, _)) in LAMPS.iter().enumerate() {
        ends.push(End {
            what: Text::same(*name),
            sides: [lamp(&lamps[0][at].verdict), lamp(&lamps[1][at].verdict)],
        });
    }
    ends
}

/// Role, epoch, and how far log and commits reach.
fn stand(host: &Host) -> Text {
    let Some(process) = &host.process else {
        return Text::new("down", "宕机");
    };
    let status = process.status();
    let (en, zh) = match status.role {
        Role::Looking => ("looking", "选举中"),
        Role::Following => ("following", "跟随"),
        Role::Leading => ("leading", "领导"),
        Role::Observing => ("observing", "观察"),
    };
    let epoch = status.current.0;
    let (logged, committed) = (entry(status.logged), entry(status.committed));
    let (paused_en, paused_zh) = if host.paused {
        ("paused, ", "暂停，")
    } else {
        ("", "")
    };
    Text::new(
        format!("{paused_en}{en}, epoch {epoch}, logged {logged}, committed {committed}"),
        format!("{paused_zh}{zh}，纪元 {epoch}，日志至 {logged}，已提交至 {committed}"),
    )
}

fn entry(zxid: Zxid) -> String {
    format!("e{}·{}", zxid.epoch().0, zxid.counter())
}

/// The writes that clients were told of: which, and their content.
fn confirmed(line: &Line) -> Vec<(Zxid, u64)> {
    let ledger = line.timeline.monitor().ledger();
    let told = ledger.filter(|(_, _, told)| told.is_some());
    told.map(|(record, _, _)| (record.zxid(), record.hash))
        .collect()
}

fn said(count: usize, only: &[&(Zxid, u64)]) -> Text {
    if only.is_empty() {
        return Text::same(count.to_string());
    }
    let mut names: Vec<String> = only.iter().take(WRITES).map(|w| entry(w.0)).collect();
    if only.len() > WRITES {
        names.push("…".to_owned());
    }
    let names = names.join(" ");
    Text::new(
        format!("{count}, only here: {names}"),
        format!("{count}，仅此分支有：{names}"),
    )
}

fn lamp(verdict: &Verdict) -> Text {
    match verdict {
        Verdict::Holds => Text::new("holds", "成立"),
        Verdict::Broken(violation) => Text::new(
            format!("broken at step {}", violation.at.0 + 1),
            format!("第 {} 步被破坏", violation.at.0 + 1),
        ),
        Verdict::NotApplicable => Text::new("not applicable", "不适用"),
    }
}
