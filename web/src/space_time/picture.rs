//! Drawing the window: what stands above, beside, in and behind the plot.

use std::rc::Rc;
use std::sync::Arc;

use yew::prelude::*;
use zablab_core::view::space_time::{Arrow, Column, Lane, TILE, Tile};

use super::axis::height;
use super::bands::bands;
use super::columns::TileColumns;
use super::focus::Focus;
use super::life_bar::life_bar;
use super::plot::{self, Part, TilePlot};
use super::view::{Msg, NAMES, SpaceTimeView};
use super::{marks, space_time_words as words};
use crate::desk::Layout;
use crate::icon::Icon;
use crate::lists::{keyed, list};
use crate::words::{Word, instant};

impl SpaceTimeView {
    pub(super) fn head(&self, ctx: &Context<Self>) -> Html {
        let (lang, link) = (self.desk.lang, ctx.link());
        let life = match self.focus.as_deref() {
            Some(Focus::Life(life)) => Some(life),
            _ => None,
        };
        let picked = matches!(self.focus.as_deref(), Some(Focus::Cone(_)));
        if let Some(life) = life {
            let inspects = self.desk.inspected.is_some();
            let inspect = self.desk.inspect.clone();
            let close = link.callback(move |_| {
                if inspects {
                    inspect.emit(None);
                }
                Msg::Life(None)
            });
            return life_bar(&self.desk, life, ctx.props().run.step, close);
        }
        let page = |id: &'static str,
                    drawing: Icon,
                    name: &'static str,
                    ahead: bool,
                    enabled: bool| {
            html! {
                <button type="button" class="btn quiet i" aria-label={name} title={name} disabled={!enabled}
                    onclick={link.callback(move |_| Msg::Page(ahead))} data-kind="space-time" data-id={id}>{ drawing.html() }</button>
            }
        };
        let offers = ctx.props().offers;
        html! {
            <div class="lab sthead">
                if self.desk.layout == Layout::Cockpit {
                    <h2>{ self.desk.word(Word::Time) }</h2>
                    <span class="sub">{ words::about(lang) }</span>
                    <span class="tkey" aria-hidden="true"><i class="k w"></i>{ words::written(lang) }<i class="k f"></i>{ words::forced(lang) }</span>
                }
                <span class="sttools">
                    if !self.sees_now() {
                        <button type="button" class="btn" onclick={link.callback(|_| Msg::ToNow)} data-kind="space-time" data-id="now">{ words::to_now(lang) }</button>
                    }
                    if let Some(zx) = offers {
                        <button type="button" class="btn quiet" onclick={link.callback(move |_| Msg::Life(Some(zx)))} data-kind="space-time" data-id="life">{ words::life_of(lang, zx) }</button>
                    }
                    <button type="button" class="btn quiet" aria-pressed={picked.to_string()} title={words::causes_long(lang)}
                        onclick={link.callback(|_| Msg::Causes)} data-kind="space-time" data-id="causes">{ words::causes(lang) }</button>
                    { page("earlier", Icon::Back, words::earlier(lang), false, self.offset > 0) }
                    { page("later", Icon::Forward, words::later(lang), true, self.offset < self.furthest()) }
                </span>
            </div>
        }
    }

    /// Names of the lines, beside the plot.
    pub(super) fn names(&self) -> Html {
        let down = self.axis.down;
        let crowded = self.breadth < self.lanes.len() as u64 * 25;
        let name = |lane: &Lane| {
            let others = lane.others.len();
            let name = if others > 0 {
                format!("{} +{others}", lane.name)
            } else {
                lane.name.clone()
            };
            let disk = lane.disk.filter(|_| !down && !crowded);
            let at = super::axis::percent(lane.at);
            let class = classes!("lid", lane.disk.is_none().then_some("lcl"));
            html! {<>
                if down {
                    <text {class} x={at} y="50%">{ name }</text>
                } else {
                    <text {class} x="0" y={at}>{ name }</text>
                }
                if let Some(disk) = disk {
                    <text class="dsk" x="0" y={super::axis::percent(disk)}>{ words::disk(self.desk.lang) }</text>
                }
            </>}
        };
        html! {
            <svg class="stnames" aria-hidden="true" width="100%" height="100%">{ for self.lanes.iter().map(name) }</svg>
        }
    }

