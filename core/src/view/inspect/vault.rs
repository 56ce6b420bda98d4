//! What can be done about the vault, and about one of its backups.

use std::sync::Arc;

use super::deed::{Offer, Offers};
use super::{Inspection, Look, words};
use crate::base::{Duration, ServerId};
use crate::view::Text;
use crate::view::target::Target;
use crate::world::vault::{
    BackupKind, CopyOrder, PolicyOrder, RATE, RestoreOrder, ShipOrder, TakeOrder, VaultFault,
    VaultOrder, Work,
};
use crate::world::{Command, Host};

/// What a vault has room for when it is made small.
const SMALL: u64 = 2 << 10;
/// How often the log is shipped, and what a rule does how often: a run is short.
const SHIP: Duration = Duration::from_s(1);
const FULL: Duration = Duration::from_s(8);
const INCREMENT: Duration = Duration::from_s(2);
/// Full backups that a rule keeps.
const KEEP: u32 = 2;

/// The vault as it is looked at closely.
pub(super) fn vault(look: &Look<'_>) -> Inspection {
    let about = Text::new(
        "outside of the ensemble: no crash of a server touches it",
        "在集群之外：服务器宕机不影响它",
    );
    let mut it = Inspection::new(Text::new("the vault", "备份库"), about);
    let count = look.world.vault().iter().count();
    it.row("backups", "备份数", Text::same(count.to_string()));
    for (name, backup) in look.world.vault().iter() {
        let name = name.to_string();
        let taken = format!("{name}: {}", words::seconds(backup.taken_at.0));
        it.row("taken", "时间", Text::same(taken));
        it.near(Text::same(name.clone()), Target::Backup(name));
    }
    it
}

/// Every way to take a backup, server by server; and what can happen to the vault itself.
pub(super) fn all(look: &Look<'_>) -> Vec<Offers> {
    let servers = look.world.hosts().iter().map(|host| of(host, look));
    servers.chain([faults(look)]).collect()
}

fn of(host: &Host, look: &Look<'_>) -> Offers {
    let from = host.id;
    let name = free_name(look, "b");
    let kept = |kind| Command::Backup {
        kind,
        from,
        name: name.clone(),
    };
    let take = |parent: Option<Arc<str>>, order| {
        Command::Vault(VaultOrder::Take(TakeOrder {
            from,
            name: name.as_str().into(),
            parent,
            order,
            rate: RATE,
        }))
    };
    let offer = |id: &str, en: &str, zh: &str, command| {
        Offer::command(&format!("{id}-{from}"), en, zh, command)
    };
    let mut deeds = vec![
        offer(
            "full",
            "full, while it runs: snapshot first, then the log",
            "在线全量：先快照，后日志",
            take(None, CopyOrder::SnapshotFirst),
        ),
        offer(
            "full-log-first",
            "full, the wrong way round: log first",
            "在线全量，顺序颠倒：先日志",
            take(None, CopyOrder::LogsFirst),
        ),
        offer(
            "cold",
            "all its files at one moment (cold when it is down)",
            "同一时刻的全部文件（停机时即冷备）",
            kept(BackupKind::Cold),
        ),
        offer(
            "hot",
            "a snapshot, streamed (admin snapshot)",
            "快照流（admin snapshot）",
            kept(BackupKind::Hot),
        ),
    ];
    deeds.extend(following(look, from, |parent| {
        take(Some(parent), CopyOrder::SnapshotFirst)
    }));
    let (en, zh) = (
        format!("by rule: full every {FULL}, an increment every {INCREMENT}, keep {KEEP}"),
        format!("按策略：每 {FULL} 全量，每 {INCREMENT} 增量，保留 {KEEP} 份"),
    );
    let rule = Command::Vault(VaultOrder::Policy(Some(PolicyOrder {
        from,
        name: free_name(look, "p").as_str().into(),
        full: FULL,
        incremental: Some(INCREMENT),
        keep: Some(KEEP),
        age: None,
        rate: RATE,
    })));
    deeds.push(offer("policy", &en, &zh, rule));
    Offers::new(&format!("from {from}"), &format!("取自 {from}"), deeds)
}

/// What goes on from the newest backup of a server: an increment, and the log shipped all the time.
fn following(look: &Look<'_>, from: ServerId, take: impl Fn(Arc<str>) -> Command) -> [Offer; 2] {
    let parent = newest_of(look, from);
    let (on_en, on_zh) = parent.as_ref().map_or_else(Default::default, |parent| {
        (
            format!(", on top of {parent}"),
            format!("，接在 {parent} 之后"),
        )
    });
    let base = parent.clone().unwrap_or_default();
    let ship = Command::Vault(VaultOrder::Ship(ShipOrder {
        from,
        name: free_name(look, "ship").as_str().into(),
        parent: base.clone(),
        every: SHIP,
        rate: RATE,
    }));
    let offers = [
        Offer::command(
            &format!("incremental-{from}"),
            &format!("incremental{on_en}"),
            &format!("增量{on_zh}"),
            take(base),
        ),
        Offer::command(
            &format!("ship-{from}"),
            &format!("ship its log every {SHIP}{on_en}"),
            &format!("每 {SHIP} 传送日志{on_zh}"),
            ship,
        ),
    ];
    let (en, zh) = (
        format!("There is no whole backup of {from} to go on from: take a full one first."),
        format!("还没有可接续的 {from} 的完整备份：请先做一次全量。"),
    );
    match parent {
        Some(_) => offers,
        None => offers.map(|offer| offer.refused(&en, &zh)),
    }
}

