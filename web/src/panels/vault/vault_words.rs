//! The words of the vault panel, both languages side by side.

use zablab_core::lab::ServerId;
use zablab_core::lab::drill::{LostWrite, Outcome, Plan, Standing, TreeChange, Twist};
use zablab_core::view::Lang;
use zablab_core::view::frame::{Role, Zx};
use zablab_core::view::vault::{
    PolicyView, RecoveryView, RestoringView, ShipView, VaultBackup, VaultGap, VaultKind, VaultView,
};

use crate::words::grouped;

/// Terms of a sum that are written out at most.
const TERMS: usize = 6;

crate::words::words! {
    Empty: "The vault is empty: what is lost on all disks is lost for good.", "备份库是空的：所有磁盘都丢失的内容就永远丢失。";
    BackUp: "Back up", "备份";
    LinkCut: "link cut", "链路已断";
    RestoreThis: "Restore…", "还原…";
    Restore: "Restore", "还原";
    RestoreHow: "Choose a way and try it. The drill runs on copies of this moment; the run itself stays as it is.",
        "选一种方式先演练。演练在此刻的副本上进行，运行本身不受影响。";
    Way: "How", "方式";
    WayJoint: "all servers together, one transaction, a new epoch (safe)", "所有服务器一起，同一事务，新纪元（安全）";
    WayFiles: "copy its files to", "把文件复制到";
    WayResync: "no backup: empty the disk of", "不用备份：清空磁盘，由领导者补齐";
    Until: "history ends at", "历史止于";
    AllStop: "stop all servers first", "先停下所有服务器";
    Try: "Try it", "演练";
    Back: "Back to the vault", "回到备份库";
    Risks: "What it puts at risk, at this moment", "此刻这样做的风险";
    NoRisk: "At this moment no client was told of anything newer.", "此刻没有哪个客户端得到过更新的答复。";
    Trials: "What happened in the drill", "演练结果";
    KeepPlanned: "Do it", "照此执行";
    KeepTwisted: "Show this run", "查看这次运行";
    NothingLost: "no confirmed write is lost", "已答复的写入没有丢失";
    NotServing: "the servers do not all serve within 30 s", "30 s 内仍有服务器未恢复服务";
    Minority: "The restored server forgets what it had promised to remember. Where a majority still remembers, it brings that server up to date, and the restore had no effect. Where others are empty, lag behind or fail just then, the ones that do not know may be the majority.",
        "被还原的服务器会忘记它承诺过要记住的内容。若多数派仍然记得，就会把它补齐，还原等于没做；若其余服务器是空的、落后的，或恰好再出故障，不知情的那些就可能成为多数派。";
    Majority: "The restored servers are a majority. Whatever only the others remember is gone for the ensemble as soon as the restored ones elect without them.",
        "被还原的服务器已占多数。只要它们不等其他服务器就选出领导者，只有其他服务器记得的内容就从集群中消失。";
    Everybody: "All servers get the same files while everybody is stopped: no server remembers more than another, so no order of starting can bring two histories together. What is not in the backup is lost, and it is known beforehand.",
        "全部停机后每台都放上同样的文件：没有谁比别人记得更多，任何启动顺序都不会混出两段历史。备份里没有的内容会丢失，而且事先就知道。";
    Mixed: "All servers get the files, yet not all stop before: a server that still runs has what the backup lacks, and they meet.",
        "每台都放上文件，但没有先全部停机：仍在运行的服务器握有备份里没有的内容，两段历史会相遇。";
    Different: "The servers get files of different moments. The first majority that meets takes the newest end among its own; what only a server outside of it has is cut off, also what clients were told.",
        "各台服务器放上的是不同时刻的文件。最先凑齐的多数派以自己当中最新的终点为准；只有多数派之外的服务器才有的内容会被截掉，即使已答复客户端。";
    Resync: "The way for one lost disk while a majority serves: the leader sends what is missing. No backup is read. While it runs the ensemble has one copy fewer.",
        "多数派仍在服务、只丢一块磁盘时的正确做法：由领导者补发，不读任何备份。补齐之前，集群少一份副本。";
    SameTree: "clients read the same tree as before", "客户端读到的数据树与之前相同";
    Znode: "znode", "znode";
    Joint: "ZabLab's own restore: everybody stops, the backup is tried first, every server gets the same tree in a new epoch that no server has seen. What will be lost is declared before; nothing else can be. No release of ZooKeeper has it.", "ZabLab 自己的还原：全部停机，先试恢复备份，每台服务器得到同一棵数据树，并进入谁都没有见过的新纪元。会丢失什么事先声明，此外不会再丢。ZooKeeper 各版本都没有这个功能。";
    Nobody: "Choose at least one server.", "请至少选择一台服务器。";
}

