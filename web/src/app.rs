//! The page: one lab, one clock, one desk for all components.
//!
//! ```text
//!   click, key ──► Msg::Act ──► lab.dispatch ──► render
//!   clock ──► lab.advance ──► marks move; Msg::Stepped ──► render, when a step was shown
//! ```

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;
use zablab_core::lab::{Action, Direction, NoticeKind, ServerId, Speed};
use zablab_core::view::frame::Frame;

use crate::bench::{Bench, Definitions};
use crate::desk::{Desk, Layout};
use crate::motion::{Clock, Marks};
use crate::panels::{
    Actions, CaptionPanel, Events, Panel, ScriptBox, Slot, SlotKind, Tabs, TimeSlot, sentences,
};
use crate::place::{self, At, Place};
use crate::toast::Toast;
use crate::top::Top;
use crate::transport::TransportBar;
use crate::words::{self, Word};
use zablab_core::lab::Lab;

/// What can happen to the page.
pub enum Msg {
    /// A wish for the lab.
    Act(Action),
    /// The clock has shown another step, or playback has ended.
    Stepped,
    /// Another server is selected.
    Select(ServerId),
    /// Another panel is shown.
    Show(PanelChoice),
    /// The other language.
    Lang,
    /// The other theme.
    Theme,
    /// The window has another size.
    Resized,
    /// A link to this moment is wanted.
    Link,
    /// A key was pressed.
    Key(KeyboardEvent),
}

/// A panel, chosen by the user.
pub struct PanelChoice(Panel);

/// The whole page.
pub struct App {
    lab: Rc<RefCell<Lab>>,
    marks: Rc<RefCell<Marks>>,
    clock: Clock,
    place: Place,
    layout: Layout,
    width: u32,
    selected: ServerId,
    panel: Panel,
    root: NodeRef,
    listeners: Listeners,
}

/// What the page listens to outside of its own elements.
struct Listeners {
    key: Closure<dyn FnMut(KeyboardEvent)>,
    resize: Closure<dyn FnMut()>,
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let place = Place::read();
        place::show(place.lang, place.theme);
        let mut lab = Lab::open(place.scenario.as_deref());
        match &place.at {
            Some(At::Step(step)) => lab.dispatch(Action::Seek(*step)),
            Some(At::Beat(name)) => lab.seek_beat(name),
            None => {}
        }
        let (width, height) = window_size();
        let lab = Rc::new(RefCell::new(lab));
        let marks = Rc::new(RefCell::new(Marks::default()));
        Self {
            clock: clock(ctx, &lab, &marks),
            listeners: Listeners::new(ctx),
            lab,
            marks,
            place,
            layout: Layout::of(width, height),
            width,
            selected: ServerId(1),
            panel: Panel::Caption,
            root: NodeRef::default(),
        }
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => self.act(action),
            Msg::Stepped => {}
            Msg::Select(server) => self.selected = server,
            Msg::Show(PanelChoice(panel)) => self.panel = panel,
            Msg::Lang => {
                self.place.lang = self.place.lang.other();
                place::remember("lang", self.place.lang.tag());
                place::show(self.place.lang, self.place.theme);
            }
            Msg::Theme => {
                self.place.theme = self.place.theme.toggled();
                place::remember_theme(self.place.theme);
                place::show(self.place.lang, self.place.theme);
            }
            Msg::Resized => {
                let (width, height) = window_size();
                self.layout = Layout::of(width, height);
                self.width = width;
            }
            Msg::Link => self.copy_link(),
            Msg::Key(event) => return self.key(&event),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let lab = self.lab.borrow();
        let frame = lab.frame();
        let desk = Desk {
            lang: self.place.lang,
            layout: self.layout,
            width: self.width,
            act: link.callback(Msg::Act),
            selected: self.selected,
            select: link.callback(Msg::Select),
        };
        let body = match self.layout {
            Layout::Cockpit => self.cockpit(ctx, &lab, &frame),
            Layout::Embed | Layout::Phone => self.narrow(ctx, &lab, &frame),
        };
        let sentence = sentences(&frame.caption, self.place.lang, 1);
        let notice = lab.notice().filter(|n| n.kind != NoticeKind::Script);
        html! {
            <ContextProvider<Desk> context={desk}>
                <Definitions />
                <div class={classes!("app", self.layout.class())} ref={self.root.clone()}>
                    <Top lamps={frame.lamps.clone()} scenarios={Lab::scenarios()} scenario={lab.scenario()}
                        on_lang={link.callback(|_| Msg::Lang)} on_theme={link.callback(|_| Msg::Theme)} />
                    { body }
                    if let Some(notice) = notice { <Toast {notice} /> }
                    <TransportBar transport={lab.transport()} {sentence} on_link={link.callback(|_| Msg::Link)} />
                </div>
            </ContextProvider<Desk>>
        }
    }

    fn rendered(&mut self, _: &Context<Self>, first: bool) {
        if let Some(root) = self.root.cast::<Element>() {
            self.marks.replace(Marks::collect(&root));
        }
        let lab = self.lab.borrow();
        self.marks.borrow().place(|id| lab.progress(id));
        let (frame, playing) = (lab.frame(), lab.transport().playing);
        promise("data-playback", if playing { "playing" } else { "paused" });
        promise("data-step", &frame.step.to_string());
        promise("data-digest", &frame.digest);
        if first {
            promise("data-ready", "true");
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.listeners.release();
    }
}

