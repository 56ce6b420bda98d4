//! Traps: a server that dies at a point, a packet that is lost or late.
//!
//! A trap waits until its moment comes, springs once, and is gone. The points are defined on what
//! the world sees (inputs and effects), so a machine knows nothing of them.

use super::command::{CrashKind, CrashPoint, PacketMatch, Refusal};
use super::message::{End, Payload};
use super::step::{Cause, Outcome};
use super::world::World;
use crate::base::{Duration, ServerId};
use crate::model::Zxid;
use crate::protocol::zab::Packet;
use crate::protocol::{Effect, Timer};
use crate::storage::FileOp;

/// A crash that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CrashTrap {
    /// Who dies.
    pub server: ServerId,
    /// How.
    pub kind: CrashKind,
    /// Where.
    pub point: CrashPoint,
    /// Only for this transaction.
    pub zxid: Option<Zxid>,
}

/// A crash whose moment has come.
pub type Sprung = CrashTrap;

/// A packet that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketTrap {
    /// Sender.
    pub from: End,
    /// Receiver.
    pub to: End,
    /// Wire word.
    pub word: String,
    /// Only if it is about this zxid.
    pub zxid: Option<Zxid>,
    /// So many that match pass first.
    pub pass: u32,
    /// Delay; `None` means it is lost.
    pub delay: Option<Duration>,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing special.
    Pass,
    /// It waits.
    Late(Duration),
    /// It is lost.
    Lost,
}

impl Fate {
    pub(super) fn delay(self) -> Duration {
        match self {
            Self::Late(by) => by,
            Self::Pass | Self::Lost => Duration::ZERO,
        }
    }

    pub(super) fn is_loss(self) -> bool {
        self == Self::Lost
    }
}

/// All traps that wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traps {
    crashes: Vec<CrashTrap>,
    packets: Vec<PacketTrap>,
}

impl Traps {
    /// Sets a crash.
    pub fn set_crash(&mut self, trap: CrashTrap) {
        self.crashes.push(trap);
    }

    /// Sets a packet trap.
    pub fn set_packet(&mut self, trap: PacketTrap) {
        self.packets.push(trap);
    }

    /// Removes every crash that waits for `server`: it died, or it was restarted.
    pub fn clear_crashes(&mut self, server: ServerId) {
        self.crashes.retain(|t| t.server != server);
    }

    fn take(
        &mut self,
        server: ServerId,
        point: CrashPoint,
        zxid: impl Fn(Zxid) -> bool,
    ) -> Option<Sprung> {
        let hit =
            |t: &CrashTrap| t.server == server && t.point == point && t.zxid.is_none_or(&zxid);
        let found = self.crashes.iter().position(hit)?;
        Some(self.crashes.remove(found))
    }

    /// Before a process hears of something.
    /// `epoch_renamed`: an epoch file was renamed into place, and this is the first fsync since.
    pub(super) fn before_input(
        &mut self,
        server: ServerId,
        cause: &Cause,
        epoch_renamed: bool,
    ) -> Option<Sprung> {
        if self.crashes.is_empty() {
            return None;
        }
        match cause {
            Cause::Synced { .. }
                if epoch_renamed
                    && let Some(trap) = self.take(server, CrashPoint::AfterEpoch, |_| true) =>
            {
                Some(trap)
            }
            Cause::Synced { records, .. } if !records.is_empty() => {
                let covers = |z| records.iter().any(|r| r.zxid() == z);
                self.take(server, CrashPoint::AfterFsync, covers)
            }
            _ => None,
        }
    }

    /// Before an effect is carried out.
    pub(super) fn before_effect(&mut self, server: ServerId, effect: &Effect) -> Option<Sprung> {
        if self.crashes.is_empty() {
            return None;
        }
        match effect {
            Effect::Append { record, .. } => {
                self.take(server, CrashPoint::BeforeWrite, |z| z == record.zxid())
            }
            Effect::Commit(zxid) => self.take(server, CrashPoint::BeforeCommit, |z| z == *zxid),
            Effect::Write(FileOp::Create { name }) if name.ends_with("Epoch.tmp") => {
                self.take(server, CrashPoint::BeforeEpoch, |_| true)
            }
            _ => None,
        }
    }

