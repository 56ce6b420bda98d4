//! The wire column: brackets between the rows, and the marks that ride on them.
//!
//! A mark's place is not Yew's: the element carries its way in `data-way`, and an animation of the
//! browser moves it along (see `motion`). So a frame between two steps costs no diff and no code. Without motion a mark is drawn where it rests (see `glyph::on_its_way`).

use yew::prelude::*;
use zablab_core::lab::{Order, ServerId};
use zablab_core::view::frame::{EndView, MessageView, Power, ServerRow};
use zablab_core::view::lanes::{self, Bracket, Lanes, ROW};

use super::{Metrics, glyph, log};
use crate::desk::{Desk, use_desk};
use crate::motion::{Thousandths, Way};
use crate::words::{self, Word};

/// Properties of [`Wires`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) messages: Vec<MessageView>,
    pub(super) rows: Vec<ServerRow>,
    pub(super) cuts: Vec<(EndView, EndView)>,
    pub(super) metrics: Metrics,
}

/// The wire column.
#[component]
pub(super) fn Wires(props: &Props) -> Html {
    let desk = use_desk();
    let ids: Vec<ServerId> = props.rows.iter().map(|row| row.id).collect();
    let lanes = lanes::lay_out(&props.messages, &ids);
    let drawing = Drawing {
        desk: &desk,
        props,
        lanes: &lanes,
    };
    html! {
        <div class="wires" role="group" aria-label={desk.word(Word::OnTheWire)}>
            <svg width="100%" height="100%" aria-hidden="true">
                { for (1..ids.len()).map(|at| log::rule(at, ids.len())) }
                { for lanes.brackets.iter().map(|b| drawing.bracket(b)) }
                { for (0..ids.len()).map(|at| drawing.stub(at)) }
            </svg>
            { for lanes.brackets.iter().flat_map(|b| drawing.flights(b)) }
        </div>
    }
}

struct Drawing<'a> {
    desk: &'a Desk,
    props: &'a Props,
    lanes: &'a Lanes,
}

impl Drawing<'_> {
    /// Height in thousandths of a percent of the column.
    fn y(&self, height: u32) -> u32 {
        let rows = self.props.rows.len().max(1) as u32;
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

    fn bracket(&self, bracket: &Bracket) -> Html {
        let x = self.x(bracket.lane).to_string();
        let (top, bottom) = bracket.span();
        let percent = |height| format!("{}%", Thousandths(self.y(height).into()));
        let enter = |height: &u32| {
            html! { <line class="wire" x1={x.clone()} x2="2" y1={percent(*height)} y2={percent(*height)} marker-end="url(#ah)" /> }
        };
        html! {<>
            <line class="wire" x1="0" x2={x.clone()} y1={percent(bracket.leaves)} y2={percent(bracket.leaves)} />
            <line class="wire" x1={x.clone()} x2={x.clone()} y1={percent(top)} y2={percent(bottom)} />
            { for bracket.enters.iter().map(enter) }
        </>}
    }

    /// The marks of a bracket; equal words are written once, beside the last of them.
    fn flights(&self, bracket: &Bracket) -> Vec<Html> {
        let messages = &self.props.messages;
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
            marks.push(self.mark(message, way, labels && first));
        }
        marks.reverse();
        marks
    }

    fn mark(&self, message: &MessageView, way: Way, labelled: bool) -> Html {
        let lang = self.desk.lang;
        let label = self.label(message).to_owned();
        let zxid = message.zxid.map(|zx| zx.to_string());
        let two = !label.is_empty() && zxid.is_some();
        html! {
            <div key={message.id} class="flight" role="img" aria-label={message.title.get(lang).to_owned()} title={message.title.get(lang).to_owned()}
                data-kind="message" data-id={message.id.to_string()} data-way={way.to_string()}>
                { glyph::on_its_way(way, html! {<>
                    { glyph::mark(message.glyph) }
                    if labelled {
                        if !label.is_empty() { <text class="wl" x="16" y={if two { "-7.5" } else { "0.5" }}>{ label }</text> }
                        if let Some(zxid) = zxid { <text class="wl num" x="16" y={if two { "7.5" } else { "0.5" }}>{ zxid }</text> }
                    }
                </>}) }
            </div>
        }
    }

    /// The words beside a mark; three lanes leave room for its number only.
    fn label<'b>(&self, message: &'b MessageView) -> &'b str {
        if self.lanes.width > 2 && message.zxid.is_some() {
            ""
        } else {
            message.label.get(self.desk.lang)
        }
    }

    /// A row without working links says so.
    fn stub(&self, at: usize) -> Html {
        let row = &self.props.rows[at];
        let y = format!(
            "{}%",
            Thousandths(self.y((at as u32) * ROW + ROW / 2).into())
        );
        let Some((class, text)) = self.trouble(row) else {
            return Html::default();
        };
        html! {<>
            <line class={classes!("wire", class)} x1="0" x2="24" y1={y.clone()} y2={y.clone()} />
            <svg class="ov" x="28" {y} width="1" height="1">
                <path class={classes!("wx", class)} d="M-5-5 5 5M5-5-5 5" />
                if self.props.metrics.labels { <text class="wl dim" x="13" y=".5">{ text }</text> }
            </svg>
        </>}
    }

    fn trouble(&self, row: &ServerRow) -> Option<(&'static str, String)> {
        if matches!(
            row.power,
            Power::PowerLost | Power::Killed | Power::Halted(_)
        ) {
            return Some(("cut", self.desk.word(Word::LinksBroken).to_owned()));
        }
        let me = EndView::Server(row.id);
        let mut others: Vec<ServerId> = self
            .props
            .cuts
            .iter()
            .filter_map(|(a, b)| match (*a == me, *b == me, a, b) {
                (true, _, _, EndView::Server(id)) | (_, true, EndView::Server(id), _) => Some(*id),
                _ => None,
            })
            .collect();
        others.order();
        others.dedup();
        if others.is_empty() {
            None
        } else if others.len() + 1 == self.props.rows.len() {
            Some(("fenced", self.desk.word(Word::CutOff).to_owned()))
        } else {
            let names: Vec<String> = others.iter().map(ServerId::to_string).collect();
            Some(("fenced", words::cut_from(self.desk.lang, &names.join(" "))))
        }
    }
}
