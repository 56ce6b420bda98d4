//! The view: which part of the picture the window shows, and how it is moved.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};
use yew::context::ContextHandle;
use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::Target;
use zablab_core::view::frame::Zx;
use zablab_core::view::space_time::{Lane, SpaceTime, TILE, lanes};

use super::axis::Axis;
use super::focus::Focus;
use super::{Run, space_time_words as words};
use crate::desk::{Desk, Layout};
use crate::motion::{Shift, Size};
use crate::words::Word;

/// Pixels of the names of the lines.
pub(super) const NAMES: (u64, u64) = (46, 28);
/// Pixels above and below the plot.
const AROUND: u64 = 42;
/// Lines that are closer than this have no disks beside them.
const APART: u64 = 17;
/// A browser scrolls no further than this: longer pictures move several pixels at a time.
const SCROLL_MAX: u64 = 8_000_000;
/// Pixels by which the scroll bar may lag behind.
const LAG: u64 = 12;
/// Where the moment shown is kept, in hundredths of the window: not before, not behind.
const EASY: (u64, u64) = (12, 80);

/// Properties of [`SpaceTimeView`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What is drawn.
    pub(crate) run: Run,
    /// The transaction whose life is offered.
    #[prop_or_default]
    pub(crate) offers: Option<Zx>,
}

/// What can happen to it.
pub(crate) enum Msg {
    /// The desk has changed.
    Desk(Desk),
    /// The box was scrolled.
    Scrolled,
    /// Another slice of what is missing.
    Again,
    /// The box has another size.
    Measured,
    /// A column was pressed.
    Press(u64),
    /// A key was pressed on the columns.
    Key(KeyboardEvent),
    /// Shows the present again.
    ToNow,
    /// Goes by most of a window, back or ahead.
    Page(bool),
    /// Picks causes and effects out, or no longer.
    Causes,
    /// Shows the life of a write, or no longer.
    Life(Option<Zx>),
}

/// A step or a transaction that is picked out, and of which run.
type Picked = (Option<u64>, Option<Zx>, (u64, usize, u64));

/// The space-time view.
pub(crate) struct SpaceTimeView {
    pub(super) desk: Desk,
    _desk: ContextHandle<Desk>,
    scroll: NodeRef,
    pub(super) slab: NodeRef,
    /// Where the slab is.
    shift: Shift,
    /// Where the scroll bar was put.
    bar: Cell<i32>,
    /// Tells when the window has another size.
    size: Option<Size>,
    pub(super) axis: Axis,
    /// Pixels of the window along the time axis.
    length: u64,
    /// Pixels across it.
    pub(super) breadth: u64,
    /// Pixels before the window.
    pub(super) offset: u64,
    /// The tiles that are drawn.
    pub(super) drawn: (u64, u64),
    /// The reader looks elsewhere while the run plays.
    held: bool,
    pub(super) picture: SpaceTime,
    pub(super) lanes: Rc<Vec<Lane>>,
    causes: bool,
    life: Option<Zx>,
    pub(super) focus: Option<Rc<Focus>>,
    /// What it was made from.
    picked: Option<Picked>,
    /// The keyboard has moved the moment: its button gets the focus.
    refocus: bool,
}

