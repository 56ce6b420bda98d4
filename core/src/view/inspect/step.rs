//! A step: what caused it, what changed, what came of it.

use super::source::Source;
use super::{Inspection, Look, meaning, words};
use crate::protocol::Timer;
use crate::view::caption;
use crate::view::lang::Text;
use crate::view::target::Target;
use crate::view::text::packet;
use crate::world::{Actor, Cause, Outcome};

/// Messages that are listed.
const MESSAGES: usize = 8;

pub(super) fn inspect(look: &Look<'_>) -> Option<Inspection> {
    let seen = look.step?;
    let step = seen.step;
    let said = caption::captions(step, look.world);
    let most = said.iter().map(caption::Caption::weight).max().unwrap_or(0);
    let main = said.iter().find(|c| c.weight() == most);
    let about = main.map(caption::Caption::text).unwrap_or_default();
    let number = step.id.0 + 1;
    let title = Text::new(format!("step {number}"), format!("第 {number} 步"));
    let mut it = Inspection::new(title, about);
    it.row("when", "时间", Text::same(words::seconds(step.at.0)));
    if let Some(who) = who(look, step.actor) {
        it.row("whose", "主体", Text::same(who.0.clone()));
        it.near(Text::same(who.0), who.1);
    }
    it.row("cause", "起因", cause(&step.cause));
    let change = caption::change(step);
    if !change.is_empty() {
        it.row("what changed", "变化", change);
    }
    for caption in said.iter().filter(|c| Some(*c) != main) {
        it.row("and", "并且", caption.text());
    }
    if let Cause::Delivered(m) | Cause::Dropped(m) = &step.cause {
        let (text, source) = meaning::of(&m.payload);
        it.because(text, source);
        let word = packet::payload(&m.payload);
        it.near(
            Text::new(
                format!("what arrived: {word}"),
                format!("到达的消息：{word}"),
            ),
            Target::Message(m.id),
        );
    }
    if !matches!(step.cause, Cause::Delivered(_) | Cause::Dropped(_)) {
        let (text, code) = why(&step.cause);
        it.because(text, Source::code(code));
    }
    let led = [
        (seen.sender, "sent in", "发出于"),
        (seen.before, "the step before it here", "此处的上一步"),
    ];
    for (step, en, zh) in led {
        if let Some(step) = step {
            let n = step + 1;
            let name = Text::new(format!("{en} #{n}"), format!("{zh} #{n}"));
            it.near(name, Target::Step(step));
        }
    }
    let sent = step.outcomes.iter().filter_map(|o| match o {
        Outcome::Sent(m) => Some(m),
        _ => None,
    });
    for m in sent.take(MESSAGES) {
        let (word, to) = (
            packet::payload(&m.payload),
            super::message::name(look.world, m.to),
        );
        it.near(
            Text::new(format!("sends {to} {word}"), format!("发给 {to}：{word}")),
            Target::Message(m.id),
        );
    }
    Some(it)
}

/// Why such a step comes at all.
fn why(cause: &Cause) -> (Text, &'static str) {
    let (en, zh, code) = match cause {
        Cause::Command(_) => (
            "The user did this; it is a line of the script.",
            "这是用户的操作，也是脚本中的一行。",
            "ZabLab",
        ),
        Cause::Timer(timer) => return timer_why(*timer),
        Cause::Synced { .. } => (
            "The disk reports that what was written before this fsync began is forced.",
            "磁盘报告：这次 fsync 开始之前写入的内容已经落盘。",
            "SyncRequestProcessor.flush",
        ),
        Cause::Boot => (
            "It knows only what its disk holds: the newest whole snapshot, and the log behind it.",
            "它只知道磁盘上有什么：最新的完整快照，以及其后的日志。",
            "FileTxnSnapLog.restore",
        ),
        Cause::LinkUp(_) => (
            "Both processes run and nothing is cut, so votes can be exchanged.",
            "两端进程都在运行，链路未断，可以交换选票。",
            "QuorumCnxManager.connectOne",
        ),
        Cause::Opened(_) => (
            "A learner called the leader that it elected.",
            "学习者连接了它选出的领导者。",
            "Learner.connectToLeader",
        ),
        Cause::Closed(_) => (
            "The other end closed the connection, died, or something on it was lost.",
            "对端关闭了连接、进程退出，或其上的消息丢失。",
            "QuorumPeer.run",
        ),
        Cause::DiskFailed => (
            "The disk would not take a write: the server may not go on as if it had.",
            "磁盘拒绝了写入：服务器不能当作已写入而继续。",
            "SyncRequestProcessor.run",
        ),
        Cause::ProgramWake => (
            "The program of the client has waited long enough.",
            "客户端程序等待的时间到了。",
            "ZooKeeper recipes",
        ),
        Cause::Operator => (
            "What an operator began takes time, and goes on by itself.",
            "运维操作需要时间，会自行推进。",
            "zablab backup",
        ),
        _ => (
            "The client looks after its connection: it calls, says that it is alive, or gives up.",
            "客户端维护自己的连接：连接、报告存活，或放弃。",
            "ClientCnxn.SendThread",
        ),
    };
    (Text::new(en, zh), code)
}

