//! A stage: three servers moved by hand, one step at a time.
//!
//! Each method is one step of a run, and says what a world would have said. Logs, databases and
//! epoch files are plain values, so a test can make any of them wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{ClientId, ConnId, Instant, ServerId, SessionId, StepId, WriteId};
use crate::check::scene::{Scene, Told};
use crate::check::survey::{Found, Survey};
use crate::check::{Monitor, Property};
use crate::model::ReplyBody;
use crate::model::request::CreateMode;
use crate::model::{
    Acl, Ensemble, Epoch, ErrorCode, Record, Reply, Request, Txn, TxnBody, TxnHeader, Zxid,
};
use crate::protocol::zab::packet::Packet;
use crate::protocol::zab::state::{Phase, Role, Status};
use crate::protocol::{Config, Decision, Effect};
use crate::storage::codec;
use crate::tree::{Database, TreeRules};
use crate::world::command::{Command, CrashKind};
use crate::world::message::{End, Message, Payload};
use crate::world::step::{Actor, Cause, Outcome, Step};

/// One server as the stage has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Figure {
    pub log: Vec<(Arc<Record>, bool)>,
    pub base: Zxid,
    pub database: Database,
    pub epochs: [Option<Epoch>; 2],
    status: Option<Status>,
}

/// An answer kept for [`Scene::told`].
#[derive(Clone, Debug)]
struct Answer {
    session: SessionId,
    request: Request,
    reply: Reply,
    txn: Option<Zxid>,
}

/// Three voters and what was observed of them.
pub(super) struct Stage {
    pub monitor: Monitor,
    pub figures: BTreeMap<ServerId, Figure>,
    pub steps: u64,
    answers: Vec<Answer>,
}

pub(super) const S1: ServerId = ServerId(1);
pub(super) const S2: ServerId = ServerId(2);
pub(super) const S3: ServerId = ServerId(3);
pub(super) const ALL: [ServerId; 3] = [S1, S2, S3];

pub(super) fn z(epoch: i64, counter: u32) -> Zxid {
    Zxid::new(Epoch(epoch), counter)
}

/// A create of `path` as a log record, without a digest.
pub(super) fn create(zxid: Zxid, path: &str) -> Arc<Record> {
    record(zxid, SessionId(7), create_body(path, false), None)
}

pub(super) fn create_body(path: &str, ephemeral: bool) -> TxnBody {
    TxnBody::Create {
        path: path.to_owned(),
        data: None,
        acl: Acl::open(),
        ephemeral,
        parent_cversion: 1,
        create2: false,
    }
}

pub(super) fn record(
    zxid: Zxid,
    session: SessionId,
    body: TxnBody,
    digest: Option<i64>,
) -> Arc<Record> {
    let header = TxnHeader {
        session,
        cxid: zxid.counter() as i32,
        zxid,
        time_ms: 1_000,
    };
    codec::record(Txn {
        header,
        body,
        digest,
    })
}

impl Stage {
    /// Three voters that have just booted on empty disks.
    pub(super) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(super) fn with(config: Config) -> Self {
        let config = Config {
            ensemble: Ensemble::majority(3, 0),
            ..config
        };
        let mut stage = Self {
            monitor: Monitor::new(&config),
            figures: ALL.map(|s| (s, Figure::default())).into(),
            steps: 0,
            answers: Vec::new(),
        };
        for server in ALL {
            stage.boot(server);
        }
        stage
    }

    /// Server 1 established in epoch 1, the others following.
    pub(super) fn broadcasting() -> Self {
        let mut stage = Self::new();
        stage.reign(S1, 1);
        stage
    }

    pub(super) fn figure(&mut self, server: ServerId) -> &mut Figure {
        self.figures.get_mut(&server).expect("one of three")
    }

    /// Does all of discovery and synchronisation rightly, with everybody.
    pub(super) fn reign(&mut self, leader: ServerId, epoch: i64) {
        for server in ALL {
            self.look(server);
            self.write_epochs(server, epoch, epoch);
        }
        for server in ALL.into_iter().filter(|s| *s != leader) {
            self.ack(server, leader, z(epoch, 0));
        }
        self.establish(leader, epoch);
        for server in ALL.into_iter().filter(|s| *s != leader) {
            self.serve(server, leader, epoch);
        }
    }

    /// A write that goes well everywhere.
    pub(super) fn write(&mut self, leader: ServerId, record: &Arc<Record>) {
        self.replicate(leader, record, &ALL);
        self.commit(leader, record.zxid());
        for server in ALL {
            self.apply(server, record);
        }
    }

    /// Proposed, logged, forced and acknowledged by these servers, the leader among them.
    pub(super) fn replicate(
        &mut self,
        leader: ServerId,
        record: &Arc<Record>,
        servers: &[ServerId],
    ) {
        self.propose(leader, record);
        for server in servers.iter().copied() {
            self.append(server, record);
            self.synced(server, std::slice::from_ref(record));
            if server != leader {
                self.ack(server, leader, record.zxid());
            }
        }
    }

    // --- single steps ---

