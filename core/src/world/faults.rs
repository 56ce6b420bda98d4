//! Commands carried out: processes that start and die, links that break and heal.

use std::sync::Arc;

use super::agenda::{Event, Signal};
use super::client::CLIENTS_MAX;
use super::command::{Command, CrashKind, CrashPoint, DiskFault, Endpoint, Refusal};
use super::host::DownReason;
use super::message::{End, Message};
use super::network::{Channel, Conn};
use super::step::{Actor, Cause, Outcome, Step};
use super::traps::CrashTrap;
use super::world::World;
use crate::base::{ConnId, Duration, ServerId};
use crate::protocol::zab::Peer;
use crate::protocol::{Input, Timer};
use crate::storage::{Disk, damage};

impl World {
    /// Does what a user asks, as one step. On refusal nothing has changed.
    pub fn perform(&mut self, command: &Arc<Command>) -> Result<Step, Refusal> {
        self.pass_silent(self.now());
        let mut outcomes = Vec::new();
        let cause = Cause::Command(Arc::clone(command));
        match &**command {
            Command::Snapshot(id) => {
                self.needs_up(*id)?;
                return Ok(self.server_step(*id, cause, Input::TakeSnapshot));
            }
            Command::Purge { server, retain } => {
                self.needs_up(*server)?;
                let input = Input::Purge { retain: *retain };
                return Ok(self.server_step(*server, cause, input));
            }
            Command::Backup { .. }
            | Command::Copy { .. }
            | Command::AdminRestore { .. }
            | Command::Vault(_) => {
                return self.use_vault(command);
            }
            Command::Client {
                name,
                server,
                servers,
                timeout,
            } => self.new_client(name, *server, servers, *timeout)?,
            Command::Invoke { client, request } => {
                let id = self.client_id(client)?;
                self.awake_client(id)?;
                self.invoke(id, Arc::clone(request), &mut outcomes)?;
            }
            Command::Close { client } => {
                let id = self.client_id(client)?;
                self.awake_client(id)?;
                self.close_session(id, &mut outcomes)?;
            }
            Command::Drop { client } => {
                let id = self.client_id(client)?;
                self.drop_line(id, &mut outcomes);
            }
            Command::Recipe {
                client,
                recipe,
                path,
            } => {
                let id = self.client_id(client)?;
                self.begin_recipe(id, *recipe, path, &mut outcomes)?;
            }
            Command::Stop { client } => {
                let id = self.client_id(client)?;
                self.stop_recipe(id, &mut outcomes)?;
            }
            Command::PauseClient { client } => {
                let id = self.client_id(client)?;
                self.pause_client(id)?;
            }
            Command::ResumeClient { client } => {
                let id = self.client_id(client)?;
                self.resume_client(id)?;
            }
            Command::Fencing(on) => self.store.set_fencing(*on),
            Command::Crash { server, kind } => {
                self.needs_up(*server)?;
                self.die(*server, *kind, None, &mut outcomes);
            }
            Command::CrashAt {
                server,
                kind,
                point,
                zxid,
            } => {
                self.needs_up(*server)?;
                self.traps.set_crash(CrashTrap {
                    server: *server,
                    kind: *kind,
                    point: *point,
                    zxid: *zxid,
                });
            }
            Command::Load { server, image } => {
                self.server_exists(*server)?;
                let host = self.host_mut(*server);
                if host.recovery.is_some() {
                    return Err(Refusal::Started(*server));
                }
                let files = image.files().iter();
                let files = files.map(|(name, content)| (name.clone(), content.clone()));
                host.disk = Disk::holding(files);
            }
            Command::Restart(id) => {
                self.needs_down(*id)?;
                self.start_process(*id);
            }
            Command::Pause(id) => self.pause(*id)?,
            Command::Resume(id) => self.resume(*id)?,
            Command::Cut(a, b) => {
                let (a, b) = self.two_ends(a, b)?;
                self.cut(a, b, &mut outcomes);
            }
            Command::Partition(groups) => self.partition(groups, &mut outcomes)?,
            Command::Heal(None) => {
                let cuts: Vec<(End, End)> = self.cuts().collect();
                for (a, b) in cuts {
                    self.heal(a, b);
                }
            }
            Command::Heal(Some((a, b))) => {
                let (a, b) = self.two_ends(a, b)?;
                self.heal(a, b);
            }
            Command::Slow { a, b, by } => {
                let (a, b) = self.two_ends(a, b)?;
                self.network.set_slow(a, b, *by);
            }
            Command::Lose(packet) => self.set_packet_trap(packet, None)?,
            Command::Late { packet, by } => self.set_packet_trap(packet, Some(*by))?,
            Command::Disk { server, fault } => self.disk_fault(*server, fault)?,
            Command::Clock { server, by_ms } => {
                self.server_exists(*server)?;
                let host = self.host_mut(*server);
                host.clock_offset_ms = host.clock_offset_ms.saturating_add(*by_ms);
            }
            Command::Wipe(id) => {
                self.needs_down(*id)?;
                self.host_mut(*id).disk.wipe();
            }
        }
        let actor = match &**command {
            Command::Crash { server, .. } => Actor::Server(*server),
            _ => Actor::World,
        };
        Ok(self.finish_step(actor, cause, outcomes, None))
    }

