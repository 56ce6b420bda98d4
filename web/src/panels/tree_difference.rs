//! In what the trees of two servers differ, side by side.

use yew::prelude::*;
use zablab_core::view::difference::{DifferenceRow, Differs, TreeDifference, ValuePair};
use zablab_core::view::frame::ServerRow;
use zablab_core::view::znode::DataView;

use super::piece::{line, piece};
use super::pull::Pull;
use super::service_words::{self as words, Word};
use crate::desk::{Desk, use_desk};

/// Properties of [`Differences`].
#[derive(PartialEq, Properties)]
pub(super) struct Props {
    pub(super) pull: Pull,
    pub(super) left: ServerRow,
    pub(super) right: ServerRow,
}

/// What is equal, who is behind, and each difference.
#[component]
pub(super) fn Differences(props: &Props) -> Html {
    let desk = use_desk();
    let asked = (props.pull.clone(), props.left.id, props.right.id);
    let view = use_memo(asked, |(pull, left, right)| pull.difference(*left, *right));
    let Some(view) = &*view else {
        let rows = [&props.left, &props.right].into_iter();
        let down = rows.filter(|row| !row.power.has_memory());
        return html! {<>
            { for down.map(|row| html! { <p class="svgone" data-kind="tree" data-id="gone">{ words::gone(desk.lang, row) }</p> }) }
        </>};
    };
    html! {<>
        <p class="svsum" data-kind="difference" data-id={if view.is_equal() { "equal" } else { "differs" }}>
            { piece("b", "", words::equality(desk.lang, view).into()) }{ words::progress(desk.lang, view) }
        </p>
        if !view.is_equal() { { table(&desk, view) } }
    </>}
}

fn table(desk: &Desk, view: &TreeDifference) -> Html {
    let [left, right] = view.sides.map(|side| side.server.to_string());
    html! {
        <div class="svscroll" role="region" tabindex="0" aria-label={words::equality(desk.lang, view)}>
            <table class="diff">
                <thead><tr><th scope="col">{ Word::Znode.get(desk.lang) }</th><th scope="col">{ left }</th><th scope="col">{ right }</th></tr></thead>
                { for view.rows.iter().map(|row| group(desk, row)) }
            </table>
            if view.more > 0 { { line("svmore", words::more(desk.lang, view.more)) } }
        </div>
    }
}

/// A path in which two trees differ.
pub(super) fn group(desk: &Desk, row: &DifferenceRow) -> Html {
    match &row.what {
        Differs::Only { side, data } => {
            let here = piece("td", "only", value(desk, data.as_ref()).into());
            let there = piece("td", "away", Word::NotHere.get(desk.lang).into());
            let (left, right) = if *side == 0 {
                (here, there)
            } else {
                (there, here)
            };
            html! {
                <tbody data-kind="difference-row" data-id={row.path.clone()} data-state={format!("only-{side}")}>
                    <tr><th scope="row" class="path">{ &row.path }</th>{ left }{ right }</tr>
                </tbody>
            }
        }
        Differs::Values(pairs) => html! {
            <tbody data-kind="difference-row" data-id={row.path.clone()} data-state="values">
                <tr><th scope="rowgroup" class="path" colspan="3">{ &row.path }</th></tr>
                { for pairs.iter().map(|pair| values(desk, pair)) }
            </tbody>
        },
    }
}

fn values(desk: &Desk, pair: &ValuePair) -> Html {
    let cell = |value: &Option<String>| {
        let null = Word::Null.get(desk.lang).to_owned();
        let class = if pair.name == "data" { "mono" } else { "" };
        piece("td", class, value.clone().unwrap_or(null).into())
    };
    html! {
        <tr><th scope="row" class="field">{ pair.name }</th>{ for pair.values.iter().map(cell) }</tr>
    }
}

/// The data of a node that only one side has.
fn value(desk: &Desk, data: Option<&DataView>) -> String {
    match data {
        None => Word::Null.get(desk.lang).to_owned(),
        Some(data) => data.quoted(),
    }
}
