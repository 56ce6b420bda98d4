//! Places that are kept for panels which do not exist yet. They say what will stand there, and nothing
//! else: no invented content.

use yew::prelude::*;
use zablab_core::view::Lang;

use crate::desk::use_desk;
use crate::words::Word;

/// A kept place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlotKind {
    Vault,
}

impl SlotKind {
    const fn id(self) -> &'static str {
        match self {
            Self::Vault => "vault",
        }
    }

    const fn word(self) -> Word {
        match self {
            Self::Vault => Word::Vault,
        }
    }

    const fn says(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Vault, Lang::En) => {
                "Kept for backups: what each one holds, and to which zxid it restores."
            }
            (Self::Vault, Lang::Zh) => "此处留给备份：每份备份包含什么，可还原到哪个 zxid。",
        }
    }
}

/// Properties of [`Slot`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) kind: SlotKind,
}

/// A kept place.
#[component]
pub(crate) fn Slot(props: &Props) -> Html {
    let desk = use_desk();
    html! {
        <section class="slot" aria-label={desk.word(props.kind.word())} data-kind="slot" data-id={props.kind.id()}>
            <p>{ props.kind.says(desk.lang) }</p>
        </section>
    }
}
