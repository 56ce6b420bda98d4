//! A drill: a restore tried on copies of the run before it is done.
//!
//! ```text
//!   the run ────────●────────────►                               stays as it is
//!                   ├─ plan ──────────────────► settled          as planned
//!                   ├─ plan, S1 loses power ──► settled          at the worst moment
//!                   └─ plan, S3 starts late ──► settled          without one that remembers
//! ```
//! Nothing is guessed: each trial is a fork of the run that goes on until the servers serve or a limit
//! is reached, and what clients were told before is looked up in the ledger afterwards. A plan that
//! loses nothing as planned may lose everything when one more server fails in between, so the servers
//! that the plan leaves alone fail in further trials, one in each.
//!
//! A trial can be kept: it becomes a branch like any other, to be stepped through.
//!
//! It is not a proof. It tries the failures that are named here, and each once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::Lab;
use super::branch::Line;
use super::notices::refused;
use super::service::{Shown, ledger_of};
use super::transport::NoticeKind;
use super::wishes::BRANCHES_MAX;
use crate::base::{ClientId, Duration, Gather, Instant, ServerId, StepId};
use crate::model::Zxid;
use crate::protocol::zab::Peer;
use crate::protocol::zab::state::Role;
use crate::scenario::print;
use crate::tree::{DataTree, Database};
use crate::view::difference::{DifferenceRow, TreeDifference};
use crate::view::frame::Zx;
use crate::view::inspect::entry;
use crate::view::ledger::{Fate, LedgerRow};
use crate::view::{Shelf, Text};
use crate::world::command::{Command, CrashKind};
use crate::world::vault::{Point, RestoreOrder, VaultOrder};
use crate::world::{Host, World};

/// How long servers may take to serve, in simulated time.
const PATIENCE: Duration = Duration::from_s(30);
/// How long they must go on serving.
const REST: Duration = Duration::from_s(1);
/// Steps of one trial.
const STEPS_MAX: u64 = 40_000;
/// Lost writes that are named.
const NAMED: usize = 40;

/// What an operator means to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The files of backups are put on servers, and they start.
    Files {
        /// The backup that each of them gets: one for all, or a mix.
        to: BTreeMap<ServerId, String>,
        /// All servers are stopped before, and all start again; else only those that get files.
        all_stop: bool,
    },
    /// All members are set back to one transaction of a backup, together, with the loss declared.
    Joint {
        /// The backup.
        backup: String,
        /// The last transaction that is to be there; `None`: where the backup ends.
        until: Option<Zx>,
    },
    /// No backup: one disk is emptied, and the leader sends what was there.
    Resync(ServerId),
}

/// How a trial differs from the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twist {
    /// It does not.
    None,
    /// A server loses power when the restored ones start.
    Dies(ServerId),
    /// A server starts only when the others serve.
    Late(ServerId),
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it differed from the plan.
    pub twist: Twist,
    /// When the servers served again, in microseconds since the plan began; `None` when they did not.
    pub serves_after_us: Option<u64>,
    /// Writes that a client was told of and that are gone now; none of them was before.
    pub lost: u64,
    /// Such writes that were lost before, and are there again.
    pub back: u64,
    /// Such writes that were lost before, and are lost still.
    pub still: u64,
    /// The first of those that are lost now, oldest first.
    pub named: Vec<LostWrite>,
    /// Lamps that are red now and were not before.
    pub red: Vec<String>,
    /// Each server at the end.
    pub servers: Vec<Standing>,
    /// In what the tree that is served then differs from the one before; `None` without either.
    pub tree: Option<TreeChange>,
}

/// A tree before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeChange {
    /// The last transaction in each.
    pub zxids: [Zx; 2],
    /// Paths in which they differ, ascending.
    pub rows: Vec<DifferenceRow>,
    /// Rows that were left out.
    pub more: u64,
}

/// A confirmed write that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostWrite {
    /// Its zxid.
    pub zxid: Zx,
    /// Who was told.
    pub client: String,
    /// `create /orders/2`.
    pub request: String,
}

/// A server at the end of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub server: ServerId,
    /// What it is; `None` when it is down.
    pub role: Option<Role>,
    /// It answers clients.
    pub serves: bool,
    /// The last transaction in its tree, or on its disk.
    pub zxid: Option<Zx>,
}

/// A drill as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillView {
    /// What is tried.
    pub plan: Plan,
    /// The plan as lines of a script.
    pub lines: Vec<String>,
    /// Trials that are done, the planned one first.
    pub done: Vec<Outcome>,
    /// Trials in all.
    pub all: usize,
    /// How many confirmed writes the plan itself declares to be lost, when it is a joint one.
    pub declared: Option<u64>,
    /// Why the plan is impossible.
    pub refused: Option<Text>,
}

