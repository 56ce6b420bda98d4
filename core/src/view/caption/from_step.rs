//! From a step to the things worth a sentence, in the order in which they happened.
//!
//! Of the world only names are asked, and what a client asked and was told: these never change later,
//! so that a sentence is the same whenever it is made.

use std::sync::Arc;

use super::{Caption, Parcel, Run, Who};
use crate::base::{ClientId, ServerId};
use crate::model::ReplyBody;
use crate::model::{Request, Zxid};
use crate::protocol::zab::packet::Packet;
use crate::protocol::{ClientPacket, Decision, Effect, ServerPacket};
use crate::world::client::PING_XID;
use crate::world::{
    Actor, Cause, Client, Command, End, Message, Outcome, Payload, RequestOutcome, Step, World,
};

/// What a step has to tell; `world` is a world of the same run at or after it.
pub fn captions(step: &Step, world: &World) -> Vec<Caption> {
    let mut teller = Teller {
        step,
        world,
        said: Vec::new(),
    };
    teller.cause();
    for outcome in &step.outcomes {
        teller.outcome(outcome);
    }
    teller.finish()
}

/// A request as people write it: `create /orders/2`.
pub fn request(request: &Request) -> String {
    match (request, request.path()) {
        (Request::Multi(ops), _) => format!("multi ({})", ops.len()),
        (_, Some(path)) => format!("{} {path}", request.word()),
        (_, None) => request.word().to_owned(),
    }
}

struct Teller<'a> {
    step: &'a Step,
    world: &'a World,
    said: Vec<Caption>,
}

