//! What happened, in sentences.
//!
//! A `Step` becomes a list of [`Caption`]s: one value for each thing worth a sentence. A value becomes
//! a [`Text`], by one exhaustive `match` per language (`en`, `zh`), so that no event and no reason can
//! be added without its sentence. The same sentence is the caption, the line of the list of events and
//! what a screen reader says.
//!
//! Style: simple sentences, the visible object first, wire words in English.

mod change;
mod en;
mod from_step;
mod vault;
pub mod worth;
mod zh;

use std::fmt;
use std::sync::Arc;

pub use change::change;
pub use from_step::{captions, request};
pub(in crate::view) use vault::{policy, time};

use super::lang::{Lang, Text};
use crate::base::ServerId;
use crate::model::{ErrorCode, EventKind, Zxid};
use crate::protocol::zab::election::Vote;
use crate::protocol::{Decision, HaltReason, Timer};
use crate::world::{
    Command, CrashKind, CrashPoint, Endpoint, Recipe, RecipeState, Standing, VaultEvent,
};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caption {
    /// The user did something that has no other sentence.
    Command(Arc<Command>),
    /// A server died.
    Died {
        /// Which.
        server: ServerId,
        /// How.
        kind: CrashKind,
        /// At which point, when a trap was set.
        point: Option<CrashPoint>,
        /// Bytes its disk lost.
        lost: u64,
        /// The last write that was kept is not whole.
        torn: bool,
    },
    /// A process ended itself.
    Halted {
        /// Which.
        server: ServerId,
        /// Why.
        reason: HaltReason,
    },
    /// Messages on the wire were lost.
    Lost(Vec<Parcel>),
    /// A process starts.
    Booted(ServerId),
    /// A server can talk to another one about votes.
    LinkUp(ServerId, ServerId),
    /// A quorum connection opened.
    Opened(ServerId, ServerId),
    /// A quorum connection is gone.
    Closed(ServerId, ServerId),
    /// A message arrived.
    Received(Parcel),
    /// A message arrived where nobody listens.
    Dropped(Parcel),
    /// A timer ran out, and nothing better can be said.
    TimerFired(ServerId, Timer),
    /// A server tells its vote.
    Voted {
        /// Who.
        server: ServerId,
        /// What.
        vote: Vote,
    },
    /// A leader numbers a write.
    Proposed {
        /// Who.
        leader: ServerId,
        /// Its number.
        zxid: Zxid,
        /// `create /orders/2`.
        what: String,
    },
    /// A server appends to its log.
    Appended(ServerId, Run),
    /// A server's disk has forced records.
    Forced(ServerId, Run),
    /// A server's disk has forced something else.
    ForcedFile(ServerId),
    /// A server acknowledges records.
    Acked {
        /// Who.
        server: ServerId,
        /// To whom; itself when it leads.
        leader: ServerId,
        /// What.
        run: Run,
    },
    /// Acks form a quorum.
    Quorum {
        /// What they hold.
        zxid: Zxid,
        /// How many.
        acks: usize,
        /// Of how many voters.
        voters: usize,
    },
    /// A leader commits.
    Committed {
        /// Who.
        leader: ServerId,
        /// What.
        run: Run,
        /// Observers are told by INFORM.
        observers: bool,
    },
    /// A server applies to its tree.
    Applied(ServerId, Run),
    /// A server answers a client.
    Answered {
        /// Who.
        server: ServerId,
        /// Whom.
        client: String,
        /// Number of the write.
        zxid: Option<Zxid>,
        /// How it went.
        error: ErrorCode,
    },
    /// A client learns how its request went.
    Told {
        /// Who.
        client: String,
        /// `create /orders/2`.
        request: String,
        /// Number of the write.
        zxid: Option<Zxid>,
        /// How it went.
        error: ErrorCode,
    },
    /// A client will not learn how its requests went.
    Unknown {
        /// Who.
        client: String,
        /// Its requests.
        requests: Vec<String>,
    },
    /// A client's session is over, and it had not sent these yet.
    NeverSent {
        /// Who.
        client: String,
        /// Its requests.
        requests: Vec<String>,
    },
    /// A client hears from a watch.
    Notified {
        /// Who.
        client: String,
        /// What happened.
        kind: EventKind,
        /// To which node.
        path: String,
    },
    /// A client's recipe came to stand elsewhere.
    Recipe {
        /// Who.
        client: String,
        /// Which.
        recipe: Recipe,
        /// Where.
        path: String,
        /// How it stands now.
        standing: Standing,
    },
    /// A client wrote to the store outside of the ensemble.
    Stored {
        /// Who.
        client: String,
        /// What it showed.
        token: Zxid,
        /// A higher one that the store had seen before.
        newer: Option<Zxid>,
        /// False when it was refused.
        accepted: bool,
    },
    /// An operator's work in the vault came so far.
    Vault(VaultEvent),
    /// A client's program goes on.
    Woke(String),
    /// A client asks for something.
    Asked {
        /// Who.
        client: String,
        /// `create /orders/2`.
        request: String,
        /// The server, when it is connected.
        server: Option<ServerId>,
    },
    /// A client calls a server.
    Dialled {
        /// Who.
        client: String,
        /// Whom.
        server: ServerId,
    },
    /// A client has a session.
    Connected {
        /// Who.
        client: String,
        /// At which server.
        server: ServerId,
    },
    /// A client was told that its session is over.
    Expired(String),
    /// A client's connection is gone.
    Disconnected(String),
    /// A client looks for a server and reaches none.
    Stranded(String),
    /// A client says that it is alive.
    Pinged(Who),
    /// Somebody hears that another one is alive.
    HeardPing {
        /// Who hears it.
        to: Who,
        /// Who is alive.
        from: Who,
    },
    /// A disk refused a write.
    DiskFailed(ServerId),
    /// A reason that was spoken.
    Decided(ServerId, Decision),
}