/// The last backup of that server that an increment can go on from.
fn newest_of(look: &Look<'_>, server: ServerId) -> Option<Arc<str>> {
    let theirs = look.world.vault().iter().filter(|(_, backup)| {
        let good = backup.manifest.is_whole() && backup.manifest.end().is_some();
        backup.source == server && good
    });
    let newest = theirs.max_by_key(|(_, backup)| (backup.taken_at, backup.zxid));
    newest.map(|(name, _)| Arc::clone(name))
}

/// `b1`, or the next number that no backup has.
fn free_name(look: &Look<'_>, stem: &str) -> String {
    let vault = look.world.vault();
    let names = (1_u32..).map(|n| format!("{stem}{n}"));
    let taken = |name: &str| vault.get(name).is_some() || vault.ships.contains_key(name);
    let mut free = names.filter(|name| !taken(name));
    free.next().expect("there are more numbers than backups")
}

fn faults(look: &Look<'_>) -> Offers {
    let fault = |fault| Command::Vault(VaultOrder::Fault(fault));
    let mut deeds = vec![
        Offer::command(
            "cut",
            "cut its link",
            "切断链路",
            fault(VaultFault::Cut(true)),
        ),
        Offer::command(
            "heal",
            "heal its link",
            "恢复链路",
            fault(VaultFault::Cut(false)),
        ),
        Offer::command(
            "small",
            &format!("leave it room for {SMALL} B"),
            &format!("只留 {SMALL} B 空间"),
            fault(VaultFault::Capacity(Some(SMALL))),
        ),
        Offer::command(
            "roomy",
            "give it room for all",
            "不限空间",
            fault(VaultFault::Capacity(None)),
        ),
        Offer::command(
            "no-policy",
            "no rule any more",
            "取消策略",
            Command::Vault(VaultOrder::Policy(None)),
        ),
    ];
    deeds.extend(look.world.vault().ships.values().map(|ship| {
        let (name, from) = (&ship.order.name, ship.order.from);
        Offer::command(
            &format!("stop-{name}"),
            &format!("ship the log of {from} no more ({name})"),
            &format!("停止传送 {from} 的日志（{name}）"),
            Command::Vault(VaultOrder::Stop(name.clone())),
        )
    }));
    Offers::new("The vault itself", "备份库本身", deeds)
}

/// What can be done with a backup: tried, restored to all, gone on with, put on one server, spoiled.
pub(super) fn backup(name: &str, look: &Look<'_>) -> Vec<Offers> {
    let servers: Vec<ServerId> = look.world.hosts().iter().map(|host| host.id).collect();
    let order = |order| Command::Vault(order);
    let joint = RestoreOrder::whole(name, servers.clone());
    let mut whole = vec![
        Offer::command(
            "verify",
            "try whether it can be restored, and to where",
            "试恢复：能否还原，到哪一点",
            order(VaultOrder::Verify(name.into())),
        ),
        Offer::command(
            "restore-jointly",
            "restore all servers to it, together",
            "把所有服务器一起还原到它",
            order(VaultOrder::Restore(joint)),
        )
        .grave(),
        Offer::command(
            "delete",
            "delete it, whatever goes on from it",
            "删除，不管有谁依赖它",
            order(VaultOrder::Fault(VaultFault::Delete(name.into()))),
        )
        .grave(),
    ];
    let backup = look.world.vault().get(name);
    whole.extend(backup.and_then(|backup| match &backup.work {
        Work::Running(_) => Some(Offer::command(
            "stop",
            "stop it",
            "停止",
            order(VaultOrder::Stop(name.into())),
        )),
        Work::Stopped(_) => Some(Offer::command(
            "resume",
            "go on where it stopped",
            "从中断处继续",
            order(VaultOrder::Resume(name.into())),
        )),
        Work::Idle => None,
    }));
    let one = servers.into_iter().flat_map(|to| {
        let copy = Command::Copy {
            name: name.to_owned(),
            to,
        };
        let restore = Command::AdminRestore {
            name: name.to_owned(),
            to,
        };
        let (en, zh) = (
            format!("copy its files to {to}, which must be down"),
            format!("把文件复制到 {to}（须已停止）"),
        );
        let copy = Offer::command(&format!("copy-{to}"), &en, &zh, copy).grave();
        let (en, zh) = (
            format!("hand it to {to}, which must serve"),
            format!("交给正在服务的 {to}"),
        );
        let restore = Offer::command(&format!("admin-restore-{to}"), &en, &zh, restore).grave();
        [copy, restore]
    });
    vec![
        Offers::new(&format!("Backup {name}"), &format!("备份 {name}"), whole),
        Offers::new("One server alone", "只还原一台", one.collect()),
    ]
}
