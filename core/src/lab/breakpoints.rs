//! Breakpoints: conditions that the engine's own steps meet or not.
//!
//! ```text
//!   Condition ──► the steps of this branch that meet it ──► flags, counts, places to stop at
//! ```
//! A condition is text to the outside (`leader`, `commit:1.7`, `fsync:2`, `message:proposal`), so a set
//! of them can be kept. Hits are taken from notes that were made when the steps happened, and counted
//! on as the branch grows; nothing is replayed.

use std::fmt;

use super::Lab;
use super::branch::Line;
use super::trace::words;
use super::turns::Turn;
use crate::base::{Order, ServerId};
use crate::history::StepKind;
use crate::model::Zxid;
use crate::scenario::parse_zxid;
use crate::view::Text;
use crate::world::Actor;

/// Breakpoints that can be set at a time.
const MAX: usize = 32;

/// When to stop.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// A leader is established.
    Leader,
    /// A quorum agrees on a new epoch.
    Epoch,
    /// No quorum serves any more.
    QuorumLost,
    /// A quorum serves again.
    QuorumBack,
    /// Any transaction is committed.
    AnyCommit,
    /// That transaction is committed.
    Commit(Zxid),
    /// A server cuts its log.
    Truncated,
    /// A write that a client was told of is lost.
    WriteLost,
    /// An fsync of log records ends on that server.
    Fsync(ServerId),
    /// A message arrives that is called so.
    Message(&'static str),
    /// A session expires.
    Expired,
    /// A snapshot begins.
    SnapshotBegun,
    /// A snapshot is complete.
    SnapshotDone,
    /// A tree or files of a backup took the place of a server's own.
    Restored,
    /// A lamp turns red.
    LampRed,
}

/// Those without a parameter, in the order in which they are listed.
const PLAIN: [(Condition, &str); 12] = [
    (Condition::Leader, "leader"),
    (Condition::Epoch, "epoch"),
    (Condition::QuorumLost, "quorum-lost"),
    (Condition::QuorumBack, "quorum-back"),
    (Condition::AnyCommit, "commit"),
    (Condition::Truncated, "truncated"),
    (Condition::WriteLost, "write-lost"),
    (Condition::Expired, "expired"),
    (Condition::SnapshotBegun, "snapshot-begun"),
    (Condition::SnapshotDone, "snapshot-done"),
    (Condition::Restored, "restored"),
    (Condition::LampRed, "lamp-red"),
];