    /// As long as the picture: what the scroll bar measures.
    pub(super) fn space(&self) -> Html {
        let names = if self.axis.down { NAMES.1 } else { NAMES.0 };
        let long = (self.whole() / self.scale() + names).to_string();
        let (width, height) = if self.axis.down {
            ("1".to_owned(), long)
        } else {
            (long, "1".to_owned())
        };
        html! { <svg class="stspace" {width} {height} aria-hidden="true" /> }
    }

    fn slab_length(&self) -> u64 {
        self.axis.px((self.drawn.1 - self.drawn.0) * TILE * 2)
    }

    /// Width and height of a drawing on the slab.
    fn sizes(&self) -> (String, String) {
        let (long, full) = (self.slab_length().to_string(), "100%".to_owned());
        if self.axis.down {
            (full, long)
        } else {
            (long, full)
        }
    }

    pub(super) fn band(&self) -> Html {
        let (axis, lang) = (self.axis, self.desk.lang);
        let (width, height) = self.sizes();
        let tiles = self
            .picture
            .tiles
            .iter()
            .map(|tile| bands(tile, axis, lang));
        let at = axis.along(self.picture.now.at);
        let time = format!("{} s", instant(self.picture.now.us));
        let wide = time.len() * 7 + 8;
        // It keeps to the past, so that what comes next can be read.
        let (left, middle) = (format!("-{}", wide - 6), format!("-{}", wide / 2 - 6));
        let badge = html! {
            <g transform={axis.down.then_some("rotate(90)")}>
                <rect class="nowb" x={left} y="-9" width={wide.to_string()} height="18" rx="3" />
                <text class="nowt" x={middle} y=".5">{ time }</text>
            </g>
        };
        html! {
            <svg class="stband" {width} {height} aria-hidden="true">{ list(tiles) }{ axis.at((at, 50_000), badge) }</svg>
        }
    }

    pub(super) fn plot(&self) -> Html {
        let (axis, picture) = (self.axis, &self.picture);
        let (width, height) = self.sizes();
        let columns = || picture.tiles.iter().flat_map(|tile| &tile.columns);
        let (first, last) = (columns().next(), columns().next_back());
        let number = |column: Option<&_>| column.map_or(0, |c: &Column| c.step + 1);
        let name = words::picture(self.desk.lang, number(first), number(last));
        let now = picture.now.at;
        let here = picture.tiles.iter().find_map(|tile| {
            let column = tile.columns.iter().find(|column| column.at == now)?;
            Some((tile, column))
        });
        let along = axis.along(now);
        let ends = axis.along(picture.cells * 2);
        html! {
            <svg class="st" {width} {height} role="img" aria-label={name}>
                { list(self.lanes.iter().filter(|lane| lane.disk.is_none()).map(|lane| self.client(lane, ends))) }
                { list(picture.tiles.iter().flat_map(|tile| self.tile(tile))) }
                { self.open() }
                if ends > along {
                    { axis.across(classes!("wash"), along, ends) }
                    { axis.across(classes!("veil"), along, ends) }
                }
                { axis.line(classes!("nowl"), (along, 0), (along, 100_000)) }
                { keyed(self.flying().map(|arrow| (arrow.id, self.riding(arrow)))) }
                { here.map(|(tile, column)| plot::event_on_top(&self.props(tile, Part::Events, None), column)).unwrap_or_default() }
                { self.parting() }
            </svg>
        }
    }

