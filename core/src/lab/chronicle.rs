//! What is worth finding again in a run: its commits, its turning points, its deaths.
//!
//! Written while the run happens, one entry per event worth it; looking back only reads. A fork takes
//! the part before its first step along.

use crate::base::{Instant, ServerId};
use crate::check::{Monitor, Verdict};
use crate::history::Timeline;
use crate::model::Zxid;
use crate::protocol::{Decision, Effect};
use crate::scenario::ast::Line;
use crate::scenario::{Action, Witness};
use crate::view::inspect::concern::is_of_role;
use crate::view::{Text, caption};
use crate::world::{Actor, Cause, Command, Outcome, RecipeState, Step};

/// Turning points of a server that are told.
const TURNS: usize = 4;

/// The notes of one branch.
#[derive(Clone, Debug, Default)]
pub(super) struct Chronicle {
    /// Steps to stop at, as the number of steps shown then.
    notable: Vec<u64>,
    /// How servers came to be what they are.
    decisions: Vec<(u64, ServerId, Decision)>,
    /// Lines of the script that it was loaded from, with the number of steps from which on they have
    /// been carried out.
    lines: Vec<(u64, u32)>,
    /// Steps so far.
    steps: u64,
    /// Deaths of servers.
    deaths: Vec<(u64, Text)>,
    /// Committed transactions in order, with the number of steps after which they are.
    commits: Vec<(u64, Zxid)>,
    /// The end of the history that loaded disks brought, and since when it is committed.
    inherited: Option<(u64, Zxid)>,
    /// Since when each lamp has had something to say.
    lamps: [Option<u64>; 6],
}

impl Chronicle {
    /// Takes a step in; `timeline` is behind it.
    pub(super) fn note(&mut self, step: &Step, timeline: &Timeline) {
        let shown = step.id.0 + 1;
        self.steps = shown;
        if is_notable(step) {
            self.notable.push(shown);
        }
        if step
            .outcomes
            .iter()
            .any(|o| matches!(o, Outcome::Died { .. }))
        {
            let said = caption::captions(step, timeline.world());
            let death = said
                .iter()
                .find(|c| matches!(c, caption::Caption::Died { .. }));
            self.deaths.extend(death.map(|c| (shown, c.short())));
        }
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
        let mut kept = self.clone();
        kept.notable.retain(|at| *at <= steps);
        kept.deaths.retain(|(at, _)| *at <= steps);
        kept.decisions.retain(|(at, ..)| *at < steps);
        kept.commits.retain(|(at, _)| *at <= steps);
        kept.inherited.take_if(|(at, _)| *at > steps);
        for since in &mut kept.lamps {
            since.take_if(|at| *at > steps);
        }
        kept
    }

    /// The last transaction that was committed when `steps` steps were shown.
    pub(super) fn committed(&self, steps: u64) -> Zxid {
        let count = self.commits.partition_point(|(at, _)| *at <= steps);
        let last = count.checked_sub(1).map(|i| self.commits[i].1);
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
        found.is_ok_and(|at| self.commits[at].0 <= steps)
    }

    /// Number of transactions after `from`, up to and including `to`, that were committed by then.
    pub(super) fn committed_between(&self, from: Zxid, to: Zxid, steps: u64) -> u64 {
        let start = self.commits.partition_point(|(_, zxid)| *zxid <= from);
        let later = self.commits[start..].iter();
        let between = later.take_while(|(_, zxid)| *zxid <= to);
        between.filter(|(at, _)| *at <= steps).count() as u64
    }

    /// The lines of its script, see [`super::branch::Line::script_with_places`].
    pub(super) fn lines(&self) -> &[(u64, u32)] {
        &self.lines
    }

    /// Deaths with the number of steps shown then.
    pub(super) fn deaths(&self) -> &[(u64, Text)] {
        &self.deaths
    }

    /// The next notable step after `steps`.
    pub(super) fn next(&self, steps: u64) -> Option<u64> {
        let at = self.notable.partition_point(|n| *n <= steps);
        self.notable.get(at).copied()
    }

    /// The last notable step before `steps`.
    pub(super) fn previous(&self, steps: u64) -> Option<u64> {
        let at = self.notable.partition_point(|n| *n < steps);
        at.checked_sub(1).map(|at| self.notable[at])
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

/// Leader and epoch changes, commits, truncation, synchronisation, crash and restart, expiry,
/// snapshots, locks and leads that come and go, old tokens, and everything a user does.
pub(super) fn is_notable(step: &Step) -> bool {
    let by_user = match &step.cause {
        Cause::Command(command) => {
            !matches!(**command, Command::Client { .. } | Command::Invoke { .. })
        }
        Cause::DiskFailed => true,
        _ => false,
    };
    by_user || step.outcomes.iter().any(turning_point)
}

fn turning_point(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Died { .. } => true,
        Outcome::Unknown { entries, .. } => !entries.is_empty(),
        Outcome::Recipe { standing, .. } => matches!(
            standing.state,
            RecipeState::Holding | RecipeState::Leading | RecipeState::Doubting | RecipeState::Lost
        ),
        Outcome::Stored { token, highest, .. } => highest.is_some_and(|highest| *token < highest),
        Outcome::Effect(Effect::Halt(_)) => true,
        Outcome::Effect(Effect::Decide(decision)) => matches!(
            decision,
            Decision::QuorumOfAcks { .. }
                | Decision::EpochAgreed { .. }
                | Decision::Established { .. }
                | Decision::PlannedSync { .. }
                | Decision::Truncated { .. }
                | Decision::LoadedSnap { .. }
                | Decision::WentLooking { .. }
                | Decision::FollowerAhead { .. }
                | Decision::ExpiredSession { .. }
                | Decision::SnapshotBegun { .. }
                | Decision::SnapshotDone { .. }
        ),
        _ => false,
    }
}
