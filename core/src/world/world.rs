//! The loop: take the next event, hand it to its machine, carry out the effects.

use std::sync::Arc;

use super::agenda::{Agenda, Event, Signal, SyncDone};
use super::client::Client;
use super::command::{CrashPoint, Endpoint, Refusal};
use super::host::{DownReason, Host};
use super::message::{End, Message, Payload};
use super::network::{Channel, Network};
use super::step::{Actor, Cause, Outcome, Step};
use super::traps::Traps;
use crate::base::rng::Subject;
use crate::base::{ClientId, ConnId, Dice, Duration, Instant, Mix, ServerId, StepId, WriteId};
use crate::model::Record;
use crate::protocol::config::{Config, Range};
use crate::protocol::zab::Packet;
use crate::protocol::zab::peer::{Cx, Peer};
use crate::protocol::zab::state::Status;
use crate::protocol::{Effect, Input, Outbox, Timer};
use crate::storage::{FileOp, SyncTarget};

/// A whole simulated ensemble at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    pub(super) config: Arc<Config>,
    pub(super) now: Instant,
    steps: u64,
    pub(super) agenda: Agenda,
    pub(super) hosts: Vec<Host>,
    pub(super) network: Network,
    pub(super) clients: Vec<Client>,
    pub(super) traps: Traps,
    timer_dice: Dice,
    network_dice: Dice,
    pub(super) disk_dice: Dice,
    messages: u64,
    digest: Mix,
}

impl World {
    /// The start of a run: every server is about to boot on an empty disk.
    pub fn new(config: Arc<Config>) -> Self {
        let mut world = Self {
            now: Instant::ZERO,
            steps: 0,
            agenda: Agenda::default(),
            hosts: config.ensemble.servers().map(Host::new).collect(),
            network: Network::default(),
            clients: Vec::new(),
            traps: Traps::default(),
            timer_dice: Dice::new(config.seed, Subject::Timers),
            network_dice: Dice::new(config.seed, Subject::Network),
            disk_dice: Dice::new(config.seed, Subject::Disk),
            messages: 0,
            digest: Mix::new().add(config.seed),
            config,
        };
        let servers: Vec<ServerId> = world.config.ensemble.servers().collect();
        for id in servers {
            world.start_process(id);
        }
        world
    }

    /// The configuration of the run.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Simulated time.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Steps so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// A running hash over every step so far.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// When the next event is due; `None` when nothing will ever happen by itself.
    pub fn next_at(&self) -> Option<Instant> {
        self.agenda.next_at()
    }

    /// One server's place. Ids are those of the ensemble.
    pub fn host(&self, id: ServerId) -> &Host {
        &self.hosts[usize::from(id.0) - 1]
    }

    pub(super) fn host_mut(&mut self, id: ServerId) -> &mut Host {
        &mut self.hosts[usize::from(id.0) - 1]
    }

