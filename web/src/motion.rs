//! The only thing that moves: marks of messages, by one `requestAnimationFrame` loop.
//!
//! Yew draws a mark once and never owns its place. After each render the marks are collected again;
//! while the run plays, the loop asks the lab how far each message is and writes a `transform`. A mark
//! is an HTML box as high as its column and without width: so a browser moves it without layout and
//! without painting anything, and percents are of the column. Paused, there is no loop and no timer.
//! For a reader who wants no motion Yew draws each mark where it rests, and nothing here moves it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlElement, Window};

/// The way of a mark: start and end, across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    across: Leg,
    down: Leg,
}

/// In thousandths of a pixel or of a percent: to print a float takes a page ten kilobytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leg {
    from: u32,
    to: u32,
    percent: bool,
}

impl Leg {
    const fn px(from: u32, to: u32) -> Self {
        Self {
            from: from * 1_000,
            to: to * 1_000,
            percent: false,
        }
    }

    const fn percent(from: u32, to: u32) -> Self {
        Self {
            from,
            to,
            percent: true,
        }
    }

    fn at(self, progress: u32) -> String {
        let (from, to) = (i64::from(self.from), i64::from(self.to));
        let place = from + (to - from) * i64::from(progress) / 1_000;
        let unit = if self.percent { "%" } else { "px" };
        format!("{}{unit}", Thousandths(place.unsigned_abs()))
    }
}

impl Way {
    /// Down or up at a fixed `x`, in thousandths of a percent of the height.
    pub(crate) const fn vertical(x: u32, from: u32, to: u32) -> Self {
        Self {
            across: Leg::px(x, x),
            down: Leg::percent(from, to),
        }
    }

    /// Across, in the middle of the height.
    pub(crate) const fn horizontal(from: u32, to: u32) -> Self {
        Self {
            across: Leg::px(from, to),
            down: Leg::percent(50_000, 50_000),
        }
    }

    /// The place at a progress from 0 to 1,000, as a transform.
    fn at(self, progress: u32) -> String {
        let (x, y) = (self.across.at(progress), self.down.at(progress));
        format!("translate({x},{y})")
    }

    /// Where a mark rests when the reader wants no motion: across and down the middle of its arrow.
    pub(crate) fn at_rest(self) -> [String; 2] {
        [self.across.at(500), self.down.at(500)]
    }

    /// Reads what [`fmt::Display`] wrote.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let mut leg = || {
            let from = words.next()?.parse().ok()?;
            let to = words.next()?.parse().ok()?;
            let percent = words.next()? == "%";
            Some(Leg { from, to, percent })
        };
        Some(Self {
            across: leg()?,
            down: leg()?,
        })
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = |leg: Leg| if leg.percent { "%" } else { "px" };
        let Self { across, down } = self;
        write!(f, "{} {} {} ", across.from, across.to, unit(*across))?;
        write!(f, "{} {} {}", down.from, down.to, unit(*down))
    }
}

/// A number of thousandths, with its three decimals.
pub(crate) struct Thousandths(pub(crate) u64);

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

/// The reader asked for less motion.
pub(crate) fn is_still() -> bool {
    crate::place::matches("(prefers-reduced-motion: reduce)")
}

/// The marks on the page.
#[derive(Default)]
pub(crate) struct Marks {
    /// The reader asked for less motion: nothing travels, the arrows say it all. Then marks are drawn
    /// where [`Way::at_rest`] says, and stay.
    still: bool,
    marks: Vec<(u64, Way, HtmlElement)>,
}

impl Marks {
    /// Collects the marks below `root`.
    pub(crate) fn collect(root: &Element) -> Self {
        let Ok(found) = root.query_selector_all("[data-way]") else {
            return Self::default();
        };
        let marks = (0..found.length())
            .filter_map(|at| {
                let element: HtmlElement = found.item(at)?.dyn_into().ok()?;
                let id = element.get_attribute("data-id")?.parse().ok()?;
                let way = Way::parse(&element.get_attribute("data-way")?)?;
                Some((id, way, element))
            })
            .collect();
        let still = is_still();
        Self { still, marks }
    }

    /// Puts every mark where `progress` (in thousandths) says.
    pub(crate) fn place(&self, progress: impl Fn(u64) -> Option<u32>) {
        if self.still {
            return;
        }
        for (id, way, element) in &self.marks {
            let Some(progress) = progress(*id) else {
                continue;
            };
            let place = way.at(progress.min(1_000));
            // The property exists, so writing it cannot fail.
            let _ = element.style().set_property("transform", &place);
        }
    }
}

/// The loop. It runs while `frame` answers true.
#[derive(Clone)]
pub(crate) struct Clock {
    inner: Rc<Inner>,
}

/// What the browser calls with the time in milliseconds.
type OnFrame = Closure<dyn FnMut(f64)>;

struct Inner {
    frame: Box<dyn Fn(u64) -> bool>,
    last_ms: Cell<Option<f64>>,
    asked: Cell<Option<i32>>,
    callback: RefCell<Option<OnFrame>>,
}

impl Clock {
    /// A clock at rest; `frame` gets the microseconds since the last frame.
    pub(crate) fn new(frame: impl Fn(u64) -> bool + 'static) -> Self {
        let inner = Rc::new(Inner {
            frame: Box::new(frame),
            last_ms: Cell::new(None),
            asked: Cell::new(None),
            callback: RefCell::new(None),
        });
        let weak = Rc::downgrade(&inner);
        let callback = Closure::new(move |now_ms: f64| {
            if let Some(inner) = weak.upgrade() {
                inner.tick(now_ms);
            }
        });
        inner.callback.replace(Some(callback));
        Self { inner }
    }

    /// Starts the loop, if it rests.
    pub(crate) fn start(&self) {
        self.inner.ask();
    }
}

impl Inner {
    fn tick(&self, now_ms: f64) {
        self.asked.set(None);
        let last_ms = self.last_ms.replace(Some(now_ms)).unwrap_or(now_ms);
        // A tab that slept has not played meanwhile.
        let passed_us = ((now_ms - last_ms).clamp(0.0, 100.0) * 1_000.0) as u64;
        if (self.frame)(passed_us) {
            self.ask();
        } else {
            self.last_ms.set(None);
        }
    }

    fn ask(&self) {
        if self.asked.get().is_some() {
            return;
        }
        if let Some(callback) = &*self.callback.borrow() {
            let asked = window().request_animation_frame(callback.as_ref().unchecked_ref());
            self.asked.set(asked.ok());
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(asked) = self.asked.get() {
            // A handle that has run already is ignored.
            let _ = window().cancel_animation_frame(asked);
        }
    }
}

fn window() -> Window {
    gloo_utils::window()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_survives_its_attribute() {
        let way = Way::vertical(84, 65_875, 34_125);
        assert_eq!(Way::parse(&way.to_string()), Some(way));
        assert_eq!(way.at(500), "translate(84.000px,50.000%)");
        assert_eq!(Way::parse("1 2"), None);
    }
}
