//! The disk of a server: its files, one of them part by part, a part field by field and byte by byte,
//! and what recovery would make of it now.
//!
//! ```text
//!   S1 [S2] S3                forceSync on      files    names, bars, durable and pending
//!   snapshot.0      ████   478      0           outlook  "If it lost power now: …"
//!   log.100000001   ████▒  530    110           parts    a row of cells, or a list
//!   If it lost power now: … → e1·6              record   fields, and their bytes below
//!   ‹ [4][5][6][7] ›
//!   554 zxid 00 00 00 01 … e1·7
//! ```
//!
//! It follows the newest record of the selected server until the user chooses another one; what is
//! inspected on the bench (an entry, a file) is chosen too. Nothing is drawn that the engine did not
//! say; long files are read on from frame to frame.

mod files;
mod hex;
mod parts;
mod pull;
mod record;
mod room;
mod words;

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;
use yew::prelude::*;
use zablab_core::lab::ServerId;
use zablab_core::view::Target;
use zablab_core::view::disk::{Choice, FileAsk, Outlook, OutlookView, Pick};
use zablab_core::view::frame::{ServerRow, Zx};

use self::files::files;
use self::parts::{cells, list, switch};
pub(crate) use self::pull::{DiskChoice, DiskPull};
use self::record::{RecordCard, caption};
use self::room::Room;
use self::words::say;
use super::piece::{line, piece, span};
use crate::desk::{Desk, use_desk};
use crate::motion::Size;

/// Raw bytes that are asked for at once, beyond what is shown: turning over needs no new view.
const BYTES: u64 = 4_096;

/// Properties of [`DiskPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: DiskPull,
    pub(crate) rows: Vec<ServerRow>,
    /// The transaction whose fate is open.
    pub(crate) lens: Option<Zx>,
}

/// The panel.
#[component]
pub(crate) fn DiskPanel(props: &Props) -> Html {
    let desk = use_desk();
    let pull = &props.pull;
    let choice = use_state(|| pull.choice());
    let choose = {
        let (choice, pull) = (choice.clone(), pull.clone());
        Callback::from(move |new: DiskChoice| {
            pull.keep(&new);
            choice.set(new);
        })
    };
    // What is looked at closely on the bench is opened here.
    {
        let (choice, choose) = ((*choice).clone(), choose.clone());
        use_effect_with(desk.inspected.clone(), move |target| {
            let shown = target.as_ref().and_then(pointed_at);
            if let Some(shown) = shown.filter(|_| *target != choice.inspected) {
                choose.emit(DiskChoice {
                    shown,
                    list: false,
                    first: None,
                    inspected: target.clone(),
                    ..choice
                });
            }
        });
    }
    let rows = &props.rows;
    let server = rows.iter().find(|row| row.id == desk.selected);
    let server = server.or(rows.first()).map_or(desk.selected, |row| row.id);
    let again = use_state(|| 0_u32);
    let outlook = use_memo((pull.clone(), server, *again), |(pull, server, _)| {
        pull.outlook(*server)
    });
    let disk = use_memo((pull.clone(), server), |(pull, server)| pull.disk(*server));
    // How tall it is depends on what stands above it.
    let (node, tall) = (use_node_ref(), use_state_eq(|| 0_u32));
    {
        let (node, tall) = (node.clone(), tall.clone());
        use_effect_with(disk.is_some(), move |_| {
            let pane = node.cast::<Element>();
            let size = pane.map(|pane| {
                let measured = {
                    let pane = pane.clone();
                    Callback::from(move |()| tall.set(pane.client_height().unsigned_abs()))
                };
                measured.emit(());
                Size::of(&pane, measured)
            });
            move || drop(size)
        });
    }
    let room = Room::of(&desk, *tall, lines(&desk, (*outlook).as_ref()));
    let ask = FileAsk {
        choice: choice.shown.clone(),
        first: choice.first,
        rows: if choice.list { room.list } else { room.cells },
        from: None,
        bytes: BYTES,
    };
    let file = use_memo(
        (pull.clone(), server, ask, *again),
        |(pull, server, ask, _)| pull.file(*server, ask),
    );
    let unfinished = file
        .as_ref()
        .as_ref()
        .is_some_and(|file| file.reading.is_some())
        || outlook
            .as_ref()
            .as_ref()
            .is_some_and(|view| view.reading.is_some());
    use_effect_with((unfinished, *again), move |(unfinished, _)| {
        if *unfinished {
            in_next_frame(move || again.set(*again + 1));
        }
    });
    let Some(view) = &*disk else {
        return Html::default();
    };
    let shown = (*file).as_ref();
    let name = shown.map(|file| file.name.as_str());
    let listed = files(&desk, view, name, room, &choice, &choose);
    html! {
        <section ref={node} class="diskpane" aria-label={desk.word(crate::words::Word::Disk)} data-kind="panel" data-id="disk">
            <div class="dtop">
                { servers(&desk, server, rows) }
                if room.files == 0 { { listed.clone() } }
                { state(&desk, view) }
            </div>
            <div class="dleft">
                if room.files > 0 { { listed } }
                if !room.low { { outlooks(&desk, (*outlook).as_ref()) } }
            </div>
            if let Some(shown) = shown {
                <div class="dright">
                    if choice.list {
                        <div class="drow">{ switch(&desk, room, &choice, &choose) }</div>
                        { list(&desk, shown, room, &choice, &choose) }
                    } else {
                        { cells(&desk, shown, &choice, &choose) }
                        <div class="drow">{ caption(desk.lang, shown) }{ switch(&desk, room, &choice, &choose) }</div>
                        <RecordCard file={Rc::clone(&file)} {server} {room} lens={props.lens} bytes={choice.bytes} />
                    }
                </div>
            } else {
                { line("svgone", say(desk.lang, words::NO_FILES)) }
            }
        </section>
    }
}

