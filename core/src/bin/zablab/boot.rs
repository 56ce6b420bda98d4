//! `zablab boot`: real data directories as the disks of a simulated ensemble, which then starts.
//!
//! Without an order all servers start at once. With one, the first of them that make a quorum start
//! one right after the other; each later one starts when those before it serve.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use zablab_core::base::{Duration, Instant, ServerId};
use zablab_core::history::{Keep, Timeline};
use zablab_core::model::Ensemble;
use zablab_core::protocol::zab::state::{Phase, Role};
use zablab_core::protocol::zab::sync_plan::{SyncMode, SyncPlan};
use zablab_core::protocol::{Config, Decision, Effect};
use zablab_core::scenario::ast::Action;
use zablab_core::scenario::{Images, Program};
use zablab_core::storage::epochs::EpochFile;
use zablab_core::storage::{Image, ReadFiles};
use zablab_core::tree::DataTree;
use zablab_core::view::text;
use zablab_core::world::command::CrashKind;
use zablab_core::world::host::DownReason;
use zablab_core::world::step::{Actor, Outcome, Step};
use zablab_core::world::{Command, Host};

use super::args::BootOptions;
use super::output::{self, Failure};
use super::tree_json::{self, Node};
use super::{data_dir, recover};

/// Longest wait for servers to serve, in simulated time.
const PATIENCE: Duration = Duration::from_s(60);
/// Each server rewrites it for itself.
const CONFIG: &str = "/zookeeper/config";
/// Most paths that are listed.
const LISTED_MAX: usize = 20;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Booted {
    servers: BTreeMap<String, Server>,
    trees_equal: bool,
    nodes: Vec<Option<usize>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differing_paths: Vec<String>,
    ok: bool,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Server {
    mode: Option<&'static str>,
    zxid: Option<String>,
    epoch_before: [String; 2],
    epoch_after: [String; 2],
    sync: Vec<&'static str>,
    sent: Vec<String>,
    digest_mismatches: Option<String>,
    errors: Vec<String>,
}

/// An ensemble that starts.
struct Room {
    timeline: Timeline,
    servers: BTreeMap<ServerId, Server>,
}

/// True when every server serves, with the same tree and without a mismatch.
pub fn run(options: &BootOptions) -> Result<bool, Failure> {
    let images = images(&options.dirs)?;
    let mut room = Room::with(options, images);
    match &options.order {
        None => {
            room.wait_for(&room.ids());
        }
        Some(order) => room.start_in(order),
    }
    let booted = room.report();
    if options.json {
        output::print_json(&booted)?;
    } else {
        output::print(&in_words(&booted))?;
    }
    Ok(booted.ok)
}

fn images(dirs: &[std::path::PathBuf]) -> Result<Vec<Arc<Image>>, Failure> {
    let image = |dir: &std::path::PathBuf| image_of(dir);
    dirs.iter().map(image).collect()
}

/// The files of a real directory, as scripts load them.
pub fn image_of(dir: &Path) -> Result<Arc<Image>, Failure> {
    let found = data_dir::read(dir, None)?;
    let name = dir.display().to_string();
    Ok(Arc::new(Image::new(&name, found.files)))
}

/// The directories that a script loads. Their paths start from where the script is.
pub fn images_of(script: &Path, program: &Program) -> Result<Images, Failure> {
    let base = script.parent().unwrap_or(Path::new("."));
    let mut images = Images::new();
    for action in program.actions() {
        if let Action::Load { dir, .. } = action
            && !images.contains_key(dir)
        {
            let found = data_dir::read(&base.join(dir), None)?;
            images.insert(dir.clone(), Arc::new(Image::new(dir, found.files)));
        }
    }
    Ok(images)
}

impl Room {
    /// Every machine has its disk. Without an order all processes are about to start.
    fn with(options: &BootOptions, images: Vec<Arc<Image>>) -> Self {
        let voters = u8::try_from(images.len()).expect("at most nine directories are read");
        let config = Config {
            ensemble: Ensemble::majority(voters, 0),
            profile: options.profile,
            switches: options.profile.switches(),
            init_limit: 20,
            sync_limit: 10,
            extended_types: options.extended_types,
            ..Config::default()
        };
        let mut room = Self {
            timeline: Timeline::new(Arc::new(config), Keep::NoHistory),
            servers: BTreeMap::new(),
        };
        for (id, image) in (1..).map(ServerId).zip(images) {
            let server = Server {
                epoch_before: epochs(&*image),
                ..Server::default()
            };
            room.servers.insert(id, server);
            room.perform(Command::Load { server: id, image });
        }
        if options.order.is_some() {
            for server in room.ids() {
                let kind = CrashKind::Process;
                room.perform(Command::Crash { server, kind });
            }
        }
        room
    }

    fn ids(&self) -> Vec<ServerId> {
        self.servers.keys().copied().collect()
    }

    fn perform(&mut self, command: Command) {
        let done = self.timeline.perform(command);
        done.expect("a server that has not started can be loaded, stopped and started");
    }

    fn start_in(&mut self, order: &[ServerId]) {
        let quorum = order.len() / 2 + 1;
        for (n, server) in order.iter().enumerate() {
            self.perform(Command::Restart(*server));
            if n + 1 >= quorum {
                self.wait_for(&order[..=n]);
            }
        }
    }

    /// Lets time pass until these servers serve, or one of them has ended, or nobody has patience.
    fn wait_for(&mut self, servers: &[ServerId]) {
        let deadline = self.timeline.now() + PATIENCE;
        while self.timeline.now() < deadline && !self.all_serve(servers) {
            let Some(step) = self.timeline.step_until(Instant(deadline.0)) else {
                break;
            };
            let step = step.clone();
            self.note(&step);
        }
    }

    fn all_serve(&self, servers: &[ServerId]) -> bool {
        let hosts = self.timeline.world();
        servers.iter().all(|id| {
            let host = hosts.host(*id);
            serves(host) || matches!(host.down, Some(DownReason::Halted(_)))
        })
    }

    /// Writes down how learners are synchronized, and what ends a server.
    fn note(&mut self, step: &Step) {
        let Actor::Server(leader) = step.actor else {
            return;
        };
        for outcome in &step.outcomes {
            let Outcome::Effect(Effect::Decide(decision)) = outcome else {
                continue;
            };
            if let Decision::PlannedSync {
                learner,
                peer,
                plan,
            } = decision
            {
                let (learner, sent) = (*learner, sent(*learner, *peer, plan));
                self.server(leader).sent.push(sent);
                self.server(learner).sync.push(mode(plan.mode));
            }
        }
        let down = self.timeline.world().host(leader).down.clone();
        if let Some(DownReason::Halted(reason)) = down {
            let words = text::halt_reason(&reason);
            let errors = &mut self.server(leader).errors;
            if errors.last() != Some(&words) {
                errors.push(words);
            }
        }
    }

    fn server(&mut self, id: ServerId) -> &mut Server {
        self.servers.entry(id).or_default()
    }

    fn report(mut self) -> Booted {
        let world = self.timeline.world().clone();
        let mut trees = Vec::new();
        for host in world.hosts() {
            let serving = serves(host);
            let process = host.process.as_ref().filter(|_| serving);
            let found = host
                .recovery
                .as_deref()
                .map_or(0, |r| recover::mismatches(r));
            let server = self.server(host.id);
            server.epoch_after = epochs(&host.disk);
            server.digest_mismatches = process.map(|_| found.to_string());
            server.mode = process.map(|peer| match peer.role() {
                Role::Leading => "leader",
                _ => "follower",
            });
            server.zxid = process.map(|peer| format!("{:#x}", peer.status().applied));
            trees.push(process.map(|peer| nodes(&peer.db().tree)));
        }
        let trees_equal = trees.iter().all(|tree| tree.is_some() && *tree == trees[0]);
        let unharmed = |server: &Server| server.digest_mismatches.as_deref() == Some("0");
        Booted {
            ok: trees_equal && self.servers.values().all(unharmed),
            trees_equal,
            nodes: trees
                .iter()
                .map(|t| t.as_ref().map(BTreeMap::len))
                .collect(),
            differing_paths: differing(&trees),
            servers: self
                .servers
                .into_iter()
                .map(|(id, server)| (id.0.to_string(), server))
                .collect(),
        }
    }
}

fn serves(host: &Host) -> bool {
    let status = host.process.as_ref().map(|peer| peer.status());
    status.is_some_and(|status| status.phase == Phase::Broadcast)
}

/// currentEpoch and acceptedEpoch as they are on disk; `-` for a file that is not there.
fn epochs(files: &impl ReadFiles) -> [String; 2] {
    [EpochFile::Current, EpochFile::Accepted].map(|file| {
        let content = files.content(file.name());
        content.map_or_else(
            || "-".to_owned(),
            |content| {
                String::from_utf8_lossy(&content.read(0..64))
                    .trim()
                    .to_owned()
            },
        )
    })
}

fn mode(mode: SyncMode) -> &'static str {
    match mode {
        SyncMode::Diff => "diff",
        SyncMode::Trunc => "trunc",
        SyncMode::Snap => "snap",
    }
}

