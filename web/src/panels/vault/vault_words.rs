//! The words of the vault panel, both languages side by side.

use zablab_core::lab::ServerId;
use zablab_core::lab::drill::{LostWrite, Outcome, Plan, Standing, Twist};
use zablab_core::view::Lang;
use zablab_core::view::frame::Role;

crate::words::words! {
    Empty: "The vault is empty. Back up a server: right-click it, or press Shift+F10 on it.", "备份库是空的。右键点击一台服务器（或按 Shift+F10）即可备份。";
    RestoreThis: "Restore…", "还原…";
    Restore: "Restore", "还原";
    RestoreHow: "Choose a way and try it. The drill runs on copies of this moment; the run itself stays as it is.",
        "选一种方式先演练。演练在此刻的副本上进行，运行本身不受影响。";
    Way: "How", "方式";
    WayFiles: "copy its files to", "把文件复制到";
    WayResync: "no backup: empty the disk of", "不用备份：清空磁盘，由领导者补齐";
    AllStop: "stop all servers first", "先停下所有服务器";
    Try: "Try it", "演练";
    Back: "Back to the vault", "回到备份库";
    Trials: "What happened in the drill", "演练结果";
    KeepPlanned: "Do it", "照此执行";
    KeepTwisted: "Show this run", "查看这次运行";
    NothingLost: "no confirmed write is lost", "已答复的写入没有丢失";
    NotServing: "the servers do not all serve within 30 s", "30 s 内仍有服务器未恢复服务";
    Minority: "The restored server forgets what it had promised to remember. A majority that still remembers brings it up to date; then the restore had no effect. If one more server fails before that, the ones that forgot may be the majority.",
        "被还原的服务器会忘记它承诺过要记住的内容。仍记得的多数派会把它补齐，还原等于没做。若在此之前再有一台出故障，忘记的那些就可能成为多数派。";
    Majority: "The restored servers are a majority. Whatever only the others remember is gone for the ensemble as soon as the restored ones elect without them.",
        "被还原的服务器已占多数。只要它们不等其他服务器就选出领导者，只有其他服务器记得的内容就从集群中消失。";
    Everybody: "All servers get the same files while everybody is stopped: no server remembers more than another, so no order of starting can bring two histories together. What is not in the backup is lost, and it is known beforehand.",
        "全部停机后每台都放上同样的文件：没有谁比别人记得更多，任何启动顺序都不会混出两段历史。备份里没有的内容会丢失，而且事先就知道。";
    Mixed: "All servers get the files, yet not all stop before: a server that still runs has what the backup lacks, and they meet.",
        "每台都放上文件，但没有先全部停机：仍在运行的服务器握有备份里没有的内容，两段历史会相遇。";
    Resync: "The way for one lost disk while a majority serves: the leader sends what is missing. No backup is read. While it runs the ensemble has one copy fewer.",
        "多数派仍在服务、只丢一块磁盘时的正确做法：由领导者补发，不读任何备份。补齐之前，集群少一份副本。";
    Nobody: "Choose at least one server.", "请至少选择一台服务器。";
}

/// What a plan means, whatever the drill shows.
pub(super) fn meaning(plan: &Plan, voters: usize) -> Word {
    match plan {
        Plan::Resync(_) => Word::Resync,
        Plan::Files { to, all_stop, .. } => match (to.len(), all_stop) {
            (0, _) => Word::Nobody,
            (n, true) if n >= voters => Word::Everybody,
            (n, false) if n >= voters => Word::Mixed,
            (n, _) if 2 * n > voters => Word::Majority,
            _ => Word::Minority,
        },
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
pub(super) fn lost(lang: Lang, outcome: &Outcome) -> String {
    if outcome.lost == 0 {
        return Word::NothingLost.get(lang).to_owned();
    }
    let n = outcome.lost;
    match lang {
        Lang::En if n == 1 => "1 confirmed write lost".to_owned(),
        Lang::En => format!("{n} confirmed writes lost"),
        Lang::Zh => format!("丢失 {n} 个已答复的写入"),
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
        (Lang::Zh, Some(after)) => format!("{after}后恢复服务"),
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

/// `Trial 2 of 4`.
pub(super) fn trial(lang: Lang, done: usize, all: usize) -> String {
    let now = (done + 1).min(all);
    match lang {
        Lang::En => format!("trial {now} of {all}"),
        Lang::Zh => format!("第 {now}/{all} 次"),
    }
}

/// `Copy its files to S2`.
pub(super) fn copy_to(lang: Lang, server: ServerId) -> String {
    match lang {
        Lang::En => format!("copy the files to {server}"),
        Lang::Zh => format!("把文件复制到 {server}"),
    }
}
