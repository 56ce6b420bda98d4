//! What is worth finding again in a run: its commits, its turning points, its deaths.
//!
//! Written while the run happens, one entry per event worth it; looking back only reads. A fork takes
//! the part before its first step along.

use std::sync::Arc;

use super::coverage::Coverage;
use super::recoveries::Recoveries;
use super::trace::Traces;
use super::turns::Turns;
use super::unit::is_notable;
use crate::base::{Instant, ServerId};
use crate::check::{Monitor, Verdict};
use crate::history::Timeline;
use crate::model::Zxid;
use crate::protocol::{Decision, Effect};
use crate::scenario::ast::Line;
use crate::scenario::{Action, Witness};
use crate::view::inspect::concern::is_of_role;
use crate::view::memory::Recall;
use crate::view::{Memory, Text, caption};
use crate::world::vault::{self, VaultEvent};
use crate::world::{Actor, Outcome, Step};

/// Turning points of a server that are told.
const TURNS: usize = 4;

/// The notes of one branch.
#[derive(Clone, Debug, Default)]
pub(super) struct Chronicle {
    /// Every step in short.
    pub(super) traces: Traces,
    /// What breakpoints look for.
    pub(super) turns: Turns,
    /// How servers came back.
    pub(super) recoveries: Recoveries,
    /// When backups were copied.
    pub(super) coverage: Coverage,
    /// How servers came to be what they are.
    decisions: Vec<(u64, ServerId, Decision)>,
    /// Lines of the script that it was loaded from, with the number of steps from which on they have
    /// been carried out.
    lines: Vec<(u64, u32)>,
    /// Steps so far.
    steps: u64,
    /// Deaths of servers.
    deaths: Vec<(u64, ServerId, Text)>,
    /// Committed transactions in order, with the number of steps after which they are.
    commits: Vec<(u64, Zxid)>,
    /// Where joint restores turned history, each with the number of steps after which it had.
    restores: Vec<(u64, vault::Turns)>,
    /// The end of the history that loaded disks brought, and since when it is committed.
    inherited: Option<(u64, Zxid)>,
    /// Since when each lamp has had something to say.
    lamps: [Option<u64>; 6],
    /// Snapshots and backups that were finished.
    copies: Vec<Copied>,
    /// What the bench remembers.
    memory: Memory,
}

/// A snapshot or a backup.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    /// The step that finished it.
    pub(super) step: u64,
    /// The last transaction that it holds for sure.
    pub(super) to: Zxid,
    /// Whose it is.
    pub(super) server: ServerId,
    /// The name of a backup.
    pub(super) backup: Option<Arc<str>>,
}

impl Chronicle {
    /// Takes a step in; `timeline` is behind it.
    pub(super) fn note(&mut self, step: &Step, timeline: &Timeline) {
        let shown = step.id.0 + 1;
        self.steps = shown;
        self.traces.push(step, timeline.world());
        self.turns.note(step, timeline);
        self.recoveries.note(step, timeline.world());
        self.coverage.note(step);
        self.memory.note(step, timeline.world(), is_notable(step));
        let died = step.outcomes.iter().find_map(|o| match o {
            Outcome::Died { server, .. } => Some(*server),
            _ => None,
        });
        if let Some(server) = died {
            let said = caption::captions(step, timeline.world());
            let death = said
                .iter()
                .find(|c| matches!(c, caption::Caption::Died { .. }));
            self.deaths
                .extend(death.map(|c| (shown, server, c.short())));
        }
        self.copies
            .extend(step.outcomes.iter().filter_map(|o| copied(step, o)));
        self.take_restores(step);
        self.take_decisions(step);
        let origin = timeline.monitor().origin();
        if self.inherited.is_none() && origin > Zxid::ZERO {
            self.inherited = Some((shown, origin));
        }
        self.take_commits(timeline.monitor());
        self.take_lamps(timeline.monitor(), shown);
    }

    /// The run is at the end of its script: some checks are made only there.
    pub(super) fn close(&mut self, timeline: &Timeline) {
        self.take_lamps(timeline.monitor(), timeline.len());
    }

