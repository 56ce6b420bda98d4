//! The restore: which way, tried on copies of the moment, and only then done.
//!
//! What is said of a trial comes from the drill of the lab; nothing is guessed here.

use std::collections::BTreeMap;

use web_sys::Element;
use yew::prelude::*;
use zablab_core::lab::drill::{DrillView, Outcome, Plan, TreeChange, Twist};
use zablab_core::lab::risk::Risk;
use zablab_core::lab::{Action, ServerId};
use zablab_core::view::frame::{ServerRow, Zx};
use zablab_core::view::vault::VerdictView;

use super::item::badge;
use super::sign;
use super::vault_words::{self as words, Word};
use crate::desk::{Desk, use_desk};
use crate::panels::Pull;
use crate::panels::piece::{bring_into_view, focus_on, line, piece, span};
use crate::panels::tree_difference::group;
use crate::picker::Picker;

/// Points in time that can be chosen.
const POINTS: usize = 40;

/// Properties of [`Wizard`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) pull: Pull,
    /// The backup.
    pub(super) backup: AttrValue,
    /// The last transaction in it.
    pub(super) to: Zx,
    /// What verifying said of it.
    pub(super) verdict: Option<VerdictView>,
    /// All that are whole, with the last transaction in each.
    pub(super) whole: Vec<(String, Zx)>,
    pub(super) rows: Vec<ServerRow>,
    pub(super) drill: Option<DrillView>,
    pub(super) on_back: Callback<MouseEvent>,
}

/// How the user means to restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Joint,
    Files,
    Resync,
}

/// What is chosen.
#[derive(Clone, Debug, PartialEq)]
struct Choice {
    way: Way,
    /// The servers, and the backup of each when files are copied.
    to: BTreeMap<ServerId, String>,
    all_stop: bool,
    /// Where history is to end; where the backup does when there is none.
    until: Option<Zx>,
}

impl Choice {
    fn plan(&self, backup: &str) -> Option<Plan> {
        match self.way {
            Way::Joint => Some(Plan::Joint {
                backup: backup.to_owned(),
                until: self.until,
            }),
            Way::Files if self.to.is_empty() => None,
            Way::Files => Some(Plan::Files {
                to: self.to.clone(),
                all_stop: self.all_stop,
            }),
            Way::Resync => {
                let first = self.to.first_key_value();
                first.map(|(server, _)| Plan::Resync(*server))
            }
        }
    }
}