impl App {
    fn act(&mut self, action: Action) {
        let mut lab = self.lab.borrow_mut();
        lab.dispatch(action);
        if lab.transport().playing {
            self.clock.start();
        }
    }

    /// Everything at once.
    fn cockpit(&self, ctx: &Context<Self>, lab: &Lab, frame: &Arc<Frame>) -> Html {
        let lang = self.place.lang;
        let ensemble = &frame.ensemble;
        let shown = match self.panel {
            Panel::Caption | Panel::Act | Panel::Events | Panel::Time => Panel::Script,
            panel => panel,
        };
        let panels = vec![
            Panel::Script,
            Panel::Disk,
            Panel::Tree,
            Panel::Ledger,
            Panel::Vault,
        ];
        html! {
            <main class="main">
                <div class="leftcol">
                    <div class="lab">
                        <h2>{ Word::Ensemble.get(lang) }</h2>
                        <span class="sub">{ words::about(lang, ensemble) }</span>
                        <Actions rows={frame.servers.clone()} cut={!frame.cuts.is_empty()} />
                    </div>
                    <Bench frame={Arc::clone(frame)} />
                    <TimeSlot rows={frame.servers.clone()} />
                    <Events lines={lab.events()} step={frame.step} />
                </div>
                <aside class="side">
                    { self.caption(lab, frame) }
                    <div class="pane">
                        <Tabs {panels} {shown} on_show={ctx.link().callback(|p| Msg::Show(PanelChoice(p)))} />
                        { panel(shown, lab, frame) }
                    </div>
                </aside>
            </main>
        }
    }

    /// The bench, and one panel at a time.
    fn narrow(&self, ctx: &Context<Self>, lab: &Lab, frame: &Arc<Frame>) -> Html {
        let panels = vec![
            Panel::Caption,
            Panel::Act,
            Panel::Events,
            Panel::Script,
            Panel::Time,
        ];
        let shown = if panels.contains(&self.panel) {
            self.panel
        } else {
            Panel::Caption
        };
        let inside = match shown {
            Panel::Caption => self.caption(lab, frame),
            shown => panel(shown, lab, frame),
        };
        html! {
            <main class="estage">
                <Bench frame={Arc::clone(frame)} />
                <section class="epanel">
                    <Tabs {panels} {shown} on_show={ctx.link().callback(|p| Msg::Show(PanelChoice(p)))} />
                    { inside }
                </section>
            </main>
        }
    }

    fn caption(&self, lab: &Lab, frame: &Frame) -> Html {
        html! {
            <CaptionPanel caption={frame.caption.clone()} step={frame.step} now_us={frame.now_us}
                playing={lab.transport().playing} />
        }
    }

    fn copy_link(&self) {
        let lab = self.lab.borrow();
        let link = place::link(lab.scenario().as_deref(), self.place.lang, lab.frame().step);
        let clipboard = gloo_utils::window().navigator().clipboard();
        // A frame may forbid it; the address is still what it was.
        let _ = clipboard.write_text(&link);
    }

