//! The sentences in Simplified Chinese.

use super::{Caption, Parcel, Run, Who, z};
use crate::base::{Duration, ServerId};
use crate::model::ErrorCode;
use crate::protocol::decision::LeaveReason;
use crate::protocol::zab::election::Vote;
use crate::protocol::zab::sync_plan::{SyncMode, SyncPlan, SyncReason};
use crate::protocol::{Decision, HaltReason, Timer};
use crate::world::{Command, CrashKind, CrashPoint, DiskFault, Endpoint};

/// The sentence of a caption.
pub(super) fn sentence(caption: &Caption) -> String {
    match caption {
        Caption::Command(command) => of_command(command),
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
        Caption::ForcedFile(s) => format!("{s} 的一个文件已落盘。"),
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
                "{voters} 个投票成员中已有 {acks} 个确认 {}：达到法定人数。",
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
        Caption::Pinged(by) => format!("{}报告自己仍在运行。", first(by)),
        Caption::DiskFailed(s) => format!("{s} 的磁盘拒绝写入：空间已满。"),
        Caption::Decided(s, decision) => decided(*s, decision),
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

fn moment(point: CrashPoint) -> &'static str {
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
        HaltReason::Refused(_) | HaltReason::Epochs(_) => {
            format!("{server} 拒绝启动：{}。", halt_reason(reason))
        }
        HaltReason::UnmatchedCommit { commit, .. } => {
            format!(
                "{server} 自行停止：COMMIT {} 与待提交的提案不符。",
                z(*commit)
            )
        }
        HaltReason::TruncFailed(to) => format!("{server} 自行停止：无法把日志截断到 {}。", z(*to)),
        HaltReason::SnapshotFailed => format!("{server} 自行停止：无法写入快照。"),
    }
}

/// Why a process ended itself, in few words.
pub(super) fn halt_reason(reason: &HaltReason) -> &'static str {
    match reason {
        HaltReason::Refused(_) => "磁盘内容不可信",
        HaltReason::Epochs(_) => "纪元文件与日志矛盾",
        HaltReason::UnmatchedCommit { .. } => "COMMIT 对不上",
        HaltReason::TruncFailed(_) => "日志无法截断",
        HaltReason::SnapshotFailed => "快照无法写入",
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

fn end(endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Server(id) => id.to_string(),
        Endpoint::Client(name) => format!("客户端 {name}"),
    }
}

fn group(ends: &[Endpoint]) -> String {
    ends.iter().map(end).collect::<Vec<_>>().join("、")
}

