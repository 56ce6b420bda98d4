//! The words of the gallery, both languages side by side.

use zablab_core::lab::{Badge, Card};
use zablab_core::view::Lang;

crate::words::words! {
    Gallery: "Scenarios", "场景";
    Open: "Choose a scenario", "选择场景";
    Filter: "Filter: crash, TRUNC, lock…", "筛选：宕机、TRUNC、锁……";
    Sandbox: "Sandbox", "沙盒";
    SandboxLine: "One line per click. Every run is a script.", "每次点击就是一行脚本，每次运行都是一份脚本。";
    Voters: "Voters", "投票者";
    Observers: "Observers", "观察者";
    Rules: "Rules", "规则";
    Corrected: "corrected", "修正版";
    Release: "as shipped", "原样";
    Start: "Open the sandbox", "打开沙盒";
    Script: "Script", "脚本";
    Challenge: "Challenge:", "挑战：";
    ChallengeLine: "lose a confirmed write, if you can.", "试试让一个已答复的写入丢失。";
}

/// `12 of them`.
pub(super) fn found(lang: Lang, left: usize) -> String {
    match (lang, left) {
        (Lang::En, 0) => "nothing found".to_owned(),
        (Lang::En, 1) => "1 scenario".to_owned(),
        (Lang::En, n) => format!("{n} scenarios"),
        (Lang::Zh, 0) => "没有找到".to_owned(),
        (Lang::Zh, n) => format!("{n} 个场景"),
    }
}

/// `6 beats, 312 steps, 4 min`.
pub(super) fn meta(lang: Lang, card: &Card) -> String {
    let (beats, steps, minutes) = (card.still.beats(), card.still.steps, card.minutes);
    let s = if beats == 1 { "" } else { "s" };
    match lang {
        Lang::En => format!("{beats} beat{s} · {steps} steps · {minutes} min"),
        Lang::Zh => format!("{beats} 个时刻 · {steps} 步 · {minutes} 分钟"),
    }
}

/// `3.9.4 as shipped`.
pub(super) fn badge(lang: Lang, badge: &Badge) -> String {
    match badge {
        Badge::None => String::new(),
        Badge::Shipped(release) => format!("{release} {}", Word::Release.get(lang)),
        Badge::Corrected => Word::Corrected.get(lang).to_owned(),
    }
}
