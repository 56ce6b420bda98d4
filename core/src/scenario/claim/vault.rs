//! Claims about the vault, and about what a disaster cost.

use super::Scene;
use crate::base::Duration;
use crate::model::Zxid;
use crate::scenario::ast::BackupState;
use crate::storage::backup::State;
use crate::world::vault::Work;

impl Scene<'_> {
    /// How far a backup is.
    pub(super) fn backup_state(&self, name: &str) -> BackupState {
        let Some(backup) = self.world.vault().get(name) else {
            return BackupState::Gone;
        };
        match (&backup.manifest.state, &backup.work) {
            (State::Whole, _) => BackupState::Whole,
            (State::Broken(_), _) => BackupState::Broken,
            (State::Taking { .. }, Work::Running(_)) => BackupState::Taking,
            (State::Taking { .. }, _) => BackupState::Incomplete,
        }
    }

    /// Did the last verification say that the backup can be restored, to its end?
    pub(super) fn is_verified(&self, name: &str, to: Option<Zxid>) -> bool {
        let backup = self.world.vault().get(name);
        let judged = backup.and_then(|backup| backup.judged.as_ref());
        judged.is_some_and(|(verdict, _)| {
            let range = verdict.restorable.as_ref();
            range.is_ok_and(|range| to.is_none_or(|to| range.last == to))
        })
    }

    pub(super) fn verdict_text(&self, name: &str) -> String {
        let backup = self.world.vault().get(name);
        match backup.and_then(|backup| backup.judged.as_ref()) {
            None => format!("{name} was not verified"),
            Some((verdict, _)) => match &verdict.restorable {
                Ok(range) => format!("{name} is restorable to {}", range.last),
                Err(why) => format!("{name} is not restorable: {why}"),
            },
        }
    }

    /// Confirmed writes that are gone, declared or not.
    pub(super) fn rpo(&self) -> u64 {
        let toll = self.monitor.toll();
        toll.map_or(0, |toll| toll.lost.len() as u64)
    }

    /// How long no write was confirmed around the last recovery.
    pub(super) fn rto(&self) -> Option<Duration> {
        self.monitor.toll()?.rto()
    }

    pub(super) fn declared_text(&self) -> String {
        let all: Vec<String> = self
            .monitor
            .declared()
            .iter()
            .map(Zxid::to_string)
            .collect();
        match all.is_empty() {
            true => "no loss is declared".to_owned(),
            false => format!("declared: {}", all.join(", ")),
        }
    }
}