fn of_command(command: &Command) -> String {
    match command {
        Command::Client { name, server, .. } => format!("客户端 {name} 出现，先连接 {server}。"),
        Command::Invoke { client, request } => format!(
            "客户端 {client} 要执行 {}。",
            super::from_step::request(request)
        ),
        Command::Close { client } => format!("客户端 {client} 关闭会话。"),
        Command::Drop { client } => format!("客户端 {client} 的套接字断开。"),
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
        Command::Restart(s) => format!("{s} 重新启动。"),
        Command::Pause(s) => format!("{s} 冻结，到达的消息在等待。"),
        Command::Resume(s) => format!("{s} 继续运行。"),
        Command::Cut(a, b) => format!("{} 与 {} 之间的链路断开。", end(a), end(b)),
        Command::Partition(groups) => {
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
    }
}

fn disk_fault(s: ServerId, fault: &DiskFault) -> String {
    match fault {
        DiskFault::Full => format!("{s} 的磁盘已满。"),
        DiskFault::Ok => format!("{s} 的磁盘恢复正常。"),
        DiskFault::Lying => format!("{s} 的磁盘开始说谎：fsync 返回成功，却没有落盘。"),
        DiskFault::Slow(times) => format!("{s} 的 fsync 变慢到 {times} 倍。"),
        DiskFault::Tear => format!("{s} 日志的最后一条记录残缺。"),
        DiskFault::Flip { file, offset, .. } => {
            format!("{s} 的 {file} 在第 {offset} 字节翻转了一位。")
        }
        DiskFault::Delete { file } => format!("{s} 磁盘上的 {file} 被删除。"),
    }
}

fn decided(s: ServerId, decision: &Decision) -> String {
    match decision {
        Decision::StartedRound { round, vote } if vote.leader == ServerId(0) => {
            format!("{s} 进入第 {round} 轮选举；它没有投票权。")
        }
        Decision::StartedRound { round, vote } => {
            format!("{s} 进入第 {round} 轮选举，{}。", ballot(vote))
        }
        Decision::AdoptedVote { from, vote } => {
            format!("{from} 的选票更优：{s} 改为{}。", ballot(vote))
        }
        Decision::KeptVote { from, vote } => {
            format!("{from} {}，并不更优，{s} 保持原票。", ballot(vote))
        }
        Decision::JoinedRound { from, round } => {
            format!("{from} 已在第 {round} 轮：{s} 加入这一轮。")
        }
        Decision::IgnoredOldRound { from, round } => {
            format!("{s} 忽略 {from} 的选票：第 {round} 轮已结束。")
        }
        Decision::QuorumOfVotes { vote } => {
            format!("多数派投给 {}；{s} 稍等，看有没有更优的选票。", vote.leader)
        }
        Decision::BetterVoteCame { from } => format!("{from} 发来更优的选票：{s} 继续选举。"),
        Decision::Elected { leader, round } if *leader == s => format!("{s} 在第 {round} 轮当选。"),
        Decision::Elected { leader, .. } => format!("{s} 的选举结束：跟随 {leader}。"),
        Decision::JoinedEstablished { leader, .. } => {
            format!("多数派已在跟随 {leader}：{s} 加入。")
        }
        Decision::RepeatedVote => format!("无人回应：{s} 重发选票。"),
        Decision::ProposedEpoch { epoch } => {
            format!("多数派已向 {s} 报到，新纪元确定为 e{epoch}。")
        }
        Decision::AcceptedEpoch { epoch } => format!("{s} 接受 e{epoch}，写入 acceptedEpoch。"),
        Decision::AcceptedEpochAgain { epoch } => {
            format!("{s} 以前接受过 e{epoch}：它会跟随，但答复不计数。")
        }
        Decision::RefusedEpoch { offered, accepted } => {
            format!("{s} 拒绝 e{offered}：它已承诺 e{accepted}。")
        }
        Decision::FollowerAhead { follower, zxid, .. } => {
            format!("{follower} 的历史更长，直到 {}：{s} 不能领导。", z(*zxid))
        }
        Decision::EpochAgreed { epoch } => format!("多数派已接受 e{epoch}：接下来对齐历史。"),
        Decision::PlannedSync {
            learner,
            peer,
            plan,
        } => planned(s, *learner, z(*peer).to_string(), plan),
        Decision::Truncated { to } => format!("{s} 把日志截断到 {}。", z(*to)),
        Decision::NeedsSnap => format!("截断后 {s} 将没有可用的快照：请求全量同步。"),
        Decision::LoadedSnap { zxid } => format!("{s} 已接收截至 {} 的整棵数据树。", z(*zxid)),
        Decision::AckedNewLeader { epoch } => {
            format!("{s} 的历史已落盘，加入 e{epoch}，并确认 NEWLEADER。")
        }
        Decision::Established { epoch, history } => {
            format!(
                "多数派已确认 NEWLEADER：纪元 e{epoch} 确立，{} 及之前全部提交。",
                z(*history)
            )
        }
        Decision::Serving => format!("{s} 已同步，开始服务客户端。"),
        Decision::QuorumOfAcks { zxid, acks } => {
            format!(
                "{} 个投票成员已确认 {}：达到法定人数。",
                acks.len(),
                z(*zxid)
            )
        }
        Decision::LateAck { from, zxid } => {
            format!("{from} 对 {} 的 ACK 来迟了：已提交。", z(*zxid))
        }
        Decision::FailedRequest { zxid, error } => {
            format!("请求失败（{error}），但仍占用编号 {}。", z(*zxid))
        }
        Decision::ForwardedWrite { .. } => format!("{s} 把写请求转发给领导者。"),
        Decision::GroupCommit { records } => format!("{s} 的 {records} 条记录共用一次 fsync。"),
        Decision::CounterUsedUp => format!("{s} 用完了本纪元的计数器：需要新纪元。"),
        Decision::WentLooking { why } => went_looking(s, *why),
        Decision::DroppedLearner { learner, why } => {
            format!("{s} 断开 {learner}：{}。", because(*why))
        }
        Decision::RefusedStaleServer { seen, have } => {
            format!(
                "{s} 拒绝客户端：客户端见过 {}，{s} 只到 {}。",
                z(*seen),
                z(*have)
            )
        }
        Decision::ExpiredSession { session } => {
            format!("{s} 判定会话 {session} 过期；删除其临时 znode 本身也是一个提案。")
        }
        Decision::SessionRevalidated {
            session,
            valid: true,
        } => format!("会话 {session} 在 {s} 上有效。"),
        Decision::SessionRevalidated {
            session,
            valid: false,
        } => format!("{s} 答复：会话 {session} 已结束。"),
        Decision::Recovered {
            snapshot,
            replayed,
            zxid,
            stops,
        } => {
            let torn = if *stops > 1 {
                "；途中有日志提前结束"
            } else {
                ""
            };
            let from = match snapshot {
                Some(snapshot) => format!("加载 snapshot.{snapshot:x}"),
                None => "没有快照".to_owned(),
            };
            format!(
                "{s} {from}，重放 {replayed} 条事务，直到 {}{torn}。",
                z(*zxid)
            )
        }
        Decision::FreshDisk { trusted: true } => format!("{s} 的磁盘为空：这是一台新服务器。"),
        Decision::FreshDisk { trusted: false } => {
            format!("{s} 的磁盘为空：它可以跟随，但选票不计数。")
        }
        Decision::SnapshotBegun { zxid, walk: true } => {
            format!("{s} 开始生成 snapshot.{zxid:x}，写入不停。")
        }
        Decision::SnapshotBegun { zxid, .. } => format!("{s} 一次写完 snapshot.{zxid:x}。"),
        Decision::SnapshotDone { zxid, fuzzy_to } if zxid == fuzzy_to => {
            format!("{s} 的 snapshot.{zxid:x} 已完成。")
        }
        Decision::SnapshotDone { zxid, fuzzy_to } => format!(
            "{s} 的 snapshot.{zxid:x} 已完成；{} 到 {} 为模糊区间。",
            z(*zxid),
            z(*fuzzy_to)
        ),
        Decision::TooBusyToSnap => format!("该生成快照了，但 {s} 的上一份还没写完。"),
        Decision::Purged { files } => format!("{s} 清理了 {files} 个旧文件。"),
        Decision::DiskRefused => format!("{s} 的磁盘拒绝写入。"),
    }
}

fn planned(s: ServerId, learner: ServerId, peer: String, plan: &SyncPlan) -> String {
    let SyncPlan {
        mode,
        zxid,
        count,
        reason,
    } = plan;
    match (mode, count) {
        (SyncMode::Diff, 0) => format!("{learner} 什么都不缺：{s} 发送空的 DIFF。"),
        (SyncMode::Diff, n) => format!("{learner} 落后 {n} 条：{s} 补发这 {n} 条（DIFF）。"),
        (SyncMode::Trunc, 0) => format!(
            "{learner} 多出 {s} 没有的 {peer}：截断到 {}（TRUNC）。",
            z(*zxid)
        ),
        (SyncMode::Trunc, n) => format!(
            "{learner} 多出 {s} 没有的 {peer}：截断到 {}（TRUNC），再补发 {n} 条。",
            z(*zxid)
        ),
        (SyncMode::Snap, _) => match reason {
            SyncReason::OtherEpoch { .. } => {
                format!("{learner} 的日志在旧纪元走了另一条路：全量同步（SNAP）。")
            }
            _ => format!("{learner} 落后太多：全量同步（SNAP）。"),
        },
    }
}

fn went_looking(s: ServerId, why: LeaveReason) -> String {
    match why {
        LeaveReason::ConnectionLost => format!("{s} 失去了领导者，重新选举。"),
        LeaveReason::Silence => format!("{s} 太久没有收到消息，进入选举。"),
        LeaveReason::LeaderUnreachable => format!("{s} 连不上领导者，重新选举。"),
        LeaveReason::NoQuorum => format!("{s} 不再有多数派跟随，退位。"),
        _ => format!("{s} 离开并重新选举：{}。", because(why)),
    }
}

fn because(why: LeaveReason) -> &'static str {
    match why {
        LeaveReason::ConnectionLost => "连接断开",
        LeaveReason::Silence => "沉默太久",
        LeaveReason::LeaderUnreachable => "连不上领导者",
        LeaveReason::NoQuorum => "没有多数派按时跟随",
        LeaveReason::InitLimit => "initLimit 已到",
        LeaveReason::HigherPromise => "有投票者承诺了更高的纪元",
        LeaveReason::OldEpoch => "对方的纪元太旧",
        LeaveReason::FollowerAhead => "有跟随者的历史更长",
        LeaveReason::CounterUsedUp => "本纪元的计数器用完",
        LeaveReason::DiskError => "磁盘拒绝写入",
        LeaveReason::ProtocolError => "收到的消息次序不对",
        LeaveReason::SlowAck => "未及时确认提案",
    }
}
