//! What is looked at closely, pulled by its panel: [`Lab::explain`], [`Lab::offers`].
//!
//! ```text
//!   the moment shown ──► view::inspect          state, why, deeds
//!   a walk over the last steps ──► Dossier      history and decisions of the target
//!   a trial on a copy of the world ──► offers   why a deed cannot be done; the line it writes
//! ```
//! The walk costs some hundred steps, so its result is kept: while the run plays, each step that is
//! shown only adds itself. What was found is about one target of one branch, and forgotten with it.

use std::sync::Arc;

use super::events::event;
use super::notices::refused;
use super::{Action, Lab, Shown};
use crate::base::{Order, ServerId};
use crate::check::Monitor;
use crate::history::{Passage, Timeline};
use crate::model::{Epoch, Zxid};
use crate::protocol::{Decision, Effect};
use crate::scenario::print;
use crate::view::frame::Zx;
use crate::view::inspect::concern::{concerns, explains};
use crate::view::inspect::offers;
use crate::view::inspect::{Change, Deed, Inspection, Look, Offer, Offers, PastStep, Seen, Txn};
use crate::view::{Target, Text};
use crate::world::{Actor, Command, Outcome, Refusal, Step, World};

/// Steps that are searched for the history of a target, from the newest back.
const WINDOW: u64 = 768;
/// Steps ahead in which the next one of its history is looked for.
const AHEAD: u64 = 256;
/// Steps around the commit of a transaction that are searched too.
const AROUND: u64 = 256;
/// Lines of a history.
const HISTORY: usize = 14;
/// Decisions that are told.
const DECISIONS: usize = 4;
/// Steps that led to a step.
const CHAIN: usize = 8;

/// What was found out about one target.
#[derive(Clone, Debug, Default)]
pub(super) struct Dossier {
    of: Option<(Target, Shown)>,
    /// Oldest first.
    history: Vec<PastStep>,
    /// Oldest first.
    decisions: Vec<(u64, ServerId, Decision)>,
    from: u64,
    /// The first step ahead that concerns it.
    next: Option<u64>,
    passage: Option<Passage>,
    step: Option<Step>,
    /// What was tried at other moments.
    trials: Vec<(u64, Command, Option<Refusal>)>,
}

impl From<Deed> for Action {
    fn from(deed: Deed) -> Self {
        match deed {
            Deed::Do(command) => Self::Perform(command),
            Deed::Isolate(server) => Self::Isolate(server),
            Deed::Write(server) => Self::Write(server),
            Deed::Connect(server) => Self::Connect(server),
            Deed::WhatIf(change) => Self::WhatIf(change),
        }
    }
}

impl Lab {
    /// All there is to say of a target at the moment shown; `None` when there is no such thing then.
    pub fn explain(&mut self, target: &Target) -> Option<Inspection> {
        let dossier = self.dossier(target);
        let mut found = self.look_at(target, &dossier, |look| Inspection::of(target, look));
        if let Some(found) = &mut found {
            found.history = dossier.history.iter().rev().cloned().collect();
            found.searched_from = dossier.from;
            found.next = dossier.next;
        }
        let mut dossier = dossier;
        if let Some(found) = &mut found {
            self.judge_offers(&mut found.offers, &mut dossier);
        }
        self.dossier = dossier;
        found
    }

    /// What can be done about a target, for a menu.
    pub fn offers(&mut self, target: &Target) -> Vec<Offers> {
        let mut dossier = self.dossier(target);
        let found = self.look_at(target, &dossier, |look| Some(offers::of(target, look)));
        let mut found = found.unwrap_or_default();
        self.judge_offers(&mut found, &mut dossier);
        self.dossier = dossier;
        found
    }

