//! The ZabLab page.
//!
//! A library, so that tests can import the components; `main.rs` only mounts [`App`]. The page holds no
//! state of the run: wishes go to `zablab_core::lab`, frames come back, and everything drawn is a frame.
//!
//! ```text
//! app        the page: lab, clock, keys          bench      one row per server
//! desk       language, layout, wishes            panels     caption, events, disk, script, tree, console
//! motion     the clock, marks that move             transport  play, step, slider, branches
//! place      address and memory                  words      the page's own words, en and zh-CN
//! keep       the run over a reload               progress   long work, slice by slice
//! listen     keys, window, address, drops         keys       which key does what
//! popover    a button and the box that it opens
//! speaker    what a screen reader hears
//! gallery    every scenario on a sheet            help, hints  what the page explains of itself
//! sheet      a dialog over the page            projector  the page 1.4 times as large
//! intake     files that come in           outlet     files that go out
//! space_time lines, events and messages of the run
//! inspect    what is looked at closely, menus      share      links that carry a run
//! lists      items that stay when others come
//! ```

mod app;
mod bench;
mod desk;
mod gallery;
mod help;
mod hints;
mod icon;
mod inspect;
mod intake;
mod keep;
mod keys;
mod lamps;
mod listen;
mod lists;
mod motion;
mod outlet;
mod panels;
mod picker;
mod place;
mod popover;
mod progress;
mod projector;
mod share;
mod sheet;
mod space_time;
mod speaker;
mod toast;
mod top;
mod transport;
mod words;

pub use app::App;

/// Mounts [`App`] on the document's body, or a frame with the page for a projector.
pub fn run() {
    if projector::is_wanted() && projector::show().is_some() {
        return;
    }
    yew::Renderer::<App>::new().render();
}
