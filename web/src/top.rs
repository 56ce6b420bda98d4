//! The bar at the top: name, scenario, invariants, language and theme.

use yew::prelude::*;
use zablab_core::view::frame::Lamp;

use crate::desk::{Layout, use_desk};
use crate::gallery::Gallery;
use crate::help::Help;
use crate::icon::Icon;
use crate::lamps::Lamps;
use crate::place::Ui;
use crate::words::Word;

/// Properties of [`Top`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) lamps: Vec<Lamp>,
    /// The scenario that is shown; none for a script of one's own.
    pub(crate) scenario: Option<String>,
    /// The address of the page outside of its frame.
    pub(crate) whole_page: String,
    /// Help opens whenever this becomes another number than 0.
    pub(crate) help: u32,
    pub(crate) on_files: Callback<MouseEvent>,
    pub(crate) on_lang: Callback<MouseEvent>,
    pub(crate) on_theme: Callback<MouseEvent>,
}

/// The bar.
#[component]
pub(crate) fn Top(props: &Props) -> Html {
    let desk = use_desk();
    let roomy = desk.layout == Layout::Cockpit;
    let embedded = desk.ui == Ui::Embed;
    html! {
        <header class="top">
            if roomy {
                <span class="brand">{ logo() }<span>{ "ZabLab" }</span></span>
            }
            <Gallery scenario={props.scenario.clone()} />
            <Lamps lamps={props.lamps.clone()} />
            <div class="tools">
                if roomy {
                    <button type="button" class="tool i" onclick={props.on_files.clone()} title={desk.word(Word::OpenDisks)}
                        data-kind="tool" data-id="files">{ Icon::Disks.html() }<span class="sr">{ desk.word(Word::OpenDisks) }</span></button>
                }
                <button type="button" class="tool" onclick={props.on_lang.clone()} lang={desk.lang.other().tag()}
                    data-kind="tool" data-id="lang">{ desk.word(Word::OtherLanguage) }</button>
                <button type="button" class="tool i" onclick={props.on_theme.clone()} title={desk.word(Word::Theme)}
                    data-kind="tool" data-id="theme">{ Icon::Theme.html() }<span class="sr">{ desk.word(Word::Theme) }</span></button>
                if embedded {
                    <a class="tool" href={props.whole_page.clone()} target="_blank" rel="noopener" title={desk.word(Word::OpenPageLong)}
                        data-kind="tool" data-id="open">{ Icon::Open.html() }{ desk.word(Word::OpenPage) }</a>
                }
                if roomy {
                    <button type="button" class="tool i" onclick={|_: MouseEvent| toggle_full_screen()} title={desk.word(Word::FullScreen)}
                        data-kind="tool" data-id="fullscreen">{ Icon::FullScreen.html() }<span class="sr">{ desk.word(Word::FullScreen) }</span></button>
                }
                if desk.ui != Ui::Min { <Help summons={props.help} /> }
            </div>
        </header>
    }
}

/// Takes the whole screen, or gives it back.
pub(crate) fn toggle_full_screen() {
    let document = gloo_utils::document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else {
        // Refused in some frames; then nothing happens.
        let _ = gloo_utils::document_element().request_fullscreen();
    }
}

fn logo() -> Html {
    html! {
        <svg class="logo" width="22" height="22" viewBox="-11 -11 22 22" aria-hidden="true">
            <path class="l1" d="M-9-6H5M-9 0H9M-9 6H1" />
            <rect class="l2" x="3" y="-9" width="6" height="6" rx="1" />
            <rect class="l3" x="1" y="3" width="6" height="6" rx="1" />
        </svg>
    }
}
