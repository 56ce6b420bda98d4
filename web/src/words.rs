//! The words of the page, both languages side by side.
//!
//! What the *engine* says (captions, verdicts, messages) comes from `zablab_core::view`; here are the
//! names of buttons, panels and states. A word without its other language does not compile.

use zablab_core::lab::{ServerId, Work, WorkKind};
use zablab_core::view::Lang;
use zablab_core::view::frame::{
    Cell, CellState, EnsembleView, Phase, Power, Role, ServerRow, SnapshotView, VoteView, Zx,
};

use crate::panels::script_words;
use crate::place::Complaint;

macro_rules! words {
    ($($variant:ident: $en:literal, $zh:literal;)*) => {
        /// A word of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word { $($variant,)* }

        impl Word {
            /// The word in `lang`.
            pub(crate) const fn get(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$variant, Lang::En) => $en, (Self::$variant, Lang::Zh) => $zh,)*
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    Ensemble: "Ensemble", "集群";
    Clients: "Clients", "客户端";
    Servers: "Servers", "服务器";
    OnTheWire: "On the wire", "传输中";
    LinksBroken: "links broken", "连接已断开";
    CutOff: "cut off", "网络隔离";
    Durable: "durable", "已落盘";
    Pending: "pending", "未刷盘";
    NoLog: "no log on disk", "磁盘上没有日志";
    // legend
    Proposed: "proposed", "提案";
    OnDisk: "on disk", "已落盘";
    Committed: "committed", "已提交";
    Applied: "applied", "已应用";
    ClientTold: "client told", "已答复客户端";
    IsOn: "is on", "在";
    // state of a server
    PowerLost: "power lost", "断电";
    ProcessDead: "process died", "进程已退出";
    Halted: "stopped itself", "自行停止";
    Paused: "paused", "暂停";
    ClaimsToLead: "claims to lead", "自认领导者";
    Leading: "leading", "领导";
    Following: "following", "跟随";
    Observing: "observing", "观察";
    Looking: "looking", "选举中";
    Elected: "elected", "当选";
    Observer: "observer", "观察者";
    NoVote: "no vote", "无投票权";
    DiskIntact: "disk intact", "磁盘完好";
    DiskFull: "disk full", "磁盘已满";
    DiskLying: "disk lies about fsync", "磁盘谎报 fsync";
    Discovery: "discovery", "发现阶段";
    Synchronization: "synchronisation", "同步阶段";
    Broadcast: "broadcast", "广播阶段";
    // state of a client
    Connecting: "connecting", "连接中";
    SessionClosed: "session closed", "会话已关闭";
    SessionExpired: "session expired", "会话已过期";
    Idle: "idle", "空闲";
    OutcomeUnknown: "outcome unknown", "结果未知";
    // actions
    PowerLoss: "Cut power", "断电";
    Kill: "Kill", "杀进程";
    Restart: "Restart", "重启";
    Pause: "Freeze", "冻结";
    Resume: "Thaw", "解冻";
    Isolate: "Isolate", "隔离";
    Heal: "Heal network", "恢复网络";
    Write: "Write", "写入";
    Dismiss: "Dismiss", "关闭";
    // transport
    Transport: "Transport", "播放控制";
    Play: "Play", "播放";
    Stop: "Pause", "暂停";
    StepForward: "Step forward", "前进一步";
    StepBack: "Step back", "后退一步";
    NextNotable: "Next notable step", "下一个要点";
    PreviousNotable: "Previous notable step", "上一个要点";
    FirstStep: "First step", "第一步";
    Timeline: "Timeline", "时间线";
    Speed: "Speed", "速度";
    Branch: "Branch", "分支";
    CopyLink: "Copy link to this moment", "复制此刻的链接";
    // chrome
    Scenario: "Scenario", "场景";
    OwnScript: "Your script", "自己的脚本";
    Theme: "Light or dark", "明暗主题";
    OtherLanguage: "中文", "English";
    FullScreen: "Full screen", "全屏";
    Invariants: "Invariants I1 to I6", "不变量 I1 至 I6";
    Holds: "holds", "成立";
    Broken: "broken", "被破坏";
    NotApplicable: "not applicable", "不适用";
    // panels
    Panel: "Panel", "面板";
    Caption: "Caption", "说明";
    Events: "Events", "事件";
    Event: "event", "事件";
    Who: "who", "谁";
    WhatChanged: "what changed", "变化";
    Time: "Time", "时间";
    Script: "Script", "脚本";
    Disk: "Disk", "磁盘";
    Tree: "Tree", "数据树";
    Vault: "Backups", "备份";
    VaultShort: "Vault", "备份";
    Ledger: "Confirmed writes", "已答复写入";
    LedgerShort: "Writes", "写入";
    Files: "Files", "文件";
    Inspect: "Inspect", "细看";
    OpenDisks: "Bring disks of real servers", "导入真实服务器的磁盘";
    DropHere: "Drop them here", "拖放到这里";
    DropWhat: "A version-2 directory, a .tar.gz of one, single files or a run file. Nothing is uploaded.",
        "version-2 目录、它的 .tar.gz、单个文件或运行文件。不会上传任何内容。";
    LinkWithoutDisks: "A link cannot carry the disks of this run. Download the run file instead: it is in the files panel.",
        "链接带不走这次运行的磁盘。请改为下载运行文件，在“文件”面板中。";
    Console: "Console", "控制台";
    Run: "Run", "运行";
    Revert: "Revert", "还原";
    ScriptLabel: "The run as a script", "以脚本表示的运行";
    ScriptHint: "Every click is a line of it. Edit, paste or open one, then run it. At most 64 KiB and 2,000 commands.",
        "每次点击都是其中一行。可编辑、粘贴或打开脚本后运行；最多 64 KiB、2,000 条命令。";
    OpenFile: "Open file…", "打开文件…";
    // work and breaches
    Working: "Progress", "进度";
    GiveUp: "Stop", "停止";
    BrokenHead: "Broken", "被破坏";
    ShouldHold: "Should hold", "应当成立";
    Witnesses: "Steps that show it:", "能看出问题的步骤：";
    Undo: "Undo", "撤销";
    Redo: "Redo", "重做";
    OpenPage: "Open", "打开";
    OpenPageLong: "Open the whole page", "打开完整页面";
}

/// A role, as the state of a server.
pub(crate) const fn role(role: Role) -> Word {
    match role {
        Role::Looking => Word::Looking,
        Role::Following => Word::Following,
        Role::Leading => Word::Leading,
        Role::Observing => Word::Observing,
    }
}

/// A phase, when it is worth a word.
pub(crate) const fn phase(phase: Phase) -> Option<Word> {
    match phase {
        Phase::Election => None,
        Phase::Discovery => Some(Word::Discovery),
        Phase::Synchronization => Some(Word::Synchronization),
        Phase::Broadcast => Some(Word::Broadcast),
    }
}

/// `3 voters, 1 observer, tick 500 ms, syncLimit 4`.
pub(crate) fn ensemble(lang: Lang, voters: u8, observers: u8) -> String {
    match lang {
        Lang::En => {
            let s = |n: u8| if n == 1 { "" } else { "s" };
            let voters = format!("{voters} voter{}", s(voters));
            match observers {
                0 => voters,
                n => format!("{voters}, {n} observer{}", s(n)),
            }
        }
        Lang::Zh => match observers {
            0 => format!("{voters} 个投票者"),
            n => format!("{voters} 个投票者，{n} 个观察者"),
        },
    }
}

/// A bracket over log columns.
pub(crate) fn epoch(lang: Lang, epoch: i64, leader: Option<u8>, long: bool) -> String {
    match (lang, leader, long) {
        (_, _, false) | (Lang::En, None, true) => format!("e{epoch}"),
        (Lang::En, Some(leader), true) => format!("epoch e{epoch}, led by S{leader}"),
        (Lang::Zh, None, true) => format!("纪元 e{epoch}"),
        (Lang::Zh, Some(leader), true) => format!("纪元 e{epoch}，领导者 S{leader}"),
    }
}

/// `6 ms`, or seconds with two decimals: `2.01 s`.
pub(crate) fn seconds(us: u64) -> String {
    if us < 1_000_000 {
        return format!("{} ms", us / 1_000);
    }
    let hundredths = us / 10_000;
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}

/// The instant of the list of events: `1.256`.
pub(crate) fn instant(us: u64) -> String {
    format!("{}.{:03}", us / 1_000_000, us / 1_000 % 1_000)
}

/// `votes S2 · e1·7`.
pub(crate) fn votes(lang: Lang, vote: VoteView) -> String {
    match lang {
        Lang::En => format!("votes {} · {}", vote.leader, vote.zxid),
        Lang::Zh => format!("投给 {} · {}", vote.leader, vote.zxid),
    }
}

/// `round 2`.
pub(crate) fn round(lang: Lang, round: u64) -> String {
    match lang {
        Lang::En => format!("round {round}"),
        Lang::Zh => format!("第 {round} 轮"),
    }
}

/// `leads e2`.
pub(crate) fn leads(lang: Lang, epoch: i64) -> String {
    match lang {
        Lang::En => format!("leads e{epoch}"),
        Lang::Zh => format!("领导 e{epoch}"),
    }
}

/// `3 in step`: voters that follow in broadcast, the leader included.
pub(crate) fn in_step(lang: Lang, voters: u8) -> String {
    match lang {
        Lang::En if voters == 1 => "1 voter in step".to_owned(),
        Lang::En => format!("{voters} voters in step"),
        Lang::Zh => format!("{voters} 个投票者同步"),
    }
}

/// `e1, no quorum`.
pub(crate) fn no_quorum(lang: Lang, epoch: i64) -> String {
    match lang {
        Lang::En => format!("e{epoch}, no quorum"),
        Lang::Zh => format!("e{epoch}，无多数派"),
    }
}

/// `follows S1`.
pub(crate) fn follows(lang: Lang, leader: Option<ServerId>) -> String {
    match (lang, leader) {
        (Lang::En, Some(leader)) => format!("follows {leader}"),
        (Lang::Zh, Some(leader)) => format!("跟随 {leader}"),
        (_, None) => Word::Following.get(lang).to_owned(),
    }
}

/// `observes S1`.
pub(crate) fn observes(lang: Lang, leader: Option<ServerId>) -> String {
    match (lang, leader) {
        (Lang::En, Some(leader)) => format!("observes {leader}"),
        (Lang::Zh, Some(leader)) => format!("观察 {leader}"),
        (_, None) => Word::Observing.get(lang).to_owned(),
    }
}

/// `epoch e2`.
pub(crate) fn at_epoch(lang: Lang, row: &ServerRow) -> String {
    match lang {
        Lang::En => format!("epoch e{}", row.current),
        Lang::Zh => format!("纪元 e{}", row.current),
    }
}

/// `lost 110 B`.
pub(crate) fn lost_bytes(lang: Lang, bytes: u64) -> String {
    match lang {
        Lang::En => format!("lost {bytes} B"),
        Lang::Zh => format!("丢失 {bytes} B"),
    }
}

/// `snapshot e1·30: 4 of 9`.
pub(crate) fn snapshot(lang: Lang, snapshot: SnapshotView) -> String {
    let SnapshotView { zxid, done, total } = snapshot;
    match lang {
        Lang::En => format!("snapshot {zxid}: {done} of {total}"),
        Lang::Zh => format!("快照 {zxid}：{done}/{total}"),
    }
}

/// `epoch accepted 1, current 1`, with the numbers apart.
pub(crate) const fn epochs(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::En => ("epoch accepted ", ", current "),
        Lang::Zh => ("accepted ", "，current "),
    }
}

