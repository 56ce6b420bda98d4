//! A step: what caused it, what changed, what came of it.

use super::{Inspection, Look, meaning, words};
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
    };
    Text::new(en, zh)
}