/// The wizard.
#[component]
pub(super) fn Wizard(props: &Props) -> Html {
    let desk = use_desk();
    let choice = use_state(|| Choice {
        way: Way::Joint,
        to: props
            .rows
            .iter()
            .map(|row| (row.id, props.backup.to_string()))
            .collect(),
        all_stop: true,
        until: None,
    });
    let points = use_memo(
        (props.pull.clone(), props.to, props.verdict.clone()),
        |(pull, to, verdict)| {
            let range = verdict.as_ref().map(|verdict| verdict.range);
            match range {
                None => points(pull, None, *to),
                Some(Some((first, last))) => points(pull, Some(first), last),
                Some(None) => Vec::new(),
            }
        },
    );
    // Whoever opens it is in it.
    use_effect_with((), |()| focus_on("[data-kind=wizard][data-id=back]"));
    let plan = choice.plan(&props.backup);
    let risks = use_memo((props.pull.clone(), plan.clone()), |(pull, plan)| {
        plan.as_ref()
            .map(|plan| pull.risks(plan))
            .unwrap_or_default()
    });
    let voters = props.rows.iter().filter(|row| !row.observer).count();
    let means = match &plan {
        Some(plan) => words::meaning(plan, voters),
        None => Word::Nobody,
    };
    let drill = props.drill.as_ref();
    let shown = drill.filter(|drill| plan.as_ref() == Some(&drill.plan));
    let runs = shown.is_some_and(DrillView::runs);
    let tried = use_node_ref();
    let any = shown.is_some_and(|drill| !drill.done.is_empty() || drill.refused.is_some());
    // What came of it stands below: where a window is low, nobody would see it.
    use_effect_with((tried.clone(), any), |(tried, any)| {
        let found = tried.cast::<Element>().filter(|_| *any);
        let first = found.and_then(|all| all.query_selector(".trial, .warn").ok()?);
        if let Some(first) = first {
            bring_into_view(&first);
        }
    });
    let go = plan.clone().map(|plan| desk.ask(Action::Drill(plan)));
    let title = html! {<>{ Word::Restore.get(desk.lang) }{ " " }<span class="vb">{ &props.backup }</span></>};
    html! {
        <div class="wiz" data-kind="wizard" data-id={props.backup.clone()}>
            <div class="svbar">
                { piece("h2", "", title) }
                <button type="button" class="btn quiet" onclick={props.on_back.clone()} data-kind="wizard" data-id="back">{ Word::Back.get(desk.lang) }</button>
            </div>
            <div class="svscroll">
                { props.verdict.as_ref().map(|verdict| badge(&desk, verdict)).unwrap_or_default() }
                { line("shint", Word::RestoreHow.get(desk.lang)) }
                <fieldset class="ways">
                    <legend class="sr">{ Word::Way.get(desk.lang) }</legend>
                    { way(&desk, &choice, Way::Joint) }
                    if choice.way == Way::Joint { { until(&desk, props, &choice, &points) } }
                    { way(&desk, &choice, Way::Files) }
                    { servers(&desk, props, &choice, Way::Files) }
                    { backups(&desk, props, &choice) }
                    { stop_all(&desk, &choice) }
                    { way(&desk, &choice, Way::Resync) }
                    { servers(&desk, props, &choice, Way::Resync) }
                </fieldset>
                <div class="wacts">
                    <button type="button" class="btn primary" disabled={go.is_none()} aria-disabled={runs.then_some("true")}
                        onclick={go.filter(|_| !runs).unwrap_or_default()}
                        data-kind="wizard" data-id="try">{ Word::Try.get(desk.lang) }</button>
                    if let Some(drill) = shown.filter(|drill| drill.runs()) {
                        <progress value={drill.done.len().to_string()} max={drill.all.to_string()} aria-label={Word::Try.get(desk.lang)} />
                        { span("", words::trial(desk.lang, drill.done.len(), drill.all)) }
                    }
                </div>
                <details class="wrisk" open={shown.is_none()} data-kind="risks" data-id={risks.len().to_string()}>
                    <summary>{ Word::Risks.get(desk.lang) }</summary>
                    { dangers(&desk, &risks) }
                    { line("wmeans", means.get(desk.lang)) }
                </details>
                <div ref={tried}>{ shown.map(|drill| results(&desk, drill)).unwrap_or_default() }</div>
            </div>
        </div>
    }
}

/// What the plan puts at risk at this moment: servers, zxids, clients.
fn dangers(desk: &Desk, risks: &[Risk]) -> Html {
    let item = |risk: &Risk| {
        html! {
            <li data-kind="risk" data-id={risk.kind}>{ sign(false) }{ span("", risk.text.get(desk.lang).to_owned()) }</li>
        }
    };
    match risks {
        [] => line("shint", Word::NoRisk.get(desk.lang)),
        some => html! { <ul class="wrisks">{ for some.iter().map(item) }</ul> },
    }
}

fn way(desk: &Desk, choice: &UseStateHandle<Choice>, way: Way) -> Html {
    let onchange = {
        let choice = choice.clone();
        Callback::from(move |_: Event| {
            let mut to = choice.to.clone();
            if way == Way::Resync {
                to = to.into_iter().take(1).collect();
            }
            choice.set(Choice {
                way,
                to,
                ..(*choice).clone()
            });
        })
    };
    html! {
        <label class="way"><input type="radio" name="way" checked={choice.way == way} {onchange} data-kind="way" data-id={way.id()} />{ way.word().get(desk.lang) }</label>
    }
}