/// What a plan means, whatever the drill shows.
pub(super) fn meaning(plan: &Plan, voters: usize) -> Word {
    match plan {
        Plan::Joint { .. } => Word::Joint,
        Plan::Resync(_) => Word::Resync,
        Plan::Files { to, all_stop } => match (to.len(), all_stop) {
            (0, _) => Word::Nobody,
            _ if to.values().any(|backup| Some(backup) != to.values().next()) => Word::Different,
            (n, true) if n >= voters => Word::Everybody,
            (n, false) if n >= voters => Word::Mixed,
            (n, _) if 2 * n > voters => Word::Majority,
            _ => Word::Minority,
        },
    }
}

/// `the end of the backup, e1·60`.
pub(super) fn to_the_end(lang: Lang, zxid: Zx) -> String {
    match lang {
        Lang::En => format!("the end of the backup, {zxid}"),
        Lang::Zh => format!("备份末尾 {zxid}"),
    }
}

/// What a trial is called.
pub(super) fn twist(lang: Lang, twist: Twist) -> String {
    match (lang, twist) {
        (Lang::En, Twist::None) => "as planned".to_owned(),
        (Lang::Zh, Twist::None) => "按计划".to_owned(),
        (Lang::En, Twist::Dies(s)) => format!("and {s} loses power just then"),
        (Lang::Zh, Twist::Dies(s)) => format!("恰在此时 {s} 断电"),
        (Lang::En, Twist::Late(s)) => format!("and {s} starts last"),
        (Lang::Zh, Twist::Late(s)) => format!("{s} 最后启动"),
    }
}

/// `2 confirmed writes lost: e1·7 create /q, e1·8 create /r`.
pub(super) fn lost(lang: Lang, outcome: &Outcome, declared: Option<u64>) -> String {
    if outcome.lost == 0 {
        let (back, still) = (outcome.back, outcome.still);
        return match (lang, back, still) {
            (_, 0, 0) => Word::NothingLost.get(lang).to_owned(),
            (Lang::En, 0, 1) => "1 confirmed write that was lost stays lost".to_owned(),
            (Lang::En, 0, _) => format!("{still} confirmed writes that were lost stay lost"),
            (Lang::Zh, 0, _) => format!("此前丢失的 {still} 个已答复的写入没有找回"),
            (Lang::En, 1, 0) => "1 lost write comes back, and no other is lost".to_owned(),
            (Lang::En, _, 0) => format!("{back} lost writes come back, and no other is lost"),
            (Lang::Zh, _, 0) => format!("找回此前丢失的 {back} 个写入，没有新的丢失"),
            (Lang::En, ..) => format!("{back} of the lost writes come back, {still} stay lost"),
            (Lang::Zh, ..) => format!("此前丢失的写入找回 {back} 个，仍丢失 {still} 个"),
        };
    }
    let n = outcome.lost;
    if declared == Some(n) {
        return ends(lang, n);
    }
    match lang {
        Lang::En if n == 1 => "1 confirmed write lost".to_owned(),
        Lang::En => format!("{n} confirmed writes lost"),
        Lang::Zh => format!("丢失 {n} 个已答复的写入"),
    }
}

/// `2 confirmed writes end, as declared`.
fn ends(lang: Lang, n: u64) -> String {
    match lang {
        Lang::En if n == 1 => "1 confirmed write ends, as declared".to_owned(),
        Lang::En => format!("{n} confirmed writes end, as declared"),
        Lang::Zh => format!("按声明放弃 {n} 个已答复的写入"),
    }
}

/// `e1·7 create /q, told to a`.
pub(super) fn write(lang: Lang, write: &LostWrite) -> String {
    let LostWrite {
        zxid,
        client,
        request,
    } = write;
    match lang {
        Lang::En => format!("{zxid} {request}, told to {client}"),
        Lang::Zh => format!("{zxid} {request}，已答复 {client}"),
    }
}

/// `served again after 2.140 s`.
pub(super) fn serves(lang: Lang, outcome: &Outcome) -> String {
    match (lang, outcome.serves_after_us.map(crate::words::seconds)) {
        (Lang::En, Some(after)) => format!("served again after {after}"),
        (Lang::Zh, Some(after)) => format!("{after} 后恢复服务"),
        (_, None) => Word::NotServing.get(lang).to_owned(),
    }
}

/// `I1 turns red`.
pub(super) fn red(lang: Lang, lamps: &[String]) -> String {
    match lang {
        Lang::En => format!("on the way {} turns red", lamps.join(", ")),
        Lang::Zh => format!("途中 {} 变红", lamps.join("、")),
    }
}

