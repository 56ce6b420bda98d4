//! What goes wrong in a random scenario.

use super::super::error::ScriptError;
use super::{Class, Player};
use crate::base::{Duration, ServerId};
use crate::protocol::zab::packet::Packet;
use crate::storage::ReadFiles;
use crate::storage::damage;
use crate::world::command::{Command, CrashKind, CrashPoint, DiskFault, Endpoint, PacketMatch};

impl Player {
    /// Something breaks, or is mended.
    pub(super) fn fault(&mut self) -> Result<(), ScriptError> {
        if self.class == Class::B && self.dice.chance(1, 4) {
            return self.damage();
        }
        match self.dice.below(20) {
            0..=2 => self.crash(),
            3 | 4 => self.set_crash_trap(),
            5..=8 => self.mend(),
            9 => self.pause(),
            10 => self.cut(),
            11 => self.partition(),
            12 => self.slow(),
            13 | 14 => self.set_packet_trap(),
            15 => self.trouble_disk(),
            16 => {
                let server = self.any_server();
                let by_ms = self.dice.between(0, 7_200_000) as i64 - 3_600_000;
                self.perform(Command::Clock { server, by_ms })
            }
            17 => self.operator(),
            _ => self.perform(Command::Heal(None)),
        }
    }

    fn crash(&mut self) -> Result<(), ScriptError> {
        let Some(server) = self.victim() else {
            return self.mend();
        };
        let kind = self.kind();
        self.perform(Command::Crash { server, kind })
    }

    fn set_crash_trap(&mut self) -> Result<(), ScriptError> {
        let Some(server) = self.victim() else {
            return self.mend();
        };
        let kind = self.kind();
        let point = *self.dice.pick(&CrashPoint::ALL);
        self.trapped.push(server);
        self.perform(Command::CrashAt {
            server,
            kind,
            point,
            zxid: None,
        })
    }

    fn kind(&mut self) -> CrashKind {
        *self
            .dice
            .pick(&[CrashKind::Power, CrashKind::Power, CrashKind::Process])
    }

    /// A server that may die. Mostly a quorum is left, so that work goes on.
    fn victim(&mut self) -> Option<ServerId> {
        let up = self.servers(|h| h.is_up());
        let ensemble = &self.world().config().ensemble;
        let working = self
            .servers(|h| h.is_up() && !h.paused && ensemble.is_voter(h.id))
            .len();
        let spare = working > ensemble.majority_size();
        if up.is_empty() || !spare && !self.dice.chance(1, 6) {
            return None;
        }
        Some(*self.dice.pick(&up))
    }

    /// Starts a dead server, lets a frozen one go on, or mends the network.
    fn mend(&mut self) -> Result<(), ScriptError> {
        let down = self.servers(|h| !h.is_up());
        if !down.is_empty() {
            let server = *self.dice.pick(&down);
            return self.perform(Command::Restart(server));
        }
        let paused = self.servers(|h| h.paused);
        if !paused.is_empty() {
            let server = *self.dice.pick(&paused);
            return self.perform(Command::Resume(server));
        }
        match self.sick_disks.pop() {
            Some(server) => {
                let fault = DiskFault::Ok;
                self.perform(Command::Disk { server, fault })
            }
            None => self.perform(Command::Heal(None)),
        }
    }

    fn pause(&mut self) -> Result<(), ScriptError> {
        let running = self.servers(|h| h.is_up() && !h.paused);
        if running.is_empty() {
            return self.mend();
        }
        let server = *self.dice.pick(&running);
        self.perform(Command::Pause(server))
    }

    fn cut(&mut self) -> Result<(), ScriptError> {
        let (a, b) = self.two_ends();
        self.perform(Command::Cut(a, b))
    }

    fn partition(&mut self) -> Result<(), ScriptError> {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for server in self.servers(|_| true) {
            let side = if self.dice.chance(1, 2) {
                &mut left
            } else {
                &mut right
            };
            side.push(Endpoint::Server(server));
        }
        let groups = [left, right]
            .into_iter()
            .filter(|g| !g.is_empty())
            .collect();
        self.perform(Command::Partition(groups))
    }

    fn slow(&mut self) -> Result<(), ScriptError> {
        let (a, b) = self.two_ends();
        self.slowed.push((a.clone(), b.clone()));
        let by = Duration::from_ms(self.dice.between(5, 400));
        self.perform(Command::Slow { a, b, by })
    }

