//! What the bench shows of clients: sessions, requests, watches and recipes, and the store outside.
//!
//! ```text
//!   the client      ──► what it asked and knows, its watches, what its recipe believes
//!   the leader      ──► when the session ends, or that it has ended already
//! ```
//! The two sides are kept apart, for they may disagree: a client that is paused believes to have a
//! session, and a lock, long after the leader has ended both. The leader that is asked is the newest one
//! in broadcast whose process runs. While there is none, no clock of any session moves.
//!
//! In ZooKeeper: `ClientCnxn` on one side, `SessionTrackerImpl` on the other.

use serde::Serialize;

use super::bench::HISTORY;
use super::caption;
use super::frame::Zx;
use super::lang::Text;
use crate::base::{ClientId, ServerId, SessionId};
use crate::model::ErrorCode;
use crate::protocol::zab::broadcast::Leading;
use crate::protocol::zab::peer::Part;
use crate::protocol::zab::state::Phase;
use crate::world::{self, Outcome, RecipeState, RequestOutcome, Running, Step, World};

pub use crate::world::ClientState;

/// Watched paths that are named; more are counted.
const PATHS: usize = 4;

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientView {
    /// Its number.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// The server it is connected to, or was last, or will try.
    pub server: Option<ServerId>,
    /// Its connection.
    pub state: ClientState,
    /// Its process is frozen.
    pub paused: bool,
    /// Session timeout in milliseconds: negotiated, or before that the one it asks for.
    pub timeout_ms: u64,
    /// The session that it believes to have.
    pub session: Option<SessionView>,
    /// Its newest request.
    pub request: Option<RequestView>,
    /// Requests so far.
    pub requests: u32,
    /// Requests that wait for an answer.
    pub pending: u32,
    /// Requests whose outcome it does not know.
    pub unknown: u32,
    /// Its watches.
    pub watches: u32,
    /// The first few paths that they watch.
    pub watched: Vec<String>,
    /// The last event it heard.
    pub bell: Option<BellView>,
    /// The recipe that it runs, or ran last.
    pub recipe: Option<RecipeView>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// Its id, in hex.
    pub id: String,
    /// When the client last heard from its server.
    pub heard_us: u64,
    /// What the leader makes of it.
    pub clock: ClockView,
}

/// A session's clock at the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ClockView {
    /// It ends then, unless the client is heard of before.
    Runs {
        /// The end of the bucket in which it expires.
        expires_us: u64,
    },
    /// Nobody leads: the clock stands still.
    Still,
    /// The transaction that closes it is on its way.
    Closing,
    /// The leader knows no such session any more. The client has yet to hear of it.
    Over,
}

impl ClientView {
    /// What is left of its session at `now_us`, in thousandths of its timeout; `None` when its clock
    /// does not run.
    pub fn left(&self, now_us: u64) -> Option<u32> {
        match self.session.as_ref()?.clock {
            ClockView::Runs { expires_us } => {
                let left = expires_us.saturating_sub(now_us) / self.timeout_ms.max(1);
                Some(u32::try_from(left.min(1_000)).unwrap_or(1_000))
            }
            ClockView::Still | ClockView::Closing | ClockView::Over => None,
        }
    }
}

/// A client's request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestView {
    /// `create /orders/2`.
    pub text: String,
    /// When it was sent.
    pub since_us: u64,
    /// What the client knows.
    pub outcome: OutcomeView,
}

/// What a client knows of its request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum OutcomeView {
    /// Nothing yet.
    Pending,
    /// It succeeded; a write names its zxid.
    Confirmed(Option<Zx>),
    /// It failed with this code.
    Failed(String),
    /// The connection broke: it may or may not have happened.
    Unknown,
    /// The session was over before it was sent: it has not happened. ZooKeeper: `SESSIONEXPIRED`.
    NeverSent,
}

/// The last event that a client heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BellView {
    /// `NodeDeleted /lock/a`.
    pub event: String,
    /// When.
    pub at_us: u64,
    /// In this very step.
    pub rings: bool,
}