    /// Right after an effect is carried out.
    pub(super) fn after_effect(
        &mut self,
        server: ServerId,
        cause: &Cause,
        effect: &Effect,
    ) -> Option<Sprung> {
        if self.crashes.is_empty() {
            return None;
        }
        match effect {
            Effect::Append { record, .. } => {
                self.take(server, CrashPoint::AfterWrite, |z| z == record.zxid())
            }
            Effect::Write(FileOp::Write { name, .. })
                if name.starts_with("snapshot.")
                    && matches!(cause, Cause::Timer(Timer::SnapshotWalk)) =>
            {
                self.take(server, CrashPoint::DuringSnapshot, |_| true)
            }
            _ => None,
        }
    }

    /// After a server has handled something whole.
    pub(super) fn after_step(
        &mut self,
        server: ServerId,
        cause: &Cause,
        outcomes: &[Outcome],
    ) -> Option<Sprung> {
        if self.crashes.is_empty() {
            return None;
        }
        let committed = |z| {
            let is = |o: &Outcome| matches!(o, Outcome::Effect(Effect::Commit(c)) if *c == z);
            outcomes.iter().any(is)
        };
        let commits = |o: &Outcome| matches!(o, Outcome::Effect(Effect::Commit(_)));
        if outcomes.iter().any(commits)
            && let Some(trap) = self.take(server, CrashPoint::AfterCommit, committed)
        {
            return Some(trap);
        }
        match cause {
            Cause::Delivered(message) => {
                self.after_delivery(server, message.from, &message.payload)
            }
            Cause::Synced { records, .. } if !records.is_empty() => {
                let covers = |z| records.iter().any(|r| r.zxid() == z);
                let self_ack = !outcomes.iter().any(is_ack);
                self_ack
                    .then(|| self.take(server, CrashPoint::AfterAck, covers))
                    .flatten()
            }
            _ => None,
        }
    }

    fn after_delivery(&mut self, server: ServerId, from: End, payload: &Payload) -> Option<Sprung> {
        let Payload::Peer(packet) = payload else {
            return None;
        };
        match (packet, from) {
            (Packet::Ack { zxid }, End::Server(acker)) if !zxid.is_epoch_start() => {
                self.take(acker, CrashPoint::AfterAck, |z| z == *zxid)
            }
            (Packet::Diff { .. } | Packet::Trunc { .. } | Packet::Snap { .. }, _) => {
                self.take(server, CrashPoint::DuringSync, |_| false)
            }
            (Packet::Proposal(record), _) => {
                let zxid = record.zxid();
                let waits = |t: &&CrashTrap| {
                    t.server == server && t.point == CrashPoint::DuringSync && t.zxid == Some(zxid)
                };
                self.crashes.iter().find(waits)?;
                self.take(server, CrashPoint::DuringSync, |z| z == zxid)
            }
            _ => None,
        }
    }

    /// What becomes of a packet that is about to leave.
    pub(super) fn packet(&mut self, from: End, to: End, payload: &Payload) -> Fate {
        if self.packets.is_empty() {
            return Fate::Pass;
        }
        let hit = |t: &PacketTrap| {
            t.from == from
                && t.to == to
                && t.word == payload.word()
                && t.zxid.is_none_or(|z| payload.zxid() == Some(z))
        };
        let Some(found) = self.packets.iter().position(hit) else {
            return Fate::Pass;
        };
        if let Some(left) = self.packets[found].pass.checked_sub(1) {
            self.packets[found].pass = left;
            return Fate::Pass;
        }
        match self.packets.remove(found).delay {
            Some(by) => Fate::Late(by),
            None => Fate::Lost,
        }
    }
}

fn is_ack(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent(m) if matches!(m.payload, Payload::Peer(Packet::Ack { .. })))
}

impl World {
    pub(super) fn set_packet_trap(
        &mut self,
        packet: &PacketMatch,
        delay: Option<Duration>,
    ) -> Result<(), Refusal> {
        let (from, to) = self.two_ends(&packet.from, &packet.to)?;
        self.traps.set_packet(PacketTrap {
            from,
            to,
            word: packet.word.clone(),
            zxid: packet.zxid,
            pass: packet.nth.saturating_sub(1),
            delay,
        });
        Ok(())
    }
}
