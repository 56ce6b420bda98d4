//! What a server decided, and why, in Simplified Chinese.

use super::{ballot, z};
use crate::base::ServerId;
use crate::protocol::Decision;
use crate::protocol::decision::LeaveReason;
use crate::protocol::zab::sync_plan::{SyncMode, SyncPlan, SyncReason};

/// The sentence of a decision.
pub(super) fn sentence(s: ServerId, decision: &Decision) -> String {
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
            format!("{s} 加入 e{epoch}，并确认 NEWLEADER。")
        }
        Decision::Established { epoch, history } => {
            format!(
                "多数派已确认 NEWLEADER：纪元 e{epoch} 确立，{} 及之前全部提交。",
                z(*history)
            )
        }
        Decision::Serving => format!("{s} 已同步，开始服务客户端。"),
        Decision::QuorumOfAcks { zxid, acks } => {
            format!("{} 个投票者已确认 {}：达到法定人数。", acks.len(), z(*zxid))
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
        Decision::Restored {
            zxid,
            durable: false,
            ..
        } => format!(
            "{s} 把 {} 的数据树恢复到内存，磁盘和计数器都不变。",
            z(*zxid)
        ),
        Decision::Restored { zxid, at, .. } => format!(
            "{s} 恢复 {} 的数据树，先把它写成 snapshot.{at:x}。",
            z(*zxid)
        ),
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
        LeaveReason::NeedsTree => "它需要整棵数据树",
        LeaveReason::SlowAck => "未及时确认提案",
        LeaveReason::Restored => "它要把恢复的数据树落盘",
    }
}