/// The confirmed writes in the backup, newest first: where history can end.
fn points(pull: &Pull, from: Option<Zx>, to: Zx) -> Vec<(Zx, String)> {
    let rows = pull.ledger().rows;
    let told = rows.into_iter().filter(|row| row.told.is_some());
    let points = told.filter_map(|row| {
        let at = crate::words::seconds(row.at_us);
        Some((row.zxid?, format!("{} · {at}", row.request)))
    });
    points
        .filter(|(zxid, _)| Some(*zxid) >= from && *zxid <= to)
        .take(POINTS)
        .collect()
}

/// Where history is to end.
fn until(
    desk: &Desk,
    props: &Props,
    choice: &UseStateHandle<Choice>,
    points: &[(Zx, String)],
) -> Html {
    let name = Word::Until.get(desk.lang);
    let end = (String::new(), words::to_the_end(desk.lang, props.to));
    let at = |(zxid, request): &(Zx, String)| (zxid.to_string(), format!("{zxid} {request}"));
    let options: Vec<(String, String)> = [end].into_iter().chain(points.iter().map(at)).collect();
    let on_pick = {
        let choice = choice.clone();
        Callback::from(move |value: String| {
            choice.set(Choice {
                until: Zx::named(&value),
                ..(*choice).clone()
            });
        })
    };
    let value = choice
        .until
        .map_or_else(String::new, |zxid| zxid.to_string());
    html! {
        <span class="wuntil">{ name }{ " " }<Picker label={name} class="cmp" kind="until" {options} {value} {on_pick} /></span>
    }
}

/// The servers that it is done to: some of them, or one.
fn servers(desk: &Desk, props: &Props, choice: &UseStateHandle<Choice>, way: Way) -> Html {
    if choice.way != way {
        return Html::default();
    }
    let pick = |id: ServerId| {
        let (choice, backup) = (choice.clone(), props.backup.to_string());
        Callback::from(move |_: MouseEvent| {
            let mut to = choice.to.clone();
            if way == Way::Resync {
                to.clear();
            }
            if to.remove(&id).is_none() {
                to.insert(id, backup.clone());
            }
            choice.set(Choice {
                to,
                ..(*choice).clone()
            });
        })
    };
    let name = |id: ServerId| match way {
        Way::Resync => words::resync(desk.lang, id),
        Way::Joint | Way::Files => words::copy_to(desk.lang, id),
    };
    html! {
        <span class="tabs wto" role="group" aria-label={way.word().get(desk.lang)}>
            { for props.rows.iter().map(|row| html! {
                <button type="button" aria-pressed={choice.to.contains_key(&row.id).to_string()} onclick={pick(row.id)}
                    aria-label={name(row.id)} data-kind="restore-to" data-id={row.id.to_string()}>{ row.id.to_string() }</button>
            }) }
        </span>
    }
}

/// The backup of each server, where there is more than one.
fn backups(desk: &Desk, props: &Props, choice: &UseStateHandle<Choice>) -> Html {
    if choice.way != Way::Files || props.whole.len() < 2 {
        return Html::default();
    }
    let option = |(name, to): &(String, Zx)| (name.clone(), format!("{name} {to}"));
    let options: Vec<(String, String)> = props.whole.iter().map(option).collect();
    let pick = |id: ServerId| {
        let choice = choice.clone();
        Callback::from(move |name: String| {
            let mut to = choice.to.clone();
            to.insert(id, name);
            choice.set(Choice {
                to,
                ..(*choice).clone()
            });
        })
    };
    html! {
        <span class="wuntil">
            { for choice.to.iter().map(|(id, name)| html! {
                <span class="wof">{ id.to_string() }{ " " }<Picker label={words::backup_of(desk.lang, *id)} class="cmp" kind={format!("of-{id}")}
                    options={options.clone()} value={name.clone()} on_pick={pick(*id)} /></span>
            }) }
        </span>
    }
}

