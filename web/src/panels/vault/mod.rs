//! The vault panel: what is backed up, what it is worth, what a disaster would cost, and the restore.
//!
//! ```text
//!   rule, room, link                          Back up ▾    deeds of the vault
//!   ruler     ┃b1▓▓▓▓▓▓▓▓┃b2▓▓▓▓▓▓┃╌╌╌ gap ╌╌╌┃now
//!   backups   name, kind, files ──► verdict, progress      deeds of one, or Restore…
//!   Restore…  way ──► drill on copies of the moment ──► a branch
//! ```
//! All of it is the lab's: a panel that is closed asks for nothing.

mod item;
mod ruler;
mod vault_words;
mod wizard;

use yew::prelude::*;
use zablab_core::lab::DrillView;
use zablab_core::view::Target;
use zablab_core::view::frame::{ServerRow, Zx};
use zablab_core::view::vault::{VaultState, VaultView};

use self::item::Item;
use self::ruler::ruler;
use self::vault_words::{self as words, Word};
use self::wizard::Wizard;
use super::piece::{focus_on, line, piece, span};
use super::pull::Pull;
use crate::desk::{Desk, use_desk};
use crate::inspect::FaultMenu;
use crate::popover::Popover;

/// Properties of [`VaultPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: Pull,
    pub(crate) rows: Vec<ServerRow>,
    pub(crate) drill: Option<DrillView>,
}

/// The panel.
#[component]
pub(crate) fn VaultPanel(props: &Props) -> Html {
    let desk = use_desk();
    let view = use_memo(props.pull.clone(), Pull::vault);
    let restoring = use_state(|| None::<String>);
    let left = use_state(|| None::<String>);
    let named = |name: &String| view.backups.iter().find(|b| b.name == *name);
    let chosen = restoring.as_ref().and_then(named);
    let on_restore = {
        let restoring = restoring.clone();
        let left = left.clone();
        Callback::from(move |name: String| {
            left.set(None);
            restoring.set(Some(name));
        })
    };
    let on_back = {
        let (restoring, left) = (restoring.clone(), left.clone());
        Callback::from(move |_: MouseEvent| {
            left.set(restoring.as_ref().cloned());
            restoring.set(None);
        })
    };
    // Whoever comes back is where it began.
    use_effect_with(left, |left| {
        if let Some(name) = left.as_ref() {
            focus_on(&format!("[data-kind=restore][data-id='{name}']"));
        }
    });
    let whole = view.backups.iter().filter(|b| b.state == VaultState::Whole);
    let whole: Vec<(String, Zx)> = whole.map(|b| (b.name.clone(), b.to)).collect();
    let newest_first = view.backups.iter().rev();
    html! {
        <section class="service vault" aria-label={desk.word(crate::words::Word::Vault)} data-kind="panel" data-id="vault">
            if let Some(backup) = chosen {
                <Wizard key={backup.name.clone()} pull={props.pull.clone()} backup={backup.name.clone()} to={backup.to} verdict={backup.verdict.clone()} {whole} rows={props.rows.clone()} drill={props.drill.clone()} {on_back} />
            } else {
                { head(&desk, props, &view) }
                <div class="svscroll">
                    { ruler(desk.lang, &view) }
                    { facts(&desk, &view) }
                    if view.backups.is_empty() { { line("svgone", Word::Empty.get(desk.lang)) } }
                    <ul class="vits">{ for newest_first.map(|backup| html! {
                        <Item key={backup.name.clone()} pull={props.pull.clone()} backup={backup.clone()} on_restore={on_restore.clone()} />
                    }) }</ul>
                </div>
            }
        </section>
    }
}

/// How much there is, and the way to more.
fn head(desk: &Desk, props: &Props, view: &VaultView) -> Html {
    let name = Word::BackUp.get(desk.lang);
    html! {
        <div class="svbar">
            { span("vsum", words::total(desk.lang, view)) }
            if view.cut { { piece("b", "vbad", Word::LinkCut.get(desk.lang).into()) } }
            <Popover id="back-up" label={name} face={html! { <>{ name }{ " ▾" }</> }}>
                <FaultMenu pull={props.pull.clone()} target={Target::Vault} />
            </Popover>
        </div>
    }
}

/// The rule, what is shipped, what is restored, and what a disaster would cost or did.
fn facts(desk: &Desk, view: &VaultView) -> Html {
    let lang = desk.lang;
    let policy = view.policy.as_ref();
    let fact = |class: &'static str, name: &str, text: String| {
        html! { <div class={class} data-kind="vault-fact" data-id={name.to_owned()}><dt>{ words::fact(lang, name) }</dt><dd>{ text }</dd></div> }
    };
    html! {
        <dl class="vfacts">
            { for policy.map(|policy| fact("", "policy", words::policy(lang, policy))) }
            { for view.ships.iter().map(|ship| fact("", "ship", words::ship(lang, ship))) }
            { for view.restoring.iter().map(|restoring| fact("vcopy", "restoring", words::restoring(lang, restoring))) }
            { for view.toll.iter().map(|toll| fact(if toll.undeclared > 0 { "vgap" } else { "" }, "toll", toll.words.get(lang).to_owned())) }
            { for view.gap.iter().map(|gap| fact("vgap", "gap", words::gap(lang, *gap))) }
            { for view.recoveries.iter().map(|recovery| fact("", "recovery", words::recovery(lang, recovery))) }
        </dl>
    }
}

/// A ring with a tick; else a triangle.
fn sign(good: bool) -> Html {
    let (out, inside) = match good {
        true => (
            "M12.500 7A5.500 5.500 0 1 1 1.500 7A5.500 5.500 0 1 1 12.500 7Z",
            "M4.500 7.200 6.300 9 9.600 5.300",
        ),
        false => ("M7 1.500 13 12.500H1Z", "M7 5.500V9M7 10.500V11.300"),
    };
    html! {
        <svg class="tsign" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><path class="out" d={out} /><path class="in" d={inside} /></svg>
    }
}