/// `S2 leads at e2·1`.
pub(super) fn standing(lang: Lang, standing: &Standing) -> String {
    let server = standing.server;
    let at = standing.zxid.map(|zxid| zxid.to_string());
    let does = match (lang, standing.role) {
        (Lang::En, None) => "down",
        (Lang::Zh, None) => "停机",
        (Lang::En, Some(Role::Leading)) => "leads",
        (Lang::Zh, Some(Role::Leading)) => "领导",
        (Lang::En, Some(Role::Following)) => "follows",
        (Lang::Zh, Some(Role::Following)) => "跟随",
        (Lang::En, Some(Role::Observing)) => "observes",
        (Lang::Zh, Some(Role::Observing)) => "观察",
        (Lang::En, Some(Role::Looking)) => "does not get in",
        (Lang::Zh, Some(Role::Looking)) => "无法加入",
    };
    match (lang, at) {
        (Lang::En, Some(at)) => format!("{server} {does}, at {at}"),
        (Lang::Zh, Some(at)) => format!("{server} {does}，至 {at}"),
        (_, None) => format!("{server} {does}"),
    }
}

/// `2 nodes differ in the tree, before and after`.
pub(super) fn differs(lang: Lang, tree: &TreeChange) -> String {
    let n = tree.rows.len() as u64 + tree.more;
    match lang {
        Lang::En if n == 1 => "1 node of the tree differs: before and after".to_owned(),
        Lang::En => format!("{n} nodes of the tree differ: before and after"),
        Lang::Zh => format!("数据树有 {n} 个节点不同：前后对比"),
    }
}

/// `before, e2·2`, `after, e4·0`.
pub(super) fn before_and_after(lang: Lang, tree: &TreeChange) -> [String; 2] {
    let [before, after] = tree.zxids;
    match lang {
        Lang::En => [format!("before, {before}"), format!("after, {after}")],
        Lang::Zh => [format!("之前 {before}"), format!("之后 {after}")],
    }
}

/// `Trial 2 of 4`.
pub(super) fn trial(lang: Lang, done: usize, all: usize) -> String {
    let now = (done + 1).min(all);
    match lang {
        Lang::En => format!("trial {now} of {all}"),
        Lang::Zh => format!("第 {now}/{all} 次"),
    }
}

/// `empty the disk of S2`.
pub(super) fn resync(lang: Lang, server: ServerId) -> String {
    match lang {
        Lang::En => format!("empty the disk of {server}"),
        Lang::Zh => format!("清空 {server} 的磁盘"),
    }
}

/// `Copy its files to S2`.
pub(super) fn copy_to(lang: Lang, server: ServerId) -> String {
    match lang {
        Lang::En => format!("copy the files to {server}"),
        Lang::Zh => format!("把文件复制到 {server}"),
    }
}

/// `The backup for S2`.
pub(super) fn backup_of(lang: Lang, server: ServerId) -> String {
    match lang {
        Lang::En => format!("the backup for {server}"),
        Lang::Zh => format!("{server} 用哪份备份"),
    }
}

/// `3 backups, 77,934 B of 128,000 B`.
pub(super) fn total(lang: Lang, view: &VaultView) -> String {
    let (n, bytes) = (view.backups.len(), grouped(view.bytes));
    let room = view.capacity.map(grouped);
    match (lang, room) {
        (Lang::En, None) if n == 1 => format!("1 backup, {bytes} B"),
        (Lang::En, None) => format!("{n} backups, {bytes} B"),
        (Lang::En, Some(room)) => format!("{n} backups, {bytes} of {room} B"),
        (Lang::Zh, None) => format!("{n} 份备份，{bytes} B"),
        (Lang::Zh, Some(room)) => format!("{n} 份备份，{bytes}/{room} B"),
    }
}

/// What a fact about the vault is called.
pub(super) fn fact(lang: Lang, name: &str) -> &'static str {
    match (lang, name) {
        (Lang::En, "policy") => "Rule",
        (Lang::Zh, "policy") => "策略",
        (Lang::En, "ship") => "Shipping",
        (Lang::Zh, "ship") => "日志传送",
        (Lang::En, "restoring") => "Restoring",
        (Lang::Zh, "restoring") => "还原中",
        (Lang::En, "gap") => "Gap now",
        (Lang::Zh, "gap") => "当前缺口",
        (Lang::En, "recovery") => "Came back",
        (Lang::Zh, "recovery") => "恢复方式",
        (Lang::En, _) => "It cost",
        (Lang::Zh, _) => "代价",
    }
}

