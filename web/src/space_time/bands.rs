//! Above the plot: who leads in which epoch, or what the servers are about while nobody does.

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::frame::Phase;
use zablab_core::view::space_time::{Band, Tile};

use super::axis::Axis;
use super::space_time_words as words;

/// The bands of a tile.
pub(super) fn bands(tile: &Tile, axis: Axis, lang: Lang) -> Html {
    let last = tile.bands.len().saturating_sub(1);
    let one = |(at, band): (usize, &Band)| {
        let (from, to) = (axis.along(band.from), axis.along(band.to));
        let room = u64::try_from(to - from).unwrap_or(0);
        let class = if band.era.phase == Phase::Broadcast {
            "era"
        } else {
            "era none"
        };
        let middle = 50_000;
        let text = words::era(lang, band.era);
        let width = width(&text) + 10;
        let begins = at > 0 || tile.index == 0;
        html! {<>
            { axis.line(classes!(class), (from, middle), (to, middle)) }
            if begins { { axis.at((from, middle), tick(axis)) } }
            if width + 8 <= room || at == last && width <= room {
                { axis.at((from + 8, middle), label(axis, text, width)) }
            }
        </>}
    };
    html! { <g>{ for tile.bands.iter().enumerate().map(one) }</g> }
}

fn tick(axis: Axis) -> Html {
    let d = if axis.down { "M-6 0H6" } else { "M0-6V6" };
    html! { <path class="eratick" {d} /> }
}

fn label(axis: Axis, text: String, width: u64) -> Html {
    let turn = axis.down.then_some("rotate(90)");
    html! {
        <g transform={turn}>
            <rect class="brkbg" x="-3" y="-9" width={width.to_string()} height="18" />
            <text class="brkl" x="2" y=".5">{ text }</text>
        </g>
    }
}

/// About how wide a label is, in pixels.
fn width(text: &str) -> u64 {
    let halves = text.chars().map(|c| if c.is_ascii() { 13 } else { 26 });
    halves.sum::<u64>() / 2
}
