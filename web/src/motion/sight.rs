//! Whether a part of the page is in the window: a page inside another one is often scrolled away while
//! its tab is in front.
//!
//! That its tab is in front is told by the browser to everybody (see `listen`).

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};
use yew::Callback;

/// What the browser calls when the page comes into the window, or leaves it.
type OnCrossing = Closure<dyn FnMut(Array)>;

/// Watches an element.
pub(crate) struct Sight {
    within: Rc<Cell<bool>>,
    observer: Option<IntersectionObserver>,
    _on_crossing: OnCrossing,
}

impl Sight {
    /// Watches `root`, and tells `change` when it comes into the window or leaves it.
    pub(crate) fn of(root: &Element, change: Callback<()>) -> Self {
        let within = Rc::new(Cell::new(true));
        let told = Rc::clone(&within);
        let on_crossing: OnCrossing = Closure::new(move |entries: Array| {
            let last = entries.pop().dyn_into::<IntersectionObserverEntry>();
            told.set(last.is_ok_and(|entry| entry.is_intersecting()));
            change.emit(());
        });
        // Without an observer the page is taken to be in the window.
        let observer = IntersectionObserver::new(on_crossing.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(root);
        }
        Self {
            within,
            observer,
            _on_crossing: on_crossing,
        }
    }

    /// Somebody may be looking.
    pub(crate) fn is_seen(&self) -> bool {
        self.within.get() && !gloo_utils::document().hidden()
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
