//! Steps as lines of text that a person can read: what `zablab run` prints and golden files keep.
//!
//! ```text
//!    0.412  S3 looking ⇨ leading discovery
//!    0.415  S3 proposes epoch 1: a quorum has announced its acceptedEpoch
//!    0.622  S3 → S1,S2 PROPOSAL 1.2 create /p
//!    0.630  S3 commits 1.2: acknowledged by S1,S3
//!    0.634  a is told OK by S1: create /p is 1.2
//!    1.000  S3 dies of a power loss
//! ```
//!
//! *What* happened comes from the step's outcomes and from comparing the state before and after;
//! *why* comes from the decisions. Every line has a [`Kind`]; a [`Filter`] says which kinds are
//! wanted, so that a run of a minute stays a page. Commands are not said here: they are lines of a
//! script already, and `scenario::transcript` puts both together.

mod kind;
pub(super) mod packet;
mod program;
mod reason;
pub mod report;
mod stored;
mod vault;
mod violation;

use std::fmt;
use std::sync::Arc;

pub use self::kind::{Filter, Kind, is_noise};
pub use self::program::recipe_standing;
use self::reason::reason;
pub use self::stored::{node, record};
pub use self::violation::violation;
use crate::base::{ClientId, Instant, ServerId};
use crate::model::Record;
use crate::protocol::zab::state::{Role, Status};
use crate::protocol::{Decision, Effect, HaltReason};
use crate::storage::{FileOp, SyncTarget};
use crate::world::World;
use crate::world::command::CrashKind;
use crate::world::message::{End, Message};
use crate::world::step::{Actor, Cause, Outcome, Step};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLine {
    /// When.
    pub at: Instant,
    /// Of which kind.
    pub kind: Kind,
    /// What.
    pub text: String,
}

impl fmt::Display for TextLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (s, ms) = (self.at.0 / 1_000_000, self.at.0 / 1_000 % 1_000);
        write!(f, "{s:>5}.{ms:03}  {}", self.text)
    }
}

/// The lines of one step, those that `filter` wants. `world` is the world after the step.
pub fn step_lines(step: &Step, world: &World, filter: Filter) -> Vec<TextLine> {
    let mut page = Page {
        step,
        world,
        filter,
        lines: Vec::new(),
    };
    page.cause();
    let mut outcomes = step.outcomes.as_slice();
    while let Some((first, rest)) = outcomes.split_first() {
        let used = page.outcome(first, rest);
        outcomes = &outcomes[used..];
    }
    page.transition();
    page.lines
}

struct Page<'a> {
    step: &'a Step,
    world: &'a World,
    filter: Filter,
    lines: Vec<TextLine>,
}

