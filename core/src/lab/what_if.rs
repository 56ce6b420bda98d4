//! What if? One thing of the past goes otherwise, and everything the user did later is done again.
//!
//! ```text
//!   main  ───────●───────●───────────●──────►   commands, each with its instant
//!                │ fork, just before the message is sent
//!   b2           └─ lose 2 1 ack 1.7 ─●───────────✗──►   the same commands, as far as they are possible
//! ```
//! A later command keeps its place in time: its instant, behind as many events of that instant as
//! before, or behind all of them when there are fewer now. What the world refuses is left out and
//! named in the notice. The branch runs on to the instant at which the old one ends, in slices.
//!
//! Nothing is special about such a branch: all that makes it is in its script.
//!
//! The names of later moments (beats, notes) are not taken along. They were given to another run.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Lab;
use super::branch::Line;
use super::notices::refused;
use super::transport::NoticeKind;
use super::wishes::BRANCHES_MAX;
use super::work::{Job, Work, WorkKind};
use crate::base::Instant;
use crate::history::{Passage, Recorded, StepKind};
use crate::scenario::print;
use crate::view::inspect::Change;
use crate::view::{Text, caption};
use crate::world::{Command, Endpoint, Outcome, PacketMatch, World};

/// Left out commands that a notice names; more are counted.
const NAMED: usize = 3;

/// A branch that is being made.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    line: Line,
    left: VecDeque<Later>,
    until: Instant,
    /// Commands that could not be done again, and why.
    skipped: Vec<(String, Text)>,
    /// The message that is to go otherwise, until it did.
    wanted: Option<u64>,
    /// What to show when it is done.
    shown: u64,
    /// Number of commands in all.
    commands: usize,
}

/// A command and its place in time.
#[derive(Clone, Debug)]
struct Later {
    at: Instant,
    /// Behind so many events of that instant.
    after: u64,
    command: Arc<Command>,
}

/// What the fork begins with.
pub(super) struct Begin {
    pub(super) after: u64,
    pub(super) command: Option<Command>,
    name: Text,
    message: Option<u64>,
}

impl Lab {
    /// Begins a branch in which one thing goes otherwise.
    pub(super) fn what_if(&mut self, change: Change) {
        self.playing = false;
        if self.branches.len() >= BRANCHES_MAX {
            return self.say_too_many_branches();
        }
        let begin = match self.beginning(change) {
            Ok(begin) => begin,
            Err(why) => return self.say(NoticeKind::Refused, why),
        };
        let old = self.line();
        let mut line = old.fork(begin.after, String::new());
        let without = usize::from(begin.command.is_none());
        if let Some(command) = begin.command
            && let Err(refusal) = line.perform(command)
        {
            return self.say(NoticeKind::Refused, refused(&refusal));
        }
        line.title = begin.name;
        let left: VecDeque<Later> = later(old, begin.after).skip(without).collect();
        let replay = Replay {
            shown: line.timeline.len(),
            line,
            commands: left.len(),
            left,
            until: old.timeline.now(),
            skipped: Vec::new(),
            wanted: begin.message,
        };
        self.job = Some(Job::WhatIf(Box::new(replay)));
    }

    /// Where the branch leaves this one, and with which command.
    pub(super) fn beginning(&self, change: Change) -> Result<Begin, Text> {
        match change {
            Change::Lost(message) => self.to_message(message, |packet, said| {
                let name = Text::new(format!("{said} lost"), format!("{said} 丢失"));
                (Command::Lose(packet), name)
            }),
            Change::Late(message, by) => self.to_message(message, |packet, said| {
                let name = Text::new(format!("{said} late by {by}"), format!("{said} 延迟 {by}"));
                (Command::Late { packet, by }, name)
            }),
            Change::Without(step) => {
                let recording = self.line().timeline.recording();
                let found = recording.commands.iter().find(|c| c.at_step == step);
                let without = what(&found.ok_or_else(no_command)?.command);
                Ok(Begin {
                    after: step,
                    command: None,
                    name: Text::new(
                        format!("without: {}", without.en),
                        format!("去掉：{}", without.zh),
                    ),
                    message: None,
                })
            }
            Change::Done { after, command } => Ok(Begin {
                after: after.min(self.line().timeline.len()),
                name: what(&command),
                command: Some(command),
                message: None,
            }),
        }
    }

    /// The beginning of a branch in which something is done to a message.
    fn to_message(
        &self,
        message: u64,
        done: impl Fn(PacketMatch, String) -> (Command, Text),
    ) -> Result<Begin, Text> {
        let passage = self.line().timeline.passage(message);
        let passage = passage.ok_or_else(no_message)?;
        let (packet, said) = self.match_of(&passage);
        let (command, name) = done(packet, said);
        Ok(Begin {
            after: passage.sent,
            command: Some(command),
            name,
            message: Some(message),
        })
    }

    /// A packet trap for exactly that message, set just before it is sent; and its name: `ACK S2→S1
    /// e1·7`.
    fn match_of(&self, passage: &Passage) -> (PacketMatch, String) {
        let world = self.line().timeline.world();
        let message = &passage.message;
        let packet = packet_match(world, passage);
        let name = |end: &Endpoint| match end {
            Endpoint::Server(id) => id.to_string(),
            Endpoint::Client(name) => name.clone(),
        };
        let zxid = message.payload.zxid().filter(|z| z.0 > 0);
        let zxid = zxid.map(|z| format!(" {}", crate::view::frame::Zx::from(z)));
        let word = packet.word.to_ascii_uppercase();
        let (from, to) = (name(&packet.from), name(&packet.to));
        let said = format!("{word} {from}→{to}{}", zxid.unwrap_or_default());
        (packet, said)
    }

