//! A tile of the plot: lines, disks, arrows, events.
//!
//! It is drawn anew only when it grew or when something else is picked out; its messages also when one
//! of them is on the wire at the moment shown.

use std::rc::Rc;
use std::sync::Arc;

use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::Lang;
use zablab_core::view::frame::{EndView, Phase};
use zablab_core::view::space_time::{
    Arrow, ArrowEnd, Band, Column, DiskSpan, DiskWork, Fold, Lane, Mark, Span, Standing, Tile,
    Written,
};

use super::axis::{Axis, Point, height};
use super::focus::Focus;
use super::marks;
use crate::lists::keyed;
use crate::words;

/// What of a tile is drawn: its messages lie between the ground and the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Tints, lines, disks, folds.
    Ground,
    /// Messages.
    Messages,
    /// Events.
    Events,
}

/// Properties of [`TilePlot`].
#[derive(Clone, Properties)]
pub(super) struct Props {
    pub(super) tile: Arc<Tile>,
    pub(super) part: Part,
    pub(super) lanes: Rc<Vec<Lane>>,
    pub(super) axis: Axis,
    pub(super) lang: Lang,
    /// The moment shown, when a message of the tile is on the wire then.
    pub(super) now: Option<u64>,
    pub(super) focus: Option<Rc<Focus>>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let same_focus = match (&self.focus, &other.focus) {
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            (one, two) => one.is_none() && two.is_none(),
        };
        let key = |props: &Self| (props.axis, props.lang, props.now, props.part);
        Arc::ptr_eq(&self.tile, &other.tile)
            && key(self) == key(other)
            && same_focus
            && self.lanes == other.lanes
    }
}

/// A part of a tile.
#[component]
pub(super) fn TilePlot(props: &Props) -> Html {
    let pen = Pen { props };
    let tile = &*props.tile;
    let drawn = match props.part {
        Part::Ground => ground(&pen, tile),
        Part::Messages => keyed(tile.arrows.iter().map(|arrow| (arrow.id, pen.arrow(arrow)))),
        Part::Events => {
            let event = |column: &Column| Some((column.at, pen.event(column)?));
            keyed(tile.columns.iter().filter_map(event))
        }
    };
    html! { <g>{ drawn }</g> }
}

fn ground(pen: &Pen, tile: &Tile) -> Html {
    let disks = |snapshot: bool| {
        let of_kind = |disk: &&DiskSpan| matches!(disk.work, DiskWork::Snapshot(_)) == snapshot;
        let disks = tile.disks.iter().filter(of_kind);
        keyed(disks.map(|disk| (of_server(disk.server, disk.from), pen.disk(disk))))
    };
    html! {<>
        { keyed(tile.bands.iter().map(|band| (band.from, pen.tint(band)))) }
        { keyed(tile.columns.iter().map(|column| (column.at, pen.rule(column)))) }
        { keyed(tile.spans.iter().map(|span| (of_server(span.server, span.from), pen.span(span)))) }
        { disks(false) }{ disks(true) }
        { keyed(tile.folds.iter().map(|fold| (fold.at, pen.fold(fold)))) }
    </>}
}

/// Messages that end nowhere in the window.
pub(super) fn open_arrows(props: &Props, open: &[Arrow]) -> Html {
    let pen = Pen { props };
    html! { <g>{ keyed(open.iter().map(|arrow| (arrow.id, pen.arrow(arrow)))) }</g> }
}

/// What a server does from a half on, as a key.
fn of_server(server: ServerId, from: u64) -> u64 {
    from << 8 | u64::from(server.0)
}

/// An event once more, above the veil.
pub(super) fn event_on_top(props: &Props, column: &Column) -> Html {
    Pen { props }.event(column).unwrap_or_default()
}

struct Pen<'a> {
    props: &'a Props,
}