    /// Space plays, arrows step; with Shift to notable steps. Keys typed into a field are the field's.
    fn key(&mut self, event: &KeyboardEvent) -> bool {
        if event.ctrl_key() || event.alt_key() || event.meta_key() || typing(event) {
            return false;
        }
        let transport = self.lab.borrow().transport();
        let notable = event.shift_key();
        let action = match event.key().as_str() {
            " " | "k" if transport.playing => Action::Pause,
            " " | "k" => Action::Play,
            "ArrowRight" if notable => Action::StepNotable(Direction::Forward),
            "ArrowLeft" if notable => Action::StepNotable(Direction::Back),
            "ArrowRight" | "." => Action::Step(1),
            "ArrowLeft" | "," => Action::Step(-1),
            "Home" => Action::Seek(0),
            "End" => Action::Seek(transport.total),
            "[" => Action::SetSpeed(transport.speed.toward(Direction::Back)),
            "]" => Action::SetSpeed(Speed::toward(transport.speed, Direction::Forward)),
            _ => return false,
        };
        event.prevent_default();
        self.act(action);
        true
    }
}

fn panel(panel: Panel, lab: &Lab, frame: &Frame) -> Html {
    match panel {
        Panel::Caption => Html::default(),
        Panel::Act => {
            html! { <Actions rows={frame.servers.clone()} cut={!frame.cuts.is_empty()} /> }
        }
        Panel::Events => html! { <Events lines={lab.events()} step={frame.step} /> },
        Panel::Script => {
            html! { <ScriptBox script={lab.script().to_string()} notice={lab.notice()} /> }
        }
        Panel::Time => html! { <Slot kind={SlotKind::Time} /> },
        Panel::Disk => html! { <Slot kind={SlotKind::Disk} /> },
        Panel::Tree => html! { <Slot kind={SlotKind::Tree} /> },
        Panel::Ledger => html! { <Slot kind={SlotKind::Ledger} /> },
        Panel::Vault => html! { <Slot kind={SlotKind::Vault} /> },
    }
}

/// The loop: time goes on, marks move, and Yew hears of it only when another step is shown.
fn clock(ctx: &Context<App>, lab: &Rc<RefCell<Lab>>, marks: &Rc<RefCell<Marks>>) -> Clock {
    let (lab, marks) = (Rc::clone(lab), Rc::clone(marks));
    let link = ctx.link().clone();
    Clock::new(move |passed_us| {
        let mut lab = lab.borrow_mut();
        let before = lab.version();
        let goes_on = lab.advance(passed_us);
        marks.borrow().place(|id| lab.progress(id));
        if lab.version() != before {
            link.send_message(Msg::Stepped);
        }
        goes_on
    })
}

impl Listeners {
    fn new(ctx: &Context<App>) -> Self {
        let key = ctx.link().callback(Msg::Key);
        let resized = ctx.link().callback(|()| Msg::Resized);
        let listeners = Self {
            key: Closure::new(move |event| key.emit(event)),
            resize: Closure::new(move || resized.emit(())),
        };
        // Both names are events of every browser; without them the page still works by mouse.
        let document = gloo_utils::document();
        let _ = document
            .add_event_listener_with_callback("keydown", listeners.key.as_ref().unchecked_ref());
        let window = gloo_utils::window();
        let _ = window
            .add_event_listener_with_callback("resize", listeners.resize.as_ref().unchecked_ref());
        listeners
    }

    fn release(&self) {
        let document = gloo_utils::document();
        let _ = document
            .remove_event_listener_with_callback("keydown", self.key.as_ref().unchecked_ref());
        let window = gloo_utils::window();
        let _ = window
            .remove_event_listener_with_callback("resize", self.resize.as_ref().unchecked_ref());
    }
}

/// Is the key meant for a field, or (Space, Enter) for the button it is pressed on?
fn typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) else {
        return false;
    };
    match target.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => event.key() != " ",
        "BUTTON" => matches!(event.key().as_str(), " " | "Enter"),
        _ => false,
    }
}

/// Writes one of the page's promises to tests and hosts.
fn promise(name: &str, value: &str) {
    let root = gloo_utils::document_element();
    if root.get_attribute(name).as_deref() != Some(value) {
        // The names are valid attribute names.
        let _ = root.set_attribute(name, value);
    }
}

fn window_size() -> (u32, u32) {
    let window = gloo_utils::window();
    let pixels = |value: Result<wasm_bindgen::JsValue, _>| {
        let number = value.ok().and_then(|v| v.as_f64()).unwrap_or(1_000.0);
        number as u32
    };
    (pixels(window.inner_width()), pixels(window.inner_height()))
}
