//! Words of the disk panel, in both languages.

use zablab_core::view::Lang;
use zablab_core::view::disk::{Cause, FileRow, FileView, Outlook, PartRow, Safety};

/// A text in English and in Chinese.
pub(super) type Pair = (&'static str, &'static str);

pub(super) const FILE: Pair = ("File", "文件");
pub(super) const SERVER: Pair = ("Server", "服务器");
pub(super) const FORCE_SYNC_ON: Pair = ("forceSync on", "forceSync 开");
pub(super) const FORCE_SYNC_OFF: Pair = ("forceSync off", "forceSync 关");
pub(super) const FULL: Pair = ("disk full", "磁盘已满");
pub(super) const LYING: Pair = ("fsync lies", "fsync 说谎");
pub(super) const FILLED: Pair = ("filled", "已用");
pub(super) const DURABLE: Pair = ("durable", "已落盘");
pub(super) const PENDING: Pair = ("pending", "未刷盘");
pub(super) const NO_FILES: Pair = ("No file on this disk yet.", "磁盘上还没有文件。");
pub(super) const OUTLOOK: Pair = ("What recovery would do now", "此刻恢复会怎样");
pub(super) const LATER: Pair = (
    "What recovery would do is worked out when the run stands still.",
    "运行暂停后再计算恢复结果。",
);
pub(super) const NEWEST: Pair = ("Newest", "最新");
pub(super) const LIST: Pair = ("List", "列表");
pub(super) const PARTS: Pair = ("Records", "记录");
pub(super) const FIELDS: Pair = ("Fields", "字段");
pub(super) const BYTES: Pair = ("Bytes", "字节");
pub(super) const EARLIER: Pair = ("Earlier", "向前");
pub(super) const LATER_ONES: Pair = ("Later", "向后");
pub(super) const FIRST: Pair = ("First", "最前");
pub(super) const LAST: Pair = ("Last", "最后");
pub(super) const MORE_FILES: Pair = ("More files", "更多文件");
pub(super) const MORE_FIELDS: Pair = ("More fields", "更多字段");
pub(super) const MORE_BYTES: Pair = ("More bytes", "更多字节");
pub(super) const OFFSET: Pair = ("offset", "偏移");
pub(super) const WHAT: Pair = ("what", "内容");
pub(super) const UNREADABLE: Pair = ("not taken", "不采用");
pub(super) const HINT: Pair = (
    "Point at a field or a byte, or use the arrow keys: its name stands here.",
    "指向字段或字节，或用方向键移动：此处显示其名称。",
);

/// A text in the page's language.
pub(super) const fn say(lang: Lang, pair: Pair) -> &'static str {
    match lang {
        Lang::En => pair.0,
        Lang::Zh => pair.1,
    }
}

/// What a power loss leaves.
pub(super) const fn safety(lang: Lang, safety: Safety) -> &'static str {
    let pair = match safety {
        Safety::Durable => DURABLE,
        Safety::Pending => ("pending: a power loss takes it", "未刷盘：断电即失"),
        Safety::Dropped => ("recovery drops it", "恢复时丢弃"),
        Safety::Zeros => ("written ahead", "预分配"),
    };
    say(lang, pair)
}

/// What there is to say of a file beside its sizes.
pub(super) fn file_note(lang: Lang, file: &FileRow) -> Option<String> {
    let (n, zeros) = (file.back, file.zeros);
    Some(match lang {
        Lang::En if file.lost > 0 => format!("−{} B lost in this step", file.lost),
        Lang::Zh if file.lost > 0 => format!("此步丢失 {} 字节", file.lost),
        Lang::En if n > 0 => format!("a power loss brings {n} B back"),
        Lang::Zh if n > 0 => format!("断电会让 {n} 字节重现"),
        Lang::En if file.name_pending => "name not durable".to_owned(),
        Lang::Zh if file.name_pending => "文件名未落盘".to_owned(),
        Lang::En if zeros > 0 => format!("+{zeros} B of zeros"),
        Lang::Zh if zeros > 0 => format!("另有 {zeros} 字节零"),
        _ => return None,
    })
}

