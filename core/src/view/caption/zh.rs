//! The sentences in Simplified Chinese: what happens by itself here, what the user did and what a server
//! decided in the files below.

mod command;
mod decision;
pub(super) mod recipe;

use super::{Caption, Parcel, Run, Who, vault, z};
use crate::base::ServerId;
use crate::model::ErrorCode;
use crate::protocol::zab::election::Vote;
use crate::protocol::{HaltReason, Timer};
use crate::view::findings;
use crate::world::{CrashKind, CrashPoint};

/// The sentence of a caption.
pub(super) fn sentence(caption: &Caption) -> String {
    match caption {
        Caption::Command(command) => command::sentence(command),
        Caption::Died {
            server,
            kind,
            point,
            lost,
            torn,
        } => died(*server, *kind, *point, *lost, *torn),
        Caption::Halted { server, reason } => halted(*server, reason),
        Caption::Lost(parcels) => lost(parcels),
        Caption::Booted(s) => format!("{s} 从自己的磁盘启动。"),
        Caption::LinkUp(s, peer) => format!("{s} 可以与 {peer} 交换选票了。"),
        Caption::Opened(s, peer) => format!("{s} 与 {peer} 建立了连接。"),
        Caption::Closed(s, peer) => format!("{s} 发现与 {peer} 的连接已断开。"),
        Caption::Received(p) => {
            format!(
                "{}收到{}发来的 {}。",
                first(&p.to),
                within(&p.from),
                parcel(p)
            )
        }
        Caption::Dropped(p) => format!(
            "{}发出的 {} 到达时，{}已不再接收。",
            first(&p.from),
            parcel(p),
            first(&p.to)
        ),
        Caption::TimerFired(s, timer) => timer_fired(*s, *timer),
        Caption::Voted { server, vote } => format!("{server} {}。", ballot(vote)),
        Caption::Proposed { leader, zxid, what } => format!(
            "{leader} 将写请求编号为 {}（{what}），向所有投票者发送提案（PROPOSAL）。",
            z(*zxid)
        ),
        Caption::Appended(s, run) => format!("{s} 追加了 {}，但断电仍会丢失。", span(run)),
        Caption::Forced(s, run) => format!("{s} 的磁盘确认 {} 已落盘。", span(run)),
        Caption::ForcedFile(s) => format!("{s} 的磁盘确认一次 fsync 完成。"),
        Caption::Acked {
            server,
            leader,
            run,
        } if server == leader => {
            format!("{server} 计入自己对 {} 的 ACK。", span(run))
        }
        Caption::Acked { server, run, .. } => {
            format!("{server} 回复 ACK：{} 已在它的磁盘上。", span(run))
        }
        Caption::Quorum { zxid, acks, voters } => {
            format!(
                "{voters} 个投票者中已有 {acks} 个确认 {}：达到法定人数。",
                z(*zxid)
            )
        }
        Caption::Committed {
            leader,
            run,
            observers,
        } => {
            let inform = if *observers {
                "；观察者收到 INFORM"
            } else {
                ""
            };
            format!("{leader} 提交 {} 并发送 COMMIT{inform}。", span(run))
        }
        Caption::Applied(s, run) => format!("{s} 应用 {}。", span(run)),
        Caption::Answered {
            server,
            client,
            zxid,
            error,
        } => match (error, zxid) {
            (ErrorCode::Ok, Some(zxid)) => {
                format!("{server} 答复客户端 {client}：{} 已完成。", z(*zxid))
            }
            (ErrorCode::Ok, None) => format!("{server} 答复客户端 {client}。"),
            (error, _) => format!("{server} 答复客户端 {client}：{error}。"),
        },
        Caption::Told {
            client,
            request,
            zxid,
            error,
        } => match (error, zxid) {
            (ErrorCode::Ok, Some(zxid)) => {
                format!("客户端 {client} 得知 {request} 已完成：{}。", z(*zxid))
            }
            (ErrorCode::Ok, None) => format!("客户端 {client} 收到 {request} 的答复。"),
            (error, _) => format!("客户端 {client} 得知 {request} 失败：{error}。"),
        },
        Caption::Unknown { client, requests } => match requests.as_slice() {
            [] => format!("客户端 {client} 的连接断开。"),
            [one] => format!("客户端 {client} 的连接断开：{one} 的结果未知。"),
            [one, rest @ ..] => format!(
                "客户端 {client} 的连接断开：{one} 等 {} 个请求的结果未知。",
                rest.len() + 1
            ),
        },
        Caption::NeverSent { client, requests } => match requests.as_slice() {
            [one] => format!("客户端 {client} 的会话已结束：{one} 从未发出。"),
            all => format!(
                "客户端 {client} 的会话已结束：{} 个请求从未发出。",
                all.len()
            ),
        },
        Caption::Notified { client, kind, path } => {
            format!("客户端 {client} 收到通知：{} {path}。", kind.name())
        }
        Caption::Recipe {
            client,
            recipe,
            path,
            standing,
        } => recipe::sentence(client, *recipe, path, standing),
        Caption::Stored {
            client,
            token,
            newer,
            accepted,
        } => recipe::stored(client, *token, *newer, *accepted),
        Caption::Vault(event) => vault::event(event).zh,
        Caption::Woke(client) => format!("客户端 {client} 的程序继续运行。"),
        Caption::Asked {
            client,
            request,
            server,
        } => match server {
            Some(server) => format!("客户端 {client} 向 {server} 发送 {request}。"),
            None => format!("客户端 {client} 要执行 {request}，但尚未连接。"),
        },
        Caption::Dialled { client, server } => format!("客户端 {client} 连接 {server}。"),
        Caption::Connected { client, server } => {
            format!("客户端 {client} 在 {server} 上有了会话。")
        }
        Caption::Expired(client) => format!("客户端 {client} 得知自己的会话已过期。"),
        Caption::Stranded(client) => format!("客户端 {client} 连不上服务器，稍后换下一台。"),
        Caption::Disconnected(client) => format!("客户端 {client} 的连接已断开。"),
        Caption::HeardPing { to, from } => {
            format!("{}得知{}仍在运行。", first(to), within(from))
        }
        Caption::Pinged(by) => format!("{}报告自己仍在运行。", first(by)),
        Caption::DiskFailed(s) => format!("{s} 的磁盘拒绝写入：空间已满。"),
        Caption::Decided(s, decision) => decision::sentence(*s, decision),
    }
}

