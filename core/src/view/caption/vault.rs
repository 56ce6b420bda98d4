//! What operators ask of the vault and what comes of it, in both languages.

use super::z;
use crate::base::{Moment, ServerId};
use crate::model::Zxid;
use crate::view::lang::Text;
use crate::world::vault::{Declared, Point, RestoreOrder, VaultEvent, VaultOrder};

/// What an operator asks for.
pub(in crate::view::caption) fn order(order: &VaultOrder) -> Text {
    match order {
        VaultOrder::Restore(order) => restore(order),
    }
}

fn restore(order: &RestoreOrder) -> Text {
    let (name, servers) = (&order.name, list(&order.to));
    let (until_en, until_zh) = match order.until {
        None => (String::new(), String::new()),
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
        format!("运维人员把备份 {name} 联合还原到 {servers}{until_zh}。{drops_zh}"),
    )
}

/// Up to where.
pub(in crate::view::caption) fn point(point: Point) -> Text {
    match point {
        Point::Zxid(zxid) => {
            let zxid = z(zxid);
            Text::new(format!("up to {zxid}"), format!("到 {zxid} 为止"))
        }
        Point::Before(ms) => {
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

fn declaration(d: &Declared) -> Text {
    let (backup, zxid) = (&d.backup, z(d.zxid));
    let Text { en, zh } = price(&d.lost);
    Text::new(
        format!("History will end at {zxid} with {backup}. {en}"),
        format!("还原 {backup} 后，历史将止于 {zxid}。{zh}"),
    )
}

fn restored(d: &Declared, epoch: i64) -> Text {
    let (servers, zxid) = (list(&d.servers), z(d.zxid));
    let Text { en, zh } = price(&d.lost);
    let (sessions_en, sessions_zh) = match d.drop_sessions {
        true => (
            format!(" Sessions that ended: {}.", d.sessions),
            format!("结束了 {} 个会话。", d.sessions),
        ),
        false => Default::default(),
    };
    Text::new(
        format!(
            "{servers} hold the tree of {zxid}, and nothing behind it; the epoch is e{epoch} now. {en}{sessions_en}"
        ),
        format!(
            "{servers} 都持有 {zxid} 的数据树，其后再无内容；纪元升为 e{epoch}。{zh}{sessions_zh}"
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

fn list(servers: &[ServerId]) -> String {
    let names: Vec<String> = servers.iter().map(ToString::to_string).collect();
    names.join(", ")
}

/// `2026-01-01 00:00:05.250`.
fn time(ms: i64) -> String {
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
