//! What an operator does with backups in a random scenario: takes some, and puts old ones in place.

use super::super::error::ScriptError;
use super::Player;
use crate::base::ServerId;
use crate::protocol::Profile;
use crate::world::Host;
use crate::world::command::Command;
use crate::world::vault::BackupKind;

impl Player {
    /// Takes a backup, or brings one back: by files onto a server that is down, or by its stream to one
    /// that serves.
    pub(super) fn use_vault(&mut self) -> Result<(), ScriptError> {
        let all: Vec<(String, BackupKind)> = self
            .world()
            .vault()
            .iter()
            .map(|(name, backup)| (name.to_string(), backup.kind))
            .collect();
        if all.is_empty() || self.dice.chance(1, 6) {
            return self.back_up();
        }
        let (name, kind) = self.dice.pick(&all).clone();
        let ready = self.servers(serves);
        if kind == BackupKind::Hot && !ready.is_empty() && self.dice.chance(3, 4) {
            let to = *self.dice.pick(&ready);
            return self.perform(Command::AdminRestore { name, to });
        }
        let down = self.servers(|h| !h.is_up() && !h.disk.is_full());
        if down.is_empty() {
            return self.back_up();
        }
        let to = *self.dice.pick(&down);
        self.perform(Command::Copy { name, to })
    }

    /// Takes a backup under a new name.
    pub(super) fn back_up(&mut self) -> Result<(), ScriptError> {
        let name = format!("b{}", self.world().vault().iter().count() + 1);
        let has_admin = self.world().config().profile != Profile::V3_8_0;
        let ready: Vec<ServerId> = self.servers(|h| has_admin && serves(h));
        if !ready.is_empty() && self.dice.chance(2, 3) {
            let kind = BackupKind::Hot;
            let from = *self.dice.pick(&ready);
            return self.perform(Command::Backup { kind, from, name });
        }
        let kind = BackupKind::Cold;
        let from = self.any_server();
        self.perform(Command::Backup { kind, from, name })
    }
}

fn serves(host: &Host) -> bool {
    let awake = host.process.as_ref().filter(|_| !host.paused);
    awake.is_some_and(|peer| peer.serves())
}