/// A name inside a sentence: Latin letters stand apart from Chinese ones.
fn within(who: &Who) -> String {
    match who {
        Who::Server(id) => format!(" {id} "),
        Who::Client(name) => format!("客户端 {name} "),
    }
}

/// A name at the start of a clause.
fn first(who: &Who) -> String {
    within(who).trim_start().to_owned()
}

fn parcel(p: &Parcel) -> String {
    match p.zxid {
        Some(zxid) => format!("{} {}", p.word, z(zxid)),
        None => p.word.clone(),
    }
}

fn span(run: &Run) -> String {
    if run.count == 1 {
        z(run.last).to_string()
    } else {
        format!("{} 至 {}", z(run.first), z(run.last))
    }
}

fn ballot(vote: &Vote) -> String {
    if vote.leader == ServerId(0) {
        return "没有投票权".to_owned();
    }
    format!("投票给 {}（{}）", vote.leader, z(vote.zxid))
}

fn lost(parcels: &[Parcel]) -> String {
    match parcels {
        [] => String::new(),
        [one] => format!(
            "{}发给{}的 {} 丢失。",
            first(&one.from),
            within(&one.to),
            parcel(one)
        ),
        [a, b] => format!(
            "途中发给{}的 {} 和发给{}的 {} 丢失。",
            within(&a.to),
            parcel(a),
            within(&b.to),
            parcel(b)
        ),
        many => format!("途中的 {} 条消息丢失。", many.len()),
    }
}

