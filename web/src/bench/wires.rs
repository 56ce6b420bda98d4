//! The wire column: brackets between the rows, and the marks that ride on them.
//!
//! A mark's place is not Yew's: the element carries its way in `data-way`, and an animation of the
//! browser moves it along (see `motion`). So a frame between two steps costs no diff and no code.
//! Without motion a mark is drawn where it rests (see `glyph::flight`).
//!
//! Where a cut parts the servers into groups, a wall stands between their rows; a single cut link is
//! named in the rows of its ends.

use std::sync::Arc;

use yew::prelude::*;
use zablab_core::lab::{Order, ServerId};
use zablab_core::view::Target;
use zablab_core::view::frame::{EndView, Fate, Frame, MessageView, Power, ServerRow};
use zablab_core::view::lanes::{self, Bracket, Lanes, ROW};

use super::glyph::Flight;
use super::roving::use_roving;
use super::spot::Spot;
use super::{Metrics, bench_words as say, glyph, log};
use crate::desk::{Desk, use_desk};
use crate::lists::{keyed, list};
use crate::motion::{Thousandths, Way};
use crate::words::{self, Word};

/// Properties of [`Wires`].
#[derive(Properties)]
pub(super) struct Props {
    pub(super) frame: Arc<Frame>,
    pub(super) metrics: Metrics,
    pub(super) spot: Spot,
}

/// Equal as long as nothing else would be drawn: most of a frame is no matter of the wires.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&*self.frame, &*other.frame);
        let rows = |frame: &Frame| frame.servers.len();
        let same = |(a, b): (&ServerRow, &ServerRow)| a.id == b.id && a.power == b.power;
        rows(a) == rows(b)
            && a.servers.iter().zip(&b.servers).all(same)
            && a.messages == b.messages
            && a.lost == b.lost
            && a.cuts == b.cuts
            && a.groups == b.groups
            && self.metrics == other.metrics
            && self.spot == other.spot
    }
}

/// The wire column.
#[component]
pub(super) fn Wires(props: &Props) -> Html {
    let desk = use_desk();
    let frame = &*props.frame;
    let messages = [frame.messages.as_slice(), &frame.lost].concat();
    let ids: Vec<ServerId> = frame.servers.iter().map(|row| row.id).collect();
    let lanes = lanes::lay_out(&messages, &ids);
    let roving = use_roving(1, Callback::noop());
    let order: Vec<u64> = {
        let flights = lanes.brackets.iter().flat_map(|b| &b.flights);
        flights.map(|f| messages[f.message].id).collect()
    };
    let drawing = Drawing {
        desk: &desk,
        props,
        frame,
        messages: &messages,
        lanes: &lanes,
        order,
    };
    html! {
        <div class="wires" role="group" aria-label={desk.word(Word::OnTheWire)} tabindex={(!drawing.order.is_empty()).then_some("0")}
            ref={roving.node.clone()} onkeydown={roving.onkeydown()} onfocusin={roving.onfocusin()}>
            <svg width="100%" height="100%" aria-hidden="true">
                { list((1..ids.len()).map(|at| log::rule(at, ids.len()))) }
                { keyed(lanes.brackets.iter().map(|b| (drawing.key(b), drawing.bracket(b)))) }
                { list((1..ids.len()).map(|at| drawing.wall(at))) }
            </svg>
            { list(lanes.brackets.iter().flat_map(|b| drawing.flights(b))) }
            <div class="stubs">{ for (0..ids.len()).map(|at| drawing.stub(at)) }</div>
        </div>
    }
}

struct Drawing<'a> {
    desk: &'a Desk,
    props: &'a Props,
    frame: &'a Frame,
    /// What is on the wire, and what was lost in this step.
    messages: &'a [MessageView],
    lanes: &'a Lanes,
    /// The messages in the order of their buttons.
    order: Vec<u64>,
}

