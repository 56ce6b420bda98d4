//! What the bench shows at one instant.
//!
//! Plain data in the viewer's words, serialisable, compared by value so that a panel can skip what
//! has not changed. One row per server in id order, never by role. The log is a table: one column per
//! zxid, the same column in every row, so that a divergence is a visible gap.
//!
//! What is *not* here: anything that moves. A message carries when it left and when it will arrive;
//! where its glyph is now belongs to playback.

use std::fmt;

use serde::Serialize;

use super::lang::Text;
use crate::base::{ClientId, ServerId};
use crate::model::Zxid;

pub use super::cargo::{CargoView, Course};
pub use super::clients::{
    BellView, ClientState, ClientView, ClockView, OutcomeView, RecipeView, RequestView,
    SessionView, StoreView, StoreWriteView,
};
pub use super::cover::{BackupView, GapView, SpanView};
pub use super::phase::{Ballot, PhaseView, Say, SyncView};
pub use super::shelf::Damage;
pub use crate::protocol::zab::state::{Phase, Role};
pub use crate::protocol::zab::sync_plan::SyncMode;

/// A zxid as people read it: `e1·7`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Zx {
    /// The epoch.
    pub epoch: i64,
    /// The counter.
    pub counter: u32,
}

impl Zx {
    /// The form of logs and tooltips: `0x100000007`.
    pub fn hex(self) -> String {
        format!("{:#x}", (self.epoch << 32) | i64::from(self.counter))
    }

    /// The one that `e1·7` names.
    pub fn named(text: &str) -> Option<Self> {
        let (epoch, counter) = text.strip_prefix('e')?.split_once('·')?;
        Some(Self {
            epoch: epoch.parse().ok()?,
            counter: counter.parse().ok()?,
        })
    }
}

impl From<Zxid> for Zx {
    fn from(zxid: Zxid) -> Self {
        Self {
            epoch: zxid.epoch().0,
            counter: zxid.counter(),
        }
    }
}

impl fmt::Display for Zx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epoch < 0 {
            return f.write_str("–");
        }
        write!(f, "e{}·{}", self.epoch, self.counter)
    }
}

/// Everything on the bench.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Steps played so far; step `n` is the `n`th event.
    pub step: u64,
    /// Simulated time in microseconds.
    pub now_us: u64,
    /// Digest of the run up to here, in hex.
    pub digest: String,
    /// What is fixed for the run.
    pub ensemble: EnsembleView,
    /// One row per server, in id order.
    pub servers: Vec<ServerRow>,
    /// The columns all logs share.
    pub columns: Columns,
    /// The bytes all disk bars share.
    pub scale: ByteScale,
    /// Messages on the wire, oldest first.
    pub messages: Vec<MessageView>,
    /// Messages that were lost in this step.
    pub lost: Vec<MessageView>,
    /// Links on which nothing passes.
    pub cuts: Vec<(EndView, EndView)>,
    /// Servers that can reach each other; one group when no cut parts them.
    pub groups: Vec<Vec<ServerId>>,
    /// Backups, oldest first.
    pub backups: Vec<BackupView>,
    /// What no backup reaches.
    pub gap: Option<GapView>,
    /// What is on its way between the disks and the vault.
    pub cargo: Vec<CargoView>,
    /// Clients, in order of creation.
    pub clients: Vec<ClientView>,
    /// The store outside of the ensemble, when the run uses it.
    pub store: Option<StoreView>,
    /// I1 to I6.
    pub lamps: Vec<Lamp>,
    /// Who holds the transaction under the lens.
    pub verdict: Option<Verdict>,
    /// How far an election, a discovery or a synchronisation is, while there is one.
    pub phase: Option<PhaseView>,
    /// What just happened.
    pub caption: CaptionView,
}

impl Frame {
    /// Is there a column for it, or one that it is folded into?
    pub fn has(&self, zx: Zx) -> bool {
        let folded = |fold: &Fold| fold.first <= zx && zx <= fold.last;
        self.columns.shown.contains(&zx) || self.columns.fold.as_ref().is_some_and(folded)
    }
}