    /// All servers in id order.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// All clients in order of appearance.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The client of that name.
    pub fn client_named(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|c| c.name == name)
    }

    /// Messages on the wire, in order of arrival.
    pub fn in_flight(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.agenda.iter().filter_map(|e| match e {
            Event::Deliver(m) => Some(m),
            _ => None,
        })
    }

    /// Whether nothing passes between two ends.
    pub fn is_cut(&self, a: End, b: End) -> bool {
        self.network.is_cut(a, b)
    }

    /// All links that are cut.
    pub fn cuts(&self) -> impl Iterator<Item = (End, End)> + '_ {
        self.network.cuts()
    }

    /// Moves the clock without an event. Must not pass over one.
    pub fn advance_to(&mut self, at: Instant) {
        debug_assert!(
            self.next_at().is_none_or(|next| next >= at),
            "no event is skipped"
        );
        self.now = self.now.max(at);
    }

    /// Lets the next event happen. `None` when nothing is due any more.
    pub fn step(&mut self) -> Option<Step> {
        loop {
            let (at, event) = self.agenda.pop()?;
            self.now = self.now.max(at);
            if let Some(step) = self.happen(event) {
                return Some(step);
            }
        }
    }

    fn happen(&mut self, event: Event) -> Option<Step> {
        if let Some(id) = receiver(&event)
            && self.host(id).paused
        {
            return self.hold(id, event);
        }
        match event {
            Event::Deliver(message) => Some(self.deliver(message)),
            Event::Timer(id, timer) => {
                self.host_mut(id).timers[timer as usize] = None;
                Some(self.server_step(id, Cause::Timer(timer), Input::Fired(timer)))
            }
            Event::Synced(done) => self.fsync_done(&done),
            Event::Signal(id, signal) => self.signal(id, signal),
            Event::ClientWake(id) => Some(self.client_wake(id)),
            Event::ClientClosed(id, conn) => self.client_closed(id, conn),
            Event::ClientGone(server, client, conn) => {
                self.host(server).process.as_ref()?;
                let cause = Cause::ClientDisconnected(client);
                Some(self.server_step(server, cause, Input::ClientGone { client, conn }))
            }
        }
    }

    /// A paused process handles nothing; its disk goes on.
    fn hold(&mut self, id: ServerId, event: Event) -> Option<Step> {
        if let Event::Synced(done) = event {
            let (cause, input) = self.settle_fsync(&done)?;
            if let Some(Input::Synced(write)) = input {
                let held = Event::Signal(id, Signal::Synced(write));
                self.host_mut(id).held.push_back(held);
            }
            let before = self.status(id);
            return Some(self.finish_step(Actor::Server(id), cause, Vec::new(), before));
        }
        if let Event::Timer(_, timer) = event {
            self.host_mut(id).timers[timer as usize] = None;
        }
        self.host_mut(id).held.push_back(event);
        None
    }

    fn deliver(&mut self, message: Arc<Message>) -> Step {
        let cause = Cause::Delivered(Arc::clone(&message));
        match (&message.payload, message.from, message.to) {
            (Payload::Peer(packet), End::Server(from), End::Server(to)) => {
                if !packet.is_election() && !self.network.listens(to, from, message.conn) {
                    let before = self.status(to);
                    let cause = Cause::Dropped(Arc::clone(&message));
                    return self.finish_step(Actor::Server(to), cause, Vec::new(), before);
                }
                let input = Input::Receive {
                    from,
                    packet: packet.clone(),
                };
                self.server_step(to, cause, input)
            }
            (Payload::ToServer(packet), End::Client(client), End::Server(to)) => {
                let input = Input::Client {
                    client,
                    conn: message.conn,
                    packet: packet.clone(),
                };
                self.server_step(to, cause, input)
            }
            (Payload::ToClient(packet), _, End::Client(client)) => {
                let mut outcomes = Vec::new();
                self.client_receives(client, message.conn, packet.clone(), &mut outcomes);
                self.finish_step(Actor::Client(client), cause, outcomes, None)
            }
            _ => unreachable!("payload and ends are made to match when a message is sent"),
        }
    }

    fn fsync_done(&mut self, done: &SyncDone) -> Option<Step> {
        let id = done.server;
        let (cause, input) = self.settle_fsync(done)?;
        match input {
            Some(input) => Some(self.server_step(id, cause, input)),
            None => Some(self.finish_step(Actor::Server(id), cause, Vec::new(), None)),
        }
    }

    /// The disk's half of an fsync; the input is for the process that asked, if it still lives.
    fn settle_fsync(&mut self, done: &SyncDone) -> Option<(Cause, Option<Input>)> {
        let host = self.host_mut(done.server);
        host.disk.finish_sync(&done.ticket);
        let records = if host.disk.is_lying() {
            Vec::new()
        } else {
            done.records.clone()
        };
        let alive = host.process.is_some() && host.incarnation == done.incarnation;
        let cause = Cause::Synced {
            id: done.id,
            records,
        };
        Some((cause, alive.then_some(Input::Synced(done.id))))
    }

    fn signal(&mut self, id: ServerId, signal: Signal) -> Option<Step> {
        self.host(id).process.as_ref()?;
        let (cause, input) = match signal {
            Signal::Boot => (Cause::Boot, Input::Boot),
            Signal::LinkUp(peer) => {
                if !self.host(peer).is_up() || self.is_cut(End::Server(id), End::Server(peer)) {
                    return None;
                }
                (Cause::LinkUp(peer), Input::LinkUp(peer))
            }
            Signal::Opened(peer, conn, accepted) => {
                if !self.network.open_end(id, peer, conn) {
                    return None;
                }
                let (cause, input) = (Cause::Opened(peer), Input::Opened { peer, accepted });
                let step = self.server_step(id, cause, input);
                if accepted {
                    self.answer_call(id, peer, conn);
                }
                return Some(step);
            }
            Signal::Closed(peer, conn) => {
                if !self.forget_conn_end(id, peer, conn) {
                    return None;
                }
                (Cause::Closed(peer), Input::Closed(peer))
            }
            Signal::DiskFailed => {
                self.host_mut(id).disk_failed = false;
                (Cause::DiskFailed, Input::DiskFailed)
            }
            Signal::Synced(write) => {
                let cause = Cause::Synced {
                    id: write,
                    records: Vec::new(),
                };
                (cause, Input::Synced(write))
            }
        };
        Some(self.server_step(id, cause, input))
    }

    /// Hands an input to a server and carries out what comes of it.
    pub(super) fn server_step(&mut self, id: ServerId, cause: Cause, input: Input) -> Step {
        let before = self.status(id);
        let mut outcomes = Vec::new();
        let renamed = matches!(cause, Cause::Synced { .. })
            && std::mem::take(&mut self.host_mut(id).epoch_renamed);
        if let Some(trap) = self.traps.before_input(id, &cause, renamed) {
            self.spring(trap, &mut outcomes);
        } else if self.run(id, &cause, input, &mut outcomes)
            && let Some(trap) = self.traps.after_step(id, &cause, &outcomes)
        {
            self.spring(trap, &mut outcomes);
        }
        self.finish_step(Actor::Server(id), cause, outcomes, before)
    }

    /// Runs the machine. False when it died on the way.
    fn run(
        &mut self,
        id: ServerId,
        cause: &Cause,
        input: Input,
        outcomes: &mut Vec<Outcome>,
    ) -> bool {
        let now = self.now;
        let clock_ms = self.config.clock_ms;
        let host = self.host_mut(id);
        let Some(mut process) = host.process.take() else {
            return false;
        };
        let wall_ms = clock_ms + now.0 as i64 / 1_000 + host.clock_offset_ms;
        let mut out = Outbox::default();
        let mut cx = Cx {
            now,
            wall_ms,
            disk: &host.disk,
            out: &mut out,
        };
        process.on(&mut cx, input);
        if let Some(report) = process.recovery() {
            host.recovery = Some(Arc::clone(report));
        }
        host.process = Some(process);
        for effect in out.drain() {
            if let Some(trap) = self.traps.before_effect(id, &effect) {
                self.spring(trap, outcomes);
                return false;
            }
            let point = self.traps.after_effect(id, cause, &effect);
            if !self.carry_out(id, effect, outcomes) {
                return false;
            }
            if let Some(trap) = point {
                self.spring(trap, outcomes);
                return false;
            }
        }
        true
    }

    fn carry_out(&mut self, id: ServerId, effect: Effect, outcomes: &mut Vec<Outcome>) -> bool {
        match &effect {
            Effect::Arm {
                timer,
                at_least,
                at_most,
            } => {
                self.arm(id, *timer, *at_least, *at_most);
                return true;
            }
            Effect::Disarm(timer) => {
                self.disarm(id, *timer);
                return true;
            }
            Effect::Send { .. } => {
                let Effect::Send { to, packet } = effect else {
                    unreachable!("just matched")
                };
                self.send(id, to, packet, outcomes);
                return true;
            }
            Effect::Connect(to) => self.connect(id, *to),
            Effect::Close(peer) => self.close_conn(id, *peer, outcomes),
            Effect::Append { record, ops } => self.append(id, record, ops),
            Effect::Write(op) => self.write(id, op),
            Effect::Sync { id: write, target } => self.sync(id, *write, target),
            Effect::ToClient {
                client,
                conn,
                packet,
            } => {
                self.send_to_client(id, *client, *conn, packet.clone(), outcomes);
                return true;
            }
            Effect::CloseClient { client, conn } => {
                self.server_closes_client(id, *client, *conn, outcomes);
            }
            Effect::Halt(reason) => {
                let down = DownReason::Halted(reason.clone());
                outcomes.push(Outcome::Effect(effect));
                self.stop_process(id, down, outcomes);
                return false;
            }
            Effect::Propose(_) | Effect::Commit(_) | Effect::Apply(_) | Effect::Decide(_) => {}
        }
        outcomes.push(Outcome::Effect(effect));
        true
    }

    // --- timers ---

    fn arm(&mut self, id: ServerId, timer: Timer, at_least: Duration, at_most: Duration) {
        self.disarm(id, timer);
        let after = if at_least == at_most {
            at_least
        } else {
            self.timer_dice.duration(at_least, at_most)
        };
        let slot = self.agenda.plan(self.now + after, Event::Timer(id, timer));
        self.host_mut(id).timers[timer as usize] = Some(slot);
    }

    fn disarm(&mut self, id: ServerId, timer: Timer) {
        if let Some(slot) = self.host_mut(id).timers[timer as usize].take() {
            self.agenda.cancel(slot);
        }
    }

    // --- disk ---

    fn append(&mut self, id: ServerId, record: &Arc<Record>, ops: &[FileOp]) {
        for op in ops {
            self.write(id, op);
        }
        let host = self.host_mut(id);
        if let Some(op) = ops.last()
            && !host.disk_failed
        {
            let entry = (op.name().clone(), Arc::clone(record));
            host.unsynced.push_back(entry);
        }
    }

    /// Carries out a file operation. After a refusal nothing more is written until the process has
    /// heard of it.
    fn write(&mut self, id: ServerId, op: &FileOp) {
        let now = self.now;
        let host = self.host_mut(id);
        if host.disk_failed {
            return;
        }
        if host.disk.apply(op).is_err() {
            host.disk_failed = true;
            self.agenda.plan(now, Event::Signal(id, Signal::DiskFailed));
        } else if let FileOp::Rename { to, .. } = op
            && to.ends_with("Epoch")
        {
            host.epoch_renamed = true;
        }
    }

    fn sync(&mut self, id: ServerId, write: WriteId, target: &SyncTarget) {
        let Range { lo, hi } = self.config.fsync;
        let latency = self.disk_dice.duration(lo, hi);
        let now = self.now;
        let host = self.host_mut(id);
        if host.disk_failed {
            return;
        }
        let due = host.disk_free_at.max(now) + latency.times(u64::from(host.slow));
        host.disk_free_at = due;
        let ticket = host.disk.begin_sync(target);
        let done = SyncDone {
            server: id,
            incarnation: host.incarnation,
            id: write,
            ticket,
            records: take_covered(&mut host.unsynced, target),
        };
        self.agenda.plan(due, Event::Synced(Arc::new(done)));
    }

    // --- network ---

    pub(super) fn latency(&mut self, a: End, b: End) -> Duration {
        let Range { lo, hi } = self.config.latency;
        self.network_dice.duration(lo, hi) + self.network.slowness(a, b)
    }

    fn send(&mut self, from: ServerId, to: ServerId, packet: Packet, outcomes: &mut Vec<Outcome>) {
        let (a, b) = (End::Server(from), End::Server(to));
        let channel = if packet.is_election() {
            Channel::Election
        } else {
            Channel::Quorum
        };
        let conn = match channel {
            Channel::Election if !self.host(to).is_up() => return,
            Channel::Election => ConnId::default(),
            Channel::Quorum => match self.network.open_conn(from, to) {
                Some(conn) => conn.id,
                None => return,
            },
        };
        let silent = self.is_cut(a, b)
            || channel == Channel::Quorum
                && self.network.open_conn(from, to).is_some_and(|c| c.dead);
        let payload = Payload::Peer(packet);
        let trap = self.traps.packet(a, b, &payload);
        let latency = self.latency(a, b) + trap.delay();
        let due = self.network.arrive(from, to, channel, self.now + latency);
        let message = self.message(a, b, conn, payload, due);
        if silent || trap.is_loss() {
            outcomes.push(Outcome::Lost(message));
            if trap.is_loss() && !silent {
                self.break_link(from, to, channel, outcomes);
            }
            return;
        }
        self.agenda.plan(due, Event::Deliver(Arc::clone(&message)));
        outcomes.push(Outcome::Sent(message));
    }

    pub(super) fn message(
        &mut self,
        from: End,
        to: End,
        conn: ConnId,
        payload: Payload,
        due: Instant,
    ) -> Arc<Message> {
        self.messages += 1;
        Arc::new(Message {
            id: self.messages,
            from,
            to,
            conn,
            payload,
            sent: self.now,
            due,
        })
    }

    // --- steps ---

    /// What a server says of itself; nothing while it is down or has not read its disk yet.
    pub(super) fn status(&self, id: ServerId) -> Option<Status> {
        let booted = self.host(id).process.as_ref();
        booted
            .filter(|peer| peer.recovery().is_some())
            .map(Peer::status)
    }

    /// Closes the books on one event.
    pub(super) fn finish_step(
        &mut self,
        actor: Actor,
        cause: Cause,
        outcomes: Vec<Outcome>,
        before: Option<Status>,
    ) -> Step {
        let after = match actor {
            Actor::Server(id) => self.status(id),
            Actor::Client(_) | Actor::World => None,
        };
        let step = Step {
            id: StepId(self.steps),
            at: self.now,
            actor,
            cause,
            outcomes,
            before: before.or(after.filter(|_| !matches!(actor, Actor::Server(_)))),
            after,
        };
        self.steps += 1;
        self.digest = super::step::mix(self.digest, &step);
        step
    }

    pub(super) fn server_exists(&self, id: ServerId) -> Result<(), Refusal> {
        let known = (1..=self.hosts.len()).contains(&usize::from(id.0));
        known.then_some(()).ok_or(Refusal::NoServer(id))
    }

    pub(super) fn end(&self, endpoint: &Endpoint) -> Result<End, Refusal> {
        match endpoint {
            Endpoint::Server(id) => self.server_exists(*id).map(|()| End::Server(*id)),
            Endpoint::Client(name) => self.client_id(name).map(End::Client),
        }
    }

    pub(super) fn client_id(&self, name: &str) -> Result<ClientId, Refusal> {
        self.client_named(name)
            .map(|c| c.id)
            .ok_or_else(|| Refusal::NoClient(name.to_owned()))
    }

    /// A process dies at a point where a trap was set.
    fn spring(&mut self, trap: super::traps::Sprung, outcomes: &mut Vec<Outcome>) {
        let point: Option<CrashPoint> = Some(trap.point);
        self.die(trap.server, trap.kind, point, outcomes);
    }
}

/// The server that an event would be handled by.
pub(super) fn receiver(event: &Event) -> Option<ServerId> {
    match event {
        Event::Deliver(m) => match m.to {
            End::Server(id) => Some(id),
            End::Client(_) => None,
        },
        Event::Timer(id, _) | Event::Signal(id, _) | Event::ClientGone(id, _, _) => Some(*id),
        Event::Synced(done) => Some(done.server),
        Event::ClientWake(_) | Event::ClientClosed(..) => None,
    }
}

/// Takes the records out of `unsynced` whose file `target` covers.
fn take_covered(
    unsynced: &mut crate::base::Queue<(crate::storage::FileName, Arc<Record>)>,
    target: &SyncTarget,
) -> Vec<Arc<Record>> {
    let SyncTarget::Files(names) = target else {
        return Vec::new();
    };
    let mut covered = Vec::new();
    unsynced.retain(|(name, record)| {
        let hit = names.contains(name);
        if hit {
            covered.push(Arc::clone(record));
        }
        !hit
    });
    covered
}