/// What of a disk a target names.
fn pointed_at(target: &Target) -> Option<Choice> {
    match target {
        Target::Entry(_, zxid) => Some(Choice {
            file: None,
            pick: Pick::Transaction(*zxid),
        }),
        Target::File(_, name) => Some(Choice {
            file: Some(name.clone()),
            pick: Pick::Newest,
        }),
        _ => None,
    }
}

/// A button for each server.
fn servers(desk: &Desk, server: ServerId, rows: &[ServerRow]) -> Html {
    let one = |row: &ServerRow| {
        let id = row.id;
        let down = (!row.power.has_memory()).then_some("down");
        html! {
            <button type="button" class={classes!(down)} aria-pressed={(id == server).to_string()}
                onclick={desk.select.reform(move |_| id)} data-kind="disk-server" data-id={id.to_string()}>{ id.to_string() }</button>
        }
    };
    html! {
        <div class="tabs" role="group" aria-label={say(desk.lang, words::SERVER)}>{ for rows.iter().map(one) }</div>
    }
}

/// What the disk itself is up to.
fn state(desk: &Desk, view: &zablab_core::view::disk::DiskView) -> Html {
    let word = if view.full {
        words::FULL
    } else if view.lying {
        words::LYING
    } else if view.force_sync {
        words::FORCE_SYNC_ON
    } else {
        words::FORCE_SYNC_OFF
    };
    let bad = view.full || view.lying || !view.force_sync;
    span(
        if bad { "dstate bad" } else { "dstate" },
        say(desk.lang, word),
    )
}

/// Lines that what recovery would do takes.
fn lines(desk: &Desk, view: Option<&OutlookView>) -> u32 {
    let width = if desk.width >= 1_800 { 428 } else { 364 };
    let all = view.map(|view| view.lines.as_slice()).unwrap_or_default();
    let lines = all
        .iter()
        .map(|one| words::lines(&words::line(desk.lang, one), width));
    lines.sum::<u32>().max(1)
}

/// What recovery would do now.
fn outlooks(desk: &Desk, view: Option<&OutlookView>) -> Html {
    let lang = desk.lang;
    let Some(view) = view else {
        return Html::default();
    };
    let inside = match view.reading {
        Some(reading) => line("dnote", words::reading(lang, reading)),
        None if view.later => line("dnote", say(lang, words::LATER)),
        None => view.lines.iter().map(|one| outlook(desk, one)).collect(),
    };
    html! {
        <div class="douts" role="group" aria-label={say(lang, words::OUTLOOK)} data-kind="outlook" data-id="now">{ inside }</div>
    }
}

fn outlook(desk: &Desk, outlook: &Outlook) -> Html {
    let lang = desk.lang;
    let refused = outlook.refusal.is_some();
    let lost = outlook.lost_range().map(|range| words::lost(lang, &range));
    let epochs = outlook.epochs.map(|epochs| words::epochs(lang, epochs));
    let id = format!("{:?}", outlook.cause);
    html! {
        <p class={classes!("dout", refused.then_some("bad"))} data-kind="outlook-line" data-id={id}>
            <b>{ words::cause(lang, outlook.cause) }</b>{ " " }{ outlook.story.get(lang) }{ " → " }
            { piece("b", "dend2", words::outcome(lang, outlook).into()) }
            if let Some(epochs) = epochs { { span("dep", epochs) } }
            if let Some(lost) = lost { { piece("em", "bad", lost.into()) } }
        </p>
    }
}

/// Does something once the browser has drawn.
fn in_next_frame(then: impl FnOnce() + 'static) {
    let then = Closure::once_into_js(then);
    // A window that draws no frames needs none.
    let _ = gloo_utils::window().request_animation_frame(then.unchecked_ref());
}
