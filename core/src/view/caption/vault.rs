//! What operators ask of the vault and what comes of it, in both languages.

use super::{worth, z};
use crate::base::{Moment, ServerId};
use crate::model::Zxid;
use crate::view::lang::Text;
use crate::world::vault::{
    BackupKind, CopyOrder, Declared, Held, Point, PolicyOrder, RestoreOrder, TakeOrder, VaultEvent,
    VaultFault, VaultOrder,
};

/// What an operator asks for.
pub(in crate::view::caption) fn order(order: &VaultOrder) -> Text {
    match order {
        VaultOrder::Take(order) => take(order),
        VaultOrder::Ship(order) => {
            let (name, from, every) = (&order.name, order.from, order.every);
            Text::new(
                format!(
                    "From now on the log of {from} is shipped every {every}, behind {}; the increments are {name}-1, {name}-2, …",
                    order.parent
                ),
                format!(
                    "从现在起每 {every} 传送一次 {from} 的日志，接在 {} 之后；增量依次为 {name}-1、{name}-2……",
                    order.parent
                ),
            )
        }
        VaultOrder::Resume(name) => Text::new(
            format!("An operator lets backup {name} go on."),
            format!("运维人员让备份 {name} 继续。"),
        ),
        VaultOrder::Stop(name) => Text::new(
            format!("An operator stops {name}."),
            format!("运维人员停止 {name}。"),
        ),
        VaultOrder::Verify(name) => Text::new(
            format!("An operator tries whether {name} can be restored."),
            format!("运维人员试验 {name} 能否还原。"),
        ),
        VaultOrder::Policy(None) => {
            Text::new("No rule takes backups any more.", "不再按策略做备份。")
        }
        VaultOrder::Policy(Some(order)) => policy(order),
        VaultOrder::Restore(order) => restore(order),
        VaultOrder::Fault(fault) => self::fault(fault),
    }
}

fn take(order: &TakeOrder) -> Text {
    let (name, from) = (&order.name, order.from);
    match (&order.parent, order.order) {
        (Some(parent), _) => Text::new(
            format!(
                "An operator begins the incremental backup {name}: the log of {from} behind {parent}."
            ),
            format!("运维人员开始增量备份 {name}：{from} 在 {parent} 之后的日志。"),
        ),
        (None, CopyOrder::SnapshotFirst) => Text::new(
            format!(
                "An operator begins the full backup {name} of {from}: the snapshot first, then the log."
            ),
            format!("运维人员开始对 {from} 做全量备份 {name}：先复制快照，再复制日志。"),
        ),
        (None, CopyOrder::LogsFirst) => Text::new(
            format!(
                "An operator begins the full backup {name} of {from}: the log first, then the snapshot. That is the wrong order."
            ),
            format!(
                "运维人员开始对 {from} 做全量备份 {name}：先复制日志，再复制快照。这个顺序是错的。"
            ),
        ),
    }
}

/// A rule in a sentence.
pub(in crate::view) fn policy(order: &PolicyOrder) -> Text {
    let (from, full) = (order.from, order.full);
    let mut en = format!("{from}: a full backup every {full}");
    let mut zh = format!("{from}：每 {full} 一次全量备份");
    if let Some(every) = order.incremental {
        en.push_str(&format!(", an increment every {every}"));
        zh.push_str(&format!("，每 {every} 一次增量备份"));
    }
    if let Some(keep) = order.keep {
        en.push_str(&format!(
            "; {keep} full ones stay, with what goes on from them"
        ));
        zh.push_str(&format!("；保留 {keep} 份全量及其后续增量"));
    }
    if let Some(age) = order.age {
        en.push_str(&format!("; what is older than {age} goes"));
        zh.push_str(&format!("；早于 {age} 的清除"));
    }
    Text::new(format!("{en}."), format!("{zh}。"))
}

fn fault(fault: &VaultFault) -> Text {
    match fault {
        VaultFault::Capacity(None) => {
            Text::new("The vault has room again.", "备份库重新有了空间。")
        }
        VaultFault::Capacity(Some(room)) => Text::new(
            format!("The vault has room for {room} B in all."),
            format!("备份库总共只能放 {room} B。"),
        ),
        VaultFault::Cut(true) => Text::new(
            "No server reaches the vault any more.",
            "所有服务器都连不上备份库了。",
        ),
        VaultFault::Cut(false) => {
            Text::new("The vault can be reached again.", "备份库重新可以连上。")
        }
        VaultFault::Flip {
            backup,
            file,
            offset,
            ..
        } => Text::new(
            format!("In the vault a bit of {file} of {backup} flips, at byte {offset}."),
            format!("备份库中 {backup} 的 {file} 在第 {offset} 字节翻转了一位。"),
        ),
        VaultFault::Delete(name) => Text::new(
            format!("Backup {name} is deleted."),
            format!("备份 {name} 被删除。"),
        ),
    }
}

