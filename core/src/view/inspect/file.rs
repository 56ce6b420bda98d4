//! A file on a disk, and a backup in the vault.

use super::source::Source;
use super::{Inspection, Look, words};
use crate::base::ServerId;
use crate::view::lang::Text;
use crate::view::target::Target;
use crate::world::BackupKind;

pub(super) fn inspect(server: ServerId, name: &str, look: &Look<'_>) -> Option<Inspection> {
    let host = look.world.hosts().iter().find(|host| host.id == server)?;
    let file = host.disk.file(name)?;
    let title = Text::new(
        format!("{name} on {server}"),
        format!("{server} 上的 {name}"),
    );
    let durable = host.disk.name_is_durable(name);
    let pending = file.pending_bytes();
    let about = match (durable, pending) {
        (false, _) => Text::new(
            "a power loss may take the whole file",
            "断电可能使整个文件消失",
        ),
        (true, 0) => Text::new("all of it survives a power loss", "断电后完整保留"),
        (true, _) => Text::new("its newest bytes are not on disk", "最新的字节尚未落盘"),
    };
    let mut it = Inspection::new(title, about);
    let bytes = |n: u64| Text::same(format!("{n} B"));
    it.row("length", "长度", bytes(file.len()));
    it.row("data ends at", "数据止于", bytes(file.content().data_end()));
    it.row("durable", "已落盘", bytes(file.durable_end()));
    it.row("pending", "待落盘", bytes(pending));
    it.row("its name survives", "文件名已持久", words::yes_no(durable));
    let (text, code) = kind(name);
    it.because(text, Source::code(code));
    it.near(Text::same(server.to_string()), Target::Server(server));
    Some(it)
}

fn kind(name: &str) -> (Text, &'static str) {
    let (en, zh, code) = match name.split('.').next().unwrap_or_default() {
        "log" => (
            "A transaction log: records one behind the other, each with its checksum; the name is the zxid of the first. The zeros behind them are preallocated.",
            "事务日志：记录依次排列，各有校验和；文件名是首条记录的 zxid。其后的零是预分配的。",
            "FileTxnLog.append",
        ),
        "snapshot" => (
            "A snapshot: the tree as it was written while writes went on. The name is the last zxid that is surely in it; the log is replayed from there.",
            "快照：在写入不停的情况下写出的树。文件名是必定包含在内的最后一个 zxid；恢复时从那里重放日志。",
            "FileSnap.serialize",
        ),
        "acceptedEpoch" => (
            "The epoch this server has promised: it follows no leader of an older one.",
            "这台服务器承诺过的纪元：不再跟随更旧纪元的领导者。",
            "QuorumPeer.setAcceptedEpoch",
        ),
        "currentEpoch" => (
            "The epoch whose history this server holds; the first thing that votes are compared by.",
            "这台服务器持有其历史的纪元；比较选票时最先看它。",
            "QuorumPeer.setCurrentEpoch",
        ),
        _ => (
            "A file in version-2.",
            "version-2 中的文件。",
            "FileTxnSnapLog",
        ),
    };
    (Text::new(en, zh), code)
}

pub(super) fn backup(name: &str, look: &Look<'_>) -> Option<Inspection> {
    let backup = look.world.vault().get(name)?;
    let (kind, source) = (backup.kind, backup.source);
    let title = Text::new(format!("backup {name}"), format!("备份 {name}"));
    let about = match kind {
        BackupKind::Full | BackupKind::Incremental => Text::new(
            format!("{} backup of {source}", kind.word()),
            format!(
                "{source} 的{}",
                if kind == BackupKind::Full {
                    "全量备份"
                } else {
                    "增量备份"
                }
            ),
        ),
        BackupKind::Cold => Text::new(format!("files of {source}"), format!("{source} 的文件")),
        BackupKind::Hot => Text::new(
            format!("snapshot streamed by {source}"),
            format!("{source} 输出的快照流"),
        ),
    };
    let mut it = Inspection::new(title, about);
    it.zxid("reaches to", "到达", backup.zxid.into());
    it.row(
        "taken at",
        "时间",
        Text::same(words::seconds(backup.taken_at.0)),
    );
    it.row(
        "files",
        "文件数",
        Text::same(backup.files.len().to_string()),
    );
    it.row("bytes", "字节数", Text::same(backup.bytes().to_string()));
    it.because(
        Text::new(
            "Nothing that happens to the servers touches it. Whoever restores it loses what was confirmed since, unless a quorum still remembers.",
            "服务器上发生的一切都不影响它。恢复它会丢失此后确认的写入，除非多数派仍然记得。",
        ),
        Source::code(match kind {
            BackupKind::Full | BackupKind::Incremental => "zablab backup",
            BackupKind::Cold => "cp -r version-2",
            BackupKind::Hot => "Commands.SnapshotCommand",
        }),
    );
    it.near(Text::same(source.to_string()), Target::Server(source));
    Some(it)
}