/// A client's recipe, in its own belief.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecipeView {
    /// `lock`.
    pub word: String,
    /// Where.
    pub path: String,
    /// `holds /lock`.
    pub standing: Text,
    /// Since when it stands so.
    pub since_us: u64,
    /// What it shows the store.
    pub token: Option<Zx>,
    /// Nothing more will come of it.
    pub over: bool,
}

/// The store outside of the ensemble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoreView {
    /// It refuses old tokens.
    pub fencing: bool,
    /// Writes that it took.
    pub accepted: u32,
    /// Writes that it refused.
    pub refused: u32,
    /// It has taken a write with an old token.
    pub out_of_order: bool,
    /// The highest token that it has seen.
    pub highest: Option<Zx>,
    /// The write that reached it last.
    pub last: Option<StoreWriteView>,
}

/// A write that reached the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoreWriteView {
    /// Whose.
    pub client: String,
    /// What it showed.
    pub token: Zx,
    /// When.
    pub at_us: u64,
    /// False when it was refused.
    pub accepted: bool,
    /// In this very step.
    pub now: bool,
}

/// All clients, in order of creation.
pub(super) fn views(world: &World, step: Option<&Step>) -> Vec<ClientView> {
    let leading = leading(world);
    let view = |client| view(client, leading, step);
    world.clients().iter().map(view).collect()
}

/// The store, when the run uses it.
pub(super) fn store(world: &World, step: Option<&Step>) -> Option<StoreView> {
    let store = world.store();
    let (accepted, refused) = store.counts();
    let last = store.last().map(|last| StoreWriteView {
        client: world.clients()[usize::from(last.client.0)].name.clone(),
        token: last.token.into(),
        at_us: last.at.0,
        accepted: last.accepted,
        now: happened(step, |o| matches!(o, Outcome::Stored { .. })),
    });
    (store.fencing() || last.is_some()).then(|| StoreView {
        fencing: store.fencing(),
        accepted,
        refused,
        out_of_order: !store.is_in_order(),
        highest: store.highest().map(Into::into),
        last,
    })
}

fn happened(step: Option<&Step>, what: impl Fn(&Outcome) -> bool) -> bool {
    step.is_some_and(|step| step.outcomes.iter().any(what))
}

/// The newest leader in broadcast whose process runs.
fn leading(world: &World) -> Option<&Leading> {
    let running = world.hosts().iter().filter(|host| !host.paused);
    let leaders = running.filter_map(|host| match host.process.as_ref()?.part() {
        Part::Leading(leading) if leading.phase == Phase::Broadcast => Some(&**leading),
        _ => None,
    });
    leaders.max_by_key(|leading| leading.epoch)
}

fn view(client: &world::Client, leading: Option<&Leading>, step: Option<&Step>) -> ClientView {
    let newest = client.history.iter().rev().take(HISTORY);
    let unknown = newest
        .filter(|i| matches!(i.outcome, RequestOutcome::Unknown { .. }))
        .count();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let watched = client.watches.paths();
    ClientView {
        id: client.id,
        name: client.name.clone(),
        server: client
            .server
            .or(client.last().and_then(|i| i.server))
            .or(Some(client.next_server())),
        state: client.state,
        paused: client.paused,
        timeout_ms: u64::try_from(client.timeout_ms).unwrap_or(0),
        session: session(client, leading),
        request: client.last().map(|i| RequestView {
            text: caption::request(&i.request),
            since_us: i.invoked.0,
            outcome: outcome(&i.outcome),
        }),
        requests: count(client.history.len()),
        pending: count(client.pending()),
        unknown: count(unknown),
        watches: count(client.watches.len()),
        watched: watched
            .iter()
            .take(PATHS)
            .map(|path| path.to_string())
            .collect(),
        bell: bell(client, step),
        recipe: client.recipe().map(recipe),
    }
}

fn session(client: &world::Client, leading: Option<&Leading>) -> Option<SessionView> {
    (client.is_active() && client.session != SessionId(0)).then(|| SessionView {
        id: format!("{:#x}", client.session.0),
        heard_us: client.last_heard().0,
        clock: leading.map_or(ClockView::Still, |leading| clock(client.session, leading)),
    })
}