/// The rule, and when it acts next.
pub(super) fn policy(lang: Lang, policy: &PolicyView) -> String {
    let mut text = policy.words.get(lang).to_owned();
    let next = policy.next_us.map(crate::words::seconds);
    match (lang, next) {
        (Lang::En, Some(next)) => text += &format!(" Next in {next}."),
        (Lang::Zh, Some(next)) => text += &format!("{next} 后执行下一次。"),
        (_, None) => {}
    }
    for (parent, child) in &policy.held {
        text += &match lang {
            Lang::En => format!(" {parent} is old and stays: {child} needs it."),
            Lang::Zh => format!("{parent} 已过期但保留：{child} 依赖它。"),
        };
    }
    text
}

/// `S2 by SNAP from the leader: 2.10 s, 12,345 B`.
pub(super) fn recovery(lang: Lang, recovery: &RecoveryView) -> String {
    let (server, means) = (recovery.server, recovery.means.words());
    let took = crate::words::seconds(recovery.took_us);
    let bytes = grouped(recovery.bytes);
    let by_itself = match (lang, recovery.means.is_automatic()) {
        (Lang::En, true) => "by itself",
        (Lang::En, false) => "by hand",
        (Lang::Zh, true) => "自动",
        (Lang::Zh, false) => "手工",
    };
    let then = recovery.then.as_ref().map(|then| then.words());
    match (lang, then) {
        (Lang::En, None) => format!("{server} {by_itself}: {}, {bytes} B, {took}", means.en),
        (Lang::Zh, None) => format!("{server} {by_itself}：{}，{bytes} B，{took}", means.zh),
        (Lang::En, Some(then)) => format!(
            "{server} {by_itself}: {}, then {}, {bytes} B in all, {took}",
            means.en, then.en
        ),
        (Lang::Zh, Some(then)) => format!(
            "{server} {by_itself}：{}，随后{}，共 {bytes} B，{took}",
            means.zh, then.zh
        ),
    }
}

/// `S2 every 5.00 s, on top of b3`.
pub(super) fn ship(lang: Lang, ship: &ShipView) -> String {
    let every = crate::words::seconds(ship.every_us);
    let (server, last) = (ship.server, &ship.last);
    match lang {
        Lang::En => format!("log of {server} every {every}, on top of {last}"),
        Lang::Zh => format!("每 {every} 传送 {server} 的日志，接在 {last} 之后"),
    }
}

/// `b1 to e1·60, staged on S1, S2; 4 confirmed writes end, as declared`.
pub(super) fn restoring(lang: Lang, restoring: &RestoringView) -> String {
    let RestoringView { backup, to, .. } = restoring;
    let staged: Vec<String> = restoring.staged.iter().map(ToString::to_string).collect();
    let (ready, all) = (staged.len(), restoring.servers.len());
    let lost = ends(lang, restoring.lost.len() as u64);
    match lang {
        Lang::En => format!("{backup} to {to}: files ready on {ready} of {all}; {lost}"),
        Lang::Zh => format!("{backup} 还原到 {to}：{ready}/{all} 台文件就绪；{lost}"),
    }
}

/// `14 writes behind e1·86 are in no backup`.
pub(super) fn gap(lang: Lang, gap: VaultGap) -> String {
    let VaultGap { after, count, lost } = gap;
    let lost = match (lang, lost) {
        (_, 0) => String::new(),
        (Lang::En, _) => format!("; {lost} lost"),
        (Lang::Zh, _) => format!("，其中 {lost} 个已丢失"),
    };
    match lang {
        Lang::En if after.counter == 0 && count > 1 => {
            format!(
                "all {count} transactions: no backup that can be restored has them (RPO gap){lost}"
            )
        }
        Lang::Zh if after.counter == 0 => {
            format!("全部 {count} 个事务都不在可还原的备份中（RPO 缺口）{lost}")
        }
        Lang::En if after.counter == 0 => {
            format!("no backup that can be restored has the only transaction (RPO gap){lost}")
        }
        Lang::En if count == 1 => {
            format!("1 transaction behind {after} is in no backup (RPO gap){lost}")
        }
        Lang::En => format!("{count} transactions behind {after} are in no backup (RPO gap){lost}"),
        Lang::Zh => format!("{after} 之后有 {count} 个事务不在任何备份中（RPO 缺口）{lost}"),
    }
}

