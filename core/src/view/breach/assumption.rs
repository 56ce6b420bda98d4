//! Which assumption of a safe ensemble did not hold, in a sentence.

use crate::check::assumption::{BrokenAssumption, DamageKind};
use crate::view::lang::Text;

/// The assumption that did not hold.
pub fn assumption(assumption: &BrokenAssumption) -> Text {
    match assumption {
        BrokenAssumption::SwitchOff(switch) => {
            let card = switch.card();
            Text::new(
                format!(
                    "The correction {} ({}) is turned off.",
                    card.name, card.issue
                ),
                format!("修正 {}（{}）被关闭。", card.name, card.issue),
            )
        }
        BrokenAssumption::ForceSyncOff => Text::new(
            "forceSync=no: servers acknowledge what is not yet on disk.",
            "forceSync=no：服务器确认了尚未落盘的数据。",
        ),
        BrokenAssumption::Damaged(damage) => {
            let s = damage.server;
            match damage.kind {
                DamageKind::Lying => Text::new(
                    format!("{s}'s disk lied: its fsync answered and forced nothing."),
                    format!("{s} 的磁盘谎报：fsync 已返回，数据并未落盘。"),
                ),
                DamageKind::Flipped => Text::new(
                    format!("A bit on {s}'s disk was flipped."),
                    format!("{s} 的磁盘上有一个比特被翻转。"),
                ),
                DamageKind::Deleted => Text::new(
                    format!("A file of {s} was deleted."),
                    format!("{s} 的一个文件被删除。"),
                ),
                DamageKind::Torn => Text::new(
                    format!("{s}'s newest log was torn."),
                    format!("{s} 最新的日志被撕裂。"),
                ),
                DamageKind::Wiped => Text::new(
                    format!("{s}'s disk was wiped."),
                    format!("{s} 的磁盘被清空。"),
                ),
                DamageKind::Copied => Text::new(
                    format!("An operator copied the files of a backup to {s}."),
                    format!("运维人员把备份的文件复制到了 {s}。"),
                ),
                DamageKind::Restored => Text::new(
                    format!("An operator restored a backup on {s} alone."),
                    format!("运维人员单独在 {s} 上恢复了备份。"),
                ),
            }
        }
    }
}
