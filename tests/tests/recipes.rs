//! Recipes in a whole ensemble while servers die, links break and clients freeze: fixed seeds.
//!
//! The ensemble itself is judged by its own properties. Here is what the clients rely on: one holder at
//! a time while no client freezes, tokens in order behind a store with fencing whatever happens, never
//! two nodes of one client, and a lock that somebody comes to hold when peace returns.

use std::sync::Arc;

use zablab_core::base::rng::Subject;
use zablab_core::base::{Dice, Duration, ServerId};
use zablab_core::history::Timeline;
use zablab_core::scenario::ast::Action;
use zablab_core::scenario::runner::Witness;
use zablab_core::scenario::{Options, Progress, Runner, parse, print, recorded};
use zablab_core::world::step::Step;
use zablab_core::world::{Client, Command, CrashKind, Endpoint, Recipe, RecipeState, World};

/// Runs of each kind.
const SEEDS: u64 = 100;
/// Faults of a run.
const FAULTS: usize = 40;
/// Clients of a run.
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
/// Servers of a run.
const SERVERS: u8 = 5;

/// A run and its dice.
struct Run {
    runner: Runner,
    dice: Dice,
    guard: Guard,
}

/// Looks at every step.
struct Guard {
    what: String,
    /// No two clients may believe at once that they hold the lock.
    exclusive: bool,
    /// Times that somebody came to hold the lock.
    held: usize,
    /// Steps at which two believed it.
    doubled: usize,
    holders: usize,
}

impl Witness for Guard {
    fn step(&mut self, step: &Step, timeline: &Timeline) {
        let world = timeline.world();
        let holders = world.clients().iter().filter(|c| holds(c)).count();
        self.held += holders.saturating_sub(self.holders);
        self.holders = holders;
        self.doubled += usize::from(holders > 1);
        if self.exclusive {
            assert!(
                holders <= 1,
                "{}: two hold the lock at {}",
                self.what,
                step.at
            );
        }
        assert!(world.store().is_in_order(), "{}: at {}", self.what, step.at);
        if step.id.0.is_multiple_of(64) {
            for client in world.clients() {
                assert!(
                    nodes_of(client, world) <= 1,
                    "{}: {}",
                    self.what,
                    client.name
                );
            }
        }
    }
}

fn holds(client: &Client) -> bool {
    client.recipe_state() == Some(RecipeState::Holding)
}

/// The most nodes that a client has in the tree of any server.
fn nodes_of(client: &Client, world: &World) -> usize {
    let peers = world.hosts().iter().filter_map(|h| h.process.as_ref());
    let counts = peers.map(|peer| peer.db().tree.ephemerals_of(client.session).count());
    counts.max().unwrap_or(0)
}

impl Run {
    fn new(seed: u64, exclusive: bool) -> Self {
        let script = format!("zablab 1\nensemble servers={SERVERS} seed={seed}\nuntil quiet\n");
        let program = Arc::new(parse(&script).expect("it is valid"));
        let mut run = Self {
            runner: Runner::new(program, Options::default()),
            dice: Dice::new(seed, Subject::Generator),
            guard: Guard {
                what: format!("seed {seed}"),
                exclusive,
                held: 0,
                doubled: 0,
                holders: 0,
            },
        };
        run.pass(Duration::from_ms(1));
        if !exclusive {
            run.perform(Command::Fencing(true));
        }
        for (i, name) in NAMES.iter().enumerate() {
            run.perform(Command::Client {
                name: (*name).to_owned(),
                server: ServerId(i as u8 + 1),
                servers: Vec::new(),
                timeout: Duration::from_s(5),
            });
        }
        run.pass(Duration::from_s(1));
        run
    }

    fn play(&mut self, action: Action) {
        let played = self.runner.play(action, &mut self.guard);
        played.unwrap_or_else(|error| panic!("{}: {error}", self.guard.what));
    }

    fn perform(&mut self, command: Command) {
        self.play(Action::Perform(Arc::new(command)));
    }

    fn pass(&mut self, time: Duration) {
        self.play(Action::Run(time));
    }

    fn client(&self, name: &str) -> &Client {
        self.runner.world().client_named(name).expect("it is there")
    }

    /// Who has nothing to do wants the lock again.
    fn keep_busy(&mut self) {
        for name in NAMES {
            let client = self.client(name);
            let idle = client.recipe_state().is_none_or(RecipeState::is_over);
            if idle && client.takes_requests() && !client.paused {
                let hold = Some(Duration::from_ms(self.dice.between(200, 15_000)));
                self.perform(Command::Recipe {
                    client: name.to_owned(),
                    recipe: Recipe::Lock { hold },
                    path: "/lock".to_owned(),
                });
            }
        }
    }

