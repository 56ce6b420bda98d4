//! Whether a claim holds, and what is so instead.
//!
//! A claim is judged on the world as it is now, on the monitor, and on the [`Book`] of the run; never
//! on text. `until` judges after every step, so the cheap questions come first.

mod clients;
mod vault;

use super::ast::{Claim, Fact, On, Target};
use super::book::{Book, writes_to};
use super::print;
use crate::base::ServerId;
use crate::check::{Monitor, Property, Verdict};
use crate::model::Zxid;
use crate::protocol::HaltReason;
use crate::protocol::zab::peer::{Part, Peer};
use crate::protocol::zab::state::{Phase, Role, Status};
use crate::storage::ReadFiles;
use crate::storage::epochs::EpochFile;
use crate::world::client::{Client, ClientState, Invocation, RequestOutcome};
use crate::world::message::Payload;
use crate::world::{DownReason, Host, World};
use clients::{ended, reply_czxid, reply_data, reply_path, reply_text};

/// All that a claim may look at.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The world now.
    pub world: &'a World,
    /// The checks so far.
    pub monitor: &'a Monitor,
    /// The index of the run.
    pub book: &'a Book,
}

impl Scene<'_> {
    /// True when the claim holds.
    pub fn holds(&self, claim: &Claim) -> bool {
        self.is_so(&claim.fact) != claim.not
    }

    fn is_so(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Leader(None) => self.leader().is_some(),
            Fact::Leader(Some(wanted)) => self.leader() == *wanted,
            Fact::Role(server, role) => self.status(*server).map(|s| s.role) == *role,
            Fact::Data { path, data, on } => self.all(on, |peer| {
                let node = peer.db().tree.node(path);
                node.is_some_and(|n| n.data.as_deref() == data.as_deref())
            }),
            Fact::Absent { path, on } => self.all(on, |peer| peer.db().tree.node(path).is_none()),
            Fact::Committed(target) => self.is_committed(target),
            Fact::Applied { target, on } => self
                .newest_of(target)
                .is_some_and(|zxid| self.all(on, |peer| peer.db().last_zxid >= zxid)),
            Fact::Lost(None) => !self.lost().any(|_| true),
            Fact::Lost(Some(Target::Zxid(zxid))) => self.lost().any(|z| z == *zxid),
            Fact::Lost(Some(Target::Path(path))) => {
                self.lost().any(|z| self.book.writes(path).any(|w| w == z))
            }
            Fact::Lamp { name, green } => self.lamp(name).as_bool() != Some(!green),
            Fact::Property { name, holds } => self.property(name).as_bool() == Some(*holds),
            Fact::Sync(server, mode) => self
                .book
                .sync_of(*server)
                .is_some_and(|plan| plan.mode == *mode),
            Fact::File {
                server,
                name,
                durable,
                pending,
            } => {
                let file = self.file(*server, name);
                file.is_some_and(|(d, p)| {
                    durable.is_none_or(|n| n == d) && pending.is_none_or(|n| n == p)
                })
            }
            Fact::Equal(servers) => self.equal(servers),
            Fact::Reply {
                client,
                outcome,
                path,
                data,
                czxid,
            } => {
                let last = self.world.client_named(client).and_then(Client::last);
                last.is_some_and(|asked| {
                    ended(asked, *outcome)
                        && path.as_deref().is_none_or(|p| reply_path(asked) == Some(p))
                        && data.as_deref().is_none_or(|d| reply_data(asked) == Some(d))
                        && czxid.is_none_or(|z| reply_czxid(asked) == Some(z))
                })
            }
            Fact::Recipe {
                client,
                state,
                count,
                data,
            } => self.standing(client).is_some_and(|now| {
                state.is_none_or(|state| now.state == state)
                    && count.is_none_or(|count| u64::from(now.count) == count)
                    && data
                        .as_deref()
                        .is_none_or(|data| now.data.as_deref() == Some(data))
            }),
            Fact::Store {
                by,
                accepted,
                refused,
            } => {
                let (taken, not_taken) = self.stored(by.as_deref());
                accepted.is_none_or(|n| n == taken) && refused.is_none_or(|n| n == not_taken)
            }
            Fact::StoreInOrder(yes) => self.world.store().is_in_order() == *yes,
            Fact::Event {
                client,
                kind,
                path,
                times,
            } => {
                let heard = self.heard(client, *kind, path);
                times.map_or(heard > 0, |times| heard == times)
            }
            Fact::Session { client, state, on } => {
                let found = self.world.client_named(client);
                found.is_some_and(|c| c.state == *state && (on.is_none() || c.server == *on))
            }
            Fact::Backup(name, state) => self.backup_state(name) == *state,
            Fact::Verified(name, to) => self.is_verified(name, *to),
            Fact::Declared(None) => self.monitor.declared().is_empty(),
            Fact::Declared(Some(zxid)) => self.monitor.declared().contains(zxid),
            Fact::Rpo(count) => self.rpo() == *count,
            Fact::Rto(most) => self.rto().is_some_and(|rto| rto <= *most),
            Fact::Epoch {
                server,
                accepted,
                current,
            } => {
                let file = |which, wanted: Option<_>| {
                    wanted.is_none_or(|n| self.epoch(*server, which) == Some(n))
                };
                file(EpochFile::Accepted, accepted.map(|e| e.0))
                    && file(EpochFile::Current, current.map(|e| e.0))
            }
            Fact::Started(server, yes) => match yes {
                true => self.host(*server).is_up(),
                false => matches!(
                    self.host(*server).down,
                    Some(DownReason::Halted(
                        HaltReason::Refused(_) | HaltReason::Epochs(_)
                    ))
                ),
            },
            Fact::Crash(server) => !self.host(*server).is_up(),
            Fact::Synced(server) => self.is_synced(self.host(*server)),
            Fact::Quiet => self.unquiet().is_none(),
        }
    }

    /// What is so, for a claim that does not hold.
    pub fn saw(&self, claim: &Claim) -> String {
        match &claim.fact {
            Fact::Leader(_) => match self.leader() {
                Some(leader) => format!("{leader} leads"),
                None => "nobody leads".to_owned(),
            },
            Fact::Role(server, _)
            | Fact::Crash(server)
            | Fact::Synced(server)
            | Fact::Started(server, _) => self.state_of(*server),
            Fact::Data { path, on, .. } | Fact::Absent { path, on } => {
                self.each(on, |peer| node_text(peer, path))
            }
            Fact::Committed(target) => match self.newest_of(target) {
                Some(zxid) => format!("committed up to {}, and {zxid}", self.monitor.committed()),
                None => format!("committed up to {}", self.monitor.committed()),
            },
            Fact::Applied { on, .. } => {
                self.each(on, |peer| format!("applied up to {}", peer.db().last_zxid))
            }
            Fact::Lost(_) => {
                let lost: Vec<String> = self.lost().map(|z| z.to_string()).collect();
                match lost.is_empty() {
                    true => "nothing is lost".to_owned(),
                    false => format!("lost: {}", lost.join(", ")),
                }
            }
            Fact::Lamp { name, .. } => verdict_text(name, &self.lamp(name)),
            Fact::Property { name, .. } => verdict_text(name, &self.property(name)),
            Fact::Sync(server, _) => match self.book.sync_of(*server) {
                Some(plan) => format!("{server} was synced by {}", plan.mode.word()),
                None => format!("{server} was not synced"),
            },
            Fact::File { server, name, .. } => match self.file(*server, name) {
                Some((durable, pending)) => format!("durable={durable} pending={pending}"),
                None => format!("{server} has no file {name}"),
            },
            Fact::Equal(servers) => self.difference(servers),
            Fact::Reply { client, .. } => {
                match self.world.client_named(client).and_then(Client::last) {
                    Some(asked) => reply_text(asked),
                    None => format!("{client} has asked for nothing"),
                }
            }
            Fact::Recipe { client, .. } => self.recipe_text(client),
            Fact::Store { by, .. } => {
                let (accepted, refused) = self.stored(by.as_deref());
                format!("accepted={accepted} refused={refused}")
            }
            Fact::StoreInOrder(_) => match self.world.store().is_in_order() {
                true => "every write had a token at least as high as those before it".to_owned(),
                false => "the store took an old token after a newer one".to_owned(),
            },
            Fact::Event { client, .. } => self.events_text(client),
            Fact::Session { client, .. } => match self.world.client_named(client) {
                Some(found) => match found.server {
                    Some(server) => format!("{client} is {} at {server}", found.state.word()),
                    None => format!("{client} is {}", found.state.word()),
                },
                None => format!("there is no {client}"),
            },
            Fact::Backup(name, _) => format!("{name} is {}", self.backup_state(name).word()),
            Fact::Verified(name, _) => self.verdict_text(name),
            Fact::Declared(_) => self.declared_text(),
            Fact::Rpo(_) => format!("{} confirmed writes are gone", self.rpo()),
            Fact::Rto(_) => match self.rto() {
                Some(rto) => format!("no write was confirmed for {rto}"),
                None => "no write is confirmed since".to_owned(),
            },
            Fact::Epoch { server, .. } => {
                let epoch = |which| {
                    let found: Option<i64> = self.epoch(*server, which);
                    found.map_or_else(|| "none".to_owned(), |e| e.to_string())
                };
                let (accepted, current) = (epoch(EpochFile::Accepted), epoch(EpochFile::Current));
                format!("accepted={accepted} current={current}")
            }
            Fact::Quiet => self.unquiet().unwrap_or_else(|| "it is quiet".to_owned()),
        }
    }

    fn host(&self, server: ServerId) -> &Host {
        self.world.host(server)
    }

    fn status(&self, server: ServerId) -> Option<Status> {
        self.host(server).process.as_ref().map(Peer::status)
    }

    /// The established leader of the newest epoch.
    fn leader(&self) -> Option<ServerId> {
        let statuses = self.world.hosts().iter().filter_map(|h| h.process.as_ref());
        let leading = statuses
            .map(Peer::status)
            .filter(|s| s.role == Role::Leading && s.phase == Phase::Broadcast);
        leading.max_by_key(|s| s.current).and_then(|s| s.leader)
    }

    fn is_synced(&self, host: &Host) -> bool {
        let process = host.process.as_ref();
        process.is_some_and(|p| p.serves() && p.status().phase == Phase::Broadcast)
    }

    /// The hosts meant by `on`.
    fn hosts(&self, on: &On) -> Vec<&Host> {
        match on {
            On::All => self.world.hosts().iter().filter(|h| h.is_up()).collect(),
            On::Servers(list) => list.iter().map(|s| self.host(*s)).collect(),
        }
    }

    /// True when there is one and it holds at each of them.
    fn all(&self, on: &On, holds: impl Fn(&Peer) -> bool) -> bool {
        let hosts = self.hosts(on);
        let at = |h: &&Host| h.process.as_ref().is_some_and(&holds);
        !hosts.is_empty() && hosts.iter().all(at)
    }

    fn each(&self, on: &On, say: impl Fn(&Peer) -> String) -> String {
        let hosts = self.hosts(on);
        let said = hosts.iter().map(|h| match &h.process {
            Some(peer) => format!("{}: {}", h.id, say(peer)),
            None => format!("{}: down", h.id),
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() {
            "every server is down".to_owned()
        } else {
            said.join(", ")
        }
    }

    /// Committed: the transaction; or some write to the node, and every one a client waits for.
    fn is_committed(&self, target: &Target) -> bool {
        match target {
            Target::Zxid(zxid) => self.monitor.is_committed(*zxid),
            Target::Path(path) => self.newest_of(target).is_some() && !self.is_awaited(path),
        }
    }

    /// True when a client waits for a write to `path` that is not committed.
    fn is_awaited(&self, path: &str) -> bool {
        let waits = |asked: &Invocation| {
            asked.outcome == RequestOutcome::Pending
                && writes_to(&asked.request, path)
                && !self
                    .book
                    .zxid_of(asked.session, asked.cxid)
                    .is_some_and(|z| self.monitor.is_committed(z))
        };
        // Requests are answered in order, so the ones that wait are the last ones.
        let pending = |c: &Client| {
            let first = c.history.len() - c.pending();
            (first..c.history.len()).any(|i| c.history.get(i).is_some_and(|a| waits(a)))
        };
        self.world.clients().iter().any(pending)
    }

    /// The newest committed transaction of a target.
    fn newest_of(&self, target: &Target) -> Option<Zxid> {
        match target {
            Target::Zxid(zxid) => self.monitor.is_committed(*zxid).then_some(*zxid),
            Target::Path(path) => {
                let mut writes = self.book.writes(path);
                writes.find(|zxid| self.monitor.is_committed(*zxid))
            }
        }
    }

    /// Lost transactions that a client had been told of.
    fn lost(&self) -> impl Iterator<Item = Zxid> {
        let lost = self.monitor.lost();
        let confirmed = |zxid: &Zxid| {
            let told = |record: &Zxid, step: bool| record == zxid && step;
            self.monitor
                .ledger()
                .any(|(record, _, confirmed)| told(&record.zxid(), confirmed.is_some()))
        };
        lost.into_iter()
            .filter(confirmed)
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn lamp(&self, name: &str) -> Verdict {
        let lamps = self.monitor.lamps();
        let found = lamps.into_iter().find(|l| l.name == name);
        found.map_or(Verdict::NotApplicable, |l| l.verdict)
    }

    fn property(&self, name: &str) -> Verdict {
        let found = Property::from_name(name);
        found.map_or(Verdict::NotApplicable, |p| self.monitor.verdicts().of(p))
    }

    /// Durable and pending bytes of a file, preallocated zeros left out.
    fn file(&self, server: ServerId, name: &str) -> Option<(u64, u64)> {
        let disk = &self.host(server).disk;
        let file = disk.file(name)?;
        let durable = if disk.name_is_durable(name) {
            file.durable_end()
        } else {
            0
        };
        Some((durable, file.pending_bytes()))
    }

    /// The number in an epoch file, as a process would read it.
    fn epoch(&self, server: ServerId, which: EpochFile) -> Option<i64> {
        let content = self.host(server).disk.content(which.name())?;
        let bytes = content.read(0..content.len());
        std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
    }

    fn equal(&self, servers: &[ServerId]) -> bool {
        let peers: Option<Vec<&Peer>> = servers
            .iter()
            .map(|s| self.host(*s).process.as_ref())
            .collect();
        let same = |a: &Peer, b: &Peer| {
            let (a, b) = (a.db(), b.db());
            a.tree.difference(&b.tree).is_none() && a.sessions == b.sessions
        };
        peers.is_some_and(|p| p.windows(2).all(|pair| same(pair[0], pair[1])))
    }

    fn difference(&self, servers: &[ServerId]) -> String {
        let on = On::Servers(servers.to_vec());
        let state = self.each(&on, |peer| {
            format!("{} nodes at {}", peer.db().tree.len(), peer.db().last_zxid)
        });
        let mut peers = servers
            .iter()
            .filter_map(|s| self.host(*s).process.as_ref());
        let Some(first) = peers.next() else {
            return state;
        };
        let path = peers.find_map(|p| first.db().tree.difference(&p.db().tree));
        path.map_or(state.clone(), |p| format!("{p} differs; {state}"))
    }

    fn state_of(&self, server: ServerId) -> String {
        let host = self.host(server);
        match (self.status(server), &host.down) {
            (Some(status), _) if host.paused => {
                format!("{server} is paused while {}", status.role.word())
            }
            (Some(status), _) => {
                format!(
                    "{server} is {} in {}",
                    status.role.word(),
                    status.phase.word()
                )
            }
            (None, Some(DownReason::Halted(_))) => format!("{server} has ended itself"),
            (None, _) => format!("{server} is down"),
        }
    }

    /// The first thing that is not quiet.
    fn unquiet(&self) -> Option<String> {
        let Some(leader) = self.leader() else {
            return Some("nobody leads".to_owned());
        };
        let lead = self.status(leader)?;
        for host in self.world.hosts() {
            if let Some(why) = host
                .process
                .as_ref()
                .and_then(|p| unquiet_server(host, p, &lead))
            {
                return Some(why);
            }
        }
        let waits = |c: &&Client| c.pending() > 0 || c.state == ClientState::Connecting;
        if let Some(client) = self.world.clients().iter().find(waits) {
            return Some(format!("{} still waits", client.name));
        }
        let flying = self.world.in_flight().find(|m| !is_heartbeat(&m.payload));
        flying.map(|m| format!("{} is on the wire", m.payload.word().to_ascii_uppercase()))
    }
}

fn unquiet_server(host: &Host, peer: &Peer, lead: &Status) -> Option<String> {
    let (id, status) = (host.id, peer.status());
    if host.paused {
        return Some(format!("{id} is paused"));
    }
    if !peer.serves() || status.phase != Phase::Broadcast || status.leader != lead.leader {
        return Some(format!(
            "{id} is {} in {}",
            status.role.word(),
            status.phase.word()
        ));
    }
    // A new leader counts as having applied the start of its epoch, which no transaction bears.
    if status.applied < lead.logged {
        let (applied, logged) = (status.applied, lead.logged);
        return Some(format!("{id} has applied {applied}, not {logged}"));
    }
    if peer.waits_for_disk() {
        return Some(format!("{id} waits for its disk"));
    }
    if peer.walk().is_some() {
        return Some(format!("{id} writes a snapshot"));
    }
    match peer.part() {
        Part::Leading(l) if !l.outstanding.is_empty() => {
            Some(format!("{id} has proposals without a quorum"))
        }
        _ => None,
    }
}

/// True for messages that only say "I am here".
fn is_heartbeat(payload: &Payload) -> bool {
    crate::view::text::is_noise(payload)
}

fn node_text(peer: &Peer, path: &str) -> String {
    match peer.db().tree.node(path) {
        None => format!("{path} is absent"),
        Some(node) => match &node.data {
            None => format!("{path} is null"),
            Some(data) => format!("{path} is {}", print::bytes(data)),
        },
    }
}

fn verdict_text(name: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::NotApplicable if name.starts_with('L') => {
            format!("{name} was not asked: it is judged a minute after `beat calm`")
        }
        Verdict::NotApplicable => format!("{name} does not apply"),
        Verdict::Holds => format!("{name} holds"),
        Verdict::Broken(v) => format!("{name} is broken since step {}", v.at.0),
    }
}
