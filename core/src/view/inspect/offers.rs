//! What can be done about a target: the list of deeds. Whether each is possible is for the world to say.

use std::sync::Arc;

use super::deed::{Change, Deed, Offer, Offers};
use super::{Look, entry, vault};
use crate::base::{ClientId, Duration, ServerId};
use crate::model::Request;
use crate::model::acl::Acl;
use crate::model::request::CreateMode;
use crate::protocol::zab::state::Role;
use crate::view::caption;
use crate::view::frame::Zx;
use crate::view::target::Target;
use crate::world::{
    Cause, Command, CrashKind, CrashPoint, DiskFault, End, Endpoint, PacketMatch, Step,
};

/// Snapshots that a purge keeps.
const RETAIN: u32 = 3;
/// How late a message can be.
const LATE_MS: [u64; 3] = [20, 200, 2_000];

/// The deeds for a target, in groups.
pub fn of(target: &Target, look: &Look<'_>) -> Vec<Offers> {
    let mut groups = match target {
        Target::Server(id) => server(*id, look),
        Target::Client(id) => client(*id, look),
        Target::Message(id) => message(*id, look),
        Target::Entry(server, zx) => fates(*server, *zx, look),
        Target::Transaction(_) | Target::Lamp(_) => Vec::new(),
        Target::File(server, name) => {
            vec![file(*server, name, look), disk(*server, look)]
        }
        Target::Step(_) => step(look),
        Target::Link(a, b) => vec![link(*a, *b, look)],
        Target::Backup(name) => vault::backup(name, look),
        Target::Vault => vault::all(look),
    };
    groups.retain(|group| !group.all.is_empty());
    groups
}

fn server(id: ServerId, look: &Look<'_>) -> Vec<Offers> {
    let crash = |kind| Command::Crash { server: id, kind };
    let clock = |by_ms| Command::Clock { server: id, by_ms };
    let purge = Command::Purge {
        server: id,
        retain: RETAIN,
    };
    let c = Offer::command;
    let deeds = vec![
        c("crash-power", "lose power", "断电", crash(CrashKind::Power)).grave(),
        c(
            "crash-process",
            "kill the process",
            "杀死进程",
            crash(CrashKind::Process),
        )
        .grave(),
        c("restart", "start again", "重新启动", Command::Restart(id)),
        c(
            "pause",
            "freeze (SIGSTOP)",
            "冻结（SIGSTOP）",
            Command::Pause(id),
        ),
        c(
            "resume",
            "go on (SIGCONT)",
            "继续（SIGCONT）",
            Command::Resume(id),
        ),
        Offer::new(
            "isolate",
            "cut off from all",
            "与所有各方断开",
            Deed::Isolate(id),
        ),
        c(
            "heal",
            "heal all links",
            "恢复所有链路",
            Command::Heal(None),
        ),
        Offer::new(
            "write",
            "a client writes here",
            "客户端在此写入",
            Deed::Write(id),
        ),
        Offer::new(
            "connect",
            "a client connects here",
            "客户端连接到此",
            Deed::Connect(id),
        ),
        c(
            "snapshot",
            "take a snapshot",
            "生成快照",
            Command::Snapshot(id),
        ),
        c(
            "purge",
            "purge, keep 3 snapshots",
            "清理，保留 3 份快照",
            purge,
        ),
        c(
            "clock-forward",
            "wall clock + 1 h",
            "系统时钟 + 1 小时",
            clock(3_600_000),
        ),
        c(
            "clock-back",
            "wall clock − 1 h",
            "系统时钟 − 1 小时",
            clock(-3_600_000),
        ),
    ];
    vec![
        Offers::new("Server", "服务器", deeds),
        points("Lose power …", "在此刻断电……", id, CrashKind::Power),
        disk(id, look),
        links(id, look),
        points(
            "Kill the process …",
            "在此刻杀死进程……",
            id,
            CrashKind::Process,
        ),
    ]
}

