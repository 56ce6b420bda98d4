//! A button that opens a small box beside it: a menu, a list of checks, a field.
//!
//! ```text
//!   [ button ▾ ]   aria-expanded; Enter, Space or a click open and close it
//!   ┌──────────┐
//!   │ children │   the first control has the focus; arrows, Home and End go from one to the next
//!   └──────────┘   Esc, a pick, or leaving it closes; Esc and a pick give the focus back
//! ```
//! The box is fixed, so no scrolling box around it cuts it off. Its place comes from the layout of the
//! button itself; only the side, and how high it may be, are chosen, by classes. Where it fits at
//! neither side it is a sheet at the bottom of the window. It is no dialog of its own: nothing behind it
//! is locked, no second one can lie in it.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlElement, Node};
use yew::prelude::*;

use crate::desk::window_size;

/// What can have the focus in a box.
const STOPS: &str =
    "button:not(:disabled), input:not(:disabled), select, summary, textarea, a[href]";
/// The least distance from the edge of the window, in pixels.
const EDGE: f64 = 8.0;

/// Properties of [`Popover`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// `data-id` of the button, unique on the page.
    pub(crate) id: AttrValue,
    /// What button and box are called.
    pub(crate) label: AttrValue,
    /// What the button shows. When it shows only a sign, the name is read out all the same.
    pub(crate) face: Html,
    /// Classes of the button, beside `btn`.
    #[prop_or_default]
    pub(crate) class: Classes,
    /// Opens the box from elsewhere, by a key say: it opens whenever this becomes another number than 0.
    #[prop_or_default]
    pub(crate) summons: u32,
    #[prop_or_default]
    pub(crate) disabled: bool,
    pub(crate) children: Html,
}

/// Closes the box around a control, and gives the focus back to its button.
#[derive(Clone, PartialEq)]
pub(crate) struct Close(Callback<()>);

impl Close {
    /// Closes the box.
    pub(crate) fn now(&self) {
        self.0.emit(());
    }
}

/// The box around this control, if there is one.
#[hook]
pub(crate) fn use_close() -> Option<Close> {
    use_context::<Close>()
}

/// The button with its box.
#[component]
pub(crate) fn Popover(props: &Props) -> Html {
    let open = use_state(|| false);
    let side = use_state(String::new);
    let (around, panel) = (use_node_ref(), use_node_ref());
    {
        let open = open.clone();
        use_effect_with(props.summons, move |summons| {
            if *summons != 0 {
                open.set(true);
            }
        });
    }
    {
        let (side, around, panel) = (side.clone(), around.clone(), panel.clone());
        use_effect_with(*open, move |is_open| {
            if *is_open && let (Some(around), Some(panel)) = (around.cast(), panel.cast()) {
                side.set(side_of(&around, &panel));
            } else {
                side.set(String::new());
            }
        });
    }
    {
        // What is not placed yet is not visible, and cannot have the focus.
        let panel = panel.clone();
        use_effect_with(side.is_empty(), move |unplaced| {
            if let Some(panel) = panel.cast().filter(|_| !unplaced) {
                focus_first(&panel);
            }
        });
    }
    {
        let (open, around) = (open.clone(), around.clone());
        use_effect_with(*open, move |is_open| {
            let outside = is_open.then(|| Outside::new(around, open));
            move || drop(outside)
        });
    }
    {
        // A control that went away had the focus: the box keeps it.
        let (open, panel) = (*open, panel.clone());
        use_effect(move || {
            let active = gloo_utils::document().active_element();
            let nobody = active.is_none_or(|active| active.tag_name() == "BODY");
            if let Some(panel) = panel.cast().filter(|_| open && nobody) {
                focus(&panel);
            }
        });
    }
    let close = {
        let (open, around) = (open.clone(), around.clone());
        use_callback((), move |(), ()| {
            open.set(false);
            focus_button(&around);
        })
    };
    let onclick = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let (open, close, panel) = (*open, close.clone(), panel.clone());
        Callback::from(move |event: KeyboardEvent| {
            if open {
                on_key(&event, &panel, &close);
            }
        })
    };
    let onfocusout = {
        let (open, around) = (open.clone(), around.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target().and_then(|to| to.dyn_into().ok());
            if to.is_some_and(|to: Node| !holds(&around, &to)) {
                open.set(false);
            }
        })
    };
    html! {
        <span class="pop" ref={around} {onkeydown} {onfocusout}>
            <button type="button" class={classes!("btn", props.class.clone())} {onclick} title={props.label.clone()}
                aria-haspopup="dialog" aria-expanded={if *open { "true" } else { "false" }} disabled={props.disabled}
                data-kind="popover" data-id={props.id.clone()}>
                { props.face.clone() }<span class="sr">{ &props.label }</span>
            </button>
            if *open {
                <div class={classes!("box", (*side).clone())} ref={panel} role="dialog" aria-label={props.label.clone()}
                    tabindex="-1" data-kind="box" data-id={props.id.clone()}>
                    <ContextProvider<Close> context={Close(close)}>{ props.children.clone() }</ContextProvider<Close>>
                </div>
            }
        </span>
    }
}

/// Properties of [`Item`].
#[derive(PartialEq, Properties)]
pub(crate) struct ItemProps {
    pub(crate) kind: AttrValue,
    pub(crate) id: AttrValue,
    pub(crate) onclick: Callback<MouseEvent>,
    /// A second, quieter line.
    #[prop_or_default]
    pub(crate) about: AttrValue,
    /// What stands at the right: a number, a key, why it cannot be picked.
    #[prop_or_default]
    pub(crate) note: AttrValue,
    /// Is it the one of several that is in force? `None` for what is no choice.
    #[prop_or_default]
    pub(crate) on: Option<bool>,
    #[prop_or_default]
    pub(crate) disabled: bool,
    /// The box stays open.
    #[prop_or_default]
    pub(crate) stays: bool,
    pub(crate) children: Html,
}