/// `full from S2, goes on from b1`.
pub(super) fn kind(lang: Lang, backup: &VaultBackup) -> String {
    let kind = match (lang, backup.kind) {
        (Lang::En, VaultKind::Full) => "full",
        (Lang::Zh, VaultKind::Full) => "全量",
        (Lang::En, VaultKind::Incremental) => "incremental",
        (Lang::Zh, VaultKind::Incremental) => "增量",
        (Lang::En, VaultKind::Cold) => "whole disk",
        (Lang::Zh, VaultKind::Cold) => "整盘",
        (Lang::En, VaultKind::Hot) => "hot",
        (Lang::Zh, VaultKind::Hot) => "热备",
    };
    let server = backup.server;
    match (lang, &backup.parent) {
        (Lang::En, None) => format!("{kind}, from {server}"),
        (Lang::Zh, None) => format!("{kind}，取自 {server}"),
        (Lang::En, Some(parent)) => format!("{kind}, from {server}, needs {parent}"),
        (Lang::Zh, Some(parent)) => format!("{kind}，取自 {server}，依赖 {parent}"),
    }
}

/// `snapshot.100000050 + log.100000051`.
pub(super) fn files(files: &[(String, u64)]) -> String {
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    names.join(" + ")
}

/// Sizes are added up file by file, and an increment to what it goes on from:
/// `B = ΣDᵢ = 2,140 + 33,904 = 36,044 B`, `B = B(b1) + ΣΔDᵢ = 36,044 + 2,140 = 38,184 B`.
pub(super) fn sizes(lang: Lang, backup: &VaultBackup) -> String {
    let mut terms: Vec<String> = backup.files.iter().map(|(_, len)| grouped(*len)).collect();
    if terms.len() > TERMS {
        terms.truncate(TERMS - 1);
        terms.push("…".to_owned());
    }
    if let Some(parent) = backup.parent.as_ref().filter(|_| backup.chain_bytes == 0) {
        let own = grouped(backup.bytes);
        return match lang {
            Lang::En => {
                format!("ΣΔDᵢ = {own} B of its own; {parent} or what that needs is missing")
            }
            Lang::Zh => format!("ΣΔDᵢ = 自身 {own} B；缺少 {parent} 或其所依赖的备份"),
        };
    }
    let all = grouped(backup.chain_bytes);
    let rule = match &backup.parent {
        None => "ΣDᵢ".to_owned(),
        Some(parent) => {
            terms.insert(0, grouped(backup.chain_bytes.saturating_sub(backup.bytes)));
            format!("B({parent}) + ΣΔDᵢ")
        }
    };
    match terms.len() {
        0 | 1 => format!("B = {rule} = {all} B"),
        _ => format!("B = {rule} = {} = {all} B", terms.join(" + ")),
    }
}

/// `e1·61 … e1·80 · all files, copied`.
pub(super) fn extent(lang: Lang, backup: &VaultBackup) -> String {
    let range = match backup.from {
        Some(from) => format!("{from} … {}", backup.to),
        None => format!("→ {}", backup.to),
    };
    let mut text = format!("{range} · {}", backup.way.get(lang));
    if let Some((at, Some(fuzzy))) = backup.snapshot {
        text += &match lang {
            Lang::En => format!(" · snapshot {at}, fuzzy to {fuzzy}"),
            Lang::Zh => format!(" · 快照 {at}，模糊至 {fuzzy}"),
        };
    }
    if backup.tail_may_go {
        text += match lang {
            Lang::En => " · its last records may be uncommitted",
            Lang::Zh => " · 末尾记录可能未提交",
        };
    }
    text
}

/// `12,288 of 41,890 B`.
pub(super) fn copied(lang: Lang, done: u64, all: u64) -> String {
    let Some(percent) = (done * 100).checked_div(all) else {
        return match lang {
            Lang::En => "it begins".to_owned(),
            Lang::Zh => "正在开始".to_owned(),
        };
    };
    let (done, all) = (grouped(done), grouped(all));
    match lang {
        Lang::En => format!("{done} of {all} B, {percent} %"),
        Lang::Zh => format!("{done}/{all} B，{percent} %"),
    }
}

/// `, log.100000001, 120 ms left`.
pub(super) fn copying(lang: Lang, file: &str, eta_us: u64) -> String {
    let left = crate::words::seconds(eta_us);
    match lang {
        _ if file.is_empty() => String::new(),
        Lang::En => format!(" · {file}, {left} left"),
        Lang::Zh => format!(" · {file}，约剩 {left}"),
    }
}

/// What can be done with a backup.
pub(super) fn deeds_of(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("What to do with {name}"),
        Lang::Zh => format!("对 {name} 的操作"),
    }
}

/// `Restore b1`.
pub(super) fn restore_of(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("Restore {name}…"),
        Lang::Zh => format!("还原 {name}…"),
    }
}
