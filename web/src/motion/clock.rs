//! The clock: it lets the lab's time pass, and sleeps until that changes something.
//!
//! ```text
//!   rest ──start──► frame ──► time passes, Next::After ──► timer ──► frame ──► …
//!                        └──► Next::Rest ──► rest
//! ```
//! Time passes in frames, and before something is done, which is done at the moment that is seen. All
//! the time passes that the page has: marks have moved on during a slow frame, so the lab must too.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Window;

/// A computer that slept has not played meanwhile. No frame is so slow.
const SLEPT_MS: f64 = 3_000.0;
/// What comes sooner is waited for in frames: a timer would cost more than it saves.
const SOON_US: u64 = 20_000;

/// When the clock is needed next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Not before it is started again.
    Rest,
    /// In the next frame.
    Frame,
    /// After so many microseconds.
    After(u64),
}

/// The clock of the page.
#[derive(Clone)]
pub(crate) struct Clock {
    inner: Rc<Inner>,
}

/// What the browser calls with the time in milliseconds.
type OnFrame = Closure<dyn FnMut(f64)>;
/// What the browser calls when a timer ends.
type OnTimer = Closure<dyn FnMut()>;
/// Lets so many microseconds pass, up to that time of the page in milliseconds.
type Pass = Box<dyn Fn(u64, f64)>;

struct Inner {
    pass: Pass,
    next: Box<dyn Fn() -> Next>,
    /// The page's time up to which time has passed; none at rest.
    stands_ms: Cell<Option<f64>>,
    frame: Cell<Option<i32>>,
    timer: Cell<Option<i32>>,
    callbacks: RefCell<Option<(OnFrame, OnTimer)>>,
}

impl Clock {
    /// A clock at rest. `pass` gets the microseconds that have passed and the page's time, then `next`
    /// says when to come back.
    pub(crate) fn new(
        pass: impl Fn(u64, f64) + 'static,
        next: impl Fn() -> Next + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            pass: Box::new(pass),
            next: Box::new(next),
            stands_ms: Cell::new(None),
            frame: Cell::new(None),
            timer: Cell::new(None),
            callbacks: RefCell::new(None),
        });
        let (framed, timed) = (Rc::downgrade(&inner), Rc::downgrade(&inner));
        let on_frame = Closure::new(move |now_ms: f64| {
            if let Some(inner) = framed.upgrade() {
                inner.frame.set(None);
                inner.pass(now_ms);
                inner.come_back((inner.next)());
            }
        });
        let on_timer = Closure::new(move || {
            if let Some(inner) = timed.upgrade() {
                inner.timer.set(None);
                inner.ask_frame();
            }
        });
        inner.callbacks.replace(Some((on_frame, on_timer)));
        Self { inner }
    }

    /// Comes in the next frame, whatever was planned.
    pub(crate) fn start(&self) {
        self.inner.forget_timer();
        self.inner.ask_frame();
    }

    /// Comes no more, and time does not pass.
    pub(crate) fn rest(&self) {
        self.inner.come_back(Next::Rest);
    }

    /// Lets the time pass that has gone by since the last frame. At rest there is none.
    pub(crate) fn catch_up(&self) {
        if let Some(stands_ms) = self.inner.stands_ms.get() {
            let now = window().performance().map(|performance| performance.now());
            self.inner.pass(now.unwrap_or(stands_ms));
        }
    }

    /// The page's time at which the lab's time stands; none at rest.
    pub(crate) fn stands_ms(&self) -> Option<f64> {
        self.inner.stands_ms.get()
    }
}

impl Inner {
    fn pass(&self, now_ms: f64) {
        // A frame is timed from its start: what was caught up with may be younger.
        let last_ms = self.stands_ms.get().unwrap_or(now_ms);
        let now_ms = now_ms.max(last_ms);
        let passed_ms = (now_ms - last_ms).min(SLEPT_MS);
        self.stands_ms.set(Some(now_ms));
        (self.pass)((passed_ms * 1_000.0) as u64, now_ms);
    }

    fn come_back(&self, next: Next) {
        self.forget_timer();
        match next {
            Next::Rest => {
                self.forget_frame();
                self.stands_ms.set(None);
            }
            Next::After(us) if us > SOON_US => self.ask_timer(us.div_ceil(1_000)),
            Next::Frame | Next::After(_) => self.ask_frame(),
        }
    }

    fn ask_frame(&self) {
        if self.frame.get().is_some() {
            return;
        }
        if let Some((on_frame, _)) = &*self.callbacks.borrow() {
            let asked = window().request_animation_frame(on_frame.as_ref().unchecked_ref());
            self.frame.set(asked.ok());
        }
    }

    fn ask_timer(&self, ms: u64) {
        if let Some((_, on_timer)) = &*self.callbacks.borrow() {
            let asked = window().set_timeout_with_callback_and_timeout_and_arguments_0(
                on_timer.as_ref().unchecked_ref(),
                i32::try_from(ms).unwrap_or(i32::MAX),
            );
            self.timer.set(asked.ok());
        }
    }

    fn forget_frame(&self) {
        if let Some(asked) = self.frame.take() {
            // A handle that has run already is ignored.
            let _ = window().cancel_animation_frame(asked);
        }
    }

    fn forget_timer(&self) {
        if let Some(asked) = self.timer.take() {
            window().clear_timeout_with_handle(asked);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.forget_timer();
        self.forget_frame();
    }
}

fn window() -> Window {
    gloo_utils::window()
}