impl Teller<'_> {
    fn say(&mut self, caption: Caption) {
        self.said.push(caption);
    }

    fn client(&self, id: ClientId) -> Option<&Client> {
        self.world.clients().get(usize::from(id.0))
    }

    fn name(&self, id: ClientId) -> String {
        self.client(id).map(|c| c.name.clone()).unwrap_or_default()
    }

    fn who(&self, end: End) -> Who {
        match end {
            End::Server(id) => Who::Server(id),
            End::Client(id) => Who::Client(self.name(id)),
        }
    }

    fn parcel(&self, message: &Message) -> Parcel {
        let word = match &message.payload {
            Payload::ToServer(ClientPacket::Request { request: asked, .. }) => request(asked),
            payload => payload.word().to_ascii_uppercase(),
        };
        Parcel {
            from: self.who(message.from),
            to: self.who(message.to),
            word,
            zxid: message.payload.zxid().filter(|zxid| !zxid.is_epoch_start()),
        }
    }

    /// The acting server; only called where the actor is one.
    fn actor(&self) -> ServerId {
        match self.step.actor {
            Actor::Server(id) => id,
            Actor::Client(_) | Actor::World => ServerId(0),
        }
    }

    fn cause(&mut self) {
        let (step, s) = (self.step, self.actor());
        match &step.cause {
            Cause::Command(command) => self.command(command),
            Cause::Delivered(message) => self.delivered(message),
            Cause::Dropped(message) => self.say(Caption::Dropped(self.parcel(message))),
            Cause::Timer(timer) => self.say(Caption::TimerFired(s, *timer)),
            Cause::Synced { records, .. } => match run(records.iter().map(|r| r.zxid())) {
                Some(run) => self.say(Caption::Forced(s, run)),
                None => self.say(Caption::ForcedFile(s)),
            },
            Cause::Boot => self.say(Caption::Booted(s)),
            Cause::LinkUp(peer) => self.say(Caption::LinkUp(s, *peer)),
            Cause::Opened(peer) => self.say(Caption::Opened(s, *peer)),
            Cause::Closed(peer) => self.say(Caption::Closed(s, *peer)),
            Cause::DiskFailed => self.say(Caption::DiskFailed(s)),
            Cause::ClientConnected | Cause::Operator => {}
            Cause::ClientDisconnected(client) => {
                let name = self.name(*client);
                self.say(Caption::Disconnected(name));
            }
            Cause::ClientTimer => self.client_timer(),
            Cause::ProgramWake => {
                if let Actor::Client(id) = step.actor {
                    self.say(Caption::Woke(self.name(id)));
                }
            }
        }
    }

    fn command(&mut self, command: &Arc<Command>) {
        match &**command {
            // The death itself is told by its outcome.
            Command::Crash { .. } => {}
            Command::Invoke {
                client,
                request: asked,
            } => {
                let server = self.called();
                self.say(Caption::Asked {
                    client: client.clone(),
                    request: request(asked),
                    server,
                });
            }
            _ => self.say(Caption::Command(Arc::clone(command))),
        }
    }

    fn delivered(&mut self, message: &Message) {
        let small_talk = match &message.payload {
            Payload::Peer(Packet::Ping { .. } | Packet::PingReply { .. }) => true,
            Payload::ToServer(ClientPacket::Request { cxid, .. })
            | Payload::ToClient(ServerPacket::Reply { cxid, .. }) => *cxid == PING_XID,
            _ => false,
        };
        if small_talk {
            let (to, from) = (self.who(message.to), self.who(message.from));
            return self.say(Caption::HeardPing { to, from });
        }
        match (&message.payload, message.from, message.to) {
            (
                Payload::ToClient(ServerPacket::Connected { session, .. }),
                End::Server(server),
                End::Client(id),
            ) => {
                let client = self.name(id);
                if session.0 == 0 {
                    self.say(Caption::Expired(client));
                } else {
                    self.say(Caption::Connected { client, server });
                }
            }
            // What a client learns is told by its outcome.
            (Payload::ToClient(ServerPacket::Reply { .. } | ServerPacket::Event(_)), ..) => {}
            _ => {
                let parcel = self.parcel(message);
                self.say(Caption::Received(parcel));
            }
        }
    }

    fn client_timer(&mut self) {
        let Actor::Client(id) = self.step.actor else {
            return;
        };
        let client = self.name(id);
        let dials = self.step.outcomes.iter().any(|outcome| match outcome {
            Outcome::Sent(m) => {
                matches!(m.payload, Payload::ToServer(ClientPacket::Connect { .. }))
            }
            _ => false,
        });
        match self.called() {
            Some(server) if dials => self.say(Caption::Dialled { client, server }),
            Some(_) => self.say(Caption::Pinged(Who::Client(client))),
            None => self.say(Caption::Stranded(client)),
        }
    }

    /// The server to which a client sent something in this step.
    fn called(&self) -> Option<ServerId> {
        self.step.outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Sent(m) => match (m.from, m.to) {
                (End::Client(_), End::Server(server)) => Some(server),
                _ => None,
            },
            _ => None,
        })
    }

    fn outcome(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Effect(effect) => self.effect(effect),
            // The command has said it.
            Outcome::BackedUp { .. } | Outcome::Copied { .. } | Outcome::Refused(_) => {}
            Outcome::Vault(event) => self.say(Caption::Vault(event.clone())),
            Outcome::Sent(message) => self.sent(message),
            Outcome::Lost(message) => {
                let parcel = self.parcel(message);
                match self.said.iter_mut().find_map(|c| match c {
                    Caption::Lost(parcels) => Some(parcels),
                    _ => None,
                }) {
                    Some(parcels) => parcels.push(parcel),
                    None => self.say(Caption::Lost(vec![parcel])),
                }
            }
            Outcome::Died {
                server,
                kind,
                point,
                lost,
            } => {
                let files = lost.iter().flat_map(|l| &l.files);
                self.say(Caption::Died {
                    server: *server,
                    kind: *kind,
                    point: *point,
                    lost: files.clone().map(|f| f.lost).sum(),
                    torn: files.clone().any(|f| f.torn),
                });
            }
            Outcome::Told { client, entry, txn } => self.told(*client, *entry, *txn),
            Outcome::Unknown { client, entries } => {
                let history = self.client(*client).map(|c| &c.history);
                let asked = entries.iter().filter_map(|at| history?.get(*at as usize));
                let requests = asked.map(|i| request(&i.request)).collect();
                let client = self.name(*client);
                self.said
                    .retain(|c| !matches!(c, Caption::Disconnected(_) | Caption::Stranded(_)));
                self.say(Caption::Unknown { client, requests });
            }
            Outcome::Expired { client, entries } => {
                let history = self.client(*client).map(|c| &c.history);
                let asked = entries.iter().filter_map(|at| history?.get(*at as usize));
                let requests = asked.map(|i| request(&i.request)).collect();
                let client = self.name(*client);
                self.say(Caption::NeverSent { client, requests });
            }
            Outcome::Notified { client, entry } => self.notified(*client, *entry),
            Outcome::Recipe {
                client,
                recipe,
                path,
                standing,
            } => self.say(Caption::Recipe {
                client: self.name(*client),
                recipe: *recipe,
                path: path.to_string(),
                standing: standing.clone(),
            }),
            Outcome::Stored {
                client,
                token,
                highest,
                accepted,
            } => self.say(Caption::Stored {
                client: self.name(*client),
                token: *token,
                newer: highest.filter(|highest| highest > token),
                accepted: *accepted,
            }),
        }
    }

    fn notified(&mut self, client: ClientId, entry: u32) {
        let heard = self
            .client(client)
            .and_then(|c| c.events.get(entry as usize));
        if let Some(notice) = heard.cloned() {
            self.say(Caption::Notified {
                client: self.name(client),
                kind: notice.event.kind,
                path: notice.event.path.to_string(),
            });
        }
    }

    fn told(&mut self, client: ClientId, entry: u32, txn: Option<Zxid>) {
        let Some(invocation) = self
            .client(client)
            .and_then(|c| c.history.get(entry as usize))
        else {
            return;
        };
        let RequestOutcome::Told { reply, .. } = &invocation.outcome else {
            return;
        };
        let caption = Caption::Told {
            client: self.name(client),
            request: created(&invocation.request, &reply.body),
            zxid: txn,
            error: reply.error,
        };
        self.say(caption);
    }

    fn effect(&mut self, effect: &Effect) {
        let s = self.actor();
        match effect {
            Effect::Decide(Decision::QuorumOfAcks { zxid, acks }) => self.say(Caption::Quorum {
                zxid: *zxid,
                acks: acks.len(),
                voters: self.world.config().ensemble.voters.len(),
            }),
            Effect::Decide(decision) => self.say(Caption::Decided(s, decision.clone())),
            Effect::Propose(record) => self.say(Caption::Proposed {
                leader: s,
                zxid: record.zxid(),
                what: subject(record.txn.body.word(), record.txn.body.path()),
            }),
            Effect::Append { record, .. } => self.grow(
                record.zxid(),
                |c| match c {
                    Caption::Appended(_, run) => Some(run),
                    _ => None,
                },
                |run| Caption::Appended(s, run),
            ),
            Effect::Apply(record) => self.grow(
                record.zxid(),
                |c| match c {
                    Caption::Applied(_, run) => Some(run),
                    _ => None,
                },
                |run| Caption::Applied(s, run),
            ),
            Effect::Commit(zxid) if self.leads() => {
                let observers = !self.world.config().ensemble.observers.is_empty();
                self.grow(
                    *zxid,
                    |c| match c {
                        Caption::Committed { run, .. } => Some(run),
                        _ => None,
                    },
                    |run| Caption::Committed {
                        leader: s,
                        run,
                        observers,
                    },
                );
            }
            Effect::ToClient {
                client,
                packet: ServerPacket::Reply { cxid, reply, txn },
                ..
            } if *cxid != PING_XID => {
                let caption = Caption::Answered {
                    server: s,
                    client: self.name(*client),
                    zxid: *txn,
                    error: reply.error,
                };
                self.say(caption);
            }
            Effect::Halt(reason) => self.say(Caption::Halted {
                server: s,
                reason: reason.clone(),
            }),
            _ => {}
        }
    }

    fn leads(&self) -> bool {
        let after = self.step.after.or(self.step.before);
        after.is_some_and(|status| status.leader == Some(self.actor()))
    }

    fn sent(&mut self, message: &Message) {
        let (s, Payload::Peer(packet), End::Server(to)) =
            (self.actor(), &message.payload, message.to)
        else {
            return;
        };
        match packet {
            Packet::Ack { zxid } if !zxid.is_epoch_start() => self.grow(
                *zxid,
                |c| match c {
                    Caption::Acked { run, .. } => Some(run),
                    _ => None,
                },
                |run| Caption::Acked {
                    server: s,
                    leader: to,
                    run,
                },
            ),
            Packet::Notification { vote, .. } => {
                let known = self.said.iter().any(|c| match c {
                    Caption::Voted { .. } => true,
                    Caption::Decided(_, d) => matches!(
                        d,
                        Decision::StartedRound { .. } | Decision::AdoptedVote { .. }
                    ),
                    _ => false,
                });
                if !known {
                    self.say(Caption::Voted {
                        server: s,
                        vote: *vote,
                    });
                }
            }
            _ => {}
        }
    }

    /// Adds a zxid to the run of the last caption of a kind, or starts one.
    fn grow(
        &mut self,
        zxid: Zxid,
        of_kind: impl Fn(&mut Caption) -> Option<&mut Run>,
        new: impl FnOnce(Run) -> Caption,
    ) {
        match self.said.iter_mut().rev().find_map(of_kind) {
            Some(run) => *run = run.then(zxid),
            None => self.say(new(Run::one(zxid))),
        }
    }

    /// Leaves small talk out where something better was said.
    fn finish(mut self) -> Vec<Caption> {
        let most = self.said.iter().map(Caption::weight).max().unwrap_or(0);
        if most >= 2 {
            self.said.retain(|caption| caption.weight() > 0);
        }
        self.said
    }
}

/// The request, with the path that a sequential create was given.
fn created(asked: &Request, body: &ReplyBody) -> String {
    match body {
        ReplyBody::Created { path, .. } => format!("{} {path}", asked.word()),
        _ => request(asked),
    }
}

fn subject(word: &str, path: Option<&str>) -> String {
    match path {
        Some(path) => format!("{word} {path}"),
        None => word.to_owned(),
    }
}

fn run(zxids: impl Iterator<Item = Zxid>) -> Option<Run> {
    zxids.fold(None, |run: Option<Run>, zxid| {
        Some(run.map_or(Run::one(zxid), |run| run.then(zxid)))
    })
}
