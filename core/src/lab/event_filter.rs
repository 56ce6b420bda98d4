//! The events that a reader asked for: of one kind, with some words in their sentences.
//!
//! ```text
//!        floor            below      at          above            len
//!   0 ─────┼─────────────────┼────────┼─────────────┼──────────────┼
//!          │ not looked at   │ found  │ ahead       │ not looked at │
//! ```
//! The past is looked through from the moment shown towards the start, the recorded future towards its
//! end, a chunk at a time, until a list is full; so a rare event far away is found too, in slices (see
//! [`Lab::work`]). One step on only looks at that step. Nothing is kept but the lines that are shown.

use std::collections::VecDeque;

use super::Lab;
use super::events::event;
use super::playback::is_murmur;
use super::transport::EventLine;
use super::unit::is_notable;
use crate::history::Timeline;
use crate::protocol::{Decision, Effect};
use crate::view::caption;
use crate::world::{Actor, Cause, Outcome, Step, World};

/// Lines of the past that are kept.
const FOUND: usize = 40;
/// Lines of the recorded future that are kept.
const AHEAD: usize = 20;
/// Steps looked at in one slice.
const CHUNK: u64 = 128;
/// Characters of a filter.
const TEXT_MAX: usize = 100;

/// Which events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of which kind.
    pub kind: EventKind,
    /// Words that must all be found: in the sentences of the step, in either language, or in whose it is.
    pub text: String,
}

impl EventFilter {
    /// Does every event pass?
    pub fn is_open(&self) -> bool {
        self.kind == EventKind::All && self.text.trim().is_empty()
    }
}

/// Kind of event, as a reader would ask for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Every step.
    #[default]
    All,
    /// Every step but small talk: pings and bookkeeping.
    NoSmallTalk,
    /// Turning points: what the notable steps of the transport are.
    Turning,
    /// A message arrived, or reached nobody.
    Message,
    /// Something was written, forced, cut or lost on a disk.
    Disk,
    /// Election, discovery and synchronisation.
    Election,
    /// Clients: requests, answers, sessions.
    Client,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::All,
        Self::NoSmallTalk,
        Self::Turning,
        Self::Message,
        Self::Disk,
        Self::Election,
        Self::Client,
    ];

    /// Its name in the page.
    pub const fn id(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NoSmallTalk => "quiet",
            Self::Turning => "turning",
            Self::Message => "message",
            Self::Disk => "disk",
            Self::Election => "election",
            Self::Client => "client",
        }
    }

    fn has(self, step: &Step) -> bool {
        let outcome = |is: fn(&Outcome) -> bool| step.outcomes.iter().any(is);
        match self {
            Self::All => true,
            Self::NoSmallTalk => !is_murmur(step),
            Self::Turning => is_notable(step),
            Self::Message => {
                matches!(step.cause, Cause::Delivered(_) | Cause::Dropped(_)) && !is_murmur(step)
            }
            Self::Disk => {
                matches!(step.cause, Cause::Synced { .. } | Cause::DiskFailed) || outcome(on_disk)
            }
            Self::Election => outcome(of_election),
            Self::Client => matches!(step.actor, Actor::Client(_)) || outcome(of_client),
        }
    }
}

const fn on_disk(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Effect(Effect::Append { .. } | Effect::Write(_))
            | Outcome::Refused(_)
            | Outcome::Died { lost: Some(_), .. }
            | Outcome::BackedUp { .. }
            | Outcome::Copied { .. }
            | Outcome::Vault(_)
    )
}

const fn of_election(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Effect(Effect::Decide(
            Decision::StartedRound { .. }
                | Decision::AdoptedVote { .. }
                | Decision::KeptVote { .. }
                | Decision::JoinedRound { .. }
                | Decision::QuorumOfVotes { .. }
                | Decision::BetterVoteCame { .. }
                | Decision::Elected { .. }
                | Decision::JoinedEstablished { .. }
                | Decision::ProposedEpoch { .. }
                | Decision::AcceptedEpoch { .. }
                | Decision::AcceptedEpochAgain { .. }
                | Decision::RefusedEpoch { .. }
                | Decision::FollowerAhead { .. }
                | Decision::EpochAgreed { .. }
                | Decision::PlannedSync { .. }
                | Decision::Truncated { .. }
                | Decision::NeedsSnap
                | Decision::LoadedSnap { .. }
                | Decision::AckedNewLeader { .. }
                | Decision::Established { .. }
                | Decision::WentLooking { .. }
        ))
    )
}

const fn of_client(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Told { .. }
            | Outcome::Unknown { .. }
            | Outcome::Expired { .. }
            | Outcome::Notified { .. }
            | Outcome::Recipe { .. }
            | Outcome::Stored { .. }
            | Outcome::Effect(Effect::ToClient { .. } | Effect::CloseClient { .. })
    )
}

/// What a filter lets through, around the moment that is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// Up to the moment shown, oldest first.
    pub past: Vec<EventLine>,
    /// Recorded, and not shown yet; oldest first. Without a filter nothing of it.
    pub ahead: Vec<EventLine>,
    /// More of the run is being looked through.
    pub searching: bool,
}