/// `, 0 to 640 B`.
pub(crate) fn byte_range(lang: Lang, from: u64, to: u64) -> String {
    match lang {
        Lang::En => format!(", {from} to {to} B"),
        Lang::Zh => format!("，{from} 至 {to} B"),
    }
}

/// `session 10 s`.
pub(crate) fn session(lang: Lang, timeout_ms: u64) -> String {
    match lang {
        Lang::En => format!("session {} s", timeout_ms / 1_000),
        Lang::Zh => format!("会话 {} s", timeout_ms / 1_000),
    }
}

/// `Step 44 of 68`.
pub(crate) fn step_of(lang: Lang, step: u64, total: u64) -> String {
    match lang {
        Lang::En => format!("Step {step} of {total}"),
        Lang::Zh => format!("第 {step} 步，共 {total} 步"),
    }
}

/// `cut: S3 S4`.
pub(crate) fn cut_from(lang: Lang, others: &str) -> String {
    match lang {
        Lang::En => format!("cut: {others}"),
        Lang::Zh => format!("断开：{others}"),
    }
}

/// `line 3, column 1:`.
pub(crate) fn position(lang: Lang, line: u32, column: u32) -> String {
    match lang {
        Lang::En => format!("line {line}, column {column}:"),
        Lang::Zh => format!("第 {line} 行第 {column} 列："),
    }
}