impl Condition {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((plain, _)) = PLAIN.iter().find(|(_, word)| *word == text) {
            return Some(plain.clone());
        }
        match text.split_once(':')? {
            ("commit", zxid) => parse_zxid(zxid).map(Self::Commit),
            ("fsync", server) => server.parse().ok().map(|id| Self::Fsync(ServerId(id))),
            ("message", word) => words().find(|known| *known == word).map(Self::Message),
            _ => None,
        }
    }

    /// For a reader.
    pub fn text(&self) -> Text {
        match self {
            Self::Leader => Text::new("a leader is established", "领导者就位"),
            Self::Epoch => Text::new("a new epoch is agreed", "新纪元达成一致"),
            Self::QuorumLost => Text::new("the quorum is lost", "失去多数派"),
            Self::QuorumBack => Text::new("a quorum serves", "多数派恢复服务"),
            Self::AnyCommit => Text::new("any commit", "任一提交"),
            Self::Commit(zxid) => Text::new(
                format!("commit of e{}·{}", zxid.epoch().0, zxid.counter()),
                format!("提交 e{}·{}", zxid.epoch().0, zxid.counter()),
            ),
            Self::Truncated => Text::new("a log is truncated", "日志被截断"),
            Self::WriteLost => Text::new("a confirmed write is lost", "已答复的写入丢失"),
            Self::Fsync(server) => Text::new(
                format!("fsync done on {server}"),
                format!("{server} 完成 fsync"),
            ),
            Self::Message(word) => Text::new(
                format!("{} arrives", shown(word)),
                format!("{} 到达", shown(word)),
            ),
            Self::Expired => Text::new("a session expires", "会话过期"),
            Self::SnapshotBegun => Text::new("a snapshot begins", "快照开始"),
            Self::SnapshotDone => Text::new("a snapshot ends", "快照完成"),
            Self::Restored => Text::new("a restore is done", "还原完成"),
            Self::LampRed => Text::new("a lamp turns red", "任一指示灯变红"),
        }
    }

    /// Steps of a branch that meet it, more than `after` and at most `len`, ascending.
    fn hits(&self, line: &Line, after: u64) -> Vec<u64> {
        let len = line.timeline.len();
        let turns = |turn| line.chronicle.turns.of(turn, after).collect();
        let commits = |wanted: Option<Zxid>| {
            let all = line.chronicle.commits();
            let start = all.partition_point(|(at, _)| *at <= after);
            let fits = all[start..]
                .iter()
                .filter(|(_, z)| wanted.is_none_or(|wanted| *z == wanted));
            fits.map(|(at, _)| *at).collect()
        };
        match self {
            Self::Leader => turns(Turn::Leader),
            Self::Epoch => turns(Turn::Epoch),
            Self::QuorumLost => turns(Turn::QuorumLost),
            Self::QuorumBack => turns(Turn::QuorumBack),
            Self::AnyCommit => commits(None),
            Self::Commit(zxid) => commits(Some(*zxid)),
            Self::Truncated => turns(Turn::Truncated),
            Self::Expired => turns(Turn::Expired),
            Self::SnapshotBegun => turns(Turn::SnapshotBegun),
            Self::SnapshotDone => turns(Turn::SnapshotDone),
            Self::Restored => turns(Turn::Restored),
            Self::Message(word) => line.chronicle.traces.arrivals(word, after..len),
            Self::Fsync(server) => {
                let is = |step: &u64| {
                    let brief = line.timeline.index(*step);
                    brief.is_some_and(|b| {
                        b.kind == StepKind::Synced && b.actor == Actor::Server(*server)
                    }) && line.chronicle.traces.is_message(*step)
                };
                (after..len).filter(is).map(|step| step + 1).collect()
            }
            Self::WriteLost | Self::LampRed => {
                let lamps = line.timeline.monitor().lamps();
                let of = lamps
                    .iter()
                    .filter(|l| *self == Self::LampRed || l.name == "I1");
                let mut hits: Vec<u64> = of
                    .filter_map(|l| Some(l.verdict.violation()?.at.0 + 1))
                    .collect();
                hits.retain(|at| *at > after);
                hits.order_by_key(|at| *at);
                hits.dedup();
                hits
            }
        }
    }
}

/// As the wire words are written: `PROPOSAL`.
fn shown(word: &str) -> String {
    word.to_ascii_uppercase()
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commit(zxid) => write!(f, "commit:{zxid}"),
            Self::Fsync(server) => write!(f, "fsync:{}", server.0),
            Self::Message(word) => write!(f, "message:{word}"),
            plain => {
                let found = PLAIN.iter().find(|(known, _)| known == plain);
                f.write_str(found.map_or("", |(_, word)| word))
            }
        }
    }
}

/// A breakpoint as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakpoint {
    /// The condition as text, for [`super::Action::Break`].
    pub id: String,
    /// For a reader.
    pub text: Text,
    /// Is it set?
    pub on: bool,
    /// How often it is met on this branch, as far as it is recorded.
    pub hits: u32,
    /// It has a parameter, and leaves the list when it is taken away.
    pub own: bool,
}

/// The breakpoints that are set, with their places on the branch that is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Breakpoints {
    set: Vec<Condition>,
    /// Which branch, which breakpoints, and how many steps of it are judged.
    judged: Option<(String, u64)>,
    /// Ascending, each with the first condition that is met there.
    hits: Vec<(u64, usize)>,
}

impl Breakpoints {
    /// Those that are set.
    pub(super) fn set(&self) -> &[Condition] {
        &self.set
    }

