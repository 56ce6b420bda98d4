//! The life of a write: from the client that asks to the backup that holds it.
//!
//! ```text
//!   a asks ─► S3 forwards ─► S1 proposes ─► each server: writes ─► forces, ACK ─► quorum: committed
//!          ─► each server applies ─► a is told ─► a snapshot holds it ─► a backup holds it
//! ```
//! A station is a step with what it did for this write. The steps are found by the caller; here is what
//! they mean.

use std::collections::BTreeSet;

use super::super::frame::Zx;
use super::super::lang::Text;
use super::Arrow;
use crate::base::{ClientId, ServerId};
use crate::model::Zxid;
use crate::protocol::zab::packet::Packet;
use crate::protocol::{ClientPacket, Decision, Effect};
use crate::world::{Actor, Cause, End, Message, Outcome, Payload, Step, World};

/// The stations of a write, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Which.
    pub zxid: Zx,
    /// Its stations.
    pub stations: Vec<Station>,
    /// Messages that carried it before it had a number.
    pub messages: BTreeSet<u64>,
}

/// One step of a write's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    /// Which step; shown after `step + 1` steps.
    pub step: u64,
    /// Its column, in halves.
    pub at: u64,
    /// What it is, above all.
    pub kind: StationKind,
    /// In a few words.
    pub text: Text,
}

/// What a station is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StationKind {
    /// A client asks.
    Asked,
    /// A server passes it on to the leader.
    Forwarded,
    /// The leader numbers it.
    Proposed,
    /// A server writes it.
    Written,
    /// A server's disk holds it.
    Forced,
    /// A quorum holds it.
    Committed,
    /// A server applies it.
    Applied,
    /// The client is told.
    Told,
    /// A server cuts it off.
    Cut,
    /// A snapshot holds it.
    Snapshot,
    /// A backup holds it.
    Backup,
}

impl Life {
    /// True for a message that carried it.
    pub fn has_arrow(&self, arrow: &Arrow) -> bool {
        arrow.zxid == Some(self.zxid) || self.messages.contains(&arrow.id)
    }

    /// True for a step that is a station.
    pub fn has(&self, step: u64) -> bool {
        self.stations.iter().any(|station| station.step == step)
    }

    /// Takes a step before the proposal: a request on its way to the leader.
    pub fn ask(&mut self, step: &Step, at: u64, world: &World) {
        let mut requests = step.outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Sent(message) if is_request(message) => Some(message),
            _ => None,
        });
        let Some(request) = requests.next_back() else {
            return;
        };
        self.messages.insert(request.id);
        let (from, to) = (name(request.from, world), name(request.to, world));
        let (kind, text) = match request.from {
            End::Client(_) => (
                StationKind::Asked,
                Text::new(format!("{from} asks {to}"), format!("{from} 请求 {to}")),
            ),
            End::Server(_) => (
                StationKind::Forwarded,
                Text::new(
                    format!("{from} forwards it to {to}"),
                    format!("{from} 转发给 {to}"),
                ),
            ),
        };
        self.station(step.id.0, at, vec![(kind, text)]);
    }

    /// Takes a step from the proposal on.
    pub fn take(&mut self, step: &Step, at: u64, zxid: Zxid, world: &World) {
        let mut done: Vec<(StationKind, Text)> = Vec::new();
        let server = match step.actor {
            Actor::Server(id) => id,
            Actor::Client(_) | Actor::World => ServerId(0),
        };
        if let Cause::Synced { records, .. } = &step.cause
            && records.iter().any(|record| record.zxid() == zxid)
        {
            done.push((
                StationKind::Forced,
                Text::new(format!("{server}: on disk"), format!("{server} 已落盘")),
            ));
        }
        for outcome in &step.outcomes {
            done.extend(told(outcome, zxid, server, world));
        }
        if cuts(step, zxid) {
            done.push((
                StationKind::Cut,
                Text::new(
                    format!("{server} cuts it off"),
                    format!("{server} 将其截断"),
                ),
            ));
        }
        self.station(step.id.0, at, done);
    }

    /// A snapshot of a server holds it.
    pub fn snapshot(&mut self, step: u64, at: u64, server: ServerId, file: Zxid) {
        let file = format!("snapshot.{:x}", file.0);
        let text = Text::new(
            format!("in {file} of {server}"),
            format!("{server} 的 {file} 包含它"),
        );
        self.station(step, at, vec![(StationKind::Snapshot, text)]);
    }

    /// A backup holds it.
    pub fn backup(&mut self, step: u64, at: u64, name: &str) {
        let text = Text::new(format!("in backup {name}"), format!("备份 {name} 包含它"));
        self.station(step, at, vec![(StationKind::Backup, text)]);
    }

    fn station(&mut self, step: u64, at: u64, mut done: Vec<(StationKind, Text)>) {
        done.dedup();
        let Some(kind) = done.iter().map(|(kind, _)| *kind).max() else {
            return;
        };
        let (en, zh): (Vec<_>, Vec<_>) = done.into_iter().map(|(_, t)| (t.en, t.zh)).unzip();
        self.stations.push(Station {
            step,
            at,
            kind,
            text: Text::new(en.join(", "), zh.join("，")),
        });
    }
}

