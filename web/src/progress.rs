//! Long work, in slices that leave a frame its time, and the line that shows how far it is.

use yew::prelude::*;
use zablab_core::lab::{Lab, Work, WorkKind};
use zablab_core::view::Lang;

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

/// The line. The run below it stays usable.
pub(crate) fn progress(lang: Lang, work: Work, on_stop: Callback<MouseEvent>) -> Html {
    let Work {
        line, lines, kind, ..
    } = work;
    let label = Word::Working.get(lang);
    html! {
        <div class="toast" role="status" data-kind="progress" data-id="work">
            if kind == WorkKind::Search {
                <progress aria-label={label} />
            } else {
                <progress aria-label={label} value={line.to_string()} max={lines.max(1).to_string()} />
            }
            <span>{ words::work(lang, work) }</span>
            <button type="button" class="btn" onclick={on_stop} data-kind="progress" data-id="stop">
                { Word::GiveUp.get(lang) }
            </button>
        </div>
    }
}