    /// Why that server cannot be told to do what only a running one can.
    pub fn refuses_up(&self, id: ServerId) -> Option<Refusal> {
        self.needs_up(id).err()
    }

    /// Why that server cannot be given what only a dead one can.
    pub fn refuses_down(&self, id: ServerId) -> Option<Refusal> {
        self.needs_down(id).err()
    }

    pub(super) fn needs_up(&self, id: ServerId) -> Result<(), Refusal> {
        self.server_exists(id)?;
        let up = self.host(id).is_up();
        up.then_some(()).ok_or(Refusal::Down(id))
    }

    pub(super) fn needs_down(&self, id: ServerId) -> Result<(), Refusal> {
        self.server_exists(id)?;
        let up = self.host(id).is_up();
        (!up).then_some(()).ok_or(Refusal::Up(id))
    }

    pub(super) fn two_ends(&self, a: &Endpoint, b: &Endpoint) -> Result<(End, End), Refusal> {
        let (a, b) = (self.end(a)?, self.end(b)?);
        (a != b).then_some((a, b)).ok_or(Refusal::SameEnd)
    }

    fn new_client(
        &mut self,
        name: &str,
        server: ServerId,
        servers: &[ServerId],
        timeout: Duration,
    ) -> Result<(), Refusal> {
        self.server_exists(server)?;
        for known in servers {
            self.server_exists(*known)?;
        }
        let mut servers = match servers.is_empty() {
            true => self.hosts.iter().map(|host| host.id).collect(),
            false => servers.to_vec(),
        };
        let Some(first) = servers.iter().position(|known| *known == server) else {
            return Err(Refusal::NotInConnectString(server));
        };
        servers.rotate_left(first);
        if self.client_named(name).is_some() {
            return Err(Refusal::ClientExists(name.to_owned()));
        }
        if self.clients.len() >= CLIENTS_MAX {
            return Err(Refusal::Limit("64 clients"));
        }
        self.add_client(name, servers, timeout);
        Ok(())
    }

    fn disk_fault(&mut self, id: ServerId, fault: &DiskFault) -> Result<(), Refusal> {
        self.server_exists(id)?;
        let host = self.host_mut(id);
        let no_file = |file: &str| Refusal::NoFile {
            server: id,
            file: file.to_owned(),
        };
        match fault {
            DiskFault::Full => host.disk.set_full(true),
            DiskFault::Lying => host.disk.set_lying(true),
            DiskFault::Ok => {
                host.disk.set_full(false);
                host.disk.set_lying(false);
                host.slow = 1;
            }
            DiskFault::Initialize => {
                self.needs_down(id)?;
                self.host_mut(id).disk.announce_empty();
            }
            DiskFault::Slow(times) => host.slow = (*times).max(1),
            DiskFault::Tear => {
                let mut dice = self.disk_dice.clone();
                let host = self.host_mut(id);
                damage::tear(&mut host.disk, &mut dice).ok_or_else(|| no_file("log.*"))?;
                self.disk_dice = dice;
            }
            DiskFault::Flip { file, offset, bit } => {
                let len = host.disk.file(file).ok_or_else(|| no_file(file))?.len();
                if *offset >= len {
                    let file = file.clone();
                    return Err(Refusal::BeyondEnd { file, len });
                }
                host.disk.flip(file, *offset, *bit);
            }
            DiskFault::Delete { file } => {
                if !host.disk.delete(file) {
                    return Err(no_file(file));
                }
            }
        }
        Ok(())
    }

