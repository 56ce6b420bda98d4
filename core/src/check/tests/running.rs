//! The checks on real worlds: green under faults that ZooKeeper survives, red for the right reason
//! when a correction is off.

use std::sync::Arc;

use crate::base::{Duration, Instant, ServerId};
use crate::check::{BrokenAssumption, Monitor, Property, liveness};
use crate::model::request::CreateMode;
use crate::model::{Acl, Ensemble, Request};
use crate::protocol::zab::Role;
use crate::protocol::{Config, Profile, Switch};
use crate::world::{Command, CrashKind, World};

struct Run {
    world: World,
    monitor: Monitor,
}

impl Run {
    fn new(config: Config) -> Self {
        let config = Arc::new(config);
        let mut run = Self {
            monitor: Monitor::new(&config),
            world: World::new(config),
        };
        run.wait(Duration::from_s(2));
        run.perform(Command::Client {
            name: "a".to_owned(),
            server: ServerId(2),
            servers: Vec::new(),
            timeout: Duration::from_s(4),
        });
        run.wait(Duration::from_s(1));
        run
    }

    fn wait(&mut self, time: Duration) {
        let until = self.world.now() + time;
        while let Some(step) = self.world.step_until(until) {
            self.monitor.observe(&step, &self.world);
        }
        self.world.advance_to(until);
    }

    /// One step, when something is due.
    fn next(&mut self) {
        let step = self.world.step().expect("something is due");
        self.monitor.observe(&step, &self.world);
    }

    fn perform(&mut self, command: Command) {
        let step = self.world.perform(&Arc::new(command));
        let step = step.expect("the command is possible");
        self.monitor.observe(&step, &self.world);
    }

    fn create(&mut self, path: &str) {
        self.perform(Command::Invoke {
            client: "a".to_owned(),
            request: Arc::new(Request::Create {
                path: path.to_owned(),
                data: None,
                acl: Acl::open(),
                mode: CreateMode::Persistent,
                op: CreateMode::Persistent.op(),
            }),
        });
    }

    fn leader(&self) -> ServerId {
        let leads = |s: &ServerId| {
            let process = self.world.host(*s).process.as_ref();
            process.is_some_and(|p| p.role() == Role::Leading)
        };
        let mut servers = self.world.config().ensemble.servers();
        servers.find(leads).expect("somebody leads")
    }

    #[track_caller]
    fn is_green(&self) {
        let all: Vec<_> = self.monitor.verdicts().violations().collect();
        assert!(all.is_empty(), "{all:#?}");
    }
}

fn five() -> Config {
    Config {
        ensemble: Ensemble::majority(5, 0),
        ..Config::default()
    }
}

#[test]
fn power_losses_of_leaders_between_writes_are_survived() {
    let mut run = Run::new(five());
    for round in 0..3 {
        for n in 0..5 {
            run.create(&format!("/n{round}-{n}"));
            run.wait(Duration::from_ms(20));
        }
        run.create(&format!("/last{round}"));
        run.wait(Duration::from_ms(4));
        let leader = run.leader();
        run.perform(Command::Crash {
            server: leader,
            kind: CrashKind::Power,
        });
        run.wait(Duration::from_s(5));
        run.perform(Command::Restart(leader));
        run.wait(Duration::from_s(5));
        run.is_green();
    }
    run.monitor.begin_calm(&run.world);
    run.wait(liveness::calm(run.world.config()));
    run.monitor.judge_liveness(&run.world);
    run.monitor.finish(&run.world);
    run.is_green();
    let judged = run.monitor.properties();
    let open = judged.iter().filter(|(_, v)| v.as_bool().is_none());
    let open: Vec<_> = open.map(|(name, _)| *name).collect();
    assert_eq!(open, ["S18", "S19", "S20"]);
    assert!(
        run.monitor
            .ledger()
            .filter(|(_, _, told)| told.is_some())
            .count()
            >= 15
    );
}

#[test]
fn a_confirmed_write_dies_with_the_power_when_nobody_waits_for_fsync() {
    for fsync_first in [true, false] {
        let switches = Profile::Zablab
            .switches()
            .with(Switch::FsyncBeforeAck, fsync_first);
        let mut run = Run::new(Config {
            switches,
            fsync: crate::protocol::Range::ms(50, 60),
            ..Config::default()
        });
        run.create("/a");
        while run.monitor.ledger().all(|(_, _, told)| told.is_none()) {
            run.next();
            assert!(run.world.now() < Instant(10_000_000), "the write is told");
        }
        for server in [1, 2, 3].map(ServerId) {
            run.perform(Command::Crash {
                server,
                kind: CrashKind::Power,
            });
        }
        let verdict = run.monitor.verdicts().of(Property::S9);
        assert_eq!(verdict.as_bool(), Some(fsync_first));
        let explained = verdict.violation().and_then(|v| v.assumption.clone());
        let switch = BrokenAssumption::SwitchOff(Switch::FsyncBeforeAck);
        assert_eq!(explained, (!fsync_first).then_some(switch));
        assert_eq!(run.monitor.lost().is_empty(), fsync_first);
    }
}

#[test]
fn a_halved_quorum_breaks_leadership() {
    let switches = Profile::Zablab.switches().with(Switch::StrictQuorum, false);
    let ensemble = Ensemble::majority(4, 0);
    let mut run = Run::new(Config {
        ensemble,
        switches,
        ..Config::default()
    });
    let end = |n| crate::world::Endpoint::Server(ServerId(n));
    run.perform(Command::Partition(vec![
        vec![end(1), end(2)],
        vec![end(3), end(4)],
    ]));
    run.wait(Duration::from_s(8));
    let verdicts = run.monitor.verdicts();
    let harm = [Property::S1, Property::S9, Property::S12];
    let done = harm.map(|p| verdicts.of(p).violation().is_some());
    assert!(done.contains(&true), "two halves that both decide do harm");
}
