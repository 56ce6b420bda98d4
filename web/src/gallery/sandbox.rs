//! An ensemble of one's own: how many servers, under which rules. It writes the first lines of a script.

use yew::prelude::*;
use zablab_core::lab::{Action, Badge, sandbox};

use super::gallery_words::{Word, badge};
use crate::desk::use_desk;
use crate::picker::Picker;

/// Numbers of voters that can be chosen.
const VOTERS: [u8; 5] = [1, 3, 5, 7, 9];
/// Those that are scenarios by themselves, and so need no script in a link.
const BUILT_IN: [u8; 3] = [3, 5, 7];
const OBSERVERS: [u8; 3] = [0, 1, 2];
/// Releases as they were shipped.
const RELEASES: [&str; 2] = ["3.9.4", "3.8.0"];

/// Properties of [`Sandbox`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// A sandbox is opened.
    pub(super) on_done: Callback<()>,
}

/// The form.
#[component]
pub(super) fn Sandbox(props: &Props) -> Html {
    let desk = use_desk();
    let lang = desk.lang;
    let voters = use_state(|| 3_u8);
    let observers = use_state(|| 0_u8);
    let rules = use_state(String::new);
    let script = sandbox(*voters, *observers, &rules);
    let plain = *observers == 0 && rules.is_empty() && BUILT_IN.contains(&voters);
    let action = match plain {
        true => Action::Open(format!("sandbox-{}", *voters)),
        false => Action::Load(script.clone()),
    };
    let onclick = {
        let (act, on_done) = (desk.act.clone(), props.on_done.clone());
        Callback::from(move |_: MouseEvent| {
            on_done.emit(());
            act.emit(action.clone());
        })
    };
    let number = |state: &UseStateHandle<u8>| {
        let state = state.clone();
        Callback::from(move |value: String| state.set(value.parse().unwrap_or(3)))
    };
    let on_rules = {
        let rules = rules.clone();
        Callback::from(move |value: String| rules.set(value))
    };
    let rule = |release: &str| badge(lang, &Badge::Shipped(release.to_owned()));
    let mut of_rules = vec![(String::new(), Word::Corrected.get(lang).to_owned())];
    of_rules.extend(RELEASES.map(|release| (release.to_owned(), rule(release))));
    let field = |word: Word, kind: &'static str, options, value: String, on_pick| {
        html! {
            <div class="sfield"><span aria-hidden="true">{ word.get(lang) }</span>
                <Picker label={word.get(lang)} class="boxed" {kind} {options} {value} {on_pick} />
            </div>
        }
    };
    html! {
        <section class="theme sandbox">
            <h3>{ Word::Sandbox.get(lang) }</h3>
            <p>{ Word::SandboxLine.get(lang) }</p>
            { field(Word::Voters, "voters", numbers(&VOTERS), voters.to_string(), number(&voters)) }
            { field(Word::Observers, "observers", numbers(&OBSERVERS), observers.to_string(), number(&observers)) }
            { field(Word::Rules, "rules", of_rules, rules.to_string(), on_rules) }
            <pre class="zab" tabindex="0" role="region" aria-label={Word::Script.get(lang)}>{ script }</pre>
            <button type="button" class="btn primary" {onclick} data-kind="gallery" data-id="sandbox">{ Word::Start.get(lang) }</button>
            <p class="chal"><b>{ Word::Challenge.get(lang) }</b>{ " " }{ Word::ChallengeLine.get(lang) }</p>
        </section>
    }
}

fn numbers(of: &[u8]) -> Vec<(String, String)> {
    let of = of.iter().map(|n| n.to_string());
    of.map(|n| (n.clone(), n)).collect()
}
