//! One backup: what is in it, how far it is, what it is worth, and what can be done with it.

use yew::prelude::*;
use zablab_core::view::Target;
use zablab_core::view::vault::{VaultBackup, VaultState, VerdictView};

use super::sign;
use super::vault_words::{self as words, Word};
use crate::desk::{Desk, use_desk};
use crate::inspect::FaultMenu;
use crate::panels::Pull;
use crate::panels::piece::{line, piece, span};
use crate::popover::Popover;

/// Properties of [`Item`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) pull: Pull,
    pub(super) backup: VaultBackup,
    pub(super) on_restore: Callback<String>,
}

/// The backup.
#[component]
pub(super) fn Item(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let backup = &props.backup;
    let name = backup.name.clone();
    let whole = backup.state == VaultState::Whole;
    let on_restore = {
        let name = name.clone();
        props.on_restore.reform(move |_: MouseEvent| name.clone())
    };
    let deeds = words::deeds_of(lang, &name);
    html! {
        <li class={classes!("vit", (!whole).then_some("part"))} data-kind="backup" data-id={name.clone()} data-state={state(&backup.state)}>
            <div class="vhead">
                { piece("b", "vb", name.clone().into()) }
                { span("vkind", words::kind(lang, backup)) }
                <button type="button" class="btn" onclick={on_restore} disabled={!whole} data-kind="restore" data-id={name.clone()}
                    aria-label={words::restore_of(lang, &name)}>{ Word::RestoreThis.get(lang) }</button>
                <Popover id={format!("deeds-{name}")} label={deeds} face={html! { "⋯" }} class="quiet i">
                    <FaultMenu pull={props.pull.clone()} target={Target::Backup(name.clone())} />
                </Popover>
            </div>
            { progress(&desk, backup) }
            { backup.verdict.as_ref().map(|verdict| badge(&desk, verdict)).unwrap_or_default() }
            { line("vfiles mono", words::files(&backup.files)) }
            { line("vmeta", words::sizes(lang, backup)) }
            { line("vmeta", words::extent(lang, backup)) }
        </li>
    }
}

const fn state(state: &VaultState) -> &'static str {
    match state {
        VaultState::Taking { .. } => "taking",
        VaultState::Stopped { .. } => "stopped",
        VaultState::Whole => "whole",
        VaultState::Broken(_) => "broken",
    }
}

/// A bar while it is copied; else why it is not whole.
fn progress(desk: &Desk, backup: &VaultBackup) -> Html {
    let lang = desk.lang;
    let bar = |done: u64, all: u64| {
        html! { <progress value={done.to_string()} max={all.max(1).to_string()} aria-label={words::copied(lang, done, all)} /> }
    };
    match &backup.state {
        VaultState::Whole => Html::default(),
        VaultState::Broken(why) => piece("p", "vbad", why.get(lang).into()),
        VaultState::Stopped { done, all, why } => html! {<>
            <p class="vprog">{ bar(*done, *all) }{ words::copied(lang, *done, *all) }</p>
            { piece("p", "vbad", why.get(lang).into()) }
        </>},
        VaultState::Taking {
            done,
            all,
            file,
            eta_us,
        } => html! {
            <p class="vprog">{ bar(*done, *all) }{ words::copied(lang, *done, *all) }{ words::copying(lang, file, *eta_us) }</p>
        },
    }
}

/// What the trial recovery said: a sign, and the words.
pub(super) fn badge(desk: &Desk, verdict: &VerdictView) -> Html {
    let good = verdict.range.is_some();
    html! {<>
        <p class={classes!("vworth", if good { "ok" } else { "no" })} data-kind="verdict" data-id={if good { "ok" } else { "no" }}>
            { sign(good) }
            { span("", verdict.words.get(desk.lang).to_owned()) }
        </p>
        { for verdict.warnings.iter().map(|warning| line("vmeta", warning.get(desk.lang).to_owned())) }
    </>}
}