/// `1 leads, 6 follow, 2 down`, where there is no room for every row at once.
pub(crate) fn counts(lang: Lang, rows: &[ServerRow]) -> String {
    let count = |role: Role| {
        let up = rows.iter().filter(|row| row.power == Power::Up);
        up.filter(|row| row.role == Some(role)).count()
    };
    let down = rows.iter().filter(|row| row.power != Power::Up).count();
    let parts = [
        (count(Role::Leading), ["leads", "lead"], "领导者"),
        (count(Role::Following), ["follows", "follow"], "跟随者"),
        (count(Role::Observing), ["observes", "observe"], "观察者"),
        (count(Role::Looking), ["looks", "look"], "台在选举"),
        (down, ["stopped", "stopped"], "台停止"),
    ];
    let some = parts.iter().filter(|(n, ..)| *n > 0);
    let said: Vec<String> = some
        .map(|(n, [one, many], zh)| match lang {
            Lang::En => format!("{n} {}", if *n == 1 { one } else { many }),
            Lang::Zh if zh.ends_with('者') => format!("{n} 个{zh}"),
            Lang::Zh => format!("{n} {zh}"),
        })
        .collect();
    match lang {
        Lang::En => said.join(", "),
        Lang::Zh => said.join("，"),
    }
}

/// How far long work is.
pub(crate) fn work(lang: Lang, work: Work) -> String {
    let Work {
        line,
        lines,
        steps,
        now_us,
        ..
    } = work;
    let (steps, at) = (grouped(steps), seconds(now_us));
    match (work.kind, lang) {
        (WorkKind::Script, Lang::En) => {
            format!("Running the script: line {line} of {lines}, step {steps}, {at}")
        }
        (WorkKind::Script, Lang::Zh) => {
            format!("正在运行脚本：第 {line} 行，共 {lines} 行；第 {steps} 步，{at}")
        }
        (WorkKind::Restore, Lang::En) => format!("Bringing your run back: step {steps}, {at}"),
        (WorkKind::Restore, Lang::Zh) => format!("正在恢复上次的运行：第 {steps} 步，{at}"),
        (WorkKind::Branch, Lang::En) => {
            format!("Making the branch: {line} of {lines} later commands, step {steps}, {at}")
        }
        (WorkKind::Branch, Lang::Zh) => {
            format!("正在生成分支：后续命令 {line}/{lines}，第 {steps} 步，{at}")
        }
        (WorkKind::Search, Lang::En) => {
            format!("Going on until something happens: step {steps}, {at}")
        }
        (WorkKind::Read, Lang::En) => {
            format!(
                "Reading the files here, nothing is uploaded: {}",
                part(line, lines)
            )
        }
        (WorkKind::Read, Lang::Zh) => {
            format!("正在本机读取文件，不会上传：{}", part(line, lines))
        }
        (WorkKind::Recover, Lang::En) => format!("Recovering the disks: {}", part(line, lines)),
        (WorkKind::Recover, Lang::Zh) => format!("正在恢复磁盘：{}", part(line, lines)),
        (WorkKind::Search, Lang::Zh) => format!("继续运行，直到有事发生：第 {steps} 步，{at}"),
    }
}