    // --- processes ---

    pub(super) fn start_process(&mut self, id: ServerId) {
        let config = Arc::clone(&self.config);
        let now = self.now;
        self.traps.clear_crashes(id);
        let had_power = self.host(id).has_power();
        let host = self.host_mut(id);
        host.incarnation += 1;
        host.process = Some(Peer::new(id, config));
        host.down = None;
        host.paused = false;
        host.held.clear();
        if !had_power {
            self.reset_dead_conns(id);
        }
        self.agenda.plan(now, Event::Signal(id, Signal::Boot));
        self.raise_links(id);
    }

    /// The election channels of a server that just started, or whose link just healed.
    fn raise_links(&mut self, id: ServerId) {
        let peers: Vec<ServerId> = self
            .config
            .ensemble
            .servers()
            .filter(|p| *p != id)
            .collect();
        for peer in peers {
            self.raise_link(id, peer);
        }
    }

    fn raise_link(&mut self, a: ServerId, b: ServerId) {
        let (end_a, end_b) = (End::Server(a), End::Server(b));
        if !self.host(a).is_up() || !self.host(b).is_up() || self.is_cut(end_a, end_b) {
            return;
        }
        for (me, peer) in [(a, b), (b, a)] {
            let at = self.now + self.latency(end_a, end_b);
            self.agenda
                .plan(at, Event::Signal(me, Signal::LinkUp(peer)));
        }
    }

    /// A server dies.
    pub(super) fn die(
        &mut self,
        id: ServerId,
        kind: CrashKind,
        point: Option<CrashPoint>,
        outcomes: &mut Vec<Outcome>,
    ) {
        let mut lost = None;
        if kind == CrashKind::Power {
            let mut dice = self.disk_dice.clone();
            let host = self.host_mut(id);
            lost = Some(host.disk.crash_power(&mut dice));
            host.unsynced.clear();
            host.disk_free_at = crate::base::Instant::ZERO;
            self.disk_dice = dice;
            self.agenda
                .drop_events(|e| matches!(e, Event::Synced(d) if d.server == id));
        }
        let reason = match kind {
            CrashKind::Power => DownReason::Power,
            CrashKind::Process => DownReason::Process,
        };
        let died = outcomes.len();
        self.stop_process(id, reason, outcomes);
        outcomes.insert(
            died,
            Outcome::Died {
                server: id,
                kind,
                point,
                lost,
            },
        );
    }

    /// Memory goes, timers go, connections break as the reason says.
    pub(super) fn stop_process(
        &mut self,
        id: ServerId,
        reason: DownReason,
        outcomes: &mut Vec<Outcome>,
    ) {
        let power = reason == DownReason::Power;
        self.traps.clear_crashes(id);
        let host = self.host_mut(id);
        host.process = None;
        host.paused = false;
        host.disk_failed = false;
        host.epoch_renamed = false;
        host.down = Some(reason);
        host.held.clear();
        host.timers = [None; Timer::ALL.len()];
        self.agenda.drop_events(|e| match e {
            Event::Timer(server, _)
            | Event::Signal(server, _)
            | Event::ClientGone(server, _, _) => *server == id,
            _ => false,
        });
        let me = End::Server(id);
        self.lose(|m| m.to == me || power && m.from == me, outcomes);
        let conns: Vec<Conn> = self.conns_of(id);
        for conn in conns {
            let peer = conn.other(id);
            if let Some(conn) = self.network.conns.get_mut(&(conn.learner, conn.leader)) {
                conn.close_at(id);
                conn.dead |= power;
            }
            if !power {
                self.tell_closed(id, peer, conn.id);
            }
        }
        self.drop_lines_to(id, power);
    }