impl Way {
    const fn id(self) -> &'static str {
        match self {
            Self::Joint => "joint",
            Self::Files => "files",
            Self::Resync => "resync",
        }
    }

    const fn word(self) -> Word {
        match self {
            Self::Joint => Word::WayJoint,
            Self::Files => Word::WayFiles,
            Self::Resync => Word::WayResync,
        }
    }
}

fn stop_all(desk: &Desk, choice: &UseStateHandle<Choice>) -> Html {
    if choice.way != Way::Files {
        return Html::default();
    }
    let onchange = {
        let choice = choice.clone();
        Callback::from(move |_: Event| {
            choice.set(Choice {
                all_stop: !choice.all_stop,
                ..(*choice).clone()
            });
        })
    };
    html! {
        <label class="way wstop"><input type="checkbox" checked={choice.all_stop} {onchange} data-kind="way" data-id="all-stop" />{ Word::AllStop.get(desk.lang) }</label>
    }
}

fn results(desk: &Desk, drill: &DrillView) -> Html {
    if let Some(why) = &drill.refused {
        return piece("p", "warn", why.get(desk.lang).into());
    }
    let trials = drill.done.iter().enumerate();
    html! {<>
        { piece("h3", "sr", Word::Trials.get(desk.lang).into()) }
        <ol class="trials">{ for trials.map(|(at, outcome)| trial(desk, at, outcome, drill.declared)) }</ol>
    </>}
}

fn trial(desk: &Desk, at: usize, outcome: &Outcome, declared: Option<u64>) -> Html {
    let lang = desk.lang;
    let planned = outcome.twist == Twist::None;
    let (bad, state) = match (outcome.lost, outcome.red.is_empty()) {
        (0, true) if outcome.still > 0 => (false, "risk"),
        (0, true) => (false, "kept"),
        (lost, true) if declared == Some(lost) => (false, "risk"),
        (0, false) => (false, "risk"),
        _ => (true, "lost"),
    };
    let keep = match planned {
        true => Word::KeepPlanned,
        false => Word::KeepTwisted,
    };
    let class = classes!("btn", bad.then_some("danger"));
    let facts = [words::serves(lang, outcome)]
        .into_iter()
        .chain((!outcome.red.is_empty()).then(|| words::red(lang, &outcome.red)));
    let facts = facts.collect::<Vec<_>>().join(" · ");
    let named = outcome.named.iter();
    html! {
        <li class={classes!("trial", state)} data-kind="trial" data-id={at.to_string()} data-state={state}>
            <div class="thead">
                { sign(state == "kept") }
                { span("ttwist", words::twist(lang, outcome.twist)) }
                <button type="button" {class} onclick={desk.ask(Action::KeepTrial(at))} data-kind="keep-trial" data-id={at.to_string()}>{ keep.get(lang) }</button>
            </div>
            { piece("b", "tlost", words::lost(lang, outcome, declared).into()) }
            if outcome.lost > 0 { <ul class="twrites">{ for named.map(|write| html! { <li>{ words::write(lang, write) }</li> }) }</ul> }
            { line("tfacts", facts) }
            { outcome.tree.as_ref().map(|tree| change(desk, tree)).unwrap_or_default() }
            { line("tfacts", outcome.servers.iter().map(|s| words::standing(lang, s)).collect::<Vec<_>>().join(" · ")) }
        </li>
    }
}

/// The tree before and after, folded away.
fn change(desk: &Desk, tree: &TreeChange) -> Html {
    if tree.rows.is_empty() {
        return line("tfacts", Word::SameTree.get(desk.lang));
    }
    let [before, after] = words::before_and_after(desk.lang, tree);
    html! {
        <details class="tdiff">
            <summary>{ words::differs(desk.lang, tree) }</summary>
            <table class="diff">
                <thead><tr><th scope="col">{ Word::Znode.get(desk.lang) }</th><th scope="col">{ before }</th><th scope="col">{ after }</th></tr></thead>
                { for tree.rows.iter().map(|row| group(desk, row)) }
            </table>
        </details>
    }
}
