//! Why a backup stops, breaks, or cannot be restored, in both languages.

use super::z;
use crate::storage::backup::{
    Broken, CannotResume, Fault, NotRestorable, NotThere, Standing, State, Verdict, Warning,
};
use crate::view::lang::Text;
use crate::world::vault::StopReason;

/// Why a backup will never be whole.
pub fn broken(why: &Broken) -> Text {
    match why {
        Broken::NoSnapshot => Text::new(
            "The source has no finished snapshot.",
            "源上没有写完的快照。",
        ),
        Broken::Uncovered(base) => {
            let base = z(*base);
            Text::new(
                format!("The log that goes on from snapshot {base} was purged."),
                format!("接续快照 {base} 的日志已被清理。"),
            )
        }
        Broken::Gap { after, found, .. } => {
            let (after, found) = (z(*after), z(*found));
            Text::new(
                format!(
                    "The log of the source goes on at {found}, and the chain ends at {after}: the server got a snapshot \
                     in between. Take a full backup."
                ),
                format!(
                    "源的日志从 {found} 继续，而备份链止于 {after}：其间服务器收到了一份快照。请重新做全量备份。"
                ),
            )
        }
        Broken::Vanished(file) => Text::new(
            format!("{file} was purged before it was copied."),
            format!("{file} 在复制之前就被清理了。"),
        ),
        Broken::Damaged { file, offset, .. } => Text::new(
            format!("{file} of the source is damaged at byte {offset}."),
            format!("源上的 {file} 在第 {offset} 字节处损坏。"),
        ),
        Broken::ChainBroken { file, found, .. } => {
            let (en, zh) = match found {
                Standing::NoFile => ("the file is gone", "文件已不在"),
                Standing::NoRecord => ("the log was cut", "日志已被截断"),
                Standing::Other(_) => (
                    "the log was cut and went on differently",
                    "日志被截断后写入了别的内容",
                ),
            };
            Text::new(
                format!(
                    "The last record of the parent is no longer in {file}: {en}. Take a full backup."
                ),
                format!("父备份的最后一条记录已不在 {file} 中：{zh}。请重新做全量备份。"),
            )
        }
    }
}

/// Why a backup stopped halfway.
pub fn stopped(why: &StopReason) -> Text {
    match why {
        StopReason::Operator => Text::new("An operator stopped it.", "运维人员停止了它。"),
        StopReason::SourceDown => Text::new("The source lost power.", "源服务器断电。"),
        StopReason::Fault(fault) => self::fault(fault),
    }
}

/// Why source or vault did not do what it was asked.
pub fn fault(fault: &Fault) -> Text {
    match fault {
        Fault::Gone(file) => Text::new(format!("{file} is not there."), format!("没有 {file}。")),
        Fault::Full => Text::new("The vault is full.", "备份库已满。"),
        Fault::Cut => Text::new("The link to the vault is cut.", "到备份库的链路已断。"),
        Fault::Failed(why) => Text::new(why.to_string(), why.to_string()),
    }
}

/// Why a backup cannot be taken up again.
pub fn cannot_resume(why: &CannotResume) -> Text {
    match why {
        CannotResume::Whole => Text::new("It is whole.", "它已经完整。"),
        CannotResume::Broken(why) => broken(why),
        CannotResume::Fault(why) => fault(why),
    }
}

/// What a trial recovery came to.
pub fn verdict(verdict: &Verdict) -> Text {
    match &verdict.restorable {
        Ok(range) => {
            let (first, last) = (z(range.first), z(range.last));
            if range.first == range.last {
                return Text::new(
                    format!("Restorable to {last}."),
                    format!("可还原到 {last}。"),
                );
            }
            Text::new(
                format!("Restorable to every point from {first} to {last}."),
                format!("可还原到 {first} 至 {last} 之间的任意一点。"),
            )
        }
        Err(why) => {
            let Text { en, zh } = not_restorable(why);
            Text::new(format!("Not restorable. {en}"), format!("不可还原。{zh}"))
        }
    }
}

