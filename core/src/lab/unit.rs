//! How far one step goes: the units, and which steps of a run are stops in each.
//!
//! ```text
//!   micro     every instant: what happens at the same time is one stop
//!   message   a message arrives, an fsync ends, somebody acts; small talk goes by
//!   phase     a proposal, a quorum, a commit, an apply; a round, an epoch, a synchronisation
//!   notable   a leader, a commit, a truncation, a death, an expiry, a snapshot, a lamp
//!   beat      a named moment of the script
//! ```
//! Every stop of a unit is a stop of the finer ones. What a step is worth is judged once, when it
//! happens; finding a stop later reads notes and replays nothing.

use serde::Serialize;

use crate::protocol::zab::packet::Packet;
use crate::protocol::{Decision, Effect, Timer};
use crate::world::{Cause, Command, Outcome, Payload, RecipeState, Step};

/// How far one step goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Unit {
    /// To the next instant at which anything happens.
    Micro,
    /// To the next message that arrives, or anything else that somebody does.
    #[default]
    Message,
    /// To the next turn of the protocol.
    Phase,
    /// To the next turning point.
    Notable,
    /// To the next named moment.
    Beat,
}

impl Unit {
    /// Every unit, finest first.
    pub const ALL: [Self; 5] = [
        Self::Micro,
        Self::Message,
        Self::Phase,
        Self::Notable,
        Self::Beat,
    ];

    /// Its name for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Message => "message",
            Self::Phase => "phase",
            Self::Notable => "notable",
            Self::Beat => "beat",
        }
    }

    /// The next coarser one; after the coarsest comes the finest.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Micro => Self::Message,
            Self::Message => Self::Phase,
            Self::Phase => Self::Notable,
            Self::Notable => Self::Beat,
            Self::Beat => Self::Micro,
        }
    }
}

/// The coarsest unit, but beats, that stops behind a step.
pub(super) fn grain(step: &Step) -> Unit {
    if is_notable(step) {
        Unit::Notable
    } else if is_phase(step) {
        Unit::Phase
    } else if is_message(step) {
        Unit::Message
    } else {
        Unit::Micro
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
    by_user || step.outcomes.iter().any(is_turning_point)
}

fn is_turning_point(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Died { .. } => true,
        Outcome::Unknown { entries, .. } => !entries.is_empty(),
        Outcome::Recipe { standing, .. } => matches!(
            standing.state,
            RecipeState::Holding | RecipeState::Leading | RecipeState::Doubting | RecipeState::Lost
        ),
        Outcome::Stored { token, highest, .. } => highest.is_some_and(|highest| *token < highest),
        Outcome::Vault(event) => !event.is_progress(),
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

/// A turn of the protocol: a server stands elsewhere, or a write does.
fn is_phase(step: &Step) -> bool {
    let moved = match (&step.before, &step.after) {
        (Some(before), Some(after)) => {
            (before.role, before.phase, before.leader) != (after.role, after.phase, after.leader)
        }
        (before, after) => before.is_some() != after.is_some(),
    };
    moved || step.outcomes.iter().any(is_turn)
}

fn is_turn(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Effect(Effect::Propose(_) | Effect::Commit(_) | Effect::Apply(_))
        | Outcome::Unknown { .. }
        | Outcome::Expired { .. }
        | Outcome::Recipe { .. }
        | Outcome::Stored { .. } => true,
        Outcome::Told { txn, .. } => txn.is_some(),
        Outcome::Effect(Effect::Decide(decision)) => matches!(
            decision,
            Decision::StartedRound { .. }
                | Decision::JoinedRound { .. }
                | Decision::QuorumOfVotes { .. }
                | Decision::Elected { .. }
                | Decision::JoinedEstablished { .. }
                | Decision::ProposedEpoch { .. }
                | Decision::AcceptedEpoch { .. }
                | Decision::AcceptedEpochAgain { .. }
                | Decision::RefusedEpoch { .. }
                | Decision::NeedsSnap
                | Decision::AckedNewLeader { .. }
                | Decision::Serving
                | Decision::DroppedLearner { .. }
                | Decision::RefusedStaleServer { .. }
                | Decision::Recovered { .. }
                | Decision::FreshDisk { .. }
                | Decision::Purged { .. }
                | Decision::Restored { .. }
        ),
        _ => false,
    }
}

/// Anything but small talk: pings, housekeeping timers, connections that open.
fn is_message(step: &Step) -> bool {
    match &step.cause {
        Cause::Delivered(m) | Cause::Dropped(m) => !matches!(
            &m.payload,
            Payload::Peer(Packet::Ping { .. } | Packet::PingReply { .. })
        ),
        Cause::Timer(timer) => {
            let idle = matches!(
                timer,
                Timer::HalfTick | Timer::SnapshotWalk | Timer::Reaper | Timer::SessionBucket
            );
            !idle && !step.outcomes.is_empty()
        }
        Cause::Synced { records, .. } => !records.is_empty(),
        Cause::LinkUp(_) | Cause::Opened(_) => false,
        Cause::ClientTimer | Cause::ProgramWake => !step.outcomes.is_empty(),
        Cause::Command(_)
        | Cause::Operator
        | Cause::Boot
        | Cause::Closed(_)
        | Cause::DiskFailed
        | Cause::ClientConnected
        | Cause::ClientDisconnected(_) => true,
    }
}