    pub(super) fn boot(&mut self, server: ServerId) {
        let figure = self.figure(server);
        figure.database = recovered(figure);
        self.boot_as_it_is(server);
    }

    /// Boots with the database that the figure holds, right or wrong.
    pub(super) fn boot_as_it_is(&mut self, server: ServerId) {
        let figure = self.figure(server);
        let last = figure.database.last_zxid;
        let [accepted, current] = figure.epochs.map(Option::unwrap_or_default);
        let after = Status {
            accepted,
            current,
            ..status(Role::Looking, Phase::Election, None, 0, last)
        };
        self.step(server, Cause::Boot, Vec::new(), Some(after));
    }

    /// Says that a record was applied, without touching the database.
    pub(super) fn deliver_silently(&mut self, server: ServerId, record: &Arc<Record>) {
        self.effect(server, Effect::Apply(record.clone()));
    }

    pub(super) fn write_epochs(&mut self, server: ServerId, accepted: i64, current: i64) {
        self.figure(server).epochs = [Some(Epoch(accepted)), Some(Epoch(current))];
        let rename = crate::storage::FileOp::Rename {
            from: "currentEpoch.tmp".into(),
            to: "currentEpoch".into(),
        };
        let after = self.figure(server).status.map(|s| Status {
            accepted: Epoch(accepted),
            current: Epoch(current),
            ..s
        });
        self.step(server, idle(), vec![effect(Effect::Write(rename))], after);
    }

    pub(super) fn establish(&mut self, leader: ServerId, epoch: i64) {
        let start = z(epoch, 0);
        self.figure(leader).database.last_zxid = start;
        let mut after = status(Role::Leading, Phase::Broadcast, Some(leader), epoch, start);
        after.committed = start;
        self.step(leader, idle(), Vec::new(), Some(after));
    }

    pub(super) fn serve(&mut self, server: ServerId, leader: ServerId, epoch: i64) {
        let last = self.figure(server).database.last_zxid;
        let after = status(Role::Following, Phase::Broadcast, Some(leader), epoch, last);
        let said = vec![effect(Effect::Decide(Decision::Serving))];
        self.step(server, idle(), said, Some(after));
    }

    pub(super) fn look(&mut self, server: ServerId) {
        let last = self.figure(server).database.last_zxid;
        let epoch = self.figure(server).status.map_or(0, |s| s.current.0);
        let after = status(Role::Looking, Phase::Election, None, epoch, last);
        self.step(server, idle(), Vec::new(), Some(after));
    }

    pub(super) fn propose(&mut self, leader: ServerId, record: &Arc<Record>) {
        self.effect(leader, Effect::Propose(record.clone()));
    }

    pub(super) fn append(&mut self, server: ServerId, record: &Arc<Record>) {
        self.figure(server).log.push((record.clone(), false));
        let appended = Effect::Append {
            record: record.clone(),
            ops: Vec::new(),
        };
        self.effect(server, appended);
    }

    pub(super) fn synced(&mut self, server: ServerId, records: &[Arc<Record>]) {
        let done = |r: &Arc<Record>| records.iter().any(|d| d.zxid() == r.zxid());
        for (record, durable) in &mut self.figure(server).log {
            *durable |= done(record);
        }
        let cause = Cause::Synced {
            id: WriteId(1),
            records: records.to_vec(),
        };
        let after = self.figure(server).status;
        self.step(server, cause, Vec::new(), after);
    }

    /// An acknowledgement is sent, then it arrives.
    pub(super) fn ack(&mut self, from: ServerId, to: ServerId, zxid: Zxid) {
        let message = Arc::new(Message {
            id: self.steps,
            from: End::Server(from),
            to: End::Server(to),
            conn: ConnId(1),
            payload: Payload::Peer(Packet::Ack { zxid }),
            sent: Instant(self.steps),
            due: Instant(self.steps + 1),
        });
        let after = self.figure(from).status;
        let sent = vec![Outcome::Sent(message.clone())];
        self.step(from, idle(), sent, after);
        let after = self.figure(to).status;
        self.step(to, Cause::Delivered(message), Vec::new(), after);
    }

    pub(super) fn commit(&mut self, leader: ServerId, zxid: Zxid) {
        self.effect(leader, Effect::Commit(zxid));
    }

    pub(super) fn apply(&mut self, server: ServerId, record: &Arc<Record>) {
        let figure = self.figure(server);
        figure.database.apply(&record.txn, TreeRules::zablab());
        self.effect(server, Effect::Apply(record.clone()));
    }

    /// The power of a server fails: what is not durable is gone.
    pub(super) fn power_loss(&mut self, server: ServerId) {
        self.figure(server).log.retain(|(_, durable)| *durable);
        let died = Outcome::Died {
            server,
            kind: CrashKind::Power,
            point: None,
            lost: None,
        };
        self.step(server, idle(), vec![died], None);
    }

    pub(super) fn command(&mut self, command: Command) {
        let cause = Cause::Command(Arc::new(command));
        self.observe(Actor::World, cause, Vec::new(), None, None);
    }

    pub(super) fn decide(&mut self, server: ServerId, decision: Decision) {
        self.effect(server, Effect::Decide(decision));
    }

