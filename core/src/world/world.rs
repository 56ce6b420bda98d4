//! The loop: take the next event, hand it to its machine, keep the book of steps.

use std::sync::Arc;

use super::agenda::{Agenda, Event, Signal, SyncDone};
use super::client::Client;
use super::command::{Endpoint, Refusal};
use super::host::Host;
use super::message::{End, Message, Payload};
use super::network::Network;
use super::step::{Actor, Cause, Outcome, Step};
use super::store::Store;
use super::traps::Traps;
use super::vault::{Restoring, Vault};
use crate::base::rng::Subject;
use crate::base::{ClientId, Dice, Instant, Mix, ServerId, StepId};
use crate::model::Zxid;
use crate::protocol::Input;
use crate::protocol::config::Config;
use crate::protocol::zab::peer::Peer;
use crate::protocol::zab::state::Status;

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
    pub(super) store: Store,
    pub(super) vault: Vault,
    pub(super) restoring: Option<Arc<Restoring>>,
    pub(super) traps: Traps,
    pub(super) timer_dice: Dice,
    pub(super) network_dice: Dice,
    pub(super) disk_dice: Dice,
    pub(super) messages: u64,
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
            store: Store::default(),
            vault: Vault::default(),
            restoring: None,
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

    /// The store outside of the ensemble.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The backups that operators have taken.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Messages that were sent so far; they are numbered in that order, from 1.
    pub const fn messages_sent(&self) -> u64 {
        self.messages
    }

    /// Messages on the wire, in order of arrival.
    pub fn in_flight(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.agenda.iter().filter_map(|e| match e {
            Event::Deliver(m) => Some(m),
            _ => None,
        })
    }

    /// The first and the last record that a server has written and that is not yet forced.
    pub fn unforced(&self, server: ServerId) -> Option<(Zxid, Zxid)> {
        let host = self.host(server);
        let syncing = self.agenda.iter().filter_map(|event| match event {
            Event::Synced(done) => Some(done),
            _ => None,
        });
        let own = syncing.filter(|d| d.server == server && d.incarnation == host.incarnation);
        let syncing = own.flat_map(|done| &done.records);
        let waiting = host.unsynced.iter().map(|(_, record)| record);
        let zxids = syncing.chain(waiting).map(|record| record.zxid());
        zxids.fold(None, |range, zxid| match range {
            None => Some((zxid, zxid)),
            Some((first, last)) => Some((zxid.min(first), zxid.max(last))),
        })
    }

    /// Whether nothing passes between two ends.
    pub fn is_cut(&self, a: End, b: End) -> bool {
        self.network.is_cut(a, b)
    }

    /// What is added to the latency between two ends.
    pub fn slowness(&self, a: End, b: End) -> crate::base::Duration {
        self.network.slowness(a, b)
    }

    /// All links that are cut.
    pub fn cuts(&self) -> impl Iterator<Item = (End, End)> + '_ {
        self.network.cuts()
    }

    /// Moves the clock without a step. Must not pass over an event that makes one.
    pub fn advance_to(&mut self, at: Instant) {
        self.pass_silent(at);
        debug_assert!(
            self.next_at().is_none_or(|next| next >= at),
            "no event is skipped"
        );
        self.now = self.now.max(at);
    }

    /// Lets the next event happen. `None` when nothing is due any more.
    pub fn step(&mut self) -> Option<Step> {
        self.step_until(Instant(u64::MAX))
    }

    /// Lets the next event happen if it is due at `limit` or before; `None` when there is none.
    pub fn step_until(&mut self, limit: Instant) -> Option<Step> {
        self.pass_silent(limit);
        self.next_at().filter(|at| *at <= limit)?;
        let (at, event) = self.agenda.pop()?;
        self.now = self.now.max(at);
        self.happen(event)
    }

    /// Gets the events out of the way that nobody will notice, up to `limit` or to the first that
    /// makes a step. They move the clock, but no step tells of them, so they happen at one place
    /// only: before a step, a command, or a wait.
    pub(super) fn pass_silent(&mut self, limit: Instant) {
        while let Some((at, event)) = self.agenda.first()
            && at <= limit
            && self.is_silent(event)
        {
            let (_, event) = self.agenda.pop().expect("it was seen just now");
            let step = self.happen(event);
            debug_assert!(step.is_none(), "a silent event made a step");
        }
    }

    /// What has no step: news for the dead, for a paused process, or of connections long gone.
    fn is_silent(&self, event: &Event) -> bool {
        if receiver(event).is_some_and(|end| self.is_paused(end)) {
            return !matches!(event, Event::Synced(_));
        }
        match event {
            Event::Deliver(_)
            | Event::Timer(..)
            | Event::Synced(_)
            | Event::ClientWake(_)
            | Event::ProgramWake(_) => false,
            Event::Vault(task) => !self.waits_for(task),
            Event::Signal(id, signal) => {
                self.host(*id).process.is_none()
                    || match signal {
                        Signal::LinkUp(peer) => {
                            let (a, b) = (End::Server(*id), End::Server(*peer));
                            !self.host(*peer).is_up() || self.is_cut(a, b)
                        }
                        Signal::Opened(peer, conn, _) => !self.network.is_alive(*id, *peer, *conn),
                        Signal::Closed(peer, conn) => !self.network.listens(*id, *peer, *conn),
                        Signal::Boot | Signal::DiskFailed | Signal::Synced(_) => false,
                    }
            }
            Event::ClientClosed(id, conn) => !self.has_line(*id, *conn),
            Event::ClientGone(server, _, _) => self.host(*server).process.is_none(),
        }
    }

    fn happen(&mut self, event: Event) -> Option<Step> {
        if let Some(end) = receiver(&event)
            && self.is_paused(end)
        {
            return self.hold(end, event);
        }
        match event {
            Event::Deliver(message) => Some(self.deliver(message)),
            Event::Timer(id, timer) => {
                self.host_mut(id).timers[timer as usize] = None;
                Some(self.server_step(id, Cause::Timer(timer), Input::Fired(timer)))
            }
            Event::Synced(done) => Some(self.fsync_done(&done)),
            Event::Signal(id, signal) => self.signal(id, signal),
            Event::ClientWake(id) => Some(self.client_wake(id)),
            Event::ProgramWake(id) => Some(self.program_wake(id)),
            Event::ClientClosed(id, conn) => self.client_closed(id, conn),
            Event::ClientGone(server, client, conn) => {
                self.host(server).process.as_ref()?;
                let cause = Cause::ClientDisconnected(client);
                Some(self.server_step(server, cause, Input::ClientGone { client, conn }))
            }
            Event::Vault(task) => self.vault_goes_on(&task),
        }
    }

    /// A paused process handles nothing; its disk goes on.
    fn hold(&mut self, end: End, event: Event) -> Option<Step> {
        let id = match end {
            End::Server(id) => id,
            End::Client(id) => {
                self.client_mut(id).held.push_back(event);
                return None;
            }
        };
        if let Event::Synced(done) = event {
            let (cause, input) = self.settle_fsync(&done);
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

    fn fsync_done(&mut self, done: &SyncDone) -> Step {
        let id = done.server;
        let (cause, input) = self.settle_fsync(done);
        match input {
            Some(input) => self.server_step(id, cause, input),
            None => self.finish_step(Actor::Server(id), cause, Vec::new(), None),
        }
    }

    /// The disk's half of an fsync; the input is for the process that asked, if it still lives.
    fn settle_fsync(&mut self, done: &SyncDone) -> (Cause, Option<Input>) {
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
        (cause, alive.then_some(Input::Synced(done.id)))
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
        self.server_step_after(Vec::new(), id, cause, input)
    }

    /// The same in a step in which something has happened already.
    pub(super) fn server_step_after(
        &mut self,
        mut outcomes: Vec<Outcome>,
        id: ServerId,
        cause: Cause,
        input: Input,
    ) -> Step {
        let before = self.status(id);
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

    /// An end as commands call it.
    pub fn endpoint(&self, end: End) -> Endpoint {
        match end {
            End::Server(id) => Endpoint::Server(id),
            End::Client(id) => Endpoint::Client(self.client(id).name.clone()),
        }
    }

    pub(super) fn client_id(&self, name: &str) -> Result<ClientId, Refusal> {
        self.client_named(name)
            .map(|c| c.id)
            .ok_or_else(|| Refusal::NoClient(name.to_owned()))
    }
}

/// Whose process an event is handled by; operators have none.
pub(super) fn receiver(event: &Event) -> Option<End> {
    Some(match event {
        Event::Deliver(m) => m.to,
        Event::Timer(id, _) | Event::Signal(id, _) | Event::ClientGone(id, _, _) => {
            End::Server(*id)
        }
        Event::Synced(done) => End::Server(done.server),
        Event::ClientWake(id) | Event::ProgramWake(id) | Event::ClientClosed(id, _) => {
            End::Client(*id)
        }
        Event::Vault(_) => return None,
    })
}