fn restore(order: &RestoreOrder) -> Text {
    let name = &order.name;
    let Text {
        en: servers,
        zh: servers_zh,
    } = list(&order.to);
    let (until_en, until_zh) = match order.until {
        None | Some(Point::End) => (String::new(), String::new()),
        Some(point) => {
            let Text { en, zh } = self::point(point);
            (format!(", {en}"), format!("，{zh}"))
        }
    };
    let (drops_en, drops_zh) = match order.drop_sessions {
        true => (
            " All sessions end, and their ephemerals with them.",
            "所有会话随之结束，其临时 znode 一并删除。",
        ),
        false => ("", ""),
    };
    Text::new(
        format!("An operator restores backup {name} on {servers} jointly{until_en}.{drops_en}"),
        format!("运维人员把备份 {name} 联合还原到 {servers_zh}{until_zh}。{drops_zh}"),
    )
}

/// Up to where.
fn point(point: Point) -> Text {
    match point {
        Point::End => Text::new("up to its end", "到末尾为止"),
        Point::Zxid(zxid) => {
            let zxid = z(zxid);
            Text::new(format!("up to {zxid}"), format!("到 {zxid} 为止"))
        }
        Point::BeforeTime(ms) => {
            let at = time(ms);
            Text::new(
                format!("up to the last transaction before {at}"),
                format!("到 {at} 之前的最后一个事务为止"),
            )
        }
    }
}

/// What came of it.
pub(in crate::view::caption) fn event(event: &VaultEvent) -> Text {
    match event {
        VaultEvent::Begun {
            backup,
            server,
            kind,
            again,
            ..
        } => begun(backup, *server, *kind, *again),
        VaultEvent::Copying {
            backup,
            server,
            file,
            bytes,
            done,
            all,
            ..
        } => {
            let all = all.max(done);
            Text::new(
                format!("{bytes} B of {file} go from {server} to {backup}: {done} of {all} B."),
                format!("{server} 把 {file} 的 {bytes} B 送往 {backup}：{done} / {all} B。"),
            )
        }
        VaultEvent::PassedOver { backup, file, .. } => Text::new(
            format!("{file} is no good; {backup} takes an older snapshot."),
            format!("{file} 不可用，{backup} 改用更早的快照。"),
        ),
        VaultEvent::Taken {
            backup,
            kind,
            bytes,
            zxid,
            ..
        } => {
            let (zxid, Text { en, zh }) = (z(*zxid), kind_of(*kind));
            Text::new(
                format!("The {en} backup {backup} is whole: {bytes} B, up to {zxid}."),
                format!("{zh} {backup} 已完整：{bytes} B，到 {zxid} 为止。"),
            )
        }
        VaultEvent::NothingNew { server, .. } => Text::new(
            format!("The log of {server} has nothing new: no increment."),
            format!("{server} 的日志没有新内容，不产生增量。"),
        ),
        VaultEvent::Stopped {
            backup,
            why,
            done,
            all,
            ..
        } => {
            let (all, Text { en, zh }) = (all.max(done), worth::stopped(why));
            Text::new(
                format!("Backup {backup} stops at {done} of {all} B and is not whole. {en}"),
                format!("备份 {backup} 停在 {done} / {all} B，不完整。{zh}"),
            )
        }
        VaultEvent::Broken { backup, why, .. } => {
            let Text { en, zh } = worth::broken(why);
            Text::new(
                format!("Backup {backup} will never be whole. {en}"),
                format!("备份 {backup} 不可能完整了。{zh}"),
            )
        }
        VaultEvent::Verified { backup, verdict } => {
            let Text { en, zh } = worth::verdict(verdict);
            Text::new(format!("{backup}: {en}"), format!("{backup}：{zh}"))
        }
        VaultEvent::Retired { gone, held, .. } => retired(gone, held),
        VaultEvent::Declared(declared) => declaration(declared),
        VaultEvent::Staged {
            backup,
            server,
            bytes,
        } => Text::new(
            format!("The files of {backup} lie beside those of {server}, checked: {bytes} B."),
            format!("{backup} 的文件已放到 {server} 旁侧并通过校验：{bytes} B。"),
        ),
        VaultEvent::Restored { declared, epoch } => restored(declared, epoch.0),
        VaultEvent::GivenUp { backup, server } => Text::new(
            format!(
                "The restore of {backup} is given up: {server} is in the way. Nothing has changed on any disk."
            ),
            format!("{backup} 的还原被放弃：{server} 不满足条件。没有任何磁盘被改动。"),
        ),
    }
}