    fn set_packet_trap(&mut self) -> Result<(), ScriptError> {
        let (from, to) = self.two_ends();
        let word = match (&from, &to) {
            (Endpoint::Client(_), _) => "request",
            (_, Endpoint::Client(_)) => "reply",
            _ => *self.dice.pick(&Packet::WORDS),
        };
        let packet = PacketMatch {
            from,
            to,
            word: word.to_owned(),
            zxid: None,
            nth: 1,
        };
        self.packet_traps += 1;
        if self.dice.chance(1, 2) {
            return self.perform(Command::Lose(packet));
        }
        let by = Duration::from_ms(self.dice.between(5, 800));
        self.perform(Command::Late { packet, by })
    }

    /// Two servers, or a server and a client, in any order.
    fn two_ends(&mut self) -> (Endpoint, Endpoint) {
        let mut ends = self.servers(|_| true);
        let at = self.dice.below(ends.len() as u64) as usize;
        let first = Endpoint::Server(ends.remove(at));
        if self.dice.chance(3, 4) {
            return (first, Endpoint::Server(*self.dice.pick(&ends)));
        }
        let names = self.world().clients().iter().map(|c| c.name.clone());
        let names: Vec<String> = names.collect();
        let client = Endpoint::Client(self.dice.pick(&names).clone());
        if self.dice.chance(1, 2) {
            (first, client)
        } else {
            (client, first)
        }
    }

    fn trouble_disk(&mut self) -> Result<(), ScriptError> {
        let server = self.any_server();
        self.sick_disks.push(server);
        let fault = match self.dice.below(2) {
            0 => DiskFault::Full,
            _ => DiskFault::Slow(self.dice.between(2, 30) as u32),
        };
        self.perform(Command::Disk { server, fault })
    }

    fn operator(&mut self) -> Result<(), ScriptError> {
        if self.class == Class::B && self.dice.chance(1, 2) {
            return self.back_up();
        }
        let up = self.servers(|h| h.is_up());
        if up.is_empty() {
            return self.mend();
        }
        let server = *self.dice.pick(&up);
        if self.dice.chance(2, 3) {
            return self.perform(Command::Snapshot(server));
        }
        self.perform(Command::Purge { server, retain: 3 })
    }

    /// Class B: what nobody promises to survive.
    fn damage(&mut self) -> Result<(), ScriptError> {
        let server = self.any_server();
        let names = self.world().host(server).disk.names();
        let fault = match self.dice.below(9) {
            0 => {
                self.sick_disks.push(server);
                DiskFault::Lying
            }
            1 => return self.wipe(),
            2 if !names.is_empty() => {
                let file = self.dice.pick(&names).to_string();
                DiskFault::Delete { file }
            }
            3 if self.has_record(server) => DiskFault::Tear,
            4..=6 => return self.use_vault(),
            _ => match self.flip(server) {
                Some(fault) => fault,
                None => return self.wipe(),
            },
        };
        self.perform(Command::Disk { server, fault })
    }

    /// True when there is a last record to tear.
    fn has_record(&self, server: ServerId) -> bool {
        let disk = &self.world().host(server).disk;
        damage::tear(&mut disk.clone(), &mut self.dice.clone()).is_some()
    }

    /// A bit of a file that has any.
    fn flip(&mut self, server: ServerId) -> Option<DiskFault> {
        let disk = &self.world().host(server).disk;
        let long = |name: &crate::storage::FileName| {
            let len = disk.file(name).map_or(0, |f| f.data_end());
            (len > 0).then(|| (name.to_string(), len))
        };
        let files: Vec<(String, u64)> = disk.names().iter().filter_map(long).collect();
        if files.is_empty() {
            return None;
        }
        let (file, len) = self.dice.pick(&files).clone();
        Some(DiskFault::Flip {
            file,
            offset: self.dice.below(len),
            bit: self.dice.below(8) as u8,
        })
    }

    fn wipe(&mut self) -> Result<(), ScriptError> {
        let down = self.servers(|h| !h.is_up());
        if down.is_empty() {
            return self.crash();
        }
        let server = *self.dice.pick(&down);
        self.perform(Command::Wipe(server))
    }
}