/// One line of a menu.
#[component]
pub(crate) fn Item(props: &ItemProps) -> Html {
    let close = use_close();
    let onclick = {
        let (act, close, stays) = (props.onclick.clone(), close, props.stays);
        Callback::from(move |event: MouseEvent| {
            act.emit(event);
            if let Some(close) = close.as_ref().filter(|_| !stays) {
                close.now();
            }
        })
    };
    let pressed = props.on.map(|on| if on { "true" } else { "false" });
    html! {
        <button type="button" class={classes!("item", (props.on == Some(true)).then_some("on"))} {onclick}
            disabled={props.disabled} aria-pressed={pressed} data-kind={props.kind.clone()} data-id={props.id.clone()}>
            <span>{ props.children.clone() }if !props.about.is_empty() { <small>{ &props.about }</small> }</span>
            if !props.note.is_empty() { <i>{ &props.note }</i> }
        </button>
    }
}

/// Listens for presses outside of an open box, which close it.
struct Outside(Closure<dyn FnMut(Event)>);

impl Outside {
    fn new(around: NodeRef, open: UseStateHandle<bool>) -> Self {
        let closure = Closure::new(move |event: Event| {
            let target = event.target().and_then(|t| t.dyn_into::<Node>().ok());
            if target.is_some_and(|target| !holds(&around, &target)) {
                open.set(false);
            }
        });
        let outside = Self(closure);
        // Every browser knows this event; without it Esc still closes the box.
        let _ = gloo_utils::document()
            .add_event_listener_with_callback("pointerdown", outside.0.as_ref().unchecked_ref());
        outside
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = gloo_utils::document()
            .remove_event_listener_with_callback("pointerdown", self.0.as_ref().unchecked_ref());
    }
}

fn holds(around: &NodeRef, node: &Node) -> bool {
    around
        .get()
        .is_some_and(|around| around.contains(Some(node)))
}

/// Esc closes; arrows, Home and End go about, unless a field or a list has them.
fn on_key(event: &KeyboardEvent, panel: &NodeRef, close: &Callback<()>) {
    let key = event.key();
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    let tag = target.as_ref().map(Element::tag_name).unwrap_or_default();
    let in_text = match &*tag {
        "INPUT" => target.is_some_and(|t| t.get_attribute("type").as_deref() == Some("text")),
        "SELECT" | "TEXTAREA" => true,
        _ => false,
    };
    let step = match &*key {
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            return close.emit(());
        }
        "ArrowDown" if tag != "SELECT" && tag != "TEXTAREA" => Step::By(1),
        "ArrowUp" if tag != "SELECT" && tag != "TEXTAREA" => Step::By(-1),
        "Home" if !in_text => Step::To(0),
        "End" if !in_text => Step::To(-1),
        _ => return,
    };
    if let Some(panel) = panel.cast::<Element>() {
        event.prevent_default();
        event.stop_propagation();
        go(&panel, step);
    }
}

#[derive(Clone, Copy)]
enum Step {
    By(i32),
    To(i32),
}

fn go(panel: &Element, step: Step) {
    let stops = stops(panel);
    let count = stops.len() as i32;
    if count == 0 {
        return;
    }
    let active = gloo_utils::document().active_element();
    let here = stops
        .iter()
        .position(|s| Some(s.as_ref()) == active.as_ref());
    let to = match (step, here) {
        (Step::To(to), _) => to,
        (Step::By(by), Some(here)) => here as i32 + by,
        (Step::By(by), None) => by.min(0),
    };
    focus(&stops[to.rem_euclid(count) as usize]);
}

fn stops(panel: &Element) -> Vec<HtmlElement> {
    let Ok(found) = panel.query_selector_all(STOPS) else {
        return Vec::new();
    };
    let all = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok());
    // What lies folded away has no box.
    all.filter(|e: &HtmlElement| e.offset_parent().is_some())
        .collect()
}

/// Gives the focus to the first control in a box.
pub(crate) fn focus_first(panel: &Element) {
    match stops(panel).first() {
        Some(first) => focus(first),
        None => {
            if let Some(panel) = panel.dyn_ref() {
                focus(panel);
            }
        }
    }
}

fn focus_button(around: &NodeRef) {
    let around = around.cast::<Element>();
    let button = around.and_then(|around| around.query_selector("button").ok().flatten());
    if let Some(button) = button.as_ref().and_then(JsCast::dyn_ref) {
        focus(button);
    }
}

fn focus(element: &HtmlElement) {
    // An element that went meanwhile cannot have it; then nobody has.
    let _ = element.focus();
}

/// The classes that put the box where it fits: above or below, to the left or to the right, and how
/// high.
fn side_of(around: &Element, panel: &Element) -> String {
    let (width, height) = window_size();
    let (width, height) = (f64::from(width), f64::from(height));
    let (button, own) = (
        around.get_bounding_client_rect(),
        panel.get_bounding_client_rect(),
    );
    let (above, below) = (button.top() - EDGE, height - button.bottom() - EDGE);
    let up = below < own.height() && above > below;
    let room = if up { above } else { below };
    let across = if button.left() + own.width() + EDGE <= width {
        "start"
    } else if button.right() - own.width() >= EDGE {
        "end"
    } else {
        return "sheet".to_owned();
    };
    let high = match room as u32 {
        0..240 => return "sheet".to_owned(),
        240..320 => "h1",
        320..420 => "h2",
        420..560 => "h3",
        560.. => "h4",
    };
    format!("{} {across} {high}", if up { "up" } else { "down" })
}