    fn fault(&mut self) {
        let server = ServerId(self.dice.between(1, u64::from(SERVERS)) as u8);
        let client = (*self.dice.pick(&NAMES)).to_owned();
        let host = self.runner.world().host(server);
        let (up, frozen) = (host.is_up(), host.paused);
        let kind = *self.dice.pick(&[CrashKind::Power, CrashKind::Process]);
        match self.dice.below(10) {
            0..3 if up => self.perform(Command::Crash { server, kind }),
            0..5 if !up => self.perform(Command::Restart(server)),
            5 if frozen => self.perform(Command::Resume(server)),
            5 if up => self.perform(Command::Pause(server)),
            6 => self.perform(Command::Drop { client }),
            7 => {
                let servers = (1..=SERVERS).map(|id| Endpoint::Server(ServerId(id)));
                let away = vec![Endpoint::Client(client)];
                self.perform(Command::Partition(vec![servers.collect(), away]));
            }
            8 if !self.guard.exclusive => match self.client(&client).paused {
                true => self.perform(Command::ResumeClient { client }),
                false => self.perform(Command::PauseClient { client }),
            },
            9 => self.perform(Command::Heal(None)),
            _ => {}
        }
    }

    fn peace(&mut self) {
        self.perform(Command::Heal(None));
        for server in (1..=SERVERS).map(ServerId) {
            let host = self.runner.world().host(server);
            match (host.is_up(), host.paused) {
                (false, _) => self.perform(Command::Restart(server)),
                (true, true) => self.perform(Command::Resume(server)),
                (true, false) => {}
            }
        }
        for name in NAMES {
            if self.client(name).paused {
                let client = name.to_owned();
                self.perform(Command::ResumeClient { client });
            }
        }
    }
}

/// A run of faults, then peace.
fn played(seed: u64, exclusive: bool) -> Run {
    let mut run = Run::new(seed, exclusive);
    for _ in 0..FAULTS {
        run.keep_busy();
        run.fault();
        let time = Duration::from_ms(run.dice.between(1, 2_500));
        run.pass(time);
    }
    run.peace();
    run.pass(Duration::from_s(40));
    run
}

/// Plays all seeds; returns how often somebody came to hold the lock, at how many steps two believed to
/// hold it, and how many writes the store refused.
fn runs(exclusive: bool) -> [usize; 3] {
    let [mut held, mut doubled, mut refused] = [0; 3];
    for seed in 1..=SEEDS {
        let mut run = played(seed, exclusive);
        let before = run.guard.held;
        run.keep_busy();
        run.pass(Duration::from_s(20));
        let alive = NAMES.iter().any(|name| run.client(name).takes_requests());
        assert!(
            !alive || run.guard.held > before,
            "seed {seed}: nobody gets the lock"
        );
        let verdicts = run.runner.timeline().monitor().verdicts();
        assert_eq!(verdicts.violations().count(), 0, "seed {seed}");
        held += run.guard.held;
        doubled += run.guard.doubled;
        let writes = run.runner.world().store().writes();
        refused += writes.filter(|write| !write.accepted).count();
    }
    [held, doubled, refused]
}

#[test]
fn while_no_client_freezes_nobody_holds_the_lock_beside_another() {
    let [held, doubled, refused] = runs(true);
    assert!(held > 500, "only {held} times somebody held the lock");
    assert_eq!((doubled, refused), (0, 0));
}

#[test]
fn a_store_with_fencing_sees_tokens_in_order_even_when_clients_freeze() {
    let [held, doubled, refused] = runs(false);
    assert!(held > 500, "only {held} times somebody held the lock");
    assert!(
        doubled > 0 && refused > 0,
        "{doubled} steps with two, {refused} refused"
    );
}

#[test]
fn a_run_with_recipes_printed_from_its_recording_runs_the_same_way_again() {
    for seed in 1..=10 {
        let first = played(seed, false).runner;
        let script = print::program(&recorded(first.timeline()));
        let program = parse(&script).unwrap_or_else(|error| panic!("{error}\n{script}"));
        let mut second = Runner::new(Arc::new(program), Options::default());
        assert_eq!(second.finish_with(&mut ()), Progress::Finished, "{script}");
        let digests = [&first, &second].map(|run| run.world().digest());
        assert_eq!(digests[0], digests[1], "seed {seed}\n{script}");
    }
}
