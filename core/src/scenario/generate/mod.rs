//! Random scenarios from a seed.
//!
//! The generator *plays*: it looks at the world, chooses what to do next, and does it through a
//! [`Runner`], line by line. So every line makes sense when it comes, a crash point that has sprung
//! is seen, and the lines are a script that runs again with the same result.
//!
//! ```text
//!   ensemble ─► clients ─► { requests, faults, a little time } × 6..14 ─► peace ─► last words
//! ```
//! **Class A** holds what ZooKeeper promises to survive: crashes at any moment and at crash points,
//! cuts, partitions, pauses, slow, late and lost packets, clock jumps, full disks, torn pending
//! bytes (every power loss tears). **Class B** adds what nobody promises to survive: flipped bits,
//! deleted files, wiped, lying and torn disks, old backups put in place, and a correction that is turned
//! off. In both an operator may use the vault (`operator`), and restore all servers jointly.
//!
//! [`programs`] plays another kind under class A: each client has a program of its own, and in the end
//! everything is read back.
//!
//! In the end everything is mended, and a fresh client writes. Under class A that write must commit,
//! all servers must become equal, and liveness is judged over a calm time.

mod chaos;
mod operator;
mod peace;
pub mod programs;
mod requests;
mod setup;
mod vault;

use std::sync::Arc;

use super::ast::{Action, Claim, Fact, Program};
use super::error::ScriptError;
use super::runner::{Options, Runner};
use crate::base::rng::Subject;
use crate::base::{Dice, Duration, ServerId};
use crate::check::history::Order;
use crate::history::Keep;
use crate::world::command::{Command, Endpoint};
use crate::world::config::Config;
use crate::world::{Host, World};

/// What may happen in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What ZooKeeper promises to survive.
    A,
    /// Anything.
    B,
}

impl Class {
    /// Its letter.
    pub const fn letter(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
        }
    }
}

/// Most steps of a generated run; the ordinary one has some thousands.
const STEPS_MAX: u64 = 200_000;

/// Plays the scenario of a seed. An error is one of the generator itself, or a run that does not end.
pub fn play(seed: u64, class: Class) -> (Runner, Option<ScriptError>) {
    let mut player = Player::new(seed, class);
    let error = player.whole_scenario().err();
    player.runner.close();
    (player.runner, error)
}

/// Whoever plays: the dice, the run so far, and what must be mended in the end.
struct Player {
    class: Class,
    dice: Dice,
    runner: Runner,
    /// Links that are slow.
    slowed: Vec<(Endpoint, Endpoint)>,
    /// Servers that may die at a crash point.
    trapped: Vec<ServerId>,
    /// Packets that wait to be lost or late.
    packet_traps: u32,
    /// Disks that are full, lying or slow.
    sick_disks: Vec<ServerId>,
    /// Clients so far.
    clients: u32,
    /// Backups so far.
    backups: u32,
    /// The dice of whoever uses the vault.
    operator: Option<Dice>,
    /// The order of the writes, when it is asked for.
    order: Option<Order>,
}

impl Player {
    fn new(seed: u64, class: Class) -> Self {
        let mut dice = Dice::new(seed, Subject::Generator);
        let config = setup::config(seed, class, &mut dice);
        let mut own = Dice::new(seed, Subject::Operator);
        Self {
            operator: own.chance(1, 3).then_some(own),
            ..Self::with(class, dice, config)
        }
    }

    fn with(class: Class, dice: Dice, config: Config) -> Self {
        let options = Options {
            keep: Keep::NoHistory,
            steps_max: STEPS_MAX,
            ..Options::default()
        };
        let program = Program::of([Action::Ensemble(Arc::new(config))]);
        Self {
            class,
            dice,
            runner: Runner::new(Arc::new(program), options),
            slowed: Vec::new(),
            trapped: Vec::new(),
            packet_traps: 0,
            sick_disks: Vec::new(),
            clients: 0,
            backups: 0,
            operator: None,
            order: None,
        }
    }

    fn whole_scenario(&mut self) -> Result<(), ScriptError> {
        for _ in 0..self.dice.between(2, 4) {
            self.new_client()?;
        }
        self.until(Fact::Leader(None), 60)?;
        for _ in 0..self.dice.between(6, 14) {
            for _ in 0..self.dice.below(5) {
                self.request()?;
            }
            for _ in 0..self.dice.below(3) {
                self.fault()?;
            }
            self.operate()?;
            self.let_time_pass()?;
        }
        self.make_peace()
    }

    fn new_client(&mut self) -> Result<(), ScriptError> {
        self.clients += 1;
        let name = format!("c{}", self.clients);
        let server = self.any_server();
        let timeout = Duration::from_ms(self.dice.between(2, 20) * 500);
        self.perform(Command::Client {
            name,
            server,
            servers: Vec::new(),
            timeout,
        })
    }

    /// Sometimes a few events, to stop between two of them; sometimes long enough for an election.
    fn let_time_pass(&mut self) -> Result<(), ScriptError> {
        match self.dice.below(10) {
            0..=3 => {
                let steps = self.dice.between(1, 40);
                self.play(Action::Step(steps))
            }
            4..=6 => {
                let ms = self.dice.between(1, 60);
                self.play(Action::Run(Duration::from_ms(ms)))
            }
            7 | 8 => {
                let ms = self.dice.between(100, 1_500);
                self.play(Action::Run(Duration::from_ms(ms)))
            }
            _ => {
                let ms = self.dice.between(2_000, 6_000);
                self.play(Action::Run(Duration::from_ms(ms)))
            }
        }
    }

    fn play(&mut self, action: Action) -> Result<(), ScriptError> {
        self.runner.play(action, &mut self.order)
    }

    fn perform(&mut self, command: Command) -> Result<(), ScriptError> {
        self.play(Action::Perform(Arc::new(command)))
    }

    fn until(&mut self, fact: Fact, within_s: u64) -> Result<(), ScriptError> {
        let claim = Claim { not: false, fact };
        let within = Duration::from_s(within_s);
        self.play(Action::Until { claim, within })
    }

    fn expect(&mut self, fact: Fact) -> Result<(), ScriptError> {
        self.play(Action::Expect(Claim { not: false, fact }))
    }

    fn world(&self) -> &World {
        self.runner.world()
    }

    fn servers(&self, wanted: impl Fn(&Host) -> bool) -> Vec<ServerId> {
        let hosts = self.world().hosts().iter();
        hosts.filter(|h| wanted(h)).map(|h| h.id).collect()
    }

    fn any_server(&mut self) -> ServerId {
        let all = self.servers(|_| true);
        *self.dice.pick(&all)
    }
}
