//! The words of the files panel, both languages side by side.

use zablab_core::lab::{ImportView, ServerId};
use zablab_core::view::Lang;
use zablab_core::view::import::{DiskView, VerdictView};

crate::words::words! {
    Bring: "Disks of real servers", "真实服务器的磁盘";
    How: "Drop a version-2 directory, a .tar.gz of one, single files or a run file anywhere on the page. They are read here in your browser; nothing is uploaded. At most 64 MiB of content and 1 GiB in all.",
        "把 version-2 目录、它的 .tar.gz、单个文件或运行文件拖到页面任意位置。文件只在浏览器内读取，不会上传。内容最多 64 MiB，总长最多 1 GiB。";
    PickFiles: "Choose files…", "选择文件…";
    PickDirectory: "Choose a directory…", "选择目录…";
    JudgedAs: "Judged as", "判断依据";
    Away: "Remove", "移除";
    Report: "What recovery finds", "恢复过程";
    File: "File", "文件";
    Length: "length", "长度";
    DataEnds: "data ends", "数据末尾";
    Use: "Start an ensemble from them", "以此启动集群";
    Empty: "empty", "空";
    OwnEach: "Each server starts from a disk of its own, under its own number.", "每台服务器用自己的磁盘启动，编号按位置重写。";
    SameDisk: "Servers with the same disk are copies, as after a cold restore: they have the same history.",
        "使用同一磁盘的服务器是副本，如同冷还原之后：历史相同。";
    SomeEmpty: "A server without a disk starts empty and is filled by the leader.", "没有磁盘的服务器从空开始，由领导者补齐。";
    EmptyMajority: "Empty servers are a majority here: if they elect before the others vote, what the disks hold is lost, as with real servers.",
        "这里空服务器占多数：若它们抢先选出领导者，磁盘上的数据就会丢失，真实服务器也是如此。";
    NoDisk: "No server has a disk yet.", "还没有服务器分到磁盘。";
    DurableOnly: "only what survives a power loss", "只要断电后仍在的部分";
    Download: "Download this server's disk", "下载这台服务器的磁盘";
    DownloadRun: "Download this run", "下载这次运行";
    OutHow: "A .tar.gz with myid and version-2, from which a real server starts.", "含 myid 和 version-2 的 .tar.gz，真实服务器可由此启动。";
    RunHow: "A link cannot carry disks; the run file can.", "链接带不走磁盘，运行文件可以。";
}

/// `Disk of S2 at step 44`.
pub(super) fn disk_of(lang: Lang, server: ServerId, step: u64) -> String {
    match lang {
        Lang::En => format!("Disk of {server} at step {step}"),
        Lang::Zh => format!("第 {step} 步时 {server} 的磁盘"),
    }
}

/// `Disk for S2`.
pub(super) fn disk_for(lang: Lang, server: usize) -> String {
    match lang {
        Lang::En => format!("Disk for S{server}"),
        Lang::Zh => format!("S{server} 的磁盘"),
    }
}

/// `12 files, 218.4 KB`.
pub(super) fn files(lang: Lang, files: usize, bytes: u64) -> String {
    let bytes = size(bytes);
    match lang {
        Lang::En if files == 1 => format!("1 file, {bytes}"),
        Lang::En => format!("{files} files, {bytes}"),
        Lang::Zh => format!("{files} 个文件，{bytes}"),
    }
}

/// `snapshot.86, 13 transactions replayed, 0 digest mismatches, accepted epoch 1, current epoch 1`.
pub(super) fn facts(lang: Lang, disk: &DiskView, verdict: &VerdictView) -> String {
    let [accepted, current] = verdict.epochs.each_ref().map(Option::as_deref);
    let mut parts = Vec::new();
    parts.extend(verdict.snapshot.clone());
    parts.push(match lang {
        Lang::En => format!("{} replayed", verdict.replayed),
        Lang::Zh => format!("重放 {} 条", verdict.replayed),
    });
    parts.push(match (lang, verdict.mismatches) {
        (Lang::En, 1) => "1 digest mismatch".to_owned(),
        (Lang::En, n) => format!("{n} digest mismatches"),
        (Lang::Zh, n) => format!("{n} 处摘要不符"),
    });
    parts.extend(accepted.map(|epoch| format!("acceptedEpoch {epoch}")));
    parts.extend(current.map(|epoch| format!("currentEpoch {epoch}")));
    parts.extend(disk.myid.map(|id| format!("myid {id}")));
    parts.join(match lang {
        Lang::En => ", ",
        Lang::Zh => "，",
    })
}

/// Why a member of an ensemble refuses the epochs.
pub(super) fn epochs_refused(lang: Lang, why: &str) -> String {
    match lang {
        Lang::En => format!("As a member of an ensemble it does not start: {why}"),
        Lang::Zh => format!("作为集群成员不启动：{why}"),
    }
}

/// What a choice of disks means.
pub(super) fn meaning(plan: &[Option<usize>]) -> Vec<Word> {
    let chosen: Vec<usize> = plan.iter().flatten().copied().collect();
    if chosen.is_empty() {
        return vec![Word::NoDisk];
    }
    let again = |(at, disk): (usize, &usize)| chosen[..at].contains(disk);
    let same = chosen.iter().enumerate().any(again);
    let empty = plan.len() - chosen.len();
    let mut said = Vec::new();
    said.push(if same { Word::SameDisk } else { Word::OwnEach });
    if empty > 0 {
        said.push(Word::SomeEmpty);
    }
    if empty * 2 > plan.len() {
        said.push(Word::EmptyMajority);
    }
    said
}

/// A name for every choice of a disk: the names of the disks, and none.
pub(super) fn choices(lang: Lang, view: &ImportView) -> Vec<(String, String)> {
    let disks = view.disks.iter().enumerate();
    let mut choices: Vec<(String, String)> = disks
        .map(|(at, disk)| (at.to_string(), disk.name.clone()))
        .collect();
    choices.push((String::new(), Word::Empty.get(lang).to_owned()));
    choices
}

/// `880 B`, `12.5 KB`, `64.0 MB`.
pub(super) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", tenths(1 << 10)),
        _ => format!("{} MB", tenths(1 << 20)),
    }
}