/// Before a line of what recovery would do.
pub(super) const fn cause(lang: Lang, cause: Cause) -> &'static str {
    let pair = match cause {
        Cause::Crash => ("If it died now:", "若此刻宕机："),
        Cause::Power => ("If it lost power now:", "若此刻断电："),
        Cause::Process => ("If only its process died:", "若仅进程崩溃："),
        Cause::Start => ("When it starts:", "启动时："),
    };
    say(lang, pair)
}

/// How a line of what recovery would do ends.
pub(super) fn outcome(lang: Lang, outlook: &Outlook) -> String {
    if let Some(refusal) = &outlook.refusal {
        return match lang {
            Lang::En => format!("it refuses to start: {}", refusal.get(lang)),
            Lang::Zh => format!("拒绝启动：{}", refusal.get(lang)),
        };
    }
    let ends = outlook.ends.map(|ends| ends.to_string());
    ends.unwrap_or_default()
}

/// The epochs it finds.
pub(super) fn epochs(lang: Lang, (accepted, current): (i64, i64)) -> String {
    match lang {
        Lang::En => format!("epoch accepted {accepted}, current {current}"),
        Lang::Zh => format!("纪元 accepted {accepted}，current {current}"),
    }
}

/// What would be lost.
pub(super) fn lost(lang: Lang, range: &str) -> String {
    match lang {
        Lang::En => format!("lost: {range}"),
        Lang::Zh => format!("丢失：{range}"),
    }
}

/// What is under way.
pub(super) fn reading(lang: Lang, (done, total): (u64, u64)) -> String {
    match lang {
        Lang::En => format!("Reading {done} of {total} B …"),
        Lang::Zh => format!("正在读取 {done} / {total} 字节…"),
    }
}

/// Which part of a file it is.
pub(super) fn place(lang: Lang, file: &FileView, row: &PartRow) -> String {
    let records = row.zxid.is_some();
    let number = if records { row.number } else { row.number + 1 };
    let all = if records { file.records } else { file.parts };
    let (word, len, at) = (row.word.get(lang), row.len, row.at);
    match lang {
        Lang::En if records => format!("Record {number} of {all}: "),
        Lang::Zh if records => format!("记录 {number} / {all}："),
        Lang::En => format!("Part {number} of {all}: {word}, {len} B at {at}"),
        Lang::Zh => format!("部分 {number} / {all}：{word}，偏移 {at}，{len} 字节"),
    }
}

/// Where a record stands.
pub(super) fn stands(lang: Lang, row: &PartRow) -> String {
    let (len, at) = (row.len, row.at);
    match lang {
        Lang::En => format!(", {len} B at {at}"),
        Lang::Zh => format!("，偏移 {at}，{len} 字节"),
    }
}

/// A part in a row of cells, in full.
pub(super) fn cell(lang: Lang, row: &PartRow) -> String {
    let mut name = match row.zxid {
        Some(zxid) => format!("{zxid} "),
        None => String::new(),
    };
    name.push_str(row.word.get(lang));
    if !row.about.is_empty() {
        name.push(' ');
        name.push_str(&row.about);
    }
    let comma = if lang == Lang::Zh { "，" } else { ", " };
    name.push_str(comma);
    name.push_str(safety(lang, row.safety));
    if !row.good && row.safety != Safety::Dropped {
        name.push_str(comma);
        name.push_str(say(lang, UNREADABLE));
    }
    name
}

/// `5–8 / 12`.
pub(super) fn window(first: usize, last: usize, all: usize) -> String {
    format!("{first}–{last} / {all}")
}

/// Lines that a text takes in so many pixels, more or less.
pub(super) fn lines(text: &str, width: u32) -> u32 {
    let wide = |c: char| if c.is_ascii() { 7 } else { 13 };
    text.chars().map(wide).sum::<u32>() / width.max(1) + 1
}

/// A line of what recovery would do, as it is read.
pub(super) fn line(lang: Lang, one: &Outlook) -> String {
    let mut line = format!("{} {} → ", cause(lang, one.cause), one.story.get(lang));
    line.push_str(&outcome(lang, one));
    if let Some(found) = one.epochs {
        line.push_str(&epochs(lang, found));
    }
    if let Some(range) = one.lost_range() {
        line.push_str(&lost(lang, &range));
    }
    line
}