fn told(outcome: &Outcome, zxid: Zxid, s: ServerId, world: &World) -> Option<(StationKind, Text)> {
    let number = Zx::from(zxid);
    Some(match outcome {
        Outcome::Effect(Effect::Propose(record)) if record.zxid() == zxid => (
            StationKind::Proposed,
            Text::new(
                format!("{s} proposes {number}"),
                format!("{s} 提案 {number}"),
            ),
        ),
        Outcome::Effect(Effect::Append { record, .. }) if record.zxid() == zxid => (
            StationKind::Written,
            Text::new(format!("{s} writes it"), format!("{s} 写入日志")),
        ),
        Outcome::Effect(Effect::Decide(Decision::QuorumOfAcks { zxid: z, acks })) if *z == zxid => {
            (
                StationKind::Committed,
                Text::new(
                    format!("{} ACKs: {s} commits", acks.len()),
                    format!("{} 个 ACK，{s} 提交", acks.len()),
                ),
            )
        }
        Outcome::Effect(Effect::Apply(record)) if record.zxid() == zxid => (
            StationKind::Applied,
            Text::new(format!("{s} applies it"), format!("{s} 应用")),
        ),
        Outcome::Sent(message) if is_ack(message, zxid) => {
            (StationKind::Forced, Text::new("ACK", "回复 ACK"))
        }
        Outcome::Told { client, txn, .. } if *txn == Some(zxid) => {
            let name = client_name(*client, world);
            (
                StationKind::Told,
                Text::new(format!("{name} is told"), format!("{name} 得到答复")),
            )
        }
        _ => return None,
    })
}

fn is_request(message: &Message) -> bool {
    matches!(
        &message.payload,
        Payload::Peer(Packet::Request { .. }) | Payload::ToServer(ClientPacket::Request { .. })
    )
}

fn is_ack(message: &Message, zxid: Zxid) -> bool {
    matches!(&message.payload, Payload::Peer(Packet::Ack { zxid: z }) if *z == zxid)
}

/// The server loses the end of its log, and this write with it.
fn cuts(step: &Step, zxid: Zxid) -> bool {
    let had = step.before.is_some_and(|status| status.logged >= zxid);
    had && step.outcomes.iter().any(|outcome| match outcome {
        Outcome::Effect(Effect::Decide(Decision::Truncated { to })) => *to < zxid,
        _ => false,
    })
}

fn client_name(id: ClientId, world: &World) -> String {
    let client = world.clients().get(usize::from(id.0));
    client.map(|c| c.name.clone()).unwrap_or_default()
}

fn name(end: End, world: &World) -> String {
    match end {
        End::Server(id) => id.to_string(),
        End::Client(id) => client_name(id, world),
    }
}
