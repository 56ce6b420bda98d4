//! A link between two servers: is it cut, how slow is it, what is on it.

use super::source::Source;
use super::{Inspection, Look, message, words};
use crate::base::{Order, ServerId};
use crate::view::lang::Text;
use crate::view::target::Target;
use crate::view::text::packet;
use crate::world::End;

/// Messages that are listed.
const MESSAGES: usize = 8;

pub(super) fn inspect(a: ServerId, b: ServerId, look: &Look<'_>) -> Option<Inspection> {
    let there = |id: ServerId| look.world.hosts().iter().any(|host| host.id == id);
    if a == b || !there(a) || !there(b) {
        return None;
    }
    let (end_a, end_b) = (End::Server(a), End::Server(b));
    let cut = look.world.is_cut(end_a, end_b);
    let slow = look.world.slowness(end_a, end_b).as_us();
    let about = match (cut, slow) {
        (true, _) => Text::new("cut: nothing passes", "已断开：什么都不通"),
        (false, 0) => Text::new("whole", "正常"),
        (false, _) => Text::new("slow", "变慢"),
    };
    let title = Text::new(format!("link {a}–{b}"), format!("链路 {a}–{b}"));
    let mut it = Inspection::new(title, about);
    it.row("cut", "已断开", words::yes_no(cut)).bad = cut;
    it.row(
        "added latency",
        "附加延迟",
        Text::same(words::seconds(slow)),
    );
    let between = |m: &&std::sync::Arc<crate::world::Message>| {
        let ends = (m.from, m.to);
        ends == (end_a, end_b) || ends == (end_b, end_a)
    };
    let mut all: Vec<_> = look.world.in_flight().filter(between).collect();
    all.order_by_key(|m| m.id);
    it.row(
        "messages on it",
        "途中的消息",
        Text::same(all.len().to_string()),
    );
    for m in all.into_iter().take(MESSAGES) {
        let (from, to) = (
            message::name(look.world, m.from),
            message::name(look.world, m.to),
        );
        let word = packet::payload(&m.payload);
        it.near(
            Text::same(format!("{from}→{to} {word}")),
            Target::Message(m.id),
        );
    }
    it.because(
        Text::new(
            "Between two servers there are two channels, one for votes and one for all the rest. Each is FIFO: nothing overtakes, and what is lost breaks the connection.",
            "两台服务器之间有两条通道：一条传选票，一条传其余消息。每条都是 FIFO：后发的不会超前，一旦丢失，连接就断开。",
        ),
        Source::code("QuorumCnxManager, LearnerHandler"),
    );
    for id in [a, b] {
        it.near(Text::same(id.to_string()), Target::Server(id));
    }
    Some(it)
}