impl Pen<'_> {
    fn height(&self, end: EndView) -> u32 {
        height(&self.props.lanes, end)
    }

    /// Height of a server's disk; none where there is no room for disks.
    fn disk_height(&self, server: EndView) -> Option<u32> {
        let found = self.props.lanes.iter().find(|lane| lane.who == server);
        found.and_then(|lane| lane.disk)
    }

    fn dim(&self, belongs: impl Fn(&Focus) -> bool) -> Option<&'static str> {
        let focus = self.props.focus.as_ref()?;
        (!belongs(focus)).then_some("dim")
    }

    /// What the ensemble is about is a tint behind everything, unless it simply works.
    fn tint(&self, band: &Band) -> Html {
        let class = match band.era.phase {
            Phase::Broadcast => return Html::default(),
            Phase::Election => "tint el",
            Phase::Discovery => "tint di",
            Phase::Synchronization => "tint sy",
        };
        let axis = self.props.axis;
        axis.across(classes!(class), axis.along(band.from), axis.along(band.to))
    }

    fn rule(&self, column: &Column) -> Html {
        let axis = self.props.axis;
        let along = axis.along(column.at);
        let class = match column.mark {
            Mark::Fence => "col fence",
            Mark::Death => "col hot",
            _ => "col",
        };
        axis.line(classes!(class), (along, 0), (along, 100_000))
    }

    fn span(&self, span: &Span) -> Html {
        let axis = self.props.axis;
        let server = EndView::Server(span.server);
        let (from, to) = (axis.along(span.from), axis.along(span.to));
        let (line, disk) = (self.height(server), self.disk_height(server));
        let draw = |class: &'static str, across: u32| {
            axis.line(classes!(class), (from, across), (to, across))
        };
        match span.life {
            Standing::Down | Standing::Paused => {
                let low = disk.unwrap_or(line);
                let thick = if disk.is_some() {
                    (low - line) / 2
                } else {
                    3_000
                };
                let (top, high) = (line.saturating_sub(thick), low + thick);
                let class = if span.life == Standing::Down {
                    "deadband"
                } else {
                    "deadband paused"
                };
                let length = (to - from).max(0).to_string();
                let [x, y] = axis.place((from, top));
                let size = super::axis::percent(high - top);
                let (width, height) = if axis.down {
                    (size, length)
                } else {
                    (length, size)
                };
                html! { <rect {class} {x} {y} {width} {height} /> }
            }
            life => {
                let class = match life {
                    Standing::Leading => "lane lead",
                    Standing::Claims => "lane lead claims",
                    Standing::Observing => "lane obs",
                    Standing::Looking => "lane look",
                    _ => "lane",
                };
                html! {<>{ for disk.map(|disk| draw("dtrack", disk)) }{ draw(class, line) }</>}
            }
        }
    }

    fn disk(&self, disk: &DiskSpan) -> Html {
        let axis = self.props.axis;
        let Some(across) = self.disk_height(EndView::Server(disk.server)) else {
            return Html::default();
        };
        let (from, to) = (axis.along(disk.from), axis.along(disk.to));
        let dim = self.dim(|focus| focus.has_disk(disk));
        match &disk.work {
            DiskWork::Snapshot(_) => {
                axis.line(classes!("dsnap", dim), (from, across), (to, across))
            }
            DiskWork::Written { ends, .. } => {
                let end = match ends {
                    Written::GoesOn => Html::default(),
                    Written::Gone => axis.stamp((to, across), "#ev-lost", classes!(dim)),
                    Written::Forced(zxid) => axis.at(
                        (to, across),
                        html! {
                            <g class={classes!(dim)}>
                                <path class="df" d={if axis.down { "M-5 0H5" } else { "M0-5V5" }} />
                                if axis.down {
                                    <text class="dn" x="8" y="11">{ zxid.counter }</text>
                                } else {
                                    <text class="dn" x="-5" y=".5">{ zxid.counter }</text>
                                }
                            </g>
                        },
                    ),
                };
                html! {<>
                    { axis.line(classes!("dw", dim), (from, across), (to, across)) }
                    { end }
                </>}
            }
        }
    }

    fn fold(&self, fold: &Fold) -> Html {
        let axis = self.props.axis;
        let along = axis.along(fold.at);
        let zig = if axis.down { "#ev-zag" } else { "#ev-zig" };
        let lines = self
            .props
            .lanes
            .iter()
            .map(|lane| axis.stamp((along, lane.at), zig, Classes::new()));
        lines.collect()
    }

    fn arrow(&self, arrow: &Arrow) -> Html {
        let axis = self.props.axis;
        let (from, to) = (self.height(arrow.from), self.height(arrow.to));
        let start = (axis.along(arrow.leaves), from);
        let end = match arrow.end {
            ArrowEnd::Lost(way) => (axis.along(arrow.ends), part(from, to, way)),
            ArrowEnd::Flying => (axis.along(arrow.ends + 1), to),
            ArrowEnd::Arrived | ArrowEnd::Dropped => (axis.along(arrow.ends), to),
        };
        let dim = self.dim(|focus| focus.has_arrow(arrow));
        let lit = self.props.focus.is_some() && dim.is_none();
        let class = classes!("msg", marks::hue(arrow.glyph), dim, lit.then_some("lit"));
        let flies = self.props.now.filter(|now| arrow.crosses(*now));
        let Some(now) = flies else {
            return self.whole(arrow, class, start, end, dim);
        };
        let here = at_now(axis, arrow, (from, to), now);
        let ahead = classes!(class.clone(), "est");
        // Its mark rides on the cursor.
        html! {<>
            { axis.line(class, start, here) }
            { axis.line(ahead, here, end) }
        </>}
    }

    fn whole(
        &self,
        arrow: &Arrow,
        class: Classes,
        start: Point,
        end: Point,
        dim: Option<&'static str>,
    ) -> Html {
        let axis = self.props.axis;
        let mark = between(start, end, arrow.mark_at);
        let mark = axis.stamp(mark, marks::glyph(arrow.glyph), classes!(dim));
        match arrow.end {
            ArrowEnd::Arrived => html! {<>{ axis.arrow(class, start, end) }{ mark }</>},
            ArrowEnd::Flying => {
                html! {<>{ axis.line(classes!(class, "est"), start, end) }{ mark }</>}
            }
            ArrowEnd::Lost(_) => {
                // It stops short of the column in which it was lost.
                let end = between(start, end, 940);
                html! {<>
                    { axis.line(class, start, end) }{ mark }
                    { axis.stamp(end, "#ev-lost", classes!(dim)) }
                </>}
            }
            ArrowEnd::Dropped => html! {<>
                { axis.line(class, start, end) }{ mark }
                { axis.stamp(between(start, end, 900), "#ev-lost", classes!(dim)) }
            </>},
        }
    }

    /// Words of what happened to the whole ensemble stand in one row: they give way to those before them.
    fn has_room(&self, column: &Column) -> bool {
        let axis = self.props.axis;
        if axis.down || column.who.is_some() {
            return true;
        }
        let before = self
            .props
            .tile
            .columns
            .iter()
            .take_while(|c| c.at < column.at);
        before.filter(|c| c.who.is_none()).all(|c| {
            let label = c.label.as_ref().map(|label| label.get(self.props.lang));
            let width = label.map_or(0, |label| words::label_width(label) + 24);
            axis.along(c.at) + width as i64 <= axis.along(column.at)
        })
    }

    fn event(&self, column: &Column) -> Option<Html> {
        let axis = self.props.axis;
        let across = match column.who {
            Some(who) => self.height(who),
            None if column.label.is_some() => 3_500,
            None => return None,
        };
        let point = (axis.along(column.at), across);
        let dim = self.dim(|focus| focus.has(column));
        let stamp = column
            .who
            .map(|_| axis.stamp(point, marks::event(column.mark), classes!("ev", dim)));
        let label = column.label.as_ref().filter(|_| self.has_room(column));
        let label = label.map(|label| {
            let fence = column.who.is_none().then_some("fencel");
            let (x, y) = if axis.down { ("12", "-12") } else { ("13", ".5") };
            axis.at(
                point,
                html! { <text class={classes!("evl", fence, dim)} {x} {y}>{ label.get(self.props.lang) }</text> },
            )
        });
        Some(html! {<>{ stamp.unwrap_or_default() }{ label.unwrap_or_default() }</>})
    }
}

/// Where a message is at the moment shown; `lines` are the heights of its ends.
pub(super) fn at_now(axis: Axis, arrow: &Arrow, lines: (u32, u32), now: u64) -> Point {
    let (from, to) = lines;
    let far = match arrow.end {
        ArrowEnd::Lost(way) => part(from, to, way),
        ArrowEnd::Arrived | ArrowEnd::Dropped | ArrowEnd::Flying => to,
    };
    let ends = axis.along(arrow.ends + u64::from(arrow.end == ArrowEnd::Flying));
    let start = axis.along(arrow.leaves);
    let gone = (axis.along(now) - start).max(0);
    let way = gone * 1_000 / (ends - start).max(1);
    between(
        (start, from),
        (ends, far),
        u32::try_from(way).unwrap_or(1_000),
    )
}

/// So many thousandths of the way from one number to another.
fn part(from: u32, to: u32, way: u32) -> u32 {
    let (from, to) = (i64::from(from), i64::from(to));
    (from + (to - from) * i64::from(way) / 1_000) as u32
}

fn between(from: Point, to: Point, way: u32) -> Point {
    let along = from.0 + (to.0 - from.0) * i64::from(way) / 1_000;
    (along, part(from.1, to.1, way))
}
