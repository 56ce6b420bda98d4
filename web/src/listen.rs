//! What the page listens to outside of its own elements: keys, the window, the address.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{DragEvent, EventTarget, KeyboardEvent};
use yew::html::Scope;

use crate::app::{App, Files, Msg};
use crate::intake::Picked;

/// What is called when something happens to the window.
type Listener = Closure<dyn FnMut()>;

/// What is called when files are dragged over the page.
type DragListener = Closure<dyn FnMut(DragEvent)>;

/// The listeners; they go with the page.
pub(crate) struct Listeners {
    key: Closure<dyn FnMut(KeyboardEvent)>,
    others: [(&'static str, Listener); 4],
    drags: [(&'static str, DragListener); 3],
}

impl Listeners {
    /// Tells `link` what happens.
    pub(crate) fn new(link: &Scope<App>) -> Self {
        let key = link.callback(Msg::Key);
        let tell = |message: fn() -> Msg| {
            let told = link.callback(move |()| message());
            Closure::new(move || told.emit(()))
        };
        let listeners = Self {
            key: Closure::new(move |event| key.emit(event)),
            others: [
                ("resize", tell(|| Msg::Resized)),
                ("hashchange", tell(|| Msg::Moved)),
                ("pagehide", tell(|| Msg::Leaves)),
                ("visibilitychange", tell(|| Msg::Seen)),
            ],
            drags: [
                ("dragover", drag(link, |_| Some(Msg::Dragged(true)))),
                (
                    "dragleave",
                    drag(link, |event| {
                        // Between two elements of the page a drag leaves the one for the other.
                        event
                            .related_target()
                            .is_none()
                            .then_some(Msg::Dragged(false))
                    }),
                ),
                (
                    "drop",
                    drag(link, |event| {
                        let transfer = event.data_transfer()?;
                        Some(Msg::Take(Files(Rc::new(Picked::dropped(&transfer)))))
                    }),
                ),
            ],
        };
        listeners.each(|target, name, listener| {
            // These are events of every browser; without one of them the page still works by mouse.
            let _ = target.add_event_listener_with_callback(name, listener);
        });
        listeners
    }

    /// Listens no longer.
    pub(crate) fn release(&self) {
        self.each(|target, name, listener| {
            let _ = target.remove_event_listener_with_callback(name, listener);
        });
    }

    fn each(&self, act: impl Fn(&EventTarget, &str, &js_sys::Function)) {
        let (document, window) = (gloo_utils::document(), gloo_utils::window());
        act(&document, "keydown", self.key.as_ref().unchecked_ref());
        for (name, listener) in &self.drags {
            act(&document, name, listener.as_ref().unchecked_ref());
        }
        for (name, listener) in &self.others {
            act(&window, name, listener.as_ref().unchecked_ref());
        }
    }
}

/// Hears of drags with files in them; any other drag stays the browser's.
fn drag(link: &Scope<App>, told: impl Fn(&DragEvent) -> Option<Msg> + 'static) -> DragListener {
    let link = link.clone();
    Closure::new(move |event: DragEvent| {
        let types = event.data_transfer().map(|transfer| transfer.types());
        if types.is_some_and(|types| types.includes(&"Files".into(), 0)) {
            event.prevent_default();
            if let Some(message) = told(&event) {
                link.send_message(message);
            }
        }
    })
}