/// What is fixed for the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EnsembleView {
    /// Number of voters.
    pub voters: u8,
    /// Number of observers.
    pub observers: u8,
    /// Size of a majority.
    pub majority: u8,
    /// `tickTime` in milliseconds.
    pub tick_ms: u64,
    /// `initLimit` in ticks.
    pub init_limit: u32,
    /// `syncLimit` in ticks.
    pub sync_limit: u32,
    /// Release name.
    pub profile: String,
    /// Fsync before ack.
    pub force_sync: bool,
    /// Corrections that are off.
    pub off: Vec<String>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerRow {
    /// Its id.
    pub id: ServerId,
    /// It follows and never votes.
    pub observer: bool,
    /// Does it run?
    pub power: Power,
    /// What it is; `None` while it is down.
    pub role: Option<Role>,
    /// Where it is; `None` while it is down.
    pub phase: Option<Phase>,
    /// Whom it follows.
    pub leader: Option<ServerId>,
    /// It leads, but no quorum follows it any more.
    pub claims: bool,
    /// `acceptedEpoch`, of the process or of the disk.
    pub accepted: i64,
    /// `currentEpoch`, of the process or of the disk.
    pub current: i64,
    /// Its vote, while it looks.
    pub vote: Option<VoteView>,
    /// What it has heard, while it looks.
    pub ballot: Option<Ballot>,
    /// How it is brought up to date, while it is.
    pub sync: Option<SyncView>,
    /// As leader: learners in broadcast, this one included, voters only.
    pub quorum: Option<u8>,
    /// A snapshot it is writing.
    pub snapshot: Option<SnapshotView>,
    /// Its snapshots, newest first.
    pub spans: Vec<SpanView>,
    /// One cell per column.
    pub cells: Vec<Cell>,
    /// What it holds of the folded columns.
    pub fold: Cell,
    /// The newest transaction that its log or a snapshot of it holds.
    pub reaches: Option<Zx>,
    /// Its newest log file and what is on it.
    pub disk: DiskRow,
}

impl ServerRow {
    /// A follower in step that holds nothing: what a drawing or a test begins with.
    pub fn follower(id: ServerId) -> Self {
        Self {
            id,
            observer: false,
            power: Power::Up,
            role: Some(Role::Following),
            phase: Some(Phase::Broadcast),
            leader: None,
            claims: false,
            accepted: 0,
            current: 0,
            vote: None,
            ballot: None,
            sync: None,
            quorum: None,
            snapshot: None,
            spans: Vec::new(),
            cells: Vec::new(),
            fold: Cell::default(),
            reaches: None,
            disk: DiskRow::default(),
        }
    }
}

/// Whether a server runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Power {
    /// It runs.
    Up,
    /// Its process is frozen.
    Paused,
    /// It lost power.
    PowerLost,
    /// Its process died; the machine runs.
    Killed,
    /// It ended itself.
    Halted(Text),
}

impl Power {
    /// True when a process is in memory.
    pub const fn has_memory(&self) -> bool {
        matches!(self, Self::Up | Self::Paused)
    }
}

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VoteView {
    /// For whom.
    pub leader: ServerId,
    /// Its last zxid.
    pub zxid: Zx,
    /// In which round.
    pub round: u64,
}

/// A snapshot being written while writes go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotView {
    /// Its name.
    pub zxid: Zx,
    /// Nodes written.
    pub done: u64,
    /// Nodes in the tree now.
    pub total: u64,
}

/// What a server holds of one transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// How far it has come.
    pub state: CellState,
    /// This server's disk holds it after a power loss, in a log or in a snapshot.
    pub durable: bool,
    /// This server told a client.
    pub told: bool,
    /// Its record in this server's log.
    pub record: InLog,
}

/// What there is of a transaction in the log of one server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum InLog {
    /// No record.
    #[default]
    No,
    /// No record any more, or never: a snapshot holds it.
    Purged,
    /// A record that can be read.
    Whole,
    /// A record that cannot.
    Damaged(Damage),
}

/// How far a transaction has come on one server, from least to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum CellState {
    /// Not here.
    #[default]
    Missing,
    /// It was here and was cut away lately: a ghost.
    Truncated,
    /// In memory or in pending bytes: a power loss takes it.
    Proposed,
    /// Forced to disk.
    Durable,
    /// Known to be committed.
    Committed,
    /// Applied to the tree in memory.
    Applied,
}

/// The columns all logs share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// Older columns that are not shown one by one.
    pub fold: Option<Fold>,
    /// One per zxid, ascending.
    pub shown: Vec<Zx>,
    /// Newer columns that are not shown one by one: the reader looks at older ones.
    pub later: Option<Fold>,
    /// Indexes of the columns whose fate is open.
    pub open: Vec<usize>,
    /// Index of the newest column whose fate is open.
    pub lens: Option<usize>,
    /// Who led the epochs, as far as anybody alive knows.
    pub leaders: Vec<(i64, ServerId)>,
    /// An epoch that has begun and has no transaction yet.
    pub next_epoch: Option<i64>,
}

/// Columns folded into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fold {
    /// First.
    pub first: Zx,
    /// Last.
    pub last: Zx,
    /// How many.
    pub count: u64,
}

/// The newest log file of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DiskRow {
    /// Its name, once there is one.
    pub file: Option<String>,
    /// Bytes of whole records and header that survive a power loss.
    pub durable: u64,
    /// Bytes written and not yet forced.
    pub pending: u64,
    /// Bytes this step took away.
    pub lost: u64,
    /// Ends of the records, ascending offsets.
    pub ends: Vec<u64>,
    /// An fsync is running.
    pub syncing: bool,
    /// The disk takes no more.
    pub full: bool,
    /// fsync answers and forces nothing.
    pub lying: bool,
    /// Files in the directory.
    pub files: u32,
}

