//! What the page does when a key is pressed; which key asks what stands in [`crate::keys`].

use web_sys::{Element, HtmlElement, KeyboardEvent};

use wasm_bindgen::JsCast;
use yew::prelude::*;
use zablab_core::lab::{Action, Direction, MarkKind, Transport};

use super::{App, Msg};
use crate::keys::{self, Wish};
use crate::top;

impl App {
    /// True when something else is to be drawn.
    pub(super) fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let taken = event.default_prevented() || event.alt_key() || !self.place.keys;
        if taken || typing(event) || !self.is_meant(event) {
            return false;
        }
        let ctrl = event.ctrl_key() || event.meta_key();
        let Some(wish) = keys::wish(&event.key(), event.shift_key(), ctrl) else {
            return false;
        };
        if wish == Wish::Leave {
            return self.leave();
        }
        event.prevent_default();
        let transport = self.lab.borrow().transport();
        let message = match wish {
            Wish::Link => Msg::Link,
            Wish::Lang => Msg::Lang,
            Wish::Theme => Msg::Theme,
            Wish::FullScreen => {
                top::toggle_full_screen();
                return false;
            }
            Wish::Help => {
                self.help += 1;
                return true;
            }
            wish => match action(wish, &transport) {
                Some(action) => Msg::Act(action),
                None => return false,
            },
        };
        Component::update(self, ctx, message)
    }

    /// Is the focus in the page's own part of the document, or nowhere?
    fn is_meant(&self, event: &KeyboardEvent) -> bool {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let Some(target) = target.filter(|t| t.tag_name() != "BODY" && t.tag_name() != "HTML")
        else {
            return true;
        };
        self.root
            .get()
            .is_some_and(|root| root.contains(Some(&target)))
    }

    /// Closes one thing; when nothing is open, the focus goes.
    fn leave(&mut self) -> bool {
        let told = self.lab.borrow().notice().is_some();
        if told || self.poor_link || !self.complaints.is_empty() {
            self.act(Action::Dismiss);
        } else if self.inspected.is_some() {
            self.inspect(None);
        } else {
            let active = gloo_utils::document().active_element();
            if let Some(active) = active.and_then(|a| a.dyn_into::<HtmlElement>().ok()) {
                // An element that is gone has no focus to lose.
                let _ = active.blur();
            }
            return false;
        }
        true
    }
}

/// What is asked of the lab; nothing when there is no such place.
fn action(wish: Wish, transport: &Transport) -> Option<Action> {
    Some(match wish {
        Wish::Play if transport.playing => Action::Pause,
        Wish::Play => Action::Play,
        Wish::Step(Direction::Forward) | Wish::Micro(Direction::Forward) => Action::Step(1),
        Wish::Step(Direction::Back) | Wish::Micro(Direction::Back) => Action::Step(-1),
        Wish::Notable(direction) => Action::StepNotable(direction),
        Wish::Start => Action::Seek(0),
        Wish::End => Action::Seek(transport.total),
        Wish::Speed(direction) => Action::SetSpeed(transport.speed.toward(direction)),
        Wish::Chapter(number) => Action::Seek(beats(transport).nth(number - 1)?),
        Wish::Beat(Direction::Forward) => {
            Action::Seek(beats(transport).find(|beat| *beat > transport.step)?)
        }
        Wish::Beat(Direction::Back) => {
            let before = beats(transport).filter(|beat| *beat < transport.step);
            Action::Seek(before.last().unwrap_or(0))
        }
        Wish::Undo => Action::Undo,
        Wish::Redo => Action::Redo,
        Wish::Link | Wish::Lang | Wish::Theme | Wish::FullScreen | Wish::Help | Wish::Leave => {
            return None;
        }
    })
}

fn beats(transport: &Transport) -> impl Iterator<Item = u64> {
    let marks = transport.marks.iter();
    marks
        .filter(|mark| mark.kind == MarkKind::Beat)
        .map(|mark| mark.step)
}

/// Is the key meant for a field, or (Space, Enter) for the button it is pressed on?
fn typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else {
        return false;
    };
    let key = event.key();
    match target.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => match target.get_attribute("type").as_deref() {
            // Its own keys; every other one is the page's.
            Some("range") => key.starts_with("Arrow") || key == "Home" || key == "End",
            Some("checkbox" | "radio") => key == " " || key.starts_with("Arrow"),
            _ => true,
        },
        "BUTTON" | "A" | "SUMMARY" => matches!(key.as_str(), " " | "Enter"),
        _ => false,
    }
}