impl DrillView {
    /// Is there more to come?
    pub fn runs(&self) -> bool {
        self.refused.is_none() && self.done.len() < self.all
    }
}

/// A part of a plan.
#[derive(Clone, Debug)]
enum Part {
    Do(Command),
    /// Goes on until all that run serve.
    Settle,
}

/// A drill under way, or done.
#[derive(Clone, Debug)]
pub(super) struct Drill {
    /// The moment that it began at.
    pub(super) of: Shown,
    view: DrillView,
    before: Before,
    left: VecDeque<(Twist, VecDeque<Part>)>,
    now: Option<Trial>,
    kept: Vec<Arc<Line>>,
}

/// What was broken before.
#[derive(Clone, Debug)]
struct Before {
    lost: BTreeSet<(ClientId, u32)>,
    lost_count: u64,
    red: BTreeSet<&'static str>,
    at: Instant,
    /// What clients could read.
    tree: Option<(Zxid, DataTree)>,
}

/// A trial under way.
#[derive(Clone, Debug)]
struct Trial {
    twist: Twist,
    line: Line,
    parts: VecDeque<Part>,
    /// Since when the part that settles waits.
    waits: Option<Instant>,
    /// Since when all that run serve.
    serves: Option<Instant>,
    /// When they did so first.
    served: Option<Instant>,
    steps: u64,
}

impl Lab {
    /// Begins a drill at the moment that is shown. The one before is given up.
    pub(super) fn begin_drill(&mut self, plan: Plan) {
        self.playing = false;
        let of = self.shown();
        let at = self.at;
        let (before, parts, trials, declared) = {
            let world = &self.line_mut().timeline.seek(at).world;
            let parts = parts(&plan, world);
            let before = (world.now(), served(world).map(kept));
            let forecast = order(&plan, world).and_then(|order| world.forecast(&order).ok());
            let declared = forecast.map(|declared| declared.lost.len() as u64);
            (before, parts, twists(&plan, world), declared)
        };
        let ledger = self.ledger();
        let lost = ledger.rows.iter().filter(|row| is_lost(row));
        let drill = Drill {
            of,
            before: Before {
                lost: lost.map(|row| (row.client, row.entry)).gather(),
                lost_count: ledger.lost,
                red: red(self.line().timeline.monitor(), at),
                at: before.0,
                tree: before.1,
            },
            view: DrillView {
                plan,
                lines: lines(&parts),
                done: Vec::new(),
                all: trials.len(),
                declared,
                refused: None,
            },
            left: trials
                .into_iter()
                .map(|twist| (twist, twisted(twist, &parts)))
                .collect(),
            now: None,
            kept: Vec::new(),
        };
        self.drill = Some(drill);
    }

    /// The drill of the moment that is shown.
    pub fn drill(&self) -> Option<DrillView> {
        let drill = self.drill.as_ref().filter(|d| d.of == self.shown())?;
        Some(drill.view.clone())
    }

    /// Goes on with a drill for at most `steps` steps. True while there is more to do.
    pub(super) fn work_on_drill(&mut self, steps: u64) -> bool {
        let shown = self.shown();
        let Some(mut drill) = self.drill.take_if(|drill| drill.view.runs()) else {
            return false;
        };
        if drill.of != shown {
            return false;
        }
        self.touch();
        let mut left = steps;
        while left > 0 && drill.view.runs() {
            match drill.now.take() {
                None => {
                    let Some((twist, parts)) = drill.left.pop_front() else {
                        break;
                    };
                    drill.now = Some(Trial {
                        twist,
                        line: self.line().fork(self.at, String::new()),
                        parts,
                        waits: None,
                        serves: None,
                        served: None,
                        steps: 0,
                    });
                    left -= 1;
                }
                Some(mut trial) => match trial.go(&mut left) {
                    Err(why) => drill.view.refused = Some(why),
                    Ok(true) => drill.now = Some(trial),
                    Ok(false) => drill.take(trial),
                },
            }
        }
        let more = drill.view.runs();
        self.drill = Some(drill);
        more
    }

    /// Makes a trial of the drill a branch, and shows where it begins.
    pub(super) fn keep_trial(&mut self, at: usize) {
        let shown = self.shown();
        let drill = self.drill.as_ref().filter(|drill| drill.of == shown);
        let Some(kept) = drill.and_then(|drill| drill.kept.get(at)).cloned() else {
            return self.say(NoticeKind::Refused, gone());
        };
        if self.branches.len() >= BRANCHES_MAX {
            return self.say_too_many_branches();
        }
        self.drill = None;
        let from = kept.from;
        self.adopt(Line::clone(&kept), from, |line, _| {
            let (name, from) = (&line.name, line.from);
            Text::new(
                format!(
                    "New branch {name}: the drill. It begins at step {from}; play it, or step through it."
                ),
                format!("新分支 {name}：这次演练，从第 {from} 步开始。可以播放，也可以逐步查看。"),
            )
        });
    }
}