fn timer_why(timer: Timer) -> (Text, &'static str) {
    let (en, zh, code) = match timer {
        Timer::Notify => (
            "Nothing was heard for a while: votes may have been lost.",
            "一段时间没有消息：选票可能丢失了。",
            "FastLeaderElection.lookForLeader",
        ),
        Timer::Finalize => (
            "No better vote came while it waited.",
            "等待期间没有更优的选票。",
            "FastLeaderElection.lookForLeader",
        ),
        Timer::Reconnect => (
            "The leader did not answer; it tries again, five times in all.",
            "领导者没有应答；再试一次，最多五次。",
            "Learner.connectToLeader",
        ),
        Timer::ReadTimeout => (
            "The leader was silent too long.",
            "领导者沉默太久。",
            "Learner.readPacket",
        ),
        Timer::HalfTick => (
            "Twice a tick the leader pings its learners and counts who is in time.",
            "领导者每 tick 两次 ping 学习者，并清点按时应答者。",
            "Leader.lead",
        ),
        Timer::InitLimit => (
            "Discovery and synchronisation may take initLimit ticks, no longer.",
            "发现与同步最多 initLimit 个 tick。",
            "Leader.waitForEpochAck",
        ),
        Timer::SnapshotWalk => (
            "A snapshot is written piece by piece while writes go on.",
            "快照分段写出，写入不停。",
            "ZooKeeperServer.takeSnapshot",
        ),
        Timer::Reaper => (
            "From time to time the leader looks for containers without children and for outlived TTL nodes.",
            "领导者定期检查空容器和超过 TTL 的节点。",
            "ContainerManager.checkContainers",
        ),
        Timer::SessionBucket => (
            "Sessions expire in buckets of a tick.",
            "会话按 tick 分桶过期。",
            "SessionTrackerImpl.run",
        ),
    };
    (Text::new(en, zh), code)
}

fn who(look: &Look<'_>, actor: Actor) -> Option<(String, Target)> {
    match actor {
        Actor::Server(id) => Some((id.to_string(), Target::Server(id))),
        Actor::Client(id) => {
            let client = look.world.clients().get(usize::from(id.0))?;
            Some((client.name.clone(), Target::Client(id)))
        }
        Actor::World => None,
    }
}

fn cause(cause: &Cause) -> Text {
    let (en, zh) = match cause {
        Cause::Command(_) => ("the user", "用户操作"),
        Cause::Delivered(_) => ("a message arrives", "消息到达"),
        Cause::Dropped(_) => ("a message arrives and nobody listens", "消息到达但无人接收"),
        Cause::Timer(_) => ("a timer runs out", "定时器到期"),
        Cause::Synced { .. } => ("an fsync finishes", "一次 fsync 完成"),
        Cause::Boot => ("the process starts", "进程启动"),
        Cause::LinkUp(_) => ("the election channel works", "选举通道可用"),
        Cause::Opened(_) => ("a connection opens", "连接建立"),
        Cause::Closed(_) | Cause::ClientDisconnected(_) => ("a connection is gone", "连接断开"),
        Cause::DiskFailed => ("the disk reports an error", "磁盘报错"),
        Cause::ClientConnected => ("a client's connection opens", "客户端连接建立"),
        Cause::ClientTimer => ("a client wakes up", "客户端定时唤醒"),
        Cause::ProgramWake => ("a client's program goes on", "客户端程序继续"),
        Cause::Operator => ("an operator's work goes on", "运维操作继续"),
    };
    Text::new(en, zh)
}