/// `12.4 of 64.0 MB`, of KiB.
fn part(done: u32, all: u32) -> String {
    let mib = |kib: u32| format!("{}.{}", kib >> 10, ((kib & 1_023) * 10) >> 10);
    format!("{} / {} MB", mib(done), mib(all))
}

/// About how wide a label is, in pixels: a Chinese character is one em, a Latin one half of it.
pub(crate) fn label_width(text: &str) -> u64 {
    text.chars()
        .map(|c| if c.is_ascii() { 7 } else { 13 })
        .sum()
}

/// `12,345`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `#235`.
pub(crate) fn witness(step: u64) -> String {
    format!("#{step}")
}

/// `Back to step 235, where it broke`.
pub(crate) fn back_to_break(lang: Lang, step: u64) -> String {
    match lang {
        Lang::En => format!("Back to step {step}, where it broke"),
        Lang::Zh => format!("回到被破坏的第 {step} 步"),
    }
}

/// `Undo: S3 loses power`.
pub(crate) fn named(lang: Lang, word: Word, name: &str) -> String {
    match lang {
        _ if name.is_empty() => word.get(lang).to_owned(),
        Lang::En => format!("{}: {name}", word.get(lang)),
        Lang::Zh => format!("{}：{name}", word.get(lang)),
    }
}

