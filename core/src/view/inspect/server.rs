//! A server: its role, its numbers, its timers, its disk.

use super::source::{Paper, Source};
use super::{Inspection, Look, words};
use crate::base::ServerId;
use crate::protocol::Timer;
use crate::protocol::zab::Peer;
use crate::protocol::zab::peer::Part;
use crate::protocol::zab::state::{Phase, Role};
use crate::view::frame::{Power, ServerRow, Zx};
use crate::view::lang::Text;
use crate::view::target::Target;
use crate::world::Host;

/// Clients that are named.
const CLIENTS: usize = 16;
/// Log files that are named.
const FILES: usize = 3;

pub(super) fn inspect(id: ServerId, look: &Look<'_>) -> Option<Inspection> {
    let row = look.frame.servers.iter().find(|row| row.id == id)?;
    let host = look.world.hosts().iter().find(|host| host.id == id)?;
    let mut it = Inspection::new(Text::same(id.to_string()), about(row));
    numbers(&mut it, row, host);
    if let Some(peer) = &host.process {
        memory(&mut it, look, host, peer);
    }
    disk(&mut it, row, host);
    reason(&mut it, row);
    if let Some(leader) = row.leader.filter(|leader| *leader != id) {
        it.near(
            Text::new(
                format!("its leader {leader}"),
                format!("它的领导者 {leader}"),
            ),
            Target::Server(leader),
        );
        let (a, b) = (id.min(leader), id.max(leader));
        it.near(
            Text::new(format!("link {a}–{b}"), format!("链路 {a}–{b}")),
            Target::Link(a, b),
        );
    }
    let clients = look.frame.clients.iter();
    for client in clients.filter(|c| c.server == Some(id)).take(CLIENTS) {
        let name = &client.name;
        let text = Text::new(format!("client {name}"), format!("客户端 {name}"));
        it.near(text, Target::Client(client.id));
    }
    let names = crate::storage::ReadFiles::names(&host.disk);
    for name in names.iter().rev().take(FILES) {
        it.near(
            Text::same(name.to_string()),
            Target::File(id, name.to_string()),
        );
    }
    Some(it)
}

fn about(row: &ServerRow) -> Text {
    match (&row.power, row.role, row.phase) {
        (Power::PowerLost, ..) => Text::new("no power", "断电"),
        (Power::Killed, ..) => Text::new("process killed", "进程被杀"),
        (Power::Halted(why), ..) => Text::new(
            format!("ended itself: {}", why.en),
            format!("自行退出：{}", why.zh),
        ),
        (Power::Paused, ..) => Text::new("frozen (SIGSTOP)", "已冻结（SIGSTOP）"),
        (Power::Up, Some(role), Some(phase)) => {
            let (role, phase) = (words::role(role), words::phase(phase));
            Text::new(
                format!("{}, {}", role.en, phase.en),
                format!("{}，{}", role.zh, phase.zh),
            )
        }
        (Power::Up, ..) => Text::new("starting", "正在启动"),
    }
}

fn numbers(it: &mut Inspection, row: &ServerRow, host: &Host) {
    if let (Some(role), Some(phase)) = (row.role, row.phase) {
        it.row("role", "角色", words::role(role));
        it.row("phase", "阶段", words::phase(phase));
    }
    let leader = row
        .leader
        .map_or_else(words::none, |l| Text::same(l.to_string()));
    if row.power.has_memory() {
        it.row("leader", "领导者", leader);
    }
    if row.claims {
        it.row(
            "quorum",
            "法定人数",
            Text::new(
                "leads, and no quorum follows",
                "自认领导者，但没有法定人数跟随",
            ),
        )
        .bad = true;
    }
    it.row(
        "acceptedEpoch",
        "acceptedEpoch",
        Text::same(row.accepted.to_string()),
    );
    it.row(
        "currentEpoch",
        "currentEpoch",
        Text::same(row.current.to_string()),
    );
    match host.process.as_ref().map(Peer::status) {
        Some(status) => {
            it.zxid("last logged", "最后写入日志", status.logged.into());
            it.zxid("last committed", "最后提交", status.committed.into());
            it.zxid("last applied", "最后应用", status.applied.into());
        }
        None => {
            let newest = row.reaches.unwrap_or_default();
            it.zxid("newest on disk", "磁盘上最新", newest);
        }
    }
}

