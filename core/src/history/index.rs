//! The step index: sixteen bytes for each step, enough to draw a slider, a density strip or the
//! threads of cause without replaying anything.
//!
//! Chunks are shared between a line and its forks.
//!
//! The space-time view gives every loud step a column. Columns are counted in cells: a loud step takes
//! one, and one more before it when the silence before it is folded. From a step to its cell and back
//! takes a look at one chunk.

use std::sync::Arc;

use super::loud::is_loud;
use crate::base::{ClientId, Duration, Instant, Ordered, ServerId};
use crate::world::command::{Command, Endpoint};
use crate::world::{Actor, Cause, End, Outcome, Step};

/// Steps in a chunk.
const CHUNK: usize = 1024;

/// What kind of event a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StepKind {
    /// The user did something.
    Command,
    /// A message arrived.
    Delivered,
    /// A message reached nobody.
    Dropped,
    /// A timer ran out.
    Timer,
    /// An fsync finished.
    Synced,
    /// A process started.
    Boot,
    /// A link or a connection came up.
    Opened,
    /// A connection is gone.
    Closed,
    /// A disk refused a write.
    DiskFailed,
    /// A client's own doing.
    Client,
}

/// A step in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepBrief {
    /// When.
    pub at: Instant,
    /// Whose.
    pub actor: Actor,
    /// What.
    pub kind: StepKind,
    /// A server died in it.
    pub died: bool,
    /// A transaction was committed or a client was told something.
    pub milestone: bool,
    /// The step that sent the message which arrived.
    pub sender: Option<u64>,
    /// It has a column in the space-time view.
    pub loud: bool,
    /// The silence before it is folded into a cell of its own.
    pub folded: bool,
}

/// Sixteen bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Packed {
    at_us: u64,
    /// Sending step plus one; 0 for none. A run has at most a million steps.
    sender: u32,
    actor: u16,
    kind: StepKind,
    flags: u8,
}

const DIED: u8 = 1;
const MILESTONE: u8 = 2;
const LOUD: u8 = 4;
const FOLDED: u8 = 8;
const ACTOR_CLIENT: u16 = 1 << 14;
const ACTOR_WORLD: u16 = 1 << 15;

/// All steps in short, and who sent the messages that are on their way.
#[derive(Clone, Debug, Default)]
pub struct StepIndex {
    full: Vec<Arc<[Packed]>>,
    /// Cells up to the end of each full chunk.
    cells: Vec<u64>,
    open: Vec<Packed>,
    senders: Ordered<u64, u32>,
    /// When the last loud step happened.
    loud_at: Option<Instant>,
}

impl StepIndex {
    /// Number of steps.
    pub fn len(&self) -> u64 {
        (self.full.len() * CHUNK + self.open.len()) as u64
    }

    /// True before the first step.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A step in short; `None` beyond the end.
    pub fn get(&self, step: u64) -> Option<StepBrief> {
        self.packed(step).map(|p| p.brief())
    }

    /// The first step at or after an instant.
    pub fn first_at(&self, at: Instant) -> u64 {
        let (mut lo, mut hi) = (0, self.len());
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            if self.packed(mid).is_some_and(|p| p.at_us < at.0) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        lo
    }

    /// Adds a step.
    pub(super) fn push(&mut self, step: &Step, fold: Duration) {
        let sender = match &step.cause {
            Cause::Delivered(m) | Cause::Dropped(m) => self.senders.remove(&m.id),
            _ => None,
        };
        let mut flags = 0;
        for outcome in &step.outcomes {
            match outcome {
                Outcome::Sent(m) => {
                    self.senders.insert(m.id, step.id.0 as u32);
                }
                Outcome::Lost(m) => {
                    self.senders.remove(&m.id);
                }
                Outcome::Died { .. } => flags |= DIED,
                Outcome::Told { .. } | Outcome::Notified { .. } => flags |= MILESTONE,
                Outcome::Effect(_)
                | Outcome::Refused(_)
                | Outcome::Unknown { .. }
                | Outcome::Expired { .. }
                | Outcome::Recipe { .. }
                | Outcome::Stored { .. }
                | Outcome::BackedUp { .. }
                | Outcome::Copied { .. }
                | Outcome::Vault(_) => {}
            }
        }
        if let (Some(before), Some(after)) = (&step.before, &step.after)
            && before.committed < after.committed
        {
            flags |= MILESTONE;
        }
        if is_loud(step) {
            let silent = self.loud_at.map(|last| step.at.since(last));
            flags |= LOUD | silent.map_or(0, |silent| if silent > fold { FOLDED } else { 0 });
            self.loud_at = Some(step.at);
        }
        self.open.push(Packed {
            at_us: step.at.0,
            sender: sender.map_or(0, |s| s + 1),
            actor: pack_actor(subject(step)),
            kind: kind_of(&step.cause),
            flags,
        });
        if self.open.len() == CHUNK {
            self.cells.push(self.cells());
            self.full.push(std::mem::take(&mut self.open).into());
            self.open.reserve_exact(CHUNK);
        }
    }

    /// Who sent the messages that are on the wire, by message.
    pub(super) fn senders(&self) -> &Ordered<u64, u32> {
        &self.senders
    }

