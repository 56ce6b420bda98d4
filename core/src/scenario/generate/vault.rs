//! What is done with backups without a look at them: taken at once, and old ones put in place.

use std::sync::Arc;

use super::super::ast::Action;
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
            return self.bring_back(Command::AdminRestore { name, to });
        }
        let down = self.servers(|h| !h.is_up() && !h.disk.is_full());
        if down.is_empty() {
            return self.back_up();
        }
        let to = *self.dice.pick(&down);
        self.bring_back(Command::Copy { name, to })
    }

    /// A backup that is not whole, or was spoiled in the vault, cannot be brought back: another is taken.
    fn bring_back(&mut self, command: Command) -> Result<(), ScriptError> {
        let command = Arc::new(command);
        match self.is_possible(&command) {
            true => self.play(Action::Perform(command)),
            false => self.back_up(),
        }
    }

    /// Takes a backup under a new name.
    pub(super) fn back_up(&mut self) -> Result<(), ScriptError> {
        let name = self.backup_name();
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