/// Consecutive transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First.
    pub first: Zxid,
    /// Last.
    pub last: Zxid,
    /// How many.
    pub count: usize,
}

/// A message, as a sentence speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Sender.
    pub from: Who,
    /// Receiver.
    pub to: Who,
    /// Wire word in capitals.
    pub word: String,
    /// The zxid it is about.
    pub zxid: Option<Zxid>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A server.
    Server(ServerId),
    /// A client, by name.
    Client(String),
}

impl Caption {
    /// The sentence.
    pub fn text(&self) -> Text {
        Text::new(en::sentence(self), zh::sentence(self))
    }

    /// The sentence in one language.
    pub fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::En => en::sentence(self),
            Lang::Zh => zh::sentence(self),
        }
    }

    /// A few words for a mark on the timeline; the sentence where none are known.
    pub fn short(&self) -> Text {
        match self {
            Self::Died {
                server,
                kind: CrashKind::Power,
                ..
            } => Text::new(format!("{server} loses power"), format!("{server} 断电")),
            Self::Died { server, .. } => {
                Text::new(format!("{server} dies"), format!("{server} 进程退出"))
            }
            _ => self.text(),
        }
    }

    /// How much it matters: 0 for small talk, 3 for turning points.
    pub fn weight(&self) -> u8 {
        match self {
            Self::TimerFired(..)
            | Self::Pinged(_)
            | Self::HeardPing { .. }
            | Self::LinkUp(..)
            | Self::ForcedFile(_)
            | Self::Woke(_)
            | Self::Dropped(_) => 0,
            Self::Received(_)
            | Self::Voted { .. }
            | Self::Opened(..)
            | Self::Dialled { .. }
            | Self::Answered { .. }
            | Self::Disconnected(_)
            | Self::Stranded(_) => 1,
            Self::Decided(_, decision) => decision_weight(decision),
            Self::Recipe { standing, .. } => recipe_weight(standing.state),
            Self::Stored {
                newer: None,
                accepted: true,
                ..
            } => 2,
            Self::Stored { .. } => 3,
            Self::Vault(event) if event.is_progress() => 1,
            Self::Vault(_) => 3,
            Self::Command(_)
            | Self::Lost(_)
            | Self::Booted(_)
            | Self::Closed(..)
            | Self::Proposed { .. }
            | Self::Appended(..)
            | Self::Forced(..)
            | Self::Acked { .. }
            | Self::Quorum { .. }
            | Self::Applied(..)
            | Self::Told { .. }
            | Self::Notified { .. }
            | Self::NeverSent { .. }
            | Self::Asked { .. }
            | Self::Connected { .. } => 2,
            Self::Died { .. }
            | Self::Halted { .. }
            | Self::Committed { .. }
            | Self::Unknown { .. }
            | Self::Expired(_)
            | Self::DiskFailed(_) => 3,
        }
    }

    /// The server it is about, if it is about one.
    pub fn server(&self) -> Option<ServerId> {
        match self {
            Self::Died { server, .. }
            | Self::Halted { server, .. }
            | Self::Booted(server)
            | Self::LinkUp(server, _)
            | Self::Opened(server, _)
            | Self::Closed(server, _)
            | Self::TimerFired(server, _)
            | Self::Voted { server, .. }
            | Self::Proposed { leader: server, .. }
            | Self::Appended(server, _)
            | Self::Forced(server, _)
            | Self::ForcedFile(server)
            | Self::Acked { server, .. }
            | Self::Committed { leader: server, .. }
            | Self::Applied(server, _)
            | Self::Answered { server, .. }
            | Self::DiskFailed(server)
            | Self::Decided(server, _) => Some(*server),
            Self::Received(Parcel { to, .. }) | Self::HeardPing { to, .. } => match to {
                Who::Server(server) => Some(*server),
                Who::Client(_) => None,
            },
            _ => None,
        }
    }
}