/// A filter at work.
#[derive(Clone, Debug)]
pub(super) struct Search {
    filter: EventFilter,
    words: Vec<String>,
    /// The edition of the lab whose run is looked through.
    edition: u64,
    found: VecDeque<EventLine>,
    ahead: VecDeque<EventLine>,
    /// Steps before this one are not looked at yet.
    below: u64,
    /// Steps from this one on are not looked at yet.
    above: u64,
}

impl Search {
    /// A search around the moment after `at` steps; none for a filter that lets everything pass.
    pub(super) fn new(filter: EventFilter, at: u64, edition: u64) -> Option<Self> {
        if filter.is_open() {
            return None;
        }
        let text: String = filter.text.chars().take(TEXT_MAX).collect();
        let words = text.to_lowercase();
        Some(Self {
            words: words.split_whitespace().map(str::to_owned).collect(),
            filter,
            edition,
            found: VecDeque::new(),
            ahead: VecDeque::new(),
            below: at,
            above: at,
        })
    }

    /// The same search around another moment.
    fn moved(&self, at: u64, edition: u64) -> Self {
        Self {
            edition,
            found: VecDeque::new(),
            ahead: VecDeque::new(),
            below: at,
            above: at,
            ..self.clone()
        }
    }

    /// The moment after `at` steps is shown now; with `step`, when it is one further in the same run.
    pub(super) fn follow(&mut self, at: u64, step: Option<&Step>, edition: u64, world: &World) {
        let Some(step) = step.filter(|_| self.edition == edition) else {
            *self = self.moved(at, edition);
            return;
        };
        if let Some(line) = self.line(step, world) {
            self.found.push_back(line);
            if self.found.len() > FOUND {
                self.found.pop_front();
            }
        }
        while self.ahead.front().is_some_and(|line| line.step < at) {
            self.ahead.pop_front();
        }
        self.above = self.above.max(at);
    }

    /// Is there more to look at?
    fn is_open(&self, len: u64) -> bool {
        self.wants_past() || self.wants_future(len)
    }

    fn wants_past(&self) -> bool {
        self.found.len() < FOUND && self.below > 0
    }

    fn wants_future(&self, len: u64) -> bool {
        self.ahead.len() < AHEAD && self.above < len
    }

    /// Looks at one more chunk.
    fn go_on(&mut self, timeline: &Timeline) {
        let world = timeline.world();
        if self.wants_past() {
            let from = self.below.saturating_sub(CHUNK);
            for step in timeline.steps(from..self.below).iter().rev() {
                if self.found.len() == FOUND {
                    break;
                }
                if let Some(line) = self.line(step, world) {
                    self.found.push_front(line);
                }
            }
            self.below = from;
        } else if self.wants_future(timeline.len()) {
            let to = (self.above + CHUNK).min(timeline.len());
            for step in timeline.steps(self.above..to) {
                self.above = step.id.0 + 1;
                self.ahead.extend(self.line(&step, world));
                if self.ahead.len() == AHEAD {
                    return;
                }
            }
            self.above = to;
        }
    }

    /// The line of a step that passes.
    fn line(&self, step: &Step, world: &World) -> Option<EventLine> {
        if !self.filter.kind.has(step) {
            return None;
        }
        let line = event(step, world);
        let passes = self.words.is_empty() || {
            let mut said = format!("{} {} {}", line.who, line.change.en, line.change.zh);
            for caption in caption::captions(step, world) {
                let text = caption.text();
                said.push(' ');
                said.push_str(&text.en);
                said.push(' ');
                said.push_str(&text.zh);
            }
            let said = said.to_lowercase();
            self.words.iter().all(|word| said.contains(word.as_str()))
        };
        passes.then_some(line)
    }
}

impl Lab {
    /// The filter of the list of events.
    pub fn event_filter(&self) -> EventFilter {
        let search = self.search.as_ref();
        search.map(|s| s.filter.clone()).unwrap_or_default()
    }

    /// The list of events: the last steps, or what the filter lets through around the moment shown.
    pub fn event_page(&self) -> EventPage {
        match &self.search {
            None => EventPage {
                past: self.events(),
                ..EventPage::default()
            },
            Some(search) => EventPage {
                past: search.found.iter().cloned().collect(),
                ahead: search.ahead.iter().cloned().collect(),
                searching: search.is_open(self.line().timeline.len()),
            },
        }
    }

    pub(super) fn filter_events(&mut self, filter: EventFilter) {
        self.search = Search::new(filter, self.at, self.edition);
    }

    /// Looks through one more chunk of the run. True while there is more to do.
    pub(super) fn work_on_search(&mut self) -> bool {
        let timeline = &self.branches[self.branch].timeline;
        let Some(search) = self.search.as_mut().filter(|s| s.is_open(timeline.len())) else {
            return false;
        };
        search.go_on(timeline);
        let more = search.is_open(timeline.len());
        self.touch();
        more
    }
}
