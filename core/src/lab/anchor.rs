//! Names of moments: what a link, a field or a person calls a place in a run.
//!
//! ```text
//!   beat:quorum          a named moment of the script; its bare name does too
//!   commit:1.3  e1·3     behind the step that committed a transaction; 0x100000003 does too
//!   crash:S1#2           the second death of S1; without a number the first
//!   t=14  14             after so many steps
//!   3.2s  500ms          after all events of that instant
//! ```
//! One grammar, for the address and for the field. A name means what it says: it leads to the same
//! moment after an edit that moved it to another step.

use std::fmt;

use super::Lab;
use super::transport::NoticeKind;
use crate::base::{Instant, ServerId};
use crate::model::Zxid;
use crate::scenario::parse_zxid;
use crate::view::Text;

/// Moments that are offered.
const OFFERED: usize = 24;

/// A name of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A named moment of the script.
    Beat(String),
    /// A transaction is committed.
    Commit(Zxid),
    /// A server dies, for which time, from 1.
    Crash(ServerId, u32),
    /// So many steps have happened.
    Step(u64),
    /// All events of that instant have happened.
    Time(Instant),
}

impl Anchor {
    /// Reads a name. A word that is nothing else may be a beat.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once([':', '=']) {
            Some(("beat", name)) if !name.is_empty() => return Some(Self::Beat(name.to_owned())),
            Some(("commit", zxid)) => return entry(zxid).map(Self::Commit),
            Some(("crash", which)) => return crash(which),
            Some(("t", steps)) => return steps.parse().ok().map(Self::Step),
            Some(_) => return None,
            None => {}
        }
        if let Ok(steps) = text.parse() {
            return Some(Self::Step(steps));
        }
        if let Some(at) = instant(text) {
            return Some(Self::Time(at));
        }
        if let Some(zxid) = entry(text) {
            return Some(Self::Commit(zxid));
        }
        let is_name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        let named = text.starts_with(char::is_alphabetic) && text.chars().all(is_name);
        named.then(|| Self::Beat(text.to_owned()))
    }
}

/// `1.3`, `e1·3`, `e1.3` or hexadecimal.
fn entry(text: &str) -> Option<Zxid> {
    let text = text.strip_prefix('e').unwrap_or(text).replace('·', ".");
    parse_zxid(&text)
}

/// `S1#2`, `1#2`, `S1`.
fn crash(text: &str) -> Option<Anchor> {
    let (server, time) = text.split_once('#').unwrap_or((text, "1"));
    let server = server.strip_prefix(['S', 's']).unwrap_or(server);
    let time = time.parse().ok().filter(|time| *time > 0)?;
    Some(Anchor::Crash(ServerId(server.parse().ok()?), time))
}

/// `3.2s`, `500ms`, `20us`: digits, at most one point, a unit.
fn instant(text: &str) -> Option<Instant> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let per_unit: u64 = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let mut us = whole.parse::<u64>().ok()?.checked_mul(per_unit)?;
    let mut worth = per_unit;
    for digit in part.chars() {
        worth /= 10;
        us = us.checked_add(worth * u64::from(digit.to_digit(10)?))?;
    }
    Some(Instant(us))
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beat(name) => write!(f, "beat:{name}"),
            Self::Commit(zxid) => write!(f, "commit:{zxid}"),
            Self::Crash(server, time) => write!(f, "crash:{server}#{time}"),
            Self::Step(steps) => write!(f, "t={steps}"),
            Self::Time(at) => write!(f, "{}us", at.0),
        }
    }
}

fn unread(text: &str) -> Text {
    Text::new(
        format!(
            "“{text}” names no moment. Give a step (14), a time (3.2s), a commit (e1·3), crash:S1#1, or \
             beat: and a name."
        ),
        format!(
            "“{text}”不是一个时刻。可写步数（14）、时间（3.2s）、提交（e1·3）、crash:S1#1，或 beat: 加名称。"
        ),
    )
}

/// A moment that has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The name, as [`Anchor::parse`] reads it.
    pub anchor: String,
    /// What it is called.
    pub text: Text,
    /// Shown after so many steps.
    pub step: u64,
}

