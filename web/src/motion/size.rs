//! The size of a part of the page: the browser tells when it has changed.
//!
//! A size that is asked for after something was drawn makes the browser lay the page out at once, and
//! once more for whatever is drawn next.

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};
use yew::Callback;

/// What the browser calls when a size has changed.
type OnSize = Closure<dyn FnMut(Array)>;

/// Watches the size of an element.
pub(crate) struct Size {
    observer: Option<ResizeObserver>,
    _on_size: OnSize,
}

impl Size {
    /// Watches `element`; tells `change` soon, and whenever it has another size.
    pub(crate) fn of(element: &Element, change: Callback<()>) -> Self {
        let on_size: OnSize = Closure::new(move |_: Array| change.emit(()));
        let observer = ResizeObserver::new(on_size.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self {
            observer,
            _on_size: on_size,
        }
    }
}

impl Drop for Size {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