impl Drawing<'_> {
    /// Height in thousandths of a percent of the column.
    fn y(&self, height: u32) -> u32 {
        let rows = self.frame.servers.len().max(1) as u32;
        height * 100_000 / (ROW * rows)
    }

    fn x(&self, lane: usize) -> u32 {
        let first = if self.props.metrics.labels { 20 } else { 14 };
        let apart = match (self.lanes.width, self.props.metrics.labels) {
            (..=2, true) => 64,
            (3, true) => 44,
            (4, true) => 32,
            (..=3, false) => 28,
            _ => 22,
        };
        first + apart * lane as u32
    }

    /// The first message of a bracket: no other one has it.
    fn key(&self, bracket: &Bracket) -> u64 {
        let ids = bracket.flights.iter();
        let ids = ids.map(|flight| self.messages[flight.message].id);
        ids.min().unwrap_or_default()
    }

    fn bracket(&self, bracket: &Bracket) -> Html {
        let x = self.x(bracket.lane).to_string();
        let (top, bottom) = bracket.span();
        let percent = |height| format!("{}%", Thousandths(self.y(height).into()));
        let flies = |height: &u32| {
            let mut there = bracket.flights.iter().filter(|f| f.enters == *height);
            there.any(|f| self.messages[f.message].fate != Fate::Lost)
        };
        let enter = |height: &u32| {
            let class = if flies(height) { "wire" } else { "wire cut" };
            html! { <line {class} x1={x.clone()} x2="2" y1={percent(*height)} y2={percent(*height)} marker-end="url(#ah)" /> }
        };
        html! {<>
            <line class="wire" x1="0" x2={x.clone()} y1={percent(bracket.leaves)} y2={percent(bracket.leaves)} />
            <line class="wire" x1={x.clone()} x2={x.clone()} y1={percent(top)} y2={percent(bottom)} />
            { for bracket.enters.iter().map(enter) }
        </>}
    }

    /// The marks of a bracket; equal words are written once, beside the last of them.
    fn flights(&self, bracket: &Bracket) -> Vec<Html> {
        let messages = self.messages;
        let outermost = bracket.lane + 1 == self.lanes.width;
        let room = self.lanes.width <= 2 || self.lanes.width == 3 && outermost;
        let labels = self.props.metrics.labels && room;
        let x = self.x(bracket.lane);
        let mut said = Vec::new();
        let mut marks: Vec<Html> = Vec::new();
        for flight in bracket.flights.iter().rev() {
            let message = &messages[flight.message];
            let label = self.label(message);
            let words = (label.to_owned(), message.zxid);
            let first = !said.contains(&words);
            said.push(words);
            let way = Way::vertical(x, self.y(bracket.leaves), self.y(flight.enters));
            let look = Flight {
                words: if labels && first {
                    self.words(message)
                } else {
                    Html::default()
                },
                lit: self.props.spot.message(message),
            };
            marks.push(glyph::flight(self.desk, message, way, look));
        }
        marks.reverse();
        marks
    }

    fn words(&self, message: &MessageView) -> Html {
        let label = self.label(message).to_owned();
        let zxid = message.zxid.map(|zx| zx.to_string());
        let two = !label.is_empty() && zxid.is_some();
        html! {<>
            if !label.is_empty() { <text class="wl" x="16" y={if two { "-7.5" } else { "0.5" }}>{ label }</text> }
            if let Some(zxid) = zxid { <text class="wl num" x="16" y={if two { "7.5" } else { "0.5" }}>{ zxid }</text> }
        </>}
    }

    /// The words beside a mark; three lanes leave room for its number only.
    fn label<'b>(&self, message: &'b MessageView) -> &'b str {
        if self.lanes.width > 2 && message.zxid.is_some() {
            ""
        } else {
            message.label.get(self.desk.lang)
        }
    }

    /// The group of servers that a row belongs to.
    fn group(&self, at: usize) -> Option<usize> {
        let id = self.frame.servers[at].id;
        self.frame
            .groups
            .iter()
            .position(|group| group.contains(&id))
    }

    /// A wall between two rows of different groups.
    fn wall(&self, at: usize) -> Html {
        if self.frame.groups.len() < 2 || self.group(at - 1) == self.group(at) {
            return Html::default();
        }
        let y = format!("{}%", Thousandths(self.y(at as u32 * ROW).into()));
        let names = |group: &Vec<ServerId>| {
            let names: Vec<String> = group.iter().map(ServerId::to_string).collect();
            names.join(" ")
        };
        let groups: Vec<String> = self.frame.groups.iter().map(names).collect();
        let groups = groups.join(" | ");
        html! {
            <g class="wall" data-kind="wall" data-id={at.to_string()}>
                <title>{ say::wall(self.desk.lang, &groups) }</title>
                <line class="wallb" x1="0" x2="100%" y1={y.clone()} y2={y.clone()} />
                <line class="walll" x1="0" x2="100%" y1={y.clone()} y2={y.clone()} />
                if self.props.metrics.labels { <text class="wl wallt" x="99%" y={y}>{ groups }</text> }
            </g>
        }
    }

    /// A row without working links says so.
    fn stub(&self, at: usize) -> Html {
        let row = &self.frame.servers[at];
        let Some((class, text, other)) = self.trouble(row) else {
            return html! { <div class="stub"></div> };
        };
        let inside = html! {<>
            <svg width="36" height="12" aria-hidden="true">
                <path class={classes!("wire", class)} d="M0 6H24" /><path class={classes!("wx", class)} d="M23 1 33 11M33 1 23 11" />
            </svg>
            <span>{ text.clone() }</span>
        </>};
        let class = classes!("cutl", (!self.props.metrics.labels).then_some("bare"));
        html! {
            <div class="stub">
                if let Some(other) = other {
                    { self.link(row.id.min(other), row.id.max(other), class, text, inside) }
                } else {
                    <span {class} title={text}>{ inside }</span>
                }
            </div>
        }
    }

    fn link(&self, a: ServerId, b: ServerId, class: Classes, title: String, inside: Html) -> Html {
        let onclick = self
            .desk
            .inspect
            .reform(move |_: MouseEvent| Some(Target::Link(a, b)));
        html! {
            <button type="button" {class} {title} {onclick} data-kind="link" data-id={format!("{a}-{b}")}>{ inside }</button>
        }
    }

    fn trouble(&self, row: &ServerRow) -> Option<(&'static str, String, Option<ServerId>)> {
        if matches!(
            row.power,
            Power::PowerLost | Power::Killed | Power::Halted(_)
        ) {
            return Some(("cut", self.desk.word(Word::LinksBroken).to_owned(), None));
        }
        let me = EndView::Server(row.id);
        let mut others: Vec<ServerId> = self
            .frame
            .cuts
            .iter()
            .filter_map(|(a, b)| match (*a == me, *b == me, a, b) {
                (true, _, _, EndView::Server(id)) | (_, true, EndView::Server(id), _) => Some(*id),
                _ => None,
            })
            .collect();
        others.order();
        others.dedup();
        let first = others.first().copied();
        if others.is_empty() {
            None
        } else if others.len() + 1 == self.frame.servers.len() {
            Some(("fenced", self.desk.word(Word::CutOff).to_owned(), first))
        } else {
            let names: Vec<String> = others.iter().map(ServerId::to_string).collect();
            let text = words::cut_from(self.desk.lang, &names.join(" "));
            Some(("fenced", text, first))
        }
    }
}