    /// A joint restore ends what was committed behind its point, or brings it back.
    fn take_restores(&mut self, step: &Step) {
        for outcome in &step.outcomes {
            if let Outcome::Vault(VaultEvent::Restored { declared, epoch }) = outcome {
                let known = self.restores.last();
                let mut turns =
                    known.map_or_else(vault::Turns::default, |(_, turns)| turns.clone());
                turns.turn(*epoch, declared.zxid);
                self.restores.push((step.id.0 + 1, turns));
            }
        }
    }

    /// Had a joint restore ended that transaction by then?
    fn has_ended(&self, zxid: Zxid, steps: u64) -> bool {
        let by_then = self.restores.iter().rev().find(|(at, _)| *at <= steps);
        by_then.is_some_and(|(_, turns)| !turns.stand(zxid))
    }

    fn take_decisions(&mut self, step: &Step) {
        let Actor::Server(server) = step.actor else {
            return;
        };
        for outcome in &step.outcomes {
            if let Outcome::Effect(Effect::Decide(decision)) = outcome
                && is_of_role(decision)
            {
                self.decisions.push((step.id.0, server, decision.clone()));
            }
        }
    }

    /// The last turning points of a server in the first `steps` steps, oldest first.
    pub(super) fn decisions(&self, of: ServerId, steps: u64) -> Vec<(u64, ServerId, Decision)> {
        let known = self.decisions.partition_point(|(at, ..)| *at < steps);
        let theirs = self.decisions[..known].iter().rev();
        let newest = theirs.filter(|(_, server, _)| *server == of).take(TURNS);
        let mut all: Vec<_> = newest.cloned().collect();
        all.reverse();
        all
    }

    fn take_lamps(&mut self, monitor: &Monitor, shown: u64) {
        if self.lamps.iter().all(Option::is_some) {
            return;
        }
        for (since, lamp) in self.lamps.iter_mut().zip(monitor.lamps()) {
            if since.is_none() && lamp.verdict != Verdict::NotApplicable {
                *since = Some(shown);
            }
        }
    }

    /// Which lamps had something to say when `steps` steps were shown.
    pub(super) fn lamps_at(&self, steps: u64) -> [bool; 6] {
        self.lamps.map(|since| since.is_some_and(|at| at <= steps))
    }

    fn take_commits(&mut self, monitor: &Monitor) {
        let last = self.commits.last().map(|(_, zxid)| *zxid);
        if monitor.committed() == last.unwrap_or(Zxid::ZERO) {
            return;
        }
        let newest = monitor.ledger().rev();
        let new: Vec<(u64, Zxid)> = newest
            .map(|(record, step, _)| (step.0 + 1, record.zxid()))
            .take_while(|(_, zxid)| last.is_none_or(|last| *zxid > last))
            .collect();
        self.commits.extend(new.into_iter().rev());
    }

    /// The part that a fork behind `steps` steps keeps.
    #[must_use]
    pub(super) fn before(&self, steps: u64) -> Self {
        let mut kept = Self {
            traces: self.traces.before(steps),
            turns: self.turns.before(steps),
            recoveries: self.recoveries.before(steps),
            coverage: self.coverage.before(steps),
            decisions: self.decisions.clone(),
            lines: self.lines.clone(),
            steps: self.steps,
            deaths: self.deaths.clone(),
            copies: self.copies.clone(),
            memory: self.memory.before(steps),
            commits: self.commits.clone(),
            restores: self.restores.clone(),
            inherited: self.inherited,
            lamps: self.lamps,
        };
        kept.deaths.retain(|(at, ..)| *at <= steps);
        kept.decisions.retain(|(at, ..)| *at < steps);
        kept.commits.retain(|(at, _)| *at <= steps);
        kept.restores.retain(|(at, _)| *at <= steps);
        kept.copies.retain(|copy| copy.step < steps);
        kept.inherited.take_if(|(at, _)| *at > steps);
        for since in &mut kept.lamps {
            since.take_if(|at| *at > steps);
        }
        kept
    }

