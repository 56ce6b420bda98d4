//! What the user did, in Simplified Chinese.

use super::{moment, z};
use crate::base::{Duration, ServerId};
use crate::view::caption::{alone, vault};
use crate::world::{BackupKind, Command, CrashKind, DiskFault, Endpoint};

fn end(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Server(id) => id.to_string(),
        Endpoint::Client(name) => format!("客户端 {name}"),
    }
}

fn group(ends: &[Endpoint]) -> String {
    ends.iter().map(end).collect::<Vec<_>>().join("、")
}

/// The sentence of a command.
pub(super) fn sentence(command: &Command) -> String {
    match command {
        Command::Client { name, server, .. } => format!("客户端 {name} 出现，先连接 {server}。"),
        Command::Invoke { client, request } => format!(
            "客户端 {client} 要执行 {}。",
            crate::view::caption::from_step::request(request)
        ),
        Command::Close { client } => format!("客户端 {client} 关闭会话。"),
        Command::Drop { client } => format!("客户端 {client} 的套接字断开。"),
        Command::Recipe {
            client,
            recipe,
            path,
        } => super::recipe::begun(client, *recipe, path),
        Command::Stop { client } => format!("客户端 {client} 被要求结束。"),
        Command::PauseClient { client } => {
            format!("客户端 {client} 的进程冻结，它自己并不知道。")
        }
        Command::ResumeClient { client } => {
            format!("客户端 {client} 的进程从停下的地方继续。")
        }
        Command::Fencing(true) => "外部存储开始拒绝令牌过旧的写入。".to_owned(),
        Command::Fencing(false) => "外部存储接受所有写入。".to_owned(),
        Command::Crash {
            server,
            kind: CrashKind::Power,
        } => format!("{server} 断电。"),
        Command::Crash {
            server,
            kind: CrashKind::Process,
        } => format!("{server} 的进程被杀死。"),
        Command::CrashAt {
            server,
            kind,
            point,
            zxid,
        } => {
            let what = match kind {
                CrashKind::Power => "断电",
                CrashKind::Process => "退出",
            };
            let of = zxid
                .map(|zxid| format!("（{}）", z(zxid)))
                .unwrap_or_default();
            format!("已设陷阱：{server} 将在{}{of}{what}。", moment(*point))
        }
        Command::Load { server, image } => {
            format!("{server} 的磁盘装入数据目录 {:?} 的文件。", image.name)
        }
        Command::Restart(s) => format!("{s} 重新启动。"),
        Command::Pause(s) => format!("{s} 冻结，到达的消息在等待。"),
        Command::Resume(s) => format!("{s} 继续运行。"),
        Command::Cut(a, b) => format!("{} 与 {} 之间的链路断开。", end(a), end(b)),
        Command::Partition(groups) => {
            if let Some((one, others)) = alone(groups) {
                return format!("{} 与 {} 断开。", end(one), group(others));
            }
            let sides: Vec<String> = groups.iter().map(|g| group(g)).collect();
            format!("网络分裂：{}。", sides.join(" ｜ "))
        }
        Command::Heal(None) => "所有链路恢复。".to_owned(),
        Command::Heal(Some((a, b))) => format!("{} 与 {} 之间的链路恢复。", end(a), end(b)),
        Command::Slow { a, b, by } if *by == Duration::ZERO => {
            format!("{} 与 {} 之间的链路恢复原速。", end(a), end(b))
        }
        Command::Slow { a, b, by } => format!("{} 与 {} 之间的链路变慢 {by}。", end(a), end(b)),
        Command::Lose(p) => format!(
            "{} 发给 {} 的下一条 {} 将丢失。",
            end(&p.from),
            end(&p.to),
            p.word
        ),
        Command::Late { packet: p, by } => {
            format!(
                "{} 发给 {} 的下一条 {} 将延迟 {by}。",
                end(&p.from),
                end(&p.to),
                p.word
            )
        }
        Command::Disk { server, fault } => disk_fault(*server, fault),
        Command::Clock { server, by_ms } => format!("{server} 的系统时钟跳变 {by_ms} ms。"),
        Command::Snapshot(s) => format!("运维人员要求 {s} 生成快照。"),
        Command::Purge { server, retain } => {
            format!("运维人员要求 {server} 清理旧文件，保留 {retain} 份快照。")
        }
        Command::Wipe(s) => format!("{s} 的磁盘被清空。"),
        Command::Backup {
            kind: BackupKind::Cold,
            from,
            name,
        } => format!("运维人员复制 {from} 的文件，备份名为 {name}。"),
        Command::Backup {
            kind: BackupKind::Hot,
            from,
            name,
        } => format!("运维人员让 {from} 输出快照流，备份名为 {name}。"),
        Command::Backup { from, name, .. } => {
            format!("运维人员备份 {from}，备份名为 {name}。")
        }
        Command::Copy { name, to } => {
            format!("运维人员用备份 {name} 的文件替换 {to} 的文件。")
        }
        Command::Vault(order) => vault::order(order).zh,
        Command::AdminRestore { name, to } => {
            format!("运维人员把备份 {name} 交给正在运行的 {to}（admin restore）。")
        }
    }
}

fn disk_fault(s: ServerId, fault: &DiskFault) -> String {
    match fault {
        DiskFault::Full => format!("{s} 的磁盘已满。"),
        DiskFault::Ok => format!("{s} 的磁盘恢复正常。"),
        DiskFault::Lying => format!("{s} 的磁盘开始说谎：fsync 返回成功，却没有落盘。"),
        DiskFault::Slow(times) => format!("{s} 的 fsync 变慢到 {times} 倍。"),
        DiskFault::Initialize => format!("运维人员声明 {s} 可以从空盘启动（initialize 文件）。"),
        DiskFault::Tear => format!("{s} 日志的最后一条记录残缺。"),
        DiskFault::Flip { file, offset, .. } => {
            format!("{s} 的 {file} 在第 {offset} 字节翻转了一位。")
        }
        DiskFault::Delete { file } => format!("{s} 磁盘上的 {file} 被删除。"),
    }
}