impl Component for SpaceTimeView {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let hear = ctx.link().callback(Msg::Desk);
        let (desk, handle) = ctx
            .link()
            .context::<Desk>(hear)
            .expect("App provides the desk to every component");
        let axis = Axis::of(&desk);
        let mut view = Self {
            axis,
            desk,
            _desk: handle,
            scroll: NodeRef::default(),
            slab: NodeRef::default(),
            shift: Shift::default(),
            bar: Cell::new(0),
            size: None,
            length: 640,
            breadth: 200,
            offset: 0,
            drawn: (0, 0),
            held: false,
            picture: SpaceTime::default(),
            lanes: Rc::default(),
            causes: false,
            life: None,
            focus: None,
            picked: None,
            refocus: false,
        };
        view.look(&ctx.props().run, true);
        view
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let run = &ctx.props().run;
        let moved = run.step != old.run.step || *run != old.run;
        self.held &= run.playing;
        self.look(run, moved && !self.held);
        self.pick_out(run);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let run = &ctx.props().run;
        match msg {
            Msg::Desk(desk) => {
                self.desk = desk;
                let axis = Axis::of(&self.desk);
                let turned = (axis.down, axis.pitch) != (self.axis.down, self.axis.pitch);
                if turned {
                    // The window is measured again where time goes another way.
                    self.axis = axis;
                    self.size = None;
                    self.look(run, true);
                }
                self.pick_out(run);
            }
            Msg::Scrolled => return self.scrolled(run),
            Msg::Again => self.pull(run),
            Msg::Measured => {
                let size = self.measure();
                let Some(size) = size.filter(|size| *size != (self.length, self.breadth)) else {
                    return false;
                };
                (self.length, self.breadth) = size;
                // In another window the browser may have moved the bar.
                self.bar.set(-1);
                self.look(run, !self.held);
            }
            Msg::Press(step) => self.press(step, run),
            Msg::Key(event) => return self.key(&event),
            Msg::ToNow => {
                self.held = false;
                self.look(run, true);
            }
            Msg::Page(ahead) => {
                self.held = run.playing;
                let by = self.length * 4 / 5;
                let to = if ahead {
                    self.offset + by
                } else {
                    self.offset.saturating_sub(by)
                };
                self.offset = to.min(self.furthest());
                self.pull(run);
            }
            Msg::Causes => {
                self.causes = !self.causes;
                self.life = None;
                if matches!(self.desk.inspected, Some(Target::Step(_))) {
                    self.causes = false;
                    self.desk.inspect.emit(None);
                }
                self.pick_out(run);
            }
            Msg::Life(zx) => {
                self.life = zx;
                self.pick_out(run);
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let lang = self.desk.lang;
        html! {
            <section class={classes!("time", self.axis.down.then_some("down"), self.axis.class())} aria-label={self.desk.word(Word::Time)}
                data-kind="panel" data-id="time">
                { self.head(ctx) }
                <div class="stscroll" ref={self.scroll.clone()} onscroll={ctx.link().callback(|_| Msg::Scrolled)}>
                    <div class="stlong">
                        <div class="stport">
                            { self.names() }
                            <div class="stclip">
                                <div class="slab" ref={self.slab.clone()}>
                                    { self.band() }
                                    { self.plot() }
                                    <div class="stcols" role="group" aria-label={words::columns(lang)} onkeydown={ctx.link().callback(Msg::Key)}>
                                        { self.columns(ctx) }
                                    </div>
                                </div>
                            </div>
                        </div>
                        { self.space() }
                    </div>
                </div>
            </section>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if self.size.is_none() {
            self.watch(ctx);
        }
        self.place(ctx.props().run.playing);
        if !self.picture.complete {
            let link = ctx.link().clone();
            let again = wasm_bindgen::closure::Closure::once_into_js(move || {
                link.send_message(Msg::Again);
            });
            // The next frame comes, or the page is gone.
            let _ = gloo_utils::window().request_animation_frame(again.unchecked_ref());
        }
        if std::mem::take(&mut self.refocus) {
            self.focus_now();
        }
    }
}

// --- the window ---

impl SpaceTimeView {
    /// Pixels of the whole picture, with room behind its end.
    pub(super) fn whole(&self) -> u64 {
        self.axis.px(self.picture.cells * 2) + self.length / 4
    }

    pub(super) fn furthest(&self) -> u64 {
        self.whole().saturating_sub(self.length)
    }

    /// Pixels of the picture for one pixel of the scroll bar.
    pub(super) fn scale(&self) -> u64 {
        self.whole() / SCROLL_MAX + 1
    }

    /// Pulls what is shown now; `follow` brings the moment shown into the window first.
    fn look(&mut self, run: &Run, follow: bool) {
        if follow {
            let bare = run.window(0..0);
            self.picture.cells = bare.cells;
            self.follow(bare.now.at);
        }
        self.offset = self.offset.min(self.furthest());
        self.pull(run);
    }

    fn follow(&mut self, now: u64) {
        let (now, length) = (self.axis.px(now), self.length);
        let (low, high) = (length * EASY.0 / 100, length * EASY.1 / 100);
        let near = now + length > self.offset && now < self.offset + 2 * length;
        if now > self.offset + high {
            let at = if near { high } else { length * 2 / 3 };
            self.offset = now.saturating_sub(at);
        } else if now < self.offset + low {
            let at = if near { low } else { length * 2 / 3 };
            self.offset = now.saturating_sub(at);
        }
    }

    /// The tiles that the window needs, and one more on each side.
    fn needed(&self) -> (u64, u64) {
        let tile = self.axis.px(TILE * 2);
        let first = (self.offset / tile).saturating_sub(1);
        (first, (self.offset + self.length) / tile + 2)
    }

    fn pull(&mut self, run: &Run) {
        self.drawn = self.needed();
        let (first, end) = self.drawn;
        self.axis.start = first * TILE * 2;
        self.picture = run.window(first * TILE..end * TILE);
        let all = self.picture.lanes.len() as u64;
        let lanes = if self.breadth < all * APART {
            lanes::compact(&self.picture.lanes)
        } else {
            self.picture.lanes.clone()
        };
        if *self.lanes != lanes {
            self.lanes = Rc::new(lanes);
        }
    }

    fn scrolled(&mut self, run: &Run) -> bool {
        let Some(scroll) = self.scroll.cast::<Element>() else {
            return false;
        };
        let at = if self.axis.down {
            scroll.scroll_top()
        } else {
            scroll.scroll_left()
        };
        let at = u64::try_from(at).unwrap_or(0);
        if at.abs_diff(self.offset / self.scale()) <= 1 {
            return false;
        }
        let before = self.sees_now();
        self.offset = at * self.scale();
        self.bar.set(i32::try_from(at).unwrap_or(i32::MAX));
        self.held = run.playing;
        let (first, end) = self.needed();
        let tile = self.axis.px(TILE * 2);
        let inside =
            self.offset >= self.drawn.0 * tile && self.offset + self.length <= self.drawn.1 * tile;
        if !inside || first.abs_diff(self.drawn.0) > 1 || end.abs_diff(self.drawn.1) > 1 {
            self.pull(run);
            return true;
        }
        self.place(run.playing);
        before != self.sees_now()
    }

    pub(super) fn sees_now(&self) -> bool {
        let now = self.axis.px(self.picture.now.at);
        (self.offset..=self.offset + self.length).contains(&now)
    }

    /// Measures the window now, and whenever it has another size.
    fn watch(&mut self, ctx: &Context<Self>) {
        if let Some(scroll) = self.scroll.cast::<Element>() {
            let measured = ctx.link().callback(|()| Msg::Measured);
            self.size = Some(Size::of(&scroll, measured));
            ctx.link().send_message(Msg::Measured);
        }
    }

    /// Pixels of the window along the time axis, and of the plot across it.
    fn measure(&self) -> Option<(u64, u64)> {
        let scroll = self.scroll.cast::<Element>()?;
        let wide = u64::try_from(scroll.client_width()).ok()?;
        let high = u64::try_from(scroll.client_height()).ok()?;
        let (along, across, names) = if self.axis.down {
            (high, wide, NAMES.1)
        } else {
            (wide, high, NAMES.0)
        };
        let length = along.saturating_sub(names);
        (length > 0).then(|| (length, across.saturating_sub(AROUND)))
    }

    /// Puts the slab and the scroll bar where they belong. While the run plays, the bar lags
    /// behind by a few pixels: whoever moves it has the browser lay the page out.
    fn place(&self, playing: bool) {
        let (Some(slab), Some(scroll)) =
            (self.slab.cast::<Element>(), self.scroll.cast::<Element>())
        else {
            return;
        };
        let along = self.axis.px(self.axis.start) as i64 - self.offset as i64;
        let way = if self.axis.down { 'Y' } else { 'X' };
        self.shift.put(&slab, &format!("translate{way}({along}px)"));
        let bar = i32::try_from(self.offset / self.scale()).unwrap_or(i32::MAX);
        let lags = u64::from(bar.abs_diff(self.bar.get())) * self.scale() * self.length;
        if bar == self.bar.get() || playing && lags < LAG * self.whole() {
            return;
        }
        self.bar.set(bar);
        if self.axis.down {
            scroll.set_scroll_top(bar);
        } else {
            scroll.set_scroll_left(bar);
        }
    }
}

// --- wishes ---

impl SpaceTimeView {
    /// Goes to an event; from the event that is shown, picks its causes and effects out.
    fn press(&mut self, step: u64, run: &Run) {
        self.refocus = true;
        if step + 1 != run.step {
            self.desk.act.emit(Action::Seek(step + 1));
            return;
        }
        let picked = self.desk.inspected == Some(Target::Step(step)) || self.causes;
        if self.desk.layout == Layout::Cockpit {
            self.causes = false;
            let target = (!picked).then_some(Target::Step(step));
            self.desk.inspect.emit(target);
        } else {
            self.causes = !picked;
        }
        self.life = None;
        self.pick_out(run);
    }

    fn key(&mut self, event: &KeyboardEvent) -> bool {
        if event.shift_key() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return false;
        }
        let ahead = match (event.key().as_str(), self.axis.down) {
            ("ArrowRight", false) | ("ArrowDown", true) => true,
            ("ArrowLeft", false) | ("ArrowUp", true) => false,
            _ => return false,
        };
        event.prevent_default();
        event.stop_propagation();
        let now = self.picture.now.at;
        let columns = || self.picture.tiles.iter().flat_map(|tile| &tile.columns);
        let found = if ahead {
            columns().find(|column| column.at > now)
        } else {
            columns().rfind(|column| column.at < now)
        };
        let action = match (found, ahead) {
            (Some(column), _) => Action::Seek(column.step + 1),
            (None, true) => Action::Step(1),
            (None, false) => Action::Step(-1),
        };
        self.refocus = true;
        self.desk.act.emit(action);
        false
    }

    fn focus_now(&self) {
        let slab = self.slab.cast::<Element>();
        let found = slab.and_then(|slab| slab.query_selector("button[tabindex=\"0\"]").ok()?);
        if let Some(button) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            // A button that is gone needs no focus.
            let _ = button.focus_with_options(&options);
        }
    }

    /// Works out what is picked out of the picture.
    fn pick_out(&mut self, run: &Run) {
        let life = match &self.desk.inspected {
            Some(Target::Transaction(zx) | Target::Entry(_, zx)) => Some(*zx),
            _ => self.life,
        };
        let step = match &self.desk.inspected {
            Some(Target::Step(step)) => Some(*step),
            _ if self.causes => self.picture.now.step,
            _ => None,
        };
        let picked = (step, life, run.age());
        if self.picked == Some(picked) {
            return;
        }
        self.picked = Some(picked);
        let focus = match (step, life) {
            (Some(step), _) => run.cone(step).map(Focus::Cone),
            (None, Some(zx)) => run.life(zx).map(Focus::Life),
            (None, None) => None,
        };
        if self.focus.as_deref() != focus.as_ref() {
            self.focus = focus.map(Rc::new);
        }
    }
}