/// Why a backup cannot be restored.
pub fn not_restorable(why: &NotRestorable) -> Text {
    match why {
        NotRestorable::Incomplete { backup, state } => match state {
            State::Broken(why) => broken(why),
            State::Taking { .. } | State::Whole => Text::new(
                format!("{backup} is not whole."),
                format!("{backup} 不完整。"),
            ),
        },
        NotRestorable::ParentLost { backup, parent } => Text::new(
            format!("{backup} goes on from {parent}, which is not there."),
            format!("{backup} 接续 {parent}，而 {parent} 已不存在。"),
        ),
        NotRestorable::PartMissing { backup, file } => Text::new(
            format!("{file} of {backup} is missing, or has another length."),
            format!("{backup} 的 {file} 缺失，或长度不符。"),
        ),
        NotRestorable::ChecksumWrong { backup, file } => Text::new(
            format!("The bytes of {file} in {backup} are not those that were copied."),
            format!("{backup} 中 {file} 的字节与复制时不同。"),
        ),
        NotRestorable::ChainBroken { backup, file } => Text::new(
            format!("{file} of {backup} does not begin where its parent ended."),
            format!("{backup} 的 {file} 没有从父备份的结尾处接续。"),
        ),
        NotRestorable::NoSnapshot => Text::new(
            "There is no snapshot to start from.",
            "没有可作为起点的快照。",
        ),
        NotRestorable::SnapshotUnrepaired {
            file,
            seen,
            log_ends,
        } => {
            let (seen, ends) = (z(*seen), z(*log_ends));
            Text::new(
                format!(
                    "{file} may hold effects up to {seen}, and the log has them only up to {ends}: this tree never existed."
                ),
                format!(
                    "{file} 可能已含到 {seen} 为止的效果，而日志中只到 {ends}：这棵树从未存在过。"
                ),
            )
        }
        NotRestorable::Gap(place) => {
            let (after, found) = (z(place.after), z(place.found));
            Text::new(
                format!("Transactions are missing: {found} comes after {after}."),
                format!("事务有缺口：{after} 之后就是 {found}。"),
            )
        }
        NotRestorable::Torn { ends, promised } => {
            let (ends, promised) = (z(*ends), z(*promised));
            Text::new(
                format!("The logs end at {ends}, and {promised} was promised."),
                format!("日志止于 {ends}，而承诺到 {promised}。"),
            )
        }
        NotRestorable::Damaged(corrupt) => Text::new(
            format!("A file is damaged at byte {}.", corrupt.offset),
            format!("有文件在第 {} 字节处损坏。", corrupt.offset),
        ),
        NotRestorable::Poison(zxid) => {
            let zxid = z(*zxid);
            Text::new(
                format!("No server can apply transaction {zxid}."),
                format!("没有服务器能应用事务 {zxid}。"),
            )
        }
        NotRestorable::TxnDigest { zxid } => {
            let zxid = z(*zxid);
            Text::new(
                format!("The tree after {zxid} is not the one that the leader had."),
                format!("{zxid} 之后的数据树与领导者当时的不同。"),
            )
        }
        NotRestorable::Fault(why) => fault(why),
    }
}

/// Why a point cannot be restored.
pub fn not_there(why: &NotThere) -> Text {
    match why {
        NotThere::Backup(why) => not_restorable(why),
        NotThere::Before { first } => {
            let first = z(*first);
            Text::new(
                format!("The first point that it gives is {first}."),
                format!("它能还原的最早一点是 {first}。"),
            )
        }
        NotThere::Behind { last } => {
            let last = z(*last);
            Text::new(format!("It ends at {last}."), format!("它止于 {last}。"))
        }
        NotThere::NoTime => Text::new(
            "No transaction in it has a time. Name a zxid.",
            "其中没有任何事务带有时间，请改用 zxid 指定。",
        ),
        NotThere::LastEpoch { known } => Text::new(
            format!("It knows epoch e{known}, and there is none above that."),
            format!("它记录的纪元是 e{known}，再往上已没有可用的纪元。"),
        ),
        NotThere::Epoch { least } => Text::new(
            format!("The epoch must be at least e{least}."),
            format!("纪元至少应为 e{least}。"),
        ),
        NotThere::Fault(why) => fault(why),
    }
}

/// What is odd about a backup.
pub fn warning(warning: &Warning) -> Text {
    match warning {
        Warning::SnapshotDigest { zxid } => {
            let zxid = z(*zxid);
            Text::new(
                format!(
                    "The digest noted for {zxid} is another one; later ones agree. False alarms are possible."
                ),
                format!("{zxid} 处记录的摘要不符，之后的都相符；可能是误报。"),
            )
        }
        Warning::SnapshotDigestNeverMet { zxid } => {
            let zxid = z(*zxid);
            Text::new(
                format!("The snapshot's digest is that of {zxid}, which never came."),
                format!("快照摘要对应 {zxid}，但它始终没有出现。"),
            )
        }
        Warning::NoDigest { file } => Text::new(
            format!("{file} does not say how fuzzy it is: only the end is promised."),
            format!("{file} 没有记录模糊到何处：只保证能还原到结尾。"),
        ),
        Warning::SnapshotCorrupt(_) => Text::new(
            "A snapshot was no good, and an older one was taken.",
            "有一个快照不可用，改用了更早的快照。",
        ),
        Warning::MayBeUncommitted => Text::new(
            "Its last transactions may be undone by the ensemble.",
            "末尾的事务可能会被集群回滚。",
        ),
    }
}