    /// Sets them all anew.
    pub(super) fn replace(&mut self, set: Vec<Condition>) {
        self.set = set;
        self.forget();
    }

    /// The branch is another one, or was cut.
    pub(super) fn forget(&mut self) {
        self.judged = None;
        self.hits.clear();
    }

    /// Judges the steps of `line` that were not judged yet.
    fn judge(&mut self, line: &Line) {
        if self.set.is_empty() {
            return self.hits.clear();
        }
        let len = line.timeline.len();
        let after = match &self.judged {
            Some((name, after)) if *name == line.name && *after <= len => *after,
            _ => {
                self.hits.clear();
                0
            }
        };
        if self.judged.is_some() && after == len {
            return;
        }
        let mut new = Vec::new();
        for (at, condition) in self.set.iter().enumerate() {
            new.extend(condition.hits(line, after).into_iter().map(|hit| (hit, at)));
        }
        new.order();
        new.dedup_by_key(|(hit, _)| *hit);
        self.hits.extend(new);
        self.judged = Some((line.name.clone(), len));
    }
}

impl Lab {
    /// The next place behind `at` steps that a breakpoint names, as far as the run is recorded.
    pub(super) fn next_hit(&mut self, at: u64) -> Option<u64> {
        let hits = self.hits();
        let next = hits.partition_point(|(hit, _)| *hit <= at);
        hits.get(next).map(|(hit, _)| *hit)
    }

    /// The last place before `at` steps that a breakpoint names.
    pub(super) fn previous_hit(&mut self, at: u64) -> Option<u64> {
        let hits = self.hits();
        let next = hits.partition_point(|(hit, _)| *hit < at);
        next.checked_sub(1).map(|last| hits[last].0)
    }

    /// The condition that is met with the last of so many steps.
    pub(super) fn hit_at(&mut self, at: u64) -> Option<Text> {
        let hits = self.hits();
        let found = hits.binary_search_by_key(&at, |(hit, _)| *hit).ok()?;
        let condition = hits[found].1;
        Some(self.breakpoints.set[condition].text())
    }

    /// Every place that a breakpoint names, as far as it was judged, with what is met there.
    pub(super) fn flags(&self) -> impl Iterator<Item = (u64, &Condition)> {
        let set = &self.breakpoints.set;
        self.breakpoints
            .hits
            .iter()
            .map(|(hit, at)| (*hit, &set[*at]))
    }

    /// Judges what happened since it was asked last.
    pub(super) fn hits(&mut self) -> &[(u64, usize)] {
        self.breakpoints.judge(&self.branches[self.branch]);
        &self.breakpoints.hits
    }

    /// Sets a breakpoint, or takes it away.
    pub(super) fn set_breakpoint(&mut self, id: &str, on: bool) {
        let Some(condition) = Condition::parse(id) else {
            return;
        };
        let mut set = self.breakpoints.set.clone();
        set.retain(|known| *known != condition);
        if on && set.len() < MAX {
            set.push(condition);
        }
        self.breakpoints.replace(set);
        self.edition += 1;
    }

    /// The list of breakpoints: those without a parameter, then those of one's own.
    pub fn breakpoints(&self) -> Vec<Breakpoint> {
        let set = &self.breakpoints.set;
        let plain = PLAIN.iter().map(|(condition, _)| condition);
        let own = set
            .iter()
            .filter(|c| PLAIN.iter().all(|(plain, _)| plain != *c));
        let list = |condition: &Condition, own: bool| Breakpoint {
            id: condition.to_string(),
            text: condition.text(),
            on: set.contains(condition),
            hits: u32::try_from(condition.hits(self.line(), 0).len()).unwrap_or(u32::MAX),
            own,
        };
        let plain = plain.map(|c| list(c, false));
        plain.chain(own.map(|c| list(c, true))).collect()
    }

    /// The words that a message may be called by, for a breakpoint.
    pub fn message_words() -> Vec<&'static str> {
        words().collect()
    }
}
