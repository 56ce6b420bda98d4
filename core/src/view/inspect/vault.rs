//! What can be done about the vault, and about one of its backups.

use std::sync::Arc;

use super::deed::{Offer, Offers};
use super::{Inspection, Look, words};
use crate::base::ServerId;
use crate::view::Text;
use crate::view::target::Target;
use crate::world::vault::{BackupKind, CopyOrder, RATE, RestoreOrder, TakeOrder, VaultOrder, Work};
use crate::world::{Command, Host};

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
        it.near(
            Text::same(name.to_string()),
            Target::Backup(name.to_string()),
        );
        it.row(
            "taken",
            "时间",
            Text::same(format!("{name}: {}", words::seconds(backup.taken_at.0))),
        );
    }
    it
}

/// Every way to take a backup, server by server.
pub(super) fn all(look: &Look<'_>) -> Vec<Offers> {
    look.world
        .hosts()
        .iter()
        .map(|host| of(host, look))
        .collect()
}

fn of(host: &Host, look: &Look<'_>) -> Offers {
    let from = host.id;
    let take = |kind| Command::Backup {
        kind,
        from,
        name: free_name(look),
    };
    let piecewise = |parent| {
        Command::Vault(VaultOrder::Take(TakeOrder {
            from,
            name: free_name(look).into(),
            parent,
            order: CopyOrder::SnapshotFirst,
            rate: RATE,
        }))
    };
    let offer = |id: &str, en: &str, zh: &str, command| {
        Offer::command(&format!("{id}-{from}"), en, zh, command)
    };
    let mut deeds = vec![
        offer(
            "cold",
            "copy all files, at once",
            "一次复制全部文件",
            take(BackupKind::Cold),
        ),
        offer(
            "hot",
            "stream a snapshot (admin snapshot)",
            "输出快照流（admin snapshot）",
            take(BackupKind::Hot),
        ),
        offer(
            "full",
            "copy snapshot and log, piece by piece",
            "逐段复制快照和日志（全量）",
            piecewise(None),
        ),
    ];
    let newest = look.world.vault().iter().filter(|(_, backup)| {
        backup.source == from && backup.manifest.is_whole() && backup.manifest.end().is_some()
    });
    if let Some((parent, _)) = newest.max_by_key(|(_, backup)| (backup.taken_at, backup.zxid)) {
        let (en, zh) = (
            format!("copy the log behind {parent}"),
            format!("复制 {parent} 之后的日志（增量）"),
        );
        deeds.push(offer(
            "incremental",
            &en,
            &zh,
            piecewise(Some(Arc::clone(parent))),
        ));
    }
    Offers::new(&format!("from {from}"), &format!("取自 {from}"), deeds)
}

/// `b1`, or the next number that no backup has.
fn free_name(look: &Look<'_>) -> String {
    let names = (1_u32..).map(|n| format!("b{n}"));
    let mut free = names.filter(|name| look.world.vault().get(name).is_none());
    free.next().expect("there are more numbers than backups")
}

/// What can be done with a backup: restored to all, its files put on one server, handed to one.
pub(super) fn backup(name: &str, look: &Look<'_>) -> Vec<Offers> {
    let servers: Vec<ServerId> = look.world.hosts().iter().map(|host| host.id).collect();
    let joint = Command::Vault(VaultOrder::Restore(RestoreOrder {
        name: name.to_owned(),
        to: servers.clone(),
        until: None,
        drop_sessions: false,
        epoch: None,
    }));
    let joint = Offer::command(
        "restore-all",
        "restore all servers to it, together",
        "把所有服务器一起还原到它",
        joint,
    );
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
    let mut own = vec![Offer::command(
        "verify",
        "try whether it can be restored",
        "试验能否还原",
        Command::Vault(VaultOrder::Verify(name.into())),
    )];
    let backup = look.world.vault().get(name);
    own.extend(backup.and_then(|backup| match &backup.work {
        Work::Running(_) => Some(Offer::command(
            "stop",
            "stop it",
            "停止",
            Command::Vault(VaultOrder::Stop(name.into())),
        )),
        Work::Stopped(_) => Some(Offer::command(
            "resume",
            "let it go on",
            "继续",
            Command::Vault(VaultOrder::Resume(name.into())),
        )),
        Work::Idle => None,
    }));
    vec![
        Offers::new("Backup", "备份", own),
        Offers::new("Restore", "恢复", vec![joint.grave()]),
        Offers::new("One server", "单台服务器", one.collect()),
    ]
}
