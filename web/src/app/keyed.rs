//! What the page does when a key is pressed; which key asks what stands in [`crate::keys`].

use web_sys::{Element, HtmlElement, KeyboardEvent};

use wasm_bindgen::JsCast;
use yew::prelude::*;
use zablab_core::lab::{Action, Command, CrashKind, Direction, MarkKind, Transport, Unit};
use zablab_core::view::frame::Power;

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
        let message = match wish {
            Wish::Link => Msg::Link,
            Wish::Go => Msg::Go,
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
            Wish::Filter => {
                focus_filter();
                return false;
            }
            wish => {
                let transport = self.lab.borrow().transport();
                let found = action(wish, &transport).or_else(|| self.fault(wish, event));
                match found {
                    Some(action) => Msg::Act(action),
                    None => return false,
                }
            }
        };
        Component::update(self, ctx, message)
    }

    /// What a key does to the server on whose row it is pressed.
    fn fault(&self, wish: Wish, event: &KeyboardEvent) -> Option<Action> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        let row = target.closest("[data-kind='server']").ok()??;
        let server = row.get_attribute("data-id")?;
        let frame = self.lab.borrow().frame();
        let row = frame
            .servers
            .iter()
            .find(|row| row.id.to_string() == server)?;
        let server = row.id;
        let command = match wish {
            Wish::Crash if row.power.has_memory() => Command::Crash {
                server,
                kind: CrashKind::Power,
            },
            Wish::Restart if !row.power.has_memory() => Command::Restart(server),
            Wish::Freeze if row.power == Power::Paused => Command::Resume(server),
            Wish::Freeze if row.power == Power::Up => Command::Pause(server),
            _ => return None,
        };
        Some(Action::Perform(command))
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
        let compares = self.lab.borrow().compared().is_some();
        if told || self.poor_link || !self.complaints.is_empty() {
            self.act(Action::Dismiss);
        } else if compares {
            self.act(Action::Compare(None));
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
        Wish::Step(direction) => Action::StepUnit(direction),
        Wish::Micro(direction) => Action::StepBy(Unit::Micro, direction),
        Wish::Notable(direction) => Action::StepBy(Unit::Notable, direction),
        Wish::Beat(direction) => Action::StepBy(Unit::Beat, direction),
        Wish::Start => Action::Seek(0),
        Wish::End => Action::Seek(transport.total),
        Wish::Speed(direction) => Action::SetSpeed(transport.speed.toward(direction)),
        Wish::Chapter(number) => Action::Seek(beats(transport).nth(number - 1)?),
        Wish::Unit => Action::SetUnit(transport.unit.next()),
        Wish::Bookmark => Action::Bookmark,
        Wish::NextBookmark => Action::StepBookmark(Direction::Forward),
        Wish::Undo => Action::Undo,
        Wish::Redo => Action::Redo,
        _ => return None,
    })
}

/// The field that filters the list of events, where there is one.
fn focus_filter() {
    let document = gloo_utils::document();
    let field = document.query_selector("[data-kind='filter'][data-id='events']");
    if let Some(field) = field
        .ok()
        .flatten()
        .and_then(|f| f.dyn_into::<HtmlElement>().ok())
    {
        // A field that is not visible cannot have it.
        let _ = field.focus();
    }
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