impl Drill {
    fn take(&mut self, trial: Trial) {
        self.view.done.push(self.before.compare(&trial));
        let mut line = trial.line;
        line.title = Text::new(
            format!("drill: {}", self.view.lines.join("; ")),
            format!("演练：{}", self.view.lines.join("；")),
        );
        self.kept.push(Arc::new(line));
    }
}

impl Trial {
    /// Goes on. True while there is more to do.
    fn go(&mut self, left: &mut u64) -> Result<bool, Text> {
        while *left > 0 {
            match self.parts.front().cloned() {
                None => return Ok(false),
                Some(Part::Do(command)) => {
                    let done = self.line.perform(command);
                    done.map_err(|refusal| refused(&refusal))?;
                    self.parts.pop_front();
                    self.waits = None;
                }
                Some(Part::Settle) => {
                    if self.settled() {
                        self.parts.pop_front();
                    }
                }
            }
            *left -= 1;
        }
        Ok(true)
    }

    /// One more event, unless all that run have served for a while or nobody will.
    fn settled(&mut self) -> bool {
        let now = self.line.timeline.now();
        let since = *self.waits.get_or_insert(now);
        if all_serve(self.line.timeline.world()) {
            let serves = *self.serves.get_or_insert(now);
            self.served.get_or_insert(now);
            if now >= serves + REST {
                return true;
            }
        } else {
            self.serves = None;
        }
        self.steps += 1;
        let limit = since + PATIENCE;
        self.steps > STEPS_MAX || !self.line.step_until(limit)
    }
}

impl Before {
    fn compare(&self, trial: &Trial) -> Outcome {
        let timeline = &trial.line.timeline;
        let ledger = ledger_of(&trial.line, timeline.world(), &mut Shelf::default());
        let before = |row: &&LedgerRow| self.lost.contains(&(row.client, row.entry));
        let newly = |row: &&LedgerRow| is_lost(row) && !before(row);
        let mut named: Vec<LostWrite> = ledger.rows.iter().filter(newly).filter_map(lost).collect();
        let old = ledger.rows.iter().filter(before);
        let (still, back): (Vec<&LedgerRow>, Vec<&LedgerRow>) = old.partition(|row| is_lost(row));
        named.reverse();
        named.truncate(NAMED);
        let now_red = red(timeline.monitor(), timeline.len());
        Outcome {
            twist: trial.twist,
            serves_after_us: trial.served.map(|at| at.0 - self.at.0),
            lost: (ledger.lost + back.len() as u64).saturating_sub(self.lost_count),
            back: back.len() as u64,
            still: still.len() as u64,
            named,
            red: now_red
                .difference(&self.red)
                .map(|name| (*name).to_owned())
                .collect(),
            servers: timeline.world().hosts().iter().map(standing).collect(),
            tree: self.change(timeline.world()),
        }
    }
}

impl Before {
    fn change(&self, world: &World) -> Option<TreeChange> {
        let ((before, old), now) = (self.tree.as_ref()?, served(world)?);
        let (rows, more) = TreeDifference::rows_between(world, [old, &now.tree]);
        Some(TreeChange {
            zxids: [(*before).into(), now.last_zxid.into()],
            rows,
            more,
        })
    }
}

/// What clients can read: the tree of the server that serves the most.
fn served(world: &World) -> Option<&Database> {
    let processes = world
        .hosts()
        .iter()
        .filter_map(|host| host.process.as_ref());
    let serving = processes.filter(|peer| peer.serves());
    serving.map(Peer::db).max_by_key(|db| db.last_zxid)
}

fn kept(db: &Database) -> (Zxid, DataTree) {
    (db.last_zxid, db.tree.clone())
}

fn is_lost(row: &LedgerRow) -> bool {
    row.told.is_some() && matches!(row.fate, Fate::Lost(_))
}

fn lost(row: &LedgerRow) -> Option<LostWrite> {
    Some(LostWrite {
        zxid: row.zxid?,
        client: row.name.clone(),
        request: row.request.clone(),
    })
}

/// The lamps that are red after so many steps.
fn red(monitor: &crate::check::Monitor, steps: u64) -> BTreeSet<&'static str> {
    let lamps = monitor.verdicts().before(StepId(steps)).lamps().into_iter();
    lamps
        .filter(|lamp| lamp.verdict.as_bool() == Some(false))
        .map(|lamp| lamp.name)
        .gather()
}

