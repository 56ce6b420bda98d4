//! The words of the transport, both languages side by side.

use zablab_core::lab::{Branch, Unit};
use zablab_core::view::Lang;

crate::words::words! {
    GoTo: "Go to", "跳转到";
    Go: "Go", "跳转";
    GoHint: "A step (14), a time (3.2s), a commit (e1·3), crash:S1#1, or a named moment.",
        "步数（14）、时间（3.2s）、提交（e1·3）、crash:S1#1，或命名时刻。";
    Moments: "Moments of this run", "这次运行的时刻";
    SameInstant: "At this very instant", "同一瞬间";
    Breakpoints: "Breakpoints", "断点";
    BreakHint: "Playing and stepping stop where one is met.", "播放和步进遇到断点就停下。";
    PreviousHit: "previous", "上一处";
    NextHit: "next", "下一处";
    CommitOf: "commit of", "提交";
    FsyncOn: "fsync done on", "完成 fsync";
    MessageArrives: "arrival of", "消息到达";
    Add: "Add", "添加";
    ZxidWrong: "A zxid is an epoch and a counter: e1·3, 1.3 or 0x100000003.", "zxid 由纪元和计数器组成：e1·3、1.3 或 0x100000003。";
    Bookmarks: "Bookmarks", "书签";
    MarkHere: "Bookmark this moment", "为此刻加书签";
    Unmark: "Remove the bookmark here", "移除此处书签";
    NoBookmarks: "No bookmarks yet.", "还没有书签。";
    Name: "name", "名称";
    Remove: "Remove", "移除";
    Rename: "Rename", "改名";
    OneBranch: "Act at an earlier moment to begin another branch; this one is kept.", "在较早的时刻操作会新建分支，当前分支保留。";
    More: "More", "更多";
    Back: "Back", "返回";
    Unit: "Step", "步长";
    Comparison: "Branches compared", "分支对比";
    TheSame: "Both branches are the same, step by step.", "两个分支的每一步都相同。";
    From: "What happens from there", "此后发生的事";
    InTheEnd: "In the end", "最终状态";
    Nothing: "nothing", "无";
    ShowThere: "Show the first difference", "查看首个差异";
    SameHere: "same", "相同";
    Differs: "differs", "不同";
    FirstDifference: "first difference", "首个差异";
}

/// The name of a unit, and what it stops at.
pub(super) fn unit(lang: Lang, unit: Unit) -> (&'static str, &'static str) {
    match (unit, lang) {
        (Unit::Micro, Lang::En) => ("micro", "every instant: send, deliver, fsync, timer"),
        (Unit::Micro, Lang::Zh) => ("微步", "每个瞬间：发送、送达、刷盘、定时器"),
        (Unit::Message, Lang::En) => (
            "message",
            "a message arrives, a disk or a client acts; pings go by",
        ),
        (Unit::Message, Lang::Zh) => ("消息", "消息到达、磁盘或客户端动作；略过心跳"),
        (Unit::Phase, Lang::En) => (
            "phase",
            "proposal, quorum, commit, apply; round, epoch, sync",
        ),
        (Unit::Phase, Lang::Zh) => ("阶段", "提案、多数派、提交、应用；轮次、纪元、同步"),
        (Unit::Notable, Lang::En) => (
            "notable",
            "leader, commit, truncation, crash, snapshot, lamp",
        ),
        (Unit::Notable, Lang::Zh) => ("要点", "领导者、提交、截断、宕机、快照、指示灯"),
        (Unit::Beat, Lang::En) => ("beat", "a named moment of the script"),
        (Unit::Beat, Lang::Zh) => ("节拍", "脚本中的命名时刻"),
    }
}

/// `step: message`.
pub(super) fn step_unit(lang: Lang, of: Unit) -> String {
    let (name, _) = unit(lang, of);
    match lang {
        Lang::En => format!("step: {name}"),
        Lang::Zh => format!("步长：{name}"),
    }
}

/// `×3`.
pub(super) fn times(hits: u32) -> String {
    format!("×{hits}")
}

/// `met 3 times on this branch`.
pub(super) fn met(lang: Lang, hits: u32) -> String {
    match lang {
        Lang::En => format!("met {hits} times on this branch"),
        Lang::Zh => format!("在此分支上命中 {hits} 次"),
    }
}

/// `Go to step 44`.
pub(super) fn go_to_step(lang: Lang, step: u64) -> String {
    match lang {
        Lang::En => format!("Go to step {step}"),
        Lang::Zh => format!("跳转到第 {step} 步"),
    }
}

/// `Name of b2`.
pub(super) fn name_of(lang: Lang, what: &str) -> String {
    match lang {
        Lang::En => format!("Name of {what}"),
        Lang::Zh => format!("{what} 的名称"),
    }
}

/// `Remove step 44`.
pub(super) fn remove_of(lang: Lang, what: &str) -> String {
    match lang {
        Lang::En => format!("Remove {what}"),
        Lang::Zh => format!("移除{what}"),
    }
}

/// `Compare with b2`.
pub(super) fn compare_with(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("Compare with {name}"),
        Lang::Zh => format!("与 {name} 对比"),
    }
}

/// `Delete b2`.
pub(super) fn delete_of(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("Delete {name}"),
        Lang::Zh => format!("删除 {name}"),
    }
}

/// `from step 35 of main, 120 steps`.
pub(super) fn extent(lang: Lang, branch: &Branch) -> String {
    let (from, total) = (branch.from, branch.total);
    match (lang, branch.parent) {
        (Lang::En, None) => format!("{total} steps"),
        (Lang::Zh, None) => format!("共 {total} 步"),
        (Lang::En, Some(_)) => format!("from step {from}, {total} steps"),
        (Lang::Zh, Some(_)) => format!("自第 {from} 步起，共 {total} 步"),
    }
}

/// `+3 concurrent`.
pub(super) fn concurrent(lang: Lang, n: u32) -> String {
    match lang {
        Lang::En => format!("+{n} concurrent"),
        Lang::Zh => format!("另有 {n} 个同时发生"),
    }
}

/// `main and b2 part behind step 35`.
pub(super) fn part(lang: Lang, [left, right]: &[String; 2], step: u64) -> String {
    match lang {
        Lang::En => format!(
            "{left} and {right} are the same up to step {step}; step {} is the first that differs.",
            step + 1
        ),
        Lang::Zh => format!(
            "{left} 与 {right} 到第 {step} 步为止完全相同；第 {} 步是首个不同的步骤。",
            step + 1
        ),
    }
}
