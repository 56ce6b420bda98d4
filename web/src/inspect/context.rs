//! The menu at an element: right click, long press, the menu key, Shift+F10.
//!
//! One pair of listeners on the document serves every element that stands for something; what stands
//! for nothing keeps the browser's own menu. The menu is placed by classes alone.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlElement, KeyboardEvent as Key, MouseEvent as Mouse, Node};
use yew::prelude::*;
use zablab_core::view::Target;

use super::deeds::Deeds;
use super::named;
use super::words::Word;
use crate::desk::{use_desk, window_size};
use crate::panels::Pull;

/// Properties of [`ContextMenu`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: Pull,
}

/// Where a menu is wanted, and for what.
#[derive(Clone, PartialEq)]
struct Wanted {
    target: Target,
    x: i32,
    y: i32,
    /// Gets the focus back.
    from: Element,
}

/// The menu, while it is open.
#[component]
pub(crate) fn ContextMenu(props: &Props) -> Html {
    let desk = use_desk();
    let wanted = use_state(|| None::<Wanted>);
    let node = use_node_ref();
    {
        let wanted = wanted.setter();
        let pull = props.pull.clone();
        use_effect_with((), move |()| {
            let listening = Listening::new(pull, Callback::from(move |w| wanted.set(Some(w))));
            move || drop(listening)
        });
    }
    {
        let node = node.clone();
        use_effect_with((*wanted).clone(), move |wanted| {
            let first = node.cast::<Element>().filter(|_| wanted.is_some());
            focus(first.and_then(|n| n.query_selector("button:not(:disabled)").ok().flatten()));
        });
    }
    let close = {
        let wanted = wanted.clone();
        Callback::from(move |()| {
            focus((*wanted).as_ref().map(|w| w.from.clone()));
            wanted.set(None);
        })
    };
    let Some(open) = &*wanted else {
        return Html::default();
    };
    let onkeydown = keys(node.clone(), close.clone());
    let onfocusout = {
        let (node, wanted) = (node.clone(), wanted.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|to| to.dyn_into::<Node>().ok());
            let inside = |to: &Node| node.get().is_some_and(|n| n.contains(Some(to)));
            if to.is_none_or(|to| !inside(&to)) {
                wanted.set(None);
            }
        })
    };
    let look = {
        let (inspect, target, wanted) = (desk.inspect.clone(), open.target.clone(), wanted.clone());
        Callback::from(move |_: MouseEvent| {
            wanted.set(None);
            // Asked for twice, it comes forward where one panel shows at a time.
            inspect.emit(Some(target.clone()));
            inspect.emit(Some(target.clone()));
        })
    };
    let (title, offers) = props.pull.menu(&open.target);
    let place = place(open);
    html! {
        <div class={classes!("ctx", place)} ref={node} role="dialog" aria-label={Word::Menu.get(desk.lang)} tabindex="-1" {onkeydown} {onfocusout}
            data-kind="menu" data-id="context">
            <button type="button" class="deed look" onclick={look} data-kind="menu" data-id="inspect">
                <span><b>{ title.get(desk.lang) }</b></span><small>{ Word::LookClosely.get(desk.lang) }</small>
            </button>
            <Deeds {offers} on_done={close} />
        </div>
    }
}

/// The classes that put the menu close to the pointer: sixteen places across, sixteen down. The style
/// keeps it within the window.
fn place(open: &Wanted) -> String {
    let (width, height) = window_size();
    let sixteenth = |wish: i32, all: u32| {
        let wish = u32::try_from(wish).unwrap_or(0);
        (wish * 16 / all.max(1)).min(15)
    };
    format!(
        "x{} y{}",
        sixteenth(open.x, width),
        sixteenth(open.y, height)
    )
}

/// Esc closes; arrows go from one to the next.
fn keys(node: NodeRef, close: Callback<()>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                return close.emit(());
            }
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(menu) = node.cast::<Element>() {
            go(&menu, by);
        }
    })
}

fn go(menu: &Element, by: i32) {
    let Ok(found) = menu.query_selector_all("button:not(:disabled), summary") else {
        return;
    };
    let all = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok());
    let stops: Vec<HtmlElement> = all.filter(|e| e.offset_parent().is_some()).collect();
    let active = gloo_utils::document().active_element();
    let here = stops
        .iter()
        .position(|s| Some(s.as_ref()) == active.as_ref());
    let (here, count) = (here.unwrap_or(0) as i32, stops.len() as i32);
    if count > 0 {
        let to = stops[(here + by).rem_euclid(count) as usize].clone();
        focus(Some(to.into()));
    }
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.as_ref().and_then(|e| e.dyn_ref::<HtmlElement>()) {
        // What is gone cannot have it; then nobody has.
        let _ = element.focus();
    }
}

/// A second press on the menu key is not for the browser's own menu.
fn is_in_menu(at: &Element) -> bool {
    at.closest(".ctx").ok().flatten().is_some()
}

/// The document's listeners; they go with the component.
struct Listening {
    menu: Closure<dyn FnMut(Mouse)>,
    key: Closure<dyn FnMut(Key)>,
}

impl Listening {
    fn new(pull: Pull, want: Callback<Wanted>) -> Self {
        let menu = {
            let (pull, want) = (pull.clone(), want.clone());
            Closure::new(move |event: Mouse| {
                let at = event.target().and_then(|t| t.dyn_into::<Element>().ok());
                if at.as_ref().is_some_and(is_in_menu) {
                    return event.prevent_default();
                }
                let Some((from, target)) = at.and_then(|at| named::target(&at, &pull.frame()))
                else {
                    return;
                };
                event.prevent_default();
                let (x, y) = (event.client_x(), event.client_y());
                want.emit(Wanted { target, x, y, from });
            })
        };
        let key = Closure::new(move |event: Key| {
            let asks = event.key() == "ContextMenu" || event.key() == "F10" && event.shift_key();
            let active = gloo_utils::document().active_element().filter(|_| asks);
            let Some((from, target)) = active.and_then(|at| named::target(&at, &pull.frame()))
            else {
                return;
            };
            event.prevent_default();
            let place = from.get_bounding_client_rect();
            let (x, y) = (place.left() as i32 + 12, place.bottom() as i32);
            want.emit(Wanted { target, x, y, from });
        });
        let listening = Self { menu, key };
        let document = gloo_utils::document();
        // Every browser knows these events; without them the inspector offers the same.
        let _ = document.add_event_listener_with_callback(
            "contextmenu",
            listening.menu.as_ref().unchecked_ref(),
        );
        let _ = document
            .add_event_listener_with_callback("keydown", listening.key.as_ref().unchecked_ref());
        listening
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let document = gloo_utils::document();
        let _ = document
            .remove_event_listener_with_callback("contextmenu", self.menu.as_ref().unchecked_ref());
        let _ = document
            .remove_event_listener_with_callback("keydown", self.key.as_ref().unchecked_ref());
    }
}