fn standing(host: &Host) -> Standing {
    let process = host.process.as_ref();
    let status = process.map(|peer| peer.status());
    Standing {
        server: host.id,
        role: status.map(|status| status.role),
        serves: process.is_some_and(|peer| peer.serves()),
        zxid: status.map(|status| status.applied.into()),
    }
}

/// Every server that runs answers clients, and one does.
fn all_serve(world: &World) -> bool {
    let mut up = world.hosts().iter().filter(|host| host.is_up()).peekable();
    let serves = |host: &Host| host.process.as_ref().is_some_and(|peer| peer.serves());
    up.peek().is_some() && up.all(serves)
}

/// What is done, one after another.
fn parts(plan: &Plan, world: &World) -> Vec<Part> {
    let all = || world.hosts().iter().map(|host| host.id);
    let stop = |server: ServerId| {
        world.host(server).is_up().then_some(Command::Crash {
            server,
            kind: CrashKind::Process,
        })
    };
    let mut commands = Vec::new();
    match plan {
        Plan::Files { to, all_stop } => {
            let touched = all().filter(|id| *all_stop || to.contains_key(id));
            let touched: Vec<ServerId> = touched.collect();
            commands.extend(touched.iter().filter_map(|id| stop(*id)));
            commands.extend(to.iter().map(|(to, backup)| Command::Copy {
                name: backup.clone(),
                to: *to,
            }));
            commands.extend(touched.into_iter().map(Command::Restart));
        }
        Plan::Joint { .. } => commands.extend(order(plan, world).map(restore)),
        Plan::Resync(server) => {
            commands.extend(stop(*server));
            commands.push(Command::Wipe(*server));
            commands.push(Command::Restart(*server));
        }
    }
    let parts = commands.into_iter().map(Part::Do);
    parts.chain([Part::Settle]).collect()
}

/// The joint restore of a plan.
fn order(plan: &Plan, world: &World) -> Option<RestoreOrder> {
    let Plan::Joint { backup, until } = plan else {
        return None;
    };
    let all = world.hosts().iter().map(|host| host.id).collect();
    Some(RestoreOrder {
        until: until.map(|zx| Point::Zxid(entry::zxid(zx))),
        ..RestoreOrder::whole(backup, all)
    })
}

fn restore(order: RestoreOrder) -> Command {
    Command::Vault(VaultOrder::Restore(order))
}

/// The trials: as planned, and with one server more that fails.
fn twists(plan: &Plan, world: &World) -> Vec<Twist> {
    let voters = &world.config().ensemble.voters;
    let up = |id: &&ServerId| world.host(**id).is_up();
    let spared: Vec<Twist> = match plan {
        Plan::Files { to, all_stop } => {
            let spared = voters.iter().filter(|id| *all_stop || !to.contains_key(id));
            let twist = |id: &ServerId| match all_stop {
                true => Twist::Late(*id),
                false => Twist::Dies(*id),
            };
            spared.filter(|id| *all_stop || up(id)).map(twist).collect()
        }
        Plan::Joint { .. } => Vec::new(),
        Plan::Resync(server) => {
            let others = voters.iter().filter(|id| *id != server).filter(up);
            others.map(|id| Twist::Dies(*id)).collect()
        }
    };
    // One server alone is nobody's last.
    let others = spared.into_iter().filter(|_| voters.len() > 1);
    [Twist::None].into_iter().chain(others).collect()
}

/// The plan with its twist.
fn twisted(twist: Twist, parts: &[Part]) -> VecDeque<Part> {
    let mut parts: VecDeque<Part> = parts.iter().cloned().collect();
    match twist {
        Twist::None => {}
        Twist::Dies(server) => {
            let kind = CrashKind::Power;
            parts.insert(parts.len() - 1, Part::Do(Command::Crash { server, kind }));
        }
        Twist::Late(server) => {
            let starts =
                |part: &Part| matches!(part, Part::Do(Command::Restart(id)) if *id == server);
            parts.retain(|part| !starts(part));
            parts.extend([Part::Do(Command::Restart(server)), Part::Settle]);
        }
    }
    parts
}

fn lines(parts: &[Part]) -> Vec<String> {
    let said = parts.iter().filter_map(|part| match part {
        Part::Do(command) => Some(print::command(command)),
        Part::Settle => None,
    });
    said.collect()
}

fn gone() -> Text {
    Text::new(
        "The moment has changed since this drill. Try it again.",
        "时刻已经改变，请重新演练。",
    )
}