    fn look_at<R>(
        &self,
        target: &Target,
        dossier: &Dossier,
        make: impl FnOnce(&Look<'_>) -> Option<R>,
    ) -> Option<R> {
        let line = self.line();
        let moment = line.timeline.here()?;
        let frame = self.frame();
        let newest: Vec<_> = dossier
            .decisions
            .iter()
            .rev()
            .take(DECISIONS)
            .cloned()
            .collect();
        let look = Look {
            world: &moment.world,
            frame: &frame,
            at: self.at,
            passage: dossier.passage.as_ref(),
            step: dossier.step.as_ref().map(|step| Seen {
                step,
                sender: line.timeline.index(step.id.0).and_then(|b| b.sender),
                before: before_on_line(&line.timeline, step.id.0),
            }),
            txn: transaction(line.timeline.monitor(), target, self.at),
            decisions: &newest,
        };
        make(&look)
    }

    // --- what history knows ---

    /// The dossier of a target at the moment shown; taken out, to be put back.
    fn dossier(&mut self, target: &Target) -> Dossier {
        let shown = self.shown();
        let old = std::mem::take(&mut self.dossier);
        let same = old
            .of
            .as_ref()
            .filter(|(of, then)| of == target && then.same_run(shown));
        match same.map(|(_, then)| then.step()) {
            Some(step) if step == shown.step() => old,
            Some(step) if step + 1 == shown.step() => self.gone_on(old, target),
            Some(_) => Dossier {
                trials: old.trials,
                ..self.searched(target)
            },
            None => self.searched(target),
        }
    }

    /// One more step is shown.
    fn gone_on(&self, mut dossier: Dossier, target: &Target) -> Dossier {
        let timeline = &self.line().timeline;
        if let Some(moment) = timeline.here()
            && let Some(step) = &moment.step
        {
            dossier.take(step, target, &moment.world);
        }
        if let Target::Message(id) = target {
            if dossier.passage.as_ref().is_none_or(|p| p.end.is_none()) {
                dossier.passage = timeline.passage(*id);
            }
            let own = own_steps(dossier.passage.as_ref(), self.at);
            if own.len() != dossier.history.len() {
                dossier.history = self.past_steps(&own);
            }
        }
        if let Target::Server(server) = target {
            dossier.decisions = self.line().chronicle.decisions(*server, self.at);
        }
        if !self.playing && dossier.next.is_none_or(|next| next < self.at) {
            dossier.next = self.next_step(&dossier, target);
        }
        dossier.of = Some((target.clone(), self.shown()));
        dossier
    }

    fn searched(&self, target: &Target) -> Dossier {
        let (timeline, at) = (&self.line().timeline, self.at);
        let mut dossier = Dossier {
            of: Some((target.clone(), self.shown())),
            ..Dossier::default()
        };
        match target {
            Target::Message(id) => {
                dossier.passage = timeline.passage(*id);
                dossier.history = self.past_steps(&own_steps(dossier.passage.as_ref(), at));
            }
            Target::Step(number) => {
                dossier.step = timeline.steps(*number..number.saturating_add(1)).pop();
                if let Some(step) = dossier.step.take() {
                    dossier.note_decisions(&step, target, timeline.world());
                    dossier.step = Some(step);
                    dossier.history = self.past_steps(&chain(timeline, *number));
                }
            }
            Target::Lamp(id) => {
                let frame = self.frame();
                let lamp = frame.lamps.iter().find(|lamp| lamp.id == *id);
                let witness = lamp
                    .and_then(|lamp| lamp.broken.as_ref())
                    .map(|b| &b.witness);
                dossier.history = self.past_steps(witness.map_or(&[], |w| &w[..]));
            }
            _ => self.look_up(&mut dossier, target),
        }
        dossier.next = self.next_step(&dossier, target);
        if let Target::Server(server) = target {
            dossier.decisions = self.line().chronicle.decisions(*server, at);
        }
        dossier
    }

    /// Walks over the last steps, and those around the commit of a transaction.
    fn look_up(&self, dossier: &mut Dossier, target: &Target) {
        let (timeline, at) = (&self.line().timeline, self.at);
        let recent = at.saturating_sub(WINDOW);
        let txn = transaction(timeline.monitor(), target, at);
        if let Some(txn) = txn.filter(|txn| txn.seen < recent) {
            let first = txn.seen;
            let end = txn.committed.unwrap_or(first) + AROUND;
            self.walk(dossier, target, first, end.min(recent));
        }
        dossier.from = recent;
        self.walk(dossier, target, recent, at);
    }

    /// The first step behind the moment shown that concerns the target, unless it is far.
    fn next_step(&self, dossier: &Dossier, target: &Target) -> Option<u64> {
        let (timeline, at) = (&self.line().timeline, self.at);
        if let Some(passage) = &dossier.passage {
            let end = passage.end.map(|(step, _)| step);
            let own = [Some(passage.sent), end].into_iter().flatten();
            return own.filter(|step| *step >= at).min();
        }
        if matches!(target, Target::Step(_) | Target::Lamp(_)) {
            return None;
        }
        let (world, mut found) = (timeline.world(), None);
        timeline.replay_from(at, &mut |step| {
            if concerns(step, target, world) {
                found = Some(step.id.0);
            }
            found.is_none() && step.id.0 < at + AHEAD
        });
        found
    }

    fn walk(&self, dossier: &mut Dossier, target: &Target, from: u64, end: u64) {
        if from >= end {
            return;
        }
        let world = self.line().timeline.world();
        self.line().timeline.replay_from(from, &mut |step| {
            if step.id.0 < end {
                dossier.take(step, target, world);
            }
            step.id.0 + 1 < end
        });
    }

    /// These steps as lines of a history, ascending.
    fn past_steps(&self, numbers: &[u64]) -> Vec<PastStep> {
        let timeline = &self.line().timeline;
        let mut wanted = numbers.to_vec();
        wanted.order();
        wanted.dedup();
        let steps = wanted
            .iter()
            .filter_map(|n| timeline.steps(*n..n + 1).pop());
        steps.map(|step| past(&step, timeline.world())).collect()
    }

    // --- deeds ---

    /// Says of each deed which line it writes, or why it cannot be done.
    fn judge_offers(&self, groups: &mut [Offers], dossier: &mut Dossier) {
        let Some(moment) = self.line().timeline.here() else {
            return;
        };
        let offers = groups.iter_mut().flat_map(|group| &mut group.all);
        for offer in offers.filter(|offer| offer.refusal.is_none()) {
            match self.try_deed(&moment.world, &offer.deed, dossier) {
                Ok(line) => offer.line = line,
                Err(why) => {
                    *offer = Offer {
                        refusal: Some(why),
                        ..offer.clone()
                    }
                }
            }
        }
    }

    fn try_deed(&self, world: &World, deed: &Deed, dossier: &mut Dossier) -> Result<String, Text> {
        let command = match deed {
            Deed::Do(command) => command.clone(),
            Deed::Isolate(server) => super::wishes::isolation(world, *server),
            Deed::Connect(server) => {
                super::wishes::new_client(world, *server, super::console::TIMEOUT)
            }
            Deed::Write(server) => {
                let commands = super::wishes::writing(world, *server);
                return tried(world, &commands).map_err(|refusal| refused(&refusal));
            }
            Deed::WhatIf(change) => return self.try_change(change, dossier),
        };
        match refusal(world, &command) {
            Some(refusal) => Err(refused(&refusal)),
            None => Ok(print::command(&command)),
        }
    }

    fn try_change(&self, change: &Change, dossier: &mut Dossier) -> Result<String, Text> {
        let begin = self.beginning(change.clone())?;
        let Some(command) = begin.command else {
            return Ok(String::new());
        };
        let line = print::command(&command);
        if matches!(change, Change::Done { .. }) {
            let known = dossier.trials.iter();
            let mut known = known.filter(|(at, tried, _)| *at == begin.after && *tried == command);
            let refusal = match known.next() {
                Some((.., refusal)) => refusal.clone(),
                None => {
                    let then = self.line().timeline.world_at(begin.after);
                    let refusal = refusal(&then, &command);
                    dossier.trials.push((begin.after, command, refusal.clone()));
                    refusal
                }
            };
            if let Some(refusal) = refusal {
                return Err(refused(&refusal));
            }
        }
        Ok(line)
    }
}

impl Dossier {
    fn take(&mut self, step: &Step, target: &Target, world: &World) {
        if !concerns(step, target, world) {
            return;
        }
        self.history.push(past(step, world));
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        self.note_decisions(step, target, world);
    }