impl Page<'_> {
    fn say(&mut self, kind: Kind, text: impl FnOnce(&Self) -> String) {
        if self.filter.wants(kind) {
            let (at, text) = (self.step.at, text(self));
            self.lines.push(TextLine { at, kind, text });
        }
    }

    /// The name of whose event it is.
    fn actor(&self) -> String {
        match self.step.actor {
            Actor::Server(s) => s.to_string(),
            Actor::Client(c) => self.client(c),
            Actor::World => "the world".to_owned(),
        }
    }

    fn client(&self, id: ClientId) -> String {
        let found = self.world.clients().get(usize::from(id.0));
        found.map_or_else(|| format!("client {}", id.0), |c| c.name.clone())
    }

    fn end(&self, end: End) -> String {
        match end {
            End::Server(s) => s.to_string(),
            End::Client(c) => self.client(c),
        }
    }

    fn cause(&mut self) {
        match &self.step.cause {
            Cause::Delivered(m) => self.delivered(m),
            Cause::Dropped(m) => {
                let kind = kind::of_message(&m.payload);
                self.say(kind, |p| {
                    format!("{} is dropped: nobody listens", p.message(m))
                });
            }
            Cause::Synced { records, .. } => self.synced(records),
            Cause::Boot => self.boot(),
            Cause::Timer(t) => self.say(Kind::Detail, |p| format!("{} timer {t:?}", p.actor())),
            Cause::LinkUp(s) => self.say(Kind::Detail, |p| format!("{} reaches {s}", p.actor())),
            Cause::Opened(s) => self.say(Kind::Detail, |p| {
                format!("{} has a connection with {s}", p.actor())
            }),
            Cause::Closed(s) => self.say(Kind::Link, |p| {
                format!("{} has lost its connection with {s}", p.actor())
            }),
            Cause::ClientDisconnected(c) => self.say(Kind::Link, |p| {
                let (actor, client) = (p.actor(), p.client(*c));
                if actor == client {
                    format!("{client} has lost its connection")
                } else {
                    format!("{actor} has lost the connection with {client}")
                }
            }),
            Cause::ClientConnected => {
                self.say(Kind::Detail, |p| format!("{} is connected", p.actor()));
            }
            Cause::ClientTimer => self.say(Kind::Detail, |p| format!("{} wakes up", p.actor())),
            Cause::ProgramWake => self.say(Kind::Detail, |p| {
                format!("{}'s program wakes up", p.actor())
            }),
            Cause::Command(_) | Cause::DiskFailed | Cause::Operator => {}
        }
    }

    /// The report of the recovery that comes with a boot.
    fn boot(&mut self) {
        let Actor::Server(server) = self.step.actor else {
            return;
        };
        let Some(report) = &self.world.host(server).recovery else {
            return;
        };
        for finding in report.iter() {
            let kind = match report::is_unusual(finding) {
                true => Kind::Reason,
                false => Kind::Disk,
            };
            self.say(kind, |_| format!("{server} {}", report::finding(finding)));
        }
    }

    fn delivered(&mut self, message: &Arc<Message>) {
        if let Some(session) = packet::session(message) {
            self.say(Kind::Client, |p| format!("{} {session}", p.end(message.to)));
        }
        if !is_noise(&message.payload) {
            self.say(Kind::Detail, |p| format!("{} arrives", p.message(message)));
        }
    }

    fn synced(&mut self, records: &[Arc<Record>]) {
        let Some((first, last)) = records.first().zip(records.last()) else {
            return;
        };
        self.say(Kind::Disk, |p| {
            let (first, last) = (first.zxid(), last.zxid());
            if first == last {
                format!("{} has {first} on disk", p.actor())
            } else {
                format!("{} has {first}..{last} on disk", p.actor())
            }
        });
    }

    /// Says one outcome, together with as many of the next as belong to it; returns how many.
    fn outcome(&mut self, first: &Outcome, rest: &[Outcome]) -> usize {
        match first {
            Outcome::Sent(m) => return self.sent(m, rest),
            Outcome::Lost(m) => {
                let kind = kind::of_lost(&m.payload);
                self.say(kind, |p| format!("{} is lost", p.message(m)));
            }
            Outcome::Effect(effect) => self.effect(effect),
            Outcome::Refused(effect) => self.refused(effect),
            Outcome::Died {
                server,
                kind,
                point,
                lost,
            } => {
                self.say(Kind::Crash, |_| {
                    let how = match kind {
                        CrashKind::Power => "dies of a power loss",
                        CrashKind::Process => "dies: its process is killed",
                    };
                    let at = point.map_or_else(String::new, |p| format!(" ({})", p.word()));
                    format!("{server} {how}{at}")
                });
                if let Some(lost) = lost {
                    for what in packet::power_loss(lost) {
                        self.say(Kind::Crash, |_| format!("{server} {what}"));
                    }
                }
            }
            Outcome::Told { client, entry, .. } => self.told(*client, *entry),
            Outcome::Unknown { client, entries } => {
                for entry in entries {
                    self.unknown(*client, *entry);
                }
            }
            Outcome::Expired { client, entries } => {
                for entry in entries {
                    self.never_sent(*client, *entry);
                }
            }
            Outcome::Notified { client, entry } => self.notified(*client, *entry),
            Outcome::Recipe {
                client,
                recipe,
                path,
                standing,
            } => self.say(Kind::Client, |p| {
                program::standing(&p.client(*client), *recipe, path, standing)
            }),
            Outcome::Stored {
                client,
                token,
                highest,
                accepted,
            } => self.say(Kind::Client, |p| {
                program::stored(&p.client(*client), *token, *highest, *accepted)
            }),
            Outcome::BackedUp {
                backup,
                kind,
                server,
                files,
                bytes,
                zxid,
            } => self.say(Kind::Reason, |_| {
                let kind = kind.word();
                let files = counted(*files);
                format!(
                    "{server} is backed up as {backup}, {kind}: {files}, {bytes} B, up to {zxid}"
                )
            }),
            Outcome::Copied {
                backup,
                server,
                files,
                bytes,
            } => self.say(Kind::Reason, |_| {
                let files = counted(*files);
                format!("{server} has the files of {backup} instead of its own: {files}, {bytes} B")
            }),
            Outcome::Vault(event) => self.say(Kind::Reason, |_| vault::event(event)),
        }
        1
    }

    /// Consecutive sends of the same thing are one line.
    fn sent(&mut self, message: &Arc<Message>, rest: &[Outcome]) -> usize {
        let what = packet::payload(&message.payload);
        let mut to = vec![message.to];
        for next in rest {
            match next {
                Outcome::Sent(m)
                    if m.from == message.from && packet::payload(&m.payload) == what =>
                {
                    to.push(m.to);
                }
                _ => break,
            }
        }
        self.say(kind::of_message(&message.payload), |p| {
            let names: Vec<String> = to.iter().map(|e| p.end(*e)).collect();
            format!("{} → {} {what}", p.end(message.from), names.join(","))
        });
        to.len()
    }

    fn message(&self, m: &Message) -> String {
        let (from, to) = (self.end(m.from), self.end(m.to));
        format!("{from} → {to} {}", packet::payload(&m.payload))
    }

    /// What a full disk would not take: bytes. What would have gone with them is not worth a line.
    fn refused(&mut self, effect: &Effect) {
        let what = match effect {
            Effect::Append { record, ops } => {
                format!("{} ({})", appended(ops).0, packet::txn(record))
            }
            Effect::Write(FileOp::Write { name, .. }) => name.to_string(),
            _ => return,
        };
        self.say(Kind::Disk, |p| {
            format!("{}'s disk refuses to write {what}", p.actor())
        });
    }

    fn effect(&mut self, effect: &Effect) {
        match effect {
            Effect::Append { record, ops } => self.say(Kind::Disk, |p| {
                let (file, bytes) = appended(ops);
                let txn = packet::txn(record);
                format!("{} {file} +{bytes} B ({txn})", p.actor())
            }),
            Effect::Write(op) => self.say(Kind::Disk, |p| format!("{} {}", p.actor(), file_op(op))),
            Effect::Sync { target, .. } => self.say(Kind::Disk, |p| match target {
                SyncTarget::Files(names) => format!("{} fsync {}", p.actor(), names.join(" ")),
                SyncTarget::Directory => format!("{} fsync the directory", p.actor()),
            }),
            Effect::Propose(record) => self.say(Kind::Propose, |p| {
                format!("{} proposes {}", p.actor(), packet::txn(record))
            }),
            Effect::Commit(zxid) => {
                let kind = match self.step.after.or(self.step.before).map(|s| s.role) {
                    Some(Role::Leading) => Kind::Commit,
                    _ => Kind::Apply,
                };
                self.say(kind, |p| format!("{} commits {zxid}", p.actor()));
            }
            Effect::Apply(record) => self.say(Kind::Apply, |p| {
                format!("{} applies {}", p.actor(), packet::txn(record))
            }),
            Effect::Decide(decision) => self.decision(decision),
            Effect::Halt(why) => self.say(Kind::Crash, |p| {
                format!("{} ends itself: {}", p.actor(), halt_reason(why))
            }),
            Effect::Connect(s) => self.say(Kind::Detail, |p| format!("{} calls {s}", p.actor())),
            Effect::Close(s) => self.say(Kind::Detail, |p| {
                format!("{} closes its connection with {s}", p.actor())
            }),
            Effect::CloseClient { client, .. } => self.say(Kind::Detail, |p| {
                format!(
                    "{} closes its connection with {}",
                    p.actor(),
                    p.client(*client)
                )
            }),
            Effect::Send { .. }
            | Effect::ToClient { .. }
            | Effect::Arm { .. }
            | Effect::Disarm(_) => {}
        }
    }

    fn decision(&mut self, decision: &Decision) {
        let kind = kind::of_decision(decision);
        self.say(kind, |p| format!("{} {}", p.actor(), reason(decision)));
    }

    fn told(&mut self, client: ClientId, entry: u32) {
        self.say(Kind::Client, |p| {
            let found = p.world.clients().get(usize::from(client.0));
            let asked = found.and_then(|c| c.history.get(entry as usize));
            let name = p.client(client);
            asked.map_or_else(
                || format!("{name} is told something"),
                |a| packet::told(&name, a),
            )
        });
    }

    fn unknown(&mut self, client: ClientId, entry: u32) {
        self.say(Kind::Client, |p| {
            let found = p.world.clients().get(usize::from(client.0));
            let asked = found.and_then(|c| c.history.get(entry as usize));
            let what = asked.map_or_else(String::new, |a| packet::request(&a.request));
            format!("{} will never know: {what}", p.client(client))
        });
    }

    fn never_sent(&mut self, client: ClientId, entry: u32) {
        self.say(Kind::Client, |p| {
            let found = p.world.clients().get(usize::from(client.0));
            let asked = found.and_then(|c| c.history.get(entry as usize));
            let what = asked.map_or_else(String::new, |a| packet::request(&a.request));
            let name = p.client(client);
            format!("{name} is told SESSIONEXPIRED by itself: {what} was never sent")
        });
    }

    fn notified(&mut self, client: ClientId, entry: u32) {
        self.say(Kind::Client, |p| {
            let found = p.world.clients().get(usize::from(client.0));
            let heard = found.and_then(|c| c.events.get(entry as usize));
            let name = p.client(client);
            heard.map_or_else(
                || format!("{name} hears something"),
                |n| {
                    format!(
                        "{name} hears from {}: {}",
                        n.server,
                        packet::event(&n.event)
                    )
                },
            )
        });
    }

    /// What changed between the state before and the state after.
    fn transition(&mut self) {
        let Actor::Server(server) = self.step.actor else {
            return;
        };
        let (before, after) = (self.step.before, self.step.after);
        match (before, after) {
            (None, Some(now)) => {
                self.say(Kind::State, |_| format!("{server} is up, {}", role(now)))
            }
            (Some(was), Some(now)) => self.moved(server, was, now),
            _ => {}
        }
    }

    fn moved(&mut self, server: ServerId, was: Status, now: Status) {
        if (was.role, was.leader) != (now.role, now.leader) {
            self.say(Kind::State, |_| {
                let phase = match now.role {
                    Role::Looking => "",
                    _ => now.phase.word(),
                };
                format!("{server} {} ⇨ {} {phase}", role(was), role(now))
                    .trim_end()
                    .to_owned()
            });
        } else if was.phase != now.phase {
            self.say(Kind::State, |_| {
                let (from, to) = (was.phase.word(), now.phase.word());
                format!("{server} {} {from} ⇨ {to}", role(now))
            });
        }
    }
}

