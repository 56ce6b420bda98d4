//! The view's own words, in both languages.

use zablab_core::view::Lang;
use zablab_core::view::frame::{Phase, Zx};
use zablab_core::view::space_time::{Era, Fold};

const fn pick(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// What the picture leaves out.
pub(super) const fn about(lang: Lang) -> &'static str {
    pick(
        lang,
        "one column per event; pings and idle time are folded",
        "每列一个事件；心跳与空闲时间已折叠",
    )
}

pub(super) const fn written(lang: Lang) -> &'static str {
    pick(lang, "written", "已写入")
}

pub(super) const fn forced(lang: Lang) -> &'static str {
    pick(lang, "forced to disk", "已刷盘")
}

pub(super) const fn disk(lang: Lang) -> &'static str {
    pick(lang, "disk", "磁盘")
}

pub(super) const fn to_now(lang: Lang) -> &'static str {
    pick(lang, "To now", "回到此刻")
}

pub(super) const fn causes(lang: Lang) -> &'static str {
    pick(lang, "Causes", "因果")
}

pub(super) const fn causes_long(lang: Lang) -> &'static str {
    pick(
        lang,
        "What led to the event shown, and what came of it",
        "此事件的起因与后果",
    )
}

pub(super) const fn earlier(lang: Lang) -> &'static str {
    pick(lang, "Earlier", "更早")
}

pub(super) const fn later(lang: Lang) -> &'static str {
    pick(lang, "Later", "更晚")
}

pub(super) const fn close(lang: Lang) -> &'static str {
    pick(lang, "Show everything again", "恢复显示全部")
}

pub(super) const fn parts(lang: Lang) -> &'static str {
    pick(lang, "the branches part here", "分支在此分开")
}

pub(super) const fn columns(lang: Lang) -> &'static str {
    pick(
        lang,
        "Events in time, arrow keys go from one to the next",
        "按时间排列的事件，方向键逐个移动",
    )
}

/// `Life of e1·3`.
pub(super) fn life_of(lang: Lang, zxid: Zx) -> String {
    match lang {
        Lang::En => format!("Life of {zxid}"),
        Lang::Zh => format!("{zxid} 的一生"),
    }
}

/// The name of the picture.
pub(super) fn picture(lang: Lang, first: u64, last: u64) -> String {
    match lang {
        Lang::En => format!(
            "Space-time view of events {first} to {last}: a line per server and client, an arrow per message. The list of events says the same in words."
        ),
        Lang::Zh => format!(
            "时空图，第 {first} 至 {last} 号事件：每台服务器、每个客户端一条线，每条消息一个箭头。事件列表以文字给出同样的内容。"
        ),
    }
}

/// What the ensemble is about.
pub(super) fn era(lang: Lang, era: Era) -> String {
    let leader = era.leader.map(|id| id.to_string()).unwrap_or_default();
    match (era.phase, era.epoch, lang) {
        (Phase::Broadcast, Some(epoch), Lang::En) => format!("e{epoch}, led by {leader}"),
        (Phase::Broadcast, Some(epoch), Lang::Zh) => format!("e{epoch}，领导者 {leader}"),
        (Phase::Discovery, _, Lang::En) => format!("discovery, {leader}"),
        (Phase::Discovery, _, Lang::Zh) => format!("发现，{leader}"),
        (Phase::Synchronization, _, Lang::En) => format!("synchronization, {leader}"),
        (Phase::Synchronization, _, Lang::Zh) => format!("同步，{leader}"),
        (_, _, Lang::En) => "no leader".to_owned(),
        (_, _, Lang::Zh) => "没有领导者".to_owned(),
    }
}

/// What is folded.
pub(super) fn fold(lang: Lang, fold: &Fold) -> String {
    match lang {
        Lang::En => format!(
            "{} without news, {} steps of small talk",
            fold.lasts, fold.quiet
        ),
        Lang::Zh => format!("{} 内无事发生，仅 {} 步心跳", fold.lasts, fold.quiet),
    }
}