/// The bytes all disk bars share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByteScale {
    /// The file, when all servers write one of the same name.
    pub file: Option<String>,
    /// First byte shown.
    pub from: u64,
    /// Last byte shown.
    pub to: u64,
}

/// One end of a message or of a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum EndView {
    /// A server.
    Server(ServerId),
    /// A client.
    Client(ClientId),
}

/// The mark that flies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Glyph {
    /// PROPOSAL.
    Proposal,
    /// ACK.
    Ack,
    /// COMMIT.
    Commit,
    /// INFORM.
    Inform,
    /// A notification of an election.
    Vote,
    /// FOLLOWERINFO, OBSERVERINFO, LEADERINFO or ACKEPOCH.
    Epoch,
    /// NEWLEADER.
    NewLeader,
    /// UPTODATE.
    UpToDate,
    /// DIFF.
    Diff,
    /// TRUNC.
    Trunc,
    /// SNAP.
    Snap,
    /// A request, of a client or forwarded.
    Request,
    /// A reply.
    Reply,
    /// PING, its answer, and other small talk.
    Ping,
}

/// A message on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageView {
    /// Its number in the run.
    pub id: u64,
    /// Sender.
    pub from: EndView,
    /// Receiver.
    pub to: EndView,
    /// Its mark.
    pub glyph: Glyph,
    /// What it says, in a word or two.
    pub label: Text,
    /// What it is about, in one sentence.
    pub title: Text,
    /// Its zxid, if it is about one.
    pub zxid: Option<Zx>,
    /// When it left.
    pub sent_us: u64,
    /// When it arrives, if nothing happens to it.
    pub due_us: u64,
    /// What happens to it.
    pub fate: Fate,
}

/// What happens to a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Fate {
    /// It flies.
    #[default]
    Flies,
    /// It flies for much longer than others.
    Late,
    /// It was lost in this step.
    Lost,
}

impl MessageView {
    /// How much of its way it has gone at `now_us`, in thousandths.
    pub fn progress(&self, now_us: u64) -> u32 {
        let way = self.due_us.saturating_sub(self.sent_us).max(1);
        let gone = now_us.saturating_sub(self.sent_us).min(way);
        u32::try_from(gone * 1_000 / way).unwrap_or(1_000)
    }
}

/// An invariant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lamp {
    /// `I1` to `I6`.
    pub id: String,
    /// The property behind it.
    pub property: String,
    /// `Some(true)` holds, `Some(false)` broken, `None` not applicable here.
    pub holds: Option<bool>,
    /// What it says.
    pub meaning: Text,
    /// What broke it, and the steps that show it.
    pub broken: Option<Broken>,
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// What happened.
    pub what: Text,
    /// Steps that show it, ascending.
    pub witness: Vec<u64>,
}

/// Who holds the transaction under the lens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Which.
    pub zxid: Zx,
    /// One per voter, in id order.
    pub slots: Vec<Slot>,
    /// Slots that make a majority.
    pub majority: u8,
    /// One bold fact.
    pub fact: Text,
    /// One reason.
    pub reason: Text,
}

/// One voter in a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Which.
    pub server: ServerId,
    /// How far the transaction has come there.
    pub state: CellState,
    /// A power loss leaves it there.
    pub durable: bool,
    /// It does not run.
    pub down: bool,
}

/// What just happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CaptionView {
    /// Where the ensemble is: `Election, round 2`.
    pub heading: Text,
    /// Sentences, the most important first.
    pub sentences: Vec<Text>,
    /// Servers the sentences speak of.
    pub servers: Vec<ServerId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Epoch;

    #[test]
    fn a_zxid_reads_as_epoch_and_counter_and_has_a_hex_form() {
        let zx = Zx::from(Zxid::new(Epoch(1), 7));
        assert_eq!(zx.to_string(), "e1·7");
        assert_eq!(zx.hex(), "0x100000007");
        assert_eq!(Zx::from(Zxid::UNTRUSTED).to_string(), "–");
    }

    #[test]
    fn a_message_moves_from_its_sending_to_its_arrival() {
        let message = MessageView {
            id: 1,
            from: EndView::Server(ServerId(1)),
            to: EndView::Server(ServerId(2)),
            glyph: Glyph::Ping,
            label: Text::default(),
            title: Text::default(),
            zxid: None,
            sent_us: 1_000,
            due_us: 3_000,
            fate: Fate::Flies,
        };
        assert_eq!(
            [0, 2_000, 9_000].map(|t| message.progress(t)),
            [0, 500, 1_000]
        );
    }
}
