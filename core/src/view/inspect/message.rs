//! A message: its ends, its content, its way, its place in the channel.

use super::{Inspection, Look, meaning, words};
use crate::history::{Arrival, Passage};
use crate::view::frame::Zx;
use crate::view::lang::Text;
use crate::view::target::Target;
use crate::view::text::packet;
use crate::world::{End, Message, World};

pub(super) fn inspect(look: &Look<'_>) -> Option<Inspection> {
    let passage = look.passage?;
    let message = &*passage.message;
    let zxid = message.payload.zxid().filter(|z| z.0 > 0).map(Zx::from);
    let word = message.payload.word().to_ascii_uppercase();
    let named = zxid.map_or_else(String::new, |z| format!(" {z}"));
    let (from, to) = (name(look.world, message.from), name(look.world, message.to));
    let title = Text::same(format!("{word}{named} {from}→{to}"));
    let mut it = Inspection::new(title, about(passage, look.at));
    it.row("from", "发送者", Text::same(from.clone()));
    it.row("to", "接收者", Text::same(to.clone()));
    it.row(
        "content",
        "内容",
        Text::same(packet::payload(&message.payload)),
    );
    if let Some(zxid) = zxid {
        it.zxid("zxid", "zxid", zxid);
    }
    way(&mut it, look, passage);
    let (text, source) = meaning::of(&message.payload);
    it.because(text, source);
    near(&mut it, passage, zxid, &[from, to]);
    Some(it)
}

/// When it left and when it came, and what is before it on the same channel.
fn way(it: &mut Inspection, look: &Look<'_>, passage: &Passage) {
    let message = &passage.message;
    let (sent, due) = (message.sent.0, message.due.0);
    let at = |us: u64, step: u64| Text::same(format!("{} (#{})", words::seconds(us), step + 1));
    it.row("sent", "发出", at(sent, passage.sent));
    match passage.end.filter(|(step, _)| *step < look.at) {
        Some((step, Arrival::Delivered)) => {
            let held = words::seconds(due);
            it.row(
                "arrived",
                "到达",
                Text::same(format!("{held} (#{})", step + 1)),
            );
        }
        Some((step, Arrival::Dropped)) => {
            let text = (
                format!("#{}, nobody listened", step + 1),
                format!("#{}，已无人接收", step + 1),
            );
            it.row("arrived", "到达", Text::new(text.0, text.1)).bad = true;
        }
        Some((step, Arrival::Lost)) => {
            it.row("lost", "丢失", Text::same(format!("#{}", step + 1)))
                .bad = true;
        }
        None => {
            it.row("due", "预计到达", Text::same(words::seconds(due)));
        }
    }
    if let Some((place, of)) = place(look.world, message) {
        let text = Text::new(
            format!("{place} of {of} on its channel"),
            format!("通道中第 {place} 条，共 {of} 条"),
        );
        it.row("place (FIFO)", "次序（FIFO）", text);
    }
}

/// Its place among those on the wire between its ends, in its direction and on its connection.
fn place(world: &World, message: &Message) -> Option<(usize, usize)> {
    let channel = |m: &&std::sync::Arc<Message>| {
        (m.from, m.to, m.conn) == (message.from, message.to, message.conn)
    };
    let mut numbers: Vec<u64> = world.in_flight().filter(channel).map(|m| m.id).collect();
    crate::base::Order::order(&mut numbers[..]);
    let at = numbers.iter().position(|id| *id == message.id)?;
    Some((at + 1, numbers.len()))
}

fn about(passage: &Passage, at: u64) -> Text {
    let (en, zh) = match passage.end.filter(|(step, _)| *step < at) {
        _ if passage.sent >= at => ("not sent yet at this moment", "此刻尚未发出"),
        None => ("on its way", "在途中"),
        Some((_, Arrival::Delivered)) => ("it has arrived", "已到达"),
        Some((_, Arrival::Dropped)) => ("it arrived where nobody listens", "到达时已无人接收"),
        Some((_, Arrival::Lost)) => ("it was lost on the way", "在途中丢失"),
    };
    Text::new(en, zh)
}

fn near(it: &mut Inspection, passage: &Passage, zxid: Option<Zx>, names: &[String; 2]) {
    let ends = [passage.message.from, passage.message.to];
    for (end, name) in ends.iter().zip(names) {
        it.near(
            Text::same(name.clone()),
            match end {
                End::Server(id) => Target::Server(*id),
                End::Client(id) => Target::Client(*id),
            },
        );
    }
    if let Some(zxid) = zxid.filter(|z| z.counter > 0) {
        it.near(Text::same(zxid.to_string()), Target::Transaction(zxid));
    }
    if let [End::Server(a), End::Server(b)] = ends {
        let (a, b) = (a.min(b), a.max(b));
        it.near(
            Text::new(format!("link {a}–{b}"), format!("链路 {a}–{b}")),
            Target::Link(a, b),
        );
    }
    let sent = passage.sent;
    it.near(
        Text::new(
            format!("sent in #{}", sent + 1),
            format!("发出于 #{}", sent + 1),
        ),
        Target::Step(sent),
    );
}

pub(super) fn name(world: &World, end: End) -> String {
    match end {
        End::Server(id) => id.to_string(),
        End::Client(id) => {
            let client = world.clients().get(usize::from(id.0));
            client.map(|c| c.name.clone()).unwrap_or_default()
        }
    }
}
