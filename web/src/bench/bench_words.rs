//! The words of the bench that are its own, both languages side by side.

use zablab_core::view::Lang;
use zablab_core::view::frame::{
    BackupView, Cell, CellState, Damage, InLog, Say, ServerRow, SpanView, Zx,
};

use crate::words::{self, words};

words! {
    Torn: "torn", "撕裂";
    Corrupt: "CRC ✗", "CRC ✗";
    Truncated: "truncated", "已截断";
    Purged: "in snapshot only", "仅在快照中";
    Log: "Log columns", "日志列";
    Coverage: "Backup coverage", "备份覆盖";
}

/// What a server holds of a transaction, for who cannot see the cell.
pub(super) fn cell(lang: Lang, cell: Cell) -> String {
    let state = words::cell(lang, cell);
    let record = match (cell.record, lang) {
        (InLog::Damaged(Damage::Torn), Lang::En) => "its record is torn: the end is missing",
        (InLog::Damaged(Damage::Torn), Lang::Zh) => "记录撕裂：末尾缺失",
        (InLog::Damaged(Damage::Corrupt), Lang::En) => "its record is damaged: the checksum fails",
        (InLog::Damaged(Damage::Corrupt), Lang::Zh) => "记录损坏：校验和不符",
        (InLog::Purged, Lang::En) => "not in its log, a snapshot holds it",
        (InLog::Purged, Lang::Zh) => "不在日志中，由快照保存",
        _ => return state,
    };
    match (cell.state, lang) {
        (CellState::Missing, _) => record.to_owned(),
        (_, Lang::En) => format!("{state}; {record}"),
        (_, Lang::Zh) => format!("{state}；{record}"),
    }
}

/// A column, for who cannot see its bar: `e1·7: on disk at S1 S2, 2 are a majority`.
pub(super) fn column(lang: Lang, zx: Zx, holders: &[String], majority: u8, open: bool) -> String {
    if !open {
        return zx.to_string();
    }
    let on = holders.join(" ");
    match (lang, on.is_empty()) {
        (Lang::En, true) => format!("{zx}: on no disk yet, {majority} are a majority"),
        (Lang::En, false) => format!("{zx}: on the disks of {on}, {majority} are a majority"),
        (Lang::Zh, true) => format!("{zx}：尚未落盘，法定人数 {majority}"),
        (Lang::Zh, false) => format!("{zx}：已落盘于 {on}，法定人数 {majority}"),
    }
}

/// The folded range on the left.
pub(super) fn older(lang: Lang, range: &str) -> String {
    match lang {
        Lang::En => format!("Show older entries, {range}"),
        Lang::Zh => format!("显示更早的条目，{range}"),
    }
}

/// The folded range on the right.
pub(super) fn newer(lang: Lang, range: &str) -> String {
    match lang {
        Lang::En => format!("Show newer entries, {range}"),
        Lang::Zh => format!("显示更新的条目，{range}"),
    }
}

/// `snapshot e1·30`, with its state.
pub(super) fn span(lang: Lang, row: &ServerRow, span: &SpanView) -> String {
    let what = match (lang, span.writing, span.durable) {
        (Lang::En, true, _) => ", being written",
        (Lang::Zh, true, _) => "，正在写入",
        (Lang::En, false, false) => ", not forced yet",
        (Lang::Zh, false, false) => "，尚未刷盘",
        _ => "",
    };
    let (id, zx) = (row.id, span.zxid);
    match (lang, span.fuzzy_to) {
        (Lang::En, None) => format!("{id}: snapshot {zx}{what}"),
        (Lang::Zh, None) => format!("{id}：快照 {zx}{what}"),
        (Lang::En, Some(to)) => format!("{id}: snapshot {zx}, fuzzy up to {to}{what}"),
        (Lang::Zh, Some(to)) => format!("{id}：快照 {zx}，模糊至 {to}{what}"),
    }
}

/// The label on the bracket of a snapshot.
pub(super) fn span_label(lang: Lang, span: &SpanView) -> String {
    let counter = span.zxid;
    match lang {
        Lang::En => format!("snapshot {counter}"),
        Lang::Zh => format!("快照 {counter}"),
    }
}

/// `B3, hot, to e1·86`.
pub(super) fn backup(lang: Lang, backup: &BackupView) -> String {
    let BackupView {
        name, source, zxid, ..
    } = backup;
    match (lang, backup.hot) {
        (Lang::En, true) => format!("{name}: hot, from {source}, to {zxid}"),
        (Lang::En, false) => format!("{name}: copy of {source}, to {zxid}"),
        (Lang::Zh, true) => format!("{name}：{source} 热备份，至 {zxid}"),
        (Lang::Zh, false) => format!("{name}：{source} 的文件，至 {zxid}"),
    }
}

/// `, 2 more`: backups without a line.
pub(super) fn more(lang: Lang, count: usize) -> String {
    match lang {
        Lang::En => format!(", {count} more"),
        Lang::Zh => format!("，另 {count} 份"),
    }
}

/// `RPO gap: 14 txns`.
pub(crate) fn gap(lang: Lang, count: u64) -> String {
    match (lang, count) {
        (Lang::En, 1) => "RPO gap: 1 txn".to_owned(),
        (Lang::En, n) => format!("RPO gap: {n} txns"),
        (Lang::Zh, n) => format!("RPO 缺口：{n} 条"),
    }
}

/// What a voter says, for who cannot see its slot.
pub(super) fn say(lang: Lang, say: &Say) -> String {
    let Say { server, says, .. } = say;
    match (lang, says.is_empty()) {
        (Lang::En, true) => format!("{server}: nothing yet"),
        (Lang::Zh, true) => format!("{server}：尚无"),
        (Lang::En, false) => format!("{server}: {says}"),
        (Lang::Zh, false) => format!("{server}：{says}"),
    }
}

/// `round 2 · 2 of 3`: so many of the votes heard are its own.
pub(super) fn agree(lang: Lang, round: u64, agree: u8, of: usize) -> String {
    match lang {
        Lang::En => format!("round {round} · {agree} of {of}"),
        Lang::Zh => format!("第 {round} 轮 · {agree}/{of} 票"),
    }
}

/// `S1 | S2 S3`, on the wall between them.
pub(super) fn wall(lang: Lang, groups: &str) -> String {
    match lang {
        Lang::En => format!("nothing passes: {groups}"),
        Lang::Zh => format!("互不相通：{groups}"),
    }
}

/// A slot of the quorum bar.
pub(super) fn slot(lang: Lang, server: &str, durable: bool, down: bool) -> String {
    match (lang, durable, down) {
        (Lang::En, true, false) => format!("{server}: on its disk"),
        (Lang::En, true, true) => format!("{server}: on its disk, and it is down"),
        (Lang::En, false, false) => format!("{server}: not on its disk"),
        (Lang::En, false, true) => format!("{server}: not on its disk, and it is down"),
        (Lang::Zh, true, false) => format!("{server}：已落盘"),
        (Lang::Zh, true, true) => format!("{server}：已落盘，但已停机"),
        (Lang::Zh, false, false) => format!("{server}：未落盘"),
        (Lang::Zh, false, true) => format!("{server}：未落盘，且已停机"),
    }
}