    fn conns_of(&self, id: ServerId) -> Vec<Conn> {
        let mine = |c: &&Conn| c.learner == id || c.leader == id;
        self.network.conns.values().filter(mine).copied().collect()
    }

    /// Power is back: the kernel answers old connections with a reset.
    fn reset_dead_conns(&mut self, id: ServerId) {
        for conn in self.conns_of(id).into_iter().filter(|c| c.dead) {
            self.tell_closed(id, conn.other(id), conn.id);
        }
        self.reset_lines_to(id);
    }

    // --- links ---

    fn partition(
        &mut self,
        groups: &[Vec<Endpoint>],
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Refusal> {
        let mut of: Vec<(End, usize)> = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            for endpoint in group {
                let end = self.end(endpoint)?;
                if of.iter().any(|(e, _)| *e == end) {
                    return Err(Refusal::SameEnd);
                }
                of.push((end, index));
            }
        }
        let servers = self.hosts.iter().map(|h| End::Server(h.id));
        let clients = self.clients.iter().map(|c| End::Client(c.id));
        let group_of = |end: End| of.iter().find(|(e, _)| *e == end).map_or(0, |(_, g)| *g);
        let all: Vec<(End, usize)> = servers.chain(clients).map(|e| (e, group_of(e))).collect();
        for (i, (a, group_a)) in all.iter().enumerate() {
            for (b, group_b) in &all[i + 1..] {
                let both_clients = matches!((a, b), (End::Client(_), End::Client(_)));
                if group_a != group_b && !both_clients {
                    self.cut(*a, *b, outcomes);
                }
            }
        }
        Ok(())
    }

    fn cut(&mut self, a: End, b: End, outcomes: &mut Vec<Outcome>) {
        if !self.network.cut(a, b) {
            return;
        }
        self.lose(
            |m| m.from == a && m.to == b || m.from == b && m.to == a,
            outcomes,
        );
        match (a, b) {
            (End::Server(a), End::Server(b)) => {
                for key in [(a, b), (b, a)] {
                    if let Some(conn) = self.network.conns.get_mut(&key) {
                        conn.dead = true;
                    }
                }
            }
            (End::Server(server), End::Client(client))
            | (End::Client(client), End::Server(server)) => self.kill_line(client, server),
            (End::Client(_), End::Client(_)) => {}
        }
    }

    fn heal(&mut self, a: End, b: End) {
        if !self.network.heal(a, b) {
            return;
        }
        match (a, b) {
            (End::Server(a), End::Server(b)) => {
                for key in [(a, b), (b, a)] {
                    if let Some(conn) = self.network.conns.get(&key).copied()
                        && conn.dead
                        && self.host(a).has_power()
                        && self.host(b).has_power()
                    {
                        self.tell_closed(a, b, conn.id);
                        self.tell_closed(b, a, conn.id);
                    }
                }
                self.raise_link(a, b);
            }
            (End::Server(server), End::Client(client))
            | (End::Client(client), End::Server(server)) => self.reset_line(client, server),
            (End::Client(_), End::Client(_)) => {}
        }
    }

    pub(super) fn lose(&mut self, lost: impl Fn(&Message) -> bool, outcomes: &mut Vec<Outcome>) {
        let taken = self.agenda.take_messages(lost);
        outcomes.extend(taken.into_iter().map(Outcome::Lost));
    }

