//! What can be done about the vault, and about one of its backups.

use super::deed::{Offer, Offers};
use super::{Inspection, Look, words};
use crate::base::ServerId;
use crate::view::Text;
use crate::view::target::Target;
use crate::world::vault::{BackupKind, RestoreOrder, VaultOrder};
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
    let offer = |id: &str, en: &str, zh: &str, command| {
        Offer::command(&format!("{id}-{from}"), en, zh, command)
    };
    let deeds = vec![
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
    ];
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
    vec![
        Offers::new("Restore", "恢复", vec![joint.grave()]),
        Offers::new("One server", "单台服务器", one.collect()),
    ]
}