fn clock(session: SessionId, leading: &Leading) -> ClockView {
    match leading.sessions.get(&session) {
        None => ClockView::Over,
        Some(tracked) if tracked.closing => ClockView::Closing,
        Some(tracked) => ClockView::Runs {
            expires_us: tracked.expires.0,
        },
    }
}

fn outcome(outcome: &RequestOutcome) -> OutcomeView {
    match outcome {
        RequestOutcome::Pending => OutcomeView::Pending,
        RequestOutcome::Unknown { .. } => OutcomeView::Unknown,
        RequestOutcome::Told { reply, txn, .. } if reply.outcome() == ErrorCode::Ok => {
            OutcomeView::Confirmed(txn.map(Into::into))
        }
        RequestOutcome::Told { reply, .. } => {
            OutcomeView::Failed(reply.outcome().name().to_owned())
        }
        RequestOutcome::Expired { .. } => OutcomeView::NeverSent,
    }
}

fn bell(client: &world::Client, step: Option<&Step>) -> Option<BellView> {
    let notice = client.events.last()?;
    let rings = |o: &Outcome| matches!(o, Outcome::Notified { client: id, .. } if *id == client.id);
    Some(BellView {
        event: format!("{} {}", notice.event.kind.name(), notice.event.path),
        at_us: notice.at.0,
        rings: happened(step, rings),
    })
}

fn recipe(running: &Running) -> RecipeView {
    RecipeView {
        word: running.recipe.word().to_owned(),
        path: running.path.to_string(),
        standing: standing(running),
        since_us: running.since.0,
        token: running.standing.token.map(Into::into),
        over: !running.is_running(),
    }
}

/// `waits behind a`: short enough for a chip.
fn standing(running: &Running) -> Text {
    let (path, n) = (&running.path, running.standing.count);
    let behind = running.behind().map(owner);
    let (en, zh) = match (running.standing.state, behind) {
        (RecipeState::Starting, _) => (format!("comes to {path}"), format!("前往 {path}")),
        (RecipeState::Waiting, Some(a)) => (format!("waits behind {a}"), format!("排在 {a} 之后")),
        (RecipeState::Waiting, None) => (format!("waits at {path}"), format!("在 {path} 等待")),
        (RecipeState::Holding, _) => (format!("holds {path}"), format!("持有 {path}")),
        (RecipeState::Leading, _) => (format!("leads {path}"), format!("{path} 的主节点")),
        (RecipeState::Following, Some(a)) => {
            (format!("stands by after {a}"), format!("{a} 之后的备用"))
        }
        (RecipeState::Following, None) => (format!("stands by at {path}"), format!("{path} 备用")),
        (RecipeState::Doubting, _) => (format!("unsure of {path}"), format!("不确定 {path}")),
        (RecipeState::Producing, _) => (
            format!("put {n} into {path}"),
            format!("{path} 放入 {n} 个"),
        ),
        (RecipeState::Taking, _) => (
            format!("took {n} from {path}"),
            format!("{path} 取出 {n} 个"),
        ),
        (RecipeState::Watching, _) => (format!("knows {path}"), format!("已知 {path}")),
        (RecipeState::Inside, _) => (format!("inside {path}"), format!("在 {path} 内")),
        (RecipeState::Member, _) => (format!("one of {n} in {path}"), format!("{path} 共 {n} 员")),
        (RecipeState::Leaving, _) => (format!("leaves {path}"), format!("离开 {path}")),
        (RecipeState::Done, _) => (format!("done with {path}"), format!("{path} 已结束")),
        (RecipeState::Lost, _) => (format!("lost {path}"), format!("失去 {path}")),
        (RecipeState::Failed, _) => (format!("gave up {path}"), format!("放弃 {path}")),
    };
    Text::new(en, zh)
}

/// The client that made a node in a line: `a` of `a-1-0000000007`.
fn owner(node: &str) -> &str {
    node.rsplitn(3, '-').last().unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_of_a_place_is_read_from_its_name() {
        assert_eq!(owner("a-1-0000000007"), "a");
        assert_eq!(owner("web-2-1-0000000007"), "web-2");
    }
}