/// A death at each named point: a trap that waits for the next time the server comes there.
fn points(en: &str, zh: &str, server: ServerId, kind: CrashKind) -> Offers {
    let trap = |point: &CrashPoint| {
        let word = caption::moment(*point);
        let id = format!("{}-{}", kind.word(), point.word());
        let command = Command::CrashAt {
            server,
            kind,
            point: *point,
            zxid: None,
        };
        Offer::command(&id, &word.en, &word.zh, command).grave()
    };
    Offers::new(en, zh, CrashPoint::ALL.iter().map(trap).collect())
}

fn disk(server: ServerId, look: &Look<'_>) -> Offers {
    let fault = |fault| Command::Disk { server, fault };
    let c = Offer::command;
    let mut all = vec![
        c(
            "disk-full",
            "full: refuse writes",
            "已满：拒绝写入",
            fault(DiskFault::Full),
        ),
        c(
            "disk-slow",
            "fsync 10 times slower",
            "fsync 慢 10 倍",
            fault(DiskFault::Slow(10)),
        ),
        c(
            "disk-lying",
            "lie: fsync forces nothing",
            "说谎：fsync 不落盘",
            fault(DiskFault::Lying),
        )
        .grave(),
        c(
            "disk-ok",
            "as it should be again",
            "恢复正常",
            fault(DiskFault::Ok),
        ),
        c(
            "disk-tear",
            "tear the last record",
            "撕裂最后一条记录",
            fault(DiskFault::Tear),
        )
        .grave(),
    ];
    let row = look.frame.servers.iter().find(|row| row.id == server);
    if let Some(name) = row.and_then(|row| row.disk.file.clone()) {
        all.extend(flip(server, &name, look));
    }
    all.push(c("wipe", "wipe the disk", "清空磁盘", Command::Wipe(server)).grave());
    Offers::new("Disk", "磁盘", all)
}

/// A bit in the middle of the last data of a file.
fn flip(server: ServerId, name: &str, look: &Look<'_>) -> Option<Offer> {
    let host = look.world.hosts().iter().find(|host| host.id == server)?;
    let offset = host.disk.file(name)?.content().data_end().checked_sub(10)?;
    let fault = DiskFault::Flip {
        file: name.to_owned(),
        offset,
        bit: 0,
    };
    let (en, zh) = (
        format!("flip a bit of {name} at byte {offset}"),
        format!("翻转 {name} 第 {offset} 字节的一位"),
    );
    Some(Offer::command("disk-flip", &en, &zh, Command::Disk { server, fault }).grave())
}

fn file(server: ServerId, name: &str, look: &Look<'_>) -> Offers {
    let fault = DiskFault::Delete {
        file: name.to_owned(),
    };
    let (en, zh) = (format!("delete {name}"), format!("删除 {name}"));
    let delete = Offer::command("delete-file", &en, &zh, Command::Disk { server, fault }).grave();
    let mut all = vec![delete];
    all.extend(flip(server, name, look).map(|flip| Offer {
        id: "flip-file".to_owned(),
        ..flip
    }));
    Offers::new("File", "文件", all)
}

/// The links of a server, one deed each: cut, or heal.
fn links(id: ServerId, look: &Look<'_>) -> Offers {
    let others = look.world.hosts().iter().filter(|host| host.id != id);
    let one = |peer: ServerId| {
        let (a, b) = (Endpoint::Server(id), Endpoint::Server(peer));
        if look.world.is_cut(End::Server(id), End::Server(peer)) {
            let (en, zh) = (
                format!("heal the link to {peer}"),
                format!("恢复到 {peer} 的链路"),
            );
            return Offer::command(
                &format!("heal-{peer}"),
                &en,
                &zh,
                Command::Heal(Some((a, b))),
            );
        }
        let (en, zh) = (
            format!("cut the link to {peer}"),
            format!("断开到 {peer} 的链路"),
        );
        Offer::command(&format!("cut-{peer}"), &en, &zh, Command::Cut(a, b))
    };
    Offers::new("Links", "链路", others.map(|host| one(host.id)).collect())
}

