//! The words of the help sheet, both languages side by side.

use zablab_core::view::Lang;

crate::words::words! {
    Help: "Help", "帮助";
    Marks: "What the marks mean", "图例";
    Keys: "Keys", "按键";
    KeysNote: "They work while the focus is in this page and not in a field.", "焦点在本页面内且不在输入框中时有效。";
    About: "What this is, and what it is not", "它是什么，不是什么";
    Servers: "Servers: the shape is the role", "服务器：形状表示角色";
    Leader: "leader", "领导者";
    Follower: "follower", "跟随者";
    Observer: "observer, no vote", "观察者，无投票权";
    Looking: "looking for a leader", "选举中";
    Down: "not running; its disk stays", "未运行；磁盘仍在";
    Claims: "claims to lead, has no quorum", "自认领导者，没有多数派";
    Entries: "Log entries: the colour is durability", "日志条目：颜色表示持久程度";
    Proposed: "proposed: a power loss takes it", "提案：断电就会丢失";
    Durable: "on this server's disk", "已在这台服务器上落盘";
    Committed: "committed: a quorum has it on disk", "已提交：多数派已落盘";
    Applied: "and applied to the tree", "并已应用到数据树";
    Told: "and this server told its client", "并已由这台服务器答复客户端";
    Missing: "not on this server", "这台服务器没有";
    Truncated: "cut off (TRUNC)", "被截断（TRUNC）";
    Messages: "Messages: shape and letter are the kind", "消息：形状与字母表示种类";
    Proposal: "PROPOSAL", "PROPOSAL，提案";
    Ack: "ACK: it is on my disk", "ACK：已在我的磁盘上";
    Commit: "COMMIT", "COMMIT，提交";
    Inform: "INFORM: a commit, for observers", "INFORM：给观察者的提交";
    Vote: "a vote", "选票";
    Epoch: "agreeing on an epoch", "商定纪元";
    NewLeader: "NEWLEADER", "NEWLEADER";
    UpToDate: "UPTODATE: serve now", "UPTODATE：可以开始服务";
    Parcel: "DIFF, SNAP or TRUNC: catching up", "DIFF、SNAP 或 TRUNC：数据同步";
    Request: "request of a client", "客户端请求";
    Reply: "answer", "答复";
    Ping: "PING and small talk", "PING 等心跳消息";
    Elsewhere: "Elsewhere", "其他";
    LampGreen: "an invariant holds", "不变量成立";
    LampRed: "an invariant is broken: click it", "不变量被破坏：点击查看";
    Lens: "the entry whose fate is open", "结局未定的条目";
    Bytes: "bytes that survive a power loss, and bytes that do not", "断电后仍在的字节，与会丢失的字节";
    RealHead: "Real", "真实的部分";
    Real: "The protocol of ZooKeeper 3.9 with elections, discovery, synchronisation and broadcast; logs, snapshots and epoch files in ZooKeeper's own bytes, which recovery really reads. Disks of real servers can be brought in and taken out.",
        "ZooKeeper 3.9 的协议：选举、发现、同步与广播；日志、快照与纪元文件都是 ZooKeeper 格式的字节，恢复时真正读取它们。可以导入和导出真实服务器的磁盘。";
    SimulatedHead: "Simulated", "模拟的部分";
    Simulated: "Network, clock, disks' timing and machines. Links are FIFO connections: what is lost breaks its connection, what is late holds up all behind it. The same script gives the same run, everywhere and every time.",
        "网络、时钟、磁盘的快慢与机器本身。链路是先进先出的连接：丢失即断开连接，迟到会拖住后面的全部消息。同一脚本在任何地方、任何时候都得到同一次运行。";
    RulesHead: "Rules", "规则";
    Rules: "Unless a badge says a release, known defects of ZooKeeper are corrected. A scenario marked 3.9.4 runs as that release was shipped.",
        "除非标明版本，ZooKeeper 的已知缺陷均已修正。标有 3.9.4 的场景按该版本发布时的行为运行。";
    NotHead: "Not", "不包括";
    Not: "No ZooKeeper runs here and nothing is sent anywhere. Times of a run say nothing about the speed of a real cluster. Servers are honest: they crash, pause and lose data, but they do not lie; disks may.",
        "这里没有运行 ZooKeeper，也不发送任何数据。运行中的时间不代表真实集群的速度。服务器是诚实的：会宕机、暂停、丢数据，但不撒谎；磁盘可能会。";
    HallHead: "In a lecture hall", "投影";
    Hall: "density=projector in the address draws everything 1.4 times as large.", "在网址中加上 density=projector，所有内容放大到 1.4 倍。";
    LimitsHead: "Limits", "上限";
    Limits: "9 voters and 4 observers, 1,000,000 steps, scripts of 64 KiB and 2,000 commands, links of 2,000 characters, dropped files of 64 MiB.",
        "9 个投票者和 4 个观察者，1,000,000 步，脚本 64 KiB、2,000 条命令，链接 2,000 个字符，拖入文件 64 MiB。";
}

/// What the page is and is not: heads and texts.
pub(super) const ABOUT: [[Word; 2]; 6] = [
    [Word::RealHead, Word::Real],
    [Word::SimulatedHead, Word::Simulated],
    [Word::RulesHead, Word::Rules],
    [Word::NotHead, Word::Not],
    [Word::HallHead, Word::Hall],
    [Word::LimitsHead, Word::Limits],
];