/// What was wrong with the address, and what is shown instead.
pub(crate) fn complaint(lang: Lang, complaint: &Complaint) -> String {
    match (complaint, lang) {
        (Complaint::Scenario(id), Lang::En) => {
            format!("There is no scenario “{id}”; this is the first one.")
        }
        (Complaint::Scenario(id), Lang::Zh) => format!("没有场景“{id}”，现在显示的是第一个场景。"),
        (Complaint::Lang(tag), Lang::En) => {
            format!("The page does not speak “{tag}”; it speaks en and zh-CN.")
        }
        (Complaint::Lang(tag), Lang::Zh) => format!("页面没有语言“{tag}”，可用 en 和 zh-CN。"),
        (Complaint::Theme(word), Lang::En) => {
            format!("There is no theme “{word}”; themes are auto, light and dark.")
        }
        (Complaint::Theme(word), Lang::Zh) => {
            format!("没有主题“{word}”，可用 auto、light 和 dark。")
        }
        (Complaint::Ui(word), Lang::En) => {
            format!("“ui={word}” is unknown; it can be full, embed or min.")
        }
        (Complaint::Ui(word), Lang::Zh) => {
            format!("“ui={word}”无法识别，可用 full、embed 和 min。")
        }
        (Complaint::Carried | Complaint::TooLong(_), _) => script_words::complaint(lang, complaint),
    }
}

/// `+2 more`.
pub(crate) fn more(lang: Lang, n: u32) -> String {
    match lang {
        Lang::En => format!("+{n} more"),
        Lang::Zh => format!("另有 {n} 句"),
    }
}

/// What `+2 more` means.
pub(crate) fn more_long(lang: Lang, n: u32) -> String {
    match lang {
        Lang::En => format!("{n} more in the caption of this step"),
        Lang::Zh => format!("这一步的说明中另有 {n} 句"),
    }
}

/// `on disk up to e1·2`, of a range of log columns.
pub(crate) fn up_to(lang: Lang, zxid: Zx) -> String {
    match lang {
        Lang::En => format!("on disk up to {zxid}"),
        Lang::Zh => format!("已落盘至 {zxid}"),
    }
}

/// `committed`, the accessible name of a log cell.
pub(crate) fn cell(lang: Lang, cell: Cell) -> String {
    let state = cell_state(lang, cell.state);
    if cell.durable || cell.state < CellState::Committed {
        return state.to_owned();
    }
    match lang {
        Lang::En => format!("{state}, not on this disk"),
        Lang::Zh => format!("{state}，未在此磁盘落盘"),
    }
}

fn cell_state(lang: Lang, state: CellState) -> &'static str {
    match (state, lang) {
        (CellState::Missing, Lang::En) => "not here",
        (CellState::Missing, Lang::Zh) => "此处没有",
        (CellState::Truncated, Lang::En) => "truncated",
        (CellState::Truncated, Lang::Zh) => "已截断",
        (CellState::Proposed, _) => Word::Proposed.get(lang),
        (CellState::Durable, _) => Word::OnDisk.get(lang),
        (CellState::Committed, _) => Word::Committed.get(lang),
        (CellState::Applied, _) => Word::Applied.get(lang),
    }
}

/// `3 voters, 1 observer, tick 500 ms, syncLimit 4`.
pub(crate) fn about(lang: Lang, e: &EnsembleView) -> String {
    let servers = ensemble(lang, e.voters, e.observers);
    let between = match lang {
        Lang::En => ", ",
        Lang::Zh => "，",
    };
    let mut parts = vec![
        servers,
        format!("tick {} ms", e.tick_ms),
        format!("syncLimit {}", e.sync_limit),
    ];
    if e.profile != "zablab" {
        parts.push(e.profile.clone());
    }
    if !e.force_sync {
        parts.push("forceSync=no".to_owned());
    }
    if !e.off.is_empty() {
        parts.push(format!("off: {}", e.off.join(" ")));
    }
    parts.join(between)
}