    fn note_decisions(&mut self, step: &Step, target: &Target, world: &World) {
        let Actor::Server(server) = step.actor else {
            return;
        };
        for outcome in &step.outcomes {
            if let Outcome::Effect(Effect::Decide(decision)) = outcome
                && explains(server, decision, target, world)
            {
                self.decisions.push((step.id.0, server, decision.clone()));
            }
        }
    }
}

fn past(step: &Step, world: &World) -> PastStep {
    PastStep {
        step: step.id.0,
        at_us: step.at.0,
        text: event(step, world).text,
    }
}

/// The steps of a message that have happened by then.
fn own_steps(passage: Option<&Passage>, at: u64) -> Vec<u64> {
    let Some(passage) = passage else {
        return Vec::new();
    };
    let end = passage.end.map(|(step, _)| step);
    let both = [Some(passage.sent), end].into_iter().flatten();
    both.filter(|step| *step < at).collect()
}

/// What led to a step: who sent what arrived in it, or the step before it on the same line of time; and
/// so on.
fn chain(timeline: &Timeline, step: u64) -> Vec<u64> {
    let mut steps = Vec::new();
    let mut here = step;
    while steps.len() < CHAIN {
        let sender = timeline.index(here).and_then(|brief| brief.sender);
        let Some(led) = sender.or_else(|| before_on_line(timeline, here)) else {
            break;
        };
        steps.push(led);
        here = led;
    }
    steps
}

/// The step before it of the same server or client.
fn before_on_line(timeline: &Timeline, step: u64) -> Option<u64> {
    let actor = timeline.index(step)?.actor;
    let earlier = step.saturating_sub(WINDOW)..step;
    let same = |at: &u64| {
        timeline
            .index(*at)
            .is_some_and(|brief| brief.actor == actor)
    };
    earlier.rev().find(same)
}

/// The transaction that a target names, as far as it was known after `at` steps.
fn transaction<'a>(monitor: &'a Monitor, target: &Target, at: u64) -> Option<Txn<'a>> {
    let (Target::Entry(_, zx) | Target::Transaction(zx)) = target else {
        return None;
    };
    let Zx { epoch, counter } = *zx;
    let known = monitor.transaction(Zxid::new(Epoch(epoch), counter))?;
    let by_then = |step: Option<crate::base::StepId>| step.map(|s| s.0).filter(|s| *s < at);
    Some(Txn {
        record: known.record,
        seen: by_then(Some(known.seen))?,
        committed: by_then(known.committed),
        told: by_then(known.confirmed),
    })
}

/// Why a command cannot be performed on that world. Most commands are judged by what they ask of a
/// server; the rest is tried on a copy.
fn refusal(world: &World, command: &Command) -> Option<Refusal> {
    match command {
        Command::Crash { server, .. }
        | Command::CrashAt { server, .. }
        | Command::Snapshot(server)
        | Command::Purge { server, .. } => world.refuses_up(*server),
        Command::Restart(server) | Command::Wipe(server) => world.refuses_down(*server),
        Command::Heal(None) | Command::Clock { .. } => None,
        _ => world.clone().perform(&Arc::new(command.clone())).err(),
    }
}

/// Commands one behind the other: their lines, or the first refusal.
fn tried(world: &World, commands: &[Command]) -> Result<String, Refusal> {
    let mut world = world.clone();
    let mut lines = Vec::new();
    for command in commands {
        world.perform(&Arc::new(command.clone()))?;
        lines.push(print::command(command));
    }
    Ok(lines.join("\n"))
}
