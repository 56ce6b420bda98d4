//! The marks on the page, and the animations that carry them.
//!
//! Yew draws a mark once and never owns its place. After each render the marks are collected again: one
//! whose element and way are the same keeps its animation, one that is gone takes it with it.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Animation, Element, FillMode, KeyframeEffect, KeyframeEffectOptions};
use zablab_core::lab::{Flight, Lab};

use super::{is_still, way};

/// An animation's own time from end to end: thousandths of the way.
const WHOLE: f64 = 1_000.0;
/// Times that differ by less are the same: less than two pixels at the highest speed.
const SAME_MS: f64 = 0.5;

/// The marks on the page.
#[derive(Default)]
pub(crate) struct Marks {
    marks: Vec<Mark>,
}

impl Marks {
    /// Collects the marks below `root` again.
    pub(crate) fn collect(&mut self, root: &Element) {
        let mut old = std::mem::take(&mut self.marks);
        let Ok(found) = root.query_selector_all("[data-way]") else {
            return;
        };
        if is_still() {
            return;
        }
        for at in 0..found.length() {
            let element = found.item(at).and_then(|node| node.dyn_into().ok());
            let mark = element.and_then(|element| Mark::of(element, &mut old));
            self.marks.extend(mark);
        }
    }

    /// Every mark does what the lab says. `stands_ms` is the page's time at which the lab's time
    /// stands, while it goes on; none while it stands still.
    pub(crate) fn follow(&mut self, lab: &Lab, stands_ms: Option<f64>) {
        let stands_ms = stands_ms.filter(|_| lab.is_playing());
        for mark in &mut self.marks {
            if let Some(flight) = lab.flight(mark.id) {
                mark.course(Course::of(flight, stands_ms));
            }
        }
    }
}

/// What a mark does.
#[derive(Clone, Copy, PartialEq)]
enum Course {
    /// It stands at a place, in thousandths of its way.
    Stands(f64),
    /// It moves: when it left, and how long it takes, in milliseconds of the page's time.
    Moves { left_ms: f64, whole_ms: f64 },
}

impl Course {
    fn of(flight: Flight, stands_ms: Option<f64>) -> Self {
        let (gone_us, whole_us) = (flight.gone_us as f64, flight.whole_us as f64);
        match stands_ms {
            // Early at its end, it waits there.
            Some(stands_ms) if flight.gone_us < flight.whole_us => Self::Moves {
                left_ms: stands_ms - gone_us / 1_000.0,
                whole_ms: whole_us / 1_000.0,
            },
            _ => Self::Stands(gone_us * WHOLE / whole_us),
        }
    }

    /// The same place at any time.
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (
                Self::Moves { left_ms, whole_ms },
                Self::Moves {
                    left_ms: l,
                    whole_ms: w,
                },
            ) => {
                let left_ms = left_ms - l;
                let arrives_ms = left_ms + whole_ms - w;
                left_ms.abs() < SAME_MS && arrives_ms.abs() < SAME_MS
            }
            _ => self == other,
        }
    }
}

/// One mark.
struct Mark {
    id: u64,
    /// As it is written at the element.
    way: String,
    element: Element,
    animation: Animation,
    course: Option<Course>,
}

impl Mark {
    /// The mark of an element: a known one, if its element has the same way as before.
    fn of(element: Element, known: &mut Vec<Self>) -> Option<Self> {
        let id = element.get_attribute("data-id")?.parse().ok()?;
        let way = element.get_attribute("data-way")?;
        let same = |mark: &Self| mark.id == id && mark.way == way && mark.element == element;
        if let Some(at) = known.iter().position(same) {
            return Some(known.swap_remove(at));
        }
        let animation = animation(&element, way::ends(&way)?).ok()?;
        Some(Self {
            id,
            way,
            element,
            animation,
            course: None,
        })
    }

    /// Does that from now on, unless it does already.
    fn course(&mut self, course: Course) {
        if self.course.is_some_and(|now| now.is(course)) {
            return;
        }
        if self.course.is_none() {
            // Until now it was hidden: on a slow machine a frame may come before this. The name of
            // the attribute is valid.
            let _ = self.element.set_attribute("data-placed", "");
        }
        self.course = Some(course);
        match course {
            Course::Stands(at) => {
                self.animation.set_start_time(None);
                self.animation.set_current_time(Some(at));
            }
            Course::Moves { left_ms, whole_ms } => {
                self.animation.set_playback_rate(WHOLE / whole_ms);
                self.animation.set_start_time(Some(left_ms));
            }
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.animation.cancel();
    }
}

/// An animation from end to end of a way that stays at its ends before and after.
///
/// It lasts as long again at the end: a browser updates the page in the frames in which an animation
/// is about to be over, and by then this one's mark is gone.
fn animation(element: &Element, ends: [String; 2]) -> Result<Animation, JsValue> {
    let [from, to] = ends.map(JsValue::from);
    transforming(element, &Array::of3(&from, &to, &to))
}

/// An element put somewhere without a style attribute: by an animation that stands still.
#[derive(Default)]
pub(crate) struct Shift(RefCell<Option<(Animation, Element, String)>>);

impl Shift {
    /// Puts it there.
    pub(crate) fn put(&self, element: &Element, transform: &str) {
        let stands = |(_, at, there): &(_, Element, String)| at == element && there == transform;
        if self.0.borrow().as_ref().is_some_and(stands) {
            return;
        }
        let place = JsValue::from(transform);
        let Ok(new) = transforming(element, &Array::of2(&place, &place)) else {
            return;
        };
        new.set_current_time(Some(0.0));
        // The new one holds already: no frame shows neither.
        let new = (new, element.clone(), transform.to_owned());
        if let Some((old, ..)) = self.0.replace(Some(new)) {
            old.cancel();
        }
    }
}

/// An animation from place to place, at rest.
fn transforming(element: &Element, places: &Array) -> Result<Animation, JsValue> {
    let keyframes = Object::new();
    Reflect::set(&keyframes, &"transform".into(), places)?;
    let timing = KeyframeEffectOptions::new();
    timing.set_duration_f64(2.0 * WHOLE);
    timing.set_fill(FillMode::Both);
    let effect = KeyframeEffect::new_with_opt_element_and_keyframes_and_keyframe_effect_options(
        Some(element),
        Some(&keyframes),
        &timing,
    )?;
    Animation::new_with_effect(Some(&effect))
}
