//! The tree of branches: show one, name it, compare it with the one that is shown, take it away.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zablab_core::lab::{Action, Branch, Transport};
use zablab_core::view::Lang;

use super::words::{self, Word};
use crate::desk::{Desk, use_desk};
use crate::icon::Icon;
use crate::popover::{Item, use_close};

/// Properties of [`BranchTree`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) branches: Vec<Branch>,
    /// The one that is shown.
    pub(crate) shown: usize,
    pub(crate) compared: Option<(usize, usize)>,
}

impl Props {
    pub(super) fn of(t: &Transport) -> Self {
        Self {
            branches: t.branches.clone(),
            shown: t.branch,
            compared: t.compared,
        }
    }
}

/// The tree.
#[component]
pub(crate) fn BranchTree(props: &Props) -> Html {
    let desk = use_desk();
    let named = use_state(|| None::<usize>);
    let close = use_close();
    let alone = props.branches.len() == 1;
    html! {
        <div class="tree">
            <ul>{ for order(&props.branches).into_iter().map(|(at, depth)| {
                let branch = &props.branches[at];
                html! {
                    <li key={branch.name.clone()} class={classes!("brow", format!("d{}", depth.min(4)))}>
                        <Item kind="branch" id={branch.name.clone()} onclick={desk.ask(Action::SwitchBranch(at))}
                            on={at == props.shown} about={words::extent(desk.lang, branch)}>{ label(desk.lang, branch) }</Item>
                        { tool(&named, at, desk.lang, &branch.name) }
                        if !alone {
                            if at != props.shown {
                                { small(&desk, Icon::Compare, words::compare_with(desk.lang, &branch.name), "branch-compare", &branch.name,
                                    compare(&desk, close.clone(), (props.shown, at))) }
                            }
                            { small(&desk, Icon::Close, words::delete_of(desk.lang, &branch.name), "branch-delete", &branch.name,
                                desk.ask(Action::DeleteBranch(at))) }
                        }
                    </li>
                }
            }) }</ul>
            if let Some((at, branch)) = named.and_then(|at| Some((at, props.branches.get(at)?))) {
                <Naming key={at} {at} name={branch.name.clone()} value={branch.title.get(desk.lang).to_owned()} done={
                    let named = named.clone();
                    Callback::from(move |()| named.set(None))
                } />
            }
            if alone { <p class="mh">{ Word::OneBranch.get(desk.lang) }</p> }
        </div>
    }
}

fn compare(
    desk: &Desk,
    close: Option<crate::popover::Close>,
    pair: (usize, usize),
) -> Callback<MouseEvent> {
    let act = desk.act.clone();
    Callback::from(move |_| {
        act.emit(Action::Compare(Some(pair)));
        if let Some(close) = &close {
            close.now();
        }
    })
}

fn tool(named: &UseStateHandle<Option<usize>>, at: usize, lang: Lang, name: &str) -> Html {
    let (toggled, named) = (
        if **named == Some(at) { None } else { Some(at) },
        named.clone(),
    );
    let onclick = Callback::from(move |_: MouseEvent| named.set(toggled));
    let title = words::name_of(lang, name);
    html! {
        <button type="button" class="btn i quiet" {onclick} title={title.clone()} data-kind="branch-name" data-id={name.to_owned()}>
            { Icon::Write.at(14) }<span class="sr">{ title }</span></button>
    }
}

fn small(
    _: &Desk,
    icon: Icon,
    title: String,
    kind: &'static str,
    id: &str,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <button type="button" class="btn i quiet" {onclick} title={title.clone()} data-kind={kind} data-id={id.to_owned()}>
            { icon.at(14) }<span class="sr">{ title }</span></button>
    }
}

/// Properties of [`Naming`].
#[derive(PartialEq, Properties)]
struct NamingProps {
    at: usize,
    name: String,
    value: String,
    done: Callback<()>,
}

/// A field for the name of a branch.
#[component]
fn Naming(props: &NamingProps) -> Html {
    let desk = use_desk();
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                // It was drawn just now; without the focus it can still be pressed.
                let _ = field.focus();
            }
        });
    }
    let onsubmit = {
        let (field, act, done, at) = (
            field.clone(),
            desk.act.clone(),
            props.done.clone(),
            props.at,
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>() {
                act.emit(Action::NameBranch(at, field.value()));
            }
            done.emit(());
        })
    };
    html! {
        <form class="row" {onsubmit}>
            <input ref={field} type="text" class="field" value={props.value.clone()} maxlength="60"
                aria-label={words::name_of(desk.lang, &props.name)} data-kind="branch-title" data-id={props.name.clone()} />
            <button type="submit" class="btn" data-kind="branch-title" data-id="done">{ Word::Rename.get(desk.lang) }</button>
        </form>
    }
}

/// `b2: S1 crashes before writing`.
pub(super) fn label(lang: Lang, branch: &Branch) -> String {
    let title = branch.title.get(lang);
    match lang {
        _ if title.is_empty() => branch.name.clone(),
        Lang::En => format!("{}: {title}", branch.name),
        Lang::Zh => format!("{}：{title}", branch.name),
    }
}

/// Every branch below the one it left, with its depth.
fn order(branches: &[Branch]) -> Vec<(usize, usize)> {
    let mut order = Vec::new();
    let mut open: Vec<(usize, usize)> = children(branches, None, 0);
    while let Some((at, depth)) = open.pop() {
        order.push((at, depth));
        open.extend(children(branches, Some(at), depth + 1));
    }
    order
}

/// The last one first.
fn children(branches: &[Branch], of: Option<usize>, depth: usize) -> Vec<(usize, usize)> {
    let all = branches.iter().enumerate().rev();
    all.filter(|(_, b)| b.parent == of)
        .map(|(at, _)| (at, depth))
        .collect()
}
