//! What a server says of itself: the four-letter words.
//!
//! Lines are those of a real server, in its order, as far as the engine has the numbers: latencies and
//! packet counts are left out rather than made up. A connection is named by its client instead of an
//! address. Every word is answered, as on a server whose whitelist is `*`; most of them only while the
//! server serves.
//!
//! It is not the wire: no client connects for it, and it is no step of the run.
//!
//! In ZooKeeper: `server.command.*Command`, `ZooKeeperServer.dumpConf`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::{ConnId, Gather, Instant, Moment, ServerId};
use crate::protocol::zab::Peer;
use crate::protocol::zab::connections::Connection;
use crate::protocol::zab::peer::Part;
use crate::protocol::zab::state::Role;
use crate::world::{Host, World};

const NOT_SERVING: &str = "This ZooKeeper instance is not currently serving requests";

/// What `server` answers to a four-letter word, line by line. A server that is down answers nothing: the
/// caller's connection is refused, in the words of `nc`.
pub fn answer(world: &World, server: ServerId, word: &str) -> Vec<String> {
    let Some(host) = world.hosts().iter().find(|host| host.id == server) else {
        return vec![format!("there is no server {}", server.0)];
    };
    let Some(peer) = &host.process else {
        return vec!["Connection refused".to_owned()];
    };
    let status = Status { world, host, peer };
    match word {
        "ruok" => return vec!["imok".to_owned()],
        "conf" => return status.conf(),
        _ if !peer.serves() => return vec![NOT_SERVING.to_owned()],
        _ => {}
    }
    match word {
        "srvr" => status.srvr(false),
        "stat" => status.srvr(true),
        "mntr" => status.mntr(),
        "isro" => vec!["rw".to_owned()],
        "cons" => status.cons(true),
        "dump" => status.dump(),
        "wchs" => status.wchs(),
        "wchc" => status.watches_by_session(),
        "wchp" => status.watches_by_path(),
        _ => vec![format!(
            "{word} is not executed because it is not in the whitelist."
        )],
    }
}

struct Status<'a> {
    world: &'a World,
    host: &'a Host,
    peer: &'a Peer,
}