    /// A packet was lost: its connection breaks there, and both ends find out.
    pub(super) fn break_link(
        &mut self,
        from: ServerId,
        to: ServerId,
        channel: Channel,
        outcomes: &mut Vec<Outcome>,
    ) {
        let (a, b) = (End::Server(from), End::Server(to));
        match channel {
            Channel::Election => self.raise_link(from, to),
            Channel::Quorum => {
                let Some(conn) = self.network.open_conn(from, to).copied() else {
                    return;
                };
                let id = conn.id;
                self.lose(
                    |m| m.conn == id && (m.from == a && m.to == b || m.from == b && m.to == a),
                    outcomes,
                );
                if let Some(conn) = self.network.conns.get_mut(&(conn.learner, conn.leader)) {
                    conn.dead = true;
                }
                self.tell_closed(from, to, id);
                self.tell_closed(to, from, id);
            }
        }
    }

    // --- quorum connections ---

    /// A learner calls its leader. Who has no power, or is cut off, does not even refuse.
    pub(super) fn connect(&mut self, from: ServerId, to: ServerId) {
        self.network.conns.remove(&(from, to));
        let (a, b) = (End::Server(from), End::Server(to));
        let id = self.network.next_conn();
        let reachable = self.host(to).has_power() && !self.is_cut(a, b);
        let up = reachable && self.host(to).is_up();
        self.network.conns.insert(
            (from, to),
            Conn {
                id,
                learner: from,
                leader: to,
                learner_open: true,
                leader_open: false,
                dead: !up,
            },
        );
        if !reachable {
            return;
        }
        let there = self.now + self.latency(a, b);
        let there = self.network.arrive(from, to, Channel::Quorum, there);
        if up {
            let signal = Signal::Opened(from, id, true);
            self.agenda.plan(there, Event::Signal(to, signal));
        } else {
            let back = there + self.latency(a, b);
            let back = self.network.arrive(to, from, Channel::Quorum, back);
            let signal = Signal::Closed(to, id);
            self.agenda.plan(back, Event::Signal(from, signal));
        }
    }

    /// The leader's end has been offered a call: unless it hung up at once, the learner hears that
    /// the connection stands.
    pub(super) fn answer_call(&mut self, leader: ServerId, learner: ServerId, id: ConnId) {
        if !self.network.listens(leader, learner, id) || self.network.is_dead(learner, leader) {
            return;
        }
        let back = self.now + self.latency(End::Server(leader), End::Server(learner));
        let back = self.network.arrive(leader, learner, Channel::Quorum, back);
        let signal = Signal::Opened(leader, id, false);
        self.agenda.plan(back, Event::Signal(learner, signal));
    }

    /// One end closes: what is under way to it is lost, the other end is told.
    pub(super) fn close_conn(&mut self, me: ServerId, peer: ServerId, outcomes: &mut Vec<Outcome>) {
        let Some(conn) = self.network.open_conn(me, peer).copied() else {
            return;
        };
        let key = (conn.learner, conn.leader);
        if let Some(conn) = self.network.conns.get_mut(&key) {
            conn.close_at(me);
        }
        let id = conn.id;
        self.lose(|m| m.conn == id && m.to == End::Server(me), outcomes);
        if !conn.is_open_at(peer) {
            self.network.conns.remove(&key);
        } else if !conn.dead {
            self.tell_closed(me, peer, id);
        }
    }

    /// Plans that `peer` learns that `me` has closed connection `id`.
    fn tell_closed(&mut self, me: ServerId, peer: ServerId, id: ConnId) {
        let at = self.now + self.latency(End::Server(me), End::Server(peer));
        let at = self.network.arrive(me, peer, Channel::Quorum, at);
        self.agenda
            .plan(at, Event::Signal(peer, Signal::Closed(me, id)));
    }

    /// The end of `me` is gone. False when that connection is no longer known there.
    pub(super) fn forget_conn_end(&mut self, me: ServerId, peer: ServerId, id: ConnId) -> bool {
        for key in [(me, peer), (peer, me)] {
            let Some(conn) = self.network.conns.get_mut(&key) else {
                continue;
            };
            if conn.id == id {
                let open = conn.is_open_at(me);
                conn.close_at(me);
                if !conn.learner_open && !conn.leader_open {
                    self.network.conns.remove(&key);
                }
                return open;
            }
        }
        false
    }
}
