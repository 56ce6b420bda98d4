//! The console panel: a prompt like that of zkCli.sh for one client.
//!
//! What is entered goes to the lab, which makes it part of the run; the panel shows what comes back.
//! The field is the browser's own and keeps its text by itself. Tab completes as long as there is
//! something to complete; after Escape it leads on, as everywhere else.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;
use zablab_core::lab::{Action, ClientId, Completed, ConsoleLine, ConsoleView, Lab, LineKind};
use zablab_core::view::frame::ClientView;

use super::console_words::{self as words, Word};
use super::piece::line;
use crate::desk::{Desk, use_desk};
use crate::picker::Picker;

/// The value of the choice that makes a client.
const NEW: &str = "+";

/// The consoles of the lab, to be asked. It equals another one as long as they show the same.
#[derive(Clone)]
pub(crate) struct Talk {
    lab: Rc<RefCell<Lab>>,
    version: u64,
}

impl PartialEq for Talk {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && Rc::ptr_eq(&self.lab, &other.lab)
    }
}

impl Talk {
    pub(crate) fn new(lab: &Rc<RefCell<Lab>>) -> Self {
        Self {
            version: lab.borrow().console_version(),
            lab: Rc::clone(lab),
        }
    }

    fn view(&self) -> ConsoleView {
        self.lab.borrow().console()
    }

    fn complete(&self, before: &str) -> Completed {
        self.lab.borrow().complete(before)
    }
}

/// Properties of [`ConsolePanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) talk: Talk,
    pub(crate) clients: Vec<ClientView>,
}

/// The panel.
#[component]
pub(crate) fn ConsolePanel(props: &Props) -> Html {
    let desk = use_desk();
    let view = use_memo(props.talk.clone(), Talk::view);
    let (field, log) = (use_node_ref(), use_node_ref());
    let offered = use_state(Vec::<String>::new);
    let keys = use_mut_ref(Keys::default);
    {
        let log = log.clone();
        let last = view.lines.last().map(|line| line.number);
        // Names that are offered leave less room: the end stays in sight.
        use_effect_with((last, view.client, offered.len()), move |_| {
            if let Some(log) = log.cast::<Element>() {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }
    let new_client = desk.ask::<MouseEvent>(Action::Connect(desk.selected));
    let Some(client) = view.client else {
        return html! {
            <section class="service" aria-label={desk.word(crate::words::Word::Console)} data-kind="panel" data-id="console">
                { line("svgone", Word::NoClient.get(desk.lang)) }
                <p><button type="button" class="btn primary" onclick={new_client} data-kind="console" data-id="new">{ words::new_client(desk.lang, &desk.selected.to_string()) }</button></p>
            </section>
        };
    };
    let onkeydown = {
        let (field, keys, offered) = (field.clone(), keys.clone(), offered.clone());
        let (talk, view, act) = (props.talk.clone(), Rc::clone(&view), desk.act.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            match keys.borrow_mut().press(&event, &input, &view, &talk) {
                Pressed::Nothing => return,
                Pressed::Done => offered.set(Vec::new()),
                Pressed::Offered(names) => offered.set(names),
                Pressed::Entered(line) => {
                    offered.set(Vec::new());
                    act.emit(Action::Enter(client, line));
                }
            }
            event.prevent_default();
        })
    };
    let enter = {
        let (field, act) = (field.clone(), desk.act.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                let line = input.value();
                put(&input, "");
                act.emit(Action::Enter(client, line));
            }
        })
    };
    let instead = {
        let field = field.clone();
        Callback::from(move |line: String| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                put(&input, &line);
            }
        })
    };
    html! {
        <section class="service console" aria-label={desk.word(crate::words::Word::Console)} data-kind="panel" data-id="console">
            <div class="svbar">
                { chooser(&desk, client, &props.clients) }
                if view.busy {
                    <span class="cwait">{ Word::Waiting.get(desk.lang) }</span>
                    <button type="button" class="btn" onclick={desk.ask(Action::Interrupt(client))} data-kind="console" data-id="stop">{ Word::GiveUp.get(desk.lang) }</button>
                }
            </div>
            <div class="clog" ref={log} role="log" aria-live="polite" tabindex="0" aria-label={Word::Printed.get(desk.lang)} data-kind="console" data-id="log">
                if view.lines.is_empty() { { line("ca", Word::Empty.get(desk.lang)) } }
                { for view.lines.iter().map(|line| shown(&desk, line, &instead)) }
            </div>
            if !offered.is_empty() { <p class="coffer" role="status" data-kind="console" data-id="offered">{ offered.join("  ") }</p> }
            <div class="cprompt">
                <label class="cl" for="console-line">{ &view.prompt }</label>
                <input ref={field} id="console-line" type="text" {onkeydown} autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
                    aria-label={Word::Line.get(desk.lang)} aria-describedby="console-hint" data-kind="console" data-id="line" />
                <button type="button" class="btn" onclick={enter} data-kind="console" data-id="enter">{ Word::Enter.get(desk.lang) }</button>
            </div>
            <p class="shint" id="console-hint">{ Word::Hint.get(desk.lang) }</p>
        </section>
    }
}

