//! The columns as buttons: one goes to the moment of its event.
//!
//! For the keyboard they are one stop: arrows go from column to column. The button of the moment shown
//! is the stop; a second press on it picks its causes and effects out.

use std::sync::Arc;

use yew::prelude::*;
use zablab_core::view::Lang;
use zablab_core::view::space_time::{Column, TILE, Tile};

use super::axis::Axis;
use super::space_time_words as words;
use crate::words::instant;

/// Properties of [`TileColumns`].
#[derive(Clone, Properties)]
pub(super) struct Props {
    pub(super) tile: Arc<Tile>,
    pub(super) axis: Axis,
    pub(super) lang: Lang,
    /// The step of the moment shown, if it is here.
    pub(super) now: Option<u64>,
    /// The step that the keyboard stops at, if it is here.
    pub(super) stop: Option<u64>,
    /// The step that is picked out, if it is here.
    pub(super) picked: Option<u64>,
    pub(super) on_press: Callback<u64>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let key = |props: &Self| {
            let (pitch, down) = (props.axis.pitch, props.axis.down);
            (pitch, down, props.lang, props.now, props.stop, props.picked)
        };
        Arc::ptr_eq(&self.tile, &other.tile) && key(self) == key(other)
    }
}

/// The buttons of a tile.
#[component]
pub(super) fn TileColumns(props: &Props) -> Html {
    let first = props.tile.index * TILE;
    let cell = |cell: u64| {
        let at = cell * 2 + 1;
        if let Some(column) = props.tile.columns.iter().find(|c| c.at == at) {
            return button(props, column);
        }
        let fold = props.tile.folds.iter().find(|f| f.at == at);
        html! {
            <span key={cell} class={classes!("stc", fold.is_some().then_some("gap"))} title={fold.map(|fold| words::fold(props.lang, fold))}>
                { fold.map(|fold| fold.lasts.clone()).unwrap_or_default() }
            </span>
        }
    };
    html! { <div class="sttile">{ for (first..first + TILE).map(cell) }</div> }
}

fn button(props: &Props, column: &Column) -> Html {
    let number = column.step + 1;
    let text = column.text.get(props.lang);
    let name = format!("{number} · {} s: {text}", instant(column.at_us));
    let is = |step: Option<u64>| step == Some(column.step);
    let tight = number >= 10_000 && props.axis.pitch < 40 && column.at & 2 != 0;
    let step = column.step;
    html! {
        <button key={column.at / 2} type="button" class={classes!("stc", tight.then_some("tight"), is(props.now).then_some("now"))}
            tabindex={if is(props.stop) { "0" } else { "-1" }} aria-label={name.clone()} title={name}
            aria-current={is(props.now).then_some("step")} aria-pressed={is(props.picked).then_some("true")}
            data-kind="column" data-id={step.to_string()} onclick={props.on_press.reform(move |_| step)}>
            { number }
        </button>
    }
}
