//! Which way time goes, and how far a step is.
//!
//! Along the time axis places are pixels from the start of the slab, across it thousandths of a
//! percent: so a picture gets higher or lower without being drawn anew.

use yew::prelude::*;
use zablab_core::view::frame::EndView;
use zablab_core::view::space_time::{Lane, lanes};

use crate::desk::{Desk, Layout};
use crate::motion::Thousandths;

/// A direction and a width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    /// Time goes from top to bottom.
    pub(super) down: bool,
    /// Pixels of a column; even.
    pub(super) pitch: u64,
    /// The half at which the slab starts.
    pub(super) start: u64,
}

/// A point: pixels along, thousandths of a percent across.
pub(super) type Point = (i64, u32);

impl Axis {
    pub(super) fn of(desk: &Desk) -> Self {
        let (down, pitch) = match desk.layout {
            Layout::Cockpit if desk.width >= 1800 => (false, 44),
            Layout::Cockpit => (false, 40),
            Layout::Embed => (false, 34),
            Layout::Phone => (true, 44),
        };
        Self {
            down,
            pitch,
            start: 0,
        }
    }

    /// The class that makes columns as wide.
    pub(super) const fn class(self) -> &'static str {
        match self.pitch {
            34 => "p34",
            40 => "p40",
            _ => "p44",
        }
    }

    /// Pixels of so many halves.
    pub(super) const fn px(self, halves: u64) -> u64 {
        halves * self.pitch / 2
    }

    /// Where a half stands in the slab.
    pub(super) fn along(self, half: u64) -> i64 {
        (half as i64 - self.start as i64) * self.pitch as i64 / 2
    }

    pub(super) fn line(self, class: Classes, from: Point, to: Point) -> Html {
        let (a, b) = (from.0.to_string(), to.0.to_string());
        let (c, d) = (percent(from.1), percent(to.1));
        if self.down {
            html! { <line {class} x1={c} y1={a} x2={d} y2={b} /> }
        } else {
            html! { <line {class} x1={a} y1={c} x2={b} y2={d} /> }
        }
    }

    /// A line with an arrow head.
    pub(super) fn arrow(self, class: Classes, from: Point, to: Point) -> Html {
        let (a, b) = (from.0.to_string(), to.0.to_string());
        let (c, d) = (percent(from.1), percent(to.1));
        let head = "url(#ah)";
        if self.down {
            html! { <line {class} x1={c} y1={a} x2={d} y2={b} marker-end={head} /> }
        } else {
            html! { <line {class} x1={a} y1={c} x2={b} y2={d} marker-end={head} /> }
        }
    }

    /// A small drawing around a point.
    pub(super) fn at(self, point: Point, drawing: Html) -> Html {
        let [x, y] = self.place(point);
        html! { <svg class="ov" {x} {y} width="1" height="1">{ drawing }</svg> }
    }

    /// A drawing that is defined once, around a point.
    pub(super) fn stamp(self, point: Point, href: &'static str, class: Classes) -> Html {
        let [x, y] = self.place(point);
        html! { <use {href} {x} {y} {class} /> }
    }

    /// A box over all lines.
    pub(super) fn across(self, class: Classes, from: i64, to: i64) -> Html {
        let length = (to - from).max(0).to_string();
        let from = from.to_string();
        if self.down {
            html! { <rect {class} x="0" width="100%" y={from} height={length} /> }
        } else {
            html! { <rect {class} y="0" height="100%" x={from} width={length} /> }
        }
    }

    pub(super) fn place(self, (along, across): Point) -> [String; 2] {
        let (along, across) = (along.to_string(), percent(across));
        if self.down {
            [across, along]
        } else {
            [along, across]
        }
    }
}

/// `26.400%`.
pub(super) fn percent(across: u32) -> String {
    format!("{}%", Thousandths(across.into()))
}

/// Height of the line of an end; off the picture when it has none.
pub(super) fn height(all: &[Lane], end: EndView) -> u32 {
    lanes::lane_of(all, end).map_or(0, |lane| lane.at)
}
