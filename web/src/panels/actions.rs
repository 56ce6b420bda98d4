//! What can be done to the selected server.

use yew::prelude::*;
use zablab_core::lab::{Action, Command, CrashKind, Transport};
use zablab_core::view::Target;
use zablab_core::view::frame::{Power, ServerRow};

use crate::desk::{Desk, use_desk};
use crate::icon::Icon;
use crate::inspect::{FaultMenu, InspectWord};
use crate::panels::Pull;
use crate::popover::Popover;
use crate::transport::edits;
use crate::words::Word;

/// Properties of [`Actions`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// For the list of faults.
    pub(crate) pull: Pull,
    pub(crate) rows: Vec<ServerRow>,
    /// Some link is cut.
    pub(crate) cut: bool,
    /// For undo and redo, where the bar below has no room for them.
    #[prop_or_default]
    pub(crate) transport: Option<Transport>,
}

/// The buttons.
#[component]
pub(crate) fn Actions(props: &Props) -> Html {
    let desk = use_desk();
    let Some(row) = props.rows.iter().find(|row| row.id == desk.selected) else {
        return Html::default();
    };
    let id = row.id;
    let up = row.power == Power::Up;
    let down = !row.power.has_memory();
    let crash = |kind| Action::Perform(Command::Crash { server: id, kind });
    html! {
        <div class="acts" role="group" aria-label={id.to_string()}>
            <span class="who">{ id.to_string() }</span>
            if down {
                { act(&desk, Icon::Restart, Word::Restart, "restart", Action::Perform(Command::Restart(id)), true) }
            } else {
                { act(&desk, Icon::Power, Word::PowerLoss, "crash-power", crash(CrashKind::Power), true) }
                { act(&desk, Icon::Skull, Word::Kill, "crash-process", crash(CrashKind::Process), true) }
            }
            if row.power == Power::Paused {
                { act(&desk, Icon::Thaw, Word::Resume, "resume", Action::Perform(Command::Resume(id)), true) }
            } else {
                { act(&desk, Icon::Freeze, Word::Pause, "pause", Action::Perform(Command::Pause(id)), up) }
            }
            { act(&desk, Icon::Isolate, Word::Isolate, "isolate", Action::Isolate(id), true) }
            { act(&desk, Icon::Write, Word::Write, "write", Action::Write(id), true) }
            <Popover id="faults" label={InspectWord::Faults.get(desk.lang)} face={html! { <span aria-hidden="true">{ InspectWord::Faults.get(desk.lang) }{ " ▾" }</span> }}>
                <FaultMenu pull={props.pull.clone()} target={Target::Server(id)} />
            </Popover>
            <span class="bar2" />
            { act(&desk, Icon::Heal, Word::Heal, "heal", Action::Perform(Command::Heal(None)), props.cut) }
            if let Some(transport) = &props.transport { <span class="pair">{ edits(&desk, transport) }</span> }
        </div>
    }
}

fn act(
    desk: &Desk,
    icon: Icon,
    word: Word,
    id: &'static str,
    action: Action,
    enabled: bool,
) -> Html {
    html! {
        <button type="button" class="btn" onclick={desk.ask(action)} disabled={!enabled} data-kind="action" data-id={id}>
            { icon.html() }<span>{ desk.word(word) }</span>
        </button>
    }
}