fn died(
    server: ServerId,
    kind: CrashKind,
    point: Option<CrashPoint>,
    lost: u64,
    torn: bool,
) -> String {
    let at = point
        .map(|p| format!("{}，", moment(p)))
        .unwrap_or_default();
    match kind {
        CrashKind::Process => format!("{at}{server} 的进程退出；已写入磁盘的内容保留。"),
        CrashKind::Power if lost == 0 => format!("{at}{server} 断电；没有未刷盘的数据可丢。"),
        CrashKind::Power => {
            let tail = if torn {
                "，最后一条记录残缺"
            } else {
                ""
            };
            format!("{at}{server} 断电，未刷盘的 {lost} 字节丢失{tail}。")
        }
    }
}

pub(super) fn moment(point: CrashPoint) -> &'static str {
    match point {
        CrashPoint::BeforeWrite => "写入之前",
        CrashPoint::AfterWrite => "写入之后、刷盘之前",
        CrashPoint::AfterFsync => "刷盘之后、ACK 之前",
        CrashPoint::AfterAck => "ACK 到达之后",
        CrashPoint::BeforeCommit => "提交之前",
        CrashPoint::AfterCommit => "提交之后",
        CrashPoint::DuringSnapshot => "生成快照途中",
        CrashPoint::DuringSync => "同步途中",
        CrashPoint::BeforeEpoch => "写入纪元文件之前",
        CrashPoint::AfterEpoch => "纪元文件落盘之后",
    }
}

fn halted(server: ServerId, reason: &HaltReason) -> String {
    match reason {
        HaltReason::Refused(why) => {
            format!("{server} 拒绝启动：{}。", findings::refusal(why).zh)
        }
        HaltReason::Epochs(why) => {
            format!("{server} 拒绝启动：{}。", findings::epochs(why).zh)
        }
        HaltReason::UnmatchedCommit { commit, .. } => {
            format!(
                "{server} 自行停止：COMMIT {} 与待提交的提案不符。",
                z(*commit)
            )
        }
        HaltReason::TruncFailed(to) => format!("{server} 自行停止：无法把日志截断到 {}。", z(*to)),
        HaltReason::Poison(zxid) => {
            format!("{server} 自行停止：{} 无法应用。", z(*zxid))
        }
        HaltReason::DiskRefuses => format!("{server} 自行停止：磁盘拒绝一切写入。"),
    }
}

/// Why a process ended itself, in few words.
pub(super) fn halt_reason(reason: &HaltReason) -> &'static str {
    match reason {
        HaltReason::Refused(_) => "磁盘内容不可信",
        HaltReason::Epochs(_) => "纪元文件与日志矛盾",
        HaltReason::UnmatchedCommit { .. } => "COMMIT 对不上",
        HaltReason::TruncFailed(_) => "日志无法截断",
        HaltReason::Poison(_) => "遇到无法应用的事务",
        HaltReason::DiskRefuses => "磁盘拒绝写入",
    }
}

fn timer_fired(s: ServerId, timer: Timer) -> String {
    match timer {
        Timer::Notify => format!("{s} 重发自己的选票。"),
        Timer::Finalize => format!("{s} 等待更优选票的时间已到。"),
        Timer::Reconnect => format!("{s} 再次尝试连接领导者。"),
        Timer::ReadTimeout => format!("{s} 太久没有收到消息。"),
        Timer::HalfTick => format!("{s} 向学习者发送 PING。"),
        Timer::InitLimit => format!("{s} 已等待 initLimit 个 tick。"),
        Timer::SnapshotWalk => format!("{s} 写入快照的下一批节点。"),
        Timer::Reaper => format!("{s} 检查无用的容器节点和到期的 TTL 节点。"),
        Timer::SessionBucket => format!("{s} 检查有没有会话已经超时。"),
    }
}
