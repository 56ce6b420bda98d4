//! The page: one lab, one clock, one desk for all components.
//!
//! ```text
//!   click, key ──► Msg::Act ──► lab.dispatch, a slice of lab.work ──► render
//!   clock ──► lab.advance ──► Msg::Stepped ──► render, when a step was shown
//!         ──► a slice of lab.work, while a job is under way
//!   render ──► marks follow the lab (see `motion`)
//! ```

mod keyed;
mod leisure;
mod screen;
mod time;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Element, KeyboardEvent};
use yew::html::Scope;
use yew::prelude::*;
use zablab_core::lab::{Action, Lab, ServerId, Shared};
use zablab_core::view::{Frame, Lang, Target};

use self::leisure::Leisure;
use crate::bench::Definitions;
use crate::desk::{Desk, Layout, window_size};
use crate::hints::Hints;
use crate::inspect::ContextMenu;
use crate::intake::{self, Picked};
use crate::keep;
use crate::listen::Listeners;
use crate::motion::{Clock, Marks, Sight, is_still};
use crate::panels::{DiskChoice, Panel, Pull, TreeChoice, sentences};
use crate::place::{self, Complaint, Place, Ui};
use crate::progress;
use crate::share;
use crate::speaker::Speaker;
use crate::toast::veil;
use crate::top::Top;
use crate::transport::{Ask, ComparePanel};

/// From this height a window without room for the cockpit shows the events below the caption.
const TALL: u32 = 640;

/// What can happen to the page.
pub enum Msg {
    /// A wish for the lab.
    Act(Action),
    /// The clock has shown another step, or playback has ended.
    Stepped,
    /// Another server is selected.
    Select(ServerId),
    /// Something is to be looked at closely, or nothing any more.
    Inspect(Option<Target>),
    /// Another panel is shown.
    Show(PanelChoice),
    /// The page came into sight or went out of it.
    Seen,
    /// The other language.
    Lang,
    /// The other theme.
    Theme,
    /// The window has another size.
    Resized,
    /// A link to this moment is wanted.
    Link,
    /// Somebody asks where to go.
    Go,
    /// A key was pressed.
    Key(KeyboardEvent),
    /// The address names another moment.
    Moved,
    /// The page goes away, perhaps to come back.
    Leaves,
    /// What was wrong with the address has been read.
    Understood,
    /// Files are dragged over the page, or no longer.
    Dragged(bool),
    /// Files were dropped or picked.
    Take(Files),
    /// Some more of them was read.
    Brought,
}

/// A panel, chosen by the user.
pub struct PanelChoice(Panel);

/// Files that were dropped or picked.
pub struct Files(pub(crate) Rc<Picked>);

/// The whole page.
pub struct App {
    lab: Rc<RefCell<Lab>>,
    marks: Rc<RefCell<Marks>>,
    clock: Clock,
    leisure: Rc<Leisure>,
    /// Something else than a step is new since the last drawing.
    hurries: Cell<bool>,
    /// Somebody can see the page: out of sight it rests.
    seen: Rc<Cell<bool>>,
    sight: Option<Sight>,
    place: Place,
    layout: Layout,
    width: u32,
    height: u32,
    selected: ServerId,
    /// What is looked at closely.
    inspected: Option<Target>,
    panel: Panel,
    /// The panel that was shown before something was looked at closely.
    panel_before: Panel,
    /// What is chosen in the tree panel, kept while another one is shown.
    tree: Rc<RefCell<TreeChoice>>,
    /// What is chosen in the disk panel.
    disk: Rc<RefCell<DiskChoice>>,
    /// A lamp was red when the page was last drawn.
    red: bool,
    wishes: Wishes,
    /// What was wrong with the address.
    complaints: Vec<Complaint>,
    /// Files are dragged over the page.
    dragged: bool,
    /// A link was wanted that cannot carry the run.
    poor_link: bool,
    /// How often help was asked for by key.
    help: u32,
    /// How often somebody asked where to go.
    summons: u32,
    /// The edition of the lab that is kept.
    kept: u64,
    /// Where its disks are kept.
    kept_disks: Option<String>,
    root: NodeRef,
    listeners: Listeners,
}