fn link(a: ServerId, b: ServerId, look: &Look<'_>) -> Offers {
    let (end_a, end_b) = (Endpoint::Server(a), Endpoint::Server(b));
    let slow = |ms| Command::Slow {
        a: end_a.clone(),
        b: end_b.clone(),
        by: Duration::from_ms(ms),
    };
    let c = Offer::command;
    let both = Some((end_a.clone(), end_b.clone()));
    let mut all = vec![
        c(
            "cut",
            "cut",
            "断开",
            Command::Cut(end_a.clone(), end_b.clone()),
        ),
        c("heal", "heal", "恢复", Command::Heal(both)),
        c("slow-50", "50 ms slower", "慢 50 ms", slow(50)),
        c("slow-500", "500 ms slower", "慢 500 ms", slow(500)),
        c("slow-0", "usual speed", "恢复原速", slow(0)),
    ];
    for (from, to) in [(a, b), (b, a)] {
        for word in words(from, look) {
            let packet = PacketMatch {
                from: Endpoint::Server(from),
                to: Endpoint::Server(to),
                word: (*word).to_owned(),
                zxid: None,
                nth: 1,
            };
            let big = word.to_ascii_uppercase();
            let (en, zh) = (
                format!("lose the next {big} {from}→{to}"),
                format!("丢失下一条 {from}→{to} 的 {big}"),
            );
            let id = format!("lose-{word}-{from}-{to}");
            all.push(Offer::command(&id, &en, &zh, Command::Lose(packet)));
        }
    }
    Offers::new("Link", "链路", all)
}