/// Whose console.
fn chooser(desk: &Desk, client: ClientId, clients: &[ClientView]) -> Html {
    let named = |client: &ClientView| {
        let server = client.server.map(|s| format!(" · {s}")).unwrap_or_default();
        (client.id.0.to_string(), format!("{}{server}", client.name))
    };
    let mut options: Vec<_> = clients.iter().map(named).collect();
    let server = desk.selected;
    options.push((
        NEW.to_owned(),
        words::new_client(desk.lang, &server.to_string()),
    ));
    let on_pick = desk.pick(move |value| match value {
        NEW => Some(Action::Connect(server)),
        id => id.parse().ok().map(|id| Action::Console(ClientId(id))),
    });
    let label = Word::Client.get(desk.lang);
    html! {<>
        <span class="cwho" aria-hidden="true">{ label }</span>
        <Picker {label} class="cmp" kind="console" {options} value={client.0.to_string()} {on_pick} />
    </>}
}

/// One line; advice that names another line is a button.
fn shown(desk: &Desk, said: &ConsoleLine, instead: &Callback<String>) -> Html {
    let class = match said.kind {
        LineKind::Entered => "ce",
        LineKind::Printed => "cp",
        LineKind::Refused => "cr",
        LineKind::Heard => "ch",
        LineKind::Advice => "ca",
    };
    let text = said.text.get(desk.lang);
    match said.instead.clone() {
        None => line(class, text.to_owned()),
        Some(other) => {
            let onclick = instead.reform(move |_: MouseEvent| other.clone());
            html! { <p class={class}><button type="button" class="btn" {onclick} data-kind="console" data-id="instead">{ text }</button></p> }
        }
    }
}

/// What the keys of the field have done so far.
#[derive(Default)]
struct Keys {
    /// How far back in the history.
    back: usize,
    /// Escape was pressed: the next Tab leads on.
    leaves: bool,
}

/// What came of a key.
enum Pressed {
    /// It is the browser's.
    Nothing,
    Done,
    Offered(Vec<String>),
    Entered(String),
}

impl Keys {
    fn press(
        &mut self,
        event: &KeyboardEvent,
        input: &HtmlInputElement,
        view: &ConsoleView,
        talk: &Talk,
    ) -> Pressed {
        let key = event.key();
        let leaves = std::mem::replace(&mut self.leaves, key == "Escape");
        // Keys of an input method are its own.
        if event.is_composing() {
            return Pressed::Nothing;
        }
        match key.as_str() {
            "Enter" => {
                let line = input.value();
                put(input, "");
                self.back = 0;
                Pressed::Entered(line)
            }
            "ArrowUp" => self.recall(self.back + 1, input, view),
            "ArrowDown" => self.recall(self.back.saturating_sub(1), input, view),
            "Tab" if !leaves && !event.shift_key() => complete(input, talk),
            _ => Pressed::Nothing,
        }
    }

    fn recall(&mut self, back: usize, input: &HtmlInputElement, view: &ConsoleView) -> Pressed {
        self.back = back.min(view.history.len());
        let found = view.history.iter().rev().nth(self.back.wrapping_sub(1));
        put(input, found.map_or("", String::as_str));
        Pressed::Done
    }
}

/// Completes what stands before the cursor. An empty field has nothing to complete.
fn complete(input: &HtmlInputElement, talk: &Talk) -> Pressed {
    let line: Vec<u16> = input.value().encode_utf16().collect();
    let cursor = input.selection_start().ok().flatten();
    let cursor = cursor.map_or(line.len(), |at| line.len().min(at as usize));
    let before = String::from_utf16_lossy(&line[..cursor]);
    if before.trim().is_empty() {
        return Pressed::Nothing;
    }
    let found = talk.complete(&before);
    let after = String::from_utf16_lossy(&line[cursor..]);
    input.set_value(&format!("{}{after}", found.before));
    let end = u32::try_from(found.before.encode_utf16().count()).unwrap_or(0);
    // A text field has a selection.
    let _ = input.set_selection_range(end, end);
    Pressed::Offered(found.offered)
}

/// Another line in the field, ready to go on.
fn put(input: &HtmlInputElement, line: &str) {
    input.set_value(line);
    // It is on the page.
    let _ = input.focus();
}
