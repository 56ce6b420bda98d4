//! The panel of what is looked at closely.

use yew::prelude::*;
use zablab_core::lab::Action;
use zablab_core::view::Target;
use zablab_core::view::inspect::{Inspection, PastStep, Reason, Row};

use super::deeds::Deeds;
use super::words::{self, Word};
use crate::desk::{Desk, use_desk};
use crate::icon::Icon;
use crate::panels::Pull;
use crate::words::instant;

/// Properties of [`InspectPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: Pull,
    /// Steps shown.
    pub(crate) step: u64,
}

/// The panel.
#[component]
pub(crate) fn InspectPanel(props: &Props) -> Html {
    let desk = use_desk();
    let asked = (props.pull.clone(), desk.inspected.clone());
    let found = use_memo(asked, |(pull, target)| {
        target.as_ref().and_then(|target| pull.explain(target))
    });
    let inside = match (&desk.inspected, &*found) {
        (None, _) => html! { <p class="svgone">{ Word::Nothing.get(desk.lang) }</p> },
        (Some(target), None) => html! {<>
            { close(&desk) }
            <p class="svgone" data-kind="inspected" data-id={kind(target)}>{ Word::Gone.get(desk.lang) }</p>
        </>},
        (Some(target), Some(found)) => shown(&desk, target, found, props.step),
    };
    html! {
        <section class="inspect" aria-label={desk.word(crate::words::Word::Inspect)}
            data-kind="panel" data-id="inspect">
            { inside }
        </section>
    }
}

fn shown(desk: &Desk, target: &Target, found: &Inspection, step: u64) -> Html {
    let lang = desk.lang;
    html! {<>
        <header class="ihead" data-kind="inspected" data-id={kind(target)}>
            <div>
                <h2>{ found.title.get(lang) }</h2>
                <p>{ found.about.get(lang) }</p>
            </div>
            <span class="itools">
                { go(desk, Icon::PreviousNotable, Word::Earlier, "earlier", earlier(&found.history, step)) }
                { go(desk, Icon::NextNotable, Word::Later, "later", later(found, step)) }
                { close(desk) }
            </span>
        </header>
        <div class="iscroll"><div class="icols">
            { section(Word::Why.get(lang), html! { <ul class="iwhy">{ for found.why.iter().map(|r| reason(desk, r)) }</ul> }) }
            { section(Word::State.get(lang), html! { <dl class="irows">{ for found.rows.iter().map(|r| row(desk, r)) }</dl> }) }
            if !found.offers.is_empty() {
                { section(Word::Actions.get(lang), html! { <Deeds offers={found.offers.clone()} /> }) }
            }
            { section(Word::History.get(lang), history(desk, found, step)) }
            if !found.near.is_empty() {
                { section(Word::Near.get(lang), near(desk, found)) }
            }
        </div></div>
    </>}
}

fn section(name: &str, inside: Html) -> Html {
    html! { <section class="ipart"><h3>{ name }</h3>{ inside }</section> }
}

fn row(desk: &Desk, row: &Row) -> Html {
    let class = row.bad.then_some("bad");
    html! {<>
        <dt>{ row.name.get(desk.lang) }</dt>
        <dd {class} title={row.hex.clone()}>
            if row.bad { <i aria-hidden="true">{ "!" }</i> }
            { row.value.get(desk.lang) }
            if let Some(hex) = &row.hex { <span class="sr">{ hex }</span> }
        </dd>
    </>}
}

fn reason(desk: &Desk, reason: &Reason) -> Html {
    let paper = reason.source.paper.map(|paper| paper.text());
    let text = reason.text.get(desk.lang);
    html! {
        <li>
            if let Some(step) = reason.step {
                <button type="button" class="past" onclick={desk.ask(Action::Seek(step + 1))} data-kind="reason" data-id={step.to_string()}>
                    <b>{ "#" }{ step + 1 }</b><span>{ text }</span>
                </button>
            } else {
                <p>{ text }</p>
            }
            <small><code>{ reason.source.code }</code>
                if let Some(paper) = paper { { " · " }{ paper.get(desk.lang) } }
            </small>
        </li>
    }
}

fn history(desk: &Desk, found: &Inspection, step: u64) -> Html {
    if found.history.is_empty() {
        return html! { <p class="shint">{ Word::NoHistory.get(desk.lang) }</p> };
    }
    let line = |past: &PastStep| {
        let now = past.step + 1 == step;
        html! {
            <li key={past.step} class={now.then_some("now")}>
                <button type="button" class="past" onclick={desk.ask(Action::Seek(past.step + 1))} aria-current={now.then_some("step")}
                    data-kind="past" data-id={past.step.to_string()}>
                    <b>{ "#" }{ past.step + 1 }</b><i>{ instant(past.at_us) }</i><span>{ past.text.get(desk.lang) }</span>
                </button>
            </li>
        }
    };
    html! {<>
        <ol class="ihist">{ for found.history.iter().map(line) }</ol>
        if found.searched_from > 0 { <p class="shint">{ words::searched(desk.lang, found.searched_from) }</p> }
    </>}
}

fn near(desk: &Desk, found: &Inspection) -> Html {
    let one = |near: &zablab_core::view::inspect::Near| {
        let target = Some(near.target.clone());
        let onclick = desk.inspect.reform(move |_: MouseEvent| target.clone());
        html! {
            <button type="button" class="btn chip" {onclick} data-kind="near" data-id={kind(&near.target)}>{ near.name.get(desk.lang) }</button>
        }
    };
    html! { <p class="inear">{ for found.near.iter().map(one) }</p> }
}

fn close(desk: &Desk) -> Html {
    let name = Word::Close.get(desk.lang);
    let onclick = desk.inspect.reform(|_: MouseEvent| None);
    html! {
        <button type="button" class="btn quiet i" {onclick} title={name} data-kind="inspect" data-id="close">
            { Icon::Close.at(14) }<span class="sr">{ name }</span>
        </button>
    }
}

fn go(desk: &Desk, icon: Icon, word: Word, id: &'static str, to: Option<u64>) -> Html {
    let name = word.get(desk.lang);
    html! {
        <button type="button" class="btn quiet i" onclick={desk.ask(Action::Seek(to.map_or(0, |step| step + 1)))}
            disabled={to.is_none()} title={name} data-kind="inspect" data-id={id}>
            { icon.at(14) }<span class="sr">{ name }</span>
        </button>
    }
}

/// The last step of its history that lies before the moment shown.
fn earlier(history: &[PastStep], step: u64) -> Option<u64> {
    let steps = history.iter().map(|past| past.step);
    steps.filter(|at| at + 1 < step).max()
}

/// The first one that lies behind it.
fn later(found: &Inspection, step: u64) -> Option<u64> {
    let steps = found.history.iter().map(|past| past.step);
    let ahead = steps.chain(found.next);
    ahead.filter(|at| at + 1 > step).min()
}

/// A name for a kind of target, for tests and styles.
fn kind(target: &Target) -> &'static str {
    match target {
        Target::Server(_) => "server",
        Target::Client(_) => "client",
        Target::Message(_) => "message",
        Target::Entry(..) => "entry",
        Target::Transaction(_) => "transaction",
        Target::File(..) => "file",
        Target::Lamp(_) => "lamp",
        Target::Step(_) => "step",
        Target::Link(..) => "link",
        Target::Backup(_) => "backup",
        Target::Vault => "vault",
    }
}