fn begun(backup: &str, server: ServerId, kind: BackupKind, again: bool) -> Text {
    let Text { en, zh } = kind_of(kind);
    match again {
        true => Text::new(
            format!("The {en} backup {backup} of {server} goes on where it stopped."),
            format!("{server} 的{zh} {backup} 从中断处继续。"),
        ),
        false => Text::new(
            format!("The {en} backup {backup} of {server} begins."),
            format!("{server} 的{zh} {backup} 开始。"),
        ),
    }
}

fn kind_of(kind: BackupKind) -> Text {
    let zh = match kind {
        BackupKind::Full => "全量备份",
        BackupKind::Incremental => "增量备份",
        BackupKind::Cold => "冷备份",
        BackupKind::Hot => "热备份",
    };
    Text::new(kind.word(), zh)
}

fn retired(gone: &[std::sync::Arc<str>], held: &[Held]) -> Text {
    let (mut en, mut zh) = (String::new(), String::new());
    if !gone.is_empty() {
        let names = gone.join(", ");
        en = format!("The rule lets {names} go.");
        zh = format!("按策略清除 {names}。");
    }
    if let Some(Held { parent, child }) = held.first() {
        let gap = if en.is_empty() { "" } else { " " };
        en.push_str(&format!(
            "{gap}{parent} is due, and stays: {child} goes on from it."
        ));
        zh.push_str(&format!("{parent} 已到期但保留：{child} 依赖它。"));
    }
    if en.is_empty() {
        return Text::new("Nothing is due to go any more.", "没有到期待清除的备份了。");
    }
    Text::new(en, zh)
}

fn declaration(d: &Declared) -> Text {
    let (backup, zxid) = (&d.backup, z(d.zxid));
    let Text { en, zh } = price(&d.lost);
    Text::new(
        format!("History will end at {zxid} with {backup}. {en}"),
        format!("还原 {backup} 后，历史将止于 {zxid}。{zh}"),
    )
}

fn restored(d: &Declared, epoch: i64) -> Text {
    let zxid = z(d.zxid);
    let Text {
        en: servers,
        zh: servers_zh,
    } = list(&d.servers);
    let Text { en, zh } = price(&d.lost);
    let (sessions_en, sessions_zh) = match d.drop_sessions {
        true => (
            format!(
                " All sessions ended, and {} ephemerals with them.",
                d.ephemerals
            ),
            format!("所有会话已结束，{} 个临时 znode 随之删除。", d.ephemerals),
        ),
        false => Default::default(),
    };
    Text::new(
        format!(
            "{servers} hold the tree of {zxid}, and nothing behind it; the epoch is e{epoch} now. {en}{sessions_en}"
        ),
        format!(
            "{servers_zh} 都持有 {zxid} 的数据树，其后再无内容；纪元升为 e{epoch}。{zh}{sessions_zh}"
        ),
    )
}

/// What a restore loses.
fn price(lost: &[Zxid]) -> Text {
    match lost {
        [] => Text::new("No confirmed write is lost.", "没有已答复的写入会丢失。"),
        [one] => {
            let one = z(*one);
            Text::new(
                format!("Declared loss: the confirmed write {one}."),
                format!("声明丢失：已答复的写入 {one}。"),
            )
        }
        [first, .., last] => {
            let (first, last, count) = (z(*first), z(*last), lost.len());
            Text::new(
                format!("Declared loss: {count} confirmed writes, {first} to {last}."),
                format!("声明丢失：{count} 个已答复的写入，从 {first} 到 {last}。"),
            )
        }
    }
}

fn list(servers: &[ServerId]) -> Text {
    let names: Vec<String> = servers.iter().map(ToString::to_string).collect();
    Text::new(names.join(", "), names.join("、"))
}

/// `2026-01-01 00:00:05.250`.
pub(in crate::view) fn time(ms: i64) -> String {
    let Moment {
        year,
        month,
        day,
        time: [hour, minute, second],
        ms,
        ..
    } = Moment::of_ms(ms);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{ms:03}")
}