    /// Goes on with a branch that is being made.
    pub(super) fn work_on_what_if(&mut self, mut replay: Box<Replay>, steps: u64) {
        if replay.advance(steps) {
            self.job = Some(Job::WhatIf(replay));
            return;
        }
        let Replay {
            line,
            skipped,
            shown,
            ..
        } = *replay;
        self.adopt(line, shown, |line, old| told(line, old, &skipped));
    }
}

impl Replay {
    /// How far it is.
    pub(super) fn work(&self) -> Work {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Work {
            kind: WorkKind::Branch,
            line: count(self.commands - self.left.len()),
            lines: count(self.commands),
            steps: self.line.timeline.len(),
            now_us: self.line.timeline.now().0,
        }
    }

    /// At most so many steps; true while there is more to do.
    fn advance(&mut self, mut steps: u64) -> bool {
        while steps > 0 {
            steps -= 1;
            let Some(next) = self.left.front() else {
                if self.step_until(self.until) {
                    continue;
                }
                self.line.timeline.advance_to(self.until);
                return false;
            };
            let at = next.at;
            let wanted = next.after;
            if at > Instant::ZERO && self.step_until(Instant(at.0 - 1)) {
                continue;
            }
            if events_at(&self.line, at) < wanted && self.step_until(at) {
                continue;
            }
            self.redo();
        }
        true
    }

    /// Lets the next event happen if it is due by then.
    fn step_until(&mut self, limit: Instant) -> bool {
        let went = self.line.step_until(limit);
        if went {
            self.notice_message();
        }
        went
    }

    /// Does the next of the user's commands again, if that is possible.
    fn redo(&mut self) {
        let Some(next) = self.left.pop_front() else {
            return;
        };
        self.line.timeline.advance_to(next.at);
        let command = Command::clone(&next.command);
        match self.line.perform(command) {
            Ok(_) => self.notice_message(),
            Err(refusal) => {
                let line = print::command(&next.command);
                self.skipped.push((line, refused(&refusal)));
            }
        }
    }

    /// The moment to show is the one in which the message goes otherwise.
    fn notice_message(&mut self) {
        let Some(step) = self.line.timeline.last() else {
            return;
        };
        let wanted = self.wanted;
        let is =
            |o: &Outcome| matches!(o, Outcome::Sent(m) | Outcome::Lost(m) if Some(m.id) == wanted);
        if wanted.is_some() && step.outcomes.iter().any(is) {
            self.wanted = None;
            self.shown = step.id.0 + 1;
        }
    }
}

/// What the user did behind the first `steps` steps.
fn later(line: &Line, steps: u64) -> impl Iterator<Item = Later> + '_ {
    let recording = line.timeline.recording();
    let commands = recording.commands[recording.commands_before(steps)..].iter();
    commands.map(|recorded: &Recorded| Later {
        at: recorded.at,
        after: events_between(line, recorded.at, recorded.at_step),
        command: Arc::clone(&recorded.command),
    })
}

fn events_at(line: &Line, at: Instant) -> u64 {
    events_between(line, at, line.timeline.len())
}

/// Events of an instant before a step; commands are none.
fn events_between(line: &Line, at: Instant, end: u64) -> u64 {
    let first = line.timeline.briefs().first_at(at);
    let brief = |step: &u64| line.timeline.index(*step);
    let events = (first..end).filter(|s| brief(s).is_some_and(|b| b.kind != StepKind::Command));
    events.count() as u64
}

/// A trap that only that message falls into, when it is set just before the message is sent.
pub(super) fn packet_match(world: &World, passage: &Passage) -> PacketMatch {
    let message = &passage.message;
    PacketMatch {
        from: world.endpoint(message.from),
        to: world.endpoint(message.to),
        word: message.payload.word().to_owned(),
        zxid: message.payload.zxid(),
        nth: passage.nth,
    }
}

fn told(line: &Line, old: &str, skipped: &[(String, Text)]) -> Text {
    let (name, title, from) = (&line.name, &line.title, line.from);
    let (mut en, mut zh) = (
        format!(
            "New branch {name} from step {from}: {}. {old} is kept.",
            title.en
        ),
        format!(
            "从第 {from} 步新建分支 {name}：{}。{old} 已保留。",
            title.zh
        ),
    );
    if skipped.is_empty() {
        return Text::new(en, zh);
    }
    let named = &skipped[..skipped.len().min(NAMED)];
    let list = |of: fn(&Text) -> &str, open: &str, close: &str, comma: &str| {
        let each = named
            .iter()
            .map(|(line, why)| format!("{line}{open}{}{close}", of(why)));
        each.collect::<Vec<_>>().join(comma)
    };
    en += &format!(
        " Left out, for it is not possible there: {}",
        list(|t| &t.en, " (", ")", "; ")
    );
    zh += &format!(
        "在该分支中无法执行而略去：{}",
        list(|t| &t.zh, "（", "）", "；")
    );
    match skipped.len() - named.len() {
        0 => {
            en.push('.');
            zh.push('。');
        }
        more => {
            en += &format!(" and {more} more.");
            zh += &format!("，另有 {more} 条。");
        }
    }
    Text::new(en, zh)
}

/// A few words for a command.
fn what(command: &Command) -> Text {
    let said = caption::Caption::Command(Arc::new(command.clone())).text();
    let trimmed = |text: &str, dot: char| text.trim_end_matches(dot).to_owned();
    Text::new(trimmed(&said.en, '.'), trimmed(&said.zh, '。'))
}

fn no_message() -> Text {
    Text::new(
        "There is no message of that number in this run.",
        "本次运行中没有这个编号的消息。",
    )
}

fn no_command() -> Text {
    Text::new(
        "The user did nothing in that step.",
        "用户在这一步没有做任何操作。",
    )
}