    fn client(&self, lane: &Lane, ends: i64) -> Html {
        let from = self.axis.along(0).max(0);
        let class = classes!("lane", "cl");
        self.axis.line(class, (from, lane.at), (ends, lane.at))
    }

    fn props(&self, tile: &Arc<Tile>, part: Part, now: Option<u64>) -> plot::Props {
        plot::Props {
            tile: Arc::clone(tile),
            part,
            lanes: Rc::clone(&self.lanes),
            axis: self.axis,
            lang: self.desk.lang,
            now,
            focus: self.focus.clone(),
        }
    }

    fn tile(&self, tile: &Arc<Tile>) -> [Html; 3] {
        let now = self.picture.now.at;
        let flies = tile.arrows.iter().any(|arrow| arrow.crosses(now));
        let parts = [
            (Part::Ground, None),
            (Part::Messages, flies.then_some(now)),
            (Part::Events, None),
        ];
        parts.map(|(part, now)| {
            let props = self.props(tile, part, now);
            html! { <TilePlot key={tile.index * 3 + part as u64} ..props /> }
        })
    }

    fn open(&self) -> Html {
        match self.picture.tiles.last() {
            Some(tile) => {
                let props = self.props(tile, Part::Messages, Some(self.picture.now.at));
                plot::open_arrows(&props, &self.picture.open)
            }
            None => Html::default(),
        }
    }

    /// Messages on the wire at the moment shown.
    fn flying(&self) -> impl Iterator<Item = &Arrow> {
        let now = self.picture.now.at;
        let ended = self.picture.tiles.iter().flat_map(|tile| &tile.arrows);
        let all = ended.chain(&self.picture.open);
        all.filter(move |arrow| arrow.crosses(now))
    }

    /// The mark of a message on the wire, at the cursor.
    fn riding(&self, arrow: &Arrow) -> Html {
        let (from, to) = (
            height(&self.lanes, arrow.from),
            height(&self.lanes, arrow.to),
        );
        let here = plot::at_now(self.axis, arrow, (from, to), self.picture.now.at);
        let dim = self.focus.as_ref().filter(|focus| !focus.has_arrow(arrow));
        let class = classes!(dim.map(|_| "dim"));
        self.axis.stamp(here, marks::glyph(arrow.glyph), class)
    }

    /// Where two branches part.
    fn parting(&self) -> Html {
        let Some(at) = self.picture.parts_at else {
            return Html::default();
        };
        let along = self.axis.along(at);
        let text = words::parts(self.desk.lang);
        html! {<>
            { self.axis.line(classes!("parts"), (along, 0), (along, 100_000)) }
            { self.axis.at((along, 3_500), html! { <text class="evl" x="6" y=".5">{ text }</text> }) }
        </>}
    }

    pub(super) fn columns(&self, ctx: &Context<Self>) -> Html {
        let now = self.picture.now.step;
        let tiles = &self.picture.tiles;
        let has = |tile: &Tile, step: Option<u64>| {
            step.filter(|step| tile.columns.iter().any(|c| c.step == *step))
        };
        let first = || Some(tiles.iter().flat_map(|tile| &tile.columns).next()?.step);
        let here = tiles.iter().any(|tile| has(tile, now).is_some());
        let stop = if here { now } else { first() };
        let picked = match self.focus.as_deref() {
            Some(Focus::Cone(cone)) => Some(cone.of),
            _ => None,
        };
        let shown = ctx.props().run.step;
        let exact = now.filter(|step| step + 1 == shown);
        let on_press = ctx.link().callback(Msg::Press);
        let one = |tile: &Arc<Tile>| {
            html! {
                <TileColumns key={tile.index} tile={Arc::clone(tile)} axis={self.axis} lang={self.desk.lang}
                    now={has(tile, exact)} stop={has(tile, stop)} picked={has(tile, picked)} on_press={on_press.clone()} />
            }
        };
        tiles.iter().map(one).collect()
    }
}