    /// The last transaction that was committed when `steps` steps were shown.
    pub(super) fn committed(&self, steps: u64) -> Zxid {
        let count = self.commits.partition_point(|(at, _)| *at <= steps);
        let newest = self.commits[..count].iter().rev();
        let mut standing = newest.map(|(_, zxid)| *zxid);
        let last = standing.find(|zxid| !self.has_ended(*zxid, steps));
        last.unwrap_or_else(|| self.inherited_by(steps))
    }

    /// The end of the history that was there before, when it was known to be committed by then.
    fn inherited_by(&self, steps: u64) -> Zxid {
        let known = self.inherited.filter(|(at, _)| *at <= steps);
        known.map_or(Zxid::ZERO, |(_, origin)| origin)
    }

    /// Was that transaction committed by then?
    pub(super) fn is_committed(&self, zxid: Zxid, steps: u64) -> bool {
        if zxid <= self.inherited_by(steps) {
            return true;
        }
        let found = self.commits.binary_search_by_key(&zxid, |(_, z)| *z);
        found.is_ok_and(|at| self.commits[at].0 <= steps) && !self.has_ended(zxid, steps)
    }

    /// Number of transactions after `from`, up to and including `to`, that were committed by then.
    pub(super) fn committed_between(&self, from: Zxid, to: Zxid, steps: u64) -> u64 {
        let start = self.commits.partition_point(|(_, zxid)| *zxid <= from);
        let later = self.commits[start..].iter();
        let between = later.take_while(|(_, zxid)| *zxid <= to);
        let known = between.filter(|(at, _)| *at <= steps);
        known
            .filter(|(_, zxid)| !self.has_ended(*zxid, steps))
            .count() as u64
    }

    /// The lines of its script, see [`super::branch::Line::script_with_places`].
    pub(super) fn lines(&self) -> &[(u64, u32)] {
        &self.lines
    }

    /// What the bench remembers when `steps` steps are shown.
    pub(super) fn recall(&self, steps: u64) -> Recall<'_> {
        self.memory.at(steps)
    }

    /// Deaths with the number of steps shown then.
    pub(super) fn deaths(&self) -> &[(u64, ServerId, Text)] {
        &self.deaths
    }

    /// Snapshots and backups, in the order in which they were finished.
    pub(super) fn copies(&self) -> &[Copied] {
        &self.copies
    }

    /// When that server died.
    pub(super) fn deaths_of(&self, server: ServerId) -> impl Iterator<Item = u64> {
        let own = self
            .deaths
            .iter()
            .filter(move |(_, died, _)| *died == server);
        own.map(|(at, ..)| *at)
    }

    /// Who died with the last of so many steps, and for which time.
    pub(super) fn death_at(&self, steps: u64) -> Option<(ServerId, u32)> {
        let (_, server, _) = self.deaths.iter().find(|(at, ..)| *at == steps)?;
        let before = self.deaths_of(*server).take_while(|at| *at <= steps);
        Some((*server, u32::try_from(before.count()).ok()?))
    }

    /// Committed transactions, each with the number of steps after which it is.
    pub(super) fn commits(&self) -> &[(u64, Zxid)] {
        &self.commits
    }
}

impl Witness for Chronicle {
    fn line(&mut self, _: Instant, line: &Line) {
        let takes_no_time = matches!(
            line.action,
            Action::Ensemble(_) | Action::Beat(_) | Action::Note(_) | Action::Expect(_)
        );
        let from = self.steps + u64::from(!takes_no_time);
        self.lines.push((from, line.at.line));
    }

    fn step(&mut self, step: &Step, timeline: &Timeline) {
        self.note(step, timeline);
    }
}

fn copied(step: &Step, outcome: &Outcome) -> Option<Copied> {
    let (server, to, backup) = match (outcome, step.actor) {
        (
            Outcome::Effect(Effect::Decide(Decision::SnapshotDone { zxid, .. })),
            Actor::Server(id),
        ) => (id, *zxid, None),
        (
            Outcome::BackedUp {
                backup,
                server,
                zxid,
                ..
            }
            | Outcome::Vault(VaultEvent::Taken {
                backup,
                server,
                zxid,
                ..
            }),
            _,
        ) => (*server, *zxid, Some(Arc::clone(backup))),
        _ => return None,
    };
    Some(Copied {
        step: step.id.0,
        to,
        server,
        backup,
    })
}