/// As a real leader's log has it.
fn sent(learner: ServerId, peer: zablab_core::model::Zxid, plan: &SyncPlan) -> String {
    match plan.mode {
        SyncMode::Diff => format!("DIFF zxid={:#x} for peer sid: {}", plan.zxid.0, learner.0),
        SyncMode::Trunc => format!("TRUNC zxid={:#x} for peer sid: {}", plan.zxid.0, learner.0),
        SyncMode::Snap => format!(
            "snapshot last zxid of peer is {:#x}, zxid of leader is {:#x}, send zxid of db as {:#x}",
            peer.0, plan.zxid.0, plan.zxid.0
        ),
    }
}

fn nodes(tree: &DataTree) -> BTreeMap<String, Node> {
    let paths = tree_json::visible(tree).into_iter();
    paths
        .filter(|path| path != CONFIG)
        .filter_map(|path| {
            let node = tree_json::node(tree, tree.node(&path)?);
            Some((path, node))
        })
        .collect()
}

/// Paths that are not the same wherever there is a tree.
fn differing(trees: &[Option<BTreeMap<String, Node>>]) -> Vec<String> {
    let trees: Vec<&BTreeMap<String, Node>> = trees.iter().flatten().collect();
    let mut paths: Vec<&String> = trees.iter().flat_map(|tree| tree.keys()).collect();
    paths.sort();
    paths.dedup();
    let differs = |path: &&&String| {
        let mut nodes = trees.iter().map(|tree| tree.get(**path));
        let first = nodes.next().flatten();
        nodes.any(|node| node != first)
    };
    let found = paths.iter().filter(differs);
    found.take(LISTED_MAX).map(|path| (*path).clone()).collect()
}

fn in_words(booted: &Booted) -> String {
    let mut words = String::new();
    for (id, server) in &booted.servers {
        let mode = server.mode.unwrap_or("does not serve");
        let zxid = server.zxid.as_deref().unwrap_or("-");
        let [current, accepted] = &server.epoch_after;
        words.push_str(&format!(
            "server {id}: {mode} at {zxid}, epochs {current}/{accepted}\n"
        ));
        for line in server.sent.iter().chain(&server.errors) {
            words.push_str(&format!("  {line}\n"));
        }
    }
    words.push_str(if booted.trees_equal {
        "the trees are equal\n"
    } else {
        "the trees are not equal\n"
    });
    words
}
