//! The six invariants as lamps. Shape says it, colour repeats it.

use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::Target;
use zablab_core::view::frame::Lamp;

use crate::desk::{Desk, Layout, use_desk};
use crate::words::Word;

/// Properties of [`Lamps`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) lamps: Vec<Lamp>,
}

/// The lamps, each a button. On a phone the whole ones share a place.
#[component]
pub(crate) fn Lamps(props: &Props) -> Html {
    let desk = use_desk();
    let together = desk.layout == Layout::Phone;
    let all_hold = props.lamps.iter().all(|lamp| lamp.holds != Some(false));
    let shown = props
        .lamps
        .iter()
        .filter(|lamp| !together || lamp.holds == Some(false));
    html! {
        <ul class="lamps" aria-label={desk.word(Word::Invariants)}>
            if together && all_hold && !props.lamps.is_empty() {
                <li class="lamp ok">{ sign(Some(true)) }<span>{ "I1–I6" }</span></li>
            }
            { for shown.map(|lamp| one(&desk, lamp)) }
        </ul>
    }
}

fn one(desk: &Desk, lamp: &Lamp) -> Html {
    let (class, verdict) = match lamp.holds {
        Some(true) => ("ok", Word::Holds),
        Some(false) => ("bad", Word::Broken),
        None => ("un", Word::NotApplicable),
    };
    let said = format!("{}: {}", lamp.meaning.get(desk.lang), desk.word(verdict));
    let title = format!("{} · {}, {said}", lamp.id, lamp.property);
    let inside =
        html! {<>{ sign(lamp.holds) }<span>{ &lamp.id }</span><span class="sr">{ said }</span></>};
    let witness = lamp
        .broken
        .as_ref()
        .and_then(|broken| broken.witness.last());
    let onclick = look(desk, lamp, witness.copied());
    html! {
        <li class={classes!("lamp", class)} {title} data-kind="lamp" data-id={lamp.id.clone()} data-state={class}>
            <button type="button" {onclick}>{ inside }</button>
        </li>
    }
}

/// Looks at it closely; a broken one also leads to the step that shows it.
fn look(desk: &Desk, lamp: &Lamp, witness: Option<u64>) -> Callback<MouseEvent> {
    let (act, inspect) = (desk.act.clone(), desk.inspect.clone());
    let target = Target::Lamp(lamp.id.clone());
    Callback::from(move |_| {
        if let Some(step) = witness {
            act.emit(Action::Seek(step + 1));
        }
        inspect.emit(Some(target.clone()));
    })
}

fn sign(holds: Option<bool>) -> Html {
    match holds {
        Some(true) => html! {
            <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
                <circle class="lm ok" r="5.2" /><path class="lk" d="M-2.6 0-.6 2.2 2.8-2" />
            </svg>
        },
        Some(false) => html! {
            <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
                <path class="lm bad" d="M0-7.5 7.5 6H-7.5Z" /><path class="lx" d="M0-2.8V1.8M0 3.6V4.6" />
            </svg>
        },
        None => html! {
            <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true"><circle class="lm un" r="5.2" /></svg>
        },
    }
}
