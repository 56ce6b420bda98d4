//! Long work, in slices that leave a frame its time, and the line that shows how far it is.

use yew::prelude::*;
use zablab_core::lab::{Action, Lab, Work, WorkKind};

use crate::desk::use_desk;
use crate::words::{self, Word};

/// Milliseconds of a frame that work may take; the rest is for drawing.
const SLICE_MS: f64 = 6.0;
/// Steps between two looks at the clock.
const STEPS: u64 = 64;

/// Goes on with the job under way for one slice. True while there is more to do.
pub(crate) fn slice(lab: &mut Lab) -> bool {
    let now_ms = || {
        let performance = gloo_utils::window().performance();
        performance.map_or(f64::MAX, |performance| performance.now())
    };
    let start_ms = now_ms();
    while lab.work(STEPS) {
        if now_ms() - start_ms >= SLICE_MS {
            return true;
        }
    }
    false
}

/// Properties of [`Progress`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) work: Work,
}

/// The line. The run below it stays usable.
#[component]
pub(crate) fn Progress(props: &Props) -> Html {
    let desk = use_desk();
    let Work {
        line, lines, kind, ..
    } = props.work;
    let said = words::work(desk.lang, props.work);
    html! {
        <div class="toast" role="status" data-kind="progress" data-id="work">
            if kind == WorkKind::Search {
                <progress aria-label={desk.word(Word::Working)} />
            } else {
                <progress aria-label={desk.word(Word::Working)} value={line.to_string()} max={lines.max(1).to_string()} />
            }
            <span>{ said }</span>
            <button type="button" class="btn" onclick={desk.ask(Action::Stop)} data-kind="progress" data-id="stop">
                { desk.word(Word::GiveUp) }
            </button>
        </div>
    }
}
