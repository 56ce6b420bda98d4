//! What the page listens to outside of its own elements: keys, the window, the address.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, EventTarget, KeyboardEvent};
use yew::html::Scope;
use zablab_core::lab::{Action, Direction, Speed, Transport};

use crate::app::{App, Msg};

/// What is called when something happens to the window.
type Listener = Closure<dyn FnMut()>;

/// The listeners; they go with the page.
pub(crate) struct Listeners {
    key: Closure<dyn FnMut(KeyboardEvent)>,
    others: [(&'static str, Listener); 3],
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
        for (name, listener) in &self.others {
            act(&window, name, listener.as_ref().unchecked_ref());
        }
    }
}

/// What a key asks for. Space plays, arrows step, with Shift to notable steps; keys typed into a field
/// are the field's.
pub(crate) fn wish(event: &KeyboardEvent, transport: &Transport) -> Option<Action> {
    if event.alt_key() || typing(event) {
        return None;
    }
    let (key, shift) = (event.key(), event.shift_key());
    if event.ctrl_key() || event.meta_key() {
        return match key.as_str() {
            "z" => Some(Action::Undo),
            "Z" | "y" => Some(Action::Redo),
            _ => None,
        };
    }
    Some(match key.as_str() {
        " " | "k" if transport.playing => Action::Pause,
        " " | "k" => Action::Play,
        "ArrowRight" if shift => Action::StepNotable(Direction::Forward),
        "ArrowLeft" if shift => Action::StepNotable(Direction::Back),
        "ArrowRight" | "." => Action::Step(1),
        "ArrowLeft" | "," => Action::Step(-1),
        "Home" => Action::Seek(0),
        "End" => Action::Seek(transport.total),
        "[" => Action::SetSpeed(transport.speed.toward(Direction::Back)),
        "]" => Action::SetSpeed(Speed::toward(transport.speed, Direction::Forward)),
        _ => return None,
    })
}

/// Is the key meant for a field, or (Space, Enter) for the button it is pressed on?
fn typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else {
        return false;
    };
    match target.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => event.key() != " " || target.get_attribute("type").as_deref() == Some("text"),
        "BUTTON" | "A" => matches!(event.key().as_str(), " " | "Enter"),
        _ => false,
    }
}
