//! A client: its session, what it asked and what it knows, its recipe.

use super::source::Source;
use super::{Inspection, Look, words};
use crate::base::ClientId;
use crate::view::caption;
use crate::view::frame::{ClientState, ClockView, Zx};
use crate::view::lang::Text;
use crate::view::target::Target;
use crate::world::{Invocation, RequestOutcome};

/// Requests that are listed, newest first.
const REQUESTS: usize = 6;

pub(super) fn inspect(id: ClientId, look: &Look<'_>) -> Option<Inspection> {
    let view = look.frame.clients.iter().find(|c| c.id == id)?;
    let client = look.world.clients().get(usize::from(id.0))?;
    let about = state(view.state, view.paused);
    let name = &view.name;
    let title = Text::new(format!("client {name}"), format!("客户端 {name}"));
    let mut it = Inspection::new(title, about.clone());
    it.row("connection", "连接", about);
    let server = client
        .server
        .map_or_else(words::none, |s| Text::same(s.to_string()));
    it.row("server", "服务器", server);
    let session = view.session.as_ref();
    let id = session.map_or_else(words::none, |s| Text::same(s.id.clone()));
    it.row("session", "会话", id);
    it.row(
        "timeout",
        "超时",
        Text::same(format!("{} ms", view.timeout_ms)),
    );
    if let Some(session) = session {
        let clock = clock(session.clock, look.frame.now_us);
        it.row("the leader's clock for it", "领导者为它计时", clock);
    }
    it.zxid(
        "newest zxid it saw",
        "见过的最新 zxid",
        client.last_zxid.into(),
    );
    it.row(
        "watches",
        "监视",
        match view.watches {
            0 => words::none(),
            n => Text::same(format!("{n}: {}", view.watched.join(" "))),
        },
    );
    if let Some(recipe) = &view.recipe {
        it.row("recipe", "配方", recipe.standing.clone());
    }
    for asked in client.history.iter().rev().take(REQUESTS) {
        let text = caption::request(&asked.request);
        it.row(&text, &text, outcome(asked));
    }
    reason(&mut it, view.state);
    if let Some(server) = client.server {
        it.near(Text::same(server.to_string()), Target::Server(server));
    }
    Some(it)
}

fn state(state: ClientState, paused: bool) -> Text {
    let (en, zh) = match (paused, state) {
        (true, _) => ("frozen", "已冻结"),
        (_, ClientState::Connecting) => ("looks for a server", "正在寻找服务器"),
        (_, ClientState::Connected) => ("connected", "已连接"),
        (_, ClientState::Closed) => ("session closed", "会话已关闭"),
        (_, ClientState::Expired) => ("session expired", "会话已过期"),
    };
    Text::new(en, zh)
}

fn clock(clock: ClockView, now_us: u64) -> Text {
    match clock {
        ClockView::Runs { expires_us } => {
            let left = words::seconds(expires_us.saturating_sub(now_us));
            Text::new(format!("{left} left"), format!("还剩 {left}"))
        }
        ClockView::Still => Text::new("stands still: nobody leads", "停走：没有领导者"),
        ClockView::Closing => Text::new("it is being closed", "正在关闭"),
        ClockView::Over => Text::new("over; the client has yet to hear", "已结束，客户端尚不知情"),
    }
}

fn outcome(asked: &Invocation) -> Text {
    match &asked.outcome {
        RequestOutcome::Pending => Text::new("waits", "等待答复"),
        RequestOutcome::Unknown { .. } => {
            Text::new("unknown: the connection broke", "未知：连接断开")
        }
        RequestOutcome::Expired { .. } => Text::new("never sent", "从未发出"),
        RequestOutcome::Told {
            reply, txn, server, ..
        } => {
            let code = reply.outcome().name();
            let zxid = txn.map(|z| format!(" {}", Zx::from(z))).unwrap_or_default();
            Text::new(
                format!("{code}{zxid}, from {server}"),
                format!("{code}{zxid}，来自 {server}"),
            )
        }
    }
}

fn reason(it: &mut Inspection, state: ClientState) {
    let (en, zh, code) = match state {
        ClientState::Connected => (
            "A server has confirmed its session. It says that it is alive a third of the timeout at the latest.",
            "服务器已确认它的会话。它至多每三分之一超时就报告一次存活。",
            "ClientCnxn.SendThread",
        ),
        ClientState::Connecting => (
            "It tries the servers of its connect string in turn, with the same session. What it had sent and was not answered is unknown, not undone.",
            "它带着同一个会话依次尝试连接串中的服务器。已发出而未获答复的请求结果未知，并非未执行。",
            "ClientCnxn.SendThread",
        ),
        ClientState::Closed => (
            "It ended its session itself. Deleting its ephemeral nodes was part of that transaction.",
            "它自己结束了会话。删除其临时节点是该事务的一部分。",
            "ZooKeeper.close",
        ),
        ClientState::Expired => (
            "The leader heard nothing for the whole timeout and closed the session by a transaction. Only the ensemble can say that a session is over.",
            "领导者在整个超时内没有听到它的消息，便以一个事务关闭了会话。会话是否结束，只有集群说了算。",
            "SessionTrackerImpl.run",
        ),
    };
    it.because(Text::new(en, zh), Source::code(code));
}