    /// A session is told the outcome of a request, as entry `entry` of client 0.
    pub(super) fn told(
        &mut self,
        entry: u32,
        request: Request,
        at: Zxid,
        txn: Option<Zxid>,
        body: ReplyBody,
    ) {
        let answer = Answer {
            session: SessionId(7),
            request,
            reply: Reply {
                zxid: at,
                error: ErrorCode::Ok,
                body,
            },
            txn,
        };
        let index = entry as usize;
        while self.answers.len() <= index {
            self.answers.push(answer.clone());
        }
        self.answers[index] = answer;
        let client = ClientId(0);
        let told = Outcome::Told { client, entry, txn };
        self.observe(Actor::Client(client), idle(), vec![told], None, None);
    }

    pub(super) fn told_write(&mut self, entry: u32, zxid: Zxid) {
        let request = Request::Create {
            path: "/a".to_owned(),
            data: None,
            acl: Acl::open(),
            mode: CreateMode::Persistent,
            op: CreateMode::Persistent.op(),
        };
        self.told(entry, request, zxid, Some(zxid), ReplyBody::Empty);
    }

    pub(super) fn told_read(&mut self, entry: u32, at: Zxid) {
        let path = "/b".to_owned();
        let request = Request::Exists { path, watch: false };
        self.told(entry, request, at, None, ReplyBody::Empty);
    }

    pub(super) fn finish(&mut self) {
        let set = Set(&self.figures, &self.answers);
        self.monitor.close(&set);
    }

    // --- questions ---

    /// The properties that are broken.
    pub(super) fn broken(&self) -> Vec<Property> {
        let all = self.monitor.verdicts();
        all.violations().map(|v| v.property).collect()
    }

    #[track_caller]
    pub(super) fn is_green(&self) {
        let all: Vec<_> = self.monitor.verdicts().violations().collect();
        assert!(all.is_empty(), "{all:#?}");
    }

    #[track_caller]
    pub(super) fn breaks(&self, properties: &[Property]) {
        let all: Vec<_> = self.monitor.verdicts().violations().collect();
        assert_eq!(self.broken(), properties, "{all:#?}");
    }

    fn effect(&mut self, server: ServerId, done: Effect) {
        let last = self.figure(server).database.last_zxid;
        let after = self.figure(server).status;
        let after = after.map(|s| Status { applied: last, ..s });
        self.step(server, idle(), vec![effect(done)], after);
    }

    pub(super) fn step(
        &mut self,
        server: ServerId,
        cause: Cause,
        outcomes: Vec<Outcome>,
        after: Option<Status>,
    ) {
        let before = self.figure(server).status;
        self.figure(server).status = after;
        self.observe(Actor::Server(server), cause, outcomes, before, after);
    }

    fn observe(
        &mut self,
        actor: Actor,
        cause: Cause,
        outcomes: Vec<Outcome>,
        before: Option<Status>,
        after: Option<Status>,
    ) {
        let step = Step {
            id: StepId(self.steps),
            at: Instant(self.steps),
            actor,
            cause,
            outcomes,
            before,
            after,
        };
        self.steps += 1;
        let set = Set(&self.figures, &self.answers);
        self.monitor.watch(&step, &set);
    }
}

/// The part of the stage that the checks look at.
struct Set<'a>(&'a BTreeMap<ServerId, Figure>, &'a [Answer]);

impl Scene for Set<'_> {
    fn database(&self, server: ServerId) -> Option<&Database> {
        let figure = &self.0[&server];
        figure.status.map(|_| &figure.database)
    }

    fn survey(&self, server: ServerId) -> Survey {
        let figure = &self.0[&server];
        let found = |(record, durable): &(Arc<Record>, bool)| Found {
            record: record.clone(),
            durable: *durable,
        };
        Survey {
            startable: true,
            base: figure.base,
            base_durable: figure.base,
            log: figure.log.iter().map(found).collect(),
            database: Some(recovered(figure)),
        }
    }

    fn epochs(&self, server: ServerId) -> [Option<Epoch>; 2] {
        self.0[&server].epochs
    }

    fn told(&self, _client: ClientId, entry: u32) -> Option<Told<'_>> {
        let answer = self.1.get(entry as usize)?;
        Some(Told {
            session: answer.session,
            request: &answer.request,
            reply: &answer.reply,
            txn: answer.txn,
        })
    }
}

fn recovered(figure: &Figure) -> Database {
    let mut database = Database::new();
    for (record, _) in &figure.log {
        database.apply(&record.txn, TreeRules::zablab());
    }
    database
}

fn effect(effect: Effect) -> Outcome {
    Outcome::Effect(effect)
}

/// A cause that means nothing to the checks.
fn idle() -> Cause {
    Cause::ClientTimer
}

fn status(role: Role, phase: Phase, leader: Option<ServerId>, epoch: i64, applied: Zxid) -> Status {
    Status {
        role,
        phase,
        leader,
        accepted: Epoch(epoch),
        current: Epoch(epoch),
        logged: applied,
        committed: applied,
        applied,
    }
}