/// `following(3)`, `leading`, `looking`, `observing(3)`.
fn role(status: Status) -> String {
    match (status.role, status.leader) {
        (Role::Following | Role::Observing, Some(leader)) => {
            format!("{}({})", status.role.word(), leader.0)
        }
        _ => status.role.word().to_owned(),
    }
}

/// The file a record went to and how many bytes of it are the record.
fn appended(ops: &[FileOp]) -> (&str, usize) {
    let mut writes = ops.iter().filter_map(|op| match op {
        FileOp::Write { name, bytes, .. } => Some((&**name, bytes.len())),
        _ => None,
    });
    writes.next_back().unwrap_or(("no file", 0))
}

fn file_op(op: &FileOp) -> String {
    match op {
        FileOp::Create { name } => format!("creates {name}"),
        FileOp::Write { name, bytes, .. } => format!("{name} +{} B", bytes.len()),
        FileOp::SetLen { name, len } => format!("{name} is now {len} B long"),
        FileOp::Rename { from, to } => format!("renames {from} to {to}"),
        FileOp::Unlink { name } => format!("removes {name}"),
    }
}

/// Why a server ended itself.
pub fn halt_reason(why: &HaltReason) -> String {
    match why {
        HaltReason::Refused(why) => format!("recovery refuses the disk: {}", report::refusal(why)),
        HaltReason::Epochs(why) => report::epochs(why),
        HaltReason::UnmatchedCommit {
            commit,
            pending: Some(pending),
        } => {
            format!("COMMIT {commit} came while {pending} is the oldest proposal")
        }
        HaltReason::UnmatchedCommit {
            commit,
            pending: None,
        } => {
            format!("COMMIT {commit} came and nothing is proposed")
        }
        HaltReason::TruncFailed(zxid) => format!("the log cannot be cut at {zxid}"),
        HaltReason::Poison(zxid) => format!("no server can apply {zxid}"),
        HaltReason::DiskRefuses => "its disk takes no write at all".to_owned(),
    }
}

fn counted(files: u32) -> String {
    match files {
        1 => "1 file".to_owned(),
        n => format!("{n} files"),
    }
}