/// The one end that a partition separates from the others.
fn alone(groups: &[Vec<Endpoint>]) -> Option<(&Endpoint, &[Endpoint])> {
    match groups {
        [others, one] | [one, others] if one.len() == 1 && others.len() > 1 => {
            Some((one.first()?, others))
        }
        _ => None,
    }
}

/// Why a process ended itself.
pub(super) fn halted(reason: &HaltReason) -> Text {
    Text::new(en::halt_reason(reason), zh::halt_reason(reason))
}

/// Where a server dies, in a few words.
pub(super) fn moment(point: CrashPoint) -> Text {
    Text::new(en::moment(point), zh::moment(point))
}

fn decision_weight(decision: &Decision) -> u8 {
    match decision {
        Decision::KeptVote { .. }
        | Decision::IgnoredOldRound { .. }
        | Decision::RepeatedVote
        | Decision::ForwardedWrite { .. }
        | Decision::LateAck { .. } => 1,
        Decision::Elected { .. }
        | Decision::JoinedEstablished { .. }
        | Decision::FollowerAhead { .. }
        | Decision::PlannedSync { .. }
        | Decision::Truncated { .. }
        | Decision::LoadedSnap { .. }
        | Decision::Established { .. }
        | Decision::Serving
        | Decision::CounterUsedUp
        | Decision::WentLooking { .. }
        | Decision::ExpiredSession { .. }
        | Decision::Recovered { .. }
        | Decision::SnapshotBegun { .. }
        | Decision::SnapshotDone { .. } => 3,
        _ => 2,
    }
}

/// To begin and to leave is small; to hold, to lead and to lose it is what a recipe is about.
const fn recipe_weight(state: RecipeState) -> u8 {
    match state {
        RecipeState::Starting | RecipeState::Leaving => 1,
        RecipeState::Holding
        | RecipeState::Leading
        | RecipeState::Inside
        | RecipeState::Doubting
        | RecipeState::Lost
        | RecipeState::Failed => 3,
        _ => 2,
    }
}

/// Data as a sentence quotes it.
fn quoted(data: &[u8]) -> String {
    match std::str::from_utf8(data) {
        Ok(text) if text.chars().count() <= 40 => format!("{text:?}"),
        _ => format!("{} B", data.len()),
    }
}

impl Run {
    /// One transaction.
    pub const fn one(zxid: Zxid) -> Self {
        Self {
            first: zxid,
            last: zxid,
            count: 1,
        }
    }

    /// With one more at its end.
    #[must_use]
    pub const fn then(self, zxid: Zxid) -> Self {
        Self {
            last: zxid,
            count: self.count + 1,
            ..self
        }
    }
}

/// A zxid as sentences write it.
fn z(zxid: Zxid) -> super::frame::Zx {
    zxid.into()
}

impl fmt::Display for Who {
    /// The bare name: `S2`, `a`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(id) => id.fmt(f),
            Self::Client(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Epoch;

    fn texts(caption: &Caption) -> [String; 2] {
        let text = caption.text();
        [text.en, text.zh]
    }

    #[test]
    fn the_sentences_of_the_catalogue() {
        let zxid = Zxid::new(Epoch(1), 3);
        let (s1, s2) = (ServerId(1), ServerId(2));
        let of = |caption: Caption| texts(&caption);
        assert_eq!(
            of(Caption::Forced(s2, Run::one(zxid))),
            ["S2's disk confirms e1·3.", "S2 的磁盘确认 e1·3 已落盘。"]
        );
        assert_eq!(
            of(Caption::Quorum {
                zxid,
                acks: 2,
                voters: 3
            }),
            [
                "2 of 3 voters have acknowledged e1·3: quorum.",
                "3 个投票者中已有 2 个确认 e1·3：达到法定人数。"
            ]
        );
        assert_eq!(
            of(Caption::Committed {
                leader: s1,
                run: Run::one(zxid),
                observers: true
            }),
            [
                "S1 commits e1·3 and sends COMMIT; observers get INFORM.",
                "S1 提交 e1·3 并发送 COMMIT；观察者收到 INFORM。"
            ]
        );
    }

    #[test]
    fn a_run_of_several_names_its_ends() {
        let z = |counter| Zxid::new(Epoch(2), counter);
        let run = Run::one(z(1)).then(z(2)).then(z(3));
        let caption = Caption::Applied(ServerId(1), run);
        assert_eq!(caption.text().en, "S1 applies e2·1 to e2·3.");
    }
}