fn memory(it: &mut Inspection, look: &Look<'_>, host: &Host, peer: &Peer) {
    if peer.role() == Role::Looking {
        let vote = peer.vote();
        let zxid: Zx = vote.zxid.into();
        if vote.leader.0 > 0 {
            it.row(
                "vote",
                "选票",
                Text::same(format!("{} ({zxid})", vote.leader)),
            );
        }
        it.row("round", "轮次", Text::same(peer.round().to_string()));
    }
    if let Part::Leading(leading) = peer.part() {
        let learners = leading.learners.keys().map(ToString::to_string);
        it.row("learners", "学习者", words::list(learners));
        it.row(
            "proposals not committed",
            "未提交的提案",
            Text::same(leading.outstanding.len().to_string()),
        );
        it.row(
            "sessions",
            "会话",
            Text::same(leading.sessions.len().to_string()),
        );
    }
    let clients = peer.service().connections().map(|(id, _)| {
        let client = look.world.clients().get(usize::from(id.0));
        client.map(|c| c.name.clone()).unwrap_or_default()
    });
    it.row("clients here", "连接的客户端", words::list(clients));
    if let Some(walk) = peer.walk() {
        let (done, all) = (walk.nodes_done(), peer.db().tree.len());
        it.row(
            "snapshot under way",
            "正在生成快照",
            Text::same(format!("{done}/{all}")),
        );
    }
    let now = look.world.now();
    for timer in Timer::ALL {
        if let Some(at) = host.timer(timer).filter(|_| !host.paused) {
            let left = Text::same(words::seconds(at.since(now).as_us()));
            let name = words::timer(timer);
            it.row(&name.en, &name.zh, left);
        }
    }
}

fn disk(it: &mut Inspection, row: &ServerRow, host: &Host) {
    let disk = &row.disk;
    if let Some(file) = &disk.file {
        it.row("newest log", "最新日志", Text::same(file.clone()));
        it.row(
            "durable, pending",
            "已落盘，待落盘",
            Text::same(format!("{} B, {} B", disk.durable, disk.pending)),
        );
    }
    let bad = [
        (disk.full, "full: writes are refused", "已满：拒绝写入"),
        (
            disk.lying,
            "lies: fsync forces nothing",
            "说谎：fsync 不落盘",
        ),
    ];
    for (_, en, zh) in bad.iter().filter(|(is, ..)| *is) {
        it.row("disk", "磁盘", Text::new(*en, *zh)).bad = true;
    }
    if host.slow > 1 {
        let times = host.slow;
        it.row(
            "fsync",
            "fsync",
            Text::new(format!("{times} times slower"), format!("慢 {times} 倍")),
        )
        .bad = true;
    }
    if host.clock_offset_ms != 0 {
        it.row(
            "wall clock",
            "系统时钟",
            Text::same(format!("{:+} ms", host.clock_offset_ms)),
        );
    }
}

/// Why it is what it is, whatever came before.
fn reason(it: &mut Inspection, row: &ServerRow) {
    let (en, zh, code, paper) = match (row.role, row.phase) {
        (None, _) => (
            "It does not run: its memory is gone, its disk is what it is.",
            "它没有运行：内存已丢失，磁盘保持原样。",
            "QuorumPeerMain.runFromConfig",
            None,
        ),
        (Some(Role::Looking), _) => (
            "It has no leader. It asks all for their votes and changes its own to the better one: higher epoch, then higher zxid, then higher id.",
            "它没有领导者。它收集选票，并改投更优者：先比纪元，再比 zxid，最后比服务器编号。",
            "FastLeaderElection.lookForLeader",
            Some(Paper::Oracle),
        ),
        (Some(Role::Leading), Some(Phase::Broadcast)) => (
            "A quorum has synchronised with it and acknowledged NEWLEADER, so it may number writes.",
            "多数派已与它同步并确认 NEWLEADER，所以它可以为写请求编号。",
            "Leader.lead",
            Some(Paper::Broadcast),
        ),
        (Some(Role::Leading), _) => (
            "It is elected, and may not propose before a quorum has promised the new epoch and holds its history.",
            "它已当选；但在多数派承诺新纪元并持有它的历史之前，不能发出提案。",
            "Leader.lead",
            Some(Paper::Discovery),
        ),
        (Some(Role::Following), Some(Phase::Broadcast)) => (
            "It holds the leader's history: it logs what is proposed, acknowledges it, and applies what is committed.",
            "它已持有领导者的历史：写入提案、回复确认，并应用已提交的事务。",
            "Follower.followLeader",
            Some(Paper::Broadcast),
        ),
        (Some(Role::Observing), Some(Phase::Broadcast)) => (
            "It holds the leader's history and hears of every commit, but it never votes or acknowledges.",
            "它持有领导者的历史并得知每次提交，但从不投票，也不确认。",
            "Observer.observeLeader",
            None,
        ),
        (Some(_), _) => (
            "It has found a leader and takes over its history before it serves.",
            "它找到了领导者，先接管其历史，然后才提供服务。",
            "Learner.syncWithLeader",
            Some(Paper::Synchronization),
        ),
    };
    it.because(Text::new(en, zh), Source { code, paper });
}
