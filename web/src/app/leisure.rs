//! Panes that take their time while the run plays.
//!
//! ```text
//!   step ──► bench, caption, lamps: drawn at once
//!        ──► space-time, events, panel, controls: drawn at once, if the last time is long enough ago
//!                                                 else with the next step, or when the clock says
//! ```
//! Steps often come faster than anybody can read. What is drawn late is never later than [`LEISURE_MS`],
//! and whatever is not a step of a run that plays is drawn at once everywhere: at rest all is exact.

use std::cell::{Cell, RefCell};

use yew::Html;

/// Between two drawings of a pane that takes its time, in milliseconds.
const LEISURE_MS: f64 = 150.0;

/// The panes as they were drawn last.
#[derive(Default)]
pub(super) struct Leisure {
    panes: RefCell<Vec<(&'static str, Html)>>,
    drawn_ms: Cell<f64>,
    lags: Cell<bool>,
}

impl Leisure {
    /// A drawing of the page begins. It `may_lag` when nothing but a step of a run that plays is new.
    pub(super) fn begin(&self, may_lag: bool) {
        let now_ms = now_ms();
        let lags = may_lag && now_ms < self.drawn_ms.get() + LEISURE_MS;
        self.lags.set(lags);
        if !lags {
            self.drawn_ms.set(now_ms);
            self.panes.borrow_mut().clear();
        }
    }

    /// A pane as it was drawn last, or anew.
    pub(super) fn pane(&self, name: &'static str, draw: impl FnOnce() -> Html) -> Html {
        let drawn = |panes: &Vec<(&'static str, Html)>| {
            let found = panes.iter().find(|(pane, _)| *pane == name);
            found.map(|(_, drawn)| drawn.clone())
        };
        if let Some(drawn) = drawn(&self.panes.borrow()) {
            return drawn;
        }
        let new = draw();
        self.panes.borrow_mut().push((name, new.clone()));
        new
    }

    /// The last drawing is long enough ago, for work that only shows how far it is.
    pub(super) fn is_due(&self) -> bool {
        now_ms() >= self.drawn_ms.get() + LEISURE_MS
    }

    /// Microseconds after which something is to be drawn that was not drawn yet.
    pub(super) fn due_us(&self) -> Option<u64> {
        let left_ms = self.drawn_ms.get() + LEISURE_MS - now_ms();
        self.lags.get().then(|| (left_ms.max(0.0) * 1_000.0) as u64)
    }
}

fn now_ms() -> f64 {
    let performance = gloo_utils::window().performance();
    performance.map_or(f64::MAX, |performance| performance.now())
}