    /// The index of the first `steps` steps, with the senders as they were then.
    pub(super) fn before(&self, steps: u64, senders: Ordered<u64, u32>) -> Self {
        let steps = steps as usize;
        let full = self.full[..(steps / CHUNK).min(self.full.len())].to_vec();
        let rest = steps - full.len() * CHUNK;
        let source = self.full.get(full.len()).map_or(&self.open[..], |c| &c[..]);
        let mut before = Self {
            open: source[..rest].to_vec(),
            cells: self.cells[..full.len()].to_vec(),
            full,
            senders,
            loud_at: None,
        };
        let last = before.cells().checked_sub(1);
        let last = last.and_then(|cell| before.step_at(before.step_at_cell(cell)?));
        before.loud_at = last;
        before
    }

    /// Cells of all steps.
    pub fn cells(&self) -> u64 {
        self.cells.last().copied().unwrap_or(0) + count(&self.open)
    }

    /// Cells of all steps before that one.
    pub fn cells_before(&self, step: u64) -> u64 {
        let (chunk, rest) = (step as usize / CHUNK, step as usize % CHUNK);
        if chunk > self.full.len() {
            return self.cells();
        }
        let before = chunk.checked_sub(1).map_or(0, |last| self.cells[last]);
        let steps = self.full.get(chunk).map_or(&self.open[..], |c| &c[..]);
        before + count(&steps[..rest.min(steps.len())])
    }

    /// The cell that is the column of a loud step.
    pub fn cell(&self, step: u64) -> Option<u64> {
        let packed = self.packed(step).filter(|p| p.flags & LOUD != 0)?;
        Some(self.cells_before(step) + packed.cells() - 1)
    }

    /// The loud step to which a cell belongs.
    pub fn step_at_cell(&self, cell: u64) -> Option<u64> {
        let chunk = self.cells.partition_point(|cells| *cells <= cell);
        let mut before = chunk.checked_sub(1).map_or(0, |last| self.cells[last]);
        let steps = self.full.get(chunk).map_or(&self.open[..], |c| &c[..]);
        let inside = steps.iter().position(|packed| {
            before += packed.cells();
            before > cell
        })?;
        Some((chunk * CHUNK + inside) as u64)
    }

    fn step_at(&self, step: u64) -> Option<Instant> {
        self.packed(step).map(|packed| Instant(packed.at_us))
    }

    /// Bytes of the index.
    pub fn bytes(&self) -> usize {
        let packed = self.full.len() * CHUNK + self.open.capacity();
        packed * size_of::<Packed>() + self.cells.len() * 8 + self.senders.len() * 16
    }

    fn packed(&self, step: u64) -> Option<&Packed> {
        let step = step as usize;
        match self.full.get(step / CHUNK) {
            Some(chunk) => chunk.get(step % CHUNK),
            None => self.open.get(step - self.full.len() * CHUNK),
        }
    }
}

fn count(steps: &[Packed]) -> u64 {
    steps.iter().map(|packed| packed.cells()).sum()
}

impl Packed {
    /// Cells it takes in the space-time view.
    const fn cells(self) -> u64 {
        (self.flags & LOUD != 0) as u64 + (self.flags & FOLDED != 0) as u64
    }

    fn brief(self) -> StepBrief {
        StepBrief {
            at: Instant(self.at_us),
            actor: unpack_actor(self.actor),
            kind: self.kind,
            died: self.flags & DIED != 0,
            milestone: self.flags & MILESTONE != 0,
            sender: self.sender.checked_sub(1).map(u64::from),
            loud: self.flags & LOUD != 0,
            folded: self.flags & FOLDED != 0,
        }
    }
}

/// Whose line of time a step belongs to: a command about one server or client belongs to that one, and
/// so does the copying of its files.
pub(super) fn subject(step: &Step) -> Actor {
    let Cause::Command(command) = &step.cause else {
        let copied_from = step.outcomes.iter().find_map(|o| match o {
            Outcome::Vault(event) => event.server(),
            _ => None,
        });
        return copied_from.map_or(step.actor, Actor::Server);
    };
    if let Some(server) = command.server() {
        return Actor::Server(server);
    }
    let target = match &**command {
        Command::Heal(Some((Endpoint::Server(a), _))) => Some(Actor::Server(*a)),
        _ => step.outcomes.iter().find_map(|o| match o {
            Outcome::Sent(m) => Some(match m.from {
                End::Server(s) => Actor::Server(s),
                End::Client(c) => Actor::Client(c),
            }),
            _ => None,
        }),
    };
    target.unwrap_or(step.actor)
}

const fn kind_of(cause: &Cause) -> StepKind {
    match cause {
        Cause::Command(_) => StepKind::Command,
        Cause::Delivered(_) => StepKind::Delivered,
        Cause::Dropped(_) => StepKind::Dropped,
        Cause::Timer(_) | Cause::Operator => StepKind::Timer,
        Cause::Synced { .. } => StepKind::Synced,
        Cause::Boot => StepKind::Boot,
        Cause::LinkUp(_) | Cause::Opened(_) | Cause::ClientConnected => StepKind::Opened,
        Cause::Closed(_) | Cause::ClientDisconnected(_) => StepKind::Closed,
        Cause::DiskFailed => StepKind::DiskFailed,
        Cause::ClientTimer | Cause::ProgramWake => StepKind::Client,
    }
}

const fn pack_actor(actor: Actor) -> u16 {
    match actor {
        Actor::Server(s) => s.0 as u16,
        Actor::Client(c) => ACTOR_CLIENT | c.0,
        Actor::World => ACTOR_WORLD,
    }
}

const fn unpack_actor(packed: u16) -> Actor {
    if packed & ACTOR_WORLD != 0 {
        Actor::World
    } else if packed & ACTOR_CLIENT != 0 {
        Actor::Client(ClientId(packed & (ACTOR_CLIENT - 1)))
    } else {
        Actor::Server(ServerId(packed as u8))
    }
}
