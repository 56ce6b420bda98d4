//! What a kind of message is for, in a sentence, and where that is written down.

use super::source::{Paper, Source};
use crate::protocol::zab::packet::Packet;
use crate::protocol::{ClientPacket, ServerPacket};
use crate::view::lang::Text;
use crate::world::Payload;

/// What it is for.
pub(super) fn of(payload: &Payload) -> (Text, Source) {
    let (en, zh, code, paper) = match payload {
        Payload::Peer(packet) => return peer(packet),
        Payload::ToServer(ClientPacket::Connect { .. }) => (
            "The client introduces itself: the session it has, and the newest zxid it has seen. A server behind that zxid refuses it.",
            "客户端自我介绍：它的会话，以及见过的最新 zxid。落后于该 zxid 的服务器会拒绝它。",
            "ZooKeeperServer.processConnectRequest",
            None,
        ),
        Payload::ToServer(ClientPacket::Request { .. }) => (
            "A client asks. Reads are answered by the server it is connected to; writes go to the leader.",
            "客户端的请求。读由所连接的服务器直接答复；写则转给领导者。",
            "ZooKeeperServer.processPacket",
            None,
        ),
        Payload::ToClient(ServerPacket::Connected { .. }) => (
            "The server confirms the session and the negotiated timeout, or says that the session is over.",
            "服务器确认会话与协商后的超时，或告知会话已结束。",
            "ZooKeeperServer.finishSessionInit",
            None,
        ),
        Payload::ToClient(ServerPacket::Event(_)) => (
            "A watch fires. It arrives before any reply that shows the change.",
            "监视被触发。它先于任何体现该变化的答复到达。",
            "WatchManager.triggerWatch",
            None,
        ),
        Payload::ToClient(ServerPacket::Reply { .. }) => (
            "The answer. For a write it says that a quorum of disks holds it and that this server has applied it.",
            "答复。对写请求而言，它表示多数派磁盘已持有该写入，且本服务器已应用。",
            "FinalRequestProcessor.processRequest",
            None,
        ),
    };
    (Text::new(en, zh), Source { code, paper })
}

fn peer(packet: &Packet) -> (Text, Source) {
    let (en, zh, code, paper) = match packet {
        Packet::Notification { .. } => (
            "A vote, and the state of who sends it. Only the newest from each server counts.",
            "一张选票，附发送者的状态。每台服务器只有最新的一张有效。",
            "FastLeaderElection.sendNotifications",
            Some(Paper::Oracle),
        ),
        Packet::FollowerInfo { .. } | Packet::ObserverInfo { .. } => (
            "A learner reports which epoch it has accepted. The leader chooses a higher one than any of a quorum.",
            "学习者报告自己已接受的纪元。领导者据此选出比多数派都高的新纪元。",
            "Learner.registerWithLeader",
            Some(Paper::Discovery),
        ),
        Packet::LeaderInfo { .. } => (
            "The leader names the new epoch. Who accepts it follows no older leader any more.",
            "领导者宣布新纪元。接受者不再跟随更旧的领导者。",
            "LearnerHandler.run",
            Some(Paper::Discovery),
        ),
        Packet::AckEpoch { .. } => (
            "The learner promises the epoch and says how far its history reaches.",
            "学习者承诺该纪元，并说明自己的历史到哪里为止。",
            "Learner.registerWithLeader",
            Some(Paper::Discovery),
        ),
        Packet::Diff { .. } => (
            "The learner's log is a prefix of the leader's: only the rest follows.",
            "学习者的日志是领导者日志的前缀：只补发其余部分。",
            "LearnerHandler.syncFollower",
            Some(Paper::Synchronization),
        ),
        Packet::Trunc { .. } => (
            "The learner has transactions that the leader lacks: it must cut its log back.",
            "学习者持有领导者没有的事务：必须截断日志。",
            "LearnerHandler.syncFollower",
            Some(Paper::Synchronization),
        ),
        Packet::Snap { .. } => (
            "The learner is too far behind or has diverged: it takes over the whole tree.",
            "学习者落后太多或已分叉：接收整棵树。",
            "LearnerHandler.syncFollower",
            Some(Paper::Synchronization),
        ),
        Packet::NewLeader { .. } => (
            "The end of the history. The learner acknowledges it only when all of it is on its disk.",
            "历史到此为止。学习者把它全部落盘后才确认。",
            "Learner.syncWithLeader",
            Some(Paper::Synchronization),
        ),
        Packet::UpToDate => (
            "A quorum has acknowledged NEWLEADER: the learner may serve clients.",
            "多数派已确认 NEWLEADER：学习者可以对外服务。",
            "Learner.syncWithLeader",
            Some(Paper::Synchronization),
        ),
        Packet::Proposal(_) => (
            "The leader asks to log this transaction. It is acknowledged when it is on disk.",
            "领导者要求写入该事务。落盘之后才确认。",
            "Leader.propose",
            Some(Paper::Broadcast),
        ),
        Packet::Ack { .. } => (
            "The sender's disk holds it, and everything before it.",
            "发送者的磁盘已持有它以及它之前的一切。",
            "SendAckRequestProcessor.processRequest",
            Some(Paper::Broadcast),
        ),
        Packet::Commit { .. } => (
            "A quorum of disks holds it: apply it, in order.",
            "多数派磁盘已持有它：按序应用。",
            "Leader.commit",
            Some(Paper::Broadcast),
        ),
        Packet::Inform(_) => (
            "Proposal and commit in one, for an observer, which has no vote.",
            "提案与提交合二为一，发给没有投票权的观察者。",
            "Leader.inform",
            None,
        ),
        Packet::Ping { .. } | Packet::PingReply { .. } => (
            "Are you there? The answer also carries the sessions that were heard of.",
            "你还在吗？答复同时带回近期活跃的会话。",
            "LearnerHandler.ping",
            None,
        ),
        Packet::Request { .. } => (
            "A client's write, on its way to the leader, which alone numbers writes.",
            "客户端的写请求，转往领导者；只有领导者给写入编号。",
            "Learner.request",
            None,
        ),
        Packet::Revalidate { .. } | Packet::Revalidated { .. } => (
            "A client came back with a session: the leader knows whether it is alive.",
            "客户端带着会话回来了：它是否还有效，由领导者判断。",
            "Learner.validateSession",
            None,
        ),
        Packet::Sync { .. } => (
            "A client wants to read no older than now: the answer comes behind all that is pending.",
            "客户端要求读到不早于此刻的数据：答复排在所有待提交事务之后。",
            "Leader.processSync",
            None,
        ),
    };
    (Text::new(en, zh), Source { code, paper })
}
