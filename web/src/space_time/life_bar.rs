//! The life of a write as a row of stations; pressing one goes there.

use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::space_time::{Life, Station, StationKind};

use super::space_time_words as words;
use crate::desk::Desk;

/// The row.
pub(super) fn life_bar(
    desk: &Desk,
    life: &Life,
    shown: u64,
    on_close: Callback<MouseEvent>,
) -> Html {
    let station = |station: &Station| {
        let class = match station.kind {
            StationKind::Asked | StationKind::Forwarded | StationKind::Told => "slate",
            StationKind::Proposed | StationKind::Written => "vol",
            StationKind::Forced => "dur",
            StationKind::Committed | StationKind::Applied => "com",
            StationKind::Cut => "loss",
            StationKind::Snapshot | StationKind::Backup => "copy",
        };
        let now = station.step + 1 == shown;
        html! {
            <li><button type="button" class={classes!("station", class)} aria-current={now.then_some("step")}
                onclick={desk.ask(Action::Seek(station.step + 1))} data-kind="station" data-id={station.step.to_string()}>
                <span class="n">{ station.step + 1 }</span>{ station.text.get(desk.lang) }
            </button></li>
        }
    };
    let name = words::life_of(desk.lang, life.zxid);
    html! {
        <div class="lifebar" role="group" aria-label={name.clone()}>
            <b>{ name }</b>
            <ol>{ for life.stations.iter().map(station) }</ol>
            <button type="button" class="btn quiet i" aria-label={words::close(desk.lang)} title={words::close(desk.lang)} onclick={on_close}
                data-kind="space-time" data-id="close-life">{ "✕" }</button>
        </div>
    }
}
