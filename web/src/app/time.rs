//! The page's time: the clock lets it pass for the lab while somebody can see the page.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::prelude::*;
use zablab_core::lab::Lab;

use super::leisure::Leisure;
use super::{App, Msg};
use crate::motion::{Clock, Marks, Next, Sight};
use crate::progress;

impl App {
    /// Out of sight the page rests where it is; seen again, it plays on from there.
    pub(super) fn look_up(&mut self) {
        let seen = self.sight.as_ref().is_none_or(Sight::is_seen);
        if seen == self.seen.get() {
            return;
        }
        self.clock.catch_up();
        self.seen.set(seen);
        let lab = self.lab.borrow();
        if seen && lab.is_playing() {
            self.clock.start();
        } else if lab.working().is_none() {
            self.clock.rest();
        }
        self.marks.borrow_mut().follow(&lab, None);
    }
}

/// The clock: time goes on, and Yew hears of it only when another step is shown, or when a pane that
/// took its time is to be drawn.
pub(super) fn clock(
    ctx: &Context<App>,
    lab: &Rc<RefCell<Lab>>,
    marks: &Rc<RefCell<Marks>>,
    seen: &Rc<Cell<bool>>,
    leisure: &Rc<Leisure>,
) -> Clock {
    let (late, waiting) = (Rc::clone(leisure), Rc::clone(leisure));
    let (marks, seen, watching) = (Rc::clone(marks), Rc::clone(seen), Rc::clone(seen));
    let (passing, planning) = (Rc::clone(lab), Rc::clone(lab));
    let tell = ctx.link().callback(|()| Msg::Stepped);
    let told = tell.clone();
    let pass = move |passed_us, now_ms| {
        let mut lab = passing.borrow_mut();
        let before = lab.version();
        lab.advance(if seen.get() { passed_us } else { 0 });
        if lab.version() == before && late.due_us() != Some(0) {
            marks
                .borrow_mut()
                .follow(&lab, seen.get().then_some(now_ms));
        } else {
            tell.emit(());
        }
    };
    let untold_yet = Cell::new(false);
    let next = move || {
        let mut lab = planning.borrow_mut();
        let before = lab.version();
        let works = progress::slice(&mut lab);
        // What long work has done so far is told now and then, and at its end.
        let untold = untold_yet.replace(false) || lab.version() != before;
        if untold && works && !waiting.is_due() {
            untold_yet.set(true);
        } else if untold {
            told.emit(());
        }
        match lab.wait_us() {
            _ if works => Next::Frame,
            Some(wait_us) if watching.get() => {
                Next::After(wait_us.min(waiting.due_us().unwrap_or(u64::MAX)))
            }
            _ => Next::Rest,
        }
    };
    Clock::new(pass, next)
}
