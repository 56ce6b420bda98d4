//! One tab stop for many buttons: arrow keys go from one to the next.
//!
//! The buttons of a group are its `button` elements in their order; a group of rows says how many
//! stand in one. Which one has the tab stop is kept by number, so it survives what comes and goes.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// A group of buttons.
#[derive(Clone, PartialEq)]
pub(super) struct Roving {
    /// The group's element.
    pub(super) node: NodeRef,
    /// The button that has the tab stop.
    at: UseStateHandle<usize>,
    /// Buttons in a row.
    wide: usize,
    /// Called at the left (-1) and the right (1) end of a row, and for whole pages (-2, 2, 0).
    beyond: Callback<i32>,
}

/// A group with rows of `wide` buttons.
#[hook]
pub(super) fn use_roving(wide: usize, beyond: Callback<i32>) -> Roving {
    Roving {
        node: use_node_ref(),
        at: use_state(|| 0),
        wide: wide.max(1),
        beyond,
    }
}

impl Roving {
    /// The `tabindex` of a button among so many.
    pub(super) fn stop(&self, at: usize, all: usize) -> &'static str {
        if (*self.at).min(all.saturating_sub(1)) == at {
            "0"
        } else {
            "-1"
        }
    }

    /// Follows the focus.
    pub(super) fn onfocusin(&self) -> Callback<FocusEvent> {
        let this = self.clone();
        Callback::from(move |_| {
            if let Some((at, _)) = this.focused() {
                this.at.set(at);
            }
        })
    }

    /// Moves the focus.
    pub(super) fn onkeydown(&self) -> Callback<KeyboardEvent> {
        let this = self.clone();
        Callback::from(move |event: KeyboardEvent| {
            let wide = this.wide as isize;
            let by = match event.key().as_str() {
                "ArrowLeft" => -1,
                "ArrowRight" => 1,
                "ArrowUp" => -wide,
                "ArrowDown" => wide,
                "PageUp" => return this.page(&event, -2),
                "PageDown" => return this.page(&event, 2),
                "End" => return this.page(&event, 0),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            this.go(by);
        })
    }

    fn page(&self, event: &KeyboardEvent, to: i32) {
        event.prevent_default();
        event.stop_propagation();
        self.beyond.emit(to);
    }

    fn go(&self, by: isize) {
        let Some((at, buttons)) = self.focused() else {
            // The group itself has the focus: the first one takes it.
            if let Some(first) = self.buttons().first() {
                let _ = first.focus();
            }
            return;
        };
        let within = at % self.wide;
        let sideways = by.unsigned_abs() == 1 && self.wide > 1;
        if sideways && (by < 0 && within == 0 || by > 0 && within + 1 == self.wide) {
            self.beyond.emit(by as i32);
            return;
        }
        let next = at.checked_add_signed(by).and_then(|at| buttons.get(at));
        if let Some(next) = next {
            // A button that is on the page takes the focus.
            let _ = next.focus();
        }
    }

    /// The buttons of the group.
    fn buttons(&self) -> Vec<HtmlElement> {
        let group = self.node.cast::<web_sys::Element>();
        let found = group.and_then(|group| group.query_selector_all("button, [role=button]").ok());
        let Some(found) = found else {
            return Vec::new();
        };
        // A drawn button takes the focus as an HTML one does.
        let all = (0..found.length()).filter_map(|at| Some(found.item(at)?.unchecked_into()));
        all.collect()
    }

    /// The buttons of the group, and which of them has the focus.
    fn focused(&self) -> Option<(usize, Vec<HtmlElement>)> {
        let buttons = self.buttons();
        let active = gloo_utils::document().active_element()?;
        let at = buttons.iter().position(|b| active.is_same_node(Some(b)))?;
        Some((at, buttons))
    }
}