impl Lab {
    /// Where an anchor leads on the branch that is shown, or why it leads nowhere.
    pub fn find(&self, anchor: &Anchor) -> Result<u64, Text> {
        let line = self.line();
        let len = line.timeline.len();
        match anchor {
            Anchor::Beat(name) => {
                let mut beats = line.timeline.recording().beats.iter();
                let found = beats.find(|beat| beat.name == *name);
                found
                    .map(|beat| beat.at_step)
                    .ok_or_else(|| self.no_beat(name))
            }
            Anchor::Commit(zxid) => {
                let mut commits = line.chronicle.commits().iter();
                let found = commits.find(|(_, committed)| committed == zxid);
                let (epoch, counter) = (zxid.epoch().0, zxid.counter());
                found.map(|(at, _)| *at).ok_or_else(|| {
                    Text::new(
                        format!("e{epoch}·{counter} is not committed on this branch so far."),
                        format!("目前这个分支上 e{epoch}·{counter} 尚未提交。"),
                    )
                })
            }
            Anchor::Crash(server, time) => {
                let mut deaths = line.chronicle.deaths_of(*server);
                let found = deaths.nth(*time as usize - 1);
                found.ok_or_else(|| {
                    let times = line.chronicle.deaths_of(*server).count();
                    Text::new(
                        format!("{server} dies {times} times on this branch, not {time}."),
                        format!("这个分支上 {server} 共宕机 {times} 次，没有第 {time} 次。"),
                    )
                })
            }
            Anchor::Step(step) if *step <= len => Ok(*step),
            Anchor::Step(step) => Err(Text::new(
                format!("Step {step} is beyond this run; it has {len} steps so far."),
                format!("第 {step} 步超出了这次运行，目前共 {len} 步。"),
            )),
            Anchor::Time(at) if *at <= line.timeline.now() => {
                Ok(line.timeline.briefs().first_at(Instant(at.0 + 1)))
            }
            Anchor::Time(_) => {
                let ms = line.timeline.now().0 / 1_000;
                let end = format!("{}.{:03}", ms / 1_000, ms % 1_000);
                Err(Text::new(
                    format!("This run is recorded up to {end} s only."),
                    format!("这次运行目前只记录到 {end} 秒。"),
                ))
            }
        }
    }

    fn no_beat(&self, name: &str) -> Text {
        let names = self.beats().join(", ");
        if names.is_empty() {
            return Text::new(
                format!("This run has no moment “{name}”, and no named moments at all."),
                format!("这次运行没有时刻“{name}”，也没有任何命名时刻。"),
            );
        }
        Text::new(
            format!("This run has no moment “{name}”. It has: {names}."),
            format!("这次运行没有时刻“{name}”。现有：{names}。"),
        )
    }

    /// Where a name leads on the branch that is shown, or what is wrong with it.
    pub fn place_of(&self, text: &str) -> Result<u64, Text> {
        match Anchor::parse(text) {
            Some(anchor) => self.find(&anchor),
            None => Err(unread(text.trim())),
        }
    }

    /// Goes to the moment of that name, or says what is wrong with the name. A place behind the end
    /// is the end.
    pub(super) fn go(&mut self, text: &str) {
        match self.place_of(text) {
            Ok(step) => self.jump(step),
            Err(why) => {
                if let Some(Anchor::Step(_) | Anchor::Time(_)) = Anchor::parse(text) {
                    self.jump(u64::MAX);
                }
                self.say(NoticeKind::Refused, why);
            }
        }
    }

    /// What the moment that is shown is called best: by its meaning if it has one.
    pub fn anchor(&self) -> Anchor {
        let (line, at) = (self.line(), self.at);
        let beat = line
            .timeline
            .recording()
            .beats
            .iter()
            .find(|beat| beat.at_step == at);
        if let Some(beat) = beat {
            return Anchor::Beat(beat.name.clone());
        }
        if let Some((server, time)) = line.chronicle.death_at(at) {
            return Anchor::Crash(server, time);
        }
        let mut commits = line
            .chronicle
            .commits()
            .iter()
            .filter(|(step, _)| *step == at);
        match (commits.next(), commits.next()) {
            (Some((_, zxid)), None) => Anchor::Commit(*zxid),
            _ => Anchor::Step(at),
        }
    }

    /// Moments worth going to, in order: beats, deaths, and the last commits.
    pub fn places(&self) -> Vec<Offer> {
        let mut offers: Vec<Offer> = Vec::new();
        for mark in self.marks() {
            if let Some(anchor) = mark.anchor {
                offers.push(Offer {
                    anchor,
                    text: mark.name,
                    step: mark.step,
                });
            }
        }
        offers.truncate(OFFERED);
        offers
    }
}