/// What a server has to say to another one.
fn words(from: ServerId, look: &Look<'_>) -> &'static [&'static str] {
    let row = look.frame.servers.iter().find(|row| row.id == from);
    match row.and_then(|row| row.role) {
        Some(Role::Leading) => &["proposal", "commit", "newleader"],
        Some(Role::Following) => &["ack", "request"],
        Some(Role::Observing) => &["request"],
        Some(Role::Looking) => &["notification"],
        None => &[],
    }
}

fn client(id: ClientId, look: &Look<'_>) -> Vec<Offers> {
    let Some(client) = look.world.clients().get(usize::from(id.0)) else {
        return Vec::new();
    };
    let name = client.name.clone();
    let ask = |request| Command::Invoke {
        client: name.clone(),
        request: Arc::new(request),
    };
    let write = Request::create(
        "/w".to_owned(),
        None,
        Acl::open(),
        CreateMode::PersistentSequential,
    );
    let read = Request::GetChildren {
        path: "/".to_owned(),
        watch: false,
    };
    let next = client.next_server();
    let (en, zh) = (
        format!("break its connection; next it tries {next}"),
        format!("断开连接；它接着尝试 {next}"),
    );
    let of = || name.clone();
    let c = Offer::command;
    let mut all = vec![
        c("write", "write: create /w", "写：create /w", ask(write)),
        c("read", "read: ls /", "读：ls /", ask(read)),
        c("drop", &en, &zh, Command::Drop { client: of() }),
        c(
            "pause",
            "freeze (SIGSTOP)",
            "冻结（SIGSTOP）",
            Command::PauseClient { client: of() },
        ),
        c(
            "resume",
            "go on (SIGCONT)",
            "继续（SIGCONT）",
            Command::ResumeClient { client: of() },
        ),
        c(
            "stop",
            "end its recipe",
            "结束它的配方",
            Command::Stop { client: of() },
        ),
        c(
            "close",
            "close the session",
            "关闭会话",
            Command::Close { client: of() },
        )
        .grave(),
    ];
    if let Some(server) = client.server {
        let (a, b) = (Endpoint::Client(of()), Endpoint::Server(server));
        let cut = look.world.is_cut(End::Client(id), End::Server(server));
        all.push(if cut {
            let (en, zh) = (
                format!("heal the link to {server}"),
                format!("恢复到 {server} 的链路"),
            );
            Offer::command("heal", &en, &zh, Command::Heal(Some((a, b))))
        } else {
            let (en, zh) = (
                format!("cut the link to {server}"),
                format!("断开到 {server} 的链路"),
            );
            Offer::command("cut", &en, &zh, Command::Cut(a, b))
        });
    }
    vec![Offers::new("Client", "客户端", all)]
}

fn message(id: u64, look: &Look<'_>) -> Vec<Offers> {
    let Some(passage) = look.passage else {
        return Vec::new();
    };
    let mut groups = vec![what_if(id)];
    if let (End::Server(a), End::Server(b)) = (passage.message.from, passage.message.to) {
        groups.push(link(a, b, look));
    }
    groups
}

fn what_if(message: u64) -> Offers {
    let lost = Deed::WhatIf(Change::Lost(message));
    let mut all = vec![Offer::new(
        "what-if-lost",
        "it were lost?",
        "它丢失了？",
        lost,
    )];
    for ms in LATE_MS {
        let by = Duration::from_ms(ms);
        let (en, zh) = (format!("it were {by} late?"), format!("它延迟 {by}？"));
        let late = Deed::WhatIf(Change::Late(message, by));
        all.push(Offer::new(&format!("what-if-late-{ms}"), &en, &zh, late));
    }
    Offers::new("What if …", "如果……", all)
}

/// What if this server had died around this transaction? The trap is set before anybody knew of it.
fn fates(server: ServerId, zx: Zx, look: &Look<'_>) -> Vec<Offers> {
    let Some(txn) = look.txn else {
        return Vec::new();
    };
    let around = [
        CrashPoint::BeforeWrite,
        CrashPoint::AfterWrite,
        CrashPoint::AfterFsync,
        CrashPoint::AfterAck,
        CrashPoint::BeforeCommit,
        CrashPoint::AfterCommit,
    ];
    let fate = |point: CrashPoint| {
        let word = caption::moment(point);
        let (en, zh) = (
            format!("{server} lost power {}?", word.en),
            format!("{server} 在{}断电？", word.zh),
        );
        let command = Command::CrashAt {
            server,
            kind: CrashKind::Power,
            point,
            zxid: Some(entry::zxid(zx)),
        };
        let change = Change::Done {
            after: txn.seen,
            command,
        };
        let id = format!("what-if-{}", point.word());
        Offer::new(&id, &en, &zh, Deed::WhatIf(change)).grave()
    };
    let all = around.into_iter().map(fate).collect();
    vec![Offers::new("What if …", "如果……", all)]
}

fn step(look: &Look<'_>) -> Vec<Offers> {
    let Some(seen) = look.step else {
        return Vec::new();
    };
    let step = seen.step;
    let mut all = match &step.cause {
        Cause::Delivered(m) | Cause::Dropped(m) => what_if(m.id).all,
        Cause::Command(_) => vec![Offer::new(
            "what-if-without",
            "this had not been done?",
            "没有做这一步操作？",
            Deed::WhatIf(Change::Without(step.id.0)),
        )],
        _ => Vec::new(),
    };
    if let Some(server) = acting(step) {
        let crash = Command::Crash {
            server,
            kind: CrashKind::Power,
        };
        let deed = |after| {
            Deed::WhatIf(Change::Done {
                after,
                command: crash.clone(),
            })
        };
        let at = step.id.0;
        let (en, zh) = (
            format!("{server} lost power just before?"),
            format!("{server} 在这之前断电？"),
        );
        all.push(Offer::new("what-if-power-before", &en, &zh, deed(at)).grave());
        let (en, zh) = (
            format!("{server} lost power right after?"),
            format!("{server} 在这之后断电？"),
        );
        all.push(Offer::new("what-if-power-after", &en, &zh, deed(at + 1)).grave());
    }
    vec![Offers::new("What if …", "如果……", all)]
}

fn acting(step: &Step) -> Option<ServerId> {
    match step.actor {
        crate::world::Actor::Server(id) => Some(id),
        _ => None,
    }
}