impl Status<'_> {
    fn mode(&self) -> &'static str {
        match self.peer.role() {
            Role::Leading if self.peer.config().standalone => "standalone",
            Role::Leading => "leader",
            Role::Observing => "observer",
            Role::Following | Role::Looking => "follower",
        }
    }

    fn version(&self) -> &'static str {
        self.peer.config().profile.name()
    }

    /// The root counts twice, under both of its names.
    fn nodes(&self) -> usize {
        self.peer.db().tree.len() + 1
    }

    fn connections(&self) -> Vec<(String, &Connection)> {
        let all = self.peer.service().connections();
        all.map(|(id, connection)| {
            let client = self.world.clients().get(usize::from(id.0));
            let name = client.map(|client| client.name.clone());
            (name.unwrap_or_default(), connection)
        })
        .collect()
    }

    fn outstanding(&self) -> usize {
        let queues = self.peer.service().connections();
        queues.map(|(_, connection)| connection.queue.len()).sum()
    }

    fn srvr(&self, clients: bool) -> Vec<String> {
        let mut lines = vec![format!("Zookeeper version: {}", self.version())];
        if clients {
            lines.push("Clients:".to_owned());
            lines.extend(self.cons(false));
            lines.push(String::new());
        }
        lines.push(format!("Connections: {}", self.connections().len()));
        lines.push(format!("Outstanding: {}", self.outstanding()));
        lines.push(format!("Zxid: {:#x}", self.peer.db().last_zxid.0));
        lines.push(format!("Mode: {}", self.mode()));
        lines.push(format!("Node count: {}", self.nodes()));
        lines
    }

    fn cons(&self, full: bool) -> Vec<String> {
        let line = |(name, connection): (String, &Connection)| {
            let queued = connection.queue.len();
            match full {
                true => format!(
                    " /{name}[1](queued={queued},sid={:#x},to={})",
                    connection.session.0, connection.timeout_ms
                ),
                false => format!(" /{name}[1](queued={queued})"),
            }
        };
        self.connections().into_iter().map(line).collect()
    }

    fn mntr(&self) -> Vec<String> {
        let db = self.peer.db();
        let ephemerals: usize = db
            .tree
            .owners()
            .map(|session| db.tree.ephemerals_of(session).count())
            .sum();
        let data = db.tree.iter().map(|(path, node)| {
            let bytes = node.data.as_ref().map_or(0, |data| data.len());
            path.len() + bytes
        });
        let mut all: Vec<(&str, String)> = vec![
            ("version", self.version().to_owned()),
            ("server_state", self.mode().to_owned()),
            ("ephemerals_count", ephemerals.to_string()),
            (
                "num_alive_connections",
                self.connections().len().to_string(),
            ),
            ("outstanding_requests", self.outstanding().to_string()),
            ("znode_count", self.nodes().to_string()),
            ("global_sessions", db.sessions.size().to_string()),
            (
                "watch_count",
                self.peer.service().watches().len().to_string(),
            ),
            ("approximate_data_size", data.sum::<usize>().to_string()),
        ];
        if let Part::Leading(leading) = self.peer.part() {
            let synced = |participant: bool| {
                let learners = leading.learners.values();
                learners
                    .filter(|l| l.serving && l.participant == participant)
                    .count()
            };
            all.push(("learners", leading.learners.len().to_string()));
            all.push(("synced_followers", synced(true).to_string()));
            all.push(("synced_observers", synced(false).to_string()));
            all.push((
                "pending_syncs",
                leading
                    .pending_syncs
                    .values()
                    .map(Vec::len)
                    .sum::<usize>()
                    .to_string(),
            ));
        }
        let line = |(key, value): (&str, String)| format!("zk_{key}\t{value}");
        all.into_iter().map(line).collect()
    }

    /// The wall clock of this server at an instant of the run.
    fn wall(&self, at: Instant) -> Moment {
        let ms = self.world.config().clock_ms + self.host.clock_offset_ms;
        Moment::of_ms(ms + (at.0 / 1_000).cast_signed())
    }

    /// Only the leader counts sessions: a learner lists those that it heard of since its last answer.
    fn dump(&self) -> Vec<String> {
        let mut lines = vec!["SessionTracker dump:".to_owned()];
        match self.peer.part() {
            Part::Leading(leading) => {
                let mut buckets: BTreeMap<Instant, Vec<i64>> = BTreeMap::new();
                for (session, tracked) in &leading.sessions {
                    buckets.entry(tracked.expires).or_default().push(session.0);
                }
                let (sets, all) = (buckets.len(), leading.sessions.len());
                lines.push(format!("Session Sets ({sets})/({all}):"));
                for (expires, sessions) in buckets {
                    let when = self.wall(expires);
                    lines.push(format!("{} expire at {when}:", sessions.len()));
                    lines.extend(sessions.iter().map(|id| format!("\t{id:#x}")));
                }
            }
            Part::Learning(learning) => {
                lines.push(format!("Session Touches ({}):", learning.touched.len()));
                let touched = learning.touched.iter();
                lines.extend(touched.map(|(session, _)| format!("\t{:#x}", session.0)));
            }
            Part::Looking => {}
        }
        let tree = &self.peer.db().tree;
        lines.push("ephemeral nodes dump:".to_owned());
        lines.push(format!(
            "Sessions with Ephemerals ({}):",
            tree.owners().count()
        ));
        for session in tree.owners() {
            lines.push(format!("{:#x}:", session.0));
            lines.extend(tree.ephemerals_of(session).map(|path| format!("\t{path}")));
        }
        lines
    }

    /// Watches of data by connection: what the real words show, which leave out watches of children.
    fn watched(&self) -> Vec<(ConnId, i64, BTreeSet<Arc<str>>)> {
        let watches = self.peer.service().watches();
        let of = |(_, connection): (_, &Connection)| {
            let paths = watches.of(connection.conn).into_iter();
            let data = paths.filter(|(_, data, _)| !data.is_none());
            let paths: BTreeSet<Arc<str>> = data.map(|(path, ..)| path).gather();
            (connection.conn, connection.session.0, paths)
        };
        let all = self.peer.service().connections().map(of);
        all.filter(|(.., paths)| !paths.is_empty()).collect()
    }

    fn wchs(&self) -> Vec<String> {
        let watched = self.watched();
        let paths: BTreeSet<&Arc<str>> = watched.iter().flat_map(|(.., paths)| paths).gather();
        let total: usize = watched.iter().map(|(.., paths)| paths.len()).sum();
        vec![
            format!(
                "{} connections watching {} paths",
                watched.len(),
                paths.len()
            ),
            format!("Total watches:{total}"),
        ]
    }

    fn watches_by_session(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (_, session, paths) in self.watched() {
            lines.push(format!("{session:#x}"));
            lines.extend(paths.iter().map(|path| format!("\t{path}")));
        }
        lines
    }

    fn watches_by_path(&self) -> Vec<String> {
        let mut sessions: BTreeMap<Arc<str>, Vec<i64>> = BTreeMap::new();
        for (_, session, paths) in self.watched() {
            for path in paths {
                sessions.entry(path).or_default().push(session);
            }
        }
        let mut lines = Vec::new();
        for (path, sessions) in sessions {
            lines.push(path.to_string());
            lines.extend(sessions.iter().map(|session| format!("\t{session:#x}")));
        }
        lines
    }

    fn conf(&self) -> Vec<String> {
        let config = self.peer.config();
        let (least, most) = config.session_timeouts();
        let mut lines = vec![
            format!("tickTime={}", config.tick.as_ms()),
            format!("minSessionTimeout={least}"),
            format!("maxSessionTimeout={most}"),
            format!("serverId={}", self.host.id.0),
        ];
        if !config.standalone {
            lines.push(format!("initLimit={}", config.init_limit));
            lines.push(format!("syncLimit={}", config.sync_limit));
        }
        lines
    }
}
