//! The vault panel: what is backed up, what can be restored from it, and the restore itself.
//!
//! ```text
//!   backups, newest first ──► one of them: deeds of the inspector, or Restore…
//!   Restore…              ──► way, drill on copies of the moment, a branch
//! ```

mod vault_words;
mod wizard;

use yew::prelude::*;
use zablab_core::lab::DrillView;
use zablab_core::view::frame::{BackupView, ServerRow};

use self::vault_words::Word;
use self::wizard::Wizard;
use super::piece::{line, piece, span};
use super::pull::Pull;
use crate::desk::{Desk, use_desk};

/// Properties of [`VaultPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: Pull,
    pub(crate) rows: Vec<ServerRow>,
    pub(crate) backups: Vec<BackupView>,
    pub(crate) drill: Option<DrillView>,
}

/// The panel.
#[component]
pub(crate) fn VaultPanel(props: &Props) -> Html {
    let desk = use_desk();
    let restoring = use_state(|| None::<String>);
    let there = |name: &&String| props.backups.iter().any(|b| b.name == **name);
    let shown = restoring.as_ref().filter(there);
    let on_restore = |name: String| {
        let restoring = restoring.clone();
        Callback::from(move |_: MouseEvent| restoring.set(Some(name.clone())))
    };
    let on_back = {
        let restoring = restoring.clone();
        Callback::from(move |_: MouseEvent| restoring.set(None))
    };
    html! {
        <section class="service vault" aria-label={desk.word(crate::words::Word::Vault)} data-kind="panel" data-id="vault">
            if let Some(name) = shown {
                <Wizard key={name.clone()} backup={name.clone()} rows={props.rows.clone()} drill={props.drill.clone()} {on_back} />
            } else if props.backups.is_empty() {
                { line("svgone", Word::Empty.get(desk.lang)) }
            } else {
                <ul class="svscroll">{ for props.backups.iter().rev().map(|backup| item(&desk, backup, on_restore(backup.name.clone()))) }</ul>
            }
        </section>
    }
}

fn item(desk: &Desk, backup: &BackupView, on_restore: Callback<MouseEvent>) -> Html {
    html! {
        <li key={backup.name.clone()} class="vit">
            { piece("b", "vb", backup.name.clone().into()) }
            { span("vm", backup.zxid.to_string()) }
            <button type="button" class="btn" onclick={on_restore} data-kind="restore" data-id={backup.name.clone()}>{ Word::RestoreThis.get(desk.lang) }</button>
        </li>
    }
}