/// The page's callbacks, made once: a component that gets the same ones is not drawn again.
struct Wishes {
    act: Callback<Action>,
    select: Callback<ServerId>,
    inspect: Callback<Option<Target>>,
    show: Callback<Panel>,
    lang: Callback<MouseEvent>,
    theme: Callback<MouseEvent>,
    link: Callback<MouseEvent>,
    understood: Callback<MouseEvent>,
    files: Callback<MouseEvent>,
    take: Callback<Rc<Picked>>,
    brought: Callback<()>,
}

impl Wishes {
    fn new(link: &Scope<App>) -> Self {
        Self {
            act: link.callback(Msg::Act),
            select: link.callback(Msg::Select),
            inspect: link.callback(Msg::Inspect),
            show: link.callback(|panel| Msg::Show(PanelChoice(panel))),
            lang: link.callback(|_| Msg::Lang),
            theme: link.callback(|_| Msg::Theme),
            link: link.callback(|_| Msg::Link),
            understood: link.callback(|_| Msg::Understood),
            files: link.callback(|_| Msg::Show(PanelChoice(Panel::Files))),
            take: link.callback(|picked| Msg::Take(Files(picked))),
            brought: link.callback(|()| Msg::Brought),
        }
    }
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let (place, complaints) = Place::read();
        place::show(place.lang, place.theme);
        let mut lab = Lab::open(place.scenario.as_deref());
        let carried = share::carried(place.scenario.clone());
        let kept = keep::read().filter(|_| carried.is_none());
        let comes_back = kept.is_some();
        // A run with disks comes back once they are there.
        let with_disks = kept.as_deref().and_then(keep::place_of_disks);
        match &kept {
            Some(kept) if with_disks.is_none() => lab.dispatch(Action::Restore(kept.clone())),
            _ => {}
        }
        let edition = lab.edition();
        let (width, height) = window_size();
        let lab = Rc::new(RefCell::new(lab));
        let marks = Rc::new(RefCell::new(Marks::default()));
        let seen = Rc::new(Cell::new(true));
        let leisure = Rc::new(Leisure::default());
        let mut app = Self {
            clock: time::clock(ctx, &lab, &marks, &seen, &leisure),
            leisure,
            hurries: Cell::new(true),
            seen,
            sight: None,
            listeners: Listeners::new(ctx.link()),
            kept: edition,
            kept_disks: None,
            layout: Layout::of(width, height, place.ui),
            lab,
            marks,
            width,
            height,
            selected: ServerId(1),
            inspected: None,
            panel: Panel::Caption,
            panel_before: Panel::Caption,
            tree: Rc::default(),
            disk: Rc::default(),
            red: false,
            wishes: Wishes::new(ctx.link()),
            complaints,
            dragged: false,
            poor_link: false,
            help: 0,
            summons: 0,
            root: NodeRef::default(),
            place,
        };
        if let Some(carried) = carried {
            app.follow(carried);
        } else if let Some(kept) = kept.filter(|_| with_disks.is_some()) {
            intake::bring_back(&app.lab, kept, app.wishes.brought.clone());
            app.kept_disks = with_disks;
        } else if comes_back {
            app.go_on();
        } else if let Some(at) = app.place.at.clone() {
            app.go_to(at);
        }
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        self.hurries
            .set(self.hurries.get() || !matches!(msg, Msg::Stepped));
        match msg {
            Msg::Act(action) => self.act(action),
            Msg::Seen => {
                self.look_up();
                return false;
            }
            Msg::Stepped => {
                self.keep_edits();
                self.show_red_lamp();
            }
            Msg::Select(server) => self.selected = server,
            Msg::Inspect(target) => self.inspect(target),
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
                self.layout = Layout::of(width, height, self.place.ui);
                (self.width, self.height) = (width, height);
            }
            Msg::Link if self.lab.borrow().has_disks() => self.poor_link = true,
            Msg::Link => self.copy_link(),
            Msg::Go => self.summons += 1,
            Msg::Key(event) => return self.key(ctx, &event),
            Msg::Moved => {
                self.complaints.clear();
                let scenario = self.lab.borrow().scenario();
                if let Some(carried) = share::carried(scenario) {
                    self.follow(carried);
                } else if let Some(at) = place::read_at() {
                    self.go_to(at);
                }
            }
            Msg::Leaves => {
                // A run that is only just coming back is still kept.
                if !self.lab.borrow().is_importing() {
                    keep::write(self.lab.borrow().saved().as_deref());
                }
                return false;
            }
            Msg::Understood => {
                self.complaints.clear();
                self.poor_link = false;
            }
            Msg::Dragged(dragged) => {
                return std::mem::replace(&mut self.dragged, dragged) != dragged;
            }
            Msg::Take(Files(picked)) => {
                self.dragged = false;
                self.panel = Panel::Files;
                if let Ok(picked) = Rc::try_unwrap(picked) {
                    intake::read(&self.lab, picked, self.wishes.brought.clone());
                }
            }
            Msg::Brought => self.go_on(),
        }
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let lab = self.lab.borrow();
        self.leisure.begin(!self.hurries.take() && lab.is_playing());
        let frame = lab.frame();
        let desk = Desk {
            lang: self.place.lang,
            layout: self.layout,
            ui: self.place.ui,
            width: self.width,
            still: is_still(),
            act: self.wishes.act.clone(),
            selected: self.selected,
            select: self.wishes.select.clone(),
            inspected: self.inspected.clone(),
            inspect: self.wishes.inspect.clone(),
        };
        let body = self.body(&desk, &lab, &frame);
        let (transport, ask) = (lab.transport(), Ask::new(&self.lab));
        let whole_page = match self.place.ui {
            Ui::Embed => place::link(
                lab.scenario().as_deref(),
                self.place.lang,
                &lab.anchor().to_string(),
            ),
            Ui::Full | Ui::Min => String::new(),
        };
        html! {
            <ContextProvider<Desk> context={desk}>
                <Definitions />
                <div class={classes!("app", self.layout.class())} ref={self.root.clone()}>
                    <Top on_files={self.wishes.files.clone()} lamps={frame.lamps.clone()} help={self.help} scenario={lab.scenario()} {whole_page}
                        on_lang={self.wishes.lang.clone()} on_theme={self.wishes.theme.clone()} />
                    { body }
                    { self.told(&lab) }
                    <Hints />
                    { self.leisure.pane("menu", || html! { <ContextMenu pull={Pull::new(&self.lab, &self.tree)} /> }) }
                    if self.dragged { { veil(self.place.lang) } }
                    if let Some(pair) = transport.compared { <ComparePanel ask={ask.clone()} {pair} /> }
                    <Speaker text={spoken(&lab, &frame, self.place.lang)} lang={self.place.lang} playing={lab.is_playing()} turning={lab.is_turning_point()} />
                    { self.leisure.pane("transport", || self.transport(transport, ask, &frame)) }
                </div>
            </ContextProvider<Desk>>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if let Some(root) = self.root.cast::<Element>() {
            self.marks.borrow_mut().collect(&root);
            if first {
                let change = ctx.link().callback(|()| Msg::Seen);
                self.sight = Some(Sight::of(&root, change));
            }
        }
        let lab = self.lab.borrow();
        let stands_ms = self.clock.stands_ms().filter(|_| self.seen.get());
        self.marks.borrow_mut().follow(&lab, stands_ms);
        let (frame, playing) = (lab.frame(), lab.is_playing());
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
        let opens = matches!(action, Action::Open(_) | Action::Load(_));
        self.complaints.clear();
        self.poor_link = false;
        self.clock.catch_up();
        self.lab.borrow_mut().dispatch(action);
        self.go_on();
        if opens && matches!(self.layout, Layout::Embed | Layout::Phone) {
            let fine = self.lab.borrow().notice().is_none();
            self.panel = if fine { Panel::Caption } else { Panel::Script };
        }
    }

    /// Looks at something closely: its panel comes forward, and goes back when nothing is any more.
    /// Where one panel shows at a time, it comes forward only when the same is asked for again.
    fn inspect(&mut self, target: Option<Target>) {
        if let Some(server) = target.as_ref().and_then(Target::server) {
            self.selected = server;
        }
        match (&target, self.panel) {
            (Some(_), Panel::Inspect) => {}
            (Some(_), _) if self.layout != Layout::Cockpit && self.inspected != target => {}
            (Some(_), before) => {
                self.panel_before = before;
                self.panel = Panel::Inspect;
            }
            (None, Panel::Inspect) => self.panel = self.panel_before,
            (None, _) => {}
        }
        self.inspected = target;
    }

    /// Begins what the lab has to do: a first slice now, the rest frame by frame.
    fn go_on(&mut self) {
        let working = progress::slice(&mut self.lab.borrow_mut());
        if working || self.lab.borrow().is_playing() {
            self.clock.start();
        } else {
            self.clock.rest();
        }
        self.keep_edits();
        self.show_red_lamp();
    }

    /// Keeps the run when it was edited, and writes the scenario into the address.
    fn keep_edits(&mut self) {
        let lab = self.lab.borrow();
        if lab.edition() == self.kept {
            return;
        }
        self.kept = lab.edition();
        place::note_scenario(lab.scenario().as_deref());
        let saved = lab.saved();
        keep::write(saved.as_deref());
        let disks = saved.as_deref().and_then(keep::place_of_disks);
        if disks.is_some() && disks != self.kept_disks {
            self.kept_disks = disks.clone();
            keep::write_disks(disks.unwrap_or_default(), lab.download_disks());
        }
    }

    /// Where there is one panel at a time, a lamp that turns red brings its own forward.
    fn show_red_lamp(&mut self) {
        let frame = self.lab.borrow().frame();
        let red = frame.lamps.iter().any(|lamp| lamp.holds == Some(false));
        if red && !self.red && self.panel != Panel::Script {
            self.panel = Panel::Caption;
        }
        self.red = red;
    }

    /// Shows a moment that the address names; the lab tells when there is none.
    fn go_to(&mut self, anchor: String) {
        self.clock.catch_up();
        self.lab.borrow_mut().dispatch(Action::Go(anchor));
        self.go_on();
    }

    fn copy_link(&mut self) {
        let link = share::link(&self.lab.borrow(), self.place.lang);
        self.complaints.clear();
        match link {
            Ok(link) => share::copy(&link),
            Err(length) => self.complaints.push(Complaint::TooLong(length)),
        }
    }

    /// Runs what the address carries.
    fn follow(&mut self, carried: Result<Shared, ()>) {
        match carried {
            Ok(shared) => self.act(Action::Follow(shared)),
            Err(()) => self.complaints.push(Complaint::Carried),
        }
    }
}

/// What is said at this moment: first the author of the scenario, then the engine.
fn spoken(lab: &Lab, frame: &Frame, lang: Lang) -> String {
    let told = lab.story().map(|story| story.caption.get(lang).to_owned());
    let said = sentences(&frame.caption, lang, 3);
    told.into_iter().chain([said]).collect::<Vec<_>>().join(" ")
}

/// Writes one of the page's promises to tests and hosts.
fn promise(name: &str, value: &str) {
    let root = gloo_utils::document_element();
    if root.get_attribute(name).as_deref() != Some(value) {
        // The names are valid attribute names.
        let _ = root.set_attribute(name, value);
    }
}
