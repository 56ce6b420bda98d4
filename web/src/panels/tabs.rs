//! One panel at a time.

use yew::prelude::*;

use crate::desk::{Desk, Layout};
use crate::words::Word;

/// From this width the names stand in full.
const ROOMY: u32 = 1800;

/// A panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    Caption,
    Events,
    Script,
    Time,
    Disk,
    Tree,
    Ledger,
    Vault,
    Console,
    Files,
    Inspect,
}

impl Panel {
    /// Its name.
    pub(crate) const fn word(self) -> Word {
        match self {
            Self::Caption => Word::Caption,
            Self::Events => Word::Events,
            Self::Script => Word::Script,
            Self::Time => Word::Time,
            Self::Disk => Word::Disk,
            Self::Tree => Word::Tree,
            Self::Ledger => Word::Ledger,
            Self::Vault => Word::Vault,
            Self::Console => Word::Console,
            Self::Files => Word::Files,
            Self::Inspect => Word::Inspect,
        }
    }

    /// Its name where there is little room.
    const fn short(self) -> Word {
        match self {
            Self::Ledger => Word::LedgerShort,
            Self::Vault => Word::VaultShort,
            panel => panel.word(),
        }
    }

    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Caption => "caption",
            Self::Events => "events",
            Self::Script => "script",
            Self::Time => "time",
            Self::Disk => "disk",
            Self::Tree => "tree",
            Self::Ledger => "ledger",
            Self::Vault => "vault",
            Self::Console => "console",
            Self::Files => "files",
            Self::Inspect => "inspect",
        }
    }
}

/// The row of names.
pub(crate) fn tabs(desk: &Desk, panels: &[Panel], shown: Panel, on_show: &Callback<Panel>) -> Html {
    let roomy = desk.layout == Layout::Cockpit && desk.width >= ROOMY;
    html! {
        <div class="tabs" role="group" aria-label={desk.word(Word::Panel)}>
            { for panels.iter().map(|panel| {
                let panel = *panel;
                let word = if roomy { panel.word() } else { panel.short() };
                html! {
                    <button type="button" aria-pressed={(panel == shown).to_string()}
                        onclick={on_show.reform(move |_| panel)} data-kind="tab" data-id={panel.id()}>
                        { desk.word(word) }
                    </button>
                }
            }) }
        </div>
    }
}
